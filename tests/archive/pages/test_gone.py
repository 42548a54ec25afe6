"""An address that was given once leads on or says what happened; one that never was is only not here."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from raadslag.archive import curation
from raadslag.archive.intake import Document
from raadslag.archive.models import Body, Meeting, Organization
from raadslag.archive.search import open_index
from raadslag.core.record import File, Item, Time

pytestmark = pytest.mark.django_db
HOW = {"by": "Prøve Sekretær", "at": datetime(2018, 5, 1, 12, tzinfo=UTC)}
HOME = "/proeve/moede/2018-04-09-udvalget-for-byrum/"
ANNEX = Document("kanariefugl.pdf", "application/pdf", b"%PDF-1.4 Kanariefugl", ())
WORDS = b"Kanariefugl"


@pytest.fixture
def shown(add, make_meeting):
    files = (File(title="Kort over Kanariefugl", sha256=ANNEX.sha256),)
    items = (Item(order=1, number="1", title="Om Kanariefugl", access="open", decision="Kanariefugl.", files=files),)
    version = add(make_meeting(title="Kanariefugl", items=items), data=b"Kanariefugl", attachments=(ANNEX,)).version
    open_index().catch_up()
    return version


def addresses(version) -> list[str]:
    parts = ["", "punkt/1/", "referat.pdf", "referat.html", "referat.json", "referat/udgave/1/"]
    parts += [f"kilde/{version.source.sha256}", f"bilag/{ANNEX.sha256}"]
    return [HOME + part for part in parts] + ["/en" + HOME]


def test_all_addresses_of_a_withdrawn_meeting_say_so_and_nothing_of_it(client, shown):
    given = addresses(shown)
    assert {client.get(address).status_code for address in given} <= {200}
    curation.withdraw_meeting(Meeting.objects.get(), ground="Navne på borgere", **HOW)
    open_index().catch_up()
    for address in given:
        answer = client.get(address)
        assert answer.status_code == 410, address
        assert b"Navne p\xc3\xa5 borgere" in answer.content
        assert WORDS.lower() not in answer.content.lower()
    for address in ("/", "/soeg/?q=kanariefugl", "/nyt.atom", "/sitemap-moeder.xml", "/soeg/liste.csv?q=kanariefugl"):
        answer = client.get(address)
        assert b"Om Kanariefugl" not in answer.content
    assert client.get(HOME + "punkt/2/").status_code == 410  # nobody can tell from it how many there were


def test_a_withdrawn_file_says_so_and_its_minutes_stay_without_a_link(client, shown):
    curation.withdraw(ANNEX.sha256, ground="Navne", **HOW)
    assert client.get(f"{HOME}bilag/{ANNEX.sha256}").status_code == 410
    page = client.get(HOME + "punkt/1/")
    assert page.status_code == 200
    assert ANNEX.sha256.encode() not in page.content


def test_withdrawn_minutes_leave_the_agenda_and_their_papers_say_so(client, add, make_meeting, shown):
    add(make_meeting(kind="agenda", items=(Item(order=1, number="1", title="Dagsorden", access="open"),)), data=b"a")
    curation.withdraw(shown.identity, ground="Navne", **HOW)
    assert client.get(HOME).status_code == 200
    assert client.get(HOME + "dagsorden.json").status_code == 200
    for part in ("referat.pdf", "referat/udgave/1/", f"kilde/{shown.source.sha256}"):
        assert client.get(HOME + part).status_code == 410
    decision = HOME.replace("/moede/", "/beslutning/")
    answer = client.get(decision + "1/")
    assert (answer.status_code, b"Navne" in answer.content, WORDS in answer.content) == (410, True, False)
    assert client.get(decision + "2/").status_code == 404


def test_an_item_that_the_newest_edition_has_not_says_so(client, add, make_meeting, shown):
    add(make_meeting(items=(Item(order=1, number="7", title="Andet", access="open"),)), data=b"second")
    answer = client.get(HOME + "punkt/1/")
    assert (answer.status_code, WORDS in answer.content) == (410, False)
    assert client.get(f"{HOME}bilag/{ANNEX.sha256}").status_code == 410
    assert client.get(HOME + "punkt/7/").status_code == 200
    assert client.get(HOME + "punkt/8/").status_code == 404


def test_what_was_merged_leads_on_with_everything_below_it(client, add, make_meeting):
    add(make_meeting(organization="Byrumsudvalget", meeting=Time(start="2018-05-09T17:00")), data=b"old")
    add(make_meeting(), data=b"new")
    one, other = Organization.objects.get(slug="byrumsudvalget"), Organization.objects.get(slug="udvalget-for-byrum")
    curation.merge(one, other, **HOW)
    for old, new in (
        ("/proeve/udvalg/byrumsudvalget/", "/proeve/udvalg/udvalget-for-byrum/"),
        ("/proeve/udvalg/byrumsudvalget/nyt.atom", "/proeve/udvalg/udvalget-for-byrum/nyt.atom"),
        ("/en/proeve/udvalg/byrumsudvalget/moeder.ics", "/en/proeve/udvalg/udvalget-for-byrum/moeder.ics"),
        ("/proeve/moede/2018-05-09-byrumsudvalget/punkt/1/", "/proeve/moede/2018-05-09-udvalget-for-byrum/punkt/1/"),
    ):
        answer = client.get(old)
        assert (answer.status_code, answer.headers["Location"]) == (301, new)
        assert client.get(new).status_code == 200


def test_a_merged_municipality_leads_on(client, add, make_meeting):
    add(make_meeting(body="Gammelby"), data=b"old")
    add(make_meeting(organization="Rådet"), data=b"new")
    curation.merge(Body.objects.get(slug="gammelby"), Body.objects.get(slug="proeve"), **HOW)
    assert client.get("/gammelby/moeder/").headers["Location"] == "/proeve/moeder/"
    moved = client.get("/gammelby/moede/2018-04-09-udvalget-for-byrum/referat.json")
    assert moved.headers["Location"] == HOME + "referat.json"


def test_what_waits_is_answered_as_what_never_was(client, add, make_meeting):
    add(make_meeting(organization="Rådet"), data=b"shown")
    never = client.get(HOME)
    add(make_meeting(), data=b"waits", already_public=False)
    again = client.get(HOME)
    assert (again.status_code, again.content) == (404, never.content)
