"""What stands in the way of publishing the minutes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from raadslag.core import record
from raadslag.workspace.bodies.policies import policies_of
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.publishing import screening
from raadslag.workspace.publishing.models import PublicFace
from raadslag.workspace.publishing.screening import Finding


def obstacles(meeting: Meeting, items: Sequence[AgendaItem], shown: record.Meeting, found: Iterable[Finding],
              is_signed: bool) -> list[str]:  # fmt: skip
    """Every reason why the minutes cannot be published yet; an empty list means that they can."""
    told = []
    if policies_of(meeting.organization)["publish_minutes"] == "signed" and not is_signed:
        told.append(_("The body publishes its minutes once all have signed, and signatures are missing."))
    faces = {face.item_id: face for face in PublicFace.objects.filter(item__in=items)}
    for row, item in zip(items, shown.items, strict=True):
        at = {"number": row.number}
        if item.access != "closed":
            # A paper may leave it open, it is never filled in; of what waits for a party nothing is said.
            if item.outcome is None and not meeting.imported_at and not item.no_public_decision_because:
                told.append(_("Item %(number)s has no outcome.") % at)
            continue
        if not (item.public_title or "").strip():
            told.append(_("Item %(number)s is closed and needs a heading that everyone may read.") % at)
        face = faces.get(row.pk)
        if face is None or not face.is_decided:
            told.append(
                _("Item %(number)s is closed: write what the public hears of its decision, or why nothing.") % at
            )
    return told + screening.obstacles(found)
