"""What may leave the house: the one definition, for every type of record.

`public` starts from nothing and copies what is allowed. `ALLOWED` names the fields of every type that are
copied, `HELD_BACK` those that never are; a new field of the record has to be put in one of the two, or a
test fails. What is not surely open is closed: an item whose access is unknown leaves with its public face
only. `as_already_public` is the other side of that coin: on a person's word that a paper is public already,
what it prints becomes what may be shown.

Source: Local Government Act (kommunestyrelsesloven), sections 8(7), 10 and 13; Public Administration Act
(forvaltningsloven), section 27; GDPR article 25. Invariants I3, I4, I5, I21.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

import msgspec
from msgspec.structs import replace

from raadslag.core import record as r

R = TypeVar("R", bound=r.Record)

_HEAD = ("schema", "id", "body")

ALLOWED: dict[type[msgspec.Struct], tuple[str, ...]] = {
    r.Meeting: (
        *_HEAD, "kind", "stage", "organization", "title", "meeting", "attendance", "items", "signatures", "addenda",
        "notes", "provenance",
    ),
    r.Time: ("start", "planned_end", "adjourned", "read_out", "place"),
    r.Attendance: (
        "person", "status", "reason", "substitute", "party", "role", "items", "disqualified", "arrived", "left",
    ),
    r.Item: (
        "number", "order", "title", "reference", "page", "access", "public_title", "legal_ground", "public_decision",
        "no_public_decision_because", "sections", "recommendation", "decision", "actor", "outcome", "route", "steps",
        "votes", "reservations", "files",
    ),
    r.Section: ("kind", "heading", "text"),
    r.Recommendation: ("by", "to", "points"),
    r.Point: ("text", "outcome"),
    r.RouteStep: ("body", "date", "number", "text"),
    r.Vote: ("question", "for_", "against", "abstained", "not_voting", "entitled"),
    r.VoteSide: ("count", "who"),
    r.Reservation: ("who", "text"),
    r.File: ("number", "title", "document", "reference", "access", "sha256", "media_type", "size"),
    r.Signature: ("person", "signed", "reservation"),
    r.Addendum: ("text", "by", "added", "item"),
    r.Note: ("kind", "text", "item", "actor", "start", "end", "due", "unit"),
    r.Provenance: ("sha256", "media_type", "pages", "reader"),
    r.Organization: (
        *_HEAD, "as_of", "name", "classification", "parent", "purpose", "tasks", "start", "end", "members",
        "provenance",
    ),
    r.Task: ("number", "text"),
    r.Member: ("person", "role", "party", "start", "end"),
    r.Product: (
        *_HEAD, "organization", "title", "version", "frozen", "elements", "changes", "answers", "facts", "gaps",
        "provenance",
    ),
    r.Element: ("id", "kind", "number", "title", "text", "parent"),
    r.Change: ("id", "element", "text", "cause", "by"),
    r.Answer: ("contribution", "outcome", "text", "change"),
    r.Fact: ("id", "title", "text", "columns", "rows", "source", "source_on", "made_by", "elements"),
    r.Gap: ("id", "text", "state", "answer", "source", "elements"),
    r.Commitment: (
        *_HEAD, "as_of", "organization", "text", "unit", "due", "state", "decided", "origin", "reports", "next_report",
        "provenance",
    ),
    r.Decided: ("organization", "on", "meeting", "item", "title"),
    r.Origin: ("id", "title", "version", "element", "part"),
    r.Report: ("on", "text", "state", "due", "because"),
    r.Withdrawal: (*_HEAD, "sha256", "withdrawn", "ground", "provenance"),
}  # fmt: skip

HELD_BACK: dict[type[msgspec.Struct], tuple[str, ...]] = {
    # The file's name may tell what is closed; the others quote the paper, closed items too.
    r.Provenance: ("name", "spans", "residue", "unplaced", "warnings"),
    r.Residue: ("lines", "rule"),
    r.Unplaced: ("lines", "text"),
    r.Warning: ("code", "message", "lines"),
}

CLOSED_ITEM = ("number", "order", "public_title", "legal_ground", "public_decision", "no_public_decision_because")

APOLOGIES = frozenset(
    {"afbud", "med afbud", "meldt afbud", "fraværende", "forfald", "forfall", "fravær", "frånvarande"}
)


def public(record: R) -> R:
    """What may be released of a record: a record of the same type, made of the allowed fields alone.

    Of a meeting's open items everything is kept but the files that are marked closed. Of any other item,
    also one whose access is unknown, only that it is closed, its number, order and public face. What hangs
    on closed items goes with them: attendance, notes and additions that hold for such items only. Who was present
    at all open items is told as present: whether he left for a closed one is its inside. A text that does not say
    which item it concerns (a note or an addition without item, a signer's reservation, a
    disqualification without item) may concern a closed one, so it is kept only where every item is open.
    A reason for absence is kept where it says no more than that apologies were sent.

    `public(public(record)) == public(record)`. Nothing that a closed item holds inside changes the result.
    Source: I3, I4, I5, I21; the laws named above.
    """
    return cast(R, _meeting(record) if isinstance(record, r.Meeting) else _copied(record))


def is_public(record: r.Record) -> bool:
    """Whether a record holds no more than `public` would let through."""
    return public(record) == record


def as_already_public(record: r.Meeting) -> r.Meeting:
    """The same meeting, read from a paper that is public already; only ever called on a person's word.

    Items that the paper does not mark are open, since everyone can read them. Of the items that it marks
    closed, what it prints is their public face: the title becomes the public title and the decision the
    public decision, where no face has been written separately (a reason for having no public decision is
    one). `public` then lets exactly that through.
    """
    return replace(record, items=tuple(map(_item_already_public, record.items)))


def _item_already_public(item: r.Item) -> r.Item:
    if item.access != "closed":
        return replace(item, access="open")
    decision = None if item.no_public_decision_because else item.decision
    return replace(item, public_title=item.public_title or item.title, public_decision=item.public_decision or decision)


def _meeting(record: r.Meeting) -> r.Meeting:
    items = tuple(_item(item) for item in record.items)
    all_open = all(item.access == "open" for item in items)
    numbers = {_key(i) for i in items if i.access == "open"} - {_key(i) for i in record.items if i.access != "open"}
    return r.Meeting(
        **_fields(record, [f for f in ALLOWED[r.Meeting] if f not in _DECIDED_BELOW]),
        attendance=None if record.attendance is None else _attendance(record.attendance, numbers, all_open),
        items=items,
        signatures=tuple(
            r.Signature(person=s.person, signed=s.signed, reservation=s.reservation if all_open else None)
            for s in record.signatures
        ),
        addenda=_of_open(record.addenda, numbers, all_open),
        notes=_of_open(record.notes, numbers, all_open),
    )


_DECIDED_BELOW = ("attendance", "items", "signatures", "addenda", "notes")


_Told = TypeVar("_Told", r.Addendum, r.Note)


def _of_open(told: tuple[_Told, ...], numbers: set[str], all_open: bool) -> tuple[_Told, ...]:
    """What concerns an open item; what names none is kept only where every item is open."""
    return tuple(_copied(one) for one in told if (all_open if one.item is None else one.item in numbers))


def _key(item: r.Item) -> str:
    """How notes and attendance name an item: its number, or its order where it has none."""
    return item.number or str(item.order)


def _item(item: r.Item) -> r.Item:
    if item.access != "open":
        return r.Item(**_fields(item, CLOSED_ITEM), access="closed")
    files = tuple(_copied(file) for file in item.files if file.access != "closed")
    return r.Item(**_fields(item, [f for f in ALLOWED[r.Item] if f != "files"]), files=files)


def _attendance(entries: tuple[r.Attendance, ...], numbers: set[str], all_open: bool) -> tuple[r.Attendance, ...]:
    """The entries that hold for the whole meeting or for an open item, without what only closed items explain.

    Who was present at some items is disqualified from others; from which ones, the entry does not say.
    """
    kept = []
    for entry in entries:
        items = None if entry.items is None else tuple(number for number in entry.items if number in numbers)
        if items is not None and not all_open and entry.status == "present" and numbers <= set(items):
            items = None
        if items == ():
            continue
        is_told_of = items and entry.status != "present"
        fields = _fields(entry, [f for f in ALLOWED[r.Attendance] if f not in ("items", "reason", "disqualified")])
        is_apology = (entry.reason or "").strip(" .()").casefold() in APOLOGIES
        kept.append(
            r.Attendance(
                **fields,
                items=items,
                reason=entry.reason if is_apology else None,
                disqualified=entry.disqualified if is_told_of or all_open else None,
            )
        )
    return tuple(kept)


def _fields(value: msgspec.Struct, names: tuple[str, ...] | list[str]) -> dict[str, Any]:
    return {name: _copied(getattr(value, name)) for name in names}


def _copied(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_copied, value))
    return type(value)(**_fields(value, ALLOWED[type(value)])) if isinstance(value, msgspec.Struct) else value
