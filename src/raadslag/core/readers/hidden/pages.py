"""The text of PDF pages, and which of it cannot be seen.

Units are PDF points; pictures are drawn with `SCALE` pixels a point, less for very large pages.
"""

from __future__ import annotations

import ctypes
import itertools
import math
import re
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
CONTRAST = 16  # of 255 steps of grey: less than this between a letter and its ground is not seen
TINY = 3.2  # points from the bottom to the top of a line
RUN = 3  # letters in a row that count as hidden even where the rest of the word is seen
UNMAPPED = 4  # letters in a row whose font does not tell what they are
PICTURE_SHARE, PICTURE_TEXT = 0.5, 100  # a page that is half picture with fewer letters than this is a scan
TOUCH = 3  # pixels that texts beside one another may share
MAX_LAYERS = 20  # texts over texts over texts: a page with more cannot be told apart


_MARKS: dict[str, Standing] = {"ActualText": "replacement", "Alt": "alternate", "E": "alternate"}

Box: TypeAlias = tuple[int, int, int, int]  # pixels: left, top, right, bottom
Matrix: TypeAlias = tuple[float, float, float, float, float, float]


class _Letter(NamedTuple):
    """A letter or digit as drawn: its place in the page's text, its box, its height in points, its text object."""

    at: int
    box: Box
    height: float
    object: int


def passages(data: bytes, *, name: str) -> Iterator[Passage]:
    """The text of each page, what of it is hidden, and which pages hold none.

    Raises UnreadableFile where the file cannot be opened, or needs a password.
    """
    lines: dict[int, set[str]] = {}
    has_annotations = False
    with opened(data, name) as document:
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
    with opened(data, name) as document:
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


class Seen(NamedTuple):
    """A page: its characters, where each begins, and how those are hidden that cannot be seen.

    Those of them are `pictured` that lie where a picture does: it may show what they say, as on a scanned page.
    `unscreenable` says why it cannot be told what stands there, "" where it can.
    """

    text: str
    origins: list[tuple[float, float]]
    hidden: dict[int, Standing]
    pictured: set[int]
    unscreenable: str


def seen(data: bytes, *, name: str) -> Iterator[Seen]:
    """Each page of a file that is written in the plain form of `core.redacting`. Raises UnreadableFile."""
    with opened(data, name) as document:
        for page in document:
            objects = list(_objects(page.raw))
            textpage = page.get_textpage()
            text, hidden, why = _judged(page, textpage, objects)
            origins = [_origin(textpage, i) for i in range(len(text))]
            pictures = [_placed(*_bounds(o), matrix) for o, matrix in objects if _is(o, c.FPDF_PAGEOBJ_IMAGE)]
            pictured = {i for i in hidden if any(_is_within(origins[i], box) for box in pictures)}
            yield Seen(text, origins, hidden, pictured, why)


def _is_within(at: tuple[float, float], box: Box) -> bool:
    return box[0] <= at[0] <= box[2] and box[1] <= at[1] <= box[3]


def boxes(page: pdfium.PdfPage, size: tuple[int, int], at: Iterable[int]) -> Iterator[Box]:
    """Where letters stand on a picture of the page, which has that size in pixels. Raises ValueError for one that
    stands nowhere."""
    textpage = page.get_textpage()
    matrix = _to_pixels(page, size)
    for index in at:
        loose = c.FS_RECTF()
        if c.FPDFText_GetLooseCharBox(textpage.raw, index, loose) and loose.top != loose.bottom:
            yield _placed(loose.left, loose.bottom, loose.right, loose.top, matrix)
        elif is_letter(chr(c.FPDFText_GetUnicode(textpage.raw, index))):
            raise ValueError("a letter without a place")


def _origin(textpage: pdfium.PdfTextPage, index: int) -> tuple[float, float]:
    x, y = ctypes.c_double(), ctypes.c_double()
    c.FPDFText_GetCharOrigin(textpage.raw, index, x, y)
    return x.value, y.value


