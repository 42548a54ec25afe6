"""Notice: how long before a meeting its agenda and papers have to be with the members."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, timedelta

SATURDAY, SUNDAY = 5, 6


def is_working_day(day: date, *, holidays: Container[date], saturday_counts: bool) -> bool:
    """Whether `day` counts: not a Sunday, not a public holiday, and a Saturday only where the body counts it.

    Source: "hverdage" in the Local Government Act, section 8(4); whether a Saturday is one is the body's own rule.
    """
    if day in holidays or day.weekday() == SUNDAY:
        return False
    return saturday_counts or day.weekday() != SATURDAY


def latest_day(meeting: date, days: int, *, holidays: Container[date], saturday_counts: bool) -> date:
    """The last day on which papers can go out so that `days` whole working days lie between it and the meeting.

    Neither the day of sending nor that of the meeting is counted: with four days' notice before a Monday without
    holidays, the papers go out on the Monday before. The day of sending itself may be any day of the week.
    Raises ValueError for a negative number of days.
    Source: Local Government Act (kommunestyrelsesloven), section 8(4): "senest 4 hverdage".
    """
    if days < 0:
        raise ValueError("notice is a number of days, 0 or more")
    day = meeting - timedelta(days=1)
    while days:
        days -= is_working_day(day, holidays=holidays, saturday_counts=saturday_counts)
        day -= timedelta(days=1)
    return day


def is_kept(sent: date, meeting: date, days: int, *, holidays: Container[date], saturday_counts: bool) -> bool:
    """Whether papers that go out on the day `sent` keep a notice of `days` working days."""
    return sent <= latest_day(meeting, days, holidays=holidays, saturday_counts=saturday_counts)
