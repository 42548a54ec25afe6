"""What a person is towards an organization today: the roles that the access table speaks of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.utils import timezone

from raadslag.workspace.bodies.models import Membership, Organization, Policy, Role
from raadslag.workspace.bodies.policies import Policies


def memberships_of(user: Any) -> list[Membership]:
    """What the person of `user` is today, in all organizations. Asked once a request: a user is read anew for each."""
    if not user.is_authenticated or not user.is_active:
        return []
    held: list[Membership] | None = getattr(user, "_memberships", None)
    if held is None:
        held = list(Membership.objects.of(user.person, timezone.localdate()).select_related("organization"))
        user._memberships = held
    return held


def remember_memberships(users: Collection[Any]) -> None:
    """Ask for many users at once what `memberships_of` would ask for each: two queries, however many they are."""
    held = defaultdict(list)
    asked = Membership.objects.of_many([user.person_id for user in users], timezone.localdate())
    for one in asked.prefetch_related("organization"):
        held[one.person_id].append(one)
    for user in users:
        user._memberships = held[user.person_id]


def roles_in(user: Any, organization: Organization) -> frozenset[str]:
    """The roles of `user` towards `organization` today.

    Beside what he is in it: "user" for whoever has logged in, "administrator", "mayor", and "councillor" for a member
    of the council of the same municipality; and "after_closing" for everyone, once the organization has been closed.
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    roles = {"user"}
    if user.is_administrator:
        roles.add("administrator")
    if organization.closed_at:
        roles.add("after_closing")
    for one in memberships_of(user):
        if one.organization_id == organization.pk:
            roles.add(str(one.role))
        if one.organization.classification == Organization.Classification.COUNCIL:
            if one.role == Role.MAYOR:
                roles.add("mayor")
            if one.role in (Role.CHAIR, Role.VICE_CHAIR, Role.MEMBER, Role.MAYOR):
                roles.add("councillor")
    return frozenset(roles)


def is_in(user: Any, organization: Organization, *roles: str) -> bool:
    """Whether `user` has one of `roles` in the organization today."""
    return not roles_in(user, organization).isdisjoint(roles)


def allows_low_level(user: Any, organization: Organization) -> bool:
    """Whether the body lets closed papers be read without a strong login. Its rules are read once a request."""
    known: dict[Any, list[Policy]] = user.__dict__.setdefault("_policies", {})
    if organization.body_id not in known:
        known[organization.body_id] = list(Policy.objects.filter(body_id=organization.body_id))
    rules = Policies(organization, known[organization.body_id], timezone.localdate())
    return bool(rules["closed_at_low_level"])
