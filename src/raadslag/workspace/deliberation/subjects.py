"""How the access table finds comments, fact notes and gaps: each as its product is found."""

from __future__ import annotations

from typing import Any

from raadslag.workspace.common.access import Subject, finds
from raadslag.workspace.deliberation.models import Contribution, EvidenceGap, FactNote
from raadslag.workspace.products.subjects import of_product

_NAMED: dict[str, Any] = {"contribution": Contribution, "note": FactNote, "gap": EvidenceGap}


@finds("said")
def said_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The comment, note or gap that an address names, in the product that it names; "author" is whose comment it is."""
    name = next(name for name in _NAMED if name in arguments)
    rows = _NAMED[name].objects.select_related("product__organization__body")
    found = rows.filter(pk=arguments[name], product=arguments["product"]).first()
    if found is None:
        return None
    whole = of_product(user, found.product)
    is_own = isinstance(found, Contribution) and found.by_id == user.pk and bool(whole.roles - {"user"})
    return whole._replace(row=found, roles=whole.roles | {"author"} if is_own else whole.roles)
