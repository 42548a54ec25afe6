"""Papers come in whole, once, and only if they may be shown."""

from __future__ import annotations

import hashlib
import itertools
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model
from msgspec.structs import replace

from raadslag.archive import files, intake
from raadslag.archive.filing import Filing
from raadslag.archive.intake import Document, Outcome, Paper, take_in
from raadslag.archive.models import (
    Attachment,
    Body,
    BodyName,
    Case,
    CaseNumber,
    Item,
    Meeting,
    Organization,
    OrganizationName,
    StoredFile,
    Version,
    WaitingPaper,
)
from raadslag.core import record as records
from raadslag.core.errors import InvalidRecord
from raadslag.core.record import File, Section, Time, decode
from raadslag.core.rules.screening import Hit

pytestmark = pytest.mark.django_db
NOON = datetime(2018, 4, 12, 12, 0, tzinfo=UTC)

PUBLIC: tuple[type[Model], ...] = (
    Body, BodyName, Organization, OrganizationName, Meeting, Case, CaseNumber, Version, Item, Attachment, StoredFile,
)  # fmt: skip


def rows() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in PUBLIC}


def kept(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock")}


def test_characters_that_turn_the_direction_of_text_are_not_kept(add, make_meeting):
    turned = "".join(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
    item = records.Item(order=1, number="1", title=f"A{turned}gnp.exe \u200fשלום", access="open")
    version = add(make_meeting(items=(item,), title=f"Referat{turned}"), data=b"one").version
    assert (version.value.title, version.value.items[0].title) == ("Referat", "Agnp.exe \u200fשלום")
    assert version.items.get().title == "Agnp.exe \u200fשלום"
    hit = records.Item(order=1, number="1", title=f"010190{turned}-1234", access="open")
    assert add(make_meeting(items=(hit,)), data=b"two").reason == "screening"


def test_minutes_are_stored_with_all_that_pages_need(make_meeting, add):
    record = make_meeting(title="5. møde")
    receipt = add(record, data=b"The paper itself")

    meeting = Meeting.objects.public().with_organization().get()
    assert receipt.outcome is Outcome.NEW
    assert (meeting.body.slug, meeting.body.name) == ("proeve", "Prøvekommunen")
    assert (meeting.organization.slug, meeting.organization.name) == ("udvalget-for-byrum", "Udvalget for Byrum")
    assert meeting.slug == "2018-04-09-udvalget-for-byrum"
    assert (str(meeting.start_on), meeting.start_time, meeting.place) == ("2018-04-09", "17:00", "Prøvegården")
    assert meeting.title == "5. møde"
    assert meeting.current == receipt.version
    assert (meeting.current.kind, meeting.current.number) == ("minutes", 1)
    assert meeting.current.value == record
    assert meeting.current.identity == records.identity(record)
    assert files.read(meeting.current.source.sha256) == b"The paper itself"
    [item] = Item.objects.current()
    assert (item.slug, item.number, item.title) == ("1", "1", "Leg og læring i byen")
    assert (item.access, item.decision) == ("open", "Godkendt.")


def test_the_same_record_adds_nothing_under_whatever_name_or_in_whatever_file(make_meeting, add, data):
    add(make_meeting(), data=b"one")
    before, files_before = rows(), kept(data / "files")
    again = add(make_meeting(), data=b"one")
    renamed = add(make_meeting(provenance=records.Provenance(name="kopi.txt")), data=b"one", name="kopi.txt")
    other_bytes = add(make_meeting(), data=b"two")
    assert [r.outcome for r in (again, renamed, other_bytes)] == [Outcome.KNOWN] * 3
    assert (rows(), kept(data / "files")) == (before, files_before)


def test_changed_minutes_are_a_new_version_and_the_old_one_stays(make_meeting, add):
    first = add(make_meeting(), data=b"one")
    changed = make_meeting(meeting=Time(start="2018-04-09T17:00", place="Rådhuset", adjourned="2018-04-09T19:05"))
    second = add(changed, data=b"two")

    meeting = Meeting.objects.get()
    assert second.outcome is Outcome.NEW_VERSION
    assert (second.version.number, meeting.current, meeting.place) == (2, second.version, "Rådhuset")
    assert meeting.adjourned_time == "19:05"
    assert Version.objects.get(pk=first.version.pk).value == make_meeting()
    assert [item.version for item in Item.objects.current()] == [second.version]
    assert files.read(hashlib.sha256(b"one").hexdigest()) == b"one"


@pytest.mark.parametrize("order", [("agenda", "minutes"), ("minutes", "agenda")])
def test_agenda_and_minutes_of_a_meeting_become_one_and_the_minutes_are_shown(make_meeting, add, order):
    for kind in order:
        assert add(make_meeting(kind=kind)).outcome is Outcome.NEW
    meeting = Meeting.objects.get()
    assert {(v.kind, v.number) for v in meeting.versions.all()} == {("agenda", 1), ("minutes", 1)}
    assert meeting.current.kind == "minutes"
    assert [v.kind for v in meeting.versions.newest_first()] == ["minutes", "agenda"]


def test_names_are_compared_as_people_read_them(make_meeting, add):
    add(make_meeting(kind="agenda", body="Ærø", organization="Børn & Unge"))
    add(make_meeting(body="ÆRØ  KOMMUNE", organization="Børn  & unge"))
    assert Meeting.objects.get().body.name == "Ærø"


def test_a_paper_without_a_time_joins_the_one_meeting_of_its_day(make_meeting, add):
    add(make_meeting(kind="agenda", meeting=Time(start="2018-04-09")))
    add(make_meeting())
    add(make_meeting(kind=None, meeting=Time(start="2018-04-09")))
    meeting = Meeting.objects.get()
    assert meeting.start == "2018-04-09T17:00"
    assert meeting.versions.count() == 3


def test_a_paper_that_could_be_of_two_meetings_waits(make_meeting, add, data):
    add(make_meeting(meeting=Time(start="2018-04-09T09:00")))
    add(make_meeting(meeting=Time(start="2018-04-09T17:00")))
    before, files_before = rows(), kept(data / "files")
    receipt = add(make_meeting(meeting=Time(start="2018-04-09")))
    assert (receipt.outcome, receipt.reason) == (Outcome.WAITING, "unidentified")
    assert receipt.missing == ("meeting.start",)
    assert (rows(), kept(data / "files")) == (before, files_before)


def test_two_meetings_of_one_day_have_two_addresses_that_stay(make_meeting, add):
    for start in ("2018-04-09T17:00", "2018-04-09T19:30"):
        add(make_meeting(meeting=Time(start=start)))
    slugs = {meeting.start_time: meeting.slug for meeting in Meeting.objects.all()}
    assert slugs == {"17:00": "2018-04-09-udvalget-for-byrum", "19:30": "2018-04-09-udvalget-for-byrum-2"}
    add(make_meeting(organization="UDVALGET FOR BYRUM", title="Rettet"))
    assert {meeting.start_time: meeting.slug for meeting in Meeting.objects.all()} == slugs


def test_items_have_addresses_of_their_own_whatever_their_numbers(make_meeting, add):
    numbers = ["4A", None, "4A", "", "o2", "★"]
    items = tuple(records.Item(order=1, number=number, access="open") for number in numbers)
    add(make_meeting(items=items))
    assert [item.slug for item in Item.objects.order_by("order")] == ["4a", "o2", "4a-3", "o4", "o2-5", "o6"]


# --- what waits ---


def test_without_a_persons_word_a_paper_waits_and_nothing_public_knows_of_it(make_meeting, add, data):
    receipt = add(make_meeting(), data=b"paper", already_public=False)
    waiting = WaitingPaper.objects.get()
    assert (receipt.outcome, receipt.reason) == (Outcome.WAITING, "not_confirmed")
    assert (waiting.name, waiting.reason, waiting.size) == ("referat.txt", "not_confirmed", 5)
    assert files.read(waiting.sha256, "waiting") == b"paper"
    assert set(rows().values()) == {0}
    assert kept(data / "files") == set()


def test_a_paper_stops_waiting_once_it_is_confirmed(make_meeting, add, data):
    add(make_meeting(), already_public=False)
    add(make_meeting(), already_public=False)
    assert WaitingPaper.objects.count() == 1
    assert add(make_meeting()).outcome is Outcome.NEW
    assert not WaitingPaper.objects.exists()
    assert kept(data / "waiting") == set()


def test_a_shown_paper_does_not_wait_again(make_meeting, add):
    nameless = make_meeting(body=None)
    add(nameless, data=b"paper", body="Prøvekommunen")
    assert add(nameless, data=b"paper").outcome is Outcome.KNOWN
    assert add(make_meeting(), data=b"paper", already_public=False).outcome is Outcome.KNOWN
    assert not WaitingPaper.objects.exists()


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"body": None}, ("body",)),
        ({"body": "★"}, ("body",)),
        ({"body": "x" * 201}, ("body",)),
        ({"organization": " "}, ("organization",)),
        ({"meeting": Time()}, ("meeting.start",)),
        ({"meeting": Time(start="2018-02-30")}, ("meeting.start",)),
        ({"meeting": Time(start="2018-04-09T17:00:00")}, ("meeting.start",)),
        ({"meeting": Time(start="９９９９-01-01")}, ("meeting.start",)),
        ({"body": None, "organization": None}, ("body", "organization")),
    ],
)
def test_a_paper_that_does_not_show_whose_it_is_waits_with_what_is_missing(make_meeting, add, changes, missing):
    receipt = add(make_meeting(**changes))
    assert (receipt.reason, receipt.missing) == ("unidentified", missing)
    assert WaitingPaper.objects.get().missing == list(missing)
    assert set(rows().values()) == {0}


