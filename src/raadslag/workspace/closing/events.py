"""What happens to evaluations, and to a committee as it is closed. Of who answers nothing is told, by anybody."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from raadslag.workspace.common.journal import Event


@dataclass(frozen=True)
class EvaluationPrepared(Event):
    """The questions were chosen."""

    evaluation: UUID
    version: int


@dataclass(frozen=True)
class EvaluationOpened(Event):
    """It can be answered; or its box, still empty, got another key. `key` is the hash of the public one."""

    evaluation: UUID
    key: str


@dataclass(frozen=True)
class EvaluationClosed(Event):
    """Nobody answers any more. `is_read`: whether the box was opened."""

    evaluation: UUID
    answered: int
    is_read: bool


@dataclass(frozen=True)
class CommitteeClosed(Event):
    """Its work is over: it is read as before, and nobody writes in it."""

    closure: UUID


@dataclass(frozen=True)
class CommitteeReopened(Event):
    """It works again; `closure` is the row with the reason."""

    closure: UUID


@dataclass(frozen=True)
class CommitteeExported(Event):
    """All of its papers that he may read were handed to who asked."""
