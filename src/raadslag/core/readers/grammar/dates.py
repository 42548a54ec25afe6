"""Dates and times as papers write them, in ISO form."""

from __future__ import annotations

import datetime
import re

from raadslag.core.readers.grammar.vocabulary import Vocabulary

_NUMERIC = re.compile(r"^(\d{1,2})[-./](\d{1,2})(?:[-./](\d{4}))?$")
_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")
_WORDED = re.compile(r"^(\d{1,2})\.?\s*([^\W\d_]+)\.?,?(?:\s+(\d{4}))?$", re.IGNORECASE)
_FOREIGN = re.compile(r"^([a-z]+) (\d{1,2}), (\d{4})$", re.IGNORECASE)


def iso_date(text: str, words: Vocabulary, year: int | None = None) -> str | None:
    """The ISO day that `text` writes, or None if there is no such day. `year` serves where none is written."""
    text = text.strip()
    if m := _ISO.match(text):
        y, month, day = int(m[1]), int(m[2]), int(m[3])
    elif m := _NUMERIC.match(text):
        day, month, y = int(m[1]), int(m[2]), int(m[3] or year or 0)
    elif m := _WORDED.match(text):
        day, month, y = int(m[1]), words.months.get(m[2].casefold(), 0), int(m[3] or year or 0)
    elif m := _FOREIGN.match(text):
        month, day, y = words.months.get(m[1].casefold(), 0), int(m[2]), int(m[3])
    else:
        return None
    try:
        return datetime.date(y, month, day).isoformat()
    except ValueError:
        return None


def clock(text: str | None) -> str | None:
    """ "17:00" for "17", "17.00", "17:00" or "17:00:00"; None for what is no time of day."""
    if not text:
        return None
    parts = text.strip().replace(":", ".").split(".")
    if not all(p.isdigit() for p in parts):
        return None
    hour, minute = int(parts[0]), int(parts[1]) if len(parts) > 1 else 0
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def weekday(iso: str) -> int:
    """0 for Monday to 6 for Sunday."""
    return datetime.date.fromisoformat(iso).weekday()
