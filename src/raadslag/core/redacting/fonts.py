"""How a PDF font's strings divide into codes, and how far each code moves on. Not what they say: that is pdfium's."""

from __future__ import annotations

import contextlib
import re
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator

import pikepdf
from pdfminer.encodingdb import EncodingDB
from pdfminer.fontmetrics import FONT_METRICS
from pdfminer.psparser import PSLiteral

from raadslag.core.redacting import outlines


class UnknownFont(Exception):
    """The font's codes or widths cannot be told."""


class Font:
    """A font of a content stream. Raises UnknownFont for one whose letters cannot be placed.

    Source: ISO 32000-2, 9.6 (simple fonts), 9.7 (composite fonts).
    """

    def __init__(self, font: pikepdf.Object) -> None:
        self.object = font
        kind = str(font.get("/Subtype"))
        self._bytes, self._default = 1, 0.0
        if kind == "/Type0":
            if str(font.get("/Encoding")) != "/Identity-H":
                raise UnknownFont
            self._bytes = 2
            self._composite(font.DescendantFonts[0])
        elif kind == "/Type3":
            if any(_draws_text(glyph) for _, glyph in font.CharProcs.items()):
                raise UnknownFont
            self._simple(font, 1000 * float(font.FontMatrix[0]))
        elif "/Widths" in font:
            self._simple(font, 1.0)
        else:
            self._standard(font)

    def codes(self, text: bytes) -> Iterator[tuple[bytes, float]]:
        """Each code of a string, and its width in thousandths of the size."""
        for at in range(0, len(text), self._bytes):
            code = text[at : at + self._bytes]
            yield code, self._widths.get(int.from_bytes(code, "big"), self._default)

    @property
    def is_simple(self) -> bool:
        """Whether a code is one byte: word spacing holds for no other."""
        return self._bytes == 1

    def _simple(self, font: pikepdf.Object, scale: float) -> None:
        first = int(font.get("/FirstChar", 0))
        self._widths = {first + n: float(width) * scale for n, width in enumerate(font.Widths)}
        self._default = float(font.get("/FontDescriptor", pikepdf.Dictionary()).get("/MissingWidth", 0))

    def _composite(self, font: pikepdf.Object) -> None:
        self._default, self._widths = float(font.get("/DW", 1000)), dict(self.widths_of(font))

    @staticmethod
    def widths_of(font: pikepdf.Object) -> Iterator[tuple[int, float]]:
        """The widths of a composite font's characters, by their CIDs."""
        table = list(font.get("/W", pikepdf.Array()))
        at = 0
        while at < len(table):
            first, second = int(table[at]), table[at + 1]
            if isinstance(second, pikepdf.Array):
                yield from ((first + n, float(width)) for n, width in enumerate(second))
                at += 2
            else:
                yield from ((cid, float(table[at + 2])) for cid in range(first, min(int(second), 0xFFFF) + 1))
                at += 3

    def _standard(self, font: pikepdf.Object) -> None:
        """One of the fourteen fonts that every reader has: their widths stand in no file."""
        name = str(font.get("/BaseFont"))[1:]
        if name not in FONT_METRICS or name in ("Symbol", "ZapfDingbats"):
            raise UnknownFont
        encoding = font.get("/Encoding", "/StandardEncoding")
        differences: list[object] = []
        if isinstance(encoding, pikepdf.Dictionary):
            given = list(encoding.get("/Differences", pikepdf.Array()))
            differences = [PSLiteral(str(one)[1:]) if isinstance(one, pikepdf.Name) else int(one) for one in given]
            encoding = encoding.get("/BaseEncoding", "/StandardEncoding")
        letters = EncodingDB.get_encoding(str(encoding)[1:], differences)
        widths = FONT_METRICS[name][1]
        self._widths = {code: float(widths.get(letter, 0)) for code, letter in letters.items()}


