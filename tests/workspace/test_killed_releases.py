"""Killed at any moment between the press and the public page, a release is whole or not there, and never there twice.

Real processes: the workspace's pages, its background work, the archive, a mail server. For each meeting a release is
pressed; at a moment drawn by chance, somewhere between the press and the page, the feed and the mails, one or more of
the processes are killed as if the machine fell; then they start again. Some releases are withdrawn, under the same
fire. Meanwhile a stranger looks, and never sees a half one. `RAADSLAG_KILLS` says how many (I12, I30, I35, I36).
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html
import pytest
import requests

from raadslag.core.record import decode, identity

from .archive import Archive, archive_of
from .browser.conftest import Work, running
from .held import CANARY

KILLS = int(os.environ.get("RAADSLAG_KILLS", "20"))
BUSY = {"pages": 0.2, "work": 1.6, "archive": 2.4}
"""How many seconds after a press each has to do with it: the row; the journal's followers, delivery and mails;
intake and index."""
PATIENCE = 60
NEXT = "http://www.w3.org/2005/Atom"

pytestmark = pytest.mark.slow


class House:
    """Both sites as they run, and what happens in them."""

    def __init__(self, work: Work, archive: Archive) -> None:
        self.work, self.archive = work, archive
        self.session = requests.Session()
        link = work.links["Prøve Sekretær"]
        self.press(link, self._form(link))
        self.kills: Counter[str] = Counter()
        self.meetings: dict[str, Any] = self.told()
        assert [one["obstacles"] for one in self.meetings.values() if one["obstacles"]] == []

    def told(self) -> dict[str, Any]:
        """What the workspace holds."""
        told: dict[str, Any] = json.loads(self.work.module("tests.workspace.held", "told").stdout)
        return told

    def _form(self, address: str) -> dict[str, str]:
        page = lxml.html.fromstring(self.session.get(address, timeout=10).text)
        return dict(page.xpath("//main//form")[0].form_values())

    def press(self, address: str, told: dict[str, str]) -> None:
        """Press a button as a person does: again and again until there is an answer; it may be that it was done."""
        deadline, most = time.monotonic() + PATIENCE, 400
        while True:
            token = {"X-CSRFToken": self.session.cookies.get("csrftoken") or "", "Origin": self.work.address}
            with suppress(requests.RequestException):
                answer = self.session.post(address, told, headers=token, timeout=10)
                assert answer.status_code < most, (answer.status_code, answer.text[:2000])
                return
            most = 423
            assert time.monotonic() < deadline, "nobody answers"
            time.sleep(0.05)

    def release(self, number: str) -> None:
        """Press: the agenda of a meeting that was not held yet, the minutes of one that was."""
        one = self.meetings[number]
        if one["identity"]:
            self.press(f"{self.work.address}/publicering/{one['pk']}/referat/", {"identity": one["identity"]})
        else:
            self.press(f"{self.work.address}/moeder/{one['pk']}/dagsorden/udsend/", {"late_because": "Prøve"})

    def withdraw(self, number: str) -> None:
        """Press: what the meeting has in public is taken back, if the agenda has got so far."""
        for one in self.told()[number]["releases"]:
            if not one["is_withdrawn"]:
                address = f"{self.work.address}/publicering/{self.meetings[number]['pk']}/traek-tilbage/{one['pk']}/"
                self.press(address, {"ground": "Et forkert beløb"})

    def kill(self, name: str) -> None:
        """Let a process fall, and come back; until then nobody goes on."""
        self.kills[name] += 1
        fallen = {"pages": self.work.servers[0], "work": self.work.servers[1], "archive": self.archive.server[0]}[name]
        fallen.send_signal(signal.SIGKILL)
        fallen.wait()
        since = time.time()
        {"pages": self.work.restart, "work": lambda: self.work.restart(1), "archive": self.archive.restart}[name]()
        deadline = time.monotonic() + PATIENCE
        while name == "work" and self._last_round() < since:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def _last_round(self) -> float:
        """When the background work last came round."""
        told = self.session.get(f"{self.work.address}/metrics", timeout=10).text
        return float(re.search(r"^raadslag_work_last_round_seconds (\S+)", told, re.MULTILINE)[1])


class Stranger(threading.Thread):
    """Somebody who looks at the newest paper all the time; `seen` is every half one."""

    def __init__(self, house: House) -> None:
        super().__init__(daemon=True)
        self.house, self.seen, self.looks = house, list[str](), 0
        self.paper, self.is_over = "", threading.Event()

    def run(self) -> None:
        with requests.Session() as session:
            while not self.is_over.wait(0.05):
                try:
                    self._look(session, self.paper)
                except requests.RequestException:
                    continue
                except AssertionError as half:
                    self.seen.append(str(half))

    def _look(self, session: requests.Session, paper: str) -> None:
        answer = _get(session, f"{self.house.archive.address}{paper}")
        if not paper or answer.status_code != 200:
            return
        self.looks += 1
        for item in decode(answer.content).items:
            for file in item.files:
                address = f"{self.house.archive.address}{paper.rpartition('/')[0]}/bilag/{file.sha256}"
                there = _get(session, address)
                if there.status_code == 410:  # taken back between the two; the paper is kept in memory for a moment
                    _at_last(session, f"{self.house.archive.address}{paper}", {410})
                    return
                if there.status_code != 200 or hashlib.sha256(there.content).hexdigest() != file.sha256:
                    self.seen.append(f"{address} {there.status_code}")


def _get(session: requests.Session, address: str) -> requests.Response:
    """The answer, from a line that has not asked for long."""
    line = f"198.51.{random.randrange(255)}.{random.randrange(255)}"
    return session.get(address, headers={"X-Forwarded-For": line}, timeout=10)


def _at_last(session: requests.Session, address: str, statuses: set[int]) -> requests.Response:
    """The answer, once it has one of these statuses: what is kept in memory to be quick goes after a second (I12)."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with suppress(requests.ConnectionError):  # it fell, and comes back
            answer = _get(session, address)
            if answer.status_code in statuses:
                return answer
            assert time.monotonic() < deadline, (address, answer.status_code)
        time.sleep(0.2)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    filled = ("tests.workspace.held", "fill", str(KILLS))
    with (
        archive_of("Prøvekommunen", tmp_path / "archive") as archive,
        running(tmp_path / "workspace", archive=(archive.address, archive.token), filled_by=filled) as work,
    ):
        yield House(work, archive)


