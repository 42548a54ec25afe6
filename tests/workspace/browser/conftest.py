"""The whole workspace as it is run: pages, background work and a mail server, and a browser for each person."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page

from tests import migrated

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60  # seconds until it serves, on a busy machine
TABLET = {"width": 768, "height": 1024}
SAMPLE = ("raadslag.cli", "workspace", "sample")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder drives a browser, against a server of its own."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Post:
    """A mail server that keeps what it is brought."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # aiosmtpd's name
        """Take one mail."""
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 taken"

    def wait_for(self, to: str, words: str) -> EmailMessage:
        """The newest mail to that address with these words in its subject; waited for."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for mail in reversed(self.mails):
                if to in str(mail["To"]) and words in str(mail["Subject"]):
                    return mail
            time.sleep(0.1)
        raise AssertionError(f"no mail to {to} about {words!r}: {[(m['To'], m['Subject']) for m in self.mails]}")


class Work(NamedTuple):
    """A workspace that runs: its address, the links of its people, its mails, its command, any module in its
    environment, and its processes: the one that serves and the one that works; `restart` starts one of them again."""

    address: str
    links: dict[str, str]
    post: Post
    run: Callable[..., subprocess.CompletedProcess[str]]
    module: Callable[..., subprocess.CompletedProcess[str]]
    servers: list[subprocess.Popen[bytes]]
    restart: Callable[..., None]


@contextmanager
def _database() -> Iterator[str]:
    """A database of its own where `DATABASE_URL` names a PostgreSQL; empty for SQLite in the data folder."""
    server = os.environ.get("DATABASE_URL", "")
    if not server:
        yield ""
        return
    import psycopg

    name = f"browser_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield server.replace("/postgres?", f"/{name}?")
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


_SAMPLES: dict[str, tuple[Path, str, str]] = {}  # host → a workspace with the sample, its address, what was told


def _sample(data: Path, address: str, fill: Callable[[], str]) -> str:
    """Put the sample into the folder `data`, and tell what the command tells: it is made once in each process of the
    tests, then copied. Mails that wait name the address."""
    host = address.rpartition(":")[0]
    if host not in _SAMPLES:
        migrated.lay(data)
        told = fill()
        kept = Path(tempfile.mkdtemp(prefix="raadslag-"))
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
        shutil.copytree(data, kept / "workspace")
        _SAMPLES[host] = kept / "workspace", address, told
        return told
    kept, before, told = _SAMPLES[host]
    shutil.copytree(kept, data, dirs_exist_ok=True)
    named = before.removeprefix("http://"), address.removeprefix("http://")
    with closing(sqlite3.connect(data / "workspace.sqlite3")) as database, database:
        for column in ("body", "calendar", "reply_to"):
            database.execute(f"UPDATE mail_mail SET {column} = replace({column}, ?, ?)", named)  # noqa: S608
    return told.replace(before, address)


@contextmanager
def running(
    data: Path, host: str = "127.0.0.1", *, clock: Path | None = None, filled_by: Sequence[str] = SAMPLE,
    archive: tuple[str, str] = ("", ""),
) -> Iterator[Work]:  # fmt: skip
    """The workspace in the folder `data`, served on loopback with its background work.

    It holds the sample, or what the module `filled_by` puts there; its clock is the machine's, or stands in the file
    `clock` (see `clocked`). `archive` is the address of one that takes in what is released, and a token.
    """
    start = [sys.executable, "-m", *(["tests.workspace.browser.clocked", str(clock)] if clock else [])]
    port = _free_port()
    address = f"http://{host}:{port}"
    post = Post()
    mail = Controller(post, hostname="127.0.0.1", port=_free_port())
    mail.start()
    try:
        with _database() as database:
            environment = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "raadslag.workspace.settings",
                "RAADSLAG_WORKSPACE": str(data),
                "RAADSLAG_WORKSPACE_DATABASE": database,
                "RAADSLAG_WORKSPACE_ADDRESS": address,
                "RAADSLAG_MAIL": f"smtp://{mail.hostname}:{mail.port}",
                "RAADSLAG_MAIL_FROM": "raadslag@proeve.example",
                "RAADSLAG_ARCHIVE": archive[0],
                "RAADSLAG_ARCHIVE_TOKEN": archive[1],
            }

            def run(*arguments: str, given: bytes | None = None) -> subprocess.CompletedProcess[str]:
                return made("raadslag.cli", *arguments, given=given)

            def made(*arguments: str, given: bytes | None = None) -> subprocess.CompletedProcess[str]:
                done = subprocess.run(
                    [*start, *arguments], env=environment, cwd=ROOT, input=given, capture_output=True, check=True
                )
                return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), "")

            if filled_by == SAMPLE and not (database or clock):
                told = _sample(data, address, lambda: made(*filled_by).stdout)
            else:
                if not database:
                    migrated.lay(data)
                told = made(*filled_by).stdout
            links = {
                line.rpartition("http")[0].strip(): line.split()[-1] for line in told.splitlines() if "/ind/" in line
            }
            serve = [*start, "raadslag.cli", "workspace", "serve", "--port", str(port)]
            work = [*start, "raadslag.cli", "workspace", "work"]
            servers = [
                subprocess.Popen(one, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL) for one in (serve, work)
            ]

            def restart(which: int = 0) -> None:
                command = (serve, work)[which]
                servers[which] = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
                if which == 0:
                    _wait_for(f"{address}/health", servers[0])

            try:
                _wait_for(f"{address}/health", servers[0])
                yield Work(address, links, post, run, made, servers, restart)
            finally:
                for one in servers:
                    one.terminate()
                for one in servers:
                    one.wait(20)
    finally:
        mail.stop()


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended before it answered"
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  # our own server on loopback
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"{address} did not answer within {PATIENCE} s")


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    """The sample at work, shared by the tests that change nothing which others look at."""
    with running(tmp_path_factory.mktemp("workspace")) as one:
        yield one


@pytest.fixture(scope="session")
def base_url(work: Work) -> str:
    """What addresses in `page.goto` are relative to."""
    return work.address


class People:
    """A browser for each person of a workspace, logged in once by a link."""

    def __init__(self, browser: Browser, work: Work) -> None:
        self._browser, self._work = browser, work
        self._states: dict[str, Any] = {}
        self._open: list[BrowserContext] = []

    def __call__(self, name: str, **options: Any) -> Page:
        """A page of that person; `options` are those of a browser context."""
        if name not in self._states:
            first = self._browser.new_context(locale="da-DK")
            page = first.new_page()
            page.goto(self._work.links[name])
            page.get_by_role("main").get_by_role("button", name="Log ind").click()
            page.wait_for_url(f"{self._work.address}/")
            self._states[name] = first.storage_state()
            first.close()
        context = self._browser.new_context(
            storage_state=self._states[name], base_url=self._work.address, locale="da-DK", **options
        )
        self._open.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    def close(self) -> None:
        """Close the browsers that were opened."""
        while self._open:
            self._open.pop().close()


@pytest.fixture(scope="session")
def _people(browser: Browser, work: Work) -> People:
    return People(browser, work)


@pytest.fixture
def person(_people: People) -> Iterator[People]:
    """Gives a page of a person of the shared workspace."""
    yield _people
    _people.close()
