"""How the access table finds commitments."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from raadslag.workspace.bodies.standing import allows_low_level, roles_in
from raadslag.workspace.cases.models import Disqualification
from raadslag.workspace.common.access import Subject, finds
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.followup.rules import STAFF


@finds("commitment")
def commitment_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The commitment that an address names."""
    found = Commitment.objects.told().filter(pk=arguments["commitment"]).first()
    return of_commitment(user, found) if found else None


def of_commitment(user: Any, one: Commitment, barred: Collection[Any] | None = None) -> Subject:
    """A commitment and what `user` is towards the body that decided: also "origin", who is of the committee whose
    product it stems from, and "responsible", as long as he keeps the cases of one of the two. `barred` are the cases
    from which he is, where many are asked for."""
    roles = roles_in(user, one.organization)
    there = roles_in(user, one.origin.product.organization) if one.origin else frozenset()
    if there & _IN_IT:
        roles |= {"origin"}
    if one.responsible_id == user.pk and (roles | there) & set(STAFF):
        roles |= {"responsible"}
    if one.item.case_id in (barred_from(user, [one]) if barred is None else barred):
        roles |= {"disqualified"}
    if one.is_closed:
        return Subject(one, "closed", roles, allows_low_level(user, one.organization))
    return Subject(one, "open", roles)


_IN_IT = frozenset({
    "secretary", "case_worker", "facilitator", "host", "observer", "chair", "vice_chair", "member", "substitute",
    "reader",
})  # fmt: skip


def readable(user: Any, rows: QuerySet[Commitment], level: str, route: str = "followup:commitment"
             ) -> list[Commitment]:  # fmt: skip
    """Those of these that `user`, with a login of that level, may read. Three queries, or one for none. Another `route`
    asks for what it does with one instead."""
    found = list(rows.told())
    barred = barred_from(user, found)
    return [one for one in found if is_allowed(route, of_commitment(user, one, barred), level)]


def barred_from(user: Any, commitments: Collection[Commitment]) -> set[Any]:
    """The cases of these from which `user` is barred. One query, or none."""
    cases = [one.item.case_id for one in commitments if one.item.case_id]
    if not cases or not user.is_authenticated:
        return set()
    return set(Disqualification.objects.filter(person=user.person_id, case__in=cases).values_list("case", flat=True))
