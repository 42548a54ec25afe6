"""Planning, calling, building and sending an agenda, answering a call, asking and answering beforehand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from raadslag.core import record
from raadslag.core.release import public
from raadslag.core.rules.screening import screen_record
from raadslag.web import dates
from raadslag.workspace.bodies.models import SEATED, Membership, Organization, Role
from raadslag.workspace.bodies.policies import policies_of
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Access, Case
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict, NeedsReason
from raadslag.workspace.files import keeping
from raadslag.workspace.meetings import calendar, composing, rules
from raadslag.workspace.meetings.events import (
    AgendaChanged,
    AgendaHeldBack,
    AgendaReleased,
    AgendaSent,
    ItemClosed,
    ItemOpened,
    MeetingCalled,
    MeetingCancelled,
    MeetingChanged,
    MeetingPlanned,
    QuestionAnswered,
    QuestionAsked,
    Replied,
    SentToChair,
    SubstituteCalled,
)
from raadslag.workspace.meetings.models import Agenda, AgendaItem, Answer, Invitation, Meeting, Question
from raadslag.workspace.meetings.programmes import PROGRAMMES, STANDARD
from raadslag.workspace.messages.sending import take_back, tell
from raadslag.workspace.people.models import Person

_COMES_ALONG = (Role.SECRETARY, Role.CASE_WORKER, Role.FACILITATOR, Role.HOST, Role.OBSERVER, Role.READER)
_LONGEST_MINUTES = 24 * 60
_LONGEST_REASON = 300
_NUMBER = re.compile(r"(?<!\d)\d{1,4}(?!\d)")


# --- the meeting ---


@journal.action
def plan(organization: Organization, *, title: str, start: datetime, end: datetime, place: str = "", because: str = "",
         decided_by: str = "", by: Any, at: datetime) -> Meeting:  # fmt: skip
    """Put a meeting in the plan; nobody is told yet. Raises Blocked where it ends before it starts, or stands there."""
    if end <= start:
        raise Blocked([_("The meeting ends before it starts.")])
    _refuse_taken(organization, start)
    meeting = Meeting.objects.create(
        organization=organization, title=title.strip() or _next_title(organization), start=start, end=end, place=place,
        because=because, decided_by=decided_by,
    )  # fmt: skip
    journal.write(MeetingPlanned(organization.pk, start), by=by, at=at, about=meeting)
    return meeting


@journal.action
def call(meeting: Meeting, *, by: Any, at: datetime) -> Meeting:
    """Call everyone who comes to the meeting on its day, and tell the mayor. Twice calls nobody twice."""
    meeting = _locked(meeting)
    if meeting.cancelled_at:
        raise Blocked([_("The meeting is cancelled.")])
    new = _invite(meeting, at)
    if not new and meeting.called_at:
        raise Blocked([_("Everyone has been called.")])
    if not meeting.called_at:
        Meeting.objects.filter(pk=meeting.pk).update(called_at=at)
        meeting.called_at = at
    for person in new:
        _send_call(meeting, person, at)
    journal.write(MeetingCalled(len(new)), by=by, at=at, about=meeting)
    return meeting


@journal.action
def change(
    meeting: Meeting, *, title: str, start: datetime, end: datetime, place: str, by: Any, at: datetime
) -> Meeting:
    """Another name, time or place; who has been called is told at once, and asked again where the time is another."""
    meeting = _locked(meeting)
    if meeting.cancelled_at:
        raise Blocked([_("The meeting is cancelled.")])
    if end <= start:
        raise Blocked([_("The meeting ends before it starts.")])
    is_moved = (meeting.start, meeting.end) != (start, end)
    _refuse_taken(meeting.organization, start, meeting)
    if not is_moved and (meeting.title, meeting.place) == (title, place):
        return meeting
    meeting.title, meeting.start, meeting.end, meeting.place = title, start, end, place
    meeting.sequence += 1
    meeting.save()
    if meeting.called_at:
        for invitation in _called(meeting):
            if is_moved and invitation.answer:
                Invitation.objects.filter(pk=invitation.pk).update(answer=Answer.NONE, answered_at=None)
            _send_call(meeting, invitation.person, at, is_update=True)
    journal.write(MeetingChanged(meeting.sequence, start, end), by=by, at=at, about=meeting)
    return meeting


@journal.action
def cancel(meeting: Meeting, because: str, *, by: Any, at: datetime) -> Meeting:
    """Call the meeting off; its cases are ready for another one. Raises Blocked without a reason, and once it has
    begun."""
    meeting = _locked(meeting)
    if meeting.cancelled_at:
        raise Blocked([_("The meeting is cancelled.")])
    if meeting.opened_at:
        raise Blocked([_("The meeting has begun.")])
    if not because.strip():
        raise Blocked([_("Say why. Those who were called are told.")])
    _refuse_long(because)
    meeting.cancelled_at, meeting.cancelled_because, meeting.sequence = at, because.strip(), meeting.sequence + 1
    meeting.save()
    for item in meeting.items.exclude(case=None).select_related("case"):
        cases.take_off_agenda(item.case, item=item.pk, by=by, at=at)
    for invitation in _called(meeting):
        person = invitation.person
        with translation.override(person.language):
            subject = _("Cancelled: %(meeting)s") % {"meeting": _named(meeting)}
            text = _("The meeting %(when)s is cancelled.") % {"when": when(meeting)}
        ics = calendar.written(meeting, person, "CANCEL", at=at)
        tell(person, subject, f"{text}\n{because.strip()}", at=at, about=journal.name_of(meeting), is_urgent=True,
             calendar=ics, method="CANCEL", path=meeting.get_absolute_url())  # fmt: skip
    journal.write(MeetingCancelled(meeting.sequence), by=by, at=at, about=meeting)
    return meeting


# --- the agenda ---


@journal.action
def add_case(meeting: Meeting, case: Case, *, late_because: str = "", by: Any, at: datetime) -> AgendaItem:
    """Put a ready case last on the agenda, open or closed as the case is. Raises Blocked unless it is ready."""
    meeting = _locked(meeting)
    _refuse_cancelled(meeting)
    _refuse_long(late_because)
    _begin(meeting, by=by, at=at)
    item = AgendaItem.objects.create(
        meeting=meeting, order=_next_order(meeting, None), case=case, title=case.title, access=case.access,
        legal_ground=case.legal_ground, public_title=case.public_title, late_because=late_because,
    )  # fmt: skip
    cases.put_on_agenda(
        case, meeting=meeting.pk, item=item.pk, organization=meeting.organization,
        held_on=timezone.localtime(meeting.start).date(), by=by, at=at,
    )  # fmt: skip
    journal.write(AgendaChanged(item.pk, "added"), by=by, at=at, about=meeting)
    return item


@journal.action
def add_item(meeting: Meeting, *, title: str, minutes: int | None = None, text: str = "", access: str = Access.CLOSED,
             legal_ground: str = "", public_title: str = "", late_because: str = "", parent: AgendaItem | None = None,
             by: Any, at: datetime) -> AgendaItem:  # fmt: skip
    """An item without a case, or a point of the programme below `parent`. Closed until somebody says otherwise (I3)."""
    meeting = _locked(meeting)
    _refuse_cancelled(meeting)
    _refuse_long(late_because)
    if parent and parent.is_sent:
        raise Blocked([_("The item has been sent, and its programme with it.")])
    if parent is None:
        _begin(meeting, by=by, at=at)
    item = AgendaItem.objects.create(
        meeting=meeting, parent=parent, order=_next_order(meeting, parent), title=title.strip(), minutes=minutes,
        text=text, access=parent.access if parent else access, legal_ground=legal_ground, public_title=public_title,
        late_because=late_because,
    )  # fmt: skip
    journal.write(AgendaChanged(item.pk, "added"), by=by, at=at, about=meeting)
    return item


@journal.action
def add_programme(meeting: Meeting, item: AgendaItem, name: str, *, by: Any, at: datetime) -> None:
    """The points of a programme, below an item."""
    with translation.override("da"):  # the language of papers, whatever the secretary's pages speak
        points = [(str(title), minutes) for title, minutes in PROGRAMMES[name].points]
    for title, minutes in points:
        add_item(meeting, title=title, minutes=minutes, parent=item, by=by, at=at)


def print_of(item: AgendaItem) -> str:
    """A hash of what an item says: it tells whether somebody has changed it since it was looked at."""
    names = ("title", "minutes", "text", "access", "legal_ground", "public_title", "late_because")
    return hashlib.sha256(repr([getattr(item, name) for name in names]).encode()).hexdigest()


def _begin(meeting: Meeting, *, by: Any, at: datetime) -> None:
    """An agenda begins with the approval of the last minutes, where the body does so."""
    if not meeting.items.exists() and policies_of(meeting.organization)["approves_minutes"] and meeting.previous():
        item = _standard(meeting, "last-minutes")
        item.save()
        journal.write(AgendaChanged(item.pk, "added"), by=by, at=at, about=meeting)


@journal.action
def add_standard(meeting: Meeting, name: str, *, late_because: str = "", by: Any, at: datetime) -> AgendaItem:
    """An open item that agendas have again and again; the approval of minutes names the meeting they are of.

    An agenda that began with it has it already.
    """
    meeting = _locked(meeting)
    _refuse_cancelled(meeting)
    _refuse_long(late_because)
    _begin(meeting, by=by, at=at)
    item = _standard(meeting, name)
    if twin := meeting.items.filter(parent=None, title=item.title, text=item.text).first():
        return twin
    item.late_because = late_because
    item.save()
    journal.write(AgendaChanged(item.pk, "added"), by=by, at=at, about=meeting)
    return item


def _standard(meeting: Meeting, name: str) -> AgendaItem:
    standard = STANDARD[name]
    with translation.override("da"):  # the language of papers
        title, text = str(standard.title), ""
        if standard.about_last and (last := meeting.previous()):
            text = _("Minutes of %(title)s, %(day)s.") % {"title": last.title, "day": dates.day(last.local_start)}
    return AgendaItem(
        meeting=meeting, order=_next_order(meeting, None), title=title, minutes=standard.minutes, text=text,
        access=Access.OPEN,
    )  # fmt: skip


@journal.action
def change_item(item: AgendaItem, *, title: str, minutes: int | None, text: str, access: str, legal_ground: str,
                public_title: str, late_because: str, seen: str, by: Any, at: datetime) -> None:  # fmt: skip
    """Correct an item that has not been sent. What has been sent stays as it is: something new is added instead.

    `seen` is the `print_of` the item that was opened. Raises Conflict where it has changed since.
    """
    meeting = _locked(item.meeting)
    item = AgendaItem.objects.select_for_update().get(pk=item.pk)
    if print_of(item) != seen:
        raise Conflict
    if item.is_sent:
        raise Blocked([_("The item has been sent. Add a new one with what has changed.")])
    if minutes is not None and not 0 <= minutes <= _LONGEST_MINUTES:
        raise Blocked([_("The time is a number of minutes, at most a day.")])
    item.title, item.minutes, item.text, item.access = title.strip(), minutes, text, access
    item.legal_ground, item.public_title, item.late_because = legal_ground, public_title, late_because
    item.save()
    AgendaItem.objects.filter(parent=item).update(access=access)
    journal.write(AgendaChanged(item.pk, "changed"), by=by, at=at, about=meeting)


@journal.action
def close_sent(item: AgendaItem, *, legal_ground: str, public_title: str, by: Any, at: datetime) -> None:
    """Close an item that has gone out open, and its case, from the next request on (I11).

    What was sent stays as it was in the frozen edition; whoever may not read the item sees its public face. Raises
    Blocked without ground or face, or where the item has not been sent or is closed.
    """
    meeting = _locked(item.meeting)
    item = AgendaItem.objects.select_for_update(of=("self",)).select_related("case").get(pk=item.pk)
    if not item.is_sent or item.is_closed or item.parent_id:
        raise Blocked([_("Only an open item that has been sent can be closed here.")])
    if not legal_ground.strip() or not public_title.strip():
        raise Blocked([_("A closed item needs its legal ground and a heading that everyone may read.")])
    face = {"legal_ground": legal_ground.strip(), "public_title": public_title.strip()}
    AgendaItem.objects.filter(Q(pk=item.pk) | Q(parent=item.pk)).update(access=Access.CLOSED, **face)
    if item.case and not item.case.is_closed:
        cases.close(item.case, **face, by=by, at=at)
    cases.note_closed(item.pk)
    take_back(journal.name_of(meeting), item.title)
    journal.write(ItemClosed(item.pk), by=by, at=at, about=meeting)


@journal.action
def move_item(item: AgendaItem, place: int, *, by: Any, at: datetime) -> None:
    """Let an item stand at that place among its neighbours, counted from 1. What has been sent keeps its place."""
    meeting = _locked(item.meeting)
    neighbours = list(AgendaItem.objects.filter(meeting=meeting, parent=item.parent_id).order_by("order"))
    moved = next(one for one in neighbours if one.pk == item.pk)
    sent = sum(one.is_sent for one in neighbours)
    if moved.is_sent:
        raise Blocked([_("The item has been sent, and keeps its place.")])
    neighbours.remove(moved)
    neighbours.insert(max(sent, min(place - 1, len(neighbours))), moved)
    for order, one in enumerate(neighbours, 1):
        if one.order != order:
            AgendaItem.objects.filter(pk=one.pk).update(order=order)
    journal.write(AgendaChanged(item.pk, "moved"), by=by, at=at, about=meeting)


@journal.action
def remove_item(item: AgendaItem, *, by: Any, at: datetime) -> None:
    """Take an item off an agenda before it is sent; its case is ready again."""
    meeting = _locked(item.meeting)
    item = AgendaItem.objects.select_for_update(of=("self",)).select_related("case").get(pk=item.pk)
    if item.is_sent:
        raise Blocked([_("The item has been sent. The meeting itself decides whether it is treated.")])
    pk, case = item.pk, item.case
    item.delete()
    if case:
        cases.take_off_agenda(case, item=pk, by=by, at=at)
    journal.write(AgendaChanged(pk, "removed"), by=by, at=at, about=meeting)


@journal.action
def send_to_chair(meeting: Meeting, *, by: Any, at: datetime) -> int:
    """Let the chair look before the agenda goes out; how many were told."""
    chairs = Membership.objects.filter(organization=meeting.organization, role__in=[Role.CHAIR, Role.VICE_CHAIR])
    told = list(chairs.on(timezone.localtime(at).date()).select_related("person"))
    if not told:
        raise Blocked([_("The committee has no chair.")])
    for one in told:
        with translation.override(one.person.language):
            subject = _("Look through: agenda of %(meeting)s") % {"meeting": _named(meeting)}
            text = _("The secretary asks you to look through the draft before it goes out.")
        tell(one.person, subject, text, at=at, path=f"/moeder/{meeting.pk}/dagsorden/vis/", is_urgent=True,
             about=journal.name_of(meeting))  # fmt: skip
    journal.write(SentToChair(), by=by, at=at, about=meeting)
    return len(told)


@journal.action
def send_agenda(meeting: Meeting, *, late_because: str = "", by: Any, at: datetime) -> Agenda:
    """Freeze the agenda, call the members, and let the open part be public where the body's rule says so.

    After the first time it is a supplement: what is new goes out as the next edition. Raises Blocked with every
    obstacle; NeedsReason where notice is not kept and no reason is given. Notice warns, it does not forbid: "as far as
    possible" (Local Government Act, section 8(4)); the reason is printed on the agenda.
    """
    meeting = _locked(meeting)
    items = composing.items_of(meeting)
    if obstacles := rules.obstacles_to_sending(meeting, items):
        raise Blocked(obstacles)
    late = rules.lateness(meeting, at)
    if late and not late_because.strip():
        raise NeedsReason(" ".join(late))
    new = [item for item in items if not item.is_sent]
    reason = late_because.strip() if late else ""
    agenda, whole = _freeze(meeting, items, late_because=reason, by=by, at=at)
    edition = agenda.number
    if edition == 1:
        Meeting.objects.filter(pk=meeting.pk).update(agenda_sent_at=at, called_at=meeting.called_at or at)
        meeting.agenda_sent_at, meeting.called_at = at, meeting.called_at or at
    for person in _invite(meeting, at):
        _send_call(meeting, person, at)
    _tell_of_agenda(meeting, new, edition, at)
    journal.write(AgendaSent(edition, agenda.sha256, agenda.pdf_sha256, bool(late)), by=by, at=at, about=meeting)
    if policies_of(meeting.organization)["publish_agenda"]:
        shown = public(whole)
        if hits := screen_record(shown):  # it goes to the members; the public waits until a person has looked (I13)
            journal.write(AgendaHeldBack(edition, len(hits)), by=by, at=at, about=meeting)
        else:
            journal.write(AgendaReleased(edition, record.identity(shown)), by=by, at=at, about=meeting)
    return agenda


def _freeze(meeting: Meeting, items: Sequence[AgendaItem], *, late_because: str = "", by: Any, at: datetime
            ) -> tuple[Agenda, record.Meeting]:  # fmt: skip
    """The items as they stand are the next edition of the agenda, and have been sent."""
    for item, number in zip(items, composing.numbers(meeting, items), strict=True):
        item.number = number
    whole = composing.compose(meeting, items, stage="sent", late=[*_late_of(meeting), late_because])
    agenda = Agenda.objects.create(
        meeting=meeting, number=meeting.editions.count() + 1, **keeping.freeze(whole)._asdict(),
        items=[str(item.pk) for item in items], sent_at=at, sent_by=by, late_because=late_because,
    )  # fmt: skip
    for item, shown in zip(items, whole.items, strict=True):
        said = " ".join([shown.title or "", shown.reference or "", *(section.text for section in shown.sections)])
        AgendaItem.objects.filter(pk=item.pk).update(
            number=item.number, is_sent=True, words=said, planned_access=item.planned_access or shown.access
        )
        AgendaItem.objects.filter(parent=item.pk).update(is_sent=True)
    cases.note_sent({item.pk: item.number for item in items if item.case_id}, at=at)
    return agenda, whole


# --- the course of the meeting, told by the minutes ---


@journal.action
def note_course(meeting: Meeting, *, opened_at: datetime | None = None, reading_at: datetime | None = None,
                adjourned_at: datetime | None = None) -> Meeting:  # fmt: skip
    """Told by the minutes: the meeting has been opened, is being read out, or is over. The minutes tell the journal."""
    meeting = _locked(meeting)
    told = {"opened_at": opened_at, "reading_at": reading_at, "adjourned_at": adjourned_at}
    for name, moment in told.items():
        if moment:
            setattr(meeting, name, moment)
    meeting.save(update_fields=list(told))
    return meeting


@journal.action
def note_adopted(meeting: Meeting, items: Sequence[AgendaItem], *, by: Any, at: datetime) -> Agenda:
    """Told by the minutes: the meeting treats these items in this order. They are the next edition of the agenda."""
    meeting = _locked(meeting)
    for order, item in enumerate(items, 1):
        if item.order != order:
            AgendaItem.objects.filter(pk=item.pk).update(order=order)
            item.order = order
    agenda, _whole = _freeze(meeting, items, by=by, at=at)
    journal.write(AgendaSent(agenda.number, agenda.sha256, agenda.pdf_sha256, False), by=by, at=at, about=meeting)
    return agenda


@journal.action
def open_sent(item: AgendaItem, *, by: Any, at: datetime) -> None:
    """Told by the minutes: the body treats a closed item with open doors. Closed attachments stay closed; the public
    sees nothing of it before a Release. Raises Blocked where it is open."""
    meeting = _locked(item.meeting)
    item = AgendaItem.objects.select_for_update(of=("self",)).select_related("case").get(pk=item.pk)
    if not item.is_closed:
        raise Blocked([_("The item is open already.")])
    AgendaItem.objects.filter(Q(pk=item.pk) | Q(parent=item.pk)).update(access=Access.OPEN)
    if item.case and item.case.is_closed:
        cases.open_doors(item.case, by=by, at=at)
    journal.write(ItemOpened(item.pk), by=by, at=at, about=meeting)


@journal.action
def lock(meeting: Meeting) -> Meeting:
    """The meeting as it is, held until the change is done: one after the other writes into its minutes."""
    return _locked(meeting)


# --- answers to a call ---


@journal.action
def reply(meeting: Meeting, person: Person, answer: str, *, reason: str = "", by: Any, at: datetime,
          by_mail: bool = False) -> Invitation:  # fmt: skip
    """Say that one comes, or not. An apology of who decides tells the secretary, or calls the substitute at once,
    as the body's rule says. Raises Blocked after the meeting, or for who is not called."""
    meeting = _locked(meeting)
    invitation = Invitation.objects.filter(meeting=meeting, person=person, withdrawn_at=None).first()
    if invitation is None:
        raise Blocked([_("You are not called to this meeting.")])
    if meeting.cancelled_at or at > meeting.end:
        raise Blocked([_("The meeting is over or cancelled.")])
    if answer not in (Answer.COMES, Answer.APOLOGY):
        raise Blocked([_("Say whether you come.")])
    invitation.answer, invitation.answered_at = answer, at
    invitation.reason = reason.strip()[:300] if answer == Answer.APOLOGY else ""
    invitation.save()
    journal.write(Replied(person.pk, answer, by_mail), by=by, at=at, about=meeting)
    if invitation.is_seated and answer == Answer.APOLOGY:
        absent = invitation.substitute_for or person  # a substitute who cannot come leaves the member's seat empty
        if policies_of(meeting.organization)["substitutes"] == "at_once" and not _substitute_of(meeting, absent):
            call_substitute(meeting, absent, by=by, at=at)
        _tell_secretaries_of_apology(meeting, person, at)
    elif invitation.is_seated and (former := _substitute_of(meeting, person)):
        withdraw_substitute(former, by=by, at=at)
    return invitation


