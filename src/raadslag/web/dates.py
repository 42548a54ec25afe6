"""Days and times of records as a reader says them: "mandag 9. april 2018", "kl. 17.00–19.05".

Records tell local times as text, `2018-04-09T17:00` or `2018-04-09`; no zone is ever applied to them.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils.dateformat import format as format_date
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext


def parse(moment: str | date | None) -> date | datetime | None:
    """The day or time that `moment` tells, or None where it tells none; never an error."""
    if not isinstance(moment, str):
        return moment
    try:
        return datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment)
    except ValueError:
        return None


def day(moment: str | date | None) -> str:
    """ "9. april 2018"."""
    return date_format(value, pgettext("day", "j F Y")) if (value := parse(moment)) else ""


def short_day(moment: str | date | None) -> str:
    """ "9. april", where the year stands beside it."""
    return date_format(value, pgettext("day", "j F")) if (value := parse(moment)) else ""


def weekday(moment: str | date | None) -> str:
    """ "mandag"."""
    return date_format(value, "l") if (value := parse(moment)) else ""


def clock(moment: str | date | None) -> str:
    """ "17.00", or nothing where `moment` is a day alone."""
    value = parse(moment)
    return format_date(value, pgettext("clock", "H:i")) if isinstance(value, datetime) else ""


def span(start: str | date | None, end: str | None = None) -> str:
    """ "Mandag 9. april 2018 kl. 17.00–19.05", as much of it as is known."""
    if not parse(start):
        return ""
    words = f"{weekday(start)} {day(start)}"
    words = words[0].upper() + words[1:]
    hours = "–".join(filter(None, [clock(start), clock(end)])) if clock(start) else ""
    return gettext("%(day)s at %(hours)s") % {"day": words, "hours": hours} if hours else words
