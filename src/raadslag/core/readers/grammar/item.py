"""One item: its head, its parts, and what each of them says."""

from __future__ import annotations

import re

import msgspec

from raadslag.core.readers.grammar import files as attachments
from raadslag.core.readers.grammar import outcomes, people, votes
from raadslag.core.readers.grammar.dates import iso_date
from raadslag.core.readers.grammar.items import Start
from raadslag.core.readers.grammar.parts import Context, Part, joined, parts_of
from raadslag.core.readers.grammar.people import Person
from raadslag.core.readers.grammar.recommendation import recommendation
from raadslag.core.readers.grammar.rows import Label, Row, access_line, plain_row
from raadslag.core.readers.grammar.vocabulary import Vocabulary, fold, key
from raadslag.core.record import (
    Access,
    File,
    Item,
    Outcome,
    Point,
    Recommendation,
    RouteStep,
    Section,
    SectionKind,
)

_OF_TEXT = (None, "bullet")  # the rules of rows that belong to a section's text
_NUMBER = re.compile(r"^\W*\d+\w?[.:]?\s*")
_INITIALS = re.compile(r"[A-ZÆØÅ]{2,5}")  # a clerk's
_BEFORE_NAME = re.compile(r",\s+(?=[A-ZÆØÅ][\wæøå'-]+ )")
_TITLE_AGAIN = re.compile(r"[\W\d]*(?:\([^()]*\)[\W\d]*)?")
"""What may follow a title that stands again: a page or a mark in brackets, and no words."""
_ATTENDANCE = ("absent", "excused", "unexcused", "present", "substitutes")


class Away(msgspec.Struct):
    """What an item says of attendance: who was away, and whether a label said so."""

    persons: list[tuple[Person, int]] = msgspec.field(default_factory=list)
    nobody: bool = False
    present: list[tuple[Person, int]] = msgspec.field(default_factory=list)


class ReadItem(msgspec.Struct):
    """An item as read, with what belongs to the meeting rather than to it."""

    item: Item
    spans: dict[str, tuple[int, int]]
    away: Away
    absent: list[tuple[str, str | None]]
    dissents: list[tuple[tuple[str, ...], str]]
    parts: list[Part]
    decision_rows: list[Row]
    access_marked: bool


def read_item(rows: list[Row], start: Start, end: int, order: int, context: Context, words: Vocabulary) -> ReadItem:
    """The item between a start and `end` (an index of `rows`)."""
    parts = parts_of(rows, start, end, context, words) if start.row < end else []
    reading = _Reading(start, order, context, words)
    reading.alone = len(parts) == 1
    reading.head(parts[0] if parts else None)
    for part in parts[1:]:
        reading.part(part)
    return reading.finished(parts)


