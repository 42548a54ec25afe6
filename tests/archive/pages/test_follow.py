"""Feeds, calendars and tables: what a page shows, in the form that programs read, and nothing more."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import feedparser
import icalendar
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from raadslag.archive.search import open_index
from raadslag.core.record import Item, Time
from tests.archive.conftest import NOON
from tests.archive.pages.conftest import BODY, ORGANIZATION

pytestmark = pytest.mark.django_db

FEEDS = [
    f"{BODY}nyt.atom",
    f"{ORGANIZATION}nyt.atom",
    f"{BODY}soeg/nyt.atom?q=ensomhed",
    "/soeg/nyt.atom?q=ensomhed",
    "/nyt.atom",
]


def parsed(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return feedparser.parse(answer.content), answer


@pytest.mark.parametrize("address", [*FEEDS, *(f"/en{address}" for address in FEEDS)])
def test_a_feed_is_well_formed_and_each_entry_leads_to_a_page(client, world, address):
    feed, answer = parsed(client, address)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert feed.entries
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    for entry in feed.entries:
        assert entry.title
        assert client.get(entry.link.removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize(
    "address", [*FEEDS, f"{ORGANIZATION}moeder.ics", "/soeg/liste.csv?q=", f"{BODY}soeg/liste.csv?q="]
)
def test_nothing_of_the_inside_of_a_closed_item_is_in_it(client, world, address):
    assert b"KANARIE" not in client.get(address).content


def test_a_feed_begins_with_what_was_added_last(client, make_meeting, add):
    add(make_meeting(), at=NOON)
    later = make_meeting(
        meeting=Time(start="2017-01-09T17:00"),
        items=(Item(order=1, number="1", title="Gamle træer", access="open", decision="Godkendt."),),
    )
    add(later, at=NOON + timedelta(days=1))
    feed, _ = parsed(client, "/proeve/nyt.atom")
    assert [entry.title for entry in feed.entries] == ["Gamle træer", "Leg og læring i byen"]


def test_the_calendar_has_a_lasting_name_for_each_meeting_and_counts_its_papers(client, make_meeting, add):
    add(make_meeting(kind="agenda"))
    address = "/proeve/udvalg/udvalget-for-byrum/moeder.ics"
    [before] = icalendar.Calendar.from_ical(client.get(address).content).walk("VEVENT")
    add(make_meeting(meeting=Time(start="2018-04-09T17:00", adjourned="2018-04-09T19:05", place="Prøvegården")))
    answer = client.get(address)
    calendar = icalendar.Calendar.from_ical(answer.content)
    [event] = calendar.walk("VEVENT")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert (event["uid"], before["sequence"], event["sequence"]) == (before["uid"], 0, 1)
    assert event["dtstart"].dt.isoformat() == "2018-04-09T17:00:00+02:00"
    assert event["dtend"].dt.isoformat() == "2018-04-09T19:05:00+02:00"
    assert (str(event["summary"]), str(event["location"])) == ("Udvalget for Byrum", "Prøvegården")
    assert "Leg og læring i byen" in event["description"]
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Copenhagen"]
    assert client.get(event["url"].removeprefix("http://testserver")).status_code == 200


def test_a_meeting_whose_paper_shows_no_time_is_on_its_day(client, make_meeting, add):
    add(make_meeting(meeting=Time(start="2018-04-09")))
    answer = client.get("/proeve/udvalg/udvalget-for-byrum/moeder.ics")
    [event] = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["dtstart"].dt == date(2018, 4, 9)
    assert "dtend" not in event


def test_a_meeting_that_ended_after_midnight_ended_the_next_day(client, make_meeting, add):
    add(make_meeting(meeting=Time(start="2018-04-09T19:00", adjourned="2018-04-09T00:20")))
    answer = client.get("/proeve/udvalg/udvalget-for-byrum/moeder.ics")
    [event] = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["dtend"].dt.isoformat() == "2018-04-10T00:20:00+02:00"


def test_a_search_is_a_table_without_formulas(client, make_meeting, add):
    title, decision = "=HYPERLINK(1)", "Godkendt; som indstillet"
    add(make_meeting(items=(Item(order=1, number="1", title=title, access="open", decision=decision),)))
    open_index().catch_up()
    answer = client.get("/soeg/liste.csv?q=godkendt")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="raadslag.csv"'
    assert rows[0] == ["Kommune", "Udvalg", "Dato", "Nummer", "Titel", "Udfald", "Beslutning", "Adresse"]
    [[*cells, address]] = rows[1:]
    assert cells[:5] == ["Prøvekommunen", "Udvalget for Byrum", "2018-04-09", "1", "'=HYPERLINK(1)"]
    assert cells[6] == decision
    assert client.get(address.removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize(
    "place", ["nyt.atom", "udvalg/udvalget-for-byrum/moeder.ics", "soeg/liste.csv?q=", "soeg/nyt.atom?q="]
)
def test_one_row_costs_as_many_queries_as_many(client, make_meeting, add, place):
    def count():
        open_index().catch_up()
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/proeve/{place}")
        return len(asked)

    add(make_meeting())
    one = count()
    for n in range(1, 9):
        items = tuple(
            Item(order=k, number=str(k), title=f"Sag {n}.{k}", access="open", decision="Godkendt.") for k in (1, 2, 3)
        )
        add(make_meeting(meeting=Time(start=f"2018-05-0{n}T17:00"), items=items))
    assert count() == one
    assert one <= 9


def test_the_pages_lead_to_their_feeds(client, world):
    organization = client.get(ORGANIZATION).content.decode()
    assert f'href="{ORGANIZATION}moeder.ics"' in organization
    assert f'<link rel="alternate" type="application/atom+xml" href="{ORGANIZATION}nyt.atom"' in organization
    assert f'href="{BODY}nyt.atom"' in client.get(BODY).content.decode()
    found = client.get(f"{BODY}soeg/?q=ensomhed").content.decode()
    assert f'href="{BODY}soeg/nyt.atom?q=ensomhed"' in found
    assert f'href="{BODY}soeg/liste.csv?q=ensomhed"' in found


@pytest.mark.parametrize(
    "address", ["/ukendt/nyt.atom", f"{BODY}udvalg/ukendt/nyt.atom", f"{BODY}udvalg/ukendt/moeder.ics"]
)
def test_what_is_not_shown_has_no_feed(client, world, address):
    assert client.get(address).status_code == 404
