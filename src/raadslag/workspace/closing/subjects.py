"""How the access table finds the evaluation of a committee."""

from __future__ import annotations

from typing import Any

from raadslag.workspace.bodies.models import Organization, Role
from raadslag.workspace.bodies.standing import is_in, roles_in
from raadslag.workspace.closing.evaluating import current
from raadslag.workspace.closing.models import Evaluation
from raadslag.workspace.common.access import Subject, finds
from raadslag.workspace.meetings.models import Invitation

NONE = "none"
"""The state of an evaluation that nobody has begun."""


@finds("evaluation")
def evaluation_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The evaluation of the committee that an address names; an unsaved one where nobody has begun any."""
    rows = Organization.objects.select_related("body")
    found = rows.filter(pk=arguments["organization"]).first()
    return of_evaluation(user, found, current(found)) if found and not found.is_group else None


def of_evaluation(user: Any, organization: Organization, evaluation: Evaluation | None) -> Subject:
    """It, and what `user` is towards its committee; "called" for a substitute who is called in to a meeting of it."""
    roles = roles_in(user, organization)
    if is_in(user, organization, Role.SUBSTITUTE):
        called = Invitation.objects.substitutes().filter(meeting__organization=organization, person=user.person_id)
        roles |= {"called"} if called.exists() else set()
    if evaluation is not None:
        evaluation.organization = organization
    row = evaluation or Evaluation(organization=organization)
    return Subject(row, evaluation.state if evaluation else NONE, roles)
