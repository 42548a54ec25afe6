"""What tests of the archive share: a data folder of each test's own and records to put in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from raadslag.archive.intake import Document, Paper, Receipt, take_in
from raadslag.core.record import Item, Meeting, Time, encode

NOON = datetime(2018, 4, 12, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> Path:
    """The test's own data folder, empty at first."""
    settings.DATA = tmp_path / "data"
    return settings.DATA


@pytest.fixture
def make_meeting() -> Any:
    """Makes the record of invented minutes; what is not said is as in the fifth meeting of the sample."""

    def make(**changes: Any) -> Meeting:
        item = Item(order=1, number="1", title="Leg og læring i byen", access="open", decision="Godkendt.")
        known: dict[str, Any] = {
            "kind": "minutes",
            "body": "Prøvekommunen",
            "organization": "Udvalget for Byrum",
            "meeting": Time(start="2018-04-09T17:00", place="Prøvegården"),
            "items": (item,),
        }
        return Meeting(**(known | changes))

    return make


@pytest.fixture
def add(db: None) -> Any:
    """Takes a record in, on the word of a person that it is already public."""

    def add(record: Meeting, *, data: bytes | None = None, name: str = "referat.txt", **options: Any) -> Receipt:
        hits = options.pop("hits", ())
        attachments = options.pop("attachments", ())
        source = Document(name, "text/plain", encode(record) if data is None else data, hits)
        by_hash = {hashlib.sha256(file.data).hexdigest(): file for file in attachments}
        return take_in(Paper(record, source, by_hash), **({"at": NOON, "already_public": True} | options))

    return add


PAPER = """Referat af møde i Udvalget for Byrum

Mødetidspunkt {day} 17:00
Mødested Prøvegården
Protokollen blev læst og mødet hævet kl.: 19.05

Tilstede: Asta Holmen og Birgit Fuglsang-Lind
Fraværende: Karl Lind (afbud)

1 (Åben) {title}

Sags ID: PRV-2018-{number:05}

Resumé
Udvalget får et forslag om byens rum.

Beslutninger
Forslaget om bænke blev godkendt.
"""


@pytest.fixture
def write_paper(tmp_path: Path) -> Any:
    """Writes invented minutes as text into a folder of the test's own and gives the path."""

    def write(name: str, *, number: int = 1, day: str = "09-04-2018", title: str = "Torvet") -> Path:
        path = tmp_path / "papers" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(PAPER.format(day=day, number=number, title=title))
        return path

    return write


def costs(client: Any, places: Iterable[str]) -> list[int]:
    """How many queries each of these pages takes; all of them are there."""
    counted = []
    for place in places:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(place).status_code == 200, place
        counted.append(len(queries))
    return counted
