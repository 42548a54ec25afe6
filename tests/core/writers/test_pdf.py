"""PDF: accessible, lasting, the same bytes every time, and never stopped by what a text holds."""

from __future__ import annotations

import io
import subprocess
import sys

import msgspec
import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings

from raadslag.core.errors import UnwritableRecord
from raadslag.core.marks import ATTACHMENT, IDENTITY
from raadslag.core.readers import ours
from raadslag.core.record import Attendance, File, Item, Meeting, Section, Time, canonical, identity
from raadslag.core.release import as_already_public, public
from raadslag.core.text import words
from raadslag.core.writers import pdf, write
from tests.strategies import meetings, minutes

generous = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None, max_examples=15
)

TABLE = "| År | Tal |\n|---|---|\n" + "\n".join(f"| {year} | {year * 7} |" for year in range(2000, 2090))

PLAIN = Meeting(
    body="Prøvekommunen", kind="minutes", organization="Prøveudvalget", title="Referat af møde i Prøveudvalget",
    meeting=Time(start="2018-04-09T17:00", adjourned="2018-04-09T19:05", read_out=True, place="Mødelokale 2"),
    attendance=(
        Attendance(person="Runa Fjordager", status="present"), Attendance(person="Idris Solhave", status="present"),
        Attendance(person="Petra Hyldemose", status="absent", reason="afbud"),
    ),
    items=(
        Item(
            order=1, number="1", title="Ny sti langs åen", access="open", reference="PRV-2018-00105",
            sections=(Section(kind="background", heading="Baggrund", text=TABLE),
                      Section(kind="decision", heading="Beslutninger", text="Godkendt.")),
            decision="Godkendt.", outcome="approved",
            files=(File(number="1", title="Kort", document="4400105", reference="PRV-2018-00105"),),
        ),
        Item(order=2, number="2", public_title="Leje af mødelokaler", access="closed"),
    ),
)  # fmt: skip


def opened(meeting, **options):
    return pikepdf.open(io.BytesIO(write(meeting, "pdf", **options)))


def text_of(data):
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))


def attached_to(data):
    """The bytes of the attached record. (The document has to outlive its parts.)"""
    with pikepdf.open(io.BytesIO(data)) as document:
        assert list(document.attachments) == [ATTACHMENT]
        specification = document.Root.AF[0]
        assert str(specification.AFRelationship) == "/Data"
        assert str(specification.EF.F.Subtype) == "/application/json"
        return specification.EF.F.read_bytes()


def structure(document):
    """The structure elements of a tagged document, in order."""
    pending, found = [document.Root.StructTreeRoot], []
    while pending:
        node = pending.pop()
        if isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.append(node)
        if isinstance(node, pikepdf.Dictionary) and "/K" in node:
            inner = node.K
            pending += reversed(list(inner)) if isinstance(inner, pikepdf.Array) else [inner]
    return found


def test_the_document_says_that_it_is_accessible_and_lasting():
    document = opened(PLAIN)
    with document.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["dc:title"] == "Referat af møde i Prøveudvalget"
    assert document.Root.MarkInfo.Marked is True
    assert document.Root.ViewerPreferences.DisplayDocTitle is True
    assert str(document.Root.Lang) == "da"
    assert str(opened(PLAIN, language="en").Root.Lang) == "en"


def test_headings_lists_tables_and_links_are_tagged():
    document = opened(PLAIN)
    elements = structure(document)
    tags = [str(element.S) for element in elements]
    headings = [str(element.T) for element in elements if str(element.S) in ("/H1", "/H2", "/H3")]
    assert headings == [
        "Referat af møde i Prøveudvalget", "Indholdsfortegnelse", "1 (Åben) Ny sti langs åen", "Baggrund",
        "Beslutninger", "Bilag", "2 (Lukket) Leje af mødelokaler",
    ]  # fmt: skip
    assert tags.count("/TH") == 2
    assert tags.count("/TD") == 180
    assert {"/L", "/LI", "/Lbl", "/LBody", "/Link"} <= set(tags)


def test_bookmarks_and_contents_name_every_item_and_its_page():
    document = opened(PLAIN)
    with document.open_outline() as outline:
        assert [entry.title for entry in outline.root] == [
            "1 (Åben) Ny sti langs åen", "2 (Lukket) Leje af mødelokaler",
        ]  # fmt: skip
    lines = text_of(write(PLAIN, "pdf")).splitlines()
    assert len(document.pages) == 3
    contents = lines[lines.index("Indholdsfortegnelse") + 1 :][:2]
    assert contents == ["1 (Åben) Ny sti langs åen 1", "2 (Lukket) Leje af mødelokaler 3"]


