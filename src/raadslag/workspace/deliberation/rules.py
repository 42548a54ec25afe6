"""What stands in the way of commenting, and of writing down facts and gaps."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from raadslag.workspace.deliberation.models import Deliberation
from raadslag.workspace.products.models import Element, Product, Version
from raadslag.workspace.products.rules import obstacles_to_writing

LONGEST = 4000  # characters of a comment


def is_open(asked: Deliberation | None, today: date) -> bool:
    """Whether comments from home are received that day."""
    return asked is not None and asked.until is not None and today <= asked.until


def obstacles_to_commenting(
    product: Product, asked: Deliberation | None, today: date, element: Element | None, version: Version | None
) -> list[str]:
    """Every reason why nobody can comment now on that part as it stands in `version`, or in the draft; an empty list
    means go."""
    obstacles = obstacles_to_writing(product)
    if element and element.is_removed and version is None:
        obstacles.append(_("This part has been taken out of the draft."))
    if asked is None or asked.until is None:
        obstacles.append(_("Nobody has asked for comments on this draft yet."))
    elif today > asked.until:
        day = f"{asked.until:%d.%m.%Y}"
        obstacles.append(_("Comments were received until %(day)s. Write to the secretariat.") % {"day": day})
    return obstacles
