"""PDF bytes to lines: what stands on the page, in the order a person reads it, and nothing lost."""

from __future__ import annotations

import io
import re
from collections import Counter

import pikepdf
import pypdfium2
import pytest

from raadslag.core.errors import LimitExceeded, UnreadableFile
from raadslag.core.readers.pdf import extract
from tests.core.readers import pdfs


def texts(data: bytes) -> list[str]:
    return [line.text for line in extract(data).lines if line.text]


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def page_text(data: bytes) -> str:
    """What PDFium itself says stands on the pages."""
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


PROSE = (
    "Udvalget drøftede sagen og fandt, at",
    "haverne ved Møllevang bør passes af",
    "dem, der bruger dem, og at der skal",
    "sættes en bænk ved indgangen, så de",
    "ældre kan hvile sig undervejs derhen",
)


def test_lines_keep_their_order_their_page_and_the_blank_between_paragraphs():
    first = [*pdfs.lines("Referat", "af et møde"), *pdfs.lines("Punkt 1", top=700)]
    lines = extract(pdfs.placed(first, pdfs.lines("Punkt 2"))).lines
    assert [(line.text, line.page) for line in lines] == [
        ("Referat", 1), ("af et møde", 1), ("", 1), ("Punkt 1", 1), ("Punkt 2", 2),
    ]  # fmt: skip


def test_a_label_and_its_value_stand_on_one_line_apart():
    head = [(50, 780, "Mødedato"), (130, 780, "Mandag den 3. marts 2025"), (50, 765, "Mødested"), (130, 765, "Salen")]
    assert texts(pdfs.placed(head)) == ["Mødedato   Mandag den 3. marts 2025", "Mødested   Salen"]


def test_labels_drawn_before_all_values_still_meet_them():
    labels = pdfs.lines("Dato:", "Sted:", "Start:", "Slut:")
    values = pdfs.lines("3. marts 2025", "Salen", "17.00", "19.05", x=130)
    expected = ["Dato:   3. marts 2025", "Sted:   Salen", "Start:   17.00", "Slut:   19.05"]
    assert texts(pdfs.placed(labels + values)) == expected


def test_two_columns_of_prose_are_read_one_after_the_other():
    left = pdfs.lines(*PROSE, top=700)
    right = pdfs.lines(*(line.upper() for line in PROSE), x=320, top=700)
    by_row = [segment for pair in zip(left, right, strict=True) for segment in pair]
    expected = ["Overskrift", *PROSE, *(line.upper() for line in PROSE), "Efterord"]
    for drawn in (left + right, by_row):
        page = [*pdfs.lines("Overskrift"), *drawn, *pdfs.lines("Efterord", top=500)]
        assert texts(pdfs.placed(page)) == expected


def test_two_lists_of_names_drawn_one_after_the_other_stay_lists():
    present = pdfs.lines("Til stede", "Asta Lindehøj", "Bo Tangmose", "Clara Vindeby", "Dines Havgaard")
    absent = pdfs.lines("Afbud", "Ea Rosenlyng", "Frode Kildebæk", "Gry Sønderholt", "Ida Strandvig", x=300)
    assert texts(pdfs.placed(present + absent)) == [text for _, _, text in present + absent]


def test_a_table_has_a_line_for_each_row_with_its_cells():
    rows = [
        (50, 780, "Konto"), (200, 780, "2025"), (300, 780, "2026"),
        (50, 760, "Drift af haver"), (200, 760, "1.200"), (300, 760, "1.300"),
        (50, 748, "og stier"),
        (50, 728, "Anlæg"), (300, 728, "40"),
    ]  # fmt: skip
    found = [(line.text, line.cells) for line in extract(pdfs.placed(rows)).lines if line.text]
    expected = ["Konto | 2025 | 2026", "Drift af haver og stier | 1.200 | 1.300", "Anlæg |  | 40"]
    assert found == [(text, True) for text in expected]


def test_a_text_laid_out_in_a_table_is_read_cell_by_cell():
    prose = [f"Formanden bød velkommen og gennemgik dagsordenen nr. {n}" for n in range(9)]
    head = [(50, 780, "Nr."), (100, 780, "Punkt"), (250, 780, "Referat")]
    first = [(50, 760, "1"), (100, 760, "Velkomst"), *pdfs.lines(*prose, x=250, top=760)]
    second = [(50, 620, "2"), (100, 620, "Haver"), (250, 620, "Intet")]
    expected = ["Nr. | Punkt | Referat", "1", "Velkomst", *prose, "2 | Haver | Intet"]
    assert texts(pdfs.placed([*head, *first, *second])) == expected


def test_a_head_and_a_table_below_it_are_two_things():
    head = [(50, 780, "Mødedato"), (200, 780, "3. marts 2025"), (50, 765, "Mødested"), (200, 765, "Salen")]
    table = [(x, y, word) for y in (730, 715) for x, word in ((50, "Drift"), (250, "1.200"), (350, "1.300"))]
    expected = ["Mødedato   3. marts 2025", "Mødested   Salen", *["Drift | 1.200 | 1.300"] * 2]
    assert texts(pdfs.placed(head + table)) == expected


def test_one_row_of_three_parts_is_no_table():
    row = [(50, 780, "Referat"), (250, 780, "3. marts 2025"), (450, 780, "Side 1")]
    assert [(line.text, line.cells) for line in extract(pdfs.placed(row)).lines] == [
        ("Referat   3. marts 2025   Side 1", False)
    ]


