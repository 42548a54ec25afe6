"""A meeting as plain text in UTF-8: the same paper, one line a paragraph, for mail, terminals and search."""

from __future__ import annotations

from collections.abc import Iterator

from raadslag.core.record import Meeting
from raadslag.core.text import Paragraph, plain
from raadslag.core.writers.paper import Aside, Paper, Part, compose

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
