"""Word documents of ours: read by the grammar that reads every other paper, and made of Word's own styles."""

from __future__ import annotations

import shutil
import subprocess
from io import BytesIO

import pytest
from docx import Document
from hypothesis import given
from msgspec import structs

from raadslag.core.readers import extract, grammar
from raadslag.core.readers.sniff import DOCX
from raadslag.core.record import Item, Meeting, Time
from raadslag.core.writers import write
from tests.core.writers.test_visible import field, generous
from tests.strategies import minutes

TEXT = """Et afsnit med *kursiv*, **fed** og [et link](https://example.org/a).

- et
- to
  - inde i to

2018. var et år

| År | Tal |
|----|-----|
| 1  | 2   |"""
MEETING = Meeting(
    kind="minutes", organization="Økonomiudvalget", body="Klitby", meeting=Time(start="2018-04-09T17:00"),
    items=(Item(number="1", order=1, title="Lys \x07 på stierne", access="open", decision=TEXT, outcome="approved"),),
)  # fmt: skip


def opened(meeting: Meeting = MEETING):
    return Document(BytesIO(write(meeting, "docx")))


@generous
@given(minutes())
def test_it_says_who_met_when_and_on_what(meeting):
    back = grammar.parse(extract(write(meeting, "docx"), DOCX))
    for path in ("kind", "body", "organization", "meeting", "attendance", "items.number", "items.access"):
        assert field(back, path) == field(meeting, path), path


@generous
@given(minutes())
def test_the_same_record_gives_the_same_bytes(meeting):
    assert write(meeting, "docx") == write(meeting, "docx")


def test_headings_lists_and_tables_are_words_own():
    document = opened()
    styles = {line.style.name: line.text for line in document.paragraphs}
    assert styles["Heading 2"].startswith("1 (Åben) Lys � på stierne")
    assert (styles["List Bullet"], styles["List Bullet 2"]) == ("to", "inde i to")
    assert "2018. var et år" in [line.text for line in document.paragraphs if line.style.name == "List Paragraph"]
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["År", "Tal"], ["1", "2"]]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    runs = {run.text: (run.bold, run.italic) for line in document.paragraphs for run in line.runs}
    assert (runs["kursiv"], runs["fed"]) == ((None, True), (True, None))
    assert "https://example.org/a" in [one.target_ref for one in document.part.rels.values() if one.is_external]


def test_the_language_is_marked_and_nobody_is_named_who_did_not_write_it():
    document = opened()
    assert 'w:val="da-DK"' in document.styles["Normal"].element.xml
    assert (document.core_properties.last_modified_by, document.core_properties.comments) == ("", "")
    assert document.core_properties.title.startswith("Referat")


def test_a_meeting_of_no_day_is_a_document_too():
    for start in ("0000-99-99", "0999-01-01"):
        assert opened(Meeting(kind="agenda", meeting=Time(start=start))).paragraphs


@pytest.mark.slow
def test_a_draft_says_that_it_is_one_on_every_page():
    def header(stage):
        return opened(structs.replace(MEETING, stage=stage)).sections[0].header.paragraphs[0].text

    assert header("draft") == header("read_out") + " · Udkast"


def test_another_program_opens_it(tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("no LibreOffice on this machine: apt-get install libreoffice-writer")
    path = tmp_path / "referat.docx"
    path.write_bytes(write(MEETING, "docx"))
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "txt:Text"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(path)], check=True, capture_output=True, timeout=120)
    text = (tmp_path / "referat.txt").read_text(encoding="utf-8-sig")
    assert "Et afsnit med kursiv, fed og et link." in text
