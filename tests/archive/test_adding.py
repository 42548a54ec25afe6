"""Folders of papers: what is one, what is bad, and that one never harms another."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError

from raadslag.archive import adding, curation, files, intake, journal
from raadslag.archive.adding import add_papers, find_papers
from raadslag.archive.models import Attachment, Item, Meeting, StoredFile, Version, WaitingPaper
from raadslag.archive.search import Index, open_index, search
from raadslag.cli import archive as cli
from raadslag.core.errors import LimitExceeded, UnreadableFile
from raadslag.core.record import File, Provenance, encode
from raadslag.core.record import Item as RecordItem
from tests.core.readers.offices import plain, saved, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # the reading takes place in processes of its own


def add(*papers: Path, **options) -> dict[str, object]:
    """By file name: the outcome, or the error."""
    options = {"already_public": True, "body": "Prøvekommunen"} | options
    added = add_papers(papers, now=lambda: datetime(2018, 4, 12, tzinfo=UTC), **options)
    return {one.path.name: one.receipt.outcome.value if one.receipt else one.error for one in added}


def test_a_folder_gives_its_papers_in_order_and_tells_what_it_left(tmp_path, make_meeting):
    record = encode(make_meeting())
    found = {
        "b/2.TXT": b"x",
        "b/1.pdf": b"x",
        "a/side.htm": b"x",
        "record.json": record,
        "pretty.json": record.replace(b'"schema":', b'"schema": '),
        "other.json": b'{"schema": 1}',
        "photo.jpg": b"x",
        ".hidden.txt": b"x",
        ".git/x.txt": b"x",
    }
    for name, content in found.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    papers, others = find_papers([tmp_path / "photo.jpg", tmp_path, tmp_path, tmp_path / "missing.txt"])
    assert [str(p.relative_to(tmp_path)) for p in papers] == [
        "photo.jpg",
        "pretty.json",
        "record.json",
        "a/side.htm",
        "b/1.pdf",
        "b/2.TXT",
        "missing.txt",
    ]
    assert {path.name for path in others} == {"other.json", "photo.jpg"}


def test_bad_files_are_told_and_leave_the_good_ones_alone(tmp_path, write_paper):
    good, last = write_paper("good.txt", number=1), write_paper("last.txt", number=2, day="10-04-2018")
    bad = {
        "empty.txt": b"",
        "truncated.pdf": b"%PDF-1.7\n1 0 obj\n<<",
        "disguised.pdf": b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20,
        "record.json": b'{"schema":"raadslag/1","type":"meeting","items":7}',
        "future.json": b'{"schema":"raadslag/99","type":"meeting"}',
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    told = add(good, *(tmp_path / name for name in bad), tmp_path / "missing.txt", tmp_path, last)
    assert (told.pop("good.txt"), told.pop("last.txt")) == ("new", "new")
    assert set(told) == {*bad, "missing.txt", tmp_path.name}
    for name, error in told.items():
        assert name in str(error), error
    assert Version.objects.count() == 2
    assert not WaitingPaper.objects.exists()
    assert search("bænke", kind="decision").total == 2


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path, monkeypatch):
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(200 << 20)
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail("read") if path == huge else read_bytes(path))
    [error] = add(huge).values()
    assert isinstance(error, LimitExceeded)


@pytest.mark.parametrize("name", ["pipe.txt", "pipe.json"])
def test_a_pipe_in_a_folder_is_refused_and_does_not_hang(tmp_path, name):
    os.mkfifo(tmp_path / name)
    [papers, _] = find_papers([tmp_path])
    [error] = add(*papers).values()
    assert isinstance(error, UnreadableFile)


def test_what_a_file_is_served_as_is_told_by_its_bytes_and_not_by_itself(tmp_path, make_meeting):
    paper = tmp_path / "paper.json"
    paper.write_bytes(encode(make_meeting(provenance=Provenance(media_type="text/html\r\nX-Injected: 1"))))
    assert add(paper) == {"paper.json": "new"}
    assert Version.objects.get().source.media_type == "application/json"


def test_a_path_that_is_not_there_is_bad_and_not_silent(tmp_path):
    [error] = add(tmp_path / "no" / "such.txt").values()
    assert isinstance(error, UnreadableFile)
    assert "No such file" in str(error)


def test_a_fault_of_ours_tells_no_text_and_the_others_go_on(write_paper, monkeypatch):
    inner = intake._Storing._add

    def stumble(self, one, *more):
        if one.paper.source.name == "odd.txt":
            raise ValueError("the secret words of the paper")
        return inner(self, one, *more)

    monkeypatch.setattr(intake._Storing, "_add", stumble)
    told = add(write_paper("odd.txt", number=1), write_paper("next.txt", number=2, day="10-04-2018"))
    assert told["next.txt"] == "new"
    assert "ValueError in test_adding.py" in str(told["odd.txt"])
    assert "secret" not in str(told["odd.txt"])


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (sqlite3.SQLITE_BUSY, "locked by another program. Nothing of it was stored"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "locked by another program. Nothing of it was stored"),
        (sqlite3.SQLITE_FULL, "no room on the disk. Nothing of it was stored"),
        (sqlite3.SQLITE_IOERR, "OperationalError in test_adding.py"),
    ],
)
def test_a_database_that_cannot_be_written_is_told_in_words(write_paper, monkeypatch, code, told):
    def stumble(*_):
        cause = sqlite3.OperationalError("what SQLite says")
        cause.sqlite_errorcode = code
        raise OperationalError from cause

    monkeypatch.setattr(intake._Storing, "_add", stumble)
    [error] = add(write_paper("one.txt")).values()
    assert told in str(error)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("53100", "no room on the disk. Nothing of it was stored"),
        ("57P01", "a database that does not answer. Nothing of it was stored"),
        ("XX000", "OperationalError in test_adding.py"),
    ],
)
def test_a_postgresql_that_cannot_be_written_is_told_in_words(write_paper, monkeypatch, state, told):
    class Cause(Exception):
        sqlstate = state

    def stumble(*_):
        raise OperationalError from Cause("what PostgreSQL says")

    monkeypatch.setattr(intake._Storing, "_add", stumble)
    [error] = add(write_paper("one.txt")).values()
    assert told in str(error)


def test_papers_are_in_and_told_though_the_index_has_no_room(write_paper, monkeypatch, capsys):
    def full(*_):
        raise ValueError("An IO error occurred: 'No space left on device'")

    paper = write_paper("one.txt", title="Skilte ved skolen")
    with monkeypatch.context() as patched:
        patched.setattr(Index, "_write", full)
        assert cli.add([paper], already_public=True, body="Prøvekommunen") == cli.BAD
    told = capsys.readouterr()
    assert told.out.startswith("1 papers: 1 new")
    assert "What was taken in is safe" in told.err
    assert cli.add([paper]) == 0
    assert search("skilt").total == 1


def test_the_same_paper_twice_under_another_name_adds_nothing(write_paper):
    first, copy = write_paper("one.txt"), write_paper("kopi.txt")
    assert add(first, copy) == {"one.txt": "new", "kopi.txt": "known"}
    assert add(copy, first) == {"kopi.txt": "known", "one.txt": "known"}
    assert Version.objects.count() == 1


def test_a_changed_paper_is_a_new_version_and_the_search_follows(write_paper):
    add(write_paper("one.txt", title="Skilte ved skolen"))
    assert [hit.title.text for hit in search("skilt").hits] == ["Skilte ved skolen"]
    assert add(write_paper("one.txt", title="Borde på torvet")) == {"one.txt": "new_version"}
    assert search("skilt").total == 0
    assert [hit.title.text for hit in search("borde torvet").hits] == ["Borde på torvet"]


def test_stopping_midway_keeps_what_is_in_and_indexes_it(write_paper, monkeypatch):
    papers = [write_paper(f"{day}.txt", day=f"{day:02}-04-2018") for day in range(10, 20)]
    adding_them = add_papers(papers, now=lambda: datetime(2018, 4, 12, tzinfo=UTC), already_public=True, body="X")
    monkeypatch.setattr(adding, "BATCH", 2)
    next(adding_them)
    next(adding_them)
    adding_them.close()
    assert Version.objects.count() == 2
    assert search("bænke", kind="decision").total == 2


def test_the_real_papers_are_found_and_the_real_decision_with_them(shared_data):
    papers, _ = find_papers([shared_data / "minutes"])
    added = add(*papers, body="Uoplyst Kommune")
    counts = Counter(map(str, added.values()))
    assert counts["new"] + counts["waiting"] + counts["new_version"] == len(papers) > 50
    assert counts["waiting"] <= 5

    [hit] = [hit for hit in search("ensomhed", per_page=50).hits if hit.meeting.body.slug == "gentofte"]
    assert (hit.kind, str(hit.meeting.start_on), hit.meeting.start_time) == ("decision", "2018-04-09", "17:00")
    assert hit.meeting.slug.startswith("2018-04-09-opgaveudvalg")
    source = hit.meeting.current.source
    assert files.read(source.sha256) == (shared_data / "minutes" / source.name).read_bytes()

    again = Counter(map(str, add(*papers, body="Uoplyst Kommune").values()))
    assert again == {"known": len(papers) - counts["waiting"], "waiting": counts["waiting"]}
    assert Meeting.objects.public().count() == Version.objects.current().count()
    before = search("beslutning").total
    open_index().rebuild()
    assert search("beslutning").total == before > 0
    without_cases = search("").total - search("", kind="case").total
    assert without_cases == Meeting.objects.count() + Item.objects.current().count() + sum(
        item.attachments.count() for item in Item.objects.current()
    )


def test_what_is_here_by_its_bytes_is_known_unread_unless_it_is_asked_for_again(write_paper, monkeypatch):
    add(write_paper("one.txt"))
    read = []
    inner = adding.read_paper
    monkeypatch.setattr(adding, "read_paper", lambda *args, **options: read.append(args[1]) or inner(*args, **options))
    second = write_paper("two.txt", day="10-04-2018")
    assert add(write_paper("one.txt"), second) == {"one.txt": "known", "two.txt": "new"}
    assert read == [second]
    papers = [write_paper("one.txt"), second]
    again = list(
        add_papers(papers, now=lambda: datetime.now(UTC), already_public=True, body="Prøvekommunen", again=True)
    )
    assert [one.receipt.outcome for one in again] == ["known", "known"]
    assert read == [second, *papers]


def test_a_withdrawn_paper_is_not_read_and_not_shown(write_paper, monkeypatch):
    add(write_paper("one.txt"))
    curation.withdraw(Version.objects.get().identity, ground="Navne", by="x", at=datetime.now(UTC))
    monkeypatch.setattr(adding, "read_paper", lambda *_, **__: 1 / 0)
    assert add(write_paper("one.txt")) == {"one.txt": "withdrawn"}
    assert search("torvet").total == 0


def test_attachments_that_a_record_names_by_hash_are_found_beside_it(tmp_path, make_meeting):
    annex = tmp_path / "bilag" / "kort.txt"
    annex.parent.mkdir()
    annex.write_text("Et kort over torvet")
    sha256 = hashlib.sha256(annex.read_bytes()).hexdigest()
    named = File(title="Kort", sha256=sha256), File(title="Borte", sha256="0" * 64)
    item = RecordItem(order=1, number="1", title="Torvet", access="open", files=named)
    record = tmp_path / "referat.json"
    record.write_bytes(encode(make_meeting(items=(item,))))
    adding_them = add_papers([record], now=lambda: datetime.now(UTC), already_public=True, beside=[annex])
    assert [one.receipt.outcome for one in adding_them] == ["new"]
    files_of = {one.title: one.file for one in Attachment.objects.all()}
    assert files.read(files_of["Kort"].sha256) == annex.read_bytes()
    assert files_of["Borte"] is None


def test_an_attachment_with_a_hit_lets_its_paper_wait(tmp_path, make_meeting):
    annex = tmp_path / "liste.txt"
    annex.write_text("Numre: 010190-1234")
    sha256 = hashlib.sha256(annex.read_bytes()).hexdigest()
    item = RecordItem(order=1, title="Torvet", access="open", files=(File(title="Liste", sha256=sha256),))
    record = tmp_path / "referat.json"
    record.write_bytes(encode(make_meeting(items=(item,))))
    [told] = add_papers([record], now=lambda: datetime.now(UTC), already_public=True, beside=[annex])
    assert (told.receipt.outcome, told.receipt.reason) == ("waiting", "screening")
    assert not files.path(sha256).exists()


def test_many_papers_come_in_whole_though_one_of_a_batch_cannot(write_paper, monkeypatch):
    papers = [write_paper(f"{day}.txt", day=f"{day:02}-04-2018", number=day) for day in range(10, 20)]
    inner = intake._Storing._add

    def stumble(self, one, *more):
        if one.released.meeting.start.startswith("2018-04-15"):
            raise ValueError
        return inner(self, one, *more)

    monkeypatch.setattr(intake._Storing, "_add", stumble)
    told = add(*papers)
    assert Counter(map(str, told.values())).most_common(1) == [("new", 9)]
    assert (Version.objects.count(), journal.head().number, journal.first_broken()) == (9, 9, None)
    assert len(list((Path(settings.DATA) / "files").rglob("*/*"))) == 9
    monkeypatch.undo()


def test_a_word_document_is_a_paper_like_any_other(tmp_path):
    document = plain()
    document.add_heading("Referat af møde i Udvalget for Byrum", 1)
    document.add_paragraph("Mødetidspunkt\t09-04-2018 17:00")
    document.add_heading("1 (Åben) Torvet", 2)
    document.add_heading("Beslutninger", 3)
    document.add_paragraph("Forslaget om bænke blev godkendt.")
    paper = tmp_path / "referat.docx"
    paper.write_bytes(saved(document))
    assert find_papers([tmp_path])[0] == [paper]
    assert add(paper) == {"referat.docx": "new"}
    [hit] = search("bænke").hits
    assert hit.item.decision == "Forslaget om bænke blev godkendt."
    assert Version.objects.get().source.media_type.endswith("wordprocessingml.document")


def test_the_text_of_attachments_is_kept_and_found(tmp_path, make_meeting):
    sheet = tmp_path / "budget.xlsx"
    sheet.write_bytes(saved(workbook(Budget=[["Svømmehal", 1200]])))
    picture = tmp_path / "kort.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(9))
    named = [
        File(title=one.name, sha256=hashlib.sha256(one.read_bytes()).hexdigest(), access="open") for one in (sheet,)
    ]
    record = tmp_path / "referat.json"
    item = RecordItem(order=1, title="Budget", access="open", files=tuple(named))
    record.write_bytes(encode(make_meeting(items=(item,))))
    [told] = add_papers([record], now=lambda: datetime.now(UTC), already_public=True, beside=[sheet, picture])
    assert told.receipt.outcome.value == "new"
    assert StoredFile.objects.get(name="budget.xlsx").text == "Budget\nSvømmehal | 1200"
    [hit] = search("svømmehal").hits
    assert (hit.kind, hit.title.text) == ("attachment", "budget.xlsx")


def test_an_attachment_whose_text_cannot_be_told_is_kept_anyway(tmp_path, make_meeting, monkeypatch):
    def fail(*_):
        raise UnreadableFile("kort.txt", "text", "none", "Look.")

    monkeypatch.setattr(adding.Pool, "text", fail)
    annex = tmp_path / "kort.txt"
    annex.write_text("Bænke på torvet.")
    file = File(title="Kort", sha256=hashlib.sha256(annex.read_bytes()).hexdigest(), access="open")
    record = tmp_path / "referat.json"
    record.write_bytes(encode(make_meeting(items=(RecordItem(order=1, title="Torvet", access="open", files=(file,)),))))
    [told] = add_papers([record], now=lambda: datetime.now(UTC), already_public=True, beside=[annex])
    assert (told.receipt.outcome.value, StoredFile.objects.get(name="kort.txt").text) == ("new", "")
