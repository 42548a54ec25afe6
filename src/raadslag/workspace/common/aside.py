"""The database, asked from the loop that serves those who stay connected."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

P = ParamSpec("P")
R = TypeVar("R")


async def apart(ask: Callable[P, R], *told: P.args, **more: P.kwargs) -> R:
    """What `ask` answers, called in another thread: with a connection that is known to be there."""

    def asked() -> R:
        close_old_connections()  # the database may have gone away since the last look
        try:
            return ask(*told, **more)
        finally:
            close_old_connections()

    return await sync_to_async(asked, thread_sensitive=False)()