@contextmanager
def opened(data: bytes, name: str) -> Iterator[pdfium.PdfDocument]:
    """The document. Raises UnreadableFile where it cannot be opened, or needs a password."""
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
    text, hidden, unscreenable = _judged(page, textpage, objects)
    for standing in dict.fromkeys(hidden.values()):
        yield Passage(_only(text, {i for i, way in hidden.items() if way == standing}), place, standing)
    if hidden:
        yield Passage(text, place, "technical")
        text = "".join(" " if i in hidden else char for i, char in enumerate(text))
    yield Passage(text, place, "visible")
    if unscreenable:
        yield Passage(unscreenable, place, "unscreenable")


def _judged(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, objects: list[tuple[Any, Matrix]]
            ) -> tuple[str, dict[int, Standing], str]:  # fmt: skip
    """The text of a page, how letters are hidden that cannot be seen, and why it cannot be told what stands there."""
    text = _text(textpage)
    words = [[i for i in range(*word.span()) if is_letter(text[i])] for word in re.finditer(r"\S+", text)]
    pictures = _Pictures(page, objects)
    letters = _Letters(textpage, text, pictures.matrix)
    hidden = _hidden([word for word in words if word], letters, pictures)
    share = sum(_area(o, matrix) for o, matrix in objects if _is(o, c.FPDF_PAGEOBJ_IMAGE)) / pictures.area
    read = sum(standing == "machine_read" for standing in hidden.values())
    drawn = sum(map(len, words)) - read
    why = ""
    if not drawn + read and (share or pictures.has_ink):
        why = "a page without text"
    elif share >= PICTURE_SHARE and drawn < PICTURE_TEXT and read < PICTURE_TEXT:
        why = "a page that is mostly a picture"
    elif letters.has_unmapped_run(words):
        why = "a font that does not tell its letters"
    elif pictures.has_too_many_layers:
        why = "too much text drawn over other text"
    return text, hidden, why


def _hidden(words: list[list[int]], letters: _Letters, pictures: _Pictures) -> dict[int, Standing]:
    """How each letter that cannot be seen is hidden, by its index; words that are seen in part are seen.

    A letter is seen if taking the text away changes the picture in its box. Of a word, every third letter and
    the last are asked first: no run of three is missed, and most words need no more.
    """
    hidden: dict[int, Standing] = {}
    for word in words:
        asked = [letters[i] for i in (*word[::RUN], word[-1])]
        if asked[0].height < TINY:
            hidden |= dict.fromkeys(word, "tiny")
        if all(map(pictures.shows, asked)):
            continue
        unseen = [not pictures.shows(letters[i]) for i in word]
        runs = [len(list(run)) for is_unseen, run in itertools.groupby(unseen) if is_unseen]
        if all(unseen) or max(runs, default=0) >= RUN:
            lost = [letters[i] for i, is_unseen in zip(word, unseen, strict=True) if is_unseen]
            hidden |= {letter.at: pictures.cause(letter) for letter in lost}
    return hidden


def is_letter(char: str) -> bool:
    """Whether a character has to be seen: letters, digits and what may be one; not marks and hyphens."""
    return char.isalnum() or _is_private(char)


def _is_private(char: str) -> bool:
    return char in "\0\ufffd" or "\ue000" <= char <= "\uf8ff"


def _only(text: str, kept: set[int]) -> str:
    """The words and lines of a text with nothing but the letters at some places in it."""
    left = "".join(char if i in kept or char.isspace() else "" for i, char in enumerate(text))
    return "\n".join(" ".join(line.split()) for line in left.splitlines() if line.strip())


