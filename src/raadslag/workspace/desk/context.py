"""What the frame of every page needs: the municipality, who looks, and where the menu leads."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from raadslag.workspace.bodies.models import Body
from raadslag.workspace.bodies.standing import memberships_of
from raadslag.workspace.cases.models import STAFF
from raadslag.workspace.common.gate import CONFINED

PART = "X-Part"
"""The header by which a page's script asks for what goes on in it, without the frame around."""


def of_page(request: HttpRequest) -> dict[str, Any]:
    """Two queries a page; none for a part of one. `layout` is what a page with something live in it extends."""
    if PART in request.headers:
        return {"layout": "web/part.html"}
    user = getattr(request, "user", None)
    session = getattr(request, "session", {})
    held = memberships_of(user) if user else []
    return {
        "layout": "web/base.html",
        "body": Body.objects.first(),
        "path": request.get_full_path(),
        "is_confined": CONFINED in session,
        "is_staff": any(one.role in STAFF for one in held),
        "is_secretary": any(one.role == "secretary" for one in held),
        "providers": settings.SOCIALACCOUNT_PROVIDERS,
    }
