"""A draft from outside: seen before it is kept, known again when it comes back, and no word of it lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from copy import copy
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raadslag.core.readers.outline import Known
from raadslag.core.text import says_the_same, words
from raadslag.core.writers import write
from raadslag.workspace.products import actions, bringing, composing
from raadslag.workspace.products.actions import Cause
from raadslag.workspace.products.bringing import Brought
from raadslag.workspace.products.models import Change, Element
from raadslag.workspace.products.reading import parts_of

from .conftest import World
from .test_products import Draft

pytestmark = pytest.mark.django_db
LONG = "Mange beboere kender ikke deres naboer, og det er et problem i alle aldre."


@pytest.fixture
def draft(world: World) -> Draft:
    return Draft(world)


class Page:
    """The page, and who brings drafts on it."""

    def __init__(self, draft: Draft, client: Client) -> None:
        self.client = client
        self.address = reverse("products:bring", args=[draft.product.pk])
        self.context: Any = None

    def look(self, **given: Any) -> str:
        """The preview of a file or a text."""
        response = self.client.post(self.address, given)
        self.context, shown = response.context, response.content.decode()
        return shown

    def take(self, **chosen: Any) -> Any:
        """Take in what was looked at, with other choices than those offered."""
        told = {
            "text": self.context["form"]["text"].value(), "seen": self.context["seen"],
            "around": self.context["around"], "do": "take", "cause": "correction",
        }  # fmt: skip
        for n, line in enumerate(self.context["lines"]):
            told[f"kind-{n}"] = line.brought.kind
            told[f"into-{n}"] = line.brought.element.pk if line.brought.element else ""
        return self.client.post(self.address, {**told, **chosen})

    def states(self) -> list[tuple[str, str]]:
        """Each part with what becomes of it."""
        return [
            (line.part.title, "new" if not line.brought.element else " ".join(filter(None, (
                "moved" if line.is_moved else "", "rewritten" if line.brought.is_rewritten else "",
                "alike" if line.is_alike else "",
            ))))
            for line in self.context["lines"]
        ]  # fmt: skip


@pytest.fixture
def bringer(draft: Draft, browser_of: Callable[..., Client]) -> Page:
    return Page(draft, browser_of("secretary"))


def another(draft: Draft) -> Draft:
    """Another product of the same committee."""
    made = copy(draft)
    made.product = actions.begin(draft.world.committee, "Et andet", **draft.told)
    return made


def file(data: bytes, name: str = "udkast.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def outline(draft: Draft) -> list[tuple[int, str, str, str]]:
    return [(node.depth, node.part.kind, node.part.title, node.part.text) for node in composing.tree(draft.product)]


def filled(draft: Draft) -> None:
    draft.add("", "Det her er *indledningen*.")
    first = draft.add("Fokusområder")
    draft.add("Ensomhed", f"{LONG}\n\n- Først **det**\n- så\n  - og under det", first, "focus_area")
    draft.add("Blandede grupper", "| År | Tal |\n|---|---|\n| 2017 | 5 |", first, "focus_area")
    second = draft.add("Principper")
    below = draft.add("Mød folk, hvor de er", "2018. var et år.", second, "principle")
    draft.add("Bænke ved søen", "Sæt tre bænke op_nu.", below, "measure")


def test_a_version_that_went_out_in_word_comes_back_as_the_same_tree(draft: Draft, bringer: Page) -> None:
    filled(draft)
    version = draft.freeze()
    data = write(version.decoded(), "docx")
    bringer.look(file=file(data))
    assert {state for _title, state in bringer.states()} == {""}
    assert bringer.take().status_code == 302
    assert not Change.objects.filter(version=None).exists()
    other = another(draft)
    into = Page(other, bringer.client)
    into.look(file=file(data))
    assert into.take().status_code == 302
    for was, now in zip(outline(draft), outline(other), strict=True):
        assert was[:3] == now[:3]
        assert says_the_same(was[3], now[3])


def test_a_draft_that_comes_back_changed_is_changes_with_a_cause_and_no_second_product(
    draft: Draft, bringer: Page
) -> None:
    filled(draft)
    document = Document(io.BytesIO(write(draft.freeze().decoded(), "docx")))
    lines = {line.text: line for line in document.paragraphs if line.style and line.style.name != "toc 2"}
    lines[LONG].runs[0].text = f"{LONG} Siger de."
    lines["2.1 Ensomhed"].runs[0].text = "2.1 Ensomhed og savn"
    lines["2.2 Blandede grupper"]._p.addprevious(document.add_heading("Lys på stierne", 2)._p)
    body = document.element.body
    for line in (lines["Princip 1: Mød folk, hvor de er"], lines["2018. var et år."]):
        body.remove(line._p)
    made = io.BytesIO()
    document.save(made)
    bringer.look(file=file(made.getvalue()))
    assert bringer.states() == [
        ("", ""), ("Fokusområder", ""), ("Ensomhed og savn", "rewritten"), ("Lys på stierne", "new"),
        ("Blandede grupper", ""), ("Principper", ""), ("Bænke ved søen", "moved"),
    ]  # fmt: skip
    gone = bringer.context["missing"][0]
    assert gone.part.title == "Mød folk, hvor de er"
    assert bringer.take(cause="group", because="Skrivegruppen", gone=str(gone.identity)).status_code == 302
    assert [title for _depth, _kind, title, _text in outline(draft)] == [
        "", "Fokusområder", "Ensomhed og savn", "Lys på stierne", "Blandede grupper", "Principper", "Bænke ved søen",
    ]  # fmt: skip
    changes = Change.objects.filter(version=None)
    assert sorted(one.element.title for one in changes) == [
        "Bænke ved søen", "Ensomhed og savn", "Lys på stierne", "Mød folk, hvor de er",
    ]  # fmt: skip
    assert {(one.kind, one.because) for one in changes} == {("group", "Skrivegruppen")}
    bringer.look(file=file(made.getvalue()))
    assert {state for _title, state in bringer.states()} == {""}


def test_without_marks_a_part_is_known_by_its_heading_its_number_or_its_words(draft: Draft, bringer: Page) -> None:
    first = draft.add("Fokusområder")
    draft.add("Ensomhed", LONG, first)
    draft.add("Grupper", "Blandede beboergrupper er godt for alle, siger beboerne selv.", first)
    shown = bringer.look(text=(
        "# Fokusområder\n\n## ENSOMHED\n\nNoget helt andet.\n\n"
        "## Om at blande folk\n\nBlandede beboergrupper er godt for alle, siger de selv.\n\n## Lys\n\nMere lys."
    ))  # fmt: skip
    assert bringer.states() == [
        ("Fokusområder", ""), ("ENSOMHED", "rewritten"), ("Om at blande folk", "rewritten alike"), ("Lys", "new"),
    ]  # fmt: skip
    assert "ligner den" in shown
    assert "slagsen er et gæt" in shown


def test_what_was_not_looked_at_or_was_changed_meanwhile_is_not_taken(draft: Draft, bringer: Page) -> None:
    part = draft.add("Ensomhed", "Før.")
    bringer.look(text="# Ensomhed\n\nNu.")
    assert bringer.take(text="# Ensomhed\n\nNoget tredje.").status_code == 422
    assert bringer.take(cause="decision", because="").status_code == 422
    bringer.look(text="# Ensomhed\n\nNu.")
    draft.write(part, "Imens.")
    assert bringer.take().status_code == 422
    assert outline(draft) == [(0, "text", "Ensomhed", "Imens.")]
    bringer.look(text="# En\n\nA.\n\n# To\n\nB.")
    twice = bringer.take(**{"into-0": str(part.pk), "into-1": str(part.pk)})
    assert twice.status_code == 422
    assert "kan ikke blive til den samme" in twice.content.decode()
    assert bringer.take(**{"kind-0": "theme", "into-1": str(part.pk)}).status_code == 302
    assert outline(draft) == [(0, "theme", "En", "A."), (0, "text", "To", "B.")]


def test_every_word_of_a_file_stands_in_the_tree_or_in_what_was_not_placed(draft: Draft, bringer: Page) -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "Internt"
    document.add_paragraph("Titlen", style="Title")
    document.add_paragraph("Før alt.")
    for level, text in ((1, "1. Fokusområder"), (3, "1.1 Ensomhed"), (1, "Princip 7: Mød folk"), (1, "2 Tiltag")):
        document.add_heading(text, level)
        document.add_paragraph(f"Teksten under {text}")
    made = io.BytesIO()
    document.save(made)
    shown = bringer.look(file=file(made.getvalue()))
    stood = {part.title: part.stood for part in (line.part for line in bringer.context["lines"])}
    assert stood == {"": "", "Fokusområder": "1.", "Ensomhed": "1.1", "Mød folk": "Princip 7:", "2 Tiltag": ""}
    assert not draft.product.elements.exists()
    assert bringer.take(rest="1").status_code == 302
    placed = " ".join(f"{title} {text}" for _depth, _kind, title, text in outline(draft))
    for word in [*words(" ".join(line.text for line in document.paragraphs)), "Internt"]:
        assert word in words(placed) or word in words(" ".join(stood.values()))
    assert "Sidehoveder" in shown


def test_a_paper_that_shows_changes_is_no_draft(draft: Draft, bringer: Page) -> None:
    part = draft.add("Ensomhed", LONG)
    draft.freeze("v0.1")
    draft.write(part, f"{LONG} Siger de.")
    paper = reverse("products:draft-paper", args=[draft.product.pk, "docx"])
    shown = bringer.look(file=file(bringer.client.get(f"{paper}?vis=aendringer").content))
    assert "viser ændringer" in shown
    assert "lines" not in bringer.context
    bringer.look(file=file(bringer.client.get(f"{paper}?vis=ren").content))
    assert bringer.states() == [("Ensomhed", "")]


@pytest.mark.parametrize(
    ("name", "data"), [("a.docx", b"PK\x03\x04"), ("a.png", b"\x89PNG\r\n\x1a\n"), ("a.txt", b""), ("a.html", b"<p>En")]
)
def test_a_file_that_holds_no_draft_is_refused_by_name(bringer: Page, name: str, data: bytes) -> None:
    response = bringer.client.post(bringer.address, {"file": file(data, name)})
    assert response.status_code == 422
    assert "lines" not in response.context


def test_a_long_draft_asks_the_database_as_often_as_a_short_one(draft: Draft, bringer: Page) -> None:
    def asked(parts: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            bringer.look(text="\n\n".join(f"# Del {n}\n\nTekst {n}." for n in range(parts)))
        return len(captured)

    draft.add("Del 0")
    asked(2)  # the first page of a session asks for more
    first = asked(2)
    for n in range(1, 12):
        draft.add(f"Del {n}", f"Tekst {n}.")
    assert asked(40) == first


SHAPES = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 9), st.booleans()), max_size=9)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SHAPES, SHAPES)
def test_whatever_tree_there_is_it_becomes_the_tree_of_the_draft(
    draft: Draft, first: list[tuple[int, int, bool]], second: list[tuple[int, int, bool]]
) -> None:
    """Two drafts after one another, of the same few parts in any order and depth: the product is the second."""
    other = another(draft)
    for shape in (first, second):
        titles: dict[str, None] = {}
        text = ""
        for level, name, is_long in shape:
            if (title := f"Del {name}") not in titles:
                titles[title] = None
                text += f"{'#' * level} {title}\n\n{'Mere om det.' if is_long else ''}\n\n"
        parts = parts_of(text)
        rows = composing.parts_of(other.product)
        found = bringing.matches(parts, composing.in_reading_order(rows))
        brought = [
            Brought(part, part.kind, rows[one.identity] if one and not one.is_alike else None)
            for part, one in zip(parts, found, strict=True)
        ]
        known = {one.element.pk for one in brought if one.element}
        gone = [
            row for node in reversed(composing.in_reading_order(rows)) if (row := rows[node.identity]).pk not in known
        ]
        bringing.bring(other.product, brought, gone, cause=Cause("decision", "", "Rådet"), **other.told)
        assert outline(other) == [(part.depth, part.kind, part.title, part.text) for part in parts]
    assert Element.objects.filter(product=other.product, is_removed=False).count() == len(outline(other))


@pytest.mark.parametrize(
    "title",
    ["Plan for 5.000 boliger", "Mødet den 9. april 2018", "Støtte fra A. P. Møller Fonden", "Lov nr. 1.234 om boliger",
     "5.000 boliger", "1. maj", "1.5 mio. kr.", "A. P. Møllers Plads", "3 ting", "2018 i tal"],
)  # fmt: skip
def test_what_only_looks_like_a_number_stays_in_a_heading(title: str) -> None:
    for text in (f"# {title}", f"# Først\n\n# Så\n\n# {title}"):
        assert parts_of(text)[-1].title == title
    assert parts_of(f"# {title}", [Known(title, "x", "text", exact=True)])[0].title == title
    numbered = f"4.2 {title}"
    assert parts_of(f"# {numbered}", [Known(numbered, "x", "text")])[0].title == title


@pytest.mark.parametrize(
    ("heading", "title"),
    [("2.1 Ensomhed", "Ensomhed"), ("3) Lys", "Lys"), ("1 Start", "Start"), ("A. Lys", "Lys"), ("10. Følg", "Følg")],
)  # fmt: skip
def test_a_number_before_a_heading_is_left_out(heading: str, title: str) -> None:
    assert parts_of(f"# {heading}")[0].title == title


def test_a_text_that_was_typed_beside_a_file_is_not_lost(bringer: Page) -> None:
    file = SimpleUploadedFile("udkast.txt", b"# Lys\n\nMere lys.")
    shown = bringer.look(text="Mine tastede ord", file=file)
    assert "Mine tastede ord" in shown
    assert "ikke begge på én gang" in shown
    bringer.look(text="# Lys")
    assert bringer.take(**{"into-0": "zzz"}).status_code == 302
