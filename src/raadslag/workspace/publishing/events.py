"""What happens to what may be public, and to papers of other systems."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from raadslag.workspace.common.journal import Event


@dataclass(frozen=True)
class FaceWritten(Event):
    """What the public hears of a closed item was written, or why it hears nothing."""

    item: UUID
    sha256: str


@dataclass(frozen=True)
class HitSeen(Event):
    """A person has looked at a hit of the screening; `is_second` where another had before."""

    override: UUID
    key: str
    is_second: bool


@dataclass(frozen=True)
class Released(Event):
    """Exactly this may be public."""

    release: UUID
    kind_of: str
    identity: str


@dataclass(frozen=True)
class ItemOpenedAfter(Event):
    """A closed item was opened after the meeting."""

    opening: UUID
    item: UUID


@dataclass(frozen=True)
class ItemHeldBack(Event):
    """The decision of an item waits until the party has been told."""

    hold: UUID
    item: UUID


@dataclass(frozen=True)
class HoldLifted(Event):
    """The party has been told: the decision may be public."""

    hold: UUID
    item: UUID


@dataclass(frozen=True)
class Delivered(Event):
    """The archive was told: it shows the record, waits, refuses, or shows it no more."""

    release: UUID
    identity: str
    state: str


@dataclass(frozen=True)
class Withdrawn(Event):
    """What was public is public no more."""

    release: UUID
    identity: str


@dataclass(frozen=True)
class PaperBrought(Event):
    """A paper of another system was brought: its bytes by their hash."""

    sha256: str


@dataclass(frozen=True)
class PaperRead(Event):
    """It was read, and this is what it says; or it could not be read, for the reason of that name."""

    identity: str
    problem: str


@dataclass(frozen=True)
class PaperCorrected(Event):
    """A person changed these fields of what was read, by their places in the record; the identity of the whole."""

    fields: list[str]
    identity: str


@dataclass(frozen=True)
class PaperApproved(Event):
    """It is a past meeting now: the hash of its bytes, the identity of what was frozen, who was linked to names."""

    meeting: UUID
    sha256: str
    identity: str
    people: list[str]


@dataclass(frozen=True)
class PaperPutAside(Event):
    """It is not wanted here, or it is after all."""

    is_aside: bool
