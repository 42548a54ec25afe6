"""Papers that are written on by hand: what is known stands on them, what is not has room, and all of it is plain."""

from __future__ import annotations

import io
from html.parser import HTMLParser

import msgspec
import pikepdf
import pypdfium2
import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings

from raadslag.core.errors import UnknownFormat
from raadslag.core.readers import ours
from raadslag.core.record import (
    Attendance,
    Item,
    Meeting,
    Note,
    Point,
    Recommendation,
    Section,
    Signature,
    Time,
    Vote,
    VoteSide,
)  # fmt: skip
from raadslag.core.writers import FORM_FORMATS, forms, write_kit, write_sheet
from tests.core.writers.test_pdf import LONG, structure, text_of
from tests.strategies import meetings

generous = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None, max_examples=15
)

AGENDA = Meeting(
    kind="agenda", body="Prøvekommunen", organization="Prøveudvalget", title="4. møde",
    meeting=Time(start="2018-04-09T17:00", planned_end="2018-04-09T19:00", place="Mødelokale 2"),
    attendance=(
        Attendance(person="Runa Fjordager", status="listed", party="A", role="formand"),
        Attendance(person="Åge Østergård", status="listed", reason="afbud"),
        Attendance(person="Æble Hyldemose", status="listed", substitute="Åge Østergård"),
    ),
    items=(
        Item(
            order=1, number="1", title="Ny sti langs åen", access="open", reference="PRV-2018-00105",
            sections=(Section(kind="background", text="BAGGRUND"),),
            recommendation=Recommendation(points=(Point(text="stien anlægges"), Point(text="planen *følges*"))),
        ),
        Item(order=2, number="2", public_title="Leje af lokaler", access="closed", legal_ground="§ 10, stk. 1"),
    ),
)  # fmt: skip
MINUTES = msgspec.structs.replace(
    AGENDA, kind="minutes",
    meeting=Time(start="2018-04-09T17:02", adjourned="2018-04-09T19:05", read_out=True, place="Mødelokale 2"),
    attendance=(
        Attendance(person="Runa Fjordager", status="present"),
        Attendance(person="Idris Solhave", status="present", items=("2",), arrived="2018-04-09T17:20"),
        Attendance(person="Petra Hyldemose", status="present", left="2018-04-09T18:00"),
        Attendance(person="Åge Østergård", status="absent", reason="afbud", substitute="Æble Hyldemose"),
        Attendance(person="Runa Fjordager", status="absent", items=("2",)),
        Attendance(person="Asta Holmen", status="absent"),
        Attendance(person="Gæst Gæstesen", status="present", items=("1",)),
    ),
    items=(
        msgspec.structs.replace(
            AGENDA.items[0], outcome="approved", actor="formandskabet", decision="Stien **anlægges**.",
            recommendation=Recommendation(
                points=(Point(text="stien anlægges", outcome="approved"), Point(text="x", outcome="deferred"))
            ),
            votes=(Vote(question="Stien anlægges.", for_=VoteSide(count=4), against=VoteSide(count=1, who=("O",))),),
        ),
        AGENDA.items[1],
    ),
    signatures=(
        Signature(person="Runa Fjordager", signed="2018-04-09T19:10", reservation="FORBEHOLD"),
        Signature(person="Idris Solhave"), Signature(person="Nora Bæk", signed="2018-04-10"),
    ),
    notes=(Note(kind="remark", text="NOTE"),),
)  # fmt: skip


