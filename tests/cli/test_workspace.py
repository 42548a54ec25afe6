"""`raadslag workspace`, `journal` and `serve`: what the IT department types, in processes of their own."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests import migrated

pytestmark = pytest.mark.slow

RAADSLAG = [sys.executable, "-m", "raadslag.cli"]
SET_UP = (
    "--municipality=Prøvekommunen", "--short-name=PRV", "--committee=Byrumsudvalget",
    "--administrator=Prøve Administrator", "--email=administrator@example.org",
)  # fmt: skip
PATIENCE = 60  # seconds until it serves, on a busy machine


@pytest.fixture
def run(tmp_path):
    """Gives a function that runs the command on the test's own folder."""
    names = ("DJANGO_SETTINGS_MODULE", "RAADSLAG_WORKSPACE", "RAADSLAG_WORKSPACE_DATABASE")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment["RAADSLAG_WORKSPACE"] = str(tmp_path / "workspace")

    def ran(*arguments: str, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*RAADSLAG, *arguments], env=environment | more, input=given, capture_output=True, text=True, check=False,
            timeout=PATIENCE,
        )  # fmt: skip

    ran.environment = environment
    return ran


def test_a_workspace_is_set_up_once_and_tells_how_to_log_in(run, tmp_path):
    done = run("workspace", "init", *SET_UP)
    assert done.returncode == 0, done.stderr
    assert "http://127.0.0.1:8001/ind/" in done.stdout
    again = run("workspace", "init", *SET_UP)
    assert again.returncode == 1
    assert "Traceback" not in again.stderr
    assert (tmp_path / "workspace" / "workspace.sqlite3").stat().st_mode & 0o077 == 0
    assert run("workspace", "link", "nobody@example.org").returncode == 1
    link = run("workspace", "link", "ADMINISTRATOR@example.org", RAADSLAG_WORKSPACE_ADDRESS="https://proeve.example")
    assert link.stdout.startswith("https://proeve.example/ind/")


def test_what_is_missing_is_asked_for(run):
    answers = "Prøvekommunen\nPRV\nByrumsudvalget\nPrøve Administrator\nadministrator@example.org\n"
    done = run("workspace", "init", given=answers)
    assert done.returncode == 0, done.stderr
    assert "Byrumsudvalget" in done.stdout


def test_the_journal_is_verified_from_outside(run, tmp_path):
    migrated.lay(tmp_path / "workspace")
    run("workspace", "init", *SET_UP)
    assert run("journal", "checkpoint").returncode == 2
    outside = tmp_path / "outside"
    assert run("journal", "checkpoint", "--to", str(outside)).returncode == 0
    good = run("journal", "verify", RAADSLAG_CHECKPOINTS=str(outside))
    assert (good.returncode, good.stderr) == (0, "")
    with sqlite3.connect(tmp_path / "workspace" / "workspace.sqlite3") as rows:
        rows.execute("update common_journalentry set kind = 'Other' where number = 2")
    bad = run("journal", "verify", RAADSLAG_CHECKPOINTS=str(outside))
    assert bad.returncode == 1
    assert "entry 2 of the journal" in bad.stderr


def test_background_work_and_incoming_mail_end_well(run, tmp_path):
    migrated.lay(tmp_path / "workspace")
    run("workspace", "init", *SET_UP)
    outside = tmp_path / "outside"
    done = run("workspace", "work", "--once", RAADSLAG_CHECKPOINTS=str(outside))
    assert done.returncode == 0, done.stderr
    assert list(outside.iterdir())
    assert run("workspace", "receive", given="no mail at all").returncode == 0


def test_the_three_stand_side_by_side_and_end_together(run, tmp_path):
    migrated.lay(tmp_path / "workspace")
    run("workspace", "init", *SET_UP)
    archive, workspace = _free(), _free()
    command = [*RAADSLAG, "serve", f"--archive-data={tmp_path / 'archive'}"]
    command += [f"--archive-port={archive}", f"--workspace-port={workspace}"]
    process = subprocess.Popen(
        command, env=run.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip
    try:
        assert _status(f"http://127.0.0.1:{archive}/") == 200
        assert _status(f"http://127.0.0.1:{workspace}/health") == 200
        assert "Log" in _fetch(f"http://127.0.0.1:{workspace}/konto/ind/")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 0
    assert f"http://127.0.0.1:{workspace}/" in out
    assert "Traceback" not in err
    for port in (archive, workspace):
        with pytest.raises((urllib.error.URLError, ConnectionError)):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)


def _free() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def _fetch(address: str) -> str:
    with _opened(address) as answer:
        return answer.read().decode()


def _status(address: str) -> int:
    with _opened(address) as answer:
        return answer.status


def _opened(address: str):
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return urllib.request.urlopen(address, timeout=10)  # noqa: S310
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
