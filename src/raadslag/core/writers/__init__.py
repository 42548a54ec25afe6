"""A record as a document: `write(record, "pdf")`. Each format lists the fields that read back equal.

`write_sheet` and `write_kit` make papers of a meeting that are written on by hand; they are never read back.
"""

from __future__ import annotations

from collections.abc import Mapping

from raadslag.core.errors import UnknownFormat
from raadslag.core.record import Meeting, Organization, Product, Record, encode
from raadslag.core.writers import forms, html, product, text
from raadslag.core.writers.html import write_html
from raadslag.core.writers.organization import write_organization
from raadslag.core.writers.product import ProductForm
from raadslag.core.writers.text import write_text

FORMATS = ("json", "html", "pdf", "docx", "text")
FORM_FORMATS = ("html", "pdf", "docx")


def write(record: Record, to: str, *, language: str = "da") -> bytes:
    """`record` as the bytes of a document: `to` is "json", "html", "pdf", "docx" or "text".

    JSON is one line with everything, provenance included, for every type of record. The others are papers
    for people, with labels in `language` ("da" or "en"), for a meeting, in the order of Danish minutes, and for a
    product, as it was presented; HTML also for an organization, to be read and printed, which JSON carries back.
    Any text is safe in them: nothing a text says is taken as markup of the document. The same record gives
    the same bytes.
    Raises UnknownFormat where there is no writer for the format or for this type of record in it.
    """
    if to not in FORMATS:
        raise UnknownFormat("to", "one of " + ", ".join(FORMATS), repr(to)[:40], "Choose one of them.")
    if to == "json":
        return encode(record)
    if isinstance(record, Organization) and to == "html":
        return write_organization(record, language)
    if isinstance(record, Product):
        return write_product(record, to, language=language)
    if not isinstance(record, Meeting):
        kind, known = type(record).__name__.lower(), "json or html" if isinstance(record, Organization) else "json"
        remedy = f"Only a meeting or a product is written as a paper; choose {known}."
        raise UnknownFormat(f"record of type {kind}", known, to, remedy)
    if to == "pdf":
        from raadslag.core.writers.pdf import write_pdf  # loads the typesetter, which nothing else needs

        return write_pdf(record, language)
    if to == "docx":
        from raadslag.core.writers.docx import write_docx  # loads python-docx, which nothing else needs

        return write_docx(record, language)
    return {"html": write_html, "text": write_text}[to](record, language)


def write_product(
    record: Product, to: str, *, form: ProductForm = "presented", since: Product | None = None, language: str = "da"
) -> bytes:
    """A product as "html", "pdf", "docx" or "text": "presented" with all that its record holds, "clean" with its text
    alone, with "changes" since the version `since`, in words as well as lines, or with "answers" where they belong.

    The causes of changes are those that the record names. Safe and the same as in `write`. Raises UnknownFormat also
    for changes since nothing, and for answers where there are none; UnwritableRecord where two parts have one identity.
    """
    if to not in FORMATS or to == "json":
        known = "one of " + ", ".join(name for name in FORMATS if name != "json")
        raise UnknownFormat("to", known, repr(to)[:40], "Choose one of them.")
    booklet = product.compose(record, form, since, language)
    if to == "pdf":
        from raadslag.core.writers import pdf

        return pdf.write_booklet(booklet, record)
    if to == "docx":
        from raadslag.core.writers import docx

        return docx.write_booklet(booklet)
    return html.write_booklet(booklet) if to == "html" else text.write_booklet(booklet)


def write_sheet(meeting: Meeting, to: str, *, language: str = "da") -> bytes:
    """The sheet of attendance and signatures, as "html", "pdf" or "docx": who is on the list, what is known of when
    each came, left and signed, and room for the rest. Nothing of any item is on it. Safe and the same as in `write`.
    """
    return write_form(forms.sheet(meeting, language), to)


def write_kit(meeting: Meeting, to: str, *, clocks: Mapping[int, str] | None = None, language: str = "da") -> bytes:
    """All that it takes to hold the meeting without network, as `write_sheet`: the sheet, the agenda, a page for each
    item, and how the meeting ends. `clocks` are the local times at which items, by their orders, are planned to begin.
    """
    return write_form(forms.kit(meeting, clocks, language), to)


def write_form(form: forms.Form, to: str) -> bytes:
    """A paper to be written on, or to hang up, as "html", "pdf" or "docx". Raises UnknownFormat for another."""
    if to not in FORM_FORMATS:
        raise UnknownFormat("to", "one of " + ", ".join(FORM_FORMATS), repr(to)[:40], "Choose one of them.")
    if to == "html":
        return html.write_form(form)
    if to == "pdf":
        from raadslag.core.writers import pdf

        return pdf.write_form(form)
    from raadslag.core.writers import docx

    return docx.write_form(form)
