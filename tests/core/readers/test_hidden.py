"""Screening of files: everything that is planted is found, and nothing that is not."""

from __future__ import annotations

import io
import re
from collections import Counter
from contextlib import suppress

import pikepdf
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from raadslag.core import record as r
from raadslag.core.errors import UnreadableFile
from raadslag.core.readers.hidden import MAX_DEPTH, passages, screen
from raadslag.core.readers.hidden.pages import MAX_LAYERS
from raadslag.core.readers.hidden.pdf import MAX_REVISIONS
from raadslag.core.writers import write
from tests.core.readers.planted import BOX, NUMBER, SECRET, attached, cases, graphics, revised, sheet, text_at

PLANTED = dict(cases())
TEN_DIGITS = re.compile(r"(?:\d\W*){10}")


def test_the_planted_corpus_is_large_enough():
    assert len(PLANTED) >= 200


@pytest.mark.parametrize("case", PLANTED)
def test_what_is_planted_is_found_and_not_repeated(case):
    planted = PLANTED[case]
    hits = screen(planted.data, name=planted.name)
    assert {hit.rule for hit in hits} & set(planted.rule.split("|")), hits
    assert not [hit for hit in hits if TEN_DIGITS.search(hit.excerpt) or TEN_DIGITS.search(hit.place)]


CLEAN = {
    "text": "Punkt 1. Godkendelse. Mødet den 12-03-2019 kl. 17.00, sag 05.09.00P20-0028, tlf. 12 34 56 78.".encode(),
    "figures": b"EAN 5790001234567, CVR 12345678, dokument 1234567890123, 1.012.030.123 kr., 2012-10-12 14",
    "HTML": b"<!doctype html><!-- main --><title>Referat</title><nav><a hidden>Menu</a></nav><p title='Kort'>Ja</p>",
    "HTML, white on black": b"<body style='background:#000'><p style='color:#fff'>Referat af moedet</p>",
    "HTML, white on old black": b"<table><tr><td bgcolor=black><font color=white>Referat</font></table>",
    "HTML, white on a picture": b"<body style='background:#fff url(a.png)'><p style='color:#fff'>Referat af moedet</p>",
    "HTML, white letters made black": b"<p style='background:red;color:#fff'>Ja<b style='background:#fff;color:red'>A",
    "HTML, a tint": b"<p style='background:rgba(0,0,0,.05);color:rgba(0,0,0,.87)'>Referat af moedet</p>",
    "HTML, colours of names": b"<style>p{color:var(--a);background:var(--b)} b{color:currentcolor}</style><p>A<b>b",
    "HTML, colours that are none": b"<p style='color:rgb(1);background:hsl(x,y,z)'>Ja <b style='color:#12345'>tak</b>",
    "HTML, room to spare": b"<p style='height:0'>Referat</p><p style='overflow:hidden;height:10px;min-height:0'>Ja</p>",
    "HTML, turned and clipped in part": b"<p style='transform:scale(0.9);clip-path:inset(10%);opacity:.5'>Referat</p>",
    "HTML, a box behind": b"<p>Referat<i style='position:absolute;inset:0;background:red;z-index:-1'></i></p>",
    "HTML, a veil": b"<p>Referat<i style='position:absolute;inset:0;background:rgba(0,0,0,.3)'></i></p>",
    "HTML, a card over nothing": b"<div><img><i style='position:absolute;inset:0;background:#eee'>Referat af</i></div>",
    "HTML, what is opened": b"<details><summary>Mere</summary><p>Referat af moedet</p></details>",
    "HTML, not read aloud": b"<p aria-hidden=true>Referat af moedet</p>",
    "HTML, a picture": b'<p>Referat</p><img alt="Logo" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
    "HTML, screen sizes": b"<style>@media (max-width:9px){p{display:none}} ::-x{opacity:0}</style><p>Referat</p>",
    "JSON": b'{"text": "Referat", "count": 12}',
    "empty": b"",
    "PDF": sheet(),
    "PDF, white on a box": sheet(BOX + "1 g " + text_at("Overskrift") + "0 g"),
    "PDF, a highlight": sheet("1 1 0 rg 10 190 400 30 re f 0 g " + text_at("Overskrift")),
    "PDF, bold by printing twice": sheet(text_at("Overskrift") + text_at("Overskrift", x=20.3)),
    "PDF, a blank page": sheet(shown=""),
    "PDF, for the web": sheet(saved={"linearize": True}),
    "PDF, an owner's password": sheet(saved={"encryption": pikepdf.Encryption(owner="x", user="")}),
    "PDF, a layer that is on": sheet(
        "/OC /L BDC " + text_at("Lag") + "EMC", lambda pdf, page: graphics(pdf, page, on=True)
    ),
    "PDF, replacement text that is shown": sheet("/Span <</ActualText (Navn)>> BDC " + text_at("Navn") + "EMC"),
    "PDF, revised and saying the same": revised(sheet(), sheet()),
}


