"""What happens to cases."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from raadslag.workspace.common.journal import Event


@dataclass(frozen=True)
class CaseOpened(Event):
    """A case was begun."""

    organization: UUID


@dataclass(frozen=True)
class CaseSaved(Event):
    """A new version of its text."""

    version: int
    sha256: str


@dataclass(frozen=True)
class CaseMoved(Event):
    """It went from one state to another."""

    former: str
    state: str


@dataclass(frozen=True)
class DecisionCorrected(Event):
    """The words of what was decided at an item were corrected."""

    item: UUID


@dataclass(frozen=True)
class FileAttached(Event):
    """An attachment, or a new version of one."""

    attachment: UUID
    version: int
    sha256: str


@dataclass(frozen=True)
class AttachmentRedacted(Event):
    """An edition of an attachment was made without some of its words: from these bytes, those."""

    attachment: UUID
    copy: UUID
    sha256: str
    copy_sha256: str


@dataclass(frozen=True)
class AttachmentChanged(Event):
    """Its title, its access, its place, or that it was taken off."""

    attachment: UUID
    access: str
    is_removed: bool


@dataclass(frozen=True)
class PersonBarred(Event):
    """A person may not take part in the case, or may again."""

    person: UUID
    is_barred: bool
