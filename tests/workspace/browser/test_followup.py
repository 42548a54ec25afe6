"""A committee's product is handed over, the council decides, what it promises is written down and told of; everyone
reads how far it is, and it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, expect

from raadslag.core.record import Commitment, decode

from .beside import beside_an_archive
from .conftest import People
from .hands import again
from .test_meeting import press, well
from .test_publishing_organization import _public, _until

PREPARED = ("tests.workspace.browser.promised",)
PROMISE = "Der ansættes to boligsociale medarbejdere."
STATUS = "Den ene er ansat."


def test_what_was_promised_is_followed_from_the_product_to_the_public(
    tmp_path: Path, browser: Browser, violations: Callable[[Page], list[str]]
) -> None:
    with beside_an_archive(tmp_path, browser, filled_by=PREPARED) as (_archive, work, page):
        page.goto("/udvalg/")
        page.get_by_role("link", name="Opgaveudvalget").first.click()
        page.get_by_role("link", name="Produkter").click()
        page.get_by_role("link", name="Trygge boligområder", exact=True).click()
        page.goto(f"{page.url}v1.0/")
        page.get_by_role("link", name="Overdrag").click()
        well(page, violations)
        page.set_viewport_size({"width": 390, "height": 844})
        well(page, violations)
        page.get_by_text("Åben", exact=True).click()
        press(page, "Overdrag")
        expect(page.get_by_role("main")).to_contain_text("Overdraget til Kommunalbestyrelsen")
        well(page, violations)
        page.set_viewport_size({"width": 1280, "height": 900})

        # The council decides for itself; what it decided waits for somebody to write down what it promises.
        work.module(*PREPARED, "decide")
        people = People(browser, work)
        clerk = people("Prøve Rådssekretær", viewport={"width": 1280, "height": 900}, bypass_csp=True)
        clerk.goto("/opfoelgning/")
        expect(clerk.get_by_role("main")).to_contain_text("Besluttet, men intet skrevet ned endnu")
        well(clerk, violations)
        clerk.get_by_role("link", name="1. Trygge boligområder").click()
        due = (datetime.now(UTC) + timedelta(days=200)).date().isoformat()
        clerk.get_by_label("Hvad der loves").fill(PROMISE)
        clerk.get_by_label("Hvem der gør det (enhed)").fill("Center for Borgere")
        clerk.get_by_label("Hvornår det skal være gjort").fill(due)
        clerk.get_by_label("Hvem der giver status").select_option(label="Prøve Rådssekretær")
        clerk.get_by_label("Udspringer af").select_option(label="1 Ensomhed")
        well(clerk, violations)
        press(clerk, "Gem")
        expect(clerk.get_by_role("heading", level=1)).to_contain_text(PROMISE)
        commitment = clerk.url
        well(clerk, violations)

        # How far it is: told in words, kept, and seen by the committee on its line.
        clerk.get_by_role("main").get_by_role("link", name="Opdatér").click()
        clerk.get_by_label("Hvor langt er det?").fill(STATUS)
        clerk.get_by_text("I gang", exact=True).click()
        clerk.set_viewport_size({"width": 390, "height": 844})
        well(clerk, violations)
        press(clerk, "Gem")
        expect(clerk.get_by_role("main")).to_contain_text(STATUS)
        well(clerk, violations)
        clerk.set_viewport_size({"width": 1280, "height": 900})
        clerk.goto("/opfoelgning/")
        expect(clerk.get_by_role("main")).to_contain_text("I gang")
        page.goto("/opfoelgning/")
        expect(page.get_by_role("main")).to_contain_text(PROMISE)
        page.goto(commitment)
        expect(page.get_by_role("main").get_by_role("link", name="Publicér")).to_have_count(0)  # it is the council's
        page.goto("/udvalg/")
        page.get_by_role("link", name="Opgaveudvalget").first.click()
        page.get_by_role("link", name="Forløb").first.click()
        expect(page.get_by_role("main")).to_contain_text(PROMISE)
        well(page, violations)

        # Let out by a press once the decision is public, read by everyone, and taken back.
        clerk.goto(commitment)
        clerk.get_by_role("link", name="Publicér").click()
        _until(lambda: again(clerk).get_by_role("button", name="Publicér løftet").is_enabled())
        well(clerk, violations)
        press(clerk, "Publicér løftet")
        address = _public(clerk)
        public = browser.new_page(viewport={"width": 1280, "height": 900}, bypass_csp=True)
        public.goto(address)
        for text in (PROMISE, STATUS, "I gang", "Center for Borgere", "Kommunalbestyrelsen"):
            expect(public.get_by_role("main")).to_contain_text(text)
        expect(public.get_by_role("main")).not_to_contain_text("Prøve Rådssekretær")
        well(public, violations)
        record = decode(requests.get(f"{address}loefte.json", timeout=10).content)
        assert isinstance(record, Commitment)
        assert (record.state, len(record.reports), record.origin) == (
            "under_way",
            1,
            None,
        )  # the version is the house's
        public.get_by_role("link", name="Hvad der blev lovet").first.click()
        expect(public.get_by_role("main")).to_contain_text(PROMISE)
        well(public, violations)
        public.set_viewport_size({"width": 390, "height": 844})
        well(public, violations)
        clerk.locator("summary", has_text="Træk det tilbage").first.click()
        clerk.get_by_label("Hvorfor. Grunden står på den offentlige adresse.").first.fill("Et navn var forkert.")
        press(clerk, "Træk det tilbage")
        _until(lambda: requests.get(address, timeout=10).status_code == 410)
        told = requests.get(address, timeout=10).text
        assert "Et navn var forkert." in told
        assert PROMISE not in told
        assert work.run("journal", "verify").returncode == 0
        people.close()
        public.close()