@pytest.mark.parametrize("case", CLEAN)
def test_what_is_clean_gives_no_hit(case):
    assert screen(CLEAN[case], name="a") == ()


@pytest.mark.slow
def test_false_alarms_on_real_documents_are_few(shared_data, capsys):
    found, files = Counter(), 0
    for path in sorted(p for p in shared_data.rglob("*") if p.is_file()):
        files += 1
        found.update(hit.rule for hit in screen(path.read_bytes(), name=path.name))
    with capsys.disabled():
        print(f"\nscreening: {found.total()} false alarms in {files} real documents {dict(found)}")  # noqa: T201
    assert files > 100
    assert found.total() == 0


TYPESET = """
#set document(title: "Referat")
#set page(width: 12cm, height: 9cm)
= Referat
Udvalget mødtes den 12. marts.

#let words = [WORDS]
"""
TRICKS = {
    "covered": "#place(dy: 1cm, words) #place(dy: 0.8cm, rect(width: 9cm, height: 1cm, fill: black))",
    "faint": "#text(fill: white, words)",
    "outside": "#place(dx: 40cm, words)",
    "tiny": "#text(size: 1pt, words)",
    "covered|faint": "#block(clip: true, height: 1pt, move(dy: 1cm, words))",
}


@pytest.mark.parametrize("rule", TRICKS)
@pytest.mark.parametrize("words", [SECRET, f"Borger {NUMBER}"])
def test_fonts_with_their_own_numbering_hide_nothing(rule, words):
    data = typst.compile((TYPESET.replace("WORDS", words) + TRICKS[rule]).encode())
    rules = {hit.rule for hit in screen(data, name="a.pdf")}
    assert rules & set(rule.split("|"))
    assert ("cpr" in rules) == (NUMBER in words)


MEETING = r.Meeting(
    kind="minutes",
    organization="Udvalget",
    body="Prøvekommunen",
    title="Møde",
    meeting=r.Time(start="2018-04-09T17:00"),
    items=(r.Item(order=1, number="1", title="Godkendelse", access="open", decision="Godkendt."),),
)


PART = "0b5e8f4e-6c1f-4d07-9a35-1f6f3f1d2c11"
PRODUCT = r.Product(
    id="5f1d2c11-6c1f-4d07-9a35-0b5e8f4e6c1f",
    body="Prøvekommunen",
    organization="Udvalget",
    title="Trygge veje",
    version="v0.4",
    frozen="2018-04-12T10:00",
    elements=(
        r.Element(id=PART, kind="text", number="1", title="Lys", text="Der er mørkt."),
        r.Element(id=PART.replace("0b", "1c"), kind="measure", number="1.1", title="Lamper", parent=PART),
    ),
    changes=(r.Change(id="Æ-02", element=PART, text="En beslutning", cause="Udvalget"),),
    answers=(r.Answer(contribution="K-01", outcome="not", text="Det er for dyrt."),),
    facts=(r.Fact(id="A", title="Lamper", columns=("År", "Antal"), rows=(("2017", "5"),), elements=(PART,)),),
    gaps=(
        r.Gap(id="G1", text="Hvor mange er utrygge?", state="open", elements=(PART,)),
        r.Gap(id="G2", text="Er der strøm?", state="closed", answer="Ja.", source="Værket"),
    ),
)


