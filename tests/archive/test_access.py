"""Who may ask what of the archive: each address is declared public, or bound to the token of one body (I10, I40).

A public address gives everyone the same, whatever token he shows, and changes nothing. One that is bound to a token
answers nobody else, and tells the bearer of another body's token nothing of this one's papers.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from raadslag.archive.delivery import tokens
from raadslag.archive.models import JournalEntry, StoredFile, Version, WaitingPaper
from raadslag.core.record import File, Item, Meeting, Time, encode, identity

from .conftest import NOON
from .site import closed_item, fill, routes, walk

pytestmark = pytest.mark.django_db

MACHINES = {"robots", "sitemap", "sitemap-part", "security", "health"}
PAGES = {
    "front", "about", "following", "accessibility", "search", "search-feed", "search-table", "suggestions",
    "everything-feed", "body", "body-about", "body-following", "body-accessibility", "theme", "logo", "cases",
    "organizations", "organization", "portrait", "organization-year", "organization-figures",
    "organization-figures-year",
    "organization-meetings-chart", "organization-outcomes-chart", "figures", "figures-year", "meetings-chart",
    "outcomes-chart", "meetings", "decisions", "decision", "body-search", "body-search-feed", "body-search-table",
    "body-suggestions", "body-feed", "organization-feed", "calendar", "case", "course-chart", "case-feed", "meeting",
    "edition", "item", "paper", "source", "attachment", "attachment-page",
    "products", "product-trace", "product-trace-data", "product", "product-version", "product-since", "product-paper",
    "product-changes-paper",
    "product-facts-chart", "commitments", "commitments-feed", "commitment", "commitment-data",
}  # fmt: skip
PUBLIC = MACHINES | {f"pages:{name}" for name in PAGES}
OF_A_TOKEN = {"delivery:deliver", "delivery:file", "delivery:receipt", "delivery:served"}
TEXT = b"Et bilag til torvet.\n"
SHA = hashlib.sha256(TEXT).hexdigest()


def declared_in(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """The names of all routes."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from declared_in(one, f"{namespace}{one.namespace}:" if one.namespace else namespace)
        elif isinstance(one, URLPattern):
            yield f"{namespace}{one.name}"


def test_each_route_is_declared_public_or_bound_to_a_token() -> None:
    assert set(declared_in(get_resolver())) == PUBLIC | OF_A_TOKEN
    assert not PUBLIC & OF_A_TOKEN


def made_bearers() -> dict[str, dict[str, str]]:
    """The headers of each who asks."""
    texts = {name: tokens.make(body, label="test", by="it", at=NOON)[1]
             for name, body in (("own", "Prøvekommunen"), ("other", "Nabokommunen"))}  # fmt: skip
    shown = {"anybody": None, "guessed": "x" * 43, **texts}
    return {name: {"Authorization": f"Bearer {text}"} if text else {} for name, text in shown.items()}


@pytest.fixture
def bearers(db: None) -> dict[str, dict[str, str]]:
    return made_bearers()


@pytest.mark.slow
def test_a_public_address_gives_everyone_the_same_and_takes_nothing(add, make_meeting) -> None:
    fill(add, make_meeting, closed=closed_item(None))
    bearers = made_bearers()
    client = Client()
    answers = walk(client)
    assert routes(answers) == PUBLIC - {"security"}  # which no page leads to
    before = JournalEntry.objects.count()
    ways = itertools.cycle(itertools.product(("guessed", "other", "own"), ("PUT", "DELETE", "PATCH", "POST")))
    for (address, told), (name, method) in zip(answers.items(), ways, strict=False):
        client.generic(method, address, headers=bearers[name])
        given = client.get(address, headers=bearers[name])
        assert (given.status_code, _body(given)) == (told.status, told.body), (address, name)
        assert not given.cookies, address
        assert "Authorization" not in given.headers.get("Vary", ""), address
    assert JournalEntry.objects.count() == before


def _body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def _record() -> Meeting:
    item = Item(order=1, number="1", title="Torvet", access="open", decision="Godkendt.",
                files=(File(title="Bilag", access="open", sha256=SHA),))  # fmt: skip
    return Meeting(
        kind="minutes",
        body="Prøvekommunen",
        organization="Rådet",
        meeting=Time(start="2018-04-09T17:00"),
        items=(item,),
    )


def _ask(client: Client, what: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """Do something that a token is for."""
    delivery = b'{"schema":"raadslag/intake/1","record":%b}' % encode(_record())
    back = json.dumps(
        {"schema": "raadslag/intake/1", "withdraw": {"sha256": identity(_record()), "ground": "En fejl"}}
    ).encode()
    told = {
        "bring a file": lambda: client.put(f"/intake/files/{SHA}?name=b.txt", TEXT, "text/plain", headers=headers),
        "have a file": lambda: client.get(f"/intake/files/{SHA}", headers=headers),
        "bring a record": lambda: client.post("/intake", delivery, "application/json", headers=headers),
        "ask for a receipt": lambda: client.get(f"/intake/receipts/{identity(_record())}", headers=headers),
        "ask what was served": lambda: client.get(f"/intake/served/{identity(_record())}", headers=headers),
        "withdraw": lambda: client.post("/intake", back, "application/json", headers=headers),
    }[what]()
    assert told.headers["Cache-Control"] == "no-store"
    return told.status_code, told.content


WAYS = ("bring a file", "have a file", "bring a record", "ask for a receipt", "ask what was served", "withdraw")
OF_WHAT_IS_THERE = ("have a file", "ask for a receipt", "ask what was served", "withdraw")


def test_what_is_bound_to_a_token_is_for_its_bearer_alone(bearers) -> None:
    client = Client()
    for what in WAYS:
        assert {_ask(client, what, bearers[name])[0] for name in ("anybody", "guessed")} == {401}, what
        assert _ask(client, what, {**bearers["own"], "Authorization": bearers["own"]["Authorization"][:-1]})[0] == 401
    for kind in (Version, StoredFile, WaitingPaper):
        assert not kind.objects.exists()
    assert [_ask(client, what, bearers["own"])[0] for what in WAYS] == [201, 200, 201, 200, 200, 200]


def test_the_token_of_another_body_has_no_part_in_it(bearers) -> None:
    client = Client()
    nowhere = [_ask(client, what, bearers["other"]) for what in OF_WHAT_IS_THERE]
    assert {status for status, _ in nowhere} == {404}
    for what in ("bring a file", "bring a record"):
        assert _ask(client, what, bearers["own"])[0] == 201
    there = [_ask(client, what, bearers["other"]) for what in OF_WHAT_IS_THERE]
    assert there == nowhere  # nothing tells that another body has it, not even by a byte
    assert _ask(client, "bring a record", bearers["other"])[0] == 403
    assert Version.objects.get().withdrawn_at is None
    tokens_of_own = bearers["own"]
    assert _ask(client, "ask for a receipt", tokens_of_own)[0] == 200
