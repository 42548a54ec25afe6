"""What was served is known by address, day and record, and by nothing else; whatever tells of a paper is counted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from raadslag.archive import curation, served
from raadslag.archive.intake import Document, Paper, take_in
from raadslag.archive.models import Body, Edition, Portrait, Served, Version
from raadslag.archive.search import open_index
from raadslag.archive.served import Line, shown_by
from raadslag.core.record import File, Item, canonical, identity

from .conftest import NOON
from .test_closed_is_closed import crawl
from .test_portraits import committee
from .test_products import later, product

pytestmark = pytest.mark.django_db

MEETING = "/proeve/moede/2018-04-09-udvalget-for-byrum/"
DAY = date(2018, 4, 12)
ANNEX = Document("kort.txt", "text/plain", b"Et kort over torvet", ())


def item(**changes: Any) -> Item:
    told = {"order": 1, "number": "1", "title": "Ugleparken", "access": "open", "decision": "Ugleparken lukkes."}
    return Item(**(told | changes))


def test_whatever_tells_of_a_paper_is_counted_for_it(client: Client, add: Any, make_meeting: Any) -> None:
    """Every answer that holds its words, in whatever form, is known to show it (I12)."""
    add(make_meeting(items=(item(title="Noget andet", decision="Andet."),), organization="Teknikudvalget"))
    attached = item(reference="PRV-2018-00105", files=(File(title="Kort", access="open", sha256=ANNEX.sha256),))
    add(make_meeting(items=(attached,)), attachments=[ANNEX])
    open_index().catch_up()
    version = Version.objects.get(items__title="Ugleparken").identity
    forms = ("/nyt.atom", "/proeve/udvalg/udvalget-for-byrum/moeder.ics", "/soeg/liste.csv?q=ugleparken")
    asked = crawl(client, ["/", "/en/", "/soeg/?q=ugleparken", "/proeve/sag/prv-2018-00105/forloeb.svg", *forms])
    telling, silent = set(), set()
    for address, (status, _headers, body) in asked.items():
        path = address.partition("?")[0]
        if status != 200:
            continue
        shows = version in shown_by(path, body)
        if "ugleparken" in body.decode(errors="ignore").casefold() and not path.endswith("forslag.json"):
            assert shows, address
            telling.add(path)
        elif not shows:
            silent.add(path)
    annex = f"{MEETING}bilag/{ANNEX.sha256}"
    assert {"/proeve/", "/en/proeve/", "/nyt.atom", "/soeg/", "/soeg/liste.csv", MEETING, f"/en{MEETING}"} <= telling
    assert {f"{MEETING}referat.html", f"{MEETING}referat.json", "/proeve/sag/prv-2018-00105/"} <= telling
    assert "/proeve/foelg/" in silent
    assert "/proeve/moede/2018-04-09-teknikudvalget/" in silent
    for path in (annex, f"{annex}/om/", f"{MEETING}referat.pdf", f"{MEETING}punkt/1/", forms[1]):
        assert version in shown_by(path, asked[path][2]), path
    assert shown_by("/sitemap-moeder.xml", MEETING.encode()) == ()
    assert shown_by("/ingen/steder/overhovedet.html", b"") == ()


def test_whatever_tells_of_a_committee_is_counted_for_it(client: Client, add: Any, make_meeting: Any) -> None:
    """Its page in both languages, the page for print, the data, and each feed that quotes its mandate."""
    add(make_meeting())
    told = committee(purpose="Ugleparken skal være for alle.")
    delivered = Document("record.json", "application/json", canonical(told), ())
    take_in(Paper(told, delivered, is_delivered=True), at=NOON)
    open_index().catch_up()
    known = Portrait.objects.get().identity
    asked = crawl(client, ["/", "/en/", "/nyt.atom"])
    telling = set()
    for address, (status, _headers, body) in asked.items():
        path = address.partition("?")[0]
        if status == 200 and "ugleparken" in body.decode(errors="ignore").casefold():
            assert known in shown_by(path, body), address
            telling.add(path)
    page = "/proeve/udvalg/udvalget-for-byrum/"
    assert telling >= {page, f"/en{page}", f"{page}udvalg.html", f"{page}udvalg.json", "/nyt.atom", "/proeve/nyt.atom"}
    for path in ("/", "/proeve/", MEETING, f"{page}moeder.ics"):
        assert known not in shown_by(path, asked[path][2]) or path in telling, path


def test_whatever_tells_of_a_product_is_counted_for_the_version_that_it_tells_of(client: Client, add: Any) -> None:
    """Its pages and papers in both languages, differences for both versions, and each feed, list and hit with it."""
    for record in (product(title="Ugleparken"), later(title="Ugleparken")):
        add(record, name="produkt.json")
    open_index().catch_up()
    old, new = Edition.objects.order_by("pk").values_list("identity", flat=True)
    forms = ("/nyt.atom", "/soeg/liste.csv?q=ugleparken", "/proeve/udvalg/udvalget-for-byrum/")
    asked = crawl(client, ["/", "/en/", "/soeg/?q=ugleparken", *forms])
    telling = set()
    for address, (status, _headers, body) in asked.items():
        path = address.partition("?")[0]
        if status == 200 and "ugleparken" in body.decode(errors="ignore").casefold():
            silent = ("forslag.json", "soeg/nyt.atom")  # a word, and the question alone: the feed is of items
            if not path.endswith(silent) and "sitemap" not in path:
                assert {old, new} & set(shown_by(path, body)), address
            telling.add(path)
    page = "/proeve/produkt/ugleparken/"
    assert {"/proeve/", "/proeve/produkter/", "/nyt.atom", "/soeg/", page, f"/en{page}", f"{page}v0.3/"} <= telling
    assert shown_by(page, b"") == shown_by(f"{page}v0.4/", b"") == shown_by(f"{page}v0.4/produkt.pdf", b"") == (new,)
    assert shown_by(f"{page}v0.3/fakta/1.svg", b"") == (old,)
    assert set(shown_by(f"{page}v0.4/siden/v0.3/", b"")) == {old, new}
    assert set(shown_by("/nyt.atom", asked["/nyt.atom"][2])) == {old, new}
    assert shown_by("/proeve/", asked["/proeve/"][2]) == (new,)
    served.add({(page, new): 3}, DAY)
    assert served.of(new, Body.objects.get()) == [Line(page, DAY, DAY, 3)]
    assert served.of(new, Body.objects.create(slug="fjord", name="Fjordkommunen")) is None


def test_a_calendar_that_breaks_its_lines_is_read(add: Any, make_meeting: Any) -> None:
    add(make_meeting())
    folded = MEETING.encode().replace(b"udvalget", b"udval\r\n get")
    assert shown_by("/proeve/udvalg/udvalget-for-byrum/moeder.ics", folded) == (Version.objects.get().identity,)


def test_an_address_shows_the_version_that_it_gave_out(add: Any, make_meeting: Any) -> None:
    add(
        make_meeting(kind="agenda", items=(item(files=(File(title="Kort", sha256=ANNEX.sha256),)),)),
        attachments=[ANNEX],
    )
    add(make_meeting())
    add(make_meeting(items=(item(decision="Rettet."),)), data=b"2")
    agenda, first, second = Version.objects.order_by("pk").values_list("identity", flat=True)
    assert shown_by(f"{MEETING}dagsorden.pdf", b"") == (agenda,)
    assert shown_by(f"{MEETING}referat.pdf", b"") == (second,)
    assert shown_by(f"{MEETING}referat/udgave/1/", b"") == (first,)
    assert shown_by(f"{MEETING}bilag/{ANNEX.sha256}", b"") == (agenda,)
    assert set(shown_by(MEETING, b"")) == {agenda, second}  # the page names what was given out with the agenda
    assert shown_by("/", MEETING.encode()) == (second,)


def test_the_list_of_a_version_sums_its_days(add: Any, make_meeting: Any) -> None:
    add(make_meeting())
    add(make_meeting(items=(item(),)), data=b"2")
    old, new = Version.objects.order_by("pk")
    later = DAY + timedelta(days=2)
    served.add({("/proeve/", old.identity): 2, (MEETING, old.identity): 1}, DAY)
    served.add({(MEETING, old.identity): 4, ("/proeve/", new.identity): 9}, later)
    served.add({(MEETING, old.identity): 1}, later)
    body = Body.objects.get()
    told = [Line(MEETING, DAY, later, 6), Line("/proeve/", DAY, DAY, 2)]
    assert served.of(old.identity, body) == told
    curation.withdraw(old.identity, ground="En fejl", by="it", at=NOON)
    assert served.of(old.identity, body) == told
    assert served.of("0" * 64, body) is None
    assert served.of(old.identity, Body.objects.create(slug="fjord", name="Fjordkommunen")) is None


def test_the_list_of_a_file_is_that_of_its_addresses(add: Any, make_meeting: Any) -> None:
    record = make_meeting(items=(item(files=(File(title="Kort", access="open", sha256=ANNEX.sha256),)),))
    add(record, attachments=[ANNEX])
    version, body = Version.objects.get(), Body.objects.get()
    place = f"{MEETING}bilag/{ANNEX.sha256}"
    served.add({(place, version.identity): 3, (MEETING, version.identity): 5}, DAY)
    assert served.of(ANNEX.sha256, body) == [Line(place, DAY, DAY, 3)]
    assert served.of(identity(record), body) == [Line(MEETING, DAY, DAY, 5), Line(place, DAY, DAY, 3)]


def test_after_a_year_it_is_forgotten(add: Any, make_meeting: Any) -> None:
    add(make_meeting())
    version = Version.objects.get().identity
    served.add({(MEETING, version): 1}, DAY)
    served.add({(MEETING, version): 1}, DAY + timedelta(days=1))
    assert served.forget(DAY + served.KEPT + timedelta(days=1)) == 1
    assert Served.objects.get().day == DAY + timedelta(days=1)


def test_what_never_was_and_what_is_closed_cost_the_same(add: Any, make_meeting: Any) -> None:
    """I2: what is asked after is what is shown, and that alone."""
    add(make_meeting())
    costs = {}
    for path in ("/proeve/udvalg/kanariefugl/", "/proeve/udvalg/findes-ikke/", "/om/"):
        with CaptureQueriesContext(connection) as queries:
            assert shown_by(path, b"<p>Intet</p>") == ()
        costs[path] = len(queries)
    assert list(costs.values()) == [1, 1, 0]


def test_nothing_public_changes_by_being_counted(client: Client, add: Any, make_meeting: Any) -> None:
    """I1, I8."""
    add(make_meeting())
    open_index().catch_up()
    starts = ["/", "/en/", "/nyt.atom", "/soeg/?q=leg", "/sitemap.xml", "/sitemap-moeder.xml"]
    before = crawl(client, starts)
    version = Version.objects.get().identity
    served.add({(address.partition("?")[0], version): 7 for address in before}, DAY)
    assert crawl(client, starts) == before
