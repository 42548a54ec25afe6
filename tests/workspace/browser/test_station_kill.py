"""The server is killed while a round goes on, again and again: each thought that a phone was told is in is there, once.

`RAADSLAG_KILLS` is how often; each phone keeps a ledger of what was acknowledged, and sends what was not again.
"""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from .conftest import Work, running
from .test_kill import KILLS

PHONES = 6
TOKEN = "k" * 32


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Work]:
    """A workspace whose server this test kills."""
    with running(tmp_path / "workspace") as one:
        yield one


class Phone(threading.Thread):
    """Sends a thought until it is told that it is in, and then the next; sometimes the same again though it is."""

    def __init__(self, work: Work, code: str, number: int) -> None:
        super().__init__(daemon=True)
        self.work, self.path, self.number = work, f"{work.address}/s/{code}/", number
        self.ledger: dict[str, str] = {}  # by its words: the number that it was given
        self.stopped = threading.Event()
        self.chance = random.Random(number)
        self.session = requests.Session()
        self.session.cookies.set("csrftoken", TOKEN)
        self.session.get(self.path, timeout=10).raise_for_status()

    def run(self) -> None:
        """Until stopped."""
        count = 0
        while not self.stopped.is_set():
            count += 1
            told = {"csrfmiddlewaretoken": TOKEN, "thought": str(uuid4()), "kind": "missing", "who": "group",
                    "text": f"Telefon {self.number}, tanke {count}"}  # fmt: skip
            name = self.send(told)
            if name and self.chance.random() < 0.2:
                assert self.send(told) in (name, "")
            time.sleep(self.chance.uniform(0, 0.2))

    def send(self, told: dict[str, str]) -> str:
        """The number that it was given; empty where it was stopped before it was told."""
        headers = {"Accept": "application/json", "Origin": self.work.address}
        while not self.stopped.is_set():
            try:
                answer = self.session.post(self.path, told, headers=headers, timeout=10)
                if answer.status_code == 200:
                    self.ledger[told["text"]] = answer.json()["name"]
                    return self.ledger[told["text"]]
            except requests.RequestException:
                pass
            time.sleep(0.1)
        return ""


def test_what_a_phone_was_told_is_in_is_there_once(own: Work) -> None:
    laid = json.loads(own.module("bench.stations", "fill").stdout)
    phones = [Phone(own, laid["codes"][number % 4], number) for number in range(PHONES)]
    for one in phones:
        one.start()
    chance = random.Random(2018)
    for _ in range(max(1, KILLS // 4)):
        time.sleep(chance.uniform(0.3, 1.2))
        own.servers[0].send_signal(signal.SIGKILL)
        own.servers[0].wait(20)
        own.restart()
    time.sleep(1)
    for one in phones:
        one.stopped.set()
    for one in phones:
        one.join(20)
    kept = json.loads(own.module("bench.stations", "told").stdout)
    acknowledged = {text: name for one in phones for text, name in one.ledger.items()}
    assert len(acknowledged) > PHONES
    assert {text: kept.get(text) for text in acknowledged} == {text: [name] for text, name in acknowledged.items()}
    assert all(len(names) == 1 for names in kept.values())
    own.run("journal", "verify")  # which raises where an entry was changed, put in or taken out
