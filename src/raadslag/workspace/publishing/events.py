"""What happens to what may be public."""

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
