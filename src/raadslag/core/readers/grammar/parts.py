"""The rows of an item cut at its headings, and whose decision each part holds."""

from __future__ import annotations

import re

import msgspec

from raadslag.core.readers.grammar import outcomes
from raadslag.core.readers.grammar.dates import iso_date
from raadslag.core.readers.grammar.items import Start
from raadslag.core.readers.grammar.rows import DIGIT, Row, access_line, plain_row
from raadslag.core.readers.grammar.vocabulary import Vocabulary, key

_YEAR = re.compile(r"\d{4}")  # no day is written without one


class Part(msgspec.Struct):
    """A section while it is gathered: its kind, heading and rows, and whose decision it holds."""

    kind: str
    heading: str | None
    first: int
    rows: list[Row] = msgspec.field(default_factory=list)
    body: str | None = None
    date: str | None = None
    number: str | None = None
    own: bool = True
    marked: bool = False
    slotted: bool = False


class Context(msgspec.Struct):
    """What the whole paper tells an item: whose meeting it is, and how its layout works."""

    organization: str | None
    date: str | None
    minutes: bool
    labelled: bool
    recurring: frozenset[str]
    slot: bool = False
    trailing: str | None = None
    wraps: bool = True
    agenda: bool = False


def parts_of(rows: list[Row], start: Start, end: int, context: Context, words: Vocabulary) -> list[Part]:
    """The rows of an item from its start to `end`, cut at its headings. The first part is its head."""
    head = Part("head", None, start.row)
    parts = [head]
    joined_at = -1
    for i in range(start.row, end):
        row = rows[i]
        part = parts[-1]
        if i < start.after:
            head.rows.append(row)
            continue
        if i == joined_at:
            row.used = True
            continue
        if not row.text or row.rule or _is_prose(row, words):
            part.rows.append(row)
            continue
        if i + 1 < end and rows[i + 1].text and (whole := _over_two_lines(row, rows[i + 1], words)):
            found = _decided(whole, whole.bare, part, context, words)
            if found:
                parts.append(found)
                joined_at = i + 1
                continue
        if new := _opens(row, rows[i + 1 : min(end, i + 6)], part, parts, context, words):
            part.slotted = new.kind == "summary"
            parts.append(new)
            if row.label and row.label.rest and not new.marked and row.label.section:
                rest = plain_row(row.n, row.label.rest, row.page)
                new.rows.append(rest)
            continue
        part.rows.append(row)
    return parts


def _is_prose(row: Row, words: Vocabulary) -> bool:
    """Whether a line goes on in the text of its section, as most do: too long for a heading."""
    return row.label is None and len(row.bare) > 95 and ":" not in row.bare and not words.hints_at("opens", row.small)


def _over_two_lines(row: Row, nxt: Row, words: Vocabulary) -> Row | None:
    """A body's name and, on the next line, a day, as the one heading that they are."""
    if len(row.text) > 80 or nxt.rule or not DIGIT.search(nxt.text[:8]):
        return None
    if not words.is_body(row.bare.rstrip(",")):
        return None
    if not words.pattern("decided.day_alone").match(nxt.bare):
        return None
    text = f"{row.bare} {nxt.bare}"
    return plain_row(row.n, text, row.page)


def _opens(
    row: Row, rest: list[Row], part: Part, parts: list[Part], context: Context, words: Vocabulary
) -> Part | None:
    """The part that a row's heading opens, or None if the row is no heading. `rest` are the rows behind it."""
    text = row.bare
    if part.kind == "recommendation" and words.pattern("recommendation.that").match(text):
        return None
    says_so = row.small.startswith(words.decision_leads)
    dated = (":" in text or _ends_in_figure(text)) and _YEAR.search(text)
    if len(text) < 160 and (says_so or dated) and (found := _decided(row, text, part, context, words)):
        return found
    if says_so and words.pattern("decided.own_of_item").match(text):
        return Part("decision", text, row.n, own=True, marked=True)
    label = row.label
    if label and label.section:
        if label.rest and not label.heading.endswith(":"):
            return None
        if (
            part.kind == "attachments"
            and label.section == "recommendation"
            and any(p.kind == "recommendation" for p in parts)
        ):
            return None  # a file of that name
        if (
            part.kind == "attachments"
            and label.section in ("hearing", "other")
            and not label.heading.endswith(":")
            and ((nxt := _next_text(rest)) is None or _heads(nxt, part, context, words))
        ):
            return None  # a heading with nothing beneath it is a file, too
        if part.kind == "route" and label.block and not parts[-1].marked:
            return None
        if (
            label.rest
            and (len(label.rest) > 400 or label.rest[0].islower())
            and label.section not in ("recommendation", "decision")
        ):
            return None
        labelled = "other" if label.section == "decision" and context.agenda else label.section
        return Part(labelled, label.heading, row.n, own=labelled == "decision")
    if part.kind == "recommendation" and part.heading is None and _answers(text, part, context, words):
        return Part("decision", None, row.n, rows=[row], own=True)
    if label is None and _recommends(row, rest, part, parts, words):
        return Part("recommendation", None, row.n, rows=[row])
    if label is None and not row.cells and (kind := _kind_of_heading(text, row, part, context, words)):
        if kind == "other" and words.pattern("recommendation.heading_by").match(text) and _lists(rest, words):
            kind = "recommendation"
        return Part(kind, text, row.n)
    return None