def test_justified_words_are_not_columns():
    content = b"BT /F0 10 Tf 12 Tw 50 700 Td (en to tre fire fem seks syv) Tj ET"
    assert texts(pdfs.drawing(content)) == ["en to tre fire fem seks syv"]
    each = [(50.0, "en"), (74.0, "ny"), (98.0, "vej"), (128.0, "til"), (153.0, "det"), (180.0, "torv")]
    assert texts(pdfs.placed([(x, 700.0, word) for x, word in each])) == ["en ny vej til det torv"]


def test_a_footer_drawn_first_is_read_last():
    page = [(50, 30, "Side 1 af 9"), *pdfs.lines("Referat", "Punkt 1")]
    assert texts(pdfs.placed(page)) == ["Referat", "Punkt 1", "Side 1 af 9"]


def test_text_that_runs_upwards_is_kept_as_drawn():
    content = b"BT /F0 10 Tf 0 1 -1 0 300 100 Tm (Vandret sagt er dette lodret) Tj ET"
    assert texts(pdfs.drawing(content)) == ["Vandret sagt er dette lodret"]


def test_a_hyphen_at_the_end_of_a_line_stays():
    assert texts(pdfs.placed(pdfs.lines("parkering i p-", "huse og bus-", "linjer"))) == [
        "parkering i p-", "huse og bus-", "linjer",
    ]  # fmt: skip


@pytest.mark.parametrize("stamp", ["", "Side 1"])
def test_a_scanned_page_is_reported(stamp):
    found = extract(pdfs.scanned(stamp=stamp))
    assert [warning.code for warning in found.warnings] == ["image_only_page"]
    assert [line.text for line in found.lines] == ([stamp] if stamp else [])


def test_an_empty_page_is_no_scan_and_a_small_picture_beside_text_neither():
    assert extract(pdfs.placed([])).warnings == ()
    with pikepdf.open(io.BytesIO(pdfs.scanned(stamp="Et byvåben"))) as pdf:
        content = pdf.pages[0].obj.Contents.read_bytes().replace(b"595 0 0 842", b"59 0 0 84")
        pdf.pages[0].obj.Contents = pdf.make_stream(content)
        assert extract(pdfs.saved(pdf)).warnings == ()


def test_letters_that_the_font_does_not_tell_are_reported():
    with pikepdf.open(io.BytesIO(pdfs.placed(pdfs.lines("abc")))) as pdf:
        mapping = (
            b"/CIDInit /ProcSet findresource begin 1 begincmap 1 begincodespacerange <00> <ff> endcodespacerange\n"
        )
        mapping += b"3 beginbfchar <61> <e123> <62> <f0b7> <63> <fb01> endbfchar endcmap end"
        pdf.pages[0].obj.Resources.Font.F0.ToUnicode = pdf.make_stream(mapping)
        found = extract(pdfs.saved(pdf))
    assert [line.text for line in found.lines] == ["\ufffd•fi"]
    assert [warning.code for warning in found.warnings] == ["unknown_characters"]


def test_embedded_files_are_found_by_name():
    with pikepdf.open(io.BytesIO(pdfs.placed(pdfs.lines("Referat")))) as pdf:
        pdf.attachments["bilag.txt"] = b"Et bilag"
        assert extract(pdfs.saved(pdf)).files == {"bilag.txt": b"Et bilag"}


def test_an_encrypted_pdf_is_refused_and_one_without_a_password_to_open_is_read():
    with pikepdf.open(io.BytesIO(pdfs.placed(pdfs.lines("Referat")))) as pdf:
        locked = pdfs.saved(pdf, encryption=pikepdf.Encryption(user="ord", owner="ord"))
        opened = pdfs.saved(pdf, encryption=pikepdf.Encryption(user="", owner="ord"))
    with pytest.raises(UnreadableFile) as refused:
        extract(locked)
    assert refused.value.found == "an encrypted PDF"
    assert texts(opened) == ["Referat"]


def test_a_pdf_that_breaks_off_is_refused():
    data = pdfs.placed(pdfs.lines("Referat"))
    for length in (len(data) - 8, len(data) // 2, 20):
        with pytest.raises(UnreadableFile):
            extract(data[:length])


def test_a_pdf_with_too_many_pages_is_refused():
    with pytest.raises(LimitExceeded) as refused:
        extract(pdfs.placed([], [], []), max_pages=2)
    assert (refused.value.expected, refused.value.found) == ("at most 2 pages", "3")


def test_a_page_tree_that_lies_is_refused():
    data = pdfs.placed(pdfs.lines("Referat")).replace(b"/Count 1", b"/Count 9")
    with pytest.raises(UnreadableFile) as refused:
        extract(data)
    assert refused.value.place == "the file, page 2"


def test_no_word_of_a_real_paper_is_lost_and_no_line_is_changed(shared_data):
    data = (shared_data / "real" / "aarhus-byraad-2025-08-27.pdf").read_bytes()
    found = extract(data)
    assert words("\n".join(line.text for line in found.lines)) == words(page_text(data))
    shown = {re.sub(r"\s+", " ", line) for line in page_text(data).replace("\ufffe", "-\n").splitlines()}
    assert [line.text for line in found.lines if line.text and re.sub(r"\s+", " ", line.text) not in shown] == []
    assert found.pages == 28
    assert {line.page for line in found.lines} == set(range(1, 29))
