"""Bytes as text, where nothing is known of them but themselves."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PRINTABLE = re.compile(rb"(?:[\x20-\x7e\xa0-\xff\t\r\n]\x00?){6,}")
_BINARY = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")


def decoded(data: bytes) -> str:
    """The bytes as text: by their byte order mark, else UTF-8, else UTF-16 without mark, else CP1252."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if wide := _wide(data):
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def is_text(data: bytes) -> bool:
    """Whether bytes are text: a byte order mark, UTF-16, or hardly any control characters."""
    if data.startswith(tuple(mark for mark, _ in _MARKS)) or _wide(data):
        return True
    return (len(_BINARY.findall(data)) + data.count(0)) * 50 <= len(data)


def printable(data: bytes) -> str:
    """The runs of printable characters in bytes that are not text, one a line."""
    return "\n".join(run.replace(b"\0", b"").decode("cp1252", "replace") for run in _PRINTABLE.findall(data))


def _wide(data: bytes) -> str | None:
    """UTF-16 tells itself without a mark: Latin text has a NUL in every second byte."""
    even, odd = data[0:4096:2], data[1:4096:2]
    if len(odd) >= 2 and odd.count(0) * 10 >= len(odd) * 7 and even.count(0) * 10 < len(even):
        return "utf-16-le"
    if len(odd) >= 2 and even.count(0) * 10 >= len(even) * 7 and odd.count(0) * 10 < len(odd):
        return "utf-16-be"
    return None
