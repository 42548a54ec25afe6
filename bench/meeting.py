"""A committee's meeting that thirty follow, from a paragraph to the signed minutes; and a hall of three hundred.

The sample's workspace is served as it is run, in one process on SQLite. In the committee's meeting the secretary saves
paragraphs as the room does, until each is acknowledged and until every screen knows; then it is adjourned, everyone
reads and signs, and the minutes are fetched with the signatures. In the hall three hundred members, each in a login of
his own, follow on a screen each, who come in ten at a time; and, while thirty follow, all vote by name at the same
moment, three times, the quickest of which is told. After each ballot the database, the count and the journal hold each
vote once. Screens are lines of server-sent events; a paragraph is saved at any moment between two looks of the server.
Beside it stands the smallest page of the same server, in the same minute.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID, uuid4

import lxml.html
import requests

from bench.measure import Line
from tests.archive.front.serving import HOST, Rush, free_port, rush, wait_for

SCREENS, MEMBERS, BALLOTS, SAVES, WARM = 30, 300, 3, 100, 10
SAVE_SECONDS, SCREEN_SECONDS, VOTES_SECONDS, SIGNED_SECONDS = 0.05, 0.25, 5.0, 2.0
LINE_BYTES = 200 * 2**10
PATIENCE = 60
BETWEEN_LOOKS = 0.05  # seconds
AT_THE_DOOR = 10  # who come in at the same moment
SEED = 2018
BESIDE = "its smallest page"
TOKEN = "b" * 32  # of a form, and of the cookie that it is held against


class Server(NamedTuple):
    """The workspace as it runs: where, in which process and folder, and what was laid into it."""

    port: int
    pid: int
    database: Path
    committee: dict[str, Any]
    hall: dict[str, Any]

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"


def lines() -> Iterator[Line]:
    """A paragraph saved, an event on the screens, the memory of a line, votes, and signed minutes."""
    with tempfile.TemporaryDirectory(prefix="raadslag-bench-") as folder, served_workspace(Path(folder)) as server:
        room, chair = Room(server, server.committee), server.committee["members"][0]
        with Screens(server, room, [chair] * SCREENS) as screens:
            saves, told, plain = _saved(room, screens)
        p95 = _at(saves, 0.95)
        bar = f"p95 ≤ {SAVE_SECONDS * 1000:.0f} ms ({p95 * 1000:.1f})"
        name = f"a paragraph saved, {SCREENS} following"
        yield Line(name, statistics.median(saves), BESIDE, plain, bar, p95 <= SAVE_SECONDS)
        yield _told(SCREENS, told, plain)
        yield _signed(server, room)

        room, before = Room(server, server.hall), _memory(server)
        with Screens(server, room, server.hall["members"]) as screens:
            time.sleep(1)
            each = (_memory(server) - before) / MEMBERS
            _saves, told, plain = _saved(room, screens)
            yield _told(MEMBERS, told, plain)
            bar = f"≤ {LINE_BYTES / 1024:.0f} KB"
            name, beside = f"memory of a screen, of {MEMBERS}", "the server without"
            yield Line(name, each, beside, before, bar, each <= LINE_BYTES, is_size=True)
        with Screens(server, room, server.hall["members"][:SCREENS]):
            yield _voted(server, room)


def _told(screens: int, told: Sequence[float], plain: float) -> Line:
    p99 = _at(told, 0.99)
    bar = f"p99 ≤ {SCREEN_SECONDS * 1000:.0f} ms ({p99 * 1000:.1f})"
    return Line(f"told to {screens} screens", statistics.median(told), BESIDE, plain, bar, p99 <= SCREEN_SECONDS)


def _saved(room: Room, screens: Screens) -> tuple[list[float], list[float], float]:
    """How long each paragraph took to be saved, each screen to be told, and the smallest page, in seconds."""
    chance = random.Random(SEED)
    saves, told, beside = [], [], []
    for number in range(SAVES):
        time.sleep(chance.uniform(0, BETWEEN_LOOKS))
        start = time.perf_counter()
        room.write(f"Afsnit {number}")
        saves.append(time.perf_counter() - start)
        told.append(screens.until(number + 1, start))
        beside.append(room.smallest())
    return saves[WARM:], [one for some in told[WARM:] for one in some], statistics.median(beside)


def _voted(server: Server, room: Room) -> Line:
    """Every member votes at the same moment, in one ballot after another. The time is that of the quickest.

    Raises RuntimeError where not each vote is counted once.
    """
    smallest = f"GET /health HTTP/1.1\r\nHost: {HOST}:{server.port}\r\n\r\n".encode()
    taken, beside = [], []
    for ballot in server.hall["ballots"]:
        leading = f"{room.items[0]}afstemning/{ballot}/"
        room.browser.post(leading, do="open")
        answers, seconds = _at_once(server, [_vote(server, room, ballot, one) for one in server.hall["members"]])
        room.browser.post(leading, do="close")  # and counted
        found = (dict(answers.statuses), _counted(server, UUID(ballot)))
        if found != ({302: MEMBERS}, ([MEMBERS, 0, 0, 0], MEMBERS, MEMBERS)):
            raise RuntimeError(f"not each vote was counted once: {found}")
        taken.append(seconds)
        beside.append(_at_once(server, [smallest] * MEMBERS)[1])
    took = min(taken)
    name, bar = f"{MEMBERS} votes, each counted once", f"≤ {VOTES_SECONDS:.0f} s ({took:.2f})"
    return Line(name, took, "as many smallest pages", min(beside), bar, took <= VOTES_SECONDS, MEMBERS, "vote")


def _counted(server: Server, ballot: UUID) -> tuple[list[int], int, int]:
    """What the program counted, how many have a vote, and how many of the journal's entries tell of one."""
    with sqlite3.connect(server.database) as database:
        asked = "SELECT counts FROM minutes_ballot WHERE id = ?"
        (counts,) = database.execute(asked, [ballot.hex]).fetchone()
        asked = "SELECT COUNT(*) FROM minutes_vote WHERE ballot_id = ? AND choice = 'for'"
        (votes,) = database.execute(asked, [ballot.hex]).fetchone()
        asked = "SELECT COUNT(*) FROM common_journalentry WHERE kind = 'minutes.Voted' AND \"values\" LIKE ?"
        (entries,) = database.execute(asked, [f"%{ballot}%"]).fetchone()
    return json.loads(counts), votes, entries


