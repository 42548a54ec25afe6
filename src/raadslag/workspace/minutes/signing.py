"""After the adjourning: who signs, signing, asking for what is missing, adding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.messages.sending import tell
from raadslag.workspace.minutes import rules
from raadslag.workspace.minutes.events import AdditionMade, MinutesSigned, SignersReminded
from raadslag.workspace.minutes.models import Addition, Minutes, Signature, SigningReminder
from raadslag.workspace.people.models import Person

_REMINDED_AFTER = timedelta(days=3)
_REMINDED_EVERY = timedelta(days=7)
_REMINDED_UNTIL = timedelta(days=60)  # a signature that has not come by then does not come by mail


def who_signs(meeting: Meeting) -> list[Person]:
    """Those who took part and decide, in the order of the list. Source: Local Government Act, section 13(1)."""
    room = rules.attendance_of(meeting)
    return [seat.invitation.person for seat in room.seats if seat.is_seated and seat.presence.is_present]


@journal.action
def sign(minutes: Minutes, person: Person, *, sha256: str, how: str = Signature.How.OWN, reservation: str = "",
         by: Any, at: datetime) -> Signature:  # fmt: skip
    """Sign these bytes, with a reservation where one finds something wrongly recorded.

    `sha256` is what the person saw. Raises NotPermitted for who did not take part; Blocked where other minutes have
    taken their place, or for the second time.
    """
    meetings.lock(minutes.meeting)
    newest = Minutes.objects.filter(meeting=minutes.meeting_id).first()
    if person.pk not in {one.pk for one in who_signs(minutes.meeting)}:
        raise NotPermitted
    if newest is None or newest.pk != minutes.pk or sha256 != minutes.sha256:
        raise Blocked([_("There is a newer version. Read it first, then sign.")])
    if minutes.signatures.filter(person=person).exists():
        raise Blocked([_("You have signed already.")])
    signature = Signature.objects.create(
        minutes=minutes, person=person, how=how, reservation=reservation.strip(), signed_at=at
    )
    journal.write(MinutesSigned(person.pk, minutes.sha256, how), by=by, at=at, about=minutes.meeting)
    return signature


def unsigned(minutes: Minutes) -> list[Person]:
    """Those whose signature is missing."""
    signed = set(minutes.signatures.values_list("person", flat=True))
    return [person for person in who_signs(minutes.meeting) if person.pk not in signed]


@journal.action
def remind_signers(minutes: Minutes, *, by: Any, at: datetime) -> int:
    """Tell those whose signature is missing once more; how many they were."""
    meeting = meetings.lock(minutes.meeting)
    missing = unsigned(minutes)
    if missing:
        SigningReminder.objects.create(minutes=minutes, at=at)
        ask_to_sign(meeting, missing, at, is_again=True)
        journal.write(SignersReminded(minutes.sha256, len(missing)), by=by, at=at, about=meeting)
    return len(missing)


def remind_what_is_due(at: datetime) -> int:
    """Remind of the minutes that still lack a signature days after the meeting, once a week; how many people."""
    newest = Minutes.objects.filter(made_at__lte=at - _REMINDED_AFTER, made_at__gt=at - _REMINDED_UNTIL)
    due = newest.exclude(reminders__at__gt=at - _REMINDED_EVERY).select_related("meeting__organization__body")
    return sum(remind_signers(minutes, by=journal.SYSTEM, at=at) for minutes in due.order_by("pk") if unsigned(minutes))


@journal.action
def add(meeting: Meeting, text: str, *, by: Any, at: datetime) -> Addition:
    """Add something after the adjourning; what was read stays as it is (I25)."""
    meeting = meetings.lock(meeting)
    if not meeting.adjourned_at:
        raise Blocked([_("Additions come after the meeting. Until then the text itself is corrected.")])
    if not text.strip():
        raise Blocked([_("Write what is to be added.")])
    addition = Addition.objects.create(meeting=meeting, text=text.strip(), by=by.person, added_at=at)
    journal.write(AdditionMade(addition.pk), by=by, at=at, about=meeting)
    return addition


def ask_to_sign(meeting: Meeting, people: Sequence[Person], at: datetime, *, is_again: bool) -> None:
    """The words name the meeting alone: what was decided is read after a login (I15)."""
    for person in people:
        with translation.override(person.language):
            name = {"meeting": f"{meeting.title}, {meeting.organization.name}"}
            if is_again:
                subject = _("Your signature is missing: %(meeting)s") % name
                text = _("The minutes were read out at the meeting. Read them, and sign here:")
            else:
                subject = _("The minutes are ready to be signed: %(meeting)s") % name
                text = _("The minutes were read out, and can be signed here:")
        tell(
            person, subject, text, at=at, path=f"/moederum/{meeting.pk}/underskrift/", about=journal.name_of(meeting)
        )  # fmt: skip
