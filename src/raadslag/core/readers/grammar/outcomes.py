"""What became of an item, read from the words of its decision."""

from __future__ import annotations

import functools
import re

from raadslag.core.readers.grammar.vocabulary import Vocabulary, fold
from raadslag.core.record import Outcome

LONG = 1200
"""No sentence on a vote or an absence is longer; trying all patterns on a longer one takes too much time."""

_SENTENCE = re.compile(r"\s(?:(?<=[.!?;]\s)\s*(?=[A-ZÆØÅ0-9\"”»(])|(?<=\n)\n*)")
_WRAP = re.compile(r"(?<!\n)\n(?!\n)")
_FIRST_CLAUSE = re.compile(r"[,;]|\bog\b")


def sentences(text: str, words: Vocabulary) -> list[str]:
    """The sentences of a text. A full stop after an abbreviation or a person's initial ends none."""
    found: list[str] = []
    for part in _SENTENCE.split(_WRAP.sub(" ", text) if "\n" in text else text):
        part = part.strip()
        if not part:
            continue
        before = found[-1] if found else ""
        if before.endswith(".") and len(before) < 400 and words.pattern("shapes.unfinished").search(before[-60:]):
            found[-1] += " " + part
        else:
            found.append(part)
    return found


@functools.cache
def _rules(words: Vocabulary) -> list[tuple[Outcome, re.Pattern[str], re.Pattern[str] | None]]:
    """(outcome, what says so, what speaks against it) in the order in which they are tried."""
    return [
        (rule["outcome"], words.folded(f"{at}.pattern"), words.folded(f"{at}.unless") if "unless" in rule else None)
        for n, rule in enumerate(words.table["outcomes"]["rules"])
        if (at := f"outcomes.rules.{n}")
    ]


def by_points(text: str, count: int, words: Vocabulary) -> list[Outcome | None]:
    """What became of each of `count` points where the decision takes them one by one; else an empty list."""
    small = fold(text)
    if words.hints_at("but_for", small) and (m := words.pattern("outcomes.but_for").match(_WRAP.sub(" ", text))):
        return _but_for(m, count, words)
    for pattern in words.hinted("outcomes.point_marks", small):
        marks = list(pattern.finditer(small))
        numbers = [_number(m, words) for m in marks]
        if not marks or (len(marks) < 2 and count > 1) or numbers != sorted(set(numbers)) or marks[0].start() > 80:
            continue
        if numbers[0] != 1 or numbers[-1] > count:
            continue
        ends = [*(m.start() for m in marks[1:]), len(text)]
        found: list[Outcome | None] = [None] * count
        for number, m, end in zip(numbers, marks, ends, strict=True):
            last = min(int(m.groupdict().get("to") or number), count)
            told = of_text(text[m.end() : end].strip(), words)
            found[number - 1 : last] = [told] * (last - number + 1)
        if any(found):
            return found
    return _by_sentences(text, count, words)


def _by_sentences(text: str, count: int, words: Vocabulary) -> list[Outcome | None]:
    """What became of each point where each sentence names one, wherever in the sentence it does; else an empty list."""
    if count < 2 or not words.hints_at("point", text) or len(told := sentences(text, words)) != count:
        return []
    named = words.pattern("outcomes.names_point")
    numbers = [[int(m["number"]) for m in named.finditer(s)] for s in told]
    return [of_text(s, words) for s in told] if numbers == [[n] for n in range(1, count + 1)] else []


def _but_for(m: re.Match[str], count: int, words: Vocabulary) -> list[Outcome | None]:
    """All points alike but for one that is named."""
    at, every = int(m["number"]) - 1, of_text(m["every"], words)
    if every is None or not 0 <= at < count:
        return []
    found: list[Outcome | None] = [every] * count
    found[at] = of_text(m["rest"] or "", words)
    return found


def _number(m: re.Match[str], words: Vocabulary) -> int:
    groups = m.groupdict()
    if letter := groups.get("letter"):
        return ord(letter) - ord("a") + 1
    if ordinal := groups.get("ordinal"):
        return words.ordinals.get(ordinal, 0)
    return int(groups["number"])


