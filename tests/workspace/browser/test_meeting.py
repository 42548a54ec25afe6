"""A meeting that is held: opened, written while it happens, voted, read out, adjourned, signed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import TABLET, People, Work, running

PHONE = {"width": 390, "height": 844}


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


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).first.click()


def goto_room(page: Page) -> None:
    page.goto("/moeder/")
    page.get_by_role("link", name="5. møde").click()
    page.get_by_role("main").get_by_role("link", name=re.compile("Åbn mødet|Til mødet|Referat og")).first.click()


def part(page: Page, name: str) -> None:
    """On a small screen the room shows one part at a time."""
    page.get_by_role("navigation", name="Mødets dele").get_by_role("link", name=name).click()


def well(page: Page, violations: Callable[[Page], list[str]]) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_from_opening_to_signatures(own: Work, people: People, violations: Callable[[Page], list[str]]) -> None:
    secretary = people("Prøve Sekretær", viewport={"width": 1280, "height": 900}, bypass_csp=True)
    goto_room(secretary)
    secretary.get_by_label("Prøve Medlem Fire").uncheck(force=True)
    well(secretary, violations)
    press(secretary, "Åbn mødet")

    # What is typed is on the server within two seconds, and the top line says so.
    expect(secretary.get_by_role("heading", level=2, name="Femte møde om udkastet")).to_be_visible()
    field = secretary.locator("[data-entries] textarea").first
    field.fill("Formanden bød velkommen.")
    expect(secretary.locator("[data-room-saved]")).to_contain_text("Gemt", timeout=3000)
    expect(secretary.locator("[data-entries] textarea")).to_have_count(2)  # the next paragraph stands ready
    secretary.locator("[data-entries] textarea").nth(1).fill("Udvalget talte i to runder.")
    expect(secretary.locator("[data-room-saved]")).to_contain_text("Gemt", timeout=3000)
    well(secretary, violations)

    # A line that is cut loses nothing: the text waits here, also over a reload, and goes afterwards.
    secretary.context.set_offline(True)
    secretary.locator("[data-entries] textarea").nth(1).fill("Udvalget talte i to runder, ved fire stande.")
    expect(secretary.locator("[data-room-saved]")).to_contain_text("1 venter")
    secretary.context.set_offline(False)
    expect(secretary.locator("[data-room-saved]")).to_contain_text("Gemt", timeout=8000)
    secretary.reload()
    expect(secretary.locator("[data-entries] textarea").nth(1)).to_have_value(
        "Udvalget talte i to runder, ved fire stande."
    )

    # Also what was begun while the line was cut: after a reload it is sent, and stands on the page.
    secretary.route("**/gem/", lambda route: route.abort())
    secretary.locator("[data-entries] textarea").last.fill("Formanden takkede.")
    expect(secretary.locator("[data-room-saved]")).to_contain_text("1 venter")
    secretary.unroute("**/gem/")
    secretary.reload()
    expect(secretary.locator("[data-entries] textarea").nth(2)).to_have_value("Formanden takkede.")

    # A building block by its key.
    secretary.locator("[data-entries] textarea").last.press("/")
    expect(secretary.get_by_role("link", name="Beslutning", exact=True)).to_be_focused()
    secretary.keyboard.press("Enter")
    expect(secretary.locator(".r-block--decision textarea")).to_be_focused()
    secretary.keyboard.type("Der holdes et ekstra møde.")
    expect(secretary.locator("[data-room-saved]")).to_contain_text("Gemt", timeout=3000)
    secretary.get_by_role("navigation", name="Dagsorden").get_by_role("link").first.click()
    expect(secretary.locator(".r-block--decision textarea")).to_have_value("Der holdes et ekstra møde.")

    # Somebody comes late; the outcome is two presses away.
    row = secretary.locator("form.r-person", has_text="Prøve Medlem Fire")
    row.locator("summary").click()
    row.get_by_label("Klokkeslæt").fill("17.20")
    row.get_by_role("button", name="Ankom").click()
    expect(secretary.locator("form.r-person", has_text="Prøve Medlem Fire")).to_contain_text("kom 17.20")
    secretary.get_by_text("Taget til efterretning", exact=True).click()
    expect(secretary.locator("[data-outcomes] .badge")).to_be_hidden()
    secretary.keyboard.press("F2")
    expect(secretary.get_by_role("heading", level=2, name="Leje af mødelokaler")).to_be_visible()
    expect(secretary.locator("[data-room-saved]")).to_contain_text("Gemt")

    # The wall and the chair follow by themselves; of a closed item the wall shows nothing.
    wall = people("Prøve Sekretær", viewport={"width": 1920, "height": 1080}, bypass_csp=True)
    wall.goto(secretary.url.partition("punkt/")[0] + "skaerm/")
    expect(wall.get_by_role("main")).to_contain_text("Punktet er lukket.")
    chair = people("Prøve Formand", viewport=TABLET, bypass_csp=True)
    chair.goto(secretary.url.partition("punkt/")[0] + "formand/")
    expect(chair.get_by_role("heading", level=1)).to_contain_text("Leje af mødelokaler hos en privat")
    well(chair, violations)

    # A ballot by name, on the members' own telephones.
    secretary.get_by_text("Stem", exact=True).first.click()
    secretary.get_by_label("Hvad der stemmes om").fill("Det billigste tilbud vælges.")
    secretary.get_by_text("Ved navn", exact=True).click()
    member = people("Prøve Medlem Et", viewport=PHONE, has_touch=True, bypass_csp=True)
    member.goto("/")
    member.get_by_role("link", name="Åbn papirerne").click()
    expect(member.get_by_role("main")).to_contain_text("Kommer du?")
    press(secretary, "Åbn afstemningen")
    expect(member.get_by_role("main")).to_contain_text("Det billigste tilbud vælges.")  # nobody loaded the page again
    expect(chair.get_by_role("main")).to_contain_text("Det billigste tilbud vælges.")
    well(member, violations)
    press(member, "For")
    expect(member.get_by_role("main")).to_contain_text("Din stemme: For")
    secretary.reload()
    press(secretary, "Luk og tæl op")
    expect(secretary.get_by_role("main")).to_contain_text("1 for, 0 imod, 0 hverken eller")
    secretary.get_by_text("Godkendt", exact=True).click()
    expect(secretary.locator("[data-outcomes] .badge")).to_be_hidden()
    secretary.keyboard.press("F2")
    expect(secretary.get_by_role("heading", level=2, name="Eventuelt")).to_be_visible()
    expect(wall.get_by_role("heading", level=1)).to_have_text("3. Eventuelt")
    well(wall, violations)
    secretary.get_by_text("Ingen beslutning", exact=True).click()
    expect(secretary.locator("[data-outcomes] .badge")).to_be_hidden()
    expect(secretary.get_by_role("button", name="Hæv mødet")).to_be_disabled()

    # Read out, item by item; then it can end.
    press(secretary, "Start oplæsning")
    well(secretary, violations)
    for number in (1, 2, 3):
        secretary.keyboard.press("F2")  # shown at once, and sent in its order
        read = secretary.get_by_role("navigation", name="Dagsorden").get_by_text("læst op").filter(visible=True)
        expect(read).to_have_count(number)
    expect(secretary.get_by_role("button", name="Hæv mødet")).to_be_enabled()
    press(secretary, "Hæv mødet")
    expect(secretary.get_by_role("heading", level=1)).to_have_text("Referat")
    expect(secretary.get_by_role("main")).to_contain_text("Protokollen blev læst, og mødet hævet kl.")
    well(secretary, violations)

    # Two presses sign.
    member.goto("/")
    member.get_by_role("link", name="Skriv under på referatet").click()
    well(member, violations)
    press(member, "Skriv under")
    expect(member.get_by_role("main")).to_contain_text("Du har skrevet under.")
    expect(member.get_by_role("main")).to_contain_text("Udvalget talte i to runder, ved fire stande.")
    paper = member.request.get(member.get_by_role("link", name="Referatet som PDF").get_attribute("href"))
    assert paper.body().startswith(b"%PDF")
    secretary.reload()
    press(secretary, "Skrev på papir")
    expect(secretary.locator("#underskrift h2")).to_contain_text("2 af 15")
    assert own.run("journal", "verify").returncode == 0


def test_two_who_write_at_once_keep_both(own: Work, people: People) -> None:
    one = people("Prøve Sekretær", viewport=TABLET)
    goto_room(one)
    press(one, "Åbn mødet")
    part(one, "Referat")
    one.locator("[data-entries] textarea").first.fill("Udgangspunkt")
    expect(one.locator("[data-room-saved]")).to_contain_text("Gemt", timeout=3000)
    other = people("Prøve Sekretær", viewport=TABLET)
    other.goto(one.url)
    part(other, "Referat")
    expect(other.locator("[data-entries] textarea").first).to_have_value("Udgangspunkt")
    one.locator("[data-entries] textarea").first.fill("Den enes tekst")
    expect(one.locator("[data-room-saved]")).to_contain_text("Gemt", timeout=3000)
    other.locator("[data-entries] textarea").first.fill("Den andens tekst")
    expect(other.locator(".r-beside")).to_contain_text("Den enes tekst", timeout=3000)
    expect(other.locator("[data-entries] textarea").first).to_have_value("Den andens tekst")
    one.reload()
    expect(one.locator(".r-beside")).to_contain_text("Den andens tekst")
    expect(one.locator("[data-entries] textarea").first).to_have_value("Den enes tekst")
