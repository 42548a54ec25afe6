"""What a person may do with an object, for buttons and lists: the same function as the gate asks, at the same level."""

from __future__ import annotations

from raadslag.workspace.common.access import Subject, outcome

_ENOUGH = {"granted": ("low", "two_factors", "substantial", "high"), "secured": ("two_factors", "substantial", "high"),
           "assured": ("substantial", "high")}  # fmt: skip


def is_assured(level: str) -> bool:
    """Whether a login at that level shows well enough who it is for what is closed (I40)."""
    return level in _ENOUGH["assured"]


def is_allowed(route: str, subject: Subject, level: str) -> bool:
    """Whether the route would answer who has `subject.roles`, logged in at `level`.

    The levels: "low", "two_factors" (a passkey, or a code from an app, in this login), and what an identity provider
    vouches for, "substantial" and "high".
    """
    met = outcome(route, subject.roles, subject.state)
    return level in _ENOUGH.get(met, ()) or (met == "assured" and subject.allows_low_level)
