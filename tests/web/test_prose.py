"""What the editor reads and writes is, for every writer of ours, the text that was there."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from raadslag.core.text import Break, Text, parse

WRITTEN = Path(__file__).with_name("written.mjs")
SEEDS = range(1500)

WORDS = (
    "Beboerne", "ønsker", "lys", "på", "stien", "2018.", "5 * 3", "a_b_c", "_x", "*", "**", "#", "-", "+", "1)", "2.",
    "[Bilag 1]", "(se", "nedenfor)", "<b>", "<http://example.org>", "https://example.org/a_b", "\\", "\\*", "|", "æøå",
    "&amp;", "`kode`", "~", "!", "•", "§ 7", "”citat”", "](", "1.", "***", "---", ">", "- x",
)  # fmt: skip
STARTS = ("", "", "", "# ", "### ", "- ", "* ", "1. ", "2. ", "  - ", "   ", "> ", "• ", "| a | b |\n|---|---|\n| ")


def written(texts: list[str]) -> list[str | None]:
    """What the editor would write of each without a change; None for those that it leaves to the plain field."""
    done = subprocess.run(["node", str(WRITTEN)], input=json.dumps(texts), capture_output=True, text=True, check=True)
    told: list[str | None] = json.loads(done.stdout)
    return told


def invented(seed: int) -> str:
    """A text of markup and of what looks like it."""
    chance = random.Random(seed)
    lines = [
        chance.choice(STARTS)
        + " ".join(
            chance.choice(("", "", "*", "**", "_")) + word + chance.choice(("", "", "*", "**", "_"))
            for word in chance.choices(WORDS, k=chance.randint(1, 5))
        )
        + chance.choice(("", "", "  ", "\\"))
        for _ in range(chance.randint(1, 6))
    ]
    return chance.choice(("\n", "\n\n")).join(lines)


def tree(text: str) -> list[Any]:
    """What the writers make of a text, without what only the source shows: where a run of characters was cut."""

    def told(node: Any) -> Any:
        match node:
            case Text(characters):
                return characters
            case Break():
                return " "
            case tuple():
                parts: list[Any] = []
                for part in map(told, node):
                    if isinstance(part, str) and parts and isinstance(parts[-1], str):
                        parts[-1] += part
                    else:
                        parts.append(part)
                return [" ".join(part.split()) if isinstance(part, str) else part for part in parts]
            case str() | int() | None:
                return node
        return (type(node).__name__, *(told(getattr(node, name)) for name in node.__struct_fields__))

    found: list[Any] = told(parse(text))
    return found


@pytest.mark.slow
def test_the_editor_gives_back_what_it_was_given() -> None:
    """For each text that it takes: the same letters in the same tree; and it takes plain texts at the least."""
    texts = [invented(seed) for seed in SEEDS]
    told = list(zip(texts, written(texts), strict=True))
    for before, after in told:
        if after is not None:
            assert tree(after) == tree(before), (before, after)
    twice = written([after for _, after in told if after is not None])
    assert twice == [after for _, after in told if after is not None]
    assert sum(after is not None for _, after in told) > len(told) // 3


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "Et afsnit.\n\nEt til med *kursiv*, **fed** og [link](https://example.org/a_b).",
        "## Overskrift\n\n- et\n- to\n  - to a\n  - to b\n- tre",
        "Før:\n\n1. et\n2. to\n\nEfter.",
        "3. tre\n4. fire",
        "Linje et\nlinje to er meget længere og går ud over det, som en linje ellers ville fylde her\nlinje tre",
        "5 \\* 3 = 15, snake_case og [Bilag 1]",
        "2018\\. var et år\n\n\\- ingen liste\n\n\\# ingen overskrift",
        "",
    ],
)
def test_ordinary_texts_are_written_as_they_stand(text: str) -> None:
    (after,) = written([text])
    assert after is not None
    assert parse(after) == parse(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "| a | b |\n|---|---|\n| 1 | 2 |",  # a table
        "1) et\n2) to",  # numbers that it would write otherwise
        "1. et\n5. fem",
        '[link](https://example.org "titel")',
        "Et udvalg:\n• Prøve Medlem\n• Prøve Formand",  # a list, to the writers
    ],
)
def test_what_it_would_change_it_leaves_alone(text: str) -> None:
    assert written([text]) == [None]


def test_a_break_that_was_asked_for_is_one_to_all_writers() -> None:
    """The editor writes Shift+Enter as a backslash at the end of the line."""
    (paragraph,) = parse("Prøve\\\nMedlem")
    assert paragraph.children == (Text("Prøve"), Break(hard=True), Text("Medlem"))