def test_the_operator_fills_in_what_is_missing_and_overrules_nothing(make_meeting, add):
    add(make_meeting(body=None, organization=None), body="Prøvekommunen", organization="Rådet")
    add(make_meeting(), body="Andetsted", organization="Andre")
    assert {str(o) for o in Organization.objects.all()} == {"Rådet", "Udvalget for Byrum"}
    assert [str(body) for body in Body.objects.all()] == ["Prøvekommunen"]


def test_a_screening_hit_waits_whatever_a_person_says_and_its_words_are_not_kept(make_meeting, add, data):
    number = "010190" + "-" + "1234"
    item = records.Item(order=1, title="Bevilling", access="open", decision=f"Bevilget til {number}.")
    receipt = add(make_meeting(items=(item,)), name=f"{number}.txt")
    assert (receipt.outcome, receipt.reason) == (Outcome.WAITING, "screening")
    waiting = WaitingPaper.objects.get()
    assert [line.partition(":")[0] for line in waiting.hits] == ["items.0.decision"]
    assert not any("0190" in str(value) for value in (waiting.hits, waiting.name, receipt))
    assert set(rows().values()) == {0}
    assert kept(data / "files") == set()


def test_a_hit_in_the_file_or_in_an_attachment_waits_as_well(make_meeting, add):
    hit = Hit("covered", "text is covered", "page 2", "hemmeligt ord")
    file = Document("bilag.pdf", "application/pdf", b"annex", (hit,))
    named = File(title="Bilag", sha256=file.sha256)
    with_file = make_meeting(items=(records.Item(order=1, access="open", files=(named,)),))
    for receipt in (add(make_meeting(), hits=(hit,)), add(with_file, attachments=(file,))):
        assert (receipt.reason, receipt.hits) == ("screening", ("page 2: text is covered",))
    assert set(rows().values()) == {0}


