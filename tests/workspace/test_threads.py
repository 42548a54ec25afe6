"""Requests share a few threads, each of which keeps its connection to the database."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async

from raadslag.workspace.threads import Threads


async def _all(application: Callable[..., Any], scopes: list[Any]) -> None:
    async with asyncio.timeout(20):
        await asyncio.gather(*(application(scope, None, None) for scope in scopes))


def test_many_requests_share_few_threads_and_each_stays_in_one() -> None:
    used: dict[int, set[int]] = {}

    async def application(scope: Any, receive: Any, send: Any) -> None:
        for _ in range(5):
            used.setdefault(scope, set()).add(await sync_to_async(threading.get_ident)())
            await asyncio.sleep(0)

    asyncio.run(_all(Threads(application, 3), list(range(60))))
    assert all(len(threads) == 1 for threads in used.values())
    assert len(set.union(*used.values())) == 3


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

    asyncio.run(course())
    assert done == [0] * 5 + [1]


def test_a_line_that_stays_open_keeps_no_thread() -> None:
    served = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await sync_to_async(time.sleep)(0)
        served.append(scope)
        while len(served) < 10:
            await asyncio.sleep(0.01)

    asyncio.run(_all(Threads(application, 1), list(range(10))))
    assert sorted(served) == list(range(10))