@journal.action
def call_substitute(meeting: Meeting, absent: Person, *, by: Any, at: datetime) -> Invitation | None:
    """Call the substitute whose turn it is for a member who has sent his apology; None where nobody is left."""
    meeting = _locked(meeting)
    invitation = Invitation.objects.filter(meeting=meeting, person=absent, answer=Answer.APOLOGY).first()
    if invitation is None:
        raise Blocked([_("A substitute is called for who has sent an apology.")])
    if _substitute_of(meeting, absent):
        raise Blocked([_("A substitute has been called already.")])
    turn = rules.next_substitute(meeting, invitation)
    if turn is None:
        return None
    called, _is_new = Invitation.objects.update_or_create(
        meeting=meeting, person=turn.person,
        defaults={
            "is_seated": True, "substitute_for": absent, "called_at": at, "withdrawn_at": None, "answer": Answer.NONE,
            "reason": "", "answered_at": None,
        },
    )  # fmt: skip
    _send_call(meeting, turn.person, at)
    journal.write(SubstituteCalled(turn.person.pk, absent.pk, True), by=by, at=at, about=meeting)
    return called


@journal.action
def withdraw_substitute(invitation: Invitation, *, by: Any, at: datetime) -> None:
    """The member comes after all: the substitute is told, and may no longer see the papers, from the next request."""
    meeting = _locked(invitation.meeting)
    Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=at)
    person = invitation.person
    with translation.override(person.language):
        subject = _("Not needed: %(meeting)s") % {"meeting": _named(meeting)}
        text = _("The member comes after all. Thank you for being ready.")
    Meeting.objects.filter(pk=meeting.pk).update(sequence=F("sequence") + 1)
    meeting.refresh_from_db(fields=["sequence"])
    tell(person, subject, text, at=at, is_urgent=True, method="CANCEL", about=journal.name_of(meeting),
         calendar=calendar.written(meeting, person, "CANCEL", at=at))  # fmt: skip
    event = SubstituteCalled(person.pk, invitation.substitute_for_id, False)
    journal.write(event, by=by, at=at, about=meeting)


