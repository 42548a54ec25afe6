"""From a case to an agenda that is sent: each obstacle, notice, supplements, and what each reader sees of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from raadslag.core import read, record
from raadslag.core.release import public
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Case
from raadslag.workspace.common.errors import Blocked, NeedsReason
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.files import keeping
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import AgendaItem, Invitation
from raadslag.workspace.messages.models import Mail, Message

from .conftest import World

CANARY = "KANARIEFUGL"


def test_a_case_goes_from_draft_to_the_agenda(world: World) -> None:
    case = world.case(state="draft")
    case = cases.move(case, "review", by=world["case_worker"], at=world.at)
    case = cases.move(case, "ready", by=world["secretary"], at=world.at)
    meeting = world.sent(case)
    assert Case.objects.get().state == "on_agenda"
    shown = meeting.editions.get().decoded()
    assert [(item.number, item.title, item.access) for item in shown.items] == [("1", "Nye træer", "open")]
    assert shown.items[0].recommendation == record.Recommendation(
        by="Teknik og Miljø", to="Byrumsudvalget", points=(record.Point(text="træerne plantes"),)
    )


def test_a_case_without_a_recommendation_is_not_ready_and_each_obstacle_is_told(world: World) -> None:
    case = cases.open_case(world.committee, "Tom", by=world["case_worker"], at=world.at)
    with pytest.raises(Blocked) as refusal:
        cases.move(case, "ready", by=world["case_worker"], at=world.at)
    assert refusal.value.obstacles == [
        "Skriv et resumé eller en baggrund.",
        "Skriv, hvad der indstilles: mindst ét punkt.",
        "Skriv, hvilken afdeling der indstiller.",
        "En lukket sag skal have en grund i loven.",
        "En lukket sag skal have en overskrift, som alle må læse.",
    ]


def test_a_new_case_and_a_new_attachment_are_closed(world: World) -> None:
    """I3."""
    case = cases.open_case(world.committee, "Ny", by=world["case_worker"], at=world.at)
    attachment = cases.attach(case, b"Tekst", "note.txt", by=world["case_worker"], at=world.at)
    item = meetings.add_item(world.meeting(), title="Nyt punkt", by=world["secretary"], at=world.at)
    assert (case.is_closed, attachment.is_closed, item.is_closed) == (True, True, True)


def test_case_numbers_rise_through_the_year(world: World) -> None:
    first, second = (cases.open_case(world.committee, "En", by=world["case_worker"], at=world.at) for _ in range(2))
    assert (first.number[-5:], second.number[-5:]) == ("00001", "00002")
    assert first.number.startswith(f"PRV-{world.at.year}-")


def test_an_empty_agenda_is_not_sent_and_leaves_no_trace(world: World) -> None:
    meeting = world.meeting()
    before = JournalEntry.objects.count()
    with pytest.raises(Blocked) as refusal:
        meetings.send_agenda(meeting, by=world["secretary"], at=world.at)
    assert refusal.value.obstacles == ["Sæt mindst ét punkt på."]
    assert JournalEntry.objects.count() == before
    assert not Mail.objects.exists()


def test_a_closed_item_needs_ground_and_public_face(world: World) -> None:
    meeting = world.meeting()
    meetings.add_item(meeting, title="Hemmeligt", by=world["secretary"], at=world.at)
    with pytest.raises(Blocked) as refusal:
        meetings.send_agenda(meeting, by=world["secretary"], at=world.at)
    assert refusal.value.obstacles == [
        "Punkt 1 er lukket og mangler sin grund i loven.",
        "Punkt 1 er lukket og mangler en overskrift, som alle må læse.",
    ]


def test_an_item_is_not_open_while_its_case_is_closed(world: World) -> None:
    meeting = world.meeting()
    item = meetings.add_case(meeting, world.closed_case(), by=world["secretary"], at=world.at)
    AgendaItem.objects.filter(pk=item.pk).update(access="open")
    with pytest.raises(Blocked) as refusal:
        meetings.send_agenda(meeting, by=world["secretary"], at=world.at)
    assert refusal.value.obstacles == ["Punkt 1 er åbent, men dets sag er lukket."]


def test_late_notice_asks_for_a_reason_that_is_printed(world: World) -> None:
    """It warns, and does not forbid: "as far as possible" (Local Government Act, section 8(4))."""
    meeting = world.meeting(days=2)
    meetings.add_case(meeting, world.case(), by=world["secretary"], at=world.at)
    with pytest.raises(NeedsReason):
        meetings.send_agenda(meeting, by=world["secretary"], at=world.at)
    agenda = meetings.send_agenda(meeting, late_because="Sagen kom i går.", by=world["secretary"], at=world.at)
    assert [note.text for note in agenda.decoded().notes] == ["Sagen kom i går."]
    pdf = read(keeping.store().read(agenda.pdf_sha256))
    assert isinstance(pdf, record.Meeting)
    assert "Sagen kom i går." in [note.text for note in pdf.notes]


def test_what_was_sent_is_frozen_to_the_byte(world: World) -> None:
    case = world.case()
    meeting = world.sent(case)
    agenda = meeting.editions.get()
    assert hashlib.sha256(agenda.record.encode()).hexdigest() == agenda.sha256
    with pytest.raises(Blocked):
        cases.save(case, {"title": "Andet"}, version=1, by=world["case_worker"], at=world.at)
    with pytest.raises(Blocked):
        meetings.remove_item(meeting.items.get(), by=world["secretary"], at=world.at)
    entry = JournalEntry.objects.get(kind="meetings.AgendaSent")
    assert entry.values == {
        "edition": 1, "sha256": agenda.sha256, "pdf_sha256": agenda.pdf_sha256, "is_late": False,
    }  # fmt: skip


def test_the_open_part_may_be_public_by_the_bodys_rule_and_holds_nothing_closed(world: World) -> None:
    meeting = world.sent(world.case(), world.closed_case(summary=f"{CANARY} to", points=f"{CANARY} tre"))
    entry = JournalEntry.objects.get(kind="meetings.AgendaReleased")
    shown = public(meeting.editions.get().decoded())
    assert entry.values["identity"] == record.identity(shown)
    assert CANARY not in record.encode(shown).decode()
    assert shown.items[1].public_title == "Leje af lokaler"


def test_a_supplement_needs_a_reason_and_is_the_next_edition(world: World) -> None:
    meeting = world.sent(world.case("Første"))
    with pytest.raises(Blocked) as refusal:
        meetings.send_agenda(meeting, by=world["secretary"], at=world.at)
    assert refusal.value.obstacles == ["Dagsordenen er sendt, og der er ikke kommet noget til."]
    meetings.add_case(meeting, world.case("Anden"), by=world["secretary"], at=world.at)
    with pytest.raises(Blocked):
        meetings.send_agenda(meeting, by=world["secretary"], at=world.at)
    item = meeting.items.get(title="Anden")
    AgendaItem.objects.filter(pk=item.pk).update(late_because="Haster")
    agenda = meetings.send_agenda(meeting, by=world["secretary"], at=world.at)
    assert agenda.number == 2
    assert [item.title for item in agenda.decoded().items] == ["Første", "Anden"]
    assert [item.title for item in meeting.editions.get(number=1).decoded().items] == ["Første"]


def test_two_who_save_one_case_keep_both_texts(world: World, browser_of: Callable[..., Client]) -> None:
    case = world.case(state="draft")
    form = {**case.content(), "access": "open", "version": "1", "points": "det ene"}
    form.pop("more")
    first = browser_of("case_worker").post(f"/sager/{case.pk}/ret/", {**form, "summary": "Den første tekst."})
    assert first.status_code == 302
    second = browser_of("secretary").post(f"/sager/{case.pk}/ret/", {**form, "summary": "Den anden tekst."})
    assert second.status_code == 422
    page = second.content.decode()
    assert "Den første tekst." in page
    assert "Den anden tekst." in page
    assert Case.objects.get().summary == "Den første tekst."


def test_items_keep_their_order_when_moved(world: World) -> None:
    meeting = world.meeting()
    items = [
        meetings.add_item(meeting, title=name, access="open", by=world["secretary"], at=world.at) for name in "ABCD"
    ]
    meetings.move_item(items[3], 1, by=world["secretary"], at=world.at)
    meetings.move_item(items[0], 99, by=world["secretary"], at=world.at)
    assert [item.title for item in meeting.items.order_by("order")] == ["D", "B", "C", "A"]


def test_a_member_sees_open_items_and_closed_ones_by_a_strong_login(
    world: World, browser_of: Callable[..., Client]
) -> None:
    meeting = world.sent(world.case(), world.closed_case())
    closed = meeting.items.get(order=2)
    address = f"/laes/{meeting.pk}/punkt/{closed.pk}/"
    weak = browser_of("member", "low")
    assert CANARY not in weak.get(meeting.get_absolute_url()).content.decode()
    assert weak.get(address).status_code == 403
    strong = browser_of("member", "substantial")
    assert CANARY in strong.get(meeting.get_absolute_url()).content.decode()
    assert CANARY in strong.get(address).content.decode()
    assert JournalEntry.objects.filter(kind="files.ClosedRead", by=str(world["member"].pk)).count() == 1
    world.allow_low_level()
    assert weak.get(address).status_code == 200


@pytest.mark.parametrize("name", ["councillor", "observer", "case_worker", "host", "facilitator"])
def test_others_see_the_public_face_alone(world: World, browser_of: Callable[..., Client], name: str) -> None:
    """I5, I10: in list, detail, PDF and search alike."""
    meeting = world.sent(world.case(), world.closed_case(summary=f"{CANARY} to"))
    closed = meeting.items.get(order=2)
    client = browser_of(name)
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert "Leje af lokaler" in page
    assert CANARY not in page
    assert client.get(f"/laes/{meeting.pk}/punkt/{closed.pk}/").status_code == 404
    pdf = client.get(f"/laes/{meeting.pk}/dagsorden.pdf").content
    shown = read(pdf)
    assert isinstance(shown, record.Meeting)
    assert CANARY not in record.encode(shown).decode()
    if name != "case_worker":
        assert "Leje af lokaler" not in client.get("/soeg/?q=KANARIEFUGL").content.decode()
        assert "KANARIEFUGL i lukket" not in client.get("/soeg/?q=KANARIEFUGL").content.decode()


def test_a_disqualified_member_loses_a_closed_item_at_the_next_request(
    world: World, browser_of: Callable[..., Client]
) -> None:
    """I11."""
    case = world.closed_case()
    meeting = world.sent(case)
    address = f"/laes/{meeting.pk}/punkt/{meeting.items.get().pk}/"
    client = browser_of("member")
    assert client.get(address).status_code == 200
    cases.bar(case, world["member"].person, "Egen bolig", by=world["secretary"], at=world.at)
    assert client.get(address).status_code == 404
    assert CANARY not in client.get(meeting.get_absolute_url()).content.decode()


def test_a_role_that_ends_during_a_session_ends_at_once(world: World, browser_of: Callable[..., Client]) -> None:
    """I11."""
    from raadslag.workspace.bodies.actions import end_membership

    meeting = world.sent(world.case())
    client = browser_of("member")
    assert client.get(meeting.get_absolute_url()).status_code == 200
    seat = world.committee.memberships.get(person=world["member"].person)
    end_membership(seat, on=(world.at - timedelta(days=1)).date(), by=world["secretary"], at=world.at)
    assert client.get(meeting.get_absolute_url()).status_code == 404
    assert meeting.title not in client.get("/").content.decode()


def test_a_file_is_fetched_by_its_reader_alone_and_a_closed_one_is_noted(
    world: World, browser_of: Callable[..., Client]
) -> None:
    case = world.case(state="draft")
    attachment = cases.attach(case, b"Bilagets tekst", "bilag.txt", by=world["case_worker"], at=world.at)
    case = cases.move(Case.objects.get(), "ready", by=world["case_worker"], at=world.at)
    meeting = world.sent(case)
    address = f"/laes/{meeting.pk}/punkt/{meeting.items.get().pk}/bilag/{attachment.pk}/fil/"
    assert browser_of("member").get(address, follow=True).content == b"Bilagets tekst"
    assert JournalEntry.objects.filter(kind="files.ClosedRead").count() == 1
    assert browser_of("member", "low").get(address).status_code == 403
    for name in ("observer", "councillor", "user", "substitute"):
        assert browser_of(name).get(address).status_code == 404
    assert browser_of().get(address).status_code == 302
    answer = browser_of("member").get(address, follow=True)
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_file_that_is_not_what_it_says_is_refused_and_the_others_are_kept(
    world: World, browser_of: Callable[..., Client]
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = world.case(state="draft")
    files = [
        SimpleUploadedFile("godt.txt", b"En tekst"),
        SimpleUploadedFile("tom.pdf", b""),
        SimpleUploadedFile("forkert.pdf", b"ikke en PDF, men tekst"),
    ]
    answer = browser_of("case_worker").post(f"/sager/{case.pk}/bilag/", {"files": files})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "tom.pdf" in page
    assert "forkert.pdf" in page
    assert [one.title for one in case.attachments.all()] == ["godt"]


def test_no_message_holds_a_word_of_a_closed_item(world: World) -> None:
    """I15."""
    meeting = world.sent(world.closed_case(summary=f"{CANARY} to", background=f"{CANARY} tre"))
    meetings.ask(meeting.items.get(), f"{CANARY} spørgsmål?", by=world["member"], at=world.at)
    meetings.answer(meeting.items.get().questions.get(), f"{CANARY} svar", by=world["secretary"], at=world.at)
    told = [f"{one.subject} {one.text}" for one in Message.objects.all()]
    told += [f"{one.subject} {one.body} {one.calendar}" for one in Mail.objects.all()]
    assert any("Leje af lokaler" in one for one in told)
    assert [one for one in told if CANARY in one] == []


def test_a_journal_of_the_whole_course_holds_no_text(world: World) -> None:
    """I26: ids and hashes only."""
    meeting = world.sent(world.closed_case())
    meetings.ask(meeting.items.get(), f"{CANARY}?", by=world["member"], at=world.at)
    everything = [f"{entry.kind}{entry.by}{entry.about}{entry.values}" for entry in JournalEntry.objects.all()]
    assert [one for one in everything if CANARY in one or "Leje" in one or "Prøve" in one] == []


def test_a_cancelled_meeting_gives_its_cases_back(world: World) -> None:
    meeting = world.sent(world.case())
    meetings.cancel(meeting, "For få kan komme.", by=world["secretary"], at=world.at)
    assert Case.objects.get().state == "ready"
    assert Invitation.objects.filter(meeting=meeting).exists()


@pytest.mark.parametrize("count", [1, 6])
def test_pages_ask_the_database_as_often_for_one_row_as_for_many(
    world: World, browser_of: Callable[..., Client], count: int
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    some = [world.case(f"Sag {number}") for number in range(count)]
    meeting = world.sent(*some)
    secretary = browser_of("secretary")
    asked = {}
    item = meeting.items.first()
    for name, path in {
        "home": "/", "meetings": "/moeder/", "cases": "/sager/", "committees": "/udvalg/",
        "committee": f"/udvalg/{world.committee.pk}/", "meeting": f"/moeder/{meeting.pk}/",
        "agenda": f"/moeder/{meeting.pk}/dagsorden/", "read": f"/laes/{meeting.pk}/",
        "item": f"/laes/{meeting.pk}/punkt/{item.pk}/", "search": "/soeg/?q=Sag",
    }.items():  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            assert secretary.get(path).status_code == 200
        asked[name] = len(queries)
    known = _QUERIES.setdefault("first", asked)
    assert asked == known


_QUERIES: dict[str, dict[str, int]] = {}


def test_items_that_come_again_name_the_meeting_before(world: World, browser_of: Callable[..., Client]) -> None:
    world.meeting(days=10, title="1. møde")
    meeting = world.meeting(days=30, title="2. møde")
    secretary = browser_of("secretary")
    for name in ("agenda", "last-minutes", "nowhere"):
        secretary.post(f"/moeder/{meeting.pk}/dagsorden/nyt/", {"standard": name})
    first, second = meeting.items.all()
    assert (first.title, first.access) == ("Godkendelse af dagsorden", "open")
    assert second.text.startswith("Referat af 1. møde, ")


def test_what_was_left_over_is_offered_first(world: World, browser_of: Callable[..., Client]) -> None:
    old, meeting = world.meeting(days=10), world.meeting(days=30)
    case = world.case("Udsat sag")
    world.case("Ny sag")
    meetings.add_case(old, case, by=world["secretary"], at=world.at)
    meetings.cancel(old, "Sne", by=world["secretary"], at=world.at)
    page = browser_of("secretary").get(f"/moeder/{meeting.pk}/dagsorden/").content.decode()
    assert page.index("Tilovers fra før") < page.index("Udsat sag") < page.index("Klar sager") < page.index("Ny sag")


def test_an_item_that_went_out_open_is_closed_from_the_next_request_on(
    world: World, browser_of: Callable[..., Client]
) -> None:
    """I11: whoever may not read closed items sees the public face, in the list, the search, the file and the PDF."""
    case = world.case(CANARY)
    attachment = cases.attach(case, b"Papir", "papir.txt", by=world["secretary"], at=world.at)
    cases.change_attachment(attachment, title=f"{CANARY} bilag", access="open", by=world["secretary"], at=world.at)
    meeting = world.sent(case)
    item = meeting.items.get()
    observer = browser_of("observer")
    addresses = [f"/laes/{meeting.pk}/", f"/laes/{meeting.pk}/punkt/{item.pk}/", f"/soeg/?q={CANARY.lower()}"]
    assert all(CANARY in observer.get(address).content.decode() for address in addresses[:2])
    secretary = browser_of("secretary")
    close = f"/moeder/{meeting.pk}/dagsorden/{item.pk}/"
    assert secretary.post(close, {"legal_ground": "", "public_title": "Leje"}).status_code == 422
    assert secretary.post(close, {"legal_ground": "FVL § 27", "public_title": "Leje"}).status_code == 302
    pages = [observer.get(address) for address in addresses]
    assert [page.status_code for page in pages] == [200, 404, 200]
    assert not any(
        f">{CANARY}" in page.content.decode() or f"{CANARY} bilag" in page.content.decode() for page in pages
    )
    assert "Leje" in pages[0].content.decode()
    assert observer.get(f"/laes/{meeting.pk}/punkt/{item.pk}/bilag/{attachment.pk}/fil/").status_code == 404
    told = read(observer.get(f"/laes/{meeting.pk}/dagsorden.pdf").content)
    assert (told.items[0].title, told.items[0].public_title, told.items[0].files) == (None, "Leje", ())
    assert CANARY in browser_of("member").get(addresses[1]).content.decode()
    assert browser_of("member", "low").get(addresses[1]).status_code == 403
    assert secretary.post(close, {"legal_ground": "FVL § 27", "public_title": "Igen"}).status_code == 422
    assert Case.objects.get(pk=case.pk).is_closed


def test_an_attachment_that_is_closed_later_is_not_even_named(world: World, browser_of: Callable[..., Client]) -> None:
    case = world.case()
    attachment = cases.attach(case, b"Papir", "papir.txt", by=world["secretary"], at=world.at)
    cases.change_attachment(attachment, title=CANARY, access="open", by=world["secretary"], at=world.at)
    meeting = world.sent(case)
    address = f"/laes/{meeting.pk}/punkt/{meeting.items.get().pk}/"
    assert CANARY in browser_of("observer").get(address).content.decode()
    cases.change_attachment(attachment, title=CANARY, access="closed", by=world["secretary"], at=world.at)
    assert CANARY not in browser_of("observer").get(address).content.decode()
    assert CANARY in browser_of("member").get(address).content.decode()


def test_the_clock_of_a_programme_runs_on_from_the_items_before(world: World) -> None:
    meeting = world.meeting()
    by = {"by": world["secretary"], "at": world.at}
    meetings.add_item(meeting, title="Meddelelser", access="open", minutes=17, **by)
    second = meetings.add_item(meeting, title="Om sidste møde", access="open", **by)
    meetings.add_programme(meeting, second, "last-meeting", **by)
    agenda = meetings.send_agenda(meeting, **by)
    text = agenda.decoded().items[1].sections[0].text
    begins = meeting.local_start + timedelta(minutes=17)
    assert f"- {begins:%H.%M} Om sidste møde" in text
    assert f"- {begins + timedelta(minutes=8):%H.%M} Tak for i dag" in text


def test_meetings_are_named_on_from_the_highest_number(world: World) -> None:
    world.meeting(days=10, title="5. møde")
    world.meeting(days=20, title="6. møde")
    assert world.meeting(days=30, title="").title == "7. møde"


def test_a_meeting_is_not_moved_onto_another(world: World) -> None:
    first, second = world.meeting(days=10), world.meeting(days=20)
    with pytest.raises(Blocked):
        meetings.change(
            second, title="X", start=first.start, end=first.end, place="", by=world["secretary"], at=world.at
        )


def test_a_refused_page_that_is_asked_for_again_leads_up(world: World, browser_of: Callable[..., Client]) -> None:
    meeting = world.meeting()
    secretary = browser_of("secretary")
    led = secretary.get(f"/moeder/{meeting.pk}/dagsorden/nyt/")
    assert (led.status_code, led.headers["Location"]) == (302, f"/moeder/{meeting.pk}/dagsorden/")
    assert browser_of("user").get(f"/moeder/{meeting.pk}/dagsorden/nyt/").status_code == 404


def test_a_text_is_shown_as_what_it_says_however_it_was_written(
    world: World, browser_of: Callable[..., Client]
) -> None:
    case = world.case(state="draft")
    attachment = cases.attach(case, "Fællesskab".encode("cp1252"), "a.txt", by=world["case_worker"], at=world.at)
    got = browser_of("case_worker").get(f"/sager/{case.pk}/bilag/{attachment.pk}/", follow=True)
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert got.content.decode() == "Fællesskab"
