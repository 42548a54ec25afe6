"""The pages that say "not now": 429 to who asks too much, 503 while all hands are full or the database is silent."""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import translation

from raadslag.archive.front.kept import FOR_EVERYONE, NOT_STORED, is_data
from raadslag.archive.front.messages import Answer, Headers
from raadslag.web.middleware import HEADERS

TOO_MANY, BUSY = 429, 503
BUSY_SECONDS = 2
_PLAIN = ((b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", NOT_STORED))


def not_now(status: int, path: str, seconds: int) -> Answer:
    """The answer to a request for `path` that may come again in so many seconds. Needs no database."""
    language = "en" if path.startswith("/en/") else "da"
    body = _page(status, language)
    told = ((b"retry-after", b"%d" % seconds), (b"content-length", b"%d" % len(body)))
    return Answer(status, (*_for_data(path), *_headers(), *told), body)


def refused(status: int, words: str, *headers: tuple[bytes, bytes]) -> Answer:
    """A short answer to a program that did what cannot be done."""
    body = words.encode()
    return Answer(status, (*_PLAIN, (b"content-length", b"%d" % len(body)), *headers), body)


def preflight() -> Answer:
    """What a browser is told that asks, for a page of another site, whether it may fetch data with conditions."""
    allowed = (
        (b"access-control-allow-methods", b"GET, HEAD"),
        (b"access-control-allow-headers", b"If-None-Match, If-Modified-Since"),
        (b"access-control-max-age", b"86400"),
    )
    return Answer(204, (*FOR_EVERYONE, *allowed))


def _for_data(path: str) -> Headers:
    return FOR_EVERYONE if is_data(path) else ()


@lru_cache
def _headers() -> Headers:
    named = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
    return (*named, (b"content-type", b"text/html; charset=utf-8"), (b"cache-control", NOT_STORED))


@lru_cache
def _page(status: int, language: str) -> bytes:
    with translation.override(language):
        page: str = render_to_string(f"{status}.html")
    return page.encode()
