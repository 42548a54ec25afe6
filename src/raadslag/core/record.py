"""The record: one plain, typed value that says what may be known of one thing.

Readers make records from documents, the workspace makes them from its database, writers turn them into
documents, and the archive takes in nothing else. Every value is frozen, so a record can be shared and
hashed without fear. Absent facts are None, never a guess; an empty tuple means that the paper shows
there are none. Texts are CommonMark without raw HTML.

`encode` and `decode` carry a record whole; `canonical` and `identity` leave out its provenance, since
where a value was found and what a reader warned of does not change what the record says.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal, TypeAlias

import msgspec

from raadslag.core.errors import InvalidRecord

SCHEMA = "raadslag/1"

Kind: TypeAlias = Literal["agenda", "minutes"]
Stage: TypeAlias = Literal["draft", "sent", "read_out", "signed"]
Access: TypeAlias = Literal["open", "closed", "unknown"]
AttendanceStatus: TypeAlias = Literal["present", "absent", "listed"]
SectionKind: TypeAlias = Literal[
    "summary", "background", "recommendation", "previous_decisions", "decision", "economy",
    "legal_basis", "hearing", "route", "attachments", "other",
]  # fmt: skip
Outcome: TypeAlias = Literal[
    "approved", "approved_with_changes", "recommended", "noted", "discussed", "deferred", "referred",
    "withdrawn", "rejected", "elected", "none",
]  # fmt: skip
NoteKind: TypeAlias = Literal[
    "decision", "dilemma", "evidence_gap", "data_remark", "question", "answer", "agreement", "task",
    "next_meeting", "group", "theme", "remark", "dissent",
]  # fmt: skip
GapState: TypeAlias = Literal["open", "closed"]
CommitmentState: TypeAlias = Literal["planned", "under_way", "done", "dropped"]


class _Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every part of a record: frozen, unknown fields refused. (`kw_only` is not inherited.)"""


class Time(_Value, kw_only=True, frozen=True):
    """When and where a meeting was held.

    `start` is local, `2018-04-09T17:00`, or `2018-04-09` where no time is shown. `planned_end` and
    `adjourned` are local times of the same form: a printed plan, and when it really ended. `read_out`
    is whether the paper says that the minutes were read out.
    """

    start: str | None = None
    planned_end: str | None = None
    adjourned: str | None = None
    read_out: bool | None = None
    place: str | None = None


class Attendance(_Value, kw_only=True, frozen=True):
    """One person's presence. `listed` is a list of members that does not tell who came.

    `person` has no party letter. `items` are item numbers (or orders where an item has no number) for
    a presence or an absence that holds for some items only. `reason` is as written ("afbud").
    """

    person: str
    status: AttendanceStatus
    reason: str | None = None
    substitute: str | None = None
    party: str | None = None
    role: str | None = None
    items: tuple[str, ...] | None = None
    disqualified: bool | None = None
    arrived: str | None = None
    left: str | None = None


class Section(_Value, kw_only=True, frozen=True):
    """A headed part of an item: its kind, its heading as written and its text."""

    kind: SectionKind
    heading: str | None = None
    text: str


class Point(_Value, kw_only=True, frozen=True):
    """One thing recommended, without its number and without "at"; what became of it, if the paper says."""

    text: str
    outcome: Outcome | None = None


class Recommendation(_Value, kw_only=True, frozen=True):
    """Who recommends what to which body."""

    by: str | None = None
    to: str | None = None
    points: tuple[Point, ...] = ()


class RouteStep(_Value, kw_only=True, frozen=True):
    """What an earlier body decided on the same case. `date` is an ISO day."""

    body: str | None = None
    date: str | None = None
    number: str | None = None
    text: str


class VoteSide(_Value, kw_only=True, frozen=True):
    """How many voted one way, and who: party letters or names."""

    count: int | None = None
    who: tuple[str, ...] = ()


class Vote(_Value, kw_only=True, frozen=True):
    """One vote-taking. A side is None where the paper does not tell of it."""

    question: str | None = None
    for_: VoteSide | None = msgspec.field(default=None, name="for")
    against: VoteSide | None = None
    abstained: VoteSide | None = None
    not_voting: VoteSide | None = None
    entitled: int | None = None


class Reservation(_Value, kw_only=True, frozen=True):
    """A reservation (forbehold): who made it and the sentence that says so."""

    who: tuple[str, ...]
    text: str | None = None


class File(_Value, kw_only=True, frozen=True):
    """An attachment. `document` is its id in the system it came from, `reference` its case number."""

    number: str | None = None
    title: str
    document: str | None = None
    reference: str | None = None
    access: Access = "unknown"
    sha256: str | None = None
    media_type: str | None = None
    size: int | None = None