def test_the_head_of_a_table_stands_on_every_page_it_runs_over():
    data = write(PLAIN, "pdf")
    heads = sum("År" in page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(data))
    assert heads > 1


def test_every_page_names_the_meeting_and_its_number():
    data = write(PLAIN, "pdf")
    for number, page in enumerate(document := pypdfium2.PdfDocument(data), start=1):
        text = page.get_textpage().get_text_bounded()
        assert "Prøveudvalget · 09-04-2018" in text
        assert f"Side {number} af {len(document)}" in text


def test_fonts_are_embedded_and_of_one_family():
    document = opened(PLAIN)
    fonts = {
        str(font.BaseFont).split("+")[1]
        for page in document.pages
        for font in page.Resources.Font.values()
        for _ in [font.DescendantFonts[0].FontDescriptor.FontFile2]
    }
    assert fonts <= {"IBMPlexSans", "IBMPlexSans-Bold", "IBMPlexSans-SemiBold", "IBMPlexSans-Italic"}
    assert len(fonts) >= 2


def test_only_a_draft_is_marked_as_one():
    assert "Udkast" in text_of(write(msgspec.structs.replace(PLAIN, stage="draft"), "pdf"))
    for stage in (None, "sent", "read_out", "signed"):
        assert "Udkast" not in text_of(write(msgspec.structs.replace(PLAIN, stage=stage), "pdf"))


def test_the_public_record_is_attached_as_data():
    assert attached_to(write(PLAIN, "pdf")) == canonical(public(PLAIN))


def test_nothing_closed_is_attached():
    secret = Item(
        order=1, number="1", title="Køb af Møllegrunden", access="closed", public_title="Køb af ejendom",
        sections=(Section(kind="background", heading="Baggrund", text="Sælger er Kornblomst ApS."),),
    )  # fmt: skip
    attached = attached_to(write(Meeting(title="Referat", items=(secret,)), "pdf")).decode()
    assert "Køb af ejendom" in attached
    assert "Møllegrunden" not in attached
    assert "Kornblomst" not in attached


def test_the_same_record_gives_the_same_bytes_and_another_does_not():
    assert write(PLAIN, "pdf") == write(PLAIN, "pdf")
    assert write(PLAIN, "pdf") != write(msgspec.structs.replace(PLAIN, title="Referat"), "pdf")


@generous
@given(minutes())
def test_a_public_record_reads_back_equal_from_its_attachment(meeting):
    meeting = public(as_already_public(meeting))
    back = ours.read(write(meeting, "pdf"), name="referat.pdf")
    assert identity(back) == identity(meeting)
    assert (back.provenance.name, back.provenance.media_type) == ("referat.pdf", "application/pdf")
    assert back.provenance.reader == "raadslag-pdf"


def test_a_paper_that_shows_more_than_is_public_is_read_from_its_pages():
    assert public(PLAIN) == PLAIN
    shown = msgspec.structs.replace(PLAIN, items=(msgspec.structs.replace(PLAIN.items[0], access="closed"),))
    assert ours.read(write(PLAIN, "pdf")) is not None
    assert ours.read(write(shown, "pdf")) is None


def test_the_attachment_can_be_ignored():
    assert ours.read(write(PLAIN, "pdf"), ignore_attachment=True) is None


def test_a_forged_attachment_is_not_taken():
    document = opened(PLAIN)
    forged = msgspec.structs.replace(PLAIN, title="En anden titel")
    for content in (canonical(forged), b"{", b"", b'{"schema":"raadslag/1","type":"withdrawal"}', b"[" * 100_000):
        document = opened(PLAIN)
        document.attachments[ATTACHMENT] = pikepdf.AttachedFileSpec(document, content)
        saved = io.BytesIO()
        document.save(saved)
        assert ours.read(saved.getvalue()) is None


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_pdf_is_left_to_the_other_readers(share):
    data = write(PLAIN, "pdf")
    assert ours.read(data[: int(len(data) * share)] + IDENTITY.encode()) is None


@generous
@given(meetings())
def test_any_meeting_becomes_a_pdf(meeting):
    assert write(meeting, "pdf").startswith(b"%PDF-1.7")


@pytest.mark.slow
@generous
@given(minutes())
def test_every_word_of_the_texts_is_on_the_pages(meeting):
    meeting = public(meeting)
    shown = words(text_of(write(meeting, "pdf")))
    for item in meeting.items:
        for section in item.sections:
            missing = [word for word in words(section.text) if word not in shown]
            assert not missing


