"""A committee's mandate and members: seen, let out by one press, read by everyone, taken back by another."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, expect

from raadslag.core.record import Organization, decode

from .beside import beside_an_archive
from .hands import again
from .test_meeting import press, well

COMMITTEE = "Opgaveudvalget Trygge boligområder"
TASK = "At formulere ti principper for trygge boligområder"
PURPOSE = "Udvalget skal også se på stierne."
_PATIENCE = 60


def test_a_committee_is_let_out_renewed_and_taken_back(
    tmp_path: Path, browser: Browser, violations: Callable[[Page], list[str]]
) -> None:
    with beside_an_archive(tmp_path, browser) as (_archive, work, page):
        page.goto("/udvalg/")
        page.get_by_role("link", name=COMMITTEE).first.click()
        committee = page.url
        page.get_by_role("link", name="Publicér udvalget").click()
        expect(page.get_by_role("main")).to_contain_text(TASK)
        for inside in ("Prøve Sagsbehandler", "@example.org", "10 borgere"):
            expect(page.get_by_role("main")).not_to_contain_text(inside)
        well(page, violations)
        page.set_viewport_size({"width": 390, "height": 844})
        well(page, violations)
        press(page, "Publicér udvalget")
        address = _public(page)
        public = browser.new_page(viewport={"width": 1280, "height": 900}, bypass_csp=True)
        public.goto(address)
        for text in ("Udvalget skal give kommunalbestyrelsen et samlet forslag", TASK, "Prøve Formand, formand"):
            expect(public.get_by_role("main")).to_contain_text(text)
        expect(public.get_by_role("main")).not_to_contain_text("Prøve Sekretær")
        well(public, violations)
        public.set_viewport_size({"width": 390, "height": 844})
        well(public, violations)
        record = decode(requests.get(f"{address}udvalg.json", timeout=10).content)
        assert isinstance(record, Organization)
        assert (record.name, len(record.tasks), record.members[0].role) == (COMMITTEE, 3, "formand")

        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(committee)
        page.get_by_role("link", name="Indfør et nyt kommissorium").click()
        page.get_by_label("Formål").fill(PURPOSE)
        page.get_by_label("Vedtaget af").fill("Kommunalbestyrelsen")
        page.get_by_label("Vedtaget den").fill(datetime.now(UTC).date().isoformat())
        press(page, "Vedtag")
        expect(page.get_by_role("main")).to_contain_text("er ældre end det, der står her")
        well(page, violations)
        assert PURPOSE not in requests.get(address, timeout=10).text  # nothing goes out by itself
        page.goto("/")
        page.get_by_role("link", name="Publicér det nye om udvalget").click()
        expect(page.get_by_role("main")).to_contain_text("Formålet er skrevet om.")
        well(page, violations)
        press(page, "Publicér det nye")
        _until(lambda: PURPOSE in requests.get(address, timeout=10).text)

        page.locator("summary", has_text="Træk det tilbage").first.click()
        page.get_by_label("Hvorfor. Grunden står på den offentlige adresse.").first.fill("Et navn var forkert.")
        press(page, "Træk det tilbage")
        _until(lambda: requests.get(f"{address}udvalg.json", timeout=10).status_code == 410)
        for gone in (address, f"{address}udvalg.json", f"{address}udvalg.html", f"{address}nyt.atom"):
            told = requests.get(gone, timeout=10).text
            assert "Prøve Formand" not in told
            assert PURPOSE not in told
            assert ("Et navn var forkert." in told) != gone.endswith("atom")
        public.goto(address)  # its meetings are still there
        well(public, violations)
        assert work.run("journal", "verify").returncode == 0
        public.close()


def _public(page: Page) -> str:
    """The address at which it is public, once it is: the press has been answered, and then the archive has it."""
    expect(page.get_by_text("Det er på vej, og står på den offentlige side")).to_be_visible()
    link = page.get_by_role("link", name="Se det på den offentlige side")

    def is_there() -> bool:
        again(page)
        return link.count() > 0

    _until(is_there)
    return link.first.get_attribute("href") or ""


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)
