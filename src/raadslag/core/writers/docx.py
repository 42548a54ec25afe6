"""A meeting or a product as a Word document: the same paper in Word's own styles, to be worked on further.

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
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from raadslag.core.marks import ASIDE, COMPARED, PART_MARK
from raadslag.core.record import Meeting
from raadslag.core.text import Break, Emphasis, Heading, Inline, Link, List, Mark, Paragraph, Strong, Table, Text
from raadslag.core.writers.forms import Blank, Cell, Choice, Form, Grid, Lines, Page, Sign
from raadslag.core.writers.forms import Part as FormPart
from raadslag.core.writers.paper import Aside, Paper, Part, Piece, compose
from raadslag.core.writers.product import Booklet, Place

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
    _properties(document, paper, meeting.meeting.start)
    _frame(document, paper)
    if paper.body:
        _said(_line(document, "Subtitle"), paper.body)
    _said(_line(document, "Title"), paper.title)
    for fact in paper.facts:
        line = document.add_paragraph()
        label = "" if fact.text.startswith(fact.label) else fact.label
        if label:
            _run(line, f"{label}: " if fact.name == "people" else f"{label} ", bold=True)
        _run(line, fact.text)
    if paper.entries:
        _said(_line(document, "Heading 1"), paper.labels.contents)
        for entry in paper.entries:
            _said(document.add_paragraph(), entry.heading)
    for entry in paper.entries:
        _said(_line(document, "Heading 2"), entry.heading)
        for said in filter(None, (entry.reference, *entry.face)):
            _said(document.add_paragraph(), said)
        for part in entry.parts:
            _part(document, part, 3)
    for part in paper.closing:
        _part(document, part, 2)
    return _zipped(document)


def _part(document: Any, part: Part, level: int) -> None:
    if part.heading:
        _said(_line(document, f"Heading {level}"), part.heading)
    _blocks(document, (*part.pieces, *part.more), level)


def _blocks(document: Any, pieces: Iterable[Piece], under: int) -> None:
    for piece in pieces:
        match piece:
            case Paragraph(children):
                _inlines(document.add_paragraph(), children)
            case Aside(_, children):
                _inlines(_line(document, "Quote"), children)
            case Heading(level, children):
                _inlines(_line(document, f"Heading {min(under + level, _DEEPEST)}"), children)
            case List():
                _list(document, piece, 0, under)
            case Table(head, rows):
                _table(document, head, rows)


def _list(document: Any, part: List, depth: int, under: int) -> None:
    """A bullet is Word's own; a number stands as it was written, since "2018." is no first item."""
    for item in part.items:
        line = _line(document, _at_level(*(_BULLET if item.marker is None else _NUMBER), depth))
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
            elif isinstance(block, Paragraph):
                more = _line(document, _at_level("List Continue", "List Continue", depth))
                more.paragraph_format.left_indent = Cm(0.63 + 0.63 * depth)
                _inlines(more, block.children)
            else:
                _blocks(document, (block,), under)


_BULLET, _NUMBER = ("List Bullet", "List Bullet"), ("List Paragraph", "List")
_LEVELS = 3  # of lists, that Word has styles for


def _at_level(first: str, others: str, depth: int) -> str:
    """The style of a list: Word tells their levels apart by a number, "List Bullet 2"."""
    return f"{others} {min(depth + 1, _LEVELS)}" if depth else first


def _table(
    document: Any, head: tuple[tuple[Inline, ...], ...], rows: tuple[tuple[tuple[Inline, ...], ...], ...]
) -> None:
    table = document.add_table(rows=0, cols=max(len(head), 1), style="Table Grid")
    for number, row in enumerate((head, *rows)):
        cells = table.add_row().cells
        for cell, inlines in zip(cells, row, strict=False):
            _inlines(cell.paragraphs[0], inlines, bold=number == 0)
    _repeat(table.rows[0])
    document.add_paragraph()


