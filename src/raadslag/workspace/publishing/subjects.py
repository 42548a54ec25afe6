"""How the access table finds imported papers."""

from __future__ import annotations

from typing import Any

from raadslag.workspace.bodies.standing import allows_low_level, roles_in
from raadslag.workspace.common.access import Subject, finds
from raadslag.workspace.publishing.models import ImportedPaper


@finds("imported")
def imported_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The imported paper that an address names. It may hold anything, so it is closed whatever it says (I3)."""
    found = ImportedPaper.objects.select_related("organization__body", "meeting")
    paper = found.filter(pk=arguments["paper"], organization=arguments["organization"]).first()
    return of_paper(user, paper) if paper else None


def of_paper(user: Any, paper: ImportedPaper) -> Subject:
    """An imported paper and what `user` is towards it."""
    allows = allows_low_level(user, paper.organization)
    return Subject(paper, str(paper.state), roles_in(user, paper.organization), allows)
