"""What an organization's page tells of the organization itself: what it is for, who sits in it, and as of when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from raadslag.archive import models
from raadslag.archive.pages.gone import Withdrawal
from raadslag.archive.portraits import told_of
from raadslag.core import record
from raadslag.core.release import public


@dataclass(frozen=True)
class Portrayed:
    """What is shown of an organization; without a `value` only that it was withdrawn. `as_of` is a local time."""

    value: record.Organization | None = None
    as_of: str = ""
    members: tuple[record.Member, ...] = ()
    former: tuple[record.Member, ...] = ()
    withdrawal: Withdrawal | None = None


def page_of(organization: models.Organization, today: date) -> Portrayed:
    """The organization as its newest record has it that day; one query. Whose period has ended is a former member."""
    newest = told_of(organization)
    if newest is None:
        return Portrayed()
    if newest.withdrawn_at:
        return Portrayed(withdrawal=Withdrawal(newest.withdrawn_at, newest.ground))
    value = public(newest.value)
    is_former = [bool(one.end) and (one.end or "") < today.isoformat() for one in value.members]
    told = list(zip(value.members, is_former, strict=True))
    return Portrayed(
        value=value,
        as_of=newest.as_of,
        members=tuple(one for one, former in told if not former),
        former=tuple(one for one, former in told if former),
    )
