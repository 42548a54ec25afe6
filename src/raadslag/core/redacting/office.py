"""DOCX and XLSX without the words: a new package of the parts that are shown, with the words gone from their texts.

Properties, comments, changes, hidden text, sheets, rows and columns, embedded files, macros, forms and links elsewhere
are left out; changes count as accepted, and of formulas what they came to stays. Source: ECMA-376, parts 1 and 2.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from functools import partial

from lxml import etree

from raadslag.core.errors import UnreadableFile
from raadslag.core.readers.office import Package
from raadslag.core.redacting import pictures
from raadslag.core.redacting.markup import Piece, scrub
from raadslag.core.redacting.words import MARK, Words

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    re.compile(r"word/document\.xml"): f"{_WORD}.document.main+xml",
    re.compile(r"word/styles\.xml"): f"{_WORD}.styles+xml",
    re.compile(r"word/numbering\.xml"): f"{_WORD}.numbering+xml",
    re.compile(r"word/theme/theme\d*\.xml"): "application/vnd.openxmlformats-officedocument.theme+xml",
    re.compile(r"word/header\d*\.xml"): f"{_WORD}.header+xml",
    re.compile(r"word/footer\d*\.xml"): f"{_WORD}.footer+xml",
    re.compile(r"word/footnotes\.xml"): f"{_WORD}.footnotes+xml",
    re.compile(r"word/endnotes\.xml"): f"{_WORD}.endnotes+xml",
    re.compile(r"word/media/[^/]+\.png"): "image/png",
    re.compile(r"word/media/[^/]+\.jpe?g"): "image/jpeg",
}
_GONE = frozenset(
    _W + tag
    for tag in [
        "del",
        "moveFrom",
        "delText",
        "delInstrText",
        "instrText",
        "control",
        "commentRangeStart",
        "commentRangeEnd",
        "commentReference",
        "annotationRef",
        "proofErr",
        "permStart",
        "permEnd",
        "moveFromRangeStart",
        "moveFromRangeEnd",
        "moveToRangeStart",
        "moveToRangeEnd",
        "customXmlInsRangeStart",
        "customXmlInsRangeEnd",
        "customXmlDelRangeStart",
        "customXmlDelRangeEnd",
        "rPrChange",
        "pPrChange",
        "sectPrChange",
        "tblPrChange",
        "trPrChange",
        "tcPrChange",
        "tblGridChange",
        "numberingChange",
        "cellIns",
        "cellDel",
        "cellMerge",
        "bookmarkStart",
        "bookmarkEnd",
        "sdtPr",
        "sdtEndPr",
        "smartTagPr",
        "customXmlPr",
        "fldChar",
        "tblCaption",
        "tblDescription",
        "docVars",
        "latentStyles",
    ]
)
_OPENED = frozenset(
    _W + tag for tag in ("ins", "moveTo", "hyperlink", "smartTag", "customXml", "sdt", "sdtContent", "fldSimple")
)
_MARKED = frozenset(_W + tag for tag in ("object", "pict", "altChunk"))
_BREAKS = frozenset(_W + tag for tag in ("p", "tab", "br", "cr", "ptab"))
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def document(data: bytes, words: Words) -> bytes:
    """A Word document without the words. Raises UnreadableFile."""
    package = Package(data, "an office file")
    kept: dict[str, bytes] = {}
    types: dict[str, str] = {}
    unseen, styles = _hidden_styles(package), _named_styles(package, words)
    names = {part: f"word/media/image{n}{posixpath.splitext(part)[1]}" for n, part in enumerate(package.names, 1)
             if part.startswith("word/media/")}  # fmt: skip
    for part in package.names:
        kind = next((kind for pattern, kind in _PARTS.items() if pattern.fullmatch(part)), None)
        if kind is None:
            continue
        types[names.get(part, part)] = kind
        if kind.startswith("image/"):
            clean = pictures.png if kind == "image/png" else pictures.jpeg
            kept[names[part]] = clean(package.read(part))
            continue
        root = package.xml(part)
        if root is None:
            raise UnreadableFile(part, "an office file", "an empty part", "Save it anew, and try again.")
        relations = _relations(package, part)
        _plain(root, unseen)
        _drawings(root, {key: to for key, (_, to) in relations.items() if to in package.names})
        scrub(_pieces(root), words)
        _attributes(root, words, styles)
        kept[part] = _written(root)
        shown = {
            key: (kind, names.get(to, to))
            for key, (kind, to) in relations.items()
            if to in package.names and _is_kept(to) and _is_used(root, key)
        }
        if shown:
            kept[_relations_of(part)] = _relations_written(part, shown)
    main = {"rId1": (f"{_OFFICE}/officeDocument", "word/document.xml")}
    return _packed({"_rels/.rels": _relations_written("", main), **kept}, types)


def _is_kept(part: str) -> bool:
    return any(pattern.fullmatch(part) for pattern in _PARTS)


def _hidden_styles(package: Package) -> set[str]:
    styles = package.xml("word/styles.xml")
    if styles is None:
        return set()
    found = (style for style in styles.iter(_W + "style") if _is_on(style.find(f"{_W}rPr/{_W}vanish")))
    return {style.get(_W + "styleId", "") for style in found}


def _is_on(mark: etree._Element | None) -> bool:
    return mark is not None and mark.get(_W + "val", "true") not in ("0", "false", "off")


def _plain(root: etree._Element, unseen: set[str]) -> None:
    """Leave what is shown: changes accepted, hidden text and all that only programs read gone."""
    for alternative in list(root.iter(_MC + "AlternateContent")):  # the same twice, for old programs and new ones
        choice = alternative.find(_MC + "Choice")
        _replace(alternative, list(choice) if choice is not None else [])
    for one in list(root.iter()):
        if not isinstance(one.tag, str) or one.tag in _GONE:
            _remove(one)
        elif one.tag in _MARKED:  # what stands in them is a file of its own, or drawn in a way of its own
            _replace(one, [_mark(one.tag)])
        elif one.tag == _W + "r" and _is_hidden(one, unseen):
            _remove(one)
        elif one.tag in _OPENED and one.getparent() is not None and one.getparent().tag != _W + "rPr":
            _replace(one, list(one))
        elif one.tag in (_W + "ins", _W + "moveTo"):
            _remove(one)  # the mark of a paragraph that was put in


def _mark(tag: str) -> etree._Element:
    """A mark in the place of what cannot be kept: in a run, or as a paragraph."""
    text = etree.Element(_W + "t")
    text.text = MARK
    if tag != _W + "altChunk":
        return text
    paragraph = etree.Element(_W + "p")
    etree.SubElement(paragraph, _W + "r").append(text)
    return paragraph


def _is_hidden(run: etree._Element, unseen: set[str]) -> bool:
    properties = run.find(_W + "rPr")
    if properties is None:
        return False
    style = properties.find(_W + "rStyle")
    return _is_on(properties.find(_W + "vanish")) or (style is not None and style.get(_W + "val") in unseen)


def _drawings(root: etree._Element, parts: dict[str, str]) -> None:
    """Pictures that stay stay; charts, diagrams and pictures of other kinds become a mark."""
    for drawing in list(root.iter(_W + "drawing")):
        targets = [
            parts.get(value, "") for one in drawing.iter() for key, value in one.attrib.items() if key.startswith(_R)
        ]
        links = [one for one in drawing.iter() if isinstance(one.tag, str) and one.tag.endswith("}hlinkClick")]
        for link in links:
            _remove(link)
        for extension in [one for one in drawing.iter() if isinstance(one.tag, str) and one.tag.endswith("}extLst")]:
            _remove(extension)
        has_text = any(isinstance(one.tag, str) and one.tag == _W + "txbxContent" for one in drawing.iter())
        if not has_text and not any(map(_is_kept, targets)):
            _replace(drawing, [_mark(drawing.tag)])


_SAYING = frozenset({"descr", "title", "alt", "displayText", "tooltip", "name"})
_TRACES = re.compile(r"rsid\w*|paraId|textId|author|initials|date|anchorId|editId")


def _attributes(root: etree._Element, words: Words, styles: dict[str, str]) -> None:
    """Take the words out of what stands for pictures, the names out of the drawings, and the traces of who and when."""
    for one in root.iter():
        is_drawn = etree.QName(one).localname in ("docPr", "cNvPr")
        for key, value in list(one.attrib.items()):
            plain = etree.QName(key).localname
            if _TRACES.fullmatch(plain):
                del one.attrib[key]
            elif value in styles and plain in ("val", "styleId"):
                one.set(key, styles[value])
            elif (is_drawn and plain == "name") or (plain in _SAYING and words.stand_in(value)):
                one.set(key, "")


def _named_styles(package: Package, words: Words) -> dict[str, str]:
    """The styles that are named by the words, and what they are called instead."""
    styles = package.xml("word/styles.xml")
    if styles is None:
        return {}
    own = [
        name
        for style in styles.iter(_W + "style")
        if style.get(_W + "customStyle") in ("1", "true")
        for name in (
            style.get(_W + "styleId", ""),
            *(one.get(_W + "val", "") for one in style.iter(_W + "name", _W + "aliases")),
        )
    ]
    return {name: f"Style{n}" for n, name in enumerate(own, 1) if words.stand_in(name)}


def _pieces(root: etree._Element) -> Iterator[Piece]:
    """The texts of a part in their order, with what parts them."""
    for one in root.iter():
        if one.tag in _BREAKS:
            yield Piece("\n" if one.tag == _W + "p" else " ")
        elif one.tag in (_W + "noBreakHyphen", _W + "softHyphen"):
            yield Piece("-")
        elif one.tag == _W + "t":
            yield Piece(one.text or "", partial(_put, one))
        elif one.text and one.text.strip():
            yield Piece("\n")
            yield Piece(one.text, partial(_put, one))
            yield Piece("\n")


def _put(element: etree._Element, text: str) -> None:
    element.text = text
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _remove(element: etree._Element) -> None:
    _replace(element, [])


def _replace(element: etree._Element, others: list[etree._Element]) -> None:
    parent = element.getparent()
    if parent is None:
        return
    at = parent.index(element)
    parent.remove(element)
    for n, other in enumerate(others):
        parent.insert(at + n, other)


# --- spreadsheets ---------------------------------------------------------------------------------------

_SHEET_PARTS = ("sheetFormatPr", "cols", "sheetData", "mergeCells", "pageMargins", "pageSetup")
_STYLE_PARTS = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs")


def workbook(data: bytes, words: Words) -> bytes:
    """A spreadsheet with the sheets, rows and columns that are shown, without the words. Raises UnreadableFile."""
    package = Package(data, "an office file")
    book = package.xml("xl/workbook.xml")
    if book is None:
        raise UnreadableFile("the file", "a spreadsheet (XLSX)", "no workbook", "Save it anew, and try again.")
    relations = _relations(package, "xl/workbook.xml")
    strings = _strings(package)
    roots: list[tuple[str, etree._Element]] = []
    for sheet in book.iter(_S + "sheet"):
        if sheet.get("state", "visible") != "visible":
            continue
        part = relations.get(sheet.get(_R + "id", ""), ("", ""))[1]
        root = package.xml(part)
        if root is not None and root.tag == _S + "worksheet":
            _shown_cells(root, strings)
            roots.append((sheet.get("name", ""), root))
    scrub((piece for _, root in roots for piece in _cells(root)), words)
    kept = {f"xl/worksheets/sheet{n}.xml": _written(root) for n, (_, root) in enumerate(roots, 1)}
    types = dict.fromkeys(kept, f"{_SHEET}.worksheet+xml")
    targets = {f"rId{n}": (f"{_OFFICE}/worksheet", part) for n, part in enumerate(kept, 1)}
    styles = package.xml("xl/styles.xml")
    if styles is not None:
        kept["xl/styles.xml"], types["xl/styles.xml"] = _styles(styles, words), f"{_SHEET}.styles+xml"
        targets["rIdStyles"] = (f"{_OFFICE}/styles", "xl/styles.xml")
    kept["xl/workbook.xml"] = _book([words.without(name, "fjernet") for name, _ in roots])
    types["xl/workbook.xml"] = f"{_SHEET}.sheet.main+xml"
    kept["xl/_rels/workbook.xml.rels"] = _relations_written("xl/workbook.xml", targets)
    main = {"rId1": (f"{_OFFICE}/officeDocument", "xl/workbook.xml")}
    return _packed({"_rels/.rels": _relations_written("", main), **kept}, types)


def _strings(package: Package) -> list[str]:
    root = package.xml("xl/sharedStrings.xml")
    if root is None:
        return []
    return [_said(entry) for entry in root.iter(_S + "si")]


def _said(entry: etree._Element) -> str:
    """The text of a string, without what is only there to tell how it is pronounced."""
    return "".join(t.text or "" for t in entry.iter(_S + "t") if t.getparent().tag != _S + "rPh")


def _shown_cells(root: etree._Element, strings: list[str]) -> None:
    """Leave a sheet's shown cells with what they show: no formula, no string that is kept elsewhere."""
    for child in list(root):
        if not isinstance(child.tag, str) or etree.QName(child).localname not in _SHEET_PARTS:
            root.remove(child)
    hidden = {
        number
        for column in root.iter(_S + "col")
        if column.get("hidden") in ("1", "true")
        for number in range(int(column.get("min", "1")), min(int(column.get("max", "1")), 16384) + 1)
    }
    for row in list(root.iter(_S + "row")):
        if row.get("hidden") in ("1", "true"):
            _remove(row)
            continue
        for at, cell in enumerate(list(row.iter(_S + "c")), 1):
            if _column(cell.get("r", ""), at) in hidden:
                _remove(cell)
            else:
                _value(cell, strings)
    setup = root.find(_S + "pageSetup")
    if setup is not None:
        setup.attrib.pop(_R + "id", None)