@pytest.mark.parametrize("to", ["html", "pdf", "json"])
@pytest.mark.parametrize("record", [MEETING, PRODUCT], ids=lambda one: type(one).__name__)
def test_what_we_write_ourselves_gives_no_hit(record, to):
    assert screen(write(record, to), name=f"a.{to}") == ()


def test_words_in_the_place_of_a_reference_are_no_reference():
    told = replace(PRODUCT, changes=(replace(PRODUCT.changes[0], element="Prøve Borger bor i nummer 5"),))
    (hit,) = screen(write(told, "pdf"), name="a.pdf")
    assert (hit.rule, hit.place) == ("carried", "record, changes.0.element")


def test_an_attached_record_is_a_concern_where_it_holds_more_than_may_be_released():
    closed = r.Meeting(items=(r.Item(order=1, title="Intern", access="closed"),))
    for record, rules in ((MEETING, set()), (closed, {"embedded"})):
        data = sheet("", attached("record.json", r.encode(record))(""))
        assert {hit.rule for hit in screen(data, name="a.pdf")} == rules


def test_a_record_in_a_file_is_a_concern_where_it_says_what_nobody_sees():
    shown = r.Meeting(title="Referat", items=(r.Item(order=1, title="Vej", access="open", decision="Godkendt."),))
    told = replace(shown, items=(replace(shown.items[0], decision="Direktøren blev afskediget."),))
    page = write(shown, "html").replace(
        b"</article>", '<span hidden data-field="actor" data-value="Direktøren"></span></article>'.encode()
    )
    with pikepdf.open(io.BytesIO(write(shown, "pdf"))) as pdf:
        pdf.attachments["record.json"].get_file().obj.write(r.encode(told))
        for name, value in pdf.docinfo.items():
            pdf.docinfo[name] = pikepdf.String(str(value).replace(r.identity(shown), r.identity(told)))
        pdf.save(paper := io.BytesIO())
    assert {hit.rule for hit in screen(page, name="x.html")} == {"carried"}
    assert "carried" in {hit.rule for hit in screen(paper.getvalue(), name="x.pdf")}


def test_each_hit_tells_where_and_why():
    (hit,) = screen(f"Linje et\nBorger {NUMBER}\n".encode(), name="a.txt")
    assert (hit.rule, hit.place, hit.excerpt) == ("cpr", "text, line 2", "Linje et Borger ••••••-••••")
    assert hit.reason.endswith("without modulus 11")
    hits = screen(sheet(text_at(SECRET) + BOX), name="a.pdf")
    assert [(hit.rule, hit.place, hit.excerpt) for hit in hits] == [("covered", "page 1", SECRET)]


def test_what_other_text_covers_is_told_from_text_printed_twice():
    """A label over a box must not make what is under the box look as if it were seen; nor may many of them."""
    many = "".join(text_at("Ord", y=y) + text_at("Ord", x=20.2, y=y) for y in range(20, 180, 14))
    data = sheet(many + text_at(SECRET) + BOX + "1 g " + text_at("Slettet af hensyn til borger") + "0 g")
    assert [hit.rule for hit in screen(data, name="a.pdf")] == ["covered"]


def test_a_page_with_text_over_text_over_text_cannot_be_told_apart():
    """Each is drawn alone to see whether it is seen; twenty-one over one another are too many."""
    data = sheet("".join(text_at("Ord", x=20 + n / 50) for n in range(MAX_LAYERS + 1)))
    assert [hit.rule for hit in screen(data, name="a.pdf")] == ["unscreenable"]


