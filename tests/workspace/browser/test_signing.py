"""After a meeting: a tablet goes round, a text is corrected, and everyone signs the new version."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import TABLET, People, Work, running
from .test_meeting import PHONE, press, well

DESK = {"width": 1280, "height": 900}
CODE = "739104"


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


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name).first.click()


def hold(page: Page) -> None:
    """Hold the sixth meeting, at which nothing is closed, as its secretary: until it has been adjourned."""
    page.goto("/moeder/")
    page.get_by_role("link", name="6. møde").click()
    page.get_by_role("main").get_by_role("link", name=re.compile("agsorden")).first.click()
    press(page, "Sæt på")
    press(page, "Udsend dagsordenen")
    page.goto("/moeder/")
    page.get_by_role("link", name="6. møde").click()
    page.get_by_role("main").get_by_role("link", name=re.compile("Åbn mødet|Til mødet")).first.click()
    for name in ("Asta Holmen", "Ditte Vesterlund", "Gorm Skovrup", "Jytte Kærsgård"):
        page.get_by_label(name).uncheck(force=True)
    press(page, "Åbn mødet")
    page.locator("[data-entries] textarea").first.fill("Produktet sendes til kommunalbestyrelsen i maj.")
    expect(page.locator("[data-room-saved]")).to_contain_text("Gemt", timeout=3000)
    page.locator("label[for=u-approved]").click()
    expect(page.locator("[data-outcomes] .badge")).to_be_hidden()
    press(page, "Start oplæsning")
    press(page, "Læst op")
    press(page, "Hæv mødet")
    expect(page.get_by_role("heading", level=1)).to_have_text("Referat")


def choose_code(page: Page, code: str) -> None:
    """Choose a code on one's own page."""
    page.goto("/mit/")
    follow(page, "Underskriftskode")
    page.get_by_label("Ny kode").fill(code)
    page.get_by_label("Den samme kode igen").fill(code)
    press(page, "Gem koden")


def test_a_tablet_goes_round_and_a_correction_opens_a_new_round(
    own: Work, people: People, violations: Callable[[Page], list[str]]
) -> None:
    secretary = people("Prøve Sekretær", viewport=DESK, bypass_csp=True)
    hold(secretary)
    well(secretary, violations)
    minutes = secretary.url

    # A member without a device of his own chooses a code; one that anybody guesses is refused.
    member = people("Prøve Medlem Et", viewport=PHONE, has_touch=True, bypass_csp=True)
    choose_code(member, "123456")
    expect(member.get_by_role("main")).to_contain_text("Den kode er let at gætte.")
    well(member, violations)
    choose_code(member, CODE)
    expect(member.get_by_role("main")).to_contain_text("Du valgte din kode")
    own.post.wait_for("medlem1@example.org", "underskriftskode")

    # The chair's tablet goes round: it shows the minutes and nothing else.
    tablet = people("Prøve Formand", viewport=TABLET, has_touch=True, bypass_csp=True)
    tablet.goto(minutes)
    well(tablet, violations)
    follow(tablet, "Skriv under på denne tablet")
    well(tablet, violations)
    press(tablet, "Begynd")
    home = tablet.url
    expect(tablet.get_by_role("main")).to_contain_text("Produktet sendes til kommunalbestyrelsen i maj.")
    well(tablet, violations)
    for elsewhere in ("/", "/mit/", minutes, "/moeder/", "/konto/ind/"):
        tablet.goto(elsewhere)
        assert tablet.url == home
    follow(tablet, "Prøve Medlem Et")
    tablet.get_by_label("Din egen kode").fill("555111")
    tablet.get_by_text("Er noget gengivet forkert?").click()
    tablet.get_by_label("Forbehold ved punkt 1").fill("Jeg hørte april.")
    press(tablet, "Skriv under")
    expect(tablet.get_by_role("main")).to_contain_text("Koden passer ikke.")
    expect(tablet.get_by_label("Forbehold ved punkt 1")).to_have_value("Jeg hørte april.")
    expect(tablet.get_by_label("Din egen kode")).to_have_value("")
    well(tablet, violations)
    tablet.get_by_label("Din egen kode").fill(CODE)
    press(tablet, "Skriv under")
    assert tablet.url == home
    expect(tablet.get_by_role("main")).to_contain_text("Tak, Prøve Medlem Et")
    expect(tablet.get_by_role("link", name="Prøve Medlem Et")).to_have_count(0)
    expect(tablet.get_by_role("main")).to_contain_text("Jeg hørte april.")
    tablet.get_by_role("button", name="Log ud").click()
    tablet.goto(home)
    expect(tablet.get_by_role("heading", level=1)).to_have_text("Log ind")

    # The secretary corrects what was wrong: a new version, and a new round.
    secretary.reload()
    expect(secretary.locator("#underskrift h2")).to_contain_text("1 af 11")
    follow(secretary, "Ret punkt 1")
    well(secretary, violations)
    secretary.get_by_label("Tekst").fill("Produktet sendes til kommunalbestyrelsen i april.")
    secretary.get_by_label("Hvorfor rettes der?").fill("Måneden var hørt forkert")
    press(secretary, "Ret, og bed om underskrifter")
    expect(secretary.locator("#underskrift h2")).to_contain_text("0 af 11")
    expect(secretary.get_by_role("main")).to_contain_text("Rettet efter mødet, udgave 2: Måneden var hørt forkert")
    well(secretary, violations)

    # Two presses sign it, from the front page, also the second time; the former can still be read.
    member.goto("/")
    follow(member, "Skriv under på referatet")
    expect(member.get_by_role("main")).to_contain_text("i april.")
    expect(member.get_by_text("Det stod der før")).to_be_visible()
    expect(member.get_by_label("Forbehold ved punkt 1")).to_have_value("Jeg hørte april.")  # not to be written again
    well(member, violations)
    press(member, "Skriv under")
    expect(member.get_by_role("main")).to_contain_text("Du har skrevet under.")
    member.get_by_role("link", name="Udgave 1", exact=True).click()
    expect(member.get_by_role("heading", level=1)).to_have_text("Referat, udgave 1")
    expect(member.get_by_role("main")).to_contain_text("i maj.")
    expect(member.get_by_role("main")).to_contain_text("Jeg hørte april.")
    well(member, violations)
    paper = member.request.get(member.get_by_role("link", name="PDF af udgave 1").get_attribute("href"))
    assert paper.body().startswith(b"%PDF")
    assert own.run("journal", "verify").returncode == 0
