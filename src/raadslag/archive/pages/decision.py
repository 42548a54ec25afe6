"""A decision at an address of its own: what was decided, on what recommendation, by which votes, and how to cite it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from msgspec.structs import replace

from raadslag.archive.pages import meeting_page, standings, views
from raadslag.core import record
from raadslag.core.release import public
from raadslag.core.writers.paper import Part

_TOLD = ("recommendation", "decision")


@dataclass(frozen=True)
class Side:
    """How many voted one way, and who, as much of it as the paper tells."""

    name: str
    count: int | None
    who: tuple[str, ...]


@dataclass(frozen=True)
class Vote:
    """One vote-taking and its sides."""

    question: str
    sides: tuple[Side, ...]


def decision(request: HttpRequest, body: str, meeting: str, item: str) -> HttpResponse:
    """What was decided on one item; Http404 where the paper that is shown tells no decision on it."""
    found = views.get_meeting(body, meeting)
    version = found.current
    paper = public(version.value)
    items = meeting_page.items_of(paper, views.rows_of(version))
    shown = next((one for one in items if one.row.slug == item), None)
    decisions = [told for told in meeting_page.decisions_of(paper, items) if told.slug == item]
    if shown is None or not decisions:
        raise Http404
    return views.page(
        request,
        "decision.html",
        "decisions",
        found.body,
        meeting=found,
        version=version,
        item=shown,
        decisions=decisions,
        parts=parts_of(paper, shown.value) if shown.value else (),
        votes=tuple(votes_of(shown.value)) if shown.value else (),
        standings=standings.of_item(shown.row, found, timezone.localdate()),
        today=timezone.localdate().isoformat(),
        address=request.build_absolute_uri(request.path),
    )


def parts_of(paper: record.Meeting, item: record.Item) -> tuple[Part, ...]:
    """The recommendation and the decision of an item as its paper says them, without votes."""
    sections = tuple(section for section in item.sections if section.kind in _TOLD)
    told = replace(item, sections=sections, files=(), steps=(), route=(), votes=())
    return meeting_page.parts_of(paper, told, get_language() or "da")


def votes_of(item: record.Item) -> Iterator[Vote]:
    """The vote-takings of which the paper tells a number or a name."""
    for vote in item.votes:
        sides = (
            (_("For"), vote.for_),
            (_("Against"), vote.against),
            (_("Abstained"), vote.abstained),
            (_("Did not vote"), vote.not_voting),
        )
        told = tuple(Side(name, side.count, side.who) for name, side in sides if side is not None)
        if told:
            yield Vote(vote.question or "", told)
