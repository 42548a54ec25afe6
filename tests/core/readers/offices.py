"""Office files made for tests: a body of WordprocessingML in a package that Word would open, and small spreadsheets."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import openpyxl
from docx.document import Document

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def saved(document: Any) -> bytes:
    """The bytes of a document or a workbook."""
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def plain() -> Document:
    """An empty document that says nothing of who made it."""
    document = docx.Document()
    for name in ("author", "comments", "title", "subject", "keywords", "last_modified_by"):
        setattr(document.core_properties, name, "")
    return document


def word(body: str, **parts: str) -> bytes:
    """A document with that body, and parts in place of its own or beside them: `word__comments_xml="…"`."""
    main = (
        f'<w:document xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        f' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        f"<w:body>{body}<w:sectPr/></w:body></w:document>"
    )
    return with_parts(saved(plain()), word__document_xml=main, **parts)


def with_parts(data: bytes, **parts: str | bytes) -> bytes:
    """A package with parts in place of its own or beside them."""
    named = {
        name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): text for name, text in parts.items()
    }
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, text in named.items():
            new.writestr(name, text)
    return target.getvalue()


def p(*runs: str, properties: str = "") -> str:
    """A paragraph of runs; what does not begin with "<" is the text of one."""
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{''.join(map(_run, runs))}</w:p>"


def r(text: str, properties: str = "", tag: str = "t") -> str:
    """A run."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def _run(text: str) -> str:
    return text if text.startswith("<") else r(text)


def listed(text: str, level: int = 0, number: int = 1) -> str:
    """A paragraph of a list."""
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def workbook(**sheets: list[list[Any]]) -> Any:
    """A workbook with those sheets."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.properties.creator = None
    return made
