"""The objects of a PDF file: strings, properties, streams and embedded files, used by a page or not."""

from __future__ import annotations

import html
import io
import re
import zlib
from collections.abc import Iterator

import pikepdf

from raadslag.core import record
from raadslag.core.errors import InvalidRecord
from raadslag.core.readers import hidden
from raadslag.core.readers.hidden import pages
from raadslag.core.readers.hidden.bytes import decoded, is_text, printable
from raadslag.core.release import is_public
from raadslag.core.rules.screening import Passage, Standing

_BINARY = frozenset({"/ID", "/O", "/U", "/OE", "/UE", "/Perms", "/Cert", "/CheckSum", "/Panose"})
_PROGRAMS = frozenset({"/Producer", "/Creator", "/CreationDate", "/ModDate", "/Trapped"})  # programs and times
_BY_KEY: dict[str, Standing] = {
    "/ActualText": "replacement", "/Alt": "alternate", "/E": "alternate", "/TU": "alternate",
    "/V": "form_field", "/DV": "form_field", "/RV": "form_field", "/Opt": "form_field",
}  # fmt: skip
_COMMENT = frozenset({"/Contents", "/RC", "/Subj", "/T"})
_SAYS_NOTHING = re.compile(r"D:\d{4}[\d+\-'Z]*|[\w-]*:?[0-9a-f]{64}")  # a time, a hash
_FONT = ("/Length1", "/Length2", "/FunctionType", "/ShadingType", "/CMapName")
_STRING = re.compile(rb"\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)", re.DOTALL)
_ARRAY = re.compile(rb"\[((?:[^\[\]()]|\((?:[^()\\]|\\.)*\))*)\]\s*TJ", re.DOTALL)
_GLYPHS = re.compile(rb"[\x00-\x08]|\\[0-7]{3}")
_TAG = re.compile(r"<\?[^>]*\?>|<!--(.*?)-->|<!\[CDATA\[(.*?)\]\]>|<(/?)([\w:.-]+)([^>]*)>|([^<]+)", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TECHNICAL_XMP = re.compile(
    r"(?:xmlns|rdf|xml|x|pdfaid|pdfuaid|pdfxid|pdfaExtension|pdfaSchema|pdfaProperty|pdfaField|pdfaType|stEvt|stRef|xmpMM"
    r"|xmpTPg|stFnt|stDim)(?::.*)?$|xmp:(?:CreatorTool|\w*Date)$|pdf:(?:Producer|PDFVersion|Trapped)$|dc:(?:format|language)$"
)


def passages(document: pikepdf.Pdf, *, depth: int) -> Iterator[Passage]:
    """Every string and stream of the file, its place told by the names that lead to it."""
    information = document.trailer.get("/Info")
    for key, value in information.items() if isinstance(information, pikepdf.Dictionary) else ():
        text = str(value)
        is_known = key in _PROGRAMS or _SAYS_NOTHING.fullmatch(text)
        yield Passage(text, f"metadata {key}", "technical" if is_known else "metadata")
    embedded = _embedded(document)
    skipped = {information.objgen} if isinstance(information, pikepdf.Dictionary) else set()
    for o in document.objects:
        if o.objgen not in skipped:
            yield from _strings(o)
        if isinstance(o, pikepdf.Stream):
            yield from _stream(o, embedded.get(o.objgen), depth)
    yield from _strings(document.trailer)
    yield from _unused(document)


def comments(data: bytes) -> Iterator[str]:
    """Lines of the file that begin with a percent sign, which every reader of PDF passes over."""
    outside = re.sub(rb"stream\r?\n.*?endstream", b"\n", data, flags=re.DOTALL)
    for line in re.findall(rb"(?:^|[\r\n])[ \t]*%([^\r\n]+)", outside):
        if re.search(rb"[0-9]", line):
            yield line.decode("cp1252", errors="replace")


def raw_texts(data: bytes) -> Iterator[str]:
    """The literal strings in every stream between the bytes, whether or not any object table names it."""
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, flags=re.DOTALL):
        try:
            content = zlib.decompressobj().decompress(stream, 50_000_000)
        except zlib.error:
            content = stream
        if b"BT" in content and b"ET" in content and is_text(content):
            yield from _shown_strings(content)


