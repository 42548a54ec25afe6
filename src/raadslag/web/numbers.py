"""Columns of numbers in a table of words, as a chart can draw them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_NUMBER = re.compile(r"[-−]?(?:[1-9]\d{0,2}(?:[. ]\d{3})+|\d+)(?:,\d+)?")


class Series(NamedTuple):
    """A column of numbers: its heading and a value for each row, None where there is none."""

    name: str
    values: list[float | None]


def number(cell: str) -> float | None:
    """The number that a cell says, also with a unit after it: "12,5 %", "1.200 kr."; None for words."""
    found = _NUMBER.match(cell.strip())
    if found is None:
        return None
    rest = cell.strip()[found.end() :].strip()
    if len(rest) > 8 or any(sign.isdecimal() for sign in rest):
        return None
    told = found[0].replace("−", "-").replace(" ", "")
    return float(told.replace(".", "").replace(",", "."))


def series_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Series]:
    """The columns after the first that hold numbers and nothing else, empty cells aside.

    A row that is shorter than `columns` has empty cells at its end.
    """
    told = []
    for at, name in enumerate(columns[1:], 1):
        cells = [row[at] if at < len(row) else "" for row in rows]
        values = [number(cell) for cell in cells]
        words = [cell for cell, value in zip(cells, values, strict=True) if value is None]
        if len(words) < len(rows) and not any(word.strip(" -–") for word in words):
            told.append(Series(name, values))
    return told
