"""Questions: what a person types, read as words, phrases and exclusions. Nothing that can be typed is wrong.

    støj "ny skole" -cykler

asks for what holds `støj` in any form and the phrase, and not `cykler`. A word with signs inside it, as the number
of a case, is a phrase of its parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from raadslag.archive.search.words import is_telling, normal, term, words_of

# What a person types; more is cut, so that no question costs much.
MAX_QUESTION = 400
MAX_CLAUSES = 16

# Quotation marks as English, Danish and German have them. A mark that nothing closes is no mark.
_PART = re.compile(r"""(?P<no>(?<!\S)-)?(?:["“”„](?P<a>[^"“”„]*)["“”]|»(?P<b>[^»«]*)«|(?P<word>[^\s"“”„»«]+))|\S""")
_APART = re.compile(r"[,;]")


@dataclass(frozen=True)
class Clause:
    """Words that must stand beside each other in this order; mostly one. In lower case, never empty."""

    words: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """What the words are compared by."""
        return tuple(map(term, self.words))

    @property
    def is_phrase(self) -> bool:
        """Whether there are several words."""
        return len(self.words) > 1


@dataclass(frozen=True)
class Question:
    """What must stand there, and what must not. `is_idle` where something was typed that asks for nothing."""

    wanted: tuple[Clause, ...]
    unwanted: tuple[Clause, ...]
    is_idle: bool = False

    def respelled(self, words: Mapping[str, str]) -> Question:
        """The question with other words in place of some."""
        changed = (Clause(tuple(words.get(word, word) for word in clause.words)) for clause in self.wanted)
        return replace(self, wanted=_few(list(changed)))


def read(typed: str) -> Question:
    """The question in what was typed. "og", "i" and the like count only in phrases or where nothing else is asked."""
    wanted: list[Clause] = []
    unwanted: list[Clause] = []
    for is_unwanted, clause in _clauses(normal(typed[:MAX_QUESTION])):
        (unwanted if is_unwanted else wanted).append(clause)
    telling = [clause for clause in wanted if clause.is_phrase or is_telling(clause.words[0])]
    question = Question(_few(telling or wanted), _few(unwanted))
    return Question((), (), is_idle=bool(typed.strip())) if not wanted and not unwanted else question


def _few(clauses: list[Clause]) -> tuple[Clause, ...]:
    """Each once: of the same terms the first."""
    return tuple({clause.terms: clause for clause in reversed(clauses)}.values())[::-1][:MAX_CLAUSES]


def _clauses(typed: str) -> Iterator[tuple[bool, Clause]]:
    for part in _PART.finditer(typed):
        pieces = _APART.split(part["word"]) if part["word"] else [part["a"] or part["b"] or ""]
        for piece in pieces:
            if words := tuple(words_of(piece)):
                yield bool(part["no"]), Clause(words)
