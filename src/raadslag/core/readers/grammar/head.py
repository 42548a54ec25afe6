"""The head of a paper: what it is, whose meeting, when, where, and who was there."""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass, field

from msgspec.structs import replace

from raadslag.core.readers.grammar import outcomes, people
from raadslag.core.readers.grammar.dates import clock, iso_date
from raadslag.core.readers.grammar.items import Contents
from raadslag.core.readers.grammar.people import Person
from raadslag.core.readers.grammar.rows import Row, label_of, plain_row
from raadslag.core.readers.grammar.vocabulary import Vocabulary, key
from raadslag.core.record import Kind, Warning


@dataclass(slots=True)
class Head:
    """What the head says. Times are "HH:MM", days ISO; persons stand with their line."""

    kind: Kind | None = None
    organization: str | None = None
    title: str | None = None
    body: str | None = None
    date: str | None = None
    start: str | None = None
    end: str | None = None
    adjourned: str | None = None
    read_out: bool | None = None
    place: str | None = None
    present: list[tuple[Person, int]] | None = None
    listed: list[tuple[Person, int]] | None = None
    absent: list[tuple[Person, int]] | None = None
    nobody_absent: bool = False
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    warnings: list[Warning] = field(default_factory=list)
    weekday: tuple[int, int] | None = None
    trailing: str | None = None


def read_head(rows: list[Row], end: int, contents: Contents | None, words: Vocabulary) -> Head:
    """The head of the paper: the rows before `end` (the first item), without the contents list."""
    reading = _HeadReading(rows, words)
    stop = contents.first if contents else end
    reading.read(list(rows[:stop]))
    if contents:
        reading.read_within_contents(
            rows[contents.first : contents.last], {e.row for e in contents.entries}, contents.first
        )
    return reading.head


def read_tail(head: Head, rows: list[Row], start: int, words: Vocabulary) -> None:
    """Completes a head from the rows behind the last item, from `start` on: who was there, when it ended."""
    reading = _HeadReading(rows, words)
    reading.head = head
    reading.read_attendance(rows[start:])


_SIDE_BY_SIDE = re.compile(r"\s*\|\s*|\t+|\s{3,}")
_ATTENDANCE = {
    "present": "present",
    "members": "listed",
    "absent": "absent",
    "excused": "excused",
    "unexcused": "unexcused",
}


