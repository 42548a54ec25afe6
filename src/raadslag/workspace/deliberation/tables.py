"""A table of facts as people bring it: pasted from a spreadsheet, a CSV file, or the rows of an XLSX sheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from raadslag.core.readers.characters import clean
from raadslag.workspace.common.errors import Blocked

MOST_ROWS, MOST_COLUMNS, LONGEST = 60, 10, 200
MOST_CHARACTERS = 200_000
_PARTED_BY = "\t;|,"
_CELLS = " | "  # as a sheet's text parts its cells


class Table(NamedTuple):
    """Headings and rows, all of them words; each row has as many cells as there are headings."""

    columns: list[str]
    rows: list[list[str]]


def of_text(text: str) -> Table:
    """The table in a text whose cells are parted by tab, semicolon, upright stroke or comma. Raises Blocked."""
    if len(text) > MOST_CHARACTERS:
        raise Blocked([_("This is too much for a fact note. Choose what matters.")])
    read = [_cells(text, mark) for mark in _PARTED_BY]
    return _checked(max(read, key=lambda rows: sum(len(row) > 1 for row in rows)))  # of equals, the first mark


def _cells(text: str, mark: str) -> list[list[str]]:
    """The cells of a text that are parted by `mark`. Where quotes do not end, they are signs like others."""
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        try:
            read = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True, quoting=quoting)
            rows = [[" ".join(clean(cell).split()) for cell in row] for row in read]
            break
        except csv.Error:
            rows = []
    if mark == "|":  # as in Markdown: a stroke at either end, and a line of dashes below the headings
        rows = [row[1:-1] if len(row) > 2 and not row[0] and not row[-1] else row for row in rows]
        rows = [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    return [row for row in rows if any(row)]


def of_sheet(text: str) -> Table:
    """The table of the first sheet of a spreadsheet, from the text that was read in it: its name, then a row a line.

    Raises Blocked.
    """
    first = text.split("\n\n")[0].split("\n")[1:]
    return _checked([line.split(_CELLS) for line in first])


def pasted(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as it can be pasted, and is read again by `of_text`."""
    written = io.StringIO()
    csv.writer(written, delimiter="\t", lineterminator="\n").writerows([columns, *rows])
    return written.getvalue()


def _checked(rows: list[list[str]]) -> Table:
    rows = [row for row in rows if any(row)]
    if len(rows) < 2:
        raise Blocked([_("A table has headings in its first row, and at least one row below them.")])
    width = max(map(len, rows))
    if len(rows) > MOST_ROWS + 1 or width > MOST_COLUMNS:
        told = {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
        raise Blocked([_("A fact note has at most %(rows)s rows and %(columns)s columns. Choose what matters.") % told])
    if any(len(cell) > LONGEST for row in rows for cell in row):
        raise Blocked([_("A cell has at most %(most)s characters.") % {"most": LONGEST}])
    filled = [[*row, *[""] * (width - len(row))] for row in rows]
    return Table(filled[0], filled[1:])
