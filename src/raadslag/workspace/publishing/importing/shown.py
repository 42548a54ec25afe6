"""A paper as the page shows it: each field with its name, its place in the source, and what is not sure of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from raadslag.core import record
from raadslag.core.writers.labels import labels
from raadslag.workspace.cases.models import Case
from raadslag.workspace.minutes.models import Outcome
from raadslag.workspace.people.models import Person
from raadslag.workspace.publishing.importing import fields
from raadslag.workspace.publishing.importing.fields import Field
from raadslag.workspace.publishing.importing.lines import Line, Places, Span, lines_of
from raadslag.workspace.publishing.importing.people import offered
from raadslag.workspace.publishing.importing.words import WARNINGS
from raadslag.workspace.publishing.models import ImportedPaper

_CHOICES: dict[str, tuple[tuple[str, str | Promise], ...]] = {
    "kind": (("", "–"), ("minutes", gettext_lazy("Minutes")), ("agenda", gettext_lazy("Agenda"))),
    "access": (
        ("unknown", gettext_lazy("Not told in the source: closed")), ("open", gettext_lazy("Open")),
        ("closed", gettext_lazy("Closed")),
    ),
    "outcome": (("", gettext_lazy("Outcome not told in the source")), *Outcome.choices),
    "status": (
        ("present", gettext_lazy("Present")), ("absent", gettext_lazy("Absent")),
        ("listed", gettext_lazy("Member, not told whether present")),
    ),
}  # fmt: skip
_LABELS: dict[str, str | Promise] = {
    "kind": gettext_lazy("Kind of paper"), "title": gettext_lazy("Heading of the paper"),
    "organization": gettext_lazy("Committee, as the paper says"),
    "body": gettext_lazy("Municipality, as the paper says"),
    "meeting.start.on": gettext_lazy("Day"), "meeting.start.at": gettext_lazy("Begins at"),
    "meeting.planned_end.at": gettext_lazy("Planned end"), "meeting.adjourned.at": gettext_lazy("Adjourned at"),
    "meeting.read_out": gettext_lazy("The paper says that the minutes were read out"),
    "meeting.place": gettext_lazy("Place"),
    "attendance.*.person": gettext_lazy("Name"), "attendance.*.status": gettext_lazy("Was there"),
    "attendance.*.reason": gettext_lazy("Reason"), "attendance.*.substitute": gettext_lazy("Who came instead"),
    "attendance.*.party": gettext_lazy("Party or group"), "attendance.*.role": gettext_lazy("Role"),
    "items.*.number": gettext_lazy("Number"), "items.*.title": gettext_lazy("Heading"),
    "items.*.access": gettext_lazy("Open or closed"),
    "items.*.public_title": gettext_lazy("Heading that everyone may read"),
    "items.*.legal_ground": gettext_lazy("Ground for closing"), "items.*.reference": gettext_lazy("Case number"),
    "items.*.recommendation.by": gettext_lazy("Recommended by"),
    "items.*.recommendation.to": gettext_lazy("Recommended to"),
    "items.*.recommendation.points.*.text": gettext_lazy("Recommendation"),
    "items.*.recommendation.points.*.outcome": gettext_lazy("What became of it"),
    "items.*.route.*.text": gettext_lazy("What was decided then"),
    "items.*.steps.*": gettext_lazy("Point of the programme"),
    "items.*.decision": gettext_lazy("Decision"), "items.*.outcome": gettext_lazy("Outcome"),
    "items.*.actor": gettext_lazy("Decided by"), "items.*.votes.*.question": gettext_lazy("Voted on"),
    "items.*.votes.*.for.count": gettext_lazy("For"), "items.*.votes.*.for.who": gettext_lazy("Who voted for"),
    "items.*.votes.*.against.count": gettext_lazy("Against"),
    "items.*.votes.*.against.who": gettext_lazy("Who voted against"),
    "items.*.votes.*.abstained.count": gettext_lazy("Neither"),
    "items.*.votes.*.abstained.who": gettext_lazy("Who voted neither"),
    "items.*.votes.*.not_voting.count": gettext_lazy("Did not vote"),
    "items.*.votes.*.not_voting.who": gettext_lazy("Who did not vote"),
    "items.*.reservations.*.who": gettext_lazy("Reservation by"),
    "items.*.reservations.*.text": gettext_lazy("Reservation"),
    "items.*.files.*.title": gettext_lazy("Attachment"),
}  # fmt: skip
_EXPECTED = {
    "kind",
    "title",
    "meeting.start.on",
    "meeting.start.at",
    "meeting.place",
    "items.*.number",
    "items.*.title",
}
_EXPECTED_OF_MINUTES = {"meeting.adjourned.at", "items.*.decision", "items.*.outcome"}
_ONLY_OF_CLOSED = {"items.*.public_title", "items.*.legal_ground"}
_DOUBTED = {  # which fields a warning makes unsure
    "weekday_mismatch": r"meeting\.start\.on", "weekend_meeting": r"meeting\.start\.on",
    "adjourned_before_start": r"meeting\..*\.at", "missing_time": r"meeting\..*\.at",
    "lost_digits": r".*\.(?:text|decision)", "count_mismatch": r".*\.(?:count|who)",
    "unanswered_recommendation": r".*\.(?:decision|outcome)",
}  # fmt: skip
_LONGEST_SHOWN = 20


class Shown(NamedTuple):
    """A field on the page. `note` says what is not sure of it; `fault` what is wrong with what was written."""

    path: str
    label: str
    value: str
    kind: str
    lines: Span | None
    choices: Sequence[tuple[str, str | Promise]]
    note: str
    fault: str

    @property
    def id(self) -> str:
        """Its name in the page."""
        return f"f-{self.path}"

    @property
    def described_by(self) -> str:
        """What is said of it beside it."""
        return f"{self.id}-error" if self.fault else f"{self.id}-hint" if self.note else ""

    @property
    def place(self) -> str:
        """Its lines, in words."""
        first, last = self.lines or (0, 0)
        if first == last:
            return _("line %(first)s") % {"first": first}
        return _("lines %(first)s–%(last)s") % {"first": first, "last": last}

    @property
    def rows(self) -> int:
        """How high a text stands."""
        return min(_LONGEST_SHOWN, 1 + sum(1 + len(line) // 70 for line in self.value.split("\n")))


class Somebody(NamedTuple):
    """A name on the list of attendance; `offers` are those who it may be, and `link` whom a person has ticked."""

    at: int
    name: str
    fields: list[Shown]
    offers: list[Person]
    link: str


class Piece(NamedTuple):
    """An item; `case` is the case here that has its number."""

    at: int
    item: record.Item
    name: str
    fields: list[Shown]
    is_out: bool
    case: Case | None
    is_of_case: bool

    @property
    def waiting(self) -> int:
        """How many of its fields are empty or not sure."""
        return sum(bool(one.note or one.fault) for one in self.fields)


class Told(NamedTuple):
    """A warning, in words, and its lines."""

    text: str | Promise
    lines: Span | None


class Page(NamedTuple):
    """All of it."""

    lines: list[Line]
    head: list[Shown]
    people: list[Somebody]
    items: list[Piece]
    notes: list[tuple[str, record.Note, str]]
    unplaced: Sequence[record.Unplaced]
    warnings: list[Told]
    lacks_numbers: bool


def page_of(
    paper: ImportedPaper, current: record.Meeting, said: Mapping[str, str], ticks: Any, faults: Mapping[str, str],
    people: Sequence[Person], cases: Mapping[int, Case],
) -> Page:  # fmt: skip
    """The page of a paper. `said` is what the fields hold, `ticks` what is ticked (see `actions.Told`)."""
    twice = {
        f"items.{at}.sections.{number}": f"items.{at}.decision"
        for at, item in enumerate(current.items)
        for number, section in enumerate(item.sections)
        if section.kind == "decision" and section.text == item.decision
    }
    places = Places(current, [field.path for field in fields.of(current)], twice)
    told = current.provenance or record.Provenance()
    doubted = [warning for warning in told.warnings if warning.lines and warning.code in _DOUBTED]

    def shown(some: Sequence[Field]) -> list[Shown]:
        found = []
        for field in some:
            value, lines, kind_of = said.get(field.path, ""), places.of(field.path), _starred(field.path)
            if kind_of in _ONLY_OF_CLOSED and not value and said.get(_access_of(field.path)) == "open":
                continue
            if field.path.removesuffix(".text") in twice:
                continue
            note = _missing(kind_of, value, said) or (_doubt(kind_of, lines, doubted) if value and lines else "")
            label = _label(field.path, kind_of, current)
            choices = _CHOICES.get(field.kind, ())
            found.append(Shown(field.path, label, value, field.kind, lines, choices, note, faults.get(field.path, "")))
        return found

    return Page(
        lines=lines_of(paper.text, current, places),
        head=shown(fields.of_head()),
        people=[
            Somebody(at, one.person, shown(fields.of_person(at)), offered(one.person, people),
                     str(ticks.links.get(at, "")))
            for at, one in enumerate(current.attendance or ())
        ],
        items=[
            Piece(at, item, _name_of(item, said), shown(fields.of_item(item)), at in ticks.out, cases.get(at),
                  at in ticks.cases)
            for at, item in enumerate(current.items)
        ],
        notes=[(f"notes.{at}", note, _labels().note[note.kind]) for at, note in enumerate(current.notes)],
        unplaced=told.unplaced,
        warnings=[Told(WARNINGS[warning.code], warning.lines) for warning in told.warnings],
        lacks_numbers=any(not item.number for item in current.items),
    )  # fmt: skip


def _labels() -> Any:
    return labels(get_language() or "da")


def _starred(path: str) -> str:
    return re.sub(r"\.\d+", ".*", path)


def _access_of(path: str) -> str:
    return f"{path.rpartition('.')[0]}.access"


def _label(path: str, kind_of: str, current: record.Meeting) -> str:
    """What the field is called; the heading of a text as written, and what else the source says of the same thing."""
    _items, item, _part, at, *_rest = [*path.split("."), "", "", "", ""]
    match kind_of:
        case "items.*.sections.*.text":
            section = current.items[int(item)].sections[int(at)]
            return section.heading or str(_labels().section[section.kind])
        case "items.*.route.*.text":
            step = current.items[int(item)].route[int(at)]
            said = [step.body, step.date, step.number]
        case "items.*.files.*.title":
            file = current.items[int(item)].files[int(at)]
            said = [file.number, file.document]
        case _:
            said = []
    about = ", ".join(filter(None, said))
    return f"{_LABELS[kind_of]} ({about})" if about else str(_LABELS[kind_of])


def _name_of(item: record.Item, said: Mapping[str, str]) -> str:
    at = item.order - 1
    number, title = (said.get(f"items.{at}.{name}", "") for name in ("number", "title"))
    return " ".join(filter(None, [f"{number}." if number else "", title])) or _("Item %(number)s") % {"number": at + 1}


def _missing(kind_of: str, value: str, said: Mapping[str, str]) -> str:
    """What is to be said of a field that a paper should have filled and has not."""
    if kind_of == "items.*.access":
        return _("The source does not tell. Closed until you say otherwise.") if value == "unknown" else ""
    expected = kind_of in _EXPECTED or (kind_of in _EXPECTED_OF_MINUTES and said.get("kind") != "agenda")
    if value or not expected:
        return ""
    if kind_of == "items.*.outcome":
        return _("Outcome not told in the source")
    return _("Not found in the source")


def _doubt(kind_of: str, lines: Span, doubted: Sequence[record.Warning]) -> str:
    """Why a value is not sure: a warning of its kind that stands on its lines."""
    for one in doubted:
        first, last = one.lines or (0, 0)
        if first <= lines[1] and lines[0] <= last and re.fullmatch(_DOUBTED[one.code], kind_of):
            return str(WARNINGS[one.code])
    return ""
