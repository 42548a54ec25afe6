"""The grammar of agendas and minutes: lines in, a meeting record out.

Every reader hands its lines to `parse`, whatever the format they came from. The way through:
`rows` knows each line by itself (blank, residue, label, text), `numbering` and `items` find where the
items begin and what the contents list says, `head` reads what stands before them, `parts` cuts each item
at its headings and `item` reads it, `attendance` brings persons together, `checks` holds the paper
against itself, and this module accounts for every line. No word of any language stands here: see `vocabulary`.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

import msgspec

from raadslag.core.readers.grammar import items as item_starts
from raadslag.core.readers.grammar.attendance import gather
from raadslag.core.readers.grammar.checks import check
from raadslag.core.readers.grammar.head import Head, body_of_text, meeting_facts, read_head, read_tail
from raadslag.core.readers.grammar.item import ReadItem, read_item
from raadslag.core.readers.grammar.items import Contents, Start
from raadslag.core.readers.grammar.notes import notes as typed_entries
from raadslag.core.readers.grammar.parts import Context, decided_heading, same_body
from raadslag.core.readers.grammar.people import only_people, sentence, status_row
from raadslag.core.readers.grammar.rows import DIGIT, Row, following, mark
from raadslag.core.readers.grammar.vocabulary import Vocabulary, key, load
from raadslag.core.readers.lines import Extract
from raadslag.core.record import Item, Kind, Meeting, Note, Provenance, Residue, Time, Unplaced, Warning

__all__ = ["parse"]

Span = tuple[int, int]


def parse(extract: Extract, *, name: str | None = None, sha256: str | None = None, language: str = "da") -> Meeting:
    """The meeting that an extracted document tells of.

    Never raises for any text: what no field can take stands in `provenance.unplaced`, and what a person
    should look at in `provenance.warnings`. `name` and `sha256` are those of the file, for provenance.
    """
    words = load(language)
    rows = mark(extract.lines, words)
    starts, contents = item_starts.starts(rows, words)
    ends = {s.row: following.row for s, following in itertools.pairwise(starts)}
    if starts:
        ends[starts[-1].row] = len(rows)
    tail = _tail(rows, starts, words)
    if starts:
        ends[starts[-1].row] = tail
    head = read_head(rows, starts[0].row if starts else len(rows), contents, words)
    written = [row for row in rows if row.text]
    _complete_head(head, written, words)
    read_tail(head, rows, tail, words)
    context = _context(head, rows, starts, ends, extract.media_type != "text/html", words)
    register = [s for s in starts if _is_register(rows[s.row : ends[s.row]], s, words)]
    listed = item_starts.merge([s for s in starts if s not in register], contents)
    read = [_read(rows, s, ends, order, context, words) for order, s in enumerate(listed, 1)]
    away = [read_item(rows, s, ends[s.row], 0, context, words) for s in register]
    return _record(extract, rows, head, contents, read, away, words, name, sha256)


def _tail(rows: list[Row], starts: list[Start], words: Vocabulary) -> int:
    """The index of the row with which the end of the paper begins: signatures, the next meeting, who was there."""
    if not starts:
        return len(rows)
    pattern = words.pattern("head.tail")
    last = max((i for i, row in enumerate(rows) if row.label and row.label.section and row.label.heading), default=0)
    for i in range(starts[-1].after, len(rows)):
        if _lists_attachments_again(rows, i, starts):
            return i
    for i in range(max(starts[-1].after, last + 1), len(rows)):
        row = rows[i]
        if row.text and (pattern.match(row.bare) or _lists_persons_only(rows, i, words)):
            return i
        if row.text and len(rows) - i < 12 and (m := words.pattern("head.body").match(row.text)) and m[0] == row.text:
            return i  # the letterhead once more, with an address beneath
    return len(rows)


def _lists_attachments_again(rows: list[Row], first: int, starts: list[Start]) -> bool:
    """Whether a row heads a list of all attachments at the end of the paper, each under the title of its item."""
    label = rows[first].label
    if label is None or label.section != "attachments" or label.rest:
        return False
    beneath = following(rows, first, 1)
    named = key(beneath[0].bare) if beneath else ""
    return any(s.number and s.title and named.startswith(s.number) and named.endswith(key(s.title)) for s in starts)


def _lists_persons_only(rows: list[Row], first: int, words: Vocabulary) -> bool:
    """Whether the rows from `first` begin with the label of a list of persons and hold nothing else."""
    label = rows[first].label
    if label is None or label.head not in ("present", "members") or label.section or label.rest:
        return False
    texts = (row for row in rows[first + 1 :] if row.text and not row.rule)
    if next(texts, None) is None:  # the first line may be the table's own head
        return False
    return all(status_row(row.wide, words) or only_people(row.bare, words) for row in texts)


def _read(
    rows: list[Row], start: Start, ends: dict[int, int], order: int, context: Context, words: Vocabulary
) -> ReadItem:
    """One item; one that stands in the contents only has no rows of its own but its line there."""
    end = ends.get(start.row)
    found = read_item(rows, start, start.row if end is None else end, order, context, words)
    if end is None:
        found.spans[f"items.{order - 1}.title"] = (rows[start.row].n, rows[start.row].n)
    return found


def _is_register(rows: Sequence[Row], start: Start, words: Vocabulary) -> bool:
    """Whether a block without a title is where attendance is kept, and no item."""
    pattern = words.pattern("items.attendance_only")
    return start.title is None and any(row.text and pattern.match(row.text) for row in rows)


def _complete_head(head: Head, rows: list[Row], words: Vocabulary) -> None:
    """Hours, body and day from further down, where the head of the paper does not tell them."""
    for row in rows:
        if not row.used and row.rule is None and meeting_facts(head, row, words):
            row.used, row.label = True, None
    if head.organization and head.date:
        return
    told: Counter[tuple[str, str]] = Counter()
    lines: dict[tuple[str, str], int] = {}
    for row in rows:
        if found := decided_heading(row, words):
            body, date, weight = found
            if head.organization is None or same_body(body, head.organization, words):
                told[body, date] += weight
                lines.setdefault((body, date), row.n)
    if head.date:
        told = Counter({k: v for k, v in told.items() if k[1] == head.date})
    if not told:
        return
    latest = max(date for _, date in told)
    body, date = max((k for k in told if k[1] == latest), key=lambda k: told[k])
    n = lines[body, date]
    if head.organization is None:
        head.organization, head.spans["organization"] = body, (n, n)
    if head.date is None:
        head.date, head.spans["date"] = date, (n, n)


def _context(
    head: Head, rows: list[Row], starts: list[Start], ends: dict[int, int], wraps: bool, words: Vocabulary
) -> Context:
    """What all items together tell of the layout: recurring headings, and whether decisions are labelled."""
    seen: Counter[str] = Counter()
    lines: dict[str, Row] = {}
    labelled = slot = False
    decisions = 0
    for s in starts:
        own: set[str] = set()
        previous: Row | None = None
        for row in rows[s.after : ends[s.row]]:
            if not row.text:
                continue
            if row.label is None and row.rule is None:
                if _has_shape_of_heading(row.bare):
                    own.add(k := key(row.bare))
                    lines.setdefault(k, row)
                labelled = labelled or decided_heading(row, words) is not None
            elif row.label and row.label.section == "decision":
                labelled = True
                decisions += 1
            elif row.label and row.label.section == "summary" and previous is not None and previous.rule == "empty":
                slot = True
            previous = row
        seen.update(own)
    often = max(2, (len(starts) + 1) // 2)
    recurring = frozenset(k for k, n in seen.items() if n >= often and _could_head(lines[k], words))
    agenda = head.kind == "agenda" and 2 * decisions < len(starts)  # a motion may have a heading of that name
    minutes = head.kind == "minutes" or (head.kind is None and (labelled or head.adjourned is not None))
    return Context(head.organization, head.date, minutes, labelled, recurring, slot, head.trailing, wraps, agenda)


def _has_shape_of_heading(text: str) -> bool:
    """Whether a line may be a heading by its looks: short, capital, no figure, no end of sentence."""
    return 3 < len(text) < 60 and text[0].isupper() and text[-1] not in ".,;:?!)" and not DIGIT.search(text)


def _could_head(row: Row, words: Vocabulary) -> bool:
    """Whether a line that recurs is a heading: no person, body, file or the words of a recommendation."""
    text = row.bare
    return (
        not words.pattern("references.file_end").search(text[-6:])
        and not words.pattern("recommendation.intro").match(text)
        and not words.pattern("recommendation.addressee").match(text)
        and not only_people(text, words)
        and sentence(text, words) is None
        and not words.is_body(text)
    )


def _record(
    extract: Extract,
    rows: list[Row],
    head: Head,
    contents: Contents | None,
    read: list[ReadItem],
    register: list[ReadItem],
    words: Vocabulary,
    name: str | None,
    sha256: str | None,
) -> Meeting:
    gathered = gather(head, read, register, words)
    items = _with_access([r.item for r in read])
    organization = head.organization or _addressee(items, words)
    body = head.body
    if body is None and (found := body_of_text(rows, organization, words)):
        body, n = found
        head.spans["body"] = (n, n)
    decided = any(i.decision for i in items)
    kind: Kind | None = "minutes" if decided else head.kind
    entries = _notes(read, head, words)
    spans = _spans(head, read, gathered.spans, entries)
    if contents:
        spanned = {first for first, _ in spans.values()}
        for entry in contents.entries:
            rows[entry.row].used = True
            if rows[entry.row].n not in spanned:
                rows[entry.row].rule = "contents"
    meeting = Meeting(
        body=body,
        kind=kind,
        organization=organization,
        title=head.title,
        meeting=Time(
            start=_moment(head.date, head.start),
            planned_end=_moment(head.date, head.end) if head.end else None,
            adjourned=_moment(head.date, head.adjourned) if head.adjourned else None,
            read_out=head.read_out,
            place=head.place,
        ),
        attendance=gathered.attendance,
        items=tuple(items),
        notes=tuple(note for note, _ in entries),
    )
    warnings = (*extract.warnings, *head.warnings, *check(meeting, head, rows, spans, words))
    return msgspec.structs.replace(meeting, provenance=_provenance(extract, rows, spans, warnings, name, sha256))


def _with_access(items: list[Item]) -> list[Item]:
    """An item that is not marked is open where the paper marks its closed ones."""
    if not any(i.access == "closed" for i in items):
        return items
    return [msgspec.structs.replace(i, access="open") if i.access == "unknown" else i for i in items]


def _addressee(items: list[Item], words: Vocabulary) -> str | None:
    """The body that the recommendations speak to, where nothing else names the meeting's body."""
    pattern = words.pattern("recommendation.who_acts")
    for item in items:
        for point in item.recommendation.points if item.recommendation else ():
            if m := pattern.match(point.text):
                return m["body"]
    named = {i.recommendation.to for i in items if i.recommendation and i.recommendation.to}
    return next(iter(named)) if len(named) == 1 and words.is_body(next(iter(named))) else None


