"""The editor of texts: it changes nothing by itself, cleans what Word brings, and keeps what was typed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import ROOT, People

DIST = ROOT / "src" / "raadslag" / "web" / "static" / "dist"
MOST = 350_000  # bytes, compressed: all that a page with an editor fetches of scripts

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal
{ margin: 0cm; }</style></head><body lang=DA><!--StartFragment--><p class=MsoNormal style='margin-bottom:8pt'><b><span
style='color:red'>Stierne</span></b> er <i>mørke</i>.<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>Lys</p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>o<span>&nbsp;</span></span><![endif]>LED</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span>&nbsp;</span></span><![endif]>Bænke</p>
<p class=MsoNormal><a href="https://example.org/lys">Læs mere</a> <a href="javascript:alert(1)">her</a></p>
<table class=MsoTableGrid><tr><td><p class=MsoNormal>Lys</p></td><td><p class=MsoNormal>100</p></td></tr></table>
<p class=MsoNormal><img src="file:///C:/billede.png"><script>alert(1)</script></p><!--EndFragment--></body></html>"""
CLEAN = """**Stierne** er *mørke*.

- Lys
  - LED
- Bænke

[Læs mere](https://example.org/lys) her

Lys | 100"""


@pytest.fixture
def page(person: People) -> Iterator[Page]:
    """A new case being written; a fault that the browser reports fails the test."""
    one = person("Prøve Sagsbehandler")
    told: list[str] = []
    one.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    # That a form was refused is no fault of the page, though the browser says so.
    one.on("pageerror", lambda error: told.append(str(error)))
    one.goto("/sager/")
    one.get_by_role("link", name="Ny sag").click()
    one.get_by_label("Overskrift").fill("En sag at skrive i")
    one.get_by_role("button", name="Begynd").click()
    one.get_by_text("Åben", exact=True).click()
    yield one
    assert [fault for fault in told if "Failed to load resource" not in fault] == []


def field(page: Page) -> Locator:
    return page.locator("textarea[name=background]")


def editor(page: Page) -> Locator:
    """The editor, once it stands in the place of the plain field, which has the same name."""
    return page.get_by_role("textbox", name="Baggrund").and_(page.locator("[contenteditable]"))


def save(page: Page) -> None:
    page.get_by_role("button", name="Gem", exact=True).click()


def given(page: Page, text: str) -> None:
    """Save `text` as a browser without scripts would, and open the page again."""
    field(page).evaluate("(one, text) => { one.value = text; }", text)
    save(page)
    page.get_by_role("link", name="Skriv").first.click()


@pytest.mark.parametrize("text", ["Et  afsnit\n\n\n* et\n* to\n\n\n\n__Fed__ og _kursiv_", "# Top\nlinje\nlinje"])
def test_what_nobody_touched_is_sent_as_it_was(page: Page, text: str) -> None:
    given(page, text)
    expect(editor(page)).to_be_visible()
    editor(page).click()
    page.keyboard.press("ArrowRight")
    page.get_by_label("Indstillet af").fill("Teknik og Miljø")
    save(page)
    page.get_by_role("link", name="Skriv").first.click()
    assert field(page).input_value() == text


def test_what_it_would_not_give_back_stays_a_plain_field(page: Page) -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    given(page, table)
    expect(page.get_by_role("textbox", name="Resumé")).to_have_attribute("aria-multiline", "true")
    expect(field(page)).to_be_visible()
    assert field(page).input_value() == table


def test_what_word_brings_is_cleaned(page: Page) -> None:
    editor(page).evaluate(
        """(one, html) => {
            const clipboard = new DataTransfer();
            clipboard.setData("text/html", html);
            const about = { clipboardData: clipboard, bubbles: true, cancelable: true };
            one.dispatchEvent(new ClipboardEvent("paste", about));
        }""",
        WORD,
    )
    assert field(page).input_value() == CLEAN


