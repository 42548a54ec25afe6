"""What a PDF holds besides what its pages show.

Two libraries look at the same bytes. pypdfium2 says which text stands on a page and draws it; pikepdf walks
every object of the file, also those that no page uses: strings, streams, properties, embedded files.
Whether a word can be seen is asked of the picture itself: a word is seen if taking it away changes the
picture. So it does not matter how it was hidden (a box, an image, white ink, no ink, a clip, a layer, the
edge of the page); the cause is only looked up to be told. Each earlier revision that the file still holds
is read in the same way.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator

import pikepdf

from raadslag.core.errors import UnreadableFile
from raadslag.core.readers.hidden import pages, parts
from raadslag.core.readers.hidden.bytes import printable
from raadslag.core.rules.screening import Passage

MAX_REVISIONS = 50
logging.getLogger("pikepdf").addHandler(logging.NullHandler())  # what is damaged is told as an error or a hit
_END = re.compile(rb"%%EOF[\r\n \t]*")


def passages(data: bytes, *, name: str, depth: int) -> Iterator[Passage]:
    """Every text of a PDF with its place. Raises UnreadableFile for one that is damaged or encrypted."""
    yield from _revision(data, name=name, depth=depth)
    ends = [end.end() for end in _END.finditer(data)]
    earlier = ends[:-1]
    for number, end in list(enumerate(earlier, 1))[-MAX_REVISIONS:]:
        try:
            revision = tuple(_revision(data[:end], name=name, depth=depth))
        except UnreadableFile:
            continue  # the first part of a file that is laid out for the web ends in a mark and is no revision
        for p in revision:
            standing = "earlier_revision" if p.standing == "visible" else p.standing
            yield Passage(p.text, f"revision {number}, {p.place}", standing)
    if len(earlier) > MAX_REVISIONS:
        yield Passage(f"{len(earlier)} revisions", "earlier revisions", "unscreenable")
    if ends and data[ends[-1] :].strip(b"\0\r\n\t "):
        yield Passage(printable(data[ends[-1] :]), "after the end of the file", "leftover")
    yield Passage("\n".join(parts.comments(data)), "comment lines of the file", "technical")
    yield Passage("\n".join(parts.raw_texts(data)), "the raw streams of the file", "source")


def _revision(data: bytes, *, name: str, depth: int) -> Iterator[Passage]:
    yield from pages.passages(data, name=name)
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as document:
            yield from parts.passages(document, depth=depth)
    except UnreadableFile:
        raise
    except Exception as error:  # a damaged file fails in more ways than any list of them names
        remedy = "Print it to a new PDF without password and try again."
        raise UnreadableFile(name, "a PDF whose objects can be read", type(error).__name__, remedy) from error
