"""A meeting that a hundred follow while the public reads: a thousand readers, then ten times as many (I37).

Both sites run on this machine as the units in `deploy/` start them, in two processes each, the archive at a quarter of
the workspace's weight. The secretary saves a paragraph every two seconds; a hundred members have a line each, renew
what they show when they are told, read an item now and then, and vote once a minute within ten seconds. Each reader of
the public opens a page every ten seconds, as a visitor with an address of his own; those who read are a process of
their own, at the archive's weight. `RAADSLAG_LOAD_MINUTES` is how long the thousand read (5); the ten thousand read a
fifth of that. Beside it stand the same members' requests before any of the public comes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

from bench.measure import Line
from bench.meeting import TOKEN, Server, cookies, served_workspace
from bench.serving import MEETINGS, fill_archive, meeting_path
from raadslag.cli.serve import YIELDS
from tests.archive.front.serving import HOST, Rush, request, served

MINUTES = float(os.environ.get("RAADSLAG_LOAD_MINUTES", "5"))
MEMBERS, READERS, TIMES = 100, 1000, 10
CALM = 30  # seconds before the public comes
READS_EVERY, ITEMS_EVERY, SAVES_EVERY = 10.0, 15.0, 2.0  # seconds
BALLOT_EVERY, VOTES_WITHIN = 60.0, 10.0
MEMBER_SECONDS = 1.0
PATIENCE = 30
SEED = 2018
BESIDE = "before the public came"


def lines() -> Iterator[Line]:
    """The members' requests while a thousand read, and ten thousand; and that nothing of theirs was lost."""
    phases = [("calm", 0, CALM), ("a thousand", READERS, MINUTES * 60), ("ten thousand", READERS * TIMES, MINUTES * 12)]
    seconds = sum(length for _, _, length in phases)
    with tempfile.TemporaryDirectory(prefix="raadslag-bench-") as folder:
        archive, workspace = Path(folder, "archive"), Path(folder, "workspace")
        archive.mkdir()
        fill_archive(archive)
        ballots = int(seconds // BALLOT_EVERY) + 1
        with served(archive, "--workers", 2, nice=YIELDS) as public, served_workspace(workspace, ballots, 2) as server:
            hall = Hall(server)
            told = asyncio.run(_played(hall, public.port, phases))
            hall.check()
    calm, *loaded = told
    for (name, _readers, length), (heard, answered) in zip(phases[1:], loaded, strict=True):
        p95, bar = heard.at(0.95), f"p95 < {MEMBER_SECONDS * 1000:.0f} ms"
        fine = {200, 302, 429, 503}
        holds = p95 < MEMBER_SECONDS and set(heard.statuses) <= {200, 302} and set(answered) <= fine
        asked = sum(answered.values())
        refused = (answered[429] + answered[503]) / max(1, asked)
        yield Line(
            f"{MEMBERS} in a meeting, {name} read ({asked / length:.0f}/s, {refused:.0%} refused)",
            heard.at(0.5), BESIDE, calm[0].at(0.5), f"{bar} ({p95 * 1000:.0f}), nothing lost", holds,
        )  # fmt: skip
        print(f"  {hall.words} words, {hall.votes} votes; the public was answered {dict(sorted(answered.items()))}")


async def _played(hall: Hall, public: int, phases: list[tuple[str, int, float]]) -> list[tuple[Rush, Counter[int]]]:
    told = []
    async with hall.sitting():
        for _, readers, length in phases:
            hall.heard = heard = Rush()
            answered: Counter[int] = Counter()
            if readers:
                answered = await _read(public, readers, length)
            else:
                await asyncio.sleep(length)
            told.append((heard, answered))
    return told


async def _read(port: int, readers: int, length: float) -> Counter[int]:
    """What so many readers of the public were answered; they are another process, which yields as the archive does."""
    command = [sys.executable, "-m", "bench.joint", str(port), str(readers), str(length)]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    os.setpriority(os.PRIO_PROCESS, process.pid, YIELDS)
    said, _ = await process.communicate()
    return Counter({int(status): count for status, count in json.loads(said).items()})


class Hall:
    """The secretary and the members of the meeting, and what the server has acknowledged to them."""

    def __init__(self, server: Server) -> None:
        self.server, self.heard = server, Rush()
        laid = server.hall
        self.secretary, self.members, self.ballots = laid["secretary"], laid["members"][:MEMBERS], laid["ballots"]
        self.page = f"/laes/{laid['meeting']}/"
        self.live = f"{self.page}afstemninger/"
        self.room = f"/moederum/{laid['meeting']}/"
        self.item = f"{self.room}punkt/{laid['items'][0]}/"
        self.papers = f"{self.page}punkt/{laid['items'][0]}/"
        self.written: list[str] = []
        self.voted: dict[str, int] = defaultdict(int)
        self.chance = random.Random(SEED)

    @asynccontextmanager
    async def sitting(self) -> AsyncIterator[None]:
        """Everyone does as everyone does, until the block ends; then the last ballot is closed."""
        tasks = [asyncio.create_task(one) for one in (
            self._writes(), self._holds(), *map(self._follows, self.members), *map(self._reads, self.members)
        )]  # fmt: skip
        self.done = asyncio.Event()
        try:
            yield
        finally:
            self.done.set()
            fallen = [one.exception() for one in tasks if one.done() and not one.cancelled()]
            await asyncio.wait(tasks[:2], timeout=PATIENCE + VOTES_WITHIN)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if any(fallen):
                raise RuntimeError("somebody left the hall") from next(filter(None, fallen))

    async def _writes(self) -> None:
        while not self.done.is_set():
            told = {"id": str(uuid4()), "kind": "text", "text": f"Afsnit {len(self.written)}", "version": "0"}
            status = await self._ask(self.secretary, f"{self.item}gem/", told, accept="application/json")
            if status == 200:
                self.written.append(told["id"])
            await self._pause(SAVES_EVERY)

    async def _holds(self) -> None:
        """A ballot a minute."""
        for ballot in self.ballots:
            if self.done.is_set():
                return
            leading = f"{self.item}afstemning/{ballot}/"
            if await self._ask(self.secretary, leading, {"do": "open"}) != 302:
                raise RuntimeError("a ballot was not opened")
            await asyncio.gather(*(self._votes(one, ballot) for one in self.members))
            if await self._ask(self.secretary, leading, {"do": "close"}) != 302:
                raise RuntimeError("a ballot was not closed")
            await self._pause(BALLOT_EVERY - VOTES_WITHIN)

    async def _votes(self, login: str, ballot: str) -> None:
        await asyncio.sleep(self.chance.uniform(0, VOTES_WITHIN))
        choice = self.chance.choice(["for", "against", "abstained"])
        path = f"{self.item}stem/{ballot}/"
        is_taken = await self._ask(login, path, {"choice": choice}) == 302
        self.voted[ballot] += is_taken

    async def _reads(self, login: str) -> None:
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / ITEMS_EVERY))
            await self._ask(login, self.papers)

    async def _follows(self, login: str) -> None:
        """A phone: a line, and the page anew soon after being told, as the script does."""
        await asyncio.sleep(self.chance.uniform(0, 5))
        reader, writer = await asyncio.open_connection(HOST, self.server.port)
        writer.write(
            self._request(login, f"{self.room}foelg/?kun=afstemninger", accept="text/event-stream", is_last=False)
        )
        await reader.readuntil(b"retry:")
        renewing: asyncio.Task[int] | None = None

        async def renew() -> int:
            await asyncio.sleep(self.chance.uniform(0.25, 1.5))
            return await self._ask(login, self.live)

        while read := await reader.read(2**16):
            if b"event: ballot" in read and (renewing is None or renewing.done()):
                renewing = asyncio.create_task(renew())
        raise RuntimeError("a line was closed")

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.done.wait(), seconds)

    async def _ask(self, login: str, path: str, told: dict[str, str] | None = None, accept: str = "text/html") -> int:
        return await ask(self.server.port, self._request(login, path, told, accept), self.heard)

    def _request(
        self, login: str, path: str, told: dict[str, str] | None = None, accept: str = "", *, is_last: bool = True
    ) -> bytes:
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **told}) if told else ""
        head = [
            f"{'POST' if told else 'GET'} {path} HTTP/1.1", f"Host: {HOST}:{self.server.port}",
            f"Origin: {self.server.address}", f"Cookie: {cookies(login)}", f"Accept: {accept}",
        ]  # fmt: skip
        if told:
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        if is_last:
            head.append("Connection: close")
        return "\r\n".join([*head, "", body]).encode()

    @property
    def words(self) -> int:
        """How many paragraphs were acknowledged."""
        return len(self.written)

    @property
    def votes(self) -> int:
        """How many votes were acknowledged."""
        return sum(self.voted.values())

    def check(self) -> None:
        """Raises RuntimeError where something that was acknowledged is not in the database."""
        with sqlite3.connect(self.server.database) as database:
            kept = {UUID(row[0]) for row in database.execute("SELECT id FROM minutes_entry WHERE text LIKE 'Afsnit %'")}
            lost = {UUID(one) for one in self.written} - kept
            counted = {}
            for ballot in self.voted:
                asked = "SELECT counts FROM minutes_ballot WHERE id = ?"
                (counts,) = database.execute(asked, [UUID(ballot).hex]).fetchone()
                counted[ballot] = sum(json.loads(counts)[:3])
        if lost or not self.written or any(counted[ballot] < self.voted[ballot] for ballot in counted):
            raise RuntimeError(f"{len(lost)} paragraphs are lost; counted {counted}, acknowledged {dict(self.voted)}")


