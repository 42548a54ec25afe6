"""The invented municipality of the bench is the same each time, and its records are such as the archive shows."""

from __future__ import annotations

from itertools import islice

from bench.municipality import questions, records
from raadslag.core.record import canonical, identity
from raadslag.core.release import public
from raadslag.core.rules.screening import screen_record


def test_the_same_seed_gives_the_same_bytes():
    one, other = ([canonical(record) for record in records(60)] for _ in range(2))
    assert one == other
    assert one != [canonical(record) for record in records(60, seed=1)]
    assert questions(50) == questions(50)


def test_records_are_made_one_at_a_time():
    assert len(list(islice(records(10**9), 3))) == 3


def test_records_hold_what_may_be_shown_and_nothing_that_waits():
    made = list(records(200))
    assert all(identity(public(record)) == identity(record) for record in made)
    assert [record for record in made if screen_record(record)] == []
    assert 2.5 < sum(len(record.items) for record in made) / len(made) < 3.5
    assert len({(record.organization, record.meeting.start) for record in made}) == len(made)


def test_cases_run_over_several_meetings():
    numbers = [item.reference for record in records(200) for item in record.items]
    assert len(set(numbers)) < 0.8 * len(numbers)
