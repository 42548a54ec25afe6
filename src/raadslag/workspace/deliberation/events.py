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


# --- at a meeting ---


@dataclass(frozen=True)
class SessionPrepared(Event):
    """A deliberation was prepared for a meeting: so many rounds, so many stations."""

    meeting: UUID
    rounds: int
    stations: int


@dataclass(frozen=True)
class SessionArranged(Event):
    """A round or a station was changed before it began, or added."""

    what: UUID


@dataclass(frozen=True)
class SessionClosed(Event):
    """The deliberation is over, and its codes are given back; or it goes on."""

    is_closed: bool


@dataclass(frozen=True)
class RoundMoved(Event):
    """A round was opened, closed, or prolonged by so many minutes in all."""

    round: UUID
    state: str
    added: int


@dataclass(frozen=True)
class SeatsSet(Event):
    """Who sits where in a round was settled for so many."""

    round: UUID
    seats: int


@dataclass(frozen=True)
class WishTold(Event):
    """Somebody has said where he would like to sit in a round."""

    round: UUID


@dataclass(frozen=True)
class ContributionHidden(Event):
    """A contribution is not shown for a reason, or is shown again; it is kept either way."""

    contribution: UUID
    is_hidden: bool


@dataclass(frozen=True)
class CardWorded(Event):
    """A card of the board was worded: the number of its wording, and a hash of it."""

    card: UUID
    number: int
    sha256: str


@dataclass(frozen=True)
class CardMoved(Event):
    """A card was moved, merged into another, taken off the board, or put back."""

    card: UUID
    how: str


@dataclass(frozen=True)
class CardInserted(Event):
    """A card stands in the minutes by this entry."""

    card: UUID
    entry: UUID


@dataclass(frozen=True)
class MethodSaved(Event):
    """A municipality has saved a method of its own, or retired it."""

    method: UUID
    is_retired: bool
