"""What comes after the first publishing: a decision that waited, an addition, an item opened later; and then all of it
is taken back, with the list of where it had been shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, expect

from ..archive import Archive
from .beside import beside_an_archive
from .hands import again
from .test_meeting import press, well
from .test_publishing import CLOSED, DECISION, FACE, _everything, _hold

FOLLOWS = "Den følger, når parten har fået besked."
ADDED = "Bænkene er af egetræ."
REASON = "Lejemålet er underskrevet."
_PATIENCE = 60


def test_a_decision_waits_an_addition_follows_an_item_is_opened_and_all_is_taken_back(
    tmp_path: Path, browser: Browser, violations: Callable[[Page], list[str]]
) -> None:
    with beside_an_archive(tmp_path, browser) as (archive, work, page):
        _hold(page)
        minutes = page.url
        page.get_by_role("main").get_by_role("link", name="Publicér").click()
        publishing = page.url

        # A decision waits until its party has been told: number and heading are public, the rest follows.
        page.locator("summary", has_text="Hold beslutningen tilbage").first.click()
        page.get_by_label("Påmindelse").first.fill("2026-12-24")
        press(page, "Hold tilbage")
        expect(page.get_by_role("main")).to_contain_text(
            "Venter, til parten har fået besked. Påmindelse: 24. december."
        )
        page.get_by_label("Beslutningen, som alle må læse den").fill(FACE)
        press(page, "Gem")
        press(page, "Publicér referatet")
        address = _shown(page, archive, FOLLOWS)
        assert DECISION not in _everything(archive, address)
        _both(page, violations)
        press(page, "Parten har fået besked")
        _shown(page, archive, DECISION)
        assert FOLLOWS not in requests.get(address, timeout=10).text

        # An addition says which item it concerns, and the page that it is not public yet.
        page.goto(minutes)
        page.locator("summary", has_text="Tilføj noget").click()
        page.get_by_label("Hvilket punkt handler det om?").select_option(index=1)
        page.get_by_label("Det, der tilføjes").fill(ADDED)
        _both(page, violations)
        press(page, "Tilføj")
        expect(page.get_by_role("main")).to_contain_text(ADDED)
        page.goto(publishing)
        expect(page.get_by_role("main")).to_contain_text("En tilføjelse er ikke offentlig endnu.")
        press(page, "Publicér igen")
        _shown(page, archive, ADDED)
        told = requests.get(address, timeout=10).text
        assert "Tilføjet efter mødet · Prøve Sekretær" in told
        assert DECISION in told
        assert CLOSED not in _everything(archive, address)

        # What closed an item is over: it is opened, looked at and published; before the press nothing goes out.
        page.locator("summary", has_text="Åbn punktet for alle").click()
        page.get_by_label("Hvorfor punktet ikke længere behøver at være lukket").fill(REASON)
        _both(page, violations)
        press(page, "Åbn punktet")
        expect(page.get_by_role("main")).to_contain_text("Et punkt, der er åbnet, er ikke offentligt endnu.")
        assert CLOSED not in _everything(archive, address)
        _both(page, violations)
        press(page, "Publicér igen")
        _shown(page, archive, CLOSED)
        assert f"Det er senere blevet åbnet. Begrundelse: {REASON}" in requests.get(address, timeout=10).text

        # All of it is taken back by one press, and the list tells where it had been shown, to nobody by name.
        for _ in range(7):
            requests.get(address, timeout=10)
        page.locator("summary", has_text="Træk alt om mødet tilbage").click()
        page.get_by_label("Hvorfor alt.").fill("En navngiven borger.")
        press(page, "Træk det hele tilbage")
        deadline = time.monotonic() + _PATIENCE
        while CLOSED in _everything(archive, address) or not page.locator("#vist").count():
            assert time.monotonic() < deadline, "it is still shown, or nobody tells where it was"
            time.sleep(0.5)
            again(page)
        assert requests.get(address, timeout=10).status_code == 410
        path = address.removeprefix(archive.address)
        listed = page.locator("#vist ~ details")  # the only one stands open; of several, each is opened
        for at in range(listed.count()):
            if listed.nth(at).get_attribute("open") is None:
                listed.nth(at).locator("summary").click()
        rows = page.locator("#vist ~ * tr", has_text=path)
        expect(rows.first).to_be_visible()
        counts = page.locator("section", has=page.locator("#vist")).locator(
            f"tr:has(td:text-is('{path}')) td:last-child"
        )
        assert max(map(int, counts.all_text_contents())) >= 7
        _both(page, violations)
        with page.expect_download() as download:
            page.get_by_role("link", name="Listen til et regneark").click()
        assert f"{address};" in Path(download.value.path()).read_text(encoding="utf-8-sig")
        assert work.run("journal", "verify").returncode == 0


def _both(page: Page, violations: Callable[[Page], list[str]]) -> None:
    """It is well on a telephone and on a wide screen."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        well(page, violations)


def _shown(page: Page, archive: Archive, words: str) -> str:
    """The address of the meeting once the public side says `words` there."""
    deadline = time.monotonic() + _PATIENCE
    link = page.get_by_role("link", name="Se det på den offentlige side")
    while True:
        again(page)
        if link.count():
            address = link.first.get_attribute("href") or ""
            if words in requests.get(address, timeout=10).text:
                return address
        assert time.monotonic() < deadline, page.get_by_role("main").inner_text()
        time.sleep(0.2)
