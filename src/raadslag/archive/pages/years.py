"""A year of meetings as a calendar: twelve months of weeks, of which the days with a meeting lead on.

Functions from meetings to frozen values; nothing here asks the database.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from raadslag.archive import models

_WEEKS = calendar.Calendar(calendar.MONDAY)


@dataclass(frozen=True)
class Day:
    """A day of a month and the meetings held on it, the earliest first."""

    on: date
    meetings: tuple[models.Meeting, ...] = ()


@dataclass(frozen=True)
class Month:
    """A month and its weeks from Monday to Sunday; days of the months beside it are None."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]


def months_of(year: int, meetings: Iterable[models.Meeting]) -> tuple[Month, ...]:
    """The twelve months of a year with these meetings on their days."""
    by_day: dict[date, list[models.Meeting]] = defaultdict(list)
    for meeting in sorted(meetings, key=lambda one: one.start):
        by_day[meeting.start_on].append(meeting)
    return tuple(
        Month(
            date(year, month, 1),
            tuple(
                tuple(Day(on, tuple(by_day.get(on, ()))) if on.month == month else None for on in week)
                for week in _WEEKS.monthdatescalendar(year, month)
            ),
        )
        for month in range(1, 13)
    )


def chosen(years: Iterable[int], this_year: int) -> int:
    """The year that is shown where nobody has chosen: this one if it has meetings or none has, else the newest that
    has."""
    known = set(years)
    return this_year if this_year in known else max(known, default=this_year)
