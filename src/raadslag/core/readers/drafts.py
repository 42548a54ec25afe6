"""A draft that somebody wrote in a word processor: its headings and texts as CommonMark, to be taken into a product.

Where the readers of minutes look for what a meeting decided, a draft is only a text with headings. Lists, tables,
links, bold and italic stay what they are. What is around the text stands apart, and nothing of it is lost: the title, a
table of contents, headers, comments, and what our own papers say about a product. A part that we wrote into a Word
document is known again by the bookmark that it carries.

Source: ECMA-376, part 1 (WordprocessingML), 17.3, 17.7, 17.9, 17.13 and 17.16; CommonMark 0.31.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

import lxml.html
import msgspec
from docx.document import Document
from lxml import etree

from raadslag.core.errors import UnreadableFile
from raadslag.core.marks import ASIDE, COMPARED, PART_MARK
from raadslag.core.readers import MAX_PAGES, docx, extract, ours, sniff
from raadslag.core.readers.docx import Body, W, opened
from raadslag.core.readers.outline import LEVELS, NUMBERED, SHORT, Apart, Draft, Known, Why, guessed
from raadslag.core.record import Element, Product
from raadslag.core.text import parse, plain


def read(data: bytes, kind: str, *, max_pages: int = MAX_PAGES) -> Draft:
    """The draft in a Word document, a PDF or a text of the media type `kind`. Raises UnreadableFile, LimitExceeded.

    A PDF of ours carries its product and is read exactly; of any other the lines are told, as of a text.
    """
    if kind == sniff.DOCX:
        return _Written(opened(data)).draft()
    if kind == sniff.PDF and isinstance(own := ours.read_pdf(data), Product):
        return _of_product(own)
    if kind not in (sniff.PDF, sniff.TEXT):
        raise UnreadableFile("the file", "a draft in Word, PDF or text", kind, "Save it as a Word document.")
    lines = extract(data, kind, max_pages=max_pages).lines
    return guessed("\n".join(line.text for line in lines).strip("\n"))


def _of_product(product: Product) -> Draft:
    depths: dict[str, int] = {}
    blocks, known = [], []
    for element in product.elements:
        depth = depths[element.parent] + 1 if element.parent in depths else 0
        depths[element.id] = depth
        heading = " ".join((element.title or "").split()) or _nameless(element)
        blocks += [f"{'#' * min(depth + 1, LEVELS)} {heading}", element.text or ""]
        known.append(Known(heading, element.id, element.kind, exact=True))
    return Draft("\n\n".join(filter(None, blocks)), tuple(known), (Apart(product.title, "title"),))


def _nameless(element: Element) -> str:
    return element.number or "–"


# --- Word ---

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_CHARACTER = {"strong": "b", "emphasis": "i"}  # Word's own styles, whose names are English in every language


class _Written(Body):
    """The walk over the body, told with what a draft needs: bold and italic, links, styles, levels of lists, marks."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._document = document
        self._names = {
            one.get(W + "styleId"): (one.find(W + "name").get(W + "val") or "").casefold()
            for one in document.styles.element.findall(W + "style")
            if one.find(W + "name") is not None
        }
        self._links = {
            name: one.target_ref
            for name, one in document.part.rels.items()
            if one.is_external and re.match(r"(?:https?://|mailto:)\S+\Z", one.target_ref, re.IGNORECASE)
        }

    def draft(self) -> Draft:
        """The whole of it. Raises UnreadableFile where there is no text."""
        page = lxml.html.fragment_fromstring("".join(self.blocks()) or "<p></p>", create_parent="div")
        has_headings = any(one.get("data-style") != "title" for one in page.iter("h1", "h2", "h3", "h4", "h5", "h6"))
        told = _Told(is_guessing=not has_headings)
        for block in page:
            told.take(block)
        told.apart += self._around()
        if not told.blocks and not told.apart:
            raise UnreadableFile("the file", "a Word document (DOCX) with text", "no text", "Read the right one.")
        compared = self._document.core_properties.category == COMPARED
        text = "\n\n".join(told.blocks)
        return Draft(text, tuple(told.known), tuple(told.apart), unsure=told.has_guessed, compared=compared)

    def _around(self) -> Iterator[Apart]:
        """Headers and footers, each once, and comments."""
        told: list[str] = []
        for relation in self._document.part.rels.values():
            kind = relation.reltype.rpartition("/")[2]
            if relation.is_external or kind not in ("header", "footer", "comments"):
                continue
            try:
                root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
            except (etree.XMLSyntaxError, ValueError):
                continue
            for line in root.iter(W + "p"):
                text = " ".join("".join(one.text or "" for one in line.iter(W + "t")).split())
                if text and text not in told:
                    told.append(text)
                    yield Apart(text, "comment" if kind == "comments" else "margin")

    def _runs(self, parent: Any, pending: Any) -> Iterator[str]:
        for element in parent:
            inner = super()._runs((element,), pending)
            href = self._links.get(element.get(_R + "id")) if element.tag == W + "hyperlink" else None
            yield f'<a href="{escape(href)}">{"".join(inner)}</a>' if href else "".join(inner)

    def _run(self, run: Any, pending: Any) -> Iterator[str]:
        markup = "".join(super()._run(run, pending))
        properties = run.find(W + "rPr")
        named = _CHARACTER.get(self._names.get(docx.value(properties, "rStyle"), ""))
        for tag in ("b", "i"):
            own = properties.find(W + tag) if properties is not None else None
            if docx.is_on(own) or (own is None and named == tag):
                markup = f"<{tag}>{markup}</{tag}>"
        yield markup

    def _paragraph(self, element: Any) -> tuple[str, str]:
        markup, kind = super()._paragraph(element)
        properties = element.find(W + "pPr")
        style = self._styled(properties)
        digit = re.search(r" ([2-9])$", style) if style.startswith("list ") else None
        level = docx.value(properties, "numPr/ilvl")
        depth = max(docx.whole(level), int(digit[1]) - 1 if digit else 0)
        marks = [one.get(W + "name", "") for one in element.iter(W + "bookmarkStart")]
        mark = next((found[1] for name in marks if (found := _PART.fullmatch(name))), "")
        told = f'data-style="{escape(style)}" data-depth="{depth}" data-mark="{mark}"'
        return re.sub(r"^<(h\d|p|li)\b", rf"<\1 {told}", markup, count=1), kind

    def _styled(self, properties: Any) -> str:
        return self._names.get(docx.value(properties, "pStyle"), "")


