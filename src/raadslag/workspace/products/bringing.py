"""A draft from outside and the product as it stands: which part is which, and what becomes of each.

What was brought once is known again when it comes back changed, by the mark that our Word documents carry, by its
heading, by its number, or by what it says, so that a second draft is changes with a cause and no second product.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from raadslag.core import comparing, record
from raadslag.core.text import says_the_same
from raadslag.workspace.common import journal
from raadslag.workspace.products import actions, composing
from raadslag.workspace.products.models import Element, Product
from raadslag.workspace.products.reading import Part

_SURELY = 0.5  # of the words, from which what stood at the same number is the same part
_MOST_PAIRS = 10_000  # of parts that are held against each other


class Match(NamedTuple):
    """The part of the product that a part of the draft becomes; `is_alike`, that only its words say so."""

    identity: UUID
    is_alike: bool = False


def matches(parts: Sequence[Part], nodes: Sequence[composing.Node]) -> list[Match | None]:
    """For each part of a draft the part of the product that it is; none for a new one. No part is taken twice."""
    found: list[Match | None] = [None] * len(parts)
    left = {node.identity: node for node in nodes}

    def take(at: int, identity: UUID, *, is_alike: bool = False) -> None:
        del left[identity]
        found[at] = Match(identity, is_alike)

    marks = {str(node.identity): node.identity for node in nodes}
    for at, part in enumerate(parts):
        if (identity := marks.get(part.identity)) in left:
            take(at, identity)
    titled: dict[str, list[composing.Node]] = {}
    for node in nodes:
        titled.setdefault(_bare(node.part.title), []).append(node)
    for by_number in (True, False):
        for at, part in enumerate(parts):
            same = titled.get(_bare(part.title), []) if part.title and found[at] is None else []
            same = [one for one in same if one.identity in left and (not by_number or one.number == _number(part))]
            if same:
                take(at, same[0].identity)
    waiting = [at for at, one in enumerate(found) if one is None]
    if len(waiting) * len(left) > _MOST_PAIRS:
        return found
    alike = sorted(
        ((-_likeness(parts[at], node), at, n, node.identity) for at in waiting for n, node in enumerate(left.values())),
    )
    for weight, at, _n, identity in alike:
        if -weight >= _SURELY and found[at] is None and identity in left:
            take(at, identity, is_alike=True)
    return found


def _bare(title: str) -> str:
    return " ".join(title.casefold().split())


def _number(part: Part) -> str:
    """The number that stood before the heading, without the mark after it."""
    return part.stood.rstrip(".):").rpartition(" ")[2]


def _likeness(part: Part, node: composing.Node) -> float:
    """How much of what they say is the same; of the texts alone, or the headings where one has no text."""
    titles = comparing.likeness(part.title, node.part.title)
    if part.text and node.part.text:
        return max(comparing.likeness(f"{part.title}\n{part.text}", f"{node.part.title}\n{node.part.text}"),
                   comparing.likeness(part.text, node.part.text))  # fmt: skip
    return titles


class Brought(NamedTuple):
    """A part of a draft, the kind that it is to have, and the part of the product that it becomes, if any."""

    part: Part
    kind: str
    element: Element | None = None

    @property
    def text(self) -> str:
        """What it is to say. Where that is read alike, it stays as it was written."""
        if self.element and says_the_same(self.element.text, self.part.text):
            return self.element.text
        return self.part.text

    @property
    def is_rewritten(self) -> bool:
        """Whether it says something else than before."""
        one = self.element
        return one is not None and (one.kind, one.title, one.text) != (self.kind, self.part.title.strip(), self.text)


def moved(brought: Sequence[Brought], rows: Mapping[UUID, Element]) -> set[UUID]:
    """The parts of the product that the draft has at another place; as few as explain it."""
    wanted, above = [], list[str]()
    for n, one in enumerate(brought):
        del above[one.part.depth :]
        identity = str(one.element.pk) if one.element else f"new {n}"
        wanted.append(record.Element(id=identity, kind=one.kind, parent=above[-1] if above else None))
        above.append(identity)
    old = [_bare_place(one) for one in composing.elements_of(rows)]
    return {UUID(one.new.id) for one in comparing.compare(old, wanted) if one.new and one.old and one.is_moved}


def _bare_place(one: record.Element) -> record.Element:
    """An element without its words, which say nothing of its place."""
    return record.Element(id=one.id, kind=one.kind, parent=one.parent)


@journal.action
def bring(
    product: Product, brought: Sequence[Brought], removed: Iterable[Element], *, cause: actions.Cause, by: Any,
    at: datetime,
) -> None:  # fmt: skip
    """Let the product say what a draft says: new parts are added, known ones written and moved, `removed` taken out.

    All of it is for one cause. Raises Blocked, and nothing is done, where a part cannot stand where it is to stand.
    """
    told: dict[str, Any] = {"cause": cause, "by": by, "at": at}
    elsewhere = moved(brought, composing.parts_of(product))
    above: list[Element] = []
    last: dict[UUID | None, Element] = {}  # of those below each part, the one that was placed last
    for one in brought:
        del above[one.part.depth :]
        parent = above[-1] if above else None
        after = last.get(parent.pk if parent else None)
        if after:
            after.refresh_from_db(fields=["order"])  # its neighbours may have moved apart
        element = one.element
        if element is None:
            element = actions.add(
                product, kind=one.kind, title=one.part.title, text=one.part.text, parent=parent, after=after, **told
            )
            if after is None:
                element = _first(product, element, parent, told)
        else:
            if element.pk in elsewhere:
                element = actions.move(element, parent, after, **told)
            if one.is_rewritten:
                element = actions.write(
                    element, title=one.part.title, text=one.text, kind=one.kind, version=element.version, **told
                )
        above.append(element)
        last[parent.pk if parent else None] = element
    for row in removed:
        actions.remove(row, True, **told)


def _first(product: Product, element: Element, parent: Element | None, told: dict[str, Any]) -> Element:
    """A new part that is the first of those below its parent in the draft, before what stands there already."""
    others = product.elements.filter(parent=parent, is_removed=False).exclude(pk=element.pk)
    return actions.move(element, parent, None, **told) if others.exists() else element
