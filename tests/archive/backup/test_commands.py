"""`raadslag archive backup | restore` in processes of their own, between SQLite and PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from raadslag.archive import curation, journal, withdrawals
from raadslag.archive.backup.making import ARCHIVE, back_up
from raadslag.backup import making, reading, tables
from raadslag.backup.shape import MANIFEST
from raadslag.web.folder import RESTORING
from tests.archive.backup.conftest import HOW, LATER

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
OTHER = "raadslag_restored"


def environment(data: Path, database: str | None) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "RAADSLAG"))}
    known.pop("DATABASE_URL", None)
    return known | {"RAADSLAG_DATA": str(data)} | ({"DATABASE_URL": database} if database else {})


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "raadslag.cli", "archive", *map(str, arguments)]


def archive(data: Path, *arguments: object, database: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        env=environment(data, database),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def contents(file: Path) -> dict[str, bytes]:
    return {name: stream.read() for name, stream in reading.members(file, "archive") if name != MANIFEST}


@pytest.fixture
def other_database():
    """The address of a second, empty database on the server that the tests use."""
    if connection.vendor != "postgresql":
        pytest.skip("only where DATABASE_URL names a PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {OTHER}")
    yield urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{OTHER}"))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {OTHER} WITH (FORCE)")


def test_a_backup_of_either_database_becomes_an_archive_in_sqlite(world, tmp_path):
    back_up(tmp_path / "one.tar.gz", at=LATER)
    done = archive(tmp_path / "restored", "restore", tmp_path / "one.tar.gz")
    assert (done.returncode, done.stderr) == (0, "")
    assert "5 records of 4 meetings, 7 files, 12 entries of the journal." in done.stdout
    assert "Withdrawn after that, and so again: 0 records and files." in done.stdout
    assert '"total": 6' in archive(tmp_path / "restored", "search", "udvalget", "--json").stdout

    again = archive(tmp_path / "restored", "backup", tmp_path / "two.tar")
    assert again.stdout.startswith(f"{tmp_path / 'two.tar'}: 5 records of 4 meetings, 7 files")
    assert contents(tmp_path / "two.tar") == contents(tmp_path / "one.tar.gz")
    twice = archive(tmp_path / "restored", "restore", tmp_path / "one.tar.gz")
    assert (twice.returncode, twice.stdout) == (1, "")
    assert "expected an empty data folder; found files in files, waiting, withdrawn." in twice.stderr


def test_a_backup_goes_from_postgresql_to_sqlite_and_back(world, tmp_path, other_database):
    back_up(tmp_path / "one.tar", at=LATER)
    assert archive(tmp_path / "sqlite", "restore", tmp_path / "one.tar").returncode == 0
    assert archive(tmp_path / "sqlite", "backup", tmp_path / "two.tar").returncode == 0
    done = archive(tmp_path / "postgresql", "restore", tmp_path / "two.tar", database=other_database)
    assert (done.returncode, done.stderr) == (0, "")
    assert archive(tmp_path / "postgresql", "backup", tmp_path / "three.tar", database=other_database).returncode == 0
    assert contents(tmp_path / "one.tar") == contents(tmp_path / "two.tar") == contents(tmp_path / "three.tar")
    over = archive(tmp_path / "new", "restore", tmp_path / "two.tar", database=other_database)
    assert (over.returncode, "an empty database; found rows of body" in over.stderr) == (1, True)


def test_a_copy_of_the_withdrawals_is_applied_and_told(world, tmp_path):
    back_up(tmp_path / "one.tar", at=LATER)
    curation.withdraw(world.version.identity, ground="Fejl", **HOW)
    done = archive(tmp_path / "restored", "restore", tmp_path / "one.tar", "--withdrawals", withdrawals.path())
    assert "Withdrawn after that, and so again: 3 records and files." in done.stdout
    missing = archive(tmp_path / "more", "restore", tmp_path / "one.tar", "--withdrawals", tmp_path / "nowhere")
    assert (missing.returncode, "the file of withdrawals; found none" in missing.stderr) == (1, True)


def test_a_refused_backup_leaves_no_folder(world, tmp_path):
    back_up(tmp_path / "one.tar", at=LATER)
    (tmp_path / "one.tar").write_bytes((tmp_path / "one.tar").read_bytes()[:5000])
    done = archive(tmp_path / "restored", "restore", tmp_path / "one.tar")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert done.stderr.startswith(f"raadslag: {tmp_path / 'one.tar'}: expected a whole backup")
    assert not (tmp_path / "restored").exists()


def test_a_restore_that_was_killed_is_neither_served_nor_added_to_and_can_be_done_again(world, tmp_path):
    back_up(tmp_path / "one.tar", at=LATER)
    data = tmp_path / "restored"
    process = subprocess.Popen(
        command("restore", tmp_path / "one.tar"), env=environment(data, None), stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not (data / RESTORING).exists() and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (data / RESTORING).exists()
    for arguments in (("serve", "--port", 1), ("search", "udvalget"), ("waiting",), ("backup", tmp_path / "x.tar")):
        done = archive(data, *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert "expected a whole archive; found one that is being restored" in done.stderr
    again = archive(data, "restore", tmp_path / "one.tar")
    assert (again.returncode, "What a restore that was stopped had left was taken away." in again.stderr) == (0, True)
    assert not (data / RESTORING).exists()
    assert archive(data, "backup", tmp_path / "two.tar").returncode == 0
    assert contents(tmp_path / "two.tar") == contents(tmp_path / "one.tar")


OLD = {"archive": "0003_known_again"}


@pytest.fixture
def older(transactional_db):
    """The database as an earlier version had it; at the end today's again."""
    MigrationExecutor(connection).migrate(list(OLD.items()))
    yield tables.as_of(OLD)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_a_backup_of_an_older_version_is_restored_and_brought_forward(older, tmp_path, monkeypatch):
    older.get_model("archive", "Body").objects.create(slug="proeve", name="Prøvekommunen")
    with journal.writing():
        journal.write("described", by="Prøve Sekretær", at=LATER, about={"body": 1})
    models = tables.models
    monkeypatch.setattr(tables, "models", lambda site, registry=older: models(site, registry))
    manifest = making.back_up(replace(ARCHIVE, stored=tuple), tmp_path / "old.tar", at=LATER)
    assert manifest.migrations == OLD
    gone = {"kind": "withdrawn", "versions": ["0" * 64], "files": [], "ground": "x", "by": "x"}
    gone["at"] = LATER.isoformat()
    (tmp_path / "withdrawals.jsonl").write_text(json.dumps(gone) + "\n")
    done = archive(
        tmp_path / "new", "restore", tmp_path / "old.tar", "--withdrawals", tmp_path / "withdrawals.jsonl"
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 records of 0 meetings, 0 files, 1 entries of the journal." in done.stdout
    assert "1 more came after the backup" in done.stdout
    assert archive(tmp_path / "new", "backup", tmp_path / "new.tar").returncode == 0
    assert reading.check(tmp_path / "new.tar", "archive").migrations == tables.newest(ARCHIVE)
    served = archive(tmp_path / "new", "restore", tmp_path / "old.tar")
    assert (served.returncode, "an empty" in served.stderr) == (1, True)
