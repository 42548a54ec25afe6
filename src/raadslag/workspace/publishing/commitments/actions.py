"""Letting out how far a commitment is, as a person saw it; and taking it back with what it stems from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django.utils import translation
from django.utils.translation import gettext as _

from raadslag.core import record
from raadslag.core.release import public
from raadslag.workspace.common import journal
from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.publishing import actions, renewed, screening
from raadslag.workspace.publishing.commitments import composing
from raadslag.workspace.publishing.models import Override, Release
from raadslag.workspace.publishing.renewed import Prepared, said
from raadslag.workspace.publishing.screening import Finding


def prepare(commitment: Commitment) -> Prepared[record.Commitment]:
    """The commitment as it would be public now."""
    decision = composing.decision_of(commitment)
    shown = public(composing.whole(commitment, decision))
    last = Release.objects.last_of([commitment], "commitment").first()
    current = last if last and not last.withdrawn_at else None
    found = screening.findings(shown, commitment.overrides.select_related("by__person", "second__person"))
    before = cast(record.Commitment, said(current)) if current else None
    return Prepared(
        shown, current, composing.changes(before, shown), found, _obstacles(commitment, shown, decision, found)
    )


def _obstacles(
    commitment: Commitment, shown: record.Commitment, decision: record.Item | None, found: Iterable[Finding]
) -> list[str]:
    told = []
    if commitment.is_closed:
        told.append(_("It stems from a closed item: the public hears nothing of it."))
    elif decision is None:
        told.append(_("The decision that it stems from is not public yet. Publish the minutes first."))
    told += screening.obstacles(found)
    return told + renewed.obstacles(commitment.releases.exclude(withdrawn_at=None), shown)


@journal.action
def see(commitment: Commitment, key: str, reason: str, *, by: Any, at: datetime) -> Override:
    """As `actions.see_hit`, of what would be public of a commitment."""
    commitment = _locked(commitment)
    return actions.see_hit(commitment, prepare(commitment).found, key, reason, by=by, at=at)


@journal.action
def release(commitment: Commitment, identity: str, *, by: Any, at: datetime) -> Release:
    """Let it be public how far it is at this moment, exactly as the person saw it; twice is as once.

    Raises Blocked with everything that is missing, or where it has changed since it was shown.
    """
    commitment = _locked(commitment)
    return renewed.release(commitment, Release.Kind.COMMITMENT, prepare(commitment), identity, by=by, at=at)


@journal.action
def take_back_untold(commitments: Iterable[Commitment], *, at: datetime) -> int:
    """Withdraw what is public of those of these whose item has been closed since, or whose decision or product is not
    told in public any more as it is told there; how many releases (I11, I12)."""
    gone = 0
    for one in commitments:
        locked = _locked(one)
        for release in locked.releases.in_force():
            if ground := _ground(locked, cast(record.Commitment, release.decoded())):
                actions.withdraw_by_itself(release, ground, at=at)
                gone += 1
    return gone


def _ground(one: Commitment, shown: record.Commitment) -> str:
    """Why what is shown of it is taken back; empty while it may stay."""
    with translation.override("da"):  # the language of the public site
        if one.is_closed:
            return _("An item or an attachment has been closed.")
        states = composing.ON_ITS_WAY
        now = composing.whole(one, composing.decision_of(one, states), states)
        if shown.decided != now.decided or (shown.origin and shown.origin != now.origin):
            return _("What it stems from is not public any more as it was.")
    return ""


def _locked(commitment: Commitment) -> Commitment:
    """One after the other: two presses let out once."""
    return Commitment.objects.select_for_update(of=("self",)).told().get(pk=commitment.pk)
