"""Files with a number and a name hidden in one of twelve places, and as many that hide nothing: made anew each time.

Nothing in them is anybody's. File n is the same on every day and every machine.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name

from raadslag.core import record, write
from tests.core.readers import offices
from tests.core.readers.planted import attached, revised, sheet, text_at

_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_SEPARATORS = ("-", " ", "", "–", ".", " - ", "\u00a0")
_FIRST = ("Agnethe", "Bertram", "Cæcilie", "Ditmar", "Ejnar", "Frøydis", "Gudrun", "Hjalmar", "Ingolf", "Jørgine")
_LAST = ("Askefyr", "Birkemose", "Dybvad", "Enghave", "Fjeldsted", "Grønlykke", "Havmand", "Issø", "Klitgård", "Lyngby")
_SHOWN = (
    "udvalget drøftede sagen og besluttede at sende forslaget i høring inden næste møde hvor forvaltningen fremlægger"
    " et notat om økonomi tidsplan og de indkomne svar fra borgere foreninger og skoler i hele kommunen"
)


class File(NamedTuple):
    """A file of the corpus; `number` and `name` are what is hidden in it, "" where nothing is."""

    place: str
    called: str
    data: bytes
    number: str
    name: str
    shown: str


def made(n: int, *, is_planted: bool = True) -> File:
    """File `n`, or with the same text the one that hides nothing."""
    chance = random.Random(n)
    place = list(PLACES)[n % len(PLACES)]
    number, name = _number(chance), f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    shown = " ".join(chance.choices(_SHOWN.split(), k=chance.randint(8, 30)))
    kind, make = PLACES[place]
    said = f"{name}, {number}" if is_planted else ""
    data = make(chance, shown, said)
    return File(place, f"bilag.{kind}", data, number if said else "", name if said else "", shown)


def _number(chance: random.Random) -> str:
    """Ten digits that begin with a date; half of them with modulus 11, and of those that have it nobody's either."""
    while True:
        day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(0, 99)
        digits = f"{day:02}{month:02}{year:02}" + (f"{chance.randint(0, 9999):04}" if chance.random() < 0.5 else "0000")
        is_whole = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11 == 0
        if is_whole == (chance.random() < 0.5):
            return f"{digits[:6]}{chance.choice(_SEPARATORS)}{digits[6:]}"


# --- PDF ------------------------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _shows(chance: random.Random, text: str) -> str:
    """A string drawn by one of the operators that draw strings."""
    cut = chance.randint(1, max(1, len(text) - 1))
    ways = (
        f"({_quoted(text)}) Tj",
        f"[({_quoted(text[:cut])}) -20 ({_quoted(text[cut:])})] TJ",
        f"14 TL ({_quoted(text)}) '",
        f'14 TL 0 0 ({_quoted(text)}) "',
        f"<{text.encode('cp1252').hex()}> Tj",
        f"({_quoted(text[:cut])}) Tj ({_quoted(text[cut:])}) Tj",
    )
    return chance.choice(ways)


def _lines(shown: str) -> str:
    """The text as it is seen, in lines that fit on the page."""
    words, lines = shown.split(), []
    while words:
        lines.append(" ".join(words[:7]))
        words = words[7:]
    return "".join(text_at(_quoted(line), y=370 - 14 * n) for n, line in enumerate(lines))


def _pdf_text(chance: random.Random, shown: str, said: str) -> bytes:
    if chance.random() < 0.3:
        item = record.Item(order=1, number="1", title="Sagen", access="open", decision=f"{shown}\n\n{said}".strip())
        return write(record.Meeting(kind="minutes", title="Møde", items=(item,)), "pdf")
    drawn = f"BT /F1 11 Tf 1 0 0 1 20 120 Tm {_shows(chance, said + ' i alt')} ET\n"
    if chance.random() < 0.5:
        return sheet(_lines(shown) + drawn, shown="")

    def as_form(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        form = pdf.make_stream(
            drawn.encode("cp1252"), Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 420, 400])
        )
        form.Resources = Dictionary(Font=page.Resources.Font)
        page.Resources.XObject = Dictionary(X=form)

    return sheet(_lines(shown) + "q /X Do Q\n", as_form, shown="")


def _covered(chance: random.Random, shown: str, said: str) -> bytes:
    over = chance.choice(("0 g 10 110 400 30 re f\n", "1 g 10 110 400 30 re f 0 g\n"))
    return sheet(_lines(shown) + (text_at(_quoted(said), y=120) if said else "") + over, shown="")


def _invisible(chance: random.Random, shown: str, said: str) -> bytes:
    way = chance.choice(("3 Tr", "1 g"))
    return sheet(_lines(shown) + (text_at(_quoted(said), y=120, setup=way) if said else ""), shown="")


def _replaced(chance: random.Random, shown: str, said: str) -> bytes:
    key = chance.choice(("ActualText", "Alt", "E"))
    if chance.random() < 0.5:
        marked = f"/Span << /{key} ({_quoted(said.replace('–', '-') or 'i')}) >> BDC\n"
        return sheet(_lines(shown) + marked + text_at("i", y=120) + "EMC\n", shown="")

    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        element = Dictionary(Type=Name.StructElem, S=Name.Figure, P=root)
        element[f"/{key}"] = said or shown
        root.K = Array([pdf.make_indirect(element)])
        pdf.Root.StructTreeRoot = root

    return sheet(_lines(shown), change, shown="")


