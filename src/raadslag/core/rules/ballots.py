"""Ballots: who may vote, whether the meeting can decide, and what the votes decided."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Literal, NamedTuple, TypeAlias, TypeVar

Person = TypeVar("Person", bound=Hashable)
Choice: TypeAlias = Literal["for", "against", "abstained"]
Result: TypeAlias = Literal["adopted", "rejected", "tie"]


def has_quorum(present: int, members: int) -> bool:
    """Whether a meeting can decide: at least half of the members are present.

    `members` are the seats of the body, empty ones too; `present` are members and substitutes called in for them.
    Raises ValueError for a body without members.
    Source: Local Government Act (kommunestyrelsesloven), section 11(2); for committees section 20.
    """
    if members < 1:
        raise ValueError("a body has at least one member")
    return 2 * present >= members


def entitled(seated: Iterable[Person], present: Collection[Person], barred: Collection[Person]) -> frozenset[Person]:
    """Who may vote: whoever holds a seat that day, himself or as the substitute called in for it, is in the room, and
    is not barred from the item. Nobody votes for another.

    Source: Local Government Act, sections 11, 14 and 28; invariant I17.
    """
    return frozenset(one for one in seated if one in present and one not in barred)


class Count(NamedTuple):
    """What was counted. `entitled` is all of them: whoever said nothing is `not_voting`."""

    for_: int
    against: int
    abstained: int
    not_voting: int

    @property
    def entitled(self) -> int:
        """All who could vote."""
        return sum(self)

    @property
    def result(self) -> Result:
        """What the votes decided: the majority of those cast for or against; a tie adopts nothing.

        Two for, one against and two abstaining adopt. Source: Local Government Act, section 11(3); invariant I18.
        """
        if self.for_ == self.against:
            return "tie"
        return "adopted" if self.for_ > self.against else "rejected"


def count(votes: Mapping[Person, Choice], may_vote: Collection[Person]) -> Count:
    """The count of a ballot by name. Raises ValueError for a vote of somebody who may not vote."""
    if strangers := [one for one in votes if one not in may_vote]:
        raise ValueError(f"{len(strangers)} votes of people who may not vote")
    given = list(votes.values())
    not_voting = len(set(may_vote)) - len(given)
    return Count(given.count("for"), given.count("against"), given.count("abstained"), not_voting)


def counted(for_: int, against: int, abstained: int, entitled: int) -> Count:
    """The count of a show of hands or of papers, entered by its numbers.

    Raises ValueError for a negative number, or for more votes than people who may vote.
    """
    if min(for_, against, abstained) < 0:
        raise ValueError("a count is 0 or more")
    not_voting = entitled - for_ - against - abstained
    if not_voting < 0:
        raise ValueError(f"{for_ + against + abstained} votes of {entitled} who may vote")
    return Count(for_, against, abstained, not_voting)


def in_order(proposals: Iterable[tuple[Person, bool]]) -> list[Person]:
    """The proposals in the order in which they are voted on: amendments before what they amend, else as they came.

    Each is a proposal and whether it is an amendment. Source: the councils' standing orders, as the ministry's model
    has them.
    """
    some = list(proposals)
    return [one for one, is_amendment in some if is_amendment] + [one for one, is_amendment in some if not is_amendment]
