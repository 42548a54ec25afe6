"""A meeting or a product as a PDF by Typst: PDF/UA-1 and PDF/A-3a, so it can be read by everyone and kept for ever.

The template is `pdf.typ`, that of papers to be written on `form.typ`; what it shows goes to it as JSON and never as
markup. The public record is attached as `record.json`, and the document's keywords name the identity of the record it
shows, so that a reader knows whether the attachment is all of it. A paper to be written on carries neither. Same
record, same bytes: the document's date is that of the meeting, or of the version.
"""

from __future__ import annotations

import re
import textwrap
import threading
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec
import typst

from raadslag.core.errors import UnreadableFile, UnwritableRecord
from raadslag.core.marks import ATTACHMENT, IDENTITY
from raadslag.core.record import Meeting, Product, canonical, identity
from raadslag.core.release import public
from raadslag.core.writers import html
from raadslag.core.writers.forms import Form, Sign, drawn
from raadslag.core.writers.glyphs import Glyphs
from raadslag.core.writers.paper import Paper, Part, compose
from raadslag.core.writers.product import Booklet, Place

CARRIED = html.CARRIED
"""The fields of a public meeting that read back equal, by the attached record; `text.CARRIED` by the pages alone."""

_HERE = Path(__file__).parent
_FONTS = _HERE / "fonts"
_STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-3a"]
_LONGEST_ADDRESS = 2000  # characters; Typst refuses links beyond 8,000, and nobody types them
_LONGEST_HEADING = 1000  # characters: a PDF names headings in strings, which end at 32,767; the rest stands below
_LONGEST_MARGIN = 200  # characters of a line that stands on every page
_UNBROKEN = re.compile(r"[^ ]{1000}")  # longer words, far longer than a line, would stop the typesetter
_NO_DATE = datetime(1970, 1, 1)  # noqa: DTZ001  (a local day, as in the record)


def write_pdf(meeting: Meeting, language: str = "da") -> bytes:
    """`meeting` as a PDF. Characters that the font cannot show are shown as their plain equivalents or as "?".

    A heading too long to be one goes on as a paragraph below it; only the lines on every page are cut short.
    Raises UnreadableFile if the fonts have not been built (`make setup` builds them; a wheel has them), and
    UnwritableRecord where the typesetter refuses what the meeting holds.
    """
    paper = compose(meeting, language)
    shown = _data(_as_json(paper, meeting), paper.labels.title_alone["unknown"], paper.labels.untitled)
    return _paper(shown, canonical(public(meeting)))


def write_booklet(booklet: Booklet, product: Product) -> bytes:
    """A product as a PDF. Its public record is attached where the pages show all of it. Raises as `write_pdf`."""
    untitled = booklet.labels.untitled
    shown = _data(_booklet_as_json(booklet, product), untitled, untitled)
    return _paper(shown, canonical(public(product)) if booklet.is_whole else b"")


def _paper(shown: dict[str, Any], record: bytes) -> bytes:
    return _set("pdf.typ", {"paper": msgspec.json.encode(shown).decode(), "record": record.decode()})


def write_form(form: Form) -> bytes:
    """A paper to be written on. It carries no record: what is written on it is not in it. Raises as `write_pdf`."""
    return _set("form.typ", {"form": msgspec.json.encode(_form(form)).decode()})


def _set(template: str, inputs: dict[str, str]) -> bytes:
    with _lock:  # one warm compiler serves one document at a time
        try:
            compiler = _compiler(template)
            return cast(bytes, compiler.compile(sys_inputs=inputs, format="pdf", pdf_standards=_STANDARDS))
        except typst.TypstError as error:
            found = "what the typesetter refuses"
            raise UnwritableRecord("meeting", "what can be set as pdf", found, "Take it as html or json.") from error


_lock = threading.Lock()


@cache
def _compiler(template: str = "pdf.typ") -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS])
    if not fonts.families():
        raise UnreadableFile(str(_FONTS), "the fonts of our papers", "none", "Run `make setup`, which builds them.")
    return typst.Compiler(_HERE / template, root=_HERE, font_paths=fonts, ignore_system_fonts=True)


@cache
def _glyphs() -> Glyphs:
    return Glyphs(_FONTS / "IBMPlexSans-Regular.ttf")


def _data(told: dict[str, Any], unnamed: str, untitled: str) -> dict[str, Any]:
    """What the template shows, as JSON. A heading is never blank, since bookmarks are made of it."""
    shown: dict[str, Any] = _cleaned(told)
    shown["title"], shown["rest"] = _parted(shown["title"].strip() or unnamed)
    for name in ("body", "running"):
        shown[name] = textwrap.shorten(shown[name], _LONGEST_MARGIN, placeholder=" …")
    for entry in shown["entries"]:
        entry["heading"], rest = _parted(entry["heading"].strip() or untitled)
        entry["lines"] = [line for line in (rest, *entry["lines"]) if line]
        for part in entry["parts"]:
            part["heading"], part["rest"] = _parted(part["heading"].strip())
    return shown


