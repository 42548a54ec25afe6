"""PDF bytes to lines in reading order.

A page's text is taken in one call and stays as PDFium reads it; the boxes of its lines, cheap to ask for,
tell where a wide gap parts a label from its value, where a blank line stands, and whether the page needs
`layout`: rows of a table, columns side by side, or text drawn in another order than it is read in.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import pairwise
from typing import Any

import msgspec
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from raadslag.core.errors import LimitExceeded, UnreadableFile
from raadslag.core.readers.characters import LOST, clean, is_clean
from raadslag.core.readers.layout import Row, Segment, arranged, blank_before
from raadslag.core.readers.lines import Extract, Line
from raadslag.core.record import Warning

MEDIA_TYPE = "application/pdf"
WIDE = "   "  # parts what stands apart on one line
MAX_SEGMENTS = 4000  # a page with more is left in the order of its text
MAX_FILES = 100
SCANNED = 200  # characters: a page with an image over most of it and no more text than this is a scan with a stamp

_GAP = 0.9  # of the height of a line: a wider gap parts columns
_REMEDY = "Fetch the file again, or print it to a new PDF and read that."
_HYPHEN = "\ufffe"  # where a hyphen ends a line, PDFium has this (or U+0002) for hyphen and line break together
_Box = tuple[float, float, float, float]


def _unchecked(function: Any) -> Callable[..., int]:
    """A function of PDFium that does not ask of what type its arguments are: the asking takes longer than the work."""
    call: Callable[..., int] = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.cast(function, ctypes.c_void_p).value or 0)
    return call


# Boxes are asked for some times for each line. PDFium writes them to one place: left, bottom, right, top.
_count_rects = _unchecked(raw.FPDFText_CountRects)
_get_rect = _unchecked(raw.FPDFText_GetRect)
_read_box: Callable[[bytearray], _Box] = struct.Struct("4d").unpack
_BOX = bytearray(32)
_LEFT, _BOTTOM, _RIGHT, _TOP = (ctypes.byref(ctypes.c_double.from_buffer(_BOX, at)) for at in (0, 8, 16, 24))


def extract(data: bytes, *, max_pages: int = 2000) -> Extract:
    """The lines of a PDF, page by page, in reading order.

    Words are never changed but for ligatures and marks that nobody sees (`characters.clean`); a hyphen at
    the end of a line stays. A page whose text is only a picture gets the warning `image_only_page`.
    Raises UnreadableFile for a damaged, truncated, encrypted or empty file and LimitExceeded for one with
    more than `max_pages` pages.
    """
    with closing(_open(data)) as document:
        count = len(document)
        if count == 0:
            raise UnreadableFile("the file", "a PDF with pages", "none", _REMEDY)
        if count > max_pages:
            raise LimitExceeded("the file", f"at most {max_pages} pages", str(count), "Divide it and read the parts.")
        notes: list[Warning] = []
        pages = [_page(document, n, notes) for n in range(count)]
        lines = tuple(_lines(pages))
        return Extract(lines, MEDIA_TYPE, "pdf", pages=count, warnings=tuple(notes), files=_files(document))


def _open(data: bytes) -> pdfium.PdfDocument:
    if b"%%EOF" not in data[-65536:]:
        raise UnreadableFile("the file", "a whole PDF", "a PDF that breaks off before its end", _REMEDY)
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            remedy = "Open it with its password, save it without, and read that."
            raise UnreadableFile("the file", "a PDF without a password", "an encrypted PDF", remedy) from error
        raise UnreadableFile("the file", "a PDF", "a damaged or disguised file", _REMEDY) from error


def _lines(pages: Sequence[Sequence[Row]]) -> Iterator[Line]:
    for n, (rows, blanks) in enumerate(zip(pages, blank_before(pages), strict=True), 1):
        for row, blank in zip(rows, blanks, strict=True):
            if blank:
                yield Line("", n)
            yield Line(row.text, n, cells=row.cells)


def _page(document: pdfium.PdfDocument, n: int, notes: list[Warning]) -> list[Row]:
    """The rows of page `n` (from 0) in reading order; what is odd about it is added to `notes`."""
    try:
        with closing(document[n]) as page, _textpage(page) as textpage:
            count = raw.FPDFText_CountChars(textpage)
            text = _text(textpage, count)
            if len(text) < SCANNED:
                _note_scan(page, n, text, notes)
            is_plain = count == len(text)
            rows = _rows(_Boxes(textpage, text, is_plain=is_plain)) if text and not text.isspace() else []
    except pdfium.PdfiumError as error:
        raise UnreadableFile(f"the file, page {n + 1}", "a page", "a damaged page", _REMEDY) from error
    if not is_clean(text.replace("\r\n", "").replace(_HYPHEN, "").replace("\x02", "")):
        rows = [msgspec.structs.replace(row, text=clean(row.text)) for row in rows]
        if lost := sum(row.text.count(LOST) for row in rows):
            message = f"Page {n + 1}: the font does not tell what {lost} characters are."
            notes.append(Warning(code="unknown_characters", message=message))
    return rows


@contextmanager
def _textpage(page: pdfium.PdfPage) -> Iterator[Any]:
    """PDFium's handle of a page's text."""
    handle = raw.FPDFText_LoadPage(page)
    if not handle:
        raise pdfium.PdfiumError("Failed to load text page.")
    try:
        yield handle
    finally:
        raw.FPDFText_ClosePage(handle)


def _text(textpage: Any, count: int) -> str:
    """The text of a page of `count` characters, some of which may have no place in it."""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = raw.FPDFText_GetText(textpage, 0, count, buffer)  # with the zero that ends it
    return bytes(buffer)[: 2 * written - 2].decode("utf-16-le", "ignore")


def _rows(boxes: _Boxes) -> list[Row]:
    segments = list(boxes.segments())
    if len(segments) <= MAX_SEGMENTS and not boxes.is_turned(segments):
        return arranged(segments)
    return [Row(line.strip(), -float(n), 1.0 - n) for n, (line, _) in enumerate(boxes.lines) if line.strip()]


class _Boxes:
    """A page's text by lines, and where on the page each of its parts stands (in points, from below)."""

    def __init__(self, textpage: Any, text: str, *, is_plain: bool) -> None:
        self.handle = textpage
        self.is_plain = is_plain  # a character's place is the same on the page and in its text
        self.lines = list(_split(text))

    def segments(self) -> Iterator[Segment]:
        """The parts of lines that wide gaps keep from each other, in the order of the text."""
        for n, (line, at) in enumerate(self.lines):
            if line and not line.isspace():
                start = at if self.is_plain else max(0, raw.FPDFText_GetCharIndexFromTextIndex(self.handle, at))
                boxes = self._rects(start, len(line))
                if len(boxes) == 1:
                    yield Segment(line.strip(), n, *boxes[0])
                elif gaps := _wide_gaps(boxes):
                    yield from self._parts(n, line, start, boxes, gaps)
                elif boxes:
                    yield Segment(line.strip(), n, *_around(boxes))

    def _parts(self, n: int, line: str, start: int, boxes: Sequence[_Box], gaps: Sequence[int]) -> Iterator[Segment]:
        first = low = 0
        for i in gaps:
            cut = self._begin(start, len(line), i)
            # A wide gap without a space in the text is letter-spacing, and parts no words.
            if line[first:cut].strip() and line[cut:].strip() and (line[cut - 1].isspace() or line[cut].isspace()):
                yield Segment(line[first:cut].strip(), n, *_around(boxes[low:i]))
                first, low = cut, i
        yield Segment(line[first:].strip(), n, *_around(boxes[low:]))

    def _rects(self, start: int, count: int) -> list[_Box]:
        found = []
        for i in range(_count_rects(self.handle, start, count)):
            _get_rect(self.handle, i, _LEFT, _TOP, _RIGHT, _BOTTOM)
            found.append(_read_box(_BOX))
        return found

    def _begin(self, start: int, count: int, rect: int) -> int:
        """At which character of a line its rectangle number `rect` begins: the fewest that make that many, less one."""
        low, high = 1, count
        while low < high:
            middle = (low + high) // 2
            if _count_rects(self.handle, start, middle) > rect:
                high = middle
            else:
                low = middle + 1
        return low - 1

    @staticmethod
    def is_turned(segments: list[Segment]) -> bool:
        """Whether the text runs upwards or downwards: then boxes tell nothing about rows."""
        long = [s for s in segments if len(s.text) > 3]
        return bool(long) and sum(s.top - s.bottom > s.right - s.left for s in long) * 2 > len(long)