# --- closed is closed ---


def test_of_a_closed_item_only_its_public_face_is_stored(make_meeting, add, data):
    secret = "CANARYORD"
    closed = records.Item(
        order=1,
        number="1",
        title="Salg af grund",
        access="closed",
        decision="Godkendt.",
        reference=secret,
        actor=secret,
        sections=(Section(kind="background", text=secret),),
        steps=(secret,),
        files=(File(title=secret, sha256=hashlib.sha256(secret.encode()).hexdigest()),),
    )
    annex = Document("bilag.txt", "text/plain", secret.encode(), ())
    add(make_meeting(items=(closed,)), data=b"printed paper", attachments=(annex,))
    [item] = Item.objects.current()
    assert (item.access, item.title, item.decision) == ("closed", "Salg af grund", "Godkendt.")
    assert not Attachment.objects.exists()
    assert secret.encode() not in b"".join(p.read_bytes() for p in data.rglob("*") if p.is_file())
    stored = [row for model in (*PUBLIC, WaitingPaper) for row in model.objects.values_list()]
    assert len(stored) == 8
    assert secret not in repr(stored)


@pytest.mark.parametrize("reader", [None, "raadslag-html", "raadslag-pdf"])
def test_a_record_that_holds_more_than_is_shown_is_not_kept_as_the_papers_source(make_meeting, add, data, reader):
    closed = records.Item(order=1, title="CANARYORD", access="closed", public_title="Salg af grund")
    media_type = "text/html" if reader else "application/json"
    for record, has_source in ((make_meeting(items=(closed,)), False), (make_meeting(organization="Byrådet"), True)):
        record = replace(record, provenance=records.Provenance(reader=reader))
        receipt = take_in(
            Paper(record, Document("a", media_type, records.encode(record), ())), at=NOON, already_public=True
        )
        assert (receipt.outcome, receipt.version.source is not None) == (Outcome.NEW, has_source)
    assert b"CANARYORD" not in b"".join(p.read_bytes() for p in data.rglob("*") if p.is_file())