class _HeadReading:
    def __init__(self, rows: list[Row], words: Vocabulary) -> None:
        self.rows, self.words = rows, words
        self.head = Head()
        self.label = _label_pattern(words)
        self.pending: str | None = None
        self.pending_value: str | None = None
        self.waiting: Row | None = None
        self.after_label = self.after_used = self.date_labelled = False
        self.loose_place: tuple[str, Row] | None = None

    def read(self, rows: list[Row]) -> None:
        self._labels_before_values(rows)
        for i, row in enumerate(rows):
            if not row.text or row.rule or row.used:
                continue
            if row.text.count(":") > 1 and ". " in row.text and self._sentences(row, rows, i):
                row.used = True
                continue
            labelled = self._label(row) is not None
            if self._status(row) or (not labelled and self._pieces(row, rows, i)) or self._line(row, rows, i):
                row.used = True
            self.after_label, self.after_used = labelled, row.used
        if self.head.place is None and self.loose_place:
            self._set("place", *self.loose_place)
            self.loose_place[1].used = True
        self._unlabelled_persons(rows)
        self._from_words(rows)

    def _labels_before_values(self, rows: list[Row]) -> None:
        """Takes in a table that a conversion took apart: all its labels, one a line, and then all its values."""
        texts = [row for row in rows if row.text and not row.rule]
        run: list[str] = []
        for n, row in enumerate(texts):
            kind = row.label.head if row.label and not row.label.rest else None
            if kind in ("organization", "date", "when", "place", "kind", "end", "others"):
                run.append(kind)
                continue
            if (
                len(run) > 2
                and len(texts) >= n + len(run)
                and not any(r.label and r.label.head for r in texts[n : n + len(run)])
            ):
                for k, value in zip(run, texts[n : n + len(run)], strict=True):
                    value.used = self._value(k, value.bare, value) or True
                for label in texts[n - len(run) : n]:
                    label.used = True
            run = []

    def _from_words(self, rows: list[Row]) -> None:
        """The body and the kind of paper from words in the first lines, where nothing else told them."""
        body = self.words.body_name
        for row in [r for r in rows if r.text and not r.rule][:8]:
            if self.head.organization is None and len(row.text) < 160 and (m := body.search(row.text)):
                name = self.words.pattern("head.body").sub("", m[0]).strip(" ,-")
                self._set("organization", self._organization(name), row)
            if (
                self.head.kind is None
                and len(row.text) < 160
                and (m := self.words.pattern("head.kind_word").search(row.text))
            ):
                self._kind(m["kind"], row)

    def read_attendance(self, rows: list[Row]) -> None:
        """Lists of persons and the hour of the end among some rows; other rows stay as they are."""
        for i, row in enumerate(rows):
            if not row.text or row.rule or row.used:
                continue
            label = self._label(row)
            listed = label is not None and (label[0] in _ATTENDANCE or label[0] == "adjourned")
            if self._status(row) or ((listed or self.pending) and self._line(row, rows, i)):
                row.used = True

    def _sentences(self, row: Row, rows: list[Row], i: int) -> bool:
        """Takes in a line whose facts follow each other as sentences, two or more with labels."""
        if row.text.count(":") < 2:
            return False
        told = [s.rstrip(".") for s in outcomes.sentences(row.text, self.words)]
        found = [(s, label_of(s, self.words)) for s in told]
        if sum(label is not None and label.head is not None for _, label in found) < 2:
            return False
        for text, label in found:
            part = plain_row(row.n, text, row.page, label)
            self._line(part, [*rows[:i], part, *rows[i + 1 :]], i)
            self.pending = None
        return True

    def _pieces(self, row: Row, rows: list[Row], i: int) -> bool:
        """Takes in a line whose facts stand side by side, parted by bars, tabs or wide spaces."""
        if row.wide == row.text and "|" not in row.wide:
            return False
        pieces = [p for p in _SIDE_BY_SIDE.split(row.wide) if p]
        if len(pieces) < 2 or self.pending or all(people.only_people(p, self.words) for p in pieces):
            return False
        used = False
        for piece in pieces:
            part = plain_row(row.n, piece, row.page, label_of(piece, self.words))
            row.used = self._line(part, [*rows[: i + 1], part, *rows[i + 1 :]], i + 1) or used
            used = row.used
        return used

    def _status(self, row: Row) -> bool:
        """Takes in a row of a table that tells whether one person was there."""
        told = people.status_row(row.wide, self.words)
        if told is None:
            return False
        person, status = told
        self._open(status)
        getattr(self.head, status).append((person, row.n))
        return True

    def read_within_contents(self, rows: list[Row], entries: set[int], offset: int) -> None:
        """Papers put the list of persons behind the (empty) heading of their contents."""
        self.pending = self.pending_value = None
        for i, row in enumerate(rows):
            if not row.text or row.rule or row.used or offset + i in entries:
                continue
            if row.label and row.label.head in ("contents", "contents_closed", "contents_start"):
                row.used = True
                self.pending = None
                if row.label.head == "contents_start":
                    self._set_kind("agenda", row)
                continue
            if ((row.label and row.label.head in _ATTENDANCE) or self.pending) and self._line(row, rows, i):
                row.used = True
                continue
            if key(row.text) == key(self.head.organization or "\0") or self._repeats(row):
                row.used, row.rule = True, "contents_heading"
            elif row.text.isdigit():
                row.rule = "contents_page"

    def _repeats(self, row: Row) -> bool:
        for pattern in self.words.patterns("head.patterns"):
            m = pattern.match(row.text)
            if m and (date := m.groupdict().get("date")) and iso_date(date, self.words) == self.head.date:
                return True
        return False

    # -- one line

    def _line(self, row: Row, rows: list[Row], i: int) -> bool:
        text, words, head = row.bare, self.words, self.head
        if self._facts_of_sentence(row):
            return True
        if m := words.pattern("head.kind_line").match(text):
            self._kind(m["kind"], row)
            self.pending = self.pending_value = None
            return True
        label = self._label(row)
        if label is not None:
            return self._labelled(*label, row, rows, i)
        if self.pending_value:
            kind, self.pending_value = self.pending_value, None
            if self._value(kind, text, row):
                return True
        if self.pending and self._persons(row, rows, i):
            return True
        if (m := words.pattern("head.kind_split").match(text)) and i + 1 < len(rows):
            if m["kind"]:
                self._kind(m["kind"], row)
            nxt = next((r for r in rows[i + 1 :] if r.text and not r.rule), None)
            if nxt is not None and head.organization is None:
                head.organization = self._organization(nxt.bare)
                head.spans["organization"] = (row.n, nxt.n)
                nxt.used = True
            return True
        if self._patterns(row, i, rows):
            self.pending = None
            return True
        if m := words.pattern("head.org_place").match(row.wide):
            if head.organization is None:
                self._set("organization", self._organization(m["org"].strip()), row)
            if head.place is None:
                self._set("place", m["place"].strip(), row)
            return True
        if head.organization is None and words.is_body(text) and len(text) < 80:
            self._set("organization", self._organization(text), row)
            return True
        if self._body(row):
            return True
        if words.hints_at("attendance", row.small) and (told := people.sentence(text, words)) and told.substitute:
            self._take(told, row)
            return True
        return self._loose(row, rows, i)

    def _label(self, row: Row) -> tuple[str, str] | None:
        """(kind of label, rest of the line) for a line that is or begins with a label of the head."""
        if row.label and row.label.head and (row.label.heading.endswith(":") or not row.label.rest):
            return row.label.head, row.label.rest
        m = self.label.match(row.bare) if row.bare[:3].lower() in self.words.head_leads else None
        if m is None:
            return None
        kind = self.words.head[key(m["label"])]
        rest = m["rest"].strip(" :")
        if kind in ("others", "contents", "contents_start", "kind") or (
            kind in ("when", "end", "adjourned") and not any(c.isdigit() for c in rest)
        ):
            return None
        if not m["gap"] and not (rest[:1].isupper() or rest[:1].isdigit()):
            return None
        if kind in _ATTENDANCE and not people.only_people(outcomes.sentences(rest, self.words)[0], self.words):
            return None
        if (
            kind == "place"
            and key(m["label"]) in self.words.table["head"]["rooms"]
            and (self.pending_value == "place" or not self.after_label)
        ):
            return None  # "Room 5" on a line of its own, or under the label of the place, is a room and no label
        if kind in ("organization", "place") and rest.casefold().startswith(self.words.goes_on):
            return None
        return kind, rest

    def _labelled(self, kind: str, rest: str, row: Row, rows: list[Row], i: int) -> bool:
        if self.pending_value == "when" and self.waiting:
            self._lost("missing_time", self.waiting)
        grouped = kind == "members" and self.pending == "present" and bool(rest)
        self.pending = self.pending_value = None
        head = self.head
        if grouped:
            kind = "present"  # one of the groups of those who are there
        if kind in _ATTENDANCE:
            self.pending = _ATTENDANCE[kind]
            self._open(self.pending)
            if not rest:
                return True
            if self.words.says_nobody(rest):
                head.nobody_absent = head.nobody_absent or kind in ("absent", "excused")
                return True
            whole, last = _unwrapped(rest, rows, i, self.words, self.label)
            self._add(whole, row, self.pending)
            nxt = rows[last + 1] if last + 1 < len(rows) else None
            if last > i or nxt is None or not nxt.text:
                self.pending = None
            return True
        if kind == "remarks":
            self.pending = "remarks"
            return self._remark(row, rest) if rest else True
        if kind == "substitutes" and not rest:
            self.pending = "remarks"
            return True
        if kind == "substitutes" and self._remark(row, row.bare):
            return True
        if kind in ("others", "contents", "contents_open", "contents_closed", "contents_start", "substitutes"):
            if kind == "contents_start":
                self._set_kind("agenda", row)
            return kind != "others"
        if rest:
            return self._value(kind, rest, row)
        self.pending_value = kind
        self.waiting = row if row.label and row.label.heading.endswith(":") else None
        return True

    def _value(self, kind: str, text: str, row: Row) -> bool:
        """Takes in the value of a labelled fact; False if it does not look like one."""
        head, words = self.head, self.words
        if kind == "kind":
            if words.day.search(text) and self._value("when", text, row):
                return True
            if m := words.pattern("head.kind_line").match(text):
                self._kind(m["kind"], row)
            elif head.organization is None and (m := words.body_name.match(text)):
                self._set("organization", self._organization(m[0]), row)
            return True
        if kind == "organization":
            if head.organization is None or len(text) < 80:
                self._set("organization", self._organization(text), row)
            return True
        if kind == "place":
            if head.place is None:
                m = words.pattern("head.place_time").search(text)
                self._set("place", text[: m.start()] if m else text, row)
                if m and head.start is None:
                    self._set("start", clock(m["time"]), row)
            return True
        date = words.day.search(text)
        tail = text[date.end() :] if date else text
        time = words.pattern("head.hours").search(tail)
        if kind in ("end", "adjourned"):
            value = clock(time["a"]) if time else None
            self._set("end" if kind == "end" else "adjourned", value, row)
            return value is not None or date is not None
        if kind == "date" and not date:
            self._lost("missing_date", row)
            return True
        if date:
            if not self.date_labelled:  # a day with a label counts for more than the day of a letterhead
                self.head.date, self.head.weekday, self.date_labelled = None, None, True
            self._date(date[0], text[: date.start()], row)
        if time and head.start is None:
            self._set("start", clock(time["a"]), row)
            if time["b"]:
                self._set("end", clock(time["b"]), row)
        elif kind == "when" and not time and date is None:
            self._lost("missing_time", row)
        return bool(date or time) or kind == "when"

    # -- facts

    def _set(self, name: str, value: str | None, row: Row) -> None:
        if (value and getattr(self.head, name) is None) or (name == "organization" and value):
            setattr(self.head, name, value)
            self.head.spans[name] = (row.n, row.n)

    def _kind(self, words: str, row: Row) -> None:
        """Takes in the kind of paper that one of some words names."""
        for word in words.casefold().split():
            if kind := self.words.kinds.get(word):
                self._set_kind(kind, row)
                return

    def _set_kind(self, kind: Kind, row: Row) -> None:
        if self.head.kind is None:
            self.head.kind = kind
            self.head.spans["kind"] = (row.n, row.n)
            self.head.title = self.head.title or row.bare

    def _organization(self, text: str) -> str:
        text = self.words.pattern("head.not_org").sub("", text.strip(" .,:"))
        return self.words.pattern("head.term").sub("", text.strip(" .,:"))

    def _date(self, text: str, before: str, row: Row) -> None:
        iso = iso_date(text, self.words)
        if iso is None:
            return
        if self.head.date is None:
            self._set("date", iso, row)
        if iso == self.head.date:
            named = self.words.weekday.findall(before)
            if named and self.head.weekday is None:
                self.head.weekday = (self.words.weekdays.index(named[-1].casefold()), row.n)

    def _lost(self, code: str, row: Row) -> None:
        messages = {
            "missing_time": "The label of a time stands here without digits.",
            "missing_date": "The label of a date stands here without a date.",
        }
        self.head.warnings.append(Warning(code=code, message=messages[code], lines=(row.n, row.n)))

    def _facts_of_sentence(self, row: Row) -> bool:
        """Sentences such as "the minutes were read and the meeting adjourned at 19.05"."""
        return meeting_facts(self.head, row, self.words)

    def _patterns(self, row: Row, i: int, rows: list[Row]) -> bool:
        text, head, words = row.bare, self.head, self.words
        if len(text) > 160:
            return False
        for pattern in words.patterns("head.patterns"):
            m = pattern.match(text) or (pattern.match(row.wide) if row.wide != row.text else None)
            if m is None:
                continue
            groups = {k.rstrip("2"): v for k, v in m.groupdict().items() if v}
            if not groups.get("date") and "org" not in groups and not (head.date or head.organization):
                continue
            if set(groups) == {"place"} and not (self.after_used and head.date):
                continue
            if "kind" in groups:
                self._kind(groups["kind"], row)
                head.title = head.title or text
            if "org" in groups and (head.organization is None):
                wrapped = self._wrapped(rows, i) if m.end("org") == len(text) else ""
                self._set("organization", self._organization(groups["org"] + wrapped), row)
                if wrapped:
                    head.spans["organization"] = (row.n, row.n + 1)
            if "date" in groups:
                self._date(groups["date"], text[: m.start("date")], row)
            if "time" in groups and head.start is None:
                self._set("start", clock(groups["time"]), row)
            if "end" in groups and head.end is None:
                self._set("end", clock(groups["end"]), row)
            if "place" in groups and head.place is None:
                self._set("place", groups["place"].strip(" ,"), row)
            if "trailing" in groups:
                self._trailing(groups["place"], groups["trailing"], row)
            if head.start is None and words.pattern("head.time_lost").search(text):
                self._lost("missing_time", row)
            return True
        return False

    def _wrapped(self, rows: list[Row], i: int) -> str:
        """The rest of a title that a page breaks: the next line, where it is no more than words."""
        nxt = rows[i + 1] if i + 1 < len(rows) else None
        if nxt is None or nxt.page is None or not nxt.text or nxt.rule or nxt.label or len(nxt.text) > 60:
            return ""
        if any(c.isdigit() or c in ":.,()|" for c in nxt.text) or self.label.match(nxt.bare):
            return ""
        nxt.used = True
        return f" {nxt.text}"

    def _trailing(self, place: str, names: str, row: Row) -> None:
        """Names that end the head and each decision are those who were away; their label is lost."""
        parts = names.split()
        for n in range(len(parts) - 1):
            text = " ".join(parts[n:])
            if sum(r.text.endswith(text) for r in self.rows) > 1 and people.only_people(text, self.words):
                self._open("absent")
                self._add(text, row, "absent")
                self.head.trailing = text
                self.head.place = " ".join([place, *parts[:n]]).strip(" ,")
                self.head.spans["place"] = (row.n, row.n)
                return

    def _body(self, row: Row) -> bool:
        if self.head.body is None and (m := self.words.pattern("head.body_letterhead").match(row.text)):
            self._set("body", municipality(m[1]), row)
            return True
        if len(row.text) < 60 and (m := self.words.pattern("head.body_line").match(row.text)):
            self._set("body", municipality(m[1]), row)
            return True
        return False

    def _loose(self, row: Row, rows: list[Row], i: int) -> bool:
        """A line after the day and the hour is the place; one before them is the paper's heading."""
        head = self.head
        if (
            head.date
            and self.loose_place is None
            and i <= 25
            and len(row.text) < 100
            and not row.text.endswith((".", ":", "?", "!"))
            and not people.only_people(row.bare, self.words)
        ):
            prev = next((r for r in reversed(rows[:i]) if r.text), None)
            if prev is not None and prev.used and prev.n >= head.spans.get("date", (0, 0))[0] and not self.pending:
                self.loose_place = self.loose_place or (row.bare, row)
        return False

    # -- persons

    def _unlabelled_persons(self, rows: list[Row]) -> None:
        """Takes in three lines or more of one person each, with party or role, that no label heads."""
        if self.head.present is not None or self.head.listed is not None:
            return
        run: list[tuple[Person, int]] = []
        for row in rows[:80]:
            free = row.text and not row.used and row.rule is None and row.label is None
            found = people.only_people(row.bare, self.words) if free and len(row.text) < 80 else []
            if len(found) == 1 and (found[0].party or found[0].role):
                run.append((found[0], row.n))
            elif len(run) > 2:
                break
            else:
                run = []
        if len(run) > 2:
            self.head.listed = run
            for _, n in run:
                self.rows[n - 1].used = True

    def _open(self, status: str) -> None:
        name = {"excused": "absent", "unexcused": "absent"}.get(status, status)
        if getattr(self.head, name) is None:
            setattr(self.head, name, [])

    def _persons(self, row: Row, rows: list[Row], i: int) -> bool:
        """A line in a list of persons. The list ends at the first line that is none."""
        status = self.pending
        if status is None:
            return False
        if status == "remarks":
            return self._remark(row, row.bare)
        text = " | ".join(c for c in _SIDE_BY_SIDE.split(row.wide.strip("-–•·* ")) if c)
        group, colon, rest = text.partition(":")
        if colon and people.only_people(rest, self.words):
            text = rest  # a group's name before its members
        if self.words.says_nobody(text):
            self.head.nobody_absent = self.head.nobody_absent or status != "present"
            return True
        told = people.sentence(row.bare, self.words)
        if told and (told.substitute or told.reason):
            self._take(told, row)
            return True
        found, strange = people.listed(text, self.words)
        if not found or (strange and "," not in text and "|" not in text):
            nxt = rows[i + 1] if i + 1 < len(rows) else None
            if " " not in group.strip() and nxt is not None and people.only_people(nxt.bare, self.words):
                return True  # a party's name over its members
            self.pending = None
            return False
        whole, _ = _unwrapped(text, rows, i, self.words, self.label)
        self._add(whole, row, status)
        return True

    def _take(self, told: Person, row: Row) -> None:
        self._open("absent")
        if self.head.absent is not None:
            self.head.absent.append((told, row.n))

    def _add(self, text: str, row: Row, status: str) -> None:
        """Takes in a list of persons, in which sentences on absence may stand."""
        if status != "listed":
            parts = outcomes.sentences(text, self.words)
            for n, s in enumerate(parts):
                pair = f"{s} {parts[n + 1]}" if n + 1 < len(parts) else s
                told = people.sentence(s.rstrip("."), self.words)
                if told is None or not told.substitute:
                    told = people.sentence(pair.rstrip("."), self.words) or told
                if several := people.all_away(s, self.words):
                    for person in several:
                        self._take(person, row)
                    text = text.replace(s, "")
                elif told and (told.reason or told.substitute):
                    self._take(replace(told, reason=told.reason or self.words.reasons.get(status)), row)
                    text = text.replace(s, "")
                elif n and not people.only_people(s, self.words):
                    text = text.replace(s, "")  # a sentence behind the list
        reason = self.words.reasons.get(status)
        name = "absent" if reason else status
        self._open(name)
        for p in people.people(text, self.words):
            entry = Person(p.name, p.party, p.role, p.reason or reason, p.substitute, p.cases)
            getattr(self.head, name).append((entry, row.n))

    def _remark(self, row: Row, text: str) -> bool:
        """What stands under "remarks": sentences on attendance, or a label of absence and names."""
        label, colon, rest = text.partition(":")
        status = _ATTENDANCE.get(self.words.head.get(key(label), "")) if colon and len(label) < 41 else None
        if status and rest.strip():
            self._open(status)
            self._add(rest.strip().rstrip("."), row, status)
            return True
        taken = False
        for s in outcomes.sentences(_split_absences(text, self.words), self.words):
            if told := people.sentence(s, self.words):
                self._take(told, row)
                taken = True
        return taken