class _Reading:
    """One item while it is read: collects values and the lines they stand on."""

    def __init__(self, start: Start, order: int, context: Context, words: Vocabulary) -> None:
        self.start, self.order, self.context, self.words = start, order, context, words
        self.at = f"items.{order - 1}"
        self.spans: dict[str, tuple[int, int]] = {}
        self.sections: list[Section] = []
        self.route: list[RouteStep] = []
        self.steps: list[str] = []
        self.files: list[File] = []
        self.recommendation: Recommendation | None = None
        self.reference: str | None = start.reference
        self.access: Access = start.access
        self.by: str | None = None
        self.away = Away()
        self.decision_rows: list[Row] = []
        self.decided = False
        self.alone = False

    # -- the head

    def head(self, part: Part | None) -> None:
        start = self.start
        if part is None:
            return
        title_rows = range(start.title_rows[0], start.title_rows[1] + 1) if start.title_rows else range(0)
        lead: list[Row] = []
        title_key = key(start.title or "\0")
        for k, row in enumerate(part.rows):
            i = part.first + k
            if not row.text or row.rule:
                continue
            if i in title_rows or (i != start.number_row and self._head_fact(row)):
                row.used = True
            elif i < start.after:
                row.used = True
                self._extend(f"{self.at}.number", row.n)
            elif i in start.repeats or (
                start.title
                and (
                    (key(row.bare).startswith(title_key) and _TITLE_AGAIN.fullmatch(key(row.bare)[len(title_key) :]))
                    or title_key == key(_NUMBER.sub("", self.words.pattern("items.title_tail").sub("", row.bare)))
                )
            ):
                row.used, row.rule = True, "repeated_title"
            elif self.words.pattern("references.file_end").search(row.bare[-6:]):
                self._files([row])
                row.used = True
            else:
                lead.append(row)
        if start.title_rows:
            first, last = (part.rows[0].n - part.first + r for r in start.title_rows) if part.rows else start.title_rows
            self.spans[f"{self.at}.title"] = (first, last)
            if start.number and f"{self.at}.number" not in self.spans:
                self.spans[f"{self.at}.number"] = (first, first)
        if any(row.text for row in lead):
            implied = self.context.minutes and (
                not self.context.labelled or self._bare_closed or (self.alone and self._decides(lead))
            )
            unlabelled = Part("decision" if implied else "other", None, lead[0].n, lead, own=implied)
            self.part(unlabelled)

    def _decides(self, lead: list[Row]) -> bool:
        """Whether the one short paragraph of an item says what became of it, though its paper labels decisions."""
        text = joined(lead)
        return len(text) < 200 and "\n" not in text and outcomes.of_text(text, self.words) is not None

    @property
    def _bare_closed(self) -> bool:
        """Whether a closed item has no sections: what the paper then prints of it is what was decided."""
        return self.access == "closed" and self.alone

    def _head_fact(self, row: Row) -> bool:
        """Takes in a line of the item's head: case number, access, initials, attendance."""
        words, text = self.words, row.bare
        if row.label and row.label.item:
            if row.label.item == "case" and self.reference is None and row.label.rest:
                self._case(row.label.rest, row)
            elif self.reference is None and (m := words.case_inline.search(text)):
                self._case(m[2], row)
            self._inline_access(row)
            return True
        if access := access_line(text, words):
            if access == "closed" or self.access == "unknown":
                self.access = access
            self.spans[f"{self.at}.access"] = (row.n, row.n)
            return True
        if m := words.pattern("access.with_case").match(text):
            self.access = "closed" if words.pattern("access.closed").search(m["access"]) else "open"
            self._case(m["case"], row)
            return True
        case = words.pattern("references.case")
        tokens = text.split()
        if self.reference is None and 1 < len(tokens) < 4 and (found := [t for t in tokens if case.fullmatch(t)]):
            self._case(found[-1], row)
            return True
        if self.reference is None and (m := case.match(text)) and (m.end() == len(text) or len(text) < 40):
            self._case(m[0], row)
            self._inline_access(row)
            return True
        if self.reference is None and (m := words.case_of_line(text)):
            self._case(m["case"], row)
            self._inline_access(row)
            return True
        return len(text) < 6 and _INITIALS.fullmatch(text) is not None

    def _case(self, text: str, row: Row) -> None:
        strict, loose = self.words.pattern("references.case"), self.words.pattern("references.case_loose")
        if m := strict.match(text) or strict.search(text[:60]) or loose.match(text):
            self.reference = m[0].rstrip(".,")
            self.spans[f"{self.at}.reference"] = (row.n, row.n)

    def _inline_access(self, row: Row) -> None:
        if self.words.pattern("access.marked_open_inline").search(row.wide):
            self.access = "open" if self.access == "unknown" else self.access
        elif self.words.pattern("access.marked_closed_inline").search(row.wide):
            self.access = "closed"

    def _extend(self, path: str, n: int) -> None:
        first, last = self.spans.get(path, (n, n))
        self.spans[path] = (min(first, n), max(last, n))

    # -- the sections

    def part(self, part: Part) -> None:
        last = part.first
        whole = "\n".join([row.small for row in part.rows])
        for row in part.rows:
            if row.rule in _OF_TEXT or row.rule == "repeated_title":
                row.used = True
                if row.text and row.n > last:
                    last = row.n
        if part.kind in ("recommendation", "decision", "previous_decisions", "background", "summary", "other", "route"):
            self._attendance(part, whole)
        if part.kind == "recommendation":
            self._recommend(part)
        elif part.kind == "decision" and part.own:
            self._decide(part)
        elif part.kind == "attachments":
            self._files(part.rows)
        elif part.kind == "route" or (part.kind == "previous_decisions"):
            self._passed(part)
        if part.heading and self.words.hints_at("recommender", fold(part.heading)):
            if m := self.words.pattern("recommendation.heading_by").match(part.heading.strip().rstrip(":")):
                self.by = self.by or (m["from"] or "").strip(" ,:") or None
            if self.words.pattern("recommendation.by_label").match(key(part.heading)):
                self.by = self.by or joined([row for row in part.rows if row.rule in _OF_TEXT]) or None
        if part.kind in ("background", "summary", "other", "recommendation") and not self.steps:
            self._inner_agenda(part)
        if part.kind not in ("route", "attachments") and self.words.hints_at("told", whole):
            self._told_before(part)
        heading = part.heading
        self._section(part.kind, heading, part.first, last, [row for row in part.rows if row.rule in _OF_TEXT])

    def _section(self, kind: str, heading: str | None, first: int, last: int, rows: list[Row]) -> None:
        text = joined(rows)
        if not text and heading is None:
            return
        path = f"{self.at}.sections.{len(self.sections)}"
        self.spans[path] = (first, last)
        self.sections.append(Section(kind=_kind(kind), heading=heading, text=text))

    def _recommend(self, part: Part) -> None:
        rows = [row for row in part.rows if row.rule in _OF_TEXT]
        found = recommendation(rows, part.heading, self.by, self.words)
        if found and (self.recommendation is None or not self.recommendation.points):
            self.recommendation = found
            self.spans[f"{self.at}.recommendation"] = (part.first, max([part.first, *(r.n for r in rows if r.text)]))

    def _decide(self, part: Part) -> None:
        self.decided = True
        self._return_slot(part)
        rows = [row for row in part.rows if row.rule in _OF_TEXT]
        told = [self._without_trailing(row) for row in rows if not _about_attendance(row)]
        self.decision_rows += ([Row(0, "", "", "")] if self.decision_rows else []) + told

    def _return_slot(self, part: Part) -> None:
        """Gives back the last paragraph where the layout has a slot for an introduction after the decision.

        Other items of the paper show the slot empty (a lone full stop before the summary's heading), and this
        one has no such stop, so its last paragraph is what fills the slot.
        """
        rows = list(part.rows)
        while rows and not rows[-1].text:
            rows.pop()
        if not self.context.slot or not part.slotted or not rows or rows[-1].rule == "empty":
            return
        gap = max((n for n, row in enumerate(rows) if not row.text), default=-1)
        if any(row.text and not _about_attendance(row) for row in rows[: gap + 1]):
            for row in rows[gap + 1 :]:
                row.label = row.label or _ABOUT

    def _without_trailing(self, row: Row) -> Row:
        """A decision's row without the names that end the head of the paper and each of its decisions."""
        names = self.context.trailing
        if not names or not row.text.endswith(names):
            return row
        text = row.text[: -len(names)].strip()
        return plain_row(row.n, text, row.page)

    def _files(self, rows: list[Row]) -> None:
        for file, lines in attachments.files([r for r in rows if r.rule in _OF_TEXT], self.words, self.context.wraps):
            self.spans[f"{self.at}.files.{len(self.files)}"] = lines
            self.files.append(file)

    def _passed(self, part: Part) -> None:
        """What earlier bodies decided: one headed part, or blocks of body, day and number."""
        if part.marked:
            text = joined([row for row in part.rows if row.rule in _OF_TEXT])
            if text:
                self._route(
                    RouteStep(body=part.body, date=part.date, number=part.number, text=text), part.first, part.rows
                )
            return
        block: dict[str, str | None] = {}
        rows: list[Row] = []
        first = part.first
        for row in [*part.rows, None]:
            kind = row.label.block if row is not None and row.label else None
            if row is None or kind == "body":
                if block and (text := joined(rows)):
                    number = block.get("number")
                    self._route(
                        RouteStep(
                            body=block.get("body"),
                            date=iso_date(block.get("date") or "", self.words),
                            number=number,
                            text=text,
                        ),
                        first,
                        rows,
                    )
                block, rows = {}, []
            if row is None or row.rule not in _OF_TEXT:
                continue
            if row.cells or "|" in row.text:
                self._table_row(row)
            elif kind and row.label and (kind == "body" or block) and kind not in block:
                block[kind] = row.label.rest or None
                first = row.n if kind == "body" else first
            elif block:
                rows.append(row)

    def _table_row(self, row: Row) -> None:
        """An earlier decision as a row of a table: body, day, number, decision."""
        cells = [c.strip() for c in row.text.strip("| ").split("|")]
        day = next((n for n, c in enumerate(cells) if iso_date(c, self.words)), None)
        if day and len(cells) > day + 1:
            number = next((c for c in cells[day + 1 : -1] if c[:1].isdigit()), None)
            step = RouteStep(body=cells[day - 1], date=iso_date(cells[day], self.words), number=number, text=cells[-1])
            self._route(step, row.n, [row])

    def _route(self, step: RouteStep, first: int, rows: list[Row]) -> None:
        self.spans[f"{self.at}.route.{len(self.route)}"] = (first, max([first, *(r.n for r in rows if r.text)]))
        self.route.append(step)

    def _told_before(self, part: Part) -> None:
        """An earlier decision told in a sentence: who treated the case when, and what was decided."""
        pattern = self.words.pattern("decided.told")
        for row in part.rows:
            if len(row.text) > 40:
                for m in pattern.finditer(row.text):
                    step = RouteStep(
                        body=m["body"].strip(),
                        date=iso_date(m["date"], self.words),
                        number=m["number"],
                        text=m["text"].strip(),
                    )
                    self._route(step, row.n, [row])

    def _inner_agenda(self, part: Part) -> None:
        """The steps of an inner agenda: the list after a line that announces one."""
        intro, bullet = self.words.pattern("steps.intro"), self.words.pattern("steps.bullet")
        rows = [row for row in part.rows if row.text and row.rule in _OF_TEXT]
        for i, row in enumerate(rows):
            if not row.text.endswith(":") or not intro.search(row.text):
                continue
            steps: list[tuple[str, int]] = []
            for nxt in rows[i + 1 :]:
                if m := bullet.match(nxt.text):
                    steps.append((m["text"], nxt.n))
                else:
                    break
            if len(steps) > 1:
                for text, n in steps:
                    self.spans[f"{self.at}.steps.{len(self.steps)}"] = (n, n)
                    self.steps.append(text)
                return

    # -- attendance inside an item

    def _attendance(self, part: Part, whole: str) -> None:
        """Marks the rows of a part that tell of attendance and takes in what they say. `whole` is the part's text."""
        pending: str | None = None
        tells = self._may_tell(whole)
        for row in part.rows:
            if not row.text or row.rule not in _OF_TEXT:
                if not row.text and pending == "done":
                    pending = None
                continue
            label = row.label
            if pending is None and label is None and not (tells and self._may_tell(row.small)):
                continue
            if label and label.head == "others" and label.heading.endswith(":"):
                row.label = _ABOUT
                continue
            if label and label.head in _ATTENDANCE and not (label.section and label.section != "other"):
                pending = self._labelled(row, label.head or "absent", label.rest)
                continue
            if inline := _inline_absence(row, self.words):
                pending = self._labelled(row, *inline)
                continue
            text = row.bare
            if pending in ("absent", "excused", "unexcused", "present") and (
                found := people.only_people(text, self.words)
            ):
                self._take(found, pending, row)
            elif self.words.says_nobody(text) and pending in _ATTENDANCE:
                row.label = _ABOUT
                self.away.nobody = True
            elif (pending and self.words.pattern("head.held").match(text)) or (
                part.kind == "decision"
                and part.own
                and (
                    _tells_hours(text, self.words)
                    or (label and not label.rest and label.head in ("contents_start", "present", "remarks"))
                )
            ):
                row.label = _ABOUT
            elif (
                part.kind in ("decision", "other") and self.words.hints_at("attendance", row.small) and self._told(row)
            ):
                pending = None
            else:
                pending = None if pending != "present" else pending

    def _may_tell(self, text: str) -> bool:
        """Whether a text in small letters may tell of attendance or hours without a label."""
        return self.words.hints_at("attendance", text) or self.words.hints_at("hours", text)

    def _labelled(self, row: Row, status: str, rest: str) -> str:
        row.label = _ABOUT
        if not rest:
            return status
        if self.words.says_nobody(rest):
            self.away.nobody = True
            return status
        for piece in outcomes.sentences(rest, self.words) if status != "present" else [rest]:
            told = people.sentence(piece, self.words)
            if told:
                self.away.persons.append((told, row.n))
            else:
                self._take(_with_substitutes(piece, self.words), status, row)
        return status

    def _take(self, found: list[Person], status: str, row: Row) -> None:
        row.label = _ABOUT
        if status == "present":
            self.away.present += [(p, row.n) for p in found]
            return
        reason = self.words.reasons.get(status)
        for p in found:
            self.away.persons.append(
                (Person(p.name, p.party, p.role, p.reason or reason, p.substitute, p.cases), row.n)
            )

    def _told(self, row: Row) -> bool:
        """Sentences that tell of nothing but attendance. Others stay in the decision."""
        parts = outcomes.sentences(row.bare, self.words)
        found = []
        for k, s in enumerate(parts):
            pair = f"{s} {parts[k + 1]}" if k + 1 < len(parts) else s
            if (told := people.sentence(pair, self.words)) and k + 1 < len(parts) and told.substitute:
                found.append(told)
                break
            if told := people.sentence(s, self.words):
                found.append(told)
            elif several := people.all_away(s, self.words):
                found += several
            else:
                return False
        if found:
            row.label = _ABOUT
            self.away.persons += [(p, row.n) for p in found]
        return bool(found)

    # -- the whole

    def finished(self, parts: list[Part]) -> ReadItem:
        words = self.words
        text = joined(self.decision_rows) or None
        points = self.recommendation.points if self.recommendation else ()
        outcome: Outcome | None = None
        told = outcomes.sentences(text, self.words) if text else []
        if text:
            rows = [r.n for r in self.decision_rows if r.text]
            self.spans[f"{self.at}.decision"] = (min(rows), max(rows))
            if each := outcomes.by_points(text, len(points), words) if points else []:
                points = tuple(Point(text=p.text, outcome=o) for p, o in zip(points, each, strict=True))
                outcome = each[0] if len(set(each)) == 1 else None
            else:
                outcome = outcomes.of_text(text, words, told)
        recommended = None
        if self.recommendation:
            recommended = Recommendation(by=self.recommendation.by, to=self.recommendation.to, points=points)
        ground = None
        if self.access == "closed":
            found = (self.words.pattern("access.legal_ground").search(r.text) for p in parts for r in p.rows if r.text)
            ground = next((m["ground"] or m["ground2"] for m in found if m), None)
        item = Item(
            legal_ground=ground,
            number=self.start.number,
            order=self.order,
            title=self.start.title,
            reference=self.reference,
            page=self.start.page,
            access=self.access,
            sections=tuple(self.sections),
            recommendation=recommended,
            decision=text,
            outcome=outcome,
            route=tuple(self.route),
            steps=tuple(self.steps),
            votes=votes.votes(text or "", told, words),
            reservations=votes.reservations(told, words),
            files=tuple(self.files),
        )
        return ReadItem(
            item,
            self.spans,
            self.away,
            votes.absences(told, words),
            votes.dissents(told, words),
            parts,
            self.decision_rows,
            self.access != "unknown",
        )


_ABOUT = Label("", "")  # marks a row that tells of attendance and so is no part of the decision


def _about_attendance(row: Row) -> bool:
    return row.label is _ABOUT


def _kind(kind: str) -> SectionKind:
    return kind if kind != "head" else "other"  # type: ignore[return-value]


def _tells_hours(text: str, words: Vocabulary) -> bool:
    """Whether a line tells when the meeting began or ended."""
    return len(text) < 120 and any(words.pattern(f"head.{p}").search(text) for p in ("sat", "adjourned"))


def _inline_absence(row: Row, words: Vocabulary) -> tuple[str, str] | None:
    """A label of absence without a colon before names: "Afbud Anna Andersen (A)"."""
    first, _, rest = row.bare.partition(" ")
    status = words.head.get(first.casefold())
    if status in ("absent", "excused") and rest and people.only_people(rest, words):
        return status, rest
    return None


def _with_substitutes(text: str, words: Vocabulary) -> list[Person]:
    """A list of persons in which "A - B came instead" may stand for a name."""
    found: list[Person] = []
    for piece in _BEFORE_NAME.split(text):
        told = people.sentence(piece.strip(), words)
        found += [told] if told else people.people(piece, words)
    return found
