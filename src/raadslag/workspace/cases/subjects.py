"""How the access table finds cases and their attachments."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from raadslag.workspace.bodies.standing import allows_low_level, roles_in
from raadslag.workspace.cases.models import Attachment, Case, Disqualification
from raadslag.workspace.common.access import Subject, finds


@finds("case")
def case_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The case that an address names; open or closed, with who is barred from it."""
    case = Case.objects.select_related("organization__body").filter(pk=arguments["case"]).first()
    return of_case(user, case) if case else None


@finds("attachment")
def attachment_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The attachment of a case: closed where either is."""
    found = Attachment.objects.select_related("case__organization__body")
    one = found.filter(pk=arguments["attachment"], case=arguments["case"]).first()
    if one is None:
        return None
    whole = of_case(user, one.case)
    state = "closed" if one.is_closed else "open"
    return Subject(one, state, whole.roles, allows_low_level(user, one.case.organization))


def of_case(user: Any, case: Case, barred: Collection[Any] | None = None) -> Subject:
    """A case and what `user` is towards it. `barred` are those that he is barred from, where many are asked for."""
    roles = roles_in(user, case.organization)
    if barred is None:
        barred = barred_from(user, [case])
    if case.pk in barred:
        roles |= {"disqualified"}
    state = "closed" if case.is_closed else "open"
    return Subject(case, state, roles, state == "closed" and allows_low_level(user, case.organization))


def barred_from(user: Any, cases: Collection[Any]) -> set[Any]:
    """From which of the cases `user` is barred."""
    if not user.is_authenticated:
        return set()
    rows = Disqualification.objects.filter(case__in=cases, person=user.person_id)
    return set(rows.values_list("case", flat=True))
