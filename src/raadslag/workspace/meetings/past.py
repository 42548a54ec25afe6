"""Meetings that were held elsewhere and come here by their paper: nobody is called, told or asked to sign."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec.structs import replace

from raadslag.core import record
from raadslag.core.text import plain
from raadslag.workspace.bodies.models import SEATED, Membership, Organization, Role
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Access, Case
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.files import keeping
from raadslag.workspace.meetings.events import MeetingTakenIn
from raadslag.workspace.meetings.models import Agenda, AgendaItem, Answer, Invitation, Meeting
from raadslag.workspace.people.models import Person

_BEFORE_IT_IS_HELD = ("planned", "called", "sent")


class Held(NamedTuple):
    """When and where it was held. What the paper does not tell is the least that a row can hold: `end` at once."""

    title: str
    start: datetime
    end: datetime
    adjourned_at: datetime
    place: str = ""


def meeting_at(organization: Organization, start: datetime) -> Meeting | None:
    """The meeting of the organization that begins at that moment, if there is one."""
    return Meeting.objects.filter(organization=organization, start=start, cancelled_at=None).first()


def obstacles_to_joining(meeting: Meeting, paper: record.Meeting) -> list[str]:
    """Every reason why the paper cannot join a meeting that is here already; an empty list means that it can."""
    if not (meeting.imported_at or meeting.state in _BEFORE_IT_IS_HELD):
        return [_("That meeting is held, or was held, here: its minutes are written here.")]
    rows = list(meeting.items.filter(parent=None).order_by("order"))
    if not rows:
        return []
    if paper.kind == "agenda":
        return [_("That meeting has an agenda already.")]
    if [row.number for row in rows if row.is_sent] != [item.number for item in paper.items]:
        return [_("The agenda of that meeting has other items than the paper. Correct their numbers first.")]
    if any(not row.is_sent for row in rows):
        return [_("The agenda of that meeting has items that were never sent. Take them off first.")]
    return []


@journal.action
def take_in(organization: Organization, paper: record.Meeting, held: Held, *, of_cases: Mapping[int, Case],
            into: Meeting | None = None, by: Any, at: datetime) -> Meeting:  # fmt: skip
    """A past meeting with the items of its paper, as its edition of the agenda; or the same for the meeting `into`.

    What the paper does not call open is closed (I3). `of_cases` are the cases that a person says the items treated, by
    the items' orders. Raises Blocked where the meeting `into` cannot take the paper.
    """
    if into is None:
        meeting = Meeting.objects.create(organization=organization, **held._asdict(), imported_at=at)
    else:
        meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=into.pk)
        if told := obstacles_to_joining(meeting, paper):
            raise Blocked(told)
        meeting.adjourned_at, meeting.imported_at = held.adjourned_at, at
        meeting.save(update_fields=["adjourned_at", "imported_at"])
    rows = list(meeting.items.filter(parent=None).order_by("order"))
    if not rows:
        rows = [_row(meeting, item, of_cases.get(item.order)) for item in paper.items]
        AgendaItem.objects.bulk_create(rows)
    for row, item in zip(rows, paper.items, strict=True):
        if item.access != "open":  # also of an item that went out open here (I3)
            row.access = Access.CLOSED
        AgendaItem.objects.filter(pk=row.pk).update(words=_words(item), access=row.access)
        if item.order in of_cases:
            cases.note_earlier(
                of_cases[item.order], meeting=meeting.pk, item=row.pk, organization=organization,
                held_on=timezone.localtime(meeting.start).date(), number=row.number, decision=item.decision or "",
                is_closed=row.is_closed,
            )  # fmt: skip
    edition = _edition(meeting, paper, rows, by, at)
    event = MeetingTakenIn(meeting.start, edition.number, edition.sha256)
    journal.write(event, by=by, at=at, about=meeting)
    return meeting


def _row(meeting: Meeting, item: record.Item, case: Case | None) -> AgendaItem:
    access = Access.OPEN if item.access == "open" else Access.CLOSED
    return AgendaItem(
        meeting=meeting, order=item.order, case=case, title=_cut("title", item.title), access=access,
        planned_access=access, legal_ground=_cut("legal_ground", item.legal_ground),
        public_title=_cut("public_title", item.public_title), number=_cut("number", item.number), is_sent=True,
    )  # fmt: skip


def _cut(name: str, text: str | None) -> str:
    """As much of it as the row takes; the record has the whole."""
    return (text or "")[: AgendaItem._meta.get_field(name).max_length]


def _words(item: record.Item) -> str:
    """What the search finds the item by: everything that the paper says of it."""
    points = item.recommendation.points if item.recommendation else ()
    said = [
        item.title, item.reference, *(plain(section.text) for section in item.sections),
        *(point.text for point in points), plain(item.decision or ""), *(file.title for file in item.files),
    ]  # fmt: skip
    return " ".join(part for part in said if part)


def _edition(meeting: Meeting, paper: record.Meeting, rows: list[AgendaItem], by: Any, at: datetime) -> Agenda:
    """What a member reads of it, item by item. Notes and signatures are of the minutes alone: no item bars them."""
    shown = replace(paper, id=str(meeting.pk), attendance=None, signatures=(), addenda=(), notes=())
    return Agenda.objects.create(
        meeting=meeting, number=meeting.editions.count() + 1, **keeping.freeze(shown)._asdict(),
        items=[str(row.pk) for row in rows], sent_at=at, sent_by=by,
    )  # fmt: skip


@journal.action
def note_presence(meeting: Meeting, present: Collection[Person], absent: Collection[Person], others: Collection[Person],
                  *, at: datetime) -> None:  # fmt: skip
    """Who the names on the paper are, as a person has said. It calls nobody, and gives no right to any paper."""
    told = [(present, Answer.COMES), (absent, Answer.APOLOGY), (others, Answer.NONE)]
    day = timezone.localtime(meeting.start).date()
    lasting = Q(role__in=[*SEATED, Role.SUBSTITUTE], organization=meeting.organization_id)
    seated = set(Membership.objects.filter(lasting).on(day).values_list("person", flat=True))
    known_then = Membership.objects.filter(organization=meeting.organization_id).on(day)
    known = set(known_then.values_list("person", flat=True))
    for people, answer in told:
        for person in people:
            # Of a day from before the roles were entered here, who stands on the paper's list sat at the table.
            is_seated = person.pk in seated or person.pk not in known
            Invitation.objects.get_or_create(
                meeting=meeting, person=person,
                defaults={"is_seated": is_seated, "called_at": meeting.start, "answer": answer},
            )  # fmt: skip
