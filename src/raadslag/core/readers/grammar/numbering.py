"""The row of rising numbers that is a paper's own.

Papers number their items in many ways, and lists of points, files and persons are numbered too. Each
style of numbering gives candidates; every candidate is weighed by what stands around it; for each style
the best row of rising numbers is found, and the style with the weightiest row is the paper's own.
"""

from __future__ import annotations

import itertools
import re

import msgspec

from raadslag.core.readers.grammar.outcomes import of_text
from raadslag.core.readers.grammar.people import only_people
from raadslag.core.readers.grammar.rows import Row, access_line, before, following
from raadslag.core.readers.grammar.vocabulary import Vocabulary, key

_NUMERAL = re.compile(r"^(\d+)([a-z]?)$", re.IGNORECASE)
_MIN_WEIGHT = 1.9
_SURE = ("marked", "word", "no", "access", "alone", "roman_alone", "ruled")
_ALONE = ("alone", "roman_alone")
"""The styles that no list of points or files has."""
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


class Candidate(msgspec.Struct):
    """A line that may begin an item."""

    i: int
    style: int
    number: str
    order: tuple[int, str]
    title: str
    access: str | None
    weight: float = 0.0
    listed: bool = False
    best: float = 0.0
    back: Candidate | None = None


def best_chain(rows: list[Row], words: Vocabulary) -> list[Candidate]:
    """The candidates that begin items, in order; empty where no style of numbering is heavy enough."""
    candidates: list[list[Candidate]] = [[] for _ in words.table["items"]["styles"]]
    not_title = words.pattern("items.not_title")
    people_until = _people_zone(rows, words)
    for i, row in enumerate(rows):
        if (
            not row.text
            or row.rule is not None
            or row.text[0] == "|"  # a row of a table
            or (row.label and not row.label.heading.endswith(":") and row.label.section)
        ):
            continue
        text = row.bare
        for style, name, pattern in words.item_styles.get(text[0].lower(), ()):
            m = pattern.match(text)
            if m is None:
                continue
            title = m["title"].strip()
            if words.case_of_line(title):
                title = ""
            if not_title.match(title) or len(title) > 300 or (name == "no" and row.label and row.label.item):
                continue
            if name == "ad" and of_text(title, words):
                continue  # what became of one point, not an item
            c = Candidate(i, style, m["number"], order(m["number"]), title, m.groupdict().get("access"))
            if c.order[0] > 2000 and name in ("spaced", "dashed", "alone", "glued"):
                continue
            c.weight = _weigh(c, name, pattern, rows, candidates[style], words)
            if people_until.get(i):
                c.weight, c.listed = c.weight - 5, False
            candidates[style].append(c)
    best: list[Candidate] = []
    best_weight = _MIN_WEIGHT
    chains = [_chain(row_of) for row_of in candidates]
    for chain, weight in chains:
        if weight > best_weight + 0.01:
            best, best_weight = chain, weight
    for chain, weight in chains:
        if weight > 0 and len(chain) > 1 and _announces(best, chain):
            best = chain
    return _with_repetitions(best, candidates)


def _announces(first: list[Candidate], then: list[Candidate]) -> bool:
    """Whether a row of numbers is but the contents of another that follows, with the same numbers and titles."""
    if len(first) != len(then) or first[-1].i >= then[0].i:
        return False
    return all(
        a.order == b.order and a.title and key(a.title) == key(b.title) for a, b in zip(first, then, strict=True)
    )


def _with_repetitions(chain: list[Candidate], candidates: list[list[Candidate]]) -> list[Candidate]:
    """The chain with lines just before an item's head that bear the same number, such as a link to it."""
    if not chain:
        return chain
    own = candidates[chain[0].style]
    taken = {c.i for c in chain}
    found: list[Candidate] = []
    last = -1
    for c in chain:
        near = [e for e in own if last < e.i < c.i and c.i - e.i < 12 and e.i not in taken and e.weight > 0]
        if all(e.order == c.order and _alike(e.title, c.title) for e in near):
            found += near
        found.append(c)
        last = c.i
    return found


def _people_zone(rows: list[Row], words: Vocabulary) -> dict[int, bool]:
    """Rows in a list of persons: the numbered lines after a label such as "present"."""
    zone: dict[int, bool] = {}
    inside = False
    for i, row in enumerate(rows):
        if row.label:
            inside = row.label.head in ("present", "members", "absent", "excused") and not row.label.section
        elif inside and row.text and len(row.text) > 90:
            inside = False
        if inside and row.text[:1].isdigit() and only_people(row.bare, words):
            zone[i] = True
    return zone


