"""From a public paper to an edition without a name: by hand, and until the public site has forgotten the paper."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import requests
from playwright.sync_api import Browser, Page, expect

from raadslag.core.readers.hidden import screen

from ..archive import Archive
from .beside import beside_an_archive
from .test_meeting import press, well

_PATIENCE = 60  # seconds: I12


def test_a_name_leaves_the_public_site_with_the_paper_it_stood_in(
    tmp_path: Path, browser: Browser, violations: Callable[[Page], list[str]]
) -> None:
    with beside_an_archive(tmp_path, browser, filled_by=("tests.workspace.browser.handed",)) as (archive, _work, page):
        before = _until(lambda: _files(archive))
        assert "Dybvad" in _text(archive, before[0])
        page.goto("/moeder/")
        page.get_by_role("link", name="1. møde").first.click()
        page.get_by_role("main").get_by_role("link", name="Publicér").click()
        well(page, violations)
        page.get_by_role("link", name=re.compile("^Lav en udgave uden")).click()
        page.get_by_label("Hvad skal fjernes?").fill("Enghavevej")
        press(page, "Lav udgaven")
        expect(page.get_by_role("alert").first).to_contain_text("Det står ikke i filen")
        well(page, violations)
        page.set_viewport_size({"width": 390, "height": 844})
        well(page, violations)
        page.get_by_label("Hvad skal fjernes?").fill("Ditmar Dybvad\nAskevej 7")
        press(page, "Lav udgaven")
        expect(page.get_by_role("main")).to_contain_text("Ansøgninger (med fjernede oplysninger)")
        after = _until(lambda: [one for one in _files(archive) if one not in before])
        text = _text(archive, after[0])
        assert "Dybvad" not in text
        assert "Enghave Grundejerforening" in text
        _until(lambda: requests.get(archive.address + before[0], timeout=10).status_code != 200)
        data = requests.get(archive.address + after[0], timeout=10).content
        assert screen(data, name="x.pdf") == ()


def _until(asked: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + _PATIENCE
    while not (found := asked()):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return found


def _files(archive: Archive) -> list[str]:
    """The addresses of the papers on the committee's newest meeting page."""
    front = requests.get(archive.address, timeout=10).text
    meetings = re.findall(r'href="(/[\w-]+/moede/[^"#?]+/)"', front)
    pages = [requests.get(archive.address + one, timeout=10) for one in dict.fromkeys(meetings)]
    return [
        found
        for page in pages
        if page.ok
        for found in dict.fromkeys(re.findall(r'href="(/[^"]*/bilag/[0-9a-f]{64})"', page.text))
    ]


def _text(archive: Archive, address: str) -> str:
    answer = requests.get(archive.address + address, timeout=10)
    return str(pdfium.PdfDocument(answer.content)[0].get_textpage().get_text_range())
