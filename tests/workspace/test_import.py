"""A paper of another system becomes a past meeting: nothing lost, nothing invented, nothing released (A22, I3, I33)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from msgspec.structs import replace

from raadslag.cli.workspace import do_what_is_due
from raadslag.core import record, write
from raadslag.core.errors import LimitExceeded
from raadslag.core.readers import text_of
from raadslag.core.readers.warnings import CODES
from raadslag.workspace.backup import WORKSPACE
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.meetings.models import Agenda, AgendaItem, Invitation, Meeting
from raadslag.workspace.messages.models import Mail
from raadslag.workspace.minutes import signing
from raadslag.workspace.minutes.models import ItemMinutes, Minutes
from raadslag.workspace.people.models import Person
from raadslag.workspace.publishing import actions as publishing
from raadslag.workspace.publishing.importing import actions, fields, reading
from raadslag.workspace.publishing.importing.actions import Told
from raadslag.workspace.publishing.importing.people import offered
from raadslag.workspace.publishing.importing.words import WARNINGS
from raadslag.workspace.publishing.models import ImportedPaper, Release

from .conftest import World

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
ENDINGS = {".txt", ".pdf", ".html", ".docx"}
REAL = sorted(path for folder in ("minutes", "real") for path in (SHARED / folder).glob("*") if path.suffix in ENDINGS
              and path.name != "README.md")  # fmt: skip
REAL = REAL or [pytest.param(None, marks=pytest.mark.skip(reason="real papers are missing: ../shared/data"))]
CANARY = "KANARIEFUGL"
PAPER = f"""Referat af møde i Byrumsudvalget

Mødetidspunkt 09-04-2018 17:00
Mødested Udvalgsværelse A
Protokollen blev læst
og mødet hævet kl.: 19.05

Tilstede: Bo Holm, Ida Skov og Asta Ukendt

Fraværende: Per Vang (afbud)

1 (Åben) Nye træer i byen
Sags ID: PRV-2018-00105

Resumé
Der plantes træer på torvet.

Indstilling
Teknik og Miljø indstiller
Til Byrumsudvalget:
At træerne plantes

Beslutninger
Godkendt som indstillet.

2 (Lukket) {CANARY} salg af grund
Sags ID: PRV-2018-00106

Resumé
{CANARY} skal have grunden.

