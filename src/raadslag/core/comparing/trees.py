"""The differences of two versions of a product: which elements came, went, moved or were rewritten.

An element is the same in both where it has the same identity, wherever it stands and whatever it says. One that has
another parent, or another place among its brothers and sisters, has moved; of those that changed places the fewest are
said to have moved. A passage that went from one place and stands almost word for word at another has moved, too.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from raadslag.core.comparing.texts import Passage, Piece, likeness, passages, words
from raadslag.core.record import Element

SURELY_MOVED = 0.85
"""The share of their words that two passages have in common, from which one is the other at a new place."""
_LONG_ENOUGH = 4  # words: what is shorter stands in two places by chance
_MOST_PAIRS = 40_000  # of passages that are held against each other in search of moves


class Difference(NamedTuple):
    """An element as it was and as it is; one of the two is None where it came or went.

    `is_moved`: it stands at another place in the tree. `title` and `text` are its words, passage by passage.
    """

    old: Element | None
    new: Element | None
    is_moved: bool
    title: tuple[Piece, ...]
    text: tuple[Passage, ...]

    @property
    def element(self) -> Element:
        """As it is, or as it last was."""
        one = self.new or self.old
        assert one is not None  # noqa: S101 - never both
        return one

    @property
    def is_changed(self) -> bool:
        """Whether a reader has to look: it came, went, moved or was rewritten. A new number is no change."""
        if self.old is None or self.new is None or self.is_moved:
            return True
        return (self.old.kind, self.old.title, self.old.text) != (self.new.kind, self.new.title, self.new.text)


def compare(old: Sequence[Element], new: Sequence[Element]) -> tuple[Difference, ...]:
    """The differences in the order of `new`; what went stands where it stood, after what was before it.

    Both are trees in reading order, each element after its parent. Raises ValueError where an identity stands twice.
    """
    were, are = _by_id(old), _by_id(new)
    moved = _moved(old, new)
    told = []
    for at_old, at_new in _in_order(old, new):
        before, after = were.get(at_old), are.get(at_new)
        told.append(_difference(before, after, is_moved=at_new in moved))
    return tuple(_with_moves(told))


def before(differences: Iterable[Difference], order: Sequence[str]) -> tuple[Element, ...]:
    """The old version, put together from the pieces; `order` are its identities in its own order."""
    found = {one.old.id: _put_together(one, "old") for one in differences if one.old}
    return tuple(found[identity] for identity in order)


def after(differences: Iterable[Difference]) -> tuple[Element, ...]:
    """The new version, put together from the pieces."""
    return tuple(_put_together(one, "new") for one in differences if one.new)


def apply(old: Sequence[Element], differences: Sequence[Difference]) -> tuple[Element, ...]:
    """The new version, from the old one and the differences. Raises ValueError where they are of another version."""
    if before(differences, [one.id for one in old]) != tuple(old):
        raise ValueError("these are the differences of another version")
    return after(differences)


def moves(differences: Iterable[Difference]) -> dict[int, tuple[Element, Element]]:
    """From where to where each moved passage went, by its number."""
    ends: dict[int, dict[str, Element]] = {}
    for one in differences:
        for passage in one.text:
            if passage.move:
                ends.setdefault(passage.move, {})["to" if passage.new else "from"] = one.element
    return {number: (two["from"], two["to"]) for number, two in ends.items()}


def _by_id(elements: Sequence[Element]) -> dict[str, Element]:
    found = {one.id: one for one in elements}
    if len(found) < len(elements):
        raise ValueError("an identity stands twice")
    return found


def _in_order(old: Sequence[Element], new: Sequence[Element]) -> Iterator[tuple[str, str]]:
    """The identities in the order of `new`, with those that went where they were: each as old and as new, or empty."""
    stays = {one.id for one in new}
    had = {one.id for one in old}
    gone_after: dict[str, list[str]] = {}
    last = ""
    for one in old:
        if one.id in stays:
            last = one.id
        else:
            gone_after.setdefault(last, []).append(one.id)
    yield from ((identity, "") for identity in gone_after.get("", ()))
    for one in new:
        yield (one.id if one.id in had else ""), one.id
        yield from ((identity, "") for identity in gone_after.get(one.id, ()))


def _difference(old: Element | None, new: Element | None, *, is_moved: bool) -> Difference:
    was, now = (one.title or "" if one else "" for one in (old, new))
    said, says = (one.text or "" if one else "" for one in (old, new))
    return Difference(old, new, is_moved, words(was, now), passages(said, says))


def _put_together(one: Difference, side: str) -> Element:
    element = one.old if side == "old" else one.new
    assert element is not None  # noqa: S101 - asked for by the callers
    kinds = ("same", "gone") if side == "old" else ("same", "new")
    title = "".join(piece.text for piece in one.title if piece.kind in kinds)
    text = "".join(piece.text for passage in one.text for piece in passage.pieces if piece.kind in kinds)
    return replace(element, title=None if element.title is None else title, text=None if element.text is None else text)


def _moved(old: Sequence[Element], new: Sequence[Element]) -> set[str]:
    """The identities that stand elsewhere: with another parent, or as few of the others as explain it."""
    parents = {one.id: one.parent for one in old}
    moved = {one.id for one in new if one.id in parents and parents[one.id] != one.parent}
    stood = {one.id: at for at, one in enumerate(old)}
    children: dict[str | None, list[str]] = {}
    for one in new:
        if one.id in parents and one.id not in moved:
            children.setdefault(one.parent, []).append(one.id)
    for siblings in children.values():
        stayed = _longest_rising([stood[one] for one in siblings])
        moved |= {one for at, one in enumerate(siblings) if at not in stayed}
    return moved


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The places of a longest rising subsequence."""
    tails: list[int] = []  # the least last number of a rising run of each length, by its place
    ends: list[int] = []
    previous: list[int] = []
    for at, number in enumerate(numbers):
        length = bisect_left(ends, number)
        previous.append(tails[length - 1] if length else -1)
        ends[length : length + 1] = [number]
        tails[length : length + 1] = [at]
    stayed, at = set(), tails[-1] if tails else -1
    while at >= 0:
        stayed.add(at)
        at = previous[at]
    return stayed


