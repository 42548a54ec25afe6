"""Opening, attendance, writing, outcomes, ballots, reading-out, adjourning. What comes after is `minutes.signing`."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from raadslag.core.rules import ballots
from raadslag.web import dates
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Disqualification
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings import group_notes
from raadslag.workspace.meetings.models import AgendaItem, GroupNote, Meeting
from raadslag.workspace.minutes import beside, composing, rules, signing
from raadslag.workspace.minutes.events import (
    BallotMoved,
    EntryRemoved,
    EntrySaved,
    Happened,
    HappeningUndone,
    ItemRead,
    MeetingAdjourned,
    MeetingOpened,
    OutcomeSet,
    ReadingStarted,
    Voted,
)
from raadslag.workspace.minutes.models import (
    LEFT_OVER,
    Actor,
    Ballot,
    Entry,
    EntryText,
    Happening,
    ItemMinutes,
    Minutes,
    Outcome,
    Ruling,
    Vote,
)
from raadslag.workspace.people.models import Person

_LONGEST = 200_000
LONGEST_DISSENT = 2_000
_BARS = (Happening.Kind.BARRED, Happening.Kind.UNBARRED)


# --- the room ---


@journal.action
def open_meeting(meeting: Meeting, present: Collection[UUID], *, clock: datetime | None = None, by: Any, at: datetime
                 ) -> Meeting:  # fmt: skip
    """Open the meeting, with those of the called who are in the room.

    `clock` is what is printed, `at` if not told: of a meeting that was held on paper. Raises Blocked unless its agenda
    is sent, and for a clock that lies ahead.
    """
    meeting, begun = meetings.lock(meeting), clock or at
    if meeting.state != "sent":
        raise Blocked([_("A meeting is opened once its agenda has been sent.")])
    if begun > at:
        raise Blocked([_("That time has not come yet.")])
    for invitation in meeting.invitations.filter(withdrawn_at=None, person__in=present).order_by("person__name"):
        _note(meeting, Happening.Kind.ARRIVED, begun, person=invitation.person)
    group_notes.note_opened(meeting, clock=begun, by=by, at=at)
    _note(meeting, Happening.Kind.OPENED, begun)
    meeting = meetings.note_course(meeting, opened_at=begun)
    if first := next(iter(composing.items_of(meeting)), None):
        _note(meeting, Happening.Kind.ITEM, begun, item=first)
        _note_barred(meeting, first, begun)
    room = rules.attendance_of(meeting)
    journal.write(MeetingOpened(room.present, room.members), by=by, at=at, about=meeting)
    return meeting


@journal.action
def happen(meeting: Meeting, kind: str, *, person: Person | None = None, item: AgendaItem | None = None,
           clock: datetime | None = None, reason: str = "", by: Any, at: datetime) -> Happening:  # fmt: skip
    """Somebody came, went, or is barred from an item; an item is begun. `clock` is what is printed, `at` if not told.

    Raises Blocked where nothing would change, for who was not called, or outside the meeting.
    """
    meeting = running(meeting)
    if kind == Happening.Kind.ITEM:
        if item is None or item.meeting_id != meeting.pk:
            raise NotPermitted
    elif person is None or not meeting.invitations.filter(person=person, withdrawn_at=None).exists():
        raise Blocked([_("Only who has been called is on the list.")])
    room = rules.attendance_of(meeting).room
    is_in = {Happening.Kind.ARRIVED: True, Happening.Kind.LEFT: False}.get(Happening.Kind(kind))
    if person and is_in is not None and is_in == (str(person.pk) in room.present):
        raise Blocked([_("That is how it is already.")])
    one = _note(meeting, kind, clock or at, person=person, item=item, reason=reason.strip()[:300])
    _shut_out(one, kind == Happening.Kind.BARRED, by=by, at=at)
    if kind == Happening.Kind.ITEM and item:
        _note_barred(meeting, item, one.at)
    journal.write(Happened(one.number, kind), by=by, at=at, about=meeting)
    return one


@journal.action
def take_back(happening: Happening, *, by: Any, at: datetime) -> None:
    """A slip of the hand: it counts no longer, and stays to be seen. The opening cannot be taken back, nor anything
    twice."""
    meeting = running(happening.meeting)
    happening = (
        Happening.objects.select_for_update(of=("self",))
        .select_related("meeting", "item__case", "person")
        .get(pk=happening.pk)
    )
    if happening.is_undone or happening.kind in (Happening.Kind.OPENED, Happening.Kind.ADJOURNED):
        raise Blocked([_("That cannot be taken back.")])
    Happening.objects.filter(pk=happening.pk).update(is_undone=True)
    _shut_out(happening, _is_barred_without(happening), by=by, at=at)
    for ruling in Ruling.objects.filter(happening=happening, is_undone=False).select_related("entry__item__meeting"):
        drop(ruling, by=by, at=at)
    journal.write(HappeningUndone(happening.number), by=by, at=at, about=meeting)


def _is_barred_without(happening: Happening) -> bool:
    """Whether the person is kept from the item if this has not happened: by what else was decided at the meeting, or by
    what stood before it was opened."""
    item, person = happening.item, happening.person
    if item is None or happening.kind not in _BARS:
        return False
    rows = happening.meeting.happenings.filter(item=item, person=person, is_undone=False).exclude(pk=happening.pk)
    last = rows.filter(kind__in=_BARS).last()
    if last:
        return last.kind == Happening.Kind.BARRED
    before = Disqualification.objects.filter(case=item.case_id, person=person, since__lt=happening.meeting.opened_at)
    return before.exists() or happening.kind == Happening.Kind.UNBARRED


def _note_barred(meeting: Meeting, item: AgendaItem, at: datetime) -> None:
    """Who was disqualified before takes no part in the item that is begun; it stands among what happened (I17, I21)."""
    if not item.case_id:
        return
    known = meeting.happenings.filter(item=item, kind__in=_BARS)
    told = set(known.filter(is_undone=False).values_list("person", flat=True))
    barred = Disqualification.objects.filter(case=item.case_id).exclude(person__in=told).values("person")
    called = meeting.invitations.filter(withdrawn_at=None, person__in=barred)
    for invitation in called.select_related("person"):
        _note(meeting, Happening.Kind.BARRED, at, person=invitation.person, item=item)


def _shut_out(happening: Happening, is_barred: bool, *, by: Any, at: datetime) -> None:
    """Who is disqualified at an item may no longer read its case, and may again when that is over."""
    person, item = happening.person, happening.item
    if not (person and item and item.case) or happening.kind not in _BARS:
        return
    is_there = Disqualification.objects.filter(case=item.case, person=person).exists()
    if is_barred and not is_there:
        cases.bar(item.case, person, happening.reason or _("Disqualified at the meeting"), by=by, at=at)
    elif is_there and not is_barred:
        cases.unbar(item.case, person, by=by, at=at)


def drop(ruling: Ruling, *, by: Any, at: datetime) -> None:
    """A ruling counts no longer; a sentence that stands for it alone goes, too."""
    Ruling.objects.filter(pk=ruling.pk).update(is_undone=True)
    if ruling.entry and not ruling.entry.rulings.filter(is_undone=False).exists() and not ruling.entry.removed_at:
        remove_entry(ruling.entry, True, by=by, at=at)


# --- writing ---


class Saved(NamedTuple):
    """A saved paragraph. `is_beside`: somebody else had saved since; both texts are kept, and the other stands."""

    entry: Entry
    is_beside: bool


@journal.action
def save_entry(item: AgendaItem, pk: UUID, *, kind: str, text: str, version: int, actor: str = "",
               person: Person | None = None, by: Any, at: datetime) -> Saved:  # fmt: skip
    """Save a paragraph under the id that the client gave it; `version` is the one that it was written from.

    The same again changes nothing (I36). Where somebody has saved since, that text stands and this one is kept beside
    it (I23). Raises Blocked after the adjourning.
    """
    running(item.meeting)
    if len(text) > _LONGEST:
        raise Blocked([_("The text is too long.")])
    entry = Entry.objects.select_for_update().filter(pk=pk).first()
    if entry is None:
        last = Entry.objects.filter(item=item).aggregate(last=Max("order"))["last"] or 0
        entry = Entry(pk=pk, item=item, order=last + 1, kind=kind, changed_at=at)
        entry.save(force_insert=True)
    elif entry.item_id != item.pk:
        raise NotPermitted
    _refuse_strangers(entry, by)
    told = {"kind": kind, "text": text, "actor": actor, "person": person}
    if all(getattr(entry, name) == value for name, value in told.items()) and entry.version:
        return Saved(entry, False)
    is_beside = entry.version != version
    number = entry.version + (not is_beside)
    EntryText.objects.create(
        entry=entry, number=number, text=text, saved_at=at, saved_by=by, is_beside=is_beside
    )  # fmt: skip
    if not is_beside:
        for name, value in told.items():
            setattr(entry, name, value)
        entry.version, entry.changed_at, entry.removed_at = number, at, None
        entry.save()
        _to_read_again(item)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    journal.write(EntrySaved(entry.pk, number, sha256, is_beside), by=by, at=at, about=item)
    return Saved(entry, is_beside)


@journal.action
def dissent(item: AgendaItem, pk: UUID, text: str, *, version: int, by: Any, at: datetime) -> Saved:
    """A member has his own short dissent entered at an item, or changes it, while the meeting is held (I27).

    Without words it is taken out. Raises NotPermitted for who has not taken part in the item.
    """
    running(item.meeting)
    if not rules.may_dissent(item, by.person):
        raise NotPermitted
    if len(text) > LONGEST_DISSENT:
        raise Blocked([_("A dissent is short: at most %(most)s characters.") % {"most": LONGEST_DISSENT}])
    other = Entry.objects.filter(pk=pk).first()
    if other and (other.kind != Entry.Kind.DISSENT or other.person_id != by.person_id):
        raise NotPermitted
    there = Entry.objects.dissent_of(item, by.person)  # also one that the secretary has typed for him: it is his
    pk, version = (there.pk, version if there.pk == pk else there.version) if there else (pk, version)
    if not text.strip():
        if there:
            remove_entry(there, True, by=by, at=at)
            return Saved(there, False)
        raise Blocked([_("Write your dissent.")])
    told = {"kind": Entry.Kind.DISSENT, "text": text.strip(), "person": by.person}
    saved = save_entry(item, pk, **told, version=version, by=by, at=at)
    Entry.objects.filter(pk=saved.entry.pk).update(is_own=True)
    return saved


def _refuse_strangers(entry: Entry | None, by: Any) -> None:
    if entry and entry.is_own and entry.person_id != by.person_id:
        told = _("%(name)s has written this dissent, and nobody else changes it.") % {"name": entry.person}
        raise Blocked([told])


@journal.action
def remove_entry(entry: Entry, is_removed: bool, *, by: Any, at: datetime) -> None:
    """Take a paragraph out, or put it back: its texts stay. What makes sense beside it alone goes along. Raises Blocked
    for a group's note that stands elsewhere by now."""
    running(entry.item.meeting)
    _refuse_strangers(entry, by)
    if not is_removed and entry.note_id:
        _refuse_twice(entry.note_id, other_than=entry)
    for other in beside.along_with(entry, is_removed):
        remove_entry(other, is_removed, by=by, at=at)
    Entry.objects.filter(pk=entry.pk).update(removed_at=at if is_removed else None, changed_at=at)
    _to_read_again(entry.item)
    journal.write(EntryRemoved(entry.pk, is_removed), by=by, at=at, about=entry.item)


