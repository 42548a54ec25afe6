"""The whole workspace in one file, and back: the same journal, rows and files, and nothing that was withdrawn comes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import msgspec
import pytest
import requests
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils import timezone

from raadslag.backup import reading, tables
from raadslag.backup.reading import BadBackup
from raadslag.backup.restoring import NotEmpty, refuse_what_is_filled
from raadslag.backup.shape import MANIFEST
from raadslag.core.errors import RaadslagError
from raadslag.web.folder import RESTORING, refuse_half_restored
from raadslag.workspace import backup
from raadslag.workspace.backup import WORKSPACE, Withdrawal, back_up
from raadslag.workspace.common import checkpoints, journal
from raadslag.workspace.common.models import JournalEntry, Mark
from raadslag.workspace.files import keeping
from raadslag.workspace.meetings.models import Agenda, Meeting
from raadslag.workspace.minutes import signing
from raadslag.workspace.people.login import make_link
from raadslag.workspace.people.models import LoginLink, User
from raadslag.workspace.publishing import actions, delivering
from raadslag.workspace.publishing.models import Release
from raadslag.workspace.reading import notes
from raadslag.workspace.reading.models import PrivateNote
from tests import migrated

from .archive import archive_of
from .conftest import World
from .test_journal import Happened
from .test_minutes import Sitting
from .test_publishing import _face, _release

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
OTHER = f"raadslag_workspace_restored_{uuid4().hex}"  # each worker of a run has its own


@pytest.fixture
def release(world: World) -> Release:
    """Minutes that were released, with all that led to them."""
    one = Sitting(world).open()
    one.write(one.items[1], "KANARIEFUGL blev drøftet.")
    one.finish()
    _face(one)
    paper = one.meeting.minutes_of.first()
    for person in signing.unsigned(paper):
        one.do(signing.sign, paper, person, sha256=paper.sha256, how="paper")
    return _release(one)


@pytest.fixture
def emptied(settings: Any, tmp_path: Path) -> Callable[[], Path]:
    """Leaves the workspace for an empty one in another folder, which it gives."""

    def empty() -> Path:
        call_command("flush", verbosity=0, interactive=False)
        settings.DATA = tmp_path / "restored"
        settings.DATA.mkdir()
        return settings.DATA

    return empty


def check(file: Path) -> Any:
    return reading.check(file, "workspace")


def contents(file: Path) -> dict[str, bytes]:
    return {name: stream.read() for name, stream in reading.members(file, "workspace") if name != MANIFEST}


def restore(file: Path, withdrawn: dict[str, Withdrawal] | None = None) -> backup.Restored:
    return backup.restore(file, check(file), withdrawn or {}, at=timezone.now())


def workspace(data: Path, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "RAADSLAG"))}
    known.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "raadslag.cli", *map(str, arguments)]
    environment = known | {"RAADSLAG_WORKSPACE": str(data)} | more
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def databases() -> Iterator[list[str]]:
    """The addresses of empty databases: SQLite's, and a second one on the PostgreSQL that the tests use."""
    if connection.vendor != "postgresql":
        yield [""]
        return
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {OTHER}")
    yield ["", urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{OTHER}"))]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {OTHER} WITH (FORCE)")


# --- there and back ---


def test_a_restored_workspace_has_the_same_head_rows_and_files(release, data, tmp_path, emptied) -> None:
    checkpoints.add(data, tmp_path / "outside", at=timezone.now())
    make_link(User.objects.first(), by=journal.SYSTEM, at=timezone.now())
    owner = User.objects.first().person
    row = notes.write(owner, uuid4(), "Min egen tanke", where="", at=timezone.now())
    head, kept = journal.head(), {path.name: path.read_bytes() for path in data.glob("files/*/*")}
    assert len(kept) >= 2
    manifest = back_up(tmp_path / "one.tar.gz", at=timezone.now())
    assert (tmp_path / "one.tar.gz").stat().st_mode & 0o777 == 0o600
    assert (manifest.missing, manifest.journal, manifest.files) == ((), head, {"files": len(kept)})

    restored = emptied()
    assert not Meeting.objects.exists()
    assert restore(tmp_path / "one.tar.gz").withdrawn == 0
    assert (journal.head(), journal.first_broken()) == (head, None)
    assert {path.name: path.read_bytes() for path in restored.glob("files/*/*")} == kept
    assert notes.Note(PrivateNote.objects.get(pk=row.pk)).text == "Min egen tanke"
    for name in ("secret-key", "checkpoint-key", "note-key"):
        assert (restored / name).read_bytes() == (data / name).read_bytes()
        assert (restored / name).stat().st_mode & 0o777 == 0o600
    assert checkpoints.faults(restored, tmp_path / "outside") == []
    assert not (restored / RESTORING).exists()
    assert not LoginLink.objects.exists()  # one that was used after the backup would be good again
    back_up(tmp_path / "two.tar", at=timezone.now())
    assert contents(tmp_path / "two.tar") == contents(tmp_path / "one.tar.gz")