def _with_moves(told: Sequence[Difference]) -> list[Difference]:
    """The same with passages that went from one place and came at another marked as moved."""
    went, came = [], []
    for at, one in enumerate(told):
        for n, passage in enumerate(one.text):
            if len(passage.old.split()) >= _LONG_ENOUGH and not passage.new:
                went.append((at, n, passage))
            elif len(passage.new.split()) >= _LONG_ENOUGH and not passage.old:
                came.append((at, n, passage))
    if not went or not came:
        return list(told)
    marked = {place: number for number, pair in enumerate(_pairs(went, came), 1) for place in pair}
    return [
        one._replace(text=tuple(
            passage._replace(move=marked.get((at, n), 0)) for n, passage in enumerate(one.text)
        ))
        for at, one in enumerate(told)
    ]  # fmt: skip


_Place = tuple[int, int]


def _pairs(
    went: Sequence[tuple[int, int, Passage]], came: Sequence[tuple[int, int, Passage]]
) -> Iterator[tuple[_Place, _Place]]:
    """What went beside what came, the same words first, then what is almost the same; each once."""
    by_words: dict[str, list[_Place]] = {}
    for at, n, passage in came:
        by_words.setdefault(" ".join(passage.new.split()), []).append((at, n))
    left = []
    taken = set()
    for at, n, passage in went:
        if places := by_words.get(" ".join(passage.old.split())):
            place = places.pop(0)
            taken.add(place)
            yield (at, n), place
        else:
            left.append((at, n, passage))
    still = [(at, n, passage) for at, n, passage in came if (at, n) not in taken]
    if len(left) * len(still) > _MOST_PAIRS:
        return
    for at, n, passage in left:
        weighed = [(likeness(passage.old, other.new), (i, k)) for i, k, other in still if (i, k) not in taken]
        weight, place = max(weighed, default=(0.0, (0, 0)))
        if weight >= SURELY_MOVED:
            taken.add(place)
            yield (at, n), place
