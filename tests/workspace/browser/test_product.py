"""A draft that comes as v0.3, is written on by a writing group of five at once, one of them cut off for a while, is
changed by proposals that get an answer, and stands frozen as v0.4, with differences that can be heard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Browser, Page, expect

from ..shared import House, house
from .test_bringing import file
from .test_together import SAVED, add, saved, shown, text

FIVE = 5
WORDS = ("ask", "birk", "cypres", "dun", "eg")


def draft() -> object:
    """The draft as somebody has written it in a word processor."""
    document = Document()
    document.add_heading("Fokusområder", 1)
    document.add_heading("Ensomhed", 2)
    for number in range(FIVE):
        document.add_paragraph(f"Afsnit {number}")
    document.add_heading("Lys", 2)
    document.add_paragraph("Der er mørkt på stierne.")
    document.add_heading("Bænke", 2)
    document.add_paragraph("Der skal stå bænke ved søen.")
    return document


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "shared", FIVE, processes=1, workers=2) as one:
        yield one


@pytest.fixture
def page_of(browser: Browser, shared: House) -> Iterator[Callable[[str], Page]]:
    """A page of whom that session belongs to; a fault that the browser reports fails the test."""
    faults: list[str] = []

    def opened(session: str) -> Page:
        context = browser.new_context(base_url=shared.address, locale="da-DK", bypass_csp=True)
        context.add_cookies([{"name": "raadslag", "value": session, "url": shared.address}])
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield opened
    for context in browser.contexts:
        context.close()
    assert faults == []


def freeze(page: Page, product: str, label: str) -> None:
    page.goto(product)
    page.locator("summary", has_text="Frys som udgave").click()
    page.locator("form[action$='/frys/']").get_by_label("Navn").fill(label)
    page.get_by_role("button", name="Frys", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(label)


def part(page: Page, title: str) -> str:
    """The address at which the part of that heading is written."""
    section = page.locator(".r-part", has=page.get_by_role("heading", name=re.compile(rf"\d {title}$")))
    return str(section.get_by_role("link", name=re.compile("^Skriv")).get_attribute("href"))


def propose(page: Page, product: str, title: str, new: str) -> None:
    page.goto(product)
    section = page.locator(".r-part", has=page.get_by_role("heading", name=re.compile(rf"\d {title}$")))
    section.get_by_role("link", name=re.compile("^Foreslå")).click()
    text(page).click()
    page.keyboard.press("Control+A")
    page.keyboard.type(new)
    page.get_by_role("button", name="Send forslaget").click()
    expect(page.get_by_role("main")).to_contain_text("Dit forslag er modtaget.")


@pytest.mark.slow
def test_from_a_draft_through_five_hands_and_two_proposals_to_differences_that_are_heard(
    shared: House, page_of: Callable[[str], Page], violations: Callable[[Page], list[str]]
) -> None:
    # The secretary brings the draft, freezes it as it came, and gives a part to the writing group.
    desk = page_of(shared.laid["secretary"])
    desk.goto(shared.laid["committee"])
    desk.get_by_role("link", name="Produkter").click()
    desk.get_by_label("Titel").fill("Strategi for stierne")
    desk.get_by_role("button", name="Begynd").click()
    desk.get_by_role("link", name="Hent et udkast ind").first.click()
    product = desk.url.removesuffix("hent/")
    desk.get_by_label("Udkastet som fil").set_input_files(file(draft()))  # type: ignore[arg-type]
    desk.get_by_role("button", name="Se på det").click()
    desk.get_by_role("button", name="Føj det til").click()
    expect(desk.locator(".r-part")).to_have_count(4)
    freeze(desk, product, "v0.3")
    desk.goto(product)
    place = part(desk, "Ensomhed")
    desk.goto(place)
    desk.locator("summary", has_text="Hvem skriver den").click()
    desk.get_by_label("Skrives af").select_option("Skrivegruppen")
    desk.locator("form[action$='/fordel/']").get_by_role("button", name="Gem").click()

    # Five write in it at once. One is cut off in the middle, goes on writing, and comes back.
    pages = [page_of(session) for session in shared.laid["sessions"]]
    for page in pages:
        page.goto(place)
        expect(page.locator("[data-together=others]")).to_contain_text("Her skriver også" if page != pages[0] else "")
    pages[4].context.set_offline(True)
    for turn in range(3):
        for number, page in enumerate(pages):
            add(page, number, f" {WORDS[number]}{turn}")
    expect(saved(pages[4])).to_have_text(re.compile(r"Gemmes her – \d+ venter"))
    pages[4].context.set_offline(False)
    said = [f"{word}{turn}" for word in WORDS for turn in range(3)]
    for page in pages:
        for one in said:
            expect(text(page)).to_contain_text(one)
        expect(saved(page)).to_have_text(SAVED)
    assert len({shown(page) for page in pages}) == 1
    assert all(shown(pages[0]).count(one) == 1 for one in said)

    # A member proposes two changes. One is taken with a change of the secretary's, the other gets a reason.
    member = page_of(shared.laid["reader"])
    propose(member, product, "Lys", "Der er mørkt på stierne om vinteren.")
    propose(member, product, "Bænke", "Der skal ikke stå noget.")
    for title, decide in (("Lys", "ja"), ("Bænke", "nej")):
        desk.goto(f"{product}forslag/")
        desk.get_by_role("link", name=title).first.click()
        if decide == "ja":
            text(desk).click()
            desk.keyboard.press("Control+A")
            desk.keyboard.type("Der er mørkt på stierne hele vinteren.")
            desk.get_by_role("button", name="Indarbejd det, som det står her").click()
        else:
            desk.get_by_label("Dit svar").fill("Bænkene er ønsket af beboerne.")
            desk.get_by_role("button", name="Indarbejd det ikke").click()
    member.goto(f"{product}forslag/")
    expect(member.get_by_role("main")).to_contain_text("Bænkene er ønsket af beboerne.")

    # What was frozen stays; what is new is heard as well as seen.
    freeze(desk, product, "v0.4")
    member.goto(f"{product}sammenlign/?fra=v0.3&til=v0.4")
    main = member.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_contain_text("v0.3")
    heard = main.aria_snapshot()
    for line in ("text: Der er mørkt på stierne", "insertion: nyt hele vinteren", "insertion: nyt ask0 ask1 ask2"):
        assert line in heard
    assert all(one in heard for one in said)
    assert "Der skal stå bænke" not in heard  # nothing of it was changed
    assert violations(member) == []
    member.goto(f"{product}v0.3/")
    expect(main).to_contain_text("Der er mørkt på stierne.")
    expect(main).not_to_contain_text("ask0")
    member.goto(f"{product}v0.4/")
    expect(main).to_contain_text("Skrivegruppen")
    expect(main).to_contain_text("Et forslag")
