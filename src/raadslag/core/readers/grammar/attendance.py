"""Who was there, brought together from the head of the paper and from its items."""

from __future__ import annotations

from dataclasses import dataclass, field

from raadslag.core.readers.grammar.head import Head
from raadslag.core.readers.grammar.item import ReadItem
from raadslag.core.readers.grammar.people import Person
from raadslag.core.readers.grammar.vocabulary import Vocabulary, key
from raadslag.core.record import Attendance


@dataclass(slots=True)
class Gathered:
    """The attendance of a meeting, None where the paper has no list at all, and the lines of each entry."""

    attendance: tuple[Attendance, ...] | None
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)


def gather(head: Head, read: list[ReadItem], register: list[ReadItem], words: Vocabulary) -> Gathered:
    """One entry a person and presence.

    A list headed "members" tells of presence where the paper also tells who was away and none of those is
    on it; else it is a list of members. An absence that every item with a list repeats is of the whole
    meeting; others hold for their items. `register` are blocks that keep attendance and are no items.
    """
    gathering = _Gathering(words)
    absent = list(head.absent or []) + [p for r in register for p in r.away.persons]
    told_absent = (
        head.absent is not None
        or head.nobody_absent
        or any(r.away.persons or r.away.nobody for r in (*read, *register))
    )
    whole, partial = _from_items(read)
    absent += whole
    present = list(head.present or []) + [p for r in (*register, *read) for p in r.away.present]
    listed = head.listed or []
    away = {key(p.name) for p, _ in absent if p.cases is None}
    if listed and told_absent and not any(key(p.name) in away for p, _ in listed):
        present, listed = [*present, *listed], []
    for p, n in present:
        if p.role and p.role.startswith("substitute_for:"):
            absent.append((Person(p.role.split(":", 1)[1], substitute=p.name), n))
            continue
        gathering.add(p, "present", n)
    for p, n in listed:
        gathering.add(p, "listed", n)
    numbers = [r.item.number or str(r.item.order) for r in read]
    for p, n in absent:
        gathering.add(p, "absent", n, _cases(p, numbers))
    for (person, reason), (n, items) in partial.items():
        gathering.add(Person(person, reason=reason), "absent", n, tuple(items))
    for r in read:
        number = r.item.number or str(r.item.order)
        rows = [row for row in r.decision_rows if row.text]
        for name, reason in r.absent:
            n = next((row.n for row in rows if name in row.text), rows[0].n if rows else 1)
            disqualified = True if reason and words.pattern("absence.disqualified").match(reason) else None
            gathering.add(Person(name, reason=reason), "absent", n, (number,), disqualified)
    known = head.present is not None or head.listed is not None or told_absent
    return Gathered(tuple(gathering.entries) if gathering.entries or known else None, gathering.spans)


def _from_items(
    read: list[ReadItem],
) -> tuple[list[tuple[Person, int]], dict[tuple[str, str | None], tuple[int, list[str]]]]:
    """Absences told at items: those of the whole meeting, and those of some items with their numbers."""
    with_list = [r for r in read if r.away.persons]
    seen: dict[str, list[tuple[ReadItem, Person, int]]] = {}
    for r in with_list:
        for p, n in r.away.persons:
            seen.setdefault(key(p.name), []).append((r, p, n))
    whole: list[tuple[Person, int]] = []
    partial: dict[tuple[str, str | None], tuple[int, list[str]]] = {}
    decided = [r for r in read if r.item.decision or r.away.persons]
    for entries in seen.values():
        items = list(dict.fromkeys(r.item.number or str(r.item.order) for r, _, _ in entries))
        first = entries[0]
        if len(items) == len(with_list) or (
            first[0] is read[0] and len(items) == 1 and len(decided) > 1 and _opens_meeting(read)
        ):
            whole += [(p, n) for _, p, n in entries]
        else:
            partial[first[1].name, first[1].reason] = (first[2], items)
    return whole, partial


def _opens_meeting(read: list[ReadItem]) -> bool:
    """Whether only the first item tells of attendance: it then speaks of the whole meeting."""
    return not any(r.away.persons for r in read[1:])


def _cases(p: Person, numbers: list[str]) -> tuple[str, ...] | None:
    """The items of an absence for some of them; None where they are all of the meeting's."""
    if p.cases is None:
        return None
    first, last = p.cases
    held = tuple(n for n in numbers if n.isdigit() and first <= int(n) <= last)
    return held if held and len(held) < len(numbers) else None


class _Gathering:
    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self.entries: list[Attendance] = []
        self.spans: dict[str, tuple[int, int]] = {}
        self.index: dict[tuple[str, str, tuple[str, ...] | None], int] = {}

    def add(
        self, p: Person, status: str, n: int, items: tuple[str, ...] | None = None, disqualified: bool | None = None
    ) -> None:
        """Adds an entry, or completes the one that the same person has with the same presence."""
        k = (key(p.name), status, items)
        at = self.index.get(k)
        if at is None:
            self.index[k] = at = len(self.entries)
            self.entries.append(Attendance(person=p.name, status=status, items=items))  # type: ignore[arg-type]
            self.spans[f"attendance.{at}"] = (n, n)
        have = self.entries[at]
        self.entries[at] = Attendance(
            person=have.person,
            status=have.status,
            items=have.items,
            reason=have.reason or p.reason,
            substitute=have.substitute or p.substitute,
            party=have.party or p.party,
            role=have.role or p.role,
            disqualified=have.disqualified or disqualified,
        )
