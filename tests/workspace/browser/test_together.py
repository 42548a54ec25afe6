"""Five browsers in one part at once, one of them without a connection for a while, served by two processes.

All show the same, the part says every word, everyone sees who is there, and without scripts a form does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ..shared import House, house

FIVE = 5
SAVED = re.compile(r"^Gemt \d\d\.\d\d\.\d\d$")


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "shared", FIVE + 1, processes=1, workers=2) as one:
        yield one


@pytest.fixture
def page_of(browser: Browser, shared: House) -> Iterator[Callable[..., Page]]:
    """The part, open in the browser of a writer; a fault that the browser reports fails the test."""
    faults: list[str] = []

    def opened(number: int, **options: object) -> Page:
        context = browser.new_context(base_url=shared.address, locale="da-DK", **options)  # type: ignore[arg-type]
        login = {"name": "raadslag", "value": shared.laid["sessions"][number], "url": shared.address}
        context.add_cookies([login])  # type: ignore[list-item]
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(shared.laid["page"])
        return page

    yield opened
    for context in browser.contexts:
        context.close()
    assert faults == []


def text(page: Page) -> Locator:
    """The editor, once it stands in the place of the plain field, which has the same name."""
    return page.get_by_role("textbox", name="Tekst").and_(page.locator("[contenteditable]"))


def saved(page: Page) -> Locator:
    return page.locator("[data-together=saved]")


def shown(page: Page) -> str:
    """The words, without the names beside the carets."""
    told: str = text(page).evaluate(
        "(one) => { const copy = one.cloneNode(true); "
        "copy.querySelectorAll('.r-caret').forEach((mark) => mark.remove());"
        " return [...copy.querySelectorAll('p')].map((line) => line.textContent).join('\\n'); }"
    )
    return told


def add(page: Page, number: int, words: str) -> None:
    """Write on at the end of a paragraph."""
    text(page).get_by_text(f"Afsnit {number}").click()
    page.keyboard.press("End")
    page.keyboard.type(words)


def test_five_write_at_once_and_one_is_cut_off(
    shared: House, page_of: Callable[..., Page], violations: Callable[[Page], list[str]]
) -> None:
    shared.run("save", "\n\n".join(f"Afsnit {number}" for number in range(FIVE)))
    phone = {"viewport": {"width": 390, "height": 844}, "bypass_csp": True}
    pages = [page_of(number, **(phone if number == 0 else {})) for number in range(FIVE)]
    names = [f"Prøve skriver{number}" for number in range(FIVE)]
    for number, page in enumerate(pages):
        others = ", ".join(name for name in names if name != names[number])
        expect(page.locator("[data-together=others]")).to_have_text(f"Her skriver også: {others}")

    pages[4].context.set_offline(True)
    words = [[f"{name}{number}" for number in range(4)] for name in ("ask", "birk", "cypres", "dun", "eg")]
    for turn in range(4):  # in turns, each in the middle of what the others write
        for number, page in enumerate(pages):
            add(page, number, f" {words[number][turn]}")
    expect(saved(pages[4])).to_have_text(re.compile(r"Gemmes her – \d+ venter"))
    for page in pages[:4]:
        expect(saved(page)).to_have_text(SAVED)
    expect(pages[0].locator(".r-caret-name").first).to_be_attached()
    assert "eg0" not in shown(pages[0])

    pages[4].close()  # and not only the line: the page is opened again, and sends what it kept
    pages[4].context.set_offline(False)
    pages[4] = pages[4].context.new_page()
    pages[4].goto(shared.laid["page"])
    for page in pages:
        for one in (word for some in words for word in some):
            expect(text(page)).to_contain_text(one, timeout=20_000)
        expect(saved(page)).to_have_text(SAVED)
    assert len({shown(page) for page in pages}) == 1
    for word in (word for some in words for word in some):
        assert shown(pages[0]).count(word) == 1
    assert violations(pages[0]) == []
    width = pages[0].evaluate("document.documentElement.scrollWidth")
    assert width <= 390

    pages[1].get_by_label("Overskrift").fill("Ensomhed og fællesskab")
    pages[1].get_by_role("button", name="Gem", exact=True).click()  # with the form goes all but the text
    expect(pages[1].get_by_role("heading", name="Ensomhed og fællesskab")).to_be_visible()
    expect(pages[1].get_by_text("eg3")).to_be_visible()
    told = shared.told()
    assert all(told["text"].count(word) == 1 for some in words for word in some)
    written = told["savings"][1:-1]  # between the first and the heading: more than one, where the machine is slow
    assert sorted({name for one in written for name in one["authors"]}) == names

    plain = page_of(FIVE, java_script_enabled=False)  # without scripts: what was saved meanwhile is shown beside
    add(pages[0], 0, " fyr")
    expect(saved(pages[0])).to_have_text(SAVED)
    plain.get_by_label("Tekst").fill("Alene.")
    plain.get_by_role("button", name="Gem", exact=True).click()
    expect(plain.locator(".r-conflict")).to_contain_text("fyr")
    expect(plain.get_by_label("Tekst")).to_have_value("Alene.")
    plain.get_by_role("button", name="Gem", exact=True).click()
    expect(text(pages[0])).to_have_text(re.compile("^Alene\\."))

    plain.goto(shared.laid["page"] + "historie/")
    plain.get_by_role("button", name="Lad den sige dette igen").nth(0).click()  # with "fyr", as it was before
    expect(text(pages[0])).to_contain_text("fyr")

    shared.run("end", names[0])
    add(pages[0], 0, " for sent")
    expect(saved(pages[0])).to_contain_text("Du kan ikke skrive her mere")
    expect(text(pages[0])).to_have_attribute("contenteditable", "false")
    shared.run("approve")
    expect(saved(pages[2])).to_have_text("Produktet er godkendt. Her skrives ikke mere.")
    assert "for sent" not in shared.told()["text"]
