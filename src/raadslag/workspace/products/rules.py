"""Who may write what in a product, and what stands in the way."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.bodies.standing import is_in, memberships_of
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.minutes.models import Outcome
from raadslag.workspace.products.models import Element, Product, Proposal, Version

STAFF = ("secretary", "case_worker")
MOST_ELEMENTS = 500
DEEPEST = 6
_APPROVING = (Outcome.APPROVED, Outcome.APPROVED_WITH_CHANGES, Outcome.RECOMMENDED)
_LABEL = re.compile(r"v\d{1,3}\.\d{1,3}")


def may_write(user: Any, element: Element) -> bool:
    """Whether `user` may change the element himself: the administration, and the group that it was given to."""
    if is_in(user, element.product.organization, *STAFF):
        return True
    return element.writers is not None and is_in(user, element.writers, "chair", "vice_chair", "member", *STAFF)


def writing_group(user: Any, element: Element) -> Organization | None:
    """In whose name `user` writes there: that of the group, if he is of it and not of the administration."""
    if is_in(user, element.product.organization, *STAFF):
        return None
    return element.writers


def own_groups(user: Any, product: Product) -> list[Organization]:
    """The committee's groups that `user` takes part in today, in whose name he may propose."""
    seats = [one for one in memberships_of(user) if one.role in ("chair", "vice_chair", "member")]
    found = {one.organization_id: one.organization for one in seats}
    return [one for one in found.values() if one.parent_id == product.organization_id]


def obstacles_to_writing(product: Product) -> list[str]:
    """Every reason why the product cannot be changed; an empty list means go."""
    return [_("The product has been approved.")] if product.state == Product.State.APPROVED else []


def next_label(product: Product) -> str:
    """What the next version is called: v0.1, v0.2 … until another name is given."""
    last = product.versions.first()
    if last is None:
        return "v0.1"
    major, _dot, minor = last.label.removeprefix("v").partition(".")
    return f"v{major}.{int(minor) + 1}"


def obstacles_to_freezing(product: Product, label: str) -> list[str]:
    """Every reason why the product cannot be frozen under that name."""
    obstacles = obstacles_to_writing(product)
    if not _LABEL.fullmatch(label):
        obstacles.append(_("A version is called v0.3, or v1.0."))
    elif product.versions.filter(label=label).exists():
        obstacles.append(_("There is a %(label)s already.") % {"label": label})
    if not product.elements.filter(is_removed=False).exists():
        obstacles.append(_("There is nothing in it yet."))
    return obstacles


def obstacles_to_approving(version: Version, item: AgendaItem | None, has_changed: bool) -> list[str]:
    """Every reason why the committee's decision cannot stand for that version; `has_changed` tells whether the draft
    says something else by now."""
    product = version.product
    obstacles = obstacles_to_writing(product)
    last = product.versions.first()
    if last and last.pk != version.pk:
        obstacles.append(_("There is a newer version: %(label)s.") % {"label": last.label})
    if has_changed:
        told = {"label": version.label}
        obstacles.append(_("The draft has been changed since %(label)s. Freeze it, and approve that.") % told)
    if waiting := Proposal.objects.filter(element__product=product, state=Proposal.State.OPEN).count():
        told = {"count": waiting}
        obstacles.append(
            ngettext("%(count)s proposal waits to be decided.", "%(count)s proposals wait to be decided.", waiting)
            % told
        )
    if item is None or not deciding_items(product).filter(pk=item.pk).exists():
        obstacles.append(_("Choose the item at which the committee decided it. It needs an outcome there first."))
    return obstacles


def deciding_items(product: Product) -> QuerySet[AgendaItem]:
    """The items at which the committee has approved or recommended something, the newest first."""
    items = AgendaItem.objects.filter(
        meeting__organization=product.organization_id, minutes_of__outcome__in=_APPROVING, is_sent=True
    )
    return items.select_related("meeting").order_by("-meeting__start", "order")
