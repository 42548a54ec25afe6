"""Publishing a commitment: what everyone will see of it, what is new, and how far it is."""

from __future__ import annotations

from typing import Any

from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.publishing.commitments import actions
from raadslag.workspace.publishing.steps import Steps


def _shown(one: Commitment) -> dict[str, Any]:
    return {"one": one, "prepared": actions.prepare(one)}


steps = Steps("commitment", _shown, see=actions.see, release=actions.release)