def test_every_table_is_kept_or_left_out_for_a_reason(db: None) -> None:
    known = {one._meta.label_lower for one in tables.models(WORKSPACE)} | WORKSPACE.left_out
    others = {one._meta.label_lower for one in apps.get_models(include_auto_created=True)} - known
    made_by_migrating = {"contenttypes.contenttype", "auth.permission"}
    never_used = {"auth.group", "auth.group_permissions"}
    of_open_logins = {"sessions.session", "usersessions.usersession"}
    assert others == made_by_migrating | never_used | of_open_logins


def test_a_backup_goes_between_databases_by_the_command(release, tmp_path, databases) -> None:
    back_up(tmp_path / "0.tar", at=timezone.now())
    for number, database in enumerate(databases, 1):
        data = tmp_path / f"data-{number}"
        of = {"RAADSLAG_WORKSPACE_DATABASE": database}
        done = workspace(data, "workspace", "restore", tmp_path / f"{number - 1}.tar", **of)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Nobody is logged in." in done.stdout
        assert workspace(data, "workspace", "backup", tmp_path / f"{number}.tar", **of).returncode == 0
        assert contents(tmp_path / f"{number}.tar") == contents(tmp_path / "0.tar")
        assert workspace(data, "journal", "verify", **of).returncode == 0
        twice = workspace(data, "workspace", "restore", tmp_path / "0.tar", **of)
        assert (twice.returncode, "expected an empty data folder; found files" in twice.stderr) == (1, True)


def test_a_backup_shows_one_moment_though_the_work_goes_on(release, world, tmp_path, emptied) -> None:
    head, goes_on = journal.head(), [True]

    def case() -> None:
        try:
            world.case("Imens")
        finally:
            connection.close()

    def meanwhile(count: int) -> None:
        if goes_on and goes_on.pop():  # in a thread, which has a connection of its own
            one = Thread(target=case)
            one.start()
            one.join()

    back_up(tmp_path / "one.tar", at=timezone.now(), tick=meanwhile)
    assert journal.head() > head
    emptied()
    restore(tmp_path / "one.tar")
    assert journal.head() == head


# --- withdrawn since ---


