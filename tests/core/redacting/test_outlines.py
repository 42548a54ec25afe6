"""Fonts draw only the letters that are in use, and those as before."""

from __future__ import annotations

import io
import struct

import pikepdf
import pypdfium2 as pdfium
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.psCharStrings import T2CharString
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from PIL import ImageChops

from raadslag.core import record, write
from raadslag.core.redacting import outlines, redact

NAMES = [".notdef", "A", "B", "Adieresis"]


def _square(pen, size: int) -> None:
    pen.moveTo((0, 0))
    pen.lineTo((size, 0))
    pen.lineTo((size, size))
    pen.closePath()


def _built(is_ttf: bool) -> FontBuilder:
    made = FontBuilder(1000, isTTF=is_ttf)
    made.setupGlyphOrder(NAMES)
    made.setupCharacterMap({ord("A"): "A", ord("B"): "B"})
    return made


def _truetype() -> bytes:
    made, glyphs = _built(True), {}
    for n, name in enumerate(NAMES[:3]):
        pen = TTGlyphPen(None)
        _square(pen, 100 * (n + 1))
        glyphs[name] = pen.glyph()
    pen = TTGlyphPen({name: glyphs[name] for name in NAMES[:3]})
    pen.addComponent("A", (1, 0, 0, 1, 0, 0))
    pen.addComponent("B", (0.5, 0, 0, 0.5, 300, 0))
    glyphs["Adieresis"] = pen.glyph()
    made.setupGlyf(glyphs)
    made.setupHorizontalMetrics(dict.fromkeys(NAMES, (500, 0)))
    made.setupHorizontalHeader()
    made.setupPost()
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _compact() -> bytes:
    made, glyphs = _built(False), {}
    for n, name in enumerate(NAMES):
        pen = T2CharStringPen(500, None)
        _square(pen, 100 * (n + 1))
        glyphs[name] = pen.getCharString()
    made.setupCFF("Proeve", {"FullName": "Proeve", "FontMatrix": [0.001, 0, 0, 0.001, 0, 0.5]}, glyphs, {})
    made.setupHorizontalMetrics(dict.fromkeys(NAMES, (500, 0)))
    made.setupHorizontalHeader()
    made.setupPost()
    out = io.BytesIO()
    made.save(out)
    return bytes(TTFont(io.BytesIO(out.getvalue())).getTableData("CFF "))


def _drawn(data: bytes) -> dict[str, bool]:
    font = TTFont(io.BytesIO(data))
    return {name: bool(font["glyf"][name].numberOfContours) for name in NAMES}


@pytest.mark.parametrize(
    ("used", "left"),
    [({1}, {".notdef", "A"}), ({2}, {".notdef", "B"}), ({3}, set(NAMES)), ({1, 2}, {".notdef", "A", "B"})],
)
def test_a_truetype_font_draws_what_is_used_and_what_that_is_made_of(used, left):
    copy = outlines.truetype(_truetype(), used)
    assert {name for name, is_drawn in _drawn(copy).items() if is_drawn} == left
    assert len(copy) == len(_truetype())


def test_a_compact_font_draws_what_is_used():
    font = CFFFontSet()
    font.decompile(io.BytesIO(outlines.compact(_compact(), {2})), None)
    strings = font[0].CharStrings
    lengths = {name: set(strings[name].bytecode) == {14} for name in NAMES}
    assert isinstance(strings["A"], T2CharString)
    assert lengths == {".notdef": False, "A": True, "B": False, "Adieresis": True}


@pytest.mark.parametrize(
    ("charset", "cids"),
    [
        (struct.pack(">BHHH", 0, 7, 5, 9), [0, 7, 5, 9]),
        (struct.pack(">BHBHB", 1, 7, 1, 20, 0), [0, 7, 8, 20]),
        (struct.pack(">BHH", 2, 7, 200), [0, 7, 8, 9]),
    ],
)
def test_every_way_of_listing_the_glyphs_is_read(charset, cids):
    assert outlines._charset(charset, 0, 4) == cids


def test_numbers_of_every_size_are_read():
    entries = bytes([139, 0, 28, 1, 0, 17, 29, 0, 1, 0, 0, 15, 30, 0x1A, 0x5F, 5, 247, 0, 6, 251, 0, 7, 12, 30])
    assert list(outlines._entries(entries)) == [
        (0, 0), (17, 256), (15, 65536), (5, 65536), (6, 108), (7, -108), (outlines._ROS, -108),
    ]  # fmt: skip


def test_what_is_still_drawn_looks_as_before():
    def page(words: str) -> bytes:
        item = record.Item(order=1, number="1", title="Sag", access="open", decision=f"Sagen er udsat.\n\n{words}")
        return write(record.Meeting(kind="minutes", title="Møde", items=(item,)), "pdf")

    data = page("Xylofon QWZ")
    copy = redact(data, "a.pdf", ["Xylofon", "QWZ"]).data
    pictures = [pdfium.PdfDocument(one)[0].render(scale=2).to_pil().convert("L") for one in (data, copy)]
    text = pdfium.PdfDocument(data)[0].get_textpage()
    top = round(
        (pdfium.PdfDocument(data)[0].get_height() - text.get_charbox(text.get_text_range().index("Xylo"))[3]) * 2
    )
    above = [one.crop((0, 0, one.width, top - 8)) for one in pictures]
    assert max(ImageChops.difference(*above).getextrema()) < 40

    with pikepdf.open(io.BytesIO(data)) as before, pikepdf.open(io.BytesIO(copy)) as after:
        assert _sizes(after) < _sizes(before)


def _sizes(pdf: pikepdf.Pdf) -> int:
    """How many bytes of fonts say something."""
    fonts = [o.FontFile2 for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/FontFile2" in o]
    return sum(len(font.read_bytes().replace(b"\0", b"")) for font in fonts)
