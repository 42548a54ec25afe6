"""A part of a product in which many write at once: the processes that serve it, and pages that speak as a browser does.

As a module it lays the rows (`fill N`), tells what became of them (`told`), and does what others do meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pycrdt import XmlElement, XmlFragment, XmlText
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from raadslag.workspace.products.writing import messages
from raadslag.workspace.products.writing.blocks import write
from raadslag.workspace.products.writing.documents import FIELD, apply, blocks_of, document
from tests import migrated

from .browser.conftest import ROOT, _database, _free_port, _wait_for

TEXT = "Ensomhed er **ikke** et valg.\n\n- Beboerne\n- Foreningerne"
PATIENCE = 20


@dataclass
class House:
    """The processes that serve one workspace, and what was laid into it."""

    address: str
    ports: list[int]
    servers: list[subprocess.Popen[bytes]]
    environment: dict[str, str]
    laid: dict[str, Any]
    workers: int

    def run(self, *arguments: str) -> Any:
        """What this module answers."""
        return _run(self.environment, *arguments)

    def told(self) -> dict[str, Any]:
        """What the part says, its savings, and how many shared texts there are."""
        told: dict[str, Any] = self.run("told")
        return told

    def start(self, which: int) -> None:
        """Serve again on that port."""
        self.servers[which] = _served(self.ports[which], self.environment, self.workers)
        _wait_for(f"http://127.0.0.1:{self.ports[which]}/health", self.servers[which])

    def page(self, number: int, kind: type[Page] | None = None, **more: Any) -> Page:
        """The page of the writer of that number, at one process or the other."""
        given = {"port": self.ports[number % len(self.ports)], "session": self.laid["sessions"][number], **more}
        return (kind or Page)(self.address, self.laid["path"], **given)


def _run(environment: dict[str, str], *arguments: str) -> Any:
    command = [sys.executable, "-m", "tests.workspace.shared", *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout or "null")


def _served(port: int, environment: dict[str, str], workers: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "raadslag.cli", "workspace", "serve", "--port", str(port)]
    command += ["--workers", str(workers)]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)


@contextmanager
def house(data: Path, people: int, processes: int = 2, workers: int = 1) -> Iterator[House]:
    """So many writers, and the processes that serve them until the block ends: each at a port of its own, or, as
    `workers`, at the same."""
    ports = [_free_port() for _ in range(processes)]
    address = f"http://127.0.0.1:{ports[0]}"
    with _database() as database:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "raadslag.workspace.settings", "RAADSLAG_WORKSPACE": str(data),
            "RAADSLAG_WORKSPACE_DATABASE": database, "RAADSLAG_WORKSPACE_ADDRESS": address,
        }  # fmt: skip
        if not database:
            migrated.lay(data)
        laid = _run(environment, "fill", str(people))
        servers = [_served(port, environment, workers) for port in ports]
        one = House(address, ports, servers, environment, laid, workers)
        try:
            for port, server in zip(ports, one.servers, strict=True):
                _wait_for(f"http://127.0.0.1:{port}/health", server)
            yield one
        finally:
            for server in one.servers:
                server.terminate()
            for server in one.servers:
                server.wait(20)


@dataclass
class Page:
    """A page that writes: its own document, what it was told, and how much of its own is confirmed."""

    address: str
    path: str
    port: int
    session: str
    name: str = "ingen"
    doc: Any = field(default_factory=document)
    origin: str | None = None
    sent = kept = 0
    is_in_sync = False
    code = 0
    line: ClientConnection | None = None
    early = 0  # updates that came before the page was in sync

    async def open(self) -> Page:
        """Open the line, and be in sync."""
        self.line = await connect(
            f"ws://127.0.0.1:{self.port}{self.path}", origin=self.origin or self.address,  # type: ignore[arg-type]
            additional_headers={"Cookie": f"raadslag={self.session}"}, max_size=None,
        )  # fmt: skip
        self.sent = self.kept = self.code = 0
        self.present: dict[int, Any] = {}
        self.is_in_sync = False
        self.reading = asyncio.create_task(self._read(self.line))
        await self.say(messages.sync(messages.STATE, self.doc.get_state()))
        with suppress(AssertionError):
            await self.until(lambda: self.is_in_sync or self.code)
        return self

    async def _read(self, line: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for message in line:
                await self._hear(messages.Reader(message))  # type: ignore[arg-type]
        self.code = line.close_code or 1006

    async def _hear(self, told: messages.Reader) -> None:
        match told.number():
            case messages.SYNC:
                what, data = told.number(), told.bytes()
                if what == messages.STATE:
                    missing = self.doc.get_update(data)
                    if missing != messages.NOTHING:
                        await self.tell(missing)
                    return
                self.early += what == messages.UPDATE and not self.is_in_sync
                apply(self.doc, data)
                self.is_in_sync = True
            case messages.KEPT:
                self.kept = told.number()
            case messages.AWARENESS:
                self.present |= {one.client: json.loads(one.state) for one in told.present()}

    async def say(self, message: bytes) -> None:
        """Send, if there is a line."""
        with suppress(ConnectionClosed):
            assert self.line
            await self.line.send(message)

    async def tell(self, update: bytes) -> None:
        """Send what was written; without a line it stays here."""
        if self.line and not self.code:
            self.sent += 1
            await self.say(messages.sync(messages.UPDATE, update))

    def paragraph(self) -> XmlText:
        """A new paragraph at the end, to write in."""
        with self.doc.transaction():
            children = self.doc.get(FIELD, type=XmlFragment).children
            children.append(XmlElement("paragraph"))
            inner = XmlText()
            children[len(children) - 1].children.append(inner)
        return inner

    async def write(self, text: str) -> None:
        """A paragraph at the end."""
        before = self.doc.get_state()
        self.paragraph().insert(0, text, {})
        await self.tell(self.doc.get_update(before))

    def text(self) -> str:
        """What it shows."""
        return write(blocks_of(self.doc))

    async def until(self, holds: Any, seconds: float = PATIENCE) -> None:
        """Wait until it holds."""
        end = asyncio.get_running_loop().time() + seconds
        while not holds():
            assert asyncio.get_running_loop().time() < end, "waited in vain"
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        """Hang up."""
        if self.line:
            await self.line.close()
            await self.reading


# --- in the workspace's own environment ---


def _fill(people: int) -> dict[str, Any]:
    from django.core.management import call_command
    from django.urls import reverse
    from django.utils import timezone

    from bench.meeting import _login
    from raadslag.workspace.products import actions
    from tests.workspace.conftest import World

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    now = timezone.now()
    world = World(now)
    told: dict[str, Any] = {"by": world["secretary"], "at": now}
    product = actions.begin(world.committee, "Trygge boligområder", **told)
    part = actions.add(product, kind="text", title="Ensomhed", text=TEXT, **told)
    group = world.found("Skrivegruppen", "writing", world.committee)
    actions.assign(part, group, [], **told)
    writers = [world.appoint(f"skriver{number}", "member", group) for number in range(people)]
    return {
        "path": reverse("products:together", args=[product.pk, part.pk]), "sessions": [_login(one) for one in writers],
        "reader": _login(world["member"]), "secretary": _login(world["secretary"]),
        "committee": world.committee.get_absolute_url(),
        "page": reverse("products:element", args=[product.pk, part.pk]),
    }  # fmt: skip


def _told() -> dict[str, Any]:
    from raadslag.workspace.products.models import Element, Shared

    part = Element.objects.get()
    rows = part.versions.prefetch_related("authors__person").select_related("change__group", "saved_by__person")
    savings = [
        {
            "text": row.text, "by": row.saved_by.person.name, "kind": row.change.kind, "change": row.change.name,
            "group": row.change.group and row.change.group.name,
            "authors": sorted(one.person.name for one in row.authors.all()),
        }
        for row in rows
    ]  # fmt: skip
    return {"text": part.text, "savings": savings, "shared": Shared.objects.count()}


def _do(what: str, *more: str) -> Any:
    from datetime import timedelta

    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from raadslag.workspace.bodies import actions as bodies
    from raadslag.workspace.bodies.models import Membership
    from raadslag.workspace.people.models import User
    from raadslag.workspace.products import actions
    from raadslag.workspace.products.models import Element, Product

    told: dict[str, Any] = {"by": User.objects.get(email="secretary@example.org"), "at": timezone.now()}
    part = Element.objects.select_related("product").get()
    match what:
        case "end":  # a seat in the group
            seat = Membership.objects.get(person__name=more[0])
            bodies.end_membership(seat, on=timezone.localdate() - timedelta(days=1), **told)
        case "log-out":
            Session.objects.filter(session_key=more[0]).delete()
        case "approve":
            Product.objects.update(state=Product.State.APPROVED)
            actions.begin(part.product.organization, "Et andet", **told)
        case "freeze":
            version = actions.freeze(part.product, more[0], **told)
            return version.decoded().elements[0].text
        case "save":  # after having seen what was written
            part = actions.take_in(part, at=timezone.now())
            actions.write(part, title=part.title, text=more[0], version=part.version, **told)
    return None


if __name__ == "__main__":
    import django

    django.setup()
    what, *more = sys.argv[1:]
    answer = _fill(int(more[0])) if what == "fill" else _told() if what == "told" else _do(what, *more)
    sys.stdout.write(json.dumps(answer))
