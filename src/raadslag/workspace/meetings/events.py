"""What happens to meetings and agendas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from raadslag.workspace.common.journal import Event


@dataclass(frozen=True)
class MeetingPlanned(Event):
    """A meeting stands in the plan."""

    organization: UUID
    start: datetime


@dataclass(frozen=True)
class MeetingCalled(Event):
    """Members and the others who come were called."""

    people: int


@dataclass(frozen=True)
class MeetingChanged(Event):
    """Another time or place."""

    sequence: int
    start: datetime
    end: datetime


@dataclass(frozen=True)
class MeetingCancelled(Event):
    """It is not held."""

    sequence: int


@dataclass(frozen=True)
class AgendaChanged(Event):
    """An item was added, changed, moved or removed before the agenda went out."""

    item: UUID
    what: str


@dataclass(frozen=True)
class AgendaHeldBack(Event):
    """The open part waits: screening found so many places."""

    edition: int
    hits: int


@dataclass(frozen=True)
class ItemClosed(Event):
    """An item that had gone out open was closed."""

    item: UUID


@dataclass(frozen=True)
class ItemOpened(Event):
    """An item that had gone out closed is treated with open doors."""

    item: UUID


@dataclass(frozen=True)
class SentToChair(Event):
    """The draft was shown to the chair."""


@dataclass(frozen=True)
class AgendaSent(Event):
    """An edition went out: its bytes by their hashes."""

    edition: int
    sha256: str
    pdf_sha256: str
    is_late: bool


@dataclass(frozen=True)
class AgendaReleased(Event):
    """The open part of an edition may be public: the identity of exactly what."""

    edition: int
    identity: str


@dataclass(frozen=True)
class Replied(Event):
    """A person answered the call; `by_mail` where a calendar program did."""

    person: UUID
    answer: str
    by_mail: bool


@dataclass(frozen=True)
class SubstituteCalled(Event):
    """A substitute was called in for a member, or is needed no longer."""

    substitute: UUID
    absent: UUID
    is_called: bool


@dataclass(frozen=True)
class QuestionAsked(Event):
    """A question before the meeting."""

    question: UUID


@dataclass(frozen=True)
class QuestionAnswered(Event):
    """Its answer."""

    question: UUID


@dataclass(frozen=True)
class MeetingTakenIn(Event):
    """A meeting that was held elsewhere is here: its edition by the hash of its bytes."""

    start: datetime
    edition: int
    sha256: str


@dataclass(frozen=True)
class GroupNoteSaved(Event):
    """A group's note has a new text, or another was written beside it."""

    note: UUID
    version: int
    sha256: str
    is_beside: bool


@dataclass(frozen=True)
class GroupNoteHandedOver(Event):
    """A group's note waits for the committee's next meeting; its words by their hash."""

    note: UUID
    sha256: str


@dataclass(frozen=True)
class GroupNoteTakenBack(Event):
    """It is a draft again."""

    note: UUID


@dataclass(frozen=True)
class GroupNotePlaced(Event):
    """It stands at that meeting, which has begun."""

    note: UUID
    meeting: UUID
