"""Where the items of a paper begin, and what its contents list says of them.

Papers number their items in many ways, and lists of points, files and persons are numbered too. Each
style of numbering gives candidates; every candidate is weighed by what stands around it; for each style
the best row of rising numbers is found, and the style with the weightiest row is the paper's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from raadslag.core.readers.grammar.people import only_people
from raadslag.core.readers.grammar.rows import Row, before, following
from raadslag.core.readers.grammar.vocabulary import Vocabulary, key
from raadslag.core.record import Access

_NUMERAL = re.compile(r"^(\d+)([a-z]?)$", re.IGNORECASE)
_MIN_WEIGHT = 1.9


@dataclass(slots=True)
class Start:
    """The beginning of an item: the index of its first row and of the row after its head, and what it says.

    `repeats` are the rows in which its number stands again.
    """

    row: int
    after: int
    number: str | None = None
    title: str | None = None
    title_rows: tuple[int, int] | None = None
    access: Access = "unknown"
    page: int | None = None
    repeats: frozenset[int] = frozenset()


@dataclass(slots=True)
class Candidate:
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


@dataclass(slots=True)
class Contents:
    """The list of contents: its rows (from, to) and its entries."""

    first: int
    last: int
    entries: list[Start] = field(default_factory=list)


def starts(rows: list[Row], words: Vocabulary) -> tuple[list[Start], Contents | None]:
    """The items' beginnings in order, and the contents list if there is one.

    Items that stand only in the contents (closed ones often do) are not among the beginnings; `merge`
    adds them.
    """
    contents_at = _contents_start(rows)
    chain = _best_chain(rows, contents_at, words)
    found = [_start(rows, group, words) for group in _grouped(chain)] if chain else _without_numbers(rows, contents_at, words)
    found = [s for s in found if s is not None]
    contents = None
    if contents_at is not None:
        end = found[0].row if found else len(rows)
        if end > contents_at:
            contents = Contents(contents_at, end, _entries(rows, contents_at, end, words))
    _finish_titles(found, contents, rows, words)
    return found, contents


# --- the contents list


def _contents_start(rows: list[Row]) -> int | None:
    for i, row in enumerate(rows):
        if row.label and row.label.head == "contents" and not row.label.rest:
            return i
    return None


def _entries(rows: list[Row], first: int, end: int, words: Vocabulary) -> list[Start]:
    entries: list[Start] = []
    closed = False
    styles = [words.compile_cached(s["pattern"]) for s in words.table["items"]["styles"]]
    names = [s["name"] for s in words.table["items"]["styles"]]
    for i in range(first, end):
        row = rows[i]
        if not row.text or (row.rule and row.rule != "bullet"):
            continue
        if row.label and row.label.head == "contents_closed":
            closed = True
            continue
        text = row.bare.strip("| ") if row.text.startswith("|") else row.bare
        page = None
        if m := words.pattern("items.leader").search(text):
            page, text = m["page"], text[: m.start()]
        elif row.text.startswith("|") and (m := words.pattern("items.toc_page").search(text)):
            page, text = m["page"], text[: m.start()].rstrip(" |")
        for name, pattern in zip(names, styles, strict=True):
            m = pattern.match(text)
            if m is None or name == "alone" or not m["title"].strip():
                continue
            access = m.groupdict().get("access")
            title, marked = clean_title(m["title"], words)
            entries.append(
                Start(i, i + 1, m["number"], title, (i, i), _access(access, words) if access else "closed" if closed else marked, int(page) if page else None)
            )
            break
        else:
            if page and len(text) > 2:
                title, marked = clean_title(text, words)
                entries.append(Start(i, i + 1, None, title, (i, i), "closed" if closed else marked, int(page)))
    return entries


def merge(found: list[Start], contents: Contents | None) -> list[Start]:
    """The beginnings with those items put in their place that stand in the contents only."""
    if contents is None:
        return found
    numbers = {s.number for s in found if s.number}
    titles = {key(s.title) for s in found if s.title}
    for entry in contents.entries:
        for s in found:
            if s.page is None and entry.page and (entry.number == s.number if entry.number else key(entry.title or "") == key(s.title or "")):
                s.page = entry.page
                if s.access == "unknown":
                    s.access = entry.access
    if not numbers:
        return found
    extra = [e for e in contents.entries if e.number and e.number not in numbers and e.title and key(e.title) not in titles]
    merged = found + extra if all(_order(e.number) > _order(found[-1].number) for e in extra) else sorted(found + extra, key=lambda s: _order(s.number))
    return merged


# --- candidates and chains


def _best_chain(rows: list[Row], contents_at: int | None, words: Vocabulary) -> list[Candidate]:
    styles = words.table["items"]["styles"]
    candidates: list[list[Candidate]] = [[] for _ in styles]
    compiled = [(s["name"], words.compile_cached(s["pattern"])) for s in styles]
    not_title = words.pattern("items.not_title")
    people_until = _people_zone(rows, words)
    for i, row in enumerate(rows):
        if not row.text or row.rule not in (None,) or (row.label and not row.label.heading.endswith(":") and row.label.section):
            continue
        text = row.bare
        first = text[0]
        if not first.isdigit() and first.casefold() not in "pdsnålø":
            continue
        for style, (name, pattern) in enumerate(compiled):
            if first.isdigit() == (name in ("word", "no", "access")):
                continue
            m = pattern.match(text)
            if m is None:
                continue
            title = m["title"].strip()
            if not_title.search(title) or len(title) > 300 or (name == "no" and row.label and row.label.item):
                continue
            c = Candidate(i, style, m["number"], _order(m["number"]), title, m.groupdict().get("access"))
            if c.order[0] > 2000 and name in ("spaced", "dashed", "alone", "glued"):
                continue
            c.weight = _weigh(c, name, rows, candidates[style], words)
            if people_until.get(i):
                c.weight, c.listed = c.weight - 5, False
            candidates[style].append(c)
    best: list[Candidate] = []
    best_weight = _MIN_WEIGHT
    for row_of in candidates:
        chain, weight = _chain(row_of)
        if weight > best_weight + 0.01:
            best, best_weight = chain, weight
    return _with_repetitions(best, candidates)


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


def _weigh(c: Candidate, style: str, rows: list[Row], earlier: list[Candidate], words: Vocabulary) -> float:
    """How much speaks for a line being the head of an item."""
    row = rows[c.i]
    weight = {"marked": 1.5, "word": 1.2, "no": 1.2, "access": 1.0, "dotted": 1.0, "dashed": 0.3, "spaced": 0.05, "glued": 0.05, "alone": 0.0}[style]
    if c.title and c.title[0].islower():
        weight -= 3
    if len(c.title) > 200:
        weight -= 2
    if row.level:
        weight += 1.5
    prev = before(rows, c.i)
    if prev is not None:
        p = rows[prev]
        in_list = bool(earlier) and earlier[-1].i == prev and earlier[-1].listed and earlier[-1].order[0] + 1 == c.order[0]
        if p.label and p.label.section in ("recommendation", "attachments") and (c.order[0] == 1 or p.label.section == "recommendation"):
            in_list = True
        elif re.search(r"(?:\bat|:|,)$", p.text) and not (p.label and (p.label.head == "contents" or p.label.section == "attachments")) and not words.pattern("head.title_lines").match(p.text):
            in_list = c.order[0] == 1 or (bool(earlier) and earlier[-1].listed)
        evidence = _evidence(c, style, rows, words)
        if in_list and not (style in ("marked", "word", "no", "access", "alone") and evidence >= 2):
            c.listed = True
            weight -= 4
        return weight + evidence
    return weight + _evidence(c, style, rows, words)


def _evidence(c: Candidate, style: str, rows: list[Row], words: Vocabulary) -> float:
    """What the next lines say: labels, case numbers and marks of access follow the head of an item."""
    after = following(rows, c.i, 4)
    if style == "alone" or (style == "word" and not c.title):
        if c.i + 1 < len(rows) and style == "alone":
            nxt = next((r for r in rows[c.i + 1 : c.i + 4] if r.text), None)
            if nxt is None or nxt.rule is not None or (nxt.label and nxt.label.section) or nxt.text[0].islower():
                return -2.0
        if style == "alone":
            if after and after[0].level:
                return 2.5
            after = after[1:]
    for n, row in enumerate(after[:3]):
        if row.label and (row.label.section or row.label.item in ("case", "document")) and not row.label.rest[:1].islower():
            return 2.0 if n < 2 else 1.2
        if _is_case(row.text, words) or words.pattern("access.open_line").match(row.bare) or words.pattern("access.closed_line").match(row.bare):
            return 2.0
        if any(p.match(row.bare) for p in words.patterns("decided.headings")):
            return 2.0
    return 0.0


def _is_case(text: str, words: Vocabulary) -> bool:
    return len(text) < 40 and words.compile_cached(words.table["references"]["case"]).fullmatch(text) is not None


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
            if p.best + gain > c.best:
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


def _order(number: str | None) -> tuple[int, str]:
    m = _NUMERAL.match(number or "")
    return (int(m[1]), m[2].casefold()) if m else (10**6, number or "")


def _grouped(chain: list[Candidate]) -> list[list[Candidate]]:
    """The chain with repetitions of one number brought together."""
    groups: list[list[Candidate]] = []
    for c in chain:
        if groups and groups[-1][0].order == c.order:
            groups[-1].append(c)
        else:
            groups.append([c])
    return groups


def _start(rows: list[Row], group: list[Candidate], words: Vocabulary) -> Start | None:
    first = group[0]
    begin, title_at, title = first.i, first.i, first.title
    after = first.i + 1
    for c in group:
        if c.title and (not title or words.pattern("items.leader").search(title)):
            title, title_at = c.title, c.i
    if not title:
        nxt = next((j for j in range(group[-1].i + 1, min(len(rows), group[-1].i + 6)) if rows[j].text and rows[j].rule is None), None)
        prev = before(rows, first.i)
        if nxt is not None and not _is_label(rows[nxt]) and not _is_case(rows[nxt].text, words):
            title, title_at, after = rows[nxt].bare, nxt, nxt + 1
        elif prev is not None and first.i - prev <= 2 and not _is_label(rows[prev]):
            title, title_at, begin = rows[prev].bare, prev, prev
    cleaned, access = clean_title(title, words) if title else (None, "unknown")
    if first.access:
        access = _access(first.access, words)
    prev = before(rows, begin)
    if prev is not None and begin - prev <= 3 and access == "unknown":
        line = rows[prev].bare
        if words.pattern("access.open_line").match(line):
            begin, access = prev, "open"
        elif words.pattern("access.closed_line").match(line):
            begin, access = prev, "closed"
    return Start(begin, max(after, title_at + 1), first.number, cleaned, (title_at, title_at) if title else None, access, repeats=frozenset(c.i for c in group[1:]))


def _is_label(row: Row) -> bool:
    return row.label is not None and (row.label.section is not None or row.label.item is not None or row.label.head in ("absent", "excused", "present"))


def clean_title(title: str, words: Vocabulary) -> tuple[str | None, Access]:
    """A title without the marks of its type and access, dot leaders and page; and the access they say."""
    access: Access = "unknown"
    title = words.pattern("items.leader").sub("", title.strip().strip("| "))
    if words.pattern("access.closed_title").search(title):
        access = "closed"
    elif words.pattern("access.open_title").search(title):
        access = "open"
    title = words.pattern("items.title_tail").sub("", title)
    if m := words.pattern("items.title_head").match(title):
        title = title[m.end() :]
    return title.strip() or None, access


def _access(word: str, words: Vocabulary) -> Access:
    return "closed" if words.pattern("access.closed_line").match(word) or word.casefold().startswith("lukke") else "open"


def _finish_titles(found: list[Start], contents: Contents | None, rows: list[Row], words: Vocabulary) -> None:
    """Joins titles that go on in the next line, and drops initials of the body that stand before every title."""
    listed = {e.number: e.title for e in contents.entries if e.number and e.title} if contents else {}
    untitled = [e.title for e in contents.entries if e.title] if contents else []
    for s in found:
        if s.title is None or s.title_rows is None:
            continue
        whole = listed.get(s.number) or next((t for t in untitled if _starts(t, s.title)), None)
        at = s.title_rows[1]
        for j in range(at + 1, min(at + 4, len(rows))):
            row = rows[j]
            if not row.text or row.rule or _is_label(row) or _is_case(row.text, words) or row.level != rows[at].level:
                break
            joined = f"{s.title}{'' if s.title.endswith('-') else ' '}{row.bare}"
            goes_on = whole is not None and _starts(whole, clean_title(joined, words)[0] or "") and len(whole) > len(s.title)
            if not goes_on and whole is None:
                nxt = rows[j + 1] if j + 1 < len(rows) else None
                closes = nxt is None or not nxt.text or _is_label(nxt) or _is_case(nxt.text, words)
                goes_on = closes and (row.bare[0].islower() or len(rows[j - 1].text) >= 60) and not re.search(r"[.:]$", row.bare) and len(row.bare) < 90
            if not goes_on:
                break
            s.title = clean_title(joined, words)[0]
            s.title_rows, s.after = (s.title_rows[0], j), max(s.after, j + 1)
    titles = [s.title for s in found if s.title]
    initials = words.pattern("items.title_initials")
    if len(titles) > 1 and all(initials.match(t) for t in titles) and len({initials.match(t)[0] for t in titles if initials.match(t)}) == 1:  # type: ignore[index]
        for s in [*found, *(contents.entries if contents else [])]:
            s.title = initials.sub("", s.title) if s.title else s.title


def _starts(whole: str, part: str) -> bool:
    """Whether a title begins with another, spaces and capitals apart."""
    return key(whole).replace(" ", "").startswith(key(part).replace(" ", ""))


# --- papers without numbers


def _without_numbers(rows: list[Row], contents_at: int | None, words: Vocabulary) -> list[Start]:
    """Items by their case numbers, else by the heading with which each of them begins."""
    cases = [i for i, row in enumerate(rows) if row.label and row.label.item == "case" and (row.label.rest or row.label.heading.endswith(":"))]
    kind = words.pattern("head.kind_line")
    first = next((i for i, row in enumerate(rows) if row.label and row.label.section and not kind.match(row.bare)), None)
    if cases and any(row.label and row.label.section for row in rows[cases[0] :]) and (first is None or first > cases[0]):
        return [Start(i, i) for i in cases]
    headings = [(i, row.label.section, row.label.key) for i, row in enumerate(rows) if row.label and row.label.section and row.label.section != "decision" and not row.label.rest and not kind.match(row.bare)]
    if not headings:
        return []
    lead = headings[0][2]
    found: list[Start] = []
    seen: set[str] = set()
    every = [(i, row.label.section, row.label.key) for i, row in enumerate(rows) if row.label and row.label.section and not row.label.rest and i >= headings[0][0]]
    for i, kind, k in every:
        if not found or k == lead or (k in seen and kind in ("summary", "background", "recommendation") and lead not in {x for _, _, x in every if _ > i}):
            found.append(Start(i, i))
            seen = set()
        seen.add(k)
    return found
