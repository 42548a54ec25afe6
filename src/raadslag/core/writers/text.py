"""A meeting or a product as plain text in UTF-8: the same paper, one line a paragraph, for mail and terminals."""

from __future__ import annotations

from collections.abc import Iterator

from raadslag.core.record import Meeting
from raadslag.core.text import Paragraph, plain
from raadslag.core.writers.paper import Aside, Paper, Part, compose
from raadslag.core.writers.product import Booklet

CARRIED = (
    "kind", "body", "organization", "title", "meeting", "attendance", "items.number", "items.title", "items.access",
    "items.reference", "items.sections", "items.recommendation", "items.decision", "items.votes", "items.files",
)  # fmt: skip
"""What the visible text of our papers says, so that the readers' grammar finds it again as in any other paper."""


def write_text(meeting: Meeting, language: str = "da") -> bytes:
    """`meeting` as text. A blank line parts what stands apart; markup is gone, its words are not."""
    return ("\n".join(_lines(compose(meeting, language))).strip("\n") + "\n").encode()


def _lines(paper: Paper) -> Iterator[str]:
    yield from (paper.body or "", "", paper.title, "")
    for fact in paper.facts:
        if fact.name == "people":
            yield from ("", f"{fact.label}: {fact.text}")
        else:
            yield fact.text if fact.text.startswith(fact.label) else f"{fact.label} {fact.text}"
    if paper.entries:
        yield from ("", paper.labels.contents, "", *(entry.heading for entry in paper.entries))
    for entry in paper.entries:
        yield from ("", entry.heading, *([entry.reference] if entry.reference else []), *entry.face)
        for part in entry.parts:
            yield from _part(part)
    for part in paper.closing:
        yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    blocks = (Paragraph(piece.children) if isinstance(piece, Aside) else piece for piece in (*part.pieces, *part.more))
    yield from ("", *([part.heading, ""] if part.heading else []), plain(blocks))


def write_booklet(booklet: Booklet) -> bytes:
    """A product as text. What came and what went stands in brackets, with the word for it."""
    return ("\n".join(_booklet_lines(booklet)).strip("\n") + "\n").encode()


def _booklet_lines(booklet: Booklet) -> Iterator[str]:
    yield from (booklet.body or "", *([booklet.draft] if booklet.draft else []), "", booklet.title, "")
    yield from (f"{label}: {text}" for label, text in booklet.facts)
    if booklet.places:
        yield from ("", booklet.labels.contents, "")
        yield from (f"{'  ' * place.depth}{place.heading}" for place in booklet.places)
    for place in booklet.places:
        yield from ("", place.heading, *place.lines)
        for blocks in (place.pieces, tuple(Paragraph(aside.children) for aside in place.asides)):
            if blocks:
                yield from ("", plain(blocks))
    for part in booklet.closing:
        yield from _part(part)
