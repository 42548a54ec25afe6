"""The server is killed in the middle of a meeting, again and again: what it acknowledged is there, and nothing is half.

`RAADSLAG_KILLS` is how often; the client keeps a ledger of what it was told is saved (I23, I35, I36).
"""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import lxml.html
import pytest
import requests

from .conftest import Work, running

KILLS = int(os.environ.get("RAADSLAG_KILLS", "20"))
PATIENCE = 60  # seconds until it is back


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Work]:
    """A workspace whose server this test kills."""
    with running(tmp_path / "workspace") as one:
        yield one


class Secretary:
    """A program that writes minutes as the room does, and knows what it was told is saved."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.session = requests.Session()
        self.ledger: dict[str, list[str]] = {}  # by paragraph: every text that was acknowledged
        self.tried: dict[str, str] = {}  # and the last that was sent
        self.stopped = threading.Event()
        link = work.links["Prøve Sekretær"]
        self.post(link, self.form(link))
        meetings = self.session.get(f"{work.address}/moeder/", timeout=10).text
        lead = re.search(r'href="(/moeder/[0-9a-f-]{36}/)">5. møde', meetings)[1]
        room = f"{work.address}/moederum/{lead.split('/')[2]}/"
        self.post(f"{room}aabn/", self.form(room))
        self.item = self.session.get(room, timeout=10).url
        self.token = self.form(self.item)["csrfmiddlewaretoken"]

    def form(self, address: str) -> dict[str, str]:
        """The first form in the page's own part, as a browser would send it."""
        page = lxml.html.fromstring(self.session.get(address, timeout=10).text)
        return dict(page.xpath("//main//form")[0].form_values())

    def post(self, address: str, told: dict[str, str]) -> requests.Response:
        """Send a form as the browser does."""
        return self.session.post(address, told, headers={"Origin": self.work.address}, timeout=10)

    def write(self) -> None:
        """Write paragraphs, each in three versions, each sent until it is acknowledged; until stopped."""
        number = 0
        while not self.stopped.is_set():
            number += 1
            entry, version = str(uuid4()), 0
            for text in (f"{number}", f"{number} mere", f"{number} mere og mere"):
                self.tried[entry] = text
                told = {"id": entry, "kind": "text", "text": text, "version": str(version)}
                headers = {"Accept": "application/json", "X-CSRFToken": self.token, "Origin": self.work.address}
                while not self.stopped.is_set():
                    try:
                        answer = self.session.post(f"{self.item}gem/", told, headers=headers, timeout=10)
                        saved = answer.json()
                    except (requests.RequestException, ValueError):
                        time.sleep(0.05)
                        continue
                    assert not saved["is_beside"], saved
                    version = saved["version"]
                    self.ledger.setdefault(entry, []).append(text)
                    break

    def wait_for(self, many: int) -> None:
        """Wait until something of so many paragraphs has been acknowledged."""
        deadline = time.monotonic() + PATIENCE
        while len(self.ledger) < many:
            assert time.monotonic() < deadline, "nothing is acknowledged"
            time.sleep(0.02)


def test_what_was_acknowledged_outlives_every_fall(own: Work) -> None:
    chance = random.Random(2018)
    secretary = Secretary(own)
    writer = threading.Thread(target=secretary.write)
    writer.start()
    try:
        for number in range(KILLS):
            secretary.wait_for(number + 1)  # on a busy machine a server would fall before it had taken anything
            time.sleep(chance.uniform(0.05, 0.5))
            own.servers[0].send_signal(signal.SIGKILL)
            own.servers[0].wait()
            own.restart()
    finally:
        time.sleep(0.5)
        secretary.stopped.set()
        writer.join(PATIENCE)
    page = lxml.html.fromstring(secretary.session.get(secretary.item, timeout=10).text)
    shown = {
        form.get("data-entry"): form.xpath(".//textarea")[0].text or "" for form in page.xpath("//form[@data-entry]")
    }
    assert len(secretary.ledger) >= KILLS
    for entry, texts in secretary.ledger.items():
        assert shown[entry].strip() in (texts[-1], secretary.tried[entry])
    assert own.run("journal", "verify").returncode == 0
