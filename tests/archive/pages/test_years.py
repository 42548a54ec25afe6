"""A year of a committee: a calendar and a list that tell the same meetings."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from raadslag.archive import curation
from raadslag.archive.models import Meeting as MeetingRow
from raadslag.archive.pages import years
from raadslag.core.record import Time

ADDRESS = "/proeve/udvalg/udvalget-for-byrum/"
HOW = {"by": "Prøve Sekretær", "at": datetime(2018, 5, 1, 12, tzinfo=UTC)}


def test_a_month_begins_on_its_weekday_and_holds_its_meetings_in_order() -> None:
    late, early = (MeetingRow(start=f"2018-04-09T{hour}:00", start_on=date(2018, 4, 9)) for hour in (19, 17))
    months = years.months_of(2018, [late, early])
    assert [month.first.month for month in months] == list(range(1, 13))
    april = months[3]
    assert {len(week) for week in april.weeks} == {7}
    assert april.weeks[0][:6] == (None,) * 6  # 1 April 2018 was a Sunday
    days = [day for week in april.weeks for day in week if day]
    assert [day.on.day for day in days] == list(range(1, 31))
    assert days[8].meetings == (early, late)
    assert not any(day.meetings for day in days if day.on.day != 9)
    assert len([day for week in years.months_of(2020, [])[1].weeks for day in week if day]) == 29


def test_this_year_is_shown_where_it_has_meetings_else_the_newest_that_has() -> None:
    assert years.chosen([2016, 2018, 2019], 2018) == 2018
    assert years.chosen([2016, 2018], 2026) == 2018
    assert years.chosen([], 2026) == 2026


@pytest.fixture
def held(add: Any, make_meeting: Any) -> None:
    """Meetings in three of four years, two of them on one day."""
    for start in ("2015-02-28", "2017-06-01", "2018-04-09T17:00", "2018-04-09T20:00", "2018-12-31"):
        add(make_meeting(meeting=Time(start=start)), data=start.encode())


def test_the_calendar_and_the_list_of_a_year_lead_to_the_same_meetings(client: Client, held: None) -> None:
    text = client.get(ADDRESS).text
    table = "".join(re.findall(r"<table.*?</table>", text, re.DOTALL))
    assert text.count("<caption>") == 12
    assert re.findall(r'href="([^"]+)"', table) == [
        "#dag-2018-04-09",
        "/proeve/moede/2018-12-31-udvalget-for-byrum/",
    ]
    assert text.count('id="dag-2018-04-09"') == 1
    assert '9<span class="sr-only">. april, 2 møder</span>' in table
    assert text.count('<article class="r-hit"') == 3
    assert client.get(f"{ADDRESS}2018/").text.count('<article class="r-hit"') == 3
    assert '9<span class="sr-only">. April, 2 meetings</span>' in client.get(f"/en{ADDRESS}").text


def test_a_year_leads_to_the_years_with_meetings_beside_it(client: Client, held: None) -> None:
    text = client.get(f"{ADDRESS}2017/").text
    assert f'rel="prev" href="{ADDRESS}2015/"' in text
    assert f'rel="next" href="{ADDRESS}2018/"' in text
    assert "<title>Udvalget for Byrum, 2017 " in text
    empty = client.get(f"{ADDRESS}2016/")
    assert empty.status_code == 200
    assert "Her vises ingen møder i det år." in empty.text
    assert "<table" not in empty.text
    assert client.get(f"{ADDRESS}18/").status_code == 404
    assert client.get("/proeve/udvalg/findes-ikke/2018/").status_code == 404


def test_a_year_asks_as_often_for_one_meeting_as_for_a_hundred(client: Client, add: Any, make_meeting: Any) -> None:
    add(make_meeting(meeting=Time(start="2017-01-01")))
    for month in range(1, 11):
        for day in range(1, 11):
            start = f"2018-{month:02}-{day:02}"
            add(make_meeting(meeting=Time(start=start)), data=start.encode())
    asked = []
    for year in (2017, 2018):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{ADDRESS}{year}/").status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_committee_of_which_all_is_withdrawn_says_so(client: Client, held: None, add: Any, make_meeting: Any) -> None:
    add(make_meeting(organization="Skoleudvalget"))
    for row in MeetingRow.objects.filter(organization__slug="udvalget-for-byrum"):
        curation.withdraw_meeting(row, ground="Navne", **HOW)
    for address in (ADDRESS, f"{ADDRESS}2018/", f"{ADDRESS}moeder.ics"):
        gone = client.get(address)
        assert gone.status_code == 410
        assert "Navne" in gone.text
        assert "Byrum" not in gone.text
    assert client.get("/proeve/udvalg/skoleudvalget/findes-ikke").status_code == 404