def _notes(read: list[ReadItem], head: Head, words: Vocabulary) -> list[tuple[Note, int]]:
    year = int(head.date[:4]) if head.date else None
    found: list[tuple[Note, int]] = []
    for r in read:
        item = r.item.number or str(r.item.order)
        rows = [row for row in r.decision_rows if row.text]
        for who, text in r.dissents:
            n = next((row.n for row in rows if text[:40] in row.text), rows[0].n)
            found.append((Note(kind="dissent", text=text, item=item, actor=", ".join(who) or None), n))
        found += typed_entries(r.decision_rows, item, year, words)
    return found


def _moment(date: str | None, time: str | None) -> str | None:
    return f"{date}T{time}" if date and time else date


def _spans(
    head: Head, read: list[ReadItem], attendance: dict[str, Span], entries: list[tuple[Note, int]]
) -> dict[str, Span]:
    paths = {"date": "meeting.start", "start": "meeting.start", "end": "meeting.planned_end"}
    paths |= {"adjourned": "meeting.adjourned", "place": "meeting.place"}
    spans: dict[str, Span] = {}
    for fact, (first, last) in head.spans.items():
        path = paths.get(fact, fact)
        have = spans.get(path, (first, last))
        spans[path] = (min(first, have[0]), max(last, have[1]))
    for r in read:
        spans.update(r.spans)
    spans.update(attendance)
    spans.update({f"notes.{n}": (line, line) for n, (_, line) in enumerate(entries)})
    return spans


