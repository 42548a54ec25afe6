"""The search page: words, choices as links with counts, and three things to try where nothing is found."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from raadslag.archive.search import open_index
from raadslag.core.record import Item, Time


@pytest.fixture
def found(add: Any, make_meeting: Any) -> None:
    """Eleven decisions and an item about bicycle paths, in two years and two committees."""
    for at in range(1, 13):
        item = Item(
            order=1,
            number="1",
            title=f"Cykelsti {at}",
            access="open",
            decision="Godkendt." if at > 1 else None,
            outcome="approved" if at > 1 else None,
        )
        organization = "Udvalget for Byrum" if at % 2 else "Skoleudvalget"
        start = f"{2016 + at % 2}-03-{at:02}"
        add(make_meeting(items=(item,), organization=organization, meeting=Time(start=start)))
    open_index().catch_up()


def test_hits_show_where_the_words_stand(client: Client, found: None) -> None:
    text = client.get("/proeve/soeg/?q=cykelsti").text
    assert "12 fund" in text
    assert "<mark>Cykelsti</mark> 1" in text
    assert text.count('class="r-hit"') == 10
    assert 'value="cykelsti"' in text


def _choices(text: str) -> dict[str, tuple[str, str]]:
    links = re.findall(
        r'<a href="([^"]*)"(?: aria-current="true")?><span>([^<]*)</span>(?: <span class="r-num">(\d+)</span>)?</a>',
        text,
    )
    return {label: (address.replace("&amp;", "&"), count) for address, label, count in links}


def test_choices_are_links_with_the_number_of_hits_that_they_leave(client: Client, found: None) -> None:
    choices = _choices(client.get("/proeve/soeg/?q=cykelsti").text)
    assert choices["Beslutninger"] == ("/proeve/soeg/?q=cykelsti&slags=decision", "11")
    assert choices["2016"] == ("/proeve/soeg/?q=cykelsti&aar=2016", "6")
    assert choices["Skoleudvalget"][1] == "6"
    for label in ("Beslutninger", "2016", "Skoleudvalget", "Godkendt"):
        address, count = choices[label]
        assert f"{count} fund" in client.get(address).text


def test_a_choice_is_kept_when_words_are_changed_and_can_be_taken_back(client: Client, found: None) -> None:
    text = client.get("/proeve/soeg/?q=cykelsti&aar=2016&slags=decision").text
    assert '<input type="hidden" name="aar" value="2016">' in text
    assert "År: 2016" in text
    assert 'href="/proeve/soeg/?q=cykelsti&amp;slags=decision"' in text


def test_hits_go_on_on_the_next_page(client: Client, found: None) -> None:
    assert 'href="/proeve/soeg/?q=cykelsti&amp;side=2"' in client.get("/proeve/soeg/?q=cykelsti").text
    last = client.get("/proeve/soeg/?q=cykelsti&side=2").text
    assert last.count('class="r-hit"') == 2
    assert 'rel="next"' not in last


def test_a_search_in_all_bodies_can_be_narrowed_to_one(
    client: Client, found: None, add: Any, make_meeting: Any
) -> None:
    add(make_meeting(body="Andenkommunen", items=(Item(order=1, title="Cykelsti i syd", access="open"),)))
    open_index().catch_up()
    text = client.get("/soeg/?q=cykelsti").text
    assert "13 fund" in text
    assert _choices(text)["Andenkommunen"] == ("/soeg/?q=cykelsti&kommune=anden", "1")
    assert "12 fund" in client.get("/proeve/soeg/?q=cykelsti&kommune=anden").text


@pytest.mark.parametrize(
    "query",
    [
        "q=findesikke",
        "q=findesikke+hellerikke",
        "q=uvenlighed&aar=2016",
        "q=cykelsti&slags=secret",
        "q=!!&aar=x",
        "aar=1900",
    ],
)
@pytest.mark.parametrize("path", ["/proeve/soeg/", "/soeg/", "/en/soeg/"])
def test_where_nothing_is_found_there_are_three_things_to_try(
    client: Client, found: None, path: str, query: str
) -> None:
    response = client.get(f"{path}?{query}")
    assert response.status_code == 200
    (ways,) = re.findall(r'<ul class="r-ways">(.*?)</ul>', response.text, re.DOTALL)
    addresses = re.findall(r'href="([^"]*)"', ways)
    assert len(set(addresses)) == 3
    for address in addresses:
        assert client.get(address.replace("&amp;", "&"), follow=True).status_code == 200


def test_a_shorter_word_is_offered(client: Client, found: None) -> None:
    assert 'href="/proeve/soeg/?q=uvenlig"' in client.get("/proeve/soeg/?q=uvenlighed").text


def test_without_words_there_is_a_form_and_a_hint(client: Client, found: None) -> None:
    text = client.get("/proeve/soeg/").text
    assert "Skriv et eller flere ord" in text
    assert 'class="r-hit"' not in text


def test_choices_without_words_show_everything_under_them(client: Client, found: None) -> None:
    assert "6 fund" in client.get("/proeve/soeg/?aar=2016&slags=decision").text


@pytest.mark.parametrize(
    "query",
    [
        "q=%22%3E%3Cscript%3E",
        "q=%00%00a",
        "q=" + "a" * 5000,
        "q=AND+OR+NOT+(%22",
        "q=cykelsti&side=999999999",
        "q=%F0%9F%92%A9",
    ],
)
def test_no_query_is_wrong(client: Client, found: None, query: str) -> None:
    response = client.get(f"/proeve/soeg/?{query}")
    assert response.status_code == 200
    assert response.text.count("<script") == response.text.count('<script src="/static/web/suggest.') == 1


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["soeg/?q=bog", "soeg/nyt.atom?q=bog", "soeg/liste.csv?q=bog"])
def test_search_says_that_it_is_behind_rather_than_show_what_was_withdrawn(client, add, make_meeting, place):
    add(make_meeting(), at=timezone.now() - timedelta(hours=1))
    open_index().catch_up()
    assert client.get(f"/{place}").status_code == 200
    add(make_meeting(organization="Rådet"), at=timezone.now() - timedelta(seconds=90))
    for address in (f"/{place}", f"/proeve/{place}", f"/en/{place}"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/proeve/").status_code == 200
    open_index().catch_up()
    assert client.get(f"/{place}").status_code == 200


def test_the_order_can_be_chosen_and_is_kept(client: Client, found: None) -> None:
    text = client.get("/proeve/soeg/?q=cykelsti&aar=2016").text
    assert '<a href="/proeve/soeg/?q=cykelsti&amp;aar=2016" aria-current="true">Bedste først</a>' in text
    text = client.get("/proeve/soeg/?q=cykelsti&orden=nyeste").text
    assert '<a href="/proeve/soeg/?q=cykelsti&amp;orden=nyeste" aria-current="true">Nyeste først</a>' in text
    assert '<input type="hidden" name="orden" value="nyeste">' in text
    assert "/proeve/soeg/?q=cykelsti&amp;orden=nyeste&amp;side=2" in text
    assert text.index("11. marts 2017") < text.index("12. marts 2016")
    assert "Nyeste først" not in client.get("/proeve/soeg/?q=&aar=2016").text


def test_a_mistake_is_told(client: Client, found: None) -> None:
    text = client.get("/proeve/soeg/?q=cykelsit").text
    assert "12 fund" in text
    assert "Intet rummer “cykelsit”. Her er det, der rummer <b>cykelsti</b>." in text


def test_words_are_completed_for_the_script(client: Client, found: None) -> None:
    answer = client.get("/proeve/soeg/forslag.json?q=cyk")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == ["cykelsti"]
    assert client.get("/soeg/forslag.json?q=cyk").json() == ["cykelsti"]
    assert client.get("/soeg/forslag.json").json() == []
    assert client.get("/andet/soeg/forslag.json?q=cyk").status_code == 404
    assert 'data-suggestions="/proeve/soeg/forslag.json"' in client.get("/proeve/").text


def test_nothing_found_for_a_phrase_offers_its_words(client: Client, found: None) -> None:
    text = client.get("/proeve/soeg/", {"q": '"godkendt cykelsti" -vej'}).text
    assert "Søg efter ordene alene, i hvilken rækkefølge som helst" in text
    assert 'href="/proeve/soeg/?q=godkendt+cykelsti"' in text
