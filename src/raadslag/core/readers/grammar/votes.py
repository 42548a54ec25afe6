"""Votes, reservations, dissents and absences for one item, read from the words of its decision."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from raadslag.core.readers.grammar.outcomes import LONG, sentences
from raadslag.core.readers.grammar.people import is_name, plain_name
from raadslag.core.readers.grammar.vocabulary import Vocabulary, fold
from raadslag.core.record import Reservation, Vote, VoteSide

_COUNT = re.compile(r"(?<![\w.])(\d{1,2})(?![\w.]|\s*\.\s*\w)")
_BRACKET = re.compile(r"\(([^()]*)\)")
_LETTERS = re.compile(r"^[A-ZÆØÅ]{1,4}$")
_SIDES = ("for", "against", "abstained")


@dataclass(slots=True)
class _Open:
    """A vote being gathered, side by side."""

    question: str | None = None
    sides: dict[str, VoteSide] = field(default_factory=dict)

    def closed(self) -> Vote:
        side = self.sides.get
        return Vote(question=self.question, for_=side("for"), against=side("against"), abstained=side("abstained"))


def votes(text: str, told: list[str], words: Vocabulary) -> tuple[Vote, ...]:
    """The votes of a decision whose sentences are `told`, in order; an unanimous one without figures tells of none."""
    gathered: list[_Open] = []
    if ":" in text and words.folded("votes.side_line").search(fold(text)):
        told = sentences(words.pattern("votes.side_line").sub("\n\n", text), words)
    for s in told:
        small = fold(s)
        if len(s) > LONG or not words.folded("votes.hint").search(small):
            continue
        if m := words.folded("votes.tie").search(small):
            counts = [int(v) for v in m.groups() if v]
            if len(counts) == 2:
                gathered.append(_Open(sides={"for": VoteSide(count=counts[0]), "against": VoteSide(count=counts[1])}))
                continue
        if (
            words.hints_at("reservation", s)
            and words.pattern("votes.reservation").search(s)
            and not words.folded("votes.votes").search(small)
        ):
            continue
        down = words.folded("votes.voted_down").search(small) is not None
        for told_side, value, question in _found(s, small, words):
            side = {"for": "against", "against": "for"}.get(told_side, told_side) if down else told_side
            if (
                not gathered
                or (side in gathered[-1].sides and not _joins(gathered[-1].sides[side], value))
                or (question and gathered[-1].question != question and gathered[-1].sides)
            ):
                gathered.append(_Open())
            now = gathered[-1]
            now.question = now.question or question
            now.sides[side] = _merged(now.sides.get(side), value)
    if len(gathered) > 1 and gathered[0].question and not gathered[-1].question:
        gathered[-1].question = words.table["votes"]["whole_question"]
    return tuple(v.closed() for v in gathered)


def _joins(have: VoteSide, new: VoteSide) -> bool:
    """Whether a second mention of a side is the same side told in other words."""
    return (
        (have.count is None and not set(have.who) & set(new.who) and new.count is not None)
        or (not have.who and new.count is None)
        or have == new
    )


def _merged(have: VoteSide | None, new: VoteSide) -> VoteSide:
    if have is None:
        return new
    return VoteSide(count=have.count if have.count is not None else new.count, who=have.who or new.who)


def _found(s: str, small: str, words: Vocabulary) -> list[tuple[str, VoteSide, str | None]]:
    """The sides that one sentence tells of, in the order of their words. `small` is it in small letters."""
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, str, VoteSide, str | None]] = []
    for side in ("abstained", "against", "for"):
        for pattern in words.hinted(f"votes.{side}", small):
            for m in pattern.finditer(s):
                start, end = m.span("side")
                if any(a < end and start < b for a, b in taken):
                    continue
                groups = m.groupdict()
                more = groups.get("more")
                beside = words.pattern("votes.after_count").match(s[end:]) if _COUNT.search(groups["side"]) else None
                if beside and not more:
                    more = beside["bracket"] or beside["names"]
                value = _side(groups["side"], more, words)
                if value is None:
                    continue
                taken.append((start, max(end, m.end() if groups.get("more") else end)))
                found.append((start, side, value, groups.get("question")))
    return [(side, value, question) for _, side, value, question in sorted(found, key=lambda f: f[0])]


def _side(text: str, more: str | None, words: Vocabulary) -> VoteSide | None:
    inside = " ".join(_BRACKET.findall(text))
    outside = words.pattern("votes.lead").sub("", _BRACKET.sub(" ", text).strip())
    count = _count(outside, words)
    if count is None:
        count = _count(inside, words)
    who = voters(_COUNT.sub(" ", outside), words) or voters(_COUNT.sub(" ", inside), words)
    if more:
        who = who or voters(_BRACKET.sub(lambda m: m[1], more), words)
    return VoteSide(count=count, who=who) if count is not None or who else None


def _count(text: str, words: Vocabulary) -> int | None:
    if m := _COUNT.search(text):
        return int(m[1])
    small = fold(text)
    if small.startswith(words.one_voter):
        return 1
    first = small.partition(" ")[0]
    return None if first in words.articles else words.cardinals.get(first)


def voters(text: str, words: Vocabulary) -> tuple[str, ...]:
    """The parties and persons in a list of voters, without genitives and group words."""
    found: list[str] = []
    for part in words.pattern("votes.split").split(text):
        part = words.pattern("votes.party_word").sub("", part.strip(" .:,"))
        grouped = words.pattern("votes.group").search(part)
        part = words.pattern("votes.who_noise").sub("", words.pattern("votes.group").sub("", part)).strip(" .:,()")
        part = " ".join(part.split())
        if not part:
            continue
        if party := _party(part, words):
            found.append(party)
        elif _LETTERS.match(part):
            found.append(part)
        elif is_name(part, words):
            found.append(plain_name(part, words))
        elif grouped and part[0].isupper():
            found.append(part)
    return tuple(dict.fromkeys(found))


def _party(part: str, words: Vocabulary) -> str | None:
    small = part.casefold()
    return words.party_names.get(small) or words.party_names.get(words.pattern("shapes.article").sub("", small))


def reservations(told: list[str], words: Vocabulary) -> tuple[Reservation, ...]:
    """Who made a reservation, with the sentence that says so."""
    return tuple(Reservation(who=who, text=s) for s, who in _told(told, "votes.reservation", words) if who)


def dissents(told: list[str], words: Vocabulary) -> list[tuple[tuple[str, ...], str]]:
    """Who had an opinion entered in the minutes, with the sentence."""
    return [(who, s) for s, who in _told(told, "votes.dissent", words)]


def _told(told: list[str], path: str, words: Vocabulary) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    subject = path.rpartition(".")[2]
    for s in told:
        if words.hints_at(subject, s) and (m := words.pattern(path).search(s)):
            who = next(v for k, v in m.groupdict().items() if k.startswith("who") and v)
            inside = " ".join(_BRACKET.findall(who)) if who[0].isdigit() else ""
            found.append((s, voters(inside or _BRACKET.sub("", who), words)))
    return found


def absences(told: list[str], words: Vocabulary) -> list[tuple[str, str | None]]:
    """(person, reason) for each who was away from one item."""
    found: dict[str, str | None] = {}
    for s in told:
        tried = len(s) <= LONG and words.hints_at("absence", fold(s))
        for pattern in words.patterns("absence.patterns") if tried else ():
            if m := pattern.search(s):
                for part in words.pattern("votes.split").split(m["person"]):
                    person = plain_name(part, words)
                    if is_name(person, words):
                        found.setdefault(person, m.groupdict().get("reason"))
                break
    return list(found.items())
