"""Several processes at one address: each has its share, one that falls is replaced, a taken address is told."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.archive.front.serving import HOST, free_port

ROOT = Path(__file__).resolve().parents[2]
SERVE = "import sys; from raadslag.web.processes import serve; from {name} import options; serve(**options(sys.argv))"
LINES = 200
PATIENCE = 60
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process has all the lines")


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Says which process answers."""
    said = str(os.getpid()).encode()
    length = [(b"content-length", str(len(said)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": said})


def options(arguments: list[str]) -> dict[str, Any]:
    """Of the server that the tests start."""
    port = int(arguments[1])
    return {"application": f"{__name__}:application", "host": HOST, "port": port, "workers": 2, "lifespan": "off"}


def start(port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SERVE.format(name=__name__), str(port)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


@contextmanager
def served(port: int) -> Iterator[None]:
    process = start(port)
    try:
        yield
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def who_answers(port: int) -> int:
    """The process that answers on a new line; waited for."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            line = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
            line.request("GET", "/")
            with line.getresponse() as answer:
                return int(answer.read())
        except (ConnectionError, http.client.HTTPException):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        finally:
            line.close()


def both(port: int) -> set[int]:
    """The two processes, once both answer."""
    deadline, found = time.monotonic() + PATIENCE, set[int]()
    while len(found) < 2 and time.monotonic() < deadline:
        found.add(who_answers(port))
    return found


def test_each_process_has_its_share_of_the_lines() -> None:
    port = free_port()
    with served(port):
        first, second = sorted(both(port))
        answered = [who_answers(port) for _ in range(LINES)]
    assert {*answered} == {first, second}
    assert min(answered.count(first), answered.count(second)) > LINES / 4


def test_one_that_falls_is_replaced_and_the_other_goes_on() -> None:
    port = free_port()
    with served(port):
        fallen, other = both(port)
        os.kill(fallen, signal.SIGKILL)
        deadline, seen = time.monotonic() + PATIENCE, set[int]()
        while not (other in seen and seen - {fallen, other}) and time.monotonic() < deadline:
            seen.add(who_answers(port))
        assert other in seen
        assert len(seen - {fallen}) == 2


def test_an_address_that_is_taken_is_told() -> None:
    with socket.create_server((HOST, 0)) as taken:
        _is_told(taken.getsockname()[1])


def test_a_second_server_does_not_take_half_of_the_lines() -> None:
    port = free_port()
    with served(port):
        both(port)
        _is_told(port)


def _is_told(port: int) -> None:
    process = start(port)
    _out, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 3
    assert "already in use" in told
