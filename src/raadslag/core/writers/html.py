"""A meeting as one HTML file: standalone, semantic, without script or network, good on paper and on a phone.

Elements carry marks that `core.readers.ours` reads back, and nothing else does:

- `data-field="title"` holds one value: its `data-value`, or its text where it has none. A path such as
  `meeting.start` names a field of a nested value.
- `data-each="items"` is one entry of a list, `data-one="recommendation"` a nested value; the marks inside
  belong to it. `data-none="attendance"` says that the list is there and empty.

What a reader of the page sees as an element of its own carries its mark there. What stands only within a
running text (a vote, the points of a recommendation) is marked beside it on elements that are not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from html import escape as _escape
from importlib.resources import files
from typing import Any

import msgspec

from raadslag.core.record import SCHEMA, Meeting
from raadslag.core.text import (
    Break,
    Emphasis,
    Heading,
    Inline,
    Link,
    List,
    ListItem,
    Mark,
    Paragraph,
    Strong,
    Table,
    Text,
)
from raadslag.core.writers.forms import Blank, Cell, Choice, Column, Form, Grid, Lines, Page, Sign, drawn
from raadslag.core.writers.forms import Part as FormPart
from raadslag.core.writers.labels import Labels
from raadslag.core.writers.paper import Aside, Entry, Fact, Paper, Part, Piece, compose
from raadslag.core.writers.product import Booklet, Place

CARRIED = (
    "id", "body", "kind", "stage", "organization", "title", "meeting", "attendance", "items", "signatures",
    "addenda", "notes",
)  # fmt: skip
"""The fields of a meeting that read back equal: all but `provenance`, which tells of another document."""


def write_html(meeting: Meeting, language: str = "da") -> bytes:
    """`meeting` as an HTML document in UTF-8. Control characters, which HTML cannot hold, become U+FFFD."""
    return "".join(_page(meeting, compose(meeting, language))).encode()


def _page(meeting: Meeting, paper: Paper) -> Iterator[str]:
    say = paper.labels
    yield f'<!doctype html>\n<html lang="{say.language}" data-record="meeting" data-schema="{SCHEMA}">\n'
    yield from head(paper.title, "html.css")
    yield "<body>\n<header>"
    if meeting.body is not None:
        yield f'<p><span data-field="body" data-value="{escape(meeting.body)}">{escape(paper.body or "")}</span></p>'
    yield f'<p class="draft">{escape(say.draft)}</p>' if paper.draft else ""
    yield "</header>\n<main>\n"
    yield f"<h1>{_field('title', paper.title) if meeting.title == paper.title else escape(paper.title)}</h1>\n"
    yield from _marks(meeting, "id", "kind", "stage", "organization", *([] if meeting.title else ["title"]))
    yield from _facts(meeting, paper)
    yield from _contents(paper)
    for entry in paper.entries:
        yield from _article(entry, say)
    for number, part in enumerate(paper.closing, start=1):
        yield f'<section class="closing" aria-labelledby="slut-{number}">'
        yield f'<h2 id="slut-{number}">{escape(part.heading)}</h2>{write_pieces(part.more, say)}</section>\n'
    yield from _marks(meeting, "signatures", "addenda", "notes")
    yield f"</main>\n<footer><p>{escape(paper.running)}</p></footer>\n</body>\n</html>\n"


def head(title: str, style: str) -> Iterator[str]:
    """The head of a standalone document with that style sheet of ours, and the title."""
    yield '<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="generator" content="Raadslag">\n'
    yield f"<title>{escape(title)}</title>\n<style>\n{_style(style)}</style>\n</head>\n"


def _facts(meeting: Meeting, paper: Paper) -> Iterator[str]:
    if paper.facts:
        yield "<dl>\n"
        for fact in paper.facts:
            yield f"<div><dt>{escape(fact.label)}</dt><dd>{''.join(_fact(fact, meeting, paper.labels))}</dd></div>\n"
        yield "</dl>\n"
    if not _heads_name_everyone(meeting):
        yield from _marks(meeting, "attendance")


def _heads_name_everyone(meeting: Meeting) -> bool:
    """Whether the head lists all of the attendance; who came or left for some items is told there."""
    return bool(meeting.attendance) and all(person.items is None for person in meeting.attendance or ())


def _fact(fact: Fact, meeting: Meeting, say: Labels) -> Iterator[str]:
    time = meeting.meeting
    match fact.name:
        case "start":
            yield _time("meeting.start", time.start, fact.text)
        case "planned_end":
            yield _time("meeting.planned_end", time.planned_end, fact.text)
        case "place":
            yield _field("meeting.place", fact.text)
        case "people" if fact.people and _heads_name_everyone(meeting):
            last = len(fact.people) - 1
            for index, person in enumerate(fact.people):
                yield "" if index == 0 else say.conjunction if index == last else ", "
                yield f'<span data-each="attendance">{_field("person", person.attendance.person)}'
                yield f"{escape(person.details)}{''.join(_marks(person.attendance, but=('person',)))}</span>"
        case _:
            yield escape(fact.text)
            if fact.name == "protocol":
                yield from _marks(time, "adjourned", "read_out", under="meeting.")


def _contents(paper: Paper) -> Iterator[str]:
    if not paper.entries:
        return
    yield f'<nav aria-labelledby="indhold"><h2 id="indhold">{escape(paper.labels.contents)}</h2>\n'
    yield '<ol role="list">\n'
    for entry in paper.entries:
        yield f'<li><a href="#{entry.anchor}">{escape(entry.heading)}</a></li>\n'
    yield "</ol></nav>\n"


_SHOWN = ("number", "order", "title", "access", "reference", "sections")
"""The fields of an item that have elements of their own."""


def _article(entry: Entry, say: Labels) -> Iterator[str]:
    item = entry.item
    yield f'<article data-each="items" id="{entry.anchor}" aria-labelledby="{entry.anchor}-navn">\n'
    yield f'<h2 id="{entry.anchor}-navn">{_item_heading(entry, say)}</h2>\n'
    yield from _marks(item, "order")
    if item.reference is not None:
        before, _, after = say.reference.partition("{reference}")
        yield f"<p>{escape(before)}{_field('reference', item.reference)}{escape(after)}</p>\n"
    yield "".join(f"<p>{escape(line)}</p>\n" for line in entry.face)
    for part in entry.parts:
        yield from _part(part, say)
    composed = any(part.decision is not None for part in entry.parts)
    yield from _marks(item, but=(*_SHOWN, *(["decision"] if composed else [])))
    yield "</article>\n"


def _item_heading(entry: Entry, say: Labels) -> str:
    item = entry.item
    access = say.access[item.access]
    title = escape(item.public_title or ("" if access else say.untitled)) + "".join(_marks(item, "title"))
    shown = (
        "" if item.number is None else _field("number", item.number),
        f'<span data-field="access" data-value="{item.access}">({escape(access)})</span>' if access else "",
        _field("title", item.title) if item.title else title,
    )
    return " ".join(filter(None, shown))


def _part(part: Part, say: Labels) -> Iterator[str]:
    section = part.section
    yield '<section data-each="sections">' if section else "<section>"
    if section is None:
        yield f"<h3>{escape(part.heading)}</h3>\n"
        yield _text("decision", part.decision, part.pieces, say) if part.decision is not None else ""
    else:
        yield from _marks(section, "kind")
        shown = escape(part.heading) if section.heading is None else _field("heading", section.heading)
        yield f"<h3>{shown}</h3>\n" if part.heading else "".join(_marks(section, "heading"))
        yield _text("text", section.text, part.pieces, say)
    yield f"{write_pieces(part.more, say)}</section>\n"


def _text(name: str, source: str, pieces: tuple[Piece, ...], say: Labels) -> str:
    """A text with its blocks. It carries its source where that is not what its paragraphs say letter for letter."""
    value = "" if _source(pieces) == source else f' data-value="{escape(source)}"'
    return f'<div class="text" data-field="{name}"{value}>{write_pieces(pieces, say)}</div>\n'


def _source(pieces: Iterable[Piece]) -> str | None:
    """What the text content of the blocks will be, if they are paragraphs without markup."""
    paragraphs = []
    for piece in pieces:
        if not isinstance(piece, Paragraph | Aside):
            return None
        paragraphs.append("".join(part.text if isinstance(part, Text) else "\n" for part in piece.children))
    return "\n\n".join(paragraphs)


def write_pieces(pieces: Iterable[Piece], say: Labels, *, under: int = 3) -> str:
    """`pieces` as HTML to stand below a heading of level `under`: what a page of its own shows of a text too.

    Headings go down one level at a time, whatever levels the text skips, so that nobody who hears them gets lost.
    """
    pieces = tuple(pieces)
    used = sorted({piece.level for piece in pieces if isinstance(piece, Heading)})
    written, depth = [], 0
    for piece in pieces:
        if isinstance(piece, Heading):
            depth = min(used.index(piece.level) + 1, depth + 1)
            piece = Heading(depth, piece.children)
        written.append(_block(piece, say, under))
    return "\n\n".join(written)


def _block(piece: Piece, say: Labels, under: int) -> str:
    match piece:
        case Paragraph(children):
            return f"<p>{_inlines(children)}</p>"
        case Aside(decision, children):
            return f'<p class="{"entry decision" if decision else "entry"}">{_inlines(children)}</p>'
        case Heading(level, children):
            below = min(level + under, 6)
            return f"<h{below}>{_inlines(children)}</h{below}>"
        case List(items):
            return f'<ul role="list">{"".join(_list_item(item, say, under) for item in items)}</ul>'
        case Table(head, rows):
            top = "".join(f'<th scope="col">{_inlines(cell)}</th>' for cell in head)
            body = "".join(f"<tr>{''.join(f'<td>{_inlines(cell)}</td>' for cell in row)}</tr>" for row in rows)
            table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
            return f'<div class="wide" role="group" aria-label="{escape(say.table)}" tabindex="0">{table}</div>'


def _list_item(item: ListItem, say: Labels, under: int) -> str:
    """The marker is text, not drawn by the style: what is copied or read aloud has the number as written."""
    marker = f'<span class="marker">{escape(item.marker)}</span> ' if item.marker else ""
    if len(item.blocks) == 1 and isinstance(item.blocks[0], Paragraph):
        content = _inlines(item.blocks[0].children)
    else:
        content = write_pieces(item.blocks, say, under=under)
    return f'<li class="{"numbered" if marker else "bullet"}">{marker}<div>{content}</div></li>\n'


def _inlines(inlines: Iterable[Inline]) -> str:
    return "".join(map(_inline, inlines))


def _inline(inline: Inline) -> str:
    match inline:
        case Text(text):
            return escape(text)
        case Break(hard):
            return "<br>\n" if hard else "\n"
        case Emphasis(children):
            return f"<em>{_inlines(children)}</em>"
        case Strong(children):
            return f"<strong>{_inlines(children)}</strong>"
        case Link(href, children):
            return f'<a href="{escape(href)}" rel="noopener noreferrer">{_inlines(children)}</a>'
        case Mark(gone, word, text):
            tag = "del" if gone else "ins"
            return f"[<b>{escape(word)}:</b> <{tag}>{escape(text)}</{tag}>]"


def _field(name: str, value: str) -> str:
    return f'<span data-field="{name}">{escape(value)}</span>'


def _time(name: str, value: str | None, shown: str) -> str:
    marks = f'data-field="{name}" data-value="{escape(value or "")}"'
    if shown == value:  # not a time that can be named as one
        return f"<span {marks}>{escape(shown)}</span>"
    return f'<time datetime="{escape(value or "")}" {marks}>{escape(shown)}</time>'


def _marks(value: msgspec.Struct, *only: str, but: Iterable[str] = (), under: str = "") -> Iterator[str]:
    """Marks, not shown, for the fields of `value` that differ from their default: `only` these, or all `but` those."""
    for field in msgspec.structs.fields(value):
        content = getattr(value, field.name)
        if (field.name in only if only else field.name not in but) and content != field.default:
            yield from _mark(under + field.encode_name, content)


def _mark(name: str, content: Any) -> Iterator[str]:
    match content:
        case ():
            yield f'<span hidden data-none="{name}"></span>'
        case tuple():
            for entry in content:
                if isinstance(entry, msgspec.Struct):
                    yield f'<span hidden data-each="{name}">{"".join(_marks(entry))}</span>'
                else:
                    yield f'<span hidden data-each="{name}" data-value="{escape(entry)}"></span>'
        case msgspec.Struct():
            yield f'<span hidden data-one="{name}">{"".join(_marks(content))}</span>'
        case _:
            shown = str(content).lower() if isinstance(content, bool) else str(content)
            yield f'<span hidden data-field="{name}" data-value="{escape(shown)}"></span>'


def escape(text: str) -> str:
    """`text` as characters of an element or of a quoted attribute."""
    return _escape(text.translate(_UNHOLDABLE)).replace("\r", "&#13;")


_UNHOLDABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), "\ufffd")


@cache
def _style(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


# --- a product ---


def write_booklet(booklet: Booklet) -> bytes:
    """A product as an HTML document in UTF-8. It carries no marks of a record: it is JSON and PDF that do."""
    return "".join(_booklet(booklet)).encode()


def _booklet(booklet: Booklet) -> Iterator[str]:
    say = booklet.labels
    yield f'<!doctype html>\n<html lang="{say.language}" data-record="product">\n'
    yield from head(booklet.title, "html.css")
    yield f"<body>\n<header><p>{escape(booklet.body or '')}</p>"
    yield f'<p class="draft">{escape(booklet.draft)}</p>' if booklet.draft else ""
    yield f"</header>\n<main>\n<h1>{escape(booklet.title.strip() or say.untitled)}</h1>\n"
    if booklet.facts:
        facts = (f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>\n" for label, value in booklet.facts)
        yield f"<dl>\n{''.join(facts)}</dl>\n"
    if booklet.places:
        yield f'<nav aria-labelledby="indhold"><h2 id="indhold">{escape(say.contents)}</h2>\n<ol role="list">\n'
        for place in booklet.places:
            depth = min(place.depth, _DEEPEST)
            yield f'<li class="under-{depth}"><a href="#{place.anchor}">{escape(place.heading)}</a></li>\n'
        yield "</ol></nav>\n"
    yield "".join(_place(place, say) for place in booklet.places)
    for number, part in enumerate(booklet.closing, start=1):
        name = f'<h2 id="slut-{number}">{escape(part.heading)}</h2>' if part.heading else ""
        told = f' aria-labelledby="slut-{number}"' if part.heading else ""
        yield f'<section class="closing"{told}>{name}{write_pieces(part.more, say)}</section>\n'
    yield f"</main>\n<footer><p>{escape(booklet.running)}</p></footer>\n</body>\n</html>\n"


_DEEPEST = 4  # steps by which a part is set in, and levels of headings below the title


def _place(place: Place, say: Labels) -> str:
    level = min(place.depth, _DEEPEST) + 2
    lines = "".join(f'<p class="told">{escape(line)}</p>\n' for line in place.lines)
    return (
        f'<section class="place" id="{place.anchor}" aria-labelledby="{place.anchor}-navn">\n'
        f'<h{level} id="{place.anchor}-navn">{escape(place.heading)}</h{level}>\n{lines}'
        f"{write_pieces(place.pieces, say, under=level)}\n{write_pieces(place.asides, say, under=level)}</section>\n"
    )


# --- papers to be written on ---


def write_form(form: Form) -> bytes:
    """A form as an HTML document in UTF-8, without the marks of a record: it is never read back."""
    return "".join(_form(form)).encode()


def _form(form: Form) -> Iterator[str]:
    yield f'<!doctype html>\n<html lang="{form.labels.language}">\n'
    yield from head(form.title, "form.css")
    yield f"<body>\n<header><p>{escape(form.body or '')}</p></header>\n<main>\n"
    is_alone = len(form.pages) == 1
    yield "" if is_alone else f"<h1>{escape(form.title)}</h1>\n"
    for number, page in enumerate(form.pages, start=1):
        yield from _form_page(page, number, 1 if is_alone else 2, form.labels)
    yield f"</main>\n<footer><p>{escape(form.running)}</p></footer>\n</body>\n</html>\n"


def _form_page(page: Page, number: int, level: int, say: Labels) -> Iterator[str]:
    yield f'<section class="page" aria-labelledby="side-{number}">'
    yield f'<h{level} id="side-{number}">{escape(page.heading.strip() or say.untitled)}</h{level}>\n'
    yield "".join(f"<p>{escape(line)}</p>\n" for line in page.face)
    if page.facts:
        facts = (f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in page.facts)
        yield f"<dl>{''.join(facts)}</dl>\n"
    for part in page.parts:
        yield from _form_part(part, level, say)
    yield "</section>\n"


_LINES = 10  # of a page in a document that has no pages of its own


def _form_part(part: FormPart, level: int, say: Labels) -> Iterator[str]:
    match part:
        case Grid():
            yield from _grid(part)
        case Blank(label, value, is_long):
            kind = "blank" if is_long else "blank short"
            yield f'<p class="{kind}"><span>{escape(label)}</span> <span class="rule">{escape(value)}</span></p>\n'
        case Choice(label, options):
            boxes = " ".join(f'<span class="option">{_box(ticked)} {escape(text)}</span>' for text, ticked in options)
            told = f'<span class="option">{escape(label)}</span> ' if label else ""
            yield f"<p>{told}{boxes}</p>\n"
        case Lines(label, pieces):
            yield f"<h{level + 1}>{escape(label)}</h{level + 1}>\n{write_pieces(pieces, say, under=level + 1)}"
            yield f'<div class="lines" aria-hidden="true">{"<div></div>" * _LINES}</div>\n'
        case Sign(code, address, _, told):
            yield f'<div class="sign"><div role="img" aria-label="{escape(told)}">{drawn(part)}</div>'
            yield f"<p>{escape(code)}</p><p>{escape(address)}</p></div>\n"
        case _:
            yield write_pieces((part,), say, under=level)


def _grid(grid: Grid) -> Iterator[str]:
    kind = "ticks" if any(column.shape == "box" for column in grid.columns) else "fields"
    yield f'<div class="wide" role="group" aria-label="{escape(grid.name)}" tabindex="0">'
    yield f'<table class="{kind}"><caption>{escape(grid.name)}</caption>\n<thead><tr>'
    yield "".join(
        f'<th scope="col" class="{column.shape}"><span>{escape(column.label)}</span></th>' for column in grid.columns
    )
    yield "</tr></thead>\n<tbody>\n"
    for row in grid.rows:
        yield f"<tr>{''.join(map(_cell, row, grid.columns))}</tr>\n"
    yield "</tbody></table></div>\n"


def _cell(cell: Cell, column: Column) -> str:
    if cell.is_ticked is not None:
        return f'<td class="{column.shape}">{_box(cell.is_ticked)}</td>'
    details = f" <small>{escape(cell.details)}</small>" if cell.details else ""
    return f'<td class="{column.shape}">{escape(cell.text)}{details}</td>'


def _box(is_ticked: bool) -> str:
    return "☒" if is_ticked else "☐"
