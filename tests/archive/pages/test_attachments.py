"""An attachment on its page: what it says, where it belongs; and what agenda, minutes and withdrawals make of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from raadslag.archive import curation
from raadslag.archive.intake import Document
from raadslag.archive.models import StoredFile
from raadslag.archive.pages import attachments
from raadslag.core.record import File, Item, Meeting, Time

HOW = {"by": "Prøve Sekretær", "at": datetime(2018, 5, 1, 12, tzinfo=UTC)}
HOME = "/proeve/moede/2018-04-09-udvalget-for-byrum/"
ANNEX = Document("hemmeligt-navn.pdf", "application/pdf", b"%PDF-1.7 bilag", (), "Tal om <bænke>\n\nOg stole", 3)


def _file(document: Document, **more: Any) -> File:
    known = {"title": "Tal om bænke", "access": "open", "document": "4400105"}
    return File(sha256=document.sha256, media_type=document.media_type, **(known | more))


def _bytes(document: Document) -> str:
    return f"{HOME}bilag/{document.sha256}"


def _page(document: Document) -> str:
    return f"{_bytes(document)}/om/"


@pytest.fixture
def put(add: Any, make_meeting: Any) -> Any:
    """Takes in a paper of the same meeting whose items list these files."""

    def put(*items: Item, documents: tuple[Document, ...] = (ANNEX,), **more: Any) -> None:
        record: Meeting = make_meeting(items=items, **more)
        add(record, data=repr((items, more)).encode(), attachments=documents)

    return put


def _item(*files: File, **more: Any) -> Item:
    known = {"order": 1, "number": "1", "title": "Bænke", "access": "open", "decision": "Godkendt."}
    return Item(files=files, **(known | more))


def test_a_page_tells_what_the_file_is_and_says_and_where_it_belongs(client: Client, put: Any) -> None:
    put(_item(_file(ANNEX)))
    text = client.get(_page(ANNEX)).text
    assert "<h1>Tal om bænke</h1>" in text
    assert "<p>Tal om &lt;bænke&gt;</p>" in text
    assert "<p>Og stole</p>" in text
    assert ANNEX.sha256 in text
    assert "<dd>3</dd>" in text
    assert f'href="{_bytes(ANNEX)}"' in text
    assert f'href="{HOME}punkt/1/"' in text
    assert "hemmeligt-navn" not in text
    assert "Udsendt med dagsordenen" not in text
    for address in (HOME, f"{HOME}punkt/1/"):
        assert f'href="{_page(ANNEX)}"' in client.get(address).text
    assert '<h1 lang="da">' in client.get("/en" + _page(ANNEX)).text


def test_a_file_without_text_says_so_and_a_long_one_is_cut(
    client: Client, put: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(_item(_file(ANNEX)))
    monkeypatch.setattr(attachments, "SHOWN", 6)
    cut = client.get(_page(ANNEX)).text
    assert "<p>Tal om</p>" in cut
    assert "Der står mere i filen." in cut
    StoredFile.objects.filter(sha256=ANNEX.sha256).update(text="")
    assert "Der kunne ikke tages tekst ud af filen." in client.get(_page(ANNEX)).text


def test_the_files_of_the_agenda_stand_beside_the_minutes(client: Client, put: Any) -> None:
    other = Document("kort.pdf", "application/pdf", b"%PDF-1.7 kort", ())
    lone = Document("plan.pdf", "application/pdf", b"%PDF-1.7 plan", ())
    put(
        _item(_file(ANNEX), _file(other, title="Kort")),
        _item(_file(lone, title="Plan"), order=2, number="2", title="Udgået"),
        documents=(ANNEX, other, lone),
        kind="agenda",
    )
    assert "Udsendt med dagsordenen" not in client.get(HOME).text
    put(_item(_file(ANNEX)))
    for address in (HOME, f"{HOME}punkt/1/"):
        told = client.get(address).text.partition("Udsendt med dagsordenen")[2]
        assert f'href="{_page(other)}"' in told
        assert f'href="{_page(ANNEX)}"' not in told
    assert f'href="{_page(lone)}"' in client.get(HOME).text
    for document in (ANNEX, other, lone):
        assert client.get(_bytes(document)).content == document.data
        assert client.get(_page(document)).status_code == 200
    assert "Udsendt med dagsordenen" in client.get(_page(other)).text
    assert len(re.findall(rf'href="{HOME}(?:punkt/1/)?"><span>Bænke', client.get(_page(ANNEX)).text)) == 1


@pytest.mark.parametrize("closed", [{"number": "1"}, {"number": "7", "public_title": "Bænke"}])
def test_what_the_minutes_close_the_agenda_no_longer_gives(client: Client, put: Any, closed: dict[str, Any]) -> None:
    put(_item(_file(ANNEX)), kind="agenda")
    assert client.get(_bytes(ANNEX)).status_code == 200
    put(_item(_file(ANNEX), access="closed", **closed))
    for address in (_bytes(ANNEX), _page(ANNEX)):
        assert client.get(address).status_code in (404, 410)
    for address in (HOME, f"{HOME}punkt/{closed['number']}/"):
        assert ANNEX.sha256 not in client.get(address).text


def test_a_withdrawn_file_is_shown_as_withdrawn(client: Client, put: Any) -> None:
    put(_item(_file(ANNEX)))
    curation.withdraw(ANNEX.sha256, ground="Navne på borgere", **HOW)
    gone = client.get(_page(ANNEX))
    assert gone.status_code == 410
    assert "Navne på borgere" in gone.text
    assert "bænke" not in gone.text
    for address in (HOME, f"{HOME}punkt/1/"):
        text = client.get(address).text
        assert "Trukket tilbage 1. maj 2018: Navne på borgere" in text
        assert ANNEX.sha256 not in text


def test_a_file_that_the_newest_edition_no_longer_has_says_so(client: Client, put: Any) -> None:
    put(_item(_file(ANNEX)))
    put(_item(), title="Rettet")
    assert client.get(_page(ANNEX)).status_code == 410
    assert client.get(f"{HOME}bilag/{'0' * 64}/om/").status_code == 404


def test_a_file_at_several_meetings_leads_to_each(client: Client, put: Any) -> None:
    put(_item(_file(ANNEX)))
    put(_item(_file(ANNEX), access="closed"), meeting=Time(start="2018-07-01"))
    counts = []
    for day in range(1, 10):
        put(_item(_file(ANNEX)), meeting=Time(start=f"2018-05-0{day}"))
        with CaptureQueriesContext(connection) as queries:
            text = client.get(_page(ANNEX)).text
        counts.append(len(queries))
        assert f'href="/proeve/moede/2018-05-0{day}-udvalget-for-byrum/bilag/{ANNEX.sha256}/om/"' in text
    assert len(set(counts)) == 1
    assert "2018-07-01" not in text
