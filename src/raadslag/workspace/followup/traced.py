"""What became of a version afterwards, for the trace of its product: its hand-over, and what was promised on it."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.web import dates
from raadslag.workspace.cases.models import Access
from raadslag.workspace.deliberation.tracing import Later, comes_after
from raadslag.workspace.followup.models import Commitment, HandOver
from raadslag.workspace.products.models import Product


@comes_after
def afterwards(product: Product) -> dict[UUID, list[Later]]:
    """By version; of what is closed nothing. Two queries and those of a line of commitments."""
    found: dict[UUID, list[Later]] = {}
    rows = HandOver.objects.filter(version__product=product, case__access=Access.OPEN)
    for one in rows.select_related("case__organization"):
        title = _("Handed over to %(body)s") % {"body": one.case.organization.name}
        told = Later(f"urn:uuid:{one.pk}", title, one.case.title, dates.day(timezone.localtime(one.at)), "")
        found.setdefault(one.version_id, []).append(told)
    for row in Commitment.objects.filter(origin__product=product).open_to_all().told():
        state, address = str(row.get_state_display()), reverse("followup:commitment", args=[row.pk])
        told = Later(f"urn:uuid:{row.pk}", row.text, state, dates.day(row.decided_on), address)
        found.setdefault(row.origin_id, []).append(told)  # type: ignore[arg-type]  # the question asks for those with one
    return found