def _column(reference: str, at: int) -> int:
    letters = re.match(r"[A-Z]+", reference)
    number = 0
    for letter in letters[0] if letters else "":
        number = number * 26 + ord(letter) - 64
    return number or at


def _value(cell: etree._Element, strings: list[str]) -> None:
    kind, value = cell.get("t", "n"), cell.findtext(_S + "v") or ""
    if kind == "s":
        text: str | None = strings[int(value)] if value.isdigit() and int(value) < len(strings) else ""
    elif kind == "inlineStr":
        text = _said(cell)
    elif kind in ("str", "e"):
        text = value
    else:
        text = None
    for child in list(cell):
        cell.remove(child)
    for name in ("cm", "vm", "ph"):
        cell.attrib.pop(name, None)
    if text is None and value:
        etree.SubElement(cell, _S + "v").text = value
    elif text:
        _say(cell, text)


def _say(cell: etree._Element, text: str) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.set("t", "inlineStr")
    _put(etree.SubElement(etree.SubElement(cell, _S + "is"), _S + "t"), text)


def _blacken(cell: etree._Element, _text: str) -> None:
    _say(cell, MARK)


def _cells(root: etree._Element) -> Iterator[Piece]:
    for row in root.iter(_S + "row"):
        for cell in row.iter(_S + "c"):
            text = _said(cell) or cell.findtext(_S + "v") or ""
            if cell.get("t") != "b" and text:
                yield Piece(text, partial(_say, cell))
                if _NUMBER.fullmatch(text) and len(text) == 9:  # a number that has lost its nought in front
                    yield Piece("\n")
                    yield Piece("0" + text, partial(_blacken, cell))
            yield Piece(" | ")
        yield Piece("\n")
    yield Piece("\n\n")


