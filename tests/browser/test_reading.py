"""A reader finds a decision: with scripts and without, with a mouse or with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .world import HOME


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def reader(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page in a browser with scripts switched on or off."""
    context = browser.new_context(java_script_enabled=request.param, locale="da-DK")
    yield context.new_page()
    context.close()


def test_a_decision_is_found_and_opened(reader: Page, site: str) -> None:
    reader.goto(site)
    reader.get_by_label("Søg efter").fill("ensomhed utryghed")
    reader.get_by_role("button", name="Søg").click()
    expect(reader.get_by_role("heading", name="2 fund")).to_be_visible()  # a committee's product has the words, too
    reader.get_by_role("main").get_by_role("link", name="Beslutninger 1").click()
    expect(reader.get_by_role("heading", name="1 fund")).to_be_visible()
    assert reader.locator("mark").all_text_contents() == ["utryghed", "ensomhed"]
    reader.locator(".r-hit a").first.click()
    expect(reader.get_by_role("heading", name="Det blev besluttet")).to_be_visible()
    reader.get_by_role("link", name="Hele mødet").click()
    assert reader.url == site + HOME
    item = reader.locator(".r-item").nth(1)
    expect(item.get_by_text("Offentlig beslutning:", exact=True)).to_be_hidden()
    item.locator("summary").click()
    expect(item.get_by_text("Offentlig beslutning:", exact=True)).to_be_visible()
    reader.get_by_text("Se navnene").click()
    expect(reader.get_by_text("Asta Holmen")).to_be_visible()
    reader.get_by_role("link", name="English").click()
    expect(reader.get_by_role("heading", name="What was decided")).to_be_visible()


def test_a_search_is_narrowed_by_a_link(reader: Page, site: str) -> None:
    reader.goto(f"{site}/proeve/soeg/?q=sag")
    reader.locator("summary", has_text="År: alle").click()
    reader.get_by_role("link", name="2018").click()
    expect(reader.locator("summary", has_text="År: 2018")).to_be_visible()
    reader.get_by_role("link", name="Flere fund").click()
    expect(reader.get_by_text("Side 2 af 2")).to_be_visible()


def test_a_word_is_completed_while_it_is_typed(browser: Browser, site: str) -> None:
    context = browser.new_context(locale="da-DK")
    page = context.new_page()
    page.goto(site)
    page.get_by_role("combobox", name="Søg efter").press_sequentially("utryg")
    expect(page.locator("datalist option[value=utryghed]")).to_be_attached()
    page.get_by_role("combobox", name="Søg efter").fill("utryghed ens")
    context.close()


def _tab_to(page: Page, words: str) -> None:
    """Press Tab until the element with those words has focus, which must be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate_handle("document.activeElement").as_element()
        assert focused is not None
        if words in (focused.inner_text() or focused.get_attribute("aria-label") or ""):
            outline = focused.evaluate("one => getComputedStyle(one).outlineStyle + getComputedStyle(one).outlineWidth")
            assert outline == "solid3px"
            return
    raise AssertionError(f"Tab never came to {words!r}")


def test_the_keyboard_alone_is_enough(page: Page, site: str) -> None:
    page.goto(f"{site}/proeve/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Gå til sidens indhold")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Søg efter")).to_be_focused()
    page.keyboard.type("utryghed")
    page.keyboard.press("Enter")
    page.wait_for_url("**/proeve/soeg/?q=utryghed")
    _tab_to(page, "Dagsorden til femte møde")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{HOME}punkt/1/")
    _tab_to(page, "Hele mødet")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{HOME}")
    _tab_to(page, "Leje af mødelokaler")
    while page.evaluate("document.activeElement.tagName") != "SUMMARY":
        page.keyboard.press("Tab")
    _tab_to(page, "Leje af mødelokaler")
    page.keyboard.press("Space")
    expect(page.get_by_text("Offentlig beslutning:", exact=True)).to_be_visible()


def test_the_menu_of_a_phone_opens_with_the_keyboard(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(site + HOME)
    _tab_to(page, "Menu")
    page.keyboard.press("Enter")
    _tab_to(page, "English")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/en{HOME}")