class _Letters:
    """The letters of a page as they are drawn, looked up one by one."""

    def __init__(self, textpage: pdfium.PdfTextPage, text: str, matrix: Matrix) -> None:
        self.textpage, self.text, self.matrix = textpage, text, matrix
        self.heights: dict[int, float] = {}  # one text object has one size

    def __getitem__(self, index: int) -> _Letter:
        raw = self.textpage.raw
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        c.FPDFText_GetCharBox(raw, index, left, right, bottom, top)
        box = _placed(left.value, bottom.value, right.value, top.value, self.matrix)
        owner = _address(c.FPDFText_GetTextObject(raw, index))
        if owner not in self.heights:
            loose = c.FS_RECTF()
            c.FPDFText_GetLooseCharBox(raw, index, loose)
            self.heights[owner] = max(abs(loose.top - loose.bottom), abs(loose.right - loose.left))
        return _Letter(index, box, self.heights[owner], owner)

    def has_unmapped_run(self, words: list[list[int]]) -> bool:
        """Whether the font does not tell what letters in a row are."""
        letters = [i for word in words for i in word]
        for i in range(0, len(letters), UNMAPPED):  # no run is missed, and few letters are asked
            if self._is_unmapped(letters[i]):
                near = letters[max(0, i - UNMAPPED) : i + UNMAPPED]
                runs = itertools.groupby(map(self._is_unmapped, near))
                if any(is_unmapped and len(list(run)) >= UNMAPPED for is_unmapped, run in runs):
                    return True
        return False

    def _is_unmapped(self, index: int) -> bool:
        return _is_private(self.text[index]) or c.FPDFText_HasUnicodeMapError(self.textpage.raw, index) == 1