def _split(text: str) -> Iterator[tuple[str, int]]:
    """The lines of a page's text, each with the place at which it begins."""
    at = 0
    for line in text.replace("\x02", _HYPHEN).split("\r\n"):
        *broken, last = line.split(_HYPHEN)
        for part in broken:
            yield part + "-", at
            at += len(part) + 1
        yield last, at
        at += len(last) + 2


def _around(boxes: Sequence[_Box]) -> _Box:
    if len(boxes) == 1:
        return boxes[0]
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _wide_gaps(boxes: Sequence[_Box]) -> list[int]:
    """Which boxes of a line stand wide apart from the one before. Justified words do so alike, and are not meant."""
    for a, b in pairwise(boxes):
        if b[0] - a[2] > 3 or a[0] - b[2] > 3:
            break
    else:
        return []
    gaps = [max(b[0] - a[2], a[0] - b[2]) for a, b in pairwise(boxes)]
    least = _GAP * max(box[3] - box[1] for box in boxes)
    return [
        i
        for i, gap in enumerate(gaps, 1)
        if gap > least and (gap > 2.5 * least or sum(other > 0.6 * gap for other in gaps) < 3)
    ]


def _note_scan(page: pdfium.PdfPage, n: int, text: str, notes: list[Warning]) -> None:
    """Warn of a page that shows something but tells (almost) nothing."""
    is_blank = not text.strip()
    left, bottom, right, top = page.get_bbox()
    whole = abs((right - left) * (top - bottom)) or 1.0
    for thing in page.get_objects(max_depth=3):
        if thing.type == raw.FPDF_PAGEOBJ_IMAGE:
            x0, y0, x1, y1 = thing.get_bounds()
            is_picture = is_blank or (x1 - x0) * (y1 - y0) > whole / 2
        else:
            is_picture = is_blank and thing.type in (raw.FPDF_PAGEOBJ_SHADING, raw.FPDF_PAGEOBJ_PATH)
        if is_picture:
            message = f"Page {n + 1} is a picture without text; recognise its text (OCR) and read it again."
            notes.append(Warning(code="image_only_page", message=message))
            return


def _files(document: pdfium.PdfDocument) -> dict[str, bytes]:
    """The embedded files by name; a second one of the same name gets a number before it."""
    files: dict[str, bytes] = {}
    for i in range(min(document.count_attachments(), MAX_FILES)):
        try:
            attachment = document.get_attachment(i)
            name = clean(attachment.get_name()) or f"file {i + 1}"
            content = bytes(attachment.get_data())
        except (pdfium.PdfiumError, UnicodeDecodeError):
            continue  # screening says of it that it cannot be read
        files[name if name not in files else f"{i + 1} {name}"] = content
    return files
