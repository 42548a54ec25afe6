"""A decision at an address of its own, and what becomes of that address."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from raadslag.archive import curation
from raadslag.archive.models import Body, Meeting, Organization
from raadslag.core.record import Item, Section, Time, Vote, VoteSide

HOW = {"by": "Prøve Sekretær", "at": datetime(2018, 5, 1, 12, tzinfo=UTC)}
PLACE = "/proeve/beslutning/2018-04-09-udvalget-for-byrum/"
FIFTH = "/proeve/beslutning/2018-04-09-opgaveudvalget-trygge-boligomraader/"


@pytest.fixture
def voted(add: Any, make_meeting: Any) -> None:
    """An item that was voted on, one that was only talked about, and one of the kind that decides nothing."""
    vote = Vote(
        question="Skal bænkene males?", for_=VoteSide(count=4, who=("A", "V")), against=VoteSide(who=("Ø",)), entitled=7
    )
    items = (
        Item(
            order=1, number="1", title="Bænke på torvet", access="open", reference="PRV-2018-00105", outcome="approved",
            decision="Bænkene males.", votes=(vote, Vote()), actor="formanden",
            sections=(Section(kind="background", text="Bænkene er grå."),),
        ),
        Item(order=2, number="2", title="Orientering", access="open"),
        Item(order=3, number="3", title="Samtale", access="open", decision="Intet.", outcome="none"),
    )  # fmt: skip
    add(make_meeting(items=items))


def test_a_decision_tells_outcome_vote_meeting_case_and_how_to_cite_it(client: Client, voted: None) -> None:
    text = client.get(f"{PLACE}1/").text
    assert "<h1>Bænke på torvet</h1>" in text
    assert "<b>Godkendt</b>" in text
    assert "Besluttet af formanden" in text
    assert "Skal bænkene males?" in text
    assert re.findall(r'<th scope="row">(\w+)</th><td>(?:<[^>]+>)?([^<]+)', text) == [
        ("For", "4"),
        ("Imod", "ikke angivet"),
    ]
    assert text.count("Afstemningen</h2>") == 1
    assert 'href="/proeve/moede/2018-04-09-udvalget-for-byrum/punkt/1/"' in text
    assert 'href="/proeve/sag/prv-2018-00105/"' in text
    assert f"Referat, 1. udgave. http://testserver{PLACE}1/" in text
    assert "Bænkene er grå." not in text
    english = client.get(f"/en{PLACE}1/").text
    assert '<h1 lang="da">Bænke på torvet</h1>' in english
    assert "Against" in english


def test_a_decision_is_led_to_from_where_it_is_told(client: Client, voted: None) -> None:
    meeting = "/proeve/moede/2018-04-09-udvalget-for-byrum/"
    for address in (
        "/proeve/",
        "/proeve/beslutninger/",
        "/proeve/udvalg/udvalget-for-byrum/",
        meeting,
        f"{meeting}punkt/1/",
    ):
        text = client.get(address).text
        assert f'href="{PLACE}1/"' in text, address
        for led in re.findall(rf'href="({PLACE}[^"]+)"', text):
            assert client.get(led).status_code == 200
    told = re.findall(r"<loc>http://testserver([^<]+)</loc>", client.get("/sitemap-beslutninger.xml").text)
    assert told == [f"{PLACE}1/"]
    assert "sitemap-beslutninger.xml" in client.get("/sitemap.xml").text


def test_a_closed_item_has_its_public_decision_and_nothing_else(client: Client, world: None) -> None:
    text = client.get(f"{FIFTH}2/").text
    assert "Leje af lokaler" in text
    assert "Godkendt i lukket del." in text
    assert "KANARIE" not in text
    assert "KANARIE" not in client.get(f"{FIFTH}1/").text


@pytest.mark.parametrize("item", ["2", "3", "4"])
def test_what_was_not_decided_has_no_such_page(client: Client, voted: None, item: str) -> None:
    assert client.get(f"{PLACE}{item}/").status_code == 404


def test_a_decision_that_the_newest_edition_no_longer_has_says_so(
    client: Client, voted: None, add: Any, make_meeting: Any
) -> None:
    items = (Item(order=1, number="1", title="Bænke på torvet", access="open"),)
    add(make_meeting(items=items, title="Rettet"), data=b"other")
    gone = client.get(f"{PLACE}1/")
    assert gone.status_code == 410
    assert "Bænkene males." not in gone.text
    assert client.get(f"{PLACE}2/").status_code == 404


def test_a_withdrawn_decision_says_so_and_a_merged_one_leads_on(
    client: Client, voted: None, add: Any, make_meeting: Any
) -> None:
    item = Item(order=1, number="1", title="Bænke", access="open", decision="Godkendt.")
    add(make_meeting(organization="Byrumsudvalget", items=(item,), meeting=Time(start="2018-06-01")))
    old, new = (Organization.objects.get(slug=slug) for slug in ("byrumsudvalget", "udvalget-for-byrum"))
    curation.merge(old, new, **HOW)
    moved = client.get("/proeve/beslutning/2018-06-01-byrumsudvalget/1/")
    assert moved.headers["Location"] == "/proeve/beslutning/2018-06-01-udvalget-for-byrum/1/"
    for meeting in Meeting.objects.all():
        curation.withdraw_meeting(meeting, ground="Navne", **HOW)
    gone = client.get(f"{PLACE}1/")
    assert gone.status_code == 410
    assert "Navne" in gone.text
    assert "Bænke" not in gone.text


def test_a_decision_of_a_merged_municipality_leads_on(client: Client, voted: None, add: Any, make_meeting: Any) -> None:
    item = Item(order=1, number="1", title="Bænke", access="open", decision="Godkendt.")
    add(make_meeting(body="Gammelkommunen", items=(item,), meeting=Time(start="2018-06-01")))
    curation.merge(Body.objects.get(slug="gammel"), Body.objects.get(slug="proeve"), **HOW)
    moved = client.get("/gammel/beslutning/2018-06-01-udvalget-for-byrum/1/")
    assert (moved.status_code, moved.headers["Location"]) == (
        301,
        "/proeve/beslutning/2018-06-01-udvalget-for-byrum/1/",
    )


def test_a_decision_asks_as_often_in_a_short_meeting_as_in_a_long_one(
    client: Client, add: Any, make_meeting: Any
) -> None:
    counts = []
    for year, number in ((2017, 1), (2018, 100)):
        items = tuple(
            Item(order=at, number=str(at), title=f"Sag {at}", access="open", decision="Godkendt.")
            for at in range(1, number + 1)
        )
        add(make_meeting(items=items, meeting=Time(start=f"{year}-03-01")))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/proeve/beslutning/{year}-03-01-udvalget-for-byrum/1/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
