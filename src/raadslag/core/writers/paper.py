"""The paper: a meeting as a person reads it, composed once for every writer that shows it.

The order is that of Danish minutes: head, attendance, contents, the items with their parts, and last what
belongs to the whole. What a text already says is not said again: votes, files or a recommendation that stand
in an item's text are not composed a second time, so no word is written twice. What no text says is composed
here from its values, in words that the readers' grammar knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal, TypeAlias

import msgspec

from raadslag.core.record import Attendance, File, Item, Meeting, Note, RouteStep, Section, SectionKind, Vote, VoteSide
from raadslag.core.text import Block, Inline, List, ListItem, Paragraph, Strong, Text, inline_text, parse, plain, words
from raadslag.core.writers.labels import Labels, labels


class Aside(msgspec.Struct, frozen=True, tag="aside"):
    """A paragraph that is one typed entry of the minutes, set apart; a decision more than the rest."""

    decision: bool
    children: tuple[Inline, ...]


Piece: TypeAlias = Block | Aside


class Person(msgspec.Struct, frozen=True):
    """One entry of the attendance: the name, and what stands after it, " (A) (afbud)" or nothing."""

    attendance: Attendance
    details: str


class Fact(msgspec.Struct, frozen=True):
    """A line of the head. `name` says which; only the lists of persons have `people`."""

    name: Literal["start", "planned_end", "place", "protocol", "organization", "people"]
    label: str
    text: str
    people: tuple[Person, ...] = ()


class Part(msgspec.Struct, frozen=True):
    """A headed part of an item. `pieces` are the blocks of the text of `section`, or of `decision`, the
    item's decision where no section says it; `more` is composed from other values of the item."""

    heading: str
    pieces: tuple[Piece, ...] = ()
    section: Section | None = None
    decision: str | None = None
    more: tuple[Piece, ...] = ()


class Entry(msgspec.Struct, frozen=True):
    """An agenda item on paper. `anchor` is its address within the document."""

    item: Item
    anchor: str
    heading: str
    reference: str | None
    face: tuple[str, ...]
    parts: tuple[Part, ...]


class Paper(msgspec.Struct, frozen=True):
    """A meeting on paper. `running` is the line that tells a loose page where it belongs."""

    labels: Labels
    title: str
    body: str | None
    draft: bool
    running: str
    facts: tuple[Fact, ...]
    entries: tuple[Entry, ...]
    closing: tuple[Part, ...]


def compose(meeting: Meeting, language: str = "da") -> Paper:
    """`meeting` as a paper in `language`. Raises UnknownFormat for a language without labels."""
    say = labels(language)
    entries = tuple(_entry(item, meeting, say) for item in meeting.items)
    date = _moment(meeting.meeting.start, say)
    title = _title(meeting, say)
    return Paper(
        labels=say,
        title=title,
        body=municipality(meeting.body, say),
        draft=meeting.stage == "draft",
        running=" · ".join(filter(None, (meeting.organization or meeting.body, date.partition(" ")[0]))) or title,
        facts=tuple(_facts(meeting, say)),
        entries=entries,
        closing=tuple(_closing(meeting, say)),
    )


class _Said:
    """The words that a person has already read: what stands in them is not said again."""

    def __init__(self, *texts: str) -> None:
        self._words = f" {' '.join(map(_bare, texts))} "

    def add(self, text: str) -> None:
        """Takes in a text that follows the others."""
        self._words += f"{_bare(text)} "

    def __contains__(self, value: str) -> bool:
        """Whether the words of `value` stand together and in order; case and punctuation do not matter."""
        return f" {_bare(value)} " in self._words

    def names(self, name: str) -> bool:
        """Whether a person or party is named, in the genitive too ("Venstres byrådsgruppe")."""
        return re.search(" " + "s? ".join(map(re.escape, _bare(name).split())) + "s? ", self._words) is not None


def _bare(value: str) -> str:
    return " ".join(words(value.casefold()))


def municipality(body: str | None, say: Labels) -> str | None:
    """A body's name in full: readers call Klitby Kommune "Klitby"."""
    if not body or re.search(say.municipality_words, body, re.IGNORECASE):
        return body
    return say.municipality.format(body=body)


def _title(meeting: Meeting, say: Labels) -> str:
    if meeting.title:
        return meeting.title
    kind = meeting.kind or "unknown"
    if meeting.organization:
        return say.title[kind].format(organization=meeting.organization)
    return say.title_alone[kind]


_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?", re.ASCII)


