"""`raadslag archive withdraw, merge, split, review, undo, journal` as a person types them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from raadslag.archive import served
from raadslag.archive.intake import Document, Paper, take_in
from raadslag.archive.models import Case, Edition, JournalEntry, Meeting, Organization, Suggestion, Version
from raadslag.archive.search import search
from raadslag.cli import archive, main
from raadslag.core.record import Item, Product, Time, encode
from raadslag.core.record import Meeting as Record

pytestmark = pytest.mark.django_db
MEETING = "/proeve/moede/2018-04-09-raadet/"


@pytest.fixture(autouse=True)
def data(tmp_path, settings, monkeypatch):
    """An archive of the test's own, open already."""
    settings.DATA = tmp_path / "data"
    monkeypatch.setattr(archive, "open_archive", lambda _: None)


@pytest.fixture
def add():
    def add(organization="Rådet", day="2018-04-09", number=None, body="Prøvekommunen"):
        item = Item(order=1, number="1", title="Bænke", access="open", reference=number)
        record = Record(kind="minutes", body=body, organization=organization, meeting=Time(start=day), items=(item,))
        paper = Paper(record, Document("a.txt", "text/plain", b"paper of " + encode(record), ()))
        return take_in(paper, at=datetime(2018, 4, 12, tzinfo=UTC), already_public=True).version

    return add


def test_a_meeting_is_withdrawn_by_its_address_and_taken_back_by_a_number(add, capsys):
    add()
    address = f"https://referater.example.org/en{MEETING}punkt/1/"
    assert main(["archive", "withdraw", address, "--reason", "Navne", "--by", "Prøve Sekretær"]) == 0
    told = capsys.readouterr().out
    assert "Withdrawn: 1 records, 1 files." in told
    assert not Meeting.objects.public().exists()
    assert search("bænke").total == 0
    assert JournalEntry.objects.last().by == "Prøve Sekretær"
    assert main(["archive", "withdraw", address, "--reason", "Navne"]) == 0
    assert "already" in capsys.readouterr().out
    assert main(["archive", "undo", told.split()[-1]]) == 0
    assert Meeting.objects.public().exists()
    assert search("bænke").total == 1


def test_where_something_was_shown_is_listed_by_its_address_or_hash(add, capsys):
    version = add()
    served.add({(MEETING, version.identity): 3, ("/nyt.atom", version.identity): 1}, date(2018, 4, 12))
    served.add({(MEETING, version.identity): 2}, date(2018, 4, 14))
    assert main(["archive", "withdraw", MEETING, "--reason", "Navne"]) == 0
    capsys.readouterr()
    for named in (MEETING, version.identity):
        assert main(["archive", "served", named]) == 0
        told = f"5\t2018-04-12\t2018-04-14\t{MEETING}\n1\t2018-04-12\t2018-04-12\t/nyt.atom\n"
        assert capsys.readouterr().out == told
    assert main(["archive", "served", "/proeve/"]) == 1


def test_a_product_is_withdrawn_whole_by_its_address_and_a_version_by_its_own(capsys):
    for version in ("v1", "v2"):
        record = Product(body="Prøvekommunen", organization="Rådet", title="Plan", version=version)
        paper = Paper(record, Document(f"{version}.json", "application/json", encode(record), ()))
        take_in(paper, at=datetime(2018, 4, 12, tzinfo=UTC), already_public=True)
    page = "https://referater.example.org/proeve/produkt/plan/"
    served.add(
        {(f"/proeve/produkt/plan/{one.slug}/", one.identity): 2 for one in Edition.objects.all()}, date(2018, 4, 12)
    )
    assert main(["archive", "served", page]) == 0
    assert capsys.readouterr().out.count("2\t2018-04-12") == 2
    assert main(["archive", "withdraw", f"{page}v2/", "--reason", "Navne"]) == 0
    assert "Withdrawn: 1 records, 0 files." in capsys.readouterr().out
    assert [one.version for one in Edition.objects.current()] == ["v1"]
    assert main(["archive", "withdraw", page, "--reason", "Navne"]) == 0
    told = capsys.readouterr().out
    assert not Edition.objects.current().exists()
    assert main(["archive", "undo", told.split()[-1]]) == 0
    assert [one.version for one in Edition.objects.current()] == ["v1"]


