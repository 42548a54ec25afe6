"""How the access table finds organizations and what somebody is in them."""

from __future__ import annotations

from typing import Any

from raadslag.workspace.bodies.models import CitizenCall, GroupInvitation, Organization, Role
from raadslag.workspace.bodies.standing import is_in, memberships_of, roles_in
from raadslag.workspace.common.access import Subject, finds


@finds("organization")
def organization_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The organization that an address names."""
    found = Organization.objects.select_related("body", "parent").filter(pk=arguments["organization"]).first()
    return of_organization(user, found) if found else None


@finds("group")
def group_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The group that an address names; a committee is none."""
    found = organization_subject(user, arguments)
    return found if found and found.row.is_group and found.row.parent else None


@finds("group_invitation")
def group_invitation_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The invitation that an address names; "invited" is whose it is."""
    rows = GroupInvitation.objects.select_related("organization__body", "organization__parent", "person")
    found = rows.filter(pk=arguments["invitation"]).first()
    if found is None:
        return None
    whole = of_organization(user, found.organization)
    own = whole.roles and found.person_id == user.person_id
    return Subject(found, "any", whole.roles | ({"invited"} if own else frozenset()))


@finds("recruiting")
def recruiting_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The task committee that an address names: no other finds citizens by a call."""
    found = organization_subject(user, arguments)
    return found if found and found.row.classification == Organization.Classification.TASK else None


@finds("call")
def call_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The call for citizens that an address names."""
    rows = CitizenCall.objects.select_related("organization__body", "organization__parent")
    found = rows.filter(pk=arguments["call"], organization=arguments["organization"]).first()
    return Subject(found, "any", roles_in(user, found.organization)) if found else None


def of_organization(user: Any, organization: Organization) -> Subject:
    """An organization and what `user` is towards it; of a group also "parent_secretary", the secretary of the committee
    that it belongs to."""
    roles = roles_in(user, organization)
    if organization.is_group and organization.parent and is_in(user, organization.parent, Role.SECRETARY):
        roles |= {"parent_secretary"}
    return Subject(organization, "any", roles)


@finds("body")
def body_subject(user: Any, arguments: dict[str, Any]) -> Subject:
    """What concerns the whole municipality: for its administrators, and for whoever is a secretary anywhere."""
    roles = {"anyone"}
    if user.is_authenticated and user.is_active:
        roles.add("user")
        roles |= {"administrator"} if user.is_administrator else set()
        roles |= {str(one.role) for one in memberships_of(user)}
    return Subject(None, "any", frozenset(roles))
