"""A loop of its own for what a test awaits: a browser that another test drives keeps one running in this thread."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(course: Coroutine[Any, Any, T]) -> T:
    """What it comes to, awaited in another thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, course).result()