@journal.action
def set_outcome(item: AgendaItem, outcome: str, *, actor: str = "committee", points: Sequence[str] = (), by: Any,
                at: datetime) -> ItemMinutes:  # fmt: skip
    """What became of an item; `points` answer those of its recommendation that fared otherwise, "" for the same."""
    running(item.meeting)
    if outcome not in Outcome.values or any(one and one not in Outcome.values for one in points):
        raise Blocked([_("Choose an outcome.")])
    row = _minutes_of(item)
    row.outcome, row.actor, row.points, row.read_at = outcome, actor, list(points), None
    row.save()
    journal.write(OutcomeSet(outcome, actor), by=by, at=at, about=item)
    return row


@journal.action
def clear_outcome(item: AgendaItem, *, by: Any, at: datetime) -> None:
    """The item has no outcome yet, after all."""
    running(item.meeting)
    row = _minutes_of(item)
    row.outcome, row.points, row.read_at = "", [], None
    row.save()
    journal.write(OutcomeSet("", row.actor), by=by, at=at, about=item)


@journal.action
def call_next(item: AgendaItem, *, start: datetime, end: datetime, place: str = "", because: str = "",
              decided_by: str = "committee", by: Any, at: datetime) -> Entry:  # fmt: skip
    """The next meeting is decided: it stands in the minutes, in the plan, and everyone is called.

    Raises Blocked where it cannot be planned so.
    """
    meeting = running(item.meeting)
    if start <= at:
        raise Blocked([_("The next meeting lies ahead: choose a later day.")])
    with translation.override("da"):  # the language of minutes
        decided = f"{Actor(decided_by).label}, {dates.day(timezone.localtime(at))}"
    called = meetings.plan(
        meeting.organization, title="", start=start, end=end, place=place.strip(), because=because.strip(),
        decided_by=decided, by=by, at=at,
    )  # fmt: skip
    meetings.call(called, by=by, at=at)
    with translation.override("da"):
        text = _("The next meeting is %(when)s.") % {"when": meetings.when(called)}
        if called.place:
            text += " " + _("Place: %(place)s") % {"place": called.place} + "."
    entry = save_entry(
        item, uuid4(), kind=Entry.Kind.NEXT_MEETING, text=text, version=0, actor=decided_by, by=by, at=at
    ).entry  # fmt: skip
    Entry.objects.filter(pk=entry.pk).update(called=called)
    entry.called = called
    return entry


