"""When the server stops: a stream of events is let go of, and any other answer is sent whole."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import requests
import uvicorn

from raadslag.workspace.connections import Released
from tests.archive.front.serving import HOST, free_port, wait_for

PIECES = 20


async def streaming(scope: Any, receive: Any, send: Any) -> None:
    """Pieces for a second; below `/events` one, and then silence until nobody is there."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range({"/events": 1, "/answer": PIECES}.get(scope["path"], 0)):
        await send({"type": "http.response.body", "body": b".", "more_body": True})
        await asyncio.sleep(0.05)
    while scope["path"] == "/events" and (await receive())["type"] != "http.disconnect":
        pass
    await send({"type": "http.response.body"})


def test_streams_end_with_the_server_and_answers_are_sent_whole() -> None:
    port = free_port()
    told = {"host": HOST, "port": port, "http": Released, "ws": "none", "lifespan": "off", "log_config": None}
    server = uvicorn.Server(uvicorn.Config(streaming, **told, timeout_graceful_shutdown=30))
    serving = threading.Thread(target=server.run)
    serving.start()
    wait_for(f"http://{HOST}:{port}/")
    bodies = {}

    def read(path: str, **headers: str) -> None:
        with requests.get(f"http://{HOST}:{port}{path}", headers=headers, stream=True, timeout=30) as answer:
            bodies[path] = b""
            try:
                for piece in answer.iter_content(1):
                    bodies[path] += piece
            except requests.exceptions.ChunkedEncodingError:
                bodies[path] += b"!"

    readers = [
        threading.Thread(target=read, args=["/events"], kwargs={"Accept": "text/event-stream"}),
        threading.Thread(target=read, args=["/answer"]),
    ]
    for one in readers:
        one.start()
    while not all(map(bodies.get, ("/events", "/answer"))):
        time.sleep(0.01)
    start = time.monotonic()
    server.should_exit = True
    for one in (serving, *readers):
        one.join(20)
        assert not one.is_alive()
    assert time.monotonic() - start < 10
    assert bodies["/events"] == b".!"  # it was cut off, so a browser comes again
    assert bodies["/answer"] == b"." * PIECES
