"""What a format's reader hands to the grammar: the document as lines in reading order.

Line numbers everywhere (spans, warnings, residue) are positions in `Extract.lines`, counted from 1.
"""

from __future__ import annotations

import msgspec

from raadslag.core.record import Warning


class Line(msgspec.Struct, frozen=True):
    """One line of extracted text.

    `text` has no line break; runs of white space inside it stay as extracted, since they part columns.
    `page` counts from 1 (None where the format has no pages). `heading` is the level 1 to 6 where the
    markup calls the line a heading. `cells` is True for a row of a table, its cells parted by " | ".
    """

    text: str
    page: int | None = None
    heading: int | None = None
    cells: bool = False


class Extract(msgspec.Struct, frozen=True):
    """A document as lines, with what the format told besides.

    `pages` is the number of pages, `warnings` what the extraction itself noticed (image-only pages,
    replaced characters), `files` the embedded files by name.
    """

    lines: tuple[Line, ...]
    media_type: str
    reader: str
    pages: int | None = None
    warnings: tuple[Warning, ...] = ()
    files: dict[str, bytes] = {}
