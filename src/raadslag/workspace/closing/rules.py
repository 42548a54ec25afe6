"""Who is asked, and what stands in the way of opening, answering and closing an evaluation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.workspace.bodies.models import Membership, Organization
from raadslag.workspace.closing.models import Evaluation
from raadslag.workspace.closing.sealing import QUESTIONS
from raadslag.workspace.meetings.models import Invitation

FEWEST = 5
"""Answers, below which nobody reads them: of fewer one would know too well who is who."""


def people_asked(organization: Organization, at: datetime) -> set[UUID]:
    """The ids of those who take part today: who decides, and substitutes who were called in. Two queries."""
    of_committee = Membership.objects.on(timezone.localdate(at)).filter(organization=organization)
    called = Invitation.objects.substitutes().filter(meeting__organization=organization)
    return {*of_committee.seated().values_list("person", flat=True), *called.values_list("person", flat=True)}


def obstacles_to_preparing(questions: list[dict[str, str]]) -> list[str]:
    """What is wrong with the questions; an empty list means go."""
    if len(questions) != QUESTIONS or not all(one["da"].strip() for one in questions):
        return [_("There are six questions. Write each of them in Danish.")]
    return []


def obstacles_to_opening(evaluation: Evaluation, at: datetime) -> list[str]:
    """Every reason why it cannot be opened; an empty list means go. One whose box is empty can be given a new code."""
    obstacles = []
    if evaluation.state == Evaluation.State.CLOSED:
        obstacles.append(_("The evaluation has been closed."))
    elif evaluation.state == Evaluation.State.OPEN and evaluation.box.exists():
        obstacles.append(_("Somebody has answered: the box keeps the code that it has."))
    if len(people_asked(evaluation.organization, at)) < FEWEST:
        obstacles.append(_("Fewer than five take part. Their answers could not be kept apart from their names."))
    return obstacles
