"""Our own documents back to records, exactly: the marks of our HTML.

A file that says it is ours is as untrusted as any other: what it holds is read within bounds and must be a
record, or it is not taken as ours and goes the way of every other document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from raadslag.core.record import SCHEMA, Meeting, Provenance
from raadslag.core.text import plain, words

READER = "raadslag"
MAX_DEPTH = 8  # of marks: a meeting, an item, a recommendation, a point, and room to grow


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
    sha256 = hashlib.sha256(data).hexdigest()
    provenance = Provenance(name=name, sha256=sha256, media_type="text/html", reader=f"{READER}-html")
    return msgspec.structs.replace(meeting, provenance=provenance)


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
    """The value of a mark. A text whose words were changed by hand says what a person sees, not what it carries."""
    value = node.attributes.get("data-value")
    shown = node.text()
    if value is None or (node.attributes.get("class") == "text" and words(plain(value)) != words(shown)):
        return shown
    return value