# --- questions before the meeting ---


@journal.action
def ask(item: AgendaItem, text: str, *, by: Any, at: datetime) -> Question:
    """Ask at an item that has been sent, until the meeting begins. The secretary is told that there is a question."""
    meeting = item.meeting
    if not text.strip():
        raise Blocked([_("Write your question.")])
    if at > meeting.start:
        raise Blocked([_("The meeting has begun. Ask in the room.")])
    question = Question.objects.create(item=item, person=by.person, text=text.strip(), asked_at=at)
    for person in _secretaries(meeting.organization, at):
        with translation.override(person.language):
            subject = _("A question to item %(number)s, %(meeting)s") % {
                "number": item.number,
                "meeting": _named(meeting),
            }
            text_ = _("%(name)s has asked. Read it in Raadslag.") % {"name": by.person.name}
        tell(person, subject, text_, at=at, path=f"/laes/{meeting.pk}/punkt/{item.pk}/", about=journal.name_of(meeting))
    journal.write(QuestionAsked(question.pk), by=by, at=at, about=item)
    return question


@journal.action
def answer(question: Question, text: str, *, by: Any, at: datetime) -> None:
    """Answer; who asked is told, and everyone who reads the item sees it. Raises Blocked the second time."""
    if not text.strip():
        raise Blocked([_("Write an answer.")])
    waiting = Question.objects.filter(pk=question.pk, answered_at=None)
    if not waiting.update(answer=text.strip(), answered_by=by.person, answered_at=at):
        raise Blocked([_("The question has been answered already. You wrote: %(text)s") % {"text": text.strip()}])
    item, person = question.item, question.person
    with translation.override(person.language):
        subject = _("Your question to item %(number)s has been answered") % {"number": item.number}
        told = _named(item.meeting)
    tell(person, subject, told, at=at, path=f"/laes/{item.meeting_id}/punkt/{item.pk}/",
         about=journal.name_of(item.meeting))  # fmt: skip
    journal.write(QuestionAnswered(question.pk), by=by, at=at, about=item)


