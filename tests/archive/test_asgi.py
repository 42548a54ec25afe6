"""The public side takes nothing in."""

from __future__ import annotations

import asyncio

import pytest

from raadslag.archive.asgi import reading_only


def asked(method: str, *messages: dict) -> tuple[list[dict], list[dict]]:
    """What an application hears of a request, and what is answered."""
    heard, sent, line = [], [], list(messages)

    async def app(scope, receive, send):
        heard.append(await receive())
        heard.append(await receive())
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive():
        return line.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(reading_only(app)({"type": "http", "method": method}, receive, send))
    return heard, sent


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_body_of_a_request_is_never_kept(method):
    body = {"type": "http.request", "body": b"x" * 100, "more_body": True}
    heard, sent = asked(method, body, body, {"type": "http.disconnect"})
    assert heard == [{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}]
    assert sent[0]["status"] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "FOO"])
def test_only_asking_is_allowed(method):
    heard, sent = asked(method)
    assert not heard
    assert (sent[0]["status"], dict(sent[0]["headers"])) == (405, {b"allow": b"GET, HEAD"})
