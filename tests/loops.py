"""Running what is asynchronous in a test, whatever else the process has run before."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Told = TypeVar("Told")


def run(main: Coroutine[object, object, Told]) -> Told:
    """What `main` gives, from an event loop in a thread of its own.

    The browser of the browser tests keeps a loop open in the main thread for as long as the process lives, and one
    thread runs one loop.
    """
    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(asyncio.run, main).result()
