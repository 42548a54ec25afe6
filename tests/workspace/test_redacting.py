"""A paper is let out without some of its words, in an edition of its own; the paper itself leaves all that we show."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.test import Client
from django.utils import timezone

from raadslag.core.readers.hidden import screen
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Access, Attachment, Case
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.files import keeping
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.minutes import composing as minutes_of
from raadslag.workspace.publishing import actions, delivering
from raadslag.workspace.publishing.models import Release
from tests.core.readers import offices, pdfs

from .archive import Archive, archive_of
from .conftest import World
from .test_minutes import Sitting

NUMBER = "111111-1118"
TITLE = "Ansøgninger (med fjernede oplysninger)"


def paper(*lines: str) -> bytes:
    return pdfs.placed(pdfs.lines("Udvalget har fået disse ansøgninger om plads til træer.", *lines))


SECRET = paper(f"Fra Ditmar Dybvad, {NUMBER}, om en lind.", "Fra Enghave, om en eg.")


class Handed:
    """A meeting whose agenda has been sent, with a paper that is open."""

    def __init__(self, world: World, data: bytes = SECRET, name: str = "ansoegninger.pdf") -> None:
        self.world, self.by, self.at = world, world["secretary"], world.at
        self.case = world.case("Nye træer", state="draft")
        self.paper = cases.attach(self.case, data, name, title="Ansøgninger", by=self.by, at=self.at)
        cases.change_attachment(
            self.paper, title="Ansøgninger", access="open", reason="Skal læses", by=self.by, at=self.at
        )
        self.case = cases.move(self.case, "ready", by=self.by, at=self.at)
        self.meeting: Meeting = world.sent(self.case)
        journal.catch_up()

    @property
    def sha256(self) -> str:
        return str(self.paper.versions.first().file_id)

    @property
    def address(self) -> str:
        return f"/publicering/{self.meeting.pk}/bilag/{self.paper.pk}/uden/"

    def redact(self, *words: str, numbers: bool = True, **more: Any) -> Attachment:
        told = {"seen": self.sha256, "by": self.by, "at": self.at, **more}
        return actions.redact(self.paper, words, numbers=numbers, **told)

    def agenda(self) -> Release:
        return Release.objects.get(meeting=self.meeting, kind="agenda", withdrawn_at=None)


@pytest.fixture
def handed(world: World) -> Handed:
    return Handed(world)


def test_the_edition_stands_in_the_papers_place_and_the_paper_is_closed(handed: Handed) -> None:
    assert not Release.objects.exists()
    copy = handed.redact("Ditmar Dybvad")
    handed.paper.refresh_from_db()
    file = copy.versions.get().file
    assert (copy.title, copy.access, copy.copy_of_id, handed.paper.access) == (TITLE, "open", handed.paper.pk, "closed")
    data = keeping.store().read(file.pk)
    assert screen(data, name="x.pdf") == ()
    assert b"Dybvad" not in data
    assert "Dybvad" not in file.text
    assert "Enghave" in file.text
    assert actions.agenda_findings(handed.meeting) == []
    agenda = handed.meeting.editions.select_related("meeting").get()
    release = actions.release_agenda(agenda, by=handed.by, at=handed.at)
    assert release.files == {file.pk: TITLE}
    assert handed.sha256 not in release.record


def test_what_is_public_already_is_taken_back_and_let_out_anew(world: World) -> None:
    handed = Handed(world, paper("Fra Ditmar Dybvad, om en lind."))
    before = handed.agenda()
    assert list(before.files) == [handed.sha256]
    copy = handed.redact("Dybvad", numbers=False)
    journal.catch_up()
    before.refresh_from_db()
    assert before.withdrawn_at
    assert list(handed.agenda().files) == [copy.versions.get().file_id]


def test_the_minutes_name_the_edition_too(world: World) -> None:
    handed = Handed(world)
    one = Sitting.__new__(Sitting)
    one.world, one.at, one.meeting = world, world.at, handed.meeting
    one.items, one.all_in = minutes_of.items_of(one.meeting), [world["chair"].person.pk, world["member"].person.pk]
    one.open().finish()
    copy = handed.redact("Ditmar Dybvad")
    (item,) = actions.prepare(handed.meeting).shown.items
    assert [(file.title, file.document) for file in item.files] == [(TITLE, str(copy.pk))]
    (whole,) = actions.prepare(handed.meeting).whole.items
    assert [file.access for file in whole.files] == ["closed", "open"]


def test_an_edition_of_the_edition_stands_in_its_place(handed: Handed) -> None:
    first = handed.redact("Ditmar Dybvad")
    seen = first.versions.get().file_id
    second = actions.redact(first, ["Enghave"], numbers=False, seen=seen, by=handed.by, at=handed.at)
    assert second.title == TITLE
    agenda = handed.meeting.editions.select_related("meeting").get()
    release = actions.release_agenda(agenda, by=handed.by, at=handed.at)
    assert list(release.files) == [second.versions.get().file_id]


def test_the_words_go_from_title_and_name_too(world: World) -> None:
    handed = Handed(world, name="ansoegning_dybvad.pdf")
    cases.change_attachment(
        handed.paper, title="Brev fra Ditmar Dybvad", access="open", reason="x", by=handed.by, at=handed.at
    )
    handed.paper.refresh_from_db()
    copy = handed.redact("Ditmar Dybvad", "Dybvad")
    assert (copy.title, copy.versions.get().name) == (
        "Brev fra [fjernet] (med fjernede oplysninger)",
        "ansoegning_fjernet.pdf",
    )


def test_an_edition_that_is_taken_off_is_not_let_out(handed: Handed) -> None:
    copy = handed.redact("Ditmar Dybvad")
    cases.remove_attachment(copy, True, by=handed.by, at=handed.at)
    agenda = handed.meeting.editions.select_related("meeting").get()
    assert actions.release_agenda(agenda, by=handed.by, at=handed.at).files == {}


def test_twice_is_as_once(handed: Handed) -> None:
    first = handed.redact("Ditmar Dybvad")
    Attachment.objects.filter(pk=handed.paper.pk).update(access=Access.OPEN)
    assert handed.redact("Ditmar Dybvad") == first
    assert Attachment.objects.count() == 2
    handed.paper.refresh_from_db()
    assert handed.paper.access == Access.CLOSED


def test_an_edition_in_which_a_word_was_missed_does_not_stay_beside_the_better_one(handed: Handed) -> None:
    first = handed.redact("Ditmar Dybvad")
    better = handed.redact("Ditmar Dybvad", "Enghave")
    first.refresh_from_db()
    assert (first.access, better.access) == ("closed", "open")
    agenda = handed.meeting.editions.select_related("meeting").get()
    release = actions.release_agenda(agenda, by=handed.by, at=handed.at)
    assert list(release.files) == [better.versions.get().file_id]


def test_the_journal_tells_of_hashes_and_never_of_words(handed: Handed) -> None:
    copy = handed.redact("Ditmar Dybvad")
    entries = list(JournalEntry.objects.order_by("number"))
    (told,) = [entry for entry in entries if entry.kind == "cases.AttachmentRedacted"]
    assert told.values["sha256"] == handed.sha256
    assert told.values["copy_sha256"] == copy.versions.get().file_id
    assert not any("Dybvad" in str(entry.values) or NUMBER in str(entry.values) for entry in entries)


@pytest.mark.parametrize(
    ("words", "numbers", "told"),
    [
        ((), False, "mindst"),
        (("Enghavevej",), False, "Enghavevej"),
        (("x" * 301,), False, "300"),
        (("x",) * 201, False, "200"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(handed: Handed, words: Any, numbers: bool, told: str) -> None:
    entries = JournalEntry.objects.count()
    with pytest.raises(Blocked):
        handed.redact(*words, numbers=numbers)
    assert Attachment.objects.get().access == "open"
    assert JournalEntry.objects.count() == entries


def test_a_paper_that_has_changed_since_is_not_redacted(handed: Handed) -> None:
    seen = handed.sha256
    cases.attach(handed.case, paper("Nyt om Dybvad"), "ny.pdf", to=handed.paper, by=handed.by, at=handed.at)
    for act in (
        lambda: handed.redact("Dybvad", seen=seen),
        lambda: cases.attach_redacted(
            handed.paper,
            handed.paper.versions.first().file,
            title="x",
            name="x.pdf",
            seen=seen,
            by=handed.by,
            at=handed.at,
        ),
    ):
        with pytest.raises(Blocked):
            act()


def test_nothing_of_a_closed_case_is_redacted(handed: Handed) -> None:
    Case.objects.filter(pk=handed.case.pk).update(access=Access.CLOSED)
    with pytest.raises(Blocked):
        handed.redact("Dybvad")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (pdfs.scanned(), "skannet.pdf"),
        (bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"), "kort.png"),
    ],
)
def test_a_picture_is_not_redacted(world: World, data: bytes, name: str) -> None:
    handed = Handed(world, data, name)
    with pytest.raises(Blocked):
        handed.redact()
    assert Attachment.objects.get().access == "open"


def test_an_edition_that_screening_cannot_look_into_is_closed(world: World) -> None:
    behind = b"q 595 0 0 842 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 /F /AHx ID ff> EI Q\n"
    words = b"".join(
        b"BT /F0 12 Tf 3 Tr 50 %d Td (Fra Ditmar Dybvad om en lind) Tj ET\n" % y for y in range(300, 700, 20)
    )
    handed = Handed(world, pdfs.drawing(behind + words))
    copy = handed.redact("Dybvad", numbers=False)
    assert copy.access == "closed"
    agenda = handed.meeting.editions.select_related("meeting").get()
    assert actions.release_agenda(agenda, by=handed.by, at=handed.at).files == {}


def test_a_word_document_is_redacted(world: World) -> None:
    document = offices.plain()
    document.add_paragraph("Udvalget har fået en ansøgning fra Ditmar Dybvad.")
    handed = Handed(world, offices.saved(document), "ansoegning.docx")
    assert "[fjernet]" in handed.redact("Ditmar Dybvad", numbers=False).versions.get().file.text


# --- the page ---


def test_the_page_shows_what_was_found_and_makes_the_edition(handed: Handed, browser_of: Callable[..., Client]) -> None:
    page = browser_of("secretary")
    over = f"/publicering/{handed.meeting.pk}/"
    assert handed.address in page.get(over).content.decode()
    shown = page.get(handed.address).content.decode()
    assert "Fjern det nummer" in shown
    assert NUMBER not in shown
    sent = {"seen": handed.sha256, "numbers": "on", "words": "Ditmar Dybvad\r\n\r\n"}
    answer = page.post(handed.address, sent, follow=True).content.decode()
    assert "Udgaven er lavet og efterset" in answer
    assert "Publicér dagsordenen" in answer
    copy = Attachment.objects.get(copy_of=handed.paper)
    assert f"/bilag/{copy.pk}/uden/" in answer
    page.post(over + "dagsorden/", {"identity": _identity(answer)})
    assert list(handed.agenda().files) == [copy.versions.get().file_id]


def _identity(page: str) -> str:
    return page.split('name="identity" value="')[1][:64]


def test_what_was_typed_stays_where_it_cannot_be_done(handed: Handed, browser_of: Callable[..., Client]) -> None:
    answer = browser_of("secretary").post(handed.address, {"seen": handed.sha256, "words": "Enghavevej 7"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Enghavevej 7</textarea>" in shown
    assert "står ikke i filen" in shown


def test_it_is_the_secretarys_and_only_for_papers_of_open_items(
    handed: Handed, world: World, browser_of: Callable[..., Client]
) -> None:
    for name in ("chair", "member", "case_worker", "administrator", "substitute", None):
        assert browser_of(name).get(handed.address).status_code in (302, 404)
    secretary = browser_of("secretary")
    other = cases.attach(world.case("Bænke"), paper("Om bænke"), "b.pdf", by=handed.by, at=handed.at)
    assert secretary.get(handed.address.replace(str(handed.paper.pk), str(other.pk))).status_code == 404
    cases.close(handed.case, legal_ground="KSL § 10", public_title="En sag", by=handed.by, at=handed.at)
    assert secretary.get(handed.address).status_code == 404
    assert secretary.post(handed.address, {"seen": handed.sha256, "words": "Dybvad"}).status_code == 404


def test_who_is_barred_from_the_case_does_not_redact_in_it(
    handed: Handed, world: World, browser_of: Callable[..., Client]
) -> None:
    cases.bar(handed.case, world["secretary"].person, "Nabo", by=world["chair"], at=handed.at)
    Attachment.objects.update(access=Access.CLOSED)
    assert browser_of("secretary").get(handed.address).status_code == 404


def test_the_page_of_a_closed_paper_is_a_reading_of_it(handed: Handed, browser_of: Callable[..., Client]) -> None:
    Attachment.objects.update(access=Access.CLOSED)
    assert browser_of("secretary").get(handed.address).status_code == 200
    assert JournalEntry.objects.filter(kind="files.ClosedRead").exists()
    assert browser_of("secretary", "low").get(handed.address).status_code == 404


# --- on the public site ---


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive that is served."""
    with archive_of("Prøvekommunen", tmp_path_factory.mktemp("archive")) as one:
        yield one


@pytest.mark.slow
def test_the_public_site_forgets_the_paper_and_shows_the_edition(world: World, archive: Archive, settings: Any) -> None:
    settings.ARCHIVE, settings.ARCHIVE_TOKEN = archive.address, archive.token
    handed = Handed(world, paper("Fra Ditmar Dybvad, om en lind."))
    _deliver()
    before = handed.agenda()
    old = f"{archive.address}{before.address}bilag/{handed.sha256}"
    assert requests.get(old, timeout=10).status_code == 200
    copy = handed.redact("Dybvad", numbers=False)
    journal.catch_up()
    _deliver()
    after = handed.agenda()
    assert (after.state, after.told) == ("shown", "")
    new = f"{archive.address}{after.address}bilag/{copy.versions.get().file_id}"
    deadline = time.monotonic() + 60  # I12
    while requests.get(old, timeout=10).status_code == 200 or requests.get(new, timeout=10).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert screen(requests.get(new, timeout=10).content, name="x.pdf") == ()


def _deliver() -> None:
    while delivering.deliver_due(timezone.now() + timedelta(days=1)):
        pass
