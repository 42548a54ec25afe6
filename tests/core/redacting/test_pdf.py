"""PDF: words go from wherever they are drawn, the others stay, and nothing is left beside the pages."""

from __future__ import annotations

import io
import itertools
import re

import pikepdf
import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from raadslag.core import record, write
from raadslag.core.errors import CannotRedact, UnreadableFile
from raadslag.core.readers.hidden import passages
from raadslag.core.redacting import MARK, redact
from tests.core.readers import pdfs
from tests.core.readers.planted import PICTURE, SECRET, cases, graphics, sheet, text_at

WORDS = ["Sagen", "om", "Ditmar", "Dybvad", "er", "udsat", "til", "efter", "ferien"]


def shown(data: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(data))


def without(data: bytes, *words: str) -> str:
    copy = redact(data, "bilag.pdf", words)
    assert copy.hits == ()
    return " ".join(shown(copy.data).split())


def test_the_words_go_and_a_mark_stands_there():
    assert (
        without(pdfs.placed(pdfs.lines(" ".join(WORDS))), "Ditmar Dybvad")
        == f"Sagen om {MARK} er udsat til efter ferien"
    )


@pytest.mark.parametrize(
    "drawn",
    [
        "[(Sagen om Dit) -3 (mar Dyb) 5 (vad er ude)] TJ",
        "14 TL (Sagen om Ditmar Dybvad er ude) '",
        '14 TL 2 1 (Sagen om Ditmar Dybvad er ude) "',
        "(Sagen om Dit) Tj (mar Dybvad er ude) Tj",
        "<536167656e206f6d204469746d61722044796276616420657220756465> Tj",
        "3 Tc (Sagen om Ditmar Dybvad er ude) Tj 0 Tc",
        "80 Tz 4 Ts (Sagen om Ditmar Dybvad er ude) Tj",
        "(Sagen om) Tj 60 0 Td (Ditmar) Tj 45 0 Td (Dybvad er ude) Tj",
    ],
)
def test_whatever_operator_draws_them(drawn):
    data = sheet(f"BT /F1 12 Tf 20 200 Td {drawn} ET\n", shown="")
    assert without(data, "Dybvad", "Ditmar").replace(" ", "") == f"Sagenom{MARK}erude"


def test_the_length_of_what_was_removed_is_not_told():
    def gap(name: str) -> list[tuple[float, ...]]:
        copy = redact(pdfs.placed(pdfs.lines(f"Sagen om {name} er udsat")), "bilag.pdf", [name]).data
        page = pdfium.PdfDocument(copy)[0].get_textpage()
        return [tuple(round(edge, 1) for edge in page.get_charbox(i)) for i in range(page.count_chars())]

    assert gap("Dybvad") == gap("Wilhelmine Møllerhøjgaard")


def test_columns_stay_where_they_are():
    data = pdfs.placed([(50, 700, "Ditmar Dybvad"), (300, 700, "12.000"), (50, 680, "Andre"), (300, 680, "13.000")])
    page = pdfium.PdfDocument(redact(data, "a.pdf", ["Ditmar"]).data)[0].get_textpage()
    text = page.get_text_range()
    assert page.get_charbox(text.index("12.000"))[0] == pytest.approx(
        page.get_charbox(text.index("13.000"))[0], abs=0.5
    )


def test_what_stands_close_beside_is_neither_squeezed_nor_drawn_over():
    data = pdfs.placed([(50, 700, "Ditmar Dybvad"), (125, 700, "12.000"), (300, 700, "slut")])
    page = pdfium.PdfDocument(redact(data, "a.pdf", ["Ditmar Dybvad"]).data)[0].get_textpage()
    text = page.get_text_range()
    assert text.split() == [MARK, "12.000", "slut"]
    boxes = [page.get_charbox(at) for at in range(text.index("12.000"), text.index("12.000") + 6)]
    assert all(left[2] <= right[0] + 0.5 for left, right in itertools.pairwise(boxes))


