"""What a stranger sees of an archive who follows every link, asks in every way, and guesses."""

from __future__ import annotations

import difflib
import itertools
import re
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import requests

from ..archive import Archive
from .canaries import CANARY, flown

MOST, SEARCHES = 250, 50  # addresses that are looked at
HOST = "127.0.0.1:8000"  # whichever of the two is asked
_STILL, _INDEXED_WITHIN = 2.5, 60  # seconds
_SEARCH_LOOKS = 6
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
        """All that is found, by what was asked. Searches come last: they tell again what pages tell, and later; and no
        link of theirs is followed, which are those of what the index knows so far."""
        found: dict[str, Answer] = {}
        pages = [path for path in start if "/soeg/" not in path]
        searches = [path for path in start if "/soeg/" in path]
        for waiting, up_to in ((pages, most), (searches, most + SEARCHES)):
            while waiting and len(found) < up_to:
                path = waiting.pop(0)
                if path in found:
                    continue
                found[path] = self.ask(path, Accept_Encoding="identity")
                for link in _links(found[path], path) if waiting is pages else ():
                    (searches if "/soeg/" in link else pages).append(link)
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


class Both(Stranger):
    """Asks two archives the same at the same time. Where they answer otherwise both are asked again, `looks` times, and
    longer where only a search tells it: an index may still be busy with what is new, and a page be kept for a second.
    What is a leak stays one, and is raised as an AssertionError."""

    def __init__(self, one: Archive, other: Archive, looks: int) -> None:
        self._strangers, self._looks, self._pool = (Stranger(one), Stranger(other)), looks, ThreadPoolExecutor(2)

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """The answer that both gave."""
        question = " ".join([path, *([method] if method != "GET" else []), *headers.values()])
        for look in range(_SEARCH_LOOKS):
            one, other = self._pool.map(lambda stranger: stranger.ask(path, method, **headers), self._strangers)
            different = difference(question, one, other)
            if different is None:
                return one
            if look + 1 >= self._looks and "/soeg/" not in path:
                break
            time.sleep(look + 1)
        raise AssertionError(different)

    def wait_for_index(self) -> None:
        """Wait until both have taken in what is new."""
        list(self._pool.map(Stranger.wait_for_index, self._strangers))


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


def difference(question: str, one: Answer, other: Answer) -> str | None:
    """What was asked, and in what the two answers differ; None where they do not."""
    return None if one == other else "\n".join([question, *_unlike(_lines(one), _lines(other))])


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
