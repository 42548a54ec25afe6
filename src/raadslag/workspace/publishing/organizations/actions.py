"""Letting out what an organization is, as a person saw it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.core import record
from raadslag.core.release import public
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.common import journal
from raadslag.workspace.publishing import actions, renewed, screening
from raadslag.workspace.publishing.models import Override, Release
from raadslag.workspace.publishing.organizations import composing
from raadslag.workspace.publishing.renewed import Prepared, said
from raadslag.workspace.publishing.screening import Finding


def prepare(organization: Organization, at: datetime) -> Prepared[record.Organization]:
    """The organization as it would be public now."""
    shown = public(composing.wholes([organization], timezone.localdate(at))[organization.pk])
    last = Release.objects.last_of([organization]).first()
    current = last if last and not last.withdrawn_at else None
    found = screening.findings(shown, organization.overrides.select_related("by__person", "second__person"))
    before = cast(record.Organization, said(current)) if current else None
    changes = composing.changes(before, shown)
    return Prepared(shown, current, changes, found, _obstacles(organization, shown, found))


def _obstacles(organization: Organization, shown: record.Organization, found: Iterable[Finding]) -> list[str]:
    told = []
    if not shown.purpose and not shown.members:
        told.append(_("There is neither a mandate nor a member to show."))
    told += screening.obstacles(found)
    return told + renewed.obstacles(organization.releases.exclude(withdrawn_at=None), shown)


def outdated(organizations: Iterable[Organization], at: datetime) -> list[Organization]:
    """Those of the organizations whose public mandate and members are older than what stands here; a few queries."""
    wanted = list(organizations)
    current = {one.organization_id: one for one in Release.objects.last_of(wanted).in_force()}
    public_ones = [one for one in wanted if one.pk in current]
    wholes = composing.wholes(public_ones, timezone.localdate(at)) if public_ones else {}
    return [one for one in public_ones if public(wholes[one.pk]) != said(current[one.pk])]


@journal.action
def see(organization: Organization, key: str, reason: str, *, by: Any, at: datetime) -> Override:
    """As `actions.see_hit`, of what would be public of an organization."""
    organization = _locked(organization)
    return actions.see_hit(organization, prepare(organization, at).found, key, reason, by=by, at=at)


@journal.action
def release(organization: Organization, identity: str, *, by: Any, at: datetime) -> Release:
    """Let mandate and members be public as they are at this moment, exactly as the person saw them; twice is as once.

    Raises Blocked with everything that is missing, or where they have changed since they were shown.
    """
    organization = _locked(organization)
    kind = Release.Kind.ORGANIZATION
    return renewed.release(organization, kind, prepare(organization, at), identity, by=by, at=at)


def _locked(organization: Organization) -> Organization:
    """One after the other: two presses let out once."""
    return Organization.objects.select_for_update().get(pk=organization.pk)