def test_a_form_that_is_drawn_twice_loses_them_twice():
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        form = pdf.make_stream(text_at("Dybvad her").encode(), Type=Name.XObject, Subtype=Name.Form)
        form.BBox, form.Resources = Array([0, 0, 420, 400]), Dictionary(Font=page.Resources.Font)
        page.Resources.XObject = Dictionary(X=form)

    twice = "q /X Do Q q 1 0 0 1 0 -60 cm /X Do Q\n"
    assert without(sheet(twice, change), "Dybvad").count(f"{MARK} her") == 2


def test_what_a_field_shows_stays_and_what_it_says_goes():
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        look = pdf.make_stream(b"BT /F1 12 Tf 2 4 Td (Dybvad i dag) Tj ET", Type=Name.XObject, Subtype=Name.Form)
        look.BBox, look.Resources = Array([0, 0, 200, 20]), Dictionary(Font=page.Resources.Font)
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="navn", V="Dybvad i dag", F=4)
        field.Rect, field.AP = Array([20, 200, 220, 220]), Dictionary(N=look)
        page.Annots = Array([pdf.make_indirect(field)])
        pdf.Root.AcroForm = Dictionary(Fields=page.Annots)

    copy = redact(sheet("", change), "a.pdf", ["Dybvad"])
    assert f"{MARK} i dag" in shown(copy.data)
    assert copy.hits == ()


def test_a_layer_that_is_off_goes_with_what_stands_in_it():
    copy = redact(sheet("/OC /L BDC " + text_at("Dybvad") + "0 0 100 100 re f EMC\n", graphics), "a.pdf", ["Dybvad"])
    with pikepdf.open(io.BytesIO(copy.data)) as pdf:
        assert "/OCProperties" not in pdf.Root
    assert copy.hits == ()
    assert MARK not in shown(copy.data)


def test_nothing_stands_beside_the_pages_but_their_tags():
    item = record.Item(order=1, number="1", title="Budget", access="open", decision="Godkendt for Ditmar Dybvad.")
    data = write(record.Meeting(kind="minutes", title="Møde", items=(item,)), "pdf")
    copy = redact(data, "a.pdf", ["Dybvad"]).data
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert set(pdf.Root.keys()) <= {"/Type", "/Pages", "/StructTreeRoot", "/MarkInfo", "/Lang"}
        assert "/Info" not in pdf.trailer
        tags = [o for o in pdf.objects if isinstance(o, Dictionary) and o.get("/Type") == Name.StructElem]
        assert tags
        assert not any(key in tag for tag in tags for key in ("/T", "/E", "/ActualText"))
    assert copy.count(b"%%EOF") == 1


def test_a_font_tells_no_longer_of_letters_that_are_gone():
    item = record.Item(order=1, number="1", title="Qxz", access="open", decision="Godkendt.")
    data = write(record.Meeting(kind="minutes", title="Møde", items=(item,)), "pdf")
    with pikepdf.open(io.BytesIO(redact(data, "a.pdf", ["Qxz"]).data)) as pdf:
        maps = [o.ToUnicode.read_bytes() for o in pdf.objects if isinstance(o, Dictionary) and "/ToUnicode" in o]
    assert maps
    assert not any(f"<{ord('Q'):04x}>".encode() in one.lower() for one in maps)


def test_a_scanned_page_with_text_behind_it_becomes_a_picture_with_black_on_it():
    page = PICTURE + "".join(text_at(" ".join(WORDS), y=300 - 20 * n, setup="3 Tr") for n in range(4))
    copy = redact(sheet(page, shown=""), "a.pdf", ["Dybvad"])
    assert shown(copy.data) == ""
    assert {hit.rule for hit in copy.hits} == {"unscreenable"}
    picture = pdfium.PdfDocument(copy.data)[0].render(scale=1).to_pil().convert("L")
    assert picture.getpixel((130, 96)) < 40


