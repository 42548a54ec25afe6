"""Where a quoted passage stands now, however the text around it has changed.

An anchor keeps the words and a little of what stood before and after them, as the text quote selector of the Web
Annotation Data Model does (W3C, 2017, section 4.2.4). It is looked for as it was written, then with other white space
and marks, then as it may have been rewritten. What is not surely found has no place, and a person sees the old words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from rapidfuzz import fuzz

AROUND = 40
"""Characters that an anchor keeps of what stands on either side."""
LIKE_ENOUGH = 80.0
"""Percent, from which a passage is taken for the quoted one, rewritten."""
_FEW = 12  # characters: what is shorter is too common to be guessed at
_MOST = 2000  # characters of a quotation that are held against a text


class Anchor(NamedTuple):
    """A quotation, and what stood around it. `start` is where it stood, in characters: a hint, and no address."""

    quote: str
    before: str = ""
    after: str = ""
    start: int = 0


class Found(NamedTuple):
    """Where it stands: `text[start:end]`. `is_exact`: word for word."""

    start: int
    end: int
    is_exact: bool


def anchor_at(text: str, start: int, end: int) -> Anchor:
    """The anchor of `text[start:end]`. Raises ValueError where that is nothing."""
    if not text[start:end].strip():
        raise ValueError("nothing is quoted")
    return Anchor(text[start:end], text[max(0, start - AROUND) : start], text[end : end + AROUND], start)


def anchor_of(quote: str, text: str) -> Anchor | None:
    """The anchor of words that somebody quotes from `text`, whatever white space stands between them; None where they
    do not stand there."""
    found = _word_for_word(Anchor(quote.strip()), text)
    return anchor_at(text, found.start, found.end) if found else None


def find(anchor: Anchor, text: str) -> Found | None:
    """Where the quotation stands in `text`; None where it does not any more."""
    return _word_for_word(anchor, text) or _rewritten(anchor, text)


def find_elsewhere(anchor: Anchor, text: str) -> Found | None:
    """Where the quotation stands in a text that it was not taken from: word for word, and too long to be there by
    chance."""
    if len(anchor.quote.strip()) < _FEW:
        return None
    found = _word_for_word(anchor, text)
    return found if found and (found.start, found.end) == _whole_words(text, found.start, found.end) else None


def _word_for_word(anchor: Anchor, text: str) -> Found | None:
    if not anchor.quote.strip():
        return None
    exact = [Found(one.start(), one.end(), True) for one in re.finditer(re.escape(anchor.quote), text)]
    if not exact and (loosely := _loosely(anchor.quote)):
        exact = [Found(one.start(), one.end(), True) for one in re.finditer(loosely, text, re.IGNORECASE)]
    return _best(anchor, text, exact) if exact else None


def _loosely(quote: str) -> str:
    """A pattern of the same words, whatever white space and marks stand between them."""
    return r"[\W_]+".join(map(re.escape, re.findall(r"[^\W_]+", quote)))


def _best(anchor: Anchor, text: str, places: Iterable[Found]) -> Found:
    """The place whose surroundings are most like those that were kept; of equals, the nearest to where it stood."""

    def weight(place: Found) -> tuple[float, int]:
        before = text[max(0, place.start - AROUND) : place.start]
        after = text[place.end : place.end + AROUND]
        return fuzz.ratio(before, anchor.before) + fuzz.ratio(after, anchor.after), -abs(place.start - anchor.start)

    return max(places, key=weight)


def _rewritten(anchor: Anchor, text: str) -> Found | None:
    quote = anchor.quote.strip()
    if not _FEW <= len(quote) <= min(_MOST, len(text)):
        return None
    place = fuzz.partial_ratio_alignment(quote, text, score_cutoff=LIKE_ENOUGH)
    if place is None or place.dest_end <= place.dest_start:
        return None
    start, end = _whole_words(text, place.dest_start, place.dest_end)
    return Found(start, end, False)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end
