"""Where words stand in a text, however they are written: in any case, broken over lines, spaced out, inflected."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from raadslag.core.errors import CannotRedact
from raadslag.core.rules.screening import cpr_numbers, number_spans

MARK = "[fjernet]"
"""What stands where something was removed: always the same, so that it does not tell how long that was."""

_SUBSTRING = 4  # letters: shorter words are looked for as whole words, since they are parts of many others
_BROKEN = r"(?:[-\u2010\u2011\xad\u200b-\u200f\u2060\ufeff\ufffe\x00-\x08]\s*)*"  # one word over two lines
_SPACED = r"[\W_]*"
_ALONE = (r"(?<![^\W_])", r"(?:['’]?s)?(?![^\W_])")
_TOKEN = re.compile(r"[^\W_]+")


class Words:
    """The words and phrases to be removed; with `numbers`, also whatever is shaped as an identification number.

    A word of four letters or more is found inside longer ones too ("Hansen" in "Hansens" and "Hansensagen"), a shorter
    one only where it stands alone, or in the genitive. What is found is the whole of the word it stands in.
    Raises CannotRedact for a word without letters and digits.
    """

    def __init__(self, words: Iterable[str], *, numbers: bool = False) -> None:
        self.words = tuple(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
        self.numbers = numbers
        self._patterns = [_pattern(word) for word in self.words]

    def long(self) -> Words:
        """Those that do not come about by chance among bytes."""
        return Words((word for word in self.words if _length(word) >= _SUBSTRING), numbers=self.numbers)

    def __bool__(self) -> bool:
        return bool(self.words) or self.numbers

    def spans(self, text: str) -> list[tuple[int, int]]:
        """From where to where something stands that is to go; in order, none touching another."""
        folded, origin = _folded(text)
        found = [
            (origin[match.start()], origin[match.end()])
            for pattern in self._patterns
            for match in pattern.finditer(folded)
        ]
        if self.numbers:
            found += number_spans(text)
        return list(_joined([_whole(text, start, end) for start, end in found]))

    def stand_in(self, text: str) -> bool:
        """Whether any of them stands there."""
        folded, _ = _folded(text)
        return any(pattern.search(folded) for pattern in self._patterns) or (self.numbers and bool(cpr_numbers(text)))

    def missing(self, texts: Sequence[str]) -> list[str]:
        """The words that stand in none of the texts."""
        folded = [_folded(text)[0] for text in texts]
        told = zip(self.words, self._patterns, strict=True)
        return [word for word, pattern in told if not any(map(pattern.search, folded))]

    def without(self, text: str, mark: str = MARK) -> str:
        """The text with a mark where something stood."""
        for start, end in reversed(self.spans(text)):
            text = text[:start] + mark + text[end:]
        return text


def _pattern(word: str) -> re.Pattern[str]:
    tokens = _TOKEN.findall(_folded(word)[0])
    if not tokens:
        remedy = "Write the word or the number as it stands in the file."
        raise CannotRedact("the words to remove", "letters or digits", "only signs", remedy)
    apart = _SPACED.join(map(re.escape, "".join(tokens)))
    together = _SPACED.join(_BROKEN.join(map(re.escape, token)) for token in tokens)
    if _length(word) < _SUBSTRING:
        return re.compile(_ALONE[0] + together + _ALONE[1])
    return re.compile(f"{together}|{_ALONE[0]}{apart}{_ALONE[1]}")


def _length(word: str) -> int:
    return sum(map(str.isalnum, _folded(word)[0]))


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The text as it is compared, and for each of its characters, and the end, where it comes from."""
    plain = text.replace("\xa0", " ")
    folded = plain.casefold()
    if len(folded) == len(plain) and unicodedata.is_normalized("NFKC", plain):
        return folded, range(len(plain) + 1)
    written: list[str] = []
    origin: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.category(text[end]) == "Mn":
            end += 1
        part = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text[start:end]).casefold())
        written.append(part)
        origin += [start] * len(part)
        start = end
    return "".join(written), [*origin, len(text)]


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """To the ends of the words in which it begins and ends."""
    end = max(end, start + 1)
    while start and _is_inside(text[start - 1]):
        start -= 1
    while end < len(text) and _is_inside(text[end]):
        end += 1
    return start, end


def _is_inside(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) == "Mn"


def _joined(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last: tuple[int, int] | None = None
    for start, end in sorted(spans):
        if last and start <= last[1]:
            last = (last[0], max(last[1], end))
        else:
            if last:
                yield last
            last = (start, end)
    if last:
        yield last
