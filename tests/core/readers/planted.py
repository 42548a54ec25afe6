"""Files with something planted in them that must not slip out: each with its name and the rule that finds it.

The numbers are nobody's: the last four digits are 0000, which is never given. The files are made here, by
hand or with pikepdf, one for each place and each way of writing.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name

DATE, SERIAL = "010203", "0000"
NUMBER = f"{DATE}-{SERIAL}"
SECRET = "Borgerens hemmelige adresse"

SEPARATORS = {
    "none": "",
    "hyphen": "-",
    "space": " ",
    "en dash": "–",
    "em dash": "—",
    "non-breaking hyphen": "\u2011",
    "minus": "−",
    "dot": ".",
    "slash": "/",
    "backslash": "\\",
    "line break": "\n",
    "hyphen and line break": "-\n",
    "carriage return": "\r\n",
    "two line breaks": "\n\n",
    "zero-width space": "\u200b",
    "soft hyphen": "\u00ad",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "no-break space": "\u00a0",
    "thin space": "\u2009",
    "spaced hyphen": " - ",
    "spaced dash": " – ",
    "tab": "\t",
    "underscore": "_",
    "colon": ":",
    "comma": ", ",
    "bar": " | ",
    "plus": "+",
    "two hyphens": "--",
    "middle dot": "·",
    "tilde": "~",
    "equals": "=",
    "star": "*",
    "right-to-left mark": "\u200f",
    "figure dash": "\u2012",
    "bracket": " (",
}
WAYS = {
    "full-width": "０１０２０３-００００",
    "Arabic-Indic": "٠١٠٢٠٣-٠٠٠٠",
    "mathematical": "𝟎𝟏𝟎𝟐𝟎𝟑-𝟎𝟎𝟎𝟎",
    "superscript": "⁰¹⁰²⁰³-⁰⁰⁰⁰",
    "letters O and l": "OlO2O3-O000",
    "Cyrillic O": "0102О3-0000",
    "spaced out": "0 1 0 2 0 3 - 0 0 0 0",
    "spaced date": "01 02 03 0000",
    "dotted date": "01.02.03-0000",
    "slashed date": "01/02/03-0000",
    "hyphened date": "01-02-03-0000",
    "pairs": "01 02 03 00 00",
    "serial in pairs": "010203-00 00",
    "serial in halves": "010203 0 000",
    "four and six": "0102 030000",
    "a word before": "CPR010203-0000",
    "brackets": "(010203-0000)",
    "quotes": "»010203-0000«",
    "a dot after": "010203-0000.",
    "a number before": "12. 010203-0000",
    "a number after": "010203-0000, 2 børn",
    "replacement day": "610203-0000",
    "leap day": "290204-0000",
    "last day": "311299-0000",
    "zero-width between all": "\u200b".join("0102030000"),
    "a filler": "010203\u31640000",
    "combining marks": "010203\u0332-0000",
    "tag characters": "".join(chr(0xE0000 + ord(x)) for x in "010203-0000"),
    "keycaps": "".join(f"{x}\ufe0f\u20e3" for x in "0102030000"),
    "entities": "&#48;10203&ndash;0000",
    "hexadecimal entities": "0102&#x30;3-0000",
    "percent signs": "010203%2D0000",
    "escapes": "\\u0030102\\u00303-0000",
    "emphasis": "010203-**0000**",
    "emphasis inside": "01**02**03-0000",
    "code": "`010203`-`0000`",
    "escaped hyphen": "010203\\-0000",
    "a file name": "bilag_010203-0000.pdf",
    "full year": "01-02-2003-0000",
    "full year, dots and a dash": "01.02.2003 – 0000",
    "full year, a number before": "12. 1/2 2003-0000, 2 børn",
    "full year together": "01022003-0000",
    "full year of the last century but one": "1-2-1899-0000",
    "an x": "010203x0000",
    "a word between": "010203 løbenr. 0000",
    "a long word between": "010203, løbenummer: 0000",
    "a short word between": "010203 lb.nr. 0000",
    "an address": "https://x.example/?id=0102030000",
}


class Planted(NamedTuple):
    name: str
    data: bytes
    rule: str


def cases() -> Iterator[tuple[str, Planted]]:
    """Every planted file by the name of its case."""
    for source in (_texts, _pages, _sheets):
        yield from source()


# --- text and JSON ---------------------------------------------------------------------------------------


def _texts() -> Iterator[tuple[str, Planted]]:
    for way, separator in SEPARATORS.items():
        text = f"Sagen drejer sig om {DATE}{separator}{SERIAL} og andre.\n"
        yield f"text, {way}", Planted("a.txt", text.encode(), "cpr")
        yield f"JSON, {way}", Planted("a.json", json.dumps({"items": [{"text": text}]}).encode(), "cpr")
    for way, written in WAYS.items():
        yield f"text, {way}", Planted("a.txt", f"Vedrører {written}\n".encode(), "cpr")
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"):
        yield f"text in {encoding}", Planted("a.txt", f"Ældre sag: {NUMBER}, se bilag\n".encode(encoding), "cpr")
    for place, data in {
        "a key": {NUMBER: 1},
        "a number": {"x": 1102030000},
        "a list": [[NUMBER]],
        "deep": {"a": {"b": {"c": NUMBER}}},
    }.items():
        yield f"JSON, {place}", Planted("a.json", json.dumps(data).encode(), "cpr")
    yield "JSON, a name twice", Planted("a.json", f'{{"a": "{NUMBER}", "a": "x"}}'.encode(), "cpr")
    yield "JSON, broken", Planted("a.json", f'{{"a": "{NUMBER}", '.encode(), "cpr")
    yield "a file name", Planted(f"{NUMBER}.txt", b"Intet her.", "cpr")
    yield "bytes that are no text", Planted("a.bin", bytes(range(256)) * 4 + NUMBER.encode(), "cpr")
    yield "a picture", Planted("a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "unscreenable")


# --- HTML ------------------------------------------------------------------------------------------------

ELEMENTS = {
    "paragraph": "<p>{}</p>",
    "heading": "<h2>{}</h2>",
    "header": "<header>{}</header>",
    "footer": "<footer>{}</footer>",
    "footnote": "<aside><small>1) {}</small></aside>",
    "list": "<ul><li>{}</ul>",
    "caption": "<table><caption>{}</caption></table>",
    "cell": "<table><tr><td>{}<td>x</table>",
    "menu": "<nav>{}</nav>",
    "form text": "<form><label>{}</label></form>",
    "text area": "<textarea>{}</textarea>",
    "option": "<select><option>{}</select>",
    "drawing": "<svg><text>{}</text></svg>",
    "drawing title": "<svg><title>{}</title></svg>",
    "without scripts": "<noscript><p>{}</p></noscript>",
    "template": "<template><p>{}</p></template>",
    "comment": "<!-- {} -->",
    "conditional comment": "<!--[if IE]>{}<![endif]-->",
    "title attribute": '<p title="{}">x</p>',
    "alt attribute": '<img alt="{}" src="x.png">',
    "label": '<a aria-label="{}">x</a>',
    "data attribute": '<p data-x="{}">x</p>',
    "link": '<a href="/?q={}">x</a>',
    "value": '<input value="{}">',
    "hidden value": '<input type="hidden" value="{}">',
    "placeholder": '<input placeholder="{}">',
    "id": '<p id="{}">x</p>',
    "unquoted attribute": "<p class={}>x</p>",
    "attribute twice": '<p class="x" class="{}">x</p>',
    "hidden attribute": "<div hidden>{}</div>",
    "not displayed": '<div style="display: none">{}</div>',
    "in a menu, not displayed": '<nav><div style="display:none">{}</div></nav>',
    "script": "<script>var x = '{}';</script>",
    "script data": '<script type="application/json">{{"a": ["{}"]}}</script>',
    "style": "<style>p::before {{ content: '{}' }}</style>",
    "document title": "<title>{}</title>",
    "description": '<meta name="description" content="{}">',
    "author": '<meta name="author" content="{}">',
    "frame": '<iframe srcdoc="<p>{}</p>"></iframe>',
    "object fallback": "<object>{}</object>",
    "processing instruction": "<?x {}?>",
    "unknown element": "<x-y>{}</x-y>",
    "never closed": "<div><b>{}",
    "details": "<details><summary>x</summary>{}</details>",
    "dialog": "<dialog>{}</dialog>",
    "ruby": "<ruby>x<rt>{}</rt></ruby>",
}
SPLIT = {
    "bold serial": "<p>010203-<b>0000</b></p>",
    "bold hyphen": "<p>010203<b>-</b>0000</p>",
    "line": "<p>010203-<br>0000</p>",
    "span a digit": "<p>" + "".join(f"<span>{x}</span>" for x in "0102030000") + "</p>",
    "two cells": "<table><tr><td>010203</td><td>0000</td></tr></table>",
    "two paragraphs": "<p>010203-</p><p>0000</p>",
    "entity": "<p>010203&#8209;0000</p>",
    "break opportunity": "<p>010203<wbr>0000</p>",
    "comment inside": "<p>010203<!-- -->0000</p>",
    "white space": "<p>010203\n      -\n      0000</p>",
    "script escapes": r"<script>x='\x30\u003102030000'</script>",
}
CONCEALED = {
    "hidden": ("<div hidden>{}</div>", "hidden"),
    "display": ("<p style='display:none'>{}</p>", "hidden"),
    "visibility": ("<p style='visibility: hidden'>{}</p>", "hidden"),
    "opacity": ("<p style='opacity:0'>{}</p>", "hidden"),
    "transparent": ("<p style='color: transparent'>{}</p>", "hidden"),
    "tiny": ("<p style='font-size:1px'>{}</p>", "tiny"),
    "nothing": ("<p style='font-size: 0'>{}</p>", "tiny"),
    "white": ("<p style='color:#ffffff'>{}</p>", "faint"),
    "white by name": ("<p style='color: WHITE'>{}</p>", "faint"),
    "black on black": ("<p style='background:#000;color:black'>{}</p>", "faint"),
    "yellow on yellow": ("<p style='color:yellow;background-color: yellow'>{}</p>", "faint"),
    "black bar over black letters": ("<p>x <span style='background: black'>{}</span></p>", "faint"),
    "bar in the letters' colour": ("<p style='background:currentColor'>{}</p>", "faint"),
    "old colour": ("<p><font color=FFFFFF>{}</font></p>", "faint"),
    "old ground": ("<table><tr><td bgcolor=navy><font color=navy>{}</font></table>", "faint"),
    "white by hue": ("<p style='color: hsl(0, 0%, 100%)'>{}</p>", "faint"),
    "white by numbers": ("<p style='color: rgb(255 250 255 / 90%)'>{}</p>", "faint"),
    "ink without colour": ("<p style='color: rgb(0 0 0 / 1%)'>{}</p>", "faint"),
    "white on white": ("<div style='background:#fff'><p style='color:#fff'>{}</p></div>", "faint"),
    "white of the element around": ("<div style='color:#fff'><p style='background:#fefefe'>{}</p></div>", "faint"),
    "no height": ("<div style='height: 0; overflow: hidden'><p>{}</p></div>", "hidden"),
    "no width": ("<style>.s {{ width: 1px }} p {{ overflow: hidden }}</style><p class=s>{}</p>", "hidden"),
    "clip": ("<p style='position:absolute; clip: rect(0 0 0 0)'>{}</p>", "hidden"),
    "clip with commas": ("<p style='position:absolute; clip: rect(1px, 1px, 1px, 1px)'>{}</p>", "hidden"),
    "clip path": ("<p style='clip-path: inset(100%)'>{}</p>", "hidden"),
    "clip path of a half": ("<p style='clip-path:inset(50%)'>{}</p>", "hidden"),
    "clip circle": ("<p style='clip-path:circle(0)'>{}</p>", "hidden"),
    "scale": ("<p style='transform: scale(0)'>{}</p>", "hidden"),
    "scale one way": ("<p style='transform:translate(1px) scale(1, 0)'>{}</p>", "hidden"),
    "opacity of a filter": ("<p style='filter:opacity(0.01)'>{}</p>", "hidden"),
    "moved": ("<p style='transform: translateX(-9999px)'>{}</p>", "outside"),
    "a box over it": (
        "<div style='position:relative'><p>{}</p><div style='position:absolute;inset:0;background:#000'></div></div>",
        "covered",
    ),
    "a box over it, by its edges": (
        "<style>i {{ position: absolute; top: 0; left: 0; width: 100%; bottom: 0px; background: red }}</style>"
        "<p>{}<i>Slettet</i></p>",
        "covered",
    ),
    "without ink": ("<p style='color:#0000'>{}</p>", "hidden"),
    "outside": ("<p style='position:absolute;left:-9999px'>{}</p>", "outside"),
    "indented away": ("<p style='text-indent:-5000px'>{}</p>", "outside"),
    "by class": ("<style>.x{{display:none}}</style><p class=x>{}</p>", "hidden"),
    "by id": ("<style>#y {{ color: #fff }}</style><p id=y>{}</p>", "faint"),
    "comment": ("<!-- {} skal slettes -->", "comment"),
    "comment before all": ("<!-- {} skal slettes --><html>x</html>", "comment"),
    "author": ("<meta name=author content='{}'>", "metadata"),
    "last author": ("<meta property='article:author' content='{}'>", "metadata"),
    "in a frame": ('<iframe srcdoc="<p hidden>{}</p>"></iframe>', "hidden"),
}


def _pages() -> Iterator[tuple[str, Planted]]:
    def page(body: str) -> bytes:
        return f"<!doctype html><html lang=da><meta charset=utf-8><body><h1>Referat</h1>{body}".encode()

    for way, separator in SEPARATORS.items():
        yield f"HTML, {way}", Planted("a.html", page(f"<p>Om {DATE}{separator}{SERIAL}.</p>"), "cpr")
    for place, element in ELEMENTS.items():
        yield f"HTML {place}", Planted("a.html", page(element.format(NUMBER)), "cpr")
    for way, element in SPLIT.items():
        yield f"HTML, {way}", Planted("a.html", page(element), "cpr")
    for way, (element, rule) in CONCEALED.items():
        yield f"HTML words, {way}", Planted("a.html", page(element.format(SECRET)), rule)
    for kind, data in {"text/plain": NUMBER, "text/html": f"<p>{NUMBER}", "application/json": f'["{NUMBER}"]'}.items():
        address = f"data:{kind};base64,{base64.b64encode(data.encode()).decode()}"
        yield f"HTML data address, {kind}", Planted("a.html", page(f'<a href="{address}">x</a>'), "cpr")
    yield "HTML data address, plain", Planted("a.html", page('<a href="data:,010203%2D0000">x</a>'), "cpr")
    yield "HTML data address, file", Planted("a.html", page('<a href="data:text/plain,Hej">x</a>'), "embedded")
    pdf = base64.b64encode(sheet(f"({NUMBER}) Tj")).decode()
    yield "HTML data address, PDF", Planted("a.html", page(f'<embed src="data:application/pdf;base64,{pdf}">'), "cpr")


# --- PDF -------------------------------------------------------------------------------------------------

Change = Callable[[pikepdf.Pdf, pikepdf.Page], None]
SHOWN = "BT /F1 12 Tf 20 350 Td (Referat af udvalgets ordinaere aabne moede den 12. marts) Tj ET\n"


def sheet(
    content: str = "", change: Change | None = None, *, shown: str = SHOWN, saved: dict[str, object] | None = None
) -> bytes:
    """A PDF of one page: a line that is seen, then `content`; one that only shows strings is put in a text."""
    if content.rstrip().endswith(("Tj", "TJ")) and "BT" not in content:
        content = f"BT /F1 12 Tf 20 300 Td {content} ET"
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(420, 400))
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    page.Resources = Dictionary(Font=Dictionary(F1=pdf.make_indirect(font)))
    page.Contents = pdf.make_stream((shown + content).encode("cp1252"))
    if change:
        change(pdf, page)
    out = io.BytesIO()
    pdf.save(out, **(saved or {}))
    return out.getvalue()


def text_at(words: str, x: float = 20, y: float = 200, setup: str = "") -> str:
    return f"BT {setup} /F1 12 Tf {x} {y} Td ({words}) Tj ET\n"


PICTURE = "q 400 0 0 380 10 10 cm BI /W 4 /H 4 /CS /G /BPC 8 /F /AHx ID 00ff00ff ff00ff00 00ff00ff ff00ff00> EI Q\n"
BOX = "0 g 10 190 400 30 re f\n"
LABEL = "1 g " + text_at("Slettet", 22) + "0 g\n"

DRAWN: dict[str, tuple[str, str]] = {
    "covered by a box": (text_at("{}") + BOX, "covered"),
    "covered by a white box": (text_at("{}") + "1 g 10 190 400 30 re f 0 g\n", "covered"),
    "covered by a box with a label": (text_at("{}") + BOX + LABEL, "covered"),
    "covered by a picture": (text_at("{}") + PICTURE, "covered"),
    "covered in part": (text_at("Navn: {}") + "0 g 50 190 400 30 re f\n", "covered"),
    "white": ("1 g " + text_at("{}") + "0 g\n", "faint"),
    "nearly white": ("0.98 g " + text_at("{}") + "0 g\n", "faint"),
    "black on black": (BOX + text_at("{}"), "faint"),
    "blue on blue": ("0 0 1 rg 10 190 400 30 re f " + text_at("{}") + "0 g\n", "faint"),
    "without ink": (text_at("{}", setup="3 Tr"), "invisible"),
    "as a clip": ("q " + text_at("{}", setup="7 Tr") + " Q\n", "invisible"),
    "behind a picture's text": (PICTURE + text_at("{}", setup="3 Tr"), "machine_read"),
    "right of the page": (text_at("{}", x=500), "outside"),
    "below the page": (text_at("{}", y=-50), "outside"),
    "tiny": ("BT /F1 1.5 Tf 20 200 Td ({}) Tj ET\n", "tiny"),
    "tiny by its matrix": ("BT /F1 12 Tf 0.1 0 0 0.1 20 200 Tm ({}) Tj ET\n", "tiny"),
    "clipped away": ("q 0 0 5 5 re W n " + text_at("{}") + "Q\n", "faint|covered"),
    "with no opacity": ("q /GS gs " + text_at("{}") + "Q\n", "faint|covered"),
    "in a layer switched off": ("/OC /L BDC " + text_at("{}") + "EMC\n", "switched_off"),
}


def graphics(pdf: pikepdf.Pdf, page: pikepdf.Page, *, on: bool = False) -> None:
    """What `DRAWN` names: a state without opacity and a layer that is off, or `on`."""
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="Lag"))
    pdf.Root.OCProperties = Dictionary(
        OCGs=Array([layer]), D=Dictionary(OFF=Array([] if on else [layer]), Order=Array([layer]))
    )
    page.Resources.Properties = Dictionary(L=layer)
    page.Resources.ExtGState = Dictionary(GS=Dictionary(ca=0))


def _information(key: str) -> Callable[[str], Change]:
    def made(words: str) -> Change:
        def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
            pdf.docinfo[key] = words

        return change

    return made


def _xmp(packet: str) -> Callable[[str], Change]:
    def made(words: str) -> Change:
        def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
            rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            inside = f'<rdf:RDF xmlns:rdf="{rdf}">{packet.format(words)}</rdf:RDF>'
            data = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{inside}</x:xmpmeta>'
            pdf.Root.Metadata = pdf.make_stream(data.encode(), Type=Name.Metadata, Subtype=Name.XML)

        return change

    return made


def _annotation(**fields: object) -> Callable[[str], Change]:
    def made(words: str) -> Change:
        def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
            filled = {k: words if v == "{}" else v for k, v in fields.items()}
            annotation = Dictionary(Type=Name.Annot, Rect=Array([300, 300, 320, 320]), **filled)
            page.Annots = Array([pdf.make_indirect(annotation)])
            if "/FT" in annotation:
                pdf.Root.AcroForm = Dictionary(Fields=page.Annots)

        return change

    return made


def _structure(key: str) -> Callable[[str], Change]:
    def made(words: str) -> Change:
        def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
            root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
            element = Dictionary(Type=Name.StructElem, S=Name.Span, P=root)
            element[key] = words
            root.K = Array([pdf.make_indirect(element)])
            pdf.Root.StructTreeRoot = root

        return change

    return made


def attached(name: str, data: bytes | None = None) -> Callable[[str], Change]:
    def made(words: str) -> Change:
        def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
            held = data if data is not None else words.encode()
            pdf.attachments[name.format(words)] = pikepdf.AttachedFileSpec(pdf, held, filename=name.format(words))

        return change

    return made


def _bookmark(words: str) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(words, 0))

    return change


def _form(is_drawn: bool, over: str = "") -> Callable[[str], Change]:
    def made(words: str) -> Change:
        def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
            form = pdf.make_stream((text_at(words) + over).encode("cp1252"))
            for key, value in {"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": Array([0, 0, 420, 400])}.items():
                form[key] = value
            form["/Resources"] = Dictionary(Font=page.Resources.Font)
            page.Resources.XObject = Dictionary(X=form)
            if is_drawn:
                page.contents_add(b"/X Do")

        return change

    return made


def _name(words: str) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        pdf.Root.Odd = Dictionary({f"/{words}": Name(f"/{words}")})

    return change


def _picture_comment(words: str) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        comment = b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words.encode()
        picture = pdf.make_stream(b"\xff\xd8" + comment + b"\xff\xd9")
        picture.Type, picture.Subtype, picture.Filter = Name.XObject, Name.Image, Name.DCTDecode
        picture.Width, picture.Height, picture.ColorSpace, picture.BitsPerComponent = 1, 1, Name.DeviceGray, 8
        page.Resources.XObject = Dictionary(X=picture)

    return change


def _dropped_page(words: str) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        lost = pdf.make_indirect(
            Dictionary(
                Type=Name.Page,
                MediaBox=Array([0, 0, 420, 400]),
                Resources=page.Resources,
                Contents=pdf.make_stream(text_at(words).encode("cp1252")),
            )
        )
        pdf.Root.Lost = lost  # kept in the file, not among its pages

    return change


def _page_entry(key: str) -> Callable[[str], Change]:
    def made(words: str) -> Change:
        def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
            page.obj[key] = Dictionary(Private=words)

        return change

    return made


def _script(words: str) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=f"app.alert('{words}')")

    return change


def _crop(words: str) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        page.CropBox = Array([0, 250, 420, 400])
        page.contents_add(text_at(words).encode("cp1252"))

    return change


def _turned(words: str) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        page.Rotate = 90
        page.contents_add((text_at(words) + BOX).encode("cp1252"))

    return change


def _covered_by_annotation(words: str) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        page.contents_add(text_at(words).encode("cp1252"))
        look = pdf.make_stream(b"0 g 0 0 400 30 re f")
        for key, value in {"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": Array([0, 0, 400, 30])}.items():
            look[key] = value
        box = Dictionary(
            Type=Name.Annot, Subtype=Name.Square, Rect=Array([10, 190, 410, 220]), AP=Dictionary(N=look), F=4
        )
        page.Annots = Array([pdf.make_indirect(box)])

    return change


def _marked(key: str) -> Callable[[str], Change]:
    def made(words: str) -> Change:
        def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
            page.contents_add(f"/Span <</{key} ({words})>> BDC {text_at('et navn')} EMC".encode("cp1252"))

        return change

    return made


def _marked_by_name(words: str) -> Change:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        page.Resources.Properties = Dictionary(P=pdf.make_indirect(Dictionary(ActualText=words)))
        page.contents_add(f"/Span /P BDC {text_at('et navn')} EMC".encode("cp1252"))

    return change


CHANGED: dict[str, tuple[Callable[[str], Change], str]] = {
    "title": (_information("/Title"), "metadata"),
    "author": (_information("/Author"), "metadata"),
    "subject": (_information("/Subject"), "metadata"),
    "keywords": (_information("/Keywords"), "metadata"),
    "own property": (_information("/Sagsbehandler"), "metadata"),
    "XMP title": (_xmp("<dc:title><rdf:Alt><rdf:li>{}</rdf:li></rdf:Alt></dc:title>"), "metadata"),
    "XMP author": (_xmp("<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>"), "metadata"),
    "XMP attribute": (_xmp('<rdf:Description xmlns:pdf="p" pdf:Keywords="{}"/>'), "metadata"),
    "note": (_annotation(Subtype=Name.Text, Contents="{}"), "comment"),
    "highlight": (_annotation(Subtype=Name.Highlight, Contents="{}"), "comment"),
    "hidden note": (_annotation(Subtype=Name.Text, Contents="{}", F=2), "comment"),
    "rich note": (_annotation(Subtype=Name.Text, RC="{}"), "comment"),
    "note's author": (_annotation(Subtype=Name.Text, T="{}"), "comment"),
    "stamp": (_annotation(Subtype=Name.Stamp, Contents="{}"), "comment"),
    "link's description": (_annotation(Subtype=Name.Link, Contents="{}"), "alternate"),
    "form field": (_annotation(Subtype=Name.Widget, FT=Name.Tx, T="felt", V="{}"), "visible"),
    "hidden form field": (_annotation(Subtype=Name.Widget, FT=Name.Tx, T="felt", V="{}", F=2), "form_field"),
    "form default": (_annotation(Subtype=Name.Widget, FT=Name.Tx, T="felt", DV="{}"), "form_field"),
    "form help": (_annotation(Subtype=Name.Widget, FT=Name.Tx, T="felt", TU="{}"), "alternate"),
    "ActualText of the structure": (_structure("/ActualText"), "replacement"),
    "Alt of the structure": (_structure("/Alt"), "alternate"),
    "E of the structure": (_structure("/E"), "alternate"),
    "title of the structure": (_structure("/T"), "technical"),
    "ActualText in the page": (_marked("ActualText"), "replacement"),
    "Alt in the page": (_marked("Alt"), "alternate"),
    "E in the page": (_marked("E"), "alternate"),
    "ActualText by name": (_marked_by_name, "replacement"),
    "attached text": (attached("bilag.txt"), "embedded"),
    "attachment's name": (attached("{}.txt", b"x"), "embedded"),
    "bookmark": (_bookmark, "metadata"),
    "form that nothing draws": (_form(False), "leftover"),
    "form": (_form(True), "visible"),
    "dropped page": (_dropped_page, "leftover"),
    "page's private data": (_page_entry("/PieceInfo"), "technical"),
    "script": (_script, "technical"),
    "covered inside a form": (_form(True, BOX), "covered"),
    "a name": (_name, "technical"),
    "picture's comment": (_picture_comment, "technical"),
    "outside the crop box": (_crop, "outside"),
    "covered on a turned page": (_turned, "covered"),
    "covered by an annotation": (_covered_by_annotation, "covered|faint"),
}


def _sheets() -> Iterator[tuple[str, Planted]]:
    for way, separator in SEPARATORS.items():
        written = separator.replace("\\", "\\\\").replace(" (", " \\(")
        try:
            written.encode("cp1252")
        except UnicodeEncodeError:
            continue
        if "\n" in separator:
            written = written.replace("\r", "").replace("\n", ") Tj 0 -14 Td (")
        yield f"PDF, {way}", Planted("a.pdf", sheet(f"(Om {DATE}{written}{SERIAL}.) Tj"), "cpr")
    yield (
        "PDF, digits placed one by one",
        Planted("a.pdf", sheet("[(0) -9 (1) 3 (02) (03) -300 (-) (00) 5 (00)] TJ"), "cpr"),
    )
    yield "PDF, hexadecimal", Planted("a.pdf", sheet(f"<{NUMBER.encode().hex()}> Tj"), "cpr")
    cells = text_at(DATE, 20) + text_at(SERIAL, 70)
    yield "PDF, two cells of a table", Planted("a.pdf", sheet(cells), "cpr")
    for place, y in {"header": 385, "footer": 10, "footnote": 30}.items():
        yield f"PDF {place}", Planted("a.pdf", sheet(text_at(NUMBER, y=y)), "cpr")
    for place, (content, rule) in DRAWN.items():
        yield f"PDF number, {place}", Planted("a.pdf", sheet(content.format(NUMBER), graphics), "cpr")
        yield f"PDF words, {place}", Planted("a.pdf", sheet(content.format(SECRET), graphics), rule)
    for place, (make, rule) in CHANGED.items():
        yield f"PDF number, {place}", Planted("a.pdf", sheet("", make(NUMBER)), "cpr")
        if rule not in ("technical", "visible"):
            yield f"PDF words, {place}", Planted("a.pdf", sheet("", make(SECRET)), rule)
    for inner, data in {
        "PDF": sheet(f"({NUMBER}) Tj"),
        "HTML": f"<p title='{NUMBER}'>x".encode(),
        "JSON": f'{{"a": "{NUMBER}"}}'.encode(),
        "XML": f"<a><b>{NUMBER}</b></a>".encode(),
        "PDF in a PDF": sheet("", attached("b.pdf", sheet("", attached("c.txt")(NUMBER)))("")),
    }.items():
        yield f"PDF, attached {inner}", Planted("a.pdf", sheet("", attached("b", data)("")), "cpr")
    yield (
        "PDF, attached picture",
        Planted("a.pdf", sheet("", attached("b.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))("")), "unscreenable"),
    )
    yield "PDF, a page that is a picture", Planted("a.pdf", sheet(PICTURE, shown=""), "unscreenable")
    yield "PDF, a picture with a stamp", Planted("a.pdf", sheet(PICTURE + text_at("Bilag 1"), shown=""), "unscreenable")
    yield "PDF, letters drawn as lines", Planted("a.pdf", sheet("10 10 m 100 100 l S", shown=""), "unscreenable")
    old, new = sheet(text_at(NUMBER)), sheet()
    yield "PDF number, earlier revision", Planted("a.pdf", revised(old, new), "cpr")
    yield "PDF words, earlier revision", Planted("a.pdf", revised(sheet(text_at(SECRET)), new), "earlier_revision")
    yield (
        "PDF words, first of three revisions",
        Planted("a.pdf", revised(sheet(text_at(SECRET)), new, sheet(text_at("tredje"))), "earlier_revision"),
    )
    yield (
        "PDF, author of an earlier revision",
        Planted("a.pdf", revised(sheet("", _information("/Author")(SECRET)), new), "metadata"),
    )
    yield "PDF, after the end", Planted("a.pdf", new + f"\n{NUMBER}\n".encode(), "cpr")
    yield "PDF words, after the end", Planted("a.pdf", new + f"\n{SECRET}\n".encode(), "leftover")
    yield "PDF, comment line", Planted("a.pdf", new.replace(b"\n", f"\n% {NUMBER}\n".encode(), 1), "cpr")
    yield "PDF, comment line in a page", Planted("a.pdf", sheet(f"% {NUMBER}\n"), "cpr")
    yield "PDF without compression", Planted("a.pdf", sheet(text_at(NUMBER), saved={"compress_streams": False}), "cpr")
    packed = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
    yield "PDF, packed objects", Planted("a.pdf", sheet("", _information("/Author")(NUMBER), saved=packed), "cpr")
    yield "PDF for the web", Planted("a.pdf", sheet(text_at(NUMBER), saved={"linearize": True}), "cpr")
    yield "PDF after a few bytes", Planted("a.pdf", b"\n\n" + sheet(text_at(NUMBER)), "cpr")
    yield "PDF called text", Planted("a.txt", sheet(text_at(NUMBER)), "cpr")


def revised(*revisions: bytes) -> bytes:
    """Revisions of one file, each appended to the one before as editors save: its objects under new offsets."""
    data = bytearray(revisions[0])
    for revision in revisions[1:]:
        with pikepdf.open(io.BytesIO(revision)) as pdf:
            start = len(data)
            offsets = {}
            for o in pdf.objects:
                number = o.objgen[0]
                offsets[number] = len(data)
                data += f"{number} 0 obj\n".encode() + _written(o) + b"\nendobj\n"
            table = len(data)
            data += b"xref\n" + b"".join(f"{n} 1\n{at:010d} 00000 n \n".encode() for n, at in sorted(offsets.items()))
            root = pdf.Root.objgen[0]
            previous = data.rfind(b"startxref", 0, start)
            before = int(data[previous:].split()[1])
            data += f"trailer\n<< /Size 100 /Root {root} 0 R /Prev {before} >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(data)


def _written(o: pikepdf.Object) -> bytes:
    if not isinstance(o, pikepdf.Stream):
        return o.unparse(resolved=True)
    data = o.read_bytes()
    entries = b" ".join(
        k.encode() + b" " + v.unparse() for k, v in o.items() if k not in ("/Length", "/Filter", "/DecodeParms")
    )
    return b"<< " + entries + f" /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"
