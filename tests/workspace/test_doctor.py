"""The doctor tells of each part whether it is well, and never a secret or a word of what people wrote."""

from __future__ import annotations

import json
import os
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from raadslag.workspace import doctor
from raadslag.workspace.common import checkpoints, journal, rounds
from raadslag.workspace.common.models import JournalEntry, Mark
from raadslag.workspace.doctor import findings
from raadslag.workspace.environment import MailServer
from raadslag.workspace.messages.models import Mail
from raadslag.workspace.publishing.delivering import RESTORED
from tests import migrated

from .archive import archive_of
from .conftest import World

pytestmark = pytest.mark.django_db
CANARY = "KANARIEFUGL"


@pytest.fixture
def well(world: World, data: Path, settings: Any, tmp_path: Path) -> Path:
    """A workspace in which everything is well, but that it has no mail server and no archive."""
    data.chmod(0o700)
    settings.ADDRESS, settings.CHECKPOINTS = "https://raadslag.proeve.example", str(tmp_path / "outside")
    checkpoints.add(data, tmp_path / "outside", at=timezone.now())
    rounds.note(timezone.now(), 0)
    return data


def found(about: str, state: str) -> list[str]:
    return [one.told for one in findings(timezone.now()) if (one.about, one.state) == (about, state)]


def faults() -> list[str]:
    quick = "fsync" if connection.vendor == "postgresql" else "no such words"  # the tests' own server is not safe
    told = (one for one in findings(timezone.now()) if one.state == "fault" and quick not in one.told)
    return [f"{one.about}: {one.told}" for one in told]


def test_all_is_well(well: Path) -> None:
    assert faults() == []
    assert {one.about for one in findings(timezone.now())} == {about for about, _look in doctor._PARTS}


def _open_folder(data: Path, settings: Any) -> None:
    data.chmod(0o755)


def _no_tls(data: Path, settings: Any) -> None:
    settings.ADDRESS = "http://raadslag.proeve.example"


def _full(data: Path, settings: Any) -> None:
    doctor.shutil = type("Full", (), {"disk_usage": staticmethod(lambda _: type("U", (), {"free": 2**20}))})


def _changed(data: Path, settings: Any) -> None:
    JournalEntry.objects.filter(number=2).update(kind="Other")


def _migrated() -> type[MigrationRecorder]:
    if not MigrationRecorder(connection).has_table():
        pytest.skip("the tables were made without migrations")
    return MigrationRecorder


def _missing_migration(data: Path, settings: Any) -> None:
    _migrated().Migration.objects.filter(app="reading").latest("name").delete()


def _newer(data: Path, settings: Any) -> None:
    _migrated()(connection).record_applied("reading", "0099_later")


def _old_checkpoint(data: Path, settings: Any) -> None:
    (Path(settings.CHECKPOINTS) / checkpoints.FILE).unlink()
    checkpoints.add(data, Path(settings.CHECKPOINTS), at=timezone.now() - timedelta(days=3))


def _no_checkpoint(data: Path, settings: Any) -> None:
    (Path(settings.CHECKPOINTS) / checkpoints.FILE).unlink()


def _forged_checkpoint(data: Path, settings: Any) -> None:
    path = Path(settings.CHECKPOINTS) / checkpoints.FILE
    path.write_text(path.read_text().replace(journal.head()[1], "0" * 64))


def _idle(data: Path, settings: Any) -> None:
    Mark.objects.filter(name=rounds.NAME).update(at=timezone.now() - timedelta(minutes=5))


def _never(data: Path, settings: Any) -> None:
    Mark.objects.all().delete()


def _failing(data: Path, settings: Any) -> None:
    rounds.note(timezone.now(), 2)


def _restored(data: Path, settings: Any) -> None:
    Mark.objects.create(name=RESTORED, at=timezone.now())


def _no_mail(data: Path, settings: Any) -> None:
    settings.MAIL = MailServer("127.0.0.1", 9, "user", CANARY)


def _no_archive(data: Path, settings: Any) -> None:
    settings.ARCHIVE, settings.ARCHIVE_TOKEN = "http://127.0.0.1:9", CANARY


