"""Papers that are written on by hand: the sheet of attendance and signatures, and the kit to meet without network.

Both are made of a meeting alone, its agenda or its minutes. What the record knows stands on them already; what it does
not know is a place to write in. A form is composed once, here, for every writer that shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

import msgspec

from raadslag.core.record import Attendance, Item, Meeting, Signature, Vote, VoteSide
from raadslag.core.text import Block, Heading, List, ListItem, Paragraph, Text, parse, plain
from raadslag.core.writers.labels import Labels
from raadslag.core.writers.paper import Entry, compose, day_of, time_of

Shape: TypeAlias = Literal["text", "clock", "line", "count", "box"]
"""What a column of a grid is for: text that may be long, a clock, a long line to sign or write on, a number, a tick."""

_MORE_NAMES = 3  # lines for those whom nobody expected
_MORE_BALLOTS = 2


class Column(msgspec.Struct, frozen=True):
    """The head of a column, and what is written in it."""

    label: str
    shape: Shape


class Cell(msgspec.Struct, frozen=True):
    """What stands in a grid: a text with quieter details after it, a box to tick, or nothing yet."""

    text: str = ""
    details: str = ""
    is_ticked: bool | None = None


class Grid(msgspec.Struct, frozen=True, tag="grid"):
    """A table to be filled in. `name` says what it is to who cannot see it."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Blank(msgspec.Struct, frozen=True, tag="blank"):
    """A label and a line after it, long or as long as a clock; `value` stands on it where it is known."""

    label: str
    value: str = ""
    is_long: bool = True


class Choice(msgspec.Struct, frozen=True, tag="choice"):
    """Boxes to tick, each with its words and whether it is ticked."""

    label: str
    options: tuple[tuple[str, bool], ...]


class Lines(msgspec.Struct, frozen=True, tag="lines"):
    """Room to write: ruled lines as far as the page goes. `pieces` stand there already."""

    label: str
    pieces: tuple[Block, ...] = ()


class Sign(msgspec.Struct, frozen=True, tag="sign"):
    """What is read across a room, or photographed: a code, the address that it opens, and both as a picture of squares,
    dark where there is a "1". `told` says to who cannot see it what it is."""

    code: str
    address: str
    squares: tuple[str, ...]
    told: str


Part: TypeAlias = Block | Grid | Blank | Choice | Lines | Sign


def drawn(sign: Sign) -> str:
    """The picture of squares as an SVG, with the white edge that a camera needs."""
    size = len(sign.squares) + 8
    path = "".join(
        f"M{x + 4} {y + 4}h1v1h-1z" for y, row in enumerate(sign.squares) for x, dark in enumerate(row) if dark == "1"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
    )


class Page(msgspec.Struct, frozen=True):
    """What begins on a page of its own. `face` are the lines below the heading."""

    heading: str
    parts: tuple[Part, ...]
    face: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


class Form(msgspec.Struct, frozen=True):
    """A paper to be written on. `running` is the line that tells a loose page where it belongs."""

    labels: Labels
    title: str
    body: str | None
    running: str
    start: str | None
    pages: tuple[Page, ...]
    draft: bool = False


def sheet(meeting: Meeting, language: str = "da") -> Form:
    """Who is expected, when each came and left, and where each signs. Nothing of any item is on it."""
    paper = compose(msgspec.structs.replace(meeting, items=(), notes=(), addenda=()), language)
    say = paper.labels
    page = _attendance_page(meeting, say)
    return Form(say, say.form.sheet, paper.body, paper.running, meeting.meeting.start, (page,))


def kit(meeting: Meeting, clocks: Mapping[int, str] | None = None, language: str = "da") -> Form:
    """All that a meeting needs on paper: the sheet, the agenda, a page for each item, and how the meeting ends.

    `clocks` are the local times at which the items, by their orders, are planned to begin; a record does not tell them.
    """
    paper = compose(meeting, language)
    say = paper.labels
    clocks = {order: time_of(moment, say, on=meeting.meeting.start) for order, moment in (clocks or {}).items()}
    pages = (
        _attendance_page(meeting, say),
        *([Page(say.form.agenda, (_agenda(paper.entries, clocks, say),))] if paper.entries else []),
        *(_item_page(entry, say) for entry in paper.entries),
        _last_page(meeting, say),
    )
    return Form(say, say.form.kit, paper.body, paper.running, meeting.meeting.start, pages)


# --- attendance and signatures ---


def _attendance_page(meeting: Meeting, say: Labels) -> Page:
    form = say.form
    columns = (
        Column(form.name, "text"), Column(form.came, "clock"), Column(form.left, "clock"),
        Column(form.signature, "line"),
    )  # fmt: skip
    rows = (*_people(meeting, say), *[(Cell(),) * len(columns)] * _MORE_NAMES)
    return Page(
        heading=form.sheet,
        parts=(Grid(form.attendance, columns, rows), _adjourned(form.adjourned, meeting, say)),
        facts=tuple(_facts(meeting, say)),
    )


def _facts(meeting: Meeting, say: Labels) -> Iterator[tuple[str, str]]:
    time = meeting.meeting
    if meeting.organization:
        yield say.organization, meeting.organization
    if meeting.title:
        yield say.form.meeting, meeting.title
    if time.start:
        end = time.planned_end and time_of(time.planned_end, say, on=time.start)
        began = _moment(time.start, say)
        yield say.form.time, say.form.span.format(start=began, end=end) if end else began
    if time.place:
        yield say.place, time.place


