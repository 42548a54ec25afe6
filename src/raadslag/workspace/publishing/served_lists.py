"""Where, when and how often what was withdrawn had been shown, as pages and spreadsheets tell it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.workspace.publishing.models import Release


def lists(releases: Iterable[Release]) -> list[tuple[Release, list[dict[str, Any]]]]:
    """What was withdrawn and has been asked after, each with its lines."""
    gone = [row for row in releases if row.withdrawn_at]
    return [(row, row.served.lines) for row in gone if hasattr(row, "served") and row.served.asked_at]


def table(releases: Any) -> HttpResponse:
    """The same of these rows as a table for a spreadsheet, parted by semicolons."""
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";")
    rows.writerow([_("Paper"), _("Withdrawn"), _("Address"), _("From"), _("To"), _("Times shown")])
    for release, lines in lists(releases.select_related("served").defer("record")):
        withdrawn = timezone.localtime(release.withdrawn_at).strftime("%Y-%m-%d %H:%M")
        for line in lines:
            named = release.get_kind_display(), withdrawn, f"{settings.ARCHIVE}{line['address']}"
            rows.writerow([*named, line["first"], line["last"], line["count"]])
    headers = {"Content-Disposition": 'attachment; filename="vist.csv"'}
    return HttpResponse(written.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=headers)
