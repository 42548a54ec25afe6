"""The line itself: a WebSocket that a page of ours opened, by somebody who may write there."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

from raadslag.workspace.common.aside import apart
from raadslag.workspace.connections import LARGEST
from raadslag.workspace.products.writing import admission
from raadslag.workspace.products.writing.room import Line, rooms

A_SECOND = 60  # messages, and in a burst five times as many: nobody types as fast
_numbers = itertools.count(1)


class Pace:
    """How much a page may say."""

    def __init__(self) -> None:
        self._left, self._at = 5.0 * A_SECOND, time.monotonic()

    def allows(self) -> bool:
        """Whether one more message is taken."""
        now = time.monotonic()
        self._left = min(self._left + (now - self._at) * A_SECOND, 5.0 * A_SECOND) - 1
        self._at = now
        return self._left >= 0


async def serve(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    """Serve one line, from its opening to its end."""
    await receive()
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if not admission.is_from_here(headers):
        await send({"type": "websocket.close", "code": 1008})  # refused before it is opened
        return
    admitted = await apart(admission.admit, scope["path"], headers, next(_numbers))
    await send({"type": "websocket.accept"})
    if isinstance(admitted, int):
        await send({"type": "websocket.close", "code": admitted})
        return
    line = Line(admitted.who)
    sending = asyncio.create_task(_send(line, send))
    room = rooms().of(admitted.element)
    pace = Pace()
    try:
        await rooms().enter(room, line)
        while (message := await receive())["type"] == "websocket.receive":
            data = message.get("bytes") or b""
            if line.code == 1000:
                if not pace.allows():
                    line.close(admission.TOO_MUCH)
                    continue
                try:
                    if len(data) > LARGEST:
                        raise ValueError("too large")
                    room.hear(line, data)
                except ValueError:
                    line.close(admission.UNREADABLE)
    finally:
        await rooms().leave(room, line)
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await sending


async def _send(line: Line, send: Callable[[Any], Awaitable[None]]) -> None:
    while (message := await line.told.get()) is not None:
        await send({"type": "websocket.send", "bytes": message})
    await send({"type": "websocket.close", "code": line.code})
