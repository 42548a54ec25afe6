"""A meeting as a Word document: the same paper in Word's own styles, to be worked on in Word or LibreOffice.

Headings, lists, tables and links are real ones, the language is marked, the pages are numbered. The same record gives
the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from raadslag.core.record import Meeting
from raadslag.core.text import Break, Emphasis, Heading, Inline, Link, List, Paragraph, Strong, Table, Text
from raadslag.core.writers.paper import Aside, Paper, Part, Piece, compose

_DEEPEST = 9  # Word has nine levels of headings
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment that a ZIP can tell
_LANGUAGES = {"da": "da-DK", "en": "en-GB"}
_FONT = "Calibri"
# What XML cannot hold; a document that held it would not open.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_docx(meeting: Meeting, language: str = "da") -> bytes:
    """`meeting` as a DOCX. Control characters, which XML cannot hold, become U+FFFD."""
    paper = compose(meeting, language)
    document = Document()
    _style(document, language)
    _properties(document, paper, meeting)
    _frame(document, paper)
    if paper.body:
        _said(document.add_paragraph(style="Subtitle"), paper.body)
    _said(document.add_paragraph(style="Title"), paper.title)
    for fact in paper.facts:
        line = document.add_paragraph()
        label = "" if fact.text.startswith(fact.label) else fact.label
        if label:
            _run(line, f"{label}: " if fact.name == "people" else f"{label} ", bold=True)
        _run(line, fact.text)
    if paper.entries:
        _said(document.add_paragraph(style="Heading 1"), paper.labels.contents)
        for entry in paper.entries:
            _said(document.add_paragraph(), entry.heading)
    for entry in paper.entries:
        _said(document.add_paragraph(style="Heading 2"), entry.heading)
        for said in filter(None, (entry.reference, *entry.face)):
            _said(document.add_paragraph(), said)
        for part in entry.parts:
            _part(document, part, 3)
    for part in paper.closing:
        _part(document, part, 2)
    return _zipped(document)


def _part(document: Any, part: Part, level: int) -> None:
    if part.heading:
        _said(document.add_paragraph(style=f"Heading {level}"), part.heading)
    _blocks(document, (*part.pieces, *part.more), level)


def _blocks(document: Any, pieces: Iterable[Piece], under: int) -> None:
    for piece in pieces:
        match piece:
            case Paragraph(children):
                _inlines(document.add_paragraph(), children)
            case Aside(_, children):
                _inlines(document.add_paragraph(style="Quote"), children)
            case Heading(level, children):
                _inlines(document.add_paragraph(style=f"Heading {min(under + level, _DEEPEST)}"), children)
            case List():
                _list(document, piece, 0, under)
            case Table(head, rows):
                _table(document, head, rows)


def _list(document: Any, part: List, depth: int, under: int) -> None:
    """A bullet is Word's own; a number stands as it was written, since "2018." is no first item."""
    for item in part.items:
        line = document.add_paragraph(style="List Bullet" if item.marker is None else "List Paragraph")
        line.paragraph_format.left_indent = Cm(0.63 + 0.63 * depth)
        if item.marker is not None:
            line.paragraph_format.first_line_indent = Cm(-0.63)
            _run(line, f"{item.marker} ")
        first, *rest = item.blocks or (Paragraph(()),)
        if isinstance(first, Paragraph):
            _inlines(line, first.children)
        else:
            rest = [first, *rest]
        for block in rest:
            if isinstance(block, List):
                _list(document, block, depth + 1, under)
            else:
                _blocks(document, (block,), under)


def _table(
    document: Any, head: tuple[tuple[Inline, ...], ...], rows: tuple[tuple[tuple[Inline, ...], ...], ...]
) -> None:
    table = document.add_table(rows=0, cols=max(len(head), 1), style="Table Grid")
    for number, row in enumerate((head, *rows)):
        cells = table.add_row().cells
        for cell, inlines in zip(cells, row, strict=False):
            _inlines(cell.paragraphs[0], inlines, bold=number == 0)
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # the head stands on each page, and is read as one
    document.add_paragraph()


def _inlines(line: Any, inlines: Iterable[Inline], *, bold: bool = False, italic: bool = False) -> None:
    for inline in inlines:
        match inline:
            case Text(text):
                _run(line, text, bold=bold, italic=italic)
            case Break(hard):
                if hard:
                    line.add_run().add_break()
                else:
                    _run(line, " ", bold=bold, italic=italic)
            case Strong(children):
                _inlines(line, children, bold=True, italic=italic)
            case Emphasis(children):
                _inlines(line, children, bold=bold, italic=True)
            case Link(href, children):
                _link(line, href, children, bold=bold, italic=italic)


def _link(line: Any, href: str, children: Iterable[Inline], *, bold: bool, italic: bool) -> None:
    before = len(line.runs)
    _inlines(line, children, bold=bold, italic=italic)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), line.part.relate_to(_plain(href), RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    for run in line.runs[before:]:
        run.font.underline = True
        link.append(run._r)
    line._p.append(link)


def _run(line: Any, text: str, *, bold: bool = False, italic: bool = False) -> None:
    run = line.add_run(_plain(text))
    run.bold, run.italic = bold or None, italic or None


def _said(line: Any, text: str) -> None:
    _run(line, text)


def _plain(text: str) -> str:
    return _CONTROL.sub("\ufffd", text)


# --- the document around ---


def _style(document: Any, language: str) -> None:
    for style in document.styles:
        fonts = getattr(style, "font", None)
        if fonts is None or (style.element.find(qn("w:rPr")) is None and style.name != "Normal"):
            continue
        fonts.name = _FONT
        own = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            own.attrib.pop(qn(f"w:{theme}"), None)  # else the theme's font would win
    normal = document.styles["Normal"]
    normal.font.size = Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    told = OxmlElement("w:lang")
    told.set(qn("w:val"), _LANGUAGES.get(language, language))
    normal.element.get_or_add_rPr().append(told)


def _properties(document: Any, paper: Paper, meeting: Meeting) -> None:
    core = document.core_properties
    core.title, core.author, core.subject = _plain(paper.title)[:255], _plain(paper.body or "")[:255], ""
    core.comments, core.last_modified_by, core.keywords, core.revision = "", "", "", 1
    held = re.match(r"(\d{4})-(\d\d)-(\d\d)", meeting.meeting.start or "")
    try:
        core.created = datetime(*(int(part) for part in held.groups()), tzinfo=UTC) if held else datetime(*_LONG_AGO)  # type: ignore[arg-type,misc]  # noqa: DTZ001
    except ValueError:
        core.created = datetime(*_LONG_AGO)  # noqa: DTZ001
    core.modified = core.created


def _frame(document: Any, paper: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    _said(section.header.paragraphs[0], paper.running)
    if paper.draft:
        _run(section.header.paragraphs[0], f" · {paper.labels.draft}", bold=True)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = foot.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def _zipped(document: Any) -> bytes:
    """The file with the same bytes each time: a ZIP would tell when it was made."""
    made = BytesIO()
    document.save(made)
    again = BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in _in_order(old):
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return again.getvalue()


def _in_order(package: zipfile.ZipFile) -> Iterator[str]:
    """The names of the parts; what names the others comes first, as readers expect."""
    names = package.namelist()
    yield from sorted(names, key=lambda name: (name != "[Content_Types].xml", name))
