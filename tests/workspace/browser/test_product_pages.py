"""The pages of a product with text twice as large, on paper, and by the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import People
from .test_pages import DESK, PHONE, faults

A4 = {"width": 718, "height": 1047}  # what is printed on of a sheet, at 96 dots an inch
PAGES = (
    "", "v0.3/", "v0.3/godkend/", "sammenlign/", "aendringer/", "forslag/", "kommentarer/", "kommentarer/svar/?k=1&k=2",
    "viden/", "hent/",
)  # fmt: skip


@pytest.fixture
def page(person: People) -> Page:
    """The sample's product, before its secretary."""
    one = person("Prøve Sekretær", viewport=DESK, bypass_csp=True)
    one.goto("/udvalg/")
    one.get_by_role("link", name="Opgaveudvalget").first.click()
    one.get_by_role("link", name="Produkter").click()
    one.get_by_role("link", name="Trygge boligområder", exact=True).click()
    return one


def test_text_may_be_twice_as_large_and_every_page_can_be_printed(
    page: Page, violations: Callable[[Page], list[str]]
) -> None:
    product, wrong = page.url, []
    publish = product.replace("/produkter/", "/publicering/produkt/") + "v0.3/"
    for address in (*(product + path for path in PAGES), publish):
        page.goto(address)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.evaluate(
                "(one) => { one.style.fontSize = `${2 * parseFloat(getComputedStyle(one).fontSize)}px`; }",
                page.locator("html").element_handle(),
            )
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                wrong.append(f"{address} at {size['width']} with large text: {wide}")
            page.evaluate("document.documentElement.style.fontSize = ''")
        page.set_viewport_size(A4)  # type: ignore[arg-type]
        page.emulate_media(media="print")
        if page.evaluate("document.documentElement.scrollWidth") > A4["width"]:
            wrong.append(f"{address} is too wide for paper")
        if page.get_by_role("navigation", name="Hovedmenu").is_visible():
            wrong.append(f"{address}: the menu is printed")
        page.emulate_media(media="screen")
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        wrong += [f"{address}: {one}" for one in faults(page, violations)]
    assert wrong == []


def test_comments_are_chosen_and_answered_by_the_keyboard_alone(page: Page) -> None:
    page.goto(f"{page.url}kommentarer/")
    boxes = page.get_by_role("checkbox", name=re.compile("^Vælg K-"))
    press = page.get_by_role("button", name="Svar på de valgte")
    boxes.first.focus()
    page.keyboard.press("Space")
    for _ in range(40):
        if press.evaluate("(one) => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(press).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Svar på K-01")
    page.get_by_role("radio", name="Indarbejdet", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Delvist indarbejdet")).to_be_checked()
