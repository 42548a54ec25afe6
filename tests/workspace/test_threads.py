"""Requests share a few threads, each of which keeps its connection to the database."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from raadslag.workspace.threads import AT_A_TIME, LONG, Threads, waiting

from . import loops


async def _all(application: Callable[..., Any], scopes: list[Any]) -> None:
    async with asyncio.timeout(20):
        await asyncio.gather(*(application(scope, None, None) for scope in scopes))


def test_many_requests_share_few_threads_and_two_work_at_a_time() -> None:
    used: set[int] = set()
    at_work: list[int] = []
    most = 0

    def work() -> None:
        nonlocal most
        used.add(threading.get_ident())
        at_work.append(1)
        most = max(most, len(at_work))
        time.sleep(0.002)
        at_work.pop()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        for _ in range(5):
            await sync_to_async(work)()

    loops.run(_all(Threads(application, 5), list(range(60))))
    assert len(used) <= 5
    assert most == AT_A_TIME


def test_a_fault_is_told_to_who_waits_and_the_thread_goes_on() -> None:
    def fail() -> None:
        raise OSError("broken")

    told = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        with pytest.raises(OSError, match="broken"):
            await sync_to_async(fail)()
        told.append(await sync_to_async(int)("7"))

    loops.run(_all(Threads(application, 1), [1, 2, 3]))
    assert told == [7, 7, 7]


def test_what_is_slow_holds_up_nobody_however_many_are() -> None:
    """Five who wait for a file to be read, in eight threads; then one who only looks."""
    done: list[float] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await sync_to_async(time.sleep)(scope)
        done.append(scope)

    async def course() -> None:
        threads = Threads(application, 8)
        slow = [asyncio.create_task(threads(6 * LONG, None, None)) for _ in range(5)]
        await asyncio.sleep(3.5 * LONG)
        await threads(0, None, None)
        assert done == [0]
        await asyncio.gather(*slow)

    loops.run(course())


def test_what_takes_long_keeps_nobody_waiting_while_another_thread_is_free() -> None:
    done = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await sync_to_async(time.sleep)(scope)
        done.append(scope)

    async def course() -> None:
        threads = Threads(application, 2)
        long = asyncio.create_task(threads(1, None, None))
        await asyncio.sleep(0.1)
        for _ in range(5):
            await threads(0, None, None)
        await long

    loops.run(course())
    assert done == [0] * 5 + [1]


def test_a_line_that_stays_open_keeps_no_thread() -> None:
    served = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await sync_to_async(time.sleep)(0)
        served.append(scope)
        while len(served) < 10:
            await asyncio.sleep(0.01)

    loops.run(_all(Threads(application, 1), list(range(10))))
    assert sorted(served) == list(range(10))


def test_who_waits_for_another_is_not_counted() -> None:
    """Five wait for a sixth, which comes after them: it gets its turn though two work at a time."""
    came = threading.Semaphore(0)
    goes_on = threading.Event()

    def wait() -> bool:
        with waiting():
            came.release()
            return goes_on.wait(20)

    def come() -> bool:
        for _ in range(5):
            assert came.acquire(timeout=20)
        goes_on.set()
        return True

    told = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        told.append(await sync_to_async(wait if scope < 5 else come)())

    start = time.monotonic()
    loops.run(_all(Threads(application, 6), list(range(6))))
    assert told == [True] * 6
    assert time.monotonic() - start < 10 * LONG  # nobody was let in only because others took long
