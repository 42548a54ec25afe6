"""A product on paper, composed once for every writer that shows it: as it was presented, as its text alone, with what
changed since another version, or with the answers that contributions were given.

Changes are told in words, since a paper may be black and white or be read aloud: what came and what went stands in
brackets with the word for it, what moved is told where it came from and where it went, and each part says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, zip_longest
from typing import Literal, TypeAlias

import msgspec

from raadslag.core.comparing import Difference, Passage, Piece, compare, moves, words
from raadslag.core.errors import UnknownFormat, UnwritableRecord
from raadslag.core.record import Answer, Change, Element, Fact, Gap, Product
from raadslag.core.text import (
    Block,
    Heading,
    Inline,
    List,
    ListItem,
    Mark,
    Paragraph,
    Strong,
    Table,
    Text,
    parse,
    plain,
)
from raadslag.core.writers.labels import Labels, labels
from raadslag.core.writers.paper import Aside, Part, day_of, municipality

ProductForm: TypeAlias = Literal["presented", "clean", "changes", "answers"]
FORMS: tuple[ProductForm, ...] = ("presented", "clean", "changes", "answers")


class Place(msgspec.Struct, frozen=True):
    """A part of the product where it stands. `depth` counts from 0, `lines` tell what it is and what became of it,
    `pieces` are its text, and `asides` why it was changed or what was answered to it."""

    element: Element
    anchor: str
    depth: int
    heading: str
    lines: tuple[str, ...]
    pieces: tuple[Block, ...]
    asides: tuple[Aside, ...] = ()


class Booklet(msgspec.Struct, frozen=True):
    """A product on paper. `running` is the line that tells a loose page where it belongs; `is_whole`, that all of the
    record is shown, and `is_compared`, that words which went stand among those that are there.

    A product that has no moment of freezing is a draft.
    """

    labels: Labels
    title: str
    body: str | None
    draft: str | None
    running: str
    date: str | None
    facts: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]
    closing: tuple[Part, ...]
    is_whole: bool = False
    is_compared: bool = False


def compose(
    product: Product, form: ProductForm = "presented", since: Product | None = None, language: str = "da"
) -> Booklet:
    """`product` as a booklet in `language`; `since` is what "changes" is compared with.

    Raises UnknownFormat for a form that is not known, or that the product has nothing for, and UnwritableRecord where
    two parts have one identity, so that nobody can say what changed.
    """
    say = labels(language)
    if form not in FORMS:
        raise UnknownFormat("form", "one of " + ", ".join(FORMS), repr(form)[:40], "Choose one of them.")
    if form == "changes" and since is None:
        raise UnknownFormat("form", "a version to compare with", "none", "Name the other version.")
    if form == "answers" and not product.answers:
        raise UnknownFormat("form", "a product with answers", "none", "Choose another form.")
    differences = _differences(product, since) if form == "changes" and since else ()
    draft = say.product.draft if product.frozen is None else None
    version = product.version if draft is None else None
    return Booklet(
        labels=say,
        title=product.title,
        body=municipality(product.body, say),
        draft=draft,
        running=" · ".join(filter(None, (product.title, version or draft, product.organization))),
        date=product.frozen,
        facts=tuple(_facts(product, form, since, differences, say)),
        places=tuple(
            _without_leaps(
                _changed(product, since, differences, say) if since and differences else _places(product, form, say)
            )
        ),
        closing=tuple(_closing(product, form, say)),
        is_whole=form == "presented",
        is_compared=form == "changes",
    )


def _differences(product: Product, since: Product) -> tuple[Difference, ...]:
    try:
        return compare(since.elements, product.elements)
    except ValueError as error:
        remedy = "Correct the record and try again."
        raise UnwritableRecord("product, elements", "an identity for each part", str(error), remedy) from error


def _facts(
    product: Product, form: ProductForm, since: Product | None, differences: Sequence[Difference], say: Labels
) -> Iterator[tuple[str, str]]:
    told = say.product
    if product.organization:
        yield say.organization, product.organization
    if product.frozen is None:
        yield told.version, told.not_frozen
    else:
        yield told.version, product.version
        yield told.frozen, day_of(product.frozen[:10], say)
    if form == "clean":
        yield told.shown, told.clean
    elif form == "answers":
        yield told.shown, told.answers
    elif form == "changes" and since:
        day = since.frozen and day_of(since.frozen[:10], say)
        name = f"{since.version} ({day})" if day else since.version
        yield told.shown, told.changes.format(version=name)
        count = sum(one.is_changed for one in differences)
        yield told.differences, told.count.format(count=count, total=len(differences)) if count else told.none
        if count:
            yield told.how, told.legend


def _closing(product: Product, form: ProductForm, say: Labels) -> Iterator[Part]:
    """What belongs to the whole: what it leans on and what is not known, the changes and the answers as it was
    presented, or answers that have no place."""
    names = {element.id: _name(element, say) for element in product.elements}
    if not product.elements:
        yield Part("", more=(_paragraph(say.product.empty),))
    if form == "presented":
        yield from _leant_on(product, names, say)
    if form == "presented" and product.changes:
        lines = (
            ListItem(None, (_paragraph(" – ".join(filter(None, (_cause(one, say), names.get(one.element))))),))
            for one in product.changes
        )
        yield Part(say.product.changed, more=(List(tuple(lines)),))
    placed = _changes_placed(product) if form == "answers" else {}
    left = [one for one in product.answers if one.change not in placed]
    if left and form in ("presented", "answers"):
        yield Part(say.product.answered, more=tuple(block for one in left for block in _answer_blocks(one, say)))


# --- the parts ---


def _places(product: Product, form: ProductForm, say: Labels) -> Iterator[Place]:
    depths = _depths(product.elements)
    answers: dict[str, list[Answer]] = {}
    if form == "answers":
        placed = _changes_placed(product)
        for one in product.answers:
            if one.change in placed:
                answers.setdefault(placed[one.change], []).append(one)
    for number, element in enumerate(product.elements, start=1):
        beside = [_answer(one, say) for one in answers.pop(element.id, ())]
        if form == "presented":
            beside += _leans_on(element, product, say)
        kind = "" if form == "clean" or element.kind == "principle" else say.product.kind.get(element.kind, "")
        yield Place(
            element, f"del-{number}", depths[number - 1], _name(element, say), (kind,) if kind else (),
            parse(element.text or ""), tuple(beside),
        )  # fmt: skip


def _without_leaps(places: Iterable[Place]) -> Iterator[Place]:
    """The same, none more than a step deeper than the one before it: who hears the headings would get lost."""
    deepest = 0
    for place in places:
        depth = min(place.depth, deepest)
        deepest = depth + 1
        yield place if depth == place.depth else msgspec.structs.replace(place, depth=depth)


def _depths(elements: Sequence[Element]) -> list[int]:
    """How deep each lies: 0 at the top. One whose parent does not stand before it lies at the top."""
    known: dict[str, int] = {}
    told = []
    for element in elements:
        depth = known[element.parent] + 1 if element.parent in known else 0
        known[element.id] = depth
        told.append(depth)
    return told


def _name(element: Element, say: Labels) -> str:
    """The heading with its number. Principles are counted through the whole, and say so."""
    title = " ".join((element.title or "").split()) or say.product.untitled
    number = " ".join((element.number or "").split())
    if element.kind == "principle" and number:
        return say.product.principle.format(number=number, title=title)
    return f"{number} {title}".strip()


# --- what changed ---


def _changed(product: Product, since: Product, differences: Sequence[Difference], say: Labels) -> Iterator[Place]:
    """The parts with what came, what went and what moved; those that went where they stood."""
    ends = moves(differences)
    depths = {
        one.id: depth
        for elements in (since.elements, product.elements)
        for one, depth in zip(elements, _depths(elements), strict=True)
    }
    causes: dict[str, list[Change]] = {}
    for change in product.changes:
        causes.setdefault(change.element, []).append(change)
    for number, one in enumerate(_after_what_lies_below(differences, depths), start=1):
        element = one.element
        why = tuple(_why(change, say) for change in causes.get(element.id, ())) if one.is_changed else ()
        gone = f" ({say.product.gone})" if one.new is None else ""
        yield Place(
            element, f"del-{number}", depths[element.id], f"{_name(element, say)}{gone}",
            tuple(filter(None, (" · ".join(_became(one, say)),))), tuple(_text_of(one, ends, say)), why,
        )  # fmt: skip


def _after_what_lies_below(differences: Iterable[Difference], depths: Mapping[str, int]) -> Iterator[Difference]:
    """The same, those that went after what lies deeper than they did: else that would seem to lie below them."""
    gone: list[Difference] = []
    for one in differences:
        if one.new is None:
            gone.append(one)
            continue
        while gone and depths[one.element.id] <= depths[gone[0].element.id]:
            yield gone.pop(0)
        yield one
    yield from gone


def _became(one: Difference, say: Labels) -> Iterator[str]:
    told = say.product
    if kind := "" if one.element.kind == "principle" else told.kind.get(one.element.kind, ""):
        yield kind
    if one.old is None:
        yield told.came
    elif one.new is None:
        yield told.went
    else:
        if one.is_moved:
            is_elsewhere = one.old.number and one.old.number != one.new.number
            yield told.moved_from.format(place=one.old.number) if is_elsewhere else told.moved
        if (one.old.kind, one.old.title, one.old.text) != (one.new.kind, one.new.title, one.new.text):
            yield told.rewritten


def _text_of(one: Difference, ends: Mapping[int, tuple[Element, Element]], say: Labels) -> Iterator[Block]:
    """The text of a part, what stayed of it as it is and what changed with marks."""
    if one.old and one.new and (one.old.title or "") != (one.new.title or ""):
        yield Paragraph((Text(say.product.heading), *_marks(one.title, say)))
    if one.old is None and not any(passage.move for passage in one.text):  # that all of it is new has been said
        yield from parse(one.element.text or "")
    else:
        yield from _joined(_runs(one.text, ends, say))


def _runs(
    passages: Iterable[Passage], ends: Mapping[int, tuple[Element, Element]], say: Labels
) -> Iterator[tuple[int, tuple[Block, ...]]]:
    """The blocks of what stayed and of what changed, in turns, each with how many signs its first line is set in.

    The rows of a table belong together, and so do the lines of a text between two changes.
    """
    for kind, group in groupby(passages, key=_sort):
        lines = list(group)
        shown = [one.new or one.old for one in lines]
        indent = len(shown[0]) - len(shown[0].lstrip(" "))
        if kind == "row" and any(map(_is_changed, lines)) and any(_RULE.fullmatch(line.strip()) for line in shown):
            yield 0, (_table(lines, say),)
        elif kind == "same" or not any(map(_is_changed, lines)):
            yield indent, parse("".join(one.new for one in lines))
        else:
            for one, line in zip(lines, shown, strict=True):
                if line.strip():
                    yield len(line) - len(line.lstrip(" ")), (_marked(one, ends, say),)


def _is_changed(passage: Passage) -> bool:
    """Whether there is something to tell: how many blank lines follow is no matter."""
    return bool(passage.move) or passage.old.strip() != passage.new.strip()


def _sort(passage: Passage) -> str:
    if (passage.new or passage.old).lstrip().startswith("|") and not passage.move:
        return "row"
    return "changed" if _is_changed(passage) else "same"


_RULE = re.compile(r"\|?[-:| ]*-[-:| ]*")  # of a table, between its head and its rows


def _table(lines: Sequence[Passage], say: Labels) -> Table:
    """A table with its changes cell by cell. Where rows differ in length, the shorter have empty cells."""
    rows = [
        tuple(tuple(_marks(words(was, now), say)) for was, now in zip_longest(*map(_cells, one[:2]), fillvalue=""))
        for one in lines
        if not _RULE.fullmatch((one.new or one.old).strip())
    ]
    longest = max(map(len, rows), default=1)
    head, *others = [row + ((),) * (longest - len(row)) for row in rows] or [((),)]
    return Table(head, tuple(others))


def _cells(row: str) -> list[str]:
    row = row.strip().removeprefix("|").removesuffix("|")
    return [" ".join(plain(cell.strip()).split()) for cell in re.split(r"(?<!\\)\|", row)] if row else []


def _joined(runs: Iterable[tuple[int, tuple[Block, ...]]]) -> Iterator[Block]:
    """The blocks one after the other; a list that goes on after a change is one list, also below its last point."""
    last: Block | None = None
    for indent, blocks in runs:
        for block in blocks:
            if isinstance(last, List) and isinstance(block, List):
                *before, point = last.items
                below = (ListItem(point.marker, (*point.blocks, block)),) if indent else (point, *block.items)
                last = List((*before, *below))
                continue
            if last is not None:
                yield last
            last = block
    if last is not None:
        yield last


def _marked(passage: Passage, ends: Mapping[int, tuple[Element, Element]], say: Labels) -> Block:
    """A passage that came, went, moved or was rewritten, in the shape that it has: a paragraph, a heading, a point."""
    was, now = (parse(text.strip()) for text in (passage.old, passage.new))
    return _shaped(now or was, _said(passage, _bare(was), _bare(now), ends, say))


def _said(
    passage: Passage, was: str, now: str, ends: Mapping[int, tuple[Element, Element]], say: Labels
) -> tuple[Inline, ...]:
    told = say.product
    if passage.move:
        origin, goal = ends[passage.move]
        if now:
            return (Mark(False, told.passage_came.format(place=_name(origin, say)), now),)
        return (Mark(True, told.passage_went.format(place=_name(goal, say)), was),)
    if was == now:  # only the markup is another: it is shown as it is written
        was, now = (" ".join(text.split()) for text in (passage.old, passage.new))
    return tuple(_marks(words(was, now), say))


def _marks(pieces: Iterable[Piece], say: Labels) -> Iterator[Inline]:
    """The words, what came and what went marked. White space at the ends of a mark stands outside of it."""
    is_marked = False
    for piece in pieces:
        text = " ".join(piece.text.split())
        if piece.kind == "same" or not text:
            yield Text(re.sub(r"\s+", " ", piece.text))
            is_marked = False
            continue
        yield Text(" " if is_marked or piece.text[0].isspace() else "")
        is_marked = not piece.text[-1].isspace()
        yield Mark(piece.kind == "gone", say.product.gone if piece.kind == "gone" else say.product.new, text)
        yield Text("" if is_marked else " ")


def _bare(blocks: tuple[Block, ...]) -> str:
    """The words of a passage, without the sign of a point of a list."""
    match blocks:
        case (List((ListItem(_, inner),)),):
            return _bare(inner)
    return " ".join(plain(blocks).split())


def _shaped(blocks: tuple[Block, ...], inlines: tuple[Inline, ...]) -> Block:
    match blocks:
        case (List((ListItem(marker, inner),)),):
            return List((ListItem(marker, (_shaped(inner, inlines),)),))
        case (Heading(level, _),):
            return Heading(level, inlines)
    return Paragraph(inlines)


def _why(change: Change, say: Labels) -> Aside:
    return Aside(False, (Strong((Text(say.product.why),)), Text(f" {_cause(change, say)}")))


def _cause(change: Change, say: Labels) -> str:
    text = ": ".join(filter(None, (" ".join(change.text.split()), change.cause)))
    told = say.product.change.format(id=change.id, text=text)
    return f"{told} ({change.by})" if change.by else told


# --- what it leans on ---


def _leans_on(element: Element, product: Product, say: Labels) -> Iterator[Aside]:
    """The facts beside a part, and what nobody knew of it: who reads the part alone hears of both."""
    for fact in product.facts:
        if element.id in fact.elements:
            yield Aside(False, (Text(_fact_name(fact, say)),))
    for gap in product.gaps:
        if element.id in gap.elements and gap.state == "open":
            yield Aside(False, (Strong((Text(say.product.gap.format(id=gap.id)),)), Text(f" {_line(gap.text)}")))


def _leant_on(product: Product, names: Mapping[str, str], say: Labels) -> Iterator[Part]:
    """What is not known stands before what is."""
    told = say.product
    still = [one for one in product.gaps if one.state == "open"]
    if still:
        yield Part(told.gaps, more=(List(tuple(_gap(one, names, say) for one in still)),))
    for fact in product.facts:
        yield Part(_fact_name(fact, say), more=tuple(_fact_blocks(fact, names, say)))
    if closed := [one for one in product.gaps if one.state != "open"]:
        yield Part(told.gaps_closed, more=(List(tuple(_gap(one, names, say) for one in closed)),))


def _gap(gap: Gap, names: Mapping[str, str], say: Labels) -> ListItem:
    answer = [_paragraph(_line(gap.answer))] if gap.answer else []
    source = [_paragraph(say.product.source.format(source=_line(gap.source)))] if gap.source else []
    used = [_paragraph(say.product.used.format(places=where))] if (where := _where(gap.elements, names)) else []
    return ListItem(None, (_paragraph(f"{gap.id}: {_line(gap.text)}"), *answer, *source, *used))


def _fact_name(fact: Fact, say: Labels) -> str:
    return say.product.fact.format(id=fact.id, title=_line(fact.title))


def _fact_blocks(fact: Fact, names: Mapping[str, str], say: Labels) -> Iterator[Block]:
    yield from parse(fact.text or "")
    if width := max([len(fact.columns), *map(len, fact.rows)]):  # a record may hold rows of any length
        head, *rows = (
            tuple((Text(_line(cell)),) for cell in (*row, *("",) * (width - len(row))))
            for row in (fact.columns, *fact.rows)
        )
        yield Table(head, tuple(rows))
    day = day_of(fact.source_on, say) if fact.source_on else None
    if source := ", ".join(filter(None, (_line(fact.source or ""), day))):
        yield _paragraph(say.product.source.format(source=source))
    if fact.made_by:
        yield _paragraph(say.product.made_by.format(who=_line(fact.made_by)))
    if where := _where(fact.elements, names):
        yield _paragraph(say.product.used.format(places=where))


def _where(elements: Iterable[str], names: Mapping[str, str]) -> str:
    used = set(elements)
    return "; ".join(name for one, name in names.items() if one in used)  # in the product's order


def _line(text: str) -> str:
    return " ".join(text.split())


# --- answers ---


def _changes_placed(product: Product) -> dict[str | None, str]:
    """The part of each change that is still there: an answer that names the change stands at it."""
    there = {element.id for element in product.elements}
    return {change.id: change.element for change in product.changes if change.element in there}


def _answer(one: Answer, say: Labels) -> Aside:
    text = " ".join(plain(one.text).split()) if one.text else ""
    return Aside(False, (Strong((Text(_outcome(one, say)),)), Text(f" {text}" if text else "")))


def _answer_blocks(one: Answer, say: Labels) -> Iterator[Block]:
    yield Paragraph((Strong((Text(_outcome(one, say)),)),))
    yield from parse(one.text or "")


def _outcome(one: Answer, say: Labels) -> str:
    outcome = say.product.outcome.get(one.outcome, one.outcome)
    change = f" ({one.change})" if one.change else ""
    return f"{one.contribution}: {outcome}{change}."


def _paragraph(text: str) -> Paragraph:
    return Paragraph((Text(text),))
