"""A meeting with thirty who follow it: a paragraph until it is saved, and until every screen knows.

The sample's workspace is served as it is run, in one process; the screens are lines of server-sent events, and the
secretary sends what the room sends. Beside it stands the smallest page of the same server, in the same minute.
"""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import lxml.html
import requests

from bench.measure import Line
from tests.archive.front.serving import free_port, wait_for

SCREENS, SAVES = 30, 100
SAVE_SECONDS, SCREEN_SECONDS = 0.05, 0.4
PATIENCE = 60


def lines() -> Iterator[Line]:
    """A paragraph saved, and an event on the screens."""
    with tempfile.TemporaryDirectory(prefix="raadslag-bench-") as folder, _served(folder) as (address, links):
        room = _Room(address, links["Prøve Sekretær"])
        screens = _Screens(address, _logged_in(address, links["Prøve Formand"]), room.meeting)
        screens.start()
        saves, beside, told = [], [], []
        for number in range(SAVES):
            before = screens.count()
            start = time.perf_counter()
            room.write(f"Afsnit {number}")
            saves.append(time.perf_counter() - start)
            told += screens.until(before + SCREENS, start)
            start = time.perf_counter()
            requests.get(f"{address}/health", timeout=10)
            beside.append(time.perf_counter() - start)
        saves, told = sorted(saves[10:]), sorted(told)
        p95, p99 = saves[int(len(saves) * 0.95)], told[int(len(told) * 0.99)]
        plain = statistics.median(beside)
        bar = f"p95 ≤ {SAVE_SECONDS * 1000:.0f} ms ({p95 * 1000:.1f})"
        name = f"a paragraph saved, {SCREENS} following"
        yield Line(name, statistics.median(saves), "its smallest page", plain, bar, p95 <= SAVE_SECONDS)
        bar = f"p99 ≤ {SCREEN_SECONDS * 1000:.0f} ms ({p99 * 1000:.1f})"
        name = f"told to {SCREENS} screens"
        yield Line(name, statistics.median(told), "its smallest page", plain, bar, p99 <= SCREEN_SECONDS)


@contextmanager
def _served(folder: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The sample's workspace: its address, and the links of its people."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "RAADSLAG_WORKSPACE": folder,
        "RAADSLAG_WORKSPACE_DATABASE": "",
        "RAADSLAG_WORKSPACE_ADDRESS": address,
        "DJANGO_SETTINGS_MODULE": "raadslag.workspace.settings",
    }
    command = [sys.executable, "-m", "raadslag.cli", "workspace"]
    done = subprocess.run([*command, "sample"], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    links = {
        line.rpartition("http")[0].strip(): line.split()[-1] for line in done.stdout.splitlines() if "/ind/" in line
    }
    server = subprocess.Popen([*command, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"{address}/health", PATIENCE)
        yield address, links
    finally:
        server.terminate()
        server.wait(20)


def _form(page: str) -> dict[str, str]:
    return dict(lxml.html.fromstring(page).xpath("//main//form")[0].form_values())


def _logged_in(address: str, link: str) -> requests.Session:
    session = requests.Session()
    told = _form(session.get(link, timeout=10).text)
    session.post(link, told, headers={"Origin": address}, timeout=10).raise_for_status()
    return session


class _Room:
    """The secretary, who opens the fifth meeting of the sample and writes."""

    def __init__(self, address: str, link: str) -> None:
        self.address, self.session = address, _logged_in(address, link)
        meetings = self.session.get(f"{address}/moeder/", timeout=10).text
        found = re.search(r'href="/moeder/([0-9a-f-]{36})/">5. møde', meetings)
        if not found:
            raise RuntimeError("the sample has no fifth meeting")
        self.meeting = found[1]
        room = f"{address}/moederum/{self.meeting}/"
        opening = self.session.get(room, timeout=10).text
        form = lxml.html.fromstring(opening).xpath("//main//form")[0]
        self.session.post(f"{room}aabn/", form.form_values(), headers={"Origin": address}, timeout=10)
        self.item = self.session.get(room, timeout=10)
        self.token = _form(self.item.text)["csrfmiddlewaretoken"]

    def write(self, text: str) -> None:
        """Save a new paragraph. Raises RuntimeError where it is not acknowledged."""
        told = {"id": str(uuid4()), "kind": "text", "text": text, "version": "0"}
        headers = {"Accept": "application/json", "X-CSRFToken": self.token, "Origin": self.address}
        answer = self.session.post(f"{self.item.url}gem/", told, headers=headers, timeout=10).json()
        if answer.get("version") != 1:
            raise RuntimeError(f"not saved: {answer}")


class _Screens(threading.Thread):
    """Those who follow: a line each; when each was told."""

    def __init__(self, address: str, session: requests.Session, meeting: str) -> None:
        super().__init__(daemon=True)
        self.host, self.port = urlsplit(address).hostname, urlsplit(address).port
        cookies = "; ".join(f"{one.name}={one.value}" for one in session.cookies)
        self.asked = (
            f"GET /moederum/{meeting}/foelg/ HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nCookie: {cookies}\r\n\r\n"
        ).encode()
        self.open, self.told = threading.Semaphore(0), list[float]()

    def run(self) -> None:
        """Follow until the process ends."""
        asyncio.run(self._follow_all())

    def start(self) -> None:
        """Start, and wait until every line is open."""
        super().start()
        for _ in range(SCREENS):
            if not self.open.acquire(timeout=PATIENCE):
                raise RuntimeError("a screen could not follow")

    async def _follow_all(self) -> None:
        await asyncio.gather(*(self._follow() for _ in range(SCREENS)))

    async def _follow(self) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(self.asked)
        await writer.drain()
        while line := await reader.readline():
            if line.startswith(b"retry"):
                self.open.release()
            elif line.startswith(b"id:"):
                self.told.append(time.perf_counter())

    def count(self) -> int:
        """How many events have arrived."""
        return len(self.told)

    def until(self, count: int, start: float) -> list[float]:
        """Wait until so many have arrived: how long after `start` the last screens were told, in seconds."""
        deadline = time.monotonic() + PATIENCE
        while len(self.told) < count:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{count - len(self.told)} screens were not told")
            time.sleep(0.002)
        return [one - start for one in self.told[count - SCREENS : count]]
