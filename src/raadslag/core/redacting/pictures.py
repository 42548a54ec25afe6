"""Pictures without what cameras and programs have written into them: places, names, comments, small copies."""

from __future__ import annotations

import struct
import zlib

import pikepdf
from pikepdf import Name

_KEPT = frozenset({0xE0, 0xE2, 0xEE})  # the segments of a JPEG that tell how it is to be shown: JFIF, colours, Adobe
_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs", b"sBIT"})


def without_words(image: pikepdf.Object) -> None:
    """Leave of a PDF's picture nothing but what is drawn."""
    if image.get("/Filter") == Name.DCTDecode:
        parameters = image.get("/DecodeParms")
        kept = parameters if isinstance(parameters, pikepdf.Dictionary) else None
        image.write(jpeg(image.read_raw_bytes()), filter=Name.DCTDecode, decode_parms=kept)


def jpeg(data: bytes) -> bytes:
    """A JPEG without the segments that hold texts. Source: ITU-T T.81, annex B."""
    out, at = bytearray(data[:2]), 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if marker == 0xDA:  # the picture itself, to its end
            end = data.rfind(b"\xff\xd9")
            return bytes(out + data[at : end + 2 if end > at else len(data)])
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in _KEPT:
            out += data[at : at + 2 + length]
        at += 2 + length
    return bytes(data)


def png(data: bytes) -> bytes:
    """A PNG without the chunks that hold texts. Source: PNG (ISO/IEC 15948), 11."""
    out, at = bytearray(data[:8]), 8
    while at + 12 <= len(data):
        (length,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        if kind in _CHUNKS:
            body = data[at + 8 : at + 8 + length]
            out += data[at : at + 8] + body + struct.pack(">I", zlib.crc32(kind + body))
        at += 12 + length
    return bytes(out)
