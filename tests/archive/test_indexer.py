"""The search follows by itself, one process at a time."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from raadslag.archive import curation, indexer
from raadslag.archive.search import IndexBehind, open_index, search

pytestmark = pytest.mark.django_db(transaction=True)


def soon(holds: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(indexer, "EVERY", 0.05)
    monkeypatch.setattr(indexer, "AFTER_A_FAULT", 0.05)


def test_what_is_taken_in_or_withdrawn_is_followed(add, make_meeting):
    with indexer.indexing():
        version = add(make_meeting()).version
        assert soon(lambda: search("byen").total == 1)
        curation.withdraw(version.identity, ground="Navne", by="x", at=datetime.now(UTC))
        assert soon(lambda: search("byen").total == 0 and open_index().lag(datetime.now(UTC)) == 0)


def test_another_process_has_the_lock_until_it_ends(add, make_meeting, data):
    data.mkdir(parents=True, exist_ok=True)
    with (data / "indexer.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with indexer.indexing():
            add(make_meeting())
            time.sleep(0.5)
            assert open_index().lag(datetime.now(UTC)) > 0
            fcntl.flock(other, fcntl.LOCK_UN)
            assert soon(lambda: open_index().lag(datetime.now(UTC)) == 0)


def test_a_fault_is_told_without_texts_and_tried_again(add, make_meeting, monkeypatch, caplog):
    add(make_meeting())
    faults = iter([IndexBehind("Leg og læring", "x", "y", "z")])
    inner = type(open_index()).catch_up

    def stumble(self):
        for fault in faults:
            raise fault
        inner(self)

    monkeypatch.setattr(type(open_index()), "catch_up", stumble)
    with indexer.indexing():
        assert soon(lambda: open_index().lag(datetime.now(UTC)) == 0)
    assert caplog.messages == ["The search index could not follow: IndexBehind"]
