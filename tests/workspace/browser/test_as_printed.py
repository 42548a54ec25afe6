"""The meeting of a real paper is held again: the minutes that come out say what the paper says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from raadslag.core import read
from raadslag.core.record import Item, Meeting

from .conftest import People, running
from .test_meeting import press

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "minutes"
ANSWER = "\n\nTaget til efterretning."  # what the paper's decision lacks
_WRITTEN = ("summary", "background")  # the others have fields of their own
PAPER = SHARED / "gentofte-opgaveudvalg-boligsocial-2018-04-09.txt"


def test_what_is_entered_is_what_the_paper_says(tmp_path: Path, browser: Browser) -> None:
    if not PAPER.exists():
        pytest.skip("the real documents (../shared/data beside the repository) are not on this machine")
    paper = read(PAPER.read_bytes())
    clock = tmp_path / "clock"
    _set(clock, "2018-04-03T10:00")
    filled_by = ("tests.workspace.browser.as_printed", str(PAPER))
    with running(tmp_path / "workspace", clock=clock, filled_by=filled_by) as work:
        people = People(browser, work)
        page = people("Prøve Sekretær", viewport={"width": 1280, "height": 900})
        _set(clock, paper.meeting.start)
        page.goto("/moeder/")
        page.get_by_role("main").get_by_role("link", name=paper.title).first.click()
        page.get_by_role("main").get_by_role("link", name=re.compile("Åbn mødet")).first.click()
        for listed in paper.attendance or ():  # who has sent no apology is ticked
            box = page.get_by_label(listed.person)
            expect(box).to_be_checked(checked=listed.status == "present")
        press(page, "Åbn mødet")
        expect(page.locator('[aria-label="Fremmøde"]')).to_contain_text("11 af 15")
        _write(page, (paper.items[0].decision or "").split("\n\n"))
        page.get_by_text("Taget til efterretning", exact=True).click()
        expect(page.locator("[data-outcomes] .badge")).to_be_hidden()
        press(page, "Start oplæsning")
        press(page, "Læst op")
        expect(page.get_by_role("button", name="Hæv mødet")).to_be_enabled()
        _set(clock, paper.meeting.adjourned)
        press(page, "Hæv mødet")
        expect(page.get_by_role("main")).to_contain_text("Protokollen blev læst, og mødet hævet kl. 19.05.")
        for kind in ("pdf", "docx", "html"):
            address = page.get_by_role("link", name="Referatet som PDF").get_attribute("href")
            came = read(page.request.get(f"{address}?som={kind}").body())
            for name, said in _said(paper).items():
                assert _said(came)[name] == said, (kind, name)
            answered = came.items[0].recommendation
            if kind == "pdf":  # which carries its whole record
                assert [point.outcome for point in answered.points] == ["noted"]
                assert came.items[0].outcome == "noted"
        people.close()


def _set(clock: Path, moment: str | None) -> None:
    """Let it be that moment, by the summer clock of Denmark, in all processes."""
    new = clock.with_suffix(".new")
    new.write_text(f"{moment}+02:00", encoding="ascii")
    new.replace(clock)  # whoever reads finds a whole moment


def _write(page: Page, paragraphs: list[str]) -> None:
    for number, text in enumerate(paragraphs):
        page.locator("[data-entries] textarea").nth(number).fill(text)
        expect(page.locator("[data-room-saved]")).to_contain_text("Gemt", timeout=15_000)
    expect(page.locator("[data-entries] textarea")).to_have_count(len(paragraphs) + 1)
    expect(page.locator("[data-room-saved]")).to_contain_text("Gemt", timeout=15_000)


def _said(paper: Meeting) -> dict[str, object]:
    """What the paper says. The list has no order, and a document's number belongs to the house that gave it."""
    return {
        "head": (paper.kind, paper.body, paper.organization, paper.title, paper.meeting.start, paper.meeting.place),
        "end": (paper.meeting.adjourned, paper.meeting.read_out),
        "list": sorted((one.person, one.status, one.reason or "") for one in paper.attendance or ()),
        **_item(paper.items[0]),
    }


def _item(item: Item) -> dict[str, object]:
    asked = item.recommendation
    return {
        "item": (item.number, item.title, item.reference, item.access),
        "sections": [(s.kind, s.heading, _lines(s.text)) for s in item.sections if s.kind in _WRITTEN],
        "recommendation": asked and (asked.by, asked.to, [point.text for point in asked.points]),
        "decision": _lines((item.decision or "").removesuffix(ANSWER)),
        "files": [(one.number, one.title) for one in item.files],
        "votes": item.votes,
        "route": [step.text for step in item.route],
    }  # fmt: skip


def _lines(text: str) -> list[str]:
    """The lines that hold words: Word keeps no empty one before a list."""
    return [line for line in text.splitlines() if line.strip()]