# --- inside ---


def _locked(meeting: Meeting) -> Meeting:
    return Meeting.objects.select_for_update(of=("self",)).select_related("organization__body").get(pk=meeting.pk)


def _refuse_taken(organization: Organization, start: datetime, own: Meeting | None = None) -> None:
    others = Meeting.objects.filter(organization=organization, start=start, cancelled_at=None)
    if others.exclude(pk=own.pk if own else None).exists():
        raise Blocked([_("There is a meeting of the committee at that time already.")])


def _refuse_long(reason: str) -> None:
    if len(reason) > _LONGEST_REASON:
        raise Blocked([_("A reason has at most %(most)s characters.") % {"most": _LONGEST_REASON}])


def _refuse_cancelled(meeting: Meeting) -> None:
    if meeting.cancelled_at:
        raise Blocked([_("The meeting is cancelled.")])


def _next_order(meeting: Meeting, parent: AgendaItem | None) -> int:
    last = AgendaItem.objects.filter(meeting=meeting, parent=parent).order_by("-order").values_list("order", flat=True)
    return (last.first() or 0) + 1


def _next_title(organization: Organization) -> str:
    with translation.override("da"):
        titles = organization.meetings.filter(cancelled_at=None, imported_at=None).values_list("title", flat=True)
        last = max((int(found[0]) for title in titles if (found := _NUMBER.search(title))), default=0)
        return _("Meeting %(number)s") % {"number": max(last, len(titles)) + 1}