def test_what_the_font_cannot_show_stands_in_plainly():
    odd = "a\u2011b \uf0b7 \ufb01n \U0001f3db \u6703 x\u200by \u202eøl\u2028slut"
    item = Item(order=1, title=odd, access="open", sections=(Section(kind="other", text=odd),))
    meeting = Meeting(title="Referat", items=(item,))
    assert "a-b • fin ? ? xy øl slut" in text_of(write(meeting, "pdf"))
    assert ours.read(write(meeting, "pdf")).items == (item,)


def test_deep_wide_and_long_texts_are_set():
    texts = [
        "".join("  " * depth + "- x\n" for depth in range(9)),
        "|".join(["a"] * 60) + "\n" + "|".join(["-"] * 60) + "\n" + "|".join(["1"] * 60),
        "ord" * 5_000,
        "###### Seks\n\n# En\n\n###  \n\ntekst",
        f"[lang](https://example.org/{'x' * 9_000})",
        "- \n- \n\n1.\n2.",
    ]
    sections = tuple(
        Section(kind="other", heading=heading, text=text) for text in texts for heading in (None, " ", "H")
    )
    assert write(Meeting(items=(Item(order=1, title=" ", sections=sections),)), "pdf")


LONG = "lang " * 10_000


@pytest.mark.parametrize(
    "meeting",
    [
        Meeting(title=LONG),
        Meeting(title="Referat", body=LONG, organization=LONG),
        Meeting(items=(Item(order=1, title=LONG, access="open"),)),
        Meeting(items=(Item(order=1, sections=(Section(kind="other", heading=LONG, text="x"),)),)),
        Meeting(items=(Item(order=1, sections=(Section(kind="other", text="# " + LONG[:15_000]),)),)),
        Meeting(items=(Item(order=1, sections=(Section(kind="other", text="a|b\n-|-"),)),)),
        Meeting(items=(Item(order=1, sections=(Section(kind="other", text="|a" * 3_900 + "\n" + "|-" * 3_900),)),)),
    ],
    ids=["title", "body", "item", "section", "heading", "headed", "wide"],
)
def test_a_meeting_that_pdf_strings_and_tables_cannot_hold_is_set_all_the_same(meeting):
    assert write(meeting, "pdf").startswith(b"%PDF-")


@pytest.mark.parametrize("text", ["x" * 70_000, "ø" * 40_000, "ø\u00a0" * 40_000])
def test_words_without_end_do_not_stop_the_typesetter(text):
    """In a process of its own: the typesetter ended the whole process that met one."""
    program = (
        "import sys; from raadslag.core.record import Item, Meeting, Section; from raadslag.core.writers import write\n"
        "text = sys.stdin.read()\n"
        "section = Section(kind='other', text=text)\n"
        "write(Meeting(title=text, items=(Item(order=1, title='Sag', sections=(section,)),)), 'pdf')"
    )
    done = subprocess.run([sys.executable, "-c", program], input=text.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr[-200:]) == (0, b"")


def test_a_long_heading_goes_on_below_it():
    title = " ".join(f"ord{number}" for number in range(1_000))
    meeting = Meeting(title=title, body="Prøvekommunen", items=(Item(order=1, title=title, access="open"),))
    shown = words(text_of(write(meeting, "pdf")))
    assert shown.count("ord0") == 3  # heading, contents, heading
    assert shown.count("ord999") == 2
    section = Section(kind="other", heading=" " * 2_000 + title, text="x")
    shown = words(text_of(write(Meeting(items=(Item(order=1, sections=(section,)),)), "pdf")))
    assert (shown.count("ord0"), shown.count("ord999")) == (1, 1)


def test_what_the_typesetter_refuses_is_an_error_of_ours(monkeypatch):
    monkeypatch.setattr(pdf, "_STANDARDS", ["a-1b"])  # which allows no attachment
    with pytest.raises(UnwritableRecord, match="Take it as html"):
        write(PLAIN, "pdf")


@pytest.mark.parametrize(
    "start", ["0001-01-01", "9999-12-31T23:59", "2018-02-30", "i går", "2018-04-09T17:00+02:00", ""]
)
def test_any_start_is_a_date_the_document_can_bear(start):
    assert write(Meeting(meeting=Time(start=start)), "pdf")


def test_without_fonts_the_error_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "_FONTS", tmp_path)
    with pytest.raises(pdf.UnreadableFile, match="make setup"):
        pdf._compiler.__wrapped__()
