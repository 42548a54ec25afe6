"""What is said on a line, in the words of y-protocols: a kind, and what follows.

Of our own is `KEPT`: how many of a page's updates are committed, so that it knows what it need not keep itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

SYNC, AWARENESS, KEPT = 0, 1, 2
STATE, MISSING, UPDATE = 0, 1, 2
"""Of `SYNC`: what one knows, what the other misses of it, and what is new."""

NOTHING = b"\x00\x00"  # an update that tells nothing
_LARGEST = 2**53


class Present(NamedTuple):
    """A page that shows the text: the number that Yjs gave it, the number of this word on it, and the word, as JSON."""

    client: int
    clock: int
    state: str


def number(told: int) -> bytes:
    """A number, in as many bytes as it needs."""
    some = bytearray()
    while told > 127:
        some.append(128 | (told & 127))
        told >>= 7
    some.append(told)
    return bytes(some)


def sync(what: int, data: bytes) -> bytes:
    """A message of `SYNC`."""
    return bytes((SYNC, what)) + number(len(data)) + data


def kept(count: int) -> bytes:
    """That so many updates are committed."""
    return bytes((KEPT,)) + number(count)


def awareness(some: Iterable[Present]) -> bytes:
    """Who is there, and where."""
    told = list(some)
    data = number(len(told)) + b"".join(
        number(one.client) + number(one.clock) + number(len(one.state.encode())) + one.state.encode() for one in told
    )
    return bytes((AWARENESS,)) + number(len(data)) + data


class Reader:
    """Reads a message from its start. Raises ValueError where it is none."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def number(self) -> int:
        """A number."""
        told, shift = 0, 0
        while True:
            if self._at >= len(self._data) or told >= _LARGEST:
                raise ValueError("no number")
            byte = self._data[self._at]
            self._at += 1
            told |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return told

    def bytes(self) -> bytes:
        """Bytes, of which the length is told first."""
        length = self.number()
        told = self._data[self._at : self._at + length]
        if len(told) < length:
            raise ValueError("cut short")
        self._at += length
        return told

    def present(self) -> list[Present]:
        """Those of a message of `AWARENESS`."""
        inner = Reader(self.bytes())
        return [Present(inner.number(), inner.number(), inner.bytes().decode()) for _ in range(inner.number())]


def named(state: str, name: str) -> str:
    """What a page tells of itself, under the name of who is logged in, whatever it says itself. Raises ValueError."""
    told = json.loads(state)
    if told is None:
        return "null"
    cursor = told.get("cursor") if isinstance(told, dict) else None
    return json.dumps({"user": {"name": name}, "cursor": cursor if _is_cursor(cursor) else None})


def _is_cursor(cursor: Any) -> bool:
    return isinstance(cursor, dict) and set(cursor) == {"anchor", "head"}
