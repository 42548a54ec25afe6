"""The server as people run it: what it shows after a change, under a rush, and when it is told to stop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.conftest import PAPER
from tests.archive.front.serving import Server, archive, ask, request, rush, served

pytestmark = pytest.mark.slow
MEETING = "/proeve/moede/2018-04-09-udvalget-for-byrum/"
BODY = ("--body", "Prøvekommunen")


def add(folder: Path, data: Path, title: str, *options: str, day: str = "09-04-2018") -> None:
    paper = folder / f"{title}.txt"
    paper.write_text(PAPER.format(day=day, number=1, title=title))
    archive(data, "add", paper, *BODY, *options)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("papers")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, papers: Path) -> Path:
    """The data folder of an archive with one meeting."""
    folder = tmp_path_factory.mktemp("archive")
    add(papers, folder, "Torvet", "--already-public")
    return folder


@pytest.fixture(scope="module")
def site(kept: Path) -> Iterator[Server]:
    with served(kept) as server:
        yield server


def seconds_until(site: Server, words: str, *, shown: bool, path: str = MEETING) -> float:
    start = time.monotonic()
    while (words in ask(site.address + path).text) is not shown:
        assert time.monotonic() < start + 30, f"{words} is {'not ' if shown else ''}shown after 30 s"
        time.sleep(0.02)
    return time.monotonic() - start


def test_a_paper_that_waits_changes_no_byte_and_a_public_one_is_shown_within_a_second(site, kept, papers):
    addresses = [site.address + path for path in ("/proeve/", MEETING, f"{MEETING}referat.json", "/proeve/nyt.atom")]
    before = [ask(address) for address in addresses]
    assert all(told.headers["etag"] and told.headers["last-modified"] for told in before)
    add(papers, kept, "KANARIE")
    assert "KANARIE.txt" in archive(kept, "waiting")
    time.sleep(1)
    for told, address in zip(before, addresses, strict=True):
        again = ask(address)
        told.headers.pop("date"), again.headers.pop("date")
        assert again == told
        assert ask(address, if_none_match=told.headers["etag"]).status == 304
        assert ask(address, if_modified_since=told.headers["last-modified"]).status == 304
    add(papers, kept, "Havnen", "--already-public")
    assert seconds_until(site, "Havnen", shown=True) < 1
    changed = ask(site.address + MEETING, if_none_match=before[1].headers["etag"])
    assert (changed.status, changed.headers["etag"] != before[1].headers["etag"]) == (200, True)


def test_what_is_withdrawn_is_gone_from_what_was_kept(site, kept, papers):
    add(papers, kept, "Kajen", "--already-public", day="14-05-2018")
    place = "/proeve/moede/2018-05-14-udvalget-for-byrum/"
    seconds_until(site, "Kajen", shown=True, path=place)
    file = ask(f"{site.address}{place}referat.json")
    assert "Kajen" in file.text
    archive(kept, "withdraw", place, "--reason", "En fejl", "--by", "Prøve Sekretær")
    assert seconds_until(site, "Kajen", shown=False, path=place) < 1
    within = time.monotonic() + 2  # the other process may say for a moment more that nothing has changed
    while (after := ask(f"{site.address}{place}referat.json", if_none_match=file.headers["etag"])).status == 304:
        assert time.monotonic() < within
        time.sleep(0.05)
    assert (after.status in (404, 410), "Kajen" in after.text) == (True, False)


def test_ten_times_too_much_is_refused_in_time_and_then_all_is_as_before(site):
    calm = rush(site.port, [request(f"{MEETING}?x={number}", client="192.0.2.1") for number in range(20)], 2)
    assert calm.statuses == {200: 20}
    many = [request(f"{MEETING}?y={number}", client=f"198.51.{number % 100}.{number}") for number in range(1500)]
    flood = rush(site.port, many, 300)
    assert set(flood.statuses) <= {200, 503}
    assert flood.statuses[503] > flood.statuses[200] > 0
    assert max(flood.seconds) < 10
    after = rush(site.port, [request(f"{MEETING}?z={number}", client="192.0.2.1") for number in range(20)], 2)
    assert after.statuses == {200: 20}
    assert ask(f"{site.address}/health").status == 200


def test_a_flood_from_one_address_is_told_when_to_come_again(site):
    many = [request(f"/proeve/soeg/?q=torv&a={number}", client="203.0.113.5") for number in range(600)]
    flood = rush(site.port, many, 20)
    assert set(flood.statuses) <= {200, 429, 503}
    assert flood.statuses[429] > 300
    assert ask(f"{site.address}{MEETING}?b=1", x_forwarded_for="203.0.113.6").status == 200


def test_it_stops_when_it_is_told_to_and_two_processes_answer_as_one(kept):
    with served(kept, "--workers", "2") as server:
        tags = {ask(server.address + MEETING).headers["etag"] for _ in range(8)}
        start = time.monotonic()
    assert len(tags) == 1
    assert time.monotonic() - start < 10
