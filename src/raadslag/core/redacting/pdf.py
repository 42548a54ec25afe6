"""A PDF without the words: its pages written anew, and nothing beside the pages but the tags that make it accessible.

First every page is brought into a plain form (`content`), with annotations and fields drawn into it. Then pdfium tells
where the words are, and what cannot be seen; those glyphs go, and the line closes around a mark. A page whose words
stand in a picture as well, with machine-read text behind it, becomes a picture with black over them.
"""

from __future__ import annotations

import io
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf
from pdfminer.high_level import extract_text
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw

from raadslag.core.errors import CannotRedact, UnreadableFile
from raadslag.core.readers.hidden import pages
from raadslag.core.readers.hidden.pages import Seen
from raadslag.core.redacting import content, fonts
from raadslag.core.redacting.content import Content, Glyph, Unsure
from raadslag.core.redacting.pictures import without_words
from raadslag.core.redacting.words import Words

_CATALOG = ("/Type", "/Pages", "/StructTreeRoot", "/MarkInfo", "/Lang")
_PAGE = ("/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/Group", "/UserUnit", "/StructParents", "/Tabs")
_INHERITED = ("/MediaBox", "/CropBox", "/Rotate", "/Resources")
_NODE = ("/Type", "/Parent", "/Kids", "/Count")
_ELEMENT = ("/Type", "/S", "/P", "/K", "/Pg", "/A", "/Lang", "/Alt")
_TREE = ("/Type", "/K", "/ParentTree", "/ParentTreeNextKey")
_SAYING = ("/Metadata", "/PieceInfo", "/Thumb", "/AA", "/AF", "/OPI", "/Alternates", "/OC", "/LastModified", "/Measure",
           "/PtData", "/SpiderInfo", "/ID", "/Name", "/Ref", "/Namespaces", "/NS")  # fmt: skip
_SPACE, _GAP, _COLUMN = 0.28, 0.13, 1.2  # ems: between words, what is taken for a space, what parts columns
_DPI = 200


def without(data: bytes, words: Words, name: str) -> bytes:
    """The PDF without the words. Raises CannotRedact where they cannot be removed for sure; UnreadableFile."""
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            return _without(pdf, words, name)
    except (CannotRedact, UnreadableFile):
        raise
    except Exception as error:  # a damaged file fails in more ways than any list of them names
        remedy = "Print it to a new PDF without password and try again."
        raise UnreadableFile(name, "a PDF whose objects can be read", type(error).__name__, remedy) from error


def extracted(data: bytes) -> Iterator[str]:
    """What pdfium and pdfminer, who know nothing of each other, read on the pages."""
    yield "\n".join(pages.texts(data, name="the redacted copy"))
    yield extract_text(io.BytesIO(data))


def _without(pdf: pikepdf.Pdf, words: Words, name: str) -> bytes:
    pdf.generate_appearance_streams()
    pdf.flatten_annotations("screen")
    reader = content.Reader(pdf)
    contents = [_read(reader, page.obj, number, name) for number, page in enumerate(pdf.pages, 1)]
    _strip(pdf, words)
    plain = _saved(pdf, contents)
    told = list(pages.seen(plain, name=name))
    as_pictures: dict[int, list[int]] = {}
    going = _found(told, words)
    for number, (page, body) in enumerate(zip(told, contents, strict=True)):
        spans = going.get(number, [])
        at = [i for span in spans for i in span]
        if not page.pictured.isdisjoint(at):
            as_pictures[number] = at
        elif page.unscreenable:
            raise _unsure(name, number + 1, page.unscreenable)
        elif not _take(body, page, spans):
            as_pictures[number] = at
    fonts.forget((used for n, body in enumerate(contents) if n not in as_pictures for used in body.codes()))
    pictures = {number: _picture(plain, number, at) for number, at in as_pictures.items()}
    return _saved(pdf, contents, pictures)


def _unsure(name: str, number: int, found: str) -> CannotRedact:
    remedy = "Make the PDF anew from the program that it was written in, or take the page out, and try again."
    return CannotRedact(f"{name}, page {number}", "letters that a program can read for sure", found, remedy)


# --- into a plain form ----------------------------------------------------------------------------------


def _read(reader: content.Reader, page: pikepdf.Object, number: int, name: str) -> Content:
    _inherit(page)
    try:
        return reader.page(page)
    except Unsure as error:
        raise _unsure(name, number, "a font or a drawing that does not tell its letters") from error


def _inherit(page: pikepdf.Object) -> None:
    for key in _INHERITED:
        node, steps = page, 0
        while key not in node and "/Parent" in node and steps < 100:
            node, steps = node.Parent, steps + 1
        if key in node and key not in page:
            page[key] = node[key]