def _people(meeting: Meeting, say: Labels) -> Iterator[tuple[Cell, ...]]:
    """A row for each who is on the list, and for who has signed without being on it."""
    signed = {signature.person: signature for signature in meeting.signatures}
    for person in _each_once(meeting.attendance or ()):
        came, left = _came_and_left(person, meeting)
        yield (
            Cell(person.person, ", ".join(filter(None, _details(person, say)))),
            *(Cell(time_of(moment, say, on=meeting.meeting.start) if moment else "") for moment in (came, left)),
            _signature(signed.pop(person.person, None), say),
        )
    for name, signature in signed.items():
        yield Cell(name), Cell(), Cell(), _signature(signature, say)


def _each_once(entries: tuple[Attendance, ...]) -> Iterator[Attendance]:
    """Without what is told beside the list of who came or went for some items only."""
    listed = {entry.person for entry in entries if entry.items is None}
    for entry in entries:
        if entry.items is None or entry.person not in listed:
            yield entry
        listed.add(entry.person)


def _details(person: Attendance, say: Labels) -> Iterator[str | None]:
    yield person.party
    yield person.role
    yield person.reason or (say.form.absent if person.status == "absent" else None)
    if person.substitute:  # of who stays away it is who comes instead, of who comes it is for whom
        is_away = person.status == "absent" or person.reason
        yield (say.substitute if is_away else say.form.substitute_for).format(name=person.substitute)


def _came_and_left(person: Attendance, meeting: Meeting) -> tuple[str | None, str | None]:
    """The moments, as far as they are known: who is not said to have come later was there from the opening."""
    is_told = person.items is None or person.arrived or person.left or person.disqualified
    if person.status != "present" or not is_told:
        return person.arrived, person.left
    return person.arrived or meeting.meeting.start, person.left or meeting.meeting.adjourned


def _signature(signature: Signature | None, say: Labels) -> Cell:
    signed = signature.signed if signature else None
    return Cell(say.form.signed.format(time=_moment(signed, say))) if signed else Cell()


def _adjourned(label: str, meeting: Meeting, say: Labels) -> Blank:
    at = meeting.meeting.adjourned
    return Blank(label, time_of(at, say, on=meeting.meeting.start) if at else "", is_long=False)


# --- the agenda and its items ---


def _agenda(entries: Iterable[Entry], clocks: Mapping[int, str], say: Labels) -> Grid:
    """The items, with the clocks at which they are planned and room for when each began."""
    columns = (Column(say.form.clock, "clock"), Column(say.form.title, "text"), Column(say.form.began, "clock"))
    rows = tuple((Cell(clocks.get(entry.item.order, "")), Cell(entry.heading), Cell()) for entry in entries)
    return Grid(say.form.agenda, columns, rows)


def _item_page(entry: Entry, say: Labels) -> Page:
    item, form = entry.item, say.form
    return Page(
        heading=entry.heading,
        face=tuple(filter(None, (entry.reference, *entry.face))),
        parts=(
            _outcomes(item, say),
            Choice(form.decided_by, tuple((actor, actor == (item.actor or "").casefold()) for actor in form.actors)),
            Lines(form.text, parse(item.decision) if item.decision else ()),
            _ballots(item.votes, say),
            Blank(form.arrived_here),
            Blank(form.left_here),
            Blank(form.disqualified_here),
            Choice("", ((form.read_out, False),)),
        ),
    )


def _outcomes(item: Item, say: Labels) -> Grid:
    """The whole item and each point that is recommended, with a box for each thing that can become of it."""

    def row(text: str, became: str | None) -> tuple[Cell, ...]:
        return (Cell(text), *(Cell(is_ticked=outcome == became) for outcome in say.outcome))

    columns = (Column(say.form.points, "text"), *(Column(label, "box") for label in say.outcome.values()))
    points = item.recommendation.points if item.recommendation else ()
    told = (f"{number}. {say.point.format(text=plain(point.text))}" for number, point in enumerate(points, 1))
    rows = (row(text, point.outcome) for text, point in zip(told, points, strict=True))
    return Grid(say.form.outcome, columns, (row(say.form.whole, item.outcome), *rows))


def _ballots(votes: Iterable[Vote], say: Labels) -> Grid:
    form = say.form
    labels = (form.votes_for, form.votes_against, form.votes_abstained, form.votes_not_voting)
    columns = (Column(form.ballot, "text"), *(Column(label, "count") for label in labels))
    held = (
        (Cell(vote.question or ""), *map(_count, (vote.for_, vote.against, vote.abstained, vote.not_voting)))
        for vote in votes
    )
    return Grid(form.ballots, columns, (*held, *[(Cell(),) * len(columns)] * _MORE_BALLOTS))


def _count(side: VoteSide | None) -> Cell:
    return Cell("" if side is None or side.count is None else str(side.count), ", ".join(side.who) if side else "")


# --- the end ---


def _last_page(meeting: Meeting, say: Labels) -> Page:
    told = tuple(
        ListItem(f"{number}.", (Paragraph((Text(text),)),)) for number, text in enumerate(say.form.instructions, 1)
    )
    closing = _adjourned(say.form.closed, meeting, say)
    return Page(say.form.closing, (closing, Heading(1, (Text(say.form.afterwards),)), List(told)))


def _moment(value: str, say: Labels) -> str:
    """A moment as people say it, "9. april 2018 kl. 17.00"; anything else as it stands."""
    on = day_of(value, say)
    return say.form.at.format(day=on, time=time_of(value, say)) if "T" in value and on != value else on
