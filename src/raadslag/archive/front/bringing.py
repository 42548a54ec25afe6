"""What is brought: the intake's requests alone have a body, and it is counted, spooled to disk and soon forgotten."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from typing import BinaryIO, cast

from raadslag.archive.front.limiter import INTAKE_BURST, INTAKE_RATE
from raadslag.archive.front.messages import Message, Receive, Send, send_answer
from raadslag.archive.front.refusals import BUSY, BUSY_SECONDS, TOO_MANY, refused
from raadslag.archive.front.rendering import Busy, Rendering, Streamed
from raadslag.web.limiter import Limiter

INTAKE = "/intake"
METHODS = ("GET", "HEAD", "POST", "PUT")
LARGEST_BODY = 110 * 2**20
AT_ONCE = 8
_IN_MEMORY = 2**20
_PIECE_SECONDS = 30.0


class TooLarge(Exception):
    """The body has more bytes than is allowed."""


class Gone(Exception):
    """Who was sending has gone, or sends nothing more."""


def is_for_intake(path: str) -> bool:
    """Whether a request for `path` brings something, or asks after what was brought."""
    return path == INTAKE or path.startswith(f"{INTAKE}/")


class Intake:
    """Hands a request with its body to `view`: with a token, of bounded size, few at once, within a budget."""

    def __init__(
        self,
        view: Rendering,
        *,
        limiter: Limiter | None = None,
        largest: int = LARGEST_BODY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._view, self._largest, self._clock = view, largest, clock
        self._limiter = Limiter(INTAKE_RATE, INTAKE_BURST) if limiter is None else limiter
        self._inside = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request; nothing of it is kept."""
        client = scope.get("client")
        headers = dict(scope["headers"])
        if wait := self._limiter.take(client[0] if client else "", 1.0, self._clock()):
            return await _refuse(send, TOO_MANY, "Too many requests.", (b"retry-after", b"%d" % wait))
        if scope["method"] not in METHODS:
            return await _refuse(send, 405, "Not a way to bring.", (b"allow", ", ".join(METHODS).encode()))
        if b"authorization" not in headers:  # nobody without a token fills a disk
            return await _refuse(send, 401, "A token is missing.", (b"www-authenticate", b"Bearer"))
        if int(headers.get(b"content-length", b"0") or 0) > self._largest:
            return await self._refuse_large(send)
        if self._inside >= AT_ONCE:
            return await _refuse(send, BUSY, "Busy.", (b"retry-after", b"%d" % BUSY_SECONDS))
        self._inside += 1
        try:
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spooled:
                body = cast(BinaryIO, spooled)
                await self._collect(receive, body)
                made = await self._view({**scope, "root_path": ""}, body)
        except TooLarge:
            return await self._refuse_large(send)
        except Busy:
            return await _refuse(send, BUSY, "Busy.", (b"retry-after", b"%d" % BUSY_SECONDS))
        except Gone:
            return await _refuse(send, 408, "The request did not come to an end.")
        finally:
            self._inside -= 1
        if isinstance(made, Streamed):
            raise TypeError("the intake answers whole")
        return await send_answer(send, made, is_head=scope["method"] == "HEAD")

    async def _collect(self, receive: Receive, body: BinaryIO) -> None:
        size, is_more = 0, True
        while is_more:
            try:
                message = await asyncio.wait_for(receive(), _PIECE_SECONDS)
            except TimeoutError:
                raise Gone from None
            if message["type"] != "http.request":
                raise Gone
            piece = message.get("body", b"")
            size += len(piece)
            if size > self._largest:
                raise TooLarge
            await asyncio.to_thread(body.write, piece) if size > _IN_MEMORY else body.write(piece)
            is_more = message.get("more_body", False)
        body.seek(0)

    async def _refuse_large(self, send: Send) -> None:
        words = f"At most {self._largest // 2**20} MB."
        await _refuse(send, 413, words, (b"connection", b"close"))


async def _refuse(send: Send, status: int, words: str, *headers: tuple[bytes, bytes]) -> None:
    await send_answer(send, refused(status, f"{words}\n", *headers))
