"""A real server on this machine, in a process of its own, and a browser that reports what it did not like."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One command of ours in a process of its own, with its output."""
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=ROOT, env=_environment(), check=False, capture_output=True, text=True)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "RAADSLAG_DATA"}
    return {**kept, "DJANGO_SETTINGS_MODULE": "raadslag.archive.settings"}


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """The archive in the folder `data`, served on loopback until the block ends; gives its address."""
    port = _free_port()
    command = [sys.executable, "-m", "raadslag.cli", "archive", "serve", "--data", str(data), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=_environment()) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/om/", server)
            yield address
        finally:
            server.terminate()


def _wait_for(address: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended before it answered"
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  # our own server on loopback
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer within {seconds} s")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an archive with every state that a page can be in (see `world`)."""
    data = tmp_path_factory.mktemp("archive")
    made = run("tests.browser.world", str(data))
    assert made.returncode == 0, made.stderr
    with serving(data) as address:
        yield address


@pytest.fixture(scope="session")
def base_url(site: str) -> str:
    """What addresses in `page.goto` are relative to."""
    return site
