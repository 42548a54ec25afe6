"""After the adjourning: who signs, signing, asking for what is missing, correcting, adding.

A version of the minutes is frozen bytes. Who signs them signs all of them, so a correction is a new version and a new
round; once everyone has signed there are only additions. Source: Local Government Act, section 13; invariants I24, I25.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from raadslag.core import record
from raadslag.workspace.bodies.models import Membership, Policy, Role
from raadslag.workspace.bodies.policies import Policies, policies_of
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict, NotPermitted
from raadslag.workspace.files import keeping
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.messages.sending import tell
from raadslag.workspace.minutes import composing, rules
from raadslag.workspace.minutes.events import (
    AdditionMade,
    EntrySaved,
    MinutesCorrected,
    MinutesSigned,
    SharingBegan,
    SignersReminded,
)
from raadslag.workspace.minutes.models import (
    Addition,
    Entry,
    EntryText,
    Minutes,
    Reservation,
    Signature,
    SigningReminder,
)
from raadslag.workspace.people import codes
from raadslag.workspace.people.models import Person

_LONGEST = 200_000
_LONGEST_REASON = 300
_REMINDED_AFTER = timedelta(days=3)
_REMINDED_EVERY = timedelta(days=7)
_REMINDED_UNTIL = timedelta(days=60)  # a signature that has not come by then does not come by mail
Why: TypeAlias = Literal["ready", "missing", "corrected"]


# --- the bytes ---


def freeze(meeting: Meeting, whole: record.Meeting, number: int = 1, because: str = "", *, by: Any, at: datetime
           ) -> Minutes:  # fmt: skip
    """Keep `whole` as that version of the minutes, with its PDF, and ask those who sign."""
    minutes = Minutes.objects.create(
        meeting=meeting, number=number, **keeping.freeze(whole)._asdict(), made_at=at, made_by=by, because=because
    )  # fmt: skip
    _ask(meeting, who_signs(meeting), at, "ready" if number == 1 else "corrected")
    return minutes


# --- who ---


def who_signs(meeting: Meeting) -> list[Person]:
    """Those who took part and decide, in the order of the list; the chair alone where the body has chosen that.

    The chair is who chaired: the vice chair where the chair was away. Where neither was there, the law's own rule
    holds. Source: Local Government Act, section 13(1); the body's rule on the day of the meeting (R8).
    """
    room = rules.attendance_of(meeting)
    took_part = [seat.invitation.person for seat in room.seats if seat.is_seated and seat.presence.is_present]
    day = timezone.localtime(meeting.start).date()
    if policies_of(meeting.organization, day)["signatures"] != "chair":
        return took_part
    held = Membership.objects.filter(organization=meeting.organization_id).on(day).values_list("role", "person")
    roles = set(held)
    for role in (Role.CHAIR, Role.VICE_CHAIR):
        if chaired := [person for person in took_part if (role, person.pk) in roles]:
            return chaired
    return took_part


def asked_of(person: UUID, some: Collection[Minutes]) -> list[Minutes]:
    """Those of `some` minutes, of meetings in which the person took part, that he signs by the body's rule. One query,
    and more for each meeting whose chair signs alone."""
    bodies = {minutes.meeting.organization.body_id for minutes in some}
    rows = list(Policy.objects.filter(body__in=bodies)) if some else []
    told = []
    for minutes in some:
        meeting = minutes.meeting
        rule = Policies(meeting.organization, rows, timezone.localtime(meeting.start).date())["signatures"]
        if rule != "chair" or person in {one.pk for one in who_signs(meeting)}:
            told.append(minutes)
    return told


def unsigned(minutes: Minutes) -> list[Person]:
    """Those whose signature is missing."""
    signed = set(minutes.signatures.values_list("person", flat=True))
    return [person for person in who_signs(minutes.meeting) if person.pk not in signed]


# --- signing ---


@journal.action
def sign(minutes: Minutes, person: Person, *, sha256: str, how: str = Signature.How.OWN, reservation: str = "",
         reservations: Mapping[UUID, str] | None = None, by: Any, at: datetime) -> Signature:  # fmt: skip
    """Sign these bytes, with a reservation where one finds something wrongly recorded: to the whole, or to items.

    `sha256` is what the person saw; `reservations` are texts by the ids of items. Raises NotPermitted for who does not
    sign, and for items of another meeting; Blocked where other minutes have taken their place, or for the second time.
    """
    meetings.lock(minutes.meeting)
    newest = Minutes.objects.filter(meeting=minutes.meeting_id).first()
    said = {item: text.strip() for item, text in (reservations or {}).items() if text.strip()}
    if person.pk not in {one.pk for one in who_signs(minutes.meeting)}:
        raise NotPermitted
    if said and not said.keys() <= {item.pk for item in composing.items_of(minutes.meeting)}:
        raise NotPermitted
    if newest is None or newest.pk != minutes.pk or sha256 != minutes.sha256:
        raise Blocked([_("There is a newer version. Read it first, then sign.")])
    if minutes.signatures.filter(person=person).exists():
        raise Blocked([_("You have signed already.")])
    if any(len(text) > _LONGEST for text in (reservation, *said.values())):
        raise Blocked([_("The text is too long.")])
    signature = Signature.objects.create(
        minutes=minutes, person=person, how=how, reservation=reservation.strip(), signed_at=at
    )
    Reservation.objects.bulk_create(
        Reservation(signature=signature, item_id=item, text=text) for item, text in said.items()
    )
    journal.write(MinutesSigned(person.pk, minutes.sha256, how), by=by, at=at, about=minutes.meeting)
    return signature


def said_before(minutes: Minutes, person: UUID) -> dict[str, Any]:
    """The reservations with which the person last signed another version of these minutes: he need not write them
    again."""
    some = Signature.objects.filter(minutes__meeting=minutes.meeting_id, person=person).exclude(minutes=minutes)
    last = some.order_by("-minutes__number").first()
    if last is None:
        return {}
    at_items = {one.item_id: one.text for one in last.reservations.all()}
    return {"reservation": last.reservation, "reservations": at_items}


def obstacles_to_sharing(minutes: Minutes) -> list[str]:
    """Why these minutes cannot be signed on a tablet that goes round: who signs has read all of them, and what is
    closed is read by who has logged in himself (I40)."""
    rows = composing.items_of(minutes.meeting)
    is_closed = any(row.is_closed for row in rows) or any(item.access != "open" for item in minutes.decoded().items)
    if not is_closed:
        return []
    return [_("The minutes hold closed items: each signs on his own device after a strong login, or on paper.")]


@journal.action
def begin_sharing(minutes: Minutes, *, by: Any, at: datetime) -> None:
    """Let a session show these minutes alone, to be signed on by one after the other."""
    if told := obstacles_to_sharing(minutes):
        raise Blocked(told)
    journal.write(SharingBegan(minutes.sha256), by=by, at=at, about=minutes.meeting)


def sign_shared(minutes: Minutes, person: Person, code: str, *, sha256: str, reservation: str = "",
                reservations: Mapping[UUID, str] | None = None, by: Any, at: datetime) -> Signature:  # fmt: skip
    """Sign on a shared tablet, with one's own code; `by` is who leads it round.

    As `sign`, and raises Blocked for minutes with closed items and for a code that does not fit. No action of its own:
    a failed try counts though nothing is signed.
    """
    if person.pk not in {one.pk for one in who_signs(minutes.meeting)}:
        raise NotPermitted
    if told := obstacles_to_sharing(minutes):
        raise Blocked(told)
    codes.check(person, code, by=by, at=at)
    return sign(
        minutes, person, sha256=sha256, how=Signature.How.SHARED, reservation=reservation, reservations=reservations,
        by=by, at=at,
    )  # fmt: skip


# --- asking ---


@journal.action
def remind_signers(minutes: Minutes, *, by: Any, at: datetime) -> int:
    """Tell those whose signature is missing once more; how many they were."""
    meeting = meetings.lock(minutes.meeting)
    missing = unsigned(minutes)
    if missing:
        SigningReminder.objects.create(minutes=minutes, at=at)
        _ask(meeting, missing, at, "missing")
        journal.write(SignersReminded(minutes.sha256, len(missing)), by=by, at=at, about=meeting)
    return len(missing)


def remind_what_is_due(at: datetime) -> int:
    """Remind of the minutes that still lack a signature days after they were made, once a week; how many people."""
    some = Minutes.objects.newest().filter(made_at__lte=at - _REMINDED_AFTER, made_at__gt=at - _REMINDED_UNTIL)
    due = some.exclude(reminders__at__gt=at - _REMINDED_EVERY).select_related("meeting__organization__body")
    return sum(remind_signers(minutes, by=journal.SYSTEM, at=at) for minutes in due.order_by("pk") if unsigned(minutes))


def _ask(meeting: Meeting, people: Sequence[Person], at: datetime, why: Why) -> None:
    """The words name the meeting alone: what was decided is read after a login (I15)."""
    for person in people:
        with translation.override(person.language):
            name = {"meeting": f"{meeting.title}, {meeting.organization.name}"}
            if why == "missing":
                subject = _("Your signature is missing: %(meeting)s") % name
                text = _("The minutes were read out at the meeting. Read them, and sign here:")
            elif why == "corrected":
                subject = _("The minutes have been corrected: %(meeting)s") % name
                text = _("A text was corrected after the meeting, so everyone signs again. Read it, and sign here:")
            else:
                subject = _("The minutes are ready to be signed: %(meeting)s") % name
                text = _("The minutes were read out, and can be signed here:")
        tell(
            person, subject, text, at=at, path=f"/moederum/{meeting.pk}/underskrift/", about=journal.name_of(meeting)
        )  # fmt: skip


# --- what was recorded wrongly ---


def obstacles_to_correcting(minutes: Minutes) -> list[str]:
    """Why no text of these minutes can be corrected any more."""
    if unsigned(minutes):
        return []
    return [_("Everyone has signed: the text stays as it is. Add what is missing instead.")]


@journal.action
def correct(minutes: Minutes, texts: Mapping[UUID, str], because: str, *, by: Any, at: datetime) -> Minutes:
    """Correct the text of paragraphs: the next version of the minutes, which everyone signs anew (I24).

    `minutes` is the version that was open when the texts were written, `texts` are by the ids of paragraphs. Outcomes,
    votes and attendance stay what they are, and so does all else that the former version says. Raises Conflict where
    another correction came between; NotPermitted for paragraphs that are none of this meeting's; Blocked once everyone
    has signed, without a reason, for an empty text, and for a statement that somebody wrote himself (I27).
    """
    meeting = meetings.lock(minutes.meeting)
    newest = Minutes.objects.filter(meeting=meeting).first()
    if newest is None or newest.pk != minutes.pk:
        raise Conflict
    rows = Entry.objects.select_for_update(of=("self",)).filter(pk__in=texts, item__meeting=meeting, removed_at=None)
    found = list(rows.select_related("item__case"))
    if len(found) != len(texts):
        raise NotPermitted
    entries = [entry for entry in found if texts[entry.pk].strip() != entry.text.strip()]
    if told := obstacles_to_correcting(newest) or _obstacles_to_texts(entries, texts, because):
        raise Blocked(told)
    before = newest.decoded()
    said = {entry.pk: entry.text for entry in entries}
    for entry in entries:
        _rewrite(entry, texts[entry.pk].strip(), by=by, at=at)
    whole = composing.corrected(before, meeting, entries, said, because.strip(), newest.number + 1)
    made = freeze(meeting, whole, newest.number + 1, because.strip(), by=by, at=at)
    _tell_cases(meeting, {entry.item_id for entry in entries}, whole, by=by, at=at)
    journal.write(MinutesCorrected(made.number, made.sha256, made.pdf_sha256), by=by, at=at, about=meeting)
    return made


def _obstacles_to_texts(entries: Collection[Entry], texts: Mapping[UUID, str], because: str) -> list[str]:
    told = []
    if not entries:
        told.append(_("No text has been changed."))
    if not because.strip():
        told.append(_("Say why it is corrected: the reason stands with the new version."))
    if len(because.strip()) > _LONGEST_REASON:
        told.append(_("The reason is too long."))
    if any(not texts[entry.pk].strip() for entry in entries):
        told.append(_("A paragraph is corrected, not emptied. Write what is to stand."))
    if any(len(texts[entry.pk]) > _LONGEST for entry in entries):
        told.append(_("The text is too long."))
    if any(entry.is_own for entry in entries):
        told.append(_("What somebody has put on record himself, nobody else changes."))
    return told


def _rewrite(entry: Entry, text: str, *, by: Any, at: datetime) -> None:
    """The former text stays among the texts of the paragraph."""
    entry.text, entry.version, entry.changed_at = text, entry.version + 1, at
    entry.save(update_fields=["text", "version", "changed_at"])
    EntryText.objects.create(entry=entry, number=entry.version, text=text, saved_at=at, saved_by=by)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    journal.write(EntrySaved(entry.pk, entry.version, sha256, False), by=by, at=at, about=entry.item)


def _tell_cases(meeting: Meeting, items: Collection[UUID], whole: record.Meeting, *, by: Any, at: datetime) -> None:
    for item, shown in zip(composing.items_of(meeting), whole.items, strict=True):
        if item.pk in items and item.case:
            cases.correct_decision(item.case, item=item.pk, decision=shown.decision or "", by=by, at=at)


@journal.action
def add(meeting: Meeting, text: str, *, item: UUID | None = None, by: Any, at: datetime) -> Addition:
    """Add something after the adjourning; what was read stays as it is (I25). `item` says which item it concerns.

    Raises NotPermitted for an item of another meeting; Blocked before the adjourning, and for no text or too much.
    """
    meeting = meetings.lock(meeting)
    if item and not any(one.pk == item for one in composing.items_of(meeting)):
        raise NotPermitted
    if not meeting.adjourned_at:
        raise Blocked([_("Additions come after the meeting. Until then the text itself is corrected.")])
    if not text.strip():
        raise Blocked([_("Write what is to be added.")])
    if len(text) > _LONGEST:
        raise Blocked([_("The text is too long.")])
    addition = Addition.objects.create(meeting=meeting, item_id=item, text=text.strip(), by=by.person, added_at=at)
    journal.write(AdditionMade(addition.pk), by=by, at=at, about=meeting)
    return addition
