"""Ways by which something closed might get out, or what somebody wrote be lost; each was open once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.models import Membership, Policy
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Case
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.files import keeping
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.messages import sending
from raadslag.workspace.messages.models import Mail

from .conftest import LONG_AGO, World

CANARY = "KANARIEFUGL"
CPR = "070761-4285"  # an invented one
FACE = {"legal_ground": "FVL § 27", "public_title": "Leje"}
Browser = Callable[..., Client]


def page(client: Client, route: str, *args: Any, query: str = "") -> str:
    return client.get(reverse(route, args=args) + query).content.decode()


# --- the pages of who prepares ---


@pytest.mark.parametrize("name", ["chair", "vice_chair", "secretary"])
def test_a_preview_shows_what_its_reader_may_read(world: World, browser_of: Browser, name: str) -> None:
    case, meeting = world.closed_case("Sag", summary=CANARY), world.meeting()
    meetings.add_case(meeting, case, by=world["secretary"], at=world.at)
    assert CANARY not in page(browser_of(name, "low"), "meetings:preview", meeting.pk)
    before = JournalEntry.objects.filter(kind="files.ClosedRead").count()
    assert CANARY in page(browser_of(name), "meetings:preview", meeting.pk)
    assert JournalEntry.objects.filter(kind="files.ClosedRead").count() == before + 1
    cases.bar(case, world[name].person, "Prøve", by=world["case_worker"], at=world.at)
    assert CANARY not in page(browser_of(name), "meetings:preview", meeting.pk)


def test_the_builder_names_closed_items_and_cases_to_who_may_read_them(world: World, browser_of: Browser) -> None:
    meeting = world.meeting()
    item = meetings.add_case(meeting, world.closed_case(CANARY), by=world["secretary"], at=world.at)
    world.closed_case(f"{CANARY} to")
    for level in ("low", "two_factors"):
        assert CANARY not in page(browser_of("secretary", level), "meetings:agenda", meeting.pk)
        assert CANARY not in page(browser_of("case_worker", level), "cases:cases")
    assert browser_of("secretary", "low").get(reverse("meetings:item", args=[meeting.pk, item.pk])).status_code == 403
    shown = page(browser_of("secretary"), "meetings:item", meeting.pk, item.pk)
    assert CANARY in shown
    assert CANARY not in re.search("<title>(.*)</title>", shown)[1]  # I15


@pytest.mark.parametrize("level", ["low", "two_factors", "substantial"])
def test_who_may_not_read_it_does_not_lower_the_bar(world: World, browser_of: Browser, level: str) -> None:
    told = {"value": "True", "reason": "Prøve", "since": timezone.localdate().isoformat()}
    address = reverse("bodies:policy", args=[world.committee.pk, "closed_at_low_level"])
    assert browser_of("secretary", level).post(address, told).status_code in (403, 422)
    assert not Policy.objects.exists()


def test_a_login_is_made_with_two_factors_only(world: World, browser_of: Browser) -> None:
    told = {"name": "Ny", "email": "ny@example.org", "role": "secretary", "start": "2020-01-01", "order": "0"}
    address = reverse("bodies:appoint", args=[world.committee.pk])
    assert browser_of("secretary", "low").post(address, told).status_code == 403
    assert not Membership.objects.filter(person__email="ny@example.org").exists()
    assert browser_of("secretary", "two_factors").post(address, told).status_code == 302


# --- when a right ends, or something is closed ---


def test_a_substitute_reads_while_he_is_called_in_and_a_substitute(world: World, browser_of: Browser) -> None:
    meeting = world.sent(world.closed_case())
    meetings.reply(meeting, world["member"].person, "apology", by=world["member"], at=world.at)
    meetings.call_substitute(meeting, world["member"].person, by=world["secretary"], at=world.at)
    substitute, address = browser_of("substitute"), reverse("reading:item", args=[meeting.pk, meeting.items.get().pk])
    assert substitute.get(address).status_code == 200
    meetings.reply(meeting, world["substitute"].person, "apology", by=world["substitute"], at=world.at)
    assert substitute.get(address).status_code == 404
    meetings.reply(meeting, world["substitute"].person, "comes", by=world["substitute"], at=world.at)
    assert substitute.get(address).status_code == 200
    role = world.committee.memberships.get(role="substitute")
    bodies.end_membership(role, on=timezone.localdate() - timedelta(days=1), by=world["secretary"], at=world.at)
    assert substitute.get(address).status_code == 404


def test_a_file_that_went_out_closed_stays_closed_in_that_edition(world: World, browser_of: Browser) -> None:
    case, by = world.case(), {"by": world["case_worker"], "at": world.at}
    attachment = cases.attach(case, CANARY.encode(), "bilag.txt", **by)
    meeting = world.sent(case)
    cases.attach(case, b"Renset udgave", "bilag.txt", to=attachment, **by)
    cases.change_attachment(attachment, title="Bilag", access="open", **by)
    args = [meeting.pk, meeting.items.get().pk, attachment.pk]
    for name in ("observer", "councillor", "member"):
        for route in ("reading:file", "reading:open-file"):
            assert browser_of(name, "low").get(reverse(route, args=args)).status_code in (403, 404)


def test_closing_a_case_closes_it_at_every_meeting_and_in_what_has_not_gone_out(
    world: World, browser_of: Browser
) -> None:
    case = world.case(f"{CANARY} træer", summary=CANARY)
    first = world.sent(case)
    meetings.cancel(first, "Sne", by=world["secretary"], at=world.at)
    second = world.meeting(days=37)
    item = meetings.add_case(second, case, by=world["secretary"], at=world.at)
    meetings.send_agenda(second, by=world["secretary"], at=world.at)
    assert CANARY in page(browser_of("observer"), "reading:item", first.pk, first.items.get().pk)
    meetings.close_sent(item, **FACE, by=world["secretary"], at=world.at)
    for meeting in (first, second):
        address = reverse("reading:item", args=[meeting.pk, meeting.items.get().pk])
        assert browser_of("observer").get(address).status_code == 404
    Mail.objects.all().delete()
    sending.gather((timezone.localtime(world.at) + timedelta(days=1)).replace(hour=9))
    mails = Mail.objects.filter(to="observer@example.org")
    assert mails.exists()
    assert not mails.filter(body__contains=f"2. {CANARY}").exists()
    assert not mails.filter(about__contains=str(second.pk), body__contains=CANARY).exists()


def test_a_search_answers_from_what_was_sent(world: World, browser_of: Browser) -> None:
    case = world.case("Nye træer")
    meetings.cancel(world.sent(case), "Sne", by=world["secretary"], at=world.at)
    case.refresh_from_db()
    cases.save(case, {**case.content(), "summary": "Køb for 4200000 kr."}, version=case.version,
               by=world["case_worker"], at=world.at)  # fmt: skip
    observer = browser_of("observer")
    assert "Nye træer" in page(observer, "desk:search", query="?q=plantes")
    assert "Nye træer" not in page(observer, "desk:search", query="?q=4200000")


def test_a_list_of_cases_answers_no_guesses_about_closed_ones(world: World, browser_of: Browser) -> None:
    case = world.closed_case(summary="Ansættelse af en leder")
    assert case.number in page(browser_of("case_worker"), "cases:cases", query="?q=leder")
    assert case.number not in page(browser_of("case_worker", "low"), "cases:cases", query="?q=leder")
    world.allow_low_level()
    assert case.number in page(browser_of("case_worker", "low"), "cases:cases", query="?q=leder")


def test_what_is_open_today_was_closed_in_its_earlier_versions(world: World, browser_of: Browser) -> None:
    by = {"by": world["case_worker"], "at": world.at}
    case = world.closed_case("Sag", state="draft", summary=CANARY)
    attachment = cases.attach(case, CANARY.encode(), "bilag.txt", **by)
    cases.attach(case, b"Renset", "bilag.txt", to=attachment, **by)
    cases.save(case, {**case.content(), "access": "open", "summary": "Renset"}, version=1, **by)
    attachment.case.refresh_from_db()
    cases.change_attachment(attachment, title="Bilag", access="open", **by)
    staff = browser_of("case_worker", "low")
    assert staff.get(case.get_absolute_url()).status_code == 200
    for number in (1, 2):
        assert staff.get(reverse("cases:version", args=[case.pk, number])).status_code == 403
    old = reverse("cases:attachment", args=[case.pk, attachment.pk])
    assert staff.get(old).content == b"Renset"
    assert staff.get(old + "?version=1").status_code == 403
    assert staff.get(reverse("cases:attachment-versions", args=[case.pk, attachment.pk])).status_code == 403


# --- screening ---


def test_what_screening_found_is_opened_with_a_reason_and_a_new_version_closes_it(world: World) -> None:
    case, by = world.case(), {"by": world["case_worker"], "at": world.at}
    attachment = cases.attach(case, b"Et bilag", "bilag.txt", **by)
    cases.change_attachment(attachment, title="Bilag", access="open", **by)
    cases.attach(case, f"Ansøger: {CPR}".encode(), "bilag.txt", to=attachment, **by)
    attachment.refresh_from_db()
    assert attachment.is_closed
    with pytest.raises(cases.Blocked):
        cases.change_attachment(attachment, title="Bilag", access="open", **by)
    cases.change_attachment(attachment, title="Bilag", access="open", reason="Tallet er opdigtet", **by)
    attachment.refresh_from_db()
    assert (attachment.is_closed, attachment.opened_because) == (False, "Tallet er opdigtet")


def test_an_agenda_in_which_screening_finds_something_is_not_released(world: World) -> None:
    world.sent(world.case(summary=f"Ansøger: {CPR}"))
    kinds = set(JournalEntry.objects.values_list("kind", flat=True))
    assert "meetings.AgendaHeldBack" in kinds
    assert "meetings.AgendaReleased" not in kinds


# --- what two people write at once, and what is sent again ---


def test_a_form_that_lay_open_does_not_open_what_somebody_closed(world: World, browser_of: Browser) -> None:
    meeting = world.meeting()
    item = meetings.add_item(meeting, title="Punkt", access="open", by=world["secretary"], at=world.at)
    secretary, address = browser_of("secretary"), reverse("meetings:item", args=[meeting.pk, item.pk])
    seen = re.search(r'name="seen" value="(\w+)"', secretary.get(address).content.decode())[1]
    told = {"title": "Punkt", "seen": seen}
    closed = secretary.post(address, {**told, **FACE, "access": "closed", "text": "DEN ENES"})
    opened = secretary.post(address, {**told, "access": "open", "text": "DEN ANDENS"})
    assert (closed.status_code, opened.status_code) == (302, 422)
    assert "DEN ENES" in opened.content.decode()
    assert "DEN ANDENS" in opened.content.decode()
    item.refresh_from_db()
    assert (item.access, item.text) == ("closed", "DEN ENES")


def test_a_form_with_a_fault_stays_at_the_version_that_was_opened(world: World, browser_of: Browser) -> None:
    case = world.case(state="draft")
    told = {"access": "open", "recommended_by": "T", "recommended_to": "B", "points": "a", "summary": "s", "version": 1}
    address = reverse("cases:edit", args=[case.pk])
    assert browser_of("secretary").post(address, {**told, "title": "T", "background": "DEN ENES"}).status_code == 302
    faulty = browser_of("case_worker").post(address, {**told, "title": "", "background": "mit"})
    assert re.search(r'name="version" value="(\d+)"', faulty.content.decode())[1] == "1"
    assert "DEN ENES" in browser_of("case_worker").post(address, {**told, "title": "T"}).content.decode()


def test_headings_that_changed_while_a_form_lay_open_keep_their_texts(world: World, browser_of: Browser) -> None:
    def headings(value: str) -> None:
        bodies.set_policy(world.body, world.committee, "case_fields", value, reason="Prøve", since=LONG_AGO,
                          by=world.administrator, at=world.at)  # fmt: skip

    headings("Høring")
    case = world.case(state="draft")
    shown = browser_of("case_worker").get(reverse("cases:edit", args=[case.pk])).content.decode()
    assert 'name="more-Høring"' in shown
    headings("Økonomi")
    told = {**case.content(), "version": 1, "more-Høring": "Et høringssvar"}
    told.pop("more")
    browser_of("case_worker").post(reverse("cases:edit", args=[case.pk]), told)
    assert Case.objects.get(pk=case.pk).more == {"Høring": "Et høringssvar"}


def test_a_second_answer_takes_no_answer_away(world: World) -> None:
    item = world.sent(world.case()).items.get()
    question = meetings.ask(item, "Hvorfor?", by=world["member"], at=world.at)
    meetings.answer(question, "Derfor.", by=world["secretary"], at=world.at)
    with pytest.raises(meetings.Blocked, match="Noget andet"):
        meetings.answer(question, "Noget andet", by=world["case_worker"], at=world.at)
    question.refresh_from_db()
    assert question.answer == "Derfor."


def test_several_files_after_a_fault_come_whole_the_second_time(
    world: World, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, client, keep, calls = world.case(state="draft"), browser_of("case_worker"), keeping.keep, []
    client.raise_request_exception = False

    def faulty(*arguments: Any, **more: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError("disk full")
        return keep(*arguments, **more)

    monkeypatch.setattr(keeping, "keep", faulty)

    def sent() -> dict[str, Any]:
        return {"once": "k1", "files": [SimpleUploadedFile(f"{name}.txt", name.encode() * 9) for name in ("a", "b")]}

    address = reverse("cases:attach", args=[case.pk])
    assert client.post(address, sent()).status_code == 500
    assert client.post(address, sent()).status_code == 302
    assert case.attachments.count() == 2


def test_a_question_that_comes_too_late_stays_on_the_page(world: World, browser_of: Browser) -> None:
    meeting = world.sent(world.case())
    Meeting.objects.filter(pk=meeting.pk).update(start=timezone.now() - timedelta(minutes=1))
    address = reverse("reading:ask", args=[meeting.pk, meeting.items.get().pk])
    late = browser_of("member").post(address, {"text": "MIT SPØRGSMÅL"})
    assert late.status_code == 422
    assert "MIT SPØRGSMÅL" in late.content.decode()


def test_clearing_a_cancelled_agenda_frees_no_case_that_stands_on_another(world: World) -> None:
    case, first, by = world.case(), world.meeting(), {"by": world["secretary"], "at": world.at}
    item = meetings.add_case(first, case, **by)
    meetings.cancel(first, "Sne", **by)
    world.sent(case, days=37)
    meetings.remove_item(item, **by)
    assert Case.objects.get(pk=case.pk).state == "on_agenda"


# --- bad input ---


@pytest.mark.parametrize(
    ("route", "names", "told"),
    [
        ("cases:attach", ["case"], {"to": "x", "files": "f"}),
        ("cases:bar", ["case"], {"unbar": "x"}),
        ("cases:edit", ["case"], {"version": "9" * 5000, "title": "T", "access": "open"}),
        ("meetings:add", ["meeting"], {"case": "x"}),
        ("meetings:add", ["meeting"], {"parent": "x", "title": "T", "access": "open"}),
        ("meetings:add", ["meeting"], {"standard": "news", "late_because": "x" * 301}),
        ("meetings:add", ["meeting"], {"standard": "news", "once": "\0"}),
        ("meetings:cancel", ["meeting"], {"because": "x" * 301}),
        ("meetings:unmatched", [], {"seen": "x"}),
        ("meetings:new", ["committee"], {"on": "0001-01-01", "begins": "00:10", "ends": "00:20"}),
        ("meetings:year", ["committee"], {"days": "9999-12-31", "begins": "23:10", "ends": "23:20"}),
        ("people:language", ["en"], {"next": "abc"}),
    ],
)
def test_bad_input_gets_an_answer(
    world: World, browser_of: Browser, route: str, names: list[str], told: dict[str, Any]
) -> None:
    ids = {
        "case": world.case(state="draft").pk,
        "meeting": world.meeting().pk,
        "committee": world.committee.pk,
        "en": "en",
    }
    client = browser_of("secretary")
    client.raise_request_exception = False
    with transaction.atomic():
        status = client.post(reverse(route, args=[ids[name] for name in names]), told).status_code
        transaction.set_rollback(True)
    assert status < 500


def test_no_text_holds_a_nul(world: World, browser_of: Browser) -> None:
    assert browser_of("member").get("/soeg/?q=%00").status_code == 400


def test_a_name_with_signs_that_no_header_takes_is_made_plain(world: World, browser_of: Browser) -> None:
    case = world.case()
    attachment = cases.attach(case, b"Tekst", "note\u2028.txt\n", by=world["case_worker"], at=world.at)
    got = browser_of("case_worker").get(reverse("cases:attachment", args=[case.pk, attachment.pk]), follow=True)
    assert got.status_code == 200


def test_an_address_that_was_given_up_can_be_given_to_another_and_logs_nobody_else_in(world: World) -> None:
    from raadslag.workspace.people import actions as people
    from raadslag.workspace.people.models import User

    old, by = world["observer"].person, {"by": world.administrator, "at": world.at}
    people.change(old, name=old.name, email="", **by)
    new = people.enter("Ny", "observer@example.org", **by)
    assert User.objects.get(email="observer@example.org").person == new
    assert not User.objects.get(person=old).is_active
