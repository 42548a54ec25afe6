"""The archive as it is served: meeting pages from memory, not changed, made anew, and under ten times too much.

What a server has had of a core is counted, so that rates are those of one core whatever else the machine does. Beside
it stands an application that does nothing, under the same server and asked by the same client. Requests come as from
a proxy on this machine, for many visitors.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bench.content import minutes
from bench.measure import Line, Skipped
from raadslag.core.record import Time, encode
from tests.archive.front.serving import HOST, Rush, Server, ask, free_port, request, rush, served, wait_for

MEETINGS = 60
DAY = date(2018, 1, 4)
CONNECTIONS = 4
PAGE_SECONDS = 0.05
PAGES_A_SECOND = 250
BESIDE = "an application that does nothing"
BODY = b"x" * 5000


@dataclass(frozen=True)
class Taken:
    """What one round took: seconds of a core, and what was answered."""

    seconds: float
    rush: Rush


def lines() -> Iterator[Line]:
    """Each kind of answer against the application that does nothing."""
    if not Path("/proc/self/stat").exists():
        raise Skipped("the time that a server has of a core is read from /proc")
    with tempfile.TemporaryDirectory(prefix="raadslag-bench-") as folder:
        fill_archive(Path(folder))
        with served(Path(folder)) as archive, _nothing() as nothing:
            yield from _lines(archive, nothing)


def _lines(archive: Server, nothing: Server) -> Iterator[Line]:
    one = meeting_path(0)
    tag = ask(archive.address + one).headers["etag"]
    kinds: Sequence[tuple[str, list[bytes], int, int]] = (
        ("meeting page from memory", _visits([one] * 4000), PAGES_A_SECOND, 200),
        ("meeting page, not changed", _visits([one] * 4000, If_None_Match=tag), 3 * PAGES_A_SECOND, 304),
    )
    for name, visits, least, status in kinds:
        ours = _quickest(archive, visits, CONNECTIONS)
        beside = _quickest(nothing, visits, CONNECTIONS)
        holds = set(ours.rush.statuses) == {status} and len(visits) / ours.seconds >= least
        yield _line(
            name, ours, beside, len(visits), f"≥ {least} requests/s", holds and ours.rush.at(0.95) <= PAGE_SECONDS
        )

    anew = _visits([f"{meeting_path(at % MEETINGS)}?b={at}" for at in range(200)])
    ours, beside = _taken(archive, anew, 1), _taken(nothing, anew, 1)
    p95 = ours.rush.at(0.95)
    bar = f"p95 ≤ {PAGE_SECONDS * 1000:.0f} ms ({p95 * 1000:.0f})"
    yield _line("meeting page made anew", ours, beside, len(anew), bar, p95 <= PAGE_SECONDS)

    many = _visits([f"{one}?c={at}" for at in range(3000)])
    flood = rush(archive.port, many, 300)
    after = rush(archive.port, _visits([f"{one}?d={at}" for at in range(20)]), 1)
    refused = flood.statuses[429] + flood.statuses[503]
    yield Line(
        name=f"too much at once, {refused} of {len(many)} refused",
        ours=max(flood.seconds),
        beside_name="the same, calm again",
        beside=max(after.seconds),
        bar="no time-out, then as before",
        holds=set(flood.statuses) <= {200, 429, 503} and refused > 0 and after.statuses == {200: 20},
    )


def _line(name: str, ours: Taken, beside: Taken, amount: int, bar: str, holds: bool) -> Line:
    return Line(name, ours.seconds, BESIDE, beside.seconds, bar, holds, amount, "request")


def _visits(paths: Sequence[str], **headers: str) -> list[bytes]:
    """A request for each path, each of another visitor."""
    return [
        request(path, client=f"10.{at % 250}.{at // 250 % 250}.{at // 62500}", **headers)
        for at, path in enumerate(paths)
    ]


def _quickest(server: Server, visits: Sequence[bytes], connections: int, rounds: int = 3) -> Taken:
    _taken(server, visits[:200], connections)
    return min((_taken(server, visits, connections) for _ in range(rounds)), key=lambda taken: taken.seconds)


def _taken(server: Server, visits: Sequence[bytes], connections: int) -> Taken:
    before = _core_seconds(server.process.pid)
    told = rush(server.port, visits, connections)
    return Taken(_core_seconds(server.process.pid) - before, told)


def _core_seconds(pid: int) -> float:
    """What a process has had of a core, its own time and the system's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def meeting_path(edition: int) -> str:
    """Where the minutes of that edition stand."""
    return f"/proeve/moede/{DAY + timedelta(days=7 * edition)}-udvalget-for-det-naere/"


def fill_archive(folder: Path) -> None:
    """Put the minutes of each edition into the archive in that folder."""
    command = [sys.executable, "-m", "bench.serving", "fill", str(folder)]
    subprocess.run(command, check=True, env=os.environ | {"RAADSLAG_DATA": str(folder)})


# --- the processes beside ---


@contextmanager
def _nothing() -> Iterator[Server]:
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "bench.serving", "nothing", str(port)]) as process:
        try:
            wait_for(f"http://{HOST}:{port}/")
            yield Server(port, process)
        finally:
            process.terminate()


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    """Answers five kilobytes to everything, as many as a page has when it is compressed."""
    headers = [(b"content-type", b"text/html"), (b"content-length", b"%d" % len(BODY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


def _serve_nothing(port: int) -> None:
    import uvicorn

    from raadslag.archive.front.connections import Hurried

    uvicorn.run(nothing, host=HOST, port=port, http=Hurried, ws="none", lifespan="off", log_config=None)


def _fill(folder: Path) -> None:
    """An archive of ten-page minutes, a week apart."""
    from raadslag.cli.archive import open_archive

    open_archive(folder)
    from raadslag.archive.intake import Document, Paper, take_in

    for edition in range(MEETINGS):
        day = DAY + timedelta(days=7 * edition)
        record = replace(minutes(edition), meeting=Time(start=f"{day}T17:00", place="Mødelokale 2"))
        paper = Paper(record, Document("referat.json", "application/json", encode(record), ()), {})
        take_in(paper, at=datetime(2018, 4, 12, 12, tzinfo=UTC), already_public=True)


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        _fill(Path(sys.argv[2]))
    else:
        _serve_nothing(int(sys.argv[2]))
