"""Which format a file has: by its bytes, and by its name only where the bytes leave it open."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

from raadslag.core.errors import UnknownFormat, UnreadableFile

PDF: Final = "application/pdf"
HTML: Final = "text/html"
JSON: Final = "application/json"
TEXT: Final = "text/plain"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNKNOWN: Final = "application/octet-stream"

READABLE: Final = "PDF, DOCX, HTML, plain text or a record in JSON"
_AS_PDF = "Open it in the program that made it, save it as PDF, and read that."
_RECOGNISE = "Run text recognition (OCR) on it, save the result as PDF, and read that."
_UNPACK = "Unpack it and read the files in it."

# How formats begin that we know and do not read, what they are called, and what helps.
_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or encrypted Office document", _AS_PDF),
    (b"{\\rtf", "an RTF document", _AS_PDF),
    (b"\x89PNG\r\n", "an image (PNG)", _RECOGNISE),
    (b"\xff\xd8\xff", "an image (JPEG)", _RECOGNISE),
    (b"GIF8", "an image (GIF)", _RECOGNISE),
    (b"II*\x00", "an image (TIFF)", _RECOGNISE),
    (b"MM\x00*", "an image (TIFF)", _RECOGNISE),
    (b"%!PS", "a PostScript file", _AS_PDF),
    (b"\x1f\x8b", "a compressed file (gzip)", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z)", _UNPACK),
    (b"Rar!\x1a\x07", "an archive (RAR)", _UNPACK),
)
_ZIPS: tuple[tuple[bytes, str, str], ...] = (
    (b"opendocument.text", "an OpenDocument text (ODT)", _AS_PDF),
    (b"xl/", "a spreadsheet (XLSX)", _AS_PDF),
    (b"ppt/", "a presentation (PPTX)", _AS_PDF),
    (b"opendocument", "an OpenDocument file", _AS_PDF),
)
_SUFFIXES = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".json": JSON,
    ".txt": TEXT,
    ".md": TEXT,
}
_TAG = rb"<(?:!doctype\s+html|(?:html|head|body|title|meta|table|div|p|h[1-6]|span|article|main|section|ul|ol)[\s>/])"
_MARKUP = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)*" + _TAG, re.IGNORECASE | re.DOTALL)
_HTML_ROOT = re.compile(rb"<(?:!doctype\s+html|html|body)[\s>]", re.IGNORECASE)
_OUR_SCHEMA = re.compile(rb'"schema"\s*:\s*"raadslag/')


def media_type(data: bytes, name: str = "the file", claimed: str | None = None) -> str:
    """The media type that a file is to be read as: PDF, DOCX, HTML, JSON or TEXT.

    `name` and the media type that its source `claimed` decide only between text and markup, and tell a
    document that is not what it says it is. Raises UnreadableFile for an empty or a disguised file and
    UnknownFormat for a format that nothing here reads; both say what helps.
    """
    head = data[:4096]
    if not data.strip(b"\x00 \t\r\n\xff\xfe\xef\xbb\xbf"):
        raise UnreadableFile(name, READABLE, "an empty file", "Check that the file was saved, and fetch it again.")
    expected = _expected(name, claimed)
    if b"%PDF-" in head[:1024] and not _MARKUP.match(head):
        return PDF
    if office_type(data) == DOCX:
        return DOCX
    _refuse(data, name)
    plain = head.replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    if expected == PDF:
        found = "a web page" if _MARKUP.match(plain) else "something else"
        remedy = "Fetch the file again; if it is another kind of document, give it the right name."
        raise UnreadableFile(name, "a PDF, as its name says", found, remedy)
    if plain[:1] == b"{" and (_OUR_SCHEMA.search(data) or expected == JSON):
        return JSON
    if b"<" in data and (expected == HTML or _MARKUP.match(plain) or _HTML_ROOT.search(plain)):
        return HTML
    if not _is_text(head):
        raise UnknownFormat(name, READABLE, "bytes that are not text", _AS_PDF)
    return TEXT


def office_type(data: bytes) -> str | None:
    """DOCX or XLSX, where it is one of them."""
    if not _is_zip(data):
        return None
    return DOCX if _has(data, b"word/document") else XLSX if _has(data, b"xl/workbook") else None


def attachment_type(data: bytes, name: str = "the file") -> str:
    """The media type of a file that is only kept and given out: as `media_type`, and for all others what they are.

    Raises UnreadableFile for an empty or a disguised file.
    """
    if office := office_type(data):
        return office
    for start, kind in _PICTURES:
        if data.startswith(start):
            return kind
    try:
        return media_type(data, name)
    except UnknownFormat:
        return UNKNOWN


_PICTURES = ((b"\x89PNG\r\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


def _expected(name: str, claimed: str | None) -> str | None:
    by_name = _SUFFIXES.get(PurePath(name).suffix.lower())
    return by_name or (claimed.split(";")[0].strip().lower() if claimed else None)


def _refuse(data: bytes, name: str) -> None:
    for start, found, remedy in _REFUSED:
        if data.startswith(start):
            raise UnknownFormat(name, READABLE, found, remedy)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        raise UnknownFormat(name, READABLE, "an image (WebP)", _RECOGNISE)
    if b"\nMIME-Version:" in b"\n" + data[:1000]:
        remedy = "Save the page as HTML or PDF, and read that."
        raise UnknownFormat(name, READABLE, "an e-mail or a web archive (MIME)", remedy)
    if data[4:8] == b"ftyp":
        raise UnknownFormat(name, READABLE, "an image or a film (HEIC, MP4)", _RECOGNISE)
    if _is_zip(data):
        for mark, found, remedy in _ZIPS:
            if _has(data, mark):
                raise UnknownFormat(name, READABLE, found, remedy)
        raise UnknownFormat(name, READABLE, "an archive (ZIP)", _UNPACK)


def _is_zip(data: bytes) -> bool:
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def _has(data: bytes, mark: bytes) -> bool:
    """Whether a package has a file with that in its name: the first of all, or in the list of all at the end."""
    return mark in data[:8192] or mark in data[-65536:]


def _is_text(head: bytes) -> bool:
    """Whether bytes can be text in some encoding: few control bytes, and NULs only as UTF-16 has them."""
    half = max(1, len(head) // 2)
    zeros = max(head[::2].count(0), head[1::2].count(0))
    if zeros * 2 > half or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\x00", b"")
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls * 10 <= len(head)


_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\v\f\r\x1b")
