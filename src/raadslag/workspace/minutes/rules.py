"""What is so in the room, and what stands in the way of adjourning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.core.rules import attendance, ballots
from raadslag.core.rules.attendance import Event, Presence, Room
from raadslag.web import dates
from raadslag.workspace.bodies.models import SEATED, Membership
from raadslag.workspace.meetings.models import AgendaItem, Invitation, Meeting
from raadslag.workspace.minutes.models import Ballot, Happening, ItemMinutes
from raadslag.workspace.people.models import Person


class Seat(NamedTuple):
    """Somebody on the list of attendance: who he is, whether he decides, and for whom he came in."""

    invitation: Invitation
    is_seated: bool
    presence: Presence
    is_in: bool
    is_barred: bool


class Attendance(NamedTuple):
    """The room: everyone who was called, how it is now, and how many of the body's seats are filled."""

    seats: tuple[Seat, ...]
    room: Room
    present: int
    members: int

    @property
    def has_quorum(self) -> bool:
        """Whether the meeting can decide."""
        return ballots.has_quorum(self.present, max(self.members, 1))

    def who_may_vote(self) -> frozenset[object]:
        """The ids of those who may vote at the item at hand."""
        barred = self.room.barred.get(self.room.item, set())
        told = ballots.entitled(
            [str(one.invitation.person_id) for one in self.seats if one.is_seated], self.room.present, barred
        )
        return frozenset(one.invitation.person_id for one in self.seats if str(one.invitation.person_id) in told)


def events_of(happenings: Iterable[Happening]) -> list[Event]:
    """The happenings that were not taken back, as the core's rules see them; clocks are those on the wall."""
    return [
        Event(one.kind, dates.clock(timezone.localtime(one.at)), str(one.person_id or ""), str(one.item_id or ""))  # type: ignore[arg-type]
        for one in happenings
        if not one.is_undone
    ]


def attendance_of(meeting: Meeting) -> Attendance:
    """Who was called, who is here, and whether they can decide. Three queries."""
    events = events_of(meeting.happenings.all())
    called = list(meeting.invitations.filter(withdrawn_at=None).select_related("person", "substitute_for"))
    room = attendance.now(events)
    shown = attendance.presence(events, [str(one.person_id) for one in called])
    # A member whose substitute has been called in holds no seat that day.
    replaced = {one.substitute_for_id for one in called if one.substitute_for_id}
    seats = tuple(
        Seat(
            one, one.is_seated and one.person_id not in replaced, shown[str(one.person_id)],
            str(one.person_id) in room.present, str(one.person_id) in room.barred.get(room.item, ()),
        )
        for one in called
    )  # fmt: skip
    day = timezone.localtime(meeting.start).date()
    members = Membership.objects.filter(organization=meeting.organization_id, role__in=SEATED).on(day).count()
    present = sum(seat.is_seated and seat.is_in for seat in seats)
    return Attendance(seats, room, present, members)


def may_dissent(item: AgendaItem, person: Person) -> bool:
    """Whether the person decides at the meeting and has taken part in the item (Local Government Act, 13(2))."""
    called = item.meeting.invitations.filter(withdrawn_at=None)
    if not called.filter(person=person, is_seated=True).exists() or called.filter(substitute_for=person).exists():
        return False
    happenings = item.meeting.happenings.filter(Q(person=person) | Q(person=None))
    shown = attendance.presence(events_of(happenings), [str(person.pk)])[str(person.pk)]
    return shown.items.get(str(item.pk)) in ("whole", "part")


def missing(meeting: Meeting, items: Sequence[AgendaItem]) -> list[str]:
    """Every reason why the meeting cannot be adjourned yet; an empty list means that it can."""
    told = []
    known = {row.item_id: row for row in ItemMinutes.objects.filter(item__in=items)}
    if not meeting.reading_at:
        told.append(_("The minutes have not been read out yet."))
    if meeting.rulings.filter(entry=None, is_undone=False).exists():
        told.append(_("The changes of the agenda have not been adopted yet."))
    for item in items:
        at = {"number": item.number}
        row = known.get(item.pk)
        if row is None or not row.outcome:
            told.append(_("Item %(number)s has no outcome.") % at)
        if meeting.reading_at and (row is None or row.read_at is None):
            told.append(_("Item %(number)s has not been read.") % at)
    still = Ballot.objects.filter(item__meeting=meeting, state=Ballot.State.OPEN).select_related("item")
    told += [_("A ballot at item %(number)s is still open.") % {"number": ballot.item.number} for ballot in still]
    return told