def test_text_behind_a_picture_is_blackened_though_the_picture_is_white_there():
    blank = "q 400 0 0 380 10 10 cm BI /W 1 /H 1 /CS /G /BPC 8 /F /AHx ID ff> EI Q\n"
    text = "".join(text_at(" ".join(WORDS) * 3, y=300 - 20 * n) for n in range(4))
    copy = redact(sheet(text + blank, shown=""), "a.pdf", ["Dybvad"])
    assert pdfium.PdfDocument(copy.data)[0].render(scale=1).to_pil().convert("L").getpixel((130, 96)) < 40


REFUSED = {"PDF, a page that is a picture", "PDF, a picture with a stamp", "PDF, letters drawn as lines"}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_cannot_be_read_is_not_redacted(case):
    data = dict(cases())[case].data
    with pytest.raises(CannotRedact, match="page 1"):
        redact(data, "a.pdf", [], numbers=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda pdf, page: page.Resources.Font.F1.__setitem__("/BaseFont", Name.Symbol),
        lambda pdf, page: page.Resources.Font.__delitem__("/F1"),
        lambda pdf, page: page.Resources.Font.F1.__setitem__("/Subtype", Name.Type0),
    ],
)
def test_a_font_that_cannot_be_placed_is_not_redacted(change):
    with pytest.raises((CannotRedact, UnreadableFile)):
        redact(sheet(text_at("Dybvad"), change), "a.pdf", ["referat", "Dybvad"])


def test_a_word_that_stands_nowhere_is_told():
    with pytest.raises(CannotRedact, match="Enghave"):
        redact(pdfs.placed(pdfs.lines("Om Dybvad")), "a.pdf", ["Dybvad", "Enghave"])


PDFS = {name: file for name, file in cases() if name.startswith("PDF") and name not in REFUSED}


@pytest.mark.parametrize("name", sorted(PDFS))
def test_from_every_planted_pdf_what_is_planted_goes(name):
    data = PDFS[name].data
    holds = any(SECRET in p.text for p in passages(data, name="a.pdf"))
    copy = redact(data, "a.pdf", [SECRET] if holds else [], numbers=True)
    assert {hit.rule for hit in copy.hits} <= {"unscreenable"}  # a page that became a picture
    assert SECRET not in shown(copy.data)


letters = st.text("abcdefghijklmnopqrstuvwxyzæøåéABCDEÆØÅ0123456789-", min_size=1, max_size=12)
word = letters.filter(lambda one: re.search(r"[^\W_]", one) is not None)


def _plainly(text: list[str]) -> bytes:
    lines = [" ".join(text[at : at + 6]) for at in range(0, len(text), 6)]
    return pdfs.placed(pdfs.lines(*lines))


def _ours(text: list[str]) -> bytes:
    item = record.Item(order=1, number="1", title="Sag", access="open", decision=" ".join(text))
    return write(record.Meeting(kind="minutes", title="Møde", items=(item,)), "pdf")


def _woven(text: list[str]) -> bytes:
    weasyprint = pytest.importorskip("weasyprint")
    body = "".join(f"<p>{' '.join(text[at : at + 9])}</p>" for at in range(0, len(text), 9))
    return bytes(weasyprint.HTML(string=f"<body style='text-align:justify'>{body}").write_pdf())


@pytest.mark.slow
@pytest.mark.parametrize("make", [_plainly, _ours, _woven])
@given(text=st.lists(word, min_size=2, max_size=40), data=st.data())
@settings(deadline=None, max_examples=25)
def test_any_word_of_any_pdf_goes_and_the_others_stay(make, text, data):
    chosen = data.draw(st.sampled_from(text))
    made = make(text)
    key = _key(chosen)
    try:
        copy = redact(made, "a.pdf", [chosen])
    except CannotRedact:  # a number that the format itself writes, of its version or of a letter's shape: refused
        assert re.fullmatch("[0-9a-f]{1,4}", key)
        return
    before, after = _words(shown(made)), _words(shown(copy.data))
    assert all(key not in one or len(key) < 4 for one in after)
    kept = [one for one in before if key not in one and one not in key]
    assert [one for one in kept if one not in after] == []


def _key(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def _words(text: str) -> list[str]:
    return [key for one in re.split(r"[^\w-]+", text.replace("\ufffe", "-")) if (key := _key(one))]
