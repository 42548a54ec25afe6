"""Answers that calendar programs send back: an apology or an acceptance, or a reply that a person has to look at.

The mail is hostile until shown otherwise: what counts is the address that it came to, which only the person who was
called has, and the calendar part. Everything in it is text.
"""

from __future__ import annotations

import email
import email.policy
from datetime import datetime
from email.message import EmailMessage
from typing import cast
from uuid import UUID

from raadslag.workspace.common.errors import Refused
from raadslag.workspace.meetings import actions, calendar
from raadslag.workspace.meetings.models import Answer, Invitation
from raadslag.workspace.messages.models import Unmatched

LARGEST = 5 * 2**20
_ANSWERS = {"ACCEPTED": Answer.COMES, "DECLINED": Answer.APOLOGY}


def take_in(data: bytes, *, at: datetime) -> bool:
    """Read one incoming mail; whether it answered a call. What does not is kept for a person to look at."""
    if len(data) > LARGEST:
        return _keep(None, "too_large", at)
    mail = cast(EmailMessage, email.message_from_bytes(data, policy=email.policy.default))
    found = _reply_of(mail)
    if found is None:
        return _keep(mail, "no_reply", at)
    invitation = _invitation_of(mail, found)
    if invitation is None:
        return _keep(mail, "nobody_called", at)
    answer = _ANSWERS.get(found.answer)
    if answer is None:
        return _keep(mail, "neither_yes_nor_no", at)
    try:
        person = invitation.person
        by = getattr(person, "user", "mail")
        actions.reply(invitation.meeting, person, answer, reason=found.comment, by=by, at=at, by_mail=True)
    except Refused:
        return _keep(mail, "too_late", at)
    return True


def _reply_of(mail: EmailMessage) -> calendar.Reply | None:
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and (reply := calendar.read_reply(payload)):
                return reply
    return None


def _invitation_of(mail: EmailMessage, reply: calendar.Reply) -> Invitation | None:
    try:
        meeting = UUID(reply.uid.partition("@")[0])
    except ValueError:
        return None
    came_to = [
        address.addr_spec
        for name in ("to", "cc", "delivered-to", "x-original-to")
        for header in mail.get_all(name, [])
        for address in getattr(header, "addresses", ())
    ] + [str(header).strip() for name in ("delivered-to", "x-original-to") for header in mail.get_all(name, [])]
    invitations = Invitation.objects.filter(meeting=meeting, withdrawn_at=None)
    for invitation in invitations.select_related("person__user", "meeting"):
        if any(calendar.is_answer_address(address, meeting, invitation.person_id) for address in came_to):
            return invitation
    return None


def _keep(mail: EmailMessage | None, why: str, at: datetime) -> bool:
    sender, subject = (str(mail.get(name, "")) for name in ("from", "subject")) if mail else ("", "")
    clean = (text.replace("\x00", "") for text in (sender, subject))
    sender, subject = clean
    Unmatched.objects.create(at=at, sender=sender[:254], subject=subject[:300], why=why)
    return False
