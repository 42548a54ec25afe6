"""Thirty people who write in one part at once, served by two processes: from a keystroke to the others.

Each has a line of his own and types a letter every third of a second, in a paragraph of his own; three of them, at both
processes, note when each letter of another comes. Beside it stands the smallest page of the same server, in the same
minute.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import requests

from bench.measure import Line
from raadslag.workspace.products.writing import messages
from tests.workspace.shared import House, Page, house

PEOPLE, WATCHERS, LETTERS = 30, 3, 40
EVERY, SECONDS = 0.33, 0.1
SEED = 2018


def lines() -> Iterator[Line]:
    """From a keystroke to the others."""
    with tempfile.TemporaryDirectory(prefix="raadslag-bench-") as folder, house(Path(folder), PEOPLE) as served:
        told, beside = asyncio.run(_written(served))
    p95 = sorted(told)[int(len(told) * 0.95)]
    bar = f"p95 ≤ {SECONDS * 1000:.0f} ms ({p95 * 1000:.1f})"
    name = f"a keystroke to others, {PEOPLE} writing"
    yield Line(name, statistics.median(told), "its smallest page", beside, bar, p95 <= SECONDS)


class Watcher(Page):
    """A page that notes when it got which letter of whom."""

    async def open(self) -> Page:
        self.got: dict[tuple[int, int], float] = {}
        self.known: dict[int, int] = {}
        return await super().open()

    async def _hear(self, told: messages.Reader) -> None:
        await super()._hear(told)
        now, state = time.perf_counter(), messages.Reader(self.doc.get_state())
        for _ in range(state.number()):
            client, clock = state.number(), state.number()
            for one in range(self.known.get(client, 0), clock):
                self.got[client, one] = now
            self.known[client] = clock


class Writer(Page):
    """A page that reads nothing of what it is told but that it is kept: what a browser does costs another machine."""

    async def _hear(self, told: messages.Reader) -> None:
        if told.number() == messages.KEPT:
            self.kept = told.number()
        self.is_in_sync = True


async def _written(served: House) -> tuple[list[float], float]:
    """How long each letter took to each watcher, and the smallest page, in seconds. Raises where one is lost."""
    pages: list[Page] = [served.page(number, kind=Watcher if number < WATCHERS else Writer) for number in range(PEOPLE)]
    await asyncio.gather(*(one.open() for one in pages))
    sent: dict[tuple[int, int], float] = {}
    chance = random.Random(SEED)

    async def write(page: Page, delay: float) -> None:
        await asyncio.sleep(delay)
        before = page.doc.get_state()
        text = page.paragraph()
        await page.tell(page.doc.get_update(before))
        for _ in range(LETTERS):
            before, clock = page.doc.get_state(), _clock(page)
            text.insert(len(text), "x", {})
            sent[page.doc.client_id, clock] = time.perf_counter()
            await page.tell(page.doc.get_update(before))
            await asyncio.sleep(EVERY)

    smallest: list[float] = []

    def ask() -> None:
        start = time.perf_counter()
        requests.get(f"{served.address}/health", timeout=10)
        smallest.append(time.perf_counter() - start)

    writing = asyncio.gather(*(write(one, chance.uniform(0, EVERY)) for one in pages))
    while not writing.done():
        await asyncio.to_thread(ask)
        await asyncio.sleep(EVERY)
    for one in pages:
        await one.until(lambda one=one: one.kept == one.sent)
    watchers = [one for one in pages if isinstance(one, Watcher)]
    await pages[0].until(lambda: all(sent.keys() <= one.got.keys() for one in watchers))
    told = [
        watcher.got[letter] - at for watcher in watchers for letter, at in sent.items()
        if letter[0] != watcher.doc.client_id
    ]  # fmt: skip
    await asyncio.gather(*(one.close() for one in pages))
    return told, statistics.median(smallest)


def _clock(page: Page) -> int:
    """The number that the page's next letter will have."""
    state = messages.Reader(page.doc.get_state())
    return next((clock for client, clock in _pairs(state) if client == page.doc.client_id), 0)


def _pairs(state: messages.Reader) -> Iterator[tuple[int, int]]:
    for _ in range(state.number()):
        yield state.number(), state.number()
