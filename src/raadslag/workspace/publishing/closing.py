"""What of a committee's minutes nobody has let out, for who closes the committee."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.closing.checklist import Check, Left, checks
from raadslag.workspace.publishing.models import Release


@checks
def minutes_are_let_out(organization: Organization, at: datetime) -> Check:
    """Minutes that were taken back stand in nobody's way: somebody has decided that they are not public."""
    released = Release.objects.filter(meeting=OuterRef("pk"), kind=Release.Kind.MINUTES)
    rows = organization.meetings.filter(~Exists(released), imported_at=None).exclude(adjourned_at=None)
    left = [
        Left(
            _("%(meeting)s on %(day)s: the minutes have not been published.")
            % {"meeting": one.title, "day": f"{timezone.localtime(one.start):%d.%m.%Y}"},
            reverse("publishing:page", args=[one.pk]),
        )
        for one in rows
    ]
    return Check(_("All minutes are published"), True, left)