class Known:
    """An archive that knows what became of each record; None: it does not answer."""

    def __init__(self, states: dict[str, tuple[int, dict[str, Any]]] | None) -> None:
        self.states, self.brought = states, []

    def receipt(self, identity: str) -> tuple[int, dict[str, Any]]:
        if self.states is None:
            raise delivering.Unreachable("ConnectionError")
        return self.states.get(identity, (404, {}))

    def served(self, identity: str) -> tuple[int, dict[str, Any]]:
        return 200, {"shown": []}

    def bring_file(self, sha256: str, name: str) -> None: ...

    def bring(self, told: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.brought.append(next(iter(told)))
        return 201, {}


def test_what_was_withdrawn_after_the_backup_is_never_delivered(release, tmp_path, emptied) -> None:
    """I12, I39: the release was waiting when the backup was made, came to the archive, and was withdrawn."""
    back_up(tmp_path / "one.tar", at=timezone.now())
    emptied()
    restore(tmp_path / "one.tar")
    later = timezone.now() + timedelta(days=1)
    assert release.identity in Release.objects.due(later).values_list("identity", flat=True)

    assert delivering.deliver_due(later) == 0  # no archive is named
    silent = Known(None)
    assert (delivering.deliver_due(later, silent), silent.brought) == (0, [])
    assert Mark.objects.filter(name=delivering.RESTORED).exists()
    refusing = Known({one: (401, {}) for one in Release.objects.values_list("identity", flat=True)})
    assert (delivering.deliver_due(later, refusing), refusing.brought) == (0, [])

    knowing = Known({release.identity: (200, {"state": "withdrawn", "ground": "Et forkert tal"})})
    assert (delivering.deliver_due(later, knowing), knowing.brought) == (0, [])
    release.refresh_from_db()
    assert (release.ground, release.is_gone, release.withdrawn_by) == ("Et forkert tal", True, None)
    assert not Mark.objects.filter(name=delivering.RESTORED).exists()
    assert journal.first_broken() is None
    assert delivering.deliver_due(later + timedelta(days=1), knowing) == 0


def test_what_the_archive_has_lost_is_brought_again(release, tmp_path, emptied) -> None:
    Release.objects.update(state="shown")
    back_up(tmp_path / "one.tar", at=timezone.now())
    emptied()
    restore(tmp_path / "one.tar")
    lost = Known({})
    assert (delivering.deliver_due(timezone.now(), lost), lost.brought) == (1, ["record"])
    assert delivering.deliver_due(timezone.now(), lost) == 0


def test_a_real_archive_is_asked(release, world, tmp_path, emptied, settings) -> None:
    with archive_of(world.body.name, tmp_path / "archive") as archive:
        settings.ARCHIVE, settings.ARCHIVE_TOKEN = archive.address, archive.token
        assert delivering.deliver_due(timezone.now() + timedelta(days=1)) == 1
        back_up(tmp_path / "one.tar", at=timezone.now())
        gone = delivering.HttpArchive(archive.address, archive.token)
        assert gone.bring({"withdraw": {"sha256": release.identity, "ground": "Navne på borgere"}})[0] == 200
        emptied()
        told = restore(tmp_path / "one.tar").told()
        assert any("Nothing is delivered until the archive has been asked" in line for line in told)
        assert Release.objects.in_force().count() == 1
        assert delivering.deliver_due(timezone.now() + timedelta(days=1)) == 0
    release.refresh_from_db()
    assert (release.is_gone, release.ground) == (True, "Navne på borgere")


def test_a_file_of_withdrawals_counts_before_anything_is_served(release, tmp_path, emptied) -> None:
    back_up(tmp_path / "one.tar", at=timezone.now())
    emptied()
    told = restore(
        tmp_path / "one.tar",
        {release.identity: Withdrawal("Fejl", timezone.now()), "0" * 64: Withdrawal("", timezone.now())},
    )
    assert told.withdrawn == 1
    release.refresh_from_db()
    assert (release.is_gone, release.ground) == (True, "Fejl")


def test_a_page_tells_of_a_release_that_nobody_here_withdrew(release, browser_of) -> None:
    actions.note_withdrawn(release, "Fejl i bilag", at=timezone.now())
    page = browser_of("secretary").get(reverse("publishing:page", args=[release.meeting_id]))
    assert "Fejl i bilag" in page.content.decode()


# --- checkpoints ---


def test_the_checkpoints_outside_tell_what_is_lost_and_go_on(release, world, data, tmp_path, settings, emptied) -> None:
    outside = tmp_path / "outside"
    settings.CHECKPOINTS = str(outside)
    checkpoints.add(data, outside, at=timezone.now())
    back_up(tmp_path / "one.tar", at=timezone.now())
    head = journal.head()
    world.case("Tabt")
    checkpoints.add(data, outside, at=timezone.now())
    lost = journal.head()[0] - head[0]
    restored = emptied()
    told = restore(tmp_path / "one.tar")
    assert told.lost == lost > 0
    assert any(f"At least {lost} entries" in line for line in told.told())
    assert checkpoints.faults(restored, outside) == []
    with journal.acting():
        for number in range(lost + 3):
            journal.write(Happened(number), by=journal.SYSTEM, at=timezone.now(), about="test:1")
    checkpoints.add(restored, outside, at=timezone.now())
    assert checkpoints.faults(restored, outside) == []
    lines = (outside / checkpoints.FILE).read_text().splitlines()
    forged = [line.replace(', "restored": true', "") for line in lines]
    (outside / checkpoints.FILE).write_text("\n".join(forged) + "\n")
    assert len(checkpoints.faults(restored, outside)) >= 2  # without the signed line the lost entries are missed


def test_a_backup_of_another_journal_than_the_checkpoints_is_refused(
    release, data, tmp_path, settings, emptied
) -> None:
    outside = tmp_path / "outside"
    settings.CHECKPOINTS = str(outside)
    checkpoints.add(data, outside, at=timezone.now())
    back_up(tmp_path / "one.tar", at=timezone.now())
    line = (outside / checkpoints.FILE).read_text().replace(journal.head()[1], "0" * 64)
    (outside / checkpoints.FILE).write_text(line)
    restored = emptied()
    with pytest.raises(BadBackup, match="not signed by this workspace"):
        restore(tmp_path / "one.tar")
    assert not Meeting.objects.exists()
    assert sorted(path.name for path in restored.iterdir()) == []


# --- refused ---


def test_what_is_harmed_or_missing_is_named_and_nothing_is_left(release, data, tmp_path, emptied) -> None:
    sha256 = Agenda.objects.first().pdf_sha256
    keeping.store().path(sha256).write_bytes(b"harmed")
    manifest = back_up(tmp_path / "one.tar", at=timezone.now())
    assert manifest.missing == (f"files/{sha256[:2]}/{sha256}",)
    whole = (tmp_path / "one.tar").read_bytes()
    (tmp_path / "one.tar").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadBackup):
        check(tmp_path / "one.tar")
    with pytest.raises(NotEmpty, match="files in files"):
        refuse_what_is_filled(WORKSPACE)
    done = workspace(tmp_path / "new", "archive", "restore", tmp_path / "one.tar")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)