def _vote(server: Server, room: Room, ballot: str, login: str) -> bytes:
    """The request with which a member's browser votes."""
    body = urlencode({"csrfmiddlewaretoken": TOKEN, "choice": "for"})
    return (
        f"POST {room.items[0]}stem/{ballot}/ HTTP/1.1\r\nHost: {HOST}:{server.port}\r\nOrigin: {server.address}\r\n"
        f"Cookie: {cookies(login)}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _at_once(server: Server, requests: Sequence[bytes]) -> tuple[Rush, float]:
    """The answers to requests that are sent at the same moment, and how long they took in all, in seconds."""
    start = time.perf_counter()
    answers = rush(server.port, requests, len(requests), PATIENCE)
    return answers, time.perf_counter() - start


def _signed(server: Server, room: Room) -> Line:
    """From the end of the meeting to the minutes with every signature. Raises RuntimeError where one is missing."""
    room.finish()
    signers = [Browser(server, one) for one in server.committee["members"]]
    start = time.perf_counter()
    room.browser.post(f"{room.path}haev/")
    for one in signers:
        page = lxml.html.fromstring(one.get(f"{room.path}underskrift/").text)
        (form,) = page.xpath("//form[contains(@action, '/underskrift/skriv/')]")
        one.post(form.action, **form.fields)
    paper = room.browser.get(f"{room.path}referat.pdf").content
    took = time.perf_counter() - start
    with sqlite3.connect(server.database) as database:
        (signed,) = database.execute("SELECT COUNT(*) FROM minutes_signature").fetchone()
    if signed != len(signers) or not paper.startswith(b"%PDF"):
        raise RuntimeError(f"{signed} of {len(signers)} have signed")
    pages = 2 * len(signers) + 2
    beside = sum(room.smallest() for _ in range(pages))
    bar = f"≤ {SIGNED_SECONDS:.0f} s ({took:.2f})"
    return Line(
        f"adjourned and signed by {signed}", took, f"{pages} smallest pages", beside, bar, took <= SIGNED_SECONDS
    )


def _at(seconds: Sequence[float], share: float) -> float:
    """The time that this share of them took at most."""
    return sorted(seconds)[int(len(seconds) * share)]


def _memory(server: Server) -> int:
    """The bytes of memory that the process holds."""
    return int(Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# --- who is there ---


def cookies(login: str) -> str:
    """What a browser of that login sends."""
    return f"raadslag={login}; csrftoken={TOKEN}"


class Browser:
    """Somebody who has logged in."""

    def __init__(self, server: Server, login: str) -> None:
        self.address, self.session = server.address, requests.Session()
        self.session.headers.update({"Cookie": cookies(login), "Origin": server.address})

    def get(self, path: str) -> requests.Response:
        """A page. Raises requests.HTTPError where it is not answered."""
        answer = self.session.get(f"{self.address}{path}", timeout=PATIENCE)
        answer.raise_for_status()
        return answer

    def post(self, path: str, headers: dict[str, str] | None = None, **told: str) -> requests.Response:
        """Send a form, and stay. Raises requests.HTTPError where it is refused."""
        told |= {"csrfmiddlewaretoken": TOKEN}
        answer = self.session.post(
            f"{self.address}{path}", told, headers=headers, timeout=PATIENCE, allow_redirects=False
        )
        answer.raise_for_status()
        return answer


class Room:
    """A meeting that is held, and its secretary, who writes."""

    def __init__(self, server: Server, laid: dict[str, Any]) -> None:
        self.browser = Browser(server, laid["secretary"])
        self.path = f"/moederum/{laid['meeting']}/"
        self.items = [f"{self.path}punkt/{item}/" for item in laid["items"]]

    def write(self, text: str) -> None:
        """Save a new paragraph. Raises RuntimeError where it is not acknowledged."""
        told = {"id": str(uuid4()), "kind": "text", "text": text, "version": "0"}
        answer = self.browser.post(f"{self.items[0]}gem/", {"Accept": "application/json"}, **told).json()
        if answer.get("version") != 1:
            raise RuntimeError(f"not saved: {answer}")

    def finish(self) -> None:
        """All that stands before the end: every item has an outcome and is read out."""
        for item in self.items:
            self.browser.post(f"{item}udfald/", outcome="noted", actor="committee")
        self.browser.post(f"{self.path}oplaesning/")
        for item in self.items:
            self.browser.post(f"{item}laest/")

    def smallest(self) -> float:
        """How long the smallest page takes, in seconds."""
        start = time.perf_counter()
        requests.get(f"{self.browser.address}/health", timeout=PATIENCE)
        return time.perf_counter() - start


class Screens:
    """Those who follow, a line for each login; when each was told."""

    def __init__(self, server: Server, room: Room, logins: Sequence[str]) -> None:
        self.port, self.logins = server.port, logins
        self.head = f"GET {room.path}foelg/ HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nAccept: text/event-stream\r\n"
        self.open, self.told = threading.Semaphore(0), list[float]()
        self.door = asyncio.Semaphore(AT_THE_DOOR)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Screens:
        self.thread.start()
        for _ in self.logins:
            if not self.open.acquire(timeout=PATIENCE):
                raise RuntimeError("a screen could not follow")
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.following.cancel)
        self.thread.join()

    def _run(self) -> None:
        self.following = self.loop.create_task(self._follow_all())
        with contextlib.suppress(asyncio.CancelledError):
            self.loop.run_until_complete(self.following)
        self.loop.close()

    async def _follow_all(self) -> None:
        await asyncio.gather(*map(self._follow, self.logins))

    async def _follow(self, login: str) -> None:
        async with self.door:
            reader, writer = await asyncio.open_connection(HOST, self.port)
            writer.write(f"{self.head}Cookie: {cookies(login)}\r\n\r\n".encode())
            await reader.readuntil(b"retry:")
        self.open.release()
        while read := await reader.read(2**16):
            self.told += [time.perf_counter()] * read.count(b"id:")

    def until(self, count: int, start: float) -> list[float]:
        """Wait until each was told so many events: how long after `start` the last one, in seconds."""
        deadline = time.monotonic() + PATIENCE
        while len(self.told) < count * len(self.logins):
            if time.monotonic() > deadline:
                raise RuntimeError("a screen was not told")
            time.sleep(0.002)
        return [one - start for one in self.told[-len(self.logins) :]]


# --- the processes ---


@contextmanager
def served_workspace(folder: Path, ballots: int = BALLOTS, workers: int = 1) -> Iterator[Server]:
    """The sample's workspace with the hall, in which so many ballots are drafted, until the block ends; so many
    processes answer."""
    port = free_port()
    environment = os.environ | {
        "RAADSLAG_WORKSPACE": str(folder),
        "RAADSLAG_WORKSPACE_DATABASE": "",
        "RAADSLAG_WORKSPACE_ADDRESS": f"http://{HOST}:{port}",
        "DJANGO_SETTINGS_MODULE": "raadslag.workspace.settings",
    }
    command = [sys.executable, "-m", "raadslag.cli", "workspace"]
    subprocess.run([*command, "sample"], env=environment, stdout=subprocess.DEVNULL, check=True)
    filling = [sys.executable, "-m", "bench.meeting", str(ballots)]
    laid = json.loads(subprocess.run(filling, env=environment, stdout=subprocess.PIPE, check=True).stdout)
    process = subprocess.Popen(
        [*command, "serve", "--port", str(port), "--workers", str(workers)], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://{HOST}:{port}/health", PATIENCE)
        yield Server(port, process.pid, folder / "workspace.sqlite3", **laid)
    finally:
        process.terminate()
        process.wait(20)


def _fill(ballots: int) -> None:
    """Open the sample's fifth meeting, and one in a hall of three hundred with a ballot; tell their ids and logins."""
    import django

    django.setup()
    from datetime import timedelta

    from django.db import transaction
    from django.utils import timezone

    from raadslag.workspace.bodies import actions as bodies
    from raadslag.workspace.bodies.models import Membership, Role
    from raadslag.workspace.meetings import actions as meetings
    from raadslag.workspace.meetings.models import Meeting
    from raadslag.workspace.minutes import actions
    from raadslag.workspace.people.models import Person, User

    now = timezone.now()
    secretary = User.objects.get(email="sekretaer@example.org")
    told: Any = {"by": secretary, "at": now}
    fifth = Meeting.objects.select_related("organization__body").get(title="5. møde")
    since = fifth.organization.start
    hall = bodies.found(
        fifth.organization.body, name="Salen", classification="council", parent=None, seats=MEMBERS, start=since,
        end=None, **told,
    )  # fmt: skip
    bodies.appoint(hall, secretary.person, role=Role.SECRETARY, start=since, **told)
    people = Person.objects.bulk_create(
        Person(name=f"Prøve Person {number:03}", email=f"person{number}@example.org") for number in range(MEMBERS)
    )
    User.objects.bulk_create(User(email=one.email, person=one) for one in people)
    Membership.objects.bulk_create(
        Membership(organization=hall, person=one, role=Role.MEMBER, start=since) for one in people
    )
    start = now + timedelta(days=14)
    meeting = meetings.plan(hall, title="Salen", start=start, end=start + timedelta(hours=2), place="Salen", **told)
    meetings.add_item(meeting, title="Forslaget", access="open", minutes=10, **told)
    meetings.send_agenda(meeting, late_because="Prøve", **told)
    laid = {}
    with transaction.atomic():
        for name, one in (("committee", fifth), ("hall", meeting)):
            seated = one.invitations.filter(is_seated=True).select_related("person__user").order_by("pk")
            actions.open_meeting(one, [invitation.person_id for invitation in seated], **told)
            laid[name] = {
                "meeting": str(one.pk),
                "items": [str(item.pk) for item in one.items.filter(parent=None).order_by("order")],
                "secretary": _login(secretary),
                "members": [_login(invitation.person.user) for invitation in seated],
            }
    drafted = [
        actions.draft_ballot(meeting.items.get(), f"Forslag {number}", way="names", **told) for number in range(ballots)
    ]
    laid["hall"]["ballots"] = [str(one.pk) for one in drafted]
    print(json.dumps(laid))


def _login(user: Any) -> str:
    """The key of a session in which `user` has logged in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    _fill(int(sys.argv[1]))