def _paper(one: dict[str, Any]) -> str:
    """Where its newest paper stands in public, as data."""
    return f"/proeve/moede/{one['day']}-byrumsudvalget/{'referat' if one['identity'] else 'dagsorden'}.json"


def test_whatever_falls_a_release_is_whole_and_once(
    house: House, record_testsuite_property: Callable[[str, object], None]
) -> None:
    chance, stranger = random.Random(30), Stranger(house)
    stranger.start()
    withdrawn = set()
    for number in house.meetings:
        stranger.paper = _paper(house.meetings[number])
        press = house.release
        if chance.random() < 0.3:
            house.release(number)
            time.sleep(chance.uniform(0, BUSY["archive"]))
            withdrawn.add(number)
            press = house.withdraw
        falling = chance.choice(tuple(BUSY))
        pressing = threading.Thread(target=press, args=(number,))
        pressing.start()
        time.sleep(chance.uniform(0, BUSY[falling]))
        house.kill(falling)
        pressing.join(PATIENCE)
        assert not pressing.is_alive()
    _settled(house, withdrawn)
    stranger.is_over.set()
    stranger.join(PATIENCE)
    assert (stranger.seen, stranger.looks > 0) == ([], True)
    _is_whole(house, withdrawn)
    record_testsuite_property("killed", dict(house.kills))