def _properties(chance: random.Random, shown: str, said: str) -> bytes:
    in_packet = chance.random() < 0.5

    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        if in_packet and said:
            with pdf.open_metadata(set_pikepdf_as_editor=False) as packet:
                packet["dc:description"] = said
        else:
            pdf.docinfo["/Subject"] = said or shown.split()[0]

    return sheet(_lines(shown), change, shown="")


def _annotated(chance: random.Random, shown: str, said: str) -> bytes:
    fields = chance.choice(
        ({"Subtype": Name.Text}, {"Subtype": Name.Highlight}, {"Subtype": Name.Widget, "FT": Name.Tx, "F": 2})
    )

    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        key = "/V" if "FT" in fields else "/Contents"
        annotation = Dictionary(Type=Name.Annot, Rect=Array([300, 300, 320, 320]), **fields)
        annotation[key] = said
        page.Annots = Array([pdf.make_indirect(annotation)])
        if "FT" in fields:
            pdf.Root.AcroForm = Dictionary(Fields=page.Annots)

    return sheet(_lines(shown), change if said else None, shown="")


def _carries(chance: random.Random, shown: str, said: str) -> bytes:
    data = chance.choice((said.encode(), sheet(text_at(_quoted(said)))))
    return sheet(_lines(shown), attached("notat.txt", data)("") if said else None, shown="")


def _was(chance: random.Random, shown: str, said: str) -> bytes:
    return revised(
        sheet(_lines(shown) + (text_at(_quoted(said)) if said else ""), shown=""), sheet(_lines(shown), shown="")
    )


# --- office files ---------------------------------------------------------------------------------------


def _changed(chance: random.Random, shown: str, said: str) -> bytes:
    cut = chance.randint(1, max(1, len(said) - 1))
    runs = "".join(offices.r(part, tag="delText") for part in (said[:cut], said[cut:]) if part)
    gone = f'<w:del w:id="1" w:author="" w:date="2026-01-01T00:00:00Z">{runs}</w:del>' if said else ""
    return offices.word(offices.p(shown) + offices.p("Sagen ", gone or offices.r("er"), " udsat."))


def _commented(chance: random.Random, shown: str, said: str) -> bytes:
    if not said:
        return offices.word(offices.p(shown))
    comment = (
        f'<w:comments xmlns:w="{offices.W}"><w:comment w:id="0" w:author="">{offices.p(said)}</w:comment></w:comments>'
    )
    reference = '<w:r><w:commentReference w:id="0"/></w:r>'
    return offices.word(offices.p(shown, reference), word__comments_xml=comment)


def _put_away(chance: random.Random, shown: str, said: str) -> bytes:
    book: Any = offices.workbook(Oversigt=[["Emne", "Antal"], [shown, 3]])
    sheet_, way = book["Oversigt"], chance.choice(("sheet", "row", "column"))
    if said and way == "sheet":
        other = book.create_sheet("Kladde")
        other.append([said])
        other.sheet_state = chance.choice(("hidden", "veryHidden"))
    elif said and way == "row":
        sheet_.append([said])
        sheet_.row_dimensions[3].hidden = True
    elif said:
        sheet_["D1"] = said
        sheet_.column_dimensions["D"].hidden = True
    return offices.saved(book)


def _inside(chance: random.Random, shown: str, said: str) -> bytes:
    way = chance.choice(("property", "file", "split"))
    if way == "split":
        cut = chance.randint(1, max(1, len(said) - 1))
        return offices.word(
            offices.p(shown)
            + (offices.p("Om ", said[:cut], offices.r(said[cut:], "<w:b/>"), " i alt.") if said else "")
        )
    if way == "file" and said:
        return offices.with_parts(
            offices.word(offices.p(shown)), word__embeddings__fil1_bin=sheet(text_at(_quoted(said)))
        )
    document = offices.plain()
    document.add_paragraph(shown)
    document.core_properties.subject = said
    return offices.saved(document)


PLACES: dict[str, tuple[str, Callable[[random.Random, str, str], bytes]]] = {
    "PDF, text of the page or of a form": ("pdf", _pdf_text),
    "PDF, under a box": ("pdf", _covered),
    "PDF, without ink or white": ("pdf", _invisible),
    "PDF, replacement and alternate text": ("pdf", _replaced),
    "PDF, properties": ("pdf", _properties),
    "PDF, annotation or field": ("pdf", _annotated),
    "PDF, embedded file": ("pdf", _carries),
    "PDF, earlier revision": ("pdf", _was),
    "DOCX, tracked change": ("docx", _changed),
    "DOCX, comment": ("docx", _commented),
    "XLSX, hidden sheet, row or column": ("xlsx", _put_away),
    "DOCX, property, embedded file or cut up": ("docx", _inside),
}
