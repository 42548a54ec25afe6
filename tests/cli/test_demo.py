"""`raadslag demo`: the sample at work and in its archive on this machine, as a person starts and ends it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import migrated

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "raadslag.cli", "demo"]
# Without the settings that the tests of the archive name to every process.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
PATIENCE = 60  # seconds until it serves, on a busy machine


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo in it."""
    folder = tmp_path_factory.mktemp("demo") / "data folder"
    done = demo("--data", folder, "--no-serve")
    assert done.returncode == 0, done.stderr
    assert ", 0 not taken in." in done.stdout
    return folder


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on already."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def demo(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        command, env=ENVIRONMENT | environment, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def test_twice_adds_nothing(data):
    assert "21 papers: 0 new, 0 new versions," in demo("--data", data, "--no-serve").stdout


def test_it_stays_out_of_the_archive_that_the_environment_names(tmp_path):
    migrated.lay(tmp_path / "home" / "raadslag" / "demo" / "workspace")
    demo("--no-serve", RAADSLAG_DATA=str(tmp_path / "ours"), XDG_DATA_HOME=str(tmp_path / "home"))
    assert not (tmp_path / "ours").exists()
    assert (tmp_path / "home" / "raadslag" / "demo" / "archive").is_dir()


def test_it_says_where_to_look_takes_other_ports_and_ends_on_interrupt(data, taken):
    command = [*COMMAND, "--data", data, "--port", str(taken)]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        told = _told(process)
        archive = _after(told, "What the public sees:").strip()
        assert archive.startswith("http://127.0.0.1:")
        assert archive != f"http://127.0.0.1:{taken}/"
        assert f"raadslag archive add FOLDER --already-public --body MUNICIPALITY --data '{data / 'archive'}'" in told
        assert "Prøvekommunen" in _fetch(archive)
        workspace = _after(told, "The committees' work:").strip()
        link = _after(told, "Prøve Sekretær").strip()
        assert link.startswith(workspace + "ind/")
        assert "Log" in _fetch(link)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 0
    assert out == ""
    assert f"Port {taken} is taken; using" in err
    assert "Traceback" not in err


def test_half_a_year_later_the_public_sees_what_was_promised_and_what_became_of_it(tmp_path):
    """Nothing of it came from papers: the workspace let it out, and the archive took it in over HTTP."""
    migrated.lay(tmp_path / "later" / "workspace")
    command = [*COMMAND, "--later", "--data", str(tmp_path / "later")]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        told = _told(process)
        archive = _after(told, "What the public sees:").strip()
        assert "Kommunalbestyrelsens møde" in _fetch(archive)
        promised = _fetch(f"{archive}proeve/opfoelgning/")
        assert "6 løfter" in promised
        assert promised.index("flere fritidsjob til unge") < promised.index("en vært i hver opgang")  # nobody told yet
        assert "Trygge boligområder" in _fetch(_after(told, "And finds:").strip())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 0


def test_the_sample_is_not_put_beside_a_municipality(tmp_path):
    workspace = tmp_path / "demo" / "workspace"
    migrated.lay(workspace)
    command = [sys.executable, "-m", "raadslag.cli", "workspace", "init", "--data", str(workspace)]
    command += ["--municipality", "Vores", "--short-name", "VOR", "--committee", "Udvalget"]
    subprocess.run([*command, "--administrator", "A", "--email", "a@example.org"], env=ENVIRONMENT, check=True)
    done = demo("--data", tmp_path / "demo", "--no-serve")
    assert done.returncode == 1
    assert "holds a municipality already" in done.stderr


def _told(process: subprocess.Popen[str]) -> str:
    told = []
    for line in process.stdout:
        told.append(line)
        if line.startswith("Add your own papers:"):
            return "".join(told)
    pytest.fail(f"the demo ended before it said where to look: {process.stderr.read()}")


def _after(text: str, start: str) -> str:
    return next(line.strip().removeprefix(start) for line in text.splitlines() if line.strip().startswith(start))


def _fetch(address: str) -> str:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310
                return answer.read().decode()
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
