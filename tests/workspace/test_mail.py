"""Mails and calendars: a real SMTP server takes them, each counts as one however often tried, answers come back."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
from aiosmtpd.controller import Controller
from django.test import Client

from raadslag.workspace.environment import MailServer
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings import calendar
from raadslag.workspace.meetings.mailed import take_in
from raadslag.workspace.meetings.models import Invitation, Meeting
from raadslag.workspace.messages import sending
from raadslag.workspace.messages.models import Mail, Message, Unmatched

from .conftest import World


class Post:
    """What a mail server does with a mail: keeps it, or answers what the test says."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to an address."""
        return [mail for mail in self.mails if mail["To"] == address]


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """A mail server on this machine."""
    handler = Post()
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAIL = MailServer("127.0.0.1", port)
    yield handler
    controller.stop()


def _ics(mail: EmailMessage) -> icalendar.Calendar:
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    return icalendar.Calendar.from_ical(part.get_payload(decode=True))


def _event(mail: EmailMessage) -> icalendar.Event:
    return next(iter(_ics(mail).walk("VEVENT")))


def test_members_are_called_by_mail_with_a_calendar_part(world: World, post: Post) -> None:
    meeting = world.meeting()
    meetings.call(meeting, by=world["secretary"], at=world.at)
    assert sending.send_due(world.at) == Invitation.objects.count()
    (mail,) = post.to("member@example.org")
    assert mail["Subject"] == "Du indkaldes: 1. møde, Byrumsudvalget"
    assert _ics(mail)["method"] == "REQUEST"
    event = _event(mail)
    assert event["uid"] == f"{meeting.pk}@proeve.example"
    assert int(event["sequence"]) == 0
    assert event["dtstart"].dt == meeting.start
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_substitute_and_the_stranger_are_not_called_but_the_mayor_is_told(world: World) -> None:
    meetings.call(world.meeting(), by=world["secretary"], at=world.at)
    called = set(Invitation.objects.values_list("person__email", flat=True))
    assert "mayor@example.org" in called
    assert not called & {"substitute@example.org", "stranger@example.org", "councillor@example.org"}


def test_a_change_and_a_cancellation_rise_in_sequence(world: World, post: Post) -> None:
    meeting = world.meeting()
    meetings.call(meeting, by=world["secretary"], at=world.at)
    later = meeting.start + timedelta(days=1)
    meetings.change(
        meeting, title=meeting.title, start=later, end=later + timedelta(hours=2), place="Salen", by=world["secretary"],
        at=world.at,
    )  # fmt: skip
    meetings.cancel(meeting, "Aflyst", by=world["secretary"], at=world.at)
    sending.send_due(world.at)
    told = [(_ics(mail)["method"], int(_event(mail)["sequence"])) for mail in post.to("member@example.org")]
    assert told == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    assert len({_event(mail)["uid"] for mail in post.to("member@example.org")}) == 1


def test_a_mail_that_is_tried_again_keeps_its_message_id(world: World, post: Post) -> None:
    """I30: the server took it, and the row does not know."""
    meetings.call(world.meeting(), by=world["secretary"], at=world.at)
    sending.send_due(world.at)
    Mail.objects.filter(to="member@example.org").update(state="waiting", sent_at=None)
    sending.send_due(world.at)
    first, second = post.to("member@example.org")
    assert first["Message-ID"] == second["Message-ID"]


def test_who_gets_nothing_is_told_by_name(world: World, post: Post, browser_of: Callable[..., Client]) -> None:
    post.refuse["member@example.org"] = "550 No such mailbox"
    meeting = world.meeting()
    meetings.call(meeting, by=world["secretary"], at=world.at)
    sending.send_due(world.at)
    assert [mail.to for mail in Mail.objects.undelivered()] == ["member@example.org"]
    page = browser_of("secretary").get(f"/moeder/{meeting.pk}/").content.decode()
    assert "Ikke leveret" in page
    assert "Prøve member, member@example.org (550)" in page