@journal.action
def insert_note(item: AgendaItem, note: GroupNote, *, by: Any, at: datetime) -> Entry:
    """Bring the words of a group's note into the minutes of an item, last, with the group's name before them.

    Raises NotPermitted for a note that does not stand at this meeting, Blocked where its words are in the minutes.
    """
    meeting = running(item.meeting)
    found = GroupNote.objects.at(meeting, at).select_related("organization").filter(pk=note.pk).first()
    if found is None:
        raise NotPermitted
    _refuse_twice(found.pk)
    with translation.override("da"):  # the language of minutes
        heading = _("Status from %(group)s:") % {"group": found.organization.name}
    text = f"{heading}\n\n{found.text}"
    entry = save_entry(item, uuid4(), kind=Entry.Kind.TEXT, text=text, version=0, by=by, at=at).entry
    Entry.objects.filter(pk=entry.pk).update(note=found)
    entry.note = found
    return entry


def _refuse_twice(note: UUID, *, other_than: Entry | None = None) -> None:
    rows = Entry.objects.filter(note=note, removed_at=None)
    if (rows.exclude(pk=other_than.pk) if other_than else rows).exists():
        raise Blocked([_("The note stands in the minutes already.")])


# --- ballots ---


@journal.action
def draft_ballot(item: AgendaItem, question: str, *, way: str, is_amendment: bool = False,
                 replaces: Ballot | None = None, by: Any, at: datetime) -> Ballot:  # fmt: skip
    """A ballot on these words, not yet open."""
    running(item.meeting)
    if not question.strip():
        raise Blocked([_("Say what is voted on.")])
    number = (item.ballots.aggregate(last=Max("number"))["last"] or 0) + 1
    ballot = Ballot.objects.create(
        item=item, number=number, question=question.strip(), way=way, is_amendment=is_amendment, replaces=replaces
    )
    journal.write(BallotMoved(ballot.pk, ballot.state, ""), by=by, at=at, about=item)
    return ballot


