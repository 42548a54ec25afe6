"""A draft from Word to a product on paper and back, without scripts on a phone; and how it looks to axe."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from docx import Document
from playwright.sync_api import Page, expect

from .conftest import People
from .test_pages import DESK, PHONE, faults

pytestmark = pytest.mark.slow
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def begun(page: Page, title: str) -> None:
    """A product of the sample's committee, with the page for bringing a draft open."""
    page.goto("/udvalg/")
    page.get_by_role("link", name="Opgaveudvalget").first.click()
    page.get_by_role("link", name="Produkter").click()
    page.get_by_label("Titel").fill(title)
    page.get_by_role("button", name="Begynd").click()
    page.get_by_role("link", name="Hent et udkast ind").first.click()


def file(document: object) -> dict[str, object]:
    made = io.BytesIO()
    document.save(made)  # type: ignore[attr-defined]
    return {"name": "udkast.docx", "mimeType": WORD, "buffer": made.getvalue()}


def draft() -> object:
    document = Document()
    document.add_heading("Fokusområder", 1)
    document.add_heading("Ensomhed", 2)
    document.add_paragraph("Mange beboere kender ikke deres naboer.")
    document.add_heading("Tiltag", 1)
    document.add_paragraph("Bænke", style="List Bullet")
    return document


def test_a_draft_goes_in_out_and_comes_back_without_scripts(person: People) -> None:
    page = person("Prøve Sekretær", viewport=PHONE, java_script_enabled=False)
    begun(page, "Fra Word")
    page.get_by_label("Udkastet som fil").set_input_files(file(draft()))  # type: ignore[arg-type]
    page.get_by_role("button", name="Se på det").click()
    expect(page.get_by_role("heading", name="Det læses som 3 dele")).to_be_visible()
    guess = page.get_by_role("listitem").filter(has_text="Ensomhed")
    expect(guess).to_contain_text("slagsen er et gæt")
    guess.get_by_label("Slags").select_option("Tema")
    page.get_by_role("button", name="Føj det til").click()
    expect(page.get_by_role("heading", name="1.1 Ensomhed")).to_be_visible()
    expect(page.get_by_role("paragraph").filter(has_text="Tema")).to_be_visible()
    product = page.url
    word = page.request.get(f"{product}kladde.docx")
    document = Document(io.BytesIO(word.body()))
    assert "KLADDE" in document.sections[0].header.paragraphs[0].text
    line = next(line for line in document.paragraphs if line.text.startswith("Mange beboere"))
    line.runs[0].text = "Mange beboere kender slet ikke deres naboer."
    page.goto(f"{product}hent/")
    page.get_by_label("Udkastet som fil").set_input_files(file(document))  # type: ignore[arg-type]
    page.get_by_role("button", name="Se på det").click()
    expect(page.get_by_role("listitem").filter(has_text="Ensomhed").first).to_contain_text("omskrevet")
    page.get_by_label("Hvorfor den ændres").select_option("En beslutning")
    page.get_by_label("Hvilket eller hvilken").fill("Formandskabet")
    page.get_by_role("button", name="Føj det til").click()
    expect(page.get_by_text("Mange beboere kender slet ikke deres naboer.")).to_be_visible()
    expect(page.locator(".r-part")).to_have_count(3)
    page.goto(f"{product}aendringer/")
    expect(page.get_by_role("main")).to_contain_text("Formandskabet")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=lambda size: str(size["width"]))
def test_the_preview_and_the_papers_are_well(
    person: People, violations: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    page = person("Prøve Sekretær", viewport=size, bypass_csp=True)
    begun(page, f"Set på {size['width']}")
    product = page.url.removesuffix("hent/")
    for _ in range(2):  # new parts, then parts that are known
        page.goto(f"{product}hent/")
        assert faults(page, violations) == []
        page.get_by_label("Udkastet som fil").set_input_files(file(draft()))  # type: ignore[arg-type]
        page.get_by_role("button", name="Se på det").click()
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert faults(page, violations) == []
        page.get_by_role("button", name="Føj det til").click()
        expect(page.locator(".r-part").first).to_be_visible()
    for path in ("", "kladde.html", "kladde.html?vis=ren"):
        page.goto(f"{product}{path}")
        assert faults(page, violations) == [], path
