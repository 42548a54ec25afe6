"""Twin worlds: what waits and what is closed changes not one byte of what everyone sees (I1, I2, I4, I9)."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from raadslag.archive.intake import Document
from raadslag.archive.models import WaitingPaper
from raadslag.archive.search import open_index
from raadslag.core.record import File, Item, Note, Section
from raadslag.core.rules.screening import Hit

pytestmark = pytest.mark.django_db

SECRET = "Kanariefugl"
WAITING = b"Kanariefugl paper"
ANNEX = Document("kanariefugl.pdf", "application/pdf", b"%PDF-1.4 Kanariefugl", ())
_LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)')


def crawl(client: Client, starts: Iterable[str]) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """Every answer that can be reached by links and redirects from `starts`: status, headers and body by address."""
    answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
    waiting = list(starts)
    while waiting:
        address = waiting.pop().replace("&amp;", "&")
        if address in answers or address.startswith("/static/"):
            continue
        response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        answers[address] = (response.status_code, dict(response.headers), body)
        waiting += [response.headers["Location"]] if response.headers.get("Location") else []
        if response.headers.get("Content-Type", "").startswith("text/html"):
            waiting += _LINK.findall(body.decode())
    return answers


def public_items(secret: str | None) -> tuple[Item, ...]:
    """An open item and a closed one; the closed one holds `secret` wherever a record can hold it."""
    closed = Item(order=2, number="2", access="closed", public_title="Køb af grund", public_decision="Godkendt.")
    if secret:
        closed = Item(
            order=2,
            number="2",
            access="closed",
            title=f"Køb af {secret}",
            public_title="Køb af grund",
            public_decision="Godkendt.",
            decision=secret,
            reference=secret,
            actor=secret,
            steps=(secret,),
            sections=(Section(kind="background", heading=secret, text=secret),),
            files=(File(title=secret, sha256=ANNEX.sha256),),
        )
    return (Item(order=1, number="1", access="open", title="Bænke på torvet", decision="Godkendt."), closed)


@pytest.fixture
def starts():
    words = [SECRET, SECRET.lower(), "kanariefugle", "torvet", "paper", "bænke"]
    search = [f"{language}/soeg/?q={word}" for language in ("", "/en") for word in words]
    unknown = ["/kanariefugl/", "/proeve/udvalg/kanariefugl/", "/proeve/moede/2018-04-10-kanariefugl/"]
    return ["/", "/en/", *search, *unknown]


def hide_things(make_meeting, add) -> None:
    """Put in everything that must not show: papers that wait for each of the three reasons."""
    hidden = make_meeting(organization=SECRET, title=SECRET, notes=(Note(kind="remark", text=SECRET),))
    add(hidden, data=WAITING, name="kanariefugl.txt", already_public=False)
    add(make_meeting(body=None, title=SECRET), data=WAITING + b"2")
    add(make_meeting(title=SECRET), data=WAITING + b"3", hits=(Hit("covered", "covered", "page 1", SECRET),))
    assert WaitingPaper.objects.count() == 3
    open_index().catch_up()


def test_what_waits_and_what_is_closed_changes_no_byte_of_the_public_side(client, make_meeting, add, starts):
    add(make_meeting(items=public_items(secret=None)), data=b"public paper")
    open_index().catch_up()
    before = crawl(client, starts)
    assert any(b"B\xc3\xa6nke p\xc3\xa5 torvet" in body for _, _, body in before.values())
    assert sum(status == 200 for status, _, _ in before.values()) > 15

    hide_things(make_meeting, add)
    again = add(make_meeting(items=public_items(SECRET)), data=b"public paper", attachments=(ANNEX,))
    assert again.outcome == "known"
    open_index().rebuild()
    after = crawl(client, starts)
    assert after.keys() == before.keys()
    assert [address for address in after if after[address] != before[address]] == []


def test_the_bytes_of_hidden_papers_have_no_address(client, make_meeting, add):
    add(make_meeting(items=public_items(SECRET)), data=b"public paper", attachments=(ANNEX,))
    hide_things(make_meeting, add)
    shown = crawl(client, ["/"])
    source = next(address for address in shown if "/kilde/" in address)
    assert shown[source][2] == b"public paper"
    base, public_hash = source.rsplit("/", 1)
    hidden = [*WaitingPaper.objects.values_list("sha256", flat=True), ANNEX.sha256]
    unknown = client.get(f"{base}/{'0' * 64}")
    for sha256 in hidden:
        for address in (f"{base}/{sha256}", f"{base.replace('/kilde', '/bilag')}/{sha256}"):
            response = client.get(address)
            assert (response.status_code, response.content) == (404, unknown.content)
    assert public_hash not in hidden


def test_what_is_hidden_and_what_never_was_are_answered_alike_at_the_same_cost(client, make_meeting, add):
    add(make_meeting())
    hide_things(make_meeting, add)
    for kind, hidden in (("udvalg", "kanariefugl"), ("moede", "2018-04-09-kanariefugl")):
        answers = []
        for name in (hidden, "2018-04-09-findes-ikke"):
            with CaptureQueriesContext(connection) as queries:
                response = client.get(f"/proeve/{kind}/{name}/")
            answers.append((response.status_code, dict(response.headers), response.content, len(queries)))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
