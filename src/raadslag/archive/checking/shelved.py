"""Records that are rows by themselves: whether each is what was taken in, and whether what must be shown is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from raadslag.archive.checking.findings import (
    LOST,
    MENDS,
    Finding,
    Mend,
    place_of_edition,
    place_of_portrait,
    place_of_standing,
)
from raadslag.archive.checking.rows import recorded
from raadslag.archive.intake import SHELVES
from raadslag.archive.models import Kept
from raadslag.archive.shelves import Place, Shelf
from raadslag.core import record as records
from raadslag.core.release import is_public

_AT_ONCE = 200
_PLACES: dict[str, Callable[[Any], str]] = {
    "portrait": place_of_portrait, "edition": place_of_edition, "standing": place_of_standing,
}  # fmt: skip
_WITH: dict[str, tuple[str, ...]] = {
    "portrait": ("organization__body", "withdrawn_portrait"),
    "edition": ("product__body", "withdrawn_edition"),
    "standing": ("commitment__body", "withdrawn_standing"),
}
_SHELL: dict[str, Mend] = {
    "portrait": "portrait_shell", "edition": "edition_shell", "standing": "standing_shell",
}  # fmt: skip
_SHOWN: dict[str, Mend] = {
    "portrait": "portrait_shown", "edition": "edition_shown", "standing": "standing_shown",
}  # fmt: skip
_TOLD: dict[str, Mend] = {"edition": "edition_told", "standing": "standing_told"}


class _Last(NamedTuple):
    """The newest that came to a place: when it held, its row, whether it must be shown, and where it stands."""

    moment: str
    pk: int
    is_shown: bool
    place: str


def kept_whole(tick: Callable[[int], object]) -> Iterator[Finding]:
    """Records that are not what they were taken in as, that tell too much, or that are shown and must not be."""
    for shelf in SHELVES:
        yield from _of(shelf, tick)


def _of(shelf: Shelf[Any, Any], tick: Callable[[int], object]) -> Iterator[Finding]:
    last: dict[Place, _Last] = {}
    rows = shelf.model._default_manager.order_by("pk").select_related(*_WITH[shelf.name])
    for row in rows.iterator(chunk_size=_AT_ONCE):
        place = _PLACES[shelf.name](row)
        told = _Last(shelf.moment(row), row.pk, row.withdrawn_at is None, place)
        known = last.get(shelf.place_of(row))
        last[shelf.place_of(row)] = max(known, told) if known else told
        yield from _withdrawn(shelf, row, place) if row.withdrawn_at else _kept(shelf, row, place)
        tick(1)
    current = shelf.model._default_manager.filter(is_current=True)
    shown = {tuple(values[:-1]): values[-1] for values in current.values_list(*shelf.places, "pk")}
    for at, one in last.items():
        if shown.get(at) != (one.pk if one.is_shown else None):
            expected = "its newest record shown" if one.is_shown else "none shown, since its newest is withdrawn"
            found = "another" if at in shown else "none"
            yield Finding(one.place, expected, found, MENDS, _SHOWN[shelf.name], one.pk)


def _kept(shelf: Shelf[Any, Any], row: Kept, place: str) -> Iterator[Finding]:
    record = recorded(bytes(row.record), shelf.holds)
    if record is None or records.identity(record) != row.identity:
        found = "none that can be read" if record is None else "another"
        yield Finding(place, f"the record {row.identity}", found, LOST)
        return
    if not is_public(record):
        yield Finding(place, "a record of what may be shown alone", "one that holds more", "Withdraw it at once.")
    told = {**shelf.words(record), **shelf.stamps(record)}
    if names := [name for name, value in told.items() if getattr(row, name) != value]:
        expected = "what its record says of itself"
        yield Finding(place, expected, f"another {', '.join(names)}", MENDS, _TOLD[shelf.name], row.pk)


def _withdrawn(shelf: Shelf[Any, Any], row: Kept, place: str) -> Iterator[Finding]:
    try:
        apart = recorded(bytes(getattr(row, f"withdrawn_{shelf.name}").record), shelf.holds)
    except shelf.apart.DoesNotExist:
        apart = None
    if any(getattr(row, name) for name in shelf.shell):
        yield Finding(place, "nothing of what was withdrawn", "some of it", MENDS, _SHELL[shelf.name], row.pk)
    if apart is None or records.identity(apart) != row.identity:
        yield Finding(place, f"the withdrawn record {row.identity}, kept apart", "none or another", LOST)
