"""One line of the bench: ours and something beside it, warm, in turns, at the median."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


class Skipped(Exception):
    """Why a line cannot be measured here, and what to do about it."""


@dataclass(frozen=True)
class Line:
    """What was measured. Times are medians, or for a rate the shortest, in seconds; `holds`: is the bar kept.

    `amount` is how much one run does, in `unit` ("documents"), so that a rate can be told. `is_size`: ours and that
    of the other are bytes, not seconds.
    """

    name: str
    ours: float
    beside_name: str
    beside: float
    bar: str
    holds: bool
    amount: int = 1
    unit: str = "document"
    is_size: bool = False

    @property
    def ratio(self) -> float:
        """Ours as a multiple of that of the other."""
        return self.ours / self.beside


Clock = Callable[[], float]
WALL: Clock = time.perf_counter
ONE_CORE: Clock = time.process_time
"""The time that this process has had of a core: what else the machine does is not counted."""


def medians(
    ours: Callable[[], object], beside: Callable[[], object], rounds: int, clock: Clock = WALL
) -> tuple[float, float]:
    """The median time of each in seconds by `clock`."""
    mine, others = _taken(ours, beside, rounds, clock)
    return statistics.median(mine), statistics.median(others)


def quickest(
    ours: Callable[[], object], beside: Callable[[], object], rounds: int, clock: Clock = WALL
) -> tuple[float, float]:
    """The shortest time of each in seconds by `clock`, for a rate: what else a machine does can only add to it."""
    mine, others = _taken(ours, beside, rounds, clock)
    return min(mine), min(others)


def _taken(
    ours: Callable[[], object], beside: Callable[[], object], rounds: int, clock: Clock
) -> tuple[list[float], list[float]]:
    """The times of each, after one round to warm up.

    The two take turns, so that whatever else the machine does meets both alike; the collector of
    unused memory waits till the end of a call.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for call in (ours, beside):
        call()
    for _ in range(rounds):
        for call, taken in zip((ours, beside), times, strict=True):
            gc.collect()
            gc.disable()
            start = clock()
            call()
            taken.append(clock() - start)
            gc.enable()
    return times
