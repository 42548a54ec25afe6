"""What was met about and decided, in figures: counted from what is shown, in tables and as pictures of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from raadslag.archive import curation
from raadslag.archive.models import Meeting
from raadslag.core.record import Item, Time

HOW = {"by": "Prøve Sekretær", "at": datetime(2018, 5, 1, 12, tzinfo=UTC)}
COMMITTEE = "/proeve/udvalg/udvalget-for-byrum/"
CASE = "/proeve/sag/prv-2018-00105/"


def _item(order: int, outcome: Any = None, **more: Any) -> Item:
    known = {"title": "Ny cykelsti", "access": "open", "decision": "Besluttet."}
    return Item(order=order, number=str(order), outcome=outcome, **(known | more))


@pytest.fixture
def decided(add: Any, make_meeting: Any) -> None:
    """Two years of a committee, and one meeting of another; a closed item, and one that nothing was decided on."""
    meetings = (
        ("Udvalget for Byrum", "2017-03-01", (_item(1, "approved"), _item(2, "deferred"), _item(3))),
        ("Udvalget for Byrum", "2018-03-01", (_item(1, "approved"), _item(2, "approved", access="closed"))),
        ("Udvalget for Byrum", "2018-06-01", (_item(1, "none"), _item(2, decision=None))),
        ("Skoleudvalget", "2018-06-02", (_item(1, "noted"),)),
    )
    for organization, start, items in meetings:
        add(make_meeting(organization=organization, items=items, meeting=Time(start=start)), data=start.encode())


def _table(text: str, number: int) -> list[list[str]]:
    table = re.findall(r"<table.*?</table>", text, re.DOTALL)[number]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>([^<]*)<", row) for row in rows]


def test_outcomes_are_counted_by_year(client: Client, decided: None) -> None:
    assert _table(client.get(f"{COMMITTEE}tal/").text, 0) == [
        ["År", "Godkendt", "Udsat", "Ikke angivet", "I alt"],
        ["2018", "1", "0", "0", "1"],
        ["2017", "1", "1", "1", "3"],
    ]
    assert _table(client.get("/proeve/tal/").text, 0)[1] == ["2018", "1", "0", "1", "0", "2"]
    assert _table(client.get("/en/proeve/tal/").text, 0)[0][-2:] == ["Not stated", "In all"]


def test_meetings_are_counted_by_month(client: Client, decided: None) -> None:
    rows = dict(_table(client.get(f"{COMMITTEE}tal/").text, 1)[1:])
    assert {name: count for name, count in rows.items() if count != "0"} == {"Marts": "1", "Juni": "1", "I alt": "2"}
    assert dict(_table(client.get("/proeve/tal/2018/").text, 1)[1:])["Juni"] == "2"
    assert dict(_table(client.get("/proeve/tal/2017/").text, 1)[1:])["I alt"] == "1"
    assert "Her vises ingen møder i det år." in client.get("/proeve/tal/2016/").text


@pytest.mark.parametrize("address", ["/proeve/tal/", f"{COMMITTEE}tal/"])
def test_each_table_has_its_picture(client: Client, decided: None, address: str) -> None:
    pictures = re.findall(r'<img src="([^"]+\.svg)" alt="[^"]+"', client.get(address).text)
    assert pictures == [f"{address}udfald.svg", f"{address}2018/moeder.svg"]
    for picture in pictures:
        drawn = client.get(picture)
        assert drawn.status_code == 200
        assert drawn.headers["Content-Type"] == "image/svg+xml"
        policy = drawn.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert drawn.headers["ETag"] == client.get(picture).headers["ETag"]


def test_a_case_on_several_agendas_has_its_course_drawn(client: Client, add: Any, make_meeting: Any) -> None:
    assert client.get(f"{CASE}forloeb.svg").status_code == 404
    for organization, start in (("Udvalget for Byrum", "2018-03-01"), ("Skoleudvalget", "2018-06-01")):
        items = (_item(1, reference="PRV-2018-00105"), _item(2, reference="PRV-2018-00105", access="closed"))
        add(make_meeting(organization=organization, items=items, meeting=Time(start=start)), data=start.encode())
        assert (f'src="{CASE}forloeb.svg"' in client.get(CASE).text) == (organization == "Skoleudvalget")
        assert client.get(f"{CASE}forloeb.svg").status_code == 200
    drawn = client.get(f"{CASE}forloeb.svg").text
    assert drawn.count("<circle") == 2
    assert "2018-03-01 Udvalget for Byrum, 2018-06-01 Skoleudvalget" in drawn


def test_what_is_withdrawn_counts_nowhere(client: Client, decided: None) -> None:
    before = client.get("/proeve/tal/udfald.svg").content
    for meeting in Meeting.objects.filter(start_on__year=2017):
        curation.withdraw_meeting(meeting, ground="Navne", **HOW)
    assert [row[0] for row in _table(client.get("/proeve/tal/").text, 0)] == ["År", "2018"]
    assert "2017" not in client.get("/proeve/tal/udfald.svg").text
    assert client.get("/proeve/tal/udfald.svg").content != before
    for meeting in Meeting.objects.filter(organization__slug="skoleudvalget"):
        curation.withdraw_meeting(meeting, ground="Navne", **HOW)
    assert client.get("/proeve/udvalg/skoleudvalget/tal/udfald.svg").status_code == 410


def test_where_nothing_was_decided_no_page_shows_the_picture(client: Client, add: Any, make_meeting: Any) -> None:
    add(make_meeting(items=()))
    assert "udfald.svg" not in client.get("/proeve/tal/").text
    assert "Ingen" in client.get("/proeve/tal/udfald.svg").text


def test_figures_ask_as_often_for_one_meeting_as_for_a_hundred(client: Client, add: Any, make_meeting: Any) -> None:
    def asked() -> list[int]:
        counts = []
        for address in ("/proeve/tal/", f"{COMMITTEE}tal/", f"{COMMITTEE}tal/udfald.svg"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    add(make_meeting(meeting=Time(start="2016-01-01")))
    one = asked()
    for month in range(1, 11):
        for day in range(1, 11):
            start = f"{2016 + month}-{month:02}-{day:02}"
            add(make_meeting(meeting=Time(start=start), items=(_item(1, "approved"),)), data=start.encode())
    assert asked() == one