def _unwrapped(text: str, rows: list[Row], i: int, words: Vocabulary, label: re.Pattern[str]) -> tuple[str, int]:
    """A list of several persons with the lines on which it goes on, and the index of its last row."""
    while i + 1 < len(rows):
        nxt = rows[i + 1]
        if (
            not nxt.text
            or nxt.rule
            or nxt.label
            or nxt.text != nxt.bare
            or label.match(nxt.bare)
            or ":" in nxt.bare[:40]
            or text.rstrip().endswith(".")
            or not (text.rstrip().endswith(",") or len(people.people(text, words)) > 1)
            or people.sentence(nxt.bare, words)
        ):
            break
        i, text, nxt.used = i + 1, f"{text} {nxt.bare}", True
    return text, i


def _split_absences(text: str, words: Vocabulary) -> str:
    """Sentences on absence that run into each other without a full stop, parted by one."""
    return words.pattern("attendance.runs_on").sub(". ", text)


def meeting_facts(head: Head, row: Row, words: Vocabulary) -> bool:
    """Takes in a sentence on how the meeting began, was read out and ended. True if the line is one."""
    text, told = row.text, False
    if len(text) > 200 or not words.hints_at("hours", row.small):
        return False
    if words.pattern("head.read_out").search(text):
        head.read_out = True
        head.spans.setdefault("meeting.read_out", (row.n, row.n))
        told = True
    if m := words.pattern("head.adjourned").search(text):
        if head.adjourned is None:
            head.adjourned = clock(m["time"])
            head.spans["adjourned"] = (row.n, row.n)
        told = True
    if m := words.pattern("head.sat").search(text):
        if head.start is None:
            head.start = clock(m["time"])
            head.spans["start"] = (row.n, row.n)
        if (e := words.pattern("head.ended").search(text[m.end() :])) and head.adjourned is None:
            head.adjourned = clock(e["time"])
            head.spans["adjourned"] = (row.n, row.n)
        told = True
    return told


