"""A real paper of another system: brought, looked through beside its source, approved, and found by its decision."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from raadslag.core import read
from raadslag.core.text import plain

from .conftest import People, running
from .test_meeting import press, well

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "minutes"
PAPER = SHARED / "gentofte-opgaveudvalg-boligsocial-2018-04-09.txt"
TITLE = "5. møde, rettet af en prøve"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_paper_becomes_a_meeting_whose_decision_is_found(
    tmp_path: Path, browser: Browser, violations: Callable[[Page], list[str]], scripts: bool
) -> None:
    if not PAPER.exists():
        pytest.skip("the real documents (../shared/data beside the repository) are not on this machine")
    told = read(PAPER.read_bytes())
    with running(tmp_path / "workspace", filled_by=("tests.workspace.browser.brought", str(PAPER))) as work:
        people = People(browser, work)
        page = people(
            "Prøve Sekretær", viewport={"width": 1280, "height": 900}, bypass_csp=True, java_script_enabled=scripts
        )
        page.goto("/import/")
        _bring(page)
        if scripts:
            well(page, violations)
        page.get_by_role("link", name=PAPER.name).click()
        _look_through(page, scripts, str(told.meeting.place))
        if scripts:
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 900})
                well(page, violations)
        page.get_by_label("Dokumentets overskrift").fill(TITLE)
        for listed in (told.attendance or ())[:2]:
            page.get_by_label(f"Det er {listed.person}").check(force=True)
        press(page, "Godkend felter")
        expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
        page.get_by_role("link", name="Til sekretærens side").click()
        expect(page.get_by_role("main").get_by_text("Til stede", exact=True)).to_have_count(2)
        expect(page.locator(".r-person-row")).to_have_count(2)
        if scripts:
            well(page, violations)
        page.goto("/import/")
        _bring(page)  # the same once more
        expect(page.locator(".r-hit")).to_have_count(1)

        decision = plain(told.items[0].decision or "")
        member = people("Prøve Medlem", viewport={"width": 390, "height": 844}, bypass_csp=True)
        member.goto("/soeg/")
        member.get_by_label("Søg efter").fill(" ".join(decision.split()[:6]))
        member.get_by_role("main").get_by_role("button", name="Søg").click()
        member.get_by_role("link", name=str(told.items[0].title)).click()
        expect(member.locator(".r-decision")).to_contain_text(" ".join(decision.split()[:6]))
        expect(member.get_by_role("main")).to_contain_text("Udfald ikke angivet i kilden")
        well(member, violations)
        member.goto("/moeder/?vis=holdt")
        member.get_by_role("link", name=TITLE).click()
        well(member, violations)
        people.close()


def _bring(page: Page) -> None:
    page.get_by_label("Dokumenter fra et andet system").set_input_files(PAPER)
    press(page, "Hent ind")
    link = page.get_by_role("link", name=PAPER.name)
    for _ in range(30):  # with scripts the page shows it by itself, without them one looks again
        page.wait_for_timeout(1000)
        if link.count():
            return
        if page.get_by_role("link", name="Se, hvor langt det er").count():
            page.get_by_role("link", name="Se, hvor langt det er").click()
    expect(link).to_be_visible()


def _look_through(page: Page, scripts: bool, place: str) -> None:
    """The field at hand shows where its value stands: its lines are marked, or its link leads there."""
    field = page.get_by_label("Sted", exact=True)
    expect(field).to_have_value(place)
    if scripts:
        field.focus()
        expect(page.locator(".r-source .is-here")).to_contain_text(place)
        return
    page.locator(".r-field", has=field).get_by_role("link").click()
    expect(page.locator(".r-source :target")).to_contain_text(place)
    page.locator(".r-source :target").get_by_role("link").click()
    expect(page.locator(".r-fields :target")).to_have_value(place)
