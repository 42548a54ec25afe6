"""What stands open before a committee can be closed (A21): everything answered, signed, let out and handed on.

Of closed matters only how many they are is told. What an app above knows it tells here by registering a check.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from raadslag.workspace.bodies.models import Organization, Policy
from raadslag.workspace.bodies.policies import Policies
from raadslag.workspace.cases.models import Case
from raadslag.workspace.closing.evaluating import current
from raadslag.workspace.closing.models import Evaluation
from raadslag.workspace.deliberation import answering
from raadslag.workspace.deliberation.models import Contribution, EvidenceGap, Round, Session
from raadslag.workspace.meetings.models import Invitation, Meeting
from raadslag.workspace.minutes import signing
from raadslag.workspace.minutes.models import Happening, Minutes, Signature
from raadslag.workspace.products.models import Product, Proposal


class Left(NamedTuple):
    """One thing that stands open, in a sentence, and where the secretary does it; "" where nowhere."""

    text: str
    address: str = ""


class Check(NamedTuple):
    """Something that is looked at, and what of it stands open; where `blocks`, the committee is not closed before."""

    name: str
    blocks: bool
    left: Sequence[Left]


Finder = Callable[[Organization, datetime], Check]
_finders: list[Finder] = []


def checks(finder: Finder) -> Finder:
    """Register a look at what an app above knows."""
    _finders.append(finder)
    return finder


def look(organization: Organization, at: datetime) -> list[Check]:
    """Everything that is looked at. The number of queries does not depend on how much there is, but for the meetings
    whose chair alone signs."""
    own = [_meetings, _minutes, *_finders, _talks, _comments, _products, _gaps, _cases, _groups, _evaluation]
    return [one(organization, at) for one in own]


def obstacles(found: Iterable[Check]) -> list[str]:
    """What stands in the way of closing."""
    return [left.text for check in found if check.blocks for left in check.left]


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d.%m.%Y}"


def _meetings(organization: Organization, at: datetime) -> Check:
    rows = organization.meetings.filter(adjourned_at=None, cancelled_at=None, imported_at=None)
    left = []
    for one in rows:
        told = {"meeting": one.title, "day": _day(one.start)}
        left.append(Left(_("%(meeting)s on %(day)s is neither over nor cancelled.") % told, one.get_absolute_url()))
    return Check(_("All meetings are held or cancelled"), True, left)


def _minutes(organization: Organization, at: datetime) -> Check:
    """Signatures that are missing by the body's rule of the day; where minutes are public once they are read out, a
    signature that never comes stands in nobody's way (A9), and elsewhere in that of publishing."""
    rows = Minutes.objects.newest().filter(meeting__organization=organization, meeting__imported_at=None)
    minutes = list(rows.select_related("meeting__organization").defer("record").order_by("meeting__start"))
    policies = list(Policy.objects.filter(body_id=organization.body_id))
    meetings = [one.meeting_id for one in minutes]
    arrived = Happening.objects.filter(meeting__in=meetings, kind=Happening.Kind.ARRIVED, is_undone=False)
    came = set(arrived.exclude(person=None).values_list("meeting", "person"))
    seats = Invitation.objects.filter(meeting__in=meetings, is_seated=True, withdrawn_at=None)
    seated = set(seats.values_list("meeting", "person"))
    signed = set(Signature.objects.filter(minutes__in=minutes).values_list("minutes__meeting", "person"))
    missing = Counter[UUID](meeting for meeting, _person in (came & seated) - signed)
    left = []
    for one in minutes:
        day = timezone.localtime(one.meeting.start).date()
        is_by_chair = Policies(organization, policies, day)["signatures"] == "chair"
        count = len(signing.unsigned(one)) if is_by_chair else missing[one.meeting_id]
        if count:
            told = ngettext(
                "%(meeting)s on %(day)s: %(count)s signature is missing.",
                "%(meeting)s on %(day)s: %(count)s signatures are missing.", count,
            ) % {"meeting": one.meeting.title, "day": _day(one.meeting.start), "count": count}  # fmt: skip
            left.append(Left(told, reverse("minutes:signing", args=[one.meeting_id])))
    must = Policies(organization, policies, timezone.localdate(at))["publish_minutes"] == "signed"
    return Check(_("All minutes are signed"), must, left)


