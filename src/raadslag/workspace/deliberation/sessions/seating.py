"""Who sits where: as near to everyone's wishes as the seats allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

Who = TypeVar("Who")
Where = TypeVar("Where")

_UNWISHED = 1_000.0  # a seat that was not asked for
_STEP = 10.0  # what each place further down a list of wishes costs


def balanced(people: Sequence[Who], wishes: Mapping[Who, Sequence[Where]], free: Mapping[Where, int]
             ) -> dict[Who, Where]:  # fmt: skip
    """A seat for each of `people`, with the least disappointment in all; of equal ways the one that fills evenly.

    `free` are the seats of each place that nobody has yet. Whoever is left when the seats are is in no pair.
    Source: the assignment problem, solved exactly.
    """
    import numpy as np  # a third of a second, which no other page pays for
    from scipy.optimize import linear_sum_assignment

    seats = [(place, number) for place, most in free.items() for number in range(max(0, most))]
    if not people or not seats:
        return {}
    costs = np.full((len(people), len(seats)), _UNWISHED)
    for row, who in enumerate(people):
        ranks = {place: rank for rank, place in enumerate(wishes.get(who, ()))}
        for column, (place, number) in enumerate(seats):
            if not ranks:
                costs[row, column] = 0.0
            elif place in ranks:
                costs[row, column] = ranks[place] * _STEP
            # Among places that are alike to somebody the emptier comes first; far less than a wish, whatever the table.
            costs[row, column] += number * number / (len(seats) * len(seats) * 10.0)
    rows, columns = linear_sum_assignment(costs)
    return {people[row]: seats[column][0] for row, column in zip(rows, columns, strict=True)}
