"""What a file holds besides what it shows: `screen` finds what must be looked at before it is released.

The texts of a file are collected as passages (`core.rules.screening.Passage`) and judged there. Files are
untrusted: `screen` belongs in the worker process that reading takes place in, and raises nothing but the
errors of `core.errors`. A part that cannot be read is a hit of the rule `unscreenable`, never silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import get_args

import msgspec

from raadslag.core import record
from raadslag.core.errors import InvalidRecord, UnreadableFile
from raadslag.core.readers import sniff
from raadslag.core.readers.hidden.bytes import decoded, is_text, printable
from raadslag.core.rules.screening import Hit, Passage, hits, texts
from raadslag.core.text import plain

MAX_DEPTH = 5  # files in files in files: deeper ones cannot be screened


def screen(data: bytes, *, name: str, media_type: str | None = None) -> tuple[Hit, ...]:
    """What a person must look at before the file `name` with the bytes `data` is released; () if nothing.

    `media_type` is only a claim: the bytes themselves decide what is read. A hit never repeats an
    identification number. Raises UnreadableFile where the file as a whole cannot be opened.
    Source: invariants I13 and I15.
    """
    return hits(passages(data, name=name, media_type=media_type))


def passages(data: bytes, *, name: str, media_type: str | None = None, depth: int = 0) -> Iterator[Passage]:
    """Every text of a file, visible or not, with its place. Raises UnreadableFile, at the first passage."""
    yield Passage(name, "file name", "technical")
    if b"%PDF-" in data[:1024]:
        from raadslag.core.readers.hidden import pdf  # its libraries are loaded only where they are needed

        yield from pdf.passages(data, name=name, depth=depth)
    elif (office := sniff.office_type(data)) is not None:
        from raadslag.core.readers.hidden import office as office_files

        yield from office_files.passages(data, name=name, kind=office, depth=depth)
    elif is_text(data):
        yield from _text(decoded(data), depth=depth)
    else:
        kind = media_type or "a format without readable text"
        yield Passage(kind, "the file", "unscreenable")
        yield Passage(printable(data), "the bytes of the file", "technical")
    yield from _carried(data)


_CODES = frozenset({"schema", "type", "id", "kind", "stage", "status", "access", "outcome", "sha256", "media_type"})
_CODED = re.compile(r"\d+|\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_STATES = frozenset({*get_args(record.GapState), *get_args(record.CommitmentState)})


def _carried(data: bytes) -> Iterator[Passage]:
    """What a file that says it is ours tells our reader: from marks and an attachment, which nobody sees."""
    from raadslag.core.readers import ours  # its libraries are loaded only where they are needed

    if own := ours.read(data):
        for place, text in texts(msgspec.to_builtins(msgspec.structs.replace(own, provenance=None))):
            field = place.rstrip(".0123456789").rpartition(".")[2]
            is_code = field in _CODES or _CODED.fullmatch(text) or (field == "state" and text in _STATES)
            if not (place.endswith("a name") or is_code):
                yield Passage(plain(text), f"record, {place}", "carried")


def inner(data: bytes, *, name: str, depth: int, media_type: str | None = None) -> Iterator[Passage]:
    """The passages of a file in a file, its name before each place; what cannot be read is said to be so."""
    try:
        if depth >= MAX_DEPTH:
            raise UnreadableFile(name, f"at most {MAX_DEPTH} files in one another", "more", "Take them apart.")
        found = tuple(passages(data, name=name, media_type=media_type, depth=depth + 1))
    except UnreadableFile as error:
        found = (Passage(error.found, "the file", "unscreenable"),)
    for p in found:
        standing = "technical" if p.standing == "visible" else p.standing  # the outer file does not show it
        yield Passage(p.text, f"{name}: {p.place}", standing)


_MARKUP = re.compile(r"<(?:!doctype|!--|/?[a-zA-Z][\w:-]*[\s/>])", re.IGNORECASE)


def _text(text: str, *, depth: int) -> Iterator[Passage]:
    if text.lstrip()[:1] in ("{", "["):
        try:
            yield from _json(text)
            return
        except (ValueError, RecursionError):
            pass  # it looks like JSON and is not: read as it stands
    if _MARKUP.search(text):
        from raadslag.core.readers.hidden import html

        yield from html.passages(text, depth=depth)
    else:
        yield Passage(text, "text")


def _json(text: str) -> Iterator[Passage]:
    """The texts of JSON by their path; those of a record of ours by the record's own paths."""
    try:
        value: object = msgspec.to_builtins(record.decode(text))
    except InvalidRecord:
        value = json.loads(text, object_pairs_hook=_all_pairs, parse_int=str, parse_float=str)  # as written
    for place, found in texts(value):
        yield Passage(found, place or "text")


def _all_pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON with every pair, where a plain dict would keep the last of two with the same name."""
    kept: dict[str, object] = {}
    for name, value in pairs:
        while name in kept:
            name += "'"
        kept[name] = value
    return kept
