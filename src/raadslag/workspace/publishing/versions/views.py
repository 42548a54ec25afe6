"""Publishing a version of a product: what everyone will see of it, and how far it is."""

from __future__ import annotations

from typing import Any

from raadslag.workspace.products.models import Version
from raadslag.workspace.publishing.steps import Steps
from raadslag.workspace.publishing.versions import actions


def _shown(one: Version) -> dict[str, Any]:
    prepared = actions.prepare(one)
    names = {element.id: f"{element.number or ''} {element.title or ''}".strip() for element in prepared.shown.elements}
    return {
        "version": one, "product": one.product, "prepared": prepared,
        "changes": [(change, names.get(change.element, "")) for change in prepared.shown.changes],
        "unknown": [gap for gap in prepared.shown.gaps if gap.state == "open"],
        "found_out": [gap for gap in prepared.shown.gaps if gap.state != "open"],
    }  # fmt: skip


steps = Steps("version", _shown, see=actions.see, release=actions.release)
