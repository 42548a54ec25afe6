"""What happens to a product."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from raadslag.workspace.common.journal import Event


@dataclass(frozen=True)
class ProductBegun(Event):
    """A product was begun."""

    organization: UUID


@dataclass(frozen=True)
class ElementSaved(Event):
    """An element was written, moved, taken out or put back: the number of the saving, its change, a hash of it."""

    element: UUID
    version: int
    change: int
    sha256: str


@dataclass(frozen=True)
class ElementAssigned(Event):
    """A group writes an element, or none does, and which tasks it answers."""

    element: UUID
    group: UUID | None
    tasks: list[int]


@dataclass(frozen=True)
class VersionFrozen(Event):
    """The product was frozen as these bytes, and its paper as those."""

    label: str
    sha256: str
    pdf_sha256: str


@dataclass(frozen=True)
class ProposalMade(Event):
    """Somebody proposed another text."""

    proposal: UUID
    element: UUID


@dataclass(frozen=True)
class ProposalDecided(Event):
    """A proposal was accepted, accepted with changes, refused or taken back."""

    proposal: UUID
    state: str


@dataclass(frozen=True)
class VersionApproved(Event):
    """The committee approved exactly these bytes, at an item of its meeting."""

    label: str
    sha256: str
    item: UUID


@dataclass(frozen=True)
class ProductReopened(Event):
    """What was approved is worked on again."""

    label: str
