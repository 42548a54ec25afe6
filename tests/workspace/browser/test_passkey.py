"""A passkey, with an authenticator that the browser pretends to have: added, and then enough by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from .conftest import People, Work, running

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip

BAD_LINE = {"offline": False, "latency": 500, "downloadThroughput": -1, "uploadThroughput": -1}  # ms


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Work]:
    """A workspace with a host name: a passkey belongs to a name, and never to a number."""
    with running(tmp_path / "workspace", "localhost") as one:
        yield one


def test_a_passkey_is_added_and_logs_in_by_itself(browser: Browser, own: Work) -> None:
    people = People(browser, own)
    page = people("Prøve Administrator")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    device.send("Network.enable")
    device.send("Network.emulateNetworkConditions", BAD_LINE)  # the page's scripts come after the page
    page.goto("/personer/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Et skridt mere")
    page.get_by_role("link", name="Lav en ekstra sikring").click()
    page.get_by_role("link", name="Tilføj en adgangsnøgle").click()
    page.get_by_label("Navn").fill("Min telefon")
    page.get_by_role("button", name="Tilføj", exact=True).click()
    page.wait_for_url("**/recovery-codes/**", timeout=60_000)  # spare codes, shown at once
    page.goto("/personer/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Personer")  # this login is one of two factors now
    page.goto("/mit/")
    page.get_by_role("main").get_by_role("button", name="Log ud").click()
    page.goto("/konto/ind/")
    page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Prøve Administrator")
    page.goto("/personer/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Personer")
    people.close()


def test_a_passkey_that_does_not_come_is_told(browser: Browser, own: Work) -> None:
    page = browser.new_context(base_url=own.address, locale="da-DK").new_page()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, "isUserVerified": False}})
    page.goto("/konto/ind/")
    page.get_by_role("button", name="Log ind med adgangsnøgle").click()
    expect(page.locator("[data-passkey]")).to_contain_text("Prøv igen", timeout=30_000)
    page.context.close()
