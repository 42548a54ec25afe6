"""Names in lists and sentences: who was there, who was not, who came instead."""

from __future__ import annotations

import re

import msgspec
from msgspec.structs import replace

from raadslag.core.readers.grammar.rows import DIGIT
from raadslag.core.readers.grammar.vocabulary import Vocabulary, fold, key

_NUMBER = re.compile(r"^\s*(?:\d{1,3}[.)]\s+|[-–•·*]\s+)")
_BRACKET = re.compile(r"\s*[(\[]((?:[^()\[\]]|\([^()\[\]]*\))*)[)\]]")
_PARTY = re.compile(r"^(?:[A-ZÆØÅ]|[A-ZÆØÅ]{2})$")
_INITIALS = re.compile(r"^[A-ZÆØÅ]{1,5}$")
_DASH = re.compile(r"\s+[–-]\s+")
_CUT = re.compile(r"[()\[\],;|\t\n]")
_CUT_AND_BEHIND = re.compile(r"[()\[\],;|\t\n]|(?<=\)) (?=[^\W\d_a-zæøå])")  # and behind a bracket
_CELL = re.compile(r"\s*\|\s*|\t+|\s{2,}|\s+[-–]\s+")
_MASKED = re.compile(r"\[[^\W\d_]+\]")


class Person(msgspec.Struct, frozen=True, gc=False):
    """A person as a list names him or her. `cases` are the first and last item of an absence for some items."""

    name: str
    party: str | None = None
    role: str | None = None
    reason: str | None = None
    substitute: str | None = None
    cases: tuple[int, int] | None = None


def people(text: str, words: Vocabulary) -> list[Person]:
    """The persons that a list such as "A B (V), C D (afbud) og E F" names, in order.

    Parts that are no name are left out; `only_people` tells whether there are any.
    """
    return listed(text, words)[0]


def only_people(text: str, words: Vocabulary) -> list[Person]:
    """The persons, if the text is a list of persons and nothing else; otherwise an empty list."""
    found, strange = listed(text, words, till_strange=True)
    return [] if strange else found


def plain_name(text: str, words: Vocabulary) -> str:
    """A name without party, number, title and closing marks."""
    name = _without_brackets(_without_number(text)).strip(" .,;:")
    return _without_role(name, words)[0]


def _without_number(text: str) -> str:
    return text if text[:1].isalpha() else _NUMBER.sub("", text)


def _without_brackets(text: str) -> str:
    return _BRACKET.sub("", text) if "(" in text or "[" in text else text


def is_name(text: str, words: Vocabulary) -> bool:
    """Whether a text looks like a person's name: two to six words with capitals, or a masked one."""
    if len(text) >= 80:
        return False
    named = words.full_name.fullmatch(text) and not DIGIT.search(text)
    if not named and not ("[" in text and _MASKED.search(text)):
        return False
    if text.split(" ", 1)[0].casefold() in words.head or words.is_body(text):
        return False
    return "ommune" not in text.lower() or words.pattern("head.body").fullmatch(text) is None


def listed(text: str, words: Vocabulary, *, till_strange: bool = False) -> tuple[list[Person], bool]:
    """The persons of a list, and whether it holds anything else; then it may be read to the first such thing only."""
    persons: list[Person] = []
    strange = False
    for piece in _pieces(text, words):
        piece = _without_number(piece).strip()
        if not piece or words.says_nobody(piece):
            continue
        if persons and _attach(piece, persons, words):
            continue
        person = _person(piece, words)
        if person is None:
            strange = True
            if till_strange:
                break
        else:
            persons.append(person)
    return persons, strange


def _pieces(text: str, words: Vocabulary) -> list[str]:
    """The text cut at commas, semicolons, line breaks and "and" outside brackets; or at dashes between names."""
    if text.count(" – ") + text.count(" - ") > 1 and "," not in text:
        names = _DASH.split(text)
        if all(is_name(_without_brackets(name).strip(), words) for name in names):
            return names
    cut: list[str] = []
    depth, start = 0, 0
    for m in (_CUT_AND_BEHIND if ") " in text else _CUT).finditer(text):
        c = m[0]
        if c in "([":
            depth += 1
        elif c in ")]":
            depth = max(0, depth - 1)
        elif not depth:
            cut.append(text[start : m.start()])
            start = m.end()
    cut.append(text[start:])
    if words.hints_at("and", text):
        cut = [part for whole in cut for part in words.conjunction.split(whole)]
    return [part for whole in cut if (part := whole.strip(" ."))]