def _styles(root: etree._Element, words: Words) -> bytes:
    for child in list(root):
        if not isinstance(child.tag, str) or etree.QName(child).localname not in _STYLE_PARTS:
            root.remove(child)
    for one in root.iter(_S + "numFmt"):
        if words.stand_in(one.get("formatCode", "")):
            one.set("formatCode", "General")
    plain = etree.SubElement(etree.SubElement(root, _S + "cellStyles"), _S + "cellStyle")
    for key, value in (("name", "Normal"), ("xfId", "0"), ("builtinId", "0")):  # the one that every workbook has
        plain.set(key, value)
    return _written(root)


def _book(names: list[str]) -> bytes:
    root = etree.Element(_S + "workbook", nsmap={None: _S[1:-1], "r": _R[1:-1]})
    sheets = etree.SubElement(root, _S + "sheets")
    taken: set[str] = set()
    for n, name in enumerate(names, 1):
        name = name if name.casefold() not in taken else f"{name[:25]} {n}"
        taken.add(name.casefold())
        etree.SubElement(sheets, _S + "sheet", {"name": name[:31], "sheetId": str(n), _R + "id": f"rId{n}"})
    return _written(root)


# --- packages -------------------------------------------------------------------------------------------


def _relations_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels".lstrip("/")


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """What a part is tied to inside the package: the kind of tie and the part, by its id."""
    root = package.xml(_relations_of(part))
    if root is None:
        return {}
    folder = part.rpartition("/")[0]
    return {
        one.get("Id", ""): (one.get("Type", ""), _inside(folder, one.get("Target", "")))
        for one in root
        if isinstance(one.tag, str) and one.get("TargetMode") != "External"
    }


