"""The workspace as an ASGI application, for uvicorn or any other server.

What is loaded here stays, so the collector of unused memory is told to leave it alone: to go through all of it stops
every request for a tenth of a second, again and again while many follow a meeting.
"""

from __future__ import annotations

import gc
import os
from importlib import import_module
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "raadslag.workspace.settings")

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponseBase

from raadslag.workspace.threads import Threads


class InOneThread(ASGIHandler):  # type: ignore[misc]  # the library has no types here
    """Answers a request in one go, in its thread. Django's own way changes between loop and thread at each middleware
    that looks at a view, which costs as much as the page; of ours none waits for anything but the database."""

    def load_middleware(self, is_async: bool = False) -> None:
        """As for WSGI, whichever way is asked for."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The answer; one that streams is streamed by the loop."""
        return await sync_to_async(self._get_response_here, thread_sensitive=True)(request)

    def _get_response_here(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, by a connection of this thread that is known to be there."""
        close_old_connections()
        return self.get_response(request)


django.setup(set_prefix=False)
pages = Threads(InOneThread())
lines = import_module("raadslag.workspace.products.writing.line")


async def application(scope: Any, receive: Any, send: Any) -> None:
    """A page, or a line that stays open while somebody writes together with others."""
    await (lines.serve if scope["type"] == "websocket" else pages)(scope, receive, send)


import_module(settings.ROOT_URLCONF)  # and with it every view
gc.collect()
gc.freeze()
