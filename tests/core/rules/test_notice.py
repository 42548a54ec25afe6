"""Notice in working days: golden cases by the calendar, counted by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raadslag.core.rules.notice import is_kept, is_working_day, latest_day

EASTER_2018 = {date(2018, 3, 29), date(2018, 3, 30), date(2018, 4, 1), date(2018, 4, 2)}


@pytest.mark.parametrize(
    ("meeting", "days", "saturday", "latest"),
    [
        # Monday: Tuesday to Friday lie between.
        (date(2018, 4, 16), 4, False, date(2018, 4, 9)),
        # The same with Saturdays counted: Wednesday to Saturday.
        (date(2018, 4, 16), 4, True, date(2018, 4, 10)),
        # Monday after Easter: 3, 4, 5 and 6 April; the day before is Easter Monday, on which one may send.
        (date(2018, 4, 9), 4, False, date(2018, 4, 2)),
        # Wednesday 4 April: 3 April, 28, 27, 26 March; Sunday 25 March is the last day.
        (date(2018, 4, 4), 4, False, date(2018, 3, 25)),
        (date(2018, 4, 9), 0, False, date(2018, 4, 8)),
    ],
)
def test_the_last_day(meeting: date, days: int, saturday: bool, latest: date) -> None:
    assert latest_day(meeting, days, holidays=EASTER_2018, saturday_counts=saturday) == latest
    assert is_kept(latest, meeting, days, holidays=EASTER_2018, saturday_counts=saturday)
    assert not is_kept(latest + timedelta(days=1), meeting, days, holidays=EASTER_2018, saturday_counts=saturday)


def test_notice_is_never_negative() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        latest_day(date(2018, 4, 9), -1, holidays=(), saturday_counts=False)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 15), st.booleans())
def test_that_many_working_days_lie_between(meeting: date, days: int, saturday: bool) -> None:
    latest = latest_day(meeting, days, holidays=EASTER_2018, saturday_counts=saturday)
    between = [latest + timedelta(days=n) for n in range(1, (meeting - latest).days)]
    counted = [is_working_day(day, holidays=EASTER_2018, saturday_counts=saturday) for day in between]
    assert sum(counted) == days
    assert days == 0 or counted[0]  # a day later would be too late