def _moment(value: str | None, say: Labels) -> str:
    """A day or a moment as people write it, "09-04-2018 17:00"; anything else as it stands."""
    if not value or not (match := _MOMENT.fullmatch(value)):
        return value or ""
    year, month, day, clock = match.groups()
    return " ".join(filter(None, (say.date.format(year=year, month=month, day=day), clock)))


def time_of(value: str, say: Labels, *, on: str | None = None) -> str:
    """A time of the day `on`, "19.05"; with its date where that is another."""
    match = _MOMENT.fullmatch(value)
    if not match or not match[4] or (on and not on.startswith(value[:10])):
        return _moment(value, say)
    hour, minute = match[4].split(":")
    return say.clock.format(hour=hour, minute=minute)


def day_of(value: str, say: Labels) -> str:
    """The day of a moment as people say it, "9. april 2018"; anything else as it stands."""
    match = _MOMENT.fullmatch(value)
    if not match or not 1 <= int(match[2]) <= len(say.form.months):
        return value
    return say.form.day.format(day=int(match[3]), month=say.form.months[int(match[2]) - 1], year=match[1])


def _joined(names: Iterable[str], say: Labels) -> str:
    *most, last = tuple(names) or ("",)
    return say.conjunction.join(filter(None, (", ".join(most), last)))


def _facts(meeting: Meeting, say: Labels) -> Iterator[Fact]:
    time = meeting.meeting
    if meeting.organization and meeting.organization not in _Said(_title(meeting, say)):
        yield Fact("organization", say.organization, meeting.organization)
    if time.start is not None:
        yield Fact("start", say.start, _moment(time.start, say))
    if time.planned_end is not None:
        yield Fact("planned_end", say.planned_end, time_of(time.planned_end, say, on=time.start))
    if time.place is not None:
        yield Fact("place", say.place, time.place)
    if time.adjourned is not None or time.read_out is not None:
        yield _protocol(meeting, say)
    if meeting.attendance == ():
        yield Fact("people", say.absent, say.nobody)
    whole = [person for person in meeting.attendance or () if person.items is None]
    for status, group in groupby(whole, key=lambda person: person.status):
        people = tuple(Person(person, _details(person, meeting, say)) for person in group)
        label = {"present": say.present, "absent": say.absent, "listed": say.listed}[status]
        yield Fact("people", label, _joined((p.attendance.person + p.details for p in people), say), people)


def _protocol(meeting: Meeting, say: Labels) -> Fact:
    time = meeting.meeting
    read_out = {True: say.read_out, False: say.not_read_out, None: ""}[time.read_out]
    if time.adjourned is None:
        return Fact("protocol", say.protocol, read_out)
    end = time_of(time.adjourned, say, on=time.start)
    if time.read_out is None:
        return Fact("protocol", say.adjourned_label, say.adjourned_alone.format(time=end))
    return Fact("protocol", say.protocol, _joined((read_out, say.adjourned.format(time=end)), say))


def _details(person: Attendance, meeting: Meeting, say: Labels) -> str:
    """What stands after a name, " (A) (formand, afbud)" or nothing."""
    start = meeting.meeting.start
    remarks = (
        person.role,
        person.reason,
        say.disqualified if person.disqualified and person.reason != say.disqualified else None,
        say.substitute.format(name=person.substitute) if person.substitute else None,
        say.arrived.format(time=time_of(person.arrived, say, on=start)) if person.arrived else None,
        say.left.format(time=time_of(person.left, say, on=start)) if person.left else None,
    )
    remark = ", ".join(filter(None, remarks))
    return "".join(f" ({detail})" for detail in (person.party, remark) if detail)


def _key(item: Item) -> str:
    """How notes and attendance name an item: its number, or its order where it has none."""
    return item.number or str(item.order)


def _entry(item: Item, meeting: Meeting, say: Labels) -> Entry:
    access = say.access[item.access]
    title = item.title or item.public_title
    heading = " ".join(filter(None, (item.number, access and f"({access})", title)))
    face = (
        (say.public_title, None if item.title is None or item.title == item.public_title else item.public_title),
        (say.legal_ground, item.legal_ground),
        (say.public_decision, item.public_decision),
        (say.no_public_decision_because, item.no_public_decision_because),
    )
    return Entry(
        item=item,
        anchor=f"punkt-{item.order}",
        heading=heading if title or access else f"{heading} {say.untitled}".strip(),
        reference=None if item.reference is None else say.reference.format(reference=item.reference),
        face=tuple(template.format(text=value) for template, value in face if value is not None),
        parts=tuple(_parts(item, meeting, say)),
    )


# Where a part stands that has no section of its own to stand in.
_RANK: dict[SectionKind, int] = {
    "summary": 0, "recommendation": 2, "route": 3, "previous_decisions": 3, "decision": 4, "attachments": 5,
}  # fmt: skip
_BETWEEN = 1