def municipality(name: str) -> str:
    """A municipality's name as a name: capitals folded."""
    return name.title() if name.isupper() else name


def body_of_text(rows: list[Row], organization: str | None, words: Vocabulary) -> tuple[str, int] | None:
    """(municipality, line) where the text names one as its own: in the council's name, else throughout the text."""
    if organization and (m := words.pattern("head.body_of_council").match(organization)):
        for row in rows:
            if m[0] in row.text:
                return municipality(m[1]), row.n
    found: Counter[str] = Counter()
    lines: dict[str, int] = {}
    for row in rows:
        if "ommune" not in row.text and "OMMUNE" not in row.text:
            continue
        for m in words.pattern("head.body").finditer(row.text):
            name = municipality(m[1])
            if name.split()[0] not in words.table["head"]["not_body"]:
                found[name] += 1
                lines.setdefault(name, row.n)
    if len(found) == 1 or (found and found.most_common(1)[0][1] >= 3 * sum(found.values()) / 4):
        name = found.most_common(1)[0][0]
        return name, lines[name]
    return None


@functools.cache
def _label_pattern(words: Vocabulary) -> re.Pattern[str]:
    labels = "|".join(re.escape(w) for w in sorted(words.head, key=len, reverse=True))
    return words.compile_cached(rf"^(?P<label>{labels})(?:(?P<gap>\s+)|(?=(?-i:[A-ZÆØÅ0-9])))(?P<rest>.+)$")
