"""Setting a deliberation up (A11) and running it (A12): rounds, stations, seats, papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import NotPermitted, Refused
from raadslag.workspace.common.telling import tell
from raadslag.workspace.common.typed import uuid_or_none
from raadslag.workspace.deliberation.models import Contribution, Method, Round, Seat, Session, Station, Wish
from raadslag.workspace.deliberation.sessions import actions, printing, rules, saying
from raadslag.workspace.deliberation.sessions.forms import (
    MethodForm,
    MethodRoundForm,
    NewRoundForm,
    PrepareForm,
    RoundForm,
    StationForm,
)
from raadslag.workspace.deliberation.sessions.methods import TEMPLATES, Plan, PlannedRound, of_template
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.people.models import Person

_NOW_FIRST = (Round.State.OPEN, Round.State.PLANNED, Round.State.CLOSED)
_NEW_ROWS = 2  # rounds that a method can get at once


class Place(NamedTuple):
    """A station with what is going on at it: who sits there, phones, thoughts, and whether it has been silent."""

    station: Station
    seated: list[Person]
    here: int
    said: int
    last: datetime | None
    is_silent: bool


class Stretch(NamedTuple):
    """A round with its places, and with who has no seat in it yet."""

    round: Round
    places: list[Place]
    unseated: list[Person]


# --- setting it up ---


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Choose a method for a meeting; where there is a deliberation already, it is shown."""
    one: Meeting = request.subject.row
    there = Session.objects.filter(meeting=one).first()
    if request.method == "GET" and there and "igen" not in request.GET:
        return redirect(there)
    form = PrepareForm(one, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        chosen, name = form.plan()
        try:
            made = actions.prepare(
                one, given["product"], chosen, method=name, item=given["item"], by=request.user, at=timezone.now()
            )  # fmt: skip
            messages.success(request, _("It is set up. Look it through, and print what lies on the tables."))
            return redirect("sessions:arrange", made.pk)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    own = Method.objects.filter(body=one.organization.body, is_retired=False)
    shown = {
        "meeting": one, "form": form, "there": there, "has_product": one.organization.products.exists(),
        "methods": [*((row.pk, row.name, actions.checked(row.plan)) for row in own), *_templates()],
        "obstacles": rules.obstacles_to_replacing(there) if there else [],
    }  # fmt: skip
    return render(request, "sessions/plan.html", shown, status=422 if form.errors else 200)


def _templates() -> list[tuple[str, Any, Plan]]:
    """The methods to begin from: key, name and plan."""
    return [(key, one.name, of_template(key)) for key, one in TEMPLATES.items()]


@require_http_methods(["GET", "POST"])
def arrange(request: HttpRequest, session: UUID) -> HttpResponse:
    """The rounds and stations as they stand, each changed by itself; a round more."""
    one: Session = request.subject.row
    form = NewRoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        more = PlannedRound(
            given["kind"], given["title"], given["minutes"], question=given["question"], stations=given["stations"] or 0
        )
        tell(request, lambda: actions.add_round(one, more, by=request.user, at=timezone.now()))
        return redirect("sessions:arrange", one.pk)
    return _arranged(request, one, form, status=422 if form.errors else 200)


def _arranged(request: HttpRequest, one: Session, form: Any = None, *, at: Any = None, bound: Any = None,
              status: int = 200) -> HttpResponse:  # fmt: skip
    rounds = []
    for row in one.rounds.prefetch_related("stations__element", "stations__host"):
        row.session = one
        own = bound if at == row.pk else RoundForm(row)
        stations = []
        for station in row.stations.all():
            station.round = row
            stations.append((station, bound if at == station.pk else StationForm(station)))
        rounds.append((row, own, stations))
    shown = {"session": one, "meeting": one.meeting, "rounds": rounds, "form": form or NewRoundForm()}
    return render(request, "sessions/arrange.html", shown, status=status)


@require_POST
def round_edit(request: HttpRequest, session: UUID, round: UUID) -> HttpResponse:  # the address names it so
    """Change a round, or add a station to it."""
    one: Round = request.subject.row
    if "topic" in request.POST:
        words = request.POST["topic"]
        tell(request, lambda: actions.add_station(one, title=words, by=request.user, at=timezone.now()))
        return redirect(_back(request, one.session))
    form = RoundForm(one, request.POST)
    return _changed(request, one, form, lambda given: actions.set_round(one, given, by=request.user, at=timezone.now()))


@require_POST
def station_edit(request: HttpRequest, session: UUID, station: UUID) -> HttpResponse:
    """Change a station."""
    one: Station = request.subject.row
    form = StationForm(one, request.POST)
    return _changed(
        request, one, form, lambda given: actions.set_station(one, given, by=request.user, at=timezone.now())
    )


def _changed(request: HttpRequest, row: Round | Station, form: Any, act: Callable[[Any], object]) -> HttpResponse:
    session = row.session if isinstance(row, Round) else row.round.session
    if form.is_valid():
        try:
            act(form.changes())
            return redirect(f"{reverse('sessions:arrange', args=[session.pk])}#r-{row.pk}")
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    return _arranged(request, session, at=row.pk, bound=form, status=422)


# --- running it ---


@require_safe
def run(request: HttpRequest, session: UUID) -> HttpResponse:
    """Rounds and clock, who is where, silent stations, what comes in."""
    one: Session = request.subject.row
    at = timezone.now()
    stretches = _stretches(one, at)
    said = Contribution.objects.filter(station__round__session=one).select_related("station__round", "by__person")
    shown = {
        "session": one, "meeting": one.meeting, "head": journal.head()[0],
        "stretches": sorted(stretches, key=lambda row: _NOW_FIRST.index(row.round.state)),
        "current": next((row for row in stretches if row.round.state == Round.State.OPEN), None),
        "following": next((row for row in stretches if row.round.state == Round.State.PLANNED), None),
        "said": said.order_by("-number")[:30], "count": said.count(), "step": rules.STEP,
    }  # fmt: skip
    return render(request, "sessions/run.html", shown)


def _stretches(one: Session, at: datetime) -> list[Stretch]:
    """Every round with its places: seven queries, however many there are."""
    rounds = list(one.rounds.all())
    stations = Station.objects.filter(round__session=one).select_related("host").order_by("round__number", "number")
    counted = list(stations)
    said = {
        row["station"]: row
        for row in saying.said_at(one).order_by().values("station").annotate(said=Count("pk"), last=Max("made_at"))
    }
    here = dict(saying.lately(one.guests).order_by().values_list("station").annotate(Count("pk")))
    seats: dict[object, list[Person]] = {}
    taken: dict[object, set[object]] = {}
    for seat in Seat.objects.filter(round__session=one).select_related("person"):
        seats.setdefault(seat.station_id, []).append(seat.person)
        taken.setdefault(seat.round_id, set()).add(seat.person_id)
    people = [row.person for row in actions.who_comes(one)]
    of_round: dict[object, list[Station]] = {}
    for station in counted:
        of_round.setdefault(station.round_id, []).append(station)
    told = []
    for row in rounds:
        row.session = one
        places = [
            _place(row, station, seats.get(station.pk, []), here.get(station.pk, 0), said.get(station.pk, {}), at)
            for station in of_round.get(row.pk, [])
        ]
        told.append(Stretch(row, places, [person for person in people if person.pk not in taken.get(row.pk, ())]))
    return told


def _place(one: Round, station: Station, seated: list[Person], here: int, said: dict[str, Any], at: datetime) -> Place:
    last = said.get("last")
    return Place(station, seated, here, said.get("said", 0), last, _is_silent(one, last, at))


def _is_silent(one: Round, last: datetime | None, at: datetime) -> bool:
    since = max(filter(None, (last, one.opened_at)), default=None)
    return one.state == Round.State.OPEN and since is not None and at - since >= rules.SILENT_AFTER


_MOVES: dict[str, Callable[..., object]] = {
    "open": actions.open_round, "close": actions.close_round, "more": actions.prolong
}  # fmt: skip


@require_POST
def round_set(request: HttpRequest, session: UUID, round: UUID) -> HttpResponse:
    """Begin, end or prolong a round."""
    one: Round = request.subject.row
    move = _MOVES.get(request.POST.get("what", ""))
    if move is None:
        raise Http404
    tell(request, lambda: move(one, by=request.user, at=timezone.now()))
    return redirect(one.session)


@require_POST
def close(request: HttpRequest, session: UUID) -> HttpResponse:
    """End the deliberation, or let it go on."""
    one: Session = request.subject.row
    act = actions.reopen if request.POST.get("what") == "back" else actions.close
    tell(request, lambda: act(one, by=request.user, at=timezone.now()))
    return redirect(one)


@require_POST
def hide(request: HttpRequest, session: UUID, contribution: UUID) -> HttpResponse:
    """Show a thought no longer, for a reason, or again."""
    one: Contribution = request.subject.row
    if request.POST.get("what") == "back":
        tell(request, lambda: saying.show(one, by=request.user, at=timezone.now()))
    else:
        because = request.POST.get("because", "")
        tell(request, lambda: saying.hide(one, because, by=request.user, at=timezone.now()))
    return redirect("sessions:run", session)


# --- seats ---


@require_http_methods(["GET", "POST"])
def seats(request: HttpRequest, session: UUID, round: UUID) -> HttpResponse:
    """Who sits where in a round: balanced over the wishes, and changed one by one."""
    one: Round = request.subject.row
    if request.method == "POST":
        if request.POST.get("what") == "balance":
            tell(request, lambda: actions.balance(one, by=request.user, at=timezone.now()))
        else:
            _seat(request, one)
        return redirect("sessions:seats", one.session_id, one.pk)
    stretch = next(row for row in _stretches(one.session, timezone.now()) if row.round.pk == one.pk)
    wished = {row.person_id: row.stations for row in one.wishes.all()}
    names = {str(place.station.pk): place.station for place in stretch.places}
    everyone = sorted(
        {*stretch.unseated, *(person for place in stretch.places for person in place.seated)}, key=lambda p: p.name
    )
    sits = {person.pk: place.station for place in stretch.places for person in place.seated}
    rows = [
        (person, sits.get(person.pk), [names[told] for told in wished.get(person.pk, []) if told in names])
        for person in everyone
    ]
    shown = {"session": one.session, "meeting": one.session.meeting, "round": one, "stretch": stretch, "rows": rows}
    return render(request, "sessions/seats.html", shown)


def _seat(request: HttpRequest, one: Round) -> None:
    """Give the person who is named the station that is named, or none."""
    told = request.POST.get("station", "")
    person = _person(one.session, request.POST.get("person"))
    station = one.stations.filter(pk=uuid_or_none(told)).first() if told else None
    if person is None or (told and station is None):
        messages.error(request, _("That person or that station is not there any more. Nobody was moved."))
    else:
        tell(request, lambda: actions.seat(one, person, station, by=request.user, at=timezone.now()))


def _person(session: Session, told: str | None) -> Person | None:
    pk = uuid_or_none(told)
    rows = session.meeting.invitations.filter(withdrawn_at=None, person=pk).select_related("person")
    row = rows.first() if pk else None
    return row.person if row else None


@require_http_methods(["GET", "POST"])
def wishes(request: HttpRequest, session: UUID) -> HttpResponse:
    """Say beforehand, or at the door, where one would like to sit."""
    one: Session = request.subject.row
    rounds = [row for row in one.rounds.prefetch_related("stations__element") if row.kind == Round.Kind.STATIONS]
    for row in rounds:
        row.session = one
    if request.method == "POST":
        _wish(request, rounds)
        return redirect("sessions:wishes", one.pk)
    mine = {row.round_id: row.stations for row in Wish.objects.filter(round__session=one, person=request.user.person)}
    sits = {
        row.round_id: row.station
        for row in Seat.objects.filter(round__session=one, person=request.user.person).select_related("station")
    }
    shown = {
        "session": one, "meeting": one.meeting,
        "rounds": [
            (row, _ranked(row, mine.get(row.pk, [])), sits.get(row.pk), rules.obstacles_to_wishing(row))
            for row in rounds
        ],
        "may_wish": any(not rules.obstacles_to_wishing(row) for row in rounds),
    }  # fmt: skip
    return render(request, "sessions/wishes.html", shown)


def _wish(request: HttpRequest, rounds: list[Round]) -> None:
    """Note what was chosen for each round, and say of which it was; a round that the page did not ask about keeps its
    wishes."""
    is_noted, refused = False, []
    for row in rounds:
        if f"r{row.number}" not in request.POST:
            continue
        by_pk = {str(station.pk): station for station in row.stations.all()}
        chosen = [by_pk[told] for told in request.POST.getlist(f"r{row.number}") if told in by_pk]
        try:
            actions.wish(row, request.user.person, chosen, by=request.user, at=timezone.now())
            is_noted = True
        except NotPermitted:
            raise
        except Refused as refusal:
            refused += [f"{row.title}: {told}" for told in refusal.obstacles]
    if is_noted:
        messages.success(request, _("Your wishes are noted. Nobody is moved by force: you may sit where you like."))
    if refused:
        messages.error(request, " ".join(refused))


def _ranked(one: Round, wished: list[str]) -> list[tuple[int, str]]:
    """The lists to choose from: a first, a second and a third wish."""
    number = min(3, one.stations.count())
    return [(place + 1, wished[place] if place < len(wished) else "") for place in range(number)]


# --- on paper ---


@require_safe
def printed(request: HttpRequest, session: UUID, what: str) -> HttpResponse:
    """Posters, host sheets, or numbered sheets for thoughts, as a PDF."""
    one: Session = request.subject.row
    made = printing.PAPERS.get(what)
    if made is None:
        raise Http404
    response = HttpResponse(made(one), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{what}.pdf"'
    return response


# --- methods ---


@require_http_methods(["GET", "POST"])
def methods(request: HttpRequest, organization: UUID) -> HttpResponse:
    """The methods of the municipality, and the five to copy from."""
    home: Organization = request.subject.row
    if request.method == "POST":
        key = request.POST.get("template", "")
        if key not in TEMPLATES:
            raise Http404
        name = _("%(name)s (our own)") % {"name": TEMPLATES[key].name}
        made = actions.save_method(
            home.body, None, name=name, plan=of_template(key), by=request.user, at=timezone.now()
        )
        return redirect("sessions:method", home.pk, made.pk)
    shown = {
        "organization": home, "templates": _templates(), "own": Method.objects.filter(body=home.body),
    }  # fmt: skip
    return render(request, "sessions/methods.html", shown)


@require_http_methods(["GET", "POST"])
def method(request: HttpRequest, organization: UUID, method: UUID) -> HttpResponse:
    """A method of the municipality's own: its rounds, changed, added, taken out; kept or retired."""
    home, one = request.subject.row
    known = actions.checked(one.plan)
    form = MethodForm(request.POST or None, initial={"name": one.name, "comes_out": known.comes_out})
    rows = [*known.rounds, *[None] * _NEW_ROWS]
    forms = [
        MethodRoundForm(row.about if row else "", request.POST or None, prefix=f"r{at}", initial=_told(row))
        for at, row in enumerate(rows)
    ]
    if request.method == "POST" and "retire" in request.POST:
        actions.retire_method(one, request.POST["retire"] == "yes", by=request.user, at=timezone.now())
        return redirect("sessions:methods", home.pk)
    if any(each.errors for each in forms):
        form.add_error(None, _("A method has at least one round, and each round a name and its minutes."))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = tuple(_planned(each, row) for each, row in zip(forms, rows, strict=True) if not each.is_out)
        plan = Plan(made, given["comes_out"])
        try:
            actions.save_method(home.body, one, name=given["name"], plan=plan, by=request.user, at=timezone.now())
            messages.success(request, _("Saved. It is offered wherever a deliberation is set up."))
            return redirect("sessions:methods", home.pk)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {"organization": home, "method": one, "form": form, "rows": list(zip(rows, forms, strict=True))}
    return render(request, "sessions/method.html", shown, status=422 if form.errors else 200)


def _told(row: PlannedRound | None) -> dict[str, Any]:
    names = ("kind", "title", "minutes", "writers", "asks_agreement", "question", "stations")
    return {name: getattr(row, name) for name in names} if row else {}


def _planned(form: MethodRoundForm, was: PlannedRound | None) -> PlannedRound:
    """The round of a line; which parts of the draft it is about stays as it was."""
    given = {**form.cleaned_data, "stations": form.cleaned_data["stations"] or 0}
    return PlannedRound(**given, about=was.about if was else "")


def _back(request: HttpRequest, session: Session) -> str:
    return reverse("sessions:run" if request.POST.get("back") == "run" else "sessions:arrange", args=[session.pk])
