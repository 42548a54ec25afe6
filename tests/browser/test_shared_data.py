"""A folder of real papers is added, "ensomhed" is searched, the decision opened, its PDF fetched and read back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from raadslag.core import read
from raadslag.core.record import Meeting, canonical, decode

from .conftest import run, serving


@pytest.fixture(scope="module")
def data(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an archive to which the folder of real papers has been added by the command."""
    folder = tmp_path_factory.mktemp("real")
    added = run("raadslag.cli", "archive", "add", str(shared_data), "--already-public", "--data", str(folder))
    assert added.returncode == 0, added.stderr
    return folder


@pytest.fixture(scope="module")
def real_site(data: Path) -> Iterator[str]:
    """The address where that archive is served."""
    with serving(data) as address:
        yield address


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_decision_is_found_and_its_pdf_reads_back_equal(real_site: str, browser: Browser, scripts: bool) -> None:
    context = browser.new_context(java_script_enabled=scripts, locale="da-DK")
    page = context.new_page()
    page.goto(f"{real_site}/gentofte/")
    page.get_by_label("Søg efter").fill("ensomhed")
    page.get_by_role("button", name="Søg").click()
    assert "ensomhed" in [words.casefold() for words in page.locator("mark").all_text_contents()]
    hit = page.locator(".r-hit", has_text="9. april 2018")
    hit.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Det blev besluttet")).to_be_visible()
    decision = page.get_by_role("main")
    expect(decision).to_contain_text("utryghed og ensomhed")
    page.get_by_role("link", name="Hele mødet").click()

    pdf = context.request.get(_address(page.get_by_role("link", name="PDF til læsning og print").first, real_site))
    data = context.request.get(_address(page.get_by_role("link", name="Data (JSON)").first, real_site))
    shown, printed = decode(data.body()), read(pdf.body())
    assert isinstance(shown, Meeting)
    assert "utryghed og ensomhed" in (shown.items[0].decision or "")
    assert canonical(printed) == canonical(shown)
    context.close()


def _address(link: Locator, site: str) -> str:
    return f"{site}{link.get_attribute('href')}"


def test_axe_finds_nothing_on_pages_of_real_papers(
    data: Path, real_site: str, browser: Browser, violations: Callable[..., list[str]]
) -> None:
    found = run("raadslag.cli", "archive", "search", "kommune", "--json", "--data", str(data))
    hits = json.loads(found.stdout)["hits"]
    assert hits
    context = browser.new_context(bypass_csp=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    for address in sorted(
        {address for hit in hits for address in (hit["address"], hit["address"].partition("punkt/")[0])}
    ):
        page.goto(real_site + address)
        page.evaluate("document.querySelectorAll('details:not(.r-menu)').forEach(one => one.open = true)")
        assert violations(page) == [], address
    context.close()
