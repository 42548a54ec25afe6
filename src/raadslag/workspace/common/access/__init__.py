"""The access table: route × role × state of the object → outcome, with the paragraph that it follows.

`access.toml` beside the settings is the table, `outcome` the one function that reads it, `common.gate` the one place
that asks. What no grant names is not found; a bar wins over every grant; a route that the table does not name is not
found for anyone, and Django's own check fails. A bar with outcome "closed" is told to who else would be let through:
what he wrote is shown to him, and why it is not taken. Source: invariants I7, I10, I11, I23.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

Outcome: TypeAlias = Literal["granted", "secured", "assured", "closed", "not_found"]
"""`secured`: granted to who has logged in with two factors. `assured`: to who has at level Betydelig (NSIS), or by the
body's recorded exception. `closed`: to nobody, since the committee's work is over."""

_LEAST_FIRST: tuple[Outcome, ...] = ("granted", "secured", "assured")
TABLE = Path(__file__).parents[2] / "access.toml"


class Rule(NamedTuple):
    """One grant or bar: whoever has one of `roles` meets `outcome` on `routes` in `states`, and by which law."""

    routes: frozenset[str]
    states: frozenset[str]
    roles: frozenset[str]
    outcome: Outcome
    law: str


class Table(NamedTuple):
    """The whole table. `subjects` tells of each route what kind of object it is about."""

    subjects: dict[str, str]
    states: dict[str, tuple[str, ...]]
    roles: tuple[str, ...]
    rules: tuple[Rule, ...]


@cache
def table() -> Table:
    """The table, read once. Raises ValueError where it names a role, a state or a route that it does not list."""
    told = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    subjects = {route: kind for kind, routes in told["routes"].items() for route in routes}
    states = {kind: tuple(some) for kind, some in told["states"].items()}
    roles = tuple(told["roles"])
    rules = []
    for bars, name in ((False, "grant"), (True, "bar")):
        for one in told.get(name, []):
            outcome: Outcome = one.get("outcome", "not_found" if bars else "granted")
            rule = Rule(*(frozenset(one[key]) for key in ("routes", "states", "roles")), outcome, one["law"])
            _check(rule, subjects, states, roles)
            rules.append(rule)
    return Table(subjects, states, roles, tuple(rules))


def _check(rule: Rule, subjects: dict[str, str], states: dict[str, tuple[str, ...]], roles: tuple[str, ...]) -> None:
    known = {state for route in rule.routes for state in states[subjects[route]]}
    if wrong := (rule.states - known) | (rule.roles - set(roles)):
        raise ValueError(f"access.toml: {sorted(wrong)} is neither a state of those routes nor a role")


def outcome(route: str, roles: Iterable[str], state: str) -> Outcome:
    """What who has `roles` meets at `route` for an object in `state`: the best of the grants, unless a bar holds."""
    held = frozenset(roles)
    met: set[Outcome] = {
        rule.outcome
        for rule in table().rules
        if route in rule.routes and state in rule.states and not held.isdisjoint(rule.roles)
    }
    if "not_found" in met or not met - {"closed"}:
        return "not_found"
    if "closed" in met:
        return "closed"
    return next(one for one in _LEAST_FIRST if one in met)


# --- what a route is about ---


class Subject(NamedTuple):
    """An object as the table sees it: the row, its state, and the roles that the person who asks has towards it.

    `allows_low_level` is the body's recorded exception for closed material.
    """

    row: Any
    state: str
    roles: frozenset[str]
    allows_low_level: bool = False


Finder = Callable[[Any, dict[str, Any]], Subject | None]
_finders: dict[str, Finder] = {}


def finds(kind: str) -> Callable[[Finder], Finder]:
    """Register how the object of a kind is found, from the user and the arguments of the address."""

    def register(finder: Finder) -> Finder:
        _finders[kind] = finder
        return finder

    return register


def subject_of(route: str, user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The object that a route is about; None where there is none, or where the table does not name the route."""
    kind = table().subjects.get(route)
    finder = _finders.get(kind) if kind else None
    return finder(user, arguments) if finder else None


@finds("everyone")
def _everyone(user: Any, arguments: dict[str, Any]) -> Subject:
    return Subject(None, "any", frozenset({"anyone"}))


@finds("self")
def _self(user: Any, arguments: dict[str, Any]) -> Subject:
    roles = {"anyone"}
    if user.is_authenticated:
        roles.add("user")
        if user.is_administrator:
            roles.add("administrator")
    return Subject(user, "any", frozenset(roles))
