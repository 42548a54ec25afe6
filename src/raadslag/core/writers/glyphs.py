"""What the font of our papers can show. A PDF that everyone can read holds no character without a shape."""

from __future__ import annotations

import re
import struct
import unicodedata
from pathlib import Path

_STAND_INS = dict.fromkeys("\u25a0\u25aa\u25ab\u25cb\u25cf\u25e6\u2023\u2043\uf0a7\uf0b7", "•") | dict.fromkeys(
    "\u2010\u2011\u2012\u2212", "-"
)
_UNKNOWN = "?"
_INVISIBLE = ("Cc", "Cf")  # controls, marks of direction, soft hyphens: general categories of Unicode


class Glyphs(dict[int, str | int]):
    """A table for `str.translate` that keeps what `font` can show and stands something in for the rest.

    `shown` asks it only of a text that holds something else, since most texts hold nothing else.

    A sign without a shape becomes its plain equivalent (a hyphen, a bullet, the letters of a ligature), white
    space becomes a space, what is invisible anyway goes, and anything else becomes "?".
    """

    def __init__(self, font: Path) -> None:
        super().__init__()
        has_shape = _code_points(font.read_bytes())
        self._shown = {code for code in has_shape if unicodedata.category(chr(code)) not in _INVISIBLE}
        self._other = re.compile(f"[^{''.join(re.escape(chr(code)) for code in sorted(self._shown))}]")

    def shown(self, text: str) -> str:
        """`text` as the font can show it."""
        return text.translate(self) if self._other.search(text) else text

    def __missing__(self, code: int) -> str | int:
        self[code] = shown = code if code in self._shown else self._stand_in(chr(code))
        return shown

    def _stand_in(self, character: str) -> str:
        plain = unicodedata.normalize("NFKC", character)
        category = unicodedata.category(character)
        if character in _STAND_INS:
            return _STAND_INS[character]
        if plain != character and plain.strip() and all(ord(letter) in self._shown for letter in plain):
            return plain
        if category.startswith("Z") or character.isspace():
            return " "
        return "" if category in (*_INVISIBLE, "Mn", "Me") else _UNKNOWN


def _code_points(font: bytes) -> frozenset[int]:
    """The code points of the Unicode table (`cmap`, format 4) of an OpenType font.

    Source: OpenType 1.9, "cmap - Character to Glyph Index Mapping Table".
    """
    tables = struct.unpack_from(">H", font, 4)[0]
    entries = (struct.unpack_from(">4sIII", font, 12 + 16 * index) for index in range(tables))
    cmap = next(offset for tag, _, offset, _ in entries if tag == b"cmap")
    subtables = struct.unpack_from(">H", font, cmap + 2)[0]
    places = (struct.unpack_from(">HHI", font, cmap + 4 + 8 * index) for index in range(subtables))
    start = cmap + next(offset for platform, encoding, offset in places if (platform, encoding) == (3, 1))
    segments = struct.unpack_from(">H", font, start + 6)[0] // 2
    lasts = struct.unpack_from(f">{segments}H", font, start + 14)
    firsts = struct.unpack_from(f">{segments}H", font, start + 16 + 2 * segments)
    return frozenset(
        code for first, last in zip(firsts, lasts, strict=True) for code in range(first, last + 1) if code != 0xFFFF
    )
