"""Connections that are not waited for: who sends no request, or reads no answer, is hung up on."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0  # for a whole head, from the connection or from the last answer on
READING_SECONDS = 60.0  # without taking anything of an answer
LARGEST_HEAD = 32 * 2**10  # bytes
MOST_CONNECTIONS = 2000  # of one process; whoever comes later is answered 503


class Hurried(HttpToolsProtocol):
    """Uvicorn's connection with a clock for the head of a request and one for the reading of its answer.

    Uvicorn has a clock for the pause between two requests alone: a thousand silent connections would keep all others
    out, and a head of any length would fill the memory.
    """

    _head: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clocks()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head is not None and self._head_bytes > LARGEST_HEAD:
            self._hang_up()

    def on_headers_complete(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self._await_head()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reading = self.loop.call_later(READING_SECONDS, self._hang_up)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _await_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
        self._head_bytes = 0
        self._head = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _stop_clocks(self) -> None:
        for clock in (self._head, self._reading):
            if clock is not None:
                clock.cancel()
        self._head = self._reading = None

    def _hang_up(self, *_: Any) -> None:
        if self.transport is not None:
            self.transport.abort()
