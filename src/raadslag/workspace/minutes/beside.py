"""What stands beside the minutes in the room, and on the wall in place of the item, and which paragraphs belong
together: given by the apps further up.

@beside.on_the_wall
def stations(meeting): ...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.minutes.models import Entry


class Piece(NamedTuple):
    """A template, and what it shows as `given`."""

    template: str
    given: Any


Wall: TypeAlias = Callable[[Meeting], Piece | None]
Room: TypeAlias = Callable[[AgendaItem], Piece | None]
Along: TypeAlias = Callable[[Entry, bool], list[Entry]]
_walls: list[Wall] = []
_rooms: list[Room] = []
_along: list[Along] = []


def on_the_wall(piece: Wall) -> Wall:
    """Register what a meeting's wall shows for the moment; None for the item at hand, as ever."""
    _walls.append(piece)
    return piece


def in_the_room(piece: Room) -> Room:
    """Register what whoever writes the minutes of an item has beside them; None for nothing."""
    _rooms.append(piece)
    return piece


def goes_along(others: Along) -> Along:
    """Register what else goes as a paragraph is taken out (True), or comes as it is put back; asked before it is."""
    _along.append(others)
    return others


def of_wall(meeting: Meeting) -> Piece | None:
    """The first that has something to show."""
    return next((piece for made in _walls if (piece := made(meeting))), None)


def of_room(item: AgendaItem) -> list[Piece]:
    """All that have something."""
    return [piece for made in _rooms if (piece := made(item))]


def along_with(entry: Entry, is_removed: bool) -> list[Entry]:
    """All that go, or come back, with a paragraph."""
    return [one for others in _along for one in others(entry, is_removed)]
