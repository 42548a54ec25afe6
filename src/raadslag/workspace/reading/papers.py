"""The sent agenda as one person may read it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from raadslag.core import record
from raadslag.workspace.bodies.standing import allows_low_level
from raadslag.workspace.cases.models import Access, Attachment
from raadslag.workspace.cases.subjects import barred_from
from raadslag.workspace.common.access import Subject
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.meetings import composing
from raadslag.workspace.meetings.models import Agenda, AgendaItem, Meeting
from raadslag.workspace.meetings.subjects import may_read_closed_files, of_item
from raadslag.workspace.people.models import Person
from raadslag.workspace.reading.models import ReadMark

_canonical = msgspec.json.Encoder(order="deterministic")


class Line(NamedTuple):
    """An item in the list: its row, what the reader sees of it, and whether he has read it as it is now."""

    row: AgendaItem
    shown: record.Item
    is_whole: bool
    is_read: bool
    is_changed: bool


class Papers(NamedTuple):
    """An agenda for one reader: the record of what he may see, and its lines."""

    edition: Agenda
    shown: record.Meeting
    lines: tuple[Line, ...]

    def line_of(self, item: UUID) -> Line | None:
        """The line of that row."""
        return next((line for line in self.lines if line.row.pk == item), None)


def papers_of(user: Any, meeting: Subject, level: str) -> Papers | None:
    """The newest edition as `user` may read it; None before the agenda is sent. The same queries for any length."""
    edition = Agenda.objects.filter(meeting=meeting.row).first()
    if edition is None:
        return None
    whole = edition.decoded()
    rows = {
        str(row.pk): row
        for row in AgendaItem.objects.filter(meeting=meeting.row, is_sent=True, parent=None).select_related("case")
    }
    ordered = [rows[pk] for pk in edition.items]
    cases = [row.case_id for row in ordered if row.case_id]
    shut = Attachment.objects.filter(case__in=cases).exclude(access=Access.OPEN).values_list("pk", flat=True)
    whole = composing.as_closed_now(whole, ordered, {str(pk) for pk in shut})
    barred = barred_from(user, cases)
    read = dict(ReadMark.objects.filter(person=user.person_id, item__in=ordered).values_list("item", "sha256"))
    allowed, open_only = set(), set()
    allows = allows_low_level(user, meeting.row.organization)
    for row, item in zip(ordered, whole.items, strict=True):
        row.meeting = meeting.row
        subject = of_item(user, row, meeting, barred)
        if is_allowed("reading:item", subject, level):
            allowed.add(item.order)
            if not may_read_closed_files(subject, level, allows):
                open_only.add(item.order)
    shown = composing.seen_by(whole, allowed, open_only)
    lines = []
    for row, item in zip(ordered, shown.items, strict=True):
        mark = read.get(row.pk)
        is_read = mark == _hash(item)
        lines.append(Line(row, item, item.order in allowed, is_read, mark is not None and not is_read))
    return Papers(edition, shown, tuple(lines))


def mark_read(person: Person, line: Line, *, at: datetime) -> None:
    """Remember that the person has opened the item as it is now. Nobody else is told, and no journal. Who opens it
    again waits for no turn to write."""
    if line.is_read:
        return
    ReadMark.objects.update_or_create(
        person=person, item=line.row, defaults={"sha256": _hash(line.shown), "read_at": at}
    )


def unread(lines: Iterable[Line]) -> int:
    """How many items the reader has not opened as they are now."""
    return sum(line.is_whole and not line.is_read for line in lines)


def next_meeting_of(user: Any, at: datetime) -> Meeting | None:
    """The next meeting of the person."""
    return Meeting.objects.mine(user).upcoming(at).select_related("organization__body").first()


def _hash(item: record.Item) -> str:
    return hashlib.sha256(_canonical.encode(item)).hexdigest()
