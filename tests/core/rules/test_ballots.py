"""Quorum, entitlement and result: golden cases from the law, and random ballots against an independent count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raadslag.core.rules import ballots
from raadslag.core.rules.ballots import Count


@pytest.mark.parametrize(
    ("present", "members", "expected"),
    [(8, 15, True), (7, 15, False), (2, 4, True), (1, 4, False), (0, 1, False), (1, 1, True), (1, 2, True)],
)
def test_half_of_the_members_can_decide(present, members, expected):
    """Local Government Act, section 11(2)."""
    assert ballots.has_quorum(present, members) is expected


def test_a_body_without_members_cannot_be_asked():
    with pytest.raises(ValueError, match="at least one"):
        ballots.has_quorum(0, 0)


@pytest.mark.parametrize(
    ("counted", "result"),
    [
        (Count(2, 1, 2, 0), "adopted"),  # the majority is of the votes cast (I18)
        (Count(1, 0, 10, 4), "adopted"),
        (Count(1, 2, 2, 0), "rejected"),
        (Count(5, 5, 1, 0), "tie"),
        (Count(0, 0, 3, 3), "tie"),
        (Count(8, 7, 0, 0), "adopted"),
    ],
)
def test_what_the_votes_decide(counted, result):
    """Local Government Act, section 11(3)."""
    assert counted.result == result


@pytest.mark.parametrize(
    ("present", "barred", "expected"),
    [
        ("abc", "", "abc"),
        ("abx", "", "ab"),  # x holds no seat
        ("abc", "b", "ac"),  # section 14: who is disqualified takes no part
        ("", "", ""),
    ],
)
def test_who_may_vote(present, barred, expected):
    assert ballots.entitled("abc", set(present), set(barred)) == frozenset(expected)


@given(
    st.dictionaries(st.integers(0, 30), st.sampled_from(["for", "against", "abstained"])), st.sets(st.integers(0, 30))
)
def test_everyone_who_may_vote_is_counted_once(votes, others):
    may_vote = set(votes) | others
    counted = ballots.count(votes, may_vote)
    assert counted.entitled == len(may_vote)
    assert counted.for_ == sum(choice == "for" for choice in votes.values())
    assert counted.not_voting == len(others - set(votes))
    for_, against = counted.for_, counted.against
    assert counted.result == ("tie" if for_ == against else "adopted" if for_ > against else "rejected")
    assert ballots.counted(counted.for_, counted.against, counted.abstained, len(may_vote)) == counted


def test_a_vote_of_somebody_who_may_not_is_no_count():
    with pytest.raises(ValueError, match="1 votes"):
        ballots.count({"a": "for", "x": "for"}, {"a", "b"})


@pytest.mark.parametrize(("numbers", "message"), [((3, 2, 1, 5), "6 votes of 5"), ((-1, 2, 1, 5), "0 or more")])
def test_numbers_that_cannot_be_are_refused(numbers, message):
    with pytest.raises(ValueError, match=message):
        ballots.counted(*numbers)


def test_amendments_are_voted_on_before_what_they_amend():
    given_ = [("main", False), ("first change", True), ("another main", False), ("second change", True)]
    assert ballots.in_order(given_) == ["first change", "second change", "main", "another main"]
