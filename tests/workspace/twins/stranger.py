"""What a stranger sees of an archive who follows every link, asks in every way, and guesses."""

from __future__ import annotations

import difflib
import itertools
import re
import time
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests

from ..archive import Archive
from .canaries import CANARY, flown

MOST = 250  # addresses that are looked at
HOST = "127.0.0.1:8000"  # whichever of the two is asked
_STILL, _INDEXED_WITHIN = 2.5, 60  # seconds
_OF_THE_MOMENT = {"date", "server-timing", "age"}
_ADDRESSES = re.compile(rf"""(?:href|src)="([^"#]+)|(http://{re.escape(HOST)}/[^\s"'<>\\]*)""")
_FOLLOWED = ("text/html", "application/atom+xml", "application/xml", "text/xml", "application/json", "text/plain")

ALWAYS = (
    "/", "/nyt.atom", "/robots.txt", "/sitemap.xml", "/health", "/.well-known/security.txt", "/soeg/?q=sag",
    f"/soeg/?q={CANARY.lower()}", "/soeg/?q=besluttet&sorter=nyeste", "/soeg/?q=sag&side=2", "/soeg/liste.csv?q=sag",
    "/soeg/nyt.atom?q=besluttet", f"/soeg/forslag.json?q={CANARY[:5].lower()}", "/soeg/forslag.json?q=sag", "/proeve/",
    "/proeve/beslutninger/", "/proeve/moeder/", "/proeve/sager/", "/proeve/tal/", "/proeve/udvalg/byrumsudvalget/",
    "/proeve/udvalg/byrumsudvalget/moeder.ics", "/proeve/udvalg/byrumsudvalget/nyt.atom", "/en/", "/en/proeve/",
    "/en/proeve/beslutninger/", "/en/soeg/?q=sag", "/oparl/", "/oparl/v1/system", "/oparl/v1/bodies?limit=1&page=2",
    "/oparl/v1/meetings?modified_since=2031-03-10T00:00:00Z", "/oparl/v1/agendaitems?limit=2&page=1", "/intake",
    "/findes-ikke/",
)  # fmt: skip


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Stranger:
    """Asks an archive, each time over another line, so that it is never asked to wait."""

    def __init__(self, archive: Archive) -> None:
        self._archive, self._session, self._lines = archive, requests.Session(), itertools.count()

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """The answer, once the archive is not too busy."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        while True:
            line = next(self._lines)
            own = {"Host": HOST, "X-Forwarded-For": f"198.18.{line // 250 % 250}.{line % 250}", **told}
            answer = self._session.request(
                method, self._archive.address + path, headers=own, timeout=30, allow_redirects=False, stream=True
            )
            body = answer.raw.read()  # as it came, packed or not
            if answer.status_code not in (429, 503) or path == "/health":
                return Answer(answer.status_code, _lasting(answer.headers), body)
            time.sleep(0.2)

    def wait_for_index(self) -> None:
        """Wait until the search, which follows a moment after, says the same for a while."""
        since, last, deadline = time.monotonic(), b"", time.monotonic() + _INDEXED_WITHIN
        while time.monotonic() - since < _STILL and time.monotonic() < deadline:
            now = self.ask("/soeg/?q=sag", Accept_Encoding="identity").body
            since, last = (since, last) if now == last else (time.monotonic(), now)
            time.sleep(0.3)

    def seen(self, start: Iterable[str] = ALWAYS, most: int = MOST) -> dict[str, Answer]:
        """All that is found, by what was asked."""
        found: dict[str, Answer] = {}
        waiting = list(start)
        while waiting and len(found) < most:
            path = waiting.pop(0)
            if path in found:
                continue
            found[path] = self.ask(path, Accept_Encoding="identity")
            if "/soeg/" not in path:  # whose links follow what the index knows so far
                waiting += [one for one in _links(found[path], path) if one not in found]
        for number, (path, answer) in enumerate(list(found.items())):
            found |= self._asked_otherwise(path, answer, is_sampled=number % 5 == 0)
        return found

    def _asked_otherwise(self, path: str, answer: Answer, *, is_sampled: bool) -> dict[str, Answer]:
        """The same again: only if it has changed, only the head, only a part, packed, in English."""
        told = dict(answer.headers)
        found = {}
        if tag := told.get("etag"):
            found[f"If-None-Match {path}"] = self.ask(path, If_None_Match=tag)
        if moment := told.get("last-modified"):
            found[f"If-Modified-Since {path}"] = self.ask(path, If_Modified_Since=moment)
        if "/bilag/" in path and answer.status == 200:
            found[f"Range {path}"] = self.ask(path, Range="bytes=0-9")
            found[f"Range from {path}"] = self.ask(path, Range="bytes=5-")
        if is_sampled:
            found[f"HEAD {path}"] = self.ask(path, "HEAD")
            found[f"POST {path}"] = self.ask(path, "POST")
            found[f"gzip {path}"] = self.ask(path, Accept_Encoding="gzip")
            found[f"br {path}"] = self.ask(path, Accept_Encoding="br")
            if not path.startswith(("/en/", "/oparl", "/soeg/")):
                found[f"/en{path}"] = self.ask(f"/en{path}", Accept_Encoding="identity")
        return found


def _lasting(headers: Any) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name.lower(), value) for name, value in headers.items() if name.lower() not in _OF_THE_MOMENT))


def _links(answer: Answer, path: str) -> list[str]:
    kind = dict(answer.headers).get("content-type", "")
    if not kind.startswith(_FOLLOWED):
        return []
    links, address = [], f"http://{HOST}"
    for one, whole in _ADDRESSES.findall(answer.body.decode("utf-8", "replace")):
        target = urlsplit(urljoin(address + path, (one or whole).replace("&amp;", "&")))
        if f"{target.scheme}://{target.netloc}" == address and not target.path.startswith(("/static", "/en/")):
            links.append(target.path + (f"?{target.query}" if target.query else ""))
    return links


def difference(one: dict[str, Answer], other: dict[str, Answer]) -> str | None:
    """The first question at which they differ, and in what; a page that is found in one of them alone is one, too.

    Searches come last: they tell again what pages tell, and later.
    """
    for path, told in sorted(one.items(), key=lambda pair: "/soeg/" in pair[0]):
        theirs = other.get(path)
        if theirs is None:
            return f"{path}: only in one"
        if told != theirs:
            return "\n".join([path, *_unlike(_lines(told), _lines(theirs))])
    return next((f"{path}: only in one" for path in other if path not in one), None)


def _lines(answer: Answer) -> list[str]:
    headers = [f"{name}: {value}" for name, value in answer.headers]
    return [str(answer.status), *headers, *answer.body.decode("latin-1").splitlines()]


def _unlike(one: list[str], other: list[str]) -> list[str]:
    told = difflib.unified_diff(one, other, "one", "other", lineterm="", n=0)
    return [line[:300] for line in itertools.islice(told, 20)]


def told_words(found: dict[str, Answer]) -> str | None:
    """The first question that is answered with a closed word; a search says again what it was asked."""
    for path, answer in found.items():
        data = str(answer.headers).encode() + b"\n\n" + answer.body
        if (("/soeg/" not in path) or CANARY.encode() in answer.body) and (told := flown(answer.body) or flown(data)):
            return f"{path}: {told}"
    return None
