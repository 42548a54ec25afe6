"""What a case needs before it can be decided."""

from __future__ import annotations

from django.utils.translation import gettext as _

from raadslag.workspace.cases.models import Access, Case

State = Case.State
MOVES: dict[str, tuple[str, ...]] = {
    State.DRAFT: (State.REVIEW, State.READY),
    State.REVIEW: (State.DRAFT, State.READY),
    State.READY: (State.DRAFT,),
    State.ON_AGENDA: (),
    State.TREATED: (State.DRAFT,),
}
"""Where people move a case; onto an agenda and off it moves with the agenda."""


def obstacles_to_moving(case: Case, state: str) -> list[str]:
    """Every reason why the case cannot go to that state; an empty list means go."""
    if state not in MOVES[case.state]:
        return [_("The case cannot go there from where it is.")]
    return obstacles_to_ready(case) if state == State.READY else []


def obstacles_to_ready(case: Case) -> list[str]:
    """What is missing before the case can be decided."""
    obstacles = []
    if not case.summary.strip() and not case.background.strip():
        obstacles.append(_("Write a summary or a background."))
    if not case.named_points():
        obstacles.append(_("Write what is recommended: at least one point."))
    if not case.recommended_by.strip():
        obstacles.append(_("Say which unit recommends it."))
    if case.access == Access.CLOSED:
        if not case.legal_ground.strip():
            obstacles.append(_("A closed case needs its legal ground."))
        if not case.public_title.strip():
            obstacles.append(_("A closed case needs a heading that everyone may read."))
    return obstacles