def test_buttons_write_what_the_writers_read(page: Page) -> None:
    bar = page.get_by_role("toolbar", name="Formatering, Baggrund")
    editor(page).click()
    bar.get_by_role("button", name="Overskrift").click()
    page.keyboard.type("Lys")
    page.keyboard.press("Enter")
    bar.get_by_role("button", name="Numre").click()
    expect(bar.get_by_role("button", name="Numre")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("Et")
    page.keyboard.press("Enter")
    page.keyboard.type("To")
    page.keyboard.press("Control+]")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("Slut 1) med * og _")
    assert field(page).input_value() == "### Lys\n\n1. Et\n   1. To\n\nSlut 1) med \\* og \\_"
    save(page)
    expect(page.get_by_role("heading", name="Lys", level=3)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Slut 1) med * og _")


def test_undo_takes_back_and_arrows_go_along_the_buttons(page: Page) -> None:
    editor(page).click()
    page.keyboard.type("Hej")
    assert field(page).input_value() == "Hej"
    page.keyboard.press("Shift+Tab")
    bar = page.get_by_role("toolbar", name="Formatering, Baggrund")
    expect(bar.get_by_role("button", name="Fed")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(bar.get_by_role("button", name="Fortryd")).to_be_focused()
    page.keyboard.press("Enter")
    assert field(page).input_value() == ""
    expect(editor(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Indstillet af")).to_be_focused()


def test_what_was_typed_is_back_after_the_page_was_left(page: Page) -> None:
    editor(page).click()
    page.keyboard.type("Skrevet, men ikke gemt.")
    page.reload()
    expect(editor(page)).to_contain_text("Skrevet, men ikke gemt.")
    save(page)
    page.get_by_role("link", name="Skriv").first.click()
    expect(editor(page)).to_contain_text("Skrevet, men ikke gemt.")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('kept:')).length") == 0


def test_a_draft_comes_back_with_every_choice_and_meets_what_was_saved_since(page: Page) -> None:
    address = page.url
    page.get_by_text("Lukket", exact=True).click()
    editor(page).click()
    page.keyboard.type("En hemmelighed.")
    other = page.context.new_page()
    other.goto(address)  # another window of the same browser takes the draft over, too
    expect(other.locator("[data-saved]")).to_contain_text("er her igen")
    expect(other.locator("input[name=access][value=closed]")).to_be_checked()
    other.get_by_role("button", name="Kassér det").click()
    expect(other.locator("input[name=access][value=closed]")).to_be_checked()  # as a new case is
    expect(other.get_by_role("textbox", name="Baggrund")).to_have_text("")
    other.get_by_label("Indstillet af").fill("Gemt af en anden")
    save(other)
    editor(page).click()
    page.keyboard.type(" Og mere.")
    page.goto("/")
    page.goto(address)
    expect(editor(page)).to_contain_text("En hemmelighed. Og mere.")
    save(page)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator(".r-conflict")).to_be_visible()
    expect(editor(page)).to_contain_text("En hemmelighed. Og mere.")


def test_the_size_of_the_text_is_remembered(page: Page) -> None:
    page.get_by_text("Størst", exact=True).click()
    page.goto("/")
    expect(page.get_by_label("Størst")).to_be_checked()
    page.get_by_text("Almindelig", exact=True).click()


def test_a_link_goes_to_no_script(page: Page) -> None:
    editor(page).click()
    page.on("dialog", lambda dialog: dialog.accept("javascript:alert(1)"))
    page.keyboard.type("Her")
    page.keyboard.press("Control+A")
    page.get_by_role("toolbar", name="Formatering, Baggrund").get_by_role("button", name="Link").click()
    assert field(page).input_value() == "Her"


def test_all_scripts_of_a_page_with_an_editor_are_small() -> None:
    sizes = {name: len(gzip.compress(Path(DIST / name).read_bytes(), 9)) for name in ("work.js", "editor.js")}
    assert sum(sizes.values()) <= MOST, sizes
