"""The pages of a PDF in the page."""

from __future__ import annotations

from playwright.sync_api import expect

from .conftest import TABLET, People


def test_the_pages_of_a_pdf_are_drawn_and_its_text_stands_below(person: People) -> None:
    page = person("Prøve Medlem To", viewport=TABLET)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto("/")
    page.get_by_role("link", name="Åbn papirerne").click()
    page.get_by_role("link", name="Femte møde om udkastet").click()
    page.get_by_role("link", name="Referat af fjerde møde").click()
    first = page.locator(".r-pdf-page").first
    expect(first.locator("canvas")).to_be_visible()
    dark = first.locator("canvas").evaluate(
        """one => {
            const { data } = one.getContext("2d").getImageData(0, 0, one.width, one.height);
            let dark = 0;
            for (let at = 0; at < data.length; at += 4) if (data[at] < 100) dark += 1;
            return dark;
        }"""
    )
    assert dark > 500  # there is ink on the page
    width = first.bounding_box()["width"]
    page.get_by_role("button", name="Større").click()
    expect(first).to_have_css("width", f"{width * 1.5:g}px")
    assert page.evaluate("document.documentElement.scrollWidth") <= TABLET["width"]
    expect(page.locator(".r-filetext")).to_contain_text("Prøvekommunen")
    assert told == []