def of_text(text: str, words: Vocabulary, written: list[str] | None = None) -> Outcome | None:
    """The outcome that a decision states, or None for a narrative that states none.

    Sentences about one person's or party's own vote say nothing of the item, unless there are no others.
    Of the rest the last sentence that decides wins over those that only discuss or note. `written` are the
    text's sentences, where they are known.
    """
    small = fold(text)
    if words.folded("outcomes.partly").search(small) and (found := _of_sentences([small], words)):
        return "approved_with_changes" if found in ("approved", "approved_with_changes") else found
    written = sentences(text, words) if written is None else written
    every = [fold(s) for s in written]
    told = [s for s, as_written in zip(every, written, strict=True) if not _is_aside(s, as_written, words)]
    if len(every) > 5 and _of_sentences(told, words) == "discussed":
        return None  # a long account of a discussion answers nothing
    if len(told) > 1 and words.folded("outcomes.final").match(told[-1]) and (last := _of_clause(told[-1], words)):
        return last  # "The motion was thereupon …" settles the item, whatever fell before
    if len(told) > 3 and len(told[-1].split()) < 7 and (last := _of_clause(told[-1], words)):
        return last  # a long account that ends with its outcome as a sentence of its own
    return _of_sentences(told, words) or (_of_sentences(every, words) if not told else None)


def _is_aside(s: str, as_written: str, words: Vocabulary) -> bool:
    if words.folded("outcomes.aside").search(s):
        return _of_clause(_FIRST_CLAUSE.split(s, 1)[0], words) is None
    for pattern in words.hinted("votes.against", s) if len(s) <= LONG else ():
        if (m := pattern.match(as_written)) and _starts_with_voters(m, words):
            return _of_clause(s[m.end() :], words) is None
    return False


def _starts_with_voters(m: re.Match[str], words: Vocabulary) -> bool:
    """Whether the side that votes against is persons or parties, not the body itself."""
    side = m.groupdict().get("side") or ""
    return not words.pattern("votes.whole_body").match(side)


_WEAK: tuple[Outcome, ...] = ("discussed", "noted", "none", "elected")


def _of_sentences(told: list[str], words: Vocabulary) -> Outcome | None:
    """The outcome of some sentences in small letters."""
    found = [(_amends(s, words), outcome) for s in told if (outcome := _of_clause(s, words))]
    if any(not amends for amends, _ in found):  # an amendment that fell decides nothing
        found = [(amends, outcome) for amends, outcome in found if not amends or outcome != "rejected"]
    best: Outcome | None = None
    for amends, outcome in found:
        if (
            best is None
            or best in ("discussed", "none")
            or (best in _WEAK and outcome not in _WEAK)
            or (best in ("approved", "rejected", "approved_with_changes") and outcome == "approved_with_changes")
            or (best == "approved" and outcome in ("rejected", "deferred", "withdrawn") and not amends)
        ):
            best = outcome
    return best


def _amends(sentence: str, words: Vocabulary) -> bool:
    """Whether a sentence speaks of an amendment: its fate is not the item's."""
    return words.hints_at("amendment", sentence)


def _of_clause(s: str, words: Vocabulary) -> Outcome | None:
    # Of two steps in one sentence the second decides.
    if words.hints_at("then", s) and (m := words.folded("outcomes.then").search(s)):
        return _of_clause(m["last"], words) or _of_clause(s[: m.start()], words)
    if words.hints_at("reported", s) and words.folded("outcomes.reported").match(s):
        return None
    if words.hints_at("passes_on", s) and words.folded("outcomes.passes_on").match(s):
        return "recommended"
    if words.hints_at("but", s) and (m := words.folded("outcomes.but").search(s)):
        decided = _of_clause(s[: m.start()], words)
        if decided is not None:
            return _approved(s, words) if decided == "approved" else decided
    if words.folded("outcomes.lead").match(s):
        return _approved(s, words)
    for outcome, pattern, unless in _rules(words):
        if pattern.search(s) and not (unless and unless.search(s)):
            return _approved(s, words) if outcome == "approved" else outcome
    return None


def _approved(s: str, words: Vocabulary) -> Outcome:
    changed = words.folded("changes.pattern")
    if not changed.search(s) or not changed.search(words.folded("changes.no_change").sub("", s)):
        return "approved"
    return "approved_with_changes"
