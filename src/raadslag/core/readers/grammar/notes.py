"""Typed entries that stand in the prose of a decision: a next meeting, a group, themes."""

from __future__ import annotations

import re

from raadslag.core.readers.grammar.dates import clock, iso_date
from raadslag.core.readers.grammar.rows import Row
from raadslag.core.readers.grammar.vocabulary import Vocabulary, key
from raadslag.core.record import Note


def notes(rows: list[Row], item: str, year: int | None, words: Vocabulary) -> list[tuple[Note, int]]:
    """(note, line) for each typed entry that a decision's rows tell of, in order."""
    found: list[tuple[Note, int]] = []
    for first, last, text in _paragraphs(rows):
        if words.hints_at("next_meeting", text) and (note := _next_meeting(text, item, year, words)):
            found.append((note, rows[first].n))
        if words.hints_at("group", text) and (m := words.pattern("notes.group").search(text)):
            found.append((Note(kind="group", text=_sentence(text, m.start()), item=item), rows[first].n))
        for row in rows[first : last + 1]:
            label, colon, rest = row.bare.partition(":")
            if colon and rest.strip() and (kind := words.notes.get(key(label))):
                found.append((Note(kind=kind, text=_whole(rest, row, rows, words), item=item), row.n))
        if text.endswith(":") and words.pattern("steps.themes").search(text):
            found += _listed(rows[last + 1 :], item, words)
    return found


def _paragraphs(rows: list[Row]) -> list[tuple[int, int, str]]:
    """(first, last, text) of each run of rows without a blank row or a list's mark between them."""
    found: list[tuple[int, int, str]] = []
    for n, row in enumerate(rows):
        if not row.text:
            continue
        goes_on = found and found[-1][1] == n - 1 and row.text == row.bare and not found[-1][2].endswith(":")
        if goes_on:
            first, _, text = found[-1]
            found[-1] = (first, n, f"{text} {row.text}")
        else:
            found.append((n, n, row.text))
    return found


def _whole(rest: str, row: Row, rows: list[Row], words: Vocabulary) -> str:
    """The text of a labelled entry, with the lines on which it goes on."""
    text = rest.strip()
    for nxt in rows[rows.index(row) + 1 :]:
        if not nxt.text or text.endswith((".", "?", "!")) or key(nxt.bare.partition(":")[0]) in words.notes:
            break
        text += f" {nxt.text}"
    return text


def _next_meeting(text: str, item: str, year: int | None, words: Vocabulary) -> Note | None:
    m = words.pattern("notes.next_meeting").search(text)
    if m is None:
        return None
    day = iso_date(m["date"], words, year)
    if day is None:
        return None
    start, end = clock(m["start"]), clock(m["end"])
    actor = words.pattern("notes.actor").search(text)
    return Note(
        kind="next_meeting",
        text=_sentence(text, m.start()),
        item=item,
        actor=actor["actor"] if actor else None,
        start=f"{day}T{start}" if start else day,
        end=f"{day}T{end}" if end else None,
    )


def _listed(rows: list[Row], item: str, words: Vocabulary) -> list[tuple[Note, int]]:
    found: list[tuple[Note, int]] = []
    for row in rows:
        if not row.text:
            continue
        m = words.pattern("steps.bullet").match(row.text)
        if m is None:
            break
        found.append((Note(kind="theme", text=m["text"], item=item), row.n))
    return found


def _sentence(text: str, at: int) -> str:
    """The sentence of a text in which a position stands."""
    start = 0
    for m in re.finditer(r"(?<=[^\W\d_][.!?])\s+(?=[A-ZÆØÅ])", text):
        if m.start() >= at:
            return text[start : m.start()]
        start = m.end()
    return text[start:]
