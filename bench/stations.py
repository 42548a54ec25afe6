"""Two hundred telephones at four stations, and the board on ten screens, for a minute.

On SQLite each telephone sends a thought every five seconds; on PostgreSQL, in a server of its own, every second. A
screen hears that something was said and asks for the column of thoughts as a browser does, at most every second and a
half; it is behind as long as it does not count a thought that has been acknowledged. Afterwards the database holds each
thought once. Beside it stands the smallest page of the same server, in the same minute.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from bench.measure import Line, Skipped
from bench.meeting import TOKEN, cookies
from tests.archive.front.serving import HOST, free_port, wait_for

PHONES, SCREENS, SECONDS = 200, 10, 60
POST_SECONDS, BOARD_SECONDS = 0.15, 2.0
PATIENCE = 60
WORKERS = 2  # as in `deploy/`
SEED = 2018


def lines() -> Iterator[Line]:
    """A thought sent, and how far behind the board is: on both databases."""
    yield from _lines("SQLite", 5, [])
    if not (shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))):
        raise Skipped("no PostgreSQL on this machine: make test brings it")
    yield from _lines("PostgreSQL", 1, ["sh", "scripts/postgres.sh"])


def _lines(database: str, every: float, within: list[str]) -> Iterator[Line]:
    command = [*within, sys.executable, "-m", "bench.stations", "measure", str(every)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    if told["faults"] or told["kept"] != told["sent"]:
        raise RuntimeError(
            f"not each thought was taken in once: {told['kept']} of {told['sent']}, {told['faults'][:3]}"
        )
    post, behind = told["post"], told["behind"]
    name, bar = f"a thought, {PHONES} every {every:g} s, {database}", f"p95 ≤ {POST_SECONDS * 1000:.0f} ms"
    yield Line(
        name, post[0], "its smallest page", told["plain"], f"{bar} ({post[1] * 1000:.1f})", post[1] <= POST_SECONDS
    )
    name, bar = f"the board behind, {SCREENS} screens, {database}", f"p95 ≤ {BOARD_SECONDS:.0f} s"
    yield Line(
        name, behind[0], "its smallest page", told["plain"], f"{bar} ({behind[1]:.2f})", behind[1] <= BOARD_SECONDS
    )


# --- the room ---


@dataclass
class Told:
    """What was seen in that minute; the times are those of one clock."""

    taken: list[float] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    boards: list[list[tuple[float, int]]] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Phone:
    """A line that stays open, as a browser's does."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.port, self.cookie = port, cookie
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter

    async def ask(self, method: str, path: str, body: str = "", accept: str = "text/html") -> tuple[int, bytes, str]:
        """The status, the body and the cookies that were set. Where the server has hung up in the meantime it is asked
        on a new line, as a browser does: a thought that is sent twice is taken in once."""
        try:
            return await self._ask(method, path, body, accept)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.reader = None
            return await self._ask(method, path, body, accept)

    async def _ask(self, method: str, path: str, body: str, accept: str) -> tuple[int, bytes, str]:
        if self.reader is None or self.reader.at_eof():
            self.reader, self.writer = await asyncio.open_connection(HOST, self.port)
        own = f"http://{HOST}:{self.port}"
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nOrigin: {own}\r\nAccept: {accept}\r\n"
            f"Cookie: csrftoken={TOKEN}{self.cookie}\r\n"
        )
        if body:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        self.writer.write(f"{head}\r\n{body}".encode())
        got = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"content-length: (\d+)", got, re.IGNORECASE)
        data = await self.reader.readexactly(int(length[1])) if length else b""
        return int(got.split(" ", 2)[1]), data, "".join(re.findall(r"set-cookie: (stand=[^;]+)", got, re.IGNORECASE))


async def _minute(port: int, laid: dict[str, Any], every: float) -> Told:
    told, chance = Told(), random.Random(SEED)
    phones = [(Phone(port), laid["codes"][number % 4]) for number in range(PHONES)]
    for phone, code in phones:
        _status, _page, cookie = await phone.ask("GET", f"/s/{code}/")
        phone.cookie = f"; {cookie}"
    until = time.perf_counter() + SECONDS
    screens = [asyncio.create_task(_screen(port, laid, told, random.Random(one))) for one in range(SCREENS)]
    await asyncio.sleep(1)
    sending = [_send(phone, code, told, until, every, chance.uniform(0, every)) for phone, code in phones]
    await asyncio.gather(*sending, _beside(port, told, until))
    await asyncio.sleep(BOARD_SECONDS + 1)
    for one in screens:
        one.cancel()
    await asyncio.gather(*screens, return_exceptions=True)
    return told


async def _send(phone: Phone, code: str, told: Told, until: float, every: float, first: float) -> None:
    await asyncio.sleep(first)
    while (start := time.perf_counter()) < until:
        fields = {"csrfmiddlewaretoken": TOKEN, "thought": str(uuid4()), "kind": "missing", "who": "group",
                  "text": f"Der mangler lys, {start}."}  # fmt: skip
        status, data, _cookie = await phone.ask("POST", f"/s/{code}/", urlencode(fields), "application/json")
        now = time.perf_counter()
        if status == 200:
            told.taken.append(now - start)
            told.acknowledged.append(now)
        else:
            told.faults.append(f"{status} {data[:120]!r}")
        await asyncio.sleep(max(0.0, every - (now - start)))


