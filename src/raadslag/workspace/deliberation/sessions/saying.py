"""What is said at a station, by phone, by the host, or on a sheet of paper: equal in rank, and never lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.deliberation.actions import following, locked
from raadslag.workspace.deliberation.events import ContributionHidden, ContributionReceived
from raadslag.workspace.deliberation.models import Contribution, Guest, Round, Session, Station
from raadslag.workspace.deliberation.sessions import rules

STATION = "station"
"""Who did it, in the journal, where nobody said who he is."""

_AGAIN, _LATELY = timedelta(minutes=1), timedelta(minutes=5)
_LONGEST_SHEET = 3  # digits of its number
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÅ"


def station_of(code: str) -> Station | None:
    """The station of a code that opens something now: its round goes on. None for every other, whatever it is. One
    query."""
    rows = Station.objects.select_related(
        "round__session__meeting__organization__body", "round__session__product__organization", "element"
    )  # fmt: skip
    going_on = {
        "round__state": Round.State.OPEN, "round__session__meeting__organization__closed_at": None,
        "round__session__meeting__adjourned_at": None, "round__session__meeting__cancelled_at": None,
    }  # fmt: skip
    return rows.filter(code=code, **going_on).first() if code else None


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


@journal.action
def say(station: Station, *, kind: str, text: str, speaker: str = "", stance: str = "", guest: Guest | None = None,
        sheet: str = "", receipt: UUID | None = None, person: Any = None, by: Any = STATION, at: datetime
        ) -> Contribution:  # fmt: skip
    """Take in a thought: of the group (`speaker`), of a person who says who he is (`person`, a user), or of somebody.

    `receipt` is the device's own name for it, by which it is found again: sent twice it is taken in once (I36).
    `sheet` is the number of the paper that it was written on; `by` is who typed it in. What comes once its round is
    closed comes late, and is marked so. Raises Blocked where it is not received, and for a sheet that is in already.
    """
    one = Round.objects.select_related("session__product", "session__meeting__organization").get(pk=station.round_id)
    station.round = one
    product = one.session.product
    asked = locked(product)
    if there := receipt and Contribution.objects.filter(receipt=receipt, station=station, text=text.strip()).first():
        return there
    if receipt is None or Contribution.objects.filter(receipt=receipt).exists():
        receipt = uuid4()
    obstacles = rules.obstacles_to_saying(station, kind, text, at)
    number = _sheet(station, sheet)
    if sheet and not number:
        obstacles.append(_("A sheet has a number, as %(sheet)s.") % {"sheet": f"{station.sheet}-01"})
    if number and station.contributions.filter(sheet=number).exists():
        obstacles.append(_("Sheet %(sheet)s has been typed in already.") % {"sheet": number})
    if stance and stance not in Contribution.Stance.values:
        obstacles.append(_("Say how far you agree."))
    if obstacles:
        raise Blocked(obstacles)
    element = station.element
    is_over = one.state != Round.State.OPEN or one.session.meeting.adjourned_at is not None
    made = Contribution.objects.create(
        product=product, number=following(asked, "last_contribution"), element=element,
        title=element.title if element else station.title, kind=kind, text=text.strip(), version=asked.version,
        by=person, speaker=" ".join(speaker.split())[:60], station=station, guest=guest, stance=stance, sheet=number,
        is_late=not number and is_over, receipt=receipt, made_at=at,
    )  # fmt: skip
    journal.write(ContributionReceived(made.pk, made.number), by=by, at=at, about=one.session)
    return made


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