def _settled(house: House, withdrawn: set[str]) -> None:
    """Wait until nothing is on its way any more; who withdrew before there was anything presses once more."""
    deadline = time.monotonic() + PATIENCE
    while True:
        told = house.told()
        late = [number for number in withdrawn if not told[number]["releases"]]
        late += [number for number in withdrawn if not all(one["is_withdrawn"] for one in told[number]["releases"])]
        for number in late:
            house.withdraw(number)
        waiting = [one for meeting in told.values() for one in meeting["releases"]
                   if (not one["is_gone"] if one["is_withdrawn"] else one["state"] != "shown")]  # fmt: skip
        waiting += [mail for meeting in told.values() for mail in meeting["mails"] if mail[2] != "sent"]
        lacking = [number for number, meeting in told.items()
                   if len(meeting["releases"]) < 1 + bool(house.meetings[number]["identity"])]  # fmt: skip
        if not (late or waiting or lacking):
            return
        assert time.monotonic() < deadline, (late, waiting, lacking)
        time.sleep(3)


def _is_whole(house: House, withdrawn: set[str]) -> None:
    told, address = house.told(), house.archive.address
    shown: dict[str, str] = {}
    with requests.Session() as session:
        for number, meeting in told.items():
            kinds = Counter(one["kind"] for one in meeting["releases"])
            pressed = "minutes" if house.meetings[number]["identity"] else "agenda"
            assert kinds == {"agenda": 1, pressed: 1}, number  # pressed once, or again after a fall: one release
            newest = next(one for one in meeting["releases"] if one["kind"] == pressed)
            expected = {200}
            if number in withdrawn:  # before the archive heard of it there is nothing to take back
                expected = {410} if newest["was_shown"] else {404, 410}
            paper = _at_last(session, address + _paper(house.meetings[number]), expected)
            assert CANARY.encode() not in paper.content
            if number in withdrawn:
                continue
            assert identity(decode(paper.content)) == newest["identity"], number
            assert newest["files"], number
            for sha256 in newest["files"]:
                file = _get(session, f"{address}{newest['address']}bilag/{sha256}")
                assert hashlib.sha256(file.content).hexdigest() == sha256, number
            name = _paper(house.meetings[number]).rpartition("/")[2].removesuffix(".json")
            editions = [
                _get(session, f"{address}{newest['address']}{name}/udgave/{one}/").status_code for one in (1, 2)
            ]
            assert editions in ([200, 404], [301, 404], [302, 404]), (number, editions)
            shown[number] = f"Sag{number}ord"
        _is_found_once(session, address, shown, {f"Sag{number}ord" for number in withdrawn})
    _is_mailed_once(house, told)
    assert house.work.run("journal", "verify").returncode == 0
    assert "\n0 findings" in f"\n{house.archive.run('check')}"


def _is_found_once(session: requests.Session, address: str, shown: dict[str, str], gone: set[str]) -> None:
    """In the feed of all that is new as far as it goes, and by the search that follows a moment after."""
    deadline = time.monotonic() + PATIENCE
    for word in [*shown.values(), *gone]:
        wanted = 1 if word in shown.values() else 0
        while (
            (entries := _entries(_get(session, f"{address}/soeg/nyt.atom?q={word}"))) and len(entries) != wanted
        ) or (not entries and wanted):
            assert time.monotonic() < deadline, (word, wanted, entries)
            time.sleep(0.5)
    entries = _entries(_get(session, f"{address}/nyt.atom"))
    assert [one for one, count in Counter(entries).items() if count > 1] == []


def _entries(feed: requests.Response) -> list[str]:
    if feed.status_code != 200:
        return []
    return [
        str(one) for one in lxml.etree.fromstring(feed.content).xpath("//a:entry/a:id/text()", namespaces={"a": NEXT})
    ]


def _is_mailed_once(house: House, told: dict[str, Any]) -> None:
    """However often a mail had to be handed over, it is one: each person has one Message-ID for each thing told."""
    arrived: dict[tuple[str, str], set[str]] = {}
    for mail in house.work.post.mails:
        arrived.setdefault((str(mail["To"]), str(mail["Subject"])), set()).add(str(mail["Message-ID"]))
    kept = {f"<{pk}@proeve.example>" for meeting in told.values() for _to, pk, _state, _subject in meeting["mails"]}
    assert kept <= {one for ids in arrived.values() for one in ids}
    for number, meeting in told.items():
        per_person = Counter((to, subject) for to, _pk, _state, subject in meeting["mails"])
        assert per_person, number
        assert set(per_person.values()) == {1}, (number, per_person)
