"""The journal: nothing without a trace, no trace without a change, and no later change unseen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from raadslag.workspace.common import checkpoints, journal
from raadslag.workspace.common.errors import Repeated
from raadslag.workspace.common.models import Answered, Cursor, JournalEntry, JournalHead

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Happened(journal.Event):
    """Something, for tests."""

    number: int


def happen(number: int) -> None:
    with journal.acting():
        journal.write(Happened(number), by=journal.SYSTEM, at=AT, about=f"test:{number}")


def happen_and_fail(number: int) -> None:
    with journal.acting():
        journal.write(Happened(number), by=journal.SYSTEM, at=AT, about=f"test:{number}")
        raise ValueError("no")


@pytest.fixture
def five(db: None) -> None:
    for number in range(1, 6):
        happen(number)


def test_entries_follow_one_from_another(five: None) -> None:
    assert list(JournalEntry.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert journal.first_broken() is None


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(
    "change",
    [{"by": "another"}, {"kind": "other"}, {"values": {"number": 99}}, {"about": "test:9"}, {"hash": "0" * 64}],
)
def test_each_change_of_each_entry_is_seen(five: None, number: int, change: dict[str, Any]) -> None:
    JournalEntry.objects.filter(number=number).update(**change)
    assert journal.first_broken() == number


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_each_removal_is_seen(five: None, number: int) -> None:
    JournalEntry.objects.filter(number=number).delete()
    assert journal.first_broken() == number


def test_an_end_that_was_cut_off_together_with_the_head_is_seen_by_a_checkpoint(
    five: None, data: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    checkpoints.add(data, outside, at=AT)
    assert checkpoints.faults(data, outside) == []
    JournalEntry.objects.filter(number=5).delete()
    fourth = JournalEntry.objects.get(number=4)
    JournalHead.objects.update(number=4, hash=fourth.hash)
    assert journal.first_broken() is None
    assert checkpoints.faults(data, outside) == [
        "checkpoints.jsonl, line 1: entry 5 of the journal is another one today"
    ]


def test_a_checkpoint_that_another_key_signed_is_seen(five: None, data: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    checkpoints.add(data, outside, at=AT)
    (data / "checkpoint-key").unlink()
    assert checkpoints.faults(data, outside) == ["checkpoints.jsonl, line 1: not signed by this workspace"]


def test_one_checkpoint_a_day(five: None, data: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    assert checkpoints.is_due(outside, at=AT)
    checkpoints.add(data, outside, at=AT)
    assert not checkpoints.is_due(outside, at=AT)
    assert checkpoints.is_due(outside, at=datetime(2026, 3, 3, 0, 1, tzinfo=UTC))


@pytest.mark.django_db
def test_nothing_is_written_outside_an_action() -> None:
    with pytest.raises(RuntimeError, match="within an action"):
        journal.write(Happened(1), by="system", at=AT, about="test:1")


@pytest.mark.django_db
def test_an_inner_action_that_fails_leaves_no_trace_and_the_outer_goes_on() -> None:
    with journal.acting():
        journal.write(Happened(1), by="system", at=AT, about="test:1")
        with pytest.raises(ValueError, match="no"):
            happen_and_fail(2)
        journal.write(Happened(3), by="system", at=AT, about="test:3")
    assert list(JournalEntry.objects.order_by("number").values_list("about", flat=True)) == ["test:1", "test:3"]


@pytest.mark.django_db
def test_an_action_that_fails_leaves_nothing() -> None:
    with pytest.raises(ValueError, match="no"):
        happen_and_fail(1)
    assert not JournalEntry.objects.exists()


@pytest.mark.django_db
def test_an_event_holds_no_objects() -> None:
    @dataclass(frozen=True)
    class Wrong(journal.Event):
        thing: object

    with pytest.raises(TypeError, match="plain values"), journal.acting():
        journal.write(Wrong(object()), by="system", at=AT, about="test:1")


def test_a_follower_sees_each_entry_once_also_after_a_fall(five: None, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    falls = [3]

    def listen(entry: JournalEntry) -> None:
        if falls and entry.number == falls[0]:
            falls.pop()
            raise OSError("a fall")
        seen.append(entry.number)

    monkeypatch.setattr(journal, "_followers", {"test": (frozenset([Happened.kind()]), listen)})
    with pytest.raises(OSError, match="a fall"):
        journal.catch_up()
    assert Cursor.objects.get(follower="test").number == 2
    journal.catch_up()
    happen(6)
    journal.catch_up()
    assert journal.catch_up() == 0
    assert seen == [1, 2, 3, 4, 5, 6]


@pytest.mark.django_db
def test_a_key_counts_once_and_a_retry_gets_the_first_answer() -> None:
    token = journal.current_key.set(journal.Key("", "k"))
    try:
        happen(1)
        Answered.objects.update(location="/there/")
        journal.current_key.set(journal.Key("", "k"))
        with pytest.raises(Repeated) as repeated, transaction.atomic():
            happen(2)
    finally:
        journal.current_key.reset(token)
    assert repeated.value.location == "/there/"
    assert JournalEntry.objects.count() == 1


@pytest.mark.django_db
def test_a_key_whose_write_failed_may_be_used_again() -> None:
    token = journal.current_key.set(journal.Key("", "k"))
    try:
        with pytest.raises(ValueError, match="no"), journal.acting():
            raise ValueError("no")
        journal.current_key.set(journal.Key("", "k"))
        happen(1)
    finally:
        journal.current_key.reset(token)
    assert JournalEntry.objects.count() == 1
