"""A record as a document: `write(record, "pdf")`. Each format lists the fields that read back equal."""

from __future__ import annotations

from raadslag.core.errors import UnknownFormat
from raadslag.core.record import Meeting, Record, encode
from raadslag.core.writers.html import write_html
from raadslag.core.writers.text import write_text

FORMATS = ("json", "html", "pdf", "docx", "text")


def write(record: Record, to: str, *, language: str = "da") -> bytes:
    """`record` as the bytes of a document: `to` is "json", "html", "pdf", "docx" or "text".

    JSON is one line with everything, provenance included, for every type of record. The others are papers
    for people, in the order of Danish minutes, with labels in `language` ("da" or "en"), for a meeting.
    Any text is safe in them: nothing a text says is taken as markup of the document. The same record gives
    the same bytes.
    Raises UnknownFormat where there is no writer for the format or for this type of record in it.
    """
    if to not in FORMATS:
        raise UnknownFormat("to", "one of " + ", ".join(FORMATS), repr(to)[:40], "Choose one of them.")
    if to == "json":
        return encode(record)
    if not isinstance(record, Meeting):
        kind = type(record).__name__.lower()
        raise UnknownFormat(f"record of type {kind}", "json", to, "Only a meeting is written as a paper; choose json.")
    if to == "pdf":
        from raadslag.core.writers.pdf import write_pdf  # loads the typesetter, which nothing else needs

        return write_pdf(record, language)
    if to == "docx":
        from raadslag.core.writers.docx import write_docx  # loads python-docx, which nothing else needs

        return write_docx(record, language)
    return {"html": write_html, "text": write_text}[to](record, language)
