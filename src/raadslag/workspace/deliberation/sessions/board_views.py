"""The board in plenary (A15): what was said, what the room words from it, and how that stands in the minutes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
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
from raadslag.workspace.meetings.models import AgendaItem

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
    head, on_board = journal.head()[0], cards.on_board(one)
    items = _items(request, one) if on_board else []
    said_at = f"{reverse('sessions:board-said', args=[one.pk])}?{request.GET.urlencode()}"
    shown = {
        "meeting": one.meeting, "head": head, **_said(request, one, on_board), "said_at": said_at,
        "rounds": one.rounds.all(),
        "stations": sorted(set(Station.objects.filter(round__session=one).values_list("number", flat=True))),
        "groups": [(label, [card for card in on_board if card.kind == kind]) for kind, label in Card.Kind.choices],
        "sentences": [(card, cards.sentence(card)) for card in on_board],
        "fresh": [card for card in on_board if not cards.stands(card)], "items": items,
        "item": next((item for item in items if item.pk == one.item_id), items[0] if items else None),
        "gone": cards.off_board(one), "form": CardForm(), **more,
    }  # fmt: skip
    return render(request, "sessions/board.html", shown, status=status)


@require_safe
def said(request: HttpRequest, session: UUID) -> HttpResponse:
    """The thoughts of the first column alone: every screen asks for them while a hall sends (I37)."""
    one: Session = request.subject.row
    shown = _said(request, one, cards.on_board(one))
    return render(request, "sessions/board_said.html", shown)


class Thought(NamedTuple):
    """A thought as the board shows it; `of` says where it comes from, from whom, and what it is."""

    number: str  # plain digits, for addresses
    name: str
    of: str
    text: str


def _said(request: HttpRequest, one: Session, on_board: list[Card]) -> dict[str, Any]:
    """What was said, of the round and the station that the address names. Three queries, one more with cards."""
    placed = {source.pk for card in on_board for source in card.sources.all()}
    said = saying.said_at(one)
    count = said.count()
    round_, station = number_of(request.GET.get("runde"), 0), number_of(request.GET.get("stand"), 0)
    after = number_of(request.GET.get("efter"), 0)
    seen = said.filter(station__round__number=round_) if round_ else said
    seen = seen.filter(station__number=station) if station else seen
    seen = seen.select_related(None).select_related("station", "by__person").only(
        "number", "kind", "text", "speaker", "station__number", "by__person__name"
    )  # fmt: skip
    waiting = seen.exclude(pk__in=placed).order_by("-number")
    rows = list((waiting.filter(number__lt=after) if after else waiting)[: MOST_SHOWN + 1])
    return {
        "session": one, "round": round_, "station": station, "on_board": on_board,
        "count": count, "left": count - said.filter(pk__in=placed).count() if placed else count,
        "waiting": _thoughts(rows[:MOST_SHOWN]), "older": rows[MOST_SHOWN - 1].number if len(rows) > MOST_SHOWN else 0,
        "placed": _thoughts(seen.filter(pk__in=placed).order_by("number")),
    }  # fmt: skip


def _thoughts(rows: Iterable[Contribution]) -> list[Thought]:
    at, kinds = _("Station"), {kind: str(label) for kind, label in Contribution.Kind.choices}
    return [
        Thought(str(one.number), one.name, f"{at} {one.station.number} · {one.who} · {kinds[one.kind]}", one.text)
        for one in rows if one.station
    ]  # fmt: skip


def _items(request: HttpRequest, one: Session) -> list[AgendaItem]:
    """The items in whose minutes that person may let cards stand."""
    person = getattr(request.user, "person_id", None)
    return list(open_items(one.meeting).exclude(case__disqualifications__person=person) if person else [])


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, session: UUID) -> HttpResponse:
    """A new card, from what was said or from nothing; or a source more for the card that was chosen."""
    one: Session = request.subject.row
    if request.method == "POST" and "into" in request.POST:
        into = one.cards.filter(pk=uuid_or_none(request.POST["into"])).first()
        if into is None:
            messages.error(request, _("Choose the card that it goes into."))
            return redirect("sessions:board", one.pk)
        return _put_with(request, into)
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
        except Refused as refusal:  # also of who is barred from the item where it stands: his words stay in the form
            form.add_error(None, refusal.obstacles or [_("That cannot be done here.")])
    known = list(saying.said_at(one).filter(cards=card).order_by("number")) if card else []
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
        return _put_with(request, one)
    elif what in ("off", "back"):
        tell(request, lambda: cards.remove(one, what == "off", **told))
    elif what == "out":
        tell(request, lambda: cards.take_out(one, **told))
    else:
        raise Http404
    return redirect(f"{reverse('sessions:board', args=[one.session_id])}#c-{one.name}")


def _put_with(request: HttpRequest, card: Card) -> HttpResponse:
    told = {"kind": card.kind, "text": card.text, "other": card.other, "version": card.version}
    sources = _sources(card.session, request.POST)
    tell(request, lambda: cards.word(card.session, card, **told, sources=sources, by=request.user, at=timezone.now()))
    return redirect(f"{reverse('sessions:board', args=[card.session_id])}#c-{card.name}")


@require_POST
def insert(request: HttpRequest, session: UUID) -> HttpResponse:
    """Let cards stand in the minutes of an item: those that are ticked, or all that the page showed; the room sends by
    itself and asks for JSON."""
    one: Session = request.subject.row
    item = next((row for row in _items(request, one) if row.pk == uuid_or_none(request.POST.get("item"))), None)
    refused: list[str] = []
    if item is None:
        refused = [_("Choose an open item of the agenda.")]
    else:
        try:
            cards.insert(one, _chosen(one, request.POST), item, by=request.user, at=timezone.now())
        except Refused as refusal:
            refused = refusal.obstacles or [_("That cannot be done here.")]
    is_room = item is not None and request.POST.get("back") == "room"
    to = reverse("minutes:item", args=[one.meeting_id, item.pk]) if is_room and item else ""
    to = to or reverse("sessions:board", args=[one.pk])
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"to": to, **({"refused": refused} if refused else {})}, status=422 if refused else 200)
    if refused:
        messages.error(request, " ".join(refused))
    elif item:
        messages.success(request, _("It stands in the minutes of “%(item)s”.") % {"item": item.title})
    return redirect(to)


def _chosen(one: Session, told: Any) -> list[Card]:
    """Nothing but what was shown: a card that came to the board since has been read by nobody here."""
    named = told.getlist("card") if told.get("what") != "all" else told.get("shown", "").split()
    rows = one.cards.filter(pk__in=[pk for text in named if (pk := uuid_or_none(text))])
    if told.get("what") == "all" and "shown" not in told:
        rows = one.cards.filter(removed_at=None)
    return list(rows)
