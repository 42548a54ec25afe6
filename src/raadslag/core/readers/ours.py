"""Our own documents back to records, exactly: the marks of our HTML, the record attached to our PDF.

A file that says it is ours is as untrusted as any other: what it holds is read within bounds and must be a
record, or it is not taken as ours and goes the way of every other document. A PDF whose pages show another
record than the one attached (closed items for those who may see them) is read from its pages too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec
import pypdfium2
from selectolax.lexbor import LexborHTMLParser, LexborNode

from raadslag.core.errors import InvalidRecord
from raadslag.core.marks import ATTACHMENT, IDENTITY
from raadslag.core.record import SCHEMA, Meeting, Product, Provenance, decode, identity
from raadslag.core.text import plain, words

MAX_ATTACHMENT = 32 * 1024 * 1024  # bytes; a record of a thousand pages has a tenth of that
MAX_DEPTH = 8  # of marks: a meeting, an item, a recommendation, a point, and room to grow


def read(data: bytes, *, name: str | None = None, ignore_attachment: bool = False) -> Meeting | Product | None:
    """The record that `data` was written from, as far as its format carries one; None if it is not ours.

    With `ignore_attachment` a PDF is left to be read from its visible text, like any other.
    """
    if data.startswith(b"%PDF-"):
        return None if ignore_attachment else read_pdf(data, name=name)
    return read_html(data, name=name)


def read_pdf(data: bytes, *, name: str | None = None) -> Meeting | Product | None:
    """The meeting or product attached to a PDF that `write` made, if it is all that the pages show."""
    if IDENTITY.encode() not in data:  # stands in the metadata, which PDF/A never compresses
        return None
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return None
    try:
        keywords = document.get_metadata_value("Keywords").replace(",", " ").split()
        record = _attached(document)
        pages = len(document)
    finally:
        document.close()
    if record is None or IDENTITY + identity(record) not in keywords:
        return None
    return _with_provenance(record, data, name=name, media_type="application/pdf", pages=pages, reader="raadslag-pdf")


def _attached(document: pypdfium2.PdfDocument) -> Meeting | Product | None:
    for index in range(document.count_attachments()):
        attachment = document.get_attachment(index)
        if attachment.get_name() == ATTACHMENT:
            try:
                content = bytes(attachment.get_data())
                record = decode(content) if len(content) <= MAX_ATTACHMENT else None
            except (pypdfium2.PdfiumError, InvalidRecord):
                return None
            return record if isinstance(record, Meeting | Product) else None
    return None


_Own = TypeVar("_Own", bound=Meeting | Product)


def _with_provenance(own: _Own, data: bytes, **where: Any) -> _Own:
    """A record from `data`, whatever it says of where it came from itself."""
    return msgspec.structs.replace(own, provenance=Provenance(sha256=hashlib.sha256(data).hexdigest(), **where))


def read_html(data: bytes, *, name: str | None = None) -> Meeting | None:
    """The meeting that `write(meeting, "html")` wrote as `data`; None if the file is not one of ours."""
    if b'data-schema="raadslag/' not in data[:2000]:
        return None
    root = LexborHTMLParser(data.decode("utf-8", "replace")).root
    if root is None or root.attributes.get("data-record") != "meeting" or root.attributes.get("data-schema") != SCHEMA:
        return None
    try:
        meeting = msgspec.convert(_values(root, 0) | {"type": "meeting"}, Meeting, strict=False)
    except msgspec.ValidationError:
        return None
    return _with_provenance(meeting, data, name=name, media_type="text/html", reader="raadslag-html")


def _values(scope: LexborNode, depth: int) -> dict[str, Any]:
    """The marks that belong to `scope` itself, as the JSON of a value."""
    values: dict[str, Any] = {}
    for node in _marked(scope):
        marks = node.attributes
        if path := marks.get("data-field"):
            *outer, field = path.split(".")[:2]
            holder = values.setdefault(outer[0], {}) if outer else values
            if isinstance(holder, dict):
                holder[field] = _leaf(node)
        elif nested := marks.get("data-one"):
            values[nested] = _values(node, depth + 1) if depth < MAX_DEPTH else None
        elif empty := marks.get("data-none"):
            values.setdefault(empty, [])
        elif each := marks.get("data-each"):
            entries = values.setdefault(each, [])
            if isinstance(entries, list) and depth < MAX_DEPTH:
                entries.append(_leaf(node) if "data-value" in marks else _values(node, depth + 1))
    return values


def _marked(scope: LexborNode) -> Iterator[LexborNode]:
    """The marked elements within `scope`, in order, without those within another list entry or nested value."""
    pending = list(_children(scope))[::-1]
    while pending:
        node = pending.pop()
        marks = node.attributes
        if any(mark in marks for mark in _MARKS):
            yield node
        if "data-each" not in marks and "data-one" not in marks:
            pending += list(_children(node))[::-1]


_MARKS = ("data-field", "data-each", "data-one", "data-none")


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        if child.is_element_node:
            yield child
        child = child.next


def _leaf(node: LexborNode) -> str:
    """The value of a mark. A text whose words were changed by hand says what a person sees, not what it carries.

    Letters are compared, not words: no space stands between the cells of a table or the blocks of a text.
    """
    value = node.attributes.get("data-value")
    shown = node.text()
    if value is None or (node.attributes.get("class") == "text" and _letters(plain(value)) != _letters(shown)):
        return shown
    return value


def _letters(text: str) -> str:
    return "".join(words(text))