def _attach(piece: str, persons: list[Person], words: Vocabulary) -> bool:
    """Whether a piece belongs to the person before it: a party, a reason, the cases, whom one replaced."""
    last, inner = persons[-1], piece.strip("()[] ")
    if len(inner) < 3 and _PARTY.match(inner):
        persons[-1] = replace(last, party=inner)
    elif words.pattern("attendance.attached").match(inner):
        if m := words.pattern("attendance.cases").match(piece):
            first = int(m["first"])
            persons[-1] = replace(last, cases=(first, int(m["last"] or first)))
        elif m := words.pattern("attendance.substitute_for").match(piece):
            persons[-1] = replace(last, role="substitute_for:" + plain_name(m["person"], words))
        elif words.pattern("attendance.reason").match(inner):
            persons[-1] = replace(last, reason=inner)
        else:
            return False
    elif inner in words.parties:
        persons[-1] = replace(last, party=last.party or inner)
    elif key(inner) in words.roles and not last.role:
        persons[-1] = replace(last, role=inner)
    else:
        return False
    return True


def _person(piece: str, words: Vocabulary) -> Person | None:
    party = reason = substitute = None
    before, dash, told = piece.rpartition(" - ")
    if dash:
        behind = _without_brackets(told).strip()
        if words.pattern("attendance.reason").match(told.strip()):
            piece, reason = before, told.strip()
        elif behind.casefold() in words.roles:
            piece = f"{behind} {before}{told.strip()[len(behind) :]}"
    bracketed = "(" in piece or "[" in piece
    for inner in _BRACKET.findall(piece) if bracketed else ():
        inner = inner.strip()
        if m := words.pattern("attendance.substitute_mark").match(inner):
            substitute = plain_name(m["substitute"], words)
        elif words.pattern("attendance.reason").match(inner):
            reason = inner
        elif len(inner) < 3 and _PARTY.match(inner):
            party = inner if len(inner) == 1 else party
    name = _BRACKET.sub("", piece) if bracketed and not _MASKED.search(piece) else piece
    name = name.strip(" .,;:")
    if " " in name[-3:] and _PARTY.match(name.rsplit(" ", 1)[1]) and len(name.split()) > 2:
        name, party = name.rsplit(" ", 1)
    name, role = _without_role(name, words)
    return Person(name, party, role, reason, substitute) if is_name(name, words) else None


def _without_role(name: str, words: Vocabulary) -> tuple[str, str | None]:
    parts = name.split(" ", 2)
    for n in (1, 2):
        if len(parts) > n and " ".join(parts[:n]).casefold() in words.roles:
            role = " ".join(parts[:n])
            return name[len(role) + 1 :].strip(), role
    if len(parts) > 2 and parts[0].islower() and words.pattern("titles.work").match(parts[0]):
        return name[len(parts[0]) + 1 :], parts[0]
    if len(parts) > 2 and (role := name.rpartition(" ")[2]).casefold() in words.roles:
        return name[: -len(role)].rstrip(" ,"), role
    return name, None


def status_row(wide: str, words: Vocabulary) -> tuple[Person, str] | None:
    """(person, "present" or "absent") of a table's row such as "Ane Lind | V | Afbud"; None for other lines."""
    if not ("|" in wide or "\t" in wide or "  " in wide or " - " in wide or " – " in wide):
        return None
    cells = [c for c in _CELL.split(wide.strip(" |")) if c]
    if not 2 <= len(cells) <= 4:
        return None
    status = next((s for s in ("present", "absent") if words.pattern(f"attendance.status_{s}").match(cells[-1])), None)
    person = _person(cells[0], words) if status else None
    if person is None or status is None:
        return None
    party = next((c for c in cells[1:-1] if _PARTY.match(c)), person.party)
    reason = cells[-1] if words.pattern("attendance.excused").match(cells[-1]) else None
    return Person(person.name, party, person.role, reason), status


def sentence(text: str, words: Vocabulary) -> Person | None:
    """Who was away, for what reason and who came instead, if one sentence tells that and no more."""
    text = text.strip()
    small = fold(text)
    if len(text) > 250 or not (words.hints_at("attendance", small) or words.hints_at("instead", small)):
        return None
    for pattern in words.patterns("attendance.sentences"):
        if m := pattern.match(text):
            groups = m.groupdict()
            substitute = groups.get("substitute")
            return Person(
                plain_name(groups["person"], words),
                reason=(groups.get("reason") or None),
                substitute=plain_name(substitute, words) if substitute else None,
            )
    return None


def all_away(text: str, words: Vocabulary) -> list[Person]:
    """The persons of whom a sentence says that they were away from the meeting, and nothing else."""
    m = words.pattern("attendance.all_away").match(text.strip()) if len(text) < 250 else None
    return only_people(m["who"], words) if m else []
