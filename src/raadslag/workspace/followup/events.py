"""What happens after a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from raadslag.workspace.common.journal import Event


@dataclass(frozen=True)
class VersionHandedOver(Event):
    """An approved version went to another body: the case, and the hash of the paper that is attached to it."""

    label: str
    case: UUID
    pdf_sha256: str


@dataclass(frozen=True)
class CommitmentMade(Event):
    """Something was promised by the decision at an item, until a day; the version that it stems from."""

    item: UUID
    origin: UUID | None
    due: date
    sha256: str


@dataclass(frozen=True)
class CommitmentReworded(Event):
    """What it says, its unit or who is responsible was corrected: the number of the saving and a hash of it."""

    version: int
    sha256: str


@dataclass(frozen=True)
class CommitmentReported(Event):
    """Somebody told how far it is: the number of the report, the state, and the date until which it is to be done."""

    number: int
    state: str
    due: date
    sha256: str


@dataclass(frozen=True)
class ReportAsked(Event):
    """Who is responsible was told that a report is due."""

    due: date
