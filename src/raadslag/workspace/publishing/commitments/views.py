"""Publishing a commitment: what everyone will see of it, what is new, and how far it is."""

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
from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.publishing import actions, served_lists
from raadslag.workspace.publishing.commitments import actions as commitments


@require_safe
def page(request: HttpRequest, commitment: UUID) -> HttpResponse:
    """Everything that publishing a commitment asks of a person, on one page."""
    one: Commitment = request.subject.row
    prepared = commitments.prepare(one)
    releases = list(one.releases.select_related("made_by__person", "withdrawn_by__person", "served").defer("record"))
    shown = {
        "one": one, "prepared": prepared, "found": prepared.found,
        "releases": releases, "archive": settings.ARCHIVE,
        "served": served_lists.lists(releases),
        "see_at": reverse("publishing:commitment-see", args=[one.pk]),
        "served_table": reverse("publishing:commitment-served", args=[one.pk]),
    }  # fmt: skip
    return render(request, "publishing/commitment.html", shown)


def _act(request: HttpRequest, act: Callable[[], object], done: str = "") -> HttpResponse:
    one: Commitment = request.subject.row
    tell(request, act, done)
    return redirect("publishing:commitment", one.pk)


@require_POST
def see(request: HttpRequest, commitment: UUID) -> HttpResponse:
    """A hit that a person has looked at."""
    key, reason = request.POST.get("key", ""), request.POST.get("reason", "")
    one: Commitment = request.subject.row
    return _act(request, lambda: commitments.see(one, key, reason, by=request.user, at=timezone.now()))


@require_POST
def release(request: HttpRequest, commitment: UUID) -> HttpResponse:
    """Publish it as it was shown."""
    one, identity = request.subject.row, request.POST.get("identity", "")
    done = _("It is on its way, and stands on the public site within a minute.")
    return _act(request, lambda: commitments.release(one, identity, by=request.user, at=timezone.now()), done)


@require_POST
def withdraw(request: HttpRequest, commitment: UUID, release: UUID) -> HttpResponse:
    """Take it back."""
    one = get_object_or_404(request.subject.row.releases.all(), pk=release)
    ground = request.POST.get("ground", "")
    done = _("It is taken back. The archive shows it no more within a minute.")
    return _act(request, lambda: actions.withdraw(one, ground, by=request.user, at=timezone.now()), done)


@require_safe
def served(request: HttpRequest, commitment: UUID) -> HttpResponse:
    """Where, when and how often what was withdrawn had been shown, as a table."""
    one: Commitment = request.subject.row
    return served_lists.table(one.releases)
