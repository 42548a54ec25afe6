"""Spreadsheets as text, and what office files hold besides what they show."""

from __future__ import annotations

from datetime import date

import pytest

from raadslag.core.errors import UnreadableFile
from raadslag.core.readers import sniff, text_of, xlsx
from raadslag.core.readers.hidden import screen
from tests.core.readers.offices import W, p, plain, r, saved, with_parts, word, workbook

SECRET = "Kanariefugl"
NUMBER = "111111-1118"


def rules(data: bytes, name: str = "a.docx") -> set[str]:
    found = screen(data, name=name)
    assert not any("1118" in hit.excerpt for hit in found)
    return {hit.rule for hit in found}


# --- spreadsheets ---


def test_a_spreadsheet_is_told_row_by_row():
    made = workbook(Budget=[["Konto", 2025], ["Drift", 1200.5], [], ["Dag", date(2025, 3, 1)]], Andet=[["Note"]])
    assert (
        text_of(saved(made), sniff.XLSX).text == "Budget\nKonto | 2025\nDrift | 1200,5\nDag | 2025-03-01\n\nAndet\nNote"
    )


def test_what_a_spreadsheet_hides_is_left_out():
    made = workbook(Budget=[["Konto", SECRET], [SECRET, "x"], ["Drift", "y"]], Skjult=[[SECRET]])
    made["Budget"].column_dimensions["B"].hidden = True
    made["Budget"].row_dimensions[2].hidden = True
    made["Skjult"].sheet_state = "hidden"
    assert xlsx.text(saved(made)) == "Budget\nKonto\nDrift"
    assert rules(saved(made), "a.xlsx") == {"hidden"}


def test_what_is_no_spreadsheet_is_refused():
    data = saved(workbook(A=[["x"]]))
    for broken in (data[:200], with_parts(data, xl__workbook_xml="<broken")):
        with pytest.raises(UnreadableFile):
            xlsx.text(broken)


def test_the_type_of_an_attachment_is_told_by_its_bytes():
    assert sniff.attachment_type(saved(workbook(A=[["x"]])), "a.bin") == sniff.XLSX
    assert sniff.attachment_type(word(p("x"))) == sniff.DOCX
    assert sniff.attachment_type(b"\x89PNG\r\n\x1a\n" + bytes(9)) == "image/png"
    assert sniff.attachment_type(b"\x7fELF" + bytes(range(256)) * 9) == sniff.UNKNOWN
    assert sniff.attachment_type(b"tekst") == sniff.TEXT


def test_a_kind_without_text_has_none():
    assert text_of(b"\x89PNG\r\n\x1a\n" + bytes(9), "image/png") == ("", None)


# --- screening ---


def test_a_file_that_hides_nothing_has_no_hits():
    document = plain()
    document.add_heading("Referat", 1)
    document.add_paragraph("Godkendt.")
    document.add_table(2, 6).cell(0, 0).text = "10"
    assert rules(saved(document)) == set()
    assert rules(saved(workbook(Budget=[["Konto", 10, 11, 12]])), "a.xlsx") == set()


COMMENT = f'<w:comments xmlns:w="{W}"><w:comment w:id="1">{p(SECRET)}</w:comment></w:comments>'
PICTURE = f'<w:r><w:drawing><wp:docPr id="1" name="Billede" descr="{SECRET}"/></w:drawing></w:r>'


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (word(p("Tekst", f"<w:del>{r(SECRET, tag='delText')}</w:del>")), "earlier_revision"),
        (word(p("Tekst", f"<w:moveFrom>{r(SECRET)}</w:moveFrom>")), "earlier_revision"),
        (word(p("Tekst", r(SECRET, "<w:vanish/>"))), "hidden"),
        (word(p("Tekst"), word__comments_xml=COMMENT), "comment"),
        (word(p("Tekst", PICTURE)), "alternate"),
        (word(p("Tekst"), word__embeddings__a_bin=SECRET), "embedded"),
        (word(p("Tekst"), word__glossary__document_xml=f"<x>{NUMBER}</x>"), "cpr"),
        (word(p("Tekst"), customXml__item1_xml=f"<x>{NUMBER}</x>"), "cpr"),
        (word(p("Tekst"), word__broken_xml="<x"), "unscreenable"),
        (word(p(f"Tekst {NUMBER}")), "cpr"),
    ],
)
def test_what_a_document_hides_is_found(data, rule):
    assert rules(data) == {rule}


def test_who_made_a_file_is_told():
    document = plain()
    document.add_paragraph("Tekst")
    document.core_properties.author = SECRET
    assert rules(saved(document)) == {"metadata"}


def test_what_the_page_shows_too_is_no_hit():
    assert rules(word(p("Godkendt.", f"<w:del>{r('Godkendt.', tag='delText')}</w:del>"))) == set()


def test_a_document_without_text_cannot_be_screened():
    assert rules(word("")) == {"unscreenable"}


def test_a_damaged_file_is_not_silent():
    with pytest.raises(UnreadableFile):
        screen(word(p("x"))[:-300], name="a.docx")
