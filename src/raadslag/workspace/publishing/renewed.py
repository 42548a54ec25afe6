"""What is let out by a person's press, and again whenever it has changed: what an organization is, how far a commitment
is. What is public is the last that was let out; nothing goes out by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec.structs import replace

from raadslag.core import record
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.publishing import actions
from raadslag.workspace.publishing.models import Release
from raadslag.workspace.publishing.screening import Finding

W = TypeVar("W", record.Organization, record.Commitment)


class Prepared(NamedTuple, Generic[W]):
    """What would be released now, without a moment; the release that is public or on its way; what differs between the
    two; what screening found, and what is missing."""

    shown: W
    current: Release | None
    changes: list[str]
    found: list[Finding]
    obstacles: list[str]

    @property
    def identity(self) -> str:
        """Names exactly what would be public, whenever it is let out."""
        return record.identity(self.shown)

    @property
    def is_current(self) -> bool:
        """Whether it is public already, or on its way."""
        return self.current is not None and said(self.current) == self.shown


def said(release: Release) -> record.Organization | record.Commitment:
    """What a release says, without its moment: the same may come back later."""
    return replace(cast(record.Organization | record.Commitment, release.decoded()), as_of=None)


def obstacles(releases: Iterable[Release], shown: record.Organization | record.Commitment) -> list[str]:
    """What stands in the way where exactly this was withdrawn before; `releases` are those that were withdrawn."""
    if any(said(one) == shown for one in releases):
        return [_("Exactly this was withdrawn. Correct what was wrong, then publish again.")]
    return []


def release(subject: Organization | Commitment, kind: str, prepared: Prepared[W], identity: str, *, by: Any,
            at: datetime) -> Release:  # fmt: skip
    """Let out what was prepared, exactly as the person saw it; twice is as once. Whoever calls it holds the lock of the
    subject, within an action.

    Raises Blocked with everything that is missing, or where it has changed since it was shown.
    """
    if prepared.identity != identity:
        raise Blocked([_("Something has changed since you opened this page. Look at it again, then publish.")])
    if prepared.current and prepared.is_current:
        return prepared.current
    if prepared.obstacles:
        raise Blocked(prepared.obstacles)
    as_of = timezone.localtime(at).strftime("%Y-%m-%dT%H:%M:%S")
    return actions.let_out(subject, kind, replace(prepared.shown, as_of=as_of), prepared.found, by=by, at=at)
