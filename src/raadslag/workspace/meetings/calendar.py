"""Calls as calendar programs understand them (iTIP): REQUEST, its updates, CANCEL; and the address that answers go to.

Each person's answers come to an address of his own, made with the workspace's key: an answer that comes there comes
from who was called, whatever sender it names. Source: RFC 5545, RFC 5546.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

import icalendar
from django.conf import settings

from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.people.models import Person

_PRODUCT = "-//Raadslag//Raadslag//DA"
_DIGITS = 20


class Reply(NamedTuple):
    """What a calendar program answered: to which meeting, and ACCEPTED, DECLINED or TENTATIVE."""

    uid: str
    answer: str
    comment: str


def uid(meeting: Meeting) -> str:
    """The lasting name of the meeting in calendars."""
    return f"{meeting.pk}@{settings.MAIL_FROM.rpartition('@')[2]}"


def answer_address(meeting_id: UUID, person: Person) -> str:
    """Where that person's answers about that meeting come in."""
    local, _, domain = settings.MAIL_FROM.rpartition("@")
    return f"{local}+{person.pk.hex}-{_mark(meeting_id, person.pk)}@{domain}"


def is_answer_address(address: str, meeting_id: UUID, person_id: UUID) -> bool:
    """Whether `address` is the one that was made for them."""
    tag = address.rpartition("@")[0].rpartition("+")[2]
    own = f"{person_id.hex}-{_mark(meeting_id, person_id)}"
    return hmac.compare_digest(tag.lower().encode("utf-8", "replace"), own.encode())


def written(meeting: Meeting, person: Person, method: str, *, at: datetime) -> str:
    """The meeting as an iTIP message to one person. It names nobody else, and no item."""
    event = icalendar.Event()
    event.add("uid", uid(meeting))
    event.add("dtstamp", at)
    event.add("sequence", meeting.sequence)
    event.add("summary", f"{meeting.title} – {meeting.organization.name}")
    event.add("dtstart", meeting.start)
    event.add("dtend", meeting.end)
    event.add("url", settings.ADDRESS + meeting.get_absolute_url())
    if meeting.place:
        event.add("location", meeting.place)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    organizer = icalendar.vCalAddress(f"mailto:{answer_address(meeting.pk, person)}")
    organizer.params["CN"] = icalendar.vText(meeting.organization.name)
    event["organizer"] = organizer
    attendee = icalendar.vCalAddress(f"mailto:{person.email}")
    attendee.params["CN"] = icalendar.vText(person.name)
    attendee.params["PARTSTAT"] = "NEEDS-ACTION"
    attendee.params["RSVP"] = "TRUE"
    event.add("attendee", attendee, encode=False)
    return _calendar(method, event)


def published(meetings: list[Meeting], *, at: datetime) -> str:
    """Meetings as a calendar to take over: without who is called, and without items."""
    events = []
    for meeting in meetings:
        event = icalendar.Event()
        event.add("uid", uid(meeting))
        event.add("dtstamp", at)
        event.add("sequence", meeting.sequence)
        event.add("summary", f"{meeting.title} – {meeting.organization.name}")
        event.add("dtstart", meeting.start)
        event.add("dtend", meeting.end)
        event.add("status", "CANCELLED" if meeting.cancelled_at else "CONFIRMED")
        if meeting.place:
            event.add("location", meeting.place)
        events.append(event)
    return _calendar("PUBLISH", *events)


def read_reply(data: bytes) -> Reply | None:
    """The answer in a calendar message; None for anything that is none."""
    try:
        calendar = icalendar.Calendar.from_ical(data)
        if str(calendar.get("method", "")).upper() != "REPLY":
            return None
        event = next(iter(calendar.walk("VEVENT")))
        attendee = event["attendee"]
        attendee = attendee[0] if isinstance(attendee, list) else attendee
        comment = event.get("comment", "")
        comment = comment[0] if isinstance(comment, list) else comment
        return Reply(str(event["uid"]), str(attendee.params["PARTSTAT"]).upper(), str(comment))
    except (ValueError, KeyError, StopIteration, IndexError, AttributeError, TypeError):
        return None


def _calendar(method: str, *events: icalendar.Event) -> str:
    calendar = icalendar.Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical().decode()


def _mark(meeting: UUID, person: UUID) -> str:
    key = sha256(b"answer-address" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{meeting}:{person}".encode(), sha256).hexdigest()[:_DIGITS]