def test_a_server_that_is_busy_or_away_is_tried_later(world: World, post: Post, settings: Any) -> None:
    post.refuse["member@example.org"] = "451 Try again later"
    meetings.call(world.meeting(), by=world["secretary"], at=world.at)
    sending.send_due(world.at)
    waiting = Mail.objects.get(to="member@example.org")
    assert (waiting.state, waiting.attempts) == ("waiting", 1)
    settings.MAIL = MailServer("127.0.0.1", 1)
    assert sending.send_due(world.at + timedelta(minutes=3)) == 0
    waiting.refresh_from_db()
    assert waiting.attempts == 2
    assert waiting.next_try_at > world.at + timedelta(minutes=3)


def _morning(at: datetime) -> datetime:
    return at.replace(hour=9, minute=0)


def test_what_is_not_urgent_gathers_into_one_mail_a_day(world: World, post: Post) -> None:
    person, at = world["member"].person, _morning(world.at)
    for number in (1, 2, 3):
        sending.tell(person, f"Nyt {number}", f"Tekst {number}", at=at)
    assert sending.gather(at) == 1
    sending.tell(person, "Nyt 4", "Tekst 4", at=at + timedelta(hours=1))
    assert sending.gather(at + timedelta(hours=1)) == 0
    assert sending.gather(at + timedelta(days=1)) == 1
    sending.send_due(at + timedelta(days=1))
    first, second = post.to("member@example.org")
    assert first["Subject"] == "3 nyheder fra udvalgenes arbejde"
    assert all(f"Tekst {number}" in first.get_content() for number in (1, 2, 3))
    assert second["Subject"] == "Nyt 4"


def test_one_tap_stops_what_is_not_urgent(world: World, post: Post, client: Client) -> None:
    person, at = world["member"].person, _morning(world.at)
    path = sending.stop_address(person.pk).removeprefix("http://testserver")
    assert client.get(path).status_code == 200
    sending.tell(person, "Nyt", "Tekst", at=at)
    assert Message.objects.filter(mail=None).count() == 1
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert sending.gather(at) == 0
    sending.tell(person, "Haster", "Tekst", at=at, is_urgent=True)
    sending.send_due(at)
    assert [mail["Subject"] for mail in post.to("member@example.org")] == ["Haster"]
    assert client.get("/stop/forkert/").status_code == 404


# --- answers from calendars ---


def _reply(meeting: Meeting, to: str, answer: str, *, uid: str = "", comment: str = "") -> bytes:
    """What a calendar program sends back."""
    event = icalendar.Event()
    event.add("uid", uid or calendar.uid(meeting))
    event.add("dtstamp", meeting.start)
    attendee = icalendar.vCalAddress("mailto:whoever@example.org")
    attendee.params["PARTSTAT"] = answer
    event.add("attendee", attendee, encode=False)
    if comment:
        event.add("comment", comment)
    whole = icalendar.Calendar()
    whole.add("prodid", "-//Another//EN")
    whole.add("version", "2.0")
    whole.add("method", "REPLY")
    whole.add_component(event)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "whoever@example.org", to, "Svar: møde"
    mail.set_content("Se kalenderen")
    mail.add_alternative(whole.to_ical().decode(), subtype="calendar", params={"method": "REPLY"})
    return mail.as_bytes()


@pytest.fixture
def called(world: World) -> Meeting:
    meeting = world.meeting()
    return meetings.call(meeting, by=world["secretary"], at=world.at)


def test_a_calendar_declines_and_that_is_an_apology(world: World, called: Meeting) -> None:
    member = world["member"].person
    mail = _reply(called, calendar.answer_address(called.pk, member), "DECLINED", comment="Syg")
    assert take_in(mail, at=world.at)
    row = Invitation.objects.get(person=member)
    assert (row.answer, row.reason) == ("apology", "Syg")
    assert take_in(_reply(called, calendar.answer_address(called.pk, member), "ACCEPTED"), at=world.at)
    row.refresh_from_db()
    assert (row.answer, row.reason) == ("comes", "")