def _shown_strings(content: bytes) -> Iterator[str]:
    """The strings that a content stream draws, those of one array joined as they are on the page.

    Strings of glyph numbers are passed over: they say nothing without their font.
    """
    arrays = [b"".join(_STRING.findall(array)) for array in _ARRAY.findall(content)]
    for text in [*arrays, b" ".join(_STRING.findall(content))]:
        if not _GLYPHS.search(text):
            yield text.decode("cp1252", errors="replace")


def _strings(o: pikepdf.Object) -> Iterator[Passage]:
    """The strings inside one object; what it refers to stands for itself."""
    stack: list[tuple[object, str, str, pikepdf.Object | None]] = [(o, "", "", None)]
    while stack:
        value, path, key, owner = stack.pop()
        if isinstance(value, pikepdf.String):
            if key not in _BINARY and (text := str(value)).strip():
                yield Passage(text, f"object {path}".rstrip(), _standing(key, owner, text))
        elif isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
            for name, inner in value.items():
                if sum(map(str.isdigit, name)) >= 5:
                    yield Passage(name[1:], f"object {path}, a name", "technical")
                if not _is_reference(inner):
                    stack.append((inner, f"{path}{name}", name, value))
        elif isinstance(value, pikepdf.Array):
            stack += [(inner, path, key, owner) for inner in value if not _is_reference(inner)]
        elif isinstance(value, pikepdf.Name) and sum(map(str.isdigit, str(value))) >= 5:
            yield Passage(str(value)[1:], f"object {path}, a name", "technical")


def _is_reference(value: object) -> bool:
    return isinstance(value, pikepdf.Object) and value.is_indirect


def _standing(key: str, owner: pikepdf.Object | None, text: str) -> Standing:
    """How a string stands, by its name and by what holds it.

    A bookmark of one word ("Contents") and a link of a few are signposts; a longer one may be the title that
    a redaction forgot.
    """
    if owner is None:
        return "technical"
    if key in _COMMENT and "/Rect" in owner and owner.get("/FT") is None:
        if owner.get("/Subtype") != "/Link":
            return "comment"
        is_signpost = ("/Dest" in owner or "/A" in owner) and len(text.split()) <= 3  # "Section, page 3"
        return "technical" if is_signpost else "alternate"
    if key == "/Title":
        return "alternate" if "/S" in owner else "metadata" if len(text.split()) > 1 else "technical"
    return _BY_KEY.get(key, "technical")


def _embedded(document: pikepdf.Pdf) -> dict[tuple[int, int], str]:
    """The names of embedded files by their stream: every file specification, wherever it hangs."""
    names = {}
    for o in document.objects:
        stack: list[object] = [o]
        while stack:
            value = stack.pop()
            if isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
                files = value.get("/EF")
                if isinstance(files, pikepdf.Dictionary):
                    name = str(value.get("/UF", value.get("/F", "without a name")))
                    names.update({file.objgen: name for _, file in files.items() if isinstance(file, pikepdf.Stream)})
                stack += [inner for _, inner in value.items() if not _is_reference(inner)]
            elif isinstance(value, pikepdf.Array):
                stack += [inner for inner in value if not _is_reference(inner)]
    return names


