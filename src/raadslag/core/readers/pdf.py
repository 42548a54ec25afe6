"""PDF bytes to lines in reading order.

A page's text is taken in one call and stays as PDFium reads it; the boxes of its lines, cheap to ask for,
tell where a wide gap parts a label from its value, where a blank line stands, and whether the page needs
`layout`: rows of a table, columns side by side, or text drawn in another order than it is read in.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import closing
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from raadslag.core.errors import LimitExceeded, UnreadableFile
from raadslag.core.readers.characters import LOST, clean
from raadslag.core.readers.layout import Segment, arranged
from raadslag.core.readers.lines import Extract, Line
from raadslag.core.record import Warning

MEDIA_TYPE = "application/pdf"
WIDE = "   "  # parts what stands apart on one line
MAX_SEGMENTS = 4000  # a page with more is left in the order of its text
MAX_FILES = 100
SCANNED = 200  # characters: a page with an image over most of it and no more text than this is a scan with a stamp

_GAP = 0.9  # of the height of a line: a wider gap parts columns
_REMEDY = "Fetch the file again, or print it to a new PDF and read that."
_Box = tuple[float, float, float, float]


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
        lines: list[Line] = []
        notes: list[Warning] = []
        for n in range(count):
            lines += _page(document, n, notes)
        return Extract(tuple(lines), MEDIA_TYPE, "pdf", pages=count, warnings=tuple(notes), files=_files(document))


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


def _page(document: pdfium.PdfDocument, n: int, notes: list[Warning]) -> list[Line]:
    """The lines of page `n` (from 0); what is odd about it is added to `notes`."""
    try:
        page = document[n]
        with closing(page), closing(page.get_textpage()) as textpage:
            text = textpage.get_text_range()
            if len(text) < SCANNED:
                _note_scan(page, n, text, notes)
            if not text or text.isspace():
                return []
            texts = list(_arranged(_Boxes(textpage, text)))
    except pdfium.PdfiumError as error:
        raise UnreadableFile(f"the file, page {n + 1}", "a page", "a damaged page", _REMEDY) from error
    lines = [Line(clean(text), n + 1, cells=cells) for text, cells in texts]
    lost = sum(line.text.count(LOST) for line in lines if LOST in line.text)
    if lost:
        message = f"Page {n + 1}: the font does not tell what {lost} characters are."
        notes.append(Warning(code="unknown_characters", message=message))
    return lines


def _arranged(boxes: _Boxes) -> Iterator[tuple[str, bool]]:
    """The lines of a page as (text, whether it is the row of a table), a blank one where the page leaves a gap."""
    segments = list(boxes.segments())
    if len(segments) > MAX_SEGMENTS or boxes.is_turned(segments):
        yield from ((line, False) for line in boxes.lines if line.strip())
        return
    height = median(s.height for s in segments) if segments else 0.0
    bottom: float | None = None
    for row in arranged(segments):
        if bottom is not None and not -2 * height < bottom - row.top < 0.7 * height:
            yield "", False
        bottom = row.bottom
        yield row.text, row.cells


class _Boxes:
    """A page's text by lines, and where on the page each of its parts stands (in points, from below)."""

    def __init__(self, textpage: pdfium.PdfTextPage, text: str) -> None:
        self.handle = textpage.raw
        # PDFium marks a hyphen that parts a word at the end of a line by one of two non-characters.
        self.lines = text.replace("\ufffe", "-").replace("\x02", "-").split("\r\n")
        self.is_plain = textpage.count_chars() == len(text)
        self._sides = tuple(ctypes.c_double() for _ in range(4))
        self._refs = tuple(ctypes.byref(side) for side in self._sides)

    def segments(self) -> Iterator[Segment]:
        """The parts of lines that wide gaps keep from each other, in the order of the text."""
        at = 0
        for n, line in enumerate(self.lines):
            if line and not line.isspace():
                yield from self._parts(n, line, at)
            at += len(line) + 2

    def _parts(self, n: int, line: str, at: int) -> Iterator[Segment]:
        start = self._char(at)
        boxes = self._rects(start, len(line))
        if not boxes:
            return
        first = 0
        left, bottom, right, top = boxes[0]
        for i, box in enumerate(boxes[1:], 1):
            apart = max(box[0] - right, left - box[2])
            if apart > _GAP * min(top - bottom, box[3] - box[1]) and apart > 3:
                cut = self._begin(start, len(line), i)
                if line[first:cut].strip() and line[cut:].strip() and (line[cut - 1].isspace() or line[cut].isspace()):
                    yield Segment(line[first:cut].strip(), n, left, bottom, right, top)
                    first, (left, bottom, right, top) = cut, box
                    continue
            left, bottom, right, top = min(left, box[0]), min(bottom, box[1]), max(right, box[2]), max(top, box[3])
        yield Segment(line[first:].strip(), n, left, bottom, right, top)

    def _rects(self, start: int, count: int) -> list[_Box]:
        found = []
        left, top, right, bottom = self._refs
        for i in range(raw.FPDFText_CountRects(self.handle, start, count)):
            raw.FPDFText_GetRect(self.handle, i, left, top, right, bottom)
            x0, y1, x1, y0 = (side.value for side in self._sides)
            found.append((x0, y0, x1, y1))
        return found

    def _begin(self, start: int, count: int, rect: int) -> int:
        """At which character of a line its rectangle number `rect` begins: the fewest that make that many, less one."""
        low, high = 1, count
        while low < high:
            middle = (low + high) // 2
            if raw.FPDFText_CountRects(self.handle, start, middle) > rect:
                high = middle
            else:
                low = middle + 1
        return low - 1

    def _char(self, at: int) -> int:
        return at if self.is_plain else max(0, raw.FPDFText_GetCharIndexFromTextIndex(self.handle, at))

    @staticmethod
    def is_turned(segments: list[Segment]) -> bool:
        """Whether the text runs upwards or downwards: then boxes tell nothing about rows."""
        long = [s for s in segments if len(s.text) > 3]
        return bool(long) and sum(s.height > s.right - s.left for s in long) * 2 > len(long)


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