@journal.action
def open_ballot(ballot: Ballot, *, by: Any, at: datetime) -> Ballot:
    """Open it: who may vote and the bytes that are voted on are fixed. Raises Blocked without quorum, while another is
    open, or while an amendment of the item waits."""
    meeting = running(ballot.item.meeting)
    ballot = Ballot.objects.select_for_update().select_related("item").get(pk=ballot.pk)
    if ballot.state != Ballot.State.DRAFT:
        raise Blocked([_("A ballot is opened once.")])
    room = rules.attendance_of(meeting)
    told = []
    if room.room.item != str(ballot.item_id):
        told.append(_("The item is not at hand."))
    if not room.has_quorum:
        told.append(_("Fewer than half of the members are present: the meeting cannot decide."))
    others = Ballot.objects.filter(item__meeting=meeting).exclude(pk=ballot.pk)
    if others.filter(state=Ballot.State.OPEN).exists():
        told.append(_("Another ballot is open."))
    waits = others.filter(item=ballot.item, state=Ballot.State.DRAFT, is_amendment=True).exists()
    if not ballot.is_amendment and waits:
        told.append(_("An amendment waits: it is voted on first."))
    if told:
        raise Blocked(told)
    Vote.objects.bulk_create(Vote(ballot=ballot, person_id=one) for one in room.who_may_vote())
    ballot.state, ballot.opened_at, ballot.sha256 = Ballot.State.OPEN, at, _voted_on(ballot)
    ballot.save()
    journal.write(BallotMoved(ballot.pk, ballot.state, ballot.sha256), by=by, at=at, about=ballot.item)
    return ballot