def _invite(meeting: Meeting, at: datetime) -> list[Person]:
    """Make the invitations that are missing, as the roles are on the day of the meeting; whose they are."""
    day = timezone.localtime(meeting.start).date()
    rows = Membership.objects.filter(organization=meeting.organization, role__in=[*SEATED, *_COMES_ALONG]).on(day)
    seated: dict[Person, bool] = {}
    for row in rows.select_related("person"):
        seated[row.person] = seated.get(row.person, False) or row.role in SEATED
    for row in _mayors(meeting, day):
        seated.setdefault(row.person, False)
    there = set(Invitation.objects.filter(meeting=meeting).values_list("person", flat=True))
    new = [person for person in seated if person.pk not in there]
    Invitation.objects.bulk_create(
        Invitation(meeting=meeting, person=person, is_seated=seated[person], called_at=at) for person in new
    )
    return new


def _mayors(meeting: Meeting, day: Any) -> Iterable[Membership]:
    """The mayor is told of every meeting of a committee (Local Government Act, section 31)."""
    if meeting.organization.classification in ("working", "writing"):
        return []
    council = Membership.objects.filter(organization__classification="council", role=Role.MAYOR)
    return council.on(day).select_related("person")


def _called(meeting: Meeting) -> Iterable[Invitation]:
    return Invitation.objects.filter(meeting=meeting, withdrawn_at=None).select_related("person")


