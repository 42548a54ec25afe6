"""What comes at the same moment is taken in together, and each hears of his own alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError

from raadslag.workspace.common.gathering import Gathering

HANDS = 12


class Slow:
    """Takes in lots, each after it is let through; what is `bad` is refused, what is `broken` cannot be taken in."""

    def __init__(self) -> None:
        self.lots: list[list[str]] = []
        self.began, self.goes_on = threading.Semaphore(0), threading.Semaphore(0)

    def __call__(self, lot: Sequence[str]) -> list[str | Exception]:
        self.began.release()
        assert self.goes_on.acquire(timeout=20)
        if "broken" in lot:
            raise OSError("broken")
        if "away" in lot:
            raise OperationalError("away")
        self.lots.append(list(lot))
        return [ValueError(one) if one == "bad" else one.upper() for one in lot]


def _all(gathering: Gathering[str, str], slow: Slow, first: str, *others: str) -> list[Any]:
    """What each hears, where the others come while the first is being taken in."""
    with ThreadPoolExecutor(HANDS) as hands:
        told = [hands.submit(gathering, first)]
        assert slow.began.acquire(timeout=20)
        told += [hands.submit(gathering, one) for one in others]
        while len(gathering._waiting) < len(others):
            time.sleep(0.001)
        for _ in range(len(others) + 2):
            slow.goes_on.release()
        return [one.exception(20) or one.result(20) for one in told]


def test_who_comes_meanwhile_is_in_the_next_lot() -> None:
    slow = Slow()
    told = _all(Gathering(slow), slow, "a", *"bcdefg")
    assert told == [*"ABCDEFG"]
    assert [len(lot) for lot in slow.lots] == [1, 6]
    assert sorted(slow.lots[1]) == [*"bcdefg"]


def test_a_refusal_is_heard_by_whom_it_is_about() -> None:
    slow = Slow()
    first, good, bad = _all(Gathering(slow), slow, "a", "b", "bad")
    assert (first, good) == ("A", "B")
    assert (type(bad), str(bad)) == (ValueError, "bad")


def test_one_that_cannot_be_taken_in_stops_no_other() -> None:
    slow = Slow()
    first, good, broken, other = _all(Gathering(slow), slow, "a", "b", "broken", "c")
    assert (first, good, other) == ("A", "B", "C")
    assert isinstance(broken, OSError)
    assert sorted(slow.lots) == [["a"], ["b"], ["c"]]  # a lot that failed is not in


def test_where_the_database_is_away_all_are_told_and_nobody_is_tried_again() -> None:
    slow = Slow()
    first, *others = _all(Gathering(slow), slow, "a", "b", "away", "c")
    assert first == "A"
    assert [type(one) for one in others] == [OperationalError] * 3
    assert slow.lots == [["a"]]


def test_alone_it_goes_at_once_and_again_and_again() -> None:
    slow = Slow()
    gathering = Gathering(slow)
    for one in "abc":
        slow.goes_on.release()
        assert gathering(one) == one.upper()
    assert slow.lots == [["a"], ["b"], ["c"]]


def test_where_the_process_is_told_to_end_nobody_waits_for_ever() -> None:
    def end(_lot: Sequence[str]) -> list[str | Exception]:
        raise SystemExit

    gathering: Gathering[str, str] = Gathering(end)
    with pytest.raises(SystemExit):
        gathering("a")
    with pytest.raises(SystemExit):
        gathering("b")