class _Words(HTMLParser):
    """The text of a page, and the tags it is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags, self._is_style = "", [], False

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self._is_style = tag == "style"

    def handle_data(self, data):
        self.text += "" if self._is_style else data


def said(data, to):
    """Every word on the paper, one space between them."""
    if to == "pdf":
        text = text_of(data)
    elif to == "html":
        page = _Words()
        page.feed(data.decode())
        text = page.text
    else:
        document = Document(io.BytesIO(data))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        lines = [line.text for line in document.paragraphs]
        text = "\n".join([*lines, *cells, document.sections[0].header.paragraphs[0].text])
    return " ".join(text.split())


def rows(meeting):
    """The attendance of a sheet, as a person reads it."""
    page = forms.sheet(meeting).pages[0]
    return [tuple(" ".join(filter(None, (c.text, c.details))) for c in row) for row in page.parts[0].rows]


# --- what stands on them ---


@pytest.mark.parametrize("to", FORM_FORMATS)
def test_a_sheet_says_who_meets_when_and_where_and_has_room_to_sign(to):
    words = said(write_sheet(AGENDA, to), to)
    for told in (
        "Prøvekommunen", "Fremmøde og underskrifter", "Prøveudvalget", "4. møde", "9. april 2018 kl. 17.00–19.00",
        "Mødelokale 2", "Navn", "Kom kl.", "Gik kl.", "Underskrift", "Runa Fjordager", "A, formand", "Åge Østergård",
        "afbud", "Æble Hyldemose", "for Åge Østergård", "Mødet hævet kl.",
    ):  # fmt: skip
        assert told in words
    for not_told in ("sti langs", "BAGGRUND", "Leje", "§ 10"):
        assert not_told not in words


def test_before_the_meeting_the_clocks_are_room_to_write_in():
    assert rows(AGENDA) == [
        ("Runa Fjordager A, formand", "", "", ""), ("Åge Østergård afbud", "", "", ""),
        ("Æble Hyldemose for Åge Østergård", "", "", ""), *[("", "", "", "")] * 3,
    ]  # fmt: skip


def test_after_the_meeting_what_is_known_stands_there():
    assert rows(MINUTES) == [
        ("Runa Fjordager", "17.02", "19.05", "underskrevet 9. april 2018 kl. 19.10"),
        ("Idris Solhave", "17.20", "19.05", ""),
        ("Petra Hyldemose", "17.02", "18.00", ""),
        ("Åge Østergård afbud, stedfortræder Æble Hyldemose", "", "", ""),
        ("Asta Holmen fraværende", "", "", ""),
        ("Gæst Gæstesen", "", "", ""),  # who was there for some items may have come and left at any time
        ("Nora Bæk", "", "", "underskrevet 10. april 2018"),
        *[("", "", "", "")] * 3,
    ]
    for to in FORM_FORMATS:
        words = said(write_sheet(MINUTES, to), to)
        assert "Mødet hævet kl. 19.05" in words
        for not_told in ("FORBEHOLD", "NOTE", "BAGGRUND", "anlægges"):
            assert not_told not in words


@pytest.mark.parametrize("to", FORM_FORMATS)
def test_a_kit_is_the_whole_meeting_on_paper(to):
    words = said(write_kit(AGENDA, to, clocks={1: "2018-04-09T17:00", 2: "2018-04-09T17:45"}), to)
    for told in (
        "Fremmøde og underskrifter", "Dagsorden", "17.00", "17.45", "1 (Åben) Ny sti langs åen",
        "Sags ID: PRV-2018-00105", "Hele punktet", "1. At stien anlægges", "2. At planen følges",
        "2 (Lukket) Leje af lokaler",
        "Lukket efter § 10, stk. 1", "Godkendt med ændringer", "Ingen beslutning", "Besluttet af", "udvalget",
        "formandskabet", "Referat", "Afstemning om", "For", "Imod", "Hverken eller", "Stemte ikke", "Kom ved punktet",
        "Gik ved punktet", "Inhabil", "Læst op", "Protokollen blev læst, og mødet hævet kl.",
        "Sæt ved underskrifterne, hvem der har skrevet under på papir, og gem papirerne.",
    ):  # fmt: skip
        assert told in words, told
    assert "BAGGRUND" not in words


def test_what_was_decided_before_the_network_went_stands_in_the_kit():
    page = forms.kit(MINUTES).pages[2]
    outcomes, actor, _text, ballots = page.parts[:4]
    ticked = [[cell.is_ticked for cell in row].index(True) - 1 for row in outcomes.rows]
    shown = [column.label for column in outcomes.columns[1:]]
    assert [shown[at] for at in ticked] == ["Godkendt", "Godkendt", "Udsat"]
    assert actor.options == (("udvalget", False), ("formandskabet", True))
    assert [cell.text for cell in ballots.rows[0]] == ["Stien anlægges.", "4", "1", "", ""]
    assert len(ballots.rows) == 3
    for to in FORM_FORMATS:
        assert "Stien anlægges." in said(write_kit(MINUTES, to), to)
    assert "Protokollen blev læst, og mødet hævet kl. 19.05" in said(write_kit(MINUTES, "pdf"), "pdf")


def test_each_item_begins_a_page_and_a_kit_has_five():
    pages = [
        " ".join(page.get_textpage().get_text_bounded().split()) for page in opened_pages(write_kit(AGENDA, "pdf"))
    ]
    heads = ["Fremmøde og", "Dagsorden", "1 (Åben) Ny sti", "2 (Lukket) Leje", "Mødets slutning"]
    assert [page.startswith(f"Prøvekommunen {head}") for page, head in zip(pages, heads, strict=True)] == [True] * 5
    assert all(f"Prøveudvalget · 09-04-2018 Side {at} af 5" in page for at, page in enumerate(pages, 1))


def test_papers_are_in_english_too():
    assert "Attendance and signatures" in said(write_sheet(AGENDA, "pdf", language="en"), "pdf")
    assert "9 April 2018 at 17:00–19:00" in said(write_kit(AGENDA, "html", language="en"), "html")


def test_a_page_that_is_full_goes_on_with_lines_on_the_next_one():
    points = tuple(Point(text=f"punkt {number} om stien " * 6) for number in range(9))
    told = "\n\n".join(["Udvalget drøftede sagen og sendte den i høring. " * 4] * 6)
    item = msgspec.structs.replace(AGENDA.items[0], decision=told, recommendation=Recommendation(points=points))
    data = write_kit(msgspec.structs.replace(AGENDA, items=(item,)), "pdf")
    pages = [" ".join(page.get_textpage().get_text_bounded().split()) for page in opened_pages(data)]
    assert ["Afstemning om" in page for page in pages] == [False, False, False, True, False]
    assert all(f"Side {at} af 5" in page for at, page in enumerate(pages, 1))


# --- how they are made ---


def opened_pages(data):
    """(The document has to outlive its pages.)"""
    document = pypdfium2.PdfDocument(data)
    return [document[at] for at in range(len(document))]


@pytest.mark.parametrize(
    ("write", "title"), [(write_sheet, "Fremmøde og underskrifter"), (write_kit, "Papirudgave til mødet")]
)
def test_a_pdf_is_accessible_and_lasting(write, title):
    with pikepdf.open(io.BytesIO(write(AGENDA, "pdf"))) as document:
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert metadata["dc:title"] == title
        assert document.Root.MarkInfo.Marked is True
        assert str(document.Root.Lang) == "da"
        assert list(document.attachments) == []
        tags = [str(element.S) for element in structure(document)]
    assert tags.count("/H1") == (1 if write is write_sheet else 5)
    assert tags.count("/TH") == (4 if write is write_sheet else 4 + 3 + 2 * (12 + 5))
    assert "/Figure" not in tags  # lines and boxes are drawn, and say nothing that the words do not


def people(count):
    return tuple(Attendance(person=f"Ærøskøbing Ågesen-Østergård {at}", status="listed") for at in range(count))


@pytest.mark.parametrize("count", [0, 1, 13, 14, 20])
def test_twenty_people_sign_on_one_page(count):
    meeting = msgspec.structs.replace(AGENDA, attendance=people(count))
    assert len(opened_pages(write_sheet(meeting, "pdf"))) == 1
    assert len(opened_pages(write_kit(meeting, "pdf"))) == 5


def test_sixty_people_sign_below_the_same_head_on_every_page():
    data = write_sheet(msgspec.structs.replace(AGENDA, attendance=people(60)), "pdf")
    pages = [page.get_textpage().get_text_bounded() for page in opened_pages(data)]
    assert len(pages) == 3
    assert all("Underskrift" in page for page in pages)
    assert "Ågesen-Østergård 59" in " ".join(pages[2].split())


def test_heads_of_tables_are_real_in_html_and_docx():
    page = _Words()
    page.feed(write_kit(AGENDA, "html").decode())
    assert page.tags.count("th") == 4 + 3 + 2 * (12 + 5)
    assert page.tags.count("table") == page.tags.count("caption") == page.tags.count("thead") == 6
    assert (page.tags.count("h1"), page.tags.count("h2")) == (1, 5)
    document = Document(io.BytesIO(write_kit(AGENDA, "docx")))
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in document.tables)
    headings = [line.text for line in document.paragraphs if line.style.name == "Heading 1"]
    assert headings == [
        "Fremmøde og underskrifter", "Dagsorden", "1 (Åben) Ny sti langs åen", "2 (Lukket) Leje af lokaler",
        "Mødets slutning",
    ]  # fmt: skip
    assert "PAGE" in document.sections[0].footer._element.xml


HOSTILE = "<script>alert(1)</script> #pagebreak() *fed* $x$ ${x} \\u{41} ]]> &amp; \x07"


@pytest.mark.parametrize("to", FORM_FORMATS)
@pytest.mark.parametrize("write", [write_sheet, write_kit])
def test_markup_is_text(write, to):
    meeting = msgspec.structs.replace(
        AGENDA, body=HOSTILE, organization=HOSTILE, title=HOSTILE,
        meeting=Time(start="2018-04-09T17:00", planned_end=HOSTILE, place=HOSTILE),
        attendance=(
            Attendance(person=HOSTILE, status="present", role=HOSTILE, party=HOSTILE, reason=HOSTILE,
                       substitute=HOSTILE, arrived=HOSTILE, left=HOSTILE),
        ),
        items=(
            Item(order=1, number=HOSTILE, title=HOSTILE, access="open", reference=HOSTILE, actor=HOSTILE,
                 recommendation=Recommendation(points=(Point(text=HOSTILE),)), decision=HOSTILE,
                 votes=(Vote(question=HOSTILE, for_=VoteSide(who=(HOSTILE,))),)),
        ),
        signatures=(Signature(person="x", signed=HOSTILE),),
    )  # fmt: skip
    data = write(meeting, to)
    assert "<script>alert(1)</script>" in said(data, to).replace(" ", "")
    if to == "html":
        assert b"<script" not in data


@pytest.mark.parametrize("to", FORM_FORMATS)
@pytest.mark.parametrize("long", [LONG, "x" * 70_000, "ø\u00a0" * 5_000, " "], ids=["words", "word", "hard", "blank"])
def test_nothing_is_too_long(long, to):
    item = Item(
        order=1, title=long, access="open", decision=long, recommendation=Recommendation(points=(Point(text=long),)),
        votes=(Vote(question=long),),
    )  # fmt: skip
    meeting = Meeting(
        body=long, organization=long, title=long, meeting=Time(start=long, place=long),
        attendance=(Attendance(person=long, status="listed", role=long),), items=(item,),
    )  # fmt: skip
    assert write_kit(meeting, to)
    assert write_sheet(meeting, to)


@generous
@given(meetings())
def test_any_meeting_has_its_papers_and_the_same_bytes_each_time(meeting):
    for to in FORM_FORMATS:
        assert write_sheet(meeting, to) == write_sheet(meeting, to)
        assert write_kit(meeting, to) == write_kit(meeting, to)


@pytest.mark.parametrize("write", [write_sheet, write_kit])
def test_a_paper_to_be_written_on_is_never_taken_for_minutes(write):
    for to in FORM_FORMATS:
        assert ours.read(write(MINUTES, to)) is None


def test_a_form_in_no_such_format_names_those_that_are_known():
    with pytest.raises(UnknownFormat) as error:
        write_sheet(AGENDA, "text")
    assert error.value.expected == "one of html, pdf, docx"