def test_files_in_files_are_opened_to_a_depth_and_no_further():
    data = NUMBER.encode()
    for _ in range(MAX_DEPTH):
        data = sheet("", attached("x.pdf", data)(""))
    assert "cpr" in {hit.rule for hit in screen(data, name="a.pdf")}
    deeper = screen(sheet("", attached("x.pdf", data)("")), name="a.pdf")
    assert "unscreenable" in {hit.rule for hit in deeper}


def test_more_revisions_than_are_read_cannot_be_screened():
    plain = sheet()
    data = plain + b"\n%%EOF\n" * (MAX_REVISIONS + 1)
    assert [hit.rule for hit in screen(data, name="a.pdf")] == ["unscreenable"]


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n",
        sheet()[:300],
        sheet(saved={"encryption": pikepdf.Encryption(owner="x", user="y")}),
        b"%PDF-1.4 " + bytes(2000),
    ],
)
def test_a_pdf_that_cannot_be_opened_is_an_error_and_never_clean(data):
    with pytest.raises(UnreadableFile):
        screen(data, name="a.pdf")


def test_an_embedded_file_that_cannot_be_opened_is_a_hit():
    hits = screen(sheet("", attached("b.pdf", b"%PDF-1.7\n")("")), name="a.pdf")
    assert {hit.rule for hit in hits} == {"embedded", "unscreenable"}


def test_a_font_that_does_not_tell_its_letters_cannot_be_screened():
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        drawn = pdf.make_stream(b"600 0 0 0 500 700 d1 0 0 500 700 re f")
        names = [pikepdf.Name(f"/g{n}") for n in range(26)]
        page.Resources.Font.F1 = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type3,
            FontBBox=pikepdf.Array([0, 0, 600, 700]),
            FontMatrix=pikepdf.Array([0.001, 0, 0, 0.001, 0, 0]),
            CharProcs=pikepdf.Dictionary({str(name): drawn for name in names}),
            Encoding=pikepdf.Dictionary(Differences=pikepdf.Array([65, *names])),
            FirstChar=65,
            LastChar=90,
            Widths=pikepdf.Array([600] * 26),
        )

    data = sheet(text_at("ABCDEFGHIJ"), change, shown="")
    assert "unscreenable" in {hit.rule for hit in screen(data, name="a.pdf")}


def test_a_stream_that_cannot_be_decoded_cannot_be_screened():
    def change(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        pdf.Root.Odd = pikepdf.Stream(pdf, b"abc", Filter=pikepdf.Name.LZWDecode)

    assert "unscreenable" in {hit.rule for hit in screen(sheet("", change), name="a.pdf")}


def test_the_numbers_of_drawings_are_no_text():
    data = b'<svg><path d="M01 02 03 1234 L 010203 1234"/><polygon points="01,02 03,1234"/></svg><p>Kort</p>'
    assert screen(data, name="a.html") == ()


def test_every_passage_tells_its_place():
    data = sheet(text_at(SECRET) + BOX, attached("b.html", b"<p hidden>x</p>")(""))
    assert all(p.place for p in passages(data, name="a.pdf"))


FILES = sorted({p.data for p in PLANTED.values() if len(p.data) < 20_000})


@settings(max_examples=150)
@given(
    st.sampled_from(FILES), st.lists(st.tuples(st.integers(0, 20_000), st.binary(max_size=8)), max_size=12), st.data()
)
def test_a_damaged_file_is_screened_or_refused(data, cuts, draw):
    """Never another error, whatever bytes stand where, and never a hit without a place."""
    damaged = bytearray(data)
    for at, put in cuts:
        start = at % (len(damaged) + 1)
        damaged[start : start + draw.draw(st.integers(0, 40))] = put
    with suppress(UnreadableFile):
        assert all(hit.place for hit in screen(bytes(damaged), name="a"))


def test_pikepdf_saves_what_the_tests_take_for_granted():
    """The planted revisions are one file: its last revision is what a reader shows."""
    data = revised(sheet(text_at(SECRET)), sheet())
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert SECRET.encode() not in pdf.pages[0].Contents.read_bytes()
    assert SECRET.encode() not in data  # compressed, as in most files
