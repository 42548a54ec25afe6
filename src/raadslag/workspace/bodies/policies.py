"""The rules that a body chooses for itself: what they are called, what they may be, and which of them holds today.

Source: product.md R8. The first value of each is what the law says, or the more careful way where it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import holidays
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from raadslag.core.rules import notice
from raadslag.workspace.bodies.models import Organization, Policy


class Choice(NamedTuple):
    """A rule: its label, what it means, and its values with their labels (None: a whole number)."""

    label: Any
    hint: Any
    default: Any
    values: tuple[tuple[Any, Any], ...] | None = None


YES_NO = ((False, _("No")), (True, _("Yes")))
CHOICES: dict[str, Choice] = {
    "agenda_days": Choice(
        _("Notice of the agenda, in working days"),
        _("Local Government Act, section 8(4): four, as far as possible, for the council."),
        4,
    ),
    "papers_days": Choice(
        _("Notice of the papers, in working days"),
        _("Late papers are marked, and the reason is printed on the agenda."),
        4,
    ),
    "saturday_counts": Choice(_("Saturday is a working day"), _("When notice is counted."), False, YES_NO),
    "publish_agenda": Choice(
        _("The open agenda is public when it is sent"),
        _("Local Government Act, section 8(5). Closed items show their public face alone."),
        True,
        YES_NO,
    ),
    "substitutes": Choice(
        _("Substitutes are called"),
        _("When a member sends an apology."),
        "by_secretary",
        (("by_secretary", _("By the secretary")), ("at_once", _("At once, the next in order"))),
    ),
    "approves_minutes": Choice(
        _("The last minutes are approved at the next meeting"),
        _("Each agenda then begins with it. Minutes that are signed at the meeting need no approval."),
        False,
        YES_NO,
    ),
    "signatures": Choice(
        _("Who signs the minutes"),
        _("Local Government Act, section 13(1): those who took part."),
        "all",
        (("all", _("Everyone who took part")), ("chair", _("The chair"))),
    ),
    "publish_minutes": Choice(
        _("Minutes may be public"),
        _("From the reading-out, or when all have signed."),
        "signed",
        (("read_out", _("When they have been read out")), ("signed", _("When they have been signed"))),
    ),
    "reasons_public": Choice(
        _("Reasons for absence are public"), _("Otherwise the list says only who was absent."), False, YES_NO
    ),
    "closed_offline": Choice(
        _("Closed papers may be kept on members’ devices"), _("Encrypted, until the meeting is over."), False, YES_NO
    ),
    "closed_at_low_level": Choice(
        _("Closed papers without a strong login"),
        _("An exception from the rule of level Betydelig (NSIS). The reason is kept with it."),
        False,
        YES_NO,
    ),
    "retention_years": Choice(_("Years that drafts and messages are kept"), _("Decisions are kept for good."), 5),
    "item_numbers": Choice(
        _("Numbers of items"),
        _("Start again at each meeting, or run on through the year."),
        "meeting",
        (("meeting", _("From 1 at each meeting")), ("year", _("Through the year"))),
    ),
    "case_fields": Choice(
        _("More fields of a case"),
        _("Names of headings, parted by commas, such as: Økonomi, Lovgrundlag, Høring"),
        "",
    ),
}


OF_ADMINISTRATORS = frozenset({"closed_at_low_level"})  # nobody lowers the bar that he himself does not reach


class Policies:
    """The rules of one organization on one day: its own where it has one, else the body's, else the first values."""

    def __init__(self, organization: Organization | None, rows: Iterable[Policy], on: date) -> None:
        own = organization.pk if organization else None
        self._values: dict[str, Any] = {name: choice.default for name, choice in CHOICES.items()}
        valid = [row for row in rows if row.since <= on and row.organization_id in (None, own)]
        for row in sorted(valid, key=lambda row: (row.organization_id is not None, row.since, row.set_at)):
            self._values[row.name] = row.value

    def __getitem__(self, name: str) -> Any:
        return self._values[name]


def policies_of(organization: Organization, on: date | None = None) -> Policies:
    """The rules of `organization` that hold `on` that day, today where it is not said. One query."""
    return Policies(organization, Policy.objects.filter(body_id=organization.body_id), on or timezone.localdate())


def policies_of_all(organizations: Iterable[Organization]) -> dict[UUID, Policies]:
    """The rules that hold today, by the organization's id. One query for any number."""
    some = {one.pk: one for one in organizations}
    today = timezone.localdate()
    rows = list(Policy.objects.filter(body__in={one.body_id for one in some.values()})) if some else []
    return {pk: Policies(one, [row for row in rows if row.body_id == one.body_id], today) for pk, one in some.items()}


def latest_day(rules: Policies, meeting: date, kind: str = "agenda_days") -> date:
    """The last day on which the agenda (or with "papers_days" its papers) can go out in time for a meeting."""
    return notice.latest_day(
        meeting, rules[kind], holidays=danish_holidays(), saturday_counts=rules["saturday_counts"]
    )  # fmt: skip


@cache
def danish_holidays() -> holidays.HolidayBase:
    """Danish public holidays of any year, filled in as they are asked for."""
    return holidays.country_holidays("DK")
