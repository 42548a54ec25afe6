"""What the front answers by itself, and what it lets through to the pages."""

from __future__ import annotations

import asyncio
import gzip
import threading

import pytest

from raadslag.archive.front.kept import CACHE_CONTROL
from raadslag.archive.front.messages import Answer
from raadslag.archive.front.rendering import Rendering, Streamed
from raadslag.archive.front.watching import LAST_GOOD, Seen
from raadslag.web.limiter import Limiter
from tests import loops
from tests.archive.front.conftest import NIGHT, TEXT

NEXT = Seen(2, "2018-04-10", b"Tue, 10 Apr 2018 08:00:00 GMT")


def test_a_page_is_made_once_and_sent_from_memory(site):
    first, second = site.ask(), site.ask()
    assert (first.status, first.body) == (200, TEXT)
    assert first == second
    assert len(site.asked) == 1
    assert first.headers["cache-control"] == CACHE_CONTROL.decode()
    assert first.headers["last-modified"] == NIGHT.decode()
    assert first.headers["vary"] == "Accept-Encoding"
    assert first.headers["content-length"] == str(len(TEXT))


def test_nothing_of_who_asks_reaches_a_page(site):
    site.ask(cookie="a=b", accept_language="en", user_agent="x", x_forwarded_for="192.0.2.9", if_none_match='"x"')
    assert site.asked[0]["headers"] == [(b"host", b"localhost")]
    assert site.asked[0]["client"] is None


def test_a_public_change_is_shown_and_what_was_made_before_is_not(site):
    before = site.ask()
    site.text = b"<p>Trukket</p>" * 100
    site.change(NEXT)
    after = site.ask(if_none_match=before.headers["etag"], if_modified_since=before.headers["last-modified"])
    assert (after.status, after.body) == (200, site.text)
    assert after.headers["last-modified"] == NEXT.modified.decode()
    site.change(Seen(1, "2018-04-10", NIGHT))
    assert site.ask().body == site.text


def test_a_change_that_leaves_a_page_as_it_was_leaves_its_tag(site):
    before = site.ask()
    site.change(NEXT)
    after = site.ask(if_none_match=before.headers["etag"])
    assert (after.status, after.body, after.headers["etag"]) == (304, b"", before.headers["etag"])


def test_a_new_day_is_a_new_world(site):
    site.ask()
    site.change(Seen(1, "2018-04-11", NIGHT))
    site.ask()
    assert len(site.asked) == 2


def test_hosts_schemes_and_questions_do_not_mix(site):
    for asked in ({}, {"host": "other.example"}, {"target": "/proeve/?side=2"}, {"target": "/proeve/?side=3"}):
        site.ask(**asked)
    assert len(site.asked) == 4
    site.ask(host="OTHER.example")
    assert len(site.asked) == 4


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"if_none_match": "{tag}"}, 304),
        ({"if_none_match": '"a", {tag}'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": '"a"'}, 200),
        ({"if_modified_since": NIGHT.decode()}, 304),
        ({"if_modified_since": "Tue, 10 Apr 2018 22:00:00 GMT"}, 200),
        ({"if_modified_since": NIGHT.decode(), "if_none_match": '"a"'}, 200),
    ],
)
@pytest.mark.parametrize("is_kept", [True, False])
def test_who_has_it_already_is_told_so(site, condition, status, is_kept):
    tag = site.ask("/en/proeve/").headers["etag"]
    if is_kept:
        site.ask()
    told = site.ask(**{name: value.format(tag=tag) for name, value in condition.items()})
    assert told.status == status
    assert told.body == (b"" if status == 304 else TEXT)
    if status == 304:
        assert set(told.headers) == {"etag", "last-modified", "cache-control", "vary"}


def test_one_tag_stands_for_both_forms_and_is_weak(site):
    plain, small = site.ask(), site.ask(accept_encoding="br, gzip;q=0.5")
    assert (small.headers["content-encoding"], gzip.decompress(small.body)) == ("gzip", plain.body)
    assert small.headers["content-length"] == str(len(small.body))
    assert plain.headers["etag"] == small.headers["etag"]
    assert plain.headers["etag"].startswith('W/"')
    assert "content-encoding" not in plain.headers
    assert len(site.asked) == 1


def test_a_pdf_keeps_its_strong_tag_and_is_for_everyone(site):
    site.headers = {b"content-type": b"application/pdf"}
    told = site.ask("/proeve/referat.pdf", accept_encoding="gzip")
    assert told.headers["etag"].startswith('"')
    assert not {"content-encoding", "vary"} & told.headers.keys()
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.headers["cross-origin-resource-policy"] == "cross-origin"
    known = site.ask("/proeve/referat.pdf", if_none_match=told.headers["etag"])
    assert (known.status, known.headers["access-control-allow-origin"]) == (304, "*")
    assert "access-control-allow-origin" not in site.ask("/proeve/").headers


def test_head_is_get_without_the_body(site):
    head, get = site.ask(method="HEAD"), site.ask()
    assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")
    assert site.asked[0]["method"] == "GET"


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_an_error_is_not_kept(site, status):
    site.status = status
    told = site.ask()
    site.ask()
    assert (told.status, len(site.asked)) == (status, 2)
    assert told.headers["cache-control"] == ("no-store" if status >= 500 else "no-cache")
    assert "last-modified" not in told.headers