def _archive_without_tls(data: Path, settings: Any) -> None:
    settings.ARCHIVE, settings.ARCHIVE_TOKEN = "http://arkiv.proeve.example", CANARY


def _clock_back(data: Path, settings: Any) -> None:
    newest = JournalEntry.objects.order_by("-number").first()
    assert newest
    newest.at += timedelta(days=2)
    newest.save()


def _no_pages(data: Path, settings: Any) -> None:
    doctor._BUILT = ("dist/none.css",)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_open_folder, ["data folder: Others than its owner"]),
        (_no_tls, ["address: People log in over http without TLS"]),
        (_full, ["data folder: There is room for 0 GB"]),
        (_changed, ["journal: Entry 2 of the journal"]),
        (_missing_migration, ["tables: 1 changes of the tables are missing"]),
        (_newer, ["tables: A newer version has used this database (reading 0099_later)"]),
        (_old_checkpoint, ["checkpoints: The last checkpoint is 3 days old"]),
        (_no_checkpoint, ["checkpoints: No checkpoint of the journal has been written"]),
        (_forged_checkpoint, ["checkpoints: checkpoints.jsonl, line 1: not signed"]),
        (_idle, ["background work: The background work has not run for 5 minutes"]),
        (_never, ["background work: The background work has never run"]),
        (_failing, ["background work: 2 steps of the background work fail"]),
        (_restored, ["releases: Restored from a backup"]),
        (_no_mail, ["mail: The mail server cannot be reached: ConnectionRefusedError"]),
        (_no_archive, ["archive: The archive cannot be reached: ConnectionError"]),
        (_archive_without_tls, ["archive: The token goes to the archive without TLS"]),
        (_clock_back, ["clock: The clock stands 47 hours before", "journal: Entry"]),
        (_no_pages, ["papers: Parts of the pages are missing: dist/none.css"]),
    ],
)
def test_each_harm_is_told_and_no_other(well: Path, settings: Any, monkeypatch: pytest.MonkeyPatch,
                                        harm: Callable[[Path, Any], None], told: list[str]) -> None:  # fmt: skip
    for name in ("shutil", "_BUILT"):
        monkeypatch.setattr(doctor, name, getattr(doctor, name))
    harm(well, settings)
    heard = faults()
    assert len(heard) == len(told), heard
    assert all(line.startswith(start) for line, start in zip(heard, told, strict=True)), heard
    assert CANARY not in " ".join(one.told for one in findings(timezone.now()))


def test_a_silent_database_is_told_once_and_what_needs_none_is_still_looked_at(
    well: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_question: str) -> Any:
        raise OperationalError(CANARY)

    monkeypatch.setattr(doctor, "_asked", silent)
    heard = list(findings(timezone.now()))
    assert [one.told for one in heard if one.state == "fault"] == ["It does not answer: OperationalError."]
    assert {one.about for one in heard} == {"versions", "data folder", "address", "database", "login", "papers"}


def test_mails_that_wait_or_failed_are_counted(well: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at = timezone.now()
    for state, late in (("waiting", timedelta(hours=3)), ("failed", timedelta())):
        Mail.objects.create(to=f"{CANARY}@example.org", subject=CANARY, body=CANARY, next_try_at=at - late, state=state)
    settings.MAIL = MailServer("127.0.0.1", 25)

    def refusing(*_: Any, **__: Any) -> Any:
        raise smtplib.SMTPAuthenticationError(535, CANARY.encode())

    monkeypatch.setattr(doctor.sending, "connected", refusing)
    assert found("mail", "fault") == [
        "The mail server refuses us: 535 (SMTPAuthenticationError).", "1 mails have waited for long."
    ]  # fmt: skip
    assert found("mail", "note") == ["1 mails could not be delivered. The pages of their meetings tell whose."]


# --- what answers over HTTP ---


@pytest.fixture
def answering() -> Iterator[Callable[[int, bytes], str]]:
    """Gives a function that makes a server of one answer, and its address."""
    servers = []

    def made(status: int, body: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # http.server's name
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        server = HTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield made
    for server in servers:
        server.shutdown()
        server.server_close()


def test_logins_are_asked_for_their_description(well: Path, settings: Any, answering: Any) -> None:
    good = answering(200, b'{"issuer": "https://login.example.org"}')
    metadata = answering(200, b"<EntityDescriptor/>")
    bad = answering(503, CANARY.encode())
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [
            {"provider_id": "broker", "client_id": "x", "secret": CANARY, "settings": {"server_url": good}},
            {"provider_id": "other", "client_id": "x", "secret": CANARY, "settings": {"server_url": bad}},
        ]},
        "saml": {"APPS": [
            {"provider_id": "https://idp/", "client_id": "kommune", "settings": {"idp": {"metadata_url": metadata}}},
            {"provider_id": "https://idp/", "client_id": "by", "settings": {"idp": {"sso_url": "x"}}},
        ]},
    }  # fmt: skip
    assert found("login", "well") == [
        "The login broker tells what it is.", "The login kommune tells what it is.",
        "The login by is written out in the file.",
    ]  # fmt: skip
    assert found("login", "fault") == ["The login other answers 503, and not with its description."]


