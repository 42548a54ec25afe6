"""What the front answers is counted without waiting, and written down in batches."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.db import OperationalError

from raadslag.archive.front import counting
from raadslag.archive.front.counting import Counts
from raadslag.archive.front.rendering import Rendering, Streamed
from tests.archive.front.conftest import Site

DAY = date(2018, 4, 12)


class Book:
    """Where counts are written down; silent while `is_silent`."""

    def __init__(self) -> None:
        self.places: dict[tuple[str, int], int] = {}
        self.days: list[date] = []
        self.forgot: list[date] = []
        self.is_silent = False
        self.today = DAY

    def add(self, places: Mapping[tuple[str, str], int], day: date) -> None:
        if self.is_silent:
            raise OperationalError
        self.days.append(day)
        for place, count in places.items():
            self.places[place] = self.places.get(place, 0) + count


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def counts(book: Book) -> Counts:
    return Counts(book.add, book.forgot.append, lambda: book.today)


def counted(counts: Counts, **parts: Any) -> Site:
    return Site(shown_by=lambda path, body: ("a", "b") if "moede" in path else (), counts=counts, **parts)


def test_each_answer_is_counted_by_address_and_nothing_else(counts: Counts, book: Book) -> None:
    site = counted(counts)
    for client in ("192.0.2.1", "192.0.2.2"):
        site.ask("/proeve/moede/x/?q=111111-1118", client=client, user_agent="x", cookie="a=b")
    site.ask("/om/")
    counts.flush()
    assert book.places == {("/proeve/moede/x/", "a"): 2, ("/proeve/moede/x/", "b"): 2}


def test_only_what_gives_something_out_is_counted(counts: Counts, book: Book) -> None:
    site = counted(counts)
    tag = site.ask("/proeve/moede/x/").headers["etag"]
    assert site.ask("/proeve/moede/x/", if_none_match=tag).status == 304
    assert site.ask("/proeve/moede/x/", method="HEAD").status == 200
    site.status = 410
    assert site.ask("/proeve/moede/gone/").status == 410
    counts.flush()
    assert book.places == {("/proeve/moede/x/", "a"): 1, ("/proeve/moede/x/", "b"): 1}


def test_a_large_file_is_counted_when_it_is_sent(counts: Counts, book: Book) -> None:
    def made(scope: Any, body: Any) -> Streamed:
        return Streamed(200, ((b"content-type", b"application/pdf"),), iter([b"a", b"b"]), lambda: None)

    site = counted(counts, rendering=Rendering(made))
    assert site.ask("/proeve/moede/x/bilag/1").body == b"ab"
    assert site.ask("/proeve/moede/x/bilag/1", method="HEAD").body == b""
    counts.flush()
    assert book.places == {("/proeve/moede/x/bilag/1", "a"): 1, ("/proeve/moede/x/bilag/1", "b"): 1}


def test_an_answer_is_the_same_whether_it_is_counted_or_not(counts: Counts) -> None:
    """I1."""
    for path in ("/proeve/moede/x/", "/om/"):
        assert counted(counts).ask(path) == Site().ask(path)


def test_while_the_database_is_silent_counts_are_kept(counts: Counts, book: Book) -> None:
    book.is_silent = True
    counts.count("/a/", ("a",))
    counts.flush()
    counts.count("/a/", ("a",))
    assert book.places == {}
    book.is_silent = False
    counts.flush()
    assert book.places == {("/a/", "a"): 2}


def test_of_too_many_the_most_served_are_kept(
    counts: Counts, book: Book, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counting, "MOST", 1)
    book.is_silent = True
    for address in ("/a/", "/b/", "/b/"):
        counts.count(address, ("a",))
    counts.flush()
    book.is_silent = False
    counts.flush()
    assert book.places == {("/b/", "a"): 2}
    assert "lost: 1" in caplog.text


def test_what_is_old_is_forgotten_once_a_day(counts: Counts, book: Book) -> None:
    counts.flush()
    counts.flush()
    book.today = date(2018, 4, 13)
    counts.flush()
    assert book.forgot == [DAY, date(2018, 4, 13)]


def test_when_the_server_stops_the_last_is_written_down(counts: Counts, book: Book) -> None:
    counts.start()
    counts.start()
    counts.count("/a/", ("a",))
    counts.stop()
    assert book.places == {("/a/", "a"): 1}
    assert not any(thread.name == "counts" for thread in threading.enumerate())


def test_many_at_once_lose_no_count(counts: Counts, book: Book) -> None:
    def ask() -> None:
        for _ in range(2000):
            counts.count("/a/", ("a",))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        counts.flush()
    counts.flush()
    assert book.places == {("/a/", "a"): 8000}


def test_an_answer_of_many_papers_counts_for_each(counts: Counts, book: Book) -> None:
    counts.count("/", ("a", "b", "c"))
    counts.count("/", ())
    counts.flush()
    assert book.places == {("/", "a"): 1, ("/", "b"): 1, ("/", "c"): 1}
