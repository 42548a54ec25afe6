"""The differences of two texts: passage by passage, and word by word within a passage that was changed.

A passage is a line of CommonMark with the blank lines after it: a paragraph, a heading, a point of a list. What stays
is found first, then each passage that went is laid beside the one that came in its place if they have enough words in
common, so that a rewritten sentence reads as one and not as two unlike ones. Nothing is lost: the pieces of a
difference, put together, are the two texts to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from rapidfuzz.distance import Indel, Opcode

Kind: TypeAlias = Literal["same", "gone", "new"]

ALIKE = 0.5
"""The share of their words that two passages have in common, from which one is the other, rewritten."""
_FEW = 2  # so few words between two changes are read sooner as part of one change than as something that stayed
_MOST_STEPS = 400_000_000  # of two sequences, the product of their lengths: 50 MB; beyond it they are told whole
_MOST_PAIRS = 40_000  # of passages that are held against each other; larger gaps are paired in their order


class Piece(NamedTuple):
    """Some words that stayed, went or came."""

    kind: Kind
    text: str


class Passage(NamedTuple):
    """A passage as it was and as it is. `old` or `new` is empty where it came or went. `pieces` are its words.

    `move` is a number that the two halves of a moved passage share; 0 for all others.
    """

    old: str
    new: str
    pieces: tuple[Piece, ...]
    move: int = 0

    @property
    def is_changed(self) -> bool:
        """Whether the two differ."""
        return self.old != self.new


def words(old: str, new: str) -> tuple[Piece, ...]:
    """The words of two short texts, in the order in which one reads them: what went before what came in its place."""
    mine, others = _tokens(old), _tokens(new)
    changes = [_Change([], [], [])]
    for one in _steps(mine, others):
        if one.tag == "equal":
            changes.append(_Change([], [], mine[one.src_start : one.src_end]))
        else:
            changes[-1].gone.extend(mine[one.src_start : one.src_end])
            changes[-1].came.extend(others[one.dest_start : one.dest_end])
    return tuple(_pieces(_without_crumbs(changes)))


def passages(old: str, new: str) -> tuple[Passage, ...]:
    """Two texts side by side. Joined, `old` and `new` of the passages are the two texts."""
    mine, others = split(old), split(new)
    told: list[Passage] = []
    gone: list[str] = []
    came: list[str] = []
    for step in _steps([_said(one) for one in mine], [_said(one) for one in others]):
        was, now = mine[step.src_start : step.src_end], others[step.dest_start : step.dest_end]
        if step.tag == "equal":
            told += _beside(gone, came)
            gone, came = [], []
            told += map(_passage, was, now)
        else:
            gone += was
            came += now
    return (*told, *_beside(gone, came))


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """The same as one run of words, for a place that shows no passages."""
    return tuple(piece for passage in passages(old, new) for piece in passage.pieces)


def split(text: str) -> list[str]:
    """The passages of a text, each with the line ends after it; joined, they are the text."""
    return re.findall(r"[^\n]*\n+|[^\n]+\Z", text)


def likeness(one: str, other: str) -> float:
    """The share of their words that two passages have in common, in order: 0 to 1."""
    mine, others = one.casefold().split(), other.casefold().split()
    return Indel.normalized_similarity(mine, others) if mine and others else 0.0


def _steps(old: Sequence[str], new: Sequence[str]) -> Iterable[Opcode]:
    """What stays, goes and comes, in order."""
    if len(old) * len(new) > _MOST_STEPS:
        return [Opcode("replace", 0, len(old), 0, len(new))]
    return Indel.opcodes(old, new)


def _passage(old: str, new: str) -> Passage:
    return Passage(old, new, words(old, new))


def _beside(gone: Sequence[str], came: Sequence[str]) -> Iterator[Passage]:
    """What went and what came at one place: pairs that are alike, in order, with the others between them."""
    at_gone = at_came = 0
    for i, k in _pairs(gone, came):
        yield from (Passage(one, "", (Piece("gone", one),)) for one in gone[at_gone:i])
        yield from (Passage("", one, (Piece("new", one),)) for one in came[at_came:k])
        yield _passage(gone[i], came[k])
        at_gone, at_came = i + 1, k + 1
    yield from (Passage(one, "", (Piece("gone", one),)) for one in gone[at_gone:])
    yield from (Passage("", one, (Piece("new", one),)) for one in came[at_came:])


def _pairs(gone: Sequence[str], came: Sequence[str]) -> list[tuple[int, int]]:
    """Which of those that went became which of those that came: the pairs, in the order of both, most alike in all."""
    if not gone or not came:
        return []
    if len(gone) * len(came) > _MOST_PAIRS:
        return [(n, n) for n, two in enumerate(zip(gone, came, strict=False)) if likeness(*two) >= ALIKE]
    # best[i][k]: the greatest sum of likenesses that is to be had of gone[i:] and came[k:]
    best = [[0.0] * (len(came) + 1) for _ in range(len(gone) + 1)]
    alike = [[likeness(one, other) for other in came] for one in gone]
    for i in reversed(range(len(gone))):
        for k in reversed(range(len(came))):
            paired = best[i + 1][k + 1] + alike[i][k] if alike[i][k] >= ALIKE else 0.0
            best[i][k] = max(paired, best[i + 1][k], best[i][k + 1])
    pairs, i, k = [], 0, 0
    while i < len(gone) and k < len(came):
        if best[i][k] == best[i + 1][k]:
            i += 1
        elif best[i][k] == best[i][k + 1]:
            k += 1
        else:
            pairs.append((i, k))
            i, k = i + 1, k + 1
    return pairs


def _said(passage: str) -> str:
    """What a passage says: how many blank lines follow it is no matter."""
    return passage.rstrip("\n")


def _tokens(text: str) -> list[str]:
    """Words, spaces and marks; joined, they are the text."""
    return re.findall(r"\w+|\s+|[^\w\s]", text)


class _Change(NamedTuple):
    """Some words that stayed, and what went and came after them."""

    gone: list[str]
    came: list[str]
    same: list[str]

    @property
    def size(self) -> int:
        """How many words are changed."""
        return max(_count(self.gone), _count(self.came))


def _without_crumbs(changes: Sequence[_Change]) -> list[_Change]:
    """The same changes, with what stayed by chance between two of them as a part of one: white space and marks first,
    then a few words between many."""
    blank = _joined(changes, lambda before, one: _count(one.same) == 0)
    return _joined(blank, lambda before, one: _count(one.same) <= min(_FEW, (before.size + one.size - 1) // 2))


def _joined(changes: Sequence[_Change], is_crumb: Callable[[_Change, _Change], bool]) -> list[_Change]:
    told = [changes[0]]
    for one in changes[1:]:
        last = told[-1]
        if (last.gone or last.came) and (one.gone or one.came) and is_crumb(last, one):
            last.gone.extend([*one.same, *one.gone])
            last.came.extend([*one.same, *one.came])
        else:
            told.append(one)
    return told


def _pieces(changes: Iterable[_Change]) -> Iterator[Piece]:
    kinds: tuple[Kind, ...] = ("same", "gone", "new")
    for one in changes:
        for kind, tokens in zip(kinds, (one.same, one.gone, one.came), strict=True):
            if tokens:
                yield Piece(kind, "".join(tokens))


def _count(tokens: Sequence[str]) -> int:
    return sum(token[0].isalnum() for token in tokens)