def _inside(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(folder, target)) if target[:1] != "/" else target[1:]


def _is_used(root: etree._Element, key: str) -> bool:
    is_named = any(key in one.attrib.values() for one in root.iter())
    return is_named or root.tag == _W + "document"


def _relations_written(part: str, relations: dict[str, tuple[str, str]]) -> bytes:
    root = etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap={None: _RELATIONS})
    for key, (kind, target) in relations.items():
        told = {"Id": key, "Type": kind, "Target": f"/{target}"}
        etree.SubElement(root, f"{{{_RELATIONS}}}Relationship", told)
    return _written(root)


def _written(root: etree._Element) -> bytes:
    etree.cleanup_namespaces(root, keep_ns_prefixes=_IGNORABLE)
    root.attrib.pop(_MC + "Ignorable", None)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


_IGNORABLE = ["w", "r"]


def _packed(parts: dict[str, bytes], types: dict[str, str]) -> bytes:
    root = etree.Element(f"{{{_TYPES}}}Types", nsmap={None: _TYPES})
    for extension, kind in (
        ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
        ("xml", "application/xml"),
    ):
        etree.SubElement(root, f"{{{_TYPES}}}Default", {"Extension": extension, "ContentType": kind})
    for part, kind in types.items():
        etree.SubElement(root, f"{{{_TYPES}}}Override", {"PartName": f"/{part}", "ContentType": kind})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in {"[Content_Types].xml": _written(root), **parts}.items():
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()
