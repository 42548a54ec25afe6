"""Typed entries that stand in the prose of a decision: a next meeting, a group, themes."""

from __future__ import annotations

import re

from raadslag.core.readers.grammar.dates import clock, iso_date
from raadslag.core.readers.grammar.rows import Row
from raadslag.core.readers.grammar.vocabulary import Vocabulary
from raadslag.core.record import Note


def notes(rows: list[Row], item: str, year: int | None, words: Vocabulary) -> list[tuple[Note, int]]:
    """(note, line) for each typed entry that a decision's rows tell of, in order."""
    found: list[tuple[Note, int]] = []
    for i, row in enumerate(rows):
        if len(row.text) < 20:
            continue
        if words.hints_at("next_meeting", row.text) and (note := _next_meeting(row.text, item, year, words)):
            found.append((note, row.n))
        if words.hints_at("group", row.text) and (m := words.pattern("notes.group").search(row.text)):
            found.append((Note(kind="group", text=_sentence(row.text, m.start()), item=item, actor=None), row.n))
        if row.text.endswith(":") and words.pattern("steps.themes").search(row.text):
            found += _listed(rows[i + 1 :], item, words)
    return found


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
