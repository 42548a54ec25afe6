"""Words that stand only where it is closed, each with the name of its place; and a look into all in which one may hide.

A word may have been written large or small, in UTF-16, escaped for an address, for HTML or for JSON, or lie in
something packed: an answer in gzip or brotli, a Word document, a stream of a PDF, the part of a mail.
"""

from __future__ import annotations

import binascii
import email
import email.header
import gzip
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from email.message import Message
from urllib.parse import unquote_to_bytes

import brotli
import pypdfium2

CANARY = "KANARIEFUGL"
_NEEDLE = CANARY.lower().encode()
_DEEPEST = 4
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_ESCAPED = re.compile(rb"\\u00([0-9a-fA-F]{2})")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")


def word(place: str) -> str:
    """The word of a place: a canary that tells where it flew from."""
    return f"{CANARY}{place}"


def flown(data: bytes) -> str | None:
    """The first canary in the data, as far as it can be read around it; None where there is none."""
    for one in _readings(data, 0):
        at = one.lower().find(_NEEDLE)
        if at >= 0:
            return one[max(0, at - 40) : at + 60].decode("utf-8", "replace")
    return None


def _readings(data: bytes, depth: int) -> Iterator[bytes]:
    """The data in every way in which it may be read."""
    yield data
    if b"\0" in data:
        yield data.replace(b"\0", b"")  # UTF-16 of either end
    if b"%" in data:
        yield unquote_to_bytes(data)
    if b"&#" in data:
        yield html.unescape(data.decode("latin-1")).encode("utf-8", "replace")
    if b"\\u" in data:
        yield _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)
    if depth < _DEEPEST:
        for one in _unpacked(data):
            yield from _readings(one, depth + 1)


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What is packed in the data."""
    if data.startswith(b"\x1f\x8b"):
        with suppress(OSError, EOFError, zlib.error):
            yield gzip.decompress(data)
    elif data.startswith(b"PK\x03\x04"):
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield packed.read(name)
    elif data.startswith(b"%PDF"):
        for stream in _STREAM.findall(data):
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(stream)
        yield _text_of(data)
    elif re.match(rb"[A-Za-z-]+: ", data):
        for part in email.message_from_bytes(data).walk():
            yield from _parts(part)
    elif not data[:1024].isascii():
        with suppress(brotli.error):
            yield brotli.decompress(data)
    elif len(data) < 200_000:
        for found in _BASE64.findall(data):
            with suppress(binascii.Error):
                yield binascii.a2b_base64(found + b"=" * (-len(found) % 4))


def _parts(part: Message) -> Iterator[bytes]:
    told = part.get_payload(decode=True)
    if isinstance(told, bytes):
        yield told
    for name, value in part.items():
        yield str(email.header.make_header(email.header.decode_header(f"{name}: {value}"))).encode()


def _text_of(data: bytes) -> bytes:
    with suppress(pypdfium2.PdfiumError):
        document = pypdfium2.PdfDocument(data)
        try:
            pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
            return "\n".join([*pages, str(document.get_metadata_dict())]).replace("\r\n", "").encode()
        finally:
            document.close()
    return b""
