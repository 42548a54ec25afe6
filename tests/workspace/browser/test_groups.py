"""A group from its invitation to the minutes: asked, yes, a note, status at the next meeting, words in the minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import People, Work, running

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Work]:
    """A workspace that this test alone changes."""
    with running(tmp_path / "workspace") as one:
        yield one


@pytest.fixture
def people(browser: Browser, own: Work) -> Iterator[People]:
    """Its people."""
    some = People(browser, own)
    yield some
    some.close()


def group_page(page: Page) -> None:
    page.goto("/udvalg/")
    page.get_by_role("link", name="Skrivegruppen").first.click()
    page.get_by_role("link", name="Gruppens arbejde").click()


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).first.click()


def test_from_the_invitation_to_the_minutes(own: Work, people: People, violations: Callable[[Page], list[str]]) -> None:
    secretary = people("Prøve Sekretær", viewport={"width": 1280, "height": 900}, bypass_csp=True)
    group_page(secretary)
    secretary.get_by_text("Invitér en fra udvalget").click()
    secretary.get_by_label("Hvem", exact=True).select_option(label="Prøve Medlem Fire")
    press(secretary, "Invitér")
    expect(secretary.get_by_role("main")).to_contain_text("Prøve Medlem Fire · inviteret")

    member = people("Prøve Medlem Fire", viewport=PHONE, bypass_csp=True)
    member.goto("/")
    expect(member.get_by_role("heading", name="Vil du være med i Skrivegruppen?")).to_be_visible()
    assert violations(member) == []
    press(member, "Ja, jeg er med")
    expect(member.get_by_role("heading", level=1, name="Skrivegruppen")).to_be_visible()
    text = member.get_by_role("textbox", name="Notat").and_(member.locator("[contenteditable]"))
    text.click()
    member.keyboard.type("Vi har skrevet de to første dele.")
    assert violations(member) == []
    press(member, "Aflever til næste møde")
    expect(member.get_by_role("main")).to_contain_text("venter på næste møde")

    member.goto("/moeder/")
    member.get_by_role("link", name="5. møde").click()
    expect(member.get_by_role("region", name="Status fra grupperne")).to_contain_text("Vi har skrevet de to første")

    secretary.goto("/moeder/")
    secretary.get_by_role("link", name="5. møde").click()
    expect(secretary.get_by_role("main")).to_contain_text("Arbejdsgruppen om naboskab, Skrivegruppen")
    secretary.get_by_role("main").get_by_role("link", name="Åbn mødet").first.click()
    press(secretary, "Åbn mødet")
    status = secretary.get_by_role("region", name="Status fra grupperne")
    status.locator("summary").filter(has_text="Skrivegruppen").click()
    assert violations(secretary) == []
    status.get_by_role("button", name="Indsæt i referatet Skrivegruppen").click()
    paragraph = secretary.locator("[data-entries] textarea").first
    expect(paragraph).to_have_value("Status fra Skrivegruppen:\n\nVi har skrevet de to første dele.")
    expect(status.get_by_text("Skrivegruppen · i referatet")).to_be_visible()
    secretary.reload()
    expect(paragraph).to_have_value("Status fra Skrivegruppen:\n\nVi har skrevet de to første dele.")
