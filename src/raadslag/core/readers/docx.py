"""DOCX to lines: the text as Word shows it with all changes accepted, by the rules of web pages.

python-docx opens the package and knows its styles. The body is told as the markup of a simple page (headings, lists
with their numbers, tables), and the reader of web pages makes lines of it: the same minutes give the same lines in
both formats. Source: ECMA-376, part 1 (WordprocessingML), 17.3, 17.4, 17.9 and 17.13.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

import docx
from docx.document import Document
from lxml import etree

from raadslag.core.errors import UnreadableFile
from raadslag.core.readers import html
from raadslag.core.readers.lines import Extract
from raadslag.core.readers.office import Package
from raadslag.core.record import Warning

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KIND = "a Word document (DOCX)"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TAB = "\u00a0" * 3  # as wide as what parts a label from its value

# What holds runs of a paragraph, or blocks, and says nothing itself.
_THROUGH = frozenset(
    W + name
    for name in ("ins", "moveTo", "hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo")
)
_GONE = frozenset(W + name for name in ("del", "moveFrom"))
_CHANGES = frozenset(W + name for name in ("ins", "del", "moveTo", "moveFrom"))
_LEVELS = 9


def extract(data: bytes) -> Extract:
    """The lines of a Word document, as those of a web page.

    Tracked changes are read as accepted, and a warning tells how many there are. Hidden text, comments, headers and
    footers are left out; text boxes and footnotes follow the paragraph that they stand at. Raises UnreadableFile.
    """
    document = opened(data)
    body = Body(document)
    page = "".join(body.blocks())
    if not re.search(r">[^<]*\w", page):
        remedy = "If it is a scanned picture, run text recognition on it, and save the result as PDF."
        raise UnreadableFile("the file", f"{_KIND} with text", "no text", remedy)
    lines = html.extract(f"<!doctype html><meta charset=utf-8><body>{page}".encode()).lines
    return Extract(lines=lines, media_type=MEDIA_TYPE, reader="docx", warnings=tuple(body.warnings()))


def opened(data: bytes) -> Document:
    """The document. Raises UnreadableFile for what is damaged, encrypted, too large, or another kind of file."""
    Package(data, _KIND)
    try:
        document = docx.Document(io.BytesIO(data))
        len(document.element.body)  # of a part that is something else there is none
        return document
    except Exception as error:  # a damaged file fails in more ways than any list of them names
        remedy = "Open it in Word, save it as an ordinary Word document (.docx) or as PDF, and read that."
        raise UnreadableFile("the file", _KIND, type(error).__name__, remedy) from error


@dataclass(frozen=True)
class _Level:
    """One level of a list: how its numbers are written, `text` with %1 for the first level's number, and so on."""

    start: int = 1
    form: str = "decimal"
    text: str = ""