@pytest.mark.slow
def test_the_archive_is_asked_whether_it_takes_our_token(well: Path, settings: Any, tmp_path: Path) -> None:
    with archive_of("Prøvekommunen", tmp_path / "archive") as archive:
        settings.ARCHIVE, settings.ARCHIVE_TOKEN = archive.address, archive.token
        assert found("archive", "well") == ["The archive answers, and takes our token."]
        settings.ARCHIVE_TOKEN = CANARY
        [told] = found("archive", "fault")
        assert told.startswith("The archive does not take our token")
        settings.ARCHIVE = f"{archive.address}/om"
        assert found("archive", "fault") == ["What answers at RAADSLAG_ARCHIVE is no archive: 404."]


# --- the command ---


def _doctor(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "RAADSLAG"))}
    command = [sys.executable, "-m", "raadslag.cli", *arguments]
    return subprocess.run(command, env=known | more, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.slow
def test_the_command_changes_nothing_and_tells_no_secret(tmp_path: Path) -> None:
    data, login = tmp_path / "workspace", tmp_path / "login.toml"
    of = {"RAADSLAG_WORKSPACE": str(data), "RAADSLAG_WORKSPACE_DATABASE": ""}
    empty = _doctor("doctor", **of)
    assert (empty.returncode, "There is no workspace in" in empty.stdout, data.exists()) == (1, True, False)

    migrated.lay(data)
    assert _doctor("workspace", "sample", **of).returncode == 0
    assert _doctor("workspace", "work", "--once", **of).returncode == 0
    well = _doctor("doctor", **of)
    assert (well.returncode, well.stderr, well.stdout.splitlines()[-1]) == (0, "", "All is well.")

    login.write_text(
        f'[[openid_connect]]\nid = "b"\nname = "n"\nsecret = "{CANARY}"\nserver_url = "http://127.0.0.1:9"\n'
    )
    login.chmod(0o644)
    secrets = {
        "RAADSLAG_MAIL": f"smtp://{CANARY}:{CANARY}@127.0.0.1:9", "RAADSLAG_LOGIN": str(login),
        "RAADSLAG_ARCHIVE": "http://127.0.0.1:9", "RAADSLAG_ARCHIVE_TOKEN": CANARY,
    }  # fmt: skip
    told = _doctor("doctor", "--json", **of, **secrets)
    answer = json.loads(told.stdout)
    assert (told.returncode, answer["is_well"], CANARY in told.stdout + told.stderr) == (1, False, False)
    faults = {one["about"] for one in answer["findings"] if one["state"] == "fault"}
    assert faults == {"mail", "archive", "login", "releases"}  # an agenda of the sample has waited for weeks
    key = (data / "secret-key").read_text()
    assert key not in told.stdout

    login.write_text(f"{CANARY} = [")
    broken = _doctor("doctor", **of, **secrets)
    assert (broken.returncode, CANARY in broken.stdout + broken.stderr) == (1, False)
    assert "! Settings: RAADSLAG_LOGIN: expected a TOML file" in broken.stdout
    address = f"mysql://{CANARY}@host/x"
    other = _doctor("doctor", **(of | {"RAADSLAG_WORKSPACE_DATABASE": address}))
    assert (other.returncode, CANARY in other.stdout + other.stderr) == (1, False)