@pytest.mark.parametrize("place", ["referat.pdf", "referat/udgave/1/", "kilde/HASH", "HASH alone"])
def test_a_paper_or_a_file_is_named_by_its_address_or_hash(add, place):
    version = add()
    sha256 = version.source.sha256
    named = sha256 if place == "HASH alone" else MEETING + place.replace("HASH", sha256)
    assert main(["archive", "withdraw", named, "--reason", "Navne"]) == 0
    version.source.refresh_from_db()
    assert version.source.withdrawn_at is not None
    assert Version.objects.kept().exists() == ("HASH" in place)


@pytest.mark.parametrize(
    "named", ["/findes/ikke/", MEETING.replace("09", "10"), "x", "0" * 64, "/proeve/udvalg/raadet/"]
)
def test_what_is_not_there_is_told_and_nothing_changes(add, capsys, named):
    add()
    assert main(["archive", "withdraw", named, "--reason", "Navne"]) == 1
    assert "expected" in capsys.readouterr().err
    assert Meeting.objects.public().count() == 1


def test_what_looks_alike_is_listed_and_decided(add, capsys):
    add("Kommunalbestyrelsen")
    add("Kommunalbestyrelse", "2018-05-09")
    assert main(["archive", "review"]) == 0
    told = capsys.readouterr().out
    assert "1 pairs" in told
    assert "/proeve/udvalg/kommunalbestyrelse/" in told
    number = str(Suggestion.objects.get().pk)
    assert main(["archive", "review", number]) == 1
    assert main(["archive", "review", number, "--same"]) == 0
    merged = capsys.readouterr().out.split()[-1]
    assert Organization.objects.public().get().name == "Kommunalbestyrelsen"
    assert main(["archive", "split", "/proeve/udvalg/kommunalbestyrelsen/"]) == 0
    assert capsys.readouterr().out.split() == ["Kommunalbestyrelsen", "Kommunalbestyrelse"]
    assert main(["archive", "undo", merged]) == 0
    assert Organization.objects.public().count() == 2
    Suggestion.objects.update(state="open")
    assert main(["archive", "review", number, "--apart"]) == 0
    assert main(["archive", "review"]) == 0
    assert "0 pairs" in capsys.readouterr().out


def test_committees_are_merged_and_split_by_their_addresses(add, capsys):
    add("Byrumsudvalget")
    add("Udvalget for Byrum", "2018-05-09")
    addresses = ["/proeve/udvalg/byrumsudvalget/", "http://localhost:8000/en/proeve/udvalg/udvalget-for-byrum"]
    assert main(["archive", "merge", *addresses]) == 0
    assert Organization.objects.public().get().slug == "udvalget-for-byrum"
    assert main(["archive", "split", addresses[1], "--name", "Byrumsudvalget"]) == 0
    assert "Byrumsudvalget stands by itself" in capsys.readouterr().out
    assert Organization.objects.public().count() == 2
    assert main(["archive", "merge", addresses[0], "/proeve/"]) == 1


def test_cases_that_look_alike_are_reviewed_as_well(add, capsys):
    add(number="PRV-2018-00105")
    add(day="2018-05-09", number="2018/105")
    main(["archive", "review"])
    assert "/proeve/sag/2018-105/" in capsys.readouterr().out
    assert main(["archive", "review", str(Suggestion.objects.get().pk), "--same"]) == 0
    assert Case.objects.public().get().items.count() == 2


def test_the_journal_is_listed_and_a_change_in_it_is_named(add, capsys):
    version = add()
    main(["archive", "withdraw", version.identity, "--reason", "Navne"])
    capsys.readouterr()
    assert main(["archive", "journal", "--json"]) == 0
    entries = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [entry["kind"] for entry in entries] == ["taken_in", "withdrawn"]
    assert entries[1]["versions"] == [version.identity]
    assert main(["archive", "journal", "--last", "1"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    JournalEntry.objects.filter(number=1).update(by="En anden")
    assert main(["archive", "journal"]) == 1
    assert "entry 1 of the journal" in capsys.readouterr().err