@journal.action
def vote(ballot: Ballot, person: Person, choice: str, *, by: Any, at: datetime) -> None:
    """One's vote, once. Raises NotPermitted for who may not vote, Blocked outside the ballot or the second time."""
    if choice not in ("for", "against", "abstained"):
        raise Blocked([_("Choose: for, against, or neither.")])
    ballot = Ballot.objects.select_for_update(of=("self",)).select_related("item").get(pk=ballot.pk)
    if ballot.way != Ballot.Way.NAMES or ballot.state != Ballot.State.OPEN:
        raise Blocked([_("The ballot is not open.")])
    mine = Vote.objects.filter(ballot=ballot, person=person)
    if not mine.exists():
        raise NotPermitted
    if not mine.filter(choice="").update(choice=choice):
        if mine.filter(choice=choice).exists():
            return  # the same again: the first answer was lost
        raise Blocked([_("You have voted already.")])
    journal.write(Voted(ballot.pk), by=by, at=at, about=ballot.item)


@journal.action
def close_ballot(ballot: Ballot, *, hands: Sequence[int] = (), told: Mapping[UUID, str] | None = None, by: Any,
                 at: datetime) -> Ballot:  # fmt: skip
    """Close and count it. `hands` are for, against and neither, of a show of hands or of papers; `told` is what the
    groups said, by person: who goes against his group says so.

    If what is voted on has changed since the opening, the ballot is void (I22). Raises Blocked for numbers that cannot
    be, and where it is not open.
    """
    ballot = Ballot.objects.select_for_update(of=("self",)).select_related("item").get(pk=ballot.pk)
    if ballot.state != Ballot.State.OPEN:
        raise Blocked([_("The ballot is not open.")])
    votes = list(ballot.votes.all())
    if ballot.way == Ballot.Way.GROUPS:
        for one in votes:
            one.choice = choice if (choice := (told or {}).get(one.person_id, "")) in Vote.Choice.values else ""
        Vote.objects.bulk_update(votes, ["choice"])
    try:
        if ballot.way in (Ballot.Way.NAMES, Ballot.Way.GROUPS):
            given: Mapping[Any, Any] = {one.person_id: one.choice for one in votes if one.choice}
            count = ballots.count(given, {one.person_id for one in votes})
        else:
            count = ballots.counted(*hands, entitled=len(votes))
    except (TypeError, ValueError):
        raise Blocked([_("The numbers do not add up: %(all)s may vote.") % {"all": len(votes)}]) from None
    ballot.state = Ballot.State.CLOSED if _voted_on(ballot) == ballot.sha256 else Ballot.State.VOID
    ballot.closed_at, ballot.counts = at, list(count)
    ballot.save()
    _to_read_again(ballot.item)
    journal.write(BallotMoved(ballot.pk, ballot.state, ballot.sha256), by=by, at=at, about=ballot.item)
    return ballot


