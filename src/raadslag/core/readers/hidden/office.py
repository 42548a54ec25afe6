"""What DOCX and XLSX hold besides what they show: changes, comments, hidden text and sheets, properties, files.

Every part of the package is looked at: those that programs alone read are screened for numbers, and one that cannot be
read is said to be so. Source: ECMA-376, part 1 (17.13 revisions and comments, 18.2 and 18.3 sheets); invariant I13.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from raadslag.core.errors import UnreadableFile
from raadslag.core.readers import docx, hidden, sniff, xlsx
from raadslag.core.readers.hidden.bytes import decoded, printable
from raadslag.core.readers.office import Package
from raadslag.core.rules.screening import Passage, Standing

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_COMMENTS = re.compile(r"comments|threadedComments", re.IGNORECASE)
_PROPERTIES = re.compile(r"^docProps/.*\.xml$")
_PICTURES = re.compile(r"\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|webp|ico)$", re.IGNORECASE)
_HEADS = re.compile(r"^word/(?:header|footer)\d*\.xml$")
_NOTES = re.compile(r"^word/(?:footnotes|endnotes)\.xml$")
_MAIN = "word/document.xml"
_SHEETS = re.compile(r"^xl/(?:worksheets/sheet\d+|sharedStrings)\.xml$")
_PLUMBING = frozenset({"[Content_Types].xml"})
_COUNTED = frozenset({"TotalTime", "Pages", "Words", "Characters", "Lines", "Paragraphs", "CharactersWithSpaces"})
_LISTED = frozenset({"lpstr", "lpwstr", "i4"})  # in app.xml: how many headings, and the names of sheets
_PROGRAM = frozenset({"Application", "AppVersion", "Template", "DocSecurity", "revision", "created", "modified"})


def passages(data: bytes, *, name: str, kind: str, depth: int) -> Iterator[Passage]:
    """Every text of an office file with its place. Raises UnreadableFile for one that is damaged or encrypted."""
    package = Package(data, "an office file")
    if kind == sniff.DOCX:
        yield from _document(data, package)
    else:
        yield from _workbook(data)
    for part in package.names:
        yield from _part(package, part, depth=depth)


def _document(data: bytes, package: Package) -> Iterator[Passage]:
    try:
        yield Passage("\n".join(line.text for line in docx.extract(data).lines), "text")
    except UnreadableFile:
        docx.opened(data)  # raises for what is no document at all
        yield Passage("no text", "text", "unscreenable")
    for part in package.names:
        if _HEADS.match(part) or _NOTES.match(part):
            yield Passage(_text(package.xml(part)), part)
    root = package.xml(_MAIN)
    if root is not None:
        gone = [_text(one) for one in root.iter(_W + "del", _W + "moveFrom")]
        yield Passage("\n".join(filter(None, gone)), "tracked changes", "earlier_revision")
        unseen = [_text(run) for run in root.iter(_W + "r") if run.find(f"{_W}rPr/{_W}vanish") is not None]
        yield Passage("\n".join(filter(None, unseen)), "hidden text", "hidden")
        told = [value for one in root.iter() for at, value in one.attrib.items() if at in ("descr", "title")]
        yield Passage("\n".join(told), "alternate texts", "alternate")


def _workbook(data: bytes) -> Iterator[Passage]:
    for sheet in xlsx.opened(data).worksheets:
        is_shown = sheet.sheet_state == "visible"
        rows = "\n".join(xlsx.CELLS.join(row) for row in xlsx.shown(sheet))
        yield Passage(sheet.title, "name of a sheet", "visible" if is_shown else "hidden")
        yield Passage(rows, f"sheet {sheet.title}", "visible" if is_shown else "hidden")
        unseen = "\n".join(xlsx.CELLS.join(row) for row in xlsx.unseen(sheet))
        yield Passage(unseen, f"sheet {sheet.title}, hidden rows and columns", "hidden")


def _part(package: Package, part: str, *, depth: int) -> Iterator[Passage]:
    if part in _PLUMBING:
        return
    data = package.read(part)
    if not part.endswith((".xml", ".rels", ".vml")):
        if _PICTURES.search(part):
            yield Passage(printable(data), part, "technical")
        elif data:
            yield Passage(part, part, "embedded")
            yield from hidden.inner(data, name=part, depth=depth)
        return
    try:
        root = package.xml(part)
    except UnreadableFile:
        yield Passage(part, part, "unscreenable")
        yield Passage(decoded(data), part, "technical")
        return
    if part != _MAIN and not _SHEETS.match(part):  # what those say was told by how it stands
        yield Passage(_text(root), part, _standing(part))
    if root is not None:
        yield Passage("\n".join(_attributes(root)), f"{part}, attributes", "technical")
        if _PROPERTIES.match(part):
            yield from _properties(root)


def _standing(part: str) -> Standing:
    if _COMMENTS.search(part.rpartition("/")[2]) or "/threadedComments/" in part:
        return "comment"
    return "technical"


_SAYING = frozenset({"descr", "title", "alt", "name", "displayText", "Target", "tooltip", "prompt", "promptTitle"})
_VALUED = frozenset({"alias", "tag", "docVar", "default", "placeholder"})


def _attributes(root: etree._Element) -> Iterator[str]:
    """The attributes that hold words; the others are measures and codes."""
    for one in root.iter():
        if isinstance(one.tag, str):
            is_valued = etree.QName(one).localname in _VALUED
            for at, value in one.attrib.items():
                plain = etree.QName(at).localname
                if plain in _SAYING or (is_valued and plain in ("val", "value")):
                    yield value


def _properties(root: etree._Element) -> Iterator[Passage]:
    is_custom = etree.QName(root).namespace == _CUSTOM
    known = _COUNTED | _PROGRAM | (frozenset() if is_custom else _LISTED)
    for one in root.iter():
        tag = etree.QName(one).localname if isinstance(one.tag, str) else ""
        if tag and tag not in known and one.text and one.text.strip() and not _is_figure(one.text):
            yield Passage(one.text.strip(), f"properties, {tag}", "metadata")


def _is_figure(text: str) -> bool:
    return re.fullmatch(r"[\d.,:TZ+-]+|true|false", text.strip()) is not None


def _text(root: etree._Element | None) -> str:
    """The texts of an element, also those that were deleted, a paragraph a line."""
    if root is None:
        return ""
    written: list[str] = []
    for one in root.iter():
        if isinstance(one.tag, str):
            if one.tag == _W + "p" and written:
                written.append("\n")
            elif one.text and one.text.strip():
                written.append(one.text)
    return "".join(written) if root.tag.startswith(_W) else "\n".join(written)