_PART = re.compile(rf"{PART_MARK}([0-9a-f]{{32}})")
_CONTENTS = re.compile(r"toc (?:\d|heading)|table of figures")


class _Told:
    """The blocks of a draft as CommonMark, gathered one after the other."""

    def __init__(self, *, is_guessing: bool) -> None:
        self.blocks: list[str] = []
        self.known: list[Known] = []
        self.apart: list[Apart] = []
        self.has_guessed = False
        self._is_guessing = is_guessing
        self._heading: str | None = None
        self._columns: list[int] = []  # of the list that is being told: where the text of each level begins
        self._outermost = ""  # the kind of that list

    def take(self, block: lxml.html.HtmlElement) -> None:
        """The next block."""
        if block.tag in ("ul", "ol"):
            self._list(block)
            return
        style = block.get("data-style", "")
        segments = _segments(block)
        text = " ".join("".join(one.text for one in segments).split())
        if block.tag == "table":
            self._add(_table(block))
        elif not text:
            return
        elif style in ("title", "subtitle") and not self.blocks:
            self.apart.append(Apart(text, "title"))
        elif _CONTENTS.match(style):
            self.apart.append(Apart(text, "contents"))
        elif style.startswith(ASIDE.casefold()):
            self._aside(text, style)
        elif re.fullmatch(r"h\d", block.tag):
            self._head(int(block.tag[1]), text, block.get("data-mark") or None)
        elif self._is_guessing and (level := _looks_like_heading(text, segments)):
            self.has_guessed = True
            self._head(level, text, None)
        elif style.startswith("list continue") and self._columns:
            self._continue(_commonmark(segments), int(block.get("data-depth", "0")))
        else:
            self._add(_line(_commonmark(segments)))

    def _add(self, text: str) -> None:
        self._columns = []
        self.blocks.append(text)

    def _head(self, level: int, text: str, mark: str | None) -> None:
        self._add(f"{'#' * level} {_escaped(text)}")
        self._heading = _escaped(text)
        if mark:
            self.known.append(Known(self._heading, _identity(mark)))

    def _aside(self, text: str, style: str) -> None:
        """A line about the product; right below a heading it may name the kind of the part."""
        self.apart.append(Apart(text, "aside"))
        is_below = self.blocks and self._heading is not None and self.blocks[-1].endswith(f"# {self._heading}")
        if is_below and self.known and self.known[-1].heading == self._heading and not self.known[-1].kind:
            self.known[-1] = msgspec.structs.replace(self.known[-1], kind=text.partition(" · ")[0])

    def _list(self, block: lxml.html.HtmlElement) -> None:
        number = 1
        for item in block:
            style = item.get("data-style", "")
            segments = _segments(item)
            text = _commonmark(segments)
            if not text:
                continue
            if style.startswith(ASIDE.casefold()) or _CONTENTS.match(style):
                kind: Why = "contents" if _CONTENTS.match(style) else "aside"
                self.apart.append(Apart(plain(text), kind))
                continue
            number = int(item.get("value", number))
            marker = f"{number}. " if block.tag == "ol" else "" if block.get("class") else "- "
            number += 1
            self._item(marker, text, int(item.get("data-depth", "0")), block.tag)

    def _item(self, marker: str, text: str, depth: int, kind: str) -> None:
        depth = min(depth, len(self._columns))
        if depth == 0:
            self._columns = self._columns if kind == self._outermost else []
            self._outermost = kind
        column = self._columns[depth - 1] if depth else 0
        told = f"{' ' * column}{marker}{_indented(text, column + len(marker))}"
        if self._columns and self.blocks:
            self.blocks[-1] += f"\n{told}"
        else:
            self.blocks.append(told)
        self._columns[depth:] = [column + len(marker)] if marker else []

    def _continue(self, text: str, depth: int) -> None:
        column = self._columns[min(depth, len(self._columns) - 1)]
        self.blocks[-1] += f"\n\n{' ' * column}{_indented(text, column)}"


