"""Files: in pieces over a bad line, in versions, and at addresses that are one person's."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Case
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.files import arriving, keeping

from .conftest import World


def _piece(client: Client, case: Case, data: bytes, offset: int, end: int, **more: Any) -> Any:
    told = {"id": "x", "offset": offset, "length": len(data), "name": "bilag.txt", **more}
    return client.post(f"/sager/{case.pk}/bilag/del/?{urlencode(told)}", data[offset:end], "application/octet-stream")


def test_a_file_comes_in_pieces_and_goes_on_where_the_line_was_cut(
    world: World, browser_of: Callable[..., Client]
) -> None:
    case, data = world.case(state="draft"), b"Et langt bilag. " * 1000
    client = browser_of("case_worker")
    assert _piece(client, case, data, 0, 5000).json() == {"there_is": 5000}
    assert client.get(f"/sager/{case.pk}/bilag/del/?id=x").json() == {"there_is": 5000}
    assert _piece(client, case, data, 0, 5000).json() == {"there_is": 5000}  # the answer was lost: sent again
    hole = _piece(client, case, data, 9000, 10000)
    assert (hole.status_code, hole.json()) == (409, {"there_is": 5000})
    assert browser_of("secretary").get(f"/sager/{case.pk}/bilag/del/?id=x").json() == {"there_is": 0}  # not his
    assert _piece(client, case, data, 4000, 12000).json() == {"there_is": 12000}
    done = {"there_is": len(data), "is_in": True}
    assert _piece(client, case, data, 12000, len(data)).json() == done
    assert _piece(client, case, data, 0, len(data)).json() == done  # the last answer was lost, and all came again
    (attachment,) = case.attachments.all()
    assert keeping.store().read(attachment.versions.get().file_id) == data
    assert list(keeping.arriving().iterdir()) == []


@pytest.mark.parametrize(
    ("told", "reason"), [({"length": keeping.LARGEST + 1}, "mere end 50 MB"), ({"name": "virus.exe"}, "tager imod")]
)
def test_a_piece_of_what_is_not_taken_is_refused_with_the_reason(
    world: World, browser_of: Callable[..., Client], told: dict[str, Any], reason: str
) -> None:
    case, data = world.case(state="draft"), b"MZ\x90\x00" * 100
    refused = _piece(browser_of("case_worker"), case, data, 0, len(data), **told)
    assert refused.status_code == 422
    assert reason in refused.json()["refused"][0]
    assert not case.attachments.exists()


def test_what_is_never_finished_is_forgotten_after_a_day(
    world: World, browser_of: Callable[..., Client], now: datetime
) -> None:
    _piece(browser_of("case_worker"), world.case(state="draft"), b"x" * 100, 0, 50)
    arriving.sweep(keeping.arriving(), now + timedelta(hours=23))
    assert len(list(keeping.arriving().iterdir())) == 1
    arriving.sweep(keeping.arriving(), now + timedelta(hours=25))
    assert list(keeping.arriving().iterdir()) == []


def test_the_versions_of_an_attachment_say_what_changed(world: World, browser_of: Callable[..., Client]) -> None:
    case, by = world.case(state="draft"), {"by": world["case_worker"], "at": world.at}
    attachment = cases.attach(case, "Der plantes ti træer.".encode(), "bilag.txt", **by)
    cases.attach(case, "Der plantes tolv træer.".encode(), "bilag.txt", to=attachment, **by)
    page = browser_of("case_worker").get(f"/sager/{case.pk}/bilag/{attachment.pk}/udgaver/").content.decode()
    assert re.search(r"<del>.*ti</del>", page)
    assert re.search(r"<ins.*tolv</ins>", page)
    assert browser_of("member").get(f"/sager/{case.pk}/bilag/{attachment.pk}/udgaver/").status_code == 404


def test_the_address_of_a_closed_file_is_one_persons_for_five_minutes(
    world: World, browser_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """I7: replayed by another, it leads him nowhere but to one of his own, if he has the right; and so it does late."""
    case = world.closed_case()
    attachment = cases.attach(case, b"KANARIEFUGL", "bilag.txt", by=world["case_worker"], at=world.at)
    meeting = world.sent(case)
    address = f"/laes/{meeting.pk}/punkt/{meeting.items.get().pk}/bilag/{attachment.pk}/fil/"
    member, chair = browser_of("member"), browser_of("chair")
    own = member.get(address).headers["Location"]
    before = JournalEntry.objects.filter(kind="files.ClosedRead").count()
    assert member.get(own).content == b"KANARIEFUGL"
    assert JournalEntry.objects.filter(kind="files.ClosedRead").count() == before + 1
    replayed = chair.get(own)
    assert replayed.status_code == 302
    assert replayed.headers["Location"] != own
    assert browser_of("observer").get(own).status_code == 404
    assert browser_of().get(own).status_code == 302
    later = time.time() + 301
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert member.get(own).status_code == 302
