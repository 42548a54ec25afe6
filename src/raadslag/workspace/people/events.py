"""What happens to people and users."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from raadslag.workspace.common.journal import Event


@dataclass(frozen=True)
class PersonEntered(Event):
    """Somebody new takes part."""


@dataclass(frozen=True)
class PersonChanged(Event):
    """Name, address or language."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class AdministratorSet(Event):
    """A user became, or is no longer, an administrator."""

    is_administrator: bool


@dataclass(frozen=True)
class UserStopped(Event):
    """A user may not log in any more, or may again."""

    is_active: bool


@dataclass(frozen=True)
class LinkMade(Event):
    """A link that logs in once was made."""

    until: datetime


@dataclass(frozen=True)
class LinkUsed(Event):
    """It was used."""


@dataclass(frozen=True)
class SigningCodeSet(Event):
    """Somebody chose the code with which he signs on a shared tablet."""


@dataclass(frozen=True)
class SigningCodeFailed(Event):
    """A code was typed that was not that person's."""
