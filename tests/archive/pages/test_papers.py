"""The papers of a meeting: written from the record and read back, or as they came, and never a way around it."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from raadslag.archive import files
from raadslag.archive.intake import Document, Paper, take_in
from raadslag.archive.pages import papers
from raadslag.archive.pages.papers import LARGE
from raadslag.core import record
from raadslag.core.errors import UnwritableRecord
from raadslag.core.readers.ours import read_html
from raadslag.core.record import File, Item
from raadslag.core.release import as_already_public, public
from raadslag.web.middleware import PAPER_POLICY

from .conftest import MEETING

HOME = "/proeve/moede/2018-04-09-udvalget-for-byrum/"


def test_the_data_of_a_meeting_is_its_public_record(client: Client, world: None, fifth_meeting: record.Meeting) -> None:
    response = client.get(f"{MEETING}referat.json")
    assert response.headers["Content-Type"] == "application/json"
    assert record.decode(response.content) == public(as_already_public(fifth_meeting))


def test_the_name_of_the_file_is_not_given_out(client: Client, add: Any, make_meeting: Any) -> None:
    items = (Item(order=1, number="1", access="open"), Item(order=2, number="2", title="KANARIE", access="unknown"))
    provenance = record.Provenance(name="KANARIE salg af grund.txt", media_type="text/plain")
    add(make_meeting(items=items, provenance=provenance), data=b"papir", name="KANARIE salg af grund.txt")
    for format in ("json", "html"):
        response = client.get(f"{HOME}referat.{format}")
        assert response.status_code == 200
        assert b"salg af grund" not in response.content
    assert b"salg af grund" not in client.get(HOME).content


def test_the_web_page_of_a_meeting_reads_back_equal(client: Client, world: None, fifth_meeting: record.Meeting) -> None:
    response = client.get(f"{MEETING}referat.html")
    expected = public(as_already_public(fifth_meeting))
    assert record.identity(read_html(response.content)) == record.identity(expected)


def test_the_web_page_may_use_its_own_style_and_nothing_else(client: Client, world: None) -> None:
    response = client.get(f"{MEETING}referat.html")
    (style,) = re.findall(rb"<style>(.*?)</style>", response.content, re.DOTALL)
    name = b64encode(hashlib.sha256(style).digest()).decode()
    assert response.headers["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'sha256-{name}'; frame-ancestors 'none'; base-uri 'none'"
    )


def test_a_pdf_of_the_minutes_is_a_pdf(client: Client, world: None) -> None:
    response = client.get(f"{MEETING}referat.pdf")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == (
        'inline; filename="referat-2018-04-09-opgaveudvalget-trygge-boligomraader.pdf"'
    )
    assert response.content.startswith(b"%PDF-")


def test_a_paper_that_cannot_be_set_is_told_of_and_the_meeting_is_shown_the_way_to(
    client: Client, world: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bytes:
        raise UnwritableRecord("meeting", "what can be set as pdf", "what cannot", "Take it as html or json.")

    papers._document.cache_clear()
    monkeypatch.setattr(papers, "write", refuse)
    response = client.get(f"{MEETING}referat.pdf")
    assert response.status_code == 422
    assert "Papiret kan ikke laves" in response.text
    assert f'href="{MEETING}"' in response.text
    assert "-pdf-" not in response.headers["ETag"]


def _source(make_meeting: Any, data: bytes, media_type: str) -> str:
    document = Document("papir", media_type, data, ())
    take_in(Paper(make_meeting(), document), at=datetime(2018, 4, 12, tzinfo=UTC), already_public=True)
    return f"{HOME}kilde/{document.sha256}"


@pytest.mark.parametrize(
    ("data", "media_type", "served_as", "disposition", "policy"),
    [
        ("Referat på dansk".encode(), "text/plain", "text/plain; charset=utf-8", "inline", PAPER_POLICY),
        ("Referat på dansk".encode("cp1252"), "text/plain", "text/plain; charset=windows-1252", "inline", PAPER_POLICY),
        (b"<script>alert(1)</script>", "text/html", "text/html", "attachment", PAPER_POLICY),
        (b"%PDF-1.7", "application/pdf", "application/pdf", "inline", None),
    ],
)
def test_a_paper_is_given_out_as_it_came_and_can_do_nothing(
    client: Client, db: None, make_meeting: Any, data: bytes, media_type: str, served_as: str, disposition: str,
    policy: str | None,
) -> None:  # fmt: skip
    address = _source(make_meeting, data, media_type)
    assert f'href="{address}"' in client.get(HOME).text
    response = client.get(address)
    assert response.content == data
    assert response.headers["Content-Type"] == served_as
    assert response.headers["Content-Disposition"].startswith(f"{disposition}; ")
    if policy:
        assert response.headers["Content-Security-Policy"] == policy
    etag = response.headers["ETag"]
    assert client.get(address, headers={"if-none-match": etag}).status_code == 304


def test_a_large_paper_is_sent_piece_by_piece(client: Client, db: None, make_meeting: Any) -> None:
    data = b"%PDF-1.7" + bytes(LARGE)
    address = _source(make_meeting, data, "application/pdf")
    response = client.get(address)
    assert response.streaming
    assert response.getvalue() == data
    assert response.headers["Content-Length"] == str(len(data))
    assert response.headers["Content-Disposition"].startswith('inline; filename="2018-')
    known = client.get(address, headers={"if-none-match": response.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")


def test_a_paper_is_found_only_at_its_own_meeting(client: Client, world: None, make_meeting: Any) -> None:
    address = _source(make_meeting, b"papir", "text/plain")
    assert client.get(address).status_code == 200
    assert client.get(MEETING + address.removeprefix(HOME)).status_code == 404
    sha256, _ = files.put(b"bytes without a row")
    assert client.get(f"{HOME}kilde/{sha256}").status_code == 404


def test_the_paper_of_an_agenda_stays_where_it_is_when_the_minutes_come(
    client: Client, add: Any, make_meeting: Any
) -> None:
    def address(data: bytes) -> str:
        return f"{HOME}kilde/{hashlib.sha256(data).hexdigest()}"

    add(make_meeting(kind="agenda"), data=b"agenda")
    add(make_meeting(), data=b"minutes")
    assert [client.get(address(data)).content for data in (b"agenda", b"minutes")] == [b"agenda", b"minutes"]
    again = make_meeting(kind="agenda", title="Ny dagsorden")
    add(again, data=b"agenda")  # read anew from the same bytes, by a reader that sees more
    assert client.get(address(b"agenda")).content == b"agenda"


@pytest.mark.parametrize(("before", "after"), [("agenda", "agenda"), ("minutes", "minutes"), (None, "minutes")])
@pytest.mark.parametrize("with_minutes", [False, True])
def test_a_paper_that_another_took_the_place_of_is_not_given_out(
    client: Client, add: Any, make_meeting: Any, before: str | None, after: str, with_minutes: bool
) -> None:
    add(make_meeting(kind=before), data=b"replaced")
    address = f"{HOME}kilde/{hashlib.sha256(b'replaced').hexdigest()}"
    assert client.get(address).content == b"replaced"
    if with_minutes:
        add(make_meeting(title="Referat"), data=b"minutes")
    add(make_meeting(kind=after, title="Rettet"), data=b"corrected")
    answer = client.get(address)
    assert (answer.status_code, b"replaced" in answer.content) == (410, False)


def test_a_paper_whose_bytes_are_gone_is_not_found(client: Client, db: None, make_meeting: Any) -> None:
    address = _source(make_meeting, b"papir", "text/plain")
    files.remove(address.rpartition("/")[2])
    assert client.get(address).status_code == 404


def test_an_attachment_is_given_out_where_an_open_item_lists_it(client: Client, add: Any, make_meeting: Any) -> None:
    kept, closed = b"%PDF-1.7 kept", b"%PDF-1.7 closed"

    def file(data: bytes, access: str) -> File:
        return File(title="Bilag", sha256=hashlib.sha256(data).hexdigest(), media_type="application/pdf", access=access)

    items = (
        Item(order=1, number="1", title="Sag", access="open", files=(file(kept, "open"), file(closed, "closed"))),
        Item(order=2, number="2", title="Lukket sag", access="closed", files=(file(closed, "open"),)),
    )
    documents = [Document("bilag.pdf", "application/pdf", data, ()) for data in (kept, closed)]
    add(make_meeting(items=items), attachments=documents)
    given, held = (f"{HOME}bilag/{hashlib.sha256(data).hexdigest()}" for data in (kept, closed))
    assert f'href="{given}"' in client.get(HOME).text
    assert client.get(given).content == kept
    assert held not in client.get(HOME).text
    assert client.get(held).status_code == 404
