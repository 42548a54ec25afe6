"""Twin worlds: what differs behind closed doors makes no difference outside, not by a byte (I1, I2, I8, I9).

Both worlds do the same in public; one of them does more, and says other things, where it is closed. Everything that a
stranger can ask for is then asked of both archives and compared: status, headers, bytes. `RAADSLAG_HISTORIES` says how
many lives of a meeting are lived (see CONTRIBUTING.md).
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
import requests

from ..archive import Archive, archive_of
from ..browser.conftest import ROOT
from .leaks import LEAKS

HISTORIES = int(os.environ.get("RAADSLAG_HISTORIES", "50"))
CANARY = "KANARIEFUGL"
_HOST = {"Host": "127.0.0.1:8000"}  # whichever of the two is asked
_OF_THE_MOMENT = {"date", "server-timing", "age"}
_MOST = 250  # addresses that are looked at after each life


class Twin:
    """One of the two worlds, in processes of its own."""

    def __init__(self, folder: Path, archive: Archive, leak: str = "") -> None:
        self.folder, self.archive = folder, archive
        environment = {
            **os.environ, "RAADSLAG_ARCHIVE": archive.address, "RAADSLAG_ARCHIVE_TOKEN": archive.token,
            "RAADSLAG_PLANTED_LEAK": leak, "RAADSLAG_WORKSPACE_DATABASE": "",
            "RAADSLAG_WORKSPACE_ADDRESS": "http://127.0.0.1:8001", "PYTHONPATH": os.pathsep.join(
                [str(ROOT), os.environ.get("PYTHONPATH", "")]
            ),
        }  # fmt: skip
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.workspace.twins.world", str(folder)], env=environment, cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"

    def do(self, step: str, now: datetime, what: str, **more: Any) -> Any:
        """Do a step, and tell what came of it."""
        assert self._process.stdin
        assert self._process.stdout
        told = {"step": step, "now": now.isoformat(), "do": what, "with": more}
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "fault" not in answer, (what, more, answer)
        return answer["done"]

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=60)


@contextmanager
def twins(folder: Path, leak: str = "") -> Iterator[tuple[Twin, Twin]]:
    """Two worlds that have done nothing yet."""
    with ExitStack() as stack:
        both = []
        clock = folder / "clock"
        _set(clock, datetime(2031, 3, 3, 8, tzinfo=UTC))
        for name in ("one", "other"):
            archive = stack.enter_context(archive_of("Prøvekommunen", folder / f"archive-{name}", clock=clock))
            world = Twin(folder / name, archive, leak)
            stack.callback(world.close)
            both.append(world)
        yield both[0], both[1]


def _set(clock: Path, now: datetime) -> None:
    new = clock.with_suffix(".new")
    new.write_text(now.isoformat(), encoding="ascii")
    new.replace(clock)


class Life:
    """The life of one meeting, drawn by chance: what both worlds do, and what only the one does."""

    def __init__(self, worlds: tuple[Twin, Twin], number: int, clock: Path) -> None:
        self.worlds, self.number, self.clock = worlds, number, clock
        self.chance = random.Random(number)  # a life that can be lived again
        self.steps = 0
        self.now = datetime(2031, 3, 3, 8, tzinfo=UTC) + timedelta(days=7 * number)

    def both(self, what: str, *told: dict[str, Any], **more: Any) -> Any:
        """What both do; `told` is what each says of it in the house."""
        self.steps += 1
        self.now += timedelta(minutes=1)
        step = f"{self.number}.{self.steps}"
        given = told or ({}, {})
        answers = [world.do(step, self.now, what, **more, **own) for world, own in zip(self.worlds, given, strict=True)]
        assert answers[0] == answers[1], (what, answers)
        return answers[0]

    def closed(self, what: str, **more: Any) -> Any:
        """What one of them alone does where it is closed."""
        if self.chance.random() < 0.6:
            self.steps += 1
            return self.worlds[1].do(f"{self.number}.{self.steps}", self.now, what, **more)
        return None

    def deliver(self) -> None:
        """Let the archives hear of it, the one perhaps in two rounds; both at the same moment of their clocks."""
        _set(self.clock, self.now)
        if self.chance.random() < 0.3:
            self.worlds[1].do(f"{self.number}.{self.steps}.early", self.now, "work")
        self.both("work")

    def live(self) -> str:
        """Live it; where its meeting stands in public."""
        chance, base = self.chance, self.number * 1000
        cases = []
        for at in range(chance.randint(1, 3)):
            access = chance.choice(["open", "closed"])
            title, files = (
                f"Sag {self.number}.{at}",
                [f"Bilag {self.number}.{at}.{n}" for n in range(chance.randint(0, 2))],
            )
            if access == "open":
                same = {"title": title, "inside": f"Der plantes {at} træer.", "files": files}
                cases.append((access, self.both("case", number=base + at, access=access, **same)))
            else:
                secret = [self._secret(at, n) for n in range(2)]
                cases.append((access, self.both("case", *secret, access=access)))
            self.closed(
                "case", number=base + 500 + at, access="closed", title=f"{CANARY} {at}", inside=CANARY, files=[]
            )
        day = (self.now + timedelta(days=3)).date()
        meeting = self.both("meeting", day=day.isoformat())
        for _access, case in cases:
            self.both("put_on", meeting=meeting, case=case)
        self.closed("meeting", day=(day + timedelta(days=1, weeks=2000)).isoformat())
        self.both("send", meeting=meeting)
        self.deliver()
        shut = [at for at, (access, _case) in enumerate(cases) if access == "closed"]
        if len(cases) > len(shut) and chance.random() < 0.3:  # an open item is closed after all
            at = next(at for at, (access, _case) in enumerate(cases) if access == "open")
            self.both("close", meeting=meeting, item=at)
            shut.append(at)
        if chance.random() < 0.8:
            self._hold(meeting, len(cases), shut, day)
        self.deliver()
        if chance.random() < 0.3:
            self.both("withdraw", meeting=meeting)
            self.deliver()
        return meeting

    def _hold(self, meeting: str, items: int, shut: list[int], day: date) -> None:
        chance = self.chance
        self.now = datetime(day.year, day.month, day.day, 16, tzinfo=UTC)
        self.both("open", meeting=meeting)
        for at in range(items):
            outcome = chance.choice(["approved", "noted", "deferred"])
            if at in shut:
                self.closed("write", meeting=meeting, item=at, text=f"{CANARY} sagde nej.")
                self.closed("write", meeting=meeting, item=at, text=f"{CANARY} er dyr.", kind="dilemma")
                self.closed("vote", meeting=meeting, item=at, question=f"{CANARY} vælges.", hands=[3, 1, 0])
                own = [{"outcome": outcome}, {"outcome": chance.choice(["approved", "rejected"])}]
                self.both("outcome", *own, meeting=meeting, item=at)
            else:
                self.both("write", meeting=meeting, item=at, text=f"Der blev talt om {at}.")
                self.both("outcome", meeting=meeting, item=at, outcome=outcome)
        self.both("adjourn", meeting=meeting)
        for at in shut:
            self.both("face", meeting=meeting, item=at, decision="Det blev besluttet.")
        self.closed("search", words=CANARY)
        if chance.random() < 0.8:
            self.both("release", meeting=meeting)
            self.deliver()
            if shut and chance.random() < 0.5:  # an addition may concern what is closed: it goes out with nothing shut
                self.closed("add", meeting=meeting, text=f"{CANARY} skal læses.")
                self.both("release", meeting=meeting)

    def _secret(self, at: int, world: int) -> dict[str, Any]:
        return {
            "number": self.number * 1000 + at + world * 700,
            "title": f"{CANARY} {at} {'x' * (world * 7)}",
            "inside": f"{CANARY} i verden {world}",
            "files": [f"{CANARY} bilag {world}.{n}" for n in range(world * 2)],
        }  # fmt: skip


# --- what a stranger sees ---

_ALWAYS = (
    "/", "/nyt.atom", "/sitemap.xml", "/soeg/?q=sag", f"/soeg/?q={CANARY.lower()}", "/soeg/?q=besluttet&sorter=nyeste",
    "/soeg/liste.csv?q=sag", "/proeve/", "/proeve/beslutninger/", "/proeve/byrumsudvalget/", "/oparl/", "/findes-ikke/",
)  # fmt: skip


def seen(archive: Archive, start: tuple[str, ...], most: int = _MOST) -> dict[str, tuple[Any, ...]]:
    """Everything that a stranger finds who follows every link: status, headers and bytes, by path."""
    found: dict[str, tuple[Any, ...]] = {}
    waiting = list(start)
    with requests.Session() as session:
        while waiting and len(found) < most:
            path = waiting.pop(0)
            if path in found:
                continue
            answer = _asked(session, archive.address + path)
            headers = {
                name.lower(): value for name, value in answer.headers.items() if name.lower() not in _OF_THE_MOMENT
            }
            body = answer.content
            found[path] = (answer.status_code, tuple(sorted(headers.items())), body)
            is_search = path.startswith("/soeg/")  # its links follow what the index knows so far
            if body.strip() and not is_search and answer.headers.get("Content-Type", "").startswith("text/html"):
                waiting += [one for one in _links(body, path) if one not in found]
    return found


def _asked(session: requests.Session, address: str) -> requests.Response:
    """The answer, once the archive is not too busy for one that asks so much."""
    while True:
        answer = session.get(address, headers=_HOST, timeout=30, allow_redirects=False)
        if answer.status_code not in (429, 503):
            return answer
        time.sleep(0.5)


def _links(body: bytes, path: str) -> list[str]:
    page, address = lxml.html.fromstring(body), f"http://{_HOST['Host']}"
    links = []
    for link in page.xpath("//a/@href | //link[@rel='alternate']/@href | //img/@src"):
        target = urlsplit(urljoin(address + path, str(link)))
        if f"{target.scheme}://{target.netloc}" == address and not target.path.startswith(("/static", "/en")):
            links.append(target.path + (f"?{target.query}" if target.query else ""))
    return links


def compare(worlds: tuple[Twin, Twin], most: int = _MOST, looks: int = 5) -> None:
    """Raises AssertionError for the first address at which the worlds can be told apart, or a closed word is seen.

    An index may still be busy with what is new, and a page be kept for a second: where they differ both are asked
    again. What is a leak stays one.
    """
    for look in range(looks):
        one, other = (seen(world.archive, _ALWAYS, most) for world in worlds)
        different = _difference(one, other)
        if different is None:
            break
        time.sleep(look + 1)
    assert different is None, different
    for found in (one, other):
        for path, (_status, headers, body) in found.items():
            text = body.decode("latin-1")
            assert CANARY not in f"{headers}{text}", path
            asked = path.startswith("/soeg/")  # which says again what was asked for
            assert asked or CANARY.lower() not in text.lower(), path


def _difference(one: dict[str, tuple[Any, ...]], other: dict[str, tuple[Any, ...]]) -> str | None:
    """The first path at which they differ, and in what; a page that is found in one of them alone is such a path."""
    for path, told in one.items():
        for name, mine, theirs in zip(("status", "headers", "body"), told, other.get(path, (None,) * 3), strict=True):
            if mine != theirs:
                return f"{path}: {name} {set(mine or ()) ^ set(theirs or ()) if name == 'headers' else ''}"
    return next((f"{path}: only in one" for path in other if path not in one), None)


def hidden(worlds: tuple[Twin, Twin]) -> None:
    """Raises AssertionError where a closed word lies outside of the house: in the archive's data, or in a log (I15)."""
    for world in worlds:
        places = [*world.archive.data.rglob("*"), world.folder / "world.log"]
        for place in places:
            if place.is_file():
                assert CANARY.encode() not in place.read_bytes(), place.name


# --- the proof ---


@pytest.mark.slow
def test_what_differs_inside_makes_no_difference_outside(tmp_path: Path) -> None:
    with twins(tmp_path) as worlds:
        for number in range(1, HISTORIES + 1):
            Life(worlds, number, tmp_path / "clock").live()
            if number % 10 == 0 or number == HISTORIES:
                compare(worlds)
        hidden(worlds)


@pytest.mark.slow
@pytest.mark.parametrize("leak", sorted(LEAKS))
def test_a_planted_leak_is_caught(tmp_path: Path, leak: str) -> None:
    with twins(tmp_path, leak) as worlds, pytest.raises(AssertionError):
        _live_and_look(worlds, tmp_path / "clock")


def _live_and_look(worlds: tuple[Twin, Twin], clock: Path) -> None:
    for number in range(1, 6):
        Life(worlds, number, clock).live()
    compare(worlds, looks=2)
    hidden(worlds)