class _Pictures:
    """A page drawn without its text, with it, and, where texts lie over one another, with each of them alone."""

    def __init__(self, page: pdfium.PdfPage, objects: list[tuple[Any, Matrix]]) -> None:
        self.page, self.objects = page, objects
        self.texts = {_address(o): o for o, _ in objects if _is(o, c.FPDF_PAGEOBJ_TEXT)}
        width, height = page.get_size()
        self.area = max(width * height, 1)
        self.scale = min(SCALE, math.sqrt(MAX_PIXELS / self.area))
        whole = self._draw()
        self.matrix = _to_pixels(page, whole.size)
        self.has_ink = _spread(whole) > 0
        self.ground = self._draw(())
        layers = _layers(
            _overlapping([(_address(o), self._box(o, m)) for o, m in objects if _address(o) in self.texts])
        )
        self.has_too_many_layers = len(layers) > MAX_LAYERS
        self.layer_of = {address: n for n, layer in enumerate(layers[:MAX_LAYERS], 1) for address in layer}
        self.changed = [self._changed(whole), *(self._changed(self._draw(layer)) for layer in layers[:MAX_LAYERS])]

    def shows(self, letter: _Letter) -> bool:
        """Whether a letter is seen: whether its text changes the picture in its box."""
        clipped = self._clipped(letter.box)
        if clipped is None:
            return False
        (left, top, right, bottom), width = clipped, self.ground.width
        changed = self.changed[self.layer_of.get(letter.object, 0)]
        return any(changed.find(b"\xff", y * width + left, y * width + right) >= 0 for y in range(top, bottom))

    def _changed(self, picture: Image.Image) -> bytes:
        """A byte a pixel: where a picture differs from the ground by `CONTRAST` or more."""
        table = [0] * CONTRAST + [255] * (256 - CONTRAST)
        return ImageChops.difference(picture, self.ground).point(table).tobytes()

    def _clipped(self, box: Box) -> Box | None:
        """The part of a box that lies in the picture, if any does."""
        width, height = self.ground.size
        left, top, right, bottom = max(box[0], 0), max(box[1], 0), min(box[2], width), min(box[3], height)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def _box(self, o: Any, matrix: Matrix) -> Box:
        return _placed(*_bounds(o), product(matrix, self.matrix))

    def cause(self, letter: _Letter) -> Standing:
        """Why a letter that changes nothing is not seen."""
        clipped = self._clipped(letter.box)
        if clipped is None:
            return "outside"
        text, ground = self.texts.get(letter.object), self.ground.crop(clipped)
        has_picture = _spread(ground) > 2 * CONTRAST
        if text is None:
            return "covered"
        if c.FPDFTextObj_GetTextRenderMode(text) in (c.FPDF_TEXTRENDERMODE_INVISIBLE, c.FPDF_TEXTRENDERMODE_CLIP):
            return "machine_read" if has_picture else "invisible"
        if any(name == "OC" for name, _ in _marks(text)):
            return "switched_off"
        if self._is_drawn_over(letter):
            return "covered"
        rgba = [ctypes.c_uint() for _ in range(4)]
        c.FPDFPageObj_GetFillColor(text, *map(ctypes.byref, rgba))
        red, green, blue, _ = (colour.value for colour in rgba)
        paper = cast(int, ground.getpixel((ground.width // 2, ground.height // 2)))
        return "faint" if abs(0.299 * red + 0.587 * green + 0.114 * blue - paper) < 2 * CONTRAST else "covered"

    def _is_drawn_over(self, letter: _Letter) -> bool:
        """Whether a drawing or a picture that comes after the text has the middle of the letter within its own."""
        x, y = (letter.box[0] + letter.box[2]) / 2, (letter.box[1] + letter.box[3]) / 2
        for o, matrix in itertools.dropwhile(lambda found: _address(found[0]) != letter.object, self.objects):
            if not (_is(o, c.FPDF_PAGEOBJ_TEXT) or _is(o, c.FPDF_PAGEOBJ_FORM)):
                left, top, right, bottom = self._box(o, matrix)
                if left <= x <= right and top <= y <= bottom:
                    return True
        return False

    def _draw(self, only: Container[int] | None = None) -> Image.Image:
        """The page in grey, with all text or only some: what has the lightness of its ground is not read."""
        if only is not None:
            for address, o in self.texts.items():
                c.FPDFPageObj_SetIsActive(o, address in only)
        return cast(Image.Image, self.page.render(scale=self.scale, grayscale=True).to_pil())


def _to_pixels(page: pdfium.PdfPage, size: tuple[int, int]) -> Matrix:
    """The page's own coordinates to pixels: crop box and rotation are in it."""
    (e, f), (ax, bx), (cx, dx) = (_device(page, size, x, y) for x, y in ((0, 0), (1000, 0), (0, 1000)))
    return (ax - e) / 1000, (bx - f) / 1000, (cx - e) / 1000, (dx - f) / 1000, e, f


def _device(page: pdfium.PdfPage, size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
    left, top = ctypes.c_int(), ctypes.c_int()
    c.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, x, y, ctypes.byref(left), ctypes.byref(top))
    return left.value, top.value


def _spread(picture: Image.Image) -> int:
    """How far the lightest and the darkest point of a picture are apart, 0 for one even colour."""
    low, high = cast("tuple[int, int]", picture.getextrema())
    return high - low


def _overlapping(boxes: list[tuple[int, Box]]) -> dict[int, set[int]]:
    """The text objects that lie over one another, each with the others: one of them may hide the other.

    Half the height of the lower one is shared, so that lines set close are not meant, nor letters that touch.
    """
    found: dict[int, set[int]] = {}
    near: list[tuple[int, Box]] = []
    for o, box in sorted(boxes, key=lambda entry: entry[1][1]):
        near = [(other, its) for other, its in near if its[3] > box[1]]
        for other, its in near:
            width, height = min(box[2], its[2]) - max(box[0], its[0]), min(box[3], its[3]) - box[1]
            if width > TOUCH and 2 * height >= min(box[3] - box[1], its[3] - its[1]):
                found.setdefault(o, set()).add(other)
                found.setdefault(other, set()).add(o)
        near.append((o, box))
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
            inner = product((own.a, own.b, own.c, own.d, own.e, own.f), matrix)
            stack += [(c.FPDFFormObj_GetObject(o, i), inner) for i in reversed(range(c.FPDFFormObj_CountObjects(o)))]


def product(m: Matrix, n: Matrix) -> Matrix:
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
