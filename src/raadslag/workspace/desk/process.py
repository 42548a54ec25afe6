"""A committee's course on one line (A2): mandate, citizens, meetings of its own and of its groups, versions, comments,
where others treat what it hands over, and what was promised then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from raadslag.workspace.bodies.models import Mandate, MandateTask, Organization
from raadslag.workspace.bodies.standing import memberships_of, roles_in
from raadslag.workspace.cases.models import Access, AttachmentVersion
from raadslag.workspace.common.access import Subject
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.deliberation.models import Deliberation
from raadslag.workspace.followup.models import Commitment, HandOver
from raadslag.workspace.followup.rules import is_late
from raadslag.workspace.followup.subjects import of_commitment
from raadslag.workspace.meetings.models import AgendaItem, GroupNote, Meeting
from raadslag.workspace.minutes.models import Entry
from raadslag.workspace.products import composing
from raadslag.workspace.products.models import Approval, Element, Product, Version
from raadslag.workspace.publishing.models import Release


class Stop(NamedTuple):
    """One thing on the line: when, what, where it is read, what more is said of it; `is_next`: it has not been yet."""

    on: date
    title: str
    address: str
    told: Sequence[str]
    is_next: bool


class Answer(NamedTuple):
    """A task of the mandate, and the parts of the product that answer it: number, heading and address of each."""

    task: MandateTask
    parts: Sequence[tuple[str, str, str]]


def stops(one: Organization, user: Any, at: datetime, *, reads_products: bool) -> list[Stop]:
    """The whole course, the earliest first. The number of queries does not depend on how much there is."""
    told = [*_mandates(one), *_citizens(one, at), *_groups(one, at), *_meetings(one, user, at), *_notes(one, user)]
    if reads_products:
        told += [*_versions(one), *_comments(one, at), *_handed_over(one), *_elsewhere(one, user, at)]
    told += [*_promised(one, user, at), *_closures(one)]
    if one.end:
        told.append(Stop(one.end, _("The committee ends"), "", (), one.end >= timezone.localdate(at)))
    return sorted(told, key=lambda stop: stop.on)  # of one day, the end stays last


def _mandates(one: Organization) -> Iterable[Stop]:
    rows = list(one.mandates.order_by("decided_on", "entered_at"))
    for number, row in enumerate(rows):
        title = _("A new mandate was adopted") if number else _("The mandate was adopted")
        yield Stop(row.decided_on, title, f"{one.get_absolute_url()}#kommissorium", [row.decided_by], False)


def _closures(one: Organization) -> Iterable[Stop]:
    address = reverse("closing:committee", args=[one.pk])
    for row in one.closures.order_by("closed_at"):
        yield Stop(timezone.localtime(row.closed_at).date(), _("The committee was closed"), address, (), False)
        if row.reopened_at:
            on = timezone.localtime(row.reopened_at).date()
            yield Stop(on, _("The committee was opened again"), address, [row.reason], False)


def _citizens(one: Organization, at: datetime) -> Iterable[Stop]:
    """A call for citizens, and their appointment: how many, and never who applied."""
    for row in one.calls.all():
        seats = ngettext("%(count)s seat", "%(count)s seats", row.seats) % {"count": row.seats}
        is_next = row.deadline >= timezone.localdate(at) and not row.decided_on
        yield Stop(row.deadline, _("Citizens are wanted: the last day to apply"), "", [seats], is_next)
        if row.decided_on:
            told = ngettext("%(count)s citizen appointed", "%(count)s citizens appointed", row.appointed)
            yield Stop(row.decided_on, told % {"count": row.appointed}, "", [row.decided_by], False)


def _meetings(one: Organization, user: Any, at: datetime) -> Iterable[Stop]:
    organizations = {one.pk: one, **{group.pk: group for group in one.groups.all()}}
    rows = list(Meeting.objects.filter(organization__in=organizations).order_by("start"))
    mine = set(Meeting.objects.mine(user).filter(organization__in=organizations).values_list("pk", flat=True))
    decided = defaultdict[UUID, list[Meeting]](list)  # of what is closed nothing is told
    calls = Entry.objects.filter(
        called__in=rows, removed_at=None, item__access=Access.OPEN, item__meeting__in=mine
    ).select_related("called", "item")  # fmt: skip
    for entry in calls:
        if entry.called:
            decided[entry.item.meeting_id].append(entry.called)
    for row in rows:
        group = organizations[row.organization_id] if row.organization_id != one.pk else None
        if group and row.pk not in mine:
            continue  # what groups do is for who takes part
        told = [group.name] if group else []
        if row.cancelled_at:
            told.append(_("Cancelled"))
        elif row.because and row.pk in mine:
            told.append(_("Extra: %(because)s") % {"because": row.because})
        for called in decided[row.pk]:
            day = f"{timezone.localtime(called.start):%d.%m.%Y}"
            told.append(_("Here the meeting on %(day)s was decided") % {"day": day})
        address = row.get_absolute_url() if row.pk in mine else ""
        on = timezone.localtime(row.start).date()
        is_next = row.end >= at and not row.cancelled_at
        yield Stop(on, row.title, address, told, is_next)


def _groups(one: Organization, at: datetime) -> Iterable[Stop]:
    """When a group began and ended is no secret: its page tells it to everyone who works here."""
    today = timezone.localdate(at)
    for group in one.groups.all():
        yield Stop(group.start, _("%(group)s begins") % {"group": group.name}, group.get_absolute_url(), (),
                   group.start > today)  # fmt: skip
        if group.end:
            title = _("%(group)s ends") % {"group": group.name}
            yield Stop(group.end, title, group.get_absolute_url(), (), group.end >= today)


def _notes(one: Organization, user: Any) -> Iterable[Stop]:
    """That a group handed its note over: for who is of it, and once it stands at a meeting for the committee, too."""
    own = {member.organization_id for member in memberships_of(user)}
    rows = GroupNote.objects.told().filter(organization__parent=one).exclude(handed_at=None)
    for row in rows:
        told, address = [], ""
        if row.meeting and one.pk in own:
            address = row.meeting.get_absolute_url()
        elif row.organization_id not in own:
            continue
        if is_allowed("desk:group", Subject(row, "any", roles_in(user, row.organization)), "low"):
            address = reverse("desk:group", args=[row.organization_id])
        if row.meeting:
            day = f"{timezone.localtime(row.meeting.start):%d.%m.%Y}"
            is_over = row.meeting.adjourned_at is not None
            words = _("Told at the meeting on %(day)s") if is_over else _("Stands at the meeting on %(day)s")
            told.append(words % {"day": day})
        else:
            told.append(_("Waits for the next meeting"))
        title = _("Note from %(group)s") % {"group": row.organization.name}
        yield Stop(timezone.localtime(row.handed_at).date(), title, address, told, False)


def _versions(one: Organization) -> Iterable[Stop]:
    rows = Version.objects.filter(product__organization=one).select_related("product").defer("record")
    approved = set(Approval.objects.filter(version__in=rows, undone_at=None).values_list("version", flat=True))
    for row in rows:
        address = reverse("products:version", args=[row.product_id, row.label])
        title = _("%(product)s, %(label)s") % {"product": row.product.title, "label": row.label}
        told = [row.note] if row.note else []
        if row.pk in approved:
            told.append(_("Approved by the committee"))
        yield Stop(timezone.localtime(row.frozen_at).date(), title, address, told, False)


def _elsewhere(one: Organization, user: Any, at: datetime) -> Iterable[Stop]:
    """Where the council or another committee treats the product: an open item whose open case has a version's paper
    attached, known by its bytes; and what became of it there."""
    versions = {
        row.pdf_sha256: row
        for row in Version.objects.filter(product__organization=one).exclude(pdf_sha256="").select_related("product")
        .defer("record")
    }  # fmt: skip
    papers = AttachmentVersion.objects.filter(
        file__in=versions, attachment__removed_at=None, attachment__access=Access.OPEN,
        attachment__case__access=Access.OPEN, attachment__case__organization__body=one.body_id,
    ).exclude(attachment__case__organization=one)  # fmt: skip
    of_case = {row.attachment.case_id: versions[row.file_id] for row in papers.select_related("attachment")}
    items = AgendaItem.objects.filter(case__in=of_case, access=Access.OPEN, is_sent=True, meeting__cancelled_at=None)
    mine = set(Meeting.objects.mine(user).filter(items__in=items).values_list("pk", flat=True))
    released = Release.objects.in_force().filter(meeting__items__in=items, state=Release.State.SHOWN)
    public = set(released.values_list("meeting", "kind"))
    for item in items.select_related("meeting__organization", "minutes_of").order_by("meeting__start"):
        meeting, version = item.meeting, of_case[item.case_id]
        is_told = meeting.pk in mine or (meeting.pk, Release.Kind.MINUTES) in public
        if not is_told and (meeting.pk, Release.Kind.AGENDA) not in public:
            continue  # what others have before them is theirs until it is public
        words = {"who": meeting.organization.name, "product": version.product.title, "label": version.label}
        found = getattr(item, "minutes_of", None)
        outcome = found.get_outcome_display() if found and found.outcome and meeting.adjourned_at and is_told else ""
        address = reverse("reading:item", args=[meeting.pk, item.pk]) if meeting.pk in mine else ""
        title = _("%(who)s treats %(product)s, %(label)s") % words
        on = timezone.localtime(meeting.start).date()
        yield Stop(on, title, address, [outcome] if outcome else [], meeting.end >= at)


def _handed_over(one: Organization) -> Iterable[Stop]:
    """What went to whoever decides; how they treat it is told by `_elsewhere`."""
    rows = HandOver.objects.filter(version__product__organization=one).select_related("version__product")
    for row in rows.select_related("case__organization").defer("version__record"):
        words = {"product": row.version.product.title, "label": row.version.label, "who": row.case.organization.name}
        title = _("%(product)s, %(label)s was handed over to %(who)s") % words
        address = reverse("products:version", args=[row.version.product_id, row.version.label])
        yield Stop(timezone.localtime(row.at).date(), title, address, (), False)


def _promised(one: Organization, user: Any, at: datetime) -> Iterable[Stop]:
    """What was promised by a decision on the committee's product, or by the committee's own decision, and how far it
    is: at the day until which it is to be done, or at which it was over. Of what is closed nothing is told."""
    rows = Commitment.objects.filter(Q(origin__product__organization=one) | Q(item__meeting__organization=one))
    for row in rows.open_to_all().told():
        if not is_allowed("followup:commitment", of_commitment(user, row, ()), "low"):
            continue
        last = row.last_report
        on = timezone.localtime(last.at).date() if row.is_over and last else row.due
        told = [row.get_state_display(), row.unit]
        if is_late(row, timezone.localdate(at)):
            told.append(_("Late"))
        elif last and not row.is_over:
            told.append(_("Status of %(day)s") % {"day": f"{timezone.localtime(last.at):%d.%m.%Y}"})
        title = Truncator(row.text).chars(120)
        yield Stop(on, title, row.get_absolute_url(), told, not row.is_over and row.due >= timezone.localdate(at))


def _comments(one: Organization, at: datetime) -> Iterable[Stop]:
    asked = Deliberation.objects.filter(product__organization=one).exclude(until=None).select_related("product")
    for row in asked:
        address = reverse("deliberation:contributions", args=[row.product_id])
        title = _("Last day for comments on %(product)s") % {"product": row.product.title}
        if row.until:
            yield Stop(row.until, title, address, (), row.until >= timezone.localdate(at))


def answers(one: Organization, mandate: Mandate | None, *, reads_products: bool) -> list[Answer]:
    """Each task of the mandate that counts, with the parts of the committee's products that answer it."""
    if mandate is None:
        return []
    parts = defaultdict[UUID, list[tuple[str, str, str]]](list)
    elements = Element.objects.filter(product__organization=one, is_removed=False).select_related("product")
    of_products = defaultdict[Product, dict[UUID, Element]](dict)
    for element in elements.prefetch_related("tasks") if reads_products else ():
        of_products[element.product][element.pk] = element
    for product in sorted(of_products, key=lambda one: (one.created_at, str(one.pk))):
        for node in composing.in_reading_order(of_products[product]):
            for task in node.part.tasks.all():
                parts[task.pk].append((node.number, node.part.title, f"{product.get_absolute_url()}#e-{node.identity}"))
    return [Answer(task, parts[task.pk]) for task in mandate.tasks.all()]
