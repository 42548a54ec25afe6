"""Plain-language hints on a text: how heavy it is to read, and which of its sentences are long. Never a verdict."""

from __future__ import annotations

import re

import msgspec

from raadslag.core.text import plain

LONG_WORD = 7  # letters and more
LONG_SENTENCE = 25  # words and more
_WORD = re.compile(r"[^\W\d_]+")
_END = re.compile(r"(?<=[.!?:])\s+(?=[A-ZÆØÅ0-9»\"“])|\n+")


class Readability(msgspec.Struct, frozen=True):
    """LIX as a whole number (None for a text without words), and the sentences that are long, as written."""

    lix: int | None
    long_sentences: tuple[str, ...]


def readability(text: str) -> Readability:
    """How heavy `text`, a CommonMark text, is.

    LIX is words a sentence plus per cent of words of seven letters or more. Below 35 reads easily, 45 is a newspaper,
    above 55 is heavy. Source: C. H. Björnsson, Läsbarhet (1968).
    """
    sentences = [one for one in map(str.strip, _END.split(plain(text))) if _WORD.search(one)]
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if not words:
        return Readability(None, ())
    long_words = sum(len(word) >= LONG_WORD for word in words)
    lix = round(len(words) / len(sentences) + 100 * long_words / len(words))
    return Readability(lix, tuple(one for one in sentences if len(_WORD.findall(one)) >= LONG_SENTENCE))
