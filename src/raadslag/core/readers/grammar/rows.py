"""Lines with what each is by itself: blank, residue, a label, or text."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from raadslag.core.readers.grammar.vocabulary import Vocabulary, fold, key
from raadslag.core.readers.lines import Line
from raadslag.core.record import Access

DIGIT = re.compile(r"\d")
BULLET = re.compile(r"^\s*[•·▪◦●∙*|]\s*")
_COLUMN = re.compile(r"\s*\|\s*|\s*\t\s*|\s{2,}")
_COUNTED = re.compile(r"\s*\(\d{1,3}\)$")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b\x0e-\x1f]")
_GULF = re.compile(r"[ \t]{10,}")  # no more of it than tells columns apart
_NO_LABEL = (None, None, None)
_PAGE_NUMBER = re.compile(r"(?<![\w-])\d{1,3}(?![\w-])")


class Label(msgspec.Struct, frozen=True, gc=False):
    """A label at the head of a line: its key, its words as written, and what follows on the line."""

    key: str
    heading: str
    rest: str = ""
    section: str | None = None
    item: str | None = None
    head: str | None = None
    block: str | None = None


class Row(msgspec.Struct, gc=False):
    """One line. `text` is trimmed with single spaces, `wide` keeps runs of spaces, `bare` lacks a bullet.

    `small` is `bare` in small letters (`vocabulary.fold`).
    """

    n: int
    text: str
    wide: str
    bare: str
    page: int | None = None
    level: int | None = None
    cells: bool = False
    rule: str | None = None
    label: Label | None = None
    used: bool = False
    small: str = ""

    @property
    def blank(self) -> bool:
        return not self.text


def plain_row(n: int, text: str, page: int | None = None, label: Label | None = None) -> Row:
    """A row of plain text, such as a piece of a line."""
    return Row(n, text, text, text, page, label=label, small=fold(text))


def mark(lines: Sequence[Line], words: Vocabulary) -> list[Row]:
    """A row for each line, in order, with residue and labels recognised."""
    whole = fold("\n".join([line.text for line in lines]))
    hinted = words.residue.hints_at(whole)
    rows = [_row(n, line, hinted, words) for n, line in enumerate(lines, 1)]
    _mark_running_lines(rows, words)
    return rows


def _row(n: int, line: Line, hinted: bool, words: Vocabulary) -> Row:
    """One line as a row; `hinted` tells whether the hints of rules for residue stand in the paper at all."""
    wide = line.text
    if not wide or wide.isspace():
        return Row(n, "", "", "", line.page)
    if not wide.isprintable():
        wide = _INVISIBLE.sub("", wide).replace("\xa0", " ")
    wide = wide.strip()
    if "](" in wide:
        wide = _LINK.sub(r"\1", wide)
    text = wide
    if "  " in wide or "\t" in wide:
        text = " ".join(wide.split())
        wide = _GULF.sub(" " * 9, wide)
    bare = BULLET.sub("", text) if text and text[0] in "•·▪◦●∙*|" else text
    small = fold(bare)
    row = Row(n, text, wide, bare, line.page, line.heading, line.cells, small=small)
    if not bare:
        row.rule = "bullet" if text else None
        return row
    residue = words.residue
    if (
        len(bare) < 50
        or small[-1] in residue.ends
        or small[0] in residue.begins
        or small[:2] in residue.begins
        or hinted
    ):
        row.rule = _residue(bare, small, hinted, words)
    if row.rule is None and (len(bare) <= 70 or text != wide or ":" in bare[:71] or "|" in text):
        if text == wide and ":" not in bare and "|" not in text:
            k = small.rstrip(" .?")
            if k in words.labels or "/" in k or k[-1:] == ")":
                row.label = _label(bare, bare, "", "", words)
        else:
            row.label = label_of(bare, words, BULLET.sub("", wide) if text != wide else bare if "|" in bare else "")
    return row


def _residue(text: str, small: str, hinted: bool, words: Vocabulary) -> str | None:
    if len(text) > 200:
        return None
    if len(text) < 50:
        if small.rstrip(" .:?") in words.residue_lines:
            return "web"
        if (len(text) == 1 or not small[0].isalnum()) and words.pattern("residue.empty").match(text):
            return "empty"
    residue = words.residue
    at_edges = (residue.begins.get(small[0]), residue.begins.get(small[:2]), residue.ends.get(small[-1]))
    for rules in (*at_edges, residue.hinted if hinted else None):
        if rules and (rules is not residue.hinted or residue.hints_at(small)):
            for rule, pattern in rules:
                if pattern.search(small):
                    return rule
    return None


def label_of(text: str, words: Vocabulary, wide: str = "") -> Label | None:
    """The label that a line is or begins with, or None.

    A label ends at a colon, or in a table (`wide` keeps its spaces) at a bar, a tab or a wide space.
    """
    if len(text) > 70 and ":" not in text[:71] and not wide:
        return None
    head, colon, rest = text.partition(":")
    if wide and (m := _COLUMN.search(wide)) and m.start() < len(head):
        head, colon, rest = wide[: m.start()], ":", " ".join(wide[m.end() :].split()).lstrip(" :").rstrip(" |")
    return _label(head, head.strip() + colon, colon, rest, words) if len(head) <= 70 else None


def _label(head: str, heading: str, colon: str, rest: str, words: Vocabulary) -> Label | None:
    k = key(_COUNTED.sub("", head) if head.endswith(")") else head)
    section, item, top = words.labels.get(k, _NO_LABEL)
    if "/" in k and section is None and item is None and top is None and len(k) < 50:
        section = next((words.sections[part] for part in map(str.strip, k.split("/")) if part in words.sections), None)
    block = words.block.get(k) if colon else None
    if section is None and item is None and top is None and block is None:
        return None
    return Label(k, heading, rest.strip(), section, item, top, block)


def _mark_running_lines(rows: list[Row], words: Vocabulary) -> None:
    """Marks as residue the lines at the edges of pages that are no part of the text.

    They end in the number of the page, or are alike on most pages but for their numbers, or, where there are
    only two pages, stand alike on both as the first or the last line.
    """
    pages: dict[int, list[Row]] = {}
    for row in rows:
        if row.page is not None and not row.blank:
            pages.setdefault(row.page, []).append(row)
    if not pages:
        _mark_flowing_lines([row for row in rows if row.text], words)
        return
    numbered = words.pattern("residue.page_at_end")
    for own in pages.values():
        for row in (own[0], own[-1]):
            if len(row.text) < 120 and numbered.search(row.text):
                row.rule, row.label = "page", None
    if len(pages) == 2:
        first, second = pages.values()
        pairs = [(first[0], second[0]), (first[-1], second[-1])]
        alike = [[a, b] for a, b in pairs if len(a.text) < 120 and _numberless(a) == _numberless(b)]
    else:
        seen: dict[str, list[Row]] = {}
        for own in pages.values():
            for row in {row.n: row for row in (*own[:3], *own[-3:])}.values():
                if len(row.text) < 120:
                    seen.setdefault(_numberless(row), []).append(row)
        most = max(3, len(pages) // 2 + 1)
        alike = [same for same in seen.values() if len({row.page for row in same}) >= most]
    for same in alike:
        for row in same:
            row.rule, row.label = "running_line", None


def _mark_flowing_lines(rows: list[Row], words: Vocabulary) -> None:
    """The same in a text whose pages have run together: lines with the number of a page, and those beside them.

    A line belongs to the edge of a page if it is alike at three places or more, names a day, a body or a
    municipality, and ends in page numbers that grow, or stands beside nearly every line that does.
    """
    numbered = words.pattern("residue.flowing_page")
    alone = words.pattern("residue.meeting_alone")
    places: dict[str, list[tuple[int, int]]] = {}
    again: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        ends_in_figure, is_wide = row.text[-1].isdigit(), row.wide != row.text
        if not (ends_in_figure or is_wide) or len(row.text) >= 120:
            continue
        if ends_in_figure and (m := numbered.search(row.wide)) and _names_a_meeting(row, words):
            places.setdefault(_numberless(row), []).append((i, int(m["page"])))
        elif is_wide or len(row.text) < 40:
            again.setdefault(row.text, []).append(i)
    edges = {i for i, row in enumerate(rows) if row.rule == "page"}
    for same_text in again.values():
        row = rows[same_text[0]]
        if len(same_text) >= 3 and (alone.match(row.text) or (row.wide != row.text and _names_a_meeting(row, words))):
            edges.update(same_text)
    for same in places.values():
        if len(same) >= 3 and all(a < b for (_, a), (_, b) in itertools.pairwise(same)):
            edges |= {i for i, _ in same}
    if len(edges) < 3:
        return
    found = set(edges)
    for step in (-1, -2, 1):
        beside = [i + step for i in edges if 0 <= i + step < len(rows)]
        alike = Counter(_numberless(rows[i]) for i in beside)
        line, times = alike.most_common(1)[0]
        if times >= 3 and times * 5 >= len(edges) * 4:
            found |= {i for i in beside if _numberless(rows[i]) == line and _may_run(rows[i], words)}
    for i in found:
        if rows[i].rule is None:
            rows[i].rule, rows[i].label = "running_line", None


def _may_run(row: Row, words: Vocabulary) -> bool:
    """Whether a line beside the number of a page may be one that each page repeats."""
    return _names_a_meeting(row, words) or words.pattern("head.kind_line").match(row.text) is not None


def _names_a_meeting(row: Row, words: Vocabulary) -> bool:
    if row.text[-1] == ":" or (row.label and row.label.section):
        return False
    return words.pattern("residue.names_a_meeting").search(row.text) is not None


def _numberless(row: Row) -> str:
    return _PAGE_NUMBER.sub("0", row.text)


def access_line(text: str, words: Vocabulary) -> Access | None:
    """The access that a whole line says, or None."""
    return words.access_of_line(text)


def following(rows: Sequence[Row], i: int, count: int, stop: int | None = None) -> list[Row]:
    """Up to `count` rows after index `i` that hold text and are not residue."""
    found: list[Row] = []
    for row in rows[i + 1 : min(stop or len(rows), i + 1 + 12 * count)]:
        if row.text and row.rule is None:
            found.append(row)
            if len(found) == count:
                break
    return found


def before(rows: Sequence[Row], i: int) -> int | None:
    """The index of the nearest row before `i` that holds text and is not residue."""
    for j in range(i - 1, -1, -1):
        if rows[j].text and rows[j].rule is None:
            return j
    return None
