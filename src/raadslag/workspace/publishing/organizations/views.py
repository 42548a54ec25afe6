"""Publishing a committee: what everyone will see, what is new in it, and how far it is."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.publishing.organizations import actions
from raadslag.workspace.publishing.steps import Steps


def _shown(one: Organization) -> dict[str, Any]:
    prepared = actions.prepare(one, timezone.now())
    today = timezone.localdate().isoformat()
    return {
        "organization": one, "prepared": prepared,
        "members": [seat for seat in prepared.shown.members if not seat.end or seat.end >= today],
        "former": [seat for seat in prepared.shown.members if seat.end and seat.end < today],
    }  # fmt: skip


steps = Steps("organization", _shown, see=actions.see, release=actions.release)
