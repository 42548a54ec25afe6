"""Letting out a version of a product."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from raadslag.core import record
from raadslag.core.release import public
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.products.models import Version
from raadslag.workspace.publishing import actions, screening
from raadslag.workspace.publishing.models import Override, Release
from raadslag.workspace.publishing.screening import Finding


class Prepared(NamedTuple):
    """What would be public of a version; the release that is, or is on its way; what screening found, and what is
    missing."""

    shown: record.Product
    current: Release | None
    found: list[Finding]
    obstacles: list[str]

    @property
    def identity(self) -> str:
        """Names exactly what would be public."""
        return record.identity(self.shown)


def prepare(version: Version) -> Prepared:
    """The version as it would be public. It was frozen, so it is the same whenever it is let out."""
    shown = public(version.decoded())
    found = screening.findings(shown, version.overrides.select_related("by__person", "second__person"))
    current = version.releases.in_force().first()
    return Prepared(shown, current, found, _obstacles(version, found))


def _obstacles(version: Version, found: Iterable[Finding]) -> list[str]:
    told = screening.obstacles(found)
    if version.releases.exclude(withdrawn_at=None).exists():
        told.append(_("This version was withdrawn. Correct what was wrong, freeze a new one, and publish that."))
    return told


@journal.action
def see(version: Version, key: str, reason: str, *, by: Any, at: datetime) -> Override:
    """As `actions.see_hit`, of what would be public of a version."""
    version = _locked(version)
    return actions.see_hit(version, prepare(version).found, key, reason, by=by, at=at)


@journal.action
def release(version: Version, identity: str, *, by: Any, at: datetime) -> Release:
    """Let the version be public, exactly as the person saw it; twice is as once. Raises Blocked with everything that is
    missing, and where it was withdrawn."""
    version = _locked(version)
    prepared = prepare(version)
    if prepared.current:
        return prepared.current
    if prepared.identity != identity:
        raise Blocked([_("Something has changed since you opened this page. Look at it again, then publish.")])
    if prepared.obstacles:
        raise Blocked(prepared.obstacles)
    return actions.let_out(version, Release.Kind.PRODUCT, prepared.shown, prepared.found, by=by, at=at)


def _locked(version: Version) -> Version:
    """One after the other: two presses let out once."""
    return Version.objects.select_for_update(of=("self",)).select_related("product").get(pk=version.pk)
