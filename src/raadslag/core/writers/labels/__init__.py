"""The words of our own documents, one data file a language. A new language needs a file and no code."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from raadslag.core.errors import UnknownFormat
from raadslag.core.record import Access, NoteKind, Outcome, SectionKind


class FormLabels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of papers that are written on by hand; `actors` are the committee and its chairmanship."""

    sheet: str
    kit: str
    day: str
    months: tuple[str, ...]
    at: str
    span: str
    meeting: str
    time: str
    attendance: str
    name: str
    came: str
    left: str
    signature: str
    signed: str
    substitute_for: str
    absent: str
    adjourned: str
    agenda: str
    clock: str
    title: str
    began: str
    outcome: str
    points: str
    whole: str
    decided_by: str
    actors: tuple[str, str]
    text: str
    ballots: str
    ballot: str
    votes_for: str
    votes_against: str
    votes_abstained: str
    votes_not_voting: str
    arrived_here: str
    left_here: str
    disqualified_here: str
    read_out: str
    closing: str
    closed: str
    afterwards: str
    instructions: tuple[str, ...]


class ProductLabels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words of a product on paper. `kind` and `outcome` name what a record names in English."""

    draft: str
    version: str
    frozen: str
    not_frozen: str
    shown: str
    clean: str
    changes: str
    answers: str
    how: str
    legend: str
    differences: str
    count: str
    none: str
    empty: str
    untitled: str
    principle: str
    came: str
    went: str
    moved: str
    moved_from: str
    rewritten: str
    heading: str
    new: str
    gone: str
    passage_came: str
    passage_went: str
    why: str
    change: str
    changed: str
    answered: str
    gap: str
    gaps: str
    gaps_closed: str
    fact: str
    source: str
    made_by: str
    used: str
    attached: str
    kind: dict[str, str]
    outcome: dict[str, str]


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every label a writer needs; words in braces are filled in. A language without one does not load."""

    language: str
    date: str
    clock: str
    conjunction: str = msgspec.field(name="and")
    municipality: str
    municipality_words: str
    organization: str
    start: str
    planned_end: str
    place: str
    protocol: str
    read_out: str
    not_read_out: str
    adjourned: str
    adjourned_label: str
    adjourned_alone: str
    contents: str
    page: str
    draft: str
    present: str
    absent: str
    listed: str
    nobody: str
    substitute: str
    disqualified: str
    arrived: str
    left: str
    item: str
    untitled: str
    reference: str
    public_title: str
    legal_ground: str
    public_decision: str
    no_public_decision_because: str
    recommends: str
    recommended: str
    recommended_to: str
    point: str
    actor: str
    votes_for: str
    votes_against: str
    votes_abstained: str
    votes_not_voting: str
    entitled: str
    reservation: str
    steps: str
    attached: str
    table: str
    notes: str
    due: str
    signatures: str
    signed: str
    reservation_of_signer: str
    addenda: str
    mandate: str
    tasks: str
    former: str
    classification: str
    parent: str
    period: str
    as_of: str
    title: dict[str, str]
    title_alone: dict[str, str]
    access: dict[Access, str]
    section: dict[SectionKind, str]
    outcome: dict[Outcome, str]
    note: dict[NoteKind, str]
    form: FormLabels
    product: ProductLabels


@cache
def labels(language: str) -> Labels:
    """The labels of `language` ("da", "en"). Raises UnknownFormat for one that has no file here."""
    known = sorted(entry.name.removesuffix(".toml") for entry in _folder.iterdir() if entry.name.endswith(".toml"))
    if language not in known:
        remedy = "Choose one of them, or add a file beside them."
        raise UnknownFormat("language", " or ".join(known), repr(language)[:40], remedy)
    return msgspec.toml.decode((_folder / f"{language}.toml").read_bytes(), type=Labels)


_folder = files(__package__)