def test_an_attachment_is_kept_only_where_an_open_item_names_its_hash(make_meeting, add, data):
    annex, stranger = (Document(name, "application/pdf", name.encode(), ()) for name in ("bilag.pdf", "andet.pdf"))
    named = File(number="1", title="Kort over byen", sha256=annex.sha256)
    unkept = File(number="2", title="Notat")
    item = records.Item(order=1, number="1", access="open", files=(named, unkept))
    add(make_meeting(items=(item,)), data=b"paper", attachments=(annex, stranger))
    assert [(a.title, a.file and files.read(a.file.sha256)) for a in Attachment.objects.current()] == [
        ("Kort over byen", b"bilag.pdf"),
        ("Notat", None),
    ]
    assert kept(data / "files") == {annex.sha256, hashlib.sha256(b"paper").hexdigest()}


# --- whole or not at all ---


@pytest.mark.parametrize(
    ("where", "failing"),
    [
        (Filing, "add"),
        (Filing, "attach"),
        (Filing, "save"),
        (Filing, "_save_items"),
        (intake.journal, "write_all"),
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_a_failure_at_any_step_leaves_everything_as_it_was(make_meeting, add, data, monkeypatch, where, failing):
    add(make_meeting(kind="agenda"), data=b"agenda")
    before, files_before = rows(), kept(data / "files")
    inner = getattr(where, failing)

    def fail_late(*args: object, **options: object) -> None:
        inner(*args, **options)
        raise OSError("disk full")

    monkeypatch.setattr(where, failing, fail_late)
    with pytest.raises(OSError, match="disk full"):
        add(make_meeting(organization="Et nyt udvalg"), data=b"minutes")
    assert (rows(), kept(data / "files")) == (before, files_before)
    monkeypatch.undo()
    assert add(make_meeting(organization="Et nyt udvalg"), data=b"minutes").outcome is Outcome.NEW


def test_a_file_that_cannot_be_written_leaves_no_row_and_no_piece_of_it(make_meeting, add, data, monkeypatch):
    calls = itertools.count()
    real = os.fsync

    def fail_first(handle: int) -> None:
        if next(calls) == 0:
            raise OSError("no space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fail_first)
    with pytest.raises(OSError, match="no space"):
        add(make_meeting())
    assert set(rows().values()) == {0}
    assert kept(data / "files") == set()
    assert add(make_meeting()).outcome is Outcome.NEW


def test_a_failure_does_not_take_a_file_that_another_version_needs(make_meeting, add, monkeypatch):
    add(make_meeting(), data=b"shared paper")
    monkeypatch.setattr(Filing, "_save_items", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        add(make_meeting(title="Anden læsning"), data=b"shared paper")
    assert files.read(Version.objects.get().source.sha256) == b"shared paper"


def test_a_waiting_paper_that_cannot_be_listed_is_not_kept(make_meeting, add, data, monkeypatch):
    monkeypatch.setattr(WaitingPaper.objects, "update_or_create", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        add(make_meeting(), already_public=False)
    assert kept(data / "waiting") == set()


def test_a_withdrawal_is_not_taken_in_as_a_paper(add):
    with pytest.raises(InvalidRecord, match="the record of a meeting, an organization, a product or a commitment"):
        add(records.Withdrawal(sha256="a" * 64, withdrawn="2018-04-09", ground="En fejl"))
    assert set(rows().values()) == {0}


# --- the database itself holds the line ---


def test_the_database_refuses_what_must_never_be(make_meeting, add):
    version = add(make_meeting()).version
    meeting = version.meeting

    def refused(make: object) -> bool:
        try:
            with transaction.atomic():
                make()  # type: ignore[operator]
        except (IntegrityError, sqlite3.IntegrityError):
            return True
        return False

    def copy(row: Model, **changes: object) -> object:
        values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
        return lambda: type(row).objects.create(**(values | changes))

    other = {"identity": "a" * 64, "number": 2, "is_current": False}
    assert refused(copy(version, **other | {"is_current": True}))
    assert refused(copy(version, **other | {"number": 1}))
    assert refused(copy(version, **other | {"number": 0}))
    assert refused(copy(version, **other | {"kind": "secret"}))
    assert refused(copy(version, **other | {"identity": version.identity}))
    assert refused(copy(version, **other | {"identity": "x"}))
    assert refused(copy(meeting, start="2018-04-09T18:00"))
    assert refused(copy(meeting, slug="en-anden"))
    assert refused(copy(meeting, slug="en-anden", start="i morgen"))
    assert refused(copy(meeting.organization))
    assert refused(copy(meeting.body))
    assert not refused(copy(version, **other))


def test_lists_cost_the_same_number_of_queries_for_one_and_for_many(
    make_meeting, add, django_assert_num_queries, django_assert_max_num_queries
):
    def read_all() -> list[str]:
        found = [f"{m.body.slug}/{m.organization.slug}" for m in Meeting.objects.public().latest().with_organization()]
        found += [
            f"{i.meeting.body.slug}/{i.meeting.organization}" for i in Item.objects.current().latest().with_meeting()
        ]
        return found

    add(make_meeting())
    with django_assert_num_queries(2):
        assert len(read_all()) == 2
    for day in range(10, 20):
        record = make_meeting(meeting=Time(start=f"2018-04-{day}"))
        add(replace(record, organization=f"Udvalg {day}"))
    with django_assert_num_queries(2):
        assert len(read_all()) == 22


@pytest.mark.parametrize(("first", "second"), [("agenda", "minutes"), ("agenda", "agenda"), ("minutes", "minutes")])
def test_what_a_workspace_says_later_of_the_same_meeting_at_the_same_time_is_shown(add, make_meeting, first, second):
    """A supplement, and minutes of a meeting that was opened on the minute: the identity is given, nothing is moved."""
    for number, kind in enumerate((first, second)):
        add(make_meeting(id="4f1c", kind=kind, title=f"{number}"), data=f"{number}".encode())
    assert Version.objects.get(is_current=True).kind == second
    assert Version.objects.count() == 2
    assert title_shown() == "1"


def title_shown() -> str:
    """The title of the version that is shown."""
    return decode(bytes(Version.objects.get(is_current=True).record)).title