def _comments(organization: Organization, at: datetime) -> Check:
    rows = answering.waiting(Contribution.objects.filter(product__organization=organization))
    found = Counter(rows.values_list("product", "product__title"))
    left = [
        Left(
            ngettext("%(product)s: %(count)s comment is not answered.",
                     "%(product)s: %(count)s comments are not answered.", count) % {"product": title, "count": count},
            reverse("deliberation:contributions", args=[pk]),
        )
        for (pk, title), count in found.items()
    ]  # fmt: skip
    return Check(_("All comments are answered"), True, left)


def _talks(organization: Organization, at: datetime) -> Check:
    """What was begun and not ended, also where a round of it never came; what nobody began stands in nobody's way."""
    begun = Round.objects.filter(session=OuterRef("pk")).exclude(state=Round.State.PLANNED)
    rows = Session.objects.filter(Exists(begun), meeting__organization=organization, closed_at=None)
    left = [
        Left(
            _("%(meeting)s: the deliberation has not been ended.") % {"meeting": title},
            reverse("sessions:run", args=[pk]),
        )
        for pk, title in rows.order_by("meeting__start").values_list("pk", "meeting__title")
    ]
    return Check(_("All deliberations are ended"), True, left)


def _products(organization: Organization, at: datetime) -> Check:
    """A version that was presented waits for the committee's decision; a draft of which none was frozen does not."""
    waiting = Product.objects.filter(organization=organization, state=Product.State.DRAFT).exclude(versions=None)
    left = [
        Left(_("%(product)s: a version waits to be approved.") % {"product": one.title}, one.get_absolute_url())
        for one in waiting.distinct()
    ]
    rows = Proposal.objects.filter(element__product__organization=organization, state=Proposal.State.OPEN)
    for (pk, title), count in Counter(rows.values_list("element__product", "element__product__title")).items():
        told = ngettext("%(product)s: %(count)s proposal is not decided.",
                        "%(product)s: %(count)s proposals are not decided.", count)  # fmt: skip
        address = reverse("products:proposals", args=[pk])
        left.append(Left(told % {"product": title, "count": count}, address))
    return Check(_("No version and no proposal waits"), True, left)


def _gaps(organization: Organization, at: datetime) -> Check:
    rows = EvidenceGap.objects.filter(product__organization=organization, state=EvidenceGap.State.OPEN)
    found = Counter(rows.values_list("product", "product__title"))
    left = [
        Left(
            ngettext("%(product)s: %(count)s evidence gap is open. It stands in the product as it is.",
                     "%(product)s: %(count)s evidence gaps are open. They stand in the product as they are.", count)
            % {"product": title, "count": count},
            reverse("deliberation:knowledge", args=[pk]),
        )
        for (pk, title), count in found.items()
    ]  # fmt: skip
    return Check(_("Evidence gaps are closed"), False, left)


def _cases(organization: Organization, at: datetime) -> Check:
    count = organization.cases.exclude(state=Case.State.TREATED).count()
    told = ngettext(
        "%(count)s case has not been treated. It stays here as it is; if it is to be decided, it begins in another "
        "committee.",
        "%(count)s cases have not been treated. They stay here as they are; if they are to be decided, they begin in "
        "another committee.", count,
    ) % {"count": count}  # fmt: skip
    return Check(_("No case is left over"), False, [Left(told, reverse("cases:cases"))] if count else [])


def still_at_work(organization: Organization, today: date) -> list[Organization]:
    """Its groups whose time has not ended."""
    return [one for one in organization.groups.all() if one.end is None or one.end > today]


def _groups(organization: Organization, at: datetime) -> Check:
    groups = still_at_work(organization, timezone.localdate(at))
    left = [Left(_("%(group)s has not ended.") % {"group": one.name}, one.get_absolute_url()) for one in groups]
    return Check(_("All groups have ended"), True, left)


def _evaluation(organization: Organization, at: datetime) -> Check:
    found = current(organization)
    address = reverse("closing:evaluation", args=[organization.pk])
    name = _("The evaluation is closed")
    if found is None or found.state == Evaluation.State.DRAFT:
        return Check(name, False, [Left(_("The committee’s work has not been evaluated."), address)])
    if found.state == Evaluation.State.OPEN:
        return Check(name, True, [Left(_("The evaluation is open: close it first."), address)])
    return Check(name, True, [])


def state_of(organization: Organization) -> str:
    """ "set_up", "at_work" from its first meeting on, "closed"."""
    if organization.closed_at:
        return "closed"
    begun = Meeting.objects.filter(organization=organization).exclude(opened_at=None, imported_at=None)
    return "at_work" if begun.exists() else "set_up"
