"""The text of PDF pages, and which of it cannot be seen.

Units are PDF points; pictures are drawn with `SCALE` pixels a point, less for very large pages.
"""

from __future__ import annotations

import ctypes
import itertools
import math
from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias, cast

import pypdfium2 as pdfium
import pypdfium2.raw as c
from PIL import Image, ImageChops

from raadslag.core.errors import UnreadableFile
from raadslag.core.rules.screening import Passage, Standing

SCALE = 2.0
MAX_PIXELS = 6_000_000
CONTRAST = 16  # of 255 steps of grey: less than this between a letter and its ground is not seen
TINY = 3.2  # points from the bottom to the top of a line
RUN = 3  # letters in a row that count as hidden even where the rest of the word is seen
UNMAPPED = 4  # letters in a row whose font does not tell what they are
PICTURE_SHARE, PICTURE_TEXT = 0.5, 100  # a page that is half picture with fewer letters than this is a scan
MAX_LAYERS = 20  # texts over texts over texts: a page with more cannot be told apart


_MARKS: dict[str, Standing] = {"ActualText": "replacement", "Alt": "alternate", "E": "alternate"}

Box: TypeAlias = tuple[int, int, int, int]  # pixels: left, top, right, bottom
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
    text = _text(textpage)
    pictures = _Pictures(page, objects)
    letters = _letters(textpage, text, pictures.matrix)
    layers = _layers(_overlapping(letters))
    hidden = _hidden(letters, pictures, layers[:MAX_LAYERS])
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
    elif len(layers) > MAX_LAYERS:
        yield Passage("too much text drawn over other text", place, "unscreenable")


def _hidden(letters: list[_Letter], pictures: _Pictures, layers: list[set[int]]) -> dict[int, Standing]:
    """How each letter that cannot be seen is hidden, by its index; words that are seen in part are seen.

    A letter is seen if taking all text away changes the picture in its box. Where texts lie over one another
    that may be the other's doing, so each is drawn once more without it.
    """
    unseen = {letter.at for letter in letters if not pictures.changes(letter.box)}
    for layer in layers:
        pictures.draw_only(layer)
        unseen |= {x.at for x in letters if x.object in layer and not pictures.changes(x.box)}
    hidden: dict[int, Standing] = {}
    for _, group in itertools.groupby(letters, lambda letter: letter.word):
        word = list(group)
        if word[0].height < TINY:
            hidden |= {letter.at: "tiny" for letter in word}
        runs = [len(list(run)) for is_unseen, run in itertools.groupby(word, lambda x: x.at in unseen) if is_unseen]
        if sum(runs) == len(word) or max(runs, default=0) >= RUN:
            hidden |= {x.at: pictures.cause(x.object, x.box) for x in word if x.at in unseen}
    return hidden