def _repeat(row: Any) -> None:
    """The head stands on each page, and is read as one."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


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
            case Mark(gone, word, text):
                _run(line, "[", bold=bold, italic=italic)
                _run(line, f"{word}: ", bold=True, italic=italic)
                shown = _run(line, text, bold=bold, italic=italic)
                shown.font.strike, shown.font.underline = gone or None, not gone or None
                _run(line, "]", bold=bold, italic=italic)


def _link(line: Any, href: str, children: Iterable[Inline], *, bold: bool, italic: bool) -> None:
    before = len(line.runs)
    _inlines(line, children, bold=bold, italic=italic)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), line.part.relate_to(_plain(href), RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    for run in line.runs[before:]:
        run.font.underline = True
        link.append(run._r)
    line._p.append(link)


def _line(document: Any, style: str) -> Any:
    """A paragraph of a style by its name. Word's own identifiers are the names without spaces; to look each up in the
    document, as python-docx does, takes longer than all the rest."""
    line = document.add_paragraph()
    line._p.style = style.replace(" ", "")
    return line


def _run(line: Any, text: str, *, bold: bool = False, italic: bool = False) -> Any:
    run = line.add_run(_plain(text))
    run.bold, run.italic = bold or None, italic or None
    return run


def _said(line: Any, text: str) -> None:
    _run(line, text)


def _plain(text: str) -> str:
    return _CONTROL.sub("\ufffd", text)


# --- a product ---


def write_booklet(booklet: Booklet) -> bytes:
    """A product as a DOCX, to be written on in Word and brought back.

    What is not its text, such as the facts before it and why it was changed, is set in a style of ours, and each part
    carries its identity as a bookmark: a reader of drafts tells both by that, and knows the parts again.
    """
    document = Document()
    _style(document, booklet.labels.language)
    _booklet_styles(document)
    _properties(document, booklet, booklet.date)
    document.core_properties.category = COMPARED if booklet.is_compared else ""
    _frame(document, booklet)
    if booklet.body:
        _said(_line(document, "Subtitle"), booklet.body)
    _said(_line(document, "Title"), booklet.title.strip() or booklet.labels.untitled)
    for label, text in (("", booklet.draft or ""), *booklet.facts):
        if label or text:
            line = _line(document, ASIDE)
            _run(line, f"{label}: " if label else text, bold=True)
            _run(line, text if label else "")
    if booklet.places:
        _said(_line(document, "TOC Heading"), booklet.labels.contents)
        _contents(document, booklet.places)
    for number, place in enumerate(booklet.places):
        _place(document, place, number)
    for part in booklet.closing:
        if part.heading:
            _said(_line(document, f"{ASIDE} Heading"), part.heading)
        _aside(document, part.more)
    return _zipped(document)


def _booklet_styles(document: Any) -> None:
    styles = document.styles
    for level in range(1, _LEVELS_OF_CONTENTS + 1):
        line = styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        line.base_style = styles["Normal"]
        line.paragraph_format.left_indent = Cm(0.6 * (level - 1))
        line.paragraph_format.space_after = Pt(2)
    aside = styles.add_style(ASIDE, WD_STYLE_TYPE.PARAGRAPH)
    aside.base_style = styles["Normal"]
    aside.paragraph_format.space_after = Pt(3)
    heading = styles.add_style(f"{ASIDE} Heading", WD_STYLE_TYPE.PARAGRAPH)
    heading.base_style = styles["Heading 1"]
    heading.next_paragraph_style = aside


_LEVELS_OF_CONTENTS = 6


def _contents(document: Any, places: tuple[Place, ...]) -> None:
    """A table of contents of Word's own, filled in already: each line leads to its part, and Word can renew it."""
    last = len(places) - 1
    for number, place in enumerate(places):
        line = _line(document, f"toc {min(place.depth + 1, _LEVELS_OF_CONTENTS)}")
        if number == 0:
            _field(line, "begin")
            _field(line, None, f' TOC \\o "1-{_LEVELS_OF_CONTENTS}" \\h \\z \\u ')
            _field(line, "separate")
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), _bookmark(place, number))
        link.append(_run(line, place.heading)._r)
        line._p.append(link)
        if number == last:
            _field(line, "end")


