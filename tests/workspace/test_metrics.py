"""Figures for Prometheus: right, for this machine or with a token alone, and with no name and no id in them."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from raadslag.web import metrics
from raadslag.workspace.common import checks, journal, rounds
from raadslag.workspace.common.access import outcome
from raadslag.workspace.messages.models import Mail
from raadslag.workspace.minutes import live

from . import loops
from .conftest import World

pytestmark = pytest.mark.django_db
LOCAL = {"HTTP_HOST": "127.0.0.1:8001"}
_LINE = re.compile(r'(raadslag_[a-z_]+)(?:\{([a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*)\})? (-?[0-9.e+]+)')


def figures(**more: Any) -> dict[str, float]:
    """What `/metrics` says: each line that is no comment, by its name and labels."""
    answer = Client().get("/metrics", **{**LOCAL, **more})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    told = {}
    for line in answer.content.decode().splitlines():
        if not line.startswith("#"):
            matched = _LINE.fullmatch(line)
            assert matched, line
            told[f"{matched[1]}{{{matched[2]}}}" if matched[2] else matched[1]] = float(matched[3])
    return told


def plain(answer: Any) -> str:
    """A page without the key of its forms and the address that was asked for."""
    return re.sub(r'value="[^"]*"', "", answer.content.decode())


def test_everyone_may_ask_and_the_page_is_there_for_few(world: World, settings: Any) -> None:
    """Law: the address is open as `/health` is; what it tells is nobody's work, and still nothing for strangers."""
    assert outcome("metrics", {"anyone"}, "any") == "granted"
    missing = Client().get("/findes-ikke")
    for told in (
        {"REMOTE_ADDR": "192.0.2.1", **LOCAL},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1", **LOCAL},
        {"HTTP_X_FORWARDED_PROTO": "https", **LOCAL},
        {"HTTP_FORWARDED": "for=127.0.0.1", **LOCAL},
        {},
        {"HTTP_AUTHORIZATION": "Bearer "},
        {"HTTP_AUTHORIZATION": "Bearer wrong"},
    ):
        answer = Client().get("/metrics", **told)
        assert answer.status_code in {404, 400}, told
        if "HTTP_HOST" not in told:
            assert (answer.status_code, plain(answer)) == (404, plain(missing))
    settings.METRICS_TOKEN = "right"
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer wrong").status_code == 404
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer right").status_code == 200
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer right", REMOTE_ADDR="192.0.2.1").status_code == 200
    assert Client().post("/metrics", **LOCAL).status_code != 200


def test_only_what_is_watched_answers_to_a_number(world: World) -> None:
    assert Client().get("/health", **LOCAL).status_code == 200
    assert Client().get("/health", HTTP_HOST="[::1]:8001", REMOTE_ADDR="::1").status_code == 200
    assert Client().get("/konto/ind/", **LOCAL).status_code == 400
    assert Client().get("/health", HTTP_HOST="evil.example").status_code == 400


def test_what_is_counted_is_right(world: World, browser_of: Callable[..., Client]) -> None:
    at = timezone.now()
    rounds.note(at, 1)
    before = Mail.objects.filter(state="waiting").count()
    Mail.objects.create(to="a@example.org", subject="x", body="x", next_try_at=at)
    Mail.objects.create(to="a@example.org", subject="x", body="x", next_try_at=at, state="failed")
    browser = browser_of("secretary")
    for _ in range(3):
        assert browser.get("/").status_code == 200
    browser.get("/findes-ikke")
    told = figures()
    assert told['raadslag_requests_total{route="desk:home",status="2xx"}'] == 3
    assert told['raadslag_requests_total{route="-",status="4xx"}'] == 1
    assert told["raadslag_request_seconds_count"] == 4
    assert told['raadslag_request_seconds_bucket{le="+Inf"}'] == 4
    assert told["raadslag_request_seconds_sum"] > 0
    buckets = [value for name, value in told.items() if "_bucket" in name]
    assert buckets == sorted(buckets)
    assert told["raadslag_journal_head"] == journal.head()[0] > 0
    assert told["raadslag_mails_waiting"] == before + 1
    assert told["raadslag_mails_failed"] == 1
    assert told["raadslag_releases_waiting"] == 0
    assert (told["raadslag_work_last_round_seconds"], told["raadslag_work_faults"]) == (
        pytest.approx(at.timestamp()),
        1,
    )
    assert figures()['raadslag_requests_total{route="metrics",status="2xx"}'] == 1


def test_labels_are_routes_and_classes_and_nothing_of_anybody(world: World, browser_of: Any) -> None:
    case = world.closed_case()
    browser = browser_of("case_worker")
    for path in (f"/sager/{case.pk}/", "/KANARIEFUGL/", f"/ind/KANARIEFUGL/?q={case.pk}"):
        browser.get(path)
    answer = Client().get("/metrics", **LOCAL).content.decode()
    assert "KANARIEFUGL" not in answer
    assert str(case.pk) not in answer
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", answer)
    known = {*checks.routes(), "-"}
    labels = {(name, value) for name, value in re.findall(r'([a-z]+)="([^"]*)"', answer)}
    assert {name for name, _ in labels} == {"version", "route", "status", "le"}
    assert {value for name, value in labels if name == "route"} <= known


def test_who_follows_is_counted_while_he_does(world: World, monkeypatch: Any) -> None:
    class Still:
        async def news(self, follower: Any) -> Any:
            await asyncio.sleep(60)

    monkeypatch.setattr(live, "_pulse", Still)
    heard = []

    async def played() -> None:
        lines = [live.follow(UUID(int=0), UUID(int=0), "", "low", 0) for _ in range(3)]
        for one in lines:
            await anext(one)
        waiting = [asyncio.ensure_future(anext(one)) for one in lines]
        await asyncio.sleep(0.05)
        heard.append(metrics.followers())
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        heard.append(metrics.followers())

    loops.run(played())
    assert heard == [3, 0]


_OTHER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "raadslag.workspace.settings"
import django
django.setup()
from raadslag.web import metrics
metrics.count("desk:home", 200, 0.02)
with metrics.following():
    print("ready", flush=True)
    sys.stdin.read()
    os._exit(1)  # it falls, with whoever followed
"""


def test_several_processes_are_told_as_one_whichever_is_asked(world: World, data: Path) -> None:
    metrics.count("desk:home", 200, 0.02)
    environment = {**os.environ, "RAADSLAG_WORKSPACE": str(data), "RAADSLAG_WORKSPACE_DATABASE": ""}
    with subprocess.Popen(
        [sys.executable, "-c", _OTHER], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdin
        assert other.stdout.readline() == b"ready\n"
        told = figures()
        assert told['raadslag_requests_total{route="desk:home",status="2xx"}'] == 2
        assert told["raadslag_followers"] == 1
        other.stdin.close()
        other.wait(20)
    told = figures()
    assert told['raadslag_requests_total{route="desk:home",status="2xx"}'] == 2  # what was counted stays
    assert told["raadslag_followers"] == 0
    assert (data / "metrics").stat().st_mode & 0o077 == 0
    metrics.forget()
    assert not (data / "metrics").exists()


def test_without_room_for_the_numbers_requests_are_answered(world: World, data: Path, monkeypatch: Any) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert Client().get("/health").status_code == 200
    assert figures()['raadslag_requests_total{route="health",status="2xx"}'] == 1
