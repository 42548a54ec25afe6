"""Publishing a version of a product: what everyone will see of it, and how far it is."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from raadslag.workspace.common.telling import tell
from raadslag.workspace.products.models import Version
from raadslag.workspace.publishing import actions, served_lists
from raadslag.workspace.publishing.versions import actions as versions


@require_safe
def page(request: HttpRequest, product: UUID, label: str) -> HttpResponse:
    """Everything that publishing a version asks of a person, on one page."""
    one: Version = request.subject.row
    prepared = versions.prepare(one)
    releases = list(one.releases.select_related("made_by__person", "withdrawn_by__person", "served").defer("record"))
    names = {element.id: f"{element.number or ''} {element.title or ''}".strip() for element in prepared.shown.elements}
    shown = {
        "version": one, "product": one.product, "prepared": prepared, "found": prepared.found,
        "changes": [(change, names.get(change.element, "")) for change in prepared.shown.changes],
        "unknown": [gap for gap in prepared.shown.gaps if gap.state == "open"],
        "found_out": [gap for gap in prepared.shown.gaps if gap.state != "open"],
        "releases": releases, "archive": settings.ARCHIVE, "served": served_lists.lists(releases),
        "see_at": reverse("publishing:version-see", args=[product, label]),
        "served_table": reverse("publishing:version-served", args=[product, label]),
    }  # fmt: skip
    return render(request, "publishing/version.html", shown)


def _act(request: HttpRequest, act: Callable[[], object], done: str = "") -> HttpResponse:
    one: Version = request.subject.row
    tell(request, act, done)
    return redirect("publishing:version", one.product_id, one.label)


@require_POST
def see(request: HttpRequest, product: UUID, label: str) -> HttpResponse:
    """A hit that a person has looked at."""
    key, reason = request.POST.get("key", ""), request.POST.get("reason", "")
    one: Version = request.subject.row
    return _act(request, lambda: versions.see(one, key, reason, by=request.user, at=timezone.now()))


@require_POST
def release(request: HttpRequest, product: UUID, label: str) -> HttpResponse:
    """Publish the version as it was shown."""
    one, identity = request.subject.row, request.POST.get("identity", "")
    done = _("It is on its way, and stands on the public site within a minute.")
    return _act(request, lambda: versions.release(one, identity, by=request.user, at=timezone.now()), done)


@require_POST
def withdraw(request: HttpRequest, product: UUID, label: str, release: UUID) -> HttpResponse:
    """Take it back."""
    one = get_object_or_404(request.subject.row.releases.all(), pk=release)
    ground = request.POST.get("ground", "")
    done = _("It is taken back. The archive shows it no more within a minute.")
    return _act(request, lambda: actions.withdraw(one, ground, by=request.user, at=timezone.now()), done)


@require_safe
def served(request: HttpRequest, product: UUID, label: str) -> HttpResponse:
    """Where, when and how often what was withdrawn had been shown, as a table."""
    one: Version = request.subject.row
    return served_lists.table(one.releases)
