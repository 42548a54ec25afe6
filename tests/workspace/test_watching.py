"""The look at the public site: quiet where all was released; an alarm for each thing that should not stand there."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from msgspec.structs import replace

from raadslag.cli import main
from raadslag.core import record, write
from raadslag.workspace.common import journal
from raadslag.workspace.messages.models import Mail
from raadslag.workspace.publishing import actions, delivering, watching
from raadslag.workspace.publishing.models import Release

from .archive import archive_of
from .conftest import World
from .test_minutes import Sitting
from .test_publishing import _face, _release
from .test_publishing import sitting as sitting  # a fixture

WORD = "Grønkvisterbæk"
FILE = "Et åbent bilag".encode()
SHA = hashlib.sha256(FILE).hexdigest()
PLACE = "/proeve/moede/et/"


class Site:
    """A public site of a few pages; what is not there is 404, and `busy` are how often it asks to wait first."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []
        self.busy = 0
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # http.server's name
                site.asked.append(self.path)
                kind, data = site.pages.get(self.path, ("", b""))
                status = 200 if self.path in site.pages else 404
                if site.busy:
                    site.busy, status = site.busy - 1, 429
                self.send_response(status)
                self.send_header("Content-Type", kind or "text/html")
                self.send_header("Retry-After", "0")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """It says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def put(self, path: str, data: str | bytes, kind: str = "text/html; charset=utf-8") -> None:
        """Let a page stand there."""
        self.pages[path] = (kind, data.encode() if isinstance(data, str) else data)


@pytest.fixture
def site() -> Iterator[Site]:
    one = Site()
    threading.Thread(target=one.server.serve_forever, daemon=True).start()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def release(sitting: Sitting, site: Site) -> Release:
    """Minutes that stand on the site as they were released, with a file."""
    _face(sitting)
    one = _release(sitting)
    shown = one.decoded()
    file = record.File(title="Bilag", access="open", sha256=SHA)
    shown = replace(shown, items=(replace(shown.items[0], files=(file,)), *shown.items[1:]))
    one.record, one.identity = record.encode(shown).decode(), record.identity(shown)
    one.files, one.address = {SHA: "Bilag"}, PLACE
    one.save()
    site.put("/", f'<a href="{PLACE}">Et møde</a> <a href="/soeg/?q=x">Søg</a>')
    site.put(PLACE, f'<a href="{PLACE}referat.json">Data</a> <a href="{PLACE}bilag/{SHA}">Bilag</a>')
    site.put(f"{PLACE}referat.json", one.record, "application/json")
    site.put(f"{PLACE}bilag/{SHA}", FILE, "text/plain")
    return one


def look(site: Site, **more: Any) -> list[tuple[str, str]]:
    """What is found there, but where a search for a canary."""
    seen = watching.look(site.address, [WORD], at=timezone.now, pause=0, **more)
    return [tuple(alarm) for alarm in seen.alarms]


def test_where_all_was_released_it_is_quiet(release: Release, site: Site) -> None:
    assert look(site) == []
    assert f"{PLACE}bilag/{SHA}" in site.asked
    assert not [path for path in site.asked if path.startswith("/soeg/?")]  # of searches there is no end


@pytest.mark.parametrize(
    "data",
    [
        f"<p>Om {WORD} igen</p>".encode(),
        f"<p>Om {WORD.upper()} igen</p>".encode(),
        f"<p>Om {WORD.replace('ø', '&oslash;')} igen</p>".encode(),
        f'<a title="{quote(WORD)}">x</a>'.encode(),
        b'{"title": "Gr\\u00f8nkvisterb\\u00e6k"}',
        WORD.encode("utf-16"),
        write(record.Meeting(title="Møde", items=(record.Item(order=1, title=f"Om {WORD}", access="open"),)), "pdf"),
        write(record.Meeting(title="Møde", items=(record.Item(order=1, title=f"Om {WORD}", access="open"),)), "docx"),
    ],
)
def test_a_canary_is_an_alarm_however_it_is_written(release: Release, site: Site, data: bytes) -> None:
    site.pages["/"] = ("text/html", site.pages["/"][1] + b'<a href="/side">x</a>')
    site.put("/side", data, "application/octet-stream")
    assert look(site) == [("canary 1", "/side")]


def test_a_canary_in_an_address_or_in_the_search_is_told_by_its_number(release: Release, site: Site) -> None:
    path = f"/proeve/{quote(WORD)}/"
    site.pages["/"] = ("text/html", site.pages["/"][1] + f'<a href="{path}">x</a>'.encode())
    site.put(path, "<p>Intet</p>")
    site.put(f"/soeg/liste.csv?q={quote(chr(34) + WORD + chr(34))}", "Dag,Punkt\n2026-01-01,Noget\n", "text/csv")
    assert ("canary 1", "/proeve/[canary 1]/") in look(site)
    assert ("the search finds canary 1", "/soeg/liste.csv?q=") in look(site)


def test_a_file_that_was_not_released_is_an_alarm(release: Release, site: Site) -> None:
    other = hashlib.sha256(b"Lukket").hexdigest()
    site.pages[PLACE] = ("text/html", site.pages[PLACE][1] + f'<a href="{PLACE}bilag/{other}">x</a>'.encode())
    site.put(f"{PLACE}bilag/{other}", b"Lukket", "text/plain")
    assert look(site) == [("a file that was not released", f"{PLACE}bilag/{other}")]


def test_a_file_that_was_changed_is_an_alarm(release: Release, site: Site) -> None:
    site.put(f"{PLACE}bilag/{SHA}", b"Noget andet", "text/plain")
    assert look(site) == [("a file that is not what its address says", f"{PLACE}bilag/{SHA}")]


def test_a_record_that_was_not_released_is_an_alarm(release: Release, site: Site) -> None:
    site.put(f"{PLACE}referat.json", record.encode(replace(release.decoded(), title="Et andet")), "application/json")
    assert look(site) == [("a record that was not released", f"{PLACE}referat.json")]


def test_what_came_into_the_archive_without_the_workspace_is_none(release: Release, site: Site) -> None:
    old = replace(release.decoded(), id=None, title="Et gammelt")
    site.put(f"{PLACE}referat.json", record.encode(old), "application/json")
    assert look(site) == []


def test_what_was_taken_back_and_still_stands_there_is_an_alarm(release: Release, site: Site, sitting: Sitting) -> None:
    sitting.do(actions.withdraw, release, "En fejl")
    Release.objects.filter(pk=release.pk).update(withdrawn_at=timezone.now() - timedelta(seconds=20))
    assert look(site) == []  # it leaves within a minute
    Release.objects.filter(pk=release.pk).update(withdrawn_at=timezone.now() - timedelta(minutes=2))
    site.put("/", "<p>Ingen vej derhen</p>")  # nothing leads there any more: it is asked for all the same
    assert look(site) == [
        ("a record that was taken back", f"{PLACE}referat.json"), ("a file that was taken back", f"{PLACE}bilag/{SHA}"),
    ]  # fmt: skip
    del site.pages[f"{PLACE}referat.json"], site.pages[f"{PLACE}bilag/{SHA}"]
    assert look(site) == []


def test_a_committee_is_looked_at_too(site: Site, world: World) -> None:
    place, told = "/proeve/udvalg/byrumsudvalget/", {"by": world["secretary"], "at": world.at}
    shown = record.Organization(
        id=str(world.committee.pk), body="Prøvekommunen", name="Byrumsudvalget", purpose="Byrum."
    )
    row = Release.objects.create(
        organization=world.committee, kind="organization", record=record.encode(shown).decode(), address=place,
        identity=record.identity(shown), made_by=told["by"], made_at=told["at"], try_at=told["at"],
    )  # fmt: skip
    site.put("/", f'<a href="{place}udvalg.json">Udvalget</a>')
    site.put(f"{place}udvalg.json", record.encode(shown), "application/json")
    assert look(site) == []
    site.put(f"{place}udvalg.json", record.encode(replace(shown, purpose="Noget andet.")), "application/json")
    assert look(site) == [("a record that was not released", f"{place}udvalg.json")]
    site.put(f"{place}udvalg.json", record.encode(shown), "application/json")
    Release.objects.filter(pk=row.pk).update(withdrawn_at=timezone.now() - timedelta(minutes=2))
    assert look(site) == [("a record that was taken back", f"{place}udvalg.json")]


def test_more_of_a_closed_item_than_its_public_face_is_an_alarm(release: Release, site: Site, sitting: Sitting) -> None:
    whole = actions.prepare(sitting.meeting).whole
    site.put(f"{PLACE}referat.json", record.encode(whole), "application/json")
    assert ("a closed item shows more than its public face", f"{PLACE}referat.json") in look(site)


def test_it_waits_where_the_site_asks_for_it_and_asks_for_no_more_than_it_may(release: Release, site: Site) -> None:
    site.busy = 3
    assert look(site) == []
    seen = watching.look(site.address, [], at=timezone.now, pause=0, most=2)
    assert (seen.pages, seen.is_whole) == (2, False)


# --- the command ---


def _watch(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("raadslag.cli.workspace.open_workspace", lambda data: None)
    return main(["watch", "--pause", "0", *arguments])


def test_the_command_tells_in_a_line_and_by_its_status(
    release: Release, site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture, settings: Any,
) -> None:  # fmt: skip
    settings.ALARM_MAIL = "drift@proeve.example"
    monkeypatch.setenv("RAADSLAG_CANARIES", WORD)
    assert _watch(monkeypatch, site.address) == 0
    assert capsys.readouterr().out.endswith("1 canary looked for, 0 alarms.\n")
    assert not Mail.objects.filter(to="drift@proeve.example").exists()
    site.put(PLACE, f'<a href="{PLACE}{quote(WORD)}/">{WORD}</a>')
    site.put(f"{PLACE}{quote(WORD)}/", "x")
    with caplog.at_level(logging.ERROR):
        assert _watch(monkeypatch, site.address) == 1
    out, err = capsys.readouterr()
    assert "2 alarms." in out
    mail = Mail.objects.get(to="drift@proeve.example")
    assert "canary 1: /proeve/moede/et/" in mail.body
    for told in (out, err, caplog.text, mail.body, mail.subject):
        assert WORD.casefold() not in told.casefold()
        assert quote(WORD).casefold() not in told.casefold()
    figures = Client().get("/metrics", HTTP_HOST="127.0.0.1:8001").content.decode()
    assert "\nraadslag_watch_alarms 2\n" in figures


def test_what_could_not_be_seen_is_not_quiet(
    world: World, site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    assert _watch(monkeypatch, site.address) == 2  # no front page
    site.put("/", "x")
    assert _watch(monkeypatch, site.address, "--canaries", str(tmp_path / "missing")) == 2
    assert _watch(monkeypatch, "") == 2
    assert _watch(monkeypatch, site.address) == 0


@pytest.mark.slow
def test_a_real_archive_is_quiet_until_something_else_stands_there(
    sitting: Sitting, tmp_path: Any, settings: Any
) -> None:
    with archive_of("Prøvekommunen", tmp_path / "archive") as archive:
        settings.ARCHIVE, settings.ARCHIVE_TOKEN = archive.address, archive.token
        _face(sitting)
        journal.catch_up()
        release = _release(sitting)
        while delivering.deliver_due(timezone.now() + timedelta(days=1)):
            pass
        seen = watching.look(archive.address, ["KANARIEFUGL", WORD], at=timezone.now, pause=0)
        assert (seen.alarms, seen.is_whole) == ([], True)
        assert seen.pages > 20
        seen = watching.look(archive.address, ["plantet"], at=timezone.now, pause=0)
        assert {alarm.what for alarm in seen.alarms} == {"canary 1", "the search finds canary 1"}
        Release.objects.filter(pk=release.pk).delete()  # as if nobody had pressed
        seen = watching.look(archive.address, [WORD], at=timezone.now, pause=0)
        assert {alarm.what for alarm in seen.alarms} == {"a record that was not released"}
