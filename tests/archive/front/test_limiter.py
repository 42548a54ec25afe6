"""Buckets: what they hold, how they fill, whose they are."""

from __future__ import annotations

import pytest

from raadslag.archive.front.limiter import BURST, KEPT, PAGE, RATE, SEARCH, cost_of
from raadslag.web.limiter import Limiter


def test_a_bucket_is_emptied_and_fills_again():
    limiter = Limiter(rate=2, burst=4)
    assert [limiter.take("a", 1, 0.0) for _ in range(5)] == [0, 0, 0, 0, 1]
    assert limiter.take("a", 4, 0.0) == 2
    assert limiter.take("a", 1, 0.5) == 0
    assert limiter.take("a", 1, 0.5) == 1
    assert limiter.take("a", 4, 1000.0) == 0
    assert limiter.take("b", 4, 1000.0) == 0


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("not:an:address", "not:an:address", True),
    ],
)
def test_a_line_has_one_bucket(first, second, is_one):
    limiter = Limiter(rate=1, burst=1)
    limiter.take(first, 1, 0.0)
    assert (limiter.take(second, 1, 0.0) > 0) is is_one


def test_the_table_is_bounded():
    limiter = Limiter(1, 1, most=3)
    for number in range(10):
        limiter.take(f"192.0.2.{number}", 1, 0.0)
    assert len(limiter) == 3


def test_a_class_behind_one_address_is_served_and_a_flood_is_not():
    """Thirty pupils open a page with six files at once, then each a page every two seconds for a minute."""
    school, flood = Limiter(RATE, BURST), Limiter(RATE, BURST)
    at_once = [school.take("a", KEPT + PAGE, 0.0) for _ in range(30)] + [
        school.take("a", KEPT, 0.0) for _ in range(180)
    ]
    later = [school.take("a", KEPT + PAGE, second) for second in range(1, 61) for _ in range(15)]
    assert not any(at_once + later)
    taken = sum(not flood.take("a", KEPT + PAGE, second + part / 200) for second in range(60) for part in range(200))
    assert taken <= BURST + 60 * RATE < 60 * 200


def test_a_search_costs_more_than_a_page():
    assert cost_of("/proeve/soeg/") == cost_of("/soeg/nyt.atom") == SEARCH > cost_of("/proeve/moeder/") == PAGE
    assert cost_of("/proeve/moede/a/referat.pdf") > SEARCH