class Item(_Value, kw_only=True, frozen=True):
    """An agenda item. `order` counts from 1; `number` is as printed, `page` as in the contents."""

    number: str | None = None
    order: int
    title: str | None = None
    reference: str | None = None
    page: int | None = None
    access: Access = "unknown"
    public_title: str | None = None
    legal_ground: str | None = None
    public_decision: str | None = None
    no_public_decision_because: str | None = None
    sections: tuple[Section, ...] = ()
    recommendation: Recommendation | None = None
    decision: str | None = None
    actor: str | None = None
    outcome: Outcome | None = None
    route: tuple[RouteStep, ...] = ()
    steps: tuple[str, ...] = ()
    votes: tuple[Vote, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    files: tuple[File, ...] = ()


class Signature(_Value, kw_only=True, frozen=True):
    """Who signed the minutes and when (local time), with a reservation if one was made."""

    person: str
    signed: str | None = None
    reservation: str | None = None


class Addendum(_Value, kw_only=True, frozen=True, omit_defaults=True):
    """An addition after the reading-out, by whom and when (local time).

    `item` is the number of the item that it concerns, or its order; None where it concerns the whole. What is None is
    left out of the JSON, so that records from before there was `item` keep their identity.
    """

    text: str
    by: str | None = None
    added: str | None = None
    item: str | None = None


class Note(_Value, kw_only=True, frozen=True):
    """A typed entry that also stands in a text. `item` is the item's number, or its order."""

    kind: NoteKind
    text: str
    item: str | None = None
    actor: str | None = None
    start: str | None = None
    end: str | None = None
    due: str | None = None
    unit: str | None = None


class Residue(_Value, kw_only=True, frozen=True):
    """Lines that are known layout residue, `(first, last)` counted from 1, and the rule that knew them."""

    lines: tuple[int, int]
    rule: str


class Unplaced(_Value, kw_only=True, frozen=True):
    """Text that no field could take; kept, never dropped. `lines` are `(first, last)` counted from 1."""

    lines: tuple[int, int]
    text: str


class Warning(_Value, kw_only=True, frozen=True):
    """Something a person should look at. The codes stand in `core.readers.warnings`."""

    code: str
    message: str
    lines: tuple[int, int] | None = None


class Provenance(_Value, kw_only=True, frozen=True):
    """Where a record came from. Not part of its identity.

    `spans` maps the path of each value ("items.0.title") to the `(first, last)` line, counted from 1,
    of the extracted text in which it stands.
    """

    name: str | None = None
    sha256: str | None = None
    media_type: str | None = None
    pages: int | None = None
    reader: str | None = None
    spans: dict[str, tuple[int, int]] = {}
    residue: tuple[Residue, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    warnings: tuple[Warning, ...] = ()


class _Record(_Value, tag_field="type", kw_only=True, frozen=True):
    """What every type of record has: a schema, a lasting id (None from a reader), a body (municipality)."""

    schema: str = SCHEMA
    id: str | None = None
    body: str | None = None


class Meeting(_Record, tag="meeting", kw_only=True, frozen=True):
    """An agenda or the minutes of one meeting. `attendance` is None where the paper has no list at all."""

    kind: Kind | None = None
    stage: Stage | None = None
    organization: str | None = None
    title: str | None = None
    meeting: Time = Time()
    attendance: tuple[Attendance, ...] | None = None
    items: tuple[Item, ...] = ()
    signatures: tuple[Signature, ...] = ()
    addenda: tuple[Addendum, ...] = ()
    notes: tuple[Note, ...] = ()
    provenance: Provenance | None = None


class Task(_Value, kw_only=True, frozen=True):
    """One numbered task of a mandate."""

    number: str
    text: str


class Member(_Value, kw_only=True, frozen=True):
    """A membership as far as it is public. The period is ISO days, open-ended where None."""

    person: str
    role: str | None = None
    party: str | None = None
    start: str | None = None
    end: str | None = None


class Organization(_Record, tag="organization", kw_only=True, frozen=True):
    """A council, committee or group: its mandate with tasks, its term and its members.

    `as_of` is the local time (`2018-04-09T17:00:00`) at which all of it held; what it says may come back later, as
    another record.
    """

    as_of: str | None = None
    name: str
    classification: str | None = None
    parent: str | None = None
    purpose: str | None = None
    tasks: tuple[Task, ...] = ()
    start: str | None = None
    end: str | None = None
    members: tuple[Member, ...] = ()
    provenance: Provenance | None = None


class Element(_Value, kw_only=True, frozen=True):
    """A part of a product with a lasting identity: focus area, theme, principle, measure or text."""

    id: str
    kind: str
    number: str | None = None
    title: str | None = None
    text: str | None = None
    parent: str | None = None


class Change(_Value, kw_only=True, frozen=True):
    """A change since the last version, with its cause and author."""

    id: str
    element: str
    text: str
    cause: str | None = None
    by: str | None = None


class Answer(_Value, kw_only=True, frozen=True):
    """What became of a contribution: included, partly, not, passed on or merged, and why."""

    contribution: str
    outcome: str
    text: str | None = None
    change: str | None = None


class Fact(_Value, kw_only=True, frozen=True):
    """A table of facts that elements lean on, with where it comes from. `source_on` is an ISO day.

    `rows` are as long as `columns`; all cells are words as they were brought.
    """

    id: str
    title: str
    text: str | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    source: str | None = None
    source_on: str | None = None
    made_by: str | None = None
    elements: tuple[str, ...] = ()


class Gap(_Value, kw_only=True, frozen=True):
    """What nobody knew when the version was frozen, though elements lean on it; with what closed it, once it is.

    `answer` and `source` are None while it is open.
    """

    id: str
    text: str
    state: GapState
    answer: str | None = None
    source: str | None = None
    elements: tuple[str, ...] = ()


class Product(_Record, tag="product", kw_only=True, frozen=True):
    """One frozen version of a product. `facts` and `gaps` are those of all its elements."""

    organization: str | None = None
    title: str
    version: str
    frozen: str | None = None
    elements: tuple[Element, ...] = ()
    changes: tuple[Change, ...] = ()
    answers: tuple[Answer, ...] = ()
    facts: tuple[Fact, ...] = ()
    gaps: tuple[Gap, ...] = ()
    provenance: Provenance | None = None


class Decided(_Value, kw_only=True, frozen=True):
    """By whom, when and where something was decided. `on` is an ISO day; `meeting` is the meeting's lasting id and
    `item` the number of the item, or its order: what leads to the decision where both are public."""

    organization: str
    on: str
    meeting: str | None = None
    item: str | None = None
    title: str | None = None


class Origin(_Value, kw_only=True, frozen=True):
    """What something stems from: the product's lasting id and title, its version, and the part of it with its id."""

    id: str | None = None
    title: str
    version: str | None = None
    element: str | None = None
    part: str | None = None


class Report(_Value, kw_only=True, frozen=True):
    """How far a commitment was on an ISO day, and the date until which it was to be done from then on, where that was
    moved; `because` says why."""

    on: str
    text: str
    state: CommitmentState
    due: str | None = None
    because: str | None = None


class Commitment(_Record, tag="commitment", kw_only=True, frozen=True):
    """What a decision promised: by which unit, until which ISO day, how far it is, with its reports, the first first.

    `organization` is the committee whose work it is followed under. `as_of` is the local time at which all of it held,
    as an organization's. `next_report` is the ISO day by which the next report is due; None once it is over.
    """

    as_of: str | None = None
    organization: str | None = None
    text: str
    unit: str | None = None
    due: str | None = None
    state: CommitmentState
    decided: Decided | None = None
    origin: Origin | None = None
    reports: tuple[Report, ...] = ()
    next_report: str | None = None
    provenance: Provenance | None = None


class Withdrawal(_Record, tag="withdrawal", kw_only=True, frozen=True):
    """That a record or file, named by its hash, is no longer public, when and on what ground."""

    sha256: str
    withdrawn: str
    ground: str
    provenance: Provenance | None = None


Record: TypeAlias = Meeting | Organization | Product | Commitment | Withdrawal

_GROUND = ("facts", "gaps")
_encoder = msgspec.json.Encoder(order="deterministic")
_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """The whole record as one line of UTF-8 JSON, provenance included. `decode` gives it back equal."""
    if isinstance(record, Product) and not (record.facts and record.gaps):
        told = msgspec.to_builtins(record)
        return msgspec.json.encode({name: value for name, value in told.items() if value or name not in _GROUND})
    return _encoder.encode(record)


def decode(data: bytes | str, *, place: str = "record") -> Record:
    """The record that `data` (JSON) holds; `place` names its source in errors.

    Raises InvalidRecord for broken JSON, an unknown field, a value of the wrong shape or a schema that
    this version does not know.
    """
    try:
        schema = msgspec.json.decode(data, type=_Head).schema
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise InvalidRecord(place, "a record in JSON", str(e), "Make it again with `raadslag read`.") from e
    if schema != SCHEMA:
        remedy = "Use a version of Raadslag that knows this schema."
        raise InvalidRecord(f"{place}, field schema", repr(SCHEMA), repr(schema)[:80], remedy)
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise InvalidRecord(place, f"a record of {SCHEMA}", str(e), "Correct the field and try again.") from e


class _Head(msgspec.Struct):
    schema: Any = None


def canonical(record: Record) -> bytes:
    """The one serialisation without provenance: every field, in the order of its definition, UTF-8.

    Only what an addition does not say is left out, and the facts and gaps of a product that has none: records from
    before there were any keep their identity.
    """
    return encode(msgspec.structs.replace(record, provenance=None))


def identity(record: Record) -> str:
    """The SHA-256 of `canonical(record)` in 64 hexadecimal digits."""
    return hashlib.sha256(canonical(record)).hexdigest()
