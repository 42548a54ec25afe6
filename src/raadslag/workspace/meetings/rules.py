"""What stands in the way of calling, sending and answering."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.web import dates
from raadslag.workspace.bodies.models import Membership, Role
from raadslag.workspace.bodies.policies import Policies, danish_holidays, latest_day, policies_of
from raadslag.workspace.cases.models import Access
from raadslag.workspace.meetings.models import AgendaItem, Invitation, Meeting


def obstacles_to_sending(meeting: Meeting, items: Sequence[AgendaItem]) -> list[str]:
    """Every reason why the agenda cannot go out; an empty list means go. `items` are those at the top, in order."""
    obstacles = []
    if meeting.cancelled_at:
        return [_("The meeting is cancelled.")]
    if not items:
        obstacles.append(_("Add at least one item."))
    for number, item in enumerate(items, 1):
        at = {"number": number}
        if item.is_closed and not item.legal_ground.strip():
            obstacles.append(_("Item %(number)s is closed and needs its legal ground.") % at)
        if item.is_closed and not item.public_title.strip():
            obstacles.append(_("Item %(number)s is closed and needs a heading that everyone may read.") % at)
        if item.case and item.case.access == Access.CLOSED and item.access == Access.OPEN:
            obstacles.append(_("Item %(number)s is open, but its case is closed.") % at)
        if meeting.agenda_sent_at and not item.is_sent and not item.late_because.strip():
            obstacles.append(_("Item %(number)s is added after the agenda was sent. Say why.") % at)
    if meeting.agenda_sent_at and items and all(item.is_sent for item in items):
        obstacles.append(_("The agenda has been sent, and nothing has been added since."))
    return obstacles


def deadlines(meeting: Meeting, rules: Policies | None = None) -> tuple[date, date]:
    """The last day for the agenda, and for the papers, by the `rules` of its organization."""
    rules = rules or policies_of(meeting.organization)
    day = timezone.localtime(meeting.start).date()
    return latest_day(rules, day), latest_day(rules, day, "papers_days")


def lateness(meeting: Meeting, at: datetime, rules: Policies | None = None) -> list[str]:
    """A sentence for each notice that sending at that moment does not keep. It warns; it does not forbid.

    Source: Local Government Act, section 8(4): "as far as possible".
    """
    today = timezone.localtime(at).date()
    agenda, papers = deadlines(meeting, rules)
    told = []
    if today > agenda:
        told.append(_("The agenda should have gone out by %(day)s.") % {"day": _said(agenda)})
    if today > papers:
        told.append(_("The papers should have gone out by %(day)s.") % {"day": _said(papers)})
    return told


def odd_days(days: Sequence[date], today: date) -> list[str]:
    """A sentence for each day that is a holiday, a Sunday or gone: it warns, and forbids nothing."""
    told = []
    for day in days:
        if name := danish_holidays().get(day):
            told.append(_("%(day)s is a holiday: %(name)s.") % {"day": _said(day), "name": name})
        elif day < today:
            told.append(_("%(day)s has been.") % {"day": _said(day)})
    return told


def next_substitute(meeting: Meeting, absent: Invitation) -> Membership | None:
    """The substitute whose turn it is: the first in order who holds the role that day and has not been called yet.

    A substitute of the same party or group goes before the others. Source: Local Government Act, section 28.
    """
    day = timezone.localtime(meeting.start).date()
    called = Invitation.objects.filter(meeting=meeting, withdrawn_at=None).values("person")
    free = list(
        Membership.objects.filter(organization=meeting.organization, role=Role.SUBSTITUTE)
        .on(day).exclude(person__in=called).select_related("person").order_by("order", "person__name")
    )  # fmt: skip
    own = Membership.objects.filter(organization=meeting.organization, person=absent.person).on(day).seated().first()
    party = own.party if own else ""
    return next((one for one in free if party and one.party == party), free[0] if free else None)


def _said(day: date) -> str:
    return f"{dates.weekday(day)} {dates.day(day)}"