@pytest.mark.parametrize(
    ("answer", "uid", "whose", "why"),
    [
        ("TENTATIVE", "", "member", "neither_yes_nor_no"),
        ("ACCEPTED", "00000000-0000-4000-8000-000000000000@x", "member", "nobody_called"),
        ("ACCEPTED", "no uuid", "member", "nobody_called"),
        ("ACCEPTED", "", "stranger", "nobody_called"),
        ("DECLINED", "", "", "nobody_called"),
    ],
)
def test_what_fits_no_call_goes_to_a_person(
    world: World, called: Meeting, answer: str, uid: str, whose: str, why: str
) -> None:
    users = {"stranger": world["user"], "member": world["member"]}
    address = calendar.answer_address(called.pk, users[whose].person) if whose else "raadslag+forged@proeve.example"
    assert not take_in(_reply(called, address, answer, uid=uid), at=world.at)
    assert Unmatched.objects.get().why == why
    assert set(Invitation.objects.values_list("answer", flat=True)) == {""}


@pytest.mark.parametrize("data", [b"", b"\xff\x00nonsense", b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nEND"])
def test_a_broken_mail_is_kept_and_breaks_nothing(world: World, data: bytes) -> None:
    assert not take_in(data, at=world.at)
    assert Unmatched.objects.get().why == "no_reply"


def test_an_answer_made_for_one_meeting_answers_no_other(world: World, called: Meeting) -> None:
    other = meetings.call(world.meeting(days=60), by=world["secretary"], at=world.at)
    address = calendar.answer_address(other.pk, world["member"].person)
    assert not take_in(_reply(called, address, "DECLINED"), at=world.at)


# --- substitutes ---


def test_an_apology_calls_the_substitute_in_order_where_the_body_wishes_so(world: World, called: Meeting) -> None:
    """Local Government Act, section 28."""
    from raadslag.workspace.bodies.actions import set_policy

    world.appoint("reserve2", "substitute", world.committee, order=2)
    world.committee.memberships.filter(person=world["substitute"].person).update(order=1)
    set_policy(
        world.body, None, "substitutes", "at_once", reason="Prøve", since=world.at.date() - timedelta(days=1),
        by=world.administrator, at=world.at,
    )  # fmt: skip
    meetings.reply(called, world["member"].person, "apology", by=world["member"], at=world.at)
    first = Invitation.objects.get(substitute_for=world["member"].person)
    assert first.person == world["substitute"].person
    meetings.reply(called, first.person, "apology", by=world["substitute"], at=world.at)
    assert Invitation.objects.filter(person=world["reserve2"].person, substitute_for=world["member"].person).exists()


def test_the_secretary_calls_the_substitute_who_then_reads_and_loses_it_when_the_member_comes(
    world: World, browser_of: Callable[..., Client]
) -> None:
    meeting = world.sent(world.closed_case())
    address = f"/laes/{meeting.pk}/punkt/{meeting.items.get().pk}/"
    substitute = browser_of("substitute")
    assert substitute.get(address).status_code == 404
    member = browser_of("member")
    assert member.post(f"/laes/{meeting.pk}/svar/", {"answer": "apology", "reason": "Ferie"}).status_code == 302
    row = Invitation.objects.get(person=world["member"].person)
    secretary = browser_of("secretary")
    assert "Indkald suppleanten" in secretary.get(f"/moeder/{meeting.pk}/").content.decode()
    assert secretary.post(f"/moeder/{meeting.pk}/suppleant/{row.pk}/").status_code == 302
    assert substitute.get(address).status_code == 200
    assert member.post(f"/laes/{meeting.pk}/svar/", {"answer": "comes"}).status_code == 302
    assert substitute.get(address).status_code == 404


def test_a_form_sent_twice_counts_once(world: World, browser_of: Callable[..., Client]) -> None:
    """I36."""
    meeting = world.sent(world.case())
    client = browser_of("member")
    item = meeting.items.get()
    form = {"text": "Hvor mange træer?", "once": "den-samme-nøgle"}
    first, second = (client.post(f"/laes/{meeting.pk}/punkt/{item.pk}/spoerg/", form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert item.questions.count() == 1