@pytest.mark.parametrize(
    "header", [(b"set-cookie", b"a=b"), (b"cache-control", b"no-store"), (b"cache-control", b"private")]
)
def test_what_is_meant_for_one_is_not_kept(site, header):
    site.headers = dict([header])
    site.ask()
    site.ask()
    assert len(site.asked) == 2


def test_a_search_is_kept_for_seconds_and_says_no_date(site):
    first = site.ask("/proeve/soeg/?q=torv")
    assert "last-modified" not in first.headers
    site.now += 9
    site.change(site.seen)
    site.ask("/proeve/soeg/?q=torv")
    assert len(site.asked) == 1
    site.now += 2
    site.ask("/proeve/soeg/?q=torv")
    assert len(site.asked) == 2


def test_health_is_always_asked_anew(site):
    site.headers = {b"cache-control": b"no-store"}
    site.ask("/health")
    assert site.ask("/health").headers["cache-control"] == "no-store"
    assert len(site.asked) == 2


def test_while_the_database_is_silent_the_last_good_copy_is_shown_but_not_for_a_minute(site):
    site.ask()
    site.change(None)
    site.status = 503
    site.now += LAST_GOOD - 1
    assert site.ask().status == 200
    site.now += 2
    assert site.ask().status == 503
    site.status = 200
    site.change(Seen(1, "2018-04-10", NIGHT))
    assert site.ask().status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "FOO"])
def test_only_asking_is_allowed(site, method):
    told = site.ask(method=method, body=b"x" * 100)
    assert (told.status, told.headers["allow"], site.asked) == (405, "GET, HEAD", [])


def test_a_page_of_another_site_may_ask_for_data_with_conditions(site):
    told = site.ask("/proeve/nyt.atom", method="OPTIONS", origin="https://avis.example")
    assert (told.status, told.body) == (204, b"")
    assert told.headers["access-control-allow-headers"] == "If-None-Match, If-Modified-Since"
    assert told.headers["access-control-allow-origin"] == "*"


def test_a_flood_from_one_address_waits_and_others_do_not(make_site):
    site = make_site(limiter=Limiter(rate=1, burst=3))
    answers = [site.ask(f"/proeve/?side={number}") for number in range(4)]
    assert [told.status for told in answers] == [200, 200, 429, 429]
    assert answers[-1].headers["retry-after"] == "1"
    assert answers[-1].headers["cache-control"] == "no-store"
    assert "Det var mange sider på én gang" in answers[-1].body.decode()
    assert "That was many pages at once" in site.ask("/en/proeve/").body.decode()
    assert site.ask("/proeve/?side=9", client="192.0.2.2").status == 200
    site.now += 2
    assert site.ask("/proeve/?side=9").status == 200


def test_a_page_is_made_once_for_all_who_wait_for_it_and_who_comes_to_full_hands_is_sent_away(make_site):
    started, go_on, made = threading.Event(), threading.Event(), []

    def make(scope, body):
        made.append(scope["path"])
        started.set()
        go_on.wait(10)
        return Answer(200, ((b"content-type", b"text/html"),), TEXT)

    site = make_site(rendering=Rendering(make, threads=1, waiting=1))

    async def rush():
        first = asyncio.create_task(site.ask_within("/a/"))
        await asyncio.to_thread(started.wait, 10)
        same = asyncio.create_task(site.ask_within("/a/"))
        waits = asyncio.create_task(site.ask_within("/b/"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        late = await site.ask_within("/c/")
        go_on.set()
        return [told.status for told in await asyncio.gather(first, same, waits)], late

    statuses, late = loops.run(rush())
    assert (statuses, made) == ([200, 200, 200], ["/a/", "/b/"])
    assert (late.status, late.headers["retry-after"]) == (503, "2")
    assert "Meget travlt" in late.body.decode()


def test_who_waits_too_long_is_sent_away(make_site):
    started, go_on = threading.Event(), threading.Event()

    def make(scope, body):
        started.set()
        go_on.wait(10)
        return Answer(200)

    site = make_site(rendering=Rendering(make, threads=1, waiting=5, patience=0.05))

    async def rush():
        first = asyncio.create_task(site.ask_within("/a/"))
        await asyncio.to_thread(started.wait, 10)
        late = await site.ask_within("/b/")
        go_on.set()
        return (await first).status, late.status

    assert loops.run(rush()) == (200, 503)


def test_a_large_file_goes_out_piece_by_piece_and_is_closed(make_site):
    closed = []
    headers = ((b"content-length", b"4"), (b"etag", b'"a"'), (b"cache-control", b"no-cache"))

    def make(scope, body):
        return Streamed(200, headers, iter([b"ab", b"cd"]), lambda: closed.append(True))

    site = make_site(rendering=Rendering(make))
    told = site.ask("/proeve/bilag")
    assert (told.body, told.headers["content-length"], closed) == (b"abcd", "4", [True])
    assert site.ask("/proeve/bilag", method="HEAD").body == b""
    assert closed == [True, True]
    assert told.headers["cache-control"] == CACHE_CONTROL.decode()
    known = site.ask("/proeve/bilag", if_none_match=told.headers["etag"])
    assert (known.status, known.body, "content-length" in known.headers) == (304, b"", False)
    assert closed == [True, True, True]
