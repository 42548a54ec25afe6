"""A product on paper: every word of every version, in each of its forms, whatever it says."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import chain
from typing import Any

import lxml.etree
import lxml.html
import pikepdf
import pypdfium2
import pytest
from docx import Document
from hypothesis import given
from msgspec.structs import replace

from raadslag.core import readers
from raadslag.core.errors import UnknownFormat, UnwritableRecord
from raadslag.core.record import Answer, Change, Element, Fact, Gap, Product
from raadslag.core.text import plain, words
from raadslag.core.writers import write, write_product
from tests.core.writers.test_pdf import structure, text_of
from tests.core.writers.test_visible import generous
from tests.strategies import products

PAPERS = ("text", "html", "docx", "pdf")


def part(number: int, kind: str, place: str, title: str | None, text: str | None = None, below: int = 0) -> Element:
    return Element(
        id=_id(number), kind=kind, number=place, title=title, text=text, parent=_id(below) if below else None
    )


def _id(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


FORMER = Product(
    body="Prøvekommunen", organization="Opgaveudvalget Trygge boligområder", title="Trygge boligområder",
    version="v0.3", frozen="2018-03-22T10:00",
    elements=(
        part(1, "text", "1", "Fokusområder"),
        part(2, "focus_area", "1.1", "Ensomhed", "Mange beboere kender ikke deres naboer, siger de.\n\n- Først **det**"
             "\n- så noget\n  - og under det\n\nDet her afsnit skal stå et helt andet sted.", 1),
        part(3, "focus_area", "1.2", "Blandede grupper", "| År | Tal |\n|---|---|\n| 2017 | 5 |\n| 2018 | 6 |", 1),
        part(4, "text", "2", "Principper"),
        part(5, "principle", "1", "Mød folk, hvor de er", None, 4),
        part(6, "text", "3", "Et kapitel, der går ud", "Farvel."),
    ),
)  # fmt: skip
LATER = replace(
    FORMER, version="v0.4", frozen="2018-04-12T10:00",
    elements=(
        FORMER.elements[0],
        part(3, "focus_area", "1.1", "Blandede grupper", "| År | Tal |\n|---|---|\n| 2017 | 5 |\n| 2018 | 7 |\n\n"
             "Det her afsnit skal stå et helt andet sted.", 1),
        part(2, "focus_area", "1.2", "Ensomhed og savn", "Mange beboere kender slet ikke deres naboer, siger de.\n\n"
             "- Først **det**\n- så noget andet\n  - og under det", 1),
        *FORMER.elements[3:5],
        part(7, "measure", "2.1", "Lys på stierne", "Hele vinteren.", 5),
    ),
    changes=(
        Change(id="Æ-02", element=_id(2), text="En gruppes møde", cause="Skrivegruppen den 22. marts", by="Gruppen"),
        Change(id="Æ-03", element=_id(6), text="En beslutning"),
    ),
    answers=(
        Answer(contribution="K-05", outcome="included", text="Det er skrevet ind.", change="Æ-02"),
        Answer(contribution="K-19", outcome="not", text="Det hører til byggeudvalget."),
    ),
)  # fmt: skip


def told(form: str, to: str = "text", product: Product = LATER, **more: Any) -> str:
    since = FORMER if form == "changes" else None
    data = write_product(product, to, form=form, **{"since": since, **more})  # type: ignore[arg-type]
    return text_of(data) if to == "pdf" else _shown(data, to)


def _shown(data: bytes, to: str) -> str:
    if to == "html":
        page = lxml.html.fromstring(data)
        for hidden in page.xpath("//style"):
            hidden.drop_tree()
        return "\n".join(page.itertext())
    if to == "docx":
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            texts = []
            for name in package.namelist():
                if name.endswith(".xml"):
                    root = lxml.etree.fromstring(package.read(name))
                    texts += [
                        "".join(line.itertext("{*}t")) for line in root.iter("{*}p") if name == "word/document.xml"
                    ]
        return "\n".join(texts)
    return data.decode()


def test_changes_are_told_in_words_and_moves_as_moves_each_with_its_cause() -> None:
    assert (
        told("changes").partition("1 Fokusområder\n\n1.1")[2]
        == """ Blandede grupper
Fokusområde · Flyttet, stod før som 1.2 · Ændret

År | Tal
2017 | 5
2018 | [fjernet: 6] [nyt: 7]

[flyttet hertil fra 1.2 Ensomhed og savn: Det her afsnit skal stå et helt andet sted.]

1.2 Ensomhed og savn
Fokusområde · Ændret

Overskriften: Ensomhed [nyt: og savn]

Mange beboere kender [nyt: slet] ikke deres naboer, siger de.

