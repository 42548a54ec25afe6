"""The board in plenary (A15): what was said, what the room words from it, and how that stands in the minutes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Conflict, Refused
from raadslag.workspace.common.telling import tell
from raadslag.workspace.common.typed import number_of, uuid_or_none
from raadslag.workspace.deliberation.models import Card, Contribution, Session, Station
from raadslag.workspace.deliberation.sessions import board as cards
from raadslag.workspace.deliberation.sessions import saying
from raadslag.workspace.deliberation.sessions.forms import CardForm, open_items

MOST_SHOWN = 40
"""Thoughts at a time that wait for a place, the newest first: a screen is not asked to draw a thousand."""

_KINDS = {
    Contribution.Kind.DILEMMA: Card.Kind.DILEMMA, Contribution.Kind.QUESTION: Card.Kind.QUESTION,
    Contribution.Kind.MISSING: Card.Kind.EVIDENCE_GAP,
}  # fmt: skip


@require_safe
def board(request: HttpRequest, session: UUID) -> HttpResponse:
    """All three columns."""
    return _board(request, request.subject.row)


def _board(request: HttpRequest, one: Session, *, status: int = 200, **more: Any) -> HttpResponse:
    on_board = cards.on_board(one)
    placed = {source.pk for card in on_board for source in card.sources.all()}
    said = saying.said_at(one)
    left = said.exclude(pk__in=placed).count()
    round_, station = number_of(request.GET.get("runde"), 0), number_of(request.GET.get("stand"), 0)
    after = number_of(request.GET.get("efter"), 0)
    seen = said.filter(station__round__number=round_) if round_ else said
    seen = seen.filter(station__number=station) if station else seen
    waiting = seen.exclude(pk__in=placed).order_by("-number")
    rows = list((waiting.filter(number__lt=after) if after else waiting)[: MOST_SHOWN + 1])
    items = list(open_items(one.meeting))
    shown = {
        "session": one, "meeting": one.meeting, "head": journal.head()[0], "count": said.count(), "left": left,
        "waiting": rows[:MOST_SHOWN], "older": rows[MOST_SHOWN - 1].number if len(rows) > MOST_SHOWN else 0,
        "placed": seen.filter(pk__in=placed).order_by("number"), "rounds": one.rounds.all(), "round": round_,
        "station": station,
        "stations": sorted(set(Station.objects.filter(round__session=one).values_list("number", flat=True))),
        "groups": [(label, [card for card in on_board if card.kind == kind]) for kind, label in Card.Kind.choices],
        "sentences": [(card, cards.sentence(card)) for card in on_board],
        "fresh": sum(not cards.stands(card) for card in on_board), "items": items,
        "item": one.item or (items[0] if items else None), "form": CardForm(), **more,
    }  # fmt: skip
    return render(request, "sessions/board.html", shown, status=status)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, session: UUID) -> HttpResponse:
    """A new card, from what was said or from nothing."""
    one: Session = request.subject.row
    sources = _sources(one, request.POST if request.method == "POST" else request.GET)
    return _word(request, one, None, sources)


@require_http_methods(["GET", "POST"])
def word(request: HttpRequest, session: UUID, card: UUID) -> HttpResponse:
    """Word a card otherwise; or let what was said be one of its sources."""
    one: Card = request.subject.row
    return _word(request, one.session, one, _sources(one.session, request.POST))


def _word(request: HttpRequest, one: Session, card: Card | None, sources: list[Contribution]) -> HttpResponse:
    if card:
        initial: dict[str, Any] = {"kind": card.kind, "text": card.text, "other": card.other}
    else:
        first = sources[0] if sources else None
        initial = {"kind": _KINDS.get(first.kind, Card.Kind.AGREEMENT) if first else Card.Kind.DILEMMA,
                   "text": first.text if first else ""}  # fmt: skip
    form = CardForm(request.POST or None, initial=initial)
    version = number_of(request.POST.get("version"), 0) if request.method == "POST" else card.version if card else 0
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            made = cards.word(
                one, card, **form.cleaned_data, sources=sources, version=version, by=request.user, at=timezone.now()
            )
            return redirect(f"{reverse('sessions:board', args=[one.pk])}#c-{made.name}")
        except Conflict as conflict:
            theirs = Card.objects.get(pk=card.pk) if card else None
            version = theirs.version if theirs else version
            form.add_error(None, [str(told) for told in conflict.obstacles])
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    known = list(card.sources.all()) if card else []
    shown = {"session": one, "meeting": one.meeting, "card": card, "form": form, "sources": [*known, *sources],
             "fresh": sources, "version": version, "theirs": theirs}  # fmt: skip
    return render(request, "sessions/card.html", shown, status=422 if form.errors else 200)


def _sources(one: Session, told: Any) -> list[Contribution]:
    named = [number for text in told.getlist("k") if (number := number_of(text, 0))]
    return list(saying.said_at(one).filter(number__in=named).order_by("number")) if named else []


@require_POST
def change(request: HttpRequest, session: UUID, card: UUID) -> HttpResponse:
    """Move a card, merge it, give it a source more, take it off the board or out of the minutes."""
    one: Card = request.subject.row
    what, told = request.POST.get("what", ""), {"by": request.user, "at": timezone.now()}
    if what in ("up", "down"):
        tell(request, lambda: cards.move(one, -1 if what == "up" else 1, **told))
    elif what == "merge":
        into = one.session.cards.filter(pk=uuid_or_none(request.POST.get("into"))).first()
        if into is None:
            messages.error(request, _("Choose the card that it goes into."))
        else:
            tell(request, lambda: cards.merge(one, into, **told))
    elif what == "source":
        sources = _sources(one.session, request.POST)
        tell(
            request,
            lambda: cards.word(
                one.session,
                one,
                kind=one.kind,
                text=one.text,
                other=one.other,
                sources=sources,
                version=one.version,
                **told,
            ),
        )
    elif what in ("off", "back"):
        tell(request, lambda: cards.remove(one, what == "off", **told))
    elif what == "out":
        tell(request, lambda: cards.take_out(one, **told))
    else:
        raise Http404
    return redirect(f"{reverse('sessions:board', args=[one.session_id])}#c-{one.name}")


@require_POST
def insert(request: HttpRequest, session: UUID) -> HttpResponse:
    """Let cards stand in the minutes of an item."""
    one: Session = request.subject.row
    item = open_items(one.meeting).filter(pk=uuid_or_none(request.POST.get("item"))).first()
    named = [pk for told in request.POST.getlist("card") if (pk := uuid_or_none(told))]
    chosen = [card for card in cards.on_board(one) if not named or card.pk in named]
    if item is None:
        messages.error(request, _("Choose an open item of the agenda."))
    else:
        done = _("It stands in the minutes of “%(item)s”.") % {"item": item.title}
        tell(request, lambda: cards.insert(one, chosen, item, by=request.user, at=timezone.now()), done)
    if item and request.POST.get("back") == "room":
        return redirect("minutes:item", item.meeting_id, item.pk)
    return redirect("sessions:board", one.pk)