def _parted(heading: str) -> tuple[str, str]:
    """`heading` as far as it can be one, and the rest, which begins with a whole word where there is one."""
    if len(heading) <= _LONGEST_HEADING:
        return heading, ""
    cut = heading.rfind(" ", 1, _LONGEST_HEADING)
    cut = cut if cut > 0 else _LONGEST_HEADING
    return heading[:cut], heading[cut:].strip()


def _as_json(paper: Paper, meeting: Meeting) -> dict[str, Any]:
    say = paper.labels
    return {
        "language": say.language,
        "title": paper.title,
        "body": paper.body or "",
        "draft": say.draft if paper.draft else None,
        "running": paper.running,
        "page": re.split(r"{\w+}", say.page),
        "date": _date(meeting.meeting.start),
        "keywords": [IDENTITY + identity(meeting)],
        "facts": [(fact.label, fact.text) for fact in paper.facts],
        "contents": say.contents,
        "entries": [
            {
                "heading": entry.heading,
                "level": 2,
                "lines": [line for line in (entry.reference, *entry.face) if line],
                "parts": list(map(_part, entry.parts)),
            }
            for entry in paper.entries
        ],
        "closing": list(map(_part, paper.closing)),
        "attachment": ATTACHMENT,
        "attached": say.attached,
    }


_DEEPEST = 5  # levels of headings below the title that are set apart from each other


def _booklet_as_json(booklet: Booklet, product: Product) -> dict[str, Any]:
    say = booklet.labels
    return {
        "language": say.language,
        "title": booklet.title,
        "body": booklet.body or "",
        "draft": booklet.draft,
        "running": booklet.running,
        "page": re.split(r"{\w+}", say.page),
        "date": _date(booklet.date),
        "keywords": [IDENTITY + identity(product)] if booklet.is_whole else [],
        "facts": booklet.facts,
        "contents": say.contents,
        "entries": [
            {
                "heading": place.heading,
                "level": min(place.depth + 2, _DEEPEST + 1),
                "lines": place.lines,
                "parts": [_place(place)],
            }
            for place in booklet.places
        ],
        "closing": list(map(_part, booklet.closing)),
        "attachment": ATTACHMENT,
        "attached": say.product.attached,
    }


def _place(place: Place) -> dict[str, Any]:
    return {"heading": "", "rest": "", "pieces": msgspec.to_builtins((*place.pieces, *place.asides))}


def _form(form: Form) -> dict[str, Any]:
    """What the template of a form shows, as JSON; its headings are never blank and end where bookmarks must."""
    shown: dict[str, Any] = _cleaned(
        {
            "language": form.labels.language,
            "title": form.title,
            "body": textwrap.shorten(form.body or "", _LONGEST_MARGIN, placeholder=" …"),
            "running": textwrap.shorten(form.running, _LONGEST_MARGIN, placeholder=" …"),
            "page": re.split(r"{\w+}", form.labels.page),
            "date": _date(form.start),
            "pages": msgspec.to_builtins(form.pages),
        }
    )
    for page, made in zip(shown["pages"], form.pages, strict=True):
        for part, known in zip(page["parts"], made.parts, strict=True):
            if isinstance(known, Sign):
                part["picture"] = drawn(known)
        page["heading"], rest = _parted(page["heading"].strip() or form.labels.untitled)
        page["face"] = [line for line in (rest, *page["face"]) if line]
    return shown


def _part(part: Part) -> dict[str, Any]:
    return {"heading": part.heading, "rest": "", "pieces": msgspec.to_builtins((*part.pieces, *part.more))}


def _date(start: str | None) -> dict[str, int]:
    """The date of the document: that of the meeting, since a clock would give other bytes every time."""
    try:
        moment = datetime.fromisoformat(start or "")
    except ValueError:
        moment = _NO_DATE
    return {name: getattr(moment, name) for name in ("year", "month", "day", "hour", "minute", "second")}


def _cleaned(value: Any) -> Any:
    """`value` with characters that the font can show and words that can be set, without links too long to be one."""
    match value:
        case str():
            shown = _glyphs().shown(value)
            return _UNBROKEN.sub("\\g<0>\u200b", shown) if _UNBROKEN.search(shown) else shown
        case dict():
            if len(value.get("href", "")) > _LONGEST_ADDRESS:
                value = {"type": "emphasis", "children": value["children"]}
            return {key: content if key == "href" else _cleaned(content) for key, content in value.items()}
        case list() | tuple():
            return [_cleaned(content) for content in value]
    return value