- Først det
- så noget [nyt: andet]
  - og under det

[flyttet til 1.1 Blandede grupper: Det her afsnit skal stå et helt andet sted.]

Hvorfor ændret? Æ-02: En gruppes møde: Skrivegruppen den 22. marts (Gruppen)

2 Principper

Princip 1: Mød folk, hvor de er

2.1 Lys på stierne
Tiltag · Ny del

Hele vinteren.

3 Et kapitel, der går ud (fjernet)
Fjernet del

[fjernet: Farvel.]

Hvorfor ændret? Æ-03: En beslutning
"""
    )


@pytest.mark.parametrize("to", PAPERS)
def test_each_paper_says_what_changed_without_colour(to: str) -> None:
    said = " ".join(told("changes", to).split())
    for expected in ("[nyt: slet ]", "[fjernet: 6 ]", "[flyttet til 1.1 Blandede grupper: Det", "Æ-03: En beslutning"):
        assert expected.replace(" ", "") in said.replace(" ", ""), expected


def test_the_clean_text_says_nothing_about_itself_and_answers_stand_at_their_part() -> None:
    clean, answers = told("clean"), told("answers")
    for said in ("Æ-02", "K-05", "Fokusområde\n", "Tiltag"):
        assert said not in clean
        assert said in told("presented")
    place = answers.partition("1.2 Ensomhed og savn\nFokusområde")[2].partition("2 Principper")[0]
    assert "K-05: Indarbejdet (Æ-02). Det er skrevet ind." in place
    assert answers.endswith("Svar på bidrag\n\nK-19: Ikke indarbejdet.\n\nDet hører til byggeudvalget.\n")


def test_a_draft_says_so_on_each_paper() -> None:
    draft = replace(LATER, frozen=None)
    for to in PAPERS:
        data = write_product(draft, to)
        assert b"v0.4" not in data if to in ("text", "html") else data
        if to == "docx":
            assert "KLADDE" in Document(io.BytesIO(data)).sections[0].header.paragraphs[0].text
        assert "KLADDE" in told("presented", to, draft)
        assert "KLADDE" not in told("presented", to)
    assert "DRAFT" in write_product(draft, "text", language="en").decode()


def test_headings_are_real_and_the_contents_lead_to_them() -> None:
    document = Document(io.BytesIO(write(LATER, "docx")))
    styles = [(line.style.name, line.text) for line in document.paragraphs]  # type: ignore[union-attr]
    headings = [(name[-1], text) for name, text in styles if re.fullmatch(r"Heading \d", name or "")]
    assert headings == [
        ("1", "1 Fokusområder"), ("2", "1.1 Blandede grupper"), ("2", "1.2 Ensomhed og savn"), ("1", "2 Principper"),
        ("2", "Princip 1: Mød folk, hvor de er"), ("3", "2.1 Lys på stierne"),
    ]  # fmt: skip
    assert [text for name, text in styles if (name or "").startswith("toc")] == [text for _, text in headings]
    xml = document.element.xml
    assert set(re.findall(r'w:anchor="(\w+)"', xml)) == set(re.findall(r'w:bookmarkStart [^>]*w:name="(\w+)"', xml))
    page = lxml.html.fromstring(write(LATER, "html"))
    assert [link.get("href")[1:] for link in page.xpath("//nav//a")] == [
        one.get("id") for one in page.find_class("place")
    ]
    assert [one.tag for one in page.xpath("//section[@class='place']/*[starts-with(name(), 'h')]")] == [
        "h2", "h3", "h3", "h2", "h3", "h4",
    ]  # fmt: skip


def test_a_pdf_is_tagged_in_its_language_and_carries_what_it_shows_all_of() -> None:
    data = write(LATER, "pdf")
    with pikepdf.open(io.BytesIO(data)) as document:
        assert str(document.Root.Lang) == "da"
        levels = [str(node.S) for node in structure(document) if re.fullmatch(r"/H\d", str(node.S))]
        assert levels == ["/H1", "/H2", "/H2", "/H3", "/H3", "/H2", "/H3", "/H4", "/H2", "/H2"]
    assert replace(readers.read_bytes(data), provenance=None) == LATER
    for form in ("clean", "changes", "answers"):
        data = write_product(LATER, "pdf", form=form, since=FORMER)  # type: ignore[arg-type]
        assert pypdfium2.PdfDocument(data).count_attachments() == 0


def test_what_cannot_be_shown_is_refused_with_the_reason() -> None:
    for form, to in (("changes", "pdf"), ("answers", "pdf"), ("?", "pdf"), ("clean", "odt"), ("clean", "json")):
        with pytest.raises(UnknownFormat):
            write_product(replace(LATER, answers=()), to, form=form)  # type: ignore[arg-type]
    twice = replace(LATER, elements=(LATER.elements[0],) * 2)
    with pytest.raises(UnwritableRecord):
        write_product(twice, "text", form="changes", since=FORMER)


def test_a_heading_goes_no_two_steps_down_at_once() -> None:
    parts = (part(1, "text", "1", "A"), part(2, "text", "1.1", "B", None, 1), part(3, "text", "2", "C"),
             part(4, "text", "?", "D", None, 2))  # fmt: skip
    page = lxml.html.fromstring(write(replace(LATER, elements=parts), "html"))
    assert [one.tag for one in page.xpath("//section[@class='place']/*[1]")] == ["h2", "h3", "h2", "h3"]


def letters(text: str | None) -> str:
    return "".join(words(text or ""))


@generous
@given(products(), products())
def test_whatever_it_says_each_word_of_it_is_there(product: Product, other: Product) -> None:
    for form in ("presented", "clean", "changes", *(["answers"] if product.answers else [])):
        said = letters(told(form, product=product, since=other))
        for element in product.elements:
            assert letters(element.title) in said
            if form != "changes":
                assert letters(plain(element.text or "")) in said
    presented = letters(told("presented", product=product))
    assert all(letters(change.text) in presented for change in product.changes)
    for fact in product.facts:
        leant_on = (fact.title, fact.source, fact.made_by, plain(fact.text or ""), *fact.columns, *chain(*fact.rows))
        assert all(letters(one or "") in presented for one in leant_on)
    for gap in product.gaps:
        assert all(letters(one or "") in presented for one in (gap.id, gap.text, gap.answer, gap.source))


def test_where_facts_are_used_is_told_in_the_order_of_the_product() -> None:
    fact = Fact(id="A", title="Naboer", elements=tuple(reversed([one.id for one in LATER.elements])))
    line = re.search(r"Bruges i: (.*)", told("presented", product=replace(LATER, facts=(fact,))))
    assert line
    contents = told("presented", product=LATER).split("Indholdsfortegnelse")[1]
    places = [contents.index(one) for one in line[1].split("; ")]
    assert len(places) > 1
    assert places == sorted(places)


def test_what_it_leans_on_and_what_nobody_knows_stand_at_the_part_and_for_the_whole() -> None:
    noise = Fact(
        id="A", title="Naboer", text="Hvem kender hvem.", columns=("År", "Andel"), rows=(("2017", "41 %"), ("2018",)),
        source="Boligforeningen", source_on="2018-03-12", made_by="Forvaltningen", elements=(_id(2), "nowhere"),
    )  # fmt: skip
    gaps = (
        Gap(id="G1", text="Hvor mange er ensomme?", state="open", elements=(_id(2),)),
        Gap(id="G2", text="Er der lys?", state="closed", answer="Ja, på to stier.", source="Fakta A"),
    )
    shown = told("presented", product=replace(LATER, facts=(noise,), gaps=gaps))
    beside = "  - og under det\n\nFakta A: Naboer\n\nDet ved vi ikke (G1): Hvor mange er ensomme?\n\n2 Principper"
    assert beside in shown
    assert """