class _Pictures:
    """A page drawn with its text and without it."""

    def __init__(self, page: pdfium.PdfPage, objects: list[tuple[Any, Matrix]]) -> None:
        self.page, self.objects = page, objects
        self.texts = {_address(o): o for o, _ in objects if _is(o, c.FPDF_PAGEOBJ_TEXT)}
        width, height = page.get_size()
        self.scale = min(SCALE, math.sqrt(MAX_PIXELS / max(width * height, 1)))
        self.area = max(width * height, 1)
        whole = self._draw()
        self.draw_only(())
        self.ground = self._draw()
        self._compare(whole)
        self.has_ink = _spread(whole) > 0
        self.matrix = self._to_pixels(whole.size)

    def draw_only(self, addresses: Container[int]) -> None:
        """Let these text objects alone be drawn, and ask from now on what they change."""
        for address, o in self.texts.items():
            c.FPDFPageObj_SetIsActive(o, address in addresses)
        if addresses:
            self._compare(self._draw())

    def changes(self, box: Box) -> bool:
        """Whether the texts that are drawn change the picture inside a box."""
        clipped = self._clipped(box)
        if clipped is None:
            return False
        (left, top, right, bottom), width = clipped, self.ground.width
        return any(self.drawn.find(b"\xff", y * width + left, y * width + right) >= 0 for y in range(top, bottom))

    def _compare(self, picture: Image.Image) -> None:
        """Keep, a byte a pixel, where a picture differs from the ground by `CONTRAST` or more."""
        self.drawn = (
            ImageChops.difference(picture, self.ground).point([0] * CONTRAST + [255] * (256 - CONTRAST)).tobytes()
        )

    def _clipped(self, box: Box) -> Box | None:
        """The part of a box that lies in the picture, if any does."""
        width, height = self.ground.size
        left, top, right, bottom = max(box[0], 0), max(box[1], 0), min(box[2], width), min(box[3], height)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def cause(self, address: int, box: Box) -> Standing:
        """Why a text that changes nothing is not seen."""
        clipped = self._clipped(box)
        if clipped is None:
            return "outside"
        text, ground = self.texts.get(address), self.ground.crop(clipped)
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
        red, green, blue, _ = (colour.value for colour in rgba)
        paper = cast(int, ground.getpixel((ground.width // 2, ground.height // 2)))
        return "faint" if abs(0.299 * red + 0.587 * green + 0.114 * blue - paper) < 2 * CONTRAST else "covered"

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

    def _draw(self) -> Image.Image:
        """The page in grey: what has the lightness of its ground is not read, whatever its colour."""
        return cast(Image.Image, self.page.render(scale=self.scale, grayscale=True).to_pil())

    def _to_pixels(self, size: tuple[int, int]) -> Matrix:
        """The page's own coordinates to pixels: crop box and rotation are in it."""
        (e, f), (ax, bx), (cx, dx) = (self._device(size, x, y) for x, y in ((0, 0), (1000, 0), (0, 1000)))
        return (ax - e) / 1000, (bx - f) / 1000, (cx - e) / 1000, (dx - f) / 1000, e, f

    def _device(self, size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
        left, top = ctypes.c_int(), ctypes.c_int()
        c.FPDF_PageToDevice(self.page.raw, 0, 0, *size, 0, x, y, ctypes.byref(left), ctypes.byref(top))
        return left.value, top.value


def _spread(picture: Image.Image) -> int:
    """How far the lightest and the darkest point of a picture are apart, 0 for one even colour."""
    low, high = cast("tuple[int, int]", picture.getextrema())
    return high - low


def _overlapping(letters: list[_Letter]) -> dict[int, set[int]]:
    """The text objects that are drawn over one another, each with the others: one of them may hide the other."""
    cells: dict[tuple[int, int], list[_Letter]] = {}
    found: dict[int, set[int]] = {}
    for letter in letters:
        left, top, right, bottom = letter.box
        x, y = (left + right) // 16, (top + bottom) // 16
        for near in ((x, y), (x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)):
            for other in cells.get(near, ()):
                if other.object != letter.object and _overlap(letter.box, other.box):
                    found.setdefault(letter.object, set()).add(other.object)
                    found.setdefault(other.object, set()).add(letter.object)
        cells.setdefault((x, y), []).append(letter)
    return found


def _layers(overlapping: dict[int, set[int]]) -> list[set[int]]:
    """The objects in as few layers as come out greedily, none over another in its own layer."""
    layers: list[set[int]] = []
    for o, others in overlapping.items():
        free = next((layer for layer in layers if not layer & others), None)
        if free is None:
            layers.append({o})
        else:
            free.add(o)
    return layers


def _overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share half of the smaller one."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((b[2] - b[0]) * (b[3] - b[1]) for b in (one, other))
    return width > 0 and height > 0 and 2 * width * height >= smaller


def _letters(textpage: pdfium.PdfTextPage, text: str, matrix: Matrix) -> list[_Letter]:
    """The letters and digits of a page in reading order; spaces, marks and hyphens need not be seen."""
    letters, word, line = [], 0, 0
    heights: dict[int, float] = {}
    raw, loose, bounds = textpage.raw, c.FS_RECTF(), [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = bounds
    refs = [ctypes.byref(bound) for bound in bounds]
    for index, char in enumerate(text):
        if char.isspace():
            word, line = word + 1, line + (char == "\n")
            continue
        is_unmapped = (
            char in "\0\ufffd" or "\ue000" <= char <= "\uf8ff" or c.FPDFText_HasUnicodeMapError(raw, index) == 1
        )
        if not (is_unmapped or char.isalnum()):
            continue
        c.FPDFText_GetCharBox(raw, index, *refs)
        box = _placed(left.value, bottom.value, right.value, top.value, matrix)
        owner = _address(c.FPDFText_GetTextObject(raw, index))
        if owner not in heights:  # one object has one size
            c.FPDFText_GetLooseCharBox(raw, index, loose)
            heights[owner] = max(abs(loose.top - loose.bottom), abs(loose.right - loose.left))
        letters.append(_Letter(index, word, line, box, heights[owner], owner, is_unmapped))
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