async def _screen(port: int, laid: dict[str, Any], told: Told, chance: random.Random) -> None:
    """Hears, waits as a browser does, and asks for the board: what it counts, and when that was asked for."""
    seen: list[tuple[float, int]] = []
    told.boards.append(seen)
    login = cookies(laid["login"]).partition("; ")[0]
    line, page = Phone(port, f"; {login}"), Phone(port, f"; {login}")
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(
        f"GET {laid['follow']} HTTP/1.1\r\nHost: {HOST}:{port}\r\nAccept: text/event-stream\r\n"
        f"Cookie: csrftoken={TOKEN}{line.cookie}\r\n\r\n".encode()
    )
    while data := await reader.read(2**16):
        if b"event: said" not in data:
            continue
        await asyncio.sleep(0.5 + chance.random())
        _status, body, _cookie = await page.ask("GET", laid["board"])
        if found := re.search(rb"(\d+) af (\d+) venter", body):
            seen.append((time.perf_counter(), int(found[2])))


async def _beside(port: int, told: Told, until: float) -> None:
    phone = Phone(port)
    while (start := time.perf_counter()) < until:
        await phone.ask("GET", "/health")
        told.plain.append(time.perf_counter() - start)
        await asyncio.sleep(0.5)


def _behind(told: Told) -> list[float]:
    """For each thought and each screen: how long after it was acknowledged the screen counted so many."""
    acknowledged = sorted(told.acknowledged)
    late = []
    for seen in told.boards:
        counts = list(accumulate((count for _at, count in seen), max))
        for number, at in enumerate(acknowledged, 1):
            place = bisect_left(counts, number)
            late.append(max(0.0, seen[place][0] - at) if place < len(seen) else float(PATIENCE))
    return late


# --- the processes ---


def _measure(every: float) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="raadslag-bench-") as folder,
        _served(Path(folder)) as (port, laid, environment),
    ):
        told = asyncio.run(_minute(port, laid, every))
        count = [sys.executable, "-m", "bench.stations", "count"]
        kept = int(subprocess.run(count, env=environment, stdout=subprocess.PIPE, check=True).stdout)
    late = _behind(told)
    print(json.dumps({
        "post": [statistics.median(told.taken), _at(told.taken, 0.95)],
        "behind": [statistics.median(late), _at(late, 0.95)],
        "plain": statistics.median(told.plain), "faults": told.faults, "kept": kept, "sent": len(told.acknowledged),
    }))  # fmt: skip


def _at(seconds: list[float], share: float) -> float:
    return sorted(seconds)[int(len(seconds) * share)]


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, dict[str, Any], dict[str, str]]]:
    port = free_port()
    environment = os.environ | {
        "RAADSLAG_WORKSPACE": str(folder),
        "RAADSLAG_WORKSPACE_DATABASE": os.environ.get("DATABASE_URL", ""),
        "RAADSLAG_WORKSPACE_ADDRESS": f"http://{HOST}:{port}",
        "DJANGO_SETTINGS_MODULE": "raadslag.workspace.settings",
    }
    command = [sys.executable, "-m", "raadslag.cli", "workspace"]
    subprocess.run([*command, "sample"], env=environment, stdout=subprocess.DEVNULL, check=True)
    filling = [sys.executable, "-m", "bench.stations", "fill"]
    laid = json.loads(subprocess.run(filling, env=environment, stdout=subprocess.PIPE, check=True).stdout)
    serve = [*command, "serve", "--port", str(port), "--workers", str(WORKERS)]
    process = subprocess.Popen(serve, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://{HOST}:{port}/health", PATIENCE)
        yield port, laid, environment
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)


def _fill() -> None:
    """Open the sample's fifth meeting and a round of it; tell its codes, the board, and a login."""
    import django

    django.setup()
    from django.urls import reverse
    from django.utils import timezone

    from bench.meeting import _login
    from raadslag.workspace.deliberation.sessions import actions
    from raadslag.workspace.deliberation.sessions.methods import of_template
    from raadslag.workspace.meetings.models import Meeting
    from raadslag.workspace.minutes import actions as minutes
    from raadslag.workspace.people.models import User
    from raadslag.workspace.products.models import Product

    secretary = User.objects.get(email="sekretaer@example.org")
    told: Any = {"by": secretary, "at": timezone.now()}
    meeting = Meeting.objects.select_related("organization__body").get(title="5. møde")
    session = actions.prepare(meeting, Product.objects.get(), of_template("two-rounds"), method="To runder", **told)
    minutes.open_meeting(meeting, [row.person_id for row in actions.who_comes(session)], **told)
    one = actions.open_round(session.rounds.get(number=2), **told)
    print(json.dumps({
        "codes": list(one.stations.values_list("code", flat=True)), "login": _login(secretary),
        "board": reverse("sessions:board-said", args=[session.pk]),
        "follow": reverse("minutes:follow", args=[meeting.pk]),
    }))  # fmt: skip


def _count() -> None:
    import django

    django.setup()
    from raadslag.workspace.deliberation.models import Contribution

    print(Contribution.objects.exclude(station=None).count())


def _told() -> None:
    """Each thought at a station by its words: the numbers that it was taken in under."""
    import django

    django.setup()
    from raadslag.workspace.deliberation.models import Contribution

    found: dict[str, list[str]] = {}
    for one in Contribution.objects.exclude(station=None):
        found.setdefault(one.text, []).append(one.name)
    print(json.dumps(found))


if __name__ == "__main__":
    {"measure": lambda: _measure(float(sys.argv[2])), "fill": _fill, "count": _count, "told": _told}[sys.argv[1]]()