def _stream(o: pikepdf.Stream, name: str | None, depth: int) -> Iterator[Passage]:
    """What a stream says, if it is neither a page's content, a font nor a table of the file itself."""
    kind, subtype = str(o.get("/Type", "")), str(o.get("/Subtype", ""))
    place = f"stream {o.objgen[0]}"
    if kind in ("/XRef", "/ObjStm") or any(key in o for key in _FONT):
        return
    if subtype == "/Image":
        if "/DCTDecode" in str(o.get("/Filter")) or "/JPXDecode" in str(o.get("/Filter")):
            yield Passage(printable(o.read_raw_bytes()[:65536]), f"{place}, a picture's own data", "technical")
        return
    try:
        data = o.read_bytes()
    except pikepdf.PdfError:
        yield Passage("a stream that cannot be decoded", place, "unscreenable")
        return
    if name is not None or kind == "/EmbeddedFile":
        yield from _file(data, name or "without a name", subtype, depth)
    elif kind == "/Metadata" or subtype == "/XML" or b"<x:xmpmeta" in data or b"<rdf:RDF" in data:
        yield from _xmp(decoded(data))
    elif subtype == "/Form" or re.search(rb"\bBT\b.*\bET\b", data, flags=re.DOTALL):
        lines = re.findall(rb"(?:^|[\r\n])[ \t]*%([^\r\n]+)", data)
        yield Passage(b"\n".join(lines).decode("cp1252", "replace"), f"{place}, comment lines", "technical")
        yield Passage("\n".join(_shown_strings(data)), place, "source")
    elif is_text(data) and not data.startswith(b"/CIDInit"):
        yield Passage(decoded(data), place, "technical")


def _file(data: bytes, name: str, subtype: str, depth: int) -> Iterator[Passage]:
    """An embedded file: that it is there, unless it is the public record that our writers attach; and its texts."""
    if not _is_public_record(data):
        yield Passage(name, "embedded file", "embedded")
    media_type = subtype.removeprefix("/").replace("#2F", "/") or None
    yield from hidden.inner(data, name=f"embedded file {name}", depth=depth, media_type=media_type)


def _is_public_record(data: bytes) -> bool:
    """Whether a file is a record that holds no more than may be released, as our writers attach it."""
    try:
        return is_public(record.decode(data))
    except InvalidRecord:
        return False


def _xmp(text: str) -> Iterator[Passage]:
    """The properties in an XMP packet; what only tells of programs, times and formats is technical."""
    owner = ""
    for comment, cdata, closing, tag, attributes, words in _TAG.findall(text):
        if tag and not closing:
            if not tag.startswith("rdf:"):
                owner = tag
            for name, one, other in _ATTRIBUTE.findall(attributes):
                yield _property(name, one or other)
        for part in (comment, cdata, words):
            if part.strip():
                yield _property(owner, part)


def _property(name: str, text: str) -> Passage:
    is_known = _TECHNICAL_XMP.match(name) or _SAYS_NOTHING.fullmatch(text)
    return Passage(html.unescape(text), f"metadata {name}", "technical" if is_known else "metadata")


def _unused(document: pikepdf.Pdf) -> Iterator[Passage]:
    """The texts of pages and forms that the file holds, drawn by a page or not: each is given a page of its own.

    What the visible pages say already is no concern; that is for the rule to judge.
    """
    listed = {page.objgen for page in document.pages}
    drawn: list[tuple[pikepdf.Object, str]] = []
    for o in list(document.objects):
        if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Form":
            drawn.append((o, f"form {o.objgen[0]}"))
        elif isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/Page" and o.objgen not in listed:
            drawn.append((o, f"page {o.objgen[0]}, which is not among the pages"))
    if not drawn:
        return
    with pikepdf.new() as sheet:
        for o, _ in drawn:
            copy = sheet.copy_foreign(o)
            if isinstance(o, pikepdf.Stream):
                sheet.add_blank_page()
                page = sheet.pages[-1].obj
                page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=copy))
                page.Contents = sheet.make_stream(b"/X Do")
            else:
                sheet.pages.append(pikepdf.Page(copy))
        out = io.BytesIO()
        sheet.save(out)
    for (_, place), text in zip(drawn, pages.texts(out.getvalue(), name="unused parts"), strict=True):
        yield Passage(text, place, "leftover")
