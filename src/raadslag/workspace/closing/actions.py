"""Closing a committee whose work is done, and opening it again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.closing import checklist
from raadslag.workspace.closing.events import CommitteeClosed, CommitteeReopened
from raadslag.workspace.closing.models import Closure
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted


@journal.action
def close(organization: Organization, *, by: Any, at: datetime) -> Closure:
    """Let its work be over: everything is read as before, and nobody writes in it any more, nor in its groups.

    Raises Blocked with everything that stands open.
    """
    found = _locked(organization)
    if found.closed_at:
        raise Blocked([_("The committee has been closed already.")])
    if obstacles := checklist.obstacles(checklist.look(found, at)):
        raise Blocked(obstacles)
    closure = Closure.objects.create(organization=found, closed_at=at, closed_by=by)
    Organization.objects.filter(pk=found.pk).update(closed_at=at)
    found.groups.update(closed_at=at)
    journal.write(CommitteeClosed(closure.pk), by=by, at=at, about=found)
    return closure


@journal.action
def reopen(organization: Organization, reason: str, *, by: Any, at: datetime) -> Closure:
    """Let it work again; groups that had ended stay so. Raises Blocked without a reason, and where it is not closed."""
    found = _locked(organization)
    obstacles = [] if found.closed_at else [_("The committee has not been closed.")]
    if not reason.strip():
        obstacles.append(_("Say why. The reason stands with the committee."))
    if obstacles:
        raise Blocked(obstacles)
    closure = found.closures.get(reopened_at=None)
    closure.reopened_at, closure.reopened_by = at, by
    closure.reason = reason.strip()[: Closure.reason.field.max_length]
    closure.save()
    Organization.objects.filter(pk=found.pk).update(closed_at=None)
    found.groups.update(closed_at=None)
    journal.write(CommitteeReopened(closure.pk), by=by, at=at, about=found)
    return closure


@journal.action
def end_group(organization: Organization, group: Organization, *, by: Any, at: datetime) -> None:
    """Let a group of the committee end with today. Raises NotPermitted for another's."""
    if group.parent_id != organization.pk or not group.is_group:
        raise NotPermitted
    bodies.end(group, max(timezone.localdate(at), group.start), by=by, at=at)


def _locked(organization: Organization) -> Organization:
    found = Organization.objects.select_for_update(of=("self",)).select_related("body").get(pk=organization.pk)
    if found.is_group:
        raise NotPermitted
    return found
