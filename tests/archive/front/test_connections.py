"""Who says nothing, or reads nothing, is not waited for."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from raadslag.archive.front import connections
from tests import loops
from tests.archive.front.serving import HOST, free_port

LARGE = b"x" * 30_000_000


async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(LARGE))]})
    for start in range(0, len(LARGE), 2**20):
        piece = LARGE[start : start + 2**20]
        await send({"type": "http.response.body", "body": piece, "more_body": start + 2**20 < len(LARGE)})


@pytest.fixture
def port(monkeypatch) -> Iterator[int]:
    """A server that is in a greater hurry than ours."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(connections, "READING_SECONDS", 0.5)
    port = free_port()
    config = uvicorn.Config(app, HOST, port, http=connections.Hurried, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield port
    server.should_exit = True
    thread.join(10)


def heard(port, *sent, pause=0.0):
    """All that comes until the server hangs up, and after how many seconds it does; `sent` in pieces with pauses."""

    async def talk():
        reader, writer = await asyncio.open_connection(HOST, port)
        start = time.monotonic()
        try:
            for piece in sent:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
            data = await asyncio.wait_for(reader.read(), 10)
        except ConnectionError:
            data = b""
        writer.close()
        return data, time.monotonic() - start

    return loops.run(talk())


def test_silence_is_not_waited_for(port):
    data, seconds = heard(port)
    assert (data, 0.4 < seconds < 5) == (b"", True)


def test_a_head_that_trickles_in_has_no_longer(port):
    data, seconds = heard(port, b"GET / HTTP/1.1\r\n", *([b"X-A: b\r\n"] * 50), pause=0.1)
    assert data == b""
    assert seconds < 10


def test_a_head_without_an_end_is_cut_off(port):
    data, seconds = heard(port, b"GET / HTTP/1.1\r\nX-A: " + b"a" * 100_000)
    assert (data, seconds < 0.5) == (b"", True)


def test_an_answer_goes_out_whole_to_who_reads_and_the_connection_waits_for_another(port):
    data, seconds = heard(port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert data.endswith(b"x" * 1000)
    assert len(data) > len(LARGE)
    assert seconds > 0.4


def test_who_does_not_read_is_not_waited_for(port):
    async def talk():
        reader, writer = await asyncio.open_connection(HOST, port, limit=1000)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.sleep(2)
        got = 0
        try:
            while piece := await asyncio.wait_for(reader.read(2**16), 5):
                got += len(piece)
        except ConnectionError:
            pass
        writer.close()
        return got

    assert loops.run(talk()) < len(LARGE)