async def ask(port: int, told: bytes, heard: Rush) -> int:
    """The status of the answer, 0 where none came in time; noted in `heard`."""
    start = time.perf_counter()
    status = 0
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(told)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.read()
            status = int(head[9:12])
            writer.close()
    heard.seconds.append(time.perf_counter() - start)
    heard.statuses[status] += 1
    return status


# --- the readers ---


async def _readers(port: int, readers: int, length: float) -> Counter[int]:
    """Each opens a page every ten seconds: mostly a meeting's, sometimes one made anew, a search or a paper."""
    chance, heard = random.Random(SEED), Rush()
    end = time.perf_counter() + length
    asking: set[asyncio.Task[int]] = set()
    due = time.perf_counter()
    while (now := time.perf_counter()) < end:
        due = max(
            due + chance.expovariate(readers / READS_EVERY), now - 1
        )  # what a busy machine missed, it does not make up
        if due > now:
            await asyncio.sleep(due - now)
        number = chance.randrange(readers)
        client = f"10.{number % 250}.{number // 250 % 250}.{number // 62500}"
        task = asyncio.create_task(ask(port, request(_path(chance), client=client, Connection="close"), heard))
        asking.add(task)
        task.add_done_callback(asking.discard)
    await asyncio.gather(*asking)
    return heard.statuses


def _path(chance: random.Random) -> str:
    page = meeting_path(chance.randrange(MEETINGS))
    match chance.random():
        case share if share < 0.85:
            return page
        case share if share < 0.92:
            return f"{page}?a={chance.randrange(10**6)}"
        case share if share < 0.97:
            return f"/soeg/?q={chance.choice(['budget', 'skole', 'lokalplan', 'cykelsti', 'høring'])}".replace(
                "ø", "%C3%B8"
            )
        case share if share < 0.98:
            return f"{page}referat.pdf"
        case _:
            return "/"


if __name__ == "__main__":
    _port, _count, _length = sys.argv[1:]
    print(json.dumps(asyncio.run(_readers(int(_port), int(_count), float(_length)))))
