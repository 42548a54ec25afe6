"""A meeting as its page tells it: what was decided first, then what was discussed, who was there, the items.

Functions from a public record to frozen values in the page's language; nothing here asks the database. Of a
closed item only its public face is copied, whatever else the record may hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from types import MappingProxyType

from django.utils.translation import gettext
from msgspec.structs import replace

from raadslag.archive import models
from raadslag.archive.pages import titles, words
from raadslag.core import record
from raadslag.core.text import plain
from raadslag.core.writers.paper import Part, compose
from raadslag.web import dates

SHORT = 240  # characters of a decision that a list shows; the rest stands at the item


@dataclass(frozen=True)
class Decision:
    """One decision in a list: what it is about, what became of it, who took it, and at which item.

    `is_ours` tells that heading and text are the page's own words and not the paper's.
    """

    heading: str
    outcome: str = ""
    text: str = ""
    actor: str = ""
    number: str = ""
    slug: str = ""
    is_ours: bool = False
    is_closed: bool = False


@dataclass(frozen=True)
class Entry:
    """A typed note that was discussed, with the answer that follows a question."""

    kind: str
    text: str
    answer: str = ""


@dataclass(frozen=True)
class Presence:
    """Who was there: attendance rows by what the paper says of them."""

    present: tuple[record.Attendance, ...]
    absent: tuple[record.Attendance, ...]
    listed: tuple[record.Attendance, ...]


@dataclass(frozen=True)
class File:
    """An attachment as the paper lists it, and its bytes: `stored` where the archive holds them, `withdrawn` where it
    no longer shows them."""

    value: record.File
    stored: models.StoredFile | None = None
    withdrawn: models.StoredFile | None = None


@dataclass(frozen=True)
class ShownItem:
    """An item as it may be shown. `row` is its row (number, slug, public title and decision); `value` is None
    where it is closed, so that a template has nothing else of it to show. `from_agenda` are files that the agenda
    alone has, `addenda` what was added to it after the meeting."""

    row: models.Item
    value: record.Item | None
    legal_ground: str = ""
    no_public_decision_because: str = ""
    files: tuple[File, ...] = ()
    from_agenda: tuple[File, ...] = ()
    addenda: tuple[record.Addendum, ...] = ()

    @property
    def is_closed(self) -> bool:
        return self.value is None

    @property
    def is_open(self) -> bool:
        """Whether the paper itself calls the item open; many papers do not tell."""
        return self.row.access == "open"

    @property
    def summary(self) -> str:
        """The text that says in short what the item is about, or nothing where the paper has none."""
        sections = self.value.sections if self.value else ()
        return "\n\n".join(section.text for section in sections if section.kind == "summary")

    @property
    def is_unanswered(self) -> bool:
        """Whether something was recommended and the paper does not say expressly what became of it."""
        return bool(self.value and self.value.recommendation and self.value.decision and not self.value.outcome)


def items_of(
    paper: record.Meeting, rows: Sequence[models.Item], beside: Mapping[str, tuple[File, ...]] = MappingProxyType({})
) -> tuple[ShownItem, ...]:
    """The items of `paper` beside their rows, in order. `rows` come with their attachments and files.

    `beside` are the files that were given out with the agenda, by the slug of their item.
    """
    return tuple(
        _shown(row, item, beside.get(row.slug, ()), tuple(one for one in paper.addenda if one.item == key_of(item)))
        for row, item in zip(rows, paper.items, strict=True)
    )


def key_of(item: record.Item) -> str:
    """How notes and additions name an item: its number, or its order where it has none."""
    return item.number or str(item.order)


def added_to_the_whole(paper: record.Meeting) -> tuple[record.Addendum, ...]:
    """What was added after the meeting and concerns no single item."""
    keys = set(map(key_of, paper.items))
    return tuple(one for one in paper.addenda if one.item not in keys)


def _shown(
    row: models.Item, item: record.Item, beside: tuple[File, ...], addenda: tuple[record.Addendum, ...]
) -> ShownItem:
    if row.access == "closed" or item.access == "closed":
        return ShownItem(
            row,
            None,
            legal_ground=item.legal_ground or "",
            no_public_decision_because=item.no_public_decision_because or "",
        )
    rows = row.attachments.all()
    stored = {one.order: one.file for one in rows}
    files = tuple(
        file_of(file, stored.get(order)) for order, file in enumerate(item.files, start=1) if file.access != "closed"
    )
    known = {one.value.sha256 for one in files}
    return ShownItem(
        row,
        item,
        no_public_decision_because=item.no_public_decision_because or "",
        files=files,
        from_agenda=tuple(one for one in beside if one.value.sha256 not in known),
        addenda=addenda,
    )


def file_of(value: record.File, stored: models.StoredFile | None) -> File:
    """An attachment with what the archive has of it."""
    if stored and stored.withdrawn_at:
        return File(value, withdrawn=stored)
    return File(value, stored)


def from_agenda(rows: Iterable[models.Attachment]) -> dict[str, tuple[File, ...]]:
    """Attachments that stand in the agenda beside minutes, by the slug of their item."""
    by_slug: dict[str, list[File]] = defaultdict(list)
    for row in rows:
        value = record.File(
            number=row.number or None,
            title=row.title,
            document=row.document or None,
            reference=row.reference or None,
            sha256=row.file.sha256 if row.file else None,
        )
        by_slug[row.item.slug].append(file_of(value, row.file))
    return {slug: tuple(files) for slug, files in by_slug.items()}


def decisions_of(paper: record.Meeting, items: Sequence[ShownItem]) -> tuple[Decision, ...]:
    """What was decided: the decisions noted one by one, and each item that has a decision or an outcome.

    An item whose decision is a long story without an outcome is told by the decisions noted in it, where
    there are any. Items that every meeting has come last.
    """
    shown = {item.row.number or str(item.row.order): item for item in items if not item.is_closed}
    noted = [(note, shown[note.item]) for note in paper.notes if _tells_a_decision(note) and note.item in shown]
    told = {item.row.order for _, item in noted}
    decided = [
        item.row
        for item in items
        if _is_decided(item.row) and (item.row.outcome or _is_short(item.row) or item.row.order not in told)
    ]
    decided.sort(key=lambda row: bool(row.title) and titles.is_routine(row.title))
    return (*(_noted(note, item.row) for note, item in noted), *map(_decision, decided))


def _tells_a_decision(note: record.Note) -> bool:
    return note.kind == "decision" or (note.kind == "next_meeting" and dates.span(note.start, note.end) != "")


def _noted(note: record.Note, row: models.Item) -> Decision:
    if note.kind == "decision":
        return Decision(note.text, actor=note.actor or "", number=row.number, slug=row.slug)
    return Decision(
        gettext("Next meeting"),
        text=dates.span(note.start, note.end),
        actor=note.actor or "",
        number=row.number,
        slug=row.slug,
        is_ours=True,
    )


def _is_decided(row: models.Item) -> bool:
    return row.outcome != "none" and bool(row.decision or row.outcome)


def _is_short(row: models.Item) -> bool:
    return len(row.decision) <= SHORT


def _decision(row: models.Item) -> Decision:
    return Decision(
        row.title,
        outcome=row.outcome,
        text=" ".join(row.decision.split()) if _is_short(row) else "",
        actor=row.actor,
        number=row.number,
        slug=row.slug,
        is_closed=row.access == "closed",
    )


def excerpt(text: str, length: int = SHORT) -> str:
    """The beginning of `text` without markup, whole words, at most `length` characters and a sign that more follows."""
    words_only = " ".join(plain(text).split())
    if len(words_only) <= length:
        return words_only
    return words_only[:length].rsplit(" ", 1)[0].rstrip(" ,;:.–-") + " …"


def talk_of(paper: record.Meeting, items: Sequence[ShownItem]) -> tuple[Entry, ...]:
    """What was discussed: the typed notes of items that are not closed. A question comes with its answer, and
    themes that stand together are one entry."""
    closed = {item.row.number or str(item.row.order) for item in items if item.is_closed}
    notes = [note for note in paper.notes if note.item not in closed]
    entries: list[Entry] = []
    for note, following in zip_longest(notes, notes[1:]):
        if note.kind == "theme" and entries and entries[-1].kind == "theme":
            entries[-1] = Entry("theme", f"{entries[-1].text} · {note.text}")
        elif note.kind in words.DISCUSSED:
            answer = following.text if following and note.kind == "question" and following.kind == "answer" else ""
            entries.append(Entry(note.kind, note.text, answer))
    return tuple(entries)


def presence_of(paper: record.Meeting) -> Presence | None:
    """Who was there, or None where the paper has no list at all."""
    if paper.attendance is None:
        return None
    by: Mapping[str, list[record.Attendance]] = {"present": [], "absent": [], "listed": []}
    for one in paper.attendance:
        by[one.status].append(one)
    return Presence(tuple(by["present"]), tuple(by["absent"]), tuple(by["listed"]))


def parts_of(paper: record.Meeting, item: record.Item, language: str) -> tuple[Part, ...]:
    """The whole text of one item of `paper` as a document of ours would say it, headed part by part.

    A heading that nothing stands under is left out, and none ends in the colon of its paper.
    """
    parts = compose(replace(paper, items=(item,)), language).entries[0].parts
    return tuple(replace(part, heading=part.heading.rstrip(" :")) for part in parts if part.pieces or part.more)
