"""What a person notes for himself is his own: nobody else reads it, in no list, log or copy of the database (R4)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core import serializers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from raadslag.cli.workspace import do_what_is_due
from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.messages.models import Mail
from raadslag.workspace.products import actions as products
from raadslag.workspace.reading import notes, sealing
from raadslag.workspace.reading.models import NoteShare, PrivateNote
from raadslag.workspace.reading.notes import Note

from .conftest import World
from .test_closing import Work, fetched

pytestmark = pytest.mark.django_db
Page = Callable[..., Client]
THOUGHT = "KANARIEFUGL: spørg om nye beboere."
QUOTE = "Mange ved ikke, hvem de kan spørge."
TEXT = f"Mange beboere kender ikke deres naboer. {QUOTE} Det koster penge."


class Reading:
    """An item that was sent, and a part of a product; `noted` writes a note of a member at one of them."""

    def __init__(self, world: World) -> None:
        self.world, self.told = world, {"by": world["secretary"], "at": world.at}
        self.meeting = world.sent(world.case(background=TEXT), world.closed_case())
        self.item, self.closed = self.meeting.items.order_by("order")
        self.product = products.begin(world.committee, "Trygge boligområder", **self.told)
        self.part = products.add(self.product, kind="text", title="Fællesskab", text=TEXT, **self.told)
        self.member = world["member"].person

    def noted(self, text: str = THOUGHT, quote: str = "", **place: Any) -> PrivateNote:
        where = place or {"element": self.part}
        return notes.write(self.member, uuid4(), text, quote, where=TEXT, **where, at=self.world.at)

    def rewritten(self, text: str) -> None:
        self.part.refresh_from_db()
        products.write(self.part, title=self.part.title, text=text, version=self.part.version, **self.told)

    def address(self, item: Any = None) -> str:
        return reverse("reading:item", args=[self.meeting.pk, (item or self.item).pk])


@pytest.fixture
def reading(world: World) -> Reading:
    return Reading(world)


def main(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.status_code
    page = answer.content.decode()
    return page[page.index("<main") : page.index("</main>")] if "<main" in page else page


# --- writing ---


def test_a_note_at_an_item_is_written_where_one_reads_and_stands_there(reading: Reading, browser_of: Page) -> None:
    client, address = browser_of("member"), reading.address()
    given = {"key": uuid4(), "text": THOUGHT, "quote": f"  {QUOTE}\r\n"}
    for _twice in range(2):  # a doubled press is one note
        answer = client.post(f"{address}note/", given)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{address}#noter")
    assert THOUGHT in main(client, address)
    assert f"<p>{QUOTE}</p>" in main(client, address)
    whole = main(client, "/noter/")
    assert whole.count(f"<p>{THOUGHT}</p>") == 1
    assert f'href="{address}#noter"' in whole
    assert "Nye træer" in whole


def test_a_note_at_a_part_of_a_product_is_written_beside_its_text(reading: Reading, browser_of: Page) -> None:
    client = browser_of("member")
    product = main(client, reading.product.get_absolute_url())
    address = reverse("reading:note-part", args=[reading.product.pk, reading.part.pk])
    assert f'href="{address}"' in product
    assert client.post(address, {"key": uuid4(), "text": THOUGHT, "quote": QUOTE}).status_code == 302
    told = main(client, address)
    assert f"<p>{THOUGHT}</p>" in told
    assert "Noted before" in told or "Noteret før" in told
    assert f'href="{address}"' in main(client, "/noter/")


@pytest.mark.parametrize(
    ("text", "quote", "obstacle"),
    [("  ", "", "Dette felt"), (THOUGHT, "Det står der ikke.", "De ord står ikke her.")],
)
def test_what_cannot_be_noted_is_told_and_kept_in_the_field(
    reading: Reading, browser_of: Page, text: str, quote: str, obstacle: str
) -> None:
    for address in (
        f"{reading.address()}note/", reverse("reading:note-part", args=[reading.product.pk, reading.part.pk])
    ):  # fmt: skip
        answer = browser_of("member").post(address, {"key": uuid4(), "text": text, "quote": quote})
        told = answer.content.decode()
        assert answer.status_code == 422
        assert obstacle in told
        assert quote in told
    assert not PrivateNote.objects.exists()


def test_a_note_is_changed_by_its_owner_alone_and_no_screen_writes_over_another(
    reading: Reading, browser_of: Page
) -> None:
    row = reading.noted(quote=QUOTE)
    client, address = browser_of("member"), f"/noter/{row.pk}/"
    first = {"text": "Spørg om gamle beboere.", "version": 1}
    assert client.post(address, first).status_code == 302
    assert client.post(address, first).status_code == 302  # pressed twice
    answer = client.post(address, {"text": "Fra tabletten.", "version": 1})
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "Spørg om gamle beboere." in told
    assert "Fra tabletten." in told
    row.refresh_from_db()
    assert (Note(row).text, Note(row).quote, row.version) == ("Spørg om gamle beboere.", QUOTE, 2)
    refused = client.post(address, {"text": " ", "version": 1})  # and is no newer for having been refused
    assert refused.status_code == 422
    assert 'name="version" value="1"' in refused.content.decode()
    with pytest.raises(Blocked):
        notes.rewrite(row, " ", version=2, at=reading.world.at)
    with pytest.raises(Conflict):
        notes.rewrite(row, "For sent.", version=1, at=reading.world.at)
    told = client.post(address, {"text": "Fra tabletten.", "version": 2})
    assert told.headers["Location"] == reverse("reading:note-part", args=[reading.product.pk, reading.part.pk])


def test_the_same_key_is_one_note_to_the_same_words_and_person(reading: Reading, browser_of: Page) -> None:
    address = reverse("reading:note-part", args=[reading.product.pk, reading.part.pk])
    key = uuid4()
    for name, text in (("member", "Først"), ("member", "Først og mere"), ("second", "Først"), ("member", "Først")):
        assert browser_of(name).post(address, {"key": key, "text": text}).status_code == 302
    assert browser_of("chair").post(address, {"text": "Uden nøgle"}).status_code == 302
    said = sorted((row.person.name, Note(row).text) for row in PrivateNote.objects.all())
    assert said.pop(0) == ("Prøve chair", "Uden nøgle")
    assert said == [("Prøve member", "Først"), ("Prøve member", "Først og mere"), ("Prøve second", "Først")]


def test_what_was_refused_at_a_closed_item_may_be_sent_again(reading: Reading, browser_of: Page) -> None:
    client, address = browser_of("member"), f"{reading.address(reading.closed)}note/"
    for _twice in range(2):
        given = {"key": uuid4(), "text": THOUGHT, "quote": "Står der ikke", "once": "1" * 32}
        answer = client.post(address, given)
        assert answer.status_code == 422
        assert THOUGHT in answer.content.decode()


def test_a_note_that_was_taken_away_and_is_saved_again_is_there_again(reading: Reading, browser_of: Page) -> None:
    row = reading.noted()
    client, address = browser_of("member"), f"/noter/{row.pk}/"
    client.post(address, {"what": "remove"})
    assert "Noten er fjernet" in main(client, address)
    client.post(address, {"text": "Alligevel", "version": 1})
    row.refresh_from_db()
    assert (Note(row).text, row.removed_at) == ("Alligevel", None)
    notes.remove(row, at=timezone.now() - timedelta(days=2))
    do_what_is_due()
    with pytest.raises(Blocked):
        notes.rewrite(row, "For sent", version=2, at=timezone.now())


def test_a_note_is_taken_away_put_back_for_a_day_and_then_gone(reading: Reading, browser_of: Page) -> None:
    row = reading.noted()
    client, address = browser_of("member"), f"/noter/{row.pk}/"
    assert client.post(address, {"what": "remove"}).headers["Location"] == "/noter/"
    told = main(client, "/noter/")
    assert 'value="put_back"' in told
    assert client.post(address, {"what": "put_back"}).status_code == 302
    assert 'value="put_back"' not in main(client, "/noter/")
    notes.remove(row, at=timezone.now() - timedelta(hours=23))
    assert notes.forget(timezone.now()) == 0
    PrivateNote.objects.update(removed_at=timezone.now() - timedelta(hours=25))
    do_what_is_due()
    assert not PrivateNote.objects.exists()


# --- nobody else ---


def test_nobody_else_reads_it_nor_learns_that_it_is_there(reading: Reading, browser_of: Page) -> None:
    at_item, at_part = reading.noted(item=reading.item), reading.noted()
    closed = "Om nye beboere ved det lukkede."
    reading.noted(closed, item=reading.closed)
    for name in reading.world.users:
        if name == "member":
            continue
        client = browser_of(name)
        for address in (
            reading.address(), "/noter/", "/noter/hent/", "/", "/soeg/?q=kanariefugl+beboere",
            reverse("reading:note-part", args=[reading.product.pk, reading.part.pk]),
            reading.product.get_absolute_url(), reverse("people:person", args=[reading.member.pk]),
        ):  # fmt: skip
            assert "nye beboere" not in client.get(address).content.decode(), (name, address)
        for row in (at_item, at_part):
            there, nowhere = client.get(f"/noter/{row.pk}/"), client.get(f"/noter/{uuid4()}/")
            assert (there.status_code, nowhere.status_code) == (404, 404)
            for what in ("", "remove", "share", "put_back"):
                given = {"what": what, "text": "Mit", "version": 1, "people": [reading.world[name].person_id]}
                assert client.post(f"/noter/{row.pk}/", given).status_code == 404
    assert sorted(Note(one).text for one in PrivateNote.objects.all()) == [THOUGHT, THOUGHT, closed]
    assert not NoteShare.objects.exists()
    assert PrivateNote.objects.filter(removed_at=None).count() == 3


def test_the_journal_says_nothing_of_it(reading: Reading, browser_of: Page) -> None:
    client, before = browser_of("member"), JournalEntry.objects.count()
    client.post(f"{reading.address()}note/", {"key": uuid4(), "text": THOUGHT, "quote": QUOTE, "once": "1" * 32})
    address = f"/noter/{PrivateNote.objects.get().pk}/"
    for given in (
        {"text": "Andet", "version": 1}, {"what": "share", "people": [reading.world["second"].person_id]},
        {"what": "remove"}, {"what": "put_back"},
    ):  # fmt: skip
        assert client.post(address, {**given, "once": uuid4()}).status_code == 302
    main(client, "/noter/")
    main(client, "/noter/hent/")
    assert JournalEntry.objects.count() == before


def test_its_words_lie_in_no_row_no_log_no_journal_no_mail_and_no_export(
    reading: Reading, browser_of: Page, caplog: pytest.LogCaptureFixture
) -> None:
    client = browser_of("member")
    with caplog.at_level(logging.DEBUG):
        for address in (
            f"{reading.address()}note/", reverse("reading:note-part", args=[reading.product.pk, reading.part.pk])
        ):  # fmt: skip
            assert client.post(address, {"key": uuid4(), "text": THOUGHT, "quote": ""}).status_code == 302
        do_what_is_due()
    rows = serializers.serialize("json", PrivateNote.objects.all())
    assert len(PrivateNote.objects.all()) == 2
    journal_rows = serializers.serialize("json", JournalEntry.objects.all())
    mails = serializers.serialize("json", Mail.objects.all())
    whole = fetched(browser_of("secretary"), reading.world)
    export = "".join(whole.read(name).decode("latin-1") for name in whole.namelist())
    for told in (rows, journal_rows, mails, caplog.text, export):
        assert "nye beboere" not in told


def test_a_longer_note_is_no_longer_row_and_the_same_words_are_never_the_same_bytes(reading: Reading) -> None:
    one, other, same = reading.noted("Ja."), reading.noted("x" * 300), reading.noted("Ja.")
    assert len(bytes(one.sealed)) == len(bytes(other.sealed))
    assert bytes(one.sealed) != bytes(same.sealed)


def test_a_copy_of_the_rows_opens_by_no_other_key_person_or_note(reading: Reading, data: Path, tmp_path: Path) -> None:
    row = reading.noted()
    sealed = bytes(row.sealed)
    assert THOUGHT.encode() in sealing.unseal(sealed, data, row.person_id, row.pk)
    assert (data / sealing.KEY).stat().st_mode & 0o077 == 0
    for folder, person, note in (
        (tmp_path / "other", row.person_id, row.pk), (data, uuid4(), row.pk), (data, row.person_id, uuid4())
    ):  # fmt: skip
        with pytest.raises(sealing.Unopened):
            sealing.unseal(sealed, folder, person, note)


def test_without_its_key_the_page_says_so_and_nothing_is_written_over(
    reading: Reading, browser_of: Page, data: Path
) -> None:
    row = reading.noted()
    (data / sealing.KEY).rename(data / "away")
    client = browser_of("member")

    def cut_off() -> None:
        (data / sealing.KEY).rmdir()
        (data / sealing.KEY).write_text("")

    for harm in (lambda: None, (data / sealing.KEY).mkdir, cut_off):  # gone, not to be read, or cut off
        harm()
        with pytest.raises(Blocked):
            reading.noted("Mere")
        assert "note-key" in main(client, "/noter/")
    for address in (
        "/noter/",
        f"/noter/{row.pk}/",
        reverse("reading:note-part", args=[reading.product.pk, row.element_id]),
    ):
        assert "note-key" in main(client, address)
    answer = client.post(f"/noter/{row.pk}/", {"text": "Det nye", "version": 1})
    assert answer.status_code == 422
    assert "Det nye" in answer.content.decode()
    (data / "away").rename(data / sealing.KEY)
    row.refresh_from_db()
    assert Note(row).text == THOUGHT


# --- where it stands ---


def test_it_follows_its_words_and_stands_without_a_place_when_they_go(reading: Reading, browser_of: Page) -> None:
    reading.noted("Husk de unge.", QUOTE)
    reading.noted("Om det hele.")
    client = browser_of("member")
    other = products.add(reading.product, kind="text", title="Et andet sted", text="Tomt.", **reading.told)
    address = reverse("reading:note-part", args=[reading.product.pk, reading.part.pk])
    reading.rewritten("Mange ved ikke helt, hvem de kan spørge.")  # rewritten: it stays
    assert "Noter uden plads" not in main(client, "/noter/")
    reading.rewritten("Noget ganske andet står her nu.")
    told = main(client, "/noter/")
    assert "Noter uden plads</h2>" in told.replace(" (1)", "")
    assert QUOTE in told[told.index("Noter uden plads") :]
    assert "Husk de unge." in main(client, address)
    products.write(other, title=other.title, text=QUOTE, version=other.version, **reading.told)
    told = main(client, "/noter/")
    assert "Noter uden plads" not in told
    assert reverse("reading:note-part", args=[reading.product.pk, other.pk]) in told


def test_of_an_agenda_that_says_something_else_now_it_is_told(reading: Reading, browser_of: Page) -> None:
    row = reading.noted(THOUGHT, QUOTE, item=reading.item)
    assert "står der ikke mere" not in main(browser_of("member"), reading.address())
    words = notes.Words(THOUGHT, "Noget, der ikke står på dagsordenen")
    row.sealed = notes._sealed(words, row.person_id, row.pk)
    row.save()
    assert "står der ikke mere" in main(browser_of("member"), reading.address())


def test_who_may_not_read_the_place_any_more_keeps_his_words_and_not_those_of_the_paper(
    reading: Reading, browser_of: Page
) -> None:
    secret = "Mange ved ikke, hvem de kan spørge."
    row = reading.noted("Min egen tanke", secret, item=reading.closed)
    notes.share(row, [reading.world["second"].person], at=reading.world.at)
    client, address = browser_of("member"), reading.address(reading.closed)
    assert secret in main(client, address)  # where it is noted who reads; and nowhere else
    assert secret not in main(client, "/noter/")
    assert "KANARIEFUGL i lukket sag" in main(client, "/noter/")
    cases.bar(reading.closed.case, reading.member, reason="Nabo", **reading.told)
    for told in (main(client, "/noter/"), main(client, f"/noter/{row.pk}/"), main(client, "/noter/hent/")):
        assert "Min egen tanke" in told
        assert secret not in told
        assert "KANARIEFUGL i lukket sag" not in told
        assert address not in told
    assert client.post(f"{address}note/", {"key": uuid4(), "text": "Mere"}).status_code == 404
    chair = reading.world["chair"].person_id
    assert f'value="{chair}"' not in main(client, f"/noter/{row.pk}/")
    client.post(f"/noter/{row.pk}/", {"what": "share", "people": [chair, reading.world["second"].person_id]})
    assert [one.person.name for one in row.shares.all()] == ["Prøve second"]
    client.post(f"/noter/{row.pk}/", {"text": "Til jer andre", "version": 1})
    assert not row.shares.exists()  # who is barred says nothing to those who decide


def test_at_a_low_level_what_is_closed_stays_so(reading: Reading, browser_of: Page) -> None:
    row, client = reading.noted("Min egen tanke", item=reading.closed), browser_of("member", "low")
    for address in ("/noter/", "/noter/hent/", f"/noter/{row.pk}/"):
        told = main(client, address)
        assert "Log ind på niveau Betydelig" in told
        assert "egen tanke" not in told
        assert "KANARIEFUGL i lukket sag" not in told
    answer = client.post(f"/noter/{row.pk}/", {"text": "Det rettede jeg", "version": 1})
    assert answer.status_code == 403
    assert "Det rettede jeg" in answer.content.decode()
    assert Note(PrivateNote.objects.get()).text == "Min egen tanke"
    answer = client.post(f"{reading.address(reading.closed)}note/", {"key": uuid4(), "text": "Det skrev jeg"})
    assert answer.status_code == 403
    assert "Det skrev jeg" in answer.content.decode()  # and is sent again after a stronger login
    notes.remove(row, at=timezone.now())
    assert "egen tanke" not in main(client, "/noter/")
    reading.world.allow_low_level()
    assert "egen tanke" in main(browser_of("member", "low"), "/noter/")


# --- sharing ---


def test_one_note_is_shared_with_named_people_who_see_no_other(reading: Reading, browser_of: Page) -> None:
    shared, _own = reading.noted("Til os to.", QUOTE, item=reading.item), reading.noted("Kun min.", item=reading.item)
    second, client = reading.world["second"].person, browser_of("member")
    address = f"/noter/{shared.pk}/"
    told = main(client, address)
    assert f'value="{second.pk}"' in told
    stranger = reading.world["user"].person
    assert f'value="{stranger.pk}"' not in told
    assert f'value="{reading.member.pk}"' not in told
    assert client.post(address, {"what": "share", "people": [second.pk]}).status_code == 302
    assert client.post(address, {"what": "share", "people": [second.pk, stranger.pk]}).status_code == 302
    assert [one.person_id for one in NoteShare.objects.all()] == [second.pk]
    other = browser_of("second")
    for page in (main(other, reading.address()), main(other, "/noter/")):
        assert "Til os to." in page
        assert "Prøve member" in page
        assert "Kun min." not in page
        assert address not in page
    assert other.get(address).status_code == 404
    assert "Til os to." not in main(browser_of("chair"), reading.address())
    assert "delt med" in main(client, reading.address())
    client.post(address, {"what": "share", "people": []})
    assert "Til os to." not in main(other, reading.address())
    client.post(address, {"what": "share", "people": [second.pk]})
    client.post(address, {"what": "remove"})
    assert "Til os to." not in main(other, "/noter/")


def test_who_may_not_read_the_place_reads_no_shared_note_at_it(reading: Reading, browser_of: Page) -> None:
    row, second = reading.noted("Til os to.", item=reading.closed), reading.world["second"].person
    notes.share(row, [second], at=reading.world.at)
    assert "Til os to." in main(browser_of("second"), "/noter/")
    cases.bar(reading.closed.case, second, reason="Nabo", **reading.told)
    assert "Til os to." not in main(browser_of("second"), "/noter/")


# --- taking them home ---


def test_all_of_ones_own_is_taken_home_as_a_text(reading: Reading, browser_of: Page) -> None:
    reading.noted("Første", QUOTE, item=reading.item)
    reading.noted("Anden")
    answer = browser_of("member").get("/noter/hent/")
    told = answer.content.decode()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mine-noter.txt"'
    assert re.search(rf"1\. møde.*Nye træer\n=+\n\n.*\nFørste\nOm ordene: »{re.escape(QUOTE)}«", told)
    assert re.search(r"Trygge boligområder: Fællesskab\n=+\n\n.*\nAnden\n", told)
    assert "Anden" not in browser_of("second").get("/noter/hent/").content.decode()


def test_when_the_committee_is_closed_the_owners_are_told_and_have_thirty_days(
    world: World, browser_of: Page, now: datetime
) -> None:
    work = Work(world)
    work.finish()
    owner = world["member"].person
    for place in ({"element": work.part}, {"item": work.sitting.items[0]}):
        notes.write(owner, uuid4(), THOUGHT, where="", **place, at=now)
    work.close()
    journal.catch_up()
    mails = [one for one in Mail.objects.all() if "noter" in one.subject]
    assert [one.person_id for one in mails] == [owner.pk]
    assert "nye beboere" not in mails[0].body
    client = browser_of("member")
    assert "Tag dine noter med hjem" in main(client, "/")
    assert "er afsluttet" in main(client, "/noter/")
    assert main(client, "/noter/").count(f"<p>{THOUGHT}</p>") == 2
    assert "Tag dine noter med hjem" not in main(browser_of("second"), "/")
    address = reverse("reading:note-part", args=[work.product.pk, work.part.pk])
    assert client.post(address, {"key": uuid4(), "text": "Mere"}).status_code == 403
    closed_at = Organization.objects.get(pk=world.committee.pk).closed_at
    assert notes.forget(closed_at + timedelta(days=29, hours=23)) == 0
    assert notes.forget(closed_at + timedelta(days=30)) == 2
    assert not PrivateNote.objects.exists()


def test_whoever_leaves_keeps_his_own_words(reading: Reading, browser_of: Page) -> None:
    reading.noted("Min egen tanke", QUOTE, item=reading.item)
    for one in reading.member.memberships.all():
        bodies.end_membership(one, on=timezone.localdate() - timedelta(days=1), by=reading.world.administrator,
                              at=reading.world.at)  # fmt: skip
    told = main(browser_of("member"), "/noter/")
    assert "Min egen tanke" in told
    assert QUOTE not in told


def test_the_same_questions_for_one_and_for_many(reading: Reading, browser_of: Page) -> None:
    def asked(address: str) -> int:
        client = browser_of("member")
        with CaptureQueriesContext(connection) as few:
            assert client.get(address).status_code == 200
        return len(few)

    def more() -> None:
        for place in ({"item": reading.item}, {"item": reading.closed}, {"element": reading.part}):
            notes.remove(reading.noted(**place), at=timezone.now())
            row = reading.noted(quote=QUOTE if "element" in place else "", **place)
            notes.share(row, [reading.world["second"].person, reading.world["chair"].person], at=reading.world.at)

    pages = ("/noter/", "/noter/hent/", reading.address(), "/")
    more()
    for page in pages:  # the first look at an item is noted
        asked(page)
    few = {page: asked(page) for page in pages}
    for _ in range(5):
        more()
    assert {page: asked(page) for page in pages} == few
