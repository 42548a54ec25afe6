"""Pages fit a narrow phone, grow with the text, print whole, and never make the browser complain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .addresses import DOCUMENTS, PAGES
from .world import HOME


def _is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.fixture(scope="module")
def narrow(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page as wide as the narrowest phone, and what the browser complains of on it."""
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    yield page, complaints
    context.close()


@pytest.mark.parametrize("address", [*PAGES, *DOCUMENTS])
def test_no_page_scrolls_sideways_on_a_narrow_phone(narrow: tuple[Page, list[str]], site: str, address: str) -> None:
    page, complaints = narrow
    complaints.clear()
    page.goto(site + address)
    page.evaluate("document.querySelectorAll('details:not(.r-menu)').forEach(one => one.open = true)")
    assert not _is_too_wide(page)
    if address not in DOCUMENTS:
        page.get_by_label("Størst").check()
        assert not _is_too_wide(page)
    assert complaints == []


def test_the_text_can_be_made_larger(page: Page, site: str) -> None:
    page.goto(site + HOME)
    size = "parseFloat(getComputedStyle(document.querySelector('.r-lead')).fontSize)"
    sizes = []
    for label in ("Almindelig", "Større", "Størst"):
        page.get_by_label(label).check()
        sizes.append(page.evaluate(size))
    assert sizes == sorted(set(sizes))
    assert sizes[2] / sizes[0] == pytest.approx(80 / 62.5, abs=0.01)


def test_paper_has_what_was_folded_and_no_menu(page: Page, site: str) -> None:
    page.goto(site + HOME)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Hovedmenu")).to_be_hidden()
    expect(page.get_by_role("search")).to_be_hidden()
    expect(page.get_by_text("Udvalget får en status og taler om udkastet.")).to_be_visible()
