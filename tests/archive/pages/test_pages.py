"""Every page: its address, its headers, its language, and that it asks the database as much for one as for many."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from raadslag.archive.pages.titles import is_routine
from raadslag.archive.search import open_index
from raadslag.core.record import Item, Meeting, Time
from raadslag.web.middleware import CONTENT_SECURITY_POLICY, WITH_SCRIPT

from .conftest import ADDRESSES, BODY, MEETING, ORGANIZATION


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_there_in_both_languages_without_cookies(client: Client, world: None, address: str) -> None:
    for prefix, language in (("", "da"), ("/en", "en")):
        response = client.get(prefix + address, headers={"accept-language": "de", "cookie": "django_language=de"})
        assert response.status_code == 200
        assert f'<html lang="{language}">' in response.text
        assert response.headers["Content-Language"] == language
        policy = WITH_SCRIPT if "<script" in response.text else CONTENT_SECURITY_POLICY
        assert response.headers["Content-Security-Policy"] == policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-cache"
        assert not response.cookies
        assert "cookie" not in response.headers.get("Vary", "").lower()
        assert response.text.count("<script") == response.text.count('<script src="/static/web/suggest.') < 2
        assert " style=" not in response.text


def test_a_page_leads_to_itself_in_the_other_language(client: Client, world: None) -> None:
    assert f'<a href="/en{MEETING}" lang="en" hreflang="en">English</a>' in client.get(MEETING).text
    assert f'<a href="{MEETING}" lang="da" hreflang="da">Dansk</a>' in client.get(f"/en{MEETING}").text


def test_an_archive_of_one_body_begins_there(client: Client, world: None) -> None:
    response = client.get("/")
    assert (response.status_code, response.headers["Location"]) == (302, BODY)


def test_an_archive_of_many_bodies_begins_with_all(client: Client, world: None, add: Any, make_meeting: Any) -> None:
    add(make_meeting(body="Andenkommunen"))
    text = client.get("/").text
    assert '<a href="/proeve/">Prøvekommunen</a>' in text
    assert '<a href="/anden/">Andenkommunen</a>' in text


def test_an_empty_archive_says_so(client: Client, db: None) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert "Her er ikke offentliggjort noget endnu." in response.text


def test_only_pages_of_the_invented_municipality_say_that_it_is(
    client: Client, world: None, add: Any, make_meeting: Any
) -> None:
    sample = "Prøvekommunen er opdigtet"
    for address in (BODY, MEETING, "/om/", "/soeg/", "/proeve/om/", "/proeve/findes/ikke"):
        assert sample in client.get(address).text, address
    add(make_meeting(body="Andenkommunen"))
    for address in ("/", "/om/", "/soeg/", "/anden/", "/anden/om/", "/anden/findes/ikke", "/findes/ikke/"):
        text = client.get(address).text
        assert sample not in text, address
        assert text.count("Eksempel") == (1 if address == "/" else 0), address  # in the list of municipalities
    assert sample in client.get(BODY).text


def test_what_is_not_there_is_told_in_the_frame_of_its_municipality(
    client: Client, world: None, add: Any, make_meeting: Any
) -> None:
    add(make_meeting(body="Andenkommunen"))
    assert '<a href="/proeve/udvalg/">Udvalg</a>' in client.get("/proeve/findes/ikke/").text
    assert '<a href="/en/proeve/udvalg/">Committees</a>' in client.get("/en/proeve/findes/ikke/").text
    assert '<a href="/proeve/udvalg/">' not in client.get("/findes/ikke/").text


def test_a_front_page_tells_decisions_of_substance(client: Client, add: Any, make_meeting: Any) -> None:
    def item(order: int, title: str) -> Item:
        return Item(order=order, number=str(order), title=title, access="open", decision="Godkendt.")

    add(make_meeting(items=(item(1, "Godkendelse af dagsorden"), item(2, "Eventuelt"))))
    assert "Godkendelse af dagsorden" in client.get(BODY).text.split("Seneste beslutninger")[1]
    add(make_meeting(items=tuple(item(at, f"Sag {at}") for at in range(1, 9)), meeting=Time(start="2018-03-01")))
    add(make_meeting(items=(item(1, "Dagsorden"), item(2, "Ny cykelsti")), meeting=Time(start="2018-02-01")))
    add(make_meeting(items=(item(1, "Ny skole"),), meeting=Time(start="2018-01-01")))
    latest = client.get(BODY).text.split("Seneste beslutninger")[1]
    assert re.findall(r'/beslutning/[^/]+/\d/">([^<]+)</a></h3>', latest) == [
        "Sag 1",
        "Sag 2",
        "Sag 3",
        "Ny cykelsti",
        "Ny skole",
    ]


@pytest.mark.parametrize(
    ("title", "routine"),
    [
        ("Godkendelse af dagsordenen", True),
        ("Bemærkninger til dagsordenen", True),
        ("Dagsorden - godkendelse", True),
        ("Evt.", True),
        ("Orientering fra formanden", True),
        ("Referat fra sidste udvalgsmøde", True),
        ("UNDERSKRIFTSARK", True),
        (" ", True),
        ("Godkendelse af produktet", False),
        ("Orientering om klagesager", False),
        ("Dagsorden til femte møde", False),
        ("Nyt plejehjem", False),
    ],
)
def test_a_title_tells_whether_every_meeting_has_the_item(title: str, routine: bool) -> None:
    assert is_routine(title) is routine


def test_a_week_without_meetings_names_the_next(client: Client, add: Any, make_meeting: Any) -> None:
    today = timezone.localdate()
    add(make_meeting(meeting=Time(start=f"{today - timedelta(days=30)}")))
    assert "Ingen møder i denne uge. Her er de seneste." in client.get(BODY).text
    coming = today + timedelta(days=14)
    add(make_meeting(meeting=Time(start=f"{coming}T17:00")))
    text = client.get(BODY).text
    assert "Ingen møder i denne uge. Næste:" in text
    assert f'href="/proeve/moede/{coming}-udvalget-for-byrum/"' in text
    add(make_meeting(meeting=Time(start=f"{today}T17:00"), title="Møde i dag"))
    text = client.get(BODY).text
    assert "Møder i denne uge" in text
    assert "Ingen møder" not in text
    assert "Møde i dag" in text


def test_an_unchanged_page_is_not_sent_again(client: Client, world: None) -> None:
    for address in (BODY, MEETING, f"{MEETING}referat.json"):
        etag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    queries: int


def _answer(client: Client, address: str) -> _Answer:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(address)
    return _Answer(response.status_code, dict(response.headers), response.content, len(queries))


def test_what_waits_and_what_never_was_are_answered_alike(
    client: Client, world: None, add: Any, make_meeting: Any
) -> None:
    waiting = make_meeting(organization="Hemmeligt Udvalg")
    add(waiting, already_public=False)
    assert _answer(client, "/proeve/udvalg/hemmeligt-udvalg/") == _answer(client, "/proeve/udvalg/findes-ikke-nu/")
    for rest in ("", "punkt/1/", "referat.pdf", "kilde/" + "0" * 64):
        hidden = _answer(client, f"/proeve/moede/2018-04-09-hemmeligt-udvalg/{rest}")
        assert hidden.status == 404
        assert hidden == _answer(client, f"/proeve/moede/2018-04-09-findes-ikke-nu/{rest}")
    add(make_meeting(body="Skjult Kommune"), already_public=False)
    assert _answer(client, "/skjult/") == _answer(client, "/findes-ikke/")


@pytest.mark.parametrize(
    "address", [f"{MEETING}punkt/3/", f"{MEETING}dagsorden.pdf", f"{MEETING}referat.exe", "/x/y/z"]
)
def test_an_unknown_part_of_a_known_thing_is_not_found(client: Client, world: None, address: str) -> None:
    assert client.get(address, follow=True).status_code == 404


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


LISTS = (BODY, "/proeve/moeder/", "/proeve/beslutninger/", "/proeve/udvalg/", "/proeve/soeg/?q=cykelsti")


def test_a_list_asks_the_database_as_often_for_one_row_as_for_a_hundred(
    client: Client, add: Any, make_meeting: Any
) -> None:
    item = Item(order=1, number="1", title="Ny cykelsti", access="open", decision="Godkendt.", outcome="approved")
    add(make_meeting(items=(item,), meeting=Time(start="2017-01-01T10:00")))
    open_index().catch_up()
    lists = (*LISTS, "/proeve/udvalg/udvalget-for-byrum/")
    one = {address: _queries(client, address) for address in lists}
    for day in range(25):
        for organization in ("Udvalget for Byrum", "Skoleudvalget", f"Gruppe {day}", "Økonomiudvalget"):
            start = f"2018-03-{day + 1:02}T10:00"
            add(make_meeting(items=(item,), organization=organization, meeting=Time(start=start)))
    open_index().catch_up()
    assert {address: _queries(client, address) for address in lists} == one


def test_a_meeting_asks_the_database_as_often_for_one_item_as_for_a_hundred(
    client: Client, add: Any, make_meeting: Any
) -> None:
    def meeting(year: int, number: int) -> Meeting:
        items = tuple(
            Item(order=at, number=str(at), title=f"Sag {at}", access="open", decision="Godkendt.")
            for at in range(1, number + 1)
        )
        return make_meeting(items=items, meeting=Time(start=f"{year}-03-01T10:00"))

    add(meeting(2017, 1))
    add(meeting(2018, 100))
    for rest in ("", "punkt/1/"):
        few = _queries(client, f"/proeve/moede/2017-03-01-udvalget-for-byrum/{rest}")
        assert few == _queries(client, f"/proeve/moede/2018-03-01-udvalget-for-byrum/{rest}")


def test_a_long_list_is_parted_into_pages(client: Client, add: Any, make_meeting: Any) -> None:
    for day in range(1, 23):
        add(make_meeting(meeting=Time(start=f"2018-03-{day:02}")))
    first, second = (client.get(f"/proeve/moeder/?side={number}").text for number in (1, 2))
    assert first.count('class="r-date"') == 20
    assert 'href="?side=2"' in first
    assert second.count('class="r-date"') == 2
    assert client.get("/proeve/moeder/?side=hundrede").status_code == 200


def test_an_organization_shows_its_meetings_and_what_it_decided(client: Client, world: None) -> None:
    text = client.get(ORGANIZATION).text
    assert text.index("15. maj 2018") < text.index("9. april 2018")
    assert "Taget til efterretning" in text
