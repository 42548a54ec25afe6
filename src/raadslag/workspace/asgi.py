"""The workspace as an ASGI application, for uvicorn or any other server."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from contextlib import closing, suppress
from importlib import import_module
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "raadslag.workspace.settings")

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import close_old_connections, connections
from django.http import HttpRequest, HttpResponseBase
from django.urls import set_script_prefix

from raadslag.web.garbage import BESIDE_REQUESTS, look_less_often
from raadslag.workspace.threads import Threads

KNOWN_FOR = 2
"""Seconds for which a connection that has answered is known to be there; after that it is asked before it is used."""

_turn = threading.local()


class InOneThread(ASGIHandler):  # type: ignore[misc]  # the library has no types here
    """Answers a request in one go, in one turn of a thread. Django's own way changes between loop and thread at each
    middleware that looks at a view, which costs as much as the page; of ours none waits for anything but the database.
    It takes another turn to close the answer, and asks the database each time whether it is there."""

    def load_middleware(self, is_async: bool = False) -> None:
        """As for WSGI, whichever way is asked for."""
        super().load_middleware(is_async=False)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, unless who asks has hung up before all of it was here."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with closing(body):
            set_script_prefix(get_script_prefix(scope))
            request, refusal = self.create_request(scope, body)
            response = await self.run_get_response(request) if request else refusal
            if response.streaming:
                await self._stream(response, receive, send)
            else:
                await self.send_response(response, send)

    async def _stream(self, response: HttpResponseBase, receive: Any, send: Any) -> None:
        """Send until there is no more, or until nobody is there."""
        sending, leaving = asyncio.create_task(self.send_response(response, send)), asyncio.create_task(receive())
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in (sending, leaving):
                one.cancel()
            with suppress(asyncio.CancelledError):
                await leaving
            try:
                with suppress(asyncio.CancelledError):
                    await sending
            finally:
                await sync_to_async(response.close, thread_sensitive=True)()

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The answer; one that streams is streamed by the loop."""
        return await sync_to_async(self._get_response_here, thread_sensitive=True)(request)

    def _get_response_here(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, by a connection of this thread that is known to be there."""
        now = time.monotonic()
        if now >= getattr(_turn, "ask_at", now):
            close_old_connections()
            _turn.ask_at = now + KNOWN_FOR
        response = self.get_response(request)
        if not response.streaming:
            asked = [one for one in connections.all(initialized_only=True) if one.health_check_done]
            response.close()  # which lets go of a connection at which something failed
            for one in asked:
                one.health_check_done = True
        return response


django.setup(set_prefix=False)
pages = Threads(InOneThread())
lines = import_module("raadslag.workspace.products.writing.line")


async def application(scope: Any, receive: Any, send: Any) -> None:
    """A page, or a line that stays open while somebody writes together with others."""
    await (lines.serve if scope["type"] == "websocket" else pages)(scope, receive, send)


import_module(settings.ROOT_URLCONF)  # and with it every view
look_less_often(BESIDE_REQUESTS)