def _substitute_of(meeting: Meeting, absent: Person) -> Invitation | None:
    found = Invitation.objects.filter(meeting=meeting, substitute_for=absent, withdrawn_at=None)
    return found.exclude(answer=Answer.APOLOGY).select_related("person", "meeting").first()


def _secretaries(organization: Organization, at: datetime) -> list[Person]:
    rows = Membership.objects.filter(organization=organization, role=Role.SECRETARY)
    return [row.person for row in rows.on(timezone.localtime(at).date()).select_related("person")]


def _late_of(meeting: Meeting) -> list[str]:
    return [edition.late_because for edition in meeting.editions.order_by("number")]


def _named(meeting: Meeting) -> str:
    return f"{meeting.title}, {meeting.organization.name}"


def when(meeting: Meeting) -> str:
    """ "mandag 9. april 2018 kl. 17.00–19.00", within a sentence of the language of the moment."""
    local = [timezone.localtime(one).strftime("%Y-%m-%dT%H:%M") for one in (meeting.start, meeting.end)]
    said = dates.span(*local)
    return said[:1].lower() + said[1:] if translation.get_language() == "da" else said


def _send_call(meeting: Meeting, person: Person, at: datetime, *, is_update: bool = False) -> None:
    with translation.override(person.language):
        name = _named(meeting)
        subject = _("Changed: %(meeting)s") if is_update else _("You are called: %(meeting)s")
        subject = subject % {"meeting": name}
        lines = [_("The meeting is %(when)s.") % {"when": when(meeting)}]
        if meeting.place:
            lines.append(_("Place: %(place)s") % {"place": meeting.place})
        if meeting.because:
            lines.append(_("Why an extra meeting: %(reason)s") % {"reason": meeting.because})
        lines.append(_("Answer in your calendar, or here:"))
    tell(
        person, subject, "\n".join(lines), at=at, path=meeting.get_absolute_url(), about=journal.name_of(meeting),
        is_urgent=True, calendar=calendar.written(meeting, person, "REQUEST", at=at), method="REQUEST",
        reply_to=calendar.answer_address(meeting.pk, person),
    )  # fmt: skip


