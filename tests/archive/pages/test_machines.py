"""What programs ask of a site: the map, the manners, the contact and whether it is well."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import DatabaseError
from django.utils import timezone

from raadslag.archive.pages import machines
from raadslag.archive.search import Index, open_index
from tests.archive.pages.conftest import MEETING, ORGANIZATION

pytestmark = pytest.mark.django_db
HOST = "http://testserver"
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def places(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return [place.text.removeprefix(HOST) for place in ElementTree.fromstring(answer.content).iter(f"{SPACE}loc")]


def test_the_map_leads_to_every_committee_meeting_and_item_and_each_answers(client, world):
    parts = places(client, "/sitemap.xml")
    assert parts == [
        f"/sitemap-{part}.xml"
        for part in ("udvalg", "moeder", "punkter", "beslutninger", "sager", "produkter", "opfoelgning")
    ]
    found = [place for part in parts for place in places(client, part)]
    assert {ORGANIZATION, MEETING} <= set(found)
    assert any(place.startswith(f"{MEETING}punkt/") for place in found)
    assert len(found) == len(set(found))
    assert all(client.get(place).status_code == 200 for place in found)


def test_a_map_of_nothing_is_a_map(client):
    assert places(client, "/sitemap-moeder.xml") == []
    assert client.get("/sitemap-ukendt.xml").status_code == 404


def test_programs_are_asked_to_leave_searches_alone(client, db):
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert "Disallow: /*/soeg/" in lines
    assert f"Sitemap: {HOST}/sitemap.xml" in lines


@pytest.mark.parametrize(
    ("told", "contact"),
    [("it@proeve.example", "mailto:it@proeve.example"), ("https://proeve.example/hul", "https://proeve.example/hul")],
)
def test_whom_to_tell_of_a_hole(client, monkeypatch, told, contact):
    monkeypatch.setenv(machines.SECURITY_CONTACT, told)
    fields = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines())
    assert fields["Contact"] == contact
    assert fields["Expires"] > timezone.now().isoformat()
    assert fields["Canonical"] == f"{HOST}/.well-known/security.txt"


def test_nobody_is_named_where_nobody_is_told(client, monkeypatch):
    monkeypatch.delenv(machines.SECURITY_CONTACT, raising=False)
    assert client.get("/.well-known/security.txt").status_code == 404


def test_the_archive_is_well_while_the_index_knows_all(client, make_meeting, add):
    add(make_meeting())
    open_index().catch_up()
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_the_index_has_a_minute_to_follow(client, make_meeting, add):
    open_index().catch_up()
    add(make_meeting(), at=timezone.now() - timedelta(seconds=30))
    assert client.get("/health").status_code == 200
    add(make_meeting(organization="Rådet"), at=timezone.now() - timedelta(seconds=90))
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "behind")
    assert 90 <= answer.json()["index_behind_seconds"] < 120


def test_a_database_that_does_not_answer_is_told(client, monkeypatch):
    def silent(*_):
        raise DatabaseError("the server's own words")

    monkeypatch.setattr(Index, "lag", silent)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "down", "database": "silent"})