def _field(line: Any, kind: str | None, text: str = "") -> None:
    mark = OxmlElement("w:fldChar" if kind else "w:instrText")
    if kind:
        mark.set(qn("w:fldCharType"), kind)
    else:
        mark.text = text
        mark.set(qn("xml:space"), "preserve")
    line.add_run()._r.append(mark)


def _bookmark(place: Place, number: int) -> str:
    """The name of the mark at a part: its identity, where that is one that a name can hold, else its place."""
    identity = place.element.id.replace("-", "").casefold()
    return f"{PART_MARK}{identity}" if re.fullmatch(r"[0-9a-f]{32}", identity) else f"del_{number + 1}"


def _place(document: Any, place: Place, number: int) -> None:
    level = min(place.depth + 1, _DEEPEST)
    heading = _line(document, f"Heading {level}")
    for name, at in (("w:bookmarkStart", 0), ("w:bookmarkEnd", 1)):
        mark = OxmlElement(name)
        mark.set(qn("w:id"), str(number))
        if at == 0:
            mark.set(qn("w:name"), _bookmark(place, number))
            heading._p.append(mark)
            _said(heading, place.heading)
        else:
            heading._p.append(mark)
    for line in place.lines:
        _run(_line(document, ASIDE), line, italic=True)
    _blocks(document, place.pieces, level)
    _aside(document, place.asides)


def _aside(document: Any, pieces: Iterable[Piece]) -> None:
    """What is said about the product, in its own style: a list is told as lines."""
    for piece in pieces:
        match piece:
            case Paragraph(children) | Aside(_, children) | Heading(_, children):
                _inlines(_line(document, ASIDE), children)
            case List(items):
                for item in items:
                    _aside(document, item.blocks)
            case Table(head, rows):
                for row in (head, *rows):
                    line = _line(document, ASIDE)
                    for n, cell in enumerate(row):
                        _run(line, " | " if n else "")
                        _inlines(line, cell)


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


def _properties(document: Any, paper: Paper | Form | Booklet, start: str | None) -> None:
    core = document.core_properties
    core.title, core.author, core.subject = _plain(paper.title)[:255], _plain(paper.body or "")[:255], ""
    core.comments, core.last_modified_by, core.keywords, core.revision = "", "", "", 1
    held = re.match(r"(\d{4})-(\d\d)-(\d\d)", start or "")
    try:
        made = datetime(*(int(part) for part in held.groups()), tzinfo=UTC) if held else datetime(*_LONG_AGO)  # type: ignore[arg-type,misc]  # noqa: DTZ001
    except ValueError:
        made = datetime(*_LONG_AGO)  # noqa: DTZ001
    core.created = core.modified = made


def _frame(document: Any, paper: Paper | Form | Booklet) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    _said(section.header.paragraphs[0], paper.running)
    if draft := paper.draft if isinstance(paper, Booklet) else paper.labels.draft if paper.draft else None:
        _run(section.header.paragraphs[0], f" · {draft}", bold=True)
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


# --- papers to be written on ---

_MARGIN = Cm(1.8)
_WIDE = 17.4  # centimetres between the margins of A4
_WIDTHS = {"clock": 1.7, "line": 6.4, "count": 2.2, "box": 0.72}
_LINES = 10  # of a page, which only Word knows the end of
_LINE = Cm(0.85)
_SIGN = Pt(40)


def write_form(form: Form) -> bytes:
    """A form as a DOCX, with tables and headings of Word's own."""
    document = Document()
    _style(document, form.labels.language)
    _properties(document, form, form.start)
    _frame(document, form)
    section = document.sections[0]
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    if form.body:
        _said(_line(document, "Subtitle"), form.body)
    for number, page in enumerate(form.pages):
        _page(document, page, form, is_first=number == 0)
    return _zipped(document)