Det ved vi ikke endnu

- G1: Hvor mange er ensomme?
  Bruges i: 1.2 Ensomhed og savn

Fakta A: Naboer

Hvem kender hvem.

År | Andel
2017 | 41 %
2018 |

Kilde: Boligforeningen, 12. marts 2018

Lavet af: Forvaltningen

Bruges i: 1.2 Ensomhed og savn

Det har vi fundet ud af

- G2: Er der lys?
  Ja, på to stier.
  Kilde: Fakta A
""" in shown.replace("| \n", "|\n")
    for form in ("clean", "changes"):
        assert "G1" not in told(form, product=replace(LATER, facts=(noise,), gaps=gaps))


@pytest.mark.slow
@generous
@given(products(), products())
def test_no_paper_stumbles_and_each_is_whole_and_the_same_again(product: Product, other: Product) -> None:
    text = letters(told("presented", product=product))
    for to in PAPERS:
        data = write_product(product, to, form="changes", since=other)
        assert data == write_product(product, to, form="changes", since=other)
        shown = letters(told("presented", to, product))
        if to in ("html", "docx"):
            assert all(letters(element.title) in shown for element in product.elements)
            points = set("0123456789")  # of a list are drawn there, and not written
            assert all(letter in shown for letter in set(text) - points)
        if to == "html":
            assert not lxml.html.fromstring(data).xpath("//script | //img | //iframe | //*[@onclick]")