def _parts(item: Item, meeting: Meeting, say: Labels) -> list[Part]:
    """The sections in their order; what is composed joins the section of its kind, or stands in its rank."""
    notes = [note for note in meeting.notes if note.item == _key(item)]
    texts = [parse(section.text) for section in item.sections]
    parts = [
        Part(_heading(section, say), _pieces(text, notes), section=section)
        for section, text in zip(item.sections, texts, strict=True)
    ]
    kinds: list[SectionKind] = [section.kind for section in item.sections]
    read = [f"{part.heading}\n{plain(text)}" for part, text in zip(parts, texts, strict=True)]
    for kind, part in _composed(item, meeting, notes, read, say):
        if kind in kinds:
            at = max(index for index, other in enumerate(kinds) if other == kind)
            more = (*parts[at].more, *part.pieces, *part.more)
            parts[at] = msgspec.structs.replace(parts[at], more=more)
        else:
            rank = _RANK.get(kind, _BETWEEN)
            later = (index for index, other in enumerate(kinds) if _RANK.get(other, _BETWEEN) > rank)
            at = next(later, len(parts))
            parts.insert(at, part)
            kinds.insert(at, kind)
    return parts


def _heading(section: Section, say: Labels) -> str:
    """As written; a text without heading gets none, unless its kind can only be told by one."""
    return section.heading or ("" if section.kind == "other" else say.section[section.kind])


def _pieces(text: tuple[Block, ...], notes: list[Note]) -> tuple[Piece, ...]:
    """The blocks of a text, those that are one typed entry set apart."""
    return tuple(_aside(block, notes) if notes and isinstance(block, Paragraph) else block for block in text)


def _aside(paragraph: Paragraph, notes: list[Note]) -> Piece:
    """`paragraph`, set apart where it is a note's text and nothing else, a bold first word not counted."""
    whole = _bare(inline_text(paragraph.children))
    for note in notes:
        text = _bare(plain(note.text))
        led = isinstance(paragraph.children[0], Strong) and whole.endswith(f" {text}")
        if text and (whole == text or led):
            return Aside(note.kind == "decision", paragraph.children)
    return paragraph


def _composed(
    item: Item, meeting: Meeting, notes: list[Note], read: list[str], say: Labels
) -> Iterator[tuple[SectionKind, Part]]:
    """What has not been `read` in the item's sections, each with the kind of section in which it belongs."""
    said = _Said(*read)
    if recommendation := tuple(_recommendation(item, said, say)):
        yield "recommendation", Part(say.section["recommendation"], more=recommendation)
    if steps := [step for step in item.steps if plain(step) not in said]:
        yield "background", Part(say.steps, more=(List(tuple(ListItem(None, parse(step)) for step in steps)),))
    if route := [step for step in item.route if plain(step.text) not in said]:
        pieces = tuple(block for step in route for block in parse(_route_text(step, say)))
        yield "previous_decisions", Part(say.section["previous_decisions"], more=pieces)
    decision = item.decision or ""
    if decision and plain(decision) not in said:
        yield "decision", Part(say.section["decision"], _pieces(parse(decision), notes), decision=decision)
        said.add(plain(decision))
    if more := tuple(_around_decision(item, meeting, said, say)):
        yield "decision", Part(say.section["decision"], more=more)
    if files := [file for file in item.files if file.title not in said]:
        pieces = (List(tuple(_file(file, say) for file in files)),)
        yield "attachments", Part(say.section["attachments"], more=pieces)


def _recommendation(item: Item, said: _Said, say: Labels) -> Iterator[Block]:
    recommendation = item.recommendation
    if not recommendation:
        return
    values = (recommendation.by, recommendation.to, *(plain(point.text) for point in recommendation.points))
    if all(value is None or value in said for value in values):
        return
    by = say.recommends.format(by=recommendation.by) if recommendation.by else say.recommended
    yield _paragraph(by)
    if recommendation.to:
        yield _paragraph(say.recommended_to.format(to=recommendation.to))
    points = [parse(say.point.format(text=point.text)) for point in recommendation.points]
    if len(points) == 1:
        yield from points[0]
    elif points:
        yield List(tuple(ListItem(f"{number}.", blocks) for number, blocks in enumerate(points, start=1)))


def _route_text(step: RouteStep, say: Labels) -> str:
    number = step.number and say.item.format(item=step.number).casefold()
    lead = ", ".join(filter(None, (step.body, step.date and _moment(step.date, say), number)))
    return f"{lead}:\n\n{step.text}" if lead else step.text


