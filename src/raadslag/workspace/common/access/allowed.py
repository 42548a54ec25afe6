"""What a person may do with an object, for buttons and lists: the same function as the gate asks, at the same level."""

from __future__ import annotations

from raadslag.workspace.common.access import Subject, outcome


def is_allowed(route: str, subject: Subject, level: str) -> bool:
    """Whether the route would answer who has `subject.roles`, logged in at `level`."""
    met = outcome(route, subject.roles, subject.state)
    return met == "granted" or (met == "assured" and (subject.allows_low_level or level in ("substantial", "high")))