def _page(document: Any, page: Page, form: Form, *, is_first: bool) -> None:
    heading = _line(document, "Heading 1")
    heading.paragraph_format.page_break_before = not is_first
    _said(heading, page.heading.strip() or form.labels.untitled)
    for line in page.face:
        _said(document.add_paragraph(), line)
    for label, value in page.facts:
        line = document.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        _run(line, f"{label}: ", bold=True)
        _run(line, value)
    for part in page.parts:
        _form_part(document, part)


def _form_part(document: Any, part: FormPart) -> None:
    match part:
        case Grid():
            _grid(document, part)
        case Blank(label, value, is_long):
            line = document.add_paragraph()
            line.paragraph_format.space_before = Pt(8)
            _said(line, f"{label} {value}".rstrip() + " ")
            if is_long or not value:
                line.paragraph_format.tab_stops.add_tab_stop(Cm(_WIDE if is_long else 11), leader=WD_TAB_LEADER.LINES)
                line.add_run("\t")
        case Choice(label, options):
            line = document.add_paragraph()
            line.paragraph_format.space_before = Pt(8)
            _said(line, "   ".join(filter(None, (label, *(f"{_box(ticked)} {text}" for text, ticked in options)))))
        case Lines(label, pieces):
            _said(_line(document, "Heading 2"), label)
            _blocks(document, pieces, 2)
            for _ in range(_LINES):
                _ruled(document.add_paragraph())
            document.add_paragraph()
        case Sign(code, address):
            for text in (code, address):
                line = document.add_paragraph()
                _run(line, text, bold=text == code).font.size = _SIGN
        case _:
            _blocks(document, (part,), 1)


def _grid(document: Any, grid: Grid) -> None:
    table = document.add_table(rows=1, cols=len(grid.columns), style="Table Grid")
    table.autofit = False
    fixed = sum(_WIDTHS.get(column.shape, 0) for column in grid.columns)
    widths = [Cm(_WIDTHS.get(column.shape, _WIDE - fixed)) for column in grid.columns]
    head = table.rows[0]
    _repeat(head)
    if any(column.shape == "box" for column in grid.columns):
        head.height = Cm(4)
    for cell, column, width in zip(head.cells, grid.columns, widths, strict=True):
        cell.width = width
        if column.shape == "box":
            upright = OxmlElement("w:textDirection")
            upright.set(qn("w:val"), "btLr")
            cell._tc.get_or_add_tcPr().append(upright)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM  # after it, as the schema wants
        _run(_tight(cell), column.label, bold=True)
    for row in grid.rows:
        added = table.add_row()
        added.height, added.height_rule = _LINE, WD_ROW_HEIGHT_RULE.AT_LEAST
        for cell, shown, width in zip(added.cells, row, widths, strict=True):
            cell.width = width
            _fill(cell, shown)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width


def _fill(cell: Any, shown: Cell) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    line = _tight(cell)
    if shown.is_ticked is not None:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _said(line, _box(shown.is_ticked))
        return
    _said(line, shown.text)
    if shown.details:
        line.add_run(_plain(f" {shown.details}")).font.size = Pt(9)


def _tight(cell: Any) -> Any:
    cell.paragraphs[0].paragraph_format.space_after = Pt(0)
    return cell.paragraphs[0]


def _ruled(line: Any) -> None:
    """An empty line to write on."""
    sides = OxmlElement("w:pBdr")
    for name in ("bottom", "between"):  # Word joins the borders of like paragraphs but for the one between
        side = OxmlElement(f"w:{name}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "1"), ("color", "666666")):
            side.set(qn(f"w:{key}"), value)
        sides.append(side)
    line._p.get_or_add_pPr().append(sides)
    line.paragraph_format.space_after, line.paragraph_format.space_before = Pt(0), Pt(12)


def _box(is_ticked: bool) -> str:
    return "☒" if is_ticked else "☐"
