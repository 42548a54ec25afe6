"""What is said at a station, by phone, by the host, or on a sheet of paper: equal in rank, and never lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.common.gathering import Gathering
from raadslag.workspace.deliberation.actions import locked_all
from raadslag.workspace.deliberation.events import ContributionHidden, ContributionReceived
from raadslag.workspace.deliberation.models import Contribution, Deliberation, Guest, Round, Session, Station
from raadslag.workspace.deliberation.sessions import rules

STATION = "station"
"""Who did it, in the journal, where nobody said who he is."""

_AGAIN, _LATELY = timedelta(minutes=1), timedelta(minutes=5)
_LONGEST_SHEET = 3  # digits of its number
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ"


_GOING_ON = {
    "round__state": Round.State.OPEN, "round__session__meeting__organization__closed_at": None,
    "round__session__meeting__adjourned_at": None, "round__session__meeting__cancelled_at": None,
}  # fmt: skip


def station_of(code: str) -> Station | None:
    """The station of a code that opens something now: its round goes on. None for every other, whatever it is. One
    query."""
    rows = Station.objects.select_related(
        "round__session__meeting__organization__body", "round__session__product__organization", "element"
    )  # fmt: skip
    return rows.filter(code=code, **_GOING_ON).first() if code else None


def group_at(station: Station) -> str:
    """What the group at a station is called where nobody gave it a name: by its letter."""
    return _("Group %(letter)s") % {"letter": _LETTERS[(station.number - 1) % len(_LETTERS)]}


def arrive(station: Station, guest: Guest | None, *, at: datetime) -> Guest:
    """A device has come to a station, or has changed from another: it says where it is, and nothing else is asked."""
    if guest is None or guest.session_id != station.round.session_id:
        return Guest.objects.create(session=station.round.session, station=station, seen_at=at)
    Guest.objects.filter(pk=guest.pk).update(station=station, seen_at=at)
    guest.station, guest.seen_at = station, at
    return guest


def still_here(guest: Guest, *, at: datetime) -> None:
    """A device is still at its station; written down once a minute at most."""
    if at - guest.seen_at > _AGAIN:
        Guest.objects.filter(pk=guest.pk).update(seen_at=at)


def lately(guests: Any) -> Any:
    """Those of the devices that were seen a moment ago."""
    return guests.filter(seen_at__gte=timezone.now() - _LATELY)


def here(station: Station) -> int:
    """How many devices are at a station."""
    return int(lately(station.guests).count())


class Door(NamedTuple):
    """Where a device says that it is: the code it came by, the station that its page was of, if it names one, and its
    own name."""

    code: str
    page: UUID | None
    guest: UUID


class _Told(NamedTuple):
    """What is to be taken in, and in which language whoever sent it is answered."""

    station: UUID | Door
    kind: str
    text: str
    speaker: str | None  # None for the group at the station
    stance: str
    guest: UUID | None
    sheet: str
    receipt: UUID | None
    person: Any
    by: Any
    at: datetime
    language: str


def say(station: Station, *, kind: str, text: str, speaker: str = "", stance: str = "", guest: Guest | None = None,
        sheet: str = "", receipt: UUID | None = None, person: Any = None, by: Any = STATION, at: datetime
        ) -> Contribution:  # fmt: skip
    """Take in a thought: of the group (`speaker`), of a person who says who he is (`person`, a user), or of somebody.

    `receipt` is the device's own name for it, by which it is found again: sent twice it is taken in once (I36).
    `sheet` is the number of the paper that it was written on; `by` is who typed it in. What comes once its round is
    closed comes late, and is marked so. Raises Blocked where it is not received, and for a sheet that is in already.
    Where many send at the same moment, theirs come in together.
    """
    speaker, known = " ".join(speaker.split())[:60], guest.pk if guest else None
    told = _Told(
        station.pk, kind, text.strip(), speaker, stance, known, sheet, receipt, person, by, at, _language()
    )  # fmt: skip
    made = _taken(told)
    if made is None:  # the station is there no more
        raise Blocked([_("This round is not open. Keep your words, and give them to the host.")])
    return made


def say_for_group(door: Door, *, kind: str, text: str, stance: str, receipt: UUID, at: datetime
                  ) -> Contribution | None:  # fmt: skip
    """Take in a thought of the group at the station where a device is: as `say`. None, and nothing is in, where its
    code does not open that station for it now, so that more has to be asked."""
    return _taken(
        _Told(door, kind, text.strip(), None, stance, door.guest, "", receipt, None, STATION, at, _language())
    )


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _taken(told: _Told) -> Contribution | None:
    is_part = journal.current_key.get() or transaction.get_connection().in_atomic_block
    if not is_part:
        return _together(told)
    (station,) = _stations([told])
    if station is None:
        return None
    with journal.acting():  # what is refused leaves nothing, not the form's key either
        (answer,) = _take_in_once([(told, station)])
        if isinstance(answer, Exception):
            raise answer
        return answer


def _take_all(some: Sequence[_Told]) -> list[Contribution | Exception | None]:
    """Take in what came at the same moment; None, with nothing held, for each device that is not where it says."""
    stations = _stations(some)
    placed = [(one, station) for one, station in zip(some, stations, strict=True) if station]
    answers = iter(_take_in_once(placed) if placed else [])
    return [next(answers) if station else None for station in stations]


_together = Gathering(_take_all)


def _stations(some: Sequence[_Told]) -> list[Station | None]:
    """The station of each; None for a device that is not where it says, or whose code opens nothing now. One query, and
    one more where a station is known already."""
    whole = "round__session__product", "round__session__meeting__organization", "element"
    doors = [one.station for one in some if isinstance(one.station, Door)]
    going_on = {f"station__{name}": value for name, value in _GOING_ON.items()}
    guests = Guest.objects.filter(pk__in={one.guest for one in doors}, station__code__in={one.code for one in doors})
    rows = guests.filter(**going_on).select_related(*(f"station__{name}" for name in whole))
    entered = {(guest.pk, guest.station.code): guest.station for guest in rows}
    known = Station.objects.select_related(*whole).in_bulk(
        {one.station for one in some if isinstance(one.station, UUID)}
    )

    def station(asked: UUID | Door) -> Station | None:
        if isinstance(asked, UUID):
            return known.get(asked)
        found = entered.get((asked.guest, asked.code))
        return found if found and asked.page in (None, found.pk) else None

    return [station(one.station) for one in some]


def _take_in_once(some: Sequence[tuple[_Told, Station]]) -> list[Contribution | Exception]:
    """As `_take_in`; what another process has taken in since it was looked for is found the second time (I36)."""
    try:
        return _take_in(some)
    except IntegrityError:
        return _take_in(some)


@journal.action
def _take_in(some: Sequence[tuple[_Told, Station]]) -> list[Contribution | Exception]:
    """Take in what came at the same moment, each at its station, in its order; the number of queries is that of one.

    What can be asked before the numbers are held is asked before. Raises IntegrityError where another process takes in
    the same at the same moment.
    """
    receipts = [one.receipt for one, _station in some if one.receipt]
    known = {one.receipt: one for one in Contribution.objects.filter(receipt__in=receipts)} if receipts else {}
    numbering = locked_all({station.round.session.product for _one, station in some})
    typed = _typed({station.pk for one, station in some if one.sheet})
    answers: list[Contribution | Exception] = []
    made: list[Contribution] = []
    for one, station in some:
        there = known.get(one.receipt)
        if there and (there.station_id, there.text) == (station.pk, one.text):
            answers.append(there)
            continue
        sheet = _sheet(station, one.sheet)
        with override(one.language):
            if obstacles := _obstacles(one, station, sheet, is_typed=(station.pk, sheet) in typed):
                answers.append(Blocked(obstacles))
                continue
            asked = numbering[station.round.session.product_id]
            asked.last_contribution += 1
            row = _row(one, station, sheet, asked, receipt=uuid4() if there or not one.receipt else one.receipt)
        known[row.receipt] = row
        typed |= {(station.pk, sheet)} if sheet else set()
        made.append(row)
        answers.append(row)
        journal.write(ContributionReceived(row.pk, row.number), by=one.by, at=one.at, about=station.round.session)
    Contribution.objects.bulk_create(made)
    for asked in numbering.values():
        Deliberation.objects.filter(pk=asked.pk).update(last_contribution=asked.last_contribution)
    return answers


def _row(one: _Told, station: Station, sheet: str, asked: Deliberation, *, receipt: UUID) -> Contribution:
    round_, element = station.round, station.element
    speaker = group_at(station) if one.speaker is None else one.speaker
    is_over = round_.state != Round.State.OPEN or round_.session.meeting.adjourned_at is not None
    return Contribution(
        product=round_.session.product, number=asked.last_contribution, element=element,
        title=element.title if element else station.title, kind=one.kind, text=one.text, version_id=asked.version_id,
        by=one.person, speaker=speaker, station=station, guest_id=one.guest, stance=one.stance, sheet=sheet,
        is_late=not sheet and is_over, receipt=receipt, made_at=one.at,
    )  # fmt: skip


def _obstacles(one: _Told, station: Station, sheet: str, *, is_typed: bool) -> list[str]:
    obstacles = rules.obstacles_to_saying(station, one.kind, one.text, one.at)
    if one.sheet and not sheet:
        obstacles.append(_("A sheet has a number, as %(sheet)s.") % {"sheet": f"{station.sheet}-01"})
    if sheet and is_typed:
        obstacles.append(_("Sheet %(sheet)s has been typed in already.") % {"sheet": sheet})
    if one.stance and one.stance not in Contribution.Stance.values:
        obstacles.append(_("Say how far you agree."))
    return obstacles


def _typed(stations: set[UUID]) -> set[tuple[UUID, str]]:
    """The sheets of those stations that are in already."""
    if not stations:
        return set()
    rows = Contribution.objects.filter(station__in=stations).exclude(sheet="")
    return set(rows.values_list("station", "sheet"))


def _sheet(station: Station, told: str) -> str:
    """The number of a sheet as it is printed, from all of it or its last digits; empty for none."""
    digits = told.strip().upper().removeprefix(station.sheet).lstrip("-").strip()
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_SHEET
    return f"{station.sheet}-{int(digits):02}" if is_number and int(digits) else ""


@journal.action
def hide(contribution: Contribution, because: str, *, by: Any, at: datetime) -> None:
    """Show a contribution no longer, for a reason; it is kept, and so is the reason. Raises Blocked without."""
    if not because.strip():
        raise Blocked([_("Say why it is hidden. The reason is kept.")])
    _show(contribution, because.strip()[:300], by, at)


@journal.action
def show(contribution: Contribution, *, by: Any, at: datetime) -> None:
    """Show it again."""
    _show(contribution, "", by, at)


def _show(contribution: Contribution, because: str, by: Any, at: datetime) -> None:
    found = Contribution.objects.select_for_update(of=("self",)).select_related("station__round__session")
    one = found.get(pk=contribution.pk)
    if bool(one.hidden_because) == bool(because) or one.station is None:
        return
    Contribution.objects.filter(pk=one.pk).update(hidden_because=because)
    told = ContributionHidden(one.pk, bool(because))
    journal.write(told, by=by, at=at, about=one.station.round.session)


def said_at(session: Session) -> Any:
    """What was said at the stations of a session and is shown, in its order."""
    rows = Contribution.objects.filter(station__round__session=session, hidden_because="")
    return rows.exclude(state=Contribution.State.TAKEN_BACK).select_related("station__round", "by__person")


def of_device(guest: Guest) -> Any:
    """What came from a device, the newest first: whoever holds it finds it again."""
    return guest.contributions.filter(~Q(state=Contribution.State.TAKEN_BACK)).order_by("-number")
