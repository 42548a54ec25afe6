"""Bringing papers, noting what was read in them, correcting, approving, putting aside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from msgspec.structs import replace

from raadslag.core import record
from raadslag.web import dates
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.cases.models import Case
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict
from raadslag.workspace.files import keeping
from raadslag.workspace.files.keeping import Paper
from raadslag.workspace.meetings import past as meetings
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.meetings.past import Held
from raadslag.workspace.minutes import past as minutes
from raadslag.workspace.minutes.models import Minutes
from raadslag.workspace.people.models import Person
from raadslag.workspace.publishing.events import PaperApproved, PaperBrought, PaperCorrected, PaperPutAside, PaperRead
from raadslag.workspace.publishing.importing import fields
from raadslag.workspace.publishing.importing.people import offered, people_of
from raadslag.workspace.publishing.models import ImportedPaper, PublicFace

State, Problem = ImportedPaper.State, ImportedPaper.Problem
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST_TITLE = Meeting._meta.get_field("title").max_length or 0


class Told(NamedTuple):
    """What a person says of a paper besides its words. Names and items by their places in the record, from 0.

    `links` is whose name is whose, `out` are items that are none, `cases` those that treated the case of their number
    here, `is_numbered` lets items without a number have their place as one.
    """

    links: dict[int, UUID] = {}
    out: frozenset[int] = frozenset()
    cases: frozenset[int] = frozenset()
    is_numbered: bool = False

    @classmethod
    def kept(cls, paper: ImportedPaper) -> Told:
        """As it was saved."""
        told = paper.told
        links = {int(at): UUID(one) for at, one in told.get("links", {}).items()}
        ticked = {name: frozenset(told.get(name, ())) for name in ("out", "cases")}
        return cls(links, **ticked, is_numbered=bool(told.get("is_numbered")))

    def plain(self) -> dict[str, Any]:
        """To be saved."""
        return {
            "links": {str(at): str(one) for at, one in self.links.items()}, "out": sorted(self.out),
            "cases": sorted(self.cases), "is_numbered": self.is_numbered,
        }  # fmt: skip


# --- bringing and reading ---


@journal.action
def bring(organization: Organization, data: bytes, name: str, *, by: Any, at: datetime) -> ImportedPaper:
    """Keep a paper and let it wait to be read. The same bytes twice add nothing (I33); one that was put aside is taken
    up again. Raises Blocked for a file that cannot be taken; the sentence names it."""
    name = _CONTROLS.sub(" ", name).strip()[-255:] or _("Paper")
    kept = keeping.keep_paper(data, name)
    paper, is_new = ImportedPaper.objects.get_or_create(
        organization=organization, sha256=kept.sha256,
        defaults={"name": name, "media_type": kept.media_type, "size": len(data), "brought_at": at, "brought_by": by},
    )  # fmt: skip
    if is_new:
        journal.write(PaperBrought(kept.sha256), by=by, at=at, about=paper)
    return put_aside(paper, False, by=by, at=at) if paper.state == State.DISMISSED else paper


@journal.action
def note_read(paper: ImportedPaper, *, found: record.Meeting | None = None, text: str = "", problem: str = "",
              at: datetime) -> None:  # fmt: skip
    """Told by the background work: what the paper says, or why it could not be read. Twice is as once."""
    row = ImportedPaper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if row.state != State.WAITING:
        return
    if found is None:
        row.state, row.problem = State.FAILED, problem
    else:
        row.state, row.problem, row.text, row.record = State.READ, "", text, record.encode(found).decode()
    row.save(update_fields=["state", "problem", "text", "record"])
    event = PaperRead(record.identity(found) if found else "", row.problem)
    journal.write(event, by=journal.SYSTEM, at=at, about=row)


# --- looking through ---


def _locked(paper: ImportedPaper, version: int | None = None) -> ImportedPaper:
    row = ImportedPaper.objects.select_for_update(of=("self",)).select_related("organization__body").get(pk=paper.pk)
    if version is not None:
        if row.state != State.READ:
            raise Blocked([_("The paper has been approved or put aside in the meantime.")])
        if row.version != version:
            raise Conflict
    return row


@journal.action
def save(paper: ImportedPaper, whole: record.Meeting, told: Told, *, version: int, by: Any, at: datetime
         ) -> ImportedPaper:  # fmt: skip
    """Keep what a person corrected, to go on later. Raises Conflict where somebody else has saved since."""
    row = _locked(paper, version)
    before = row.current()
    if before == whole and Told.kept(row) == told:
        return row
    row.corrected, row.told, row.version = record.encode(whole).decode(), told.plain(), version + 1
    row.save(update_fields=["corrected", "told", "version"])
    event = PaperCorrected(fields.changed(before, whole), record.identity(whole))
    journal.write(event, by=by, at=at, about=row)
    return row


@journal.action
def put_aside(paper: ImportedPaper, is_aside: bool, *, by: Any, at: datetime) -> ImportedPaper:
    """It does not belong here; or it does after all, and one that could not be read is read once more."""
    row = _locked(paper)
    if row.state == State.APPROVED:
        raise Blocked([_("The paper has been approved: it is a meeting now.")])
    if is_aside:
        row.state = State.DISMISSED
    elif row.state in (State.DISMISSED, State.FAILED):
        row.state = State.READ if row.record else State.WAITING
    row.problem = row.problem if is_aside else ""
    row.decided_at, row.decided_by = at, by
    row.save(update_fields=["state", "problem", "decided_at", "decided_by"])
    journal.write(PaperPutAside(is_aside), by=by, at=at, about=row)
    return row


# --- approving ---


def as_approved(whole: record.Meeting, told: Told) -> record.Meeting:
    """What would be frozen: without the items that are none, with numbers where a person asked for them.

    Where it stood in the source stays with the paper; files are named, but their bytes did not come along.
    """
    kept = [(item, at) for at, item in enumerate(whole.items) if at not in told.out]
    left_out = {_key(item) for at, item in enumerate(whole.items) if at in told.out}
    items = []
    for order, (item, _at) in enumerate(kept, 1):
        number = item.number or (str(order) if told.is_numbered else None)
        files = tuple(replace(file, sha256=None, media_type=None, size=None) for file in item.files)
        items.append(replace(item, order=order, number=number, files=files))
    notes = tuple(note for note in whole.notes if note.item not in left_out)
    return replace(whole, items=tuple(items), notes=notes, provenance=None)


def _key(item: record.Item) -> str:
    return item.number or str(item.order)


def held_of(whole: record.Meeting) -> Held | None:
    """When and where the meeting was held, as a row has it; None where the day is not known."""
    told = whole.meeting
    start = _moment(told.start)
    if start is None:
        return None
    ends = [moment for one in (told.adjourned, told.planned_end) if (moment := _moment(one)) and moment > start]
    end = ends[0] if ends else start + timedelta(seconds=1)
    with translation.override("da"):  # the language of papers
        title = whole.title or _("Meeting %(day)s") % {"day": dates.day(timezone.localtime(start))}
    return Held(title[:_LONGEST_TITLE], start, end, _moment(told.adjourned) or end, (told.place or "")[:300])


def _moment(told: str | None) -> datetime | None:
    parsed = dates.parse(told)
    if parsed is None:
        return None
    moment = parsed if isinstance(parsed, datetime) else datetime.combine(parsed, datetime.min.time())
    return moment.replace(tzinfo=timezone.get_default_timezone())


def obstacles(whole: record.Meeting, told: Told, at: datetime) -> list[str]:
    """Every reason why what was corrected cannot be approved yet, apart from other meetings."""
    found, ready = [], as_approved(whole, told)
    held = held_of(ready)
    if ready.kind is None:
        found.append(_("Say whether it is an agenda or minutes."))
    if held is None:
        found.append(_("Write the day of the meeting."))
    elif held.start > at:
        found.append(_("The meeting has not been held yet. Plan it under Meetings instead."))
    if not ready.items:
        found.append(_("There is no item left."))
    if any(not item.number for item in ready.items):
        found.append(_("Items without a number: write one, or let them be numbered in their order."))
    numbers = [item.number for item in ready.items if item.number]
    if twice := sorted({number for number in numbers if numbers.count(number) > 1}):
        found.append(_("The same number stands at several items: %(numbers)s.") % {"numbers": ", ".join(twice)})
    bare = [item.number or item.order for item in ready.items if not item.title]
    return found + [_("Item %(number)s has no heading: write one.") % {"number": number} for number in bare]


class Twin(NamedTuple):
    """A meeting of the organization that begins at the same time, and why the paper cannot join it, if it cannot."""

    meeting: Meeting
    obstacles: list[str]


def twin_of(organization: Organization, ready: record.Meeting) -> Twin | None:
    """The meeting that is here already at the time of the paper."""
    held = held_of(ready)
    meeting = meetings.meeting_at(organization, held.start) if held else None
    if meeting is None:
        return None
    if Minutes.objects.filter(meeting=meeting).exists():
        return Twin(meeting, [_("That meeting has its minutes already. Put this paper aside, or correct its time.")])
    return Twin(meeting, meetings.obstacles_to_joining(meeting, ready))


@journal.action
def approve(paper: ImportedPaper, whole: record.Meeting, told: Told, *, version: int, join: UUID | None = None,
            by: Any, at: datetime) -> Meeting:  # fmt: skip
    """Let what the paper says be a past meeting. Nothing is released, nobody is told, nobody is asked to sign.

    `join` is the meeting of the same time that is here already, where a person wants the paper there. Raises Blocked
    with everything that is missing; Conflict where somebody else has saved since.
    """
    row = save(paper, whole, told, version=version, by=by, at=at)
    Organization.objects.select_for_update().get(pk=row.organization_id)  # two papers of one meeting, one by one
    if missing := obstacles(whole, told, at):
        raise Blocked(missing)
    ready = as_approved(whole, told)
    held = held_of(ready)
    twin = twin_of(row.organization, ready)
    if held is None or (twin and (twin.obstacles or join != twin.meeting.pk)):
        raise Blocked((twin and twin.obstacles) or [_("There is a meeting at that time already. See below.")])
    into = twin.meeting if twin else None
    meeting = meetings.take_in(
        row.organization, ready, held, of_cases=_cases_of(row.organization, whole, told), into=into, by=by, at=at
    )  # fmt: skip
    if ready.kind == "minutes":
        minutes.take_in(meeting, ready, by=by, at=at)
    people = _note_presence(row.organization, meeting, ready.attendance or (), told.links, at)
    _write_faces(meeting, ready)
    row.state, row.meeting, row.decided_at, row.decided_by = State.APPROVED, meeting, at, by
    row.save(update_fields=["state", "meeting", "decided_at", "decided_by"])
    event = PaperApproved(meeting.pk, row.sha256, record.identity(ready), [str(one.pk) for one in people])
    journal.write(event, by=by, at=at, about=row)
    return meeting


def _note_presence(organization: Organization, meeting: Meeting, told: Iterable[record.Attendance],
                   links: Mapping[int, UUID], at: datetime) -> list[Person]:  # fmt: skip
    """Tell the meeting who the ticked names are; a tick counts only for a person who was offered at that name."""
    people = people_of(organization)
    by_status: dict[str, list[Person]] = {"present": [], "absent": [], "listed": []}
    for place, one in enumerate(told):
        fits = [person for person in offered(one.person, people) if person.pk == links.get(place)]
        by_status[one.status] += fits
    meetings.note_presence(meeting, *by_status.values(), at=at)
    return [person for some in by_status.values() for person in some]


def cases_at(organization: Organization, items: Iterable[record.Item]) -> dict[int, Case]:
    """The cases of the organization whose numbers the items name, by the places of the items. An open case is told
    nothing of an item that is not open."""
    numbers = {item.order - 1: item.reference for item in items if item.reference}
    rows = Case.objects.filter(organization=organization, number__in=set(numbers.values()))
    known = {case.number: case for case in rows}
    closed = {item.order - 1 for item in items if item.access != "open"}
    found = {at: known[number] for at, number in numbers.items() if number in known}
    return {at: case for at, case in found.items() if case.is_closed or at not in closed}


def _cases_of(organization: Organization, whole: record.Meeting, told: Told) -> dict[int, Case]:
    """By the orders that the items have once those that are none are left out."""
    known = cases_at(organization, whole.items)
    kept = [at for at in range(len(whole.items)) if at not in told.out]
    return {order: known[at] for order, at in enumerate(kept, 1) if at in told.cases and at in known}


def _write_faces(meeting: Meeting, ready: record.Meeting) -> None:
    """What the paper itself prints for everyone of a closed item is its public face."""
    rows = meeting.items.filter(parent=None).order_by("order")
    for row, item in zip(rows, ready.items, strict=True):
        if item.access != "open" and (item.public_decision or item.no_public_decision_because):
            PublicFace.objects.get_or_create(
                item=row,
                defaults={
                    "decision": item.public_decision or "",
                    "none_because": (item.no_public_decision_because or "")[:300],
                },
            )


def reread(paper: ImportedPaper) -> tuple[record.Record, str]:
    """What the bytes of a paper say, read anew. Raises RaadslagError."""
    return keeping.read_paper(Paper(paper.sha256, paper.media_type), paper.name)
