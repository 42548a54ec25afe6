"""Days and times as people say them, in both languages, whatever a record holds."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from raadslag.web import dates


@pytest.mark.parametrize(
    ("language", "start", "end", "expected"),
    [
        ("da", "2018-04-09T17:00", "2018-04-09T19:05", "Mandag 9. april 2018 kl. 17.00–19.05"),
        ("da", "2018-04-09T17:00", None, "Mandag 9. april 2018 kl. 17.00"),
        ("da", "2018-04-09", "2018-04-09T19:05", "Mandag 9. april 2018"),
        ("da", "2018-04-09", "", "Mandag 9. april 2018"),
        ("da", "Udvalgsværelset", None, ""),
        ("da", "2018-13-45", None, ""),
        ("da", None, None, ""),
        ("en", "2018-04-09T17:00", "2018-04-09T19:05", "Monday 9 April 2018 at 17:00–19:05"),
    ],
)
def test_a_span_says_as_much_as_is_known(language: str, start: str | None, end: str | None, expected: str) -> None:
    with translation.override(language):
        assert dates.span(start, end) == expected


def test_parts_of_a_moment() -> None:
    with translation.override("da"):
        assert dates.day(date(2018, 12, 31)) == "31. december 2018"
        assert dates.short_day("2018-04-09T17:00") == "9. april"
        assert dates.weekday("2018-04-09") == "mandag"
        assert dates.clock("2018-04-09T17:05") == "17.05"
        assert dates.clock("2018-04-09") == dates.clock(None) == dates.day("i går") == ""