def _tell_of_agenda(meeting: Meeting, new: Sequence[AgendaItem], edition: int, at: datetime) -> None:
    """What changed, in words. Of a closed item only its number and its public face (I15)."""
    near = meeting.start - at < timedelta(days=2)
    for invitation in _called(meeting):
        with translation.override(invitation.person.language):
            if edition == 1:
                subject = _("The agenda is ready: %(meeting)s") % {"meeting": _named(meeting)}
            else:
                subject = _("Added to the agenda: %(meeting)s") % {"meeting": _named(meeting)}
            lines = [f"{item.number}. {_told(item)}" for item in new]
        tell(
            invitation.person, subject, "\n".join(lines), at=at, path=meeting.get_absolute_url(),
            about=journal.name_of(meeting), is_urgent=near,
        )  # fmt: skip


def _told(item: AgendaItem) -> str:
    return _("Closed item: %(face)s") % {"face": item.public_title} if item.is_closed else item.title


def _tell_secretaries_of_apology(meeting: Meeting, absent: Person, at: datetime) -> None:
    for person in _secretaries(meeting.organization, at):
        with translation.override(person.language):
            subject = _("Apology from %(name)s: %(meeting)s") % {"name": absent.name, "meeting": _named(meeting)}
            text = _("See who is called instead.")
        near = meeting.start - at < timedelta(days=2)
        tell(
            person, subject, text, at=at, path=f"/moeder/{meeting.pk}/", about=journal.name_of(meeting), is_urgent=near
        )