def _around_decision(item: Item, meeting: Meeting, said: _Said, say: Labels) -> Iterator[Block]:
    if item.outcome and item.decision is None:
        yield Paragraph((Strong((Text(f"{say.outcome[item.outcome]}."),)),))
    if item.actor and item.actor != meeting.organization and not said.names(item.actor):
        yield _paragraph(say.actor.format(name=item.actor))
    for person in meeting.attendance or ():
        if person.items and _key(item) in person.items and not said.names(person.person):
            label = {"present": say.present, "absent": say.absent, "listed": say.listed}[person.status]
            yield _paragraph(f"{label}: {person.person}{_details(person, meeting, say)}")
    for vote in item.votes:
        if sentence := _vote(vote, said, say):
            yield _paragraph(sentence)
    for reservation in item.reservations:
        sentence = reservation.text or say.reservation.format(who=_joined(reservation.who, say))
        told = plain(sentence) in said or (reservation.text is None and all(map(said.names, reservation.who)))
        if not told:
            yield from parse(sentence)


def _vote(vote: Vote, said: _Said, say: Labels) -> str:
    """One sentence with the sides the paper tells of; empty where the texts say it already."""
    sides = (
        (say.votes_for, vote.for_),
        (say.votes_against, vote.against),
        (say.votes_abstained, vote.abstained),
        (say.votes_not_voting, vote.not_voting),
    )
    told = [(template, side) for template, side in sides if side is not None]
    names = [name for _, side in told for name in side.who]
    counts = [str(side.count) for _, side in told if side.count is not None]
    if (names or counts) and all(map(said.names, names)) and all(count in said for count in counts):
        return ""
    clauses = [template.format(side=_side(side, say)) for template, side in told]
    if vote.entitled is not None:
        clauses.append(say.entitled.format(count=vote.entitled))
    if vote.question:
        return f"{vote.question.rstrip(' .:')}: {', '.join(clauses)}." if clauses else vote.question
    sentence = ", ".join(clauses)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def _side(side: VoteSide, say: Labels) -> str:
    who = _joined(side.who, say)
    if side.count is None:
        return who
    return f"{side.count} ({who})" if who else str(side.count)


_OPAQUE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # an id that says nothing to a reader


def _file(file: File, say: Labels) -> ListItem:
    document = None if file.document and _OPAQUE.fullmatch(file.document) else file.document
    source = " – ".join(filter(None, (document, file.reference)))
    closed = say.access["closed"] if file.access == "closed" else ""
    title = " ".join(filter(None, (file.title, source and f"({source})", closed and f"({closed})")))
    return ListItem(f"{file.number}." if file.number else None, (_paragraph(title),))


def _closing(meeting: Meeting, say: Labels) -> Iterator[Part]:
    if notes := _notes_unsaid(meeting):
        yield Part(say.notes, more=(List(tuple(ListItem(None, parse(_note(note, say))) for note in notes)),))
    if meeting.signatures:
        lines = []
        for signature in meeting.signatures:
            when = signature.signed and say.signed.format(time=_moment(signature.signed, say))
            but = signature.reservation and say.reservation_of_signer.format(text=signature.reservation)
            lines.append(ListItem(None, (_paragraph(", ".join(filter(None, (signature.person, when, but)))),)))
        yield Part(say.signatures, more=(List(tuple(lines)),))
    if meeting.addenda:
        pieces: list[Block] = []
        for addendum in meeting.addenda:
            about = addendum.item and say.item.format(item=addendum.item)
            lead = ", ".join(filter(None, (about, addendum.by, _moment(addendum.added, say))))
            pieces += [*([_paragraph(f"{lead}:")] if lead else []), *parse(addendum.text)]
        yield Part(say.addenda, more=tuple(pieces))


def _notes_unsaid(meeting: Meeting) -> list[Note]:
    """The notes that stand in no item's text, so that they would be lost on paper."""
    if not meeting.notes:
        return []
    texts = (text for item in meeting.items for text in (*(s.text for s in item.sections), item.decision or ""))
    said = _Said(*map(plain, texts))
    return [note for note in meeting.notes if plain(note.text) not in said]


def _note(note: Note, say: Labels) -> str:
    about = (
        note.item and say.item.format(item=note.item).casefold(),
        note.actor,
        note.unit,
        note.start and " – ".join(filter(None, (_moment(note.start, say), _moment(note.end, say)))),
        note.due and say.due.format(date=_moment(note.due, say)),
    )
    detail = ", ".join(filter(None, about))
    return f"{say.note[note.kind]}{f' ({detail})' if detail else ''}: {note.text}"


def _paragraph(value: str) -> Paragraph:
    return Paragraph((Text(value),))
