"""Requests answered in a few threads, each with a database connection that it keeps.

Django's own way for ASGI gives each request a thread, and each thread its own new connection, both for as long as the
answer takes: hundreds where everybody votes at the same moment, and for hours those of who follow a meeting.

Of the threads two work at a time. More of them only take turns at the interpreter, and each turn costs: a hall that
votes waits twice as long with eight. One that has been at work for longer than pages take (it reads a file, say) is
not counted, so what is slow holds nobody up; nor is one that says that it is `waiting` for another.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import ThreadSensitiveContext

P = ParamSpec("P")
R = TypeVar("R")
COUNT = 16
AT_A_TIME = 2
LONG = 0.25
"""Seconds, after which another may begin beside what is still at work."""


_here = threading.local()


@contextmanager
def waiting() -> Iterator[None]:
    """Within, the thread only waits for what another does, and another request may begin; elsewhere it says nothing."""
    few: Few | None = getattr(_here, "few", None)
    if few is None:
        yield
        return
    few.count_out(_here.number)
    try:
        yield
    finally:
        few.count_in(_here.number)


class Threads:
    """An ASGI application whose synchronous work is done in `count` threads."""

    def __init__(self, application: Callable[..., Any], count: int = COUNT) -> None:
        self._application, self._few = application, Few(count)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async with ThreadSensitiveContext(executor=self._few):
            await self._application(scope, receive, send)


class Few(Executor):
    """Threads that take what waits in its order, `AT_A_TIME` of them, and one more for each that is long at work."""

    def __init__(self, count: int) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._since: dict[int, float] = {}  # when each that is at work began
        self._changed = threading.Condition()
        for number in range(count):
            threading.Thread(target=self._work, args=(number,), name=f"requests-{number}", daemon=True).start()

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Let `fn` be called in one of the threads."""
        future: Future[R] = Future()

        def call() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # it is whoever waits that has to know
                future.set_exception(error)

        with self._changed:
            self._waiting.append(call)
            self._changed.notify()
        return future

    def count_out(self, number: int) -> None:
        """That thread is not at work for now: another may begin."""
        with self._changed:
            del self._since[number]
            self._changed.notify()

    def count_in(self, number: int) -> None:
        """It is at work again."""
        with self._changed:
            self._since[number] = time.monotonic()

    def _work(self, number: int) -> None:
        _here.few, _here.number = self, number
        while True:
            with self._changed:
                while not self._waiting or (pause := self._pause()):
                    self._changed.wait(pause if self._waiting else None)
                call = self._waiting.popleft()
                self._since[number] = time.monotonic()
            try:
                call()
            finally:
                with self._changed:
                    del self._since[number]
                    self._changed.notify()

    def _pause(self) -> float:
        """Seconds until another may begin; 0 for now."""
        now = time.monotonic()
        recent = sorted(since for since in self._since.values() if now - since < LONG)
        return recent[0] + LONG - now if len(recent) >= AT_A_TIME else 0.0
