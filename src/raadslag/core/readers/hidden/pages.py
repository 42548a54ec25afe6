"""The text of PDF pages, and which of it cannot be seen.

Units are PDF points; pictures are drawn with `SCALE` pixels a point, less for very large pages.
"""

from __future__ import annotations

import ctypes
import itertools
import math
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias, cast

import pypdfium2 as pdfium
import pypdfium2.raw as c
from PIL import Image, ImageChops

from raadslag.core.errors import UnreadableFile
from raadslag.core.rules.screening import Passage, Standing

SCALE = 2.0
MAX_PIXELS = 6_000_000
CONTRAST = 16  # of 255: less than this between a letter and its ground is not seen
TINY = 3.2  # points from the bottom to the top of a line
RUN = 3  # letters in a row that count as hidden even where the rest of the word is seen
UNMAPPED = 4  # letters in a row whose font does not tell what they are
PICTURE_SHARE, PICTURE_TEXT = 0.5, 100  # a page that is half picture with fewer letters than this is a scan
MAX_OVERLAPS = 200  # text objects of a page that are looked at one by one


_MARKS: dict[str, Standing] = {"ActualText": "replacement", "Alt": "alternate", "E": "alternate"}

Box: TypeAlias = tuple[int, int, int, int]  # pixels: left, top, right, bottom
Colour: TypeAlias = tuple[int, int, int]
Matrix: TypeAlias = tuple[float, float, float, float, float, float]


class _Letter(NamedTuple):
    """A letter or digit as drawn: where in the page's text, in which word and line, how large, by which object."""

    at: int
    word: int
    line: int
    box: Box
    height: float
    object: int
    is_unmapped: bool


def passages(data: bytes, *, name: str) -> Iterator[Passage]:
    """The text of each page, what of it is hidden, and which pages hold none.

    Raises UnreadableFile where the file cannot be opened, or needs a password.
    """
    lines: dict[int, set[str]] = {}
    has_annotations = False
    with _opened(data, name) as document:
        for number in range(1, len(document) + 1):
            try:
                page = document[number - 1]
                has_annotations |= c.FPDFPage_GetAnnotCount(page.raw) > 0
                found = list(_page(page, f"page {number}"))
            except pdfium.PdfiumError:
                found = [Passage("the page cannot be drawn", f"page {number}", "unscreenable")]
            yield from found
            lines[number] = {line for p in found for line in p.text.splitlines()}
    for number, text in enumerate(texts(data, name=name) if has_annotations else (), 1):
        added = [line for line in text.splitlines() if line not in lines[number]]
        yield Passage("\n".join(added), f"page {number}, annotations and form fields", "visible")


def texts(data: bytes, *, name: str) -> list[str]:
    """The text of each page with its annotations and form fields, without asking what can be seen."""
    with _opened(data, name) as document:
        found = []
        for number in range(len(document)):
            try:
                page = document[number]
                c.FPDFPage_Flatten(page.raw, c.FLAT_NORMALDISPLAY)
                page.close()
                page = document[number]  # its text is only read anew when it is loaded anew
                found.append(_text(page.get_textpage()))
            except pdfium.PdfiumError:
                found.append("")  # `passages` has said that it cannot be drawn
        return found


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(data)
        document.init_forms()
    except pdfium.PdfiumError as error:
        remedy = "Save it again, without password, and try again."
        raise UnreadableFile(name, "a PDF that can be opened", str(error)[:80], remedy) from error
    try:
        yield document
    finally:
        document.close()


def _page(page: pdfium.PdfPage, place: str) -> Iterator[Passage]:
    objects = list(_objects(page.raw))
    for key, text in [found for o, _ in objects for found in _take_marks(o)]:
        yield Passage(text, f"{place}, marked content /{key}", _MARKS.get(key, "technical"))
    textpage = page.get_textpage()  # now as drawn: replacement text is out of the way
    pictures = _Pictures(page, objects)
    letters = _letters(textpage, pictures)
    hidden = _hidden(letters, pictures)
    text = _text(textpage)
    for standing in dict.fromkeys(hidden.values()):
        yield Passage(_spelled([x for x in letters if hidden.get(x.at) == standing], text), place, standing)
    if hidden:
        yield Passage(text, place, "technical")
        text = "".join(" " if i in hidden else char for i, char in enumerate(text))
    yield Passage(text, place, "visible")
    share = sum(_area(o, matrix) for o, matrix in objects if _is(o, c.FPDF_PAGEOBJ_IMAGE)) / pictures.area
    read = sum(standing == "machine_read" for standing in hidden.values())
    if not letters and (share or pictures.has_ink):
        yield Passage("a page without text", place, "unscreenable")
    elif share >= PICTURE_SHARE and len(letters) - read < PICTURE_TEXT and read < PICTURE_TEXT:
        yield Passage("a page that is mostly a picture", place, "unscreenable")
    elif any(x and len(list(run)) >= UNMAPPED for x, run in itertools.groupby(letters, lambda x: x.is_unmapped)):
        yield Passage("a font that does not tell its letters", place, "unscreenable")


