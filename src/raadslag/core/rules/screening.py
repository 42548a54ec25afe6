"""What must not slip out with a text or a file: personal identification numbers, and whatever a paper hides.

Facts in, answer out. A reader (`core.readers.hidden`) collects the texts of a file as passages, each with
its place and with how it stands there: in plain sight, covered, in the metadata, in an earlier revision.
`hits` says which of them a person has to look at before anything is released; `screen_record` does it for
the texts of a record. No hit ever repeats a number: excerpts and places are masked (I15).

Source: Data Protection Act (databeskyttelsesloven), section 11, on identification numbers; GDPR articles
5(1)(f), 25 and 32; invariants I13 and I15. Cases: Datatilsynet 2004-313-0247 and the Vejen, Randers and
Nordfyn cases on minutes published with numbers or with closed text; ICO, "How to disclose information
safely", on text that survives a black box.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias
from urllib.parse import unquote

import msgspec

from raadslag.core.record import Record

Standing: TypeAlias = Literal[
    "visible", "technical", "covered", "invisible", "machine_read", "faint", "outside", "tiny", "switched_off",
    "hidden", "replacement", "alternate", "metadata", "comment", "form_field", "embedded", "earlier_revision",
    "leftover", "carried", "source", "unscreenable",
]  # fmt: skip


class Passage(msgspec.Struct, frozen=True):
    """A text of a document, where it stands, and how.

    `place` is for people: "page 3", "metadata /Author"; lines are counted by `hits`. `standing` is
    "visible" for what every reader sees, "technical" for what only programs read (attributes, scripts,
    names of objects) and "source" for a raw reading, a net under the others, which tells only of numbers
    that they did not find. The rest are ways to stand in a file without being seen: the rules of their hits.
    """

    text: str
    place: str
    standing: Standing = "visible"


class Hit(msgspec.Struct, frozen=True):
    """One thing to look at before release: by which rule, why, where, and a few words, numbers masked.

    `rule` is "cpr" or the standing of the passage. `place` and `excerpt` never hold a whole number.
    """

    rule: str
    reason: str
    place: str
    excerpt: str


_REASONS: dict[Standing, str] = {
    "covered": "text stands in the page but is not seen: something is drawn over it",
    "invisible": "text is drawn without ink",
    "machine_read": "the page is a picture with machine-read text behind it; the machine may have misread",
    "faint": "text has the colour of what it stands on",
    "outside": "text stands outside the visible page",
    "tiny": "text is too small to be read",
    "switched_off": "text stands in a layer that is switched off",
    "hidden": "text is in the file but is not shown",
    "replacement": "replacement text says something that the page does not show; it survives redaction",
    "alternate": "alternate text says something that the page does not show; it survives redaction",
    "metadata": "the file's properties say something that the page does not show",
    "comment": "a comment says something that the page does not show",
    "form_field": "a form field holds something that the page does not show",
    "embedded": "a file is embedded",
    "earlier_revision": "an earlier revision in the file says something that the page no longer shows",
    "leftover": "a part that no page uses still holds text",
    "carried": "the record in the file says something that the page does not show",
    "unscreenable": "this cannot be screened: it holds no text that a program can read",
}
_ALWAYS = frozenset[Standing](
    {"covered", "invisible", "machine_read", "faint", "outside", "tiny", "switched_off", "embedded", "unscreenable"}
)  # a concern wherever they stand; the others only where they say more than the page shows


def hits(passages: Iterable[Passage]) -> tuple[Hit, ...]:
    """What a person must look at, in the order of the passages, each thing once.

    A passage that stands in the file without being seen is a hit of its own kind where it says something
    that no visible passage says: an accessible document repeats its text in many places, and repeating
    what is shown reveals nothing. For metadata it is enough that each of its words is shown somewhere,
    since a title is put together from words of the page.

    Source: invariants I13 and I14 (S1, S3, S5, S6).
    """
    passages = tuple(passages)
    is_all_shown = all(p.standing == "visible" for p in passages)  # as of a record: nothing to compare
    shown = _Shown(() if is_all_shown else (p.text for p in passages if p.standing == "visible"))
    found: dict[Hit, None] = {}
    seen: set[str] = set()
    for p in passages:
        if reason := _REASONS.get(p.standing):
            untold = p.text if p.standing in _ALWAYS else shown.untold(p.text, as_words=p.standing == "metadata")
            if untold or p.standing in _ALWAYS:
                found[Hit(p.standing, reason, mask(p.place), _cut(mask(untold)))] = None
        for digits, number in _numbers(p.text):
            if p.standing != "source" or digits not in seen:
                line = f", line {number.line}" if "\n" in p.text.strip() else ""
                found[Hit("cpr", number.reason, mask(p.place) + line, number.excerpt)] = None
            seen.add(digits)
    return tuple(found)


def screen_record(record: Record) -> tuple[Hit, ...]:
    """The hits in every text of a record, its provenance too; places are paths such as `items.3.decision`.

    Source: invariant I13: nothing is released unscreened.
    """
    return hits(Passage(text, place) for place, text in texts(record) if len(text) >= _SHORTEST)


def texts(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value made of dicts, lists and scalars, keys too, as (path, text); a record is one as well.

    Numbers are texts as well: JSON may hold an identification number without quotes. The names of a record's fields
    are ours and no texts.
    """
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, msgspec.Struct):
        for field, key in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            inner = getattr(value, field)
            if inner is not None and inner != ():
                yield from texts(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield f"{place}, a name" if place else "a name", str(key)
            yield from texts(inner, f"{place}.{key}" if place else str(key))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from texts(inner, f"{place}.{index}" if place else str(index))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield place, str(value)


# --- identification numbers -----------------------------------------------------------------------------


class Number(msgspec.Struct, frozen=True):
    """That a text holds something shaped as an identification number: why, in which line, and the words around.

    `line` counts from 1. `excerpt` is masked.
    """

    reason: str
    line: int
    excerpt: str


_SHORTEST = 10  # characters of a text with ten digits: whatever is resolved in one only makes it shorter
_WITH = "shaped as an identification number (CPR), with modulus 11"
_WITHOUT = "shaped as an identification number (CPR), without modulus 11"


def cpr_numbers(text: str) -> tuple[Number, ...]:
    """The CPR-shaped numbers of a text: ten digits that begin with a valid date.

    Digits may be of any script and may be letters that look like digits; zero-width characters count for
    nothing. Ten digits together, six and four, and two, two, two and four count wherever they stand, with
    any separator. Ten digits grouped otherwise count only where they stand alone, since columns of figures
    and phone numbers are grouped in many ways. A year may be written in full where a dash joins the last
    four to it. A text is read as it is, and as it is shown where HTML entities, percent signs, escapes or
    emphasis are resolved.

    Source: Data Protection Act, section 11; cpr.dk: numbers without modulus 11 have been given since 2007
    (S5); Act on the Central Person Register and its guidance on replacement numbers (day plus 60).
    """
    return tuple(number for _, number in _numbers(text))


def _numbers(text: str) -> Iterator[tuple[str, Number]]:
    """The digits of each number, for comparing only, and what may be told of it."""
    if len(text) < _SHORTEST:
        return
    seen: set[str] = set()
    for view in dict.fromkeys((text, _resolved(text))):
        if not (spans := _spans(view)):
            continue
        masked = _masked(view, spans)
        for (start, end), digits in spans.items():
            if digits not in seen:
                reason = _WITH if _has_modulus_11(digits) else _WITHOUT
                yield digits, Number(reason, view.count("\n", 0, start) + 1, _cut(masked, start, end))
        seen |= set(spans.values())


def mask(text: str) -> str:
    """The text, with every digit blackened if it holds a CPR-shaped number in any reading; else unchanged."""
    resolved = _resolved(text)
    return _masked(resolved, _spans(resolved)) if _spans(text) or _spans(resolved) else text


def number_spans(text: str) -> list[tuple[int, int]]:
    """From where to where each CPR-shaped number of a text stands, as `cpr_numbers` finds them in it as it is."""
    return list(_spans(text))


def is_valid_cpr_date(digits: str) -> bool:
    """Whether the first six digits are a date, ddmmyy, of some century.

    29 February counts in every year that divides by four, since the century is told by the seventh digit
    in ways that have changed. Days 61 to 91 are the days of replacement numbers.
    """
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    days = (31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 1 <= month <= 12 and 1 <= (day - 60 if day > 60 else day) <= days[month - 1]


def _has_modulus_11(digits: str) -> bool:
    """Source: cpr.dk, "Personnummeret i CPR": weights 4 3 2 7 6 5 4 3 2 1, the sum divides by eleven."""
    return sum(int(d) * w for d, w in zip(digits, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0


class _Shapes(dict[int, str]):
    """What each character counts as: an ASCII digit, O or I for what looks like them, NUL for nothing."""

    def __missing__(self, code: int) -> str:
        self[code] = shape = _shape(chr(code))
        return shape


def _shape(char: str) -> str:
    if "\U000e0020" <= char <= "\U000e007e":  # tag characters carry ASCII without being seen
        char = chr(ord(char) - 0xE0000)
    if (digit := unicodedata.digit(char, None)) is not None:
        return str(digit)
    if char in "OoΟοОоՕօＯｏ":
        return "O"
    if char in "IlІӀΙⅼⅠｌＩ":
        return "I"
    if char in "\u115f\u1160\u3164\uffa0":  # fillers are letters that show nothing
        return " "
    category = unicodedata.category(char)
    return "\0" if category in ("Cf", "Mn", "Me") or (category == "Cc" and not char.isspace()) else char


_SHAPES = _Shapes()
_EMPHASIS = str.maketrans(dict.fromkeys("*_`~\\", "\0"))
_LOOKALIKES = str.maketrans("OI", "01")
_MIXED = re.compile(r"(?<![^\W_])[0-9OI]*[0-9][0-9OI]*(?![^\W_])")
_HASH = re.compile(
    r"(?<![^\W_])(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-f]{40}|[0-9a-f]{64})(?![^\W_])"
)
_DIGITS = re.compile(r"[0-9]+")
_AFTER_DAY = re.compile(r"[0-9][T ]$")
_GAP = re.compile(r"[\W_]*")
_SAID = re.compile(r"[xX]|[\W_]{0,3}[ILil](?:øbe?[\W_]?(?:nr|nummer)|b[\W_]?nr)[\W_]{0,3}")  # the shape of l is I
_DASH = re.compile(r"\s?[-\u2010-\u2015\u2212]\s?")


# Bytes of Windows-1252, where "?" stands for every character that it has not: digits of any kind, and what counts
# for nothing.
_FIGURES = "0123456789¹²³?".encode("cp1252")
_NO_FIGURES = bytes(code for code in range(256) if code not in _FIGURES)
_NOTHING = bytes({*range(32), 127, 0xAD, *b"*_`~\\"} - set(b"\t\n\v\f\r\x1c\x1d\x1e\x1f"))
_MIXED_PAIR = re.compile("[0-9¹²³?][OoIl]|[OoIl][0-9¹²³?]".encode("cp1252"))


def _may_hold_ten_digits(text: str) -> bool:
    """False where a text surely holds too few digits, which most do; asked of bytes, far quicker than of characters."""
    told = text.encode("cp1252", "replace").translate(None, _NOTHING)
    return len(told.translate(None, _NO_FIGURES)) >= 10 or _MIXED_PAIR.search(told) is not None


def _spans(text: str) -> dict[tuple[int, int], str]:
    """The digits of each CPR-shaped number by its (start, end) in `text`, in order of appearance."""
    if not _may_hold_ten_digits(text):
        return {}
    shape = text.translate(_SHAPES)
    shape = _HASH.sub(lambda found: "x" * len(found[0]), shape)
    spans: dict[tuple[int, int], str] = {}
    for variant in dict.fromkeys((shape, shape.translate(_EMPHASIS))):
        kept = [i for i, char in enumerate(variant) if char != "\0"] if "\0" in variant else range(len(variant))
        plain = variant.replace("\0", "")
        for line in dict.fromkeys((plain, _MIXED.sub(lambda run: run[0].translate(_LOOKALIKES), plain))):
            for start, end, digits in _candidates(line):
                spans[kept[start], kept[end - 1] + 1] = digits
    return dict(sorted(spans.items()))


def _candidates(line: str) -> Iterator[tuple[int, int, str]]:
    """Where ten digits with a valid date stand in a line of ASCII digits, grouped as a CPR number may be, and they."""
    runs = [run.span() for run in _DIGITS.finditer(line)]
    for first, (start, end) in enumerate(runs):
        size, last = end - start, first
        gaps: list[str] = []
        while size < 10 and last + 1 < len(runs):
            gap = line[runs[last][1] : runs[last + 1][0]]
            if not (_GAP.fullmatch(gap) or (size == 6 and _SAID.fullmatch(gap))):
                break
            gaps.append(gap)
            last += 1
            size += runs[last][1] - runs[last][0]
        if not 10 <= size <= 12:
            continue
        groups = [line[a:b] for a, b in runs[first : last + 1]]
        end = runs[last][1]
        before = line[runs[first - 1][1] : start] if first else None
        after = line[end : runs[last + 1][0]] if last + 1 < len(runs) else None
        is_path = line[max(0, start - 1) : start] == "/"  # web addresses name a meeting by its day and a number
        if not is_path and (digits := _with_century(groups, gaps, before, after)):
            yield start, end, digits
        elif size != 10 or not is_valid_cpr_date("".join(groups)) or _is_clock(gaps, line, start):
            continue
        elif _is_usual(groups, gaps) or _stands_alone(groups, gaps, before, after):
            yield start, end, "".join(groups)


_FULL_DATE = re.compile(r"([0-9]{1,2}) ([0-9]{1,2}) (?:18|19|20)([0-9]{2})|([0-9]{2})([0-9]{2})(?:18|19|20)([0-9]{2})")


def _with_century(groups: list[str], gaps: list[str], before: str | None, after: str | None) -> str | None:
    """The ten digits of a number whose year is written in full, as in 01-01-1990-0000; None where it is not one.

    Only a dash joins the last four, since a date is often followed by a time or an amount, and no figure may
    be joined to either end: file numbers go on.
    """
    *date, serial = groups
    found = _FULL_DATE.fullmatch(" ".join(date))
    if found is None or len(serial) != 4 or not _DASH.fullmatch(gaps[-1]) or not all(map(_is_tight, gaps[:-1])):
        return None
    if any(gap is not None and _GAP.fullmatch(gap) and not re.search(r"\s", gap) for gap in (before, after)):
        return None
    digits = "".join(part.zfill(2) for part in found.groups() if part) + serial
    return digits if is_valid_cpr_date(digits) else None


def _is_usual(groups: list[str], gaps: list[str]) -> bool:
    """Grouped as people write a CPR number: 10, 6 and 4, or 2, 2, 2 and 4."""
    sizes = [len(group) for group in groups]
    if sizes == [10]:
        return True
    if len(" ".join(gaps[-1].split())) > 8 and not _SAID.fullmatch(gaps[-1]):
        return False
    return sizes == [6, 4] or (sizes == [2, 2, 2, 4] and all(_is_tight(gap) for gap in gaps[:-1]))


def _is_clock(gaps: list[str], line: str, start: int) -> bool:
    """A time with its seconds and what follows it: "2026-11-22T21:07:28+0100"."""
    return gaps[:2] == [":", ":"] and (len(gaps) > 3 or _AFTER_DAY.search(line, max(0, start - 2), start) is not None)


def _stands_alone(groups: list[str], gaps: list[str], before: str | None, after: str | None) -> bool:
    """Grouped in another way, and neither part of a longer row of figures nor made of a date or an amount."""
    if not all(len(gap) <= 3 and gap.count("\n") <= 1 for gap in gaps):
        return False
    if any(gap is not None and _is_tight(gap) and _GAP.fullmatch(gap) for gap in (before, after)):
        return False
    has_year = any(len(group) == 4 and group[:2] in ("19", "20") for group in groups[:-1])
    is_amount = [len(group) for group in groups] == [1, 3, 3, 3]
    is_date_and_time = len(groups) == 5 and gaps[3] in (".", ":") and gaps[2].isspace()
    return not (has_year or is_amount or is_date_and_time)


def _is_tight(gap: str) -> bool:
    return len(gap) <= 3 and "\n" not in gap


_ESCAPES = re.compile(r"\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|0*([23][0-9a-fA-F])\b ?)")


def _resolved(text: str) -> str:
    """The text as a program shows it: entities, percent signs and escapes resolved."""
    if "&" in text:
        text = html.unescape(text)
    if "%" in text:
        text = unquote(text)
    return _ESCAPES.sub(_escaped, text) if "\\" in text else text


def _escaped(escape: re.Match[str]) -> str:
    code = int(next(filter(None, escape.groups())), 16)
    return chr(code) if code <= 0x10FFFF else escape[0]


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with the spans and, for safety, every other digit blackened."""
    shape = text.translate(_SHAPES)  # as long as the text
    black = {i for i, char in enumerate(shape) if char.isdigit()}
    for start, end in spans:
        black.update(i for i in range(start, end) if shape[i].isalnum())
    return "".join("•" if i in black else char for i, char in enumerate(text))


def _cut(text: str, start: int = 0, end: int | None = None) -> str:
    """At most about 60 characters around a span of a text (its beginning, without one), on one line."""
    left, right = (0, 60) if end is None else (max(0, start - 20), end + 20)
    words = " ".join("".join(char if char.isprintable() else " " for char in text[left:right]).split())
    return ("…" if left else "") + words + ("…" if right < len(text) else "")


class _Shown:
    """What the visible passages say, for asking whether another text says more.

    White space, hyphens, punctuation and case do not count, and a paragraph may be shown in parts, since
    pages and columns break it.
    """

    _PART = 12  # letters: the shortest part of a paragraph that can be told from chance

    def __init__(self, visible: Iterable[str]) -> None:
        words = [word for text in visible for word in _words(text)]
        self.letters, self.sequence, self.words = "".join(words), f" {' '.join(words)} ", frozenset(words)

    def untold(self, text: str, *, as_words: bool) -> str:
        """The lines of a text that say something not shown, "" if there are none."""
        is_told = self._has_words if as_words else self._has_line
        return "\n".join(line for line in text.splitlines() if not is_told(_words(line)))

    def _has_words(self, words: list[str]) -> bool:
        return self.words.issuperset(words)

    def _has_line(self, words: list[str]) -> bool:
        rest = "".join(words)
        if len(rest) < self._PART:
            return f" {' '.join(words)} " in self.sequence or not words
        while rest:
            length = self._shown_length(rest)
            if length < self._PART:
                return False
            rest = rest[length:]
        return True

    def _shown_length(self, letters: str) -> int:
        """How many letters from the beginning are shown together, by halving."""
        low, high = 0, len(letters)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if letters[:middle] in self.letters else (low, middle - 1)
        return low


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold().replace("\xad", ""))
