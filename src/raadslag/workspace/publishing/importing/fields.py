"""The fields of a read paper, one for each value that a person may correct, named by its place in the record.

"items.0.title" is the heading of the first item. `values` gives what the record says in each field, `corrected` the
record that the fields say. What no field shows stays as it was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import msgspec
from django.utils.translation import gettext as _
from msgspec.structs import replace

from raadslag.core import record

Kind: TypeAlias = Literal[
    "line", "text", "day", "clock", "tick", "number", "names", "kind", "access", "outcome", "status"
]
_CHOICES: dict[str, tuple[str, ...]] = {
    "kind": get_args(record.Kind), "access": get_args(record.Access), "outcome": get_args(record.Outcome),
    "status": get_args(record.AttendanceStatus),
}  # fmt: skip
_CLOCK = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)")
_HEAD: tuple[tuple[str, Kind], ...] = (
    ("kind", "kind"), ("title", "line"), ("organization", "line"), ("body", "line"), ("meeting.start.on", "day"),
    ("meeting.start.at", "clock"), ("meeting.planned_end.at", "clock"), ("meeting.adjourned.at", "clock"),
    ("meeting.read_out", "tick"), ("meeting.place", "line"),
)  # fmt: skip
_PERSON: tuple[tuple[str, Kind], ...] = (
    ("person", "line"), ("status", "status"), ("reason", "line"), ("substitute", "line"), ("party", "line"),
    ("role", "line"),
)  # fmt: skip
_ITEM: tuple[tuple[str, Kind], ...] = (
    ("number", "line"), ("title", "line"), ("access", "access"), ("public_title", "line"), ("legal_ground", "line"),
    ("reference", "line"),
)  # fmt: skip
_DECIDED: tuple[tuple[str, Kind], ...] = (("decision", "text"), ("outcome", "outcome"), ("actor", "line"))
_SIDES = ("for", "against", "abstained", "not_voting")
_WITHOUT_NONE = ("items.*.sections.*.text", "items.*.recommendation.points.*.text", "items.*.route.*.text",
                 "items.*.files.*.title", "attendance.*.person", "items.*.steps.*")  # fmt: skip


class Field(NamedTuple):
    """A value that may be corrected: its place in the record, and what it is."""

    path: str
    kind: Kind


def of_head() -> list[Field]:
    """What is said of the meeting."""
    return [Field(*one) for one in _HEAD]


def of_person(at: int) -> list[Field]:
    """What is said of the person at that place on the list of attendance."""
    return [Field(f"attendance.{at}.{name}", kind) for name, kind in _PERSON]


def of_item(item: record.Item) -> list[Field]:
    """What is said of an item, in the order in which papers have it."""
    return [Field(f"items.{item.order - 1}.{name}", kind) for name, kind in _of_item(item)]


def _of_item(item: record.Item) -> Iterator[tuple[str, Kind]]:
    yield from _ITEM
    for at, _section in enumerate(item.sections):
        yield f"sections.{at}.text", "text"
    if item.recommendation:
        yield "recommendation.by", "line"
        yield "recommendation.to", "line"
        for at, _point in enumerate(item.recommendation.points):
            yield f"recommendation.points.{at}.text", "text"
            yield f"recommendation.points.{at}.outcome", "outcome"
    for at, _step in enumerate(item.route):
        yield f"route.{at}.text", "text"
    yield from ((f"steps.{at}", "line") for at, _step in enumerate(item.steps))
    yield from _DECIDED
    for at, vote in enumerate(item.votes):
        yield f"votes.{at}.question", "line"
        for side in _SIDES:
            if getattr(vote, "for_" if side == "for" else side) is not None:
                yield f"votes.{at}.{side}.count", "number"
                yield f"votes.{at}.{side}.who", "names"
    for at, _one in enumerate(item.reservations):
        yield f"reservations.{at}.who", "names"
        yield f"reservations.{at}.text", "text"
    for at, _file in enumerate(item.files):
        yield f"files.{at}.title", "line"


def of(paper: record.Meeting) -> list[Field]:
    """All of them."""
    people = [field for at, _person in enumerate(paper.attendance or ()) for field in of_person(at)]
    return [*of_head(), *people, *(field for item in paper.items for field in of_item(item))]


def values(paper: record.Meeting) -> dict[str, str]:
    """What each field holds, as it stands in a form."""
    plain = msgspec.to_builtins(paper)
    return {field.path: _shown(field, plain) for field in of(paper)}


def _shown(field: Field, plain: Any) -> str:
    if field.kind in ("day", "clock"):
        day, _t, clock = (_get(plain, field.path.rpartition(".")[0]) or "").partition("T")
        return str(day if field.kind == "day" else clock)
    value = _get(plain, field.path)
    if field.kind == "names":
        return ", ".join(value or ())
    if field.kind == "tick":
        return "yes" if value else ""
    return "" if value is None else str(value)


def _get(plain: Any, path: str) -> Any:
    for step in path.split("."):
        plain = plain[int(step)] if isinstance(plain, list | tuple) else plain[step]
    return plain


def corrected(paper: record.Meeting, told: Mapping[str, str]) -> tuple[record.Meeting, dict[str, str]]:
    """The record that the fields say, and what is wrong with which of them; a wrong one is left as it was read.

    A field that `told` does not hold is as it was, but for ticks: what is not ticked is not so.
    """
    plain = _lists(msgspec.to_builtins(paper))
    was, faults = values(paper), {}
    for field in of(paper):
        text = told.get(field.path, "" if field.kind == "tick" else was[field.path]).replace("\r\n", "\n").strip()
        if _same(field, text, was[field.path]):
            continue
        fault = _set(field, plain, text)
        if fault:
            faults[field.path] = fault
    return _in_step(paper, msgspec.convert(plain, record.Meeting)), faults


def _in_step(before: record.Meeting, after: record.Meeting) -> record.Meeting:
    """What is decided, recommended and attached stands in the text of a section, too: corrected once, it is in both."""
    items = [_item_in_step(*pair) for pair in zip(before.items, after.items, strict=True)]
    return replace(after, items=tuple(items))


def _item_in_step(before: record.Item, after: record.Item) -> record.Item:
    sections = list(after.sections)
    for kind, was, now in _told_twice(before, after):
        for at, section in enumerate(sections):
            if was != now and section.kind == kind and section.text == before.sections[at].text:
                sections[at] = replace(section, text=section.text.replace(was, now, 1))
    return replace(after, sections=tuple(sections))


def _told_twice(before: record.Item, after: record.Item) -> Iterator[tuple[record.SectionKind, str, str]]:
    if before.decision:
        yield "decision", before.decision, after.decision or ""
    if before.recommendation and after.recommendation:
        for was, now in zip(before.recommendation.points, after.recommendation.points, strict=True):
            yield "recommendation", was.text, now.text
    for old, new in zip(before.files, after.files, strict=True):
        yield "attachments", old.title, new.title


def _same(field: Field, text: str, was: str) -> bool:
    """Whether nobody has changed it: a field of one line has lost the line breaks that a value may hold."""
    return text == was.strip() or (field.kind != "text" and text.split() == was.split())


def _set(field: Field, plain: Any, text: str) -> str:
    """Put what a field says in its place; what is wrong with it, or nothing."""
    above, _dot, name = field.path.rpartition(".")
    place = _get(plain, above) if above else plain
    key: Any = int(name) if isinstance(place, list) else name
    match field.kind:
        case "day" | "clock":
            return _set_moment(field, plain, text)
        case "number":
            if text and not (text.isascii() and text.isdecimal() and len(text) < 5):
                return _("Write a number.")
            place[key] = int(text) if text else None
        case "names":
            place[key] = [one.strip() for one in text.split(",") if one.strip()]
        case "tick":
            place[key] = True if text else None
        case "line" | "text":
            if not text and _is_needed(field.path):
                return _("Leave something there, or leave the whole out.")
            place[key] = text or None
        case _:
            if text not in _CHOICES[field.kind] and (text or field.kind in ("access", "status")):
                return _("Choose one of the list.")
            place[key] = text or None
    return ""


def _set_moment(field: Field, plain: Any, text: str) -> str:
    """A day, or a clock on the day of the meeting."""
    time_of, name = plain["meeting"], field.path.split(".")[1]
    day, _t, clock = (time_of[name] or "").partition("T")
    try:
        if field.kind == "day":
            day = date.fromisoformat(text).isoformat() if text else ""
        else:
            clock = _clock(text) if text else ""
            day = day or (time_of["start"] or "").partition("T")[0]
    except ValueError:
        return _("Write a day such as 2018-04-09.") if field.kind == "day" else _("Write a time such as 19.05.")
    if name != "start":
        time_of[name] = f"{day}T{clock}" if day and clock else None
        return ""
    if not day and clock:
        return _("Write the day, too.")
    was = (time_of["start"] or "").partition("T")[0]
    time_of["start"] = (f"{day}T{clock}" if clock else day) or None
    for other in ("planned_end", "adjourned"):  # they are told by the clock alone, and move with the day
        if time_of[other] and time_of[other].startswith(was) and was:
            time_of[other] = day + time_of[other][len(was) :] if day else None
    return ""


def _clock(text: str) -> str:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return f"{int(found[1]):02}:{found[2]}"


def _is_needed(path: str) -> bool:
    told = re.sub(r"\.\d+", ".*", path)
    return told in _WITHOUT_NONE


def _lists(plain: Any) -> Any:
    """The same with lists that can be changed."""
    if isinstance(plain, dict):
        return {key: _lists(value) for key, value in plain.items()}
    return [_lists(one) for one in plain] if isinstance(plain, list | tuple) else plain


def changed(before: record.Meeting, after: record.Meeting) -> list[str]:
    """The fields in which two records of the same shape differ."""
    was, now = values(before), values(after)
    return [path for path, text in was.items() if now.get(path) != text]
