"""A real server on loopback, and a small client that asks many things at once."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import NamedTuple

from tests import loops

HOST = "127.0.0.1"


def environment(data: Path) -> dict[str, str]:
    """The environment of a process that works on the archive in the folder `data`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RAADSLAG_", "DATABASE_URL"))}
    return {**kept, "RAADSLAG_DATA": str(data), "DJANGO_SETTINGS_MODULE": "raadslag.archive.settings"}


def archive(data: Path, *arguments: object) -> str:
    """What `raadslag archive …` says; it must not fail."""
    command = [sys.executable, "-m", "raadslag.cli", "archive", *map(str, arguments)]
    done = subprocess.run(command, env=environment(data), check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        port: int = trial.getsockname()[1]
        return port


class Server(NamedTuple):
    """A server that runs."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"


@contextmanager
def served(data: Path, *options: object, nice: int = 0) -> Iterator[Server]:
    """The archive in the folder `data` on a free port until the block ends, told to stop and seen to end well.

    `nice` is by how much it yields to others."""
    port = free_port()
    command = [sys.executable, "-m", "raadslag.cli", "archive", "serve", "--port", str(port), *map(str, options)]
    with subprocess.Popen(command, env=environment(data), stdout=subprocess.DEVNULL) as process:
        os.setpriority(os.PRIO_PROCESS, process.pid, nice)
        try:
            wait_for(f"http://{HOST}:{port}/health")
            yield Server(port, process)
        finally:
            process.terminate()
            process.wait(30)


def wait_for(address: str, seconds: float = 60) -> None:
    """Wait until something answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            ask(address)
            return
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < deadline, f"{address} did not answer within {seconds} s"
            time.sleep(0.05)


class Told(NamedTuple):
    """An answer."""

    status: int
    headers: dict[str, str]
    text: str


def ask(address: str, **headers: str) -> Told:
    """The answer at an address."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(address, headers=named)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            return Told(response.status, _small(response.headers), response.read().decode())
    except urllib.error.HTTPError as error:
        return Told(error.code, _small(error.headers), error.read().decode())


def _small(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@dataclass
class Rush:
    """What many requests were answered: how often each status, and how long each took, in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def at(self, share: float) -> float:
        """The time that this share of the requests took at most."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(len(self.seconds) * share))]


def rush(port: int, requests: Sequence[bytes], connections: int, patience: float = 30) -> Rush:
    """Send `requests` over so many connections at once, one after the other on each; fails where one times out."""
    told = Rush()

    async def one(mine: Sequence[bytes]) -> None:
        reader, writer = await asyncio.open_connection(HOST, port)
        for request in mine:
            start = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head[9:12])
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            if length and status != 304:
                await reader.readexactly(int(length))
            told.seconds.append(time.perf_counter() - start)
            told.statuses[status] += 1
        writer.close()

    async def all_of_them() -> None:
        shares = [requests[at::connections] for at in range(connections)]
        await asyncio.wait_for(asyncio.gather(*map(one, shares)), patience)

    loops.run(all_of_them())
    return told


def request(path: str, *, client: str = "", **headers: str) -> bytes:
    """The bytes of a request as a proxy on this machine sends it on for `client`."""
    named = {"Host": "localhost", "Accept-Encoding": "gzip", "X-Forwarded-For": client}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items() if value), "", ""]
    return "\r\n".join(lines).encode()
