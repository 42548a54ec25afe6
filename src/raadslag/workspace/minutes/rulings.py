"""What the meeting decides about itself: its agenda, who sits in for whom, who is disqualified.

Each ruling is a row and a sentence. Until the agenda has been adopted its changes wait, and stand as one decision where
it is adopted; afterwards each stands at the item at hand. The sentences name items by their number alone: what is open
may be closed later (I5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import translation
from django.utils.translation import gettext as _

from raadslag.workspace.cases.models import Access, Case
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import AgendaItem, Invitation, Meeting
from raadslag.workspace.minutes import actions, composing, rules
from raadslag.workspace.minutes.events import AgendaAdopted, Ruled
from raadslag.workspace.minutes.models import Actor, Entry, Happening, Ruling
from raadslag.workspace.people.models import Person

_LANGUAGE = "da"  # of minutes


@journal.action
def adopt(meeting: Meeting, *, decided_by: str = Actor.COMMITTEE, by: Any, at: datetime) -> Ruling:
    """Adopt the agenda as it stands, with what was changed: one decision at the item at hand, and a new edition of the
    agenda where something was changed. Raises Blocked where it has been adopted and nothing changed since."""
    meeting = actions.running(meeting)
    waiting = list(unwritten(meeting))
    if not waiting and is_adopted(meeting):
        raise Blocked([_("The agenda has been adopted already.")])
    with translation.override(_LANGUAGE):
        said = _("The agenda was adopted with these changes:") if waiting else _("The agenda was adopted.")
        text = " ".join([said, *map(sentence, waiting)])
    entry = _decide(_at_hand(meeting), text, decided_by, by=by, at=at)
    Ruling.objects.filter(pk__in=[one.pk for one in waiting]).update(entry=entry)
    ruling = Ruling.objects.create(
        meeting=meeting, kind=Ruling.Kind.ADOPTED, decided_by=decided_by, decided_at=at, entry=entry
    )
    if waiting:
        meetings.note_adopted(meeting, composing.items_of(meeting), by=by, at=at)
    journal.write(AgendaAdopted(ruling.pk, len(waiting)), by=by, at=at, about=meeting)
    return ruling


def is_adopted(meeting: Meeting) -> bool:
    """Whether the body has adopted its agenda."""
    return meeting.rulings.filter(kind=Ruling.Kind.ADOPTED).exists()


def unwritten(meeting: Meeting) -> Iterable[Ruling]:
    """What has been decided of the agenda and stands in no sentence yet."""
    return meeting.rulings.filter(entry=None, is_undone=False).select_related("item__case", "person")


@journal.action
def add_item(meeting: Meeting, *, because: str, case: Case | None = None, planned: AgendaItem | None = None,
             title: str = "", access: str = Access.CLOSED, legal_ground: str = "", public_title: str = "",
             decided_by: str = Actor.COMMITTEE, by: Any, at: datetime) -> AgendaItem:  # fmt: skip
    """Take an item in at the meeting, last on the agenda: a ready case, an item that was planned and not sent, or one
    with a title of its own. Raises Blocked without a reason, or where a closed one lacks its ground or its face."""
    meeting = actions.running(meeting)
    if not because.strip():
        raise Blocked([_("Say why it cannot wait. The reason is printed.")])
    if case:
        item = meetings.add_case(meeting, case, late_because=because, by=by, at=at)
    elif planned:
        item = planned
        AgendaItem.objects.filter(pk=item.pk, is_sent=False).update(late_because=because.strip())
    elif title.strip():
        item = meetings.add_item(
            meeting, title=title, access=access, legal_ground=legal_ground.strip(), public_title=public_title.strip(),
            late_because=because, by=by, at=at,
        )  # fmt: skip
    else:
        raise Blocked([_("Say what the item is about.")])
    item = AgendaItem.objects.select_related("case", "meeting").get(pk=item.pk)
    if item.is_closed and not (item.legal_ground.strip() and item.public_title.strip()):
        raise Blocked([_("A closed item needs its legal ground and a heading that everyone may read.")])
    item.programme = []
    meetings.note_adopted(meeting, [*composing.items_of(meeting), item], by=by, at=at)
    _rule(meeting, Ruling.Kind.ADDED, decided_by, item=item, by=by, at=at)
    return item


@journal.action
def withdraw_item(item: AgendaItem, *, decided_by: str = Actor.COMMITTEE, by: Any, at: datetime) -> Ruling:
    """Take an item off the agenda: it keeps its number, its outcome is "withdrawn", and its case is ready for another
    meeting afterwards. Raises Blocked where it has been begun."""
    meeting = actions.running(item.meeting)
    _refuse_begun(meeting, item)
    actions.set_outcome(item, "withdrawn", actor=decided_by, by=by, at=at)
    return _rule(meeting, Ruling.Kind.WITHDRAWN, decided_by, item=item, by=by, at=at)


@journal.action
def move_item(item: AgendaItem, place: int, *, decided_by: str = Actor.COMMITTEE, by: Any, at: datetime) -> Ruling:
    """Treat an item at another place, counted from 1; what has been begun keeps its own. Numbers stay as sent."""
    meeting = actions.running(item.meeting)
    _refuse_begun(meeting, item)
    items = composing.items_of(meeting)
    begun = _begun(meeting)
    first = max((at_ for at_, one in enumerate(items, 1) if one.pk in begun), default=0)
    moved = next(one for one in items if one.pk == item.pk)
    was = items.index(moved)
    items.remove(moved)
    items.insert(max(first, min(place - 1, len(items))), moved)
    if items.index(moved) == was:
        raise Blocked([_("That is how it is already.")])
    meetings.note_adopted(meeting, items, by=by, at=at)
    return _rule(meeting, Ruling.Kind.MOVED, decided_by, item=moved, by=by, at=at)


@journal.action
def open_item(item: AgendaItem, *, decided_by: str = Actor.COMMITTEE, by: Any, at: datetime) -> Ruling:
    """Treat a closed item with open doors. What was planned is kept beside it (`planned_access`)."""
    meeting = actions.running(item.meeting)
    meetings.open_sent(item, by=by, at=at)
    return _rule(meeting, Ruling.Kind.OPENED, decided_by, item=item, by=by, at=at)


@journal.action
def close_item(item: AgendaItem, *, legal_ground: str, public_title: str, decided_by: str = Actor.COMMITTEE, by: Any,
               at: datetime) -> Ruling:  # fmt: skip
    """Treat an open item behind closed doors, from now on (I11). Raises Blocked without its ground and its face."""
    meeting = actions.running(item.meeting)
    meetings.close_sent(item, legal_ground=legal_ground, public_title=public_title, by=by, at=at)
    return _rule(meeting, Ruling.Kind.CLOSED, decided_by, item=item, by=by, at=at)


@journal.action
def accept_substitute(meeting: Meeting, invitation: Invitation, *, decided_by: str = Actor.COMMITTEE, by: Any,
                      at: datetime) -> Ruling:  # fmt: skip
    """The body finds that a substitute sits in for a member. Source: Local Government Act, sections 15 and 28."""
    meeting = actions.running(meeting)
    if not invitation.substitute_for_id or invitation.withdrawn_at:
        raise Blocked([_("Only who has been called in for a member is a substitute.")])
    told = meeting.rulings.filter(kind=Ruling.Kind.SUBSTITUTE, person=invitation.person_id, is_undone=False)
    if told.exists():
        raise Blocked([_("That has been decided already.")])
    return _rule(meeting, Ruling.Kind.SUBSTITUTE, decided_by, person=invitation.person, by=by, at=at)


@journal.action
def decide_disqualification(item: AgendaItem, person: Person, is_barred: bool, *, reason: str = "",
                            decided_by: str = Actor.COMMITTEE, clock: datetime | None = None, by: Any, at: datetime
                            ) -> Ruling:  # fmt: skip
    """The body decides whether a member is disqualified at an item; who is, leaves and may no longer read its papers.

    The decision stands at the item; the reason does not (I21). Source: Local Government Act, section 14.
    """
    meeting = actions.running(item.meeting)
    happening = None
    if is_barred:
        happening = actions.happen(
            meeting, Happening.Kind.BARRED, person=person, item=item, reason=reason, clock=clock, by=by, at=at
        )
    kind = Ruling.Kind.BARRED if is_barred else Ruling.Kind.NOT_BARRED
    ruling = Ruling.objects.create(
        meeting=meeting, kind=kind, item=item, person=person, decided_by=decided_by, decided_at=at, happening=happening
    )
    _write(ruling, item, by=by, at=at)
    journal.write(Ruled(ruling.pk, kind), by=by, at=at, about=item)
    return ruling


@journal.action
def take_back(ruling: Ruling, *, by: Any, at: datetime) -> None:
    """A slip of the hand: an item stands on the agenda again, a substitute is undecided. What else was decided of the
    agenda is decided anew."""
    meeting = actions.running(ruling.meeting)
    ruling = (
        Ruling.objects.select_for_update(of=("self",))
        .select_related("item__meeting", "entry__item__meeting")
        .get(pk=ruling.pk)
    )
    if ruling.is_undone or ruling.kind not in (Ruling.Kind.WITHDRAWN, Ruling.Kind.SUBSTITUTE):
        raise Blocked([_("That cannot be taken back.")])
    if ruling.kind == Ruling.Kind.WITHDRAWN:
        actions.clear_outcome(ruling.item, by=by, at=at)
    actions.drop(ruling, by=by, at=at)
    journal.write(Ruled(ruling.pk, "taken_back"), by=by, at=at, about=meeting)


def sentence(ruling: Ruling) -> str:
    """What was decided, as it is printed."""
    item, person = ruling.item, ruling.person
    return _SENTENCES()[ruling.kind] % {
        "number": item.number if item else "",
        "after": _before(item) if item else "",
        "name": person.name if person else "",
        "absent": _absent(ruling) if person else "",
    }


def _SENTENCES() -> dict[str, str]:  # a table, in the language of the moment
    return {
        "added": _("Item %(number)s was added."),
        "withdrawn": _("Item %(number)s was taken off the agenda."),
        "moved": _("Item %(number)s is treated after %(after)s."),
        "opened": _("Item %(number)s is treated with open doors."),
        "closed": _("Item %(number)s is treated behind closed doors."),
        "substitute": _("%(name)s takes part as substitute for %(absent)s."),
        "barred": _("%(name)s was found to be disqualified and took no part in the item."),
        "not_barred": _("%(name)s was found not to be disqualified."),
    }  # fmt: skip


def _before(item: AgendaItem) -> str:
    """What the item is treated after: "item 2", or the opening."""
    items = composing.items_of(item.meeting)
    place = next((at for at, one in enumerate(items) if one.pk == item.pk), 0)
    return _("item %(number)s") % {"number": items[place - 1].number} if place else _("the opening")


def _absent(ruling: Ruling) -> str:
    found = ruling.meeting.invitations.filter(person=ruling.person_id).select_related("substitute_for").first()
    return found.substitute_for.name if found and found.substitute_for else ""


# --- below ---


def _rule(meeting: Meeting, kind: str, decided_by: str, *, item: AgendaItem | None = None,
          person: Person | None = None, by: Any, at: datetime) -> Ruling:  # fmt: skip
    """Keep what was decided; after the adoption its sentence is written at once, at the item at hand."""
    ruling = Ruling.objects.create(
        meeting=meeting, kind=kind, item=item, person=person, decided_by=decided_by, decided_at=at
    )
    if is_adopted(meeting):
        _write(ruling, _at_hand(meeting), by=by, at=at)
    journal.write(Ruled(ruling.pk, kind), by=by, at=at, about=meeting)
    return ruling


def _write(ruling: Ruling, item: AgendaItem, *, by: Any, at: datetime) -> None:
    """Its sentence, as a decision of that item."""
    with translation.override(_LANGUAGE):
        text = sentence(ruling)
    ruling.entry = _decide(item, text, ruling.decided_by, by=by, at=at)
    ruling.save()


def _decide(item: AgendaItem, text: str, decided_by: str, *, by: Any, at: datetime) -> Entry:
    told = {"kind": Entry.Kind.DECISION, "text": text, "actor": decided_by}
    return actions.save_entry(item, uuid4(), **told, version=0, by=by, at=at).entry


def _at_hand(meeting: Meeting) -> AgendaItem:
    return AgendaItem.objects.select_related("meeting").get(pk=rules.attendance_of(meeting).room.item)


def _begun(meeting: Meeting) -> set[Any]:
    rows = meeting.happenings.filter(kind=Happening.Kind.ITEM, is_undone=False)
    return set(rows.values_list("item", flat=True))


def _refuse_begun(meeting: Meeting, item: AgendaItem) -> None:
    if item.parent_id:
        raise NotPermitted
    if item.pk in _begun(meeting):
        raise Blocked([_("The item has been begun, and keeps its place.")])


def may_change(meeting: Meeting, items: Sequence[AgendaItem]) -> set[Any]:
    """The ids of the items that have not been begun."""
    return {item.pk for item in items} - _begun(meeting)
