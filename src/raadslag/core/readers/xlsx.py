"""XLSX to text: what a spreadsheet shows, a row a line, cells parted by " | ". It is never a paper of a meeting."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl

from raadslag.core.errors import UnreadableFile
from raadslag.core.readers.characters import clean
from raadslag.core.readers.office import Package

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELLS = " | "
_KIND = "a spreadsheet (XLSX)"


def text(data: bytes) -> str:
    """The sheets that are shown: the name of each, then its rows. Raises UnreadableFile.

    Of formulas it is what they came to when the file was saved. Hidden sheets, rows and columns are left out.
    """
    return "\n\n".join(
        "\n".join((clean(sheet.title), *(CELLS.join(row) for row in shown(sheet))))
        for sheet in opened(data).worksheets
        if sheet.sheet_state == "visible"
    )


def opened(data: bytes) -> Any:
    """The workbook. Raises UnreadableFile for what is damaged, encrypted, too large, or another kind of file."""
    Package(data, _KIND)
    try:
        return openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    except MemoryError:
        raise
    except Exception as error:  # a damaged file fails in more ways than any list of them names
        remedy = "Open it in the program that made it, save it again as XLSX or as PDF, and use that."
        raise UnreadableFile("the file", _KIND, type(error).__name__, remedy) from error


def shown(sheet: Any) -> Iterator[list[str]]:
    """The cells of the rows and columns that a sheet shows, without empty rows and ends of rows."""
    yield from _rows(sheet, hidden=False)


def unseen(sheet: Any) -> Iterator[list[str]]:
    """The cells of hidden rows, and of hidden columns."""
    yield from _rows(sheet, hidden=True)


def _rows(sheet: Any, *, hidden: bool) -> Iterator[list[str]]:
    columns = {
        number
        for letter, about in sheet.column_dimensions.items()
        if about.hidden
        for number in range(about.min or 0, min(about.max or 0, sheet.max_column) + 1)
    }
    for row in sheet.iter_rows():
        is_row_hidden = bool(row) and sheet.row_dimensions[row[0].row].hidden
        cells = [
            _written(cell.value) for cell in row if (is_row_hidden or getattr(cell, "column", 0) in columns) is hidden
        ]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield cells


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes").removesuffix(" 00:00")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    return clean(str(value))