def _strip(pdf: pikepdf.Pdf, words: Words) -> None:
    """Leave nothing in the file but its pages, and of their tags what says nothing."""
    _only(pdf.Root, _CATALOG)
    for key in ("/Info", "/ID"):
        if key in pdf.trailer:
            del pdf.trailer[key]
    tree = pdf.Root.get("/StructTreeRoot")
    roles = {str(key): str(value) for key, value in tree.get("/RoleMap", Dictionary()).items()} if tree else {}
    if tree is not None:
        _only(tree, _TREE)
    for o in pdf.objects:
        if not isinstance(o, (Dictionary, pikepdf.Stream)):
            continue
        if isinstance(o, Dictionary) and o.get("/Type") == Name.Pages:
            _only(o, _NODE)
        if isinstance(o, Dictionary) and "/S" in o and "/P" in o:
            _tag(o, roles, words)
        if o.get("/Subtype") == Name.Image:
            without_words(o)
        _forget(o, _SAYING)


def _only(o: pikepdf.Object, kept: Iterable[str]) -> None:
    _forget(o, set(o.keys()).difference(kept))


def _forget(o: pikepdf.Object, keys: Iterable[str]) -> None:
    for key in keys:
        if key in o:
            del o[key]


def _tag(element: pikepdf.Object, roles: dict[str, str], words: Words) -> None:
    """A tag with its kind, its place and, unless the words stand in it, the text that stands for a picture."""
    _only(element, _ELEMENT)
    kind = str(element.S)
    for _ in range(10):
        kind = roles.get(kind, kind)
    element.S = Name(kind if kind[1:] in content.TAGS else "/Span")
    if "/Alt" in element and words.stand_in(str(element.Alt)):
        del element["/Alt"]
    if "/A" in element:
        given = element.A if isinstance(element.A, Array) else [element.A]
        for one in given:
            if isinstance(one, Dictionary):
                _forget(one, [key for key, value in one.items() if not isinstance(value, (Name, int, float))])
    kids = element.get("/K")
    if isinstance(kids, Array):
        element.K = Array([kid for kid in kids if not _is_annotation(kid)])
    elif _is_annotation(kids):
        del element["/K"]


def _is_annotation(kid: Any) -> bool:
    return isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR


def _saved(pdf: pikepdf.Pdf, contents: list[Content], pictures: dict[int, bytes] | None = None) -> bytes:
    """A new file: only what the pages use is written, and no earlier revision."""
    forms: dict[Any, pikepdf.Object] = {}
    for number, (page, body) in enumerate(zip(pdf.pages, contents, strict=True)):
        _only(page.obj, (*_PAGE, "/Resources", "/Contents"))
        if picture := (pictures or {}).get(number):
            data, resources = _drawn(pdf, page, picture)
        else:
            data, resources = body.written(pdf, forms)
        page.obj.Contents, page.obj.Resources = pdf.make_stream(data), resources
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True)
    return out.getvalue()


# --- what stands where ----------------------------------------------------------------------------------


def _found(told: list[Seen], words: Words) -> dict[int, list[range]]:
    """On each page what is to go, as places of characters; a word may go on over the end of a page."""
    going: dict[int, list[range]] = defaultdict(list)
    start = 0
    spans = words.spans("".join(page.text + "\n" for page in told))
    for number, page in enumerate(told):
        for a, b in spans:
            if inside := range(max(a - start, 0), min(b - start, len(page.text))):
                going[number].append(inside)
        start += len(page.text) + 1
    return going


class _Places:
    """The glyphs of a page by where they begin."""

    _CELL = 4.0

    def __init__(self, glyphs: list[Glyph]) -> None:
        self._cells: dict[tuple[int, int], list[Glyph]] = defaultdict(list)
        for glyph in glyphs:
            self._cells[self._cell(glyph.x, glyph.y)].append(glyph)

    def at(self, x: float, y: float) -> list[Glyph]:
        column, row = self._cell(x, y)
        near = [g for i in (-1, 0, 1) for j in (-1, 0, 1) for g in self._cells.get((column + i, row + j), ())]
        return [g for g in near if math.hypot(g.x - x, g.y - y) <= min(max(0.1 * g.em, 0.2), self._CELL)]

    def _cell(self, x: float, y: float) -> tuple[int, int]:
        return math.floor(x / self._CELL), math.floor(y / self._CELL)


def _take(body: Content, page: Seen, spans: list[range]) -> bool:
    """Let what is to go and what is not seen go, and close the lines around a mark; whether every letter was found.

    No mark stands for what could not be seen, nor for what was seen in part: it would not be seen either.
    """
    places = _Places(body.glyphs)
    marked = {i for span in spans if not any(i in page.hidden for i in span) for i in span}
    wanted: set[int] = set()
    for i in sorted({i for span in spans for i in span} | _unseen(page)):
        found = places.at(*page.origins[i])
        if not found and pages.is_letter(page.text[i]):
            return False
        for glyph in found:
            glyph.is_gone = True
            if i in marked:
                wanted.add(id(glyph))
    spaces: set[int] = set()
    first: set[int] = set()  # glyphs with which a word begins
    solid: set[int] = set()
    for i, char in enumerate(page.text):
        here = {id(glyph) for glyph in places.at(*page.origins[i])}
        if char.isspace():  # pdfium tells of a space where it sees a gap, too: there stands the next letter
            spaces |= here
        else:
            solid |= here
            first |= here if i and page.text[i - 1].isspace() else set()
    _close(body.glyphs, wanted, spaces - solid, first)
    return True


