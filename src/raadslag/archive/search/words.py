"""Words: which term a word is compared by, and which words stand in a compound.

Texts and questions go through the same functions, so what they are compared by need not be pretty: "Aabenraa" and
"Åbenrå" both become `åbenrå`, "byen" and "byer" both `by`. A term is the Danish stem of the word's dictionary form, so
that what a stemmer alone cannot know ("byen", "bøger") is found too. The dictionary is simplemma's; docs/decisions/0018
tells why.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from simplemma.strategies.dictionaries import TrieDictionaryFactory
from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

WORD = re.compile(r"[^\W_]+")
LONGEST_WORD = 80  # characters; what is longer is no word
SHORTEST_COMPOUND = 5  # characters
_KEPT = 1 << 17  # words whose answer is remembered; a council's vocabulary fits

_stemmer = TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer("danish")).build()
_telling = TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stopword("danish")).build()
_ODD = str.maketrans({"ä": "æ", "ö": "ø", "é": "e", "è": "e", "ê": "e", "ü": "u", "á": "a", "à": "a", "ó": "o"})
_PAIRS = (("aa", "å"), ("ae", "æ"), ("oe", "ø"))
_LOOSE_E = re.compile(r"(?<=[bdfgklmnprstv])e([lr])$")


def normal(text: str) -> str:
    """The text in composed form, so that "å" typed in one way or the other is one letter."""
    return unicodedata.normalize("NFC", text)


def words_of(text: str) -> list[str]:
    """The words of a text in composed form, in lower case and in order."""
    return [word for word in WORD.findall(text.lower()) if len(word) <= LONGEST_WORD]


def is_telling(word: str) -> bool:
    """Whether a word in lower case says what a text is about: not "og", "i" and the like."""
    return bool(_telling.analyze(word))


@lru_cache(_KEPT)
def folded(word: str) -> str:
    """A word in lower case as it is compared letter by letter: æ is ae, ø is oe, å is aa, é is e."""
    word = word.translate(_ODD)
    for written, letter in _PAIRS:
        word = word.replace(written, letter)
    return word


@lru_cache(_KEPT)
def term(word: str) -> str:
    """What a word in lower case is compared by."""
    return folded(_stem(_base(word)))


def is_known(word: str) -> bool:
    """Whether the dictionary has this word in lower case, as it stands."""
    return word in _dictionary()


@lru_cache(_KEPT)
def parts(word: str) -> frozenset[str]:
    """The terms of the words inside a compound, also of several beside each other; none where it is no compound.

    "boligområdeplan" holds `bolig`, `områd`, `plan`, `boligområd` and `områdeplan`.
    """
    # Not folded at once: "beboerhus" has no ø.
    pieces = next((found for one in (word, folded(word)) if len(found := _pieces(one)) > 1), ())
    last = len(pieces)
    runs = [(start, end) for start in range(last) for end in range(start + 1, last + 1) if end - start < last]
    # A linking letter ends a run that is not the last: "arbejds", "børne".
    found = {
        term(run if end == last else _without_link(run) or run)
        for start, end in runs
        for run in ("".join(pieces[start:end]),)
    }
    return frozenset(found - {term(word)})


# --- dictionary and stems ---


@lru_cache(1)
def _dictionary() -> Mapping[str, str]:
    """Danish words in all forms, each with its dictionary form. The first use ever on a machine takes two seconds."""
    return TrieDictionaryFactory().get_dictionary("da")


def _base(word: str) -> str:
    """The dictionary form, or the word itself where it is unknown."""
    return _lemma(word) or _lemma(folded(word)) or folded(word)


def _lemma(word: str) -> str:
    """The dictionary form of a word; empty where it is unknown.

    "ældre" is a form of "gammel", "budget" one of "budgettere", and neither is what anybody means by it.
    """
    if (meant := _lists().forms.get(word)) is not None:
        return meant
    found = _dictionary().get(word, "").lower()
    return word if found and (found[:1] != word[:1] or found.startswith(word)) else found


def _stem(word: str) -> str:
    """The stem; "cykel" and "cykler", "finger" and "fingre" have the same."""
    stems = _stemmer.analyze(word)
    return _LOOSE_E.sub(r"\1", str(stems[0]) if stems else word)


# --- compounds ---


class _Lists(NamedTuple):
    """What the dictionary cannot tell; see `danish.toml`."""

    short: frozenset[str]
    never: frozenset[str]
    never_last: frozenset[str]
    first: Mapping[str, str]
    forms: Mapping[str, str]


@lru_cache(1)
def _lists() -> _Lists:
    found = tomllib.loads(resources.files(__package__).joinpath("danish.toml").read_text("utf-8"))
    never = frozenset(found["never"])
    return _Lists(frozenset(found["short"]), never, never.union(found["never_last"]), found["first"], found["forms"])


@lru_cache(_KEPT)
def _pieces(word: str) -> tuple[str, ...]:
    """A word in its smallest parts, joined they are the word; the word alone where it has none."""
    if len(word) < SHORTEST_COMPOUND:
        return (word,)
    cuts = [cut for cut in range(2, len(word) - 1) if _ends(word[cut:]) and _begins(word[:cut])]
    if not cuts:
        return (word,)
    # The longest parts. An s between them is the second's where it can be: "vej|støj", not "vejs|tøj".
    cut = max(
        (cut for cut in cuts if not (word[cut - 1] == "s" and cut - 1 in cuts)),
        key=lambda cut: (min(cut, len(word) - cut), cut),
    )
    return (*_pieces(word[:cut]), *_pieces(word[cut:]))


def _ends(word: str) -> bool:
    """Whether this can be the last part of a compound: a word in any of its forms."""
    return word not in _lists().never_last and _is_part(word, _lemma(word))


def _begins(word: str) -> bool:
    """Whether this can be a part before another: a dictionary form, with or without a linking letter."""
    base = _without_link(word)
    return not {word, base} & _lists().never and (word in _lists().first or _is_part(base, base))


def _is_part(word: str, base: str) -> bool:
    """Whether a word is one of its own and not by chance; `base` is its dictionary form, empty where it has none."""
    return all(len(one) > 3 or one in _lists().short for one in (word, base))


def _without_link(word: str) -> str:
    """A first part as it stands alone: "fritids" is "fritid", "arbejds" is "arbejde". Empty where it is no word."""
    if word in _lists().first:
        return _lists().first[word]
    candidates = [word]
    if word.endswith("s"):
        candidates += [word[:-1], word[:-1] + "e"]
    elif word.endswith("e"):
        candidates += [word[:-1]]
    return next((one for one in candidates if one in _lists().first or _lemma(one) == one), "")