def _identity(mark: str) -> str:
    return "-".join((mark[:8], mark[8:12], mark[12:16], mark[16:20], mark[20:]))


def _looks_like_heading(text: str, segments: Sequence[_Segment]) -> int:
    """The level of a line that somebody set bold, or numbered, instead of giving it a style; 0 for any other line."""
    if len(text) > SHORT or text[-1] in ".,;":
        return 0
    if number := NUMBERED.fullmatch(text):
        return min(number[1].count(".") + 1, LEVELS)
    return 1 if all(one.is_bold for one in segments if one.text.strip()) else 0


# --- a paragraph as CommonMark ---


class _Segment(msgspec.Struct):
    """Some characters of a paragraph that look alike. A line that ends on purpose ends in a newline."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    href: str | None = None

    @property
    def look(self) -> tuple[bool, bool, str | None]:
        """How they look."""
        return self.is_bold, self.is_italic, self.href


def _segments(node: lxml.html.HtmlElement) -> list[_Segment]:
    """The characters of a block, in order, those beside each other that look alike together."""
    told: list[_Segment] = []

    def add(text: str | None, bold: bool, italic: bool, href: str | None) -> None:
        text = (text or "").replace("\u00a0", " ")
        if not text:
            return
        one = _Segment(text, bold, italic, href)
        if told and (told[-1].look == one.look or (not text.strip() and href is None)):
            told[-1].text += text
        else:
            told.append(one)

    def walk(element: lxml.html.HtmlElement, bold: bool, italic: bool, href: str | None) -> None:
        add(element.text, bold, italic, href)
        for child in element:
            if child.tag == "br":
                add("\n", bold, italic, href)
            else:
                walk(child, bold or child.tag == "b", italic or child.tag == "i",
                     child.get("href") if child.tag == "a" else href)  # fmt: skip
            add(child.tail, bold, italic, href)

    walk(node, False, False, None)
    return told


def _commonmark(segments: Iterable[_Segment]) -> str:
    """The paragraph with its looks; without them, should they not read back as the same words."""
    segments = list(segments)
    wanted = _bare("".join(one.text for one in segments))
    marked = _tidy("".join(map(_marked, segments)))
    if _bare(plain(parse(f"x {marked}"))) == f"x{wanted}":
        return marked
    return _tidy(_escaped("".join(one.text for one in segments)))


def _marked(one: _Segment) -> str:
    inner = one.text.strip()
    if not inner or not any(one.look):
        return _escaped(one.text)
    before, after = one.text[: len(one.text) - len(one.text.lstrip())], one.text[len(one.text.rstrip()) :]
    signs = "*" * (one.is_italic + 2 * one.is_bold)
    text = f"{signs}{_escaped(inner)}{signs}"
    if one.href:
        text = f"[{text}](<{one.href}>)" if re.search(r"[()]", one.href) else f"[{text}]({one.href})"
    return f"{before}{text}{after}"


def _escaped(text: str) -> str:
    return re.sub(r"([\\*_\[\]<|])", r"\\\1", text)


def _tidy(text: str) -> str:
    """The lines without white space around them, each end that is kept marked as one."""
    lines = [" ".join(line.split()) for line in text.strip().split("\n")]
    return "\\\n".join(line for line in lines if line)


def _line(text: str) -> str:
    """A paragraph that begins like a heading of CommonMark and is none."""
    return f"\\{text}" if re.match(r"#{1,6}(?: |$)", text) else text


def _indented(text: str, column: int) -> str:
    return text.replace("\n", f"\n{' ' * column}")


def _bare(text: str) -> str:
    return "".join(text.split())


def _table(table: lxml.html.HtmlElement) -> str:
    """A table of CommonMark; its first row is its head. The blocks of a cell stand beside each other."""
    rows: list[list[str]] = []
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        told = [_in_cell(cell) for cell in cells]
        if not rows:  # the head, which is bold anyway
            told = [[msgspec.structs.replace(one, is_bold=False) for one in cell] for cell in told]
        rows.append([_commonmark(cell).replace("\\\n", " ") for cell in told])
    rows = [row for row in rows if any(row)]
    if not rows:
        return ""
    width = max(map(len, rows))
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
    return "\n".join([lines[0], f"|{'---|' * width}", *lines[1:]])


def _in_cell(cell: lxml.html.HtmlElement) -> list[_Segment]:
    told: list[_Segment] = []
    for block in cell.iter("p", "li", "h1", "h2", "h3", "h4", "h5", "h6"):
        told += [*([_Segment(" ")] if told else []), *_segments(block)]
    return told
