"""A request and an answer as plain values, read from ASGI's messages and sent as such."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]
Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]

_READ = frozenset((b"host", b"accept-encoding", b"if-none-match", b"if-modified-since"))


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. The names of headers are in small letters."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: bytes) -> bytes | None:
        """The header's value; None where there is none."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks: everything of it that an answer may depend on.

    `none_match` and `modified_since` are the headers of those names, None where they are missing. `client` is the
    address that the limiter knows it by; it goes no further.
    """

    method: str
    path: str
    raw_path: bytes
    query: bytes
    scheme: str
    host: bytes
    takes_gzip: bool
    none_match: bytes | None
    modified_since: bytes | None
    client: str = field(repr=False)

    @property
    def key(self) -> tuple[str, bytes, bytes, bytes]:
        """What two requests share that are for the same answer."""
        return self.scheme, self.host, self.raw_path, self.query


def asked_of(scope: Message) -> Asked:
    """The request of an ASGI scope."""
    headers = {name: value for name, value in scope["headers"] if name in _READ}
    client = scope.get("client")
    return Asked(
        method=scope["method"],
        path=scope["path"],
        raw_path=scope.get("raw_path") or scope["path"].encode(),
        query=scope.get("query_string", b""),
        scheme=scope.get("scheme", "http"),
        host=headers.get(b"host", b"").lower(),
        takes_gzip=takes_gzip(headers.get(b"accept-encoding", b"")),
        none_match=headers.get(b"if-none-match"),
        modified_since=headers.get(b"if-modified-since"),
        client=client[0] if client else "",
    )


@lru_cache(maxsize=256)
def takes_gzip(accepted: bytes) -> bool:
    """Whether the header Accept-Encoding allows gzip. Source: RFC 9110, 12.5.3."""
    weights = {}
    for part in accepted[:1000].decode("latin-1").lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((value[2:] for value in parameters if value.startswith("q=")), "1")
        weights[coding] = weight.strip("0.") != ""
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", False)))


async def send_answer(send: Send, answer: Answer, *, is_head: bool = False) -> None:
    """Send a whole answer; its headers alone where `is_head`."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": b"" if is_head else answer.body})
