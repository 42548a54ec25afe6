"""The archive as an ASGI application, for uvicorn or any other server."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "raadslag.archive.settings")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def reading_only(app: App) -> App:
    """`app` for requests that ask and bring nothing: GET and HEAD alone, and no body is kept, however large.

    Django writes a body to disk before it looks at the address, so anyone could fill the disk.
    """

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            await send({"type": "http.response.start", "status": 405, "headers": [(b"allow", b"GET, HEAD")]})
            await send({"type": "http.response.body"})
            return
        is_asked = False

        async def receive_nothing() -> Message:
            nonlocal is_asked
            if not is_asked:
                is_asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            while (message := await receive())["type"] == "http.request":
                pass
            return message

        await app(scope, receive_nothing, send)

    return answer


application = reading_only(get_asgi_application())
