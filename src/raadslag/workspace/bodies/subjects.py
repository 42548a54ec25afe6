"""How the access table finds organizations and what somebody is in them."""

from __future__ import annotations

from typing import Any

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.bodies.standing import memberships_of, roles_in
from raadslag.workspace.common.access import Subject, finds


@finds("organization")
def organization_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The organization that an address names."""
    found = Organization.objects.select_related("body", "parent").filter(pk=arguments["organization"]).first()
    return Subject(found, "any", roles_in(user, found)) if found else None


@finds("body")
def body_subject(user: Any, arguments: dict[str, Any]) -> Subject:
    """What concerns the whole municipality: for its administrators, and for whoever is a secretary anywhere."""
    roles = {"anyone"}
    if user.is_authenticated and user.is_active:
        roles.add("user")
        roles |= {"administrator"} if user.is_administrator else set()
        roles |= {str(one.role) for one in memberships_of(user)}
    return Subject(None, "any", frozenset(roles))