def _answers(text: str, part: Part, context: Context, words: Vocabulary) -> bool:
    """Whether a paragraph beneath a recommendation in running text decides on it, where nothing labels decisions."""
    if not context.minutes or context.labelled or not part.rows or part.rows[-1].text:
        return False
    return not words.pattern("recommendation.opening").match(text) and outcomes.of_text(text, words) is not None


def _heads(row: Row, part: Part, context: Context, words: Vocabulary) -> bool:
    """Whether a row is the heading of a section or of a decision."""
    return bool(row.label and row.label.section) or _decided(row, row.bare, part, context, words) is not None


def _recommends(row: Row, rest: list[Row], part: Part, parts: list[Part], words: Vocabulary) -> bool:
    """Whether a line under another heading says who recommends, so that a recommendation begins with it."""
    if part.kind not in ("head", "summary", "background", "other", "economy", "legal_basis", "hearing", "attachments"):
        return False
    text = row.bare
    if not words.hints_at("recommends", row.small) or any(p.kind == "recommendation" for p in parts):
        return False
    if words.pattern("recommendation.opening_list").match(text) and _lists(rest, words):
        proposes = words.pattern("recommendation.proposes").search(text) is not None
        return not proposes or words.pattern("recommendation.proposal").match(part.heading or "") is not None
    if not words.pattern("recommendation.opening").match(text):
        return False
    return bool(words.pattern("recommendation.intro").match(text) or words.pattern("recommendation.inline").match(text))


def _next_text(rest: list[Row]) -> Row | None:
    return next((row for row in rest if row.text and not row.rule), None)


def _lists(rest: list[Row], words: Vocabulary) -> bool:
    """Whether the next line that holds text begins a list of points."""
    nxt = _next_text(rest)
    m = words.pattern("recommendation.point_mark").match(nxt.text) if nxt else None
    return m is not None and m.end() > 0


def _kind_of_heading(text: str, row: Row, part: Part, context: Context, words: Vocabulary) -> str | None:
    """The kind of a heading that no list names, by its words or because it recurs in most items."""
    if len(text) > 90 or text[-1] in ".,;?!" or not (text[0].isupper() or text[0].isdigit()):
        return None
    if part.kind == "head" and (access_line(text, words) or words.case_of_line(text)):
        return None  # a fact of the head, alike in every item
    if part.kind == "attachments":
        return (
            "other"
            if key(text) in context.recurring and not words.pattern("references.file_marks").match(text)
            else None
        )
    bare = text.rstrip(" :")
    if not words.heading_like.match(bare):
        return "other" if key(text) in context.recurring else None
    for kind in (
        *("recommendation",)[: part.kind != "recommendation"],
        "decision",
        "economy",
        "legal_basis",
        "hearing",
        "attachments",
        "other",
    ):
        if words.pattern(f"headings.{kind}").match(bare):
            return kind
    if words.pattern("headings.motion").match(bare) and (bare.isupper() or row.level):
        return "other"
    return "other" if key(text) in context.recurring else None


