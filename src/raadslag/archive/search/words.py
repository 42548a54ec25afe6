"""Words: how texts and questions become the terms that are compared, and where they stand in a text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from raadslag.archive.search.results import Passage

# What a person types; more is cut, so that no question costs much.
MAX_QUESTION = 400
MAX_TERMS = 16
# As much of one text is looked through for the passage to show; the index holds all of it.
MAX_SCANNED = 200_000
PASSAGE = 240


def _danish() -> TextAnalyzerBuilder:
    return TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(80)).filter(Filter.lowercase())


def analyzer() -> TextAnalyzer:
    """From text to terms: words in lower case, cut to their Danish stem ("boliger" and "bolig" are one)."""
    return _danish().filter(Filter.stemmer("danish")).build()


_terms = analyzer()
_telling_terms = _danish().filter(Filter.stopword("danish")).filter(Filter.stemmer("danish")).build()


def normal(text: str) -> str:
    """The text in composed form, so that "å" typed in one way or the other is one letter."""
    return unicodedata.normalize("NFC", text)


def question_terms(words: str) -> tuple[str, ...]:
    """The terms asked for, each once, in order. "og", "i" and the like count only where nothing else is asked."""
    text = normal(words[:MAX_QUESTION])
    return tuple(dict.fromkeys(_telling_terms.analyze(text) or _terms.analyze(text)))[:MAX_TERMS]


def marked(text: str, terms: Iterable[str]) -> Passage:
    """The whole text with every word marked whose term is among `terms`."""
    text = normal(text)
    return Passage(text, _marks(text, frozenset(terms)))


def passage(texts: Iterable[str], terms: Iterable[str]) -> Passage:
    """About 240 characters of the first of `texts` that holds a term: where most different terms stand.

    Without a term in any of them, the beginning of the first that is not empty.
    """
    wanted = frozenset(terms)
    candidates = [normal(" ".join(text[:MAX_SCANNED].split())) for text in texts]
    for text in candidates:
        if marks := _marks(text, wanted):
            return _window(text, marks)
    return _window(next(filter(None, candidates), ""), ())


def _marks(text: str, wanted: frozenset[str]) -> tuple[tuple[int, int], ...]:
    tokens = _terms.pre_tokenize(text).tokens if wanted else []
    return tuple((token.char_offset_from, token.char_offset_to) for token in tokens if token.text in wanted)


def _window(text: str, marks: tuple[tuple[int, int], ...]) -> Passage:
    if len(text) <= PASSAGE:
        return Passage(text, marks)

    def different_words(start: int) -> int:
        return len({text[a:b].casefold() for a, b in marks if start <= a and b <= start + PASSAGE})

    # A window begins a little before a mark; the first of the best is taken.
    first = max((max(0, a - PASSAGE // 4) for a, _ in marks[:200]), key=different_words, default=0)
    start = 0 if first == 0 else text.find(" ", first) + 1
    end = start + PASSAGE
    if end < len(text):
        end = max(text.rfind(" ", start, end + 1), *(b for a, b in marks if a < end), start + PASSAGE // 2)
    shown = tuple((a - start, b - start) for a, b in marks if start <= a and b <= end)
    return Passage(text[start:end], shown, cut_before=start > 0, cut_after=end < len(text))