def _voted_on(ballot: Ballot) -> str:
    """The hash of the words and of the papers that are voted on, as they are now."""
    item = ballot.item
    composed = composing.compose(item.meeting, stage="draft").items
    paper = next((one for one in composed if one.number == item.number), None)
    bound = (ballot.question, paper.recommendation, paper.sections, paper.files) if paper else (ballot.question,)
    return hashlib.sha256(repr(bound).encode()).hexdigest()


# --- reading-out, adjourning ---


@journal.action
def start_reading(meeting: Meeting, *, by: Any, at: datetime) -> Meeting:
    """Read the minutes out, item by item."""
    meeting = running(meeting)
    if meeting.reading_at:
        return meeting
    meeting = meetings.note_course(meeting, reading_at=at)
    journal.write(ReadingStarted(), by=by, at=at, about=meeting)
    return meeting


@journal.action
def tick(item: AgendaItem, is_read: bool, *, by: Any, at: datetime) -> None:
    """The item was read out, or has to be read again."""
    meeting = running(item.meeting)
    if not meeting.reading_at:
        raise Blocked([_("The reading has not begun.")])
    row = _minutes_of(item)
    row.read_at = at if is_read else None
    row.save()
    journal.write(ItemRead(is_read), by=by, at=at, about=item)


@journal.action
def adjourn(meeting: Meeting, *, clock: datetime | None = None, by: Any, at: datetime) -> Minutes:
    """End the meeting: the minutes as they were read are frozen, and each case is told what was decided.

    `clock` is what is printed, `at` if not told: of minutes that were kept on paper. Raises Blocked with everything
    that is missing, and for a clock outside the meeting.
    """
    meeting = running(meeting)
    items, end = composing.items_of(meeting), clock or at
    told = rules.missing(meeting, items)
    if not meeting.opened_at <= end <= max(at, meeting.opened_at):
        told.append(_("The meeting ends after it was opened, and not later than now."))
    if told:
        raise Blocked(told)
    _note(meeting, Happening.Kind.ADJOURNED, end)
    meeting = meetings.note_course(meeting, adjourned_at=end)
    whole = composing.compose(meeting, stage="read_out")
    minutes = signing.freeze(meeting, whole, by=by, at=at)
    outcomes = dict(ItemMinutes.objects.filter(item__in=items).values_list("item", "outcome"))
    for item, shown in zip(items, whole.items, strict=True):
        if item.case:
            left = outcomes.get(item.pk) in LEFT_OVER
            cases.note_treated(
                item.case, item=item.pk, decision=shown.decision or "", is_closed=item.is_closed, is_left_over=left,
                by=by, at=at,
            )  # fmt: skip
    journal.write(MeetingAdjourned(minutes.sha256, minutes.pdf_sha256), by=by, at=at, about=meeting)
    return minutes


# --- below ---


def running(meeting: Meeting) -> Meeting:
    """The meeting, held for a change. Raises Blocked before its opening and after its end."""
    meeting = meetings.lock(meeting)
    if not meeting.opened_at or meeting.adjourned_at:
        raise Blocked([_("The meeting is not being held.")])
    return meeting


def _note(meeting: Meeting, kind: str, at: datetime, *, person: Person | None = None, item: AgendaItem | None = None,
          reason: str = "") -> Happening:  # fmt: skip
    number = (meeting.happenings.aggregate(last=Max("number"))["last"] or 0) + 1
    told = {"person": person, "item": item, "reason": reason}
    return Happening.objects.create(meeting=meeting, number=number, kind=kind, at=at, **told)


def _minutes_of(item: AgendaItem) -> ItemMinutes:
    return ItemMinutes.objects.select_for_update().get_or_create(item=item)[0]


def _to_read_again(item: AgendaItem) -> None:
    """What was read out and has changed since is read again."""
    ItemMinutes.objects.filter(item=item).update(read_at=None)