def _unseen(page: Seen) -> set[int]:
    """The characters that are not seen, with the signs of the words in which nothing is."""
    unseen = page.hidden.keys() - page.pictured
    for word in re.finditer(r"\S+", page.text):
        letters = {i for i in range(*word.span()) if pages.is_letter(page.text[i])}
        if letters and letters <= unseen:
            unseen.update(range(*word.span()))
    return unseen


def _close(glyphs: list[Glyph], wanted: set[int], spaces: set[int], first: set[int]) -> None:
    """Set each line that lost something anew: a mark where it stood, and spaces of one width between its words.

    Where the rest of the line stood would tell how long that was, and so would spaces that fill a line.
    """
    left = [glyph for glyph in glyphs if not glyph.is_gone or id(glyph) in wanted]
    while wanted:
        one = next(glyph for glyph in left if id(glyph) in wanted)
        line = sorted((g for g in left if _is_beside(g, one)), key=lambda g: g.along)
        for part in _columns(line):
            if any(id(glyph) in wanted for glyph in part):
                _set(part, wanted, spaces, first)
        wanted -= {id(glyph) for glyph in line}


def _is_beside(one: Glyph, other: Glyph) -> bool:
    is_parallel = abs(one.turn[0] - other.turn[0]) + abs(one.turn[1] - other.turn[1]) < 0.02
    return one is other or (is_parallel and abs(one.across - other.across) < 0.35 * max(one.em, other.em))


def _columns(line: list[Glyph]) -> Iterator[list[Glyph]]:
    part: list[Glyph] = []
    end = -math.inf
    for glyph in line:
        if part and glyph.along - end > _COLUMN * glyph.em:
            yield part
            part, end = [], -math.inf
        part.append(glyph)
        end = max(end, glyph.along + glyph.reach)
    if part:
        yield part


def _set(part: list[Glyph], wanted: set[int], spaces: set[int], first: set[int]) -> None:
    cursor = end = part[0].along
    is_mark = is_apart = False
    for glyph in part:
        is_space = id(glyph) in spaces
        is_apart |= is_space or id(glyph) in first or glyph.along - end > _GAP * glyph.em
        is_first = glyph is part[0]
        end = glyph.along + glyph.reach
        if id(glyph) in wanted:
            if is_space:
                continue
            if not is_mark:
                cursor += 0 if is_first or not is_apart else _SPACE * glyph.em
                glyph.mark = cursor
                cursor += content.mark_width(glyph)
            is_mark, is_apart = True, False
        elif is_space:
            glyph.moved = cursor
        else:
            cursor += _SPACE * glyph.em if is_apart and not is_first else 0
            glyph.moved = cursor
            cursor += glyph.reach
            is_mark = is_apart = False


# --- a page as a picture --------------------------------------------------------------------------------


def _picture(data: bytes, number: int, at: list[int]) -> bytes:
    """The page as it is shown, with black over some of its characters, as a JPEG."""
    with pages.opened(data, "the page") as document:
        page = document[number]
        scale = min(_DPI / 72, math.sqrt(20e6 / max(math.prod(page.get_size()), 1)))
        picture: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
        pen = ImageDraw.Draw(picture)
        for left, top, right, bottom in pages.boxes(page, picture.size, at):
            more = (bottom - top) * 0.4
            pen.rectangle((left - more, top - more / 2, right + more, bottom + more / 2), fill="black")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, dpi=(_DPI, _DPI))
    return out.getvalue()


def _drawn(pdf: pikepdf.Pdf, page: pikepdf.Page, picture: bytes) -> tuple[bytes, Dictionary]:
    with Image.open(io.BytesIO(picture)) as opened:
        width, height = opened.size
    image = pdf.make_stream(picture, Type=Name.XObject, Subtype=Name.Image, Width=width, Height=height)
    image.ColorSpace, image.BitsPerComponent, image.Filter = Name.DeviceRGB, 8, Name.DCTDecode
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    unit = float(page.obj.get("/UserUnit", 1))
    turned = int(page.obj.get("/Rotate", 0)) % 360
    wide, high = (top - bottom, right - left) if turned in (90, 270) else (right - left, top - bottom)
    _only(page.obj, ("/Type", "/Parent", "/MediaBox", "/Resources", "/Contents"))
    page.obj.MediaBox = Array([0, 0, round(wide * unit, 3), round(high * unit, 3)])
    steps = b"q %.3f 0 0 %.3f 0 0 cm /X0 Do Q" % (wide * unit, high * unit)
    return steps, Dictionary(XObject=Dictionary({"/X0": image}))
