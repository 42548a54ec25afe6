"""What happens around a product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from raadslag.workspace.common.journal import Event


@dataclass(frozen=True)
class CommentsInvited(Event):
    """Comments are received until that day, or no longer."""

    until: date | None


@dataclass(frozen=True)
class ContributionReceived(Event):
    """Somebody has commented."""

    contribution: UUID
    number: int


@dataclass(frozen=True)
class ContributionTakenBack(Event):
    """Who commented has taken it back."""

    contribution: UUID


@dataclass(frozen=True)
class ContributionAnswered(Event):
    """A comment was answered: included, partly, not, passed on, or merged with another."""

    contribution: UUID
    answer: UUID
    outcome: str


@dataclass(frozen=True)
class FactNoteSaved(Event):
    """A fact note was written: the number of the saving and a hash of it."""

    note: UUID
    version: int
    sha256: str


@dataclass(frozen=True)
class FactNoteWithdrawn(Event):
    """A fact note does not count any more, or counts again."""

    note: UUID
    is_withdrawn: bool


@dataclass(frozen=True)
class UsePlaced(Event):
    """A fact note or a gap is used in these parts."""

    what: UUID
    elements: list[UUID]


@dataclass(frozen=True)
class GapNoted(Event):
    """Something is not known."""

    gap: UUID


@dataclass(frozen=True)
class GapClosed(Event):
    """It is known now; or it was not after all, and the gap is open again."""

    gap: UUID
    is_closed: bool