def _provenance(
    extract: Extract,
    rows: list[Row],
    spans: dict[str, Span],
    warnings: tuple[Warning, ...],
    name: str | None,
    sha256: str | None,
) -> Provenance:
    """Accounts for every line that holds text: in a span, known residue, or unplaced."""
    spanned = [False] * (len(rows) + 2)
    for path, (first, last) in spans.items():
        if path.startswith(("items.", "attendance.", "notes.")) or first == last:
            for n in range(first, last + 1):
                spanned[n] = True
        else:
            spanned[first] = spanned[last] = True
    residue: list[Residue] = []
    unplaced: list[Unplaced] = []
    for row, line in zip(rows, extract.lines, strict=True):
        if not row.text and (not line.text or line.text.isspace()):
            continue
        if row.rule is not None or not row.text:
            _extend_residue(residue, row.n, row.rule or "invisible")
        elif not spanned[row.n]:
            if row.used:
                _extend_residue(residue, row.n, "label")
            else:
                _extend_unplaced(unplaced, row)
    return Provenance(
        name=name,
        sha256=sha256,
        media_type=extract.media_type,
        pages=extract.pages,
        reader=extract.reader,
        spans=spans,
        residue=tuple(residue),
        unplaced=tuple(unplaced),
        warnings=warnings,
    )


def _extend_residue(residue: list[Residue], n: int, rule: str) -> None:
    if residue and residue[-1].rule == rule and residue[-1].lines[1] == n - 1:
        residue[-1] = Residue(lines=(residue[-1].lines[0], n), rule=rule)
    else:
        residue.append(Residue(lines=(n, n), rule=rule))


def _extend_unplaced(unplaced: list[Unplaced], row: Row) -> None:
    if unplaced and unplaced[-1].lines[1] == row.n - 1:
        last = unplaced[-1]
        unplaced[-1] = Unplaced(lines=(last.lines[0], row.n), text=f"{last.text}\n{row.text}")
    else:
        unplaced.append(Unplaced(lines=(row.n, row.n), text=row.text))
