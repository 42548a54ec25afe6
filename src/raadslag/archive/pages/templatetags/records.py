"""What templates of the pages say of records: outcomes, kinds, excerpts, and texts as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from raadslag.archive import models
from raadslag.archive.pages import meeting_page, search, titles, views, words
from raadslag.archive.search import Hit
from raadslag.core import record
from raadslag.core.release import public
from raadslag.core.text import parse
from raadslag.core.writers.html import write_pieces
from raadslag.core.writers.paper import Part, Piece

TITLES = 3  # of items, in a list of meetings
TITLE = 90  # characters of each

register = template.Library()
register.filter("excerpt", meeting_page.excerpt)


@register.filter
def outcome(code: str | None) -> str:
    """ "Taget til efterretning"; nothing where there is no outcome."""
    return dict(words.in_language().outcome).get(code, "") if code else ""


@register.filter
def subheading(meeting: models.Meeting) -> str:
    """The paper's own heading where it says more than whose meeting it is, when, and what kind of paper."""
    return meeting.title if titles.says_more(meeting.title, meeting.organization.name) else ""


@register.filter
def about(meeting: models.Meeting) -> list[str]:
    """The first titles of a listed meeting that tell what it was about."""
    telling = (item.title for item in meeting.shown_items if not titles.is_routine(item.title))
    return [meeting_page.excerpt(title, TITLE) for title in islice(telling, TITLES)]


@register.filter
def edition_of(kind: str) -> str:
    """The part of an edition's address that names its kind: "referat"."""
    return next(name for name, one in views.EDITIONS.items() if one == kind)


@register.filter
def note_kind(kind: record.NoteKind) -> str:
    """ "Videnshul"."""
    return words.in_language().note[kind]


@register.filter
def commitment_state(state: str) -> str:
    """ "I gang"."""
    return str(words.STATES.get(state, state))


@register.filter
def newest_report(standing: models.Standing) -> record.Report | None:
    """What was told last of how far a commitment is; None where nothing was."""
    reports = public(standing.value).reports
    return reports[-1] if reports else None


@register.filter
def hit_kind(kind: str) -> str:
    """ "Beslutning", over a hit."""
    return str(words.KIND[kind])


@register.filter
def hit_address(hit: Hit) -> str:
    """Where a hit is shown."""
    return search.address_of(hit)


@register.simple_tag
def paper_language() -> SafeString:
    """The attribute that says that a part is in Danish, where the page is not."""
    return SafeString("" if get_language() == "da" else ' lang="da"')


@register.simple_tag
def text(value: str, under: int) -> SafeString:
    """A text of a record as HTML, below a heading of level `under`."""
    return _html(parse(value), under)


@register.simple_tag
def pieces(part: Part, under: int) -> SafeString:
    """The text of a part and what is composed beside it, below a heading of level `under`."""
    return _html((*part.pieces, *part.more), under)


@register.simple_tag
def blocks(pieces: Iterable[Piece], under: int) -> SafeString:
    """Composed text as HTML, below a heading of level `under`."""
    return _html(pieces, under)


def _html(blocks: Iterable[Piece], under: int) -> SafeString:
    return SafeString(write_pieces(blocks, words.in_language(), under=under))
