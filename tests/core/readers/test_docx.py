"""DOCX bytes to lines: what Word shows with all changes accepted, as a web page with the same text would give."""

from __future__ import annotations

import io
import zipfile

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raadslag.core.errors import LimitExceeded, UnreadableFile
from raadslag.core.readers import html, office, read_bytes, sniff, text_of
from raadslag.core.readers.docx import extract
from raadslag.core.record import Meeting
from tests.core.readers.laws import assert_read_or_refused
from tests.core.readers.offices import listed, p, plain, r, saved, with_parts, word

NUMBERING = """<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%3)"/></w:lvl>
<w:lvl w:ilvl="3"><w:start w:val="4"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%4"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="0"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
</w:numbering>"""


def texts(body: str, **parts: str) -> list[str]:
    return [line.text for line in extract(word(body, word__numbering_xml=NUMBERING, **parts)).lines if line.text]


# --- what is shown ---


def test_paragraphs_are_lines_with_a_blank_one_between():
    lines = extract(word(p("Et ", "afsnit") + p("To", "<w:r><w:br/></w:r>", "linjer"))).lines
    assert [line.text for line in lines] == ["Et afsnit", "", "To", "linjer"]


def test_a_tab_parts_a_label_from_its_value():
    assert texts(p("Mødested", "<w:r><w:tab/></w:r>", "Salen")) == ["Mødested   Salen"]


def test_headings_tell_their_level_by_style_and_by_outline():
    document = plain()
    document.add_heading("Referat", 0)
    document.add_heading("Punkt 1", 2)
    document.add_paragraph("Tekst")
    found = [(line.text, line.heading) for line in extract(saved(document)).lines if line.text]
    assert found == [("Referat", 1), ("Punkt 1", 2), ("Tekst", None)]
    outlined = extract(word(p("Sag", properties='<w:outlineLvl w:val="2"/>') + p("Tekst"))).lines
    assert (outlined[0].text, outlined[0].heading) == ("Sag", 3)


def test_a_style_takes_over_from_the_one_that_it_is_based_on():
    document = plain()
    style = document.styles.add_style("Punktoverskrift", 1)
    style.base_style = document.styles["Heading 3"]
    document.add_paragraph("Sag", style=style)
    document.add_paragraph("Tekst")
    assert extract(saved(document)).lines[0].heading == 3


def test_lists_have_the_numbers_that_word_writes():
    body = listed("A") + listed("B", 1) + listed("C", 1) + listed("D", 2) + listed("E") + listed("F", 1)
    assert texts(body) == ["1. A", "1.1 B", "1.2 C", "a) D", "2. E", "2.1 F"]
    assert texts(listed("A", 3) + listed("B", 3)) == ["IV A", "V B"]
    assert texts(listed("A", 0, 2) + listed("B", 0, 2)) == ["- A", "- B"]


def test_a_list_goes_on_after_other_text_and_begins_again_where_it_is_told_to():
    body = listed("A") + p("Mellem") + listed("B") + listed("C", 0, 3) + listed("D", 0, 3)
    assert texts(body) == ["1. A", "Mellem", "2. B", "7. C", "8. D"]


def test_a_list_that_is_switched_off_has_no_number():
    assert texts(listed("A", 0, 0) + listed("B", 0, 99)) == ["A", "B"]


def test_a_heading_of_a_list_has_its_number():
    assert texts(p("Torvet", properties='<w:pStyle w:val="Heading1"/><w:numPr><w:numId w:val="1"/></w:numPr>')) == [
        "1. Torvet"
    ]


