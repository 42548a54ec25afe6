"""DOCX and XLSX: the words go however they are cut up, and nothing of what hides comes along."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
import pytest
from PIL import Image

from raadslag.core.errors import CannotRedact, UnknownFormat, WordsNotFound
from raadslag.core.readers import text_of
from raadslag.core.readers.sniff import DOCX, XLSX
from raadslag.core.redacting import MARK, redact
from tests.core.readers import offices
from tests.core.readers.offices import p, r, word


def shown(data: bytes, kind: str = DOCX) -> str:
    return text_of(data, kind).text


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name).decode("utf-8", "replace") for name in package.namelist()}


def test_words_go_however_the_runs_cut_them_up():
    copy = redact(word(p("Sagen om Dit", r("mar Dyb", "<w:b/>"), "vad er ude")), "a.docx", ["Ditmar Dybvad"])
    assert shown(copy.data).split("\n")[-1] == f"Sagen om {MARK} er ude"
    assert copy.hits == ()
    docx.Document(io.BytesIO(copy.data))


def test_changes_count_as_accepted_and_nobody_is_named():
    body = p(
        "Sagen ",
        f'<w:ins w:id="1" w:author="Enghave">{r("er ")}</w:ins>',
        f'<w:del w:id="2" w:author="Enghave">{r("Dybvad", tag="delText")}</w:del>',
        "udsat",
    )
    copy = redact(word(body), "a.docx", ["Dybvad"])
    assert "Sagen er udsat" in shown(copy.data)
    assert "Enghave" not in "".join(parts(copy.data).values())


def test_hidden_text_goes_and_so_does_what_hides_by_its_style():
    styles = (
        f'<w:styles xmlns:w="{offices.W}"><w:style w:type="character" w:customStyle="1" w:styleId="Dybvad">'
        '<w:name w:val="Dybvad"/><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    )
    body = p("Synlig ", r("gemt Dybvad", "<w:vanish/>"), r("gemt også", '<w:rStyle w:val="Dybvad"/>'))
    copy = redact(word(body, word__styles_xml=styles), "a.docx", ["Dybvad"])
    whole = "".join(parts(copy.data).values())
    assert "gemt" not in whole
    assert "Dybvad" not in whole


def test_text_boxes_heads_and_notes_are_redacted_and_fields_keep_what_they_show():
    inside = f"<w:txbxContent>{p('Dybvad i boks')}</w:txbxContent>"
    box = f'<w:r><w:pict><v:shape xmlns:v="urn:x">{inside}</v:shape></w:pict></w:r>'
    field = f'<w:fldSimple w:instr=" AUTHOR Dybvad ">{r("vist felt")}</w:fldSimple>'
    document = offices.plain()
    document.add_paragraph("Her")
    document.sections[0].header.paragraphs[0].text = "Til Dybvad fra udvalget"
    copy = redact(offices.saved(document), "a.docx", ["Dybvad"])
    head = next(text for name, text in parts(copy.data).items() if "header" in name)
    assert f"Til {MARK} fra udvalget" in head
    copy = redact(word(p("Før ", box, field, " Dybvad")), "a.docx", ["Dybvad"])
    assert "vist felt" in shown(copy.data)
    assert "boks" not in "".join(parts(copy.data).values())


def test_pictures_stay_without_what_the_camera_wrote():
    picture = io.BytesIO()
    marks = Image.Exif()
    marks[0x013B] = "Dybvad"
    Image.new("RGB", (20, 20), "red").save(picture, "JPEG", exif=marks, comment=b"Dybvad")
    document = offices.plain()
    document.add_paragraph("Om Dybvad")
    document.add_picture(io.BytesIO(picture.getvalue()))
    copy = redact(offices.saved(document), "a.docx", ["Dybvad"])
    with zipfile.ZipFile(io.BytesIO(copy.data)) as package:
        (name,) = [name for name in package.namelist() if "media" in name]
        data = package.read(name)
    assert b"Dybvad" not in data
    assert Image.open(io.BytesIO(data)).getpixel((5, 5))[0] > 200
    assert copy.hits == ()


def test_files_comments_and_properties_do_not_come_along():
    document = offices.plain()
    document.core_properties.author = "Enghave"
    document.add_paragraph("Om Dybvad")
    data = offices.with_parts(offices.saved(document), word__embeddings__fil_bin=b"Dybvad", customXml__item1_xml="<a/>")
    copy = redact(data, "a.docx", ["Dybvad"])
    assert not any(name.startswith(("docProps", "customXml", "word/embeddings")) for name in parts(copy.data))
    assert copy.hits == ()


def test_words_that_are_named_as_tags_or_measures_are_redacted_too():
    copy = redact(word(p("Body, left og Normal er ord")), "a.docx", ["Body", "left", "Normal"])
    assert shown(copy.data).split("\n")[-1] == f"{MARK}, {MARK} og {MARK} er ord"


def test_a_spreadsheet_keeps_what_it_shows_and_nothing_else():
    book = offices.workbook(
        Oversigt=[["Navn", "Antal"], ["Ditmar Dybvad", 12.5], ["Enghave", "=1+1"]], Kladde=[["Dybvad"]]
    )
    book["Kladde"].sheet_state = "hidden"
    book["Oversigt"]["A5"] = "gemt række"
    book["Oversigt"].row_dimensions[5].hidden = True
    book["Oversigt"]["D1"] = "gemt kolonne"
    book["Oversigt"].column_dimensions["D"].hidden = True
    book["Oversigt"]["B2"].number_format = "0.00"
    copy = redact(offices.saved(book), "a.xlsx", ["Dybvad"])
    assert shown(copy.data, XLSX).split("\n") == ["Oversigt", "Navn | Antal", f"Ditmar {MARK} | 12,5", "Enghave"]
    read = openpyxl.load_workbook(io.BytesIO(copy.data))
    assert read.sheetnames == ["Oversigt"]
    assert read["Oversigt"]["B2"].number_format == "0.00"
    assert "gemt" not in "".join(parts(copy.data).values())
    assert copy.hits == ()


def test_a_number_that_has_lost_its_nought_goes_too():
    copy = redact(
        offices.saved(offices.workbook(Ark=[["Nr.", 102030000], ["Nr.", 991399000]])), "a.xlsx", [], numbers=True
    )
    assert shown(copy.data, XLSX) == f"Ark\nNr. | {MARK}\nNr. | 991399000"


def test_the_name_of_a_sheet_is_a_text():
    copy = redact(offices.saved(offices.workbook(Dybvad=[["x"]], Fjernet=[["y"]])), "a.xlsx", ["Dybvad"])
    assert openpyxl.load_workbook(io.BytesIO(copy.data)).sheetnames == ["fjernet", "Fjernet 2"]


PAGE = """<!doctype html><html lang="da"><head><title>Dybvad</title><script>var a="Dybvad"</script>
<style>.x{display:none}</style></head><body><!-- Dybvad --><h1 title="Dybvad">Referat</h1>
<p>Sagen om <b>Dyb</b>vad &amp; <a href="mailto:dybvad@example.org">andre</a></p><p class="x">Dybvad skjult</p>
<table><tr><th scope="col">Navn</th><td colspan="2">Enghave</td></tr></table><img alt="Dybvad"></body></html>"""


def test_a_web_page_is_told_anew_by_what_it_shows():
    copy = redact(PAGE.encode(), "a.html", ["Dybvad"]).data.decode()
    assert f"<p>Sagen om <b>{MARK}</b> &amp; andre</p>" in copy
    assert '<th scope="col">Navn</th><td colspan="2">Enghave</td>' in copy
    assert "ybvad" not in copy
    assert "skjult" not in copy


def test_a_text_keeps_its_lines():
    assert redact("Om Dybvad\r\nog Æble\n".encode("cp1252"), "a.txt", ["Dybvad"]).data.decode() == (
        f"Om {MARK}\r\nog Æble\n"
    )
    table = redact(b"navn;tal\nDitmar;010203-0000\n", "a.csv", ["Ditmar"], numbers=True)
    assert table.data.decode() == f"navn;tal\n{MARK};{MARK}\n"


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (b"\x89PNG\r\n\x1a\n", "kort.png", UnknownFormat),
        (b"Om Dybvad", "a.txt", WordsNotFound),
        (b"Om Enghave&#32;og 010203&#45;0000", "a.txt", CannotRedact),
    ],
)
def test_where_nothing_can_be_done_for_sure_there_is_no_copy(data, name, error):
    with pytest.raises(error):
        redact(data, name, ["Enghave"] if name == "a.txt" else [], numbers=True)


def test_without_words_there_is_nothing_to_do():
    with pytest.raises(CannotRedact, match="at least one"):
        redact(b"Om Dybvad", "a.txt", [" "])
