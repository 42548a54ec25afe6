"""Pages made by Django: few at once, each thread with a database connection that it keeps.

Django's own way for ASGI gives each request a thread, and each thread its own new connection.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeAlias

from django.core import signals
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.urls import set_script_prefix

from raadslag.archive.front.kept import Kept
from raadslag.archive.front.messages import Answer, Asked, Headers, Message

THREADS = 2
WAITING = 32
PATIENCE = 2.0  # seconds in which a place must come free


class Busy(Exception):
    """All hands are full and enough others wait."""


@dataclass(frozen=True)
class Streamed:
    """An answer that is read piece by piece, such as a large file. `close` when it is no longer read.

    `told` is what its headers are in the end, and whether who asks has it already.
    """

    status: int
    headers: Headers
    pieces: Iterator[bytes]
    close: Callable[[], None]
    told: Kept | None = None


Made: TypeAlias = Answer | Streamed
Make: TypeAlias = Callable[[Message, BinaryIO], Made]
Finish: TypeAlias = Callable[[Made], Any]


class Rendering:
    """Calls `make` in at most `threads` threads; `waiting` more wait, each no longer than `patience` seconds."""

    def __init__(self, make: Make, threads: int = THREADS, waiting: int = WAITING, patience: float = PATIENCE) -> None:
        self._make = make
        self._places = asyncio.Semaphore(threads)
        self._most, self._inside, self._patience = threads + waiting, 0, patience
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="pages")

    async def __call__(self, scope: Message, body: BinaryIO | None = None, finish: Finish = lambda made: made) -> Any:
        """What `finish`, called in the same thread, makes of the answer to a request.

        Raises Busy, at once or after `patience`, where it cannot be made.
        """
        if self._inside >= self._most:
            raise Busy
        self._inside += 1
        try:
            try:
                await asyncio.wait_for(self._places.acquire(), self._patience)
            except TimeoutError:
                raise Busy from None
            try:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._threads, self._called, scope, body or io.BytesIO(), finish)
            finally:
                self._places.release()
        finally:
            self._inside -= 1

    def _called(self, scope: Message, body: BinaryIO, finish: Finish) -> Any:
        return finish(self._make(scope, body))

    async def piece_of(self, streamed: Streamed) -> bytes | None:
        """The next piece of an answer, read in the same threads; None after the last."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, next, streamed.pieces, None)

    async def close(self, streamed: Streamed) -> None:
        """Let go of an answer, whether it was read to its end or not."""
        await asyncio.get_running_loop().run_in_executor(self._threads, streamed.close)


class Pages(BaseHandler):
    """Django, called in the thread that it is called in."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()

    def __call__(self, scope: Message, body: BinaryIO) -> Made:
        """The answer to the request of an ASGI scope."""
        set_script_prefix("/")
        signals.request_started.send(sender=self.__class__, scope=scope)
        request = ASGIRequest(scope, body)
        response: Any = self.get_response(request)
        response._handler_class = self.__class__
        headers = _headers_of(response)
        if response.streaming:
            return Streamed(response.status_code, headers, iter(response), response.close)
        answer = Answer(response.status_code, headers, response.content)
        response.close()
        return answer


def scope_of(asked: Asked) -> Message:
    """What pages hear of a request to read: its address, host and scheme, and nothing of who asks."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": asked.scheme,
        "path": asked.path,
        "raw_path": asked.raw_path,
        "query_string": asked.query,
        "root_path": "",
        "headers": [(b"host", asked.host)],
        "client": None,
        "server": None,
    }


def _headers_of(response: HttpResponse) -> Headers:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    cookies = [(b"set-cookie", cookie.output(header="").strip().encode()) for cookie in response.cookies.values()]
    return (*headers, *cookies)
