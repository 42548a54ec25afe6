"""Attendance: who was in the room when, at which items, and who was barred, from what happened in order.

Order comes from the sequence of the events, never from their clocks, which may be set back in between.
Source: Local Government Act (kommunestyrelsesloven), sections 13 and 14; invariants I21 and I32.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["opened", "item", "arrived", "left", "barred", "unbarred", "adjourned"]
AtItem: TypeAlias = Literal["whole", "part", "none", "barred"]


class Event(NamedTuple):
    """Something that happened: who came or went, which item was begun. `at` is a clock to be printed, and no order.

    `barred` and `unbarred` name the person and the item; a person who is barred from the item at hand is out of it at
    once, and back in when the item is over.
    """

    kind: Kind
    at: str = ""
    person: str = ""
    item: str = ""


class Presence(NamedTuple):
    """One person's presence. `arrived` and `left` are clocks, empty for who was there from the opening, or to the end.

    `items` tells of each item that was treated how much of it the person was in the room for.
    """

    is_present: bool
    arrived: str
    left: str
    items: dict[str, AtItem]


class Room:
    """What is so after some events: `present` in the room, `barred` by item, the `item` at hand."""

    def __init__(self) -> None:
        self.present: set[str] = set()
        self.barred: dict[str, set[str]] = {}
        self.item = ""
        self.is_open = False
        self.is_over = False

    def takes_part(self, person: str) -> bool:
        """Whether that person takes part in the item at hand."""
        return person in self.present and person not in self.barred.get(self.item, ())

    def after(self, event: Event) -> None:
        """Let one more thing have happened."""
        match event.kind:
            case "opened":
                self.is_open = True
            case "adjourned":
                self.is_over = True
            case "item":
                self.item = event.item
            case "arrived":
                self.present.add(event.person)
            case "left":
                self.present.discard(event.person)
            case "barred":
                self.barred.setdefault(event.item, set()).add(event.person)
            case _:  # unbarred
                self.barred.get(event.item, set()).discard(event.person)


def now(events: Iterable[Event]) -> Room:
    """The room after all of them."""
    room = Room()
    for event in events:
        room.after(event)
    return room


def presence(events: Sequence[Event], people: Iterable[str]) -> dict[str, Presence]:
    """The presence of each of the people, from the opening to the adjourning or to now."""
    everyones: list[tuple[int, Event]] = []
    ones: dict[str, list[tuple[int, Event]]] = {}
    for order, event in enumerate(events):
        (ones.setdefault(event.person, []) if event.person else everyones).append((order, event))
    return {
        person: _presence([event for _, event in heapq.merge(everyones, ones.get(person, ()))], person)
        for person in people
    }


def _presence(events: Iterable[Event], person: str) -> Presence:
    """From what happened to everyone and to that person."""
    room = Room()
    arrived = left = ""
    has_been = False
    in_room: dict[str, list[bool]] = {}  # at each item, at each moment that it was at hand: there or not
    treated: list[str] = []
    for event in events:
        was = person in room.present
        room.after(event)
        if not room.is_open or (room.is_over and event.kind != "adjourned"):
            continue
        is_in = person in room.present
        if is_in and not has_been and event.kind != "opened":
            arrived = event.at
        if was and not is_in:
            left = event.at
        elif is_in:
            left = ""
        has_been = has_been or is_in
        if room.item and not room.is_over:
            if room.item not in treated:
                treated.append(room.item)
            in_room.setdefault(room.item, []).append(is_in)
    barred = {item for item in treated if person in room.barred.get(item, ())}
    items = {item: "barred" if item in barred else _how_much(in_room[item]) for item in treated}
    return Presence(has_been, arrived, left, items)


def _how_much(moments: Sequence[bool]) -> AtItem:
    if all(moments):
        return "whole"
    return "part" if any(moments) else "none"
