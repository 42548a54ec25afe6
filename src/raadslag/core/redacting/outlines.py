"""Embedded fonts without the letters that nothing draws any more: in the order of their first use they spell words.

Only the drawings and widths go, in place; everything else in the font stays where it is. Sources: OpenType 1.9 (glyf,
loca, hmtx); Adobe Technical Note 5176, The Compact Font Format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise

_ENDCHAR = 14
_CHARSET, _CHARSTRINGS, _ROS = 15, 17, 0x0C1E


def truetype(data: bytes, used: set[int]) -> bytes:
    """A TrueType font in which only the glyphs of those numbers, and what they are made of, are drawn.

    Raises struct.error, KeyError or IndexError for a font that is damaged.
    """
    out = bytearray(data)
    tables = _tables(data)
    (is_long,) = struct.unpack_from(">h", data, tables["head"][0] + 50)
    start, size = tables["loca"]
    offsets = struct.unpack_from(f">{size // 4}L" if is_long else f">{size // 2}H", data, start)
    places = [tables["glyf"][0] + (at if is_long else 2 * at) for at in offsets]
    kept = {0} | used
    waiting = list(kept)
    while waiting:
        for part in _parts(data, places, waiting.pop()):
            if part not in kept:
                kept.add(part)
                waiting.append(part)
    for number, (begin, end) in enumerate(pairwise(places)):
        if number not in kept:
            out[begin:end] = bytes(end - begin)
    (wide,) = struct.unpack_from(">H", data, tables["hhea"][0] + 34)
    for number in range(wide - 1):  # the last one holds for all after it
        if number not in kept:
            struct.pack_into(">HH", out, tables["hmtx"][0] + 4 * number, 0, 0)
    return bytes(out)


def _tables(data: bytes) -> dict[str, tuple[int, int]]:
    (count,) = struct.unpack_from(">H", data, 4)
    records = (struct.unpack_from(">4sLLL", data, 12 + 16 * n) for n in range(count))
    return {tag.decode("latin-1"): (offset, length) for tag, _, offset, length in records}


def _parts(data: bytes, places: list[int], number: int) -> Iterator[int]:
    """The glyphs that a glyph is made of."""
    if number + 1 >= len(places) or places[number] == places[number + 1]:
        return
    at = places[number]
    (contours,) = struct.unpack_from(">h", data, at)
    at += 10
    more = contours < 0
    while more:
        flags, part = struct.unpack_from(">HH", data, at)
        yield part
        at += 4 + (4 if flags & 1 else 2) + (2 if flags & 8 else 4 if flags & 0x40 else 8 if flags & 0x80 else 0)
        more = bool(flags & 0x20)


def compact(data: bytes, used: set[int]) -> bytes:
    """A bare CFF font in which only the glyphs of those CIDs are drawn.

    Raises struct.error, KeyError or IndexError for a font that is damaged.
    """
    out = bytearray(data)
    _, at = _index(data, data[2])  # the names
    tops, _ = _index(data, at)
    top = dict(_entries(data[tops[0] : tops[1]]))
    glyphs, _ = _index(data, top[_CHARSTRINGS])
    count = len(glyphs) - 1
    cids = _charset(data, top.get(_CHARSET, 0), count) if _ROS in top else list(range(count))
    for cid, (begin, end) in zip(cids, pairwise(glyphs), strict=True):
        if cid and cid not in used:
            out[begin:end] = bytes([_ENDCHAR]) * (end - begin)
    return bytes(out)


def _index(data: bytes, at: int) -> tuple[list[int], int]:
    """Where the objects of an INDEX begin and the last one ends, and where the INDEX ends."""
    (count,) = struct.unpack_from(">H", data, at)
    if not count:
        return [], at + 2
    width = data[at + 2]
    first = at + 3
    offsets = [int.from_bytes(data[first + n * width : first + (n + 1) * width], "big") for n in range(count + 1)]
    base = first + (count + 1) * width - 1
    return [base + offset for offset in offsets], base + offsets[-1]


def _entries(top: bytes) -> Iterator[tuple[int, int]]:
    """The operators of a DICT, each with its last whole number."""
    at, last = 0, 0
    while at < len(top):
        one = top[at]
        at += 1
        if one == 12:
            yield 0x0C00 | top[at], last
            at += 1
        elif one <= 21:
            yield one, last
        elif one == 28:
            (last,), at = struct.unpack_from(">h", top, at), at + 2
        elif one == 29:
            (last,), at = struct.unpack_from(">l", top, at), at + 4
        elif one == 30:  # a real number, in half bytes up to one that is 15
            while top[at] & 0x0F != 0x0F:
                at += 1
            at += 1
        elif one <= 246:
            last = one - 139
        elif one <= 250:
            last, at = (one - 247) * 256 + top[at] + 108, at + 1
        elif one <= 254:
            last, at = -(one - 251) * 256 - top[at] - 108, at + 1


def _charset(data: bytes, at: int, count: int) -> list[int]:
    """The CID of each glyph."""
    kind, at = data[at], at + 1
    cids = [0]
    while len(cids) < count:
        (first,), at = struct.unpack_from(">H", data, at), at + 2
        more = 0
        if kind == 1:
            more, at = data[at], at + 1
        elif kind == 2:
            (more,), at = struct.unpack_from(">H", data, at), at + 2
        cids += range(first, first + more + 1)
    return cids[:count]
