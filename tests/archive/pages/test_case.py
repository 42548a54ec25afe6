"""A case across meetings: its course, its feed, and what it never shows."""

from __future__ import annotations

from datetime import UTC, datetime

import feedparser
import pytest

from raadslag.archive import curation
from raadslag.archive.models import Case, Version
from raadslag.core.record import Item, Time

pytestmark = pytest.mark.django_db
HOW = {"by": "Prøve Sekretær", "at": datetime(2018, 5, 1, 12, tzinfo=UTC)}
CASE = "/proeve/sag/prv-2018-00105/"


@pytest.fixture
def handled(add, make_meeting):
    """The same case at two meetings, and a closed item that names its number too."""
    for month, title, outcome in ((4, "Bænke på torvet", "discussed"), (5, "Bænke, anden behandling", "approved")):
        items = (
            Item(order=1, number="1", title=title, access="open", reference="PRV-2018-00105", outcome=outcome,
                 decision=f"Afgjort i måned {month}."),
            Item(order=2, number="2", title="Kanariefugl", access="closed", reference="PRV-2018-00105"),
        )  # fmt: skip
        start = f"2018-{month:02}-09T17:00"
        add(make_meeting(items=items, meeting=Time(start=start)), data=title.encode())


def test_a_case_tells_its_course_from_the_first_meeting_on(client, handled):
    page = client.get(CASE)
    text = page.content.decode()
    assert page.status_code == 200
    assert "<h1>Bænke, anden behandling</h1>" in text
    assert text.index("Afgjort i måned 4.") < text.index("Afgjort i måned 5.")
    assert "Kanariefugl" not in text
    assert 'lang="da"' in client.get("/en" + CASE).content.decode()
    item = client.get("/proeve/moede/2018-04-09-udvalget-for-byrum/punkt/1/").content.decode()
    assert f'href="{CASE}"' in item
    assert CASE in client.get("/sitemap-sager.xml").content.decode()


def test_a_case_is_followed_by_a_feed(client, handled):
    feed = feedparser.parse(client.get(CASE + "nyt.atom").content)
    assert not feed.bozo
    assert sorted(entry.title for entry in feed.entries) == ["Bænke på torvet", "Bænke, anden behandling"]


def test_a_case_costs_the_same_number_of_queries_for_one_and_for_many(
    client, handled, add, make_meeting, django_assert_num_queries
):
    for day in range(1, 20):
        item = Item(order=1, number="1", title=f"Sag {day}", access="open", reference="PRV-2018-00105")
        add(make_meeting(items=(item,), meeting=Time(start=f"2019-01-{day:02}")), data=f"{day}".encode())
    for address in (CASE, CASE + "nyt.atom"):
        with django_assert_num_queries(4 if address == CASE else 2):
            assert client.get(address).status_code == 200


def test_a_case_whose_items_are_withdrawn_says_so_and_a_merged_one_leads_on(client, handled, add, make_meeting):
    item = Item(order=1, number="1", title="Bænke", access="open", reference="2018/105")
    add(make_meeting(items=(item,), meeting=Time(start="2019-01-09")), data=b"other")
    curation.merge(Case.objects.get(slug="2018-105"), Case.objects.get(slug="prv-2018-00105"), **HOW)
    assert client.get("/proeve/sag/2018-105/").headers["Location"] == CASE
    for version in Version.objects.all():
        curation.withdraw(version.identity, ground="Navne", **HOW)
    gone = client.get(CASE)
    assert gone.status_code == 410
    assert "Bænke" not in gone.content.decode()
    assert client.get("/proeve/sag/findes-ikke/").status_code == 404
