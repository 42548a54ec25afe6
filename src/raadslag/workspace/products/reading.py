"""A draft that was written elsewhere, as the parts of a product: a heading begins a part, what follows is its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from raadslag.core.readers.outline import Known
from raadslag.core.writers.labels import labels
from raadslag.workspace.products import rules
from raadslag.workspace.products.models import Element

Kind = Element.Kind
_HEADING = re.compile(r"(#{1,6}) +(.+?) *#*")
_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})+[.)]?|\d{1,2}[.)]) +")
_LETTER = re.compile(r"([A-Z])[.)] +")
_BARE_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,2})*) +(?=\S)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LONGEST = 300  # letters of a heading; what is beyond them begins the text
_KINDS = (
    (re.compile(r"fokusområde(?: \d+)?: *", re.IGNORECASE), Kind.FOCUS_AREA),
    (re.compile(r"tema(?: \d+)?: *", re.IGNORECASE), Kind.THEME),
    (re.compile(r"princip(?:le)?(?: \d+)?: *", re.IGNORECASE), Kind.PRINCIPLE),
    (re.compile(r"tiltag(?: \d+)?: *", re.IGNORECASE), Kind.MEASURE),
)
# What a chapter that is called so is likely to hold. A person looks at the guess.
_CHAPTERS = (
    (re.compile(r"(?:\w+ )?fokusområder\b", re.IGNORECASE), Kind.FOCUS_AREA),
    (re.compile(r"(?:\w+ )?temaer\b", re.IGNORECASE), Kind.THEME),
    (re.compile(r"(?:\w+ )?principper\b", re.IGNORECASE), Kind.PRINCIPLE),
    (re.compile(r"(?:\w+ (?:på )?)?tiltag\b", re.IGNORECASE), Kind.MEASURE),
)


class Part(NamedTuple):
    """A part as the document has it: how deep (0 at the top), what it is, its heading and its text.

    `stood` is what stood before the heading and is left out, "2.1" or "Princip 3:"; `identity` that of the part that it
    was written from; `is_guessed`, that its kind is a guess.
    """

    depth: int
    kind: str
    title: str
    text: str
    stood: str = ""
    identity: str = ""
    is_guessed: bool = False


def parts_of(text: str, known: Iterable[Known] = ()) -> list[Part]:
    """The parts of a CommonMark text, in its order. What stands before the first heading is a part without one.

    Numbers before headings are left out, since a product is numbered by itself, and so is the name of a kind, which the
    part has; what only looks like a number stays. No other word is lost. Levels that are left out are closed up.
    `known` is what headings carry.
    """
    carried: dict[str, list[Known]] = {}
    for one in known:
        carried.setdefault(one.heading, []).append(one)
    told: list[Part] = []
    levels: list[int] = []
    counts: list[int] = []
    chapters: list[str] = []
    for level, heading, below in _sections(text):
        if not level and not below:
            continue
        while levels and levels[-1] >= max(level, 1):
            levels.pop()
        depth = min(len(levels), rules.DEEPEST - 1)
        del chapters[depth:]
        counts[depth + 1 :] = []
        counts += [0] * (depth + 1 - len(counts))
        counts[depth] += 1
        own = carried[heading].pop(0) if carried.get(heading) else Known(heading)
        part = _part(depth, heading, below, own, counts)
        if part.kind == Kind.TEXT and not own.identity and depth and (guess := _guessed(chapters[-1])):
            part = part._replace(kind=guess, is_guessed=True)
        told.append(part)
        chapters.append(part.title)
        if level:
            levels.append(level)
    return told


def _part(depth: int, heading: str, below: str, own: Known, counts: list[int]) -> Part:
    bare = heading if own.exact else heading[_numbered(heading, own, counts[depth]) :]
    kind: str = Kind.TEXT
    if not own.exact:
        kind, bare = _told_by(bare)
    kind = _NAMED.get((own.kind or "").casefold(), kind)
    stood = heading.removesuffix(bare).strip()
    bare = _ESCAPED.sub(r"\1", bare)
    if bare in _NAMELESS:
        stood, bare = heading, ""
    text = "\n\n".join(filter(None, (bare[_LONGEST:].strip(), below)))
    return Part(depth, kind, bare[:_LONGEST], text, stood, own.identity or "")


def _numbered(heading: str, own: Known, place: int) -> int:
    """How many letters of a heading are its number. A day, an amount or a name that begins with one is none: what
    follows a number begins with a capital, and a number without a dot, or a letter, is that of the heading's place."""
    bare = _BARE_NUMBER.match(heading)
    if own.identity is not None:
        return bare.end() if bare else 0
    letter = _LETTER.match(heading)
    if letter and (ord(letter[1]) - ord("A") + 1 != place or _LETTER.match(heading, letter.end())):
        letter = None
    found = _NUMBER.match(heading) or letter or (bare if bare and bare[1] == str(place) else None)
    return found.end() if found and heading[found.end() :][:1].isupper() else 0


_PRODUCTS = [labels(language).product for language in ("da", "en")]
_NAMELESS = {one.untitled for one in _PRODUCTS}
_NAMED = {name.casefold(): Kind(kind) for one in _PRODUCTS for kind, name in one.kind.items() if name} | {
    str(kind): kind for kind in Kind
}


def _sections(text: str) -> Iterator[tuple[int, str, str]]:
    level, title, lines = 0, "", list[str]()
    for line in text.replace("\r\n", "\n").split("\n"):
        if found := _HEADING.fullmatch(line.rstrip()):
            yield level, title, "\n".join(lines).strip()
            level, title, lines = len(found[1]), found[2], []
        else:
            lines.append(line)
    yield level, title, "\n".join(lines).strip()


def _told_by(title: str) -> tuple[str, str]:
    """The kind that a heading names, "Princip: Gør stierne lyse", and the heading without it."""
    for pattern, kind in _KINDS:
        if found := pattern.match(title):
            return kind, title[found.end() :] or title
    return Kind.TEXT, title


def _guessed(chapter: str) -> str | None:
    return next((kind for pattern, kind in _CHAPTERS if pattern.fullmatch(chapter.strip())), None)
