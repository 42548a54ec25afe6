"""Every comment is answered, a version is frozen and let out beside the one before; everyone reads what was changed and
why; it is taken back, and the other stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, expect

from raadslag.core.record import Product, decode

from .beside import beside_an_archive
from .test_meeting import press, well
from .test_product import freeze
from .test_publishing_organization import _public, _until

REASON = "Det står i kommissoriet."


def test_what_was_said_is_answered_and_two_versions_are_public_side_by_side(
    tmp_path: Path, browser: Browser, violations: Callable[[Page], list[str]]
) -> None:
    with beside_an_archive(tmp_path, browser) as (_archive, _work, page):
        page.goto("/udvalg/")
        page.get_by_role("link", name="Opgaveudvalget").first.click()
        page.get_by_role("link", name="Produkter").click()
        page.get_by_role("link", name="Trygge boligområder", exact=True).click()
        product = page.url
        page.goto(f"{product}v0.3/")
        page.get_by_role("link", name="Publicér", exact=True).click()
        press(page, "Publicér v0.3")
        first = _public(page)

        # What waits for an answer keeps the next version from being frozen; two are answered at once.
        page.goto(product)
        page.locator("summary", has_text="Frys som udgave").click()
        page.locator("form[action$='/frys/']").get_by_label("Navn").fill("v0.4")
        press(page, "Frys")
        expect(page.get_by_role("main")).to_contain_text("2 kommentarer mangler et svar: K-01, K-02.")
        page.get_by_role("link", name="Kommentarer").click()
        well(page, violations)
        for name in ("K-01", "K-02"):
            page.get_by_label(f"Vælg {name}").check()
        press(page, "Svar på de valgte")
        page.set_viewport_size({"width": 390, "height": 844})
        well(page, violations)
        page.get_by_text("Ikke indarbejdet", exact=True).click()
        page.get_by_label("Hvorfor, med ord til den, der skrev den").fill(REASON)
        press(page, "Gem")
        expect(page.get_by_role("main")).to_contain_text("3 af 3 besvaret")
        well(page, violations)
        page.set_viewport_size({"width": 1280, "height": 900})
        freeze(page, product, "v0.4")
        page.get_by_role("link", name="Publicér", exact=True).click()
        expect(page.get_by_role("main")).to_contain_text(REASON)
        well(page, violations)
        press(page, "Publicér v0.4")
        second = _public(page)

        # Everyone sees both, what was changed and why, and no person who wrote or asked.
        public = browser.new_page(viewport={"width": 1280, "height": 900}, bypass_csp=True)
        public.goto(second)
        main = public.get_by_role("main")
        for text in (REASON, "Skrivegruppen", "v0.3"):
            expect(main).to_contain_text(text)
        for person in ("Prøve Medlem", "Prøve Sekretær"):
            expect(main).not_to_contain_text(person)
        well(public, violations)
        record = decode(requests.get(f"{second}produkt.json", timeout=10).content)
        assert isinstance(record, Product)
        assert (record.version, len(record.answers)) == ("v0.4", 3)
        public.get_by_role("link", name="Se hvad der blev ændret").first.click()
        expect(main.locator("ins").first).to_be_visible()
        well(public, violations)

        page.locator("summary", has_text="Træk det tilbage").first.click()
        page.get_by_label("Hvorfor. Grunden står på den offentlige adresse.").first.fill("Et navn var forkert.")
        press(page, "Træk det tilbage")
        _until(lambda: requests.get(second, timeout=10).status_code == 410)
        assert REASON not in requests.get(second, timeout=10).text
        assert requests.get(first, timeout=10).status_code == 200
        public.close()