def test_a_table_has_a_line_for_each_row():
    document = plain()
    table = document.add_table(2, 3)
    for n, text in enumerate(["Konto", "2025", "2026", "Drift", "1.200", "1.300"]):
        table.cell(n // 3, n % 3).text = text
    found = [(line.text, line.cells) for line in extract(saved(document)).lines if line.text]
    assert found == [("Konto | 2025 | 2026", True), ("Drift | 1.200 | 1.300", True)]


def test_text_boxes_and_footnotes_follow_the_paragraph_that_they_stand_at():
    box = f"<w:r><w:pict><w:txbxContent>{p('I en boks')}</w:txbxContent></w:pict></w:r>"
    assert texts(p("Før", box) + p("Efter")) == ["Før", "I en boks", "Efter"]


def test_of_two_ways_to_say_the_same_the_newer_counts():
    choice = f"<mc:Choice>{r('ny')}</mc:Choice><mc:Fallback>{r('gammel')}</mc:Fallback>"
    both = f"<mc:AlternateContent>{choice}</mc:AlternateContent>"
    assert texts(p("Den ", both, " måde")) == ["Den ny måde"]


def test_links_fields_controls_and_signs_show_what_they_show():
    link = f'<w:hyperlink w:anchor="x">{r("bilag 1")}</w:hyperlink>'
    field = (
        '<w:r><w:instrText> PAGE </w:instrText></w:r><w:fldSimple w:instr="DATE">' + r("3. marts") + "</w:fldSimple>"
    )
    control = f"<w:sdt><w:sdtPr/><w:sdtContent>{r(' i salen')}</w:sdtContent></w:sdt>"
    sign = '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:noBreakHyphen/></w:r>'
    assert texts(p("Se ", link, ", ", field, control, sign)) == ["Se bilag 1, 3. marts i salen✓-"]
    assert texts(f"<w:sdt><w:sdtContent>{p('En blok')}</w:sdtContent></w:sdt>") == ["En blok"]


# --- what is not ---


def test_changes_are_read_as_accepted_and_told():
    body = p("Godkendt", f"<w:ins>{r(' med ændringer')}</w:ins>", f"<w:del>{r(' uændret', tag='delText')}</w:del>", ".")
    body += p(f"<w:moveFrom>{r('Flyttet')}</w:moveFrom>") + p("Nu: ", f"<w:moveTo>{r('Flyttet')}</w:moveTo>")
    found = extract(word(body))
    assert [line.text for line in found.lines if line.text] == ["Godkendt med ændringer.", "Nu: Flyttet"]
    assert [(one.code, "4 tracked changes" in one.message) for one in found.warnings] == [("tracked_changes", True)]
    assert extract(word(p("Uændret"))).warnings == ()


def test_a_paragraph_whose_end_was_taken_out_goes_on_in_the_next():
    assert texts(p("Et ", properties="<w:rPr><w:del/></w:rPr>") + p("afsnit")) == ["Et afsnit"]
    assert texts(p("Sidste", properties="<w:rPr><w:del/></w:rPr>")) == ["Sidste"]


def test_a_row_that_was_taken_out_is_gone():
    row = "<w:tr>{}<w:tc>{}</w:tc><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    body = row.format("", p("A"), p("B"), p("C")) + row.format("<w:trPr><w:del/></w:trPr>", p("D"), p("E"), p("F"))
    assert texts(f"<w:tbl>{body}</w:tbl>") == ["A | B | C"]


def test_hidden_text_is_left_out():
    assert texts(p("Synlig", r(" skjult", "<w:vanish/>"), r(" og vist", '<w:vanish w:val="0"/>'))) == ["Synlig og vist"]


def test_markup_in_the_text_is_text():
    assert texts(p("&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; 3 &lt; 4")) == [
        "<script>alert(1)</script> &amp; 3 < 4"
    ]


# --- the same minutes in two formats ---

MINUTES = [
    ("h1", "Referat af møde i Udvalget for Byrum"),
    ("p", "Mødetidspunkt   09-04-2018 17:00"),
    ("p", "Mødested   Prøvegården"),
    ("p", "Tilstede: Asta Holmen og Birgit Fuglsang-Lind"),
    ("p", "Fraværende: Karl Lind (afbud)"),
    ("h2", "1 (Åben) Torvet"),
    ("p", "Sags ID: PRV-2018-00001"),
    ("h3", "Resumé"),
    ("p", "Udvalget får et forslag om byens rum."),
    ("li", "Bænke"),
    ("li", "Træer"),
    ("h3", "Beslutninger"),
    ("p", "Forslaget om bænke blev godkendt."),
    ("p", "Protokollen blev læst og mødet hævet kl.: 19.05"),
]


def as_word() -> bytes:
    document = plain()
    for tag, text in MINUTES:
        if tag == "li":
            document.add_paragraph(text, style="List Bullet")
        elif tag == "p":
            document.add_paragraph(text.replace("   ", "\t"))
        else:
            document.add_heading(text, int(tag[1]))
    return saved(document)


def as_html() -> bytes:
    body = "".join(f"<{tag}>{text.replace('   ', chr(0xA0) * 3)}</{tag}>" for tag, text in MINUTES)
    body = body.replace("<li>Bænke", "<ul><li>Bænke").replace("Træer</li>", "Træer</li></ul>")
    return f"<!doctype html><meta charset=utf-8>{body}".encode()


def test_the_same_minutes_give_the_same_record_in_both_formats():
    assert extract(as_word()).lines == html.extract(as_html()).lines
    of_word, of_html = read_bytes(as_word(), "referat.docx"), read_bytes(as_html(), "referat.html")
    assert isinstance(of_word, Meeting)
    assert [item.decision for item in of_word.items] == ["Forslaget om bænke blev godkendt."]
    bare = [msgspec.structs.replace(one, provenance=None) for one in (of_word, of_html)]
    assert bare[0] == bare[1]
    assert of_word.provenance is not None
    assert (of_word.provenance.reader, of_word.provenance.media_type) == ("docx", sniff.DOCX)


def test_its_text_is_told_for_search():
    assert text_of(as_word(), sniff.DOCX).text.startswith("Referat af møde i Udvalget for Byrum\n")


# --- what cannot be read ---


def test_what_is_no_document_is_told_with_a_way_out():
    good = word(p("Tekst"))
    macros = good_with_type(good, "application/vnd.ms-word.document.macroEnabled.main+xml")
    doctype = with_parts(good, word__document_xml='<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    for data in (good[:300], good[:-200], with_parts(good, word__document_xml="<w:broken"), macros, doctype, word("")):
        with pytest.raises(UnreadableFile) as refused:
            extract(data)
        assert refused.value.remedy.endswith(".")


def good_with_type(data: bytes, kind: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        types = package.read("[Content_Types].xml").decode()
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return with_parts(data, **{"[Content_Types]_xml": types.replace(main, kind)})


def test_a_package_that_unpacks_too_far_is_refused(monkeypatch):
    monkeypatch.setattr(office, "MAX_BYTES", 1 << 20)
    with pytest.raises(LimitExceeded):
        extract(word(p("A" * (2 << 20))))


def test_an_encrypted_package_is_refused():
    data = bytearray(word(p("Tekst")))
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(UnreadableFile) as refused:
        extract(bytes(data))
    assert refused.value.found == "an encrypted one"


GOOD = word(p("Referat") + listed("A") + p(f"<w:ins>{r('b')}</w:ins>"), word__numbering_xml=NUMBERING)
_CUTS = st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=20)


@given(_CUTS)
@settings(max_examples=150, deadline=None)
def test_however_it_is_broken_it_is_read_or_refused(changes):
    data = bytearray(GOOD)
    for at, value in changes:
        data[at] = value
    assert_read_or_refused(bytes(data), sniff.DOCX)


_XML = st.recursive(
    st.sampled_from(["<w:t>a</w:t>", "<w:br/>", "<w:tab/>", "<w:sym w:char='x'/>", "tekst", "<w:numId w:val='9'/>"]),
    lambda inner: st.builds(
        lambda tag, parts: f"<w:{tag}>{''.join(parts)}</w:{tag}>",
        st.sampled_from(
            ["p", "r", "tbl", "tr", "tc", "ins", "del", "pPr", "rPr", "numPr", "sdt", "sdtContent", "pict"]
        ),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)


@given(_XML)
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_the_body_is_read_or_refused(body):
    assert_read_or_refused(word(p("Referat") + body), sniff.DOCX)
