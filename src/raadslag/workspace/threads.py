"""Requests answered in a few threads, each with a database connection that it keeps.

Django's own way for ASGI gives each request a thread, and each thread its own new connection, both for as long as the
answer takes: hundreds where everybody votes at the same moment, and for hours those of who follow a meeting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import ThreadSensitiveContext

P = ParamSpec("P")
R = TypeVar("R")
COUNT = 8


class Threads:
    """An ASGI application whose synchronous work is done in `count` threads, all that one request needs in the same."""

    def __init__(self, application: Callable[..., Any], count: int = COUNT) -> None:
        self._application = application
        self._threads = [_Thread() for _ in range(count)]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async with ThreadSensitiveContext(executor=_Request(self._threads)):
            await self._application(scope, receive, send)


class _Thread(ThreadPoolExecutor):
    """One thread, and what it has not done yet."""

    def __init__(self) -> None:
        super().__init__(max_workers=1, thread_name_prefix="requests")
        self.waiting: set[Future[Any]] = set()

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        future = super().submit(fn, *args, **kwargs)
        self.waiting.add(future)
        future.add_done_callback(self.waiting.discard)
        return future


class _Request(Executor):
    """What one request has done: in the thread that had least to do when it began. One that streams keeps none."""

    def __init__(self, threads: Sequence[_Thread]) -> None:
        self._threads = threads
        self._mine: _Thread | None = None

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        if self._mine is None:
            self._mine = min(self._threads, key=lambda one: len(one.waiting))
        return self._mine.submit(fn, *args, **kwargs)
