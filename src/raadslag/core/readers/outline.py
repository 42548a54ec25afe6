"""What the reader of drafts hands on: a text with headings, and what stood around it in the file."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

import msgspec

Why: TypeAlias = Literal["title", "contents", "aside", "comment", "margin"]


class Known(msgspec.Struct, frozen=True):
    """What a heading carries of the part that it was written from: its identity, and the words for its kind.

    `exact`: the heading is the part's title and nothing else, no number before it.
    """

    heading: str
    identity: str | None = None
    kind: str | None = None
    exact: bool = False


class Apart(msgspec.Struct, frozen=True):
    """Words of the file that are not the draft's text, and what they are."""

    text: str
    why: Why


class Draft(msgspec.Struct, frozen=True):
    """A draft as one CommonMark text, a `#` for each level of a heading; `known` are its headings that carry something.

    `unsure`: no line is marked as a heading, and those that look like one were taken for it. `compared`: it is a
    paper of ours with changes, whose text holds words that went.
    """

    text: str
    known: tuple[Known, ...] = ()
    apart: tuple[Apart, ...] = ()
    unsure: bool = False
    compared: bool = False


LEVELS = 6  # of headings
SHORT = 90  # characters of a line that may be a heading
NUMBERED = re.compile(rf"(\d{{1,2}}(?:\.\d{{1,2}}){{0,3}})\.? +[^\W\d][^\n]{{0,{SHORT}}}(?<![.,;:])")


def guessed(text: str) -> Draft:
    """A text whose headings are marked; where none is, short lines with a number are taken for headings."""
    if re.search(r"^#{1,6} ", text, re.MULTILINE):
        return Draft(text)
    lines, found = text.split("\n"), False
    for n, line in enumerate(lines):
        number = NUMBERED.fullmatch(line.strip())
        stands_alone = not "".join(lines[max(0, n - 1) : n] + lines[n + 1 : n + 2]).strip()
        if number and (stands_alone or "." in number[1]):
            lines[n] = f"\n{'#' * min(number[1].count('.') + 1, LEVELS)} {line.strip()}\n"
            found = True
    return Draft(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n"), unsure=found)