def _hidden(letters: list[_Letter], pictures: _Pictures) -> dict[int, Standing]:
    """How each letter that cannot be seen is hidden, by its index; words that are seen in part are seen."""
    hidden: dict[int, Standing] = {}
    alone = pictures.alone(_overlapping(letters))
    for _, group in itertools.groupby(letters, lambda letter: letter.word):
        word = list(group)
        ways = [_way(letter, pictures, alone.get(letter.object, pictures.drawn)) for letter in word]
        runs = [len(list(run)) for way, run in itertools.groupby(ways, lambda way: way is not None) if way]
        if None not in ways or max(runs, default=0) >= RUN:
            hidden |= {letter.at: way for letter, way in zip(word, ways, strict=True) if way}
    return hidden


def _way(letter: _Letter, pictures: _Pictures, drawn: Image.Image) -> Standing | None:
    """How a letter is hidden, None where it is seen. `drawn` is white where its text changes the picture."""
    box = pictures.clipped(letter.box)
    if box is None:
        return "outside"
    if drawn.crop(box).getbbox():
        return "tiny" if letter.height < TINY else None
    return pictures.cause(letter.object, box)


class _Pictures:
    """A page drawn with its text and without it."""

    def __init__(self, page: pdfium.PdfPage, objects: list[tuple[Any, Matrix]]) -> None:
        self.page, self.objects = page, objects
        self.texts = {_address(o): o for o, _ in objects if _is(o, c.FPDF_PAGEOBJ_TEXT)}
        width, height = page.get_size()
        self.scale = min(SCALE, math.sqrt(MAX_PIXELS / max(width * height, 1)))
        self.area = max(width * height, 1)
        whole = self._draw()
        self._activate(())
        self.ground = self._draw()
        self._activate(self.texts)
        self.drawn = _difference(whole, self.ground)
        self.has_ink = _spread(whole) > 0
        self.matrix = self._to_pixels(whole.size)

    def alone(self, addresses: Iterable[int]) -> dict[int, Image.Image]:
        """What each of these text objects changes when no other text is drawn."""
        found = {}
        for address in itertools.islice(addresses, MAX_OVERLAPS):
            self._activate((address,))
            found[address] = _difference(self._draw(), self.ground)
        self._activate(self.texts)
        return found

    def clipped(self, box: Box) -> Box | None:
        """The part of a box that lies in the picture, if any does."""
        width, height = self.ground.size
        left, top, right, bottom = max(box[0], 0), max(box[1], 0), min(box[2], width), min(box[3], height)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def cause(self, address: int, box: Box) -> Standing:
        """Why a text that changes nothing is not seen."""
        text, ground = self.texts.get(address), self.ground.crop(box)
        has_picture = _spread(ground) > 2 * CONTRAST
        if text is None:
            return "covered"
        if c.FPDFTextObj_GetTextRenderMode(text) in (c.FPDF_TEXTRENDERMODE_INVISIBLE, c.FPDF_TEXTRENDERMODE_CLIP):
            return "machine_read" if has_picture else "invisible"
        if any(name == "OC" for name, _ in _marks(text)):
            return "switched_off"
        if self._is_drawn_over(address, box):
            return "covered"
        rgba = [ctypes.c_uint() for _ in range(4)]
        c.FPDFPageObj_GetFillColor(text, *map(ctypes.byref, rgba))
        middle = cast(Colour, ground.getpixel((ground.width // 2, ground.height // 2)))
        is_same = all(abs(ink.value - paper) < CONTRAST for ink, paper in zip(rgba, middle, strict=False))
        return "faint" if is_same else "covered"

    def _is_drawn_over(self, address: int, box: Box) -> bool:
        """Whether a drawing or a picture that comes after the text has the middle of the box within its own."""
        later = itertools.dropwhile(lambda found: _address(found[0]) != address, self.objects)
        for o, matrix in later:
            if not (_is(o, c.FPDF_PAGEOBJ_TEXT) or _is(o, c.FPDF_PAGEOBJ_FORM)):
                over = _placed(*_bounds(o), _product(matrix, self.matrix))
                x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
                if over[0] <= x <= over[2] and over[1] <= y <= over[3]:
                    return True
        return False

    def _activate(self, addresses: Container[int]) -> None:
        for address, o in self.texts.items():
            c.FPDFPageObj_SetIsActive(o, address in addresses)

    def _draw(self) -> Image.Image:
        return cast(Image.Image, self.page.render(scale=self.scale).to_pil()).convert("RGB")

    def _to_pixels(self, size: tuple[int, int]) -> Matrix:
        """The page's own coordinates to pixels: crop box and rotation are in it."""
        (e, f), (ax, bx), (cx, dx) = (self._device(size, x, y) for x, y in ((0, 0), (1000, 0), (0, 1000)))
        return (ax - e) / 1000, (bx - f) / 1000, (cx - e) / 1000, (dx - f) / 1000, e, f

    def _device(self, size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
        left, top = ctypes.c_int(), ctypes.c_int()
        c.FPDF_PageToDevice(self.page.raw, 0, 0, *size, 0, x, y, ctypes.byref(left), ctypes.byref(top))
        return left.value, top.value


def _difference(one: Image.Image, other: Image.Image) -> Image.Image:
    """White where two pictures differ by more than `CONTRAST` in any colour."""
    red, green, blue = ImageChops.difference(one, other).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue).point(lambda v: 255 if v >= CONTRAST else 0)


def _spread(picture: Image.Image) -> int:
    """How far the lightest and the darkest point of a picture are apart, 0 for one even colour."""
    ranges = [cast("tuple[int, int]", band.getextrema()) for band in picture.split()]
    return max(high - low for low, high in ranges)


def _overlapping(letters: list[_Letter]) -> dict[int, None]:
    """The text objects that are drawn over one another: one of them may hide the other."""
    cells: dict[tuple[int, int], list[_Letter]] = {}
    found: dict[int, None] = {}
    for letter in letters:
        left, top, right, bottom = letter.box
        x, y = (left + right) // 16, (top + bottom) // 16
        for near in ((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            for other in cells.get(near, ()):
                if other.object != letter.object and _overlap(letter.box, other.box):
                    found |= {letter.object: None, other.object: None}
        cells.setdefault((x, y), []).append(letter)
    return found


def _overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share half of the smaller one."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((b[2] - b[0]) * (b[3] - b[1]) for b in (one, other))
    return width > 0 and height > 0 and 2 * width * height >= smaller


def _letters(textpage: pdfium.PdfTextPage, pictures: _Pictures) -> list[_Letter]:
    """The letters and digits of a page in reading order; spaces, marks and hyphens need not be seen."""
    letters, word, line = [], 0, 0
    bounds, loose = [ctypes.c_double() for _ in range(4)], c.FS_RECTF()
    left, right, bottom, top = bounds
    refs = [ctypes.byref(bound) for bound in bounds]
    for index, char in enumerate(_text(textpage)):
        if char.isspace():
            word, line = word + 1, line + (char == "\n")
            continue
        is_unmapped = char in "\0\ufffd" or "\ue000" <= char <= "\uf8ff"
        is_unmapped |= c.FPDFText_HasUnicodeMapError(textpage.raw, index) == 1
        if not (char.isalnum() or is_unmapped):
            continue
        c.FPDFText_GetCharBox(textpage.raw, index, *refs)
        c.FPDFText_GetLooseCharBox(textpage.raw, index, loose)
        box = _placed(left.value, bottom.value, right.value, top.value, pictures.matrix)
        height = max(abs(loose.top - loose.bottom), abs(loose.right - loose.left))
        owner = _address(c.FPDFText_GetTextObject(textpage.raw, index))
        letters.append(_Letter(index, word, line, box, height, owner, is_unmapped))
    return letters


def _spelled(letters: list[_Letter], text: str) -> str:
    """Letters as words and lines again."""
    parts, last = [], None
    for letter in letters:
        if last is not None:
            parts.append("\n" if letter.line != last.line else " " if letter.word != last.word else "")
        parts.append(text[letter.at])
        last = letter
    return "".join(parts)


def _text(textpage: pdfium.PdfTextPage) -> str:
    """The text of a page, one character for each index of pdfium's."""
    codes = (c.FPDFText_GetUnicode(textpage.raw, i) for i in range(textpage.count_chars()))
    return "".join("\ufffd" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code) for code in codes)


def _objects(page: Any) -> Iterator[tuple[Any, Matrix]]:
    """Every object of a page and of the forms on it, with the matrix that takes it to the page; in drawing order."""
    identity = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    stack = [(c.FPDFPage_GetObject(page, i), identity) for i in reversed(range(c.FPDFPage_CountObjects(page)))]
    while stack:
        o, matrix = stack.pop()
        yield o, matrix
        if _is(o, c.FPDF_PAGEOBJ_FORM):
            own = c.FS_MATRIX()
            c.FPDFPageObj_GetMatrix(o, own)
            inner = _product((own.a, own.b, own.c, own.d, own.e, own.f), matrix)
            stack += [(c.FPDFFormObj_GetObject(o, i), inner) for i in reversed(range(c.FPDFFormObj_CountObjects(o)))]


def _product(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2], m[0] * n[1] + m[1] * n[3], m[2] * n[0] + m[3] * n[2], m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4], m[4] * n[1] + m[5] * n[3] + n[5],
    )  # fmt: skip


def _placed(left: float, bottom: float, right: float, top: float, matrix: Matrix) -> Box:
    """A box in pixels, whole ones: it may turn and flip on its way."""
    a, b, c_, d, e, f = matrix
    x1, x2, y1, y2 = (
        a * left + c_ * bottom + e,
        a * right + c_ * top + e,
        b * left + d * bottom + f,
        b * right + d * top + f,
    )
    return math.floor(min(x1, x2)), math.floor(min(y1, y2)), math.ceil(max(x1, x2)), math.ceil(max(y1, y2))


def _area(o: Any, matrix: Matrix) -> float:
    """The area of an object's box on the page, in square points."""
    left, bottom, right, top = _bounds(o)
    return abs((right - left) * (top - bottom) * (matrix[0] * matrix[3] - matrix[1] * matrix[2]))


def _bounds(o: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of an object in the coordinates of what it stands in."""
    edges = [ctypes.c_float() for _ in range(4)]
    c.FPDFPageObj_GetBounds(o, *map(ctypes.byref, edges))
    left, bottom, right, top = (edge.value for edge in edges)
    return left, bottom, right, top


def _take_marks(o: Any) -> list[tuple[str, str]]:
    """The texts in the marked-content properties of an object; marks with replacement text are taken off."""
    found = []
    for _, mark in reversed(_marks(o)):
        texts = [(key, _string(c.FPDFPageObjMark_GetParamStringValue, mark, key)) for key in _keys(mark)]
        found += [(key, text) for key, text in texts if text]
        if any(key == "ActualText" for key, _ in texts):
            c.FPDFPageObj_RemoveMark(o, mark)
    return found


def _marks(o: Any) -> list[tuple[str, Any]]:
    marks = [c.FPDFPageObj_GetMark(o, i) for i in range(c.FPDFPageObj_CountMarks(o))]
    return [(_string(c.FPDFPageObjMark_GetName, mark), mark) for mark in marks]


def _keys(mark: Any) -> list[str]:
    return [_string(c.FPDFPageObjMark_GetParamKey, mark, i) for i in range(c.FPDFPageObjMark_CountParams(mark))]


def _string(call: Any, mark: Any, key: str | int | None = None) -> str:
    """A UTF-16 string by pdfium's way: ask for its size in bytes, then for itself."""
    named = key.encode("utf-8", "ignore") if isinstance(key, str) else key
    arguments = [mark] if named is None else [mark, named]
    size = ctypes.c_ulong()
    if not call(*arguments, None, 0, ctypes.byref(size)):
        return ""
    buffer = (c.FPDF_WCHAR * (size.value // 2 + 1))()
    call(*arguments, buffer, size.value, ctypes.byref(size))
    return bytes(buffer)[: size.value].decode("utf-16-le", errors="replace").rstrip("\0")


def _is(o: Any, kind: int) -> bool:
    return bool(c.FPDFPageObj_GetType(o) == kind)


def _address(o: Any) -> int:
    return ctypes.cast(o, ctypes.c_void_p).value or 0
