"""The memory of answers, and what of a request decides between them."""

from __future__ import annotations

import pytest

from raadslag.archive.front.kept import LARGEST, Memory, finished, may_be_kept
from raadslag.archive.front.messages import Answer, takes_gzip


def kept(size=100, **options):
    return finished(Answer(200, (), b"x" * size), "/", **options)


def test_what_was_asked_for_longest_ago_goes_first():
    memory = Memory(3 * kept().size)
    for key in "abc":
        memory.put(key, kept())
    memory.get("a", None, 0.0)
    memory.put("d", kept())
    assert [key for key in "abcd" if memory.get(key, None, 0.0)] == ["a", "c", "d"]


def test_the_memory_is_bounded_by_bytes_and_forgets_what_it_replaces():
    memory = Memory(10_000)
    for number in range(100):
        memory.put(number % 7, kept(1000))
    assert len(memory) == 5
    memory.put("large", kept(20_000))
    assert (len(memory), memory.get("large", None, 0.0)) == (5, None)


def test_another_world_and_a_passed_moment_end_it():
    memory = Memory()
    memory.put("a", kept(valid_for=1, until=10.0))
    assert memory.get("a", 1, 9.9)
    assert memory.get("a", 1, 10.0) is None
    memory.put("a", kept(valid_for=1))
    assert memory.get("a", 2, 0.0) is None
    assert memory.get("a", 1, 0.0) is None


def test_a_very_large_answer_is_sent_and_not_kept():
    assert may_be_kept(kept(LARGEST))
    assert not may_be_kept(kept(LARGEST + 1))


@pytest.mark.parametrize(
    ("accepted", "is_taken"),
    [
        ("gzip", True),
        ("br, GZIP ;q=0.8, *;q=0", True),
        ("x-gzip", True),
        ("*", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("identity", False),
    ],
)
def test_who_takes_gzip(accepted, is_taken):
    assert takes_gzip(accepted.encode()) is is_taken
