"""What happens while a meeting is held and afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from raadslag.workspace.common.journal import Event


@dataclass(frozen=True)
class MeetingOpened(Event):
    """The meeting has begun, with so many of its members present."""

    present: int
    members: int


@dataclass(frozen=True)
class Happened(Event):
    """Somebody came or went or was barred, or an item was begun: the number of the happening, and its kind."""

    number: int
    what: str


@dataclass(frozen=True)
class HappeningUndone(Event):
    """A happening was taken back."""

    number: int


@dataclass(frozen=True)
class AgendaAdopted(Event):
    """The body adopted its agenda, with so many changes."""

    ruling: UUID
    changes: int


@dataclass(frozen=True)
class Ruled(Event):
    """The body decided something about its own meeting, or it was taken back."""

    ruling: UUID
    what: str


@dataclass(frozen=True)
class EntrySaved(Event):
    """A paragraph has a new text, or another was written beside it."""

    entry: UUID
    version: int
    sha256: str
    is_beside: bool


@dataclass(frozen=True)
class EntryRemoved(Event):
    """A paragraph was taken out, or put back."""

    entry: UUID
    is_removed: bool


@dataclass(frozen=True)
class OutcomeSet(Event):
    """What became of an item."""

    outcome: str
    actor: str


@dataclass(frozen=True)
class BallotMoved(Event):
    """A ballot was drafted, opened, closed or is void. `sha256` is of what is voted on."""

    ballot: UUID
    state: str
    sha256: str


@dataclass(frozen=True)
class Voted(Event):
    """Somebody voted. What, is in the ballot."""

    ballot: UUID


@dataclass(frozen=True)
class ReadingStarted(Event):
    """The minutes are being read out."""


@dataclass(frozen=True)
class ItemRead(Event):
    """An item was read, or is to be read again."""

    is_read: bool


@dataclass(frozen=True)
class MeetingAdjourned(Event):
    """The meeting is over; its minutes are these bytes."""

    sha256: str
    pdf_sha256: str


@dataclass(frozen=True)
class MinutesSigned(Event):
    """Somebody signed these bytes."""

    person: UUID
    sha256: str
    how: str


@dataclass(frozen=True)
class MinutesCorrected(Event):
    """A text was corrected after the meeting: these bytes are to be signed in place of the former."""

    number: int
    sha256: str
    pdf_sha256: str


@dataclass(frozen=True)
class SharingBegan(Event):
    """A session shows nothing but these minutes, and those who are missing sign on it one after the other."""

    sha256: str


@dataclass(frozen=True)
class SignersReminded(Event):
    """Those whose signature is missing were told again, and how many they were."""

    sha256: str
    count: int


@dataclass(frozen=True)
class AdditionMade(Event):
    """Something was added to the minutes."""

    addition: UUID


@dataclass(frozen=True)
class MinutesTakenIn(Event):
    """The minutes of a meeting that was held elsewhere are here, by the hash of their bytes."""

    sha256: str
    pdf_sha256: str
