"""Preparing a deliberation, opening and closing its rounds, settling who sits where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from raadslag.workspace.bodies.models import Body
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict, NotPermitted
from raadslag.workspace.deliberation.events import (
    MethodSaved,
    RoundMoved,
    SeatsSet,
    SessionArranged,
    SessionClosed,
    SessionPrepared,
    WishTold,
)
from raadslag.workspace.deliberation.models import Method, Round, Seat, Session, Station, Wish
from raadslag.workspace.deliberation.sessions import codes, rules, seating
from raadslag.workspace.deliberation.sessions.methods import MOST_ROUNDS, MOST_STATIONS, Plan, PlannedRound, checked
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import AgendaItem, Answer, Invitation, Meeting
from raadslag.workspace.people.models import Person
from raadslag.workspace.products import composing
from raadslag.workspace.products.models import Product

_LEAST_SEATS = 4
_ROUND_FIELDS = ("title", "minutes", "writers", "asks_agreement")
_STATION_FIELDS = ("title", "question", "element", "seats", "host")


# --- methods ---


@journal.action
def save_method(body: Body, method: Method | None, *, name: str, plan: Plan, by: Any, at: datetime) -> Method:
    """Keep a method of the municipality's own, new or changed. What was prepared by it stays as it is.

    Raises Blocked without a name, and for a plan that is beyond all reason.
    """
    if not name.strip():
        raise Blocked([_("Give it a name.")])
    try:
        plan = checked(msgspec.to_builtins(plan))
    except ValueError:
        raise Blocked([_("A method has at least one round, and each round a name and its minutes.")]) from None
    method = method or Method(body=body)
    method.name, method.plan, method.saved_at = name.strip()[:200], msgspec.to_builtins(plan), at
    method.save()
    journal.write(MethodSaved(method.pk, method.is_retired), by=by, at=at, about=body)
    return method


@journal.action
def retire_method(method: Method, is_retired: bool, *, by: Any, at: datetime) -> None:
    """Offer a method no longer, or again."""
    if Method.objects.filter(pk=method.pk).exclude(is_retired=is_retired).update(is_retired=is_retired):
        journal.write(MethodSaved(method.pk, is_retired), by=by, at=at, about=method.body)


# --- before the meeting ---


@journal.action
def prepare(meeting: Meeting, product: Product | None, plan: Plan, *, method: str, item: AgendaItem | None = None,
            by: Any, at: datetime) -> Session:  # fmt: skip
    """Set up the rounds and stations of a method for a meeting; what was prepared for it before goes.

    A station stands for each part of the draft that its round is about, with a code of its own. Raises Blocked once a
    round has begun, a card is on the board or somebody has told a wish, and for a closed item.
    """
    there = Session.objects.filter(meeting=meeting).first()
    before = (
        locked(there) if there else None
    )  # the session before the meeting, as everywhere: no two wait for each other
    meeting = meetings.lock(meeting)
    obstacles = rules.obstacles_to_preparing(meeting, product)
    if before:
        obstacles += rules.obstacles_to_replacing(before)
    elif Session.objects.filter(meeting=meeting).exists():
        obstacles.append(_("Somebody else has set it up just now. Look at that first."))
    if item and item.is_closed:
        obstacles.append(_("That item is closed. Choose an open one."))
    if obstacles or product is None:
        raise Blocked(obstacles)
    if product.organization_id != meeting.organization_id or (item and item.meeting_id != meeting.pk):
        raise NotPermitted
    if before:
        _take_down(before)
    session = Session.objects.create(meeting=meeting, item=item, product=product, method=method[:200], made_at=at)
    nodes = composing.tree(product)
    came = len(who_comes(session))
    label, stations = 0, 0
    for number, planned in enumerate(plan.rounds, 1):
        is_at_stations = planned.kind == Round.Kind.STATIONS
        label += is_at_stations
        one = Round.objects.create(
            session=session, number=number, label=label if is_at_stations else None, kind=planned.kind,
            title=planned.title.strip()[:200], minutes=planned.minutes, writers=planned.writers,
            asks_agreement=planned.asks_agreement,
        )  # fmt: skip
        stations += len(_set_up(one, planned, nodes, came))
    journal.write(SessionPrepared(meeting.pk, len(plan.rounds), stations), by=by, at=at, about=session)
    return session


def _take_down(session: Session) -> None:
    for rows in (Wish, Seat, Station):
        rows.objects.filter(round__session=session).delete()
    session.rounds.all().delete()
    session.delete()


def _set_up(one: Round, planned: PlannedRound, nodes: Sequence[composing.Node], came: int) -> list[Station]:
    """The stations of a round: a talk has one, so that its words have a place."""
    if planned.kind == Round.Kind.PLENARY:
        return []
    parts = [node for node in nodes if planned.about and node.part.kind == planned.about][:MOST_STATIONS]
    number = len(parts) or (max(1, planned.stations) if planned.kind == Round.Kind.STATIONS else 1)
    seats = max(_LEAST_SEATS, ceil(came / number) + 1) if number > 1 else max(_LEAST_SEATS, came + 1)
    made = []
    for at, code in enumerate(codes.fresh(number)):
        part = parts[at].part if parts else None
        title = part.title if part else _("Station %(number)s") % {"number": at + 1} if number > 1 else one.title
        made.append(Station.objects.create(
            round=one, number=at + 1, title=title[:200], question=planned.question[:500], element=part, seats=seats,
            code=code,
        ))  # fmt: skip
    return made


@journal.action
def set_round(one: Round, told: Mapping[str, Any], *, opened: Mapping[str, Any] | None = None, by: Any, at: datetime
              ) -> None:  # fmt: skip
    """Change a round's name, minutes, who writes, or what it asks. `opened` is what was shown when it was opened, the
    row as it was given otherwise. Raises Blocked once it has begun, Conflict where somebody has changed the same."""
    _arrange(one, told, _ROUND_FIELDS, _not_begun(one), opened, by, at)


@journal.action
def set_station(station: Station, told: Mapping[str, Any], *, opened: Mapping[str, Any] | None = None, by: Any,
                at: datetime) -> None:  # fmt: skip
    """Change a station's name, question, part, seats or host; its host and its seats also while the round goes on.

    `opened` as with a round. Raises Blocked where the words would change under those who answer them, Conflict where
    somebody has changed the same.
    """
    one = _not_begun(station.round, may_go_on=not (set(told) - {"host", "seats"}))
    element, host = told.get("element"), told.get("host")
    if element is not None and element.product_id != one.session.product_id:
        raise NotPermitted
    if host is not None and not one.session.meeting.invitations.filter(person=host).exists():
        raise Blocked([_("The host is one of those who are called to the meeting.")])
    _arrange(station, told, _STATION_FIELDS, one, opened, by, at)


@journal.action
def add_round(session: Session, planned: PlannedRound, *, by: Any, at: datetime) -> Round:
    """Add a round at the end. Raises Blocked where there are enough."""
    session = locked(session)
    last = session.rounds.last()
    if session.rounds.count() >= MOST_ROUNDS or session.closed_at:
        raise Blocked([_("There are enough rounds.")])
    label = session.rounds.exclude(label=None).count() + 1 if planned.kind == Round.Kind.STATIONS else None
    one = Round.objects.create(
        session=session, number=last.number + 1 if last else 1, label=label, kind=planned.kind,
        title=planned.title[:200], minutes=planned.minutes, writers=planned.writers,
        asks_agreement=planned.asks_agreement,
    )  # fmt: skip
    _set_up(
        one, planned, composing.tree(session.product), session.meeting.invitations.filter(withdrawn_at=None).count()
    )
    journal.write(SessionArranged(one.pk), by=by, at=at, about=session)
    return one


@journal.action
def add_station(one: Round, *, title: str, by: Any, at: datetime) -> Station:
    """Add a station to a round, also while it goes on: somebody calls a topic. Raises Blocked at the most."""
    session = locked(one.session)
    there = list(one.stations.all())
    if len(there) >= MOST_STATIONS or session.closed_at or one.kind == Round.Kind.PLENARY:
        raise Blocked([_("There are enough stations.")])
    if not title.strip():
        raise Blocked([_("Give it a name.")])
    question = there[0].question if there else ""
    made = Station.objects.create(
        round=one, number=len(there) + 1, title=title.strip()[:200], question=question, code=codes.fresh(1)[0],
        seats=there[0].seats if there else _LEAST_SEATS,
    )  # fmt: skip
    journal.write(SessionArranged(made.pk), by=by, at=at, about=session)
    return made


def _arrange(row: Any, told: Mapping[str, Any], fields: Sequence[str], one: Round, opened: Mapping[str, Any] | None,
             by: Any, at: datetime) -> None:  # fmt: skip
    """Only what was changed is written: what somebody else changed meanwhile stays."""
    known = {name: getattr(row, name) for name in fields} | dict(opened or {})
    now = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    changed = [
        name for name in fields if name in told and told[name] != known[name] and told[name] != getattr(now, name)
    ]
    if any(getattr(now, name) != known[name] for name in changed):
        raise Conflict
    for name in changed:
        setattr(now, name, told[name])
    if changed:
        now.save(update_fields=changed)
        journal.write(SessionArranged(now.pk), by=by, at=at, about=one.session)


def _not_begun(one: Round, *, may_go_on: bool = False) -> Round:
    locked(one.session)
    found = held(one)
    if found.state != Round.State.PLANNED and not (may_go_on and found.state == Round.State.OPEN):
        raise Blocked([_("This round has begun. What it asks stays as it is.")])
    return found


# --- at the meeting ---


@journal.action
def open_round(one: Round, *, by: Any, at: datetime) -> Round:
    """Let a round begin, or go on after it was closed; its codes work from now on. Raises Blocked where it cannot."""
    session = locked(one.session)
    one = held(one)
    obstacles = rules.obstacles_to_opening(one, session, list(session.rounds.all()))
    if obstacles:
        raise Blocked(obstacles)
    if one.opened_at is None:
        one.opened_at = at
    one.state, one.closed_at = Round.State.OPEN, None
    return _moved(one, session, by, at)


@journal.action
def close_round(one: Round, *, by: Any, at: datetime) -> Round:
    """Let a round end. What is on its way still comes in. Raises Blocked for one that is not going on."""
    session, one = locked(one.session), held(one)
    if one.state != Round.State.OPEN:
        raise Blocked([_("That round is not going on.")])
    one.state, one.closed_at = Round.State.CLOSED, at
    return _moved(one, session, by, at)


@journal.action
def prolong(one: Round, *, by: Any, at: datetime) -> Round:
    """Give a round that is going on some minutes more. Raises Blocked for another, and beyond all reason."""
    session, one = locked(one.session), held(one)
    if one.state != Round.State.OPEN:
        raise Blocked([_("That round is not going on.")])
    if one.added + rules.STEP > rules.MOST_ADDED:
        raise Blocked([_("It has been prolonged enough. End it, and begin another.")])
    one.added += rules.STEP
    return _moved(one, session, by, at)


@journal.action
def close(session: Session, *, by: Any, at: datetime) -> Session:
    """End the deliberation: its codes are given back. Raises Blocked while a round goes on."""
    session = locked(session)
    if session.closed_at:
        return session
    if session.rounds.filter(state=Round.State.OPEN).exists():
        raise Blocked([_("A round is going on. End it first.")])
    session.closed_at = at
    session.save(update_fields=["closed_at"])
    Station.objects.filter(round__session=session).update(code=None)
    journal.write(SessionClosed(True), by=by, at=at, about=session)
    return session


@journal.action
def reopen(session: Session, *, by: Any, at: datetime) -> Session:
    """Let the deliberation go on; its stations get codes anew, so posters are printed again."""
    session = locked(session)
    if session.closed_at is None:
        return session
    stations = list(Station.objects.filter(round__session=session))
    for station, code in zip(stations, codes.fresh(len(stations)), strict=True):
        Station.objects.filter(pk=station.pk).update(code=code)
    session.closed_at = None
    session.save(update_fields=["closed_at"])
    journal.write(SessionClosed(False), by=by, at=at, about=session)
    return session


def _moved(one: Round, session: Session, by: Any, at: datetime) -> Round:
    one.save(update_fields=["state", "opened_at", "closed_at", "added"])
    journal.write(RoundMoved(one.pk, one.state, one.added), by=by, at=at, about=session)
    return one


# --- who sits where ---


@journal.action
def wish(one: Round, person: Person, stations: Sequence[Station], *, by: Any, at: datetime) -> None:
    """Say where one would like to sit, the dearest first; none takes the wish back. Raises Blocked once it is over."""
    locked(one.session)
    one = held(one)
    if obstacles := rules.obstacles_to_wishing(one):
        raise Blocked(obstacles)
    if any(station.round_id != one.pk for station in stations) or not _is_called(one, person):
        raise NotPermitted
    told = list(dict.fromkeys(str(station.pk) for station in stations))
    Wish.objects.update_or_create(round=one, person=person, defaults={"stations": told, "told_at": at})
    journal.write(WishTold(one.pk), by=by, at=at, about=one.session)


@journal.action
def balance(one: Round, *, by: Any, at: datetime) -> list[Seat]:
    """Give everyone who is called a seat, as near to the wishes as the seats allow. Who sits by choice stays.

    Whoever finds no seat, for there are more people than seats, gets none.
    """
    locked(one.session)
    one = held(one)
    stations = list(one.stations.all())
    seated = {seat.person_id: seat for seat in one.seated.all()}
    stays = {pk for pk, seat in seated.items() if seat.is_chosen}
    people = [row.person_id for row in who_comes(one.session) if row.person_id not in stays]
    wishes = {row.person_id: [UUID(told) for told in row.stations] for row in one.wishes.all()}
    free = {
        station.pk: station.seats - sum(seated[pk].station_id == station.pk for pk in stays) for station in stations
    }
    given = seating.balanced(people, wishes, free)
    one.seated.exclude(person__in=stays).delete()
    made = Seat.objects.bulk_create(Seat(round=one, person_id=pk, station_id=station) for pk, station in given.items())
    journal.write(SeatsSet(one.pk, len(made) + len(stays)), by=by, at=at, about=one.session)
    return made


@journal.action
def seat(one: Round, person: Person, station: Station | None, *, by: Any, at: datetime) -> None:
    """Say where somebody sits, which balancing leaves alone; None gives the seat up. Also where it is full: nobody is
    moved by force, and nobody is turned away by a number."""
    locked(one.session)
    one = held(one)
    if (station and station.round_id != one.pk) or not _is_called(one, person):
        raise NotPermitted
    if station is None:
        one.seated.filter(person=person).delete()
    else:
        Seat.objects.update_or_create(round=one, person=person, defaults={"station": station, "is_chosen": True})
    journal.write(SeatsSet(one.pk, one.seated.count()), by=by, at=at, about=one.session)


def who_comes(session: Session) -> list[Invitation]:
    """Who takes a seat: the members and substitutes who are called and have not sent an apology, by name. One query."""
    rows = session.meeting.invitations.filter(withdrawn_at=None, is_seated=True).exclude(answer=Answer.APOLOGY)
    return list(rows.select_related("person").order_by("person__name"))


def _is_called(one: Round, person: Person) -> bool:
    return bool(one.session.meeting.invitations.filter(person=person, withdrawn_at=None).exists())


# --- inside ---


def locked(session: Session) -> Session:
    """The session, held until the commit: its rounds move one after the other."""
    rows = Session.objects.select_for_update(of=("self",)).select_related("meeting__organization__body", "product")
    return rows.get(pk=session.pk)


def held(one: Round) -> Round:
    """The round as it is by now, held until the commit."""
    rows = Round.objects.select_for_update(of=("self",)).select_related("session__meeting", "session__product")
    return rows.get(pk=one.pk)
