"""A commitment as a record: what was promised by which decision, and its reports; and what is new in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import cast

from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.core import record
from raadslag.web.dates import day
from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.minutes import composing as minutes_of
from raadslag.workspace.publishing import composing
from raadslag.workspace.publishing.models import Release

PUBLIC = (Release.State.SHOWN,)
ON_ITS_WAY = (Release.State.SHOWN, Release.State.WAITING)


def decision_of(one: Commitment, states: Collection[str] = PUBLIC) -> record.Item | None:
    """The item of the decision as minutes in one of these states tell it; None while they do not tell what was decided
    there."""
    if one.is_closed:
        return None
    rows = one.item.meeting.releases.in_force().filter(kind=Release.Kind.MINUTES, state__in=states)
    release = rows.first()
    items = minutes_of.items_of(one.item.meeting)
    if release is None:
        return None
    shown = cast(record.Meeting, release.decoded())
    if not composing.tells_decision(shown, one.item, items):
        return None
    return next(said for row, said in zip(items, shown.items, strict=False) if row.pk == one.item_id)


def whole(one: Commitment, decision: record.Item | None, states: Collection[str] = PUBLIC) -> record.Commitment:
    """What is known of it, without a moment and without a name of those who tell; `decision` is as `decision_of` gives
    it. What it stems from is told where that version is public, and so is its committee."""
    meeting = one.item.meeting
    public = one.origin.releases.in_force().filter(state__in=states).first() if one.origin else None
    origin = _origin(one, cast(record.Product, public.decoded())) if public else None
    return record.Commitment(
        id=str(one.pk), body=meeting.organization.body.name,
        organization=one.committee.name if origin else meeting.organization.name,
        text=one.text.strip(), unit=one.unit, due=one.due.isoformat(),
        state=cast(record.CommitmentState, str(one.state)),
        decided=record.Decided(
            organization=meeting.organization.name, on=one.decided_on.isoformat(), meeting=str(meeting.pk),
            item=minutes_of.key_of(decision), title=decision.title,
        ) if decision else None,
        origin=origin,
        reports=tuple(
            record.Report(
                on=timezone.localtime(row.at).date().isoformat(), text=row.text,
                state=cast(record.CommitmentState, str(row.state)), due=row.due.isoformat() if row.due else None,
                because=row.because or None,
            )
            for row in one.reports.order_by("number")
        ),
        next_report=one.next_report_on.isoformat() if one.next_report_on else None,
    )  # fmt: skip


def _origin(one: Commitment, shown: record.Product) -> record.Origin:
    part = next((part for part in shown.elements if part.id == str(one.element_id)), None)
    return record.Origin(
        id=shown.id, title=shown.title, version=shown.version, element=part.id if part else None,
        part=f"{part.number or ''} {part.title or ''}".strip() or None if part else None,
    )  # fmt: skip


def changes(before: record.Commitment | None, after: record.Commitment) -> list[str]:
    """What differs between what is public and what would be, a sentence each; nothing where nothing is public."""
    return list(_changes(before, after)) if before else []


def _changes(before: record.Commitment, after: record.Commitment) -> Iterator[str]:
    if before.text != after.text:
        yield _("What is promised reads otherwise.")
    if before.unit != after.unit:
        yield _("Another unit does it: %(unit)s.") % {"unit": after.unit}
    if before.due != after.due:
        yield _("It is to be done by %(day)s.") % {"day": day(after.due)}
    for report in after.reports[len(before.reports) :]:
        yield _("New status of %(day)s.") % {"day": day(report.on)}
    if (before.decided, before.origin, before.organization) != (after.decided, after.origin, after.organization):
        yield _("What it stems from is told otherwise.")
