"""The key of the first page: who starts the workspace is told it, and no stranger who comes first."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from raadslag.workspace.bodies.models import Body

FIRST_RUN = "noegle"


def first_run_key() -> str:
    """Made from the workspace's own key, so that each process knows it."""
    return salted_hmac("raadslag.first-run", settings.SECRET_KEY, algorithm="sha256").hexdigest()[:32]


def first_run_address() -> str:
    """Where a new workspace is set up in the browser; empty once it is."""
    if Body.objects.exists():
        return ""
    return f"{settings.ADDRESS}{reverse('bodies:first-run')}?{FIRST_RUN}={first_run_key()}"
