"""Passages: where in a text the words asked for stand, and which piece of it answers best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from raadslag.archive.search.question import Clause
from raadslag.archive.search.results import Passage
from raadslag.archive.search.words import LONGEST_WORD, WORD, normal, parts, term

PASSAGE = 240  # characters
# As much of one text is looked through for the passage to show; the index holds all of it.
MAX_SCANNED = 200_000
_PIECE = 8_000
_MAX_WINDOWS = 200

Marks = tuple[tuple[int, int], ...]


class _Answers(dict[str, bool]):
    """Whether a word in lower case is marked, worked out once for each word of all the texts of a page."""

    def __init__(self, terms: frozenset[str]) -> None:
        super().__init__()
        self._terms = terms

    def __missing__(self, word: str) -> bool:
        is_word = len(word) <= LONGEST_WORD
        answer = is_word and (term(word) in self._terms or not self._terms.isdisjoint(parts(word)))
        self[word] = answer
        return answer


@dataclass(frozen=True)
class Wanted:
    """What is marked: single terms, also inside compounds, and phrases only where they stand as such."""

    terms: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()

    def marks(self, text: str) -> Marks:
        """The places in the text, in order and apart from each other."""
        answers = self._answers
        if not self.phrases:
            return (
                tuple(found.span() for found in WORD.finditer(text) if answers[found[0].lower()]) if self.terms else ()
            )
        found = list(WORD.finditer(text))
        words = [one[0].lower() for one in found]
        chosen = {n for n, word in enumerate(words) if answers[word]}
        for phrase in self.phrases:
            chosen.update(_standing(phrase, words))
        return tuple(found[n].span() for n in sorted(chosen))

    @cached_property
    def _answers(self) -> _Answers:
        return _Answers(self.terms)


def wanted(clauses: Iterable[Clause]) -> Wanted:
    """What to mark for these clauses."""
    each = tuple(clauses)
    return Wanted(
        frozenset(one.terms[0] for one in each if not one.is_phrase), tuple(one.terms for one in each if one.is_phrase)
    )


def marked(text: str, asked: Wanted) -> Passage:
    """The whole text with what was asked for marked."""
    text = normal(text)
    return Passage(text, asked.marks(text))


def passage(texts: Iterable[str], asked: Wanted) -> Passage:
    """About 240 characters of the first of `texts` that holds something asked for: where most different words stand.

    Of a long text the first piece of some pages that holds any is taken, so that a book costs no more than a page.
    Without any in all of them, the beginning of the first that is not empty.
    """
    first = ""
    for text in texts:
        for start, end in _pieces(text[:MAX_SCANNED]):
            plain = normal(" ".join(text[start:end].split()))
            if marks := asked.marks(plain):
                found = _window(plain, marks)
                more_before, more_after = bool(text[:start].strip()), bool(text[end:].strip())
                return replace(
                    found, cut_before=found.cut_before or more_before, cut_after=found.cut_after or more_after
                )
        first = first or normal(" ".join(text[:_PIECE].split()))
    return _window(first, ())


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where the pieces of a text begin and end, cut between words."""
    start = 0
    while start < len(text):
        end = start + _PIECE
        if end < len(text):
            end = max(text.rfind(" ", start, end), text.rfind("\n", start, end), start + _PIECE // 2)
        yield start, min(end, len(text))
        start = end


def _standing(phrase: tuple[str, ...], words: list[str]) -> Iterator[int]:
    """The places of the words that stand as the phrase."""
    terms = [term(word) if len(word) <= LONGEST_WORD else "" for word in words]
    for start in range(len(terms) - len(phrase) + 1):
        if terms[start] == phrase[0] and tuple(terms[start : start + len(phrase)]) == phrase:
            yield from range(start, start + len(phrase))


def _window(text: str, marks: Marks) -> Passage:
    if len(text) <= PASSAGE:
        return Passage(text, marks)

    def different_words(n: int) -> int:
        start = _before(marks[n])
        near = marks[max(0, n - 10) : n + 40]
        return len({text[a:b].casefold() for a, b in near if start <= a and b <= start + PASSAGE})

    # A window begins a little before a mark; the first of the best is taken.
    best = max(range(min(len(marks), _MAX_WINDOWS)), key=different_words, default=None)
    first = 0 if best is None else _before(marks[best])
    start = 0 if first == 0 else text.find(" ", first) + 1
    end = start + PASSAGE
    if end < len(text):
        end = max(text.rfind(" ", start, end + 1), *(b for a, b in marks if a < end), start + PASSAGE // 2)
    shown = tuple((a - start, b - start) for a, b in marks if start <= a and b <= end)
    return Passage(text[start:end], shown, cut_before=start > 0, cut_after=end < len(text))


def _before(mark: tuple[int, int]) -> int:
    return max(0, mark[0] - PASSAGE // 4)