def _decided(row: Row, text: str, part: Part, context: Context, words: Vocabulary) -> Part | None:
    """A part headed by a body and a day: this meeting's decision, or an earlier body's."""
    says_so = row.small.startswith(words.decision_leads)
    if says_so and (m := words.pattern("decided.lost").match(text)):
        new = Part("decision", text[: m.start("rest")].strip() or text, row.n, marked=True)
        if m["rest"]:
            new.rows.append(plain_row(row.n, m["rest"], row.page))
        return new
    if says_so and (m := words.pattern("decided.undated").match(text)) and context.organization:
        own = same_body(m["body"], context.organization, words)
        return Part("decision" if own else "route", text, row.n, body=m["body"], own=own, marked=True)
    if not _YEAR.search(text):
        return None
    ends_in_figure = _ends_in_figure(text)
    if words.hints_at("treated", text) and (m := words.pattern("decided.treated").match(text)):
        return Part(
            "route", text, row.n, body=m["body"].strip(), date=iso_date(m["date"], words), own=False, marked=True
        )
    if ":" in text[:-1] and (m := words.pattern("decided.inline").match(text)):
        return _inline(m, text, row, part, context, words)
    for n, pattern in enumerate(words.patterns("decided.headings") if ends_in_figure else ()):
        m = pattern.match(text)
        if m is None:
            continue
        body = words.pattern("decided.preposition").sub("", m["body"].strip(" ,:"))
        date = iso_date(m["date"], words)
        if n == 1 and not _names_a_body(body, text, m["number"], part, words):
            return None
        listed = part.kind == "route" and not part.marked
        own = (
            part.kind != "previous_decisions"
            and is_own(body, date, context, words)
            and not (n == 1 and listed and not text.endswith(":"))
        )
        heading = text
        return Part(
            "decision" if own else "route",
            heading,
            row.n,
            body=body or None,
            date=date,
            number=m["number"],
            own=own,
            marked=True,
        )
    return None


def _inline(m: re.Match[str], text: str, row: Row, part: Part, context: Context, words: Vocabulary) -> Part | None:
    """A part whose heading (body and day) and first words stand on one line."""
    body, date = m["body"].strip(" ,"), iso_date(m["date"], words)
    if not (part.kind in ("previous_decisions", "route") or words.is_body(body)):
        return None
    own = part.kind != "previous_decisions" and is_own(body, date, context, words)
    new = Part(
        "decision" if own else "route",
        text[: m.start("text")].strip(),
        row.n,
        body=body,
        date=date,
        number=m["number"],
        own=own,
        marked=True,
    )
    new.rows.append(plain_row(row.n, m["text"], row.page))
    return new


def _names_a_body(body: str, text: str, number: str | None, part: Part, words: Vocabulary) -> bool:
    """Whether what stands before a day is a body's name, so that the line heads its decision."""
    if part.kind in ("attachments", "hearing") and not text.rstrip().endswith(":"):
        return False
    if words.is_body(body):
        return len(body.split()) < 9
    small = words.small
    name = all(w[0].isupper() or w.casefold() in small for w in body.split()) and body.split()[-1] not in small
    if part.kind == "route" and not part.marked:
        return False
    return len(body.split()) < 7 and (name or bool(number) or text.rstrip().endswith(":"))


def _ends_in_figure(text: str) -> bool:
    """Whether a line ends in a figure, as one that ends in a day or a number does, be there marks behind it."""
    tail = text[-4:]
    return not tail.isalpha() and DIGIT.search(tail) is not None


def decided_heading(row: Row, words: Vocabulary) -> tuple[str, str, int] | None:
    """(body, ISO day, how sure) of a line that heads what a body decided on a day; None for other lines."""
    text = row.bare
    if not text or len(text) > 160 or row.rule or not (_ends_in_figure(text) and _YEAR.search(text)):
        return None
    for n, pattern in enumerate(words.patterns("decided.headings")):
        if (m := pattern.match(text)) and (date := iso_date(m["date"], words)):
            body = words.pattern("decided.preposition").sub("", m["body"].strip(" ,:"))
            return (body, date, 3 - n) if body and not m.groupdict().get("earlier") else None
    return None


def is_own(body: str, date: str | None, context: Context, words: Vocabulary) -> bool:
    """Whether a decision headed by this body and day is the meeting's own."""
    if context.date and date and date != context.date:
        return False
    if body and context.organization and not (date and words.pattern("decided.generic").match(body)):
        return same_body(body, context.organization, words)
    return bool(context.date and date)


def same_body(a: str, b: str, words: Vocabulary) -> bool:
    """Whether two names are one body's: articles, genitives and the municipality's name do not matter."""
    x, y = _stem(a, words), _stem(b, words)
    return x == y or x.endswith(" " + y) or y.endswith(" " + x)


def _stem(name: str, words: Vocabulary) -> str:
    return words.folded("shapes.body_ending").sub("", words.pattern("head.term").sub("", key(name)))


def joined(rows: list[Row]) -> str:
    """The text of rows: lines as they stand, one blank line between paragraphs."""
    lines: list[str] = []
    for row in rows:
        if row.text or (lines and lines[-1]):
            lines.append(row.text)
    return "\n".join(lines).strip()
