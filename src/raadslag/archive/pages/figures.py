"""What a body or a committee has met about and decided, in figures: a page of tables, and each table as a chart.

All of it is counted anew from the public rows, so what is withdrawn counts nowhere. Of closed items nothing is counted.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext as _

from raadslag.archive import models
from raadslag.archive.pages import views, words, years
from raadslag.web import charts

NAMED = 3  # outcomes that a chart names; the others are one piece, and what papers do not state is another
DRAWN = 12  # years in a chart, the newest; the table has all
MAIN = "#114b5f"  # where a municipality has no colour of its own


@dataclass(frozen=True)
class Table:
    """Counts by two things: `columns` are headings, each row begins with its own."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


def figures(request: HttpRequest, body: str, organization: str | None = None, year: int | None = None) -> HttpResponse:
    """Meetings by month of one year, and outcomes by year, of a body or of one of its committees."""
    whose, of = _whose(body, organization)
    meetings = _meetings(whose)
    counted = dict(meetings.values_list("start_on__year").annotate(Count("pk")).order_by("start_on__year"))
    shown = year or years.chosen(counted, timezone.localdate().year)
    outcomes = _outcomes(whose)
    return views.page(
        request,
        "figures.html",
        "organizations" if organization else "front",
        of,
        organization=whose if organization else None,
        is_of_a_year=year is not None,
        year=shown,
        years=counted.items(),
        by_month=[(str(MONTHS[month]), held) for month, held in enumerate(_by_month(meetings, shown), 1)],
        held=counted.get(shown, 0),
        outcomes=table_of(outcomes),
        drawn=min(DRAWN, len(outcomes)),
    )


def meetings_chart(request: HttpRequest, body: str, year: int, organization: str | None = None) -> HttpResponse:
    """Meetings by month of one year, drawn."""
    whose, of = _whose(body, organization)
    counts = _by_month(_meetings(whose), year)
    title = _("Meetings of %(whose)s in %(year)s") % {"whose": whose.name, "year": year}
    told = ", ".join(f"{MONTHS[month]} {held}" for month, held in enumerate(counts, 1) if held)
    labels = [str(MONTHS_3[month])[:3] for month in range(1, 13)]
    return drawn(charts.bars(title, told or _("None"), labels, [(_("Meetings"), counts)], of.main or MAIN))


def outcomes_chart(request: HttpRequest, body: str, organization: str | None = None) -> HttpResponse:
    """Outcomes by year, drawn: the most frequent by name, all others as one."""
    whose, of = _whose(body, organization)
    by_year = dict(sorted(_outcomes(whose).items())[-DRAWN:])
    # Its address was given while there were some, and goes on to tell how many there are.
    series = series_of(by_year) or [(_("Decisions"), [0])]
    title = _("Decisions of %(whose)s by year and outcome") % {"whose": whose.name}
    told = ", ".join(f"{year}: {sum(counts.values())}" for year, counts in by_year.items())
    return drawn(
        charts.bars(title, told or _("None"), [str(year) for year in by_year] or ["–"], series, of.main or MAIN)
    )


def course_chart(request: HttpRequest, body: str, case: str) -> HttpResponse:
    """When each committee handled a case, drawn."""
    found = views.get_case(body, case)
    handled = (
        found.items.current()
        .order_by("meeting__start_on")
        .values_list("meeting__organization__name", "meeting__start_on")
    )
    rows: dict[str, list[date]] = defaultdict(list)
    for name, on in handled:
        rows[name].append(on)
    title = _("The course of case %(number)s") % {"number": found.number}
    told = ", ".join(f"{on.isoformat()} {name}" for name, on in handled)
    return drawn(charts.course(title, told, list(rows.items()), found.body.main or MAIN))


def drawn(svg: bytes) -> HttpResponse:
    """A drawing of ours: it may use its own style sheet, named by its hash, and nothing else."""
    style = svg.partition(b"<style>")[2].partition(b"</style>")[0]
    digest = b64encode(hashlib.sha256(style).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'"
    return HttpResponse(svg, content_type="image/svg+xml", headers={"Content-Security-Policy": policy})


def table_of(by_year: dict[int, Counter[str]]) -> Table | None:
    """Outcomes by year, the newest year first, the most frequent outcome first; None where there is none."""
    if not by_year:
        return None
    codes = _by_frequency(by_year)
    rows = tuple(
        (str(year), (*(counts[code] for code in codes), sum(counts.values())))
        for year, counts in sorted(by_year.items(), reverse=True)
    )
    return Table((*map(_outcome, codes), _("In all")), rows)


def series_of(by_year: dict[int, Counter[str]]) -> list[tuple[str, list[int]]]:
    """The counts of each outcome that is drawn by name, then of all others, then of those not stated."""
    codes = [code for code in _by_frequency(by_year) if code]
    series = [(_outcome(code), [counts[code] for counts in by_year.values()]) for code in codes[:NAMED]]
    if len(codes) > NAMED:
        others = [sum(counts[code] for code in codes[NAMED:]) for counts in by_year.values()]
        series.append((_("Others"), others))
    if any(counts[""] for counts in by_year.values()):
        series.append((_outcome(""), [counts[""] for counts in by_year.values()]))
    return series


def _outcome(code: str) -> str:
    return dict(words.in_language().outcome).get(code, code) if code else _("Not stated")


def _by_frequency(by_year: dict[int, Counter[str]]) -> list[str]:
    """The outcomes from the most frequent on; what papers do not state comes last."""
    total: Counter[str] = sum(by_year.values(), Counter())
    return sorted(total, key=lambda code: (code == "", -total[code], code))


def _whose(body: str, organization: str | None) -> tuple[models.Body | models.Organization, models.Body]:
    if organization:
        found = views.get_organization(body, organization)
        return found, found.body
    of = views.get_body(body)
    return of, of


def _meetings(whose: models.Body | models.Organization) -> models.MeetingQuerySet:
    public = models.Meeting.objects.public()
    return public.of(whose) if isinstance(whose, models.Body) else public.held_by(whose)


def _by_month(meetings: models.MeetingQuerySet, year: int) -> list[int]:
    rows = meetings.filter(start_on__year=year).values_list("start_on__month").annotate(Count("pk")).order_by()
    counts = dict(rows)
    return [counts.get(month, 0) for month in range(1, 13)]


def _outcomes(whose: models.Body | models.Organization) -> dict[int, Counter[str]]:
    """How often each outcome was the end of an open item that was decided, by year."""
    of = {"meeting__body": whose} if isinstance(whose, models.Body) else {"meeting__organization": whose}
    decided = models.Item.objects.current().filter(~Q(decision="") | ~Q(outcome=""), **of)
    decided = decided.exclude(access="closed").exclude(outcome="none")
    by_year: dict[int, Counter[str]] = defaultdict(Counter)
    counted = decided.values_list("meeting__start_on__year", "outcome").annotate(Count("pk")).order_by()
    for year, outcome, count in counted:
        by_year[year][outcome] += count
    return by_year
