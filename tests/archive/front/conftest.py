"""A front before pages of the test's own: what they answer, how often they are asked, what the world is at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from raadslag.archive.front.app import Front
from raadslag.archive.front.bringing import Intake
from raadslag.archive.front.messages import Answer
from raadslag.archive.front.rendering import Rendering
from raadslag.archive.front.watching import Seen, Watcher
from tests import loops

TEXT = b"<p>Torvet</p>" * 100
NIGHT = b"Mon, 09 Apr 2018 22:00:00 GMT"


class Told(NamedTuple):
    """An answer as it was sent."""

    status: int
    headers: dict[str, str]
    body: bytes


class Site:
    """Pages that answer TEXT until told otherwise, behind a front; `asked` are the requests that came through."""

    def __init__(self, **parts: Any) -> None:
        self.asked: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        self.text = TEXT
        self.headers: dict[bytes, bytes] = {}
        self.status = 200
        self.now = 1000.0
        self.seen: Seen | None = Seen(1, "2018-04-10", NIGHT)
        self.watcher = Watcher(self._look, clock=lambda: self.now)
        self.watcher.look_once()
        rendering = parts.pop("rendering", None) or Rendering(self._make)
        options = {"largest": parts.pop("largest")} if "largest" in parts else {}
        intake = Intake(rendering, clock=lambda: self.now, **options)
        assets = parts.pop("assets", lambda path: None)
        self.front = Front(
            rendering, rendering, rendering, intake, self.watcher, assets, clock=lambda: self.now, **parts
        )

    def _look(self) -> Seen:
        if self.seen is None:
            raise OSError("the database is silent")
        return self.seen

    def _make(self, scope: Any, body: Any) -> Any:
        self.asked.append(scope)
        self.bodies.append(body.read())
        known = {b"content-type": b"text/html; charset=utf-8", b"cache-control": b"no-cache"}
        known[b"etag"] = b'"%b"' % hashlib.sha256(self.text).hexdigest()[:16].encode()
        return Answer(self.status, tuple((known | self.headers).items()), self.text)

    def change(self, seen: Seen | None) -> None:
        """The world moves, and is looked at."""
        self.seen = seen
        self.watcher.look_once()

    def ask(self, target: str = "/proeve/", method: str = "GET", body: bytes = b"", **headers: str) -> Told:
        """The answer to one request."""
        return loops.run(self.ask_within(target, method, body, **headers))

    async def ask_within(self, target: str, method: str = "GET", body: bytes = b"", **headers: str) -> Told:
        """As `ask`, where a loop runs already."""
        path, _, query = target.partition("?")
        client = headers.pop("client", "192.0.2.1")
        named = {"host": "localhost"} | {name.replace("_", "-"): value for name, value in headers.items()}
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
            "client": (client, 1),
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.front(scope, receive, send)
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Told(sent[0]["status"], told, b"".join(message["body"] for message in sent[1:]))


@pytest.fixture
def make_site() -> Callable[..., Site]:
    """Makes a site with parts of the test's choice."""
    return Site


@pytest.fixture
def site() -> Site:
    """A site as it is."""
    return Site()
