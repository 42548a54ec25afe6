"""`raadslag demo`: the sample in an archive on this machine, as a person starts and ends it."""

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

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "raadslag.cli", "demo"]
# Without the settings that the tests of the archive name to every process.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
PATIENCE = 60  # seconds until it serves, on a busy machine


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo's archive in it."""
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
    assert "14 papers: 0 new, 0 new versions," in demo("--data", data, "--no-serve").stdout


def test_it_stays_out_of_the_archive_that_the_environment_names(tmp_path):
    demo("--no-serve", RAADSLAG_DATA=str(tmp_path / "ours"), XDG_DATA_HOME=str(tmp_path / "home"))
    assert not (tmp_path / "ours").exists()
    assert (tmp_path / "home" / "raadslag" / "demo").is_dir()


def test_it_says_where_to_look_takes_another_port_and_ends_on_interrupt(data, taken):
    command = [*COMMAND, "--data", data, "--port", str(taken)]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        look, add = _last_two_lines(process)
        address = look.split()[-1]
        assert address.startswith("http://127.0.0.1:")
        assert address != f"http://127.0.0.1:{taken}/"
        assert f"raadslag archive add FOLDER --already-public --body MUNICIPALITY --data '{data}'" in add
        page = _fetch(address)
        assert "Prøvekommunen" in page
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 0
    assert out == ""
    assert f"Port {taken} is taken; using" in err
    assert "Traceback" not in err


def _last_two_lines(process: subprocess.Popen[str]) -> tuple[str, str]:
    for line in process.stdout:
        if line.startswith("Look around:"):
            return line.strip(), process.stdout.readline().strip()
    pytest.fail(f"the demo ended before it said where to look: {process.stderr.read()}")


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
