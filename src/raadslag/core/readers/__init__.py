"""Documents to records: bytes are told apart, drawn out into lines, and parsed by one grammar.

`read_bytes` does it all in this process; files that nobody vouches for go through `worker.Pool`.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from raadslag.core import record
from raadslag.core.errors import RaadslagError, UnreadableFile
from raadslag.core.readers import sniff
from raadslag.core.readers.lines import Extract
from raadslag.core.record import Record

MAX_PAGES = 2000


class Shown(NamedTuple):
    """The text of a file, a line a line, and how many pages it has, as far as either is known."""

    text: str = ""
    pages: int | None = None


def read_bytes(
    data: bytes, name: str | None = None, media_type: str | None = None, *, max_pages: int = MAX_PAGES
) -> Record:
    """The record that the document `data` tells of.

    `name` (a file name, for provenance and errors) and `media_type` (what the source claims) only help to
    tell the format; the bytes decide. A document that we wrote is read back exactly; any other is parsed.
    Raises UnreadableFile, LimitExceeded, UnknownFormat or InvalidRecord, each with the place and the remedy.
    """
    try:
        return _read(data, name, sniff.media_type(data, name or "the file", media_type), max_pages)
    except UnreadableFile as error:
        place = error.place.replace("the file", name, 1) if name else error.place
        raise type(error)(place, error.expected, error.found, error.remedy) from error


def _read(data: bytes, name: str | None, kind: str, max_pages: int) -> Record:
    # The libraries of a format are loaded only where a file of it is read.
    from raadslag.core.readers import grammar, ours

    if kind == sniff.JSON:
        return record.decode(data, place=name or "the file")
    if kind in (sniff.HTML, sniff.PDF) and (own := ours.read(data, name=name)):
        return own
    return grammar.parse(extract(data, kind, max_pages=max_pages), name=name, sha256=hashlib.sha256(data).hexdigest())


def extract(data: bytes, kind: str, *, max_pages: int = MAX_PAGES) -> Extract:
    """The lines of a document of the media type `kind` (as `sniff.media_type` tells it). Raises UnreadableFile."""
    if kind == sniff.PDF:
        from raadslag.core.readers import pdf

        return pdf.extract(data, max_pages=max_pages)
    if kind == sniff.HTML:
        from raadslag.core.readers import html

        return html.extract(data)
    if kind == sniff.DOCX:
        from raadslag.core.readers import docx

        return docx.extract(data)
    from raadslag.core.readers import text

    return text.extract(data)


def text_of(data: bytes, kind: str, *, max_pages: int = MAX_PAGES) -> Shown:
    """What a file of the media type `kind` (as `sniff.attachment_type` tells it) shows, for search and reading.

    Empty where its text cannot be told. Raises UnreadableFile.
    """
    if kind == sniff.XLSX:
        from raadslag.core.readers import xlsx

        return Shown(xlsx.text(data))
    if kind not in (sniff.PDF, sniff.HTML, sniff.DOCX, sniff.TEXT):
        return Shown()
    found = extract(data, kind, max_pages=max_pages)
    return Shown("\n".join(line.text for line in found.lines), found.pages)


__all__ = ["MAX_PAGES", "RaadslagError", "Shown", "extract", "read_bytes", "text_of"]