@dataclass
class _Pending:
    """What a paragraph leaves for after it."""

    boxes: list[etree._Element] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Body:
    """One walk over the body of a document."""

    def __init__(self, document: Document) -> None:
        self._root = document.element.body
        self._styles = _Styles(document)
        self._numbers = _Numbers(document)
        self._notes = _notes(document)
        self._carried = ""  # of a paragraph whose end was taken out: it goes on in the next
        self.changes = sum(1 for _ in self._root.iter(*_CHANGES))

    def blocks(self) -> Iterator[str]:
        """The markup of the body."""
        yield from self._blocks(self._root)
        if self._carried:
            yield f"<p>{self._carried}</p>"

    def warnings(self) -> Iterator[Warning]:
        """What a person should look at."""
        if self.changes:
            message = f"The document has {self.changes} tracked changes; it was read as if all were accepted."
            yield Warning(code="tracked_changes", message=message)

    def _blocks(self, parent: etree._Element) -> Iterator[str]:
        opened_list = ""
        for element in parent:
            tag = element.tag
            if tag == W + "p":
                markup, kind = self._paragraph(element)
                if kind != opened_list:
                    yield _closing(opened_list) + _opening(kind)
                    opened_list = kind
                yield markup
                continue
            if opened_list:
                yield _closing(opened_list)
                opened_list = ""
            if tag == W + "tbl":
                yield self._table(element)
            elif tag in _THROUGH:
                yield from self._blocks(element)
            elif tag == _MC + "AlternateContent":
                yield from self._blocks(_choice(element))
        yield _closing(opened_list)

    def _paragraph(self, element: etree._Element) -> tuple[str, str]:
        """The markup of a paragraph, and the kind of list that it stands in."""
        pending = _Pending()
        text = self._carried + "".join(self._runs(element, pending))
        self._carried = ""
        properties = element.find(W + "pPr")
        style = self._styles.of(properties)
        if _is_end_deleted(properties):
            self._carried = text
            return "", ""
        after = "".join(f"<p>{note}</p>" for note in pending.notes)
        after += "".join("".join(self._blocks(box)) for box in pending.boxes)
        if not text.strip():
            return after, ""
        marker = self._numbers.marker(properties, style)
        if level := style.heading:
            return f"<h{level}>{escape(f'{marker} ' if marker else '')}{text}</h{level}>{after}", ""
        if marker is None:
            return f"<p>{text}</p>{after}", ""
        if marker == "":
            return f"<li>{text}</li>{after}", "ul"
        if re.fullmatch(r"\d+\.", marker):
            return f"<li value={marker[:-1]}>{text}</li>{after}", "ol"
        return f"<li>{escape(marker)} {text}</li>{after}", "ul class=list-unstyled"

    def _runs(self, parent: etree._Element, pending: _Pending) -> Iterator[str]:
        for element in parent:
            tag = element.tag
            if tag == W + "r":
                if not is_on(element.find(f"{W}rPr/{W}vanish")):
                    yield from self._run(element, pending)
            elif tag in _THROUGH:
                yield from self._runs(element, pending)
            elif tag == _MC + "AlternateContent":
                yield from self._runs(_choice(element), pending)

    def _run(self, run: etree._Element, pending: _Pending) -> Iterator[str]:
        for element in run:
            match element.tag.removeprefix(W) if isinstance(element.tag, str) else "":
                case "t":
                    yield escape(element.text or "")
                case "tab" | "ptab":
                    yield _TAB
                case "br" | "cr":
                    yield "<br>"
                case "noBreakHyphen":
                    yield "-"
                case "sym":
                    yield _symbol(element)
                case "footnoteReference" | "endnoteReference" as kind:
                    if note := self._notes.get((kind[0], element.get(W + "id", ""))):
                        pending.notes.append("".join(self._runs_of_note(note)))
                case "drawing" | "pict" | "object":
                    pending.boxes += _boxes(element)
                case _ if element.tag == _MC + "AlternateContent":
                    pending.boxes += _boxes(_choice(element))

    def _runs_of_note(self, note: etree._Element) -> Iterator[str]:
        for n, paragraph in enumerate(note.iter(W + "p")):
            yield " " if n else ""
            yield from self._runs(paragraph, _Pending())

    def _table(self, table: etree._Element) -> str:
        rows = []
        for row in _within(table, "tr"):
            properties = row.find(W + "trPr")
            if properties is not None and properties.find(W + "del") is not None:
                continue
            is_head = properties is not None and is_on(properties.find(W + "tblHeader"))
            tag = "th" if is_head else "td"
            cells = ("".join(self._blocks(cell)) for cell in _within(row, "tc"))
            rows.append(f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>")
        return f"<table>{''.join(rows)}</table>"


def _opening(kind: str) -> str:
    return f"<{kind}>" if kind else ""


def _closing(kind: str) -> str:
    return f"</{kind.split()[0]}>" if kind else ""


def _within(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """The rows of a table or the cells of a row, also those in controls and changes."""
    for element in parent:
        if element.tag == W + name:
            yield element
        elif element.tag in _THROUGH:
            yield from _within(element, name)


def _choice(element: etree._Element) -> etree._Element:
    """What a program shows that knows the newer way to say it; else the older."""
    chosen = element.find(_MC + "Choice")
    return chosen if chosen is not None else element.find(_MC + "Fallback", default=element)


def _boxes(element: etree._Element) -> list[etree._Element]:
    """The texts of the boxes in a drawing; of boxes in boxes the outer ones."""
    found: list[etree._Element] = []
    for box in element.iter(W + "txbxContent"):
        if not any(outer in found for outer in box.iterancestors(W + "txbxContent")):
            is_older = any(True for _ in box.iterancestors(_MC + "Fallback"))
            if not is_older:
                found.append(box)
    return found


def is_on(element: etree._Element | None) -> bool:
    """Whether a property that is there or not is set."""
    return element is not None and element.get(W + "val", "1") not in ("0", "false", "off")


def _is_end_deleted(properties: etree._Element | None) -> bool:
    return properties is not None and properties.find(f"{W}rPr/{W}del") is not None


def _symbol(element: etree._Element) -> str:
    try:
        return escape(chr(int(element.get(W + "char", ""), 16)))
    except (ValueError, OverflowError):
        return ""


def _notes(document: Document) -> dict[tuple[str, str], etree._Element]:
    """Footnotes and endnotes by "f" or "e" and their id, without the lines that part them from the text."""
    found = {}
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind in ("footnotes", "endnotes") and not relation.is_external:
            try:
                root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
            except (etree.XMLSyntaxError, ValueError):
                continue
            for note in root:
                if note.get(W + "type") is None and isinstance(note.tag, str):
                    found[kind[0], note.get(W + "id", "")] = note
    return found


# --- styles ---


@dataclass(frozen=True)
class _Style:
    """What a paragraph's style says of it: its level as a heading, and the list it is of with its level."""

    heading: int | None = None
    number: tuple[str, int] | None = None


class _Styles:
    """The paragraph styles of a document, with what they take over from those that they are based on."""

    def __init__(self, document: Document) -> None:
        elements = document.styles.element.findall(f"{W}style")
        self._by_id = {one.get(W + "styleId"): one for one in elements}
        self._known: dict[str | None, _Style] = {}
        default = [one for one in elements if one.get(W + "type") == "paragraph" and _is_on_attribute(one, "default")]
        self._default = default[0].get(W + "styleId") if default else None

    def of(self, properties: etree._Element | None) -> _Style:
        """The style of a paragraph with these properties, and what they say beyond it."""
        named = value(properties, "pStyle") or self._default
        if named not in self._known:
            self._known[named] = self._read(named)
        own = _outline(properties)
        style = self._known[named]
        return _Style(own, style.number) if own else style

    def _read(self, named: str | None) -> _Style:
        heading, number, level = None, None, None
        seen: set[str | None] = set()
        while named in self._by_id and named not in seen:
            seen.add(named)
            style = self._by_id[named]
            properties = style.find(W + "pPr")
            heading = heading or _heading(style.find(W + "name")) or _outline(properties)
            number = number or value(properties, "numPr/numId")
            level = level or value(properties, "numPr/ilvl")
            named = value(style, "basedOn")
        return _Style(heading, (number, whole(level)) if number else None)


def _is_on_attribute(element: etree._Element, name: str) -> bool:
    return element.get(W + name, "0") in ("1", "true", "on")


def _heading(name: etree._Element | None) -> int | None:
    """The level of a style by its name, which is English in every Word: "heading 2"; a title is of level 1."""
    written = name.get(W + "val", "").lower() if name is not None else ""
    if written == "title":
        return 1
    found = re.fullmatch(r"heading (\d)", written)
    return min(6, max(1, int(found[1]))) if found else None


def _outline(properties: etree._Element | None) -> int | None:
    level = value(properties, "outlineLvl")
    return min(6, int(level) + 1) if level and level.isdigit() and int(level) < _LEVELS else None


def value(parent: etree._Element | None, path: str) -> str | None:
    """The value of an element below `parent`, as most properties have it."""
    if parent is None:
        return None
    found = parent.find("/".join(W + name for name in path.split("/")))
    return found.get(W + "val") if found is not None else None


def whole(text: str | None) -> int:
    """A level of a list, from 0; 0 for what is none."""
    return min(_LEVELS - 1, int(text)) if text and text.isdigit() else 0


# --- numbers of lists ---


class _Numbers:
    """The lists of a document and how far each has counted."""

    def __init__(self, document: Document) -> None:
        self._lists: dict[str, tuple[str, dict[int, _Level]]] = {}
        self._counts: dict[str, list[int]] = {}
        self._restarted: set[tuple[str, int]] = set()
        self._restarts: dict[str, set[int]] = {}
        part: Any = next(
            (one.target_part for one in document.part.rels.values() if one.reltype.endswith("/numbering")), None
        )
        root = getattr(part, "element", None)
        if root is None:
            return
        abstract = {one.get(W + "abstractNumId"): _levels(one) for one in root.findall(W + "abstractNum")}
        for one in root.findall(W + "num"):
            number, of = one.get(W + "numId", ""), value(one, "abstractNumId") or ""
            levels = dict(abstract.get(of, {}))
            for changed in one.findall(W + "lvlOverride"):
                at = whole(changed.get(W + "ilvl"))
                levels |= _levels(changed)
                if start := value(changed, "startOverride"):
                    levels[at] = _Level(_start(start), levels.get(at, _Level()).form, levels.get(at, _Level()).text)
                    self._restarts.setdefault(number, set()).add(at)
            self._lists[number] = (of, levels)

    def marker(self, properties: etree._Element | None, style: _Style) -> str | None:
        """What stands before a paragraph: "2.", "b)"; "" for a bullet, and None where it is in no list."""
        named = value(properties, "numPr/numId") or (style.number[0] if style.number else None)
        if named is None or named == "0" or named not in self._lists:
            return None
        own_level = value(properties, "numPr/ilvl")
        at = whole(own_level) if own_level is not None else (style.number[1] if style.number else 0)
        of, levels = self._lists[named]
        counts = self._counts.setdefault(of, [0] * _LEVELS)
        if at in self._restarts.get(named, ()) and (named, at) not in self._restarted:
            self._restarted.add((named, at))
            counts[at] = 0
        for n in range(at):
            counts[n] = counts[n] or levels.get(n, _Level()).start
        counts[at] = counts[at] + 1 if counts[at] else levels.get(at, _Level()).start
        counts[at + 1 :] = [0] * (_LEVELS - at - 1)
        level = levels.get(at, _Level())
        if level.form == "bullet":
            return ""
        if level.form == "none":
            return None
        return _written(level, levels, counts)


def _levels(parent: etree._Element) -> dict[int, _Level]:
    return {
        whole(one.get(W + "ilvl")): _Level(
            _start(value(one, "start")), value(one, "numFmt") or "decimal", value(one, "lvlText") or ""
        )
        for one in parent.findall(W + "lvl")
    }


def _start(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 7 else 1


def _written(level: _Level, levels: dict[int, _Level], counts: list[int]) -> str | None:
    def number(found: re.Match[str]) -> str:
        at = int(found[1]) - 1
        return _figure(counts[at], levels.get(at, _Level()).form)

    return re.sub(r"%([1-9])", number, level.text).strip() or None


def _figure(number: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and number:
        letter = chr(ord("a") + (number - 1) % 26) * min(9, (number - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        roman = _roman(number)
        return roman.lower() if form == "lowerRoman" else roman
    if form == "decimalZero":
        return f"{number:02}"
    return str(number)


def _roman(number: int) -> str:
    signs = (("M", 1000), ("CM", 900), ("D", 500), ("CD", 400), ("C", 100), ("XC", 90), ("L", 50), ("XL", 40))
    signs += (("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1))  # type: ignore[assignment]  # only longer
    written = ""
    for sign, value in signs:
        written += sign * (number // value)
        number %= value
    return written
