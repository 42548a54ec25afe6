"""The whole public side at once: no dead link, no byte of what is closed, every address that was given once answers.

Sources: invariants I1, I2, I4, I8, I9, I12 and I28.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

import feedparser
import icalendar
import pytest
from django.apps import apps

from raadslag.archive import curation
from raadslag.archive.models import Body, Case, Meeting, Organization, StoredFile, Version
from raadslag.archive.search import open_index
from raadslag.core.record import Item, Time

from .conftest import NOON
from .site import CASE, NOTE, STARTS, all_routes, ask, broken_places, closed_item, fill, leads, routes, walk, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SECRET = "Kanariefugl"
NEVER = "Xyzzyqwfugl"
# Nothing leads to it but the header of a program; a site without a contact has none.
UNLINKED = {"security"}


def test_a_walk_comes_by_every_public_route_and_finds_no_dead_link(client, add, make_meeting):
    fill(add, make_meeting, closed=closed_item(None))
    answers = walk(client)
    dead = {address: told.status for address, told in answers.items() if told.status not in (200, 302)}
    assert dead == {}
    assert broken_places(answers) == []
    assert all_routes() - routes(answers) - UNLINKED == set()


def test_feeds_calendars_maps_and_data_can_be_read(client, add, make_meeting):
    fill(add, make_meeting)
    kinds: dict[str, int] = {}
    for address, told in walk(client).items():
        kind = told.headers.get("Content-Type", "").partition(";")[0]
        kinds[kind] = kinds.get(kind, 0) + 1
        if kind == "application/atom+xml":
            feed = feedparser.parse(told.body)
            assert not feed.bozo, address
            assert all(entry.id and entry.link and entry.updated for entry in feed.entries), address
        elif kind == "text/calendar":
            assert len(icalendar.Calendar.from_ical(told.body).walk("VEVENT")) > 0, address
        elif kind in ("application/xml", "image/svg+xml"):
            ElementTree.fromstring(told.body)
    for kind in (
        "application/atom+xml",
        "text/calendar",
        "application/xml",
        "image/svg+xml",
        "application/json",
        "text/csv",
    ):
        assert kinds.get(kind), kind


def test_two_archives_that_differ_in_closed_text_alone_are_equal_to_the_byte(
    client, add, make_meeting, settings, tmp_path
):
    worlds = []
    for name, secret in (("one", SECRET), ("other", "Papegøje " * 7), ("third", None)):
        settings.DATA = tmp_path / name
        open_index.__globals__["_opened"].cache_clear()
        _forget_everything()
        fill(add, make_meeting, closed=closed_item(secret))
        worlds.append(walk(client))
        assert not any("anariefugl" in words_of(told) or "apegøje" in words_of(told) for told in worlds[-1].values())
    one, *others = worlds
    for other in others:
        assert other.keys() == one.keys()
        assert {address for address in one if _bare(one[address]) != _bare(other[address])} == set()


def _bare(told):
    """An answer without the numbers of rows, which count on from world to world in one database."""
    body = re.sub(rb"/logo\?\d+", b"/logo", told.body)
    headers = {name: value for name, value in told.headers.items() if name not in ("ETag", "Content-Length")}
    return told.status, headers, body


def _forget_everything() -> None:
    Body.objects.update(logo=None, merged_into=None)
    for model in reversed(list(apps.get_app_config("archive").get_models())):
        if model not in (Body, StoredFile):
            model.objects.all().delete()
    Body.objects.all().delete()
    StoredFile.objects.all().delete()


def test_every_address_that_was_given_answers_for_good(client, add, make_meeting):
    fill(add, make_meeting, closed=closed_item(None))
    add(make_meeting(organization="Byrumsudvalget", meeting=Time(start="2018-04-10")), data=b"to be merged")
    issued = set(walk(client))

    def replayed() -> dict[str, int]:
        """What does not answer: an address that leads on must lead to one that answers."""
        open_index().catch_up()
        wrong = {}
        for address in sorted(one for one in issued if "/soeg/" not in one):
            told, steps = ask(client, address), 0
            while told.status in (301, 302) and steps < 5:
                told, steps = ask(client, leads(address, told)[0]), steps + 1
            if told.status not in (200, 410):
                wrong[address] = told.status
        issued.update(walk(client))
        return wrong

    assert replayed() == {}
    shorter = Item(order=1, number="9", title="Kun dette punkt", access="open")
    add(make_meeting(items=(shorter,), title="Rettet"), data=b"third edition")
    assert replayed() == {}
    body = Body.objects.get()
    one, other = Organization.objects.get(slug="byrumsudvalget"), Organization.objects.get(slug="udvalget-for-byrum")
    number = curation.merge(one, other, by="it", at=NOON)
    assert replayed() == {}
    curation.withdraw(NOTE.sha256, ground="Navne", by="it", at=NOON)
    assert replayed() == {}
    curation.withdraw_meeting(Meeting.objects.get(slug="2019-05-06-raadet"), ground="En fejl", by="it", at=NOON)
    assert replayed() == {}
    assert ask(client, f"/{body.slug}/sag/{CASE.lower()}/").status in (200, 410)
    curation.undo(number, by="it", at=NOON)
    assert replayed() == {}
    for meeting in Meeting.objects.all():
        curation.withdraw_meeting(meeting, ground="Alt", by="it", at=NOON)
    assert replayed() == {}


def test_what_is_withdrawn_is_gone_from_every_output(client, add, make_meeting):
    fill(add, make_meeting)
    item = Item(
        order=1,
        number="1",
        title=f"Køb af {SECRET}",
        access="open",
        decision=f"{SECRET} købes.",
        reference=CASE,
        outcome="approved",
    )
    add(
        make_meeting(items=(item,), organization=f"{SECRET}rådet", meeting=Time(start="2018-09-09", place=SECRET)),
        data=b"x",
    )
    open_index().catch_up()
    asked = [
        *STARTS,
        f"/soeg/?q={SECRET}",
        "/soeg/?q=kanarefugl",
        "/soeg/forslag.json?q=kana",
        "/proeve/soeg/forslag.json?q=kan",
    ]
    before = walk(client, asked)
    told = {address for address, one in before.items() if SECRET.lower() in words_of(one).lower()}
    kinds = {before[address].headers["Content-Type"].partition(";")[0] for address in told}
    assert {
        "text/html",
        "application/atom+xml",
        "text/calendar",
        "application/pdf",
        "text/csv",
        "application/json",
    } <= kinds

    meeting = Meeting.objects.get(slug__startswith="2018-09-09")
    curation.withdraw_meeting(meeting, ground="En fejl", by="it", at=NOON)
    open_index().catch_up()
    after = walk(client, [*asked, *told])
    # Pages repeat the words that were searched for; but for those they are as for words that never stood anywhere.
    for address, one in after.items():
        words = words_of(one)
        if one.status == 410:
            assert SECRET not in words.replace(f"q={SECRET}", ""), address
        elif SECRET.lower() in address.lower():
            assert _never(words) == words_of(ask(client, _never(address))), address
        else:
            assert SECRET.lower() not in words.lower(), address
    statuses = {
        address: after[address].status for address in told if "soeg" not in address and "kanariefugl" in address
    }
    assert set(statuses.values()) == {410}, statuses


def _never(text: str) -> str:
    return text.replace(SECRET, NEVER).replace(SECRET.lower(), NEVER.lower())


def test_an_edition_that_was_replaced_says_nothing_of_what_it_said(client, add, make_meeting):
    fill(add, make_meeting)
    assert Version.objects.filter(kind="minutes", meeting__slug__startswith="2018-04-09").count() == 2
    assert StoredFile.objects.count() >= 5
    assert not any("Første udgave" in words_of(told) for told in walk(client).values())
    assert Case.objects.count() == 1