def forget(used: Iterable[tuple[Font, set[bytes]]]) -> None:
    """Let the fonts tell only of codes that are used: in the order of their first use they spell words."""
    fonts: dict[tuple[int, int], pikepdf.Object] = {}
    codes_of: dict[tuple[int, int], set[bytes]] = defaultdict(set)
    maps: dict[tuple[int, int], pikepdf.Object] = {}
    for font, codes in used:
        told = font.object.get("/ToUnicode")
        if isinstance(told, pikepdf.Stream):
            maps[told.objgen] = told
            codes_of[told.objgen] |= codes
        if not font.is_simple:
            composite = font.object.DescendantFonts[0]
            fonts[composite.objgen] = composite
            codes_of[composite.objgen] |= codes
    for key, told in maps.items():
        _forget_in_map(told, codes_of[key])
    for key, composite in fonts.items():
        if composite.is_indirect:
            _forget_in_font(composite, {int.from_bytes(code, "big") for code in codes_of[key]})


def _forget_in_map(told: pikepdf.Object, codes: set[bytes]) -> None:
    known = _mapping(told.read_bytes())
    size = max((len(code) for code in known), default=1)
    lines = [b"<%s> <%s>" % (code.hex().encode(), known[code]) for code in sorted(codes & known.keys())]
    blocks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    body = b"".join(b"%d beginbfchar\n%s\nendbfchar\n" % (len(block), b"\n".join(block)) for block in blocks)
    told.write(_MAP % (b"00" * size, b"FF" * size, body))
    _only_plain(told)


def _forget_in_font(font: pikepdf.Object, used: set[int]) -> None:
    """The widths and drawings of a composite font. One that cannot be taken apart keeps its drawings."""
    widths = dict(Font.widths_of(font))
    font.W = pikepdf.Array(
        [part for cid in sorted(used & widths.keys()) for part in (cid, pikepdf.Array([widths[cid]]))]
    )
    about = font.get("/FontDescriptor", pikepdf.Dictionary())
    for key in ("/CIDSet", "/CharSet"):
        if key in about:
            del about[key]
    with contextlib.suppress(struct.error, KeyError, IndexError):
        if "/FontFile2" in about and font.get("/CIDToGIDMap", "/Identity") == "/Identity":
            about.FontFile2.write(outlines.truetype(about.FontFile2.read_bytes(), used))
        elif "/FontFile3" in about and about.FontFile3.get("/Subtype") == "/CIDFontType0C":
            about.FontFile3.write(outlines.compact(about.FontFile3.read_bytes(), used))


_MAP = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <%s> <%s> endcodespacerange
%sendcmap CMapName currentdict /CMap defineresource pop end end"""
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_PAIR = re.compile(rb"<([^<>]*)>\s*<([^<>]*)>")
_RANGE = re.compile(rb"<([^<>]*)>\s*<([^<>]*)>\s*(?:<([^<>]*)>|\[([^\]]*)\])")


def _mapping(cmap: bytes) -> dict[bytes, bytes]:
    """What a map tells of each code, as digits of UTF-16. Source: ISO 32000-2, 9.10.3."""
    known: dict[bytes, bytes] = {}
    for kind, body in _BLOCK.findall(cmap):
        if kind == b"bfchar":
            known |= {bytes.fromhex(code.decode()): b"".join(said.split()) for code, said in _PAIR.findall(body)}
            continue
        for first, last, start, listed in _RANGE.findall(body):
            size, low, high = len(bytes.fromhex(first.decode())), int(first, 16), int(last, 16)
            said = re.findall(rb"<([^<>]*)>", listed)
            for n in range(min(high - low + 1, 0x10000)):
                if listed:
                    text = said[n] if n < len(said) else b""
                else:  # the last unit counts up
                    text = start[:-4] + b"%04x" % ((int(start[-4:], 16) + n) & 0xFFFF)
                known[(low + n).to_bytes(size, "big")] = b"".join(text.split())
    return known


def _only_plain(stream: pikepdf.Object) -> None:
    for key in set(stream.keys()) - {"/Length", "/Filter", "/DecodeParms"}:
        del stream[key]


def _draws_text(stream: pikepdf.Object) -> bool:
    return any(str(step.operator) in ("BT", "Do") for step in pikepdf.parse_content_stream(stream))