def _weigh(
    c: Candidate, style: str, pattern: re.Pattern[str], rows: list[Row], earlier: list[Candidate], words: Vocabulary
) -> float:
    """How much speaks for a line being the head of an item."""
    row = rows[c.i]
    weight = {
        "marked": 1.5,
        "word": 1.2,
        "no": 1.2,
        "access": 1.0,
        "dotted": 1.0,
        "dashed": 0.3,
        "spaced": 0.05,
        "glued": 0.05,
        "alone": 0.0,
        "ad": 0.8,
        "roman": 0.6,
        "ruled": 1.2,
        "roman_alone": 0.0,
    }[style]
    if c.title and c.title[0].islower():
        weight -= 3
    if len(c.title) > 200:
        weight -= 2
    if words.hints_at("leader", c.title) and words.pattern("items.leader").search(c.title):
        weight -= 1
    if row.level:
        weight += 1.5
    prev = before(rows, c.i)
    if prev is not None:
        p = rows[prev]
        in_list = (
            bool(earlier) and earlier[-1].i == prev and earlier[-1].listed and earlier[-1].order[0] + 1 == c.order[0]
        )
        if (
            p.label
            and p.label.section in ("recommendation", "attachments")
            and (c.order[0] == 1 or p.label.section == "recommendation")
        ):
            in_list = True
        elif (
            words.pattern("items.announces_points").search(p.text[-4:])
            and not (p.label and (p.label.head == "contents" or p.label.section == "attachments"))
            and not words.pattern("head.title_lines").match(p.text)
        ):
            in_list = c.order[0] == 1 or (bool(earlier) and earlier[-1].listed)
        evidence = _evidence(c, style, pattern, rows, words)
        if in_list and evidence < (2 if style in _SURE else 2.5):
            c.listed = True
            weight -= 4
        return weight + evidence
    return weight + _evidence(c, style, pattern, rows, words)


def _evidence(c: Candidate, style: str, pattern: re.Pattern[str], rows: list[Row], words: Vocabulary) -> float:
    """What the next lines say: labels, case numbers and marks of access follow the head of an item."""
    after = list(itertools.takewhile(lambda row: not _other(row, c, pattern), following(rows, c.i, 4)))
    if style in _ALONE or (style == "word" and not c.title):
        if c.i + 1 < len(rows) and style in _ALONE:
            nxt = next((r for r in rows[c.i + 1 : c.i + 4] if r.text), None)
            if nxt is None or nxt.rule is not None or (nxt.label and nxt.label.section) or nxt.text[0].islower():
                return -2.0
        if style in _ALONE:
            if after and (after[0].level or any(words.case_of_line(row.bare) for row in after[:3])):
                return 2.5
            after = after[1:]
    if any(words.case_of_line(row.bare) or words.pattern("access.with_case").match(row.bare) for row in after[:2]):
        return 2.5
    for n, row in enumerate(after[:3]):
        if (
            row.label
            and (row.label.section or row.label.item in ("case", "document"))
            and not row.label.rest[:1].islower()
        ):
            return 2.0 if n < 2 else 1.2
        if is_case(row.text, words) or access_line(row.bare, words):
            return 2.0
        if any(p.match(row.bare) for p in words.patterns("decided.headings")):
            return 2.0
    above, beneath = (rows[c.i - 1] if c.i else None), (rows[c.i + 1] if c.i + 1 < len(rows) else None)
    titled = style in _ALONE and beneath is not None and beneath.text and (above is None or not above.text)
    return 0.1 if titled else 0.0


def _other(row: Row, c: Candidate, pattern: re.Pattern[str]) -> bool:
    """Whether a row begins another item in the same style: what follows it is that one's."""
    m = pattern.match(row.bare)
    return m is not None and order(m["number"]) != c.order


def is_case(text: str, words: Vocabulary) -> bool:
    """Whether a line is a case number and nothing else."""
    return len(text) < 40 and words.pattern("references.case").fullmatch(text) is not None


def _chain(candidates: list[Candidate]) -> tuple[list[Candidate], float]:
    """The row of rising numbers with the greatest weight. The same number may come twice close together."""
    by_number: dict[int, Candidate] = {}
    best: Candidate | None = None
    for c in candidates:
        n = c.order[0]
        c.best = c.weight
        for step in range(5):
            p = by_number.get(n - step)
            if p is None or (step == 0 and not (p.order < c.order or (c.i - p.i < 60 and _alike(p.title, c.title)))):
                continue
            gain = (min(c.weight, 0.2) if step == 0 and p.order == c.order else c.weight) - 0.4 * max(0, step - 1)
            if p.best + gain >= c.best:
                c.best, c.back = p.best + gain, p
        if n not in by_number or c.best >= by_number[n].best:
            by_number[n] = c
        if best is None or c.best > best.best:
            best = c
    if best is None:
        return [], 0.0
    chain: list[Candidate] = []
    step_back: Candidate | None = best
    while step_back is not None:
        chain.append(step_back)
        step_back = step_back.back
    return chain[::-1], best.best


def _alike(a: str, b: str) -> bool:
    return not a or not b or key(a)[:30] == key(b)[:30]


def order(number: str | None) -> tuple[int, str]:
    """Where a printed number such as "4" or "4a" stands; last, where it is none."""
    if number and number[0] in _ROMAN:
        values = [_ROMAN.get(c, 0) for c in number]
        return sum(-v if v < max(values[n:]) else v for n, v in enumerate(values)), ""
    m = _NUMERAL.match(number or "")
    return (int(m[1]), m[2].casefold()) if m else (10**6, number or "")


def grouped(chain: list[Candidate]) -> list[list[Candidate]]:
    """The chain with repetitions of one number brought together."""
    groups: list[list[Candidate]] = []
    for c in chain:
        if groups and groups[-1][0].order == c.order:
            groups[-1].append(c)
        else:
            groups.append([c])
    return groups
