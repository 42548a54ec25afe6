"""Where the items of a paper begin, and what its contents list says of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from raadslag.core.readers.grammar.numbering import Candidate, best_chain, grouped, is_case, order
from raadslag.core.readers.grammar.rows import Row, access_line, before, following
from raadslag.core.readers.grammar.vocabulary import Vocabulary, fold, key
from raadslag.core.record import Access


class Start(msgspec.Struct, gc=False):
    """The beginning of an item: the index of its first row and of the row after its head, and what it says.

    `repeats` are the rows in which its number stands again, `reference` is a case number beside its
    title, `number_row` the row of its number.
    """

    row: int
    after: int
    number: str | None = None
    title: str | None = None
    title_rows: tuple[int, int] | None = None
    access: Access = "unknown"
    page: int | None = None
    repeats: frozenset[int] = frozenset()
    reference: str | None = None
    number_row: int | None = None


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
    chain = best_chain(rows, words)
    found = [_start(rows, group, words) for group in grouped(chain)] if chain else _without_numbers(rows, words)
    _access_above(found, rows, words)
    _hours_above(found, rows, words)
    _cases_above(found, rows, words)
    contents = None
    if contents_at is not None:
        end = found[0].row if found else len(rows)
        if end > contents_at:
            contents = Contents(contents_at, end, _entries(rows, contents_at, end, words))
    _finish_titles(found, contents, rows, words)
    _open_and_closed_parts(found, rows)
    if contents is None and found:
        _mark_unheaded_contents(found, rows)
    return found, contents


# --- the contents list


def _contents_start(rows: list[Row]) -> int | None:
    for i, row in enumerate(rows):
        if row.label and not row.label.rest:
            listed = [r.bare[0].isdigit() and not r.bare.isdigit() for r in following(rows, i, 2)]
            if row.label.head == "contents" or (
                row.label.head == "contents_start" and len(listed) == 2 and all(listed)
            ):
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
                Start(
                    i,
                    i + 1,
                    m["number"],
                    title,
                    (i, i),
                    _access(access, words) if access else "closed" if closed else marked,
                    int(page) if page else None,
                )
            )
            break
        else:
            if page and len(text) > 2:
                title, marked = clean_title(text, words)
                entries.append(Start(i, i + 1, None, title, (i, i), "closed" if closed else marked, int(page)))
    return entries


def _access_above(found: list[Start], rows: list[Row], words: Vocabulary) -> None:
    """Items begin with the line of their access where the paper sets it above their titles and not below."""
    above: list[tuple[Start, int, Access]] = []
    below = 0
    for s in found:
        at = before(rows, s.row)
        if at is not None and s.row - at <= 3 and (access := access_line(rows[at].bare, words)):
            above.append((s, at, access))
        below += any(access_line(row.bare, words) is not None for row in following(rows, s.after - 1, 1))
    if len(above) > below:
        for s, at, access in above:
            if s.access == "unknown":
                s.row, s.access = at, access


def _cases_above(found: list[Start], rows: list[Row], words: Vocabulary) -> None:
    """Items begin with the case number on the line above their titles where the paper sets it there for most."""
    above = [s for s in found if s.row and is_case(rows[s.row - 1].bare, words)]
    if 2 * len(above) > len(found):
        for s in above:
            s.row -= 1


def _hours_above(found: list[Start], rows: list[Row], words: Vocabulary) -> None:
    """Marks lines that hold the hours of the item right beneath them."""
    for s in found:
        row = rows[s.row - 1] if s.row else None
        if row and row.text and not row.used and words.pattern("items.hours_above").match(row.text):
            row.rule, row.label = "hours", None


def _open_and_closed_parts(found: list[Start], rows: list[Row]) -> None:
    """Access by headings such as "closed items" that stand right before an item and hold for all that follow."""
    heads = {s.row: s for s in found}
    access: Access = "unknown"
    pending: Access = "unknown"
    head: Row | None = None
    for i, row in enumerate(rows):
        if i in heads:
            if head is not None and pending != "unknown" and i > found[0].row:
                head.rule = "access_heading"
            access = pending if pending != "unknown" else access
            if heads[i].access == "unknown":
                heads[i].access = access
            pending = "unknown"
        elif row.label and row.label.head in ("contents_open", "contents_closed") and not row.label.rest:
            pending, head = "closed" if row.label.head == "contents_closed" else "open", row
        elif row.text and not row.rule:
            pending = "unknown"


def _mark_unheaded_contents(found: list[Start], rows: list[Row]) -> None:
    """Marks lines before the first item that hold only titles of items, a contents list without a heading."""
    titled = [(key(s.title), s) for s in found if s.title]
    titles = tuple(title for title, _ in titled)
    listed: list[tuple[Row, Start, Access]] = []
    access: Access = "unknown"
    for row in rows[: found[0].row]:
        if row.label and row.label.head in ("contents_open", "contents_closed"):
            access = "closed" if row.label.head == "contents_closed" else "open"
        elif row.text and (k := key(row.bare)).endswith(titles):
            of = next(s for title, s in titled if k.endswith(title))
            listed.append((row, of, access))
    if len(listed) > 1:
        for row, of, access in listed:
            row.used, row.rule = True, "contents"
            of.access = access if of.access == "unknown" else of.access


def merge(found: list[Start], contents: Contents | None) -> list[Start]:
    """The beginnings with those items put in their place that stand in the contents only."""
    if contents is None:
        return found
    numbers = {s.number for s in found if s.number}
    titles = {key(s.title) for s in found if s.title}
    for entry in contents.entries:
        for s in found:
            if (
                s.page is None
                and entry.page
                and (entry.number == s.number if entry.number else key(entry.title or "") == key(s.title or ""))
            ):
                s.page = entry.page
                if s.access == "unknown":
                    s.access = entry.access
    if not numbers:
        return found
    extra = [
        e for e in contents.entries if e.number and e.number not in numbers and e.title and key(e.title) not in titles
    ]
    return sorted(found + extra, key=lambda s: order(s.number)) if extra else found


def _start(rows: list[Row], group: list[Candidate], words: Vocabulary) -> Start:
    first = group[0]
    begin, title_at, title = first.i, first.i, first.title
    for c in group:
        if c.title and (not title or (words.hints_at("leader", title) and words.pattern("items.leader").search(title))):
            title, title_at = c.title, c.i
    marked = access_line(title.strip("()[] "), words) if len(title) < 40 else None
    if marked and not any(_is_label(row) or _is_head_fact(row, words) for row in following(rows, title_at, 1)):
        title = ""  # only the access stands beside the number
    if not title and (found := _title_beside(rows, first.i, group[-1].i, words)) is not None:
        title, title_at, begin = rows[found].bare, found, min(found, begin)
    reference = None
    if m := words.pattern("items.wide_case").search(rows[title_at].wide):
        reference, title = m["case"], title.removesuffix(m["case"]).strip()
    if reference is None:
        named = words.case_inline.findall(rows[first.i].bare)
        cases = [(label, c) for label, c in named if c.rstrip(".:") != first.number]
        if cases:
            reference = next((c for label, c in cases if label.casefold().startswith(words.case_first)), cases[0][1])
    cleaned, access = clean_title(title, words) if title else (None, "unknown")
    if first.access:
        access = _access(first.access, words)
    return Start(
        begin,
        max(first.i, title_at) + 1,
        first.number,
        cleaned,
        (title_at, title_at) if title else None,
        marked or access,
        repeats=frozenset(c.i for c in group[1:]),
        reference=reference,
        number_row=first.i,
    )


def _title_beside(rows: list[Row], first: int, last: int, words: Vocabulary) -> int | None:
    """The index of the title of an item whose number stands alone: after the number, else before it."""
    for j in range(last + 1, min(len(rows), last + 6)):
        row = rows[j]
        if row.text and row.rule is None and not words.case_of_line(row.bare) and not is_case(row.text, words):
            if not _is_label(row):
                return j
            break
    prev = before(rows, first)
    while prev is not None and first - prev < 9 and _is_head_fact(rows[prev], words):
        prev = before(rows, prev)
    return prev if prev is not None and first - prev < 9 and not _is_label(rows[prev]) else None


def _is_head_fact(row: Row, words: Vocabulary) -> bool:
    """Whether a line between a title and its number is the case or the access of the item."""
    text = row.bare
    return bool(
        is_case(text, words)
        or words.case_of_line(text)
        or access_line(row.bare, words)
        or words.pattern("access.with_case").match(text)
    )


def _is_label(row: Row) -> bool:
    return row.label is not None and (
        row.label.section is not None
        or row.label.item is not None
        or row.label.head in ("absent", "excused", "present")
    )


def clean_title(title: str, words: Vocabulary) -> tuple[str | None, Access]:
    """A title without the marks of its type and access, dot leaders and page; and the access they say."""
    access: Access = "unknown"
    title = title.strip().strip("| ")
    if words.hints_at("leader", title):
        title = words.pattern("items.leader").sub("", title)
    says_access = words.hints_at("access", fold(title))
    if says_access:
        if words.pattern("access.closed_title").search(title):
            access = "closed"
        elif words.pattern("access.open_title").search(title):
            access = "open"
    head = words.pattern("items.title_head").match(title) if says_access else None
    if words.hints_at("title_tail", title[-6:]):
        title = words.pattern("items.title_tail").sub("", title)
    if head:
        title = title[head.end() :]
    return title.strip() or None, access


def _access(word: str, words: Vocabulary) -> Access:
    return "closed" if words.pattern("access.closed").search(word) else "open"


def _finish_titles(found: list[Start], contents: Contents | None, rows: list[Row], words: Vocabulary) -> None:
    """Joins titles that go on in the next line, and drops initials of the body that stand before every title."""
    entries = contents.entries if contents else []
    for s in found:
        if s.title and s.title_rows:
            _finish_title(s, entries, rows, words)
    initials = words.pattern("items.title_initials")
    marks = [initials.match(s.title) for s in found if s.title]
    if len(marks) > 1 and None not in marks and len({m[0] for m in marks if m}) == 1:
        for s in [*found, *entries]:
            s.title = initials.sub("", s.title) if s.title else None


def _finish_title(s: Start, entries: list[Start], rows: list[Row], words: Vocabulary) -> None:
    """Joins the lines on which a title goes on: as far as the contents list shows, else as the lines look."""
    title, (first, at) = s.title or "", s.title_rows or (0, 0)
    whole = next((e.title for e in entries if e.title and e.number and e.number == s.number), None)
    whole = whole or next((e.title for e in entries if e.title and not e.number and _starts(e.title, title)), None)
    for j in range(at + 1, min(at + 4, len(rows))):
        row = rows[j]
        if not row.text or row.rule or _is_label(row) or is_case(row.text, words) or row.level != rows[at].level:
            break
        if access_line(row.bare, words) or words.case_of_line(row.bare):
            break
        joined = clean_title(f"{title}{'' if title.endswith('-') else ' '}{row.bare}", words)[0] or title
        if whole is not None:
            if len(whole) <= len(title) or not _starts(whole, joined):
                break
        elif not _looks_wrapped(rows, j, words):
            break
        s.title, s.title_rows, s.after = joined, (first, j), max(s.after, j + 1)
        title = joined


def _looks_wrapped(rows: list[Row], j: int, words: Vocabulary) -> bool:
    """Whether a line goes on with the title of the line before: short, and followed by what follows a title."""
    row, nxt = rows[j], rows[j + 1] if j + 1 < len(rows) else None
    closes = nxt is None or not nxt.text or _is_label(nxt) or _is_head_fact(nxt, words)
    runs_on = row.bare[0].islower() or len(rows[j - 1].text) >= 60
    return closes and runs_on and len(row.bare) < 90 and row.bare[-1] not in ".:"


def _starts(whole: str, part: str) -> bool:
    """Whether a title begins with another, spaces and capitals apart."""
    return key(whole).replace(" ", "").startswith(key(part).replace(" ", ""))


# --- papers without numbers


def _title_above(rows: list[Row], case: int) -> int | None:
    """The index of the title that stands right above a case number, with a blank line above itself."""
    at = before(rows, case)
    if at is None or case - at > 2 or (at and rows[at - 1].text) or _is_label(rows[at]):
        return None
    return at if len(rows[at].text) < 160 and rows[at].text[-1] not in ".:;," else None


def _without_numbers(rows: list[Row], words: Vocabulary) -> list[Start]:
    """Items by their case numbers, else by the heading with which each of them begins."""
    kind = words.pattern("head.kind_line")
    heads = [
        (i, row.label) for i, row in enumerate(rows) if row.label and row.label.section and not kind.match(row.bare)
    ]
    cases = [
        i
        for i, row in enumerate(rows)
        if (row.label and row.label.item == "case" and row.label.heading.endswith(":")) or words.case_of_line(row.bare)
    ]
    if cases and heads and cases[0] < heads[0][0]:
        titles = [at for i in cases if (at := _title_above(rows, i)) is not None]
        if len(titles) == len(cases):
            return [Start(at, at + 1, title=rows[at].bare, title_rows=(at, at)) for at in titles]
        return [Start(i, i) for i in cases]
    heads = [(i, label) for i, label in heads if not label.rest]
    while heads and heads[0][1].section == "decision":
        heads.pop(0)
    found: list[Start] = []
    seen: set[str] = set()
    last_lead = max((i for i, label in heads if label.key == heads[0][1].key), default=0)
    for i, label in heads:
        again = label.key in seen and label.section in ("summary", "background", "recommendation") and i > last_lead
        if not found or label.key == heads[0][1].key or again:
            found.append(Start(i, i))
            seen = set()
        seen.add(label.key)
    return found
