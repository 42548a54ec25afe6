"""Drafts from Word, PDF and text: headings, lists and looks as CommonMark, and no word of the file lost."""

from __future__ import annotations

import io
import zipfile
from collections import Counter

import pytest
from docx import Document
from docx.enum.text import WD_BREAK
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from raadslag.core.errors import UnreadableFile
from raadslag.core.readers import drafts, sniff
from raadslag.core.readers.outline import Draft, guessed
from raadslag.core.readers.worker import Pool
from raadslag.core.text import plain, says_the_same, words
from raadslag.core.writers import write, write_product
from tests.core.writers.test_product import LATER
from tests.core.writers.test_visible import generous

SIGNS = "abÆ1 *_[]()<>|#\\`~&.-+"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def saved(document) -> bytes:
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def read(document) -> Draft:
    return drafts.read(saved(document), sniff.DOCX)


def words_of(data: bytes) -> Counter[str]:
    """Every word of a Word document that somebody may see: body, notes, comments, headers."""
    found: Counter[str] = Counter()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if name.startswith("word/") and name.endswith(".xml") and "glossary" not in name:
                root = etree.fromstring(package.read(name))
                for line in root.iter(W + "p"):
                    found.update(words("".join(f" {one.text or ''}" if one.tag != W + "t" else one.text or ""
                                               for one in line.iter(W + "t", W + "br", W + "tab"))))  # fmt: skip
    return found


def kept(draft: Draft) -> Counter[str]:
    read = Counter(words(draft.text)) | Counter(words(plain(draft.text)))  # emphasis may begin within a word
    return read + sum((Counter(words(one.text)) for one in draft.apart), Counter())


def draft_of_a_colleague():
    """A draft as people write it: styles of Word, a list in a list, a table, a header, a comment, odd signs."""
    document = Document()
    document.sections[0].header.paragraphs[0].text = "Til intern brug"
    document.add_paragraph("Trygge boligområder", style="Title")
    document.add_paragraph("Indledning uden overskrift.")
    document.add_heading("Fokusområder", 1)
    document.add_heading("Ensomhed * og [savn]", 2)
    line = document.add_paragraph("Mange ")
    line.add_run("kender ").bold = True
    line.add_run("ikke").bold = True
    line.add_run(" deres ")
    line.add_run("naboer").italic = True
    line.add_run(". 2 * 3 * 4, a_b_c, <b>fed</b>")
    line.add_run().add_break(WD_BREAK.LINE)
    line.add_run("Ny linje.")
    for style, text in (
        ("List Bullet", "Først"), ("List Bullet 2", "under det"), ("List Continue 2", "og mere om det"),
        ("List Bullet", "så"), ("List Number", "En"), ("List Number", "To"),
    ):  # fmt: skip
        document.add_paragraph(text, style=style)
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip([*table.rows[0].cells, *table.rows[1].cells], ("År", "Tal | dele", "2017", "5"), strict=True):
        cell.text = text
    document.add_paragraph("# ingen overskrift")
    document.add_comment(line.runs[0], text="Er det rigtigt?", author="-", initials="-")
    return document


def test_a_draft_of_word_is_told_as_commonmark() -> None:
    draft = read(draft_of_a_colleague())
    assert (
        draft.text
        == """Indledning uden overskrift.

# Fokusområder

## Ensomhed \\* og \\[savn\\]

Mange **kender ikke** deres *naboer*. 2 \\* 3 \\* 4, a\\_b\\_c, \\<b>fed\\</b>\\
Ny linje.

- Først
  - under det

    og mere om det
- så

1. En
2. To

| År | Tal \\| dele |
|---|---|
| 2017 | 5 |

\\# ingen overskrift"""
    )
    assert [(one.why, one.text) for one in draft.apart] == [
        ("title", "Trygge boligområder"), ("margin", "Til intern brug"), ("comment", "Er det rigtigt?"),
    ]  # fmt: skip
    assert not draft.unsure


def test_no_word_of_the_file_is_lost() -> None:
    data = saved(draft_of_a_colleague())
    lost = words_of(data) - kept(drafts.read(data, sniff.DOCX))
    assert not lost


@generous
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Normal", "Heading 1", "Heading 3", "List Bullet", "List Bullet 3", "List Continue 2",
                             "List Number", "Title", "Quote"]),
            st.lists(
                st.tuples(st.text(st.sampled_from(SIGNS), max_size=8), st.booleans(), st.booleans()),
                max_size=4,
            ),
        ),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_no_word_is_lost_however_it_is_set(lines) -> None:
    document = Document()
    document.add_paragraph("Ord")
    for style, runs in lines:
        line = document.add_paragraph(style=style)
        for text, bold, italic in runs:
            run = line.add_run(text)
            run.bold, run.italic = bold, italic
    data = saved(document)
    draft = drafts.read(data, sniff.DOCX)
    assert not words_of(data) - kept(draft)


def test_lines_that_only_look_like_headings_are_taken_for_them_and_said_to_be_unsure() -> None:
    document = Document()
    document.add_paragraph().add_run("Ensomhed").bold = True
    document.add_paragraph("Mange kender ikke deres naboer.")
    document.add_paragraph("1.1 Blandede grupper")
    document.add_paragraph("Det er godt.")
    draft = read(document)
    assert draft.unsure
    assert draft.text.split("\n\n") == [
        "# Ensomhed", "Mange kender ikke deres naboer.", "## 1.1 Blandede grupper", "Det er godt.",
    ]  # fmt: skip
    text = "1. Fokusområder\n\n1.1 Ensomhed\nMange kender ikke\nderes naboer.\n\n1. ja\n2. nej"
    assert guessed(text) == Draft(
        "# 1. Fokusområder\n\n## 1.1 Ensomhed\n\nMange kender ikke\nderes naboer.\n\n1. ja\n2. nej", unsure=True
    )
    assert guessed("# A\n\n1.1 B\n").text == "# A\n\n1.1 B\n"


def test_our_own_papers_come_back_with_what_the_parts_were() -> None:
    for to, kind in (("docx", sniff.DOCX), ("pdf", sniff.PDF)):
        draft = drafts.read(write(LATER, to), kind)
        assert [one.identity for one in draft.known] == [one.id for one in LATER.elements]
        for element in LATER.elements:
            below = f"\n{draft.text}\n".partition(f"{element.title}\n")[2]
            below = f"\n{below}".partition("\n\n#")[0]
            assert says_the_same(below.strip(), element.text or ""), (to, element.title)
    data = write(LATER, "docx")
    assert not words_of(data) - kept(drafts.read(data, sniff.DOCX))


def test_the_lines_of_another_pdf_are_told_with_headings_that_are_guessed() -> None:
    draft = drafts.read(write_product(LATER, "pdf", form="clean"), sniff.PDF)
    assert draft.unsure
    assert "## 1.2 Ensomhed og savn" in draft.text
    for element in LATER.elements:
        assert not Counter(words(f"{element.title} {plain(element.text or '')}")) - kept(draft)


def test_a_file_that_is_no_draft_is_refused_in_a_process_of_its_own() -> None:
    with Pool(1) as pool:
        assert pool.draft(b"# En\n\nTo", "a.txt", sniff.TEXT) == Draft("# En\n\nTo")
        for data, kind in ((b"PK\x03\x04 broken", sniff.DOCX), (b"<p>En", sniff.HTML), (saved(Document()), sniff.DOCX)):
            with pytest.raises(UnreadableFile):
                pool.draft(data, "a", kind)
