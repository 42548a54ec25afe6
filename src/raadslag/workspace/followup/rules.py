"""Who is asked, when a report is due, and what stands in the way of handing over, promising and reporting."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.workspace.bodies.models import Membership, Organization, Role
from raadslag.workspace.cases.models import Access, AttachmentVersion
from raadslag.workspace.followup.models import OVER, Commitment, HandOver, State
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.people.models import User
from raadslag.workspace.products.models import Approval, Product, Version

STAFF = ("secretary", "case_worker")
LONGEST = 2000  # characters of a commitment and of a report
_FIRST, _EVERY, _EARLY = 3, 6, 1  # months
_COURSE: dict[str, tuple[str, ...]] = {
    State.PLANNED: (State.UNDER_WAY, State.DONE, State.DROPPED),
    State.UNDER_WAY: (State.DONE, State.DROPPED),
    State.DONE: (State.UNDER_WAY,),
    State.DROPPED: (State.UNDER_WAY,),
}
"""Where a commitment goes from where it is; what was over may be taken up again, with a reason."""


# --- handing over ---


def receiver_of(organization: Organization) -> Organization | None:
    """Whom a body hands its work over to: the one that it belongs to, else the council; None where there is none."""
    if organization.parent:
        return organization.parent
    at_work = Organization.objects.at_work(timezone.localdate()).filter(body=organization.body_id)
    councils = at_work.filter(classification=Organization.Classification.COUNCIL)
    return councils.exclude(pk=organization.pk).order_by("start", "pk").first()


def obstacles_to_handing_over(version: Version) -> list[str]:
    """Every reason why the version cannot be handed over; an empty list means go."""
    obstacles = []
    stands = Approval.objects.filter(version=version, undone_at=None, version__product__state=Product.State.APPROVED)
    if not stands.exists():
        obstacles.append(_("The committee has not approved this version."))
    if not version.pdf_sha256:
        obstacles.append(_("This version has no paper. Freeze it anew, and approve that."))
    if receiver_of(version.product.organization) is None:
        obstacles.append(_("There is no council to hand it over to."))
    if HandOver.objects.filter(version=version).exists():
        obstacles.append(_("It has been handed over already."))
    return obstacles


def versions_at(item: AgendaItem) -> QuerySet[Version]:
    """The versions that the case of an item is about: what was handed over with it, or is attached, known by its
    bytes."""
    if item.case_id is None:
        return Version.objects.none()
    papers = AttachmentVersion.objects.filter(attachment__case=item.case_id, attachment__removed_at=None)
    if not item.is_closed:
        papers = papers.filter(attachment__access=Access.OPEN)
    of_case = Q(hand_over__case=item.case_id) | Q(pdf_sha256__in=papers.values("file"))
    rows = Version.objects.filter(of_case, product__organization__body=item.meeting.organization.body_id)
    return rows.exclude(pdf_sha256="").select_related("product__organization").order_by("product", "-number")


# --- promising ---


def may_be_responsible(item: AgendaItem, origins: Iterable[Version], on: date) -> QuerySet[User]:
    """Who keeps cases that day for the body that decided, or for a committee whose product it stems from."""
    where = {item.meeting.organization_id, *(one.product.organization_id for one in origins)}
    seats = Membership.objects.on(on).filter(organization__in=where, role__in=STAFF)
    rows = User.objects.filter(is_active=True, person__in=seats.values("person"))
    return rows.select_related("person").order_by("person__name")


def asked_of(one: Commitment, on: date) -> list[User]:
    """Of whom its report is asked that day: who is responsible, or the secretaries of the body once he is not."""
    origins = [one.origin] if one.origin else []
    if found := list(may_be_responsible(one.item, origins, on).filter(pk=one.responsible_id)):
        return found
    seats = Membership.objects.on(on).filter(organization=one.organization, role=Role.SECRETARY)
    return list(User.objects.filter(is_active=True, person__in=seats.values("person")).select_related("person"))


def obstacles_to_committing(item: AgendaItem) -> list[str]:
    """Every reason why nothing can be promised by the decision at that item yet."""
    obstacles = []
    if not item.meeting.adjourned_at:
        obstacles.append(_("The meeting is not over."))
    found = getattr(item, "minutes_of", None)
    if item.parent_id or found is None or not found.outcome:
        obstacles.append(_("Nothing has been decided at this item."))
    return obstacles


def obstacles_to_words(text: str, unit: str) -> list[str]:
    """What is missing in what a commitment says."""
    obstacles = []
    if not text:
        obstacles.append(_("Write what is promised."))
    if not unit:
        obstacles.append(_("Say which unit does it."))
    if len(text) > LONGEST or len(unit) > Commitment.unit.field.max_length:
        obstacles.append(_("The text is too long."))
    return obstacles


# --- reporting ---


def courses_from(state: str) -> tuple[str, ...]:
    """Where a commitment may be after a report: where it is, or further on."""
    return (state, *_COURSE[state])


def obstacles_to_reporting(one: Commitment, *, text: str, state: str, due: date, because: str) -> list[str]:
    """Every reason why that report cannot be written."""
    obstacles = []
    if not text:
        obstacles.append(_("Write how far it is."))
    if len(text) > LONGEST or len(because) > 500:
        obstacles.append(_("The text is too long."))
    if state not in courses_from(one.state):
        obstacles.append(_("It cannot go there from where it is."))
    if due < one.decided_on:
        obstacles.append(_("That day lies before the decision."))
    if not because and state != one.state and (state == State.DROPPED or one.is_over):
        obstacles.append(_("Say why it is dropped.") if state == State.DROPPED else _("Say why it is taken up again."))
    if not because and due != one.due:
        obstacles.append(_("Say why the date is another."))
    return obstacles


def next_report_on(decided_on: date, last: date | None, state: str) -> date | None:
    """When the next report is due: three months after the decision, then every six, counted from the decision. One that
    comes up to a month early counts for that day. None once nothing more is to be done."""
    if state in OVER:
        return None
    months = _FIRST
    while last is not None and last >= months_after(decided_on, months - _EARLY):
        months += _EVERY
    return months_after(decided_on, months)


def months_after(day: date, months: int) -> date:
    """The same day that many months later, or the last of the month where it has none."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_late(one: Commitment, today: date) -> bool:
    """Whether its date has passed, or that of its report."""
    return not one.is_over and (one.due < today or (one.next_report_on is not None and one.next_report_on < today))


def in_order(rows: Any, today: date) -> list[Commitment]:
    """What is late first, then what comes next; what is over last."""

    def place(one: Commitment) -> tuple[int, date, Any]:
        on = min(one.due, one.next_report_on or one.due)
        return (2 if one.is_over else 0 if is_late(one, today) else 1, on, str(one.pk))

    return sorted(rows, key=place)
