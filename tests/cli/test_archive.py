"""`raadslag archive` as a person runs it: in a process of its own, on a folder."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.message import Message
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each command is a process that loads a web framework

PAPER = """Referat af møde i Udvalget for Byrum

Mødetidspunkt {day:02}-{month:02}-2018 17:00
Mødested Prøvegården

Tilstede: Asta Holmen og Birgit Fuglsang-Lind

1 (Åben) Bænke på torvet

Sags ID: PRV-2018-{day:05}

Beslutninger
Forslaget blev godkendt.
"""
BODY = ("--body", "Prøvekommunen")


def environment(data: Path) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "RAADSLAG"))}
    return known | {"RAADSLAG_DATA": str(data)}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "raadslag.cli", "archive", *map(str, arguments)]


def archive(data: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), env=environment(data), capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def papers(folder: Path, months: range) -> Path:
    folder.mkdir(exist_ok=True)
    for month in months:
        for day in range(1, 11):
            (folder / f"{month:02}-{day:02}.txt").write_text(PAPER.format(day=day, month=month))
    return folder


def rows(data: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "archive.sqlite3")) as database:
        return database.execute(question).fetchall()


def is_whole(data: Path) -> bool:
    """The database is sound, each version has its items and bytes, and no bytes lie there without a row."""
    hashes = {sha256 for (sha256,) in rows(data, "SELECT sha256 FROM archive_storedfile")}
    return (
        rows(data, "PRAGMA integrity_check") == [("ok",)]
        and rows(data, "PRAGMA foreign_key_check") == []
        and rows(
            data,
            "SELECT 1 FROM archive_version v WHERE NOT EXISTS (SELECT 1 FROM archive_item i WHERE i.version_id = v.id)",
        )
        == []
        and rows(
            data,
            "SELECT 1 FROM archive_meeting m WHERE 1 <> "
            "(SELECT count(*) FROM archive_version v WHERE v.meeting_id = m.id AND v.is_current)",
        )
        == []
        and all((data / "files" / sha256[:2] / sha256).is_file() for sha256 in hashes)
    )


def test_add_tells_what_became_of_each_paper_and_fails_only_for_bad_ones(tmp_path, data):
    folder = papers(tmp_path / "papers", range(1, 2))
    (folder / "notes.md").write_text("x")
    (folder / "hit.txt").write_text(PAPER.format(day=11, month=1).replace("Forslaget", "010190" + "-1234"))
    first = archive(data, "add", folder, "--already-public", *BODY)
    assert (first.returncode, first.stderr) == (0, "")
    assert "11 papers: 10 new, 0 new versions, 0 known already, 1 waiting, 0 not taken in." in first.stdout
    assert "1 other files are no papers (1 .md)." in first.stdout
    assert "0190" not in first.stdout

    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    second = archive(data, "add", folder, "--already-public", *BODY, "--data", data)
    assert second.returncode == 1
    assert "10 known already, 1 waiting, 1 not taken in." in second.stdout
    assert second.stderr.count("broken.pdf") == 1
    assert f"  {folder / 'broken.pdf'}: expected " in second.stderr
    assert "Traceback" not in second.stderr

    third = archive(data, "add", tmp_path / "papers" / "01-01.txt")
    assert (third.returncode, "1 known already" in third.stdout) == (0, True)
    assert archive(data, "add", tmp_path / "nowhere").returncode == 1
    (tmp_path / "empty").mkdir()
    empty = archive(data, "add", tmp_path / "empty")
    assert (empty.returncode, "No papers were found" in empty.stderr) == (1, True)


def test_papers_of_an_unknown_municipality_come_with_the_way_to_add_them(tmp_path, data):
    folder = papers(tmp_path / "papers", range(1, 2))
    told = archive(data, "add", folder, "--already-public").stdout
    assert "Waiting (10): they do not show which meeting they are of" in told
    assert told.endswith('Are they all of one municipality? Add them again with --body "ITS NAME".\n')
    assert "10 new" in archive(data, "add", folder, "--already-public", "--body", "Prøvekommunen").stdout


def test_what_waits_is_listed_and_is_not_found(tmp_path, data):
    folder = papers(tmp_path / "papers", range(1, 2))
    added = archive(data, "add", folder, *BODY)
    assert "Waiting (10): nobody has said that they are public" in added.stdout
    waiting = archive(data, "waiting")
    assert waiting.stdout.startswith("10 papers wait.")
    assert "01-01.txt" in waiting.stdout
    assert "Bænke" not in waiting.stdout
    assert json.loads(archive(data, "search", "bænke", "--kind", "decision", "--json").stdout) == {
        "total": 0,
        "page": 1,
        "pages": 0,
        "hits": [],
    }
    archive(data, "add", folder, "--already-public", *BODY)
    assert archive(data, "waiting").stdout == "0 papers wait.\n"
    found = json.loads(archive(data, "search", "bænken", "torv", "--json").stdout)
    assert (found["total"], len(found["hits"]), found["pages"]) == (10, 10, 1)
    hit = next(hit for hit in found["hits"] if hit["date"] == "2018-01-01")
    assert hit == {
        "kind": "decision",
        "body": "Prøvekommunen",
        "organization": "Udvalget for Byrum",
        "date": "2018-01-01",
        "number": "1",
        "title": "Bænke på torvet",
        "text": "Forslaget blev godkendt.",
        "address": "/proeve/moede/2018-01-01-udvalget-for-byrum/punkt/1/",
    }
    plain = archive(data, "search", "bænken")
    assert plain.stdout.startswith("10 found\n")
    assert hit["address"] in plain.stdout


def test_the_data_folder_is_made_and_its_key_is_the_owners_alone(tmp_path, data):
    named = tmp_path / "named"
    assert archive(data, "waiting", "--data", named).returncode == 0
    assert not data.exists()
    key = named / "secret-key"
    assert (key.stat().st_mode & 0o777, len(key.read_text()) > 50) == (0o600, True)
    archive(data, "waiting", "--data", named)
    assert [path.name for path in named.glob("*secret-key*")] == ["secret-key"]


@pytest.mark.parametrize("what", ["a file", "not a database"])
def test_a_data_folder_that_cannot_be_used_is_told_in_one_line(tmp_path, data, what):
    if what == "a file":
        data.write_text("x")
    else:
        data.mkdir()
        (data / "archive.sqlite3").write_text("this is no database, and never was one")
    done = archive(data, "waiting")
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(f"raadslag: {data}: expected a data folder that can be used; found ")


def test_two_adds_at_once_on_a_new_archive_add_each_paper_once(tmp_path, data):
    folders = [papers(tmp_path / "one", range(1, 4)), papers(tmp_path / "two", range(2, 5))]
    running = [
        subprocess.Popen(
            command("add", folder, "--already-public", *BODY),
            env=environment(data),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for folder in folders
    ]
    outputs = [process.communicate(timeout=120) for process in running]
    assert [(process.returncode, errors) for process, (_, errors) in zip(running, outputs, strict=True)] == [
        (0, "")
    ] * 2
    new = [int(output.split(" papers: ")[1].split(" new")[0]) for output, _ in outputs]
    assert sum(new) == 40
    assert rows(data, "SELECT count(*), count(DISTINCT meeting_id) FROM archive_version") == [(40, 40)]
    assert is_whole(data)
    assert json.loads(archive(data, "search", "bænke", "--kind", "decision", "--json").stdout)["total"] == 40


@pytest.mark.parametrize("after", [3, 17])
def test_an_add_that_is_killed_has_stored_whole_papers_only_and_goes_on_later(tmp_path, data, after):
    folder = papers(tmp_path / "papers", range(1, 7))
    archive(data, "waiting")
    process = subprocess.Popen(
        command("add", folder, "--already-public", *BODY), env=environment(data), stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while rows(data, "SELECT count(*) FROM archive_version") < [(after,)] and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    [(stored,)] = rows(data, "SELECT count(*) FROM archive_version")
    assert after <= stored < 60
    assert is_whole(data)
    assert json.loads(archive(data, "search", "bænke", "--kind", "decision", "--json").stdout)["total"] == stored

    again = archive(data, "add", folder, "--already-public", *BODY)
    assert f"{60 - stored} new, 0 new versions, {stored} known already" in again.stdout
    assert is_whole(data)
    assert json.loads(archive(data, "search", "bænke", "--kind", "decision", "--json").stdout)["total"] == 60


@contextmanager
def served(data: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        command("serve", "--port", port), env=environment(data), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=30)
    assert b"canary" not in output, "what people ask for is in the log"


def answer(address: str, **headers: str) -> tuple[int, Message, str]:
    request = urllib.request.Request(address, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            return response.status, response.headers, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def test_serve_shows_the_archive_sets_no_cookie_and_sees_what_is_added_meanwhile(tmp_path, data):
    folder = papers(tmp_path / "papers", range(1, 2))
    archive(data, "add", folder, "--already-public", *BODY)
    with served(data) as site:
        status, headers, page = answer(f"{site}/proeve/moede/2018-01-01-udvalget-for-byrum/")
        assert (status, "Bænke på torvet" in page) == (200, True)
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert not {"set-cookie", "server"} & {name.lower() for name in headers}
        assert "2018-02-01" not in answer(f"{site}/soeg/?q=canary+torvet")[2]
        papers(folder, range(2, 3))
        archive(data, "add", folder, "--already-public", *BODY)
        assert "2018-02-01" in answer(f"{site}/soeg/?q=torvet&aar=2018&side=2")[2] + answer(f"{site}/soeg/?q=torvet")[2]
        assert answer(f"{site}/proeve/moede/canary/")[0] == 404
        assert answer(f"{site}/", Host="evil.example")[0] == 400


def test_all_that_a_paper_may_miss_has_words():
    from raadslag.archive.intake import Document, Paper, prepare
    from raadslag.cli import archive as commands
    from raadslag.core.record import Commitment, Meeting, Organization, Product

    missing = set()
    promised = Commitment(text="–", state="planned")
    for record in (Meeting(), Organization(name="–"), Product(title="–", version="–"), promised):
        missing |= set(prepare(Paper(record, Document("a.json", "application/json", b"{}", ()))).missing)
    assert missing == commands.MISSING.keys()


def test_the_kinds_that_can_be_asked_for_are_those_of_the_search():
    from raadslag.archive.search import KINDS
    from raadslag.cli import archive as commands

    assert commands.KINDS == KINDS
