"""What happens to bodies and organizations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from raadslag.workspace.common.journal import Event


@dataclass(frozen=True)
class WorkspaceSetUp(Event):
    """The municipality, its first committee and its first administrator are there."""


@dataclass(frozen=True)
class OrganizationFounded(Event):
    """A council, committee or group was set up."""

    classification: str
    parent: UUID | None


@dataclass(frozen=True)
class OrganizationEnded(Event):
    """Its work ends on that day."""

    on: date


@dataclass(frozen=True)
class MandateAdopted(Event):
    """An organization got a mandate, or a new one."""

    mandate: UUID
    tasks: int


@dataclass(frozen=True)
class MemberAppointed(Event):
    """A person got a role for a period."""

    membership: UUID
    person: UUID
    role: str
    start: date
    end: date | None


@dataclass(frozen=True)
class MembershipEnded(Event):
    """A role ends on that day, or has ended."""

    membership: UUID
    on: date


@dataclass(frozen=True)
class InvitedToGroup(Event):
    """A person was asked to take part in a group."""

    invitation: UUID
    person: UUID


@dataclass(frozen=True)
class GroupInvitationAnswered(Event):
    """He said yes or no."""

    invitation: UUID
    is_yes: bool


@dataclass(frozen=True)
class GroupInvitationTakenBack(Event):
    """He is asked no longer."""

    invitation: UUID


@dataclass(frozen=True)
class CitizensCalledFor(Event):
    """Citizens are wanted, or what is asked of them was changed."""

    call: UUID
    seats: int
    deadline: date


@dataclass(frozen=True)
class ApplicationChanged(Event):
    """An application was typed in, corrected, proposed or not proposed any more, or deleted alone."""

    application: UUID
    what: str


@dataclass(frozen=True)
class CitizensAppointed(Event):
    """The council has decided: so many of those who applied. The applications are kept until that day."""

    call: UUID
    appointed: int
    applied: int
    keep_until: date


@dataclass(frozen=True)
class ApplicationsForgotten(Event):
    """These applications to a call were deleted."""

    call: UUID
    applications: tuple[UUID, ...]


@dataclass(frozen=True)
class PolicySet(Event):
    """A rule was chosen; `policy` is the row with value and reason."""

    policy: UUID
    name: str
    since: date


@dataclass(frozen=True)
class TermSet(Event):
    """A term of the council was entered."""

    start: date
    end: date