Beslutninger
{CANARY} er nævnt ved næste møde.
""".encode()


def bring(world: World, data: bytes = PAPER, name: str = "referat.txt") -> ImportedPaper:
    """A paper, brought and read."""
    paper = actions.bring(world.committee, data, name, by=world["secretary"], at=world.at)
    while reading.read_due(world.at):
        pass
    paper.refresh_from_db()
    return paper


def approve(world: World, paper: ImportedPaper, told: Told | None = None, **more: Any) -> Meeting:
    """Approve it as it was read, or as `more` says."""
    given = {"whole": paper.current(), "told": told or Told(), "version": paper.version, "by": world["secretary"],
             "at": world.at, **more}  # fmt: skip
    return actions.approve(paper, **given)


@pytest.fixture
def paper(world: World) -> ImportedPaper:
    """A paper of two items, one of them closed; three of its four names are people of the committee."""
    for user, name in (("member", "Bo Holm"), ("chair", "Ida Skov"), ("second", "Per Vang")):
        Person.objects.filter(pk=world[user].person_id).update(name=name)
    return bring(world)


def address(paper: ImportedPaper, what: str = "") -> str:
    """An address of its page."""
    return f"/import/{paper.organization_id}/{paper.pk}/{what}"


def told_by(page: str) -> dict[str, Any]:
    """What a browser would send of the form with the fields, as it stands."""
    form = page[page.index('id="felter"') :]
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input class="form-input" id="[^"]*" name="([^"]*)" value="([^"]*)"', form):
        found[name] = unescape(value)
    for name, text in re.findall(r'<textarea class="form-input" id="[^"]*" name="([^"]*)"[^>]*>\n(.*?)</textarea>',
                                 form, re.DOTALL):  # fmt: skip
        found[name] = unescape(text)
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = re.search(r'value="([^"]*)" selected', options)[1]  # type: ignore[index]
    found.update(re.findall(r'type="checkbox"[^>]* name="([^"]*)" value="([^"]*)" checked', form))
    found["version"] = re.search(r'name="version" value="(\d+)"', form)[1]  # type: ignore[index]
    return found


# --- bringing and reading ---


def test_the_same_bytes_twice_add_nothing(world: World) -> None:
    first = bring(world)
    entries = JournalEntry.objects.count()
    assert bring(world, name="et andet navn.txt").pk == first.pk
    assert ImportedPaper.objects.count() == 1
    assert JournalEntry.objects.count() == entries
    again = actions.bring(world.council, PAPER, "referat.txt", by=world["secretary"], at=world.at)
    assert again.pk != first.pk  # another organization may have the same paper


_NO_PAPERS = [
    (b"", "tom.pdf"),
    (b"\x89PNG\r\n\x1a\n" + b"0" * 99, "billede.png"),
    (b"ikke en pdf", "referat.pdf"),
    (b'{"schema": "raadslag/1"}', "data.json"),
]


@pytest.mark.parametrize(("data", "name"), _NO_PAPERS)
def test_a_file_that_cannot_be_taken_is_named_and_the_others_go_on(
    world: World, browser_of: Callable[..., Client], data: bytes, name: str
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    files = [SimpleUploadedFile(name, data), SimpleUploadedFile("referat.txt", PAPER)]
    client = browser_of("secretary")
    answer = client.post(f"/import/{world.committee.pk}/hent/", {"files": files}, follow=True)
    assert name in answer.content.decode()
    assert [one.name for one in ImportedPaper.objects.all()] == ["referat.txt"]


def test_a_paper_that_cannot_be_read_says_why_and_can_be_read_again(world: World) -> None:
    broken = actions.bring(world.committee, b"%PDF-1.7 i stykker", "brudt.pdf", by=world["secretary"], at=world.at)
    whole = bring(world)
    broken.refresh_from_db()
    assert (broken.state, broken.problem) == ("failed", "unreadable")
    assert whole.state == "read"
    actions.put_aside(broken, False, by=world["secretary"], at=world.at)
    broken.refresh_from_db()
    assert (broken.state, broken.problem) == ("waiting", "")
    with pytest.raises(Blocked):
        actions.save(broken, whole.current(), Told(), version=0, by=world["secretary"], at=world.at)


def test_the_background_reads_two_hundred_in_a_row(world: World, browser_of: Callable[..., Client]) -> None:
    for number in range(200):
        data = PAPER.replace(b"09-04-2018", f"{number % 28 + 1:02}-{number % 12 + 1:02}-{2000 + number % 20}".encode())
        actions.bring(world.committee, data + f"\nNr. {number}".encode(), f"{number}.txt", by=world["secretary"],
                      at=world.at)  # fmt: skip
    client = browser_of("secretary")
    assert "0 af 200" in client.get(f"/import/{world.committee.pk}/").content.decode()
    rounds = 0
    while ImportedPaper.objects.filter(state="waiting").exists():
        do_what_is_due()
        rounds += 1
        assert rounds < 200
    assert ImportedPaper.objects.filter(state="read").count() == 200
    page = client.get(f"/import/{world.committee.pk}/?vis=read").content.decode()
    assert 'data-filling=""' in page
    assert page.count('class="r-hit"') == 50


def test_the_list_asks_as_often_for_many_as_for_one(world: World, browser_of: Callable[..., Client]) -> None:
    client, where = browser_of("secretary"), f"/import/{world.committee.pk}/"

    def asked() -> int:
        client.get(where)
        with CaptureQueriesContext(connection) as told:
            assert client.get(where).status_code == 200
        return len(told)

    approve(world, bring(world))
    few = asked()
    for number in range(1, 9):
        data = PAPER.replace(b"09-04-2018", f"0{number}-05-2018".encode())
        approve(world, bring(world, data, f"{number}.txt"))
    assert asked() == few


@pytest.mark.parametrize("kind", ["docx", "html", "pdf", "text"])
def test_a_paper_of_ours_comes_back_from_each_form(world: World, browser_of: Callable[..., Client], kind: str) -> None:
    """Word, HTML, PDF and text; the ones that carry their own record are read from that, whole."""
    told = bring(world).read()
    told = replace(told, items=told.items[:1], provenance=None)
    paper = bring(world, write(told, kind), f"referat.{'txt' if kind == 'text' else kind}")
    assert paper.state == "read", paper.problem
    page = browser_of("secretary").get(address(paper)).content.decode()
    assert 'class="is-whole"' in page or "data-lines" in page
    assert "Nye træer i byen" in page
    row = approve(world, paper).items.get()
    assert (row.number, row.title, row.access) == ("1", "Nye træer i byen", "open")


@pytest.mark.parametrize(
    ("found", "problem"),
    [(record.Organization(name="Byrumsudvalget"), "other"), (ZeroDivisionError(), "fault"),
     (LimitExceeded("x", "x", "x", "x"), "limit"), (record.Meeting(), "empty")],
)  # fmt: skip
def test_whatever_comes_of_reading_a_paper_it_is_told_and_the_next_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch, found: Any, problem: str
) -> None:
    real = actions.reread

    def reread(paper: ImportedPaper) -> tuple[Any, str]:
        if paper.name != "sær.txt":
            return real(paper)
        if isinstance(found, Exception):
            raise found
        return found, " "

    monkeypatch.setattr(actions, "reread", reread)
    odd = bring(world, b"Noget andet", "sær.txt")
    assert (odd.state, odd.problem) == ("failed", problem)
    assert bring(world).state == "read"


# --- the page ---


@pytest.mark.slow
@pytest.mark.parametrize("path", REAL, ids=lambda path: getattr(path, "name", "none"))
def test_a_real_paper(world: World, browser_of: Callable[..., Client], path: Path) -> None:
    """Every line that holds text is in a field, layout or without a place, as the page shows it; what stands in the
    form, sent as it is, changes nothing; with numbers, headings and a day the paper becomes a past meeting."""
    paper = bring(world, path.read_bytes(), path.name)
    assert paper.state == "read", paper.problem
    client = browser_of("secretary")
    page = client.get(address(paper)).content.decode()
    lines = re.findall(r'<li id="l(\d+)" class="is-(\w+)">(.*?)</li>', page, re.DOTALL)
    text = paper.text.split("\n")
    assert [int(number) for number, _fate, _rest in lines] == list(range(1, len(text) + 1))
    read = paper.read().provenance
    unplaced = {n for one in read.unplaced for n in range(one.lines[0], one.lines[1] + 1)}
    for (number, fate, shown), line in zip(lines, text, strict=True):
        assert (fate == "blank") == (not line.strip()), line
        assert fate in ("blank", "field", "label", "layout", "unplaced"), line
        assert (fate == "unplaced") == (int(number) in unplaced), line
        assert line.strip() in unescape(re.sub(r"<[^>]*>", "", shown)) or fate == "blank"
    ids = set(re.findall(r' id="([^"]*)"', page))
    assert set(re.findall(r'href="#([^"]*)"', page)) <= ids
    sent = told_by(page)
    client.post(address(paper, "gem/"), sent)
    paper.refresh_from_db()
    assert (paper.version, paper.corrected) == (0, "")
    sent |= {"is_numbered": "yes", "kind": sent["kind"] or "minutes"}
    sent["meeting.start.on"] = sent["meeting.start.on"] or "2019-05-06"
    numbers: set[str] = set()
    for item in paper.read().items:
        name = f"items.{item.order - 1}"
        sent[f"{name}.title"] = sent[f"{name}.title"] or f"Punkt uden overskrift {item.order}"
        number = sent[f"{name}.number"] or str(item.order)
        sent[f"{name}.number"] = number if number not in numbers else f"{number}.{item.order}"
        numbers.add(number)
    answer = client.post(address(paper, "godkend/"), sent)
    assert answer.status_code == 302, re.findall(r"alert-heading.*?</ul>", answer.content.decode(), re.DOTALL)
    paper.refresh_from_db()
    meeting = paper.meeting
    assert (meeting.state, Release.objects.count()) == ("adjourned", 0)
    frozen = (Minutes.objects.get() if paper.current().kind == "minutes" else Agenda.objects.get()).decoded()
    for was, now in zip(paper.read().items, frozen.items, strict=True):
        assert (was.outcome, was.decision, was.sections) == (now.outcome, now.decision, now.sections)
        row = AgendaItem.objects.get(meeting=meeting, order=now.order)
        assert row.is_closed == (was.access != "open")
    assert ItemMinutes.objects.exclude(outcome="").count() == (
        sum(item.outcome is not None for item in paper.read().items) if paper.current().kind == "minutes" else 0
    )
    for name in ("secretary", "member"):
        for route in (meeting.get_absolute_url(), f"/moederum/{meeting.pk}/underskrift/"):
            assert browser_of(name).get(route).status_code == (
                404 if "rum" in route and frozen.kind == "agenda" else 200
            )
        for row in AgendaItem.objects.filter(meeting=meeting):
            assert browser_of(name).get(f"/laes/{meeting.pk}/punkt/{row.pk}/").status_code == 200
    assert client.get(f"/publicering/{meeting.pk}/").status_code == 200
    assert client.get(f"/moeder/{meeting.pk}/").status_code == 200
    assert bring(world, path.read_bytes(), "igen.txt").pk == paper.pk
    do_what_is_due()
    assert not Release.objects.exists()
    assert not Mail.objects.exists()


def test_every_warning_has_its_words() -> None:
    assert set(WARNINGS) == set(CODES)
    with translation.override("da"):
        danish = [str(text) for text in WARNINGS.values()]
    with translation.override("en"):
        assert not set(danish) & {str(text) for text in WARNINGS.values()}


def test_what_the_source_does_not_tell_is_empty_yellow_and_said(
    world: World, browser_of: Callable[..., Client]
) -> None:
    data = PAPER.replace(b"Godkendt som indstillet.", "Udvalget talte om træer.".encode()).replace(b"(Lukket) ", b"")
    data = data.replace(b"(\xc3\x85ben) ", b"")
    paper = bring(world, data)
    page = browser_of("secretary").get(address(paper)).content.decode()
    assert 'value="" selected>Udfald ikke angivet i kilden<' in page
    assert 'value="unknown" selected>' in page
    assert "is-unsure" in page
    assert all(item.access == "unknown" for item in paper.read().items)
    meeting = approve(world, paper)
    assert all(item.is_closed for item in meeting.items.all())
    assert not ItemMinutes.objects.exclude(outcome="").filter(item__order=1).exists()
    page = browser_of("member").get(f"/laes/{meeting.pk}/").content.decode()
    assert "None" not in page


# --- correcting ---


def test_what_a_person_corrects_is_told_by_its_place_and_a_hash_and_never_a_word(
    paper: ImportedPaper, world: World, browser_of: Callable[..., Client]
) -> None:
    client = browser_of("secretary")
    sent = told_by(client.get(address(paper)).content.decode())
    sent |= {"items.0.title": "Nye HEMMELIGE træer", "meeting.adjourned.at": "19.10", "items.0.outcome": "noted"}
    assert client.post(address(paper, "gem/"), sent).status_code == 302
    paper.refresh_from_db()
    assert paper.current().items[0].title == "Nye HEMMELIGE træer"
    assert paper.current().meeting.adjourned == "2018-04-09T19:10"
    assert paper.read().items[0].title == "Nye træer i byen"
    entry = JournalEntry.objects.get(kind="publishing.PaperCorrected")
    assert sorted(entry.values["fields"]) == ["items.0.outcome", "items.0.title", "meeting.adjourned.at"]
    assert "HEMMELIGE" not in str(list(JournalEntry.objects.values()))


_WRONG = {
    "meeting.start.on": "i går",
    "meeting.start.at": "kvart i",
    "items.0.access": "vidt åben",
    "items.0.sections.0.text": "",
}


@pytest.mark.parametrize(("name", "wrong"), _WRONG.items())
def test_what_is_written_wrongly_is_marked_and_kept(
    paper: ImportedPaper, browser_of: Callable[..., Client], name: str, wrong: str
) -> None:
    client = browser_of("secretary")
    sent = told_by(client.get(address(paper)).content.decode()) | {name: wrong, "items.0.title": "Rettet"}
    answer = client.post(address(paper, "godkend/"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="f-{name}-error"' in page
    assert "Rettet" in page
    assert not Meeting.objects.exists()


def test_two_who_correct_at_once_lose_nothing(paper: ImportedPaper, world: World, browser_of: Any) -> None:
    client = browser_of("secretary")
    sent = told_by(client.get(address(paper)).content.decode())
    assert client.post(address(paper, "gem/"), sent | {"items.0.title": "Den enes"}).status_code == 302
    answer = client.post(address(paper, "gem/"), sent | {"items.0.title": "Den andens"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Den andens"' in page
    assert "Den enes" in page
    paper.refresh_from_db()
    assert paper.current().items[0].title == "Den enes"
    with pytest.raises(Conflict):
        approve(world, paper, version=0)


def test_fields_and_record_say_the_same(paper: ImportedPaper) -> None:
    whole = paper.read()
    same, faults = fields.corrected(whole, fields.values(whole) | {"meeting.read_out": "yes"})
    assert (same, faults) == (whole, {})
    moved, _faults = fields.corrected(whole, {"meeting.start.on": "2018-04-10", "meeting.read_out": "yes"})
    assert (moved.meeting.start, moved.meeting.adjourned) == ("2018-04-10T17:00", "2018-04-10T19:05")


def test_what_stands_in_two_places_is_corrected_in_both(paper: ImportedPaper) -> None:
    whole = paper.read()
    assert [section.kind for section in whole.items[0].sections] == ["summary", "recommendation", "decision"]
    told = {"items.0.decision": "Udsat.", "items.0.recommendation.points.0.text": "træerne fældes"}
    item = fields.corrected(whole, told)[0].items[0]
    assert (item.decision, item.recommendation.points[0].text) == ("Udsat.", "træerne fældes")
    assert "Godkendt" not in item.sections[2].text
    assert "fældes" in item.sections[1].text
    assert "plantes" not in item.sections[1].text


# --- approving ---


def test_it_becomes_a_past_meeting_like_the_others(
    paper: ImportedPaper, world: World, browser_of: Callable[..., Client]
) -> None:
    meeting = approve(world, paper)
    assert meeting.start == datetime(2018, 4, 9, 15, 0, tzinfo=UTC)
    assert timezone.localtime(meeting.adjourned_at).strftime("%H:%M") == "19:05"
    assert [(row.number, row.access) for row in meeting.items.all()] == [("1", "open"), ("2", "closed")]
    frozen = Minutes.objects.get(meeting=meeting, number=1).decoded()
    assert (frozen.items[0].outcome, frozen.items[1].outcome) == ("approved", None)
    assert frozen.provenance is None
    assert [one.person for one in frozen.attendance] == ["Bo Holm", "Ida Skov", "Asta Ukendt", "Per Vang"]
    member = browser_of("member")
    for where, words in (
        ("/moeder/?vis=holdt", "Byrumsudvalget"), (f"/laes/{meeting.pk}/", "Nye træer i byen"),
        ("/soeg/?q=indstillet", "Nye træer i byen"), (f"/moederum/{meeting.pk}/underskrift/", "som indstillet"),
        (f"/laes/{meeting.pk}/punkt/{meeting.items.first().pk}/", "Godkendt som indstillet"),
    ):  # fmt: skip
        assert words in member.get(where).content.decode(), where
    assert "19.05" in member.get(f"/moederum/{meeting.pk}/underskrift/").content.decode()


def test_nothing_is_released_nobody_told_and_nobody_asked_to_sign(paper: ImportedPaper, world: World) -> None:
    links = {0: world["member"].person.pk, 3: world["second"].person.pk}
    meeting = approve(world, paper, Told(links=links))
    do_what_is_due()
    assert not Release.objects.exists()
    assert not Mail.objects.exists()
    assert signing.unsigned(Minutes.objects.get(meeting=meeting)) == []
    assert not JournalEntry.objects.filter(kind="meetings.AgendaReleased").exists()


def test_only_ticked_names_are_linked(paper: ImportedPaper, world: World) -> None:
    links = {0: world["member"].person.pk, 2: world["host"].person.pk}  # the second was never offered at that name
    meeting = approve(world, paper, Told(links=links))
    assert [one.person_id for one in Invitation.objects.filter(meeting=meeting)] == [world["member"].person.pk]
    entry = JournalEntry.objects.get(kind="publishing.PaperApproved")
    assert entry.values["people"] == [str(world["member"].person.pk)]


def test_names_are_offered_where_they_are_equal_or_fit_one_alone(world: World) -> None:
    people = [world.appoint(name, "observer", world.committee).person for name in ("a", "b", "c")]
    for person, name in zip(people, ("Asta Marie Holmen", "Bo Holmen", "Asta Lind"), strict=True):
        person.name = name
    assert offered("asta marie holmen", people) == [people[0]]
    assert offered("Asta Holmen", people) == [people[0]]
    assert offered("Bo", people) == [people[1]]
    assert offered("Asta", people) == []
    assert offered("Holmen", people) == []
    assert offered("", people) == []


def test_a_canary_in_a_closed_item_shows_to_nobody_who_may_not_read_it(
    paper: ImportedPaper, world: World, browser_of: Callable[..., Client]
) -> None:
    told = record.Note(kind="decision", text=CANARY, item="2")
    meeting = approve(world, paper, whole=replace(paper.current(), notes=(told,)))
    closed = meeting.items.last()
    pages = ["/", "/moeder/?vis=holdt", "/soeg/?q=salg+grund", "/soeg/?q=n%C3%A6ste+m%C3%B8de", f"/laes/{meeting.pk}/",
             f"/laes/{meeting.pk}/papir/", f"/laes/{meeting.pk}/punkt/{closed.pk}/", f"/moeder/{meeting.pk}/",
             f"/moederum/{meeting.pk}/underskrift/", f"/moederum/{meeting.pk}/referat/?som=html", "/import/",
             f"/moederum/{meeting.pk}/referat/", f"/moederum/{meeting.pk}/ark/", f"/publicering/{meeting.pk}/",
             f"/import/{world.committee.pk}/", address(paper), address(paper, "kilde/"),
             f"/udvalg/{world.committee.pk}/"]  # fmt: skip
    low = [(name, "low") for name in ("secretary", "member", "chair", "mayor")]
    for name, level in [*low, *((name, "substantial") for name in ("observer", "councillor", "user", "case_worker"))]:
        client = browser_of(name, level)
        for where in pages:
            answer = client.get(where)
            data = answer.content.decode(errors="ignore")
            if answer.headers.get("Content-Type") == "application/pdf":
                data = text_of(answer.content, "application/pdf").text
            assert CANARY not in data, (name, where)
    assert CANARY in browser_of("member").get(f"/laes/{meeting.pk}/punkt/{closed.pk}/").content.decode()
    assert CANARY in browser_of("member").get("/soeg/?q=salg+grund").content.decode()


def test_the_public_face_is_what_the_paper_prints_and_no_more(paper: ImportedPaper, world: World) -> None:
    meeting = approve(world, paper)
    assert meeting.items.last().face == ""
    prepared = publishing.prepare(meeting)
    assert CANARY not in record.encode(prepared.shown).decode()
    assert prepared.shown.items[1] == record.Item(number="2", order=2, access="closed")
    assert len(prepared.obstacles) == 2  # no heading for everyone, and no decision
    told = {"decision": "Drøftet.", "none_because": "", "title": "Salg"}
    publishing.write_face(meeting.items.last(), **told, by=world["secretary"], at=world.at)
    assert publishing.prepare(meeting).obstacles == []
    assert publishing.prepare(meeting).shown.items[1].public_title == "Salg"
    other = bring(world, PAPER.replace(b"09-04", b"10-04"), "andet.txt")
    whole = other.current()
    printed = replace(whole.items[1], public_title="Salg", public_decision="Drøftet.")
    meeting = approve(world, other, whole=replace(whole, items=(whole.items[0], printed)))
    shown = publishing.prepare(meeting).shown.items[1]
    assert (shown.public_title, shown.public_decision) == ("Salg", "Drøftet.")


def test_an_outcome_that_the_paper_lacks_does_not_keep_it_from_being_published(world: World) -> None:
    data = PAPER.replace(b"Godkendt som indstillet.", "Udvalget talte om træer.".encode()).partition(b"2 (Lukket)")[0]
    prepared = publishing.prepare(approve(world, bring(world, data)))
    assert prepared.whole.items[0].outcome is None
    assert prepared.obstacles == []
    assert (prepared.shown.organization, prepared.shown.body) == ("Byrumsudvalget", "Prøvekommunen")


def test_what_is_missing_is_said_at_once(world: World, paper: ImportedPaper) -> None:
    whole = paper.current()
    bare = replace(
        whole, kind=None, meeting=record.Time(),
        items=(replace(whole.items[0], title=None, number=None), replace(whole.items[1], number=None)),
    )  # fmt: skip
    with pytest.raises(Blocked) as refusal:
        approve(world, paper, whole=bare)
    assert len(refusal.value.obstacles) == 4
    future = replace(whole, meeting=replace(whole.meeting, start="2999-01-01T10:00", adjourned=None))
    with pytest.raises(Blocked):
        approve(world, paper, whole=future)
    paper.refresh_from_db()
    assert (paper.state, paper.version) == ("read", 0)


def test_items_that_are_none_are_left_out_and_numbers_are_given_where_asked(world: World, paper: ImportedPaper) -> None:
    whole = paper.current()
    bare = replace(whole, items=tuple(replace(item, number=None) for item in whole.items))
    meeting = approve(world, paper, Told(out=frozenset({0}), is_numbered=True), whole=bare)
    assert [(row.order, row.number, row.access) for row in meeting.items.all()] == [(1, "1", "closed")]


def test_what_the_paper_leaves_out_is_no_word_on_any_page(world: World, browser_of: Callable[..., Client]) -> None:
    data = PAPER.replace(b"Godkendt som indstillet.", b"Vedtaget med 13 stemmer mod 6.")
    meeting = approve(world, bring(world, data))
    assert Minutes.objects.get().decoded().items[0].votes
    for name, level in (
        ("member", "substantial"),
        ("member", "low"),
        ("observer", "substantial"),
        ("secretary", "low"),
    ):
        for where in (f"/laes/{meeting.pk}/", f"/moederum/{meeting.pk}/underskrift/",
                      f"/laes/{meeting.pk}/punkt/{meeting.items.first().pk}/"):  # fmt: skip
            page = browser_of(name, level).get(where).content.decode()
            assert "None" not in page, (name, where)


def test_a_day_without_a_clock_shows_none(world: World, browser_of: Callable[..., Client]) -> None:
    data = PAPER.replace(b"09-04-2018 17:00", b"09-04-2018").replace("og mødet hævet kl.: 19.05".encode(), b"")
    meeting = approve(world, bring(world, data))
    for where in ("/moeder/?vis=holdt", f"/laes/{meeting.pk}/", f"/moederum/{meeting.pk}/underskrift/"):
        assert "00.0" not in browser_of("member").get(where).content.decode(), where


def test_an_agenda_becomes_a_past_meeting_without_minutes(world: World, browser_of: Callable[..., Client]) -> None:
    paper = bring(world)
    meeting = approve(world, paper, whole=replace(paper.current(), kind="agenda"))
    assert not Minutes.objects.exists()
    page = browser_of("member").get(f"/laes/{meeting.pk}/").content.decode()
    assert "Nye træer i byen" in page
    assert "underskrift" not in page
    minutes = bring(world, PAPER + b"\nunderskrevet", "referat2.txt")
    with pytest.raises(Blocked):
        approve(world, minutes)
    joined = approve(world, minutes, join=meeting.pk)
    assert joined.pk == meeting.pk
    assert Minutes.objects.get().meeting == meeting
    assert meeting.editions.count() == 2
    third = bring(world, PAPER + b"\nigen", "referat3.txt")
    with pytest.raises(Blocked) as refusal:
        approve(world, third, join=meeting.pk)
    assert len(refusal.value.obstacles) == 1


def test_a_meeting_that_is_here_takes_the_paper_only_where_its_items_are_the_same(world: World) -> None:
    held = world.sent(world.case(), days=3)
    at = timezone.localtime(held.start)
    stamp = f"{at:%d-%m-%Y %H:%M}".encode()
    later = {"at": held.end}
    paper = bring(world, PAPER.replace(b"09-04-2018 17:00", stamp).replace(b"19.05", b"23.05"))
    with pytest.raises(Blocked):
        approve(world, paper, join=held.pk, **later)
    held_paper = approve(world, paper, Told(out=frozenset({1})), join=held.pk, **later)
    assert held_paper.pk == held.pk
    case = held.items.get().case
    case.refresh_from_db()
    assert case.state == "treated"
    assert case.history.get().decision == "Godkendt som indstillet."
    assert not Release.objects.exists()


def test_a_case_of_that_number_hears_of_it_where_a_person_says_so(world: World) -> None:
    case = world.case(state="draft")
    data = PAPER.replace(b"PRV-2018-00105", case.number.encode()).replace(b"PRV-2018-00106", case.number.encode())
    paper = bring(world, data)
    known = actions.cases_at(world.committee, paper.current().items)
    assert known == {0: case}  # what was closed is not told to an open case
    meeting = approve(world, paper, Told(cases=frozenset({0, 1})))
    assert case.history.get().item == meeting.items.first().pk
    case.refresh_from_db()
    assert case.state == "draft"
    silent = approve(world, bring(world, data.replace(b"09-04-2018", b"11-04-2018"), "andet.txt"))
    assert silent.items.filter(case=None).count() == 2


def test_an_item_that_went_out_open_is_closed_where_the_paper_says_so(
    world: World, browser_of: Callable[..., Client]
) -> None:
    held = world.sent(world.case(), days=3)
    stamp = f"{timezone.localtime(held.start):%d-%m-%Y %H:%M}".encode()
    paper = bring(world, PAPER.replace(b"09-04-2018 17:00", stamp))
    told = replace(paper.current().items[1], number="1")
    whole = replace(paper.current(), items=(replace(paper.current().items[0], access="closed"), told))
    meeting = approve(world, paper, Told(out=frozenset({0})), whole=whole, join=held.pk, at=held.end)
    item = meeting.items.get()
    assert item.is_closed
    assert item.case.history.get().is_closed
    assert browser_of("observer").get(f"/laes/{held.pk}/punkt/{item.pk}/").status_code == 404
    assert CANARY not in browser_of("observer").get(f"/laes/{held.pk}/").content.decode()


# --- who, and the bytes ---


def test_a_paper_is_opened_with_a_strong_login_alone_and_that_is_noted(
    paper: ImportedPaper, world: World, browser_of: Callable[..., Client]
) -> None:
    assert browser_of("secretary", "low").get(address(paper)).status_code == 403
    assert browser_of("secretary", "low").get(f"/import/{world.committee.pk}/").status_code == 200
    assert paper.name not in browser_of("secretary", "low").get(f"/import/{world.committee.pk}/").content.decode()
    for name in ("member", "chair", "case_worker", "administrator", "mayor"):
        assert browser_of(name).get(address(paper)).status_code == 404
    before = JournalEntry.objects.filter(kind="files.ClosedRead").count()
    assert browser_of("secretary").get(address(paper)).status_code == 200
    assert JournalEntry.objects.filter(kind="files.ClosedRead").count() == before + 1


def test_the_bytes_are_named_to_the_backup(paper: ImportedPaper) -> None:
    assert ("files", paper.sha256) in set(WORKSPACE.stored())


def test_the_file_is_given_as_it_was_brought_for_saving_alone(world: World, browser_of: Callable[..., Client]) -> None:
    data = b"<html><body><script>alert(1)</script><p>Referat</p></body></html>"
    paper = bring(world, data, "side.html")
    answer = browser_of("secretary").get(address(paper, "kilde/"), follow=True)
    assert answer.content == data
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "<script>alert" not in browser_of("secretary").get(address(paper)).content.decode()


def test_what_is_put_aside_or_approved_is_changed_no_more(paper: ImportedPaper, world: World) -> None:
    told = {"by": world["secretary"], "at": world.at}
    actions.put_aside(paper, True, **told)
    with pytest.raises(Blocked):
        approve(world, paper)
    assert bring(world).state == "read"  # brought again, it is wanted after all
    approve(world, paper)
    with pytest.raises(Blocked):
        approve(world, paper)
    with pytest.raises(Blocked):
        actions.put_aside(paper, True, **told)
    assert Meeting.objects.count() == 1
    assert journal.first_broken() is None
