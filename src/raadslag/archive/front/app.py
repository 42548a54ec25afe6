"""The front itself: every request passes here, and most are answered from memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from raadslag.archive.front import bringing
from raadslag.archive.front.counting import Counts
from raadslag.archive.front.kept import SEARCHES_BYTES, Kept, Memory, finished, is_data, may_be_kept
from raadslag.archive.front.limiter import BURST, KEPT, RATE, cost_of
from raadslag.archive.front.messages import Answer, Asked, Message, Receive, Send, asked_of, send_answer
from raadslag.archive.front.refusals import BUSY, BUSY_SECONDS, TOO_MANY, not_now, preflight, refused
from raadslag.archive.front.rendering import Busy, Made, Rendering, Streamed, scope_of
from raadslag.archive.front.watching import Seen, Watcher
from raadslag.web.limiter import Limiter

LENGTH = b"content-length"
HEALTH, PAPER = "/health", ".pdf"
# The index follows the database by a moment of its own, which the revision does not tell.
SEARCH_SECONDS = 10.0
_ALLOW = (b"allow", b"GET, HEAD")


class Front:
    """An ASGI application before the pages.

    `pages` makes what is not in `memory`; `papers`, which take long to set, and `health` have lines of their own.
    `assets` has the static files by path, `intake` takes what is brought. `shown_by` tells which records an answer
    gives out, by its path and body; `counts` counts them. `clock` is any steady clock in seconds.
    """

    def __init__(
        self,
        pages: Rendering,
        papers: Rendering,
        health: Rendering,
        intake: bringing.Intake,
        watcher: Watcher,
        assets: Callable[[str], Kept | None],
        *,
        limiter: Limiter | None = None,
        memory: Memory | None = None,
        searches: Memory | None = None,
        shown_by: Callable[[str, bytes], tuple[str, ...]] = lambda path, body: (),
        counts: Counts | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pages, self._papers, self._health, self._intake = pages, papers, health, intake
        self._watcher, self._assets, self._clock = watcher, assets, clock
        self._limiter = Limiter(RATE, BURST) if limiter is None else limiter
        # Of addresses with a question there is no end: they must not push the pages out.
        self._memory = Memory() if memory is None else memory
        self._searches = Memory(SEARCHES_BYTES) if searches is None else searches
        self._shown_by, self._counts = shown_by, counts
        self._making: dict[object, asyncio.Task[Kept | Streamed]] = {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request; follow the server's start and stop."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            if bringing.is_for_intake(scope["path"]):
                await self._intake(scope, receive, send)
            else:
                await self._answer(asked_of(scope), send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] != "lifespan.shutdown":
            if message["type"] == "lifespan.startup":
                self._watcher.start()
                if self._counts:
                    self._counts.start()
                await send({"type": "lifespan.startup.complete"})
        self._watcher.stop()
        if self._counts:
            await asyncio.to_thread(self._counts.stop)
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, asked: Asked, send: Send) -> None:
        is_head = asked.method == "HEAD"
        if wait := self._limiter.take(asked.client, KEPT, self._clock()):
            return await send_answer(send, not_now(TOO_MANY, asked.path, wait), is_head=is_head)
        if asked.method not in ("GET", "HEAD"):
            return await send_answer(send, _not_reading(asked))
        if asset := self._assets(asked.path):
            return await send_answer(send, asset.to(asked), is_head=is_head)
        seen = self._watcher.seen()
        if kept := self._known(asked, seen):
            return await send_answer(send, self._given(kept, asked), is_head=is_head)
        if wait := self._limiter.take(asked.client, cost_of(asked.path), self._clock()):
            return await send_answer(send, not_now(TOO_MANY, asked.path, wait), is_head=is_head)
        try:
            made = await self._made(asked, seen)
        except Busy:
            return await send_answer(send, not_now(BUSY, asked.path, BUSY_SECONDS), is_head=is_head)
        if isinstance(made, Kept):
            return await send_answer(send, self._given(made, asked), is_head=is_head)
        return await self._stream(made, asked, send)

    def _given(self, kept: Kept, asked: Asked) -> Answer:
        """What is answered, counted where it gives anything out: not the one who has it already, nor only its head."""
        answer = kept.to(asked)
        if self._counts and answer.status == 200 and asked.method == "GET":
            self._counts.count(asked.path, kept.shows)
        return answer

    def _known(self, asked: Asked, seen: Seen | None) -> Kept | None:
        return self._memory_of(asked).get(asked.key, seen, self._clock()) if seen else None

    def _memory_of(self, asked: Asked) -> Memory:
        return self._searches if asked.query else self._memory

    async def _made(self, asked: Asked, seen: Seen | None) -> Kept | Streamed:
        """The answer, made once for all who ask for it meanwhile in the same world."""
        pages = self._papers if asked.path.endswith(PAPER) else self._pages
        if asked.path == HEALTH:
            pages, seen = self._health, None
        place = (asked.key, seen)
        task = self._making.get(place)
        is_first = task is None
        if task is None:
            task = self._making[place] = asyncio.create_task(self._make(asked, seen, pages))
            task.add_done_callback(lambda _: self._making.pop(place, None))
        made = await asyncio.shield(task)
        if isinstance(made, Streamed) and not is_first:  # one answer that is read once cannot go to two
            return await self._make(asked, seen, pages)
        return made

    async def _make(self, asked: Asked, seen: Seen | None, pages: Rendering) -> Kept | Streamed:
        is_search = "/soeg/" in asked.path
        modified = seen.modified if seen and not is_search else b""
        until = self._clock() + SEARCH_SECONDS if is_search else None

        def finish(made: Made) -> Kept | Streamed:
            if isinstance(made, Streamed):
                told = Answer(made.status, made.headers)
                shows = self._shown_by(asked.path, b"") if made.status == 200 else ()
                return replace(made, told=finished(told, asked.path, modified=modified, shows=shows))
            shows = self._shown_by(asked.path, made.body) if made.status == 200 else ()
            return finished(made, asked.path, modified=modified, valid_for=seen, until=until, shows=shows)

        kept: Kept | Streamed = await pages(scope_of(asked), finish=finish)
        if seen and isinstance(kept, Kept) and may_be_kept(kept):
            self._memory_of(asked).put(asked.key, kept)
        return kept

    async def _stream(self, made: Streamed, asked: Asked, send: Send) -> None:
        told = self._given(made.told, asked) if made.told else Answer(made.status, made.headers)
        lengths = tuple(pair for pair in made.headers if pair[0] == LENGTH and told.status == made.status)
        headers = (*(pair for pair in told.headers if pair[0] != LENGTH), *lengths)
        is_bare = asked.method == "HEAD" or told.status != made.status
        try:
            await send({"type": "http.response.start", "status": told.status, "headers": headers})
            while not is_bare and (piece := await self._pages.piece_of(made)) is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await self._pages.close(made)


def _not_reading(asked: Asked) -> Answer:
    if asked.method == "OPTIONS" and is_data(asked.path):
        return preflight()
    return refused(405, "Only GET and HEAD.\n", _ALLOW)
