"""Where text stands on a page to the order in which a person reads it.

Segments (parts of lines with a box, in points, y growing upwards) are gathered into rows of one height.
Rows in which the same white strip parts left from right are a band: a head of labels and values or a
table is read row by row, columns of running text one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import msgspec

WIDE = "   "
PITCH = 1.3  # times the usual distance of lines, and one point: more than that is a blank line
MIN_COLUMN = 4  # rows on each side that make columns of running text
LONG = 24  # characters: the mean of a side whose lines are running text rather than labels
BLANK = 0.7  # of the height of a line: more white than this above a line is a blank line
MAX_ROW = 400  # characters: what is longer is a text laid out in a table, not a row of one
CELLS = 3  # columns, in at least two rows, that make a table; two are a label and its value


class Segment(msgspec.Struct, frozen=True, gc=False):
    """A run of text without a wide gap; `line` is its place in the order of the file."""

    text: str
    line: int
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom


class Row(msgspec.Struct, frozen=True, gc=False):
    """A line as it is read; `cells` where it is a row of a table, its cells parted by " | "."""

    text: str
    bottom: float
    top: float
    cells: bool = False


Strip = tuple[float, float]  # a white strip between columns: its left and right edge


def arranged(segments: Sequence[Segment]) -> list[Row]:
    """Every segment once, in reading order."""
    if all(b.bottom + b.top < 2 * a.bottom for a, b in pairwise(segments)):  # each is below the one before
        return [Row(s.text, s.bottom, s.top) for s in segments]
    rows = _visual_rows(segments)
    found: list[Row] = []
    i = 0
    while i < len(rows):
        end, strips = _band(rows, i) if len(rows[i]) > 1 else (i + 1, [])
        if strips:
            found += _read_band(rows[i:end], strips)
        else:
            found.append(_joined(rows[i]))
        i = end
    return found


def blank_before(pages: Sequence[Sequence[Row]]) -> Iterator[list[bool]]:
    """For each row of each page whether the page leaves a blank line before it.

    What is usual is told by the whole document: a list may be the only thing on its page. Lines of a large
    heading stand as far apart as their size asks for. A column begins with a blank line.
    """
    middles = [[(row.top + row.bottom) / 2 for row in rows] for rows in pages]
    steps = [[a - b for a, b in pairwise(page)] for page in middles]
    downwards = sorted([step for page in steps for step in page if step > 1])
    heights = sorted([row.top - row.bottom for rows in pages for row in rows])
    usual = PITCH * downwards[len(downwards) // 4] if downwards else 0.0
    height = heights[len(heights) * 9 // 10] if heights else 1.0

    def is_far(a: Row, b: Row, step: float) -> bool:
        size = min(2.0, max(1.0, (a.top - a.bottom) / height, (b.top - b.bottom) / height))
        return not -1 < step <= usual * size + 1

    for rows, page in zip(pages, steps, strict=True):
        far = [not -1 < step <= usual + 1 and is_far(rows[i], rows[i + 1], step) for i, step in enumerate(page)]
        yield [False, *far] if rows else []


def _overlap(a: Segment, b: Segment) -> float:
    """How much of the lower of two segments stands beside the other, 0 to 1 (not above 0: apart)."""
    return (min(a.top, b.top) - max(a.bottom, b.bottom)) / (min(a.height, b.height) or 1.0)


def _visual_rows(segments: Sequence[Segment]) -> list[list[Segment]]:
    """Segments that stand beside each other, from the top of the page, each row from the left."""
    rows: list[list[Segment]] = []
    for s in sorted(segments, key=lambda s: (-(s.top + s.bottom), s.left)):
        for row in rows[:-4:-1]:
            if s.top > row[0].bottom and _fits(s, row):
                row.append(s)
                break
        else:
            rows.append([s])
    for row in rows:
        row.sort(key=lambda s: s.left)
    return rows


def _fits(s: Segment, row: Sequence[Segment]) -> bool:
    """Whether a segment stands in a row: beside its first, and over none of it."""
    return _overlap(s, row[0]) > 0.5 and all(min(s.right, o.right) - max(s.left, o.left) < 0.3 * s.height for o in row)


def _gaps(row: Sequence[Segment]) -> list[Strip]:
    return [(a.right, b.left) for a, b in pairwise(row) if b.left - a.right > 0.9 * min(a.height, b.height)]


def _band(rows: Sequence[list[Segment]], start: int) -> tuple[int, list[Strip]]:
    """Where the band that begins at row `start` ends, and the white strips that run through all of it."""
    strips = _gaps(rows[start])
    end = start + 1
    while strips and end < len(rows):
        row = rows[end]
        kept = [strip for strip in (_narrowed(strip, row) for strip in strips) if strip]
        if not kept or (len(row) > 1 and not _gaps(row)):
            break
        stands_off = _white(rows[end - 1], row) > BLANK * row[0].height
        if stands_off and (_is_left(row, kept) or len(_gaps(row)) > len(strips)):
            break  # a paragraph, or another table
        strips = kept
        end += 1
    return end, strips


def _white(above: Sequence[Segment], below: Sequence[Segment]) -> float:
    """The height of the white between two rows."""
    return min(s.bottom for s in above) - max(s.top for s in below)


def _narrowed(strip: Strip, row: Sequence[Segment]) -> Strip | None:
    """What of a strip stays white in a row; None if text crosses it."""
    left, right = strip
    for s in row:
        if s.right <= right and s.left < left:
            left = max(left, s.right)
        elif s.left >= left:
            right = min(right, s.left) if s.left < right or s.left == right else right
        else:
            return None
    return (left, right) if right - left > 2 else None


def _parted(row: Sequence[Segment], strips: Sequence[Strip]) -> int:
    """In how many columns a row has text."""
    return len({_column(s, strips) for s in row})


def _column(s: Segment, strips: Sequence[Strip]) -> int:
    return sum(s.left >= right - 1 for _, right in strips)


def _is_left(row: Sequence[Segment], strips: Sequence[Strip]) -> bool:
    return all(_column(s, strips) == 0 for s in row)


def _read_band(rows: Sequence[list[Segment]], strips: list[Strip]) -> list[Row]:
    if len(strips) == 1 and _are_columns(rows, strips):
        sides = ([s for row in rows for s in row if _column(s, strips) == side] for side in (0, 1))
        return [_joined(row) for side in sides for row in _visual_rows(side)]
    if len(strips) + 1 >= CELLS and sum(_parted(row, strips) >= CELLS for row in rows) >= 2:
        return [line for row in _table_rows(rows, strips) for line in _table_row(row, strips)]
    return [_joined(row) for row in rows]


def _table_row(row: Sequence[Segment], strips: Sequence[Strip]) -> list[Row]:
    """One line; but the cells of a long row are texts of their own, one after the other."""
    cells = [[s for s in row if _column(s, strips) == n] for n in range(len(strips) + 1)]
    if sum(len(s.text) for s in row) > MAX_ROW:
        return [_joined(line) for cell in cells for line in _visual_rows(cell)]
    texts = [" ".join(s.text for s in cell) for cell in cells]
    while not texts[-1]:
        texts.pop()
    return [_row(" | ".join(texts), row, cells=len(texts) > 1)]


def _table_rows(rows: Sequence[list[Segment]], strips: Sequence[Strip]) -> list[list[Segment]]:
    """The rows of a table: lines of one row stand closer than rows do, or leave the first column empty."""
    whites = [_white(a, b) for a, b in pairwise(rows)]
    close = min(whites) + 1 if max(whites) > min(whites) + 3 else None
    found = [list(rows[0])]
    for white, row in zip(whites, rows[1:], strict=True):
        if _column(row[0], strips) > 0 or (close is not None and white <= close):
            found[-1] += row
        else:
            found.append(list(row))
    return found


def _are_columns(rows: Sequence[list[Segment]], strips: Sequence[Strip]) -> bool:
    """Whether both sides of a strip are read downwards: running text, or one side drawn whole before the other."""
    left, right = ([s for row in rows for s in row if _column(s, strips) == side] for side in (0, 1))
    if min(len(left), len(right)) < MIN_COLUMN:
        return False
    if min(_mean(left), _mean(right)) >= LONG:
        return True
    labels = sum(s.text.endswith(":") for s in left)
    return max(s.line for s in left) < min(s.line for s in right) and labels * 2 < len(left) and _mean(left) >= 8


def _mean(segments: Sequence[Segment]) -> float:
    return sum(len(s.text) for s in segments) / len(segments)


def _joined(row: Sequence[Segment]) -> Row:
    first = row[0]
    if len(row) == 1:
        return Row(first.text, first.bottom, first.top)
    text = first.text
    for a, b in pairwise(row):
        text += (WIDE if b.left - a.right > 0.9 * min(a.height, b.height) else " ") + b.text
    return _row(text, row)


def _row(text: str, segments: Iterable[Segment], *, cells: bool = False) -> Row:
    within = list(segments)
    return Row(text, min(s.bottom for s in within), max(s.top for s in within), cells)