def test_a_journal_that_was_changed_is_not_restored(release, tmp_path, emptied) -> None:
    JournalEntry.objects.filter(number=3).update(kind="Other")
    back_up(tmp_path / "one.tar", at=timezone.now())
    emptied()
    with pytest.raises(BadBackup, match="entry 3 as the first that does not follow"):
        restore(tmp_path / "one.tar")
    assert not Meeting.objects.exists()


def test_a_folder_that_is_being_restored_is_not_served(data, tmp_path) -> None:
    (data / RESTORING).touch()
    with pytest.raises(RaadslagError, match="a whole workspace; found one that is being restored"):
        refuse_half_restored(data, "workspace")
    for part in (("workspace", "work", "--once"), ("workspace", "serve"), ("journal", "verify")):
        done = workspace(data, *part)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)


# --- rehearsal: a backup of an older version ---

OLD = {"common": "0001_initial", "cases": "0001_initial", "meetings": "0001_initial"}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A backup of the database as an earlier version had it, before there were minutes and releases."""
    file = tmp_path / "old.tar"
    then = tmp_path / "then"
    then.mkdir(mode=0o700)
    code = "import django; django.setup(); from tests.workspace import test_backup; test_backup.back_up_as_then()"
    of = {"RAADSLAG_WORKSPACE": str(then), "RAADSLAG_WORKSPACE_DATABASE": ""}
    environment = {**os.environ, **of, "DJANGO_SETTINGS_MODULE": "raadslag.workspace.settings"}
    subprocess.run([sys.executable, "-c", code, str(file)], env=environment, cwd=migrated.ROOT, check=True)
    return file


def back_up_as_then() -> None:
    """Make the tables of then in a data folder that has none, put a meeting into them, and back them up into the file
    that the command line names last."""
    file, at = Path(sys.argv[-1]), timezone.now()
    MigrationExecutor(connection).migrate(list(OLD.items()))
    assert "publishing" not in tables.layout(WORKSPACE)
    older, models = tables.as_of(tables.layout(WORKSPACE)), tables.models
    body = older.get_model("bodies", "Body").objects.create(name="Prøvekommunen", short_name="PRV")
    place = older.get_model("bodies", "Organization").objects.create(
        body=body, name="Byrumsudvalget", classification="task", start=at.date()
    )
    older.get_model("meetings", "Meeting").objects.create(
        organization=place, title="Et gammelt møde", start=at, end=at + timedelta(hours=2), place="Salen"
    )
    with journal.acting():
        journal.write(Happened(1), by=journal.SYSTEM, at=at, about="test:1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "models", lambda site, registry=older: models(site, registry))
        patch.setattr(backup, "WORKSPACE", replace(WORKSPACE, stored=tuple))
        manifest = back_up(file, at=at)
    assert manifest.migrations["meetings"] == "0001_initial"


def test_a_backup_of_an_older_version_is_restored_and_brought_forward(
    old: Path, tmp_path: Path, databases: list[str]
) -> None:
    for number, database in enumerate(databases):
        folder, of = tmp_path / f"data-{number}", {"RAADSLAG_WORKSPACE_DATABASE": database}
        done = workspace(folder, "workspace", "restore", old, **of)
        assert (done.returncode, done.stderr) == (0, "")
        assert "0 cases, 1 meetings, 0 files, 1 entries" in done.stdout
        assert workspace(folder, "journal", "verify", **of).stdout.startswith("1 entries follow")
        assert workspace(folder, "workspace", "backup", tmp_path / "new.tar", **of).returncode == 0
        assert check(tmp_path / "new.tar").migrations == tables.newest(WORKSPACE)
        assert "Et gammelt møde" in contents(tmp_path / "new.tar")["tables/meetings.meeting/000001.jsonl"].decode()


def test_a_backup_of_a_newer_version_is_refused_with_the_version_that_can(release, tmp_path, emptied) -> None:
    back_up(tmp_path / "one.tar", at=timezone.now())
    manifest = check(tmp_path / "one.tar")
    newer = msgspec.structs.replace(manifest, migrations=manifest.migrations | {"cases": "0099_later"}, program="9.9")
    emptied()
    with pytest.raises(BadBackup, match=r"found 0099_later\. Restore it with Raadslag 9\.9"):
        backup.restore(tmp_path / "one.tar", newer, {}, at=timezone.now())
    assert sorted(path.name for path in (tmp_path / "restored").iterdir()) == []


# --- both in one file ---


def _releases(data: Path) -> list[tuple[str, str, int]]:
    with closing(sqlite3.connect(data / "workspace.sqlite3")) as rows:
        return rows.execute("select identity, state, withdrawn_at is not null from publishing_release").fetchall()


def test_the_whole_house_comes_back_without_what_was_withdrawn_since(tmp_path: Path) -> None:
    """The whole way by the commands: let out, delivered, backed up, withdrawn, restored, and never shown again."""
    data, file = tmp_path / "workspace", tmp_path / "house.tar.gz"
    house = {"RAADSLAG_DATA": str(tmp_path / "archive"), "RAADSLAG_WORKSPACE_DATABASE": ""}
    assert workspace(data, "workspace", "sample", **house).returncode == 0
    with archive_of("Prøvekommunen", tmp_path / "archive") as archive:
        to = {"RAADSLAG_ARCHIVE": archive.address, "RAADSLAG_ARCHIVE_TOKEN": archive.token}
        assert workspace(data, "workspace", "work", "--once", **house, **to).returncode == 0
        released = _releases(data)
        assert [state for _identity, state, _count in released] == ["shown", "shown"]
        identity = released[0][0]
        done = workspace(data, "backup", file, **house)
        assert (done.returncode, done.stderr) == (0, "")
        known = delivering.HttpArchive(archive.address, archive.token)
        assert known.bring({"withdraw": {"sha256": identity, "ground": "Navne på borgere"}})[0] == 200
    assert file.stat().st_mode & 0o777 == 0o600
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["The workspace", "The archive"]

    new, of_new = tmp_path / "new-workspace", {"RAADSLAG_DATA": str(tmp_path / "new-archive")}
    given = ["--withdrawals", tmp_path / "archive" / "withdrawals.jsonl"]
    back = workspace(new, "restore", file, *given, **of_new)
    assert (back.returncode, back.stderr) == (0, "")
    assert sorted(_releases(new)) == sorted((one, "shown", int(one == identity)) for one, _state, _gone in released)
    with archive_of("Prøvekommunen", tmp_path / "new-archive") as archive:
        to = {"RAADSLAG_ARCHIVE": archive.address, "RAADSLAG_ARCHIVE_TOKEN": archive.token}
        assert workspace(new, "workspace", "work", "--once", **of_new, **to).returncode == 0
        status, receipt = delivering.HttpArchive(archive.address, archive.token).receipt(identity)
        assert (status, receipt["state"], receipt["ground"]) == (200, "withdrawn", "Navne på borgere")
        assert requests.get(archive.address + receipt["address"], timeout=20).status_code == 410

    again = workspace(new, "restore", file, **of_new)
    assert again.returncode == 1
    assert "nothing was restored to the workspace, which is as it was" in again.stderr


def test_one_file_may_go_to_a_pipe_and_is_refused_where_one_site_is_missing(tmp_path: Path) -> None:
    data, house = tmp_path / "workspace", {"RAADSLAG_DATA": str(tmp_path / "archive")}
    migrated.lay(data)
    assert workspace(data, "workspace", "sample", **house).returncode == 0
    missing = workspace(data, "backup", tmp_path / "no.tar", **house)
    assert (missing.returncode, "the data folder of the archive; found none" in missing.stderr) == (1, True)
    assert not (tmp_path / "no.tar").exists()
    assert workspace(data, "archive", "token", "list", **house).returncode == 0
    assert workspace(data, "backup", tmp_path / "house.tar", **house).returncode == 0
    folders = ["--workspace-data", str(data), "--archive-data", str(tmp_path / "archive")]
    piped = subprocess.run(
        [sys.executable, "-m", "raadslag.cli", "backup", "-", *folders], capture_output=True, check=True, timeout=120,
        env={**os.environ, "DATABASE_URL": "", "RAADSLAG_WORKSPACE_DATABASE": ""},
    )  # fmt: skip
    (tmp_path / "piped.tar").write_bytes(piped.stdout)
    assert contents(tmp_path / "piped.tar") == contents(tmp_path / "house.tar")
    assert not list(tmp_path.glob(".*.new"))
    (tmp_path / "cut.tar").write_bytes(piped.stdout[: len(piped.stdout) // 3])
    cut = workspace(tmp_path / "new", "restore", tmp_path / "cut.tar", RAADSLAG_DATA=str(tmp_path / "new-archive"))
    assert (cut.returncode, "Traceback" in cut.stderr, (tmp_path / "new-archive").exists()) == (1, False, False)


def test_a_restore_that_was_stopped_is_done_again(release: Release, tmp_path: Path) -> None:
    back_up(tmp_path / "one.tar", at=timezone.now())
    data = tmp_path / "new"
    (data / "files" / "ab").mkdir(parents=True)
    (data / "files" / "ab" / ("ab" * 32)).write_bytes(b"half")
    (data / "workspace.sqlite3").write_bytes(b"half")
    (data / RESTORING).touch()
    done = workspace(data, "workspace", "restore", tmp_path / "one.tar")
    assert done.returncode == 0
    assert done.stderr == "What a restore that was stopped had left was taken away.\n"
    assert workspace(data, "workspace", "backup", tmp_path / "two.tar").returncode == 0
    assert contents(tmp_path / "two.tar") == contents(tmp_path / "one.tar")


def test_an_older_backup_that_cannot_be_brought_forward_keeps_everybody_away(old: Path, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom raadslag.cli import main\nfrom raadslag.backup import restoring\n"
        "def fails(self):\n    raise ValueError\nrestoring._Restoring.prove = fails\nsys.exit(main(sys.argv[1:]))"
    )
    known = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "RAADSLAG", "DATABASE"))
    }
    data = tmp_path / "new"
    done = subprocess.run(
        [sys.executable, "-c", code, "workspace", "restore", str(old), "--data", str(data)],
        env=known, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "the folder refuses to be served. Restore it with Raadslag" in done.stderr
    assert (data / RESTORING).exists()
    assert workspace(data, "workspace", "restore", old).returncode == 0  # again, and it goes well
