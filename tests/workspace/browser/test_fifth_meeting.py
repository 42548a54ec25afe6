"""The fifth meeting of the sample, with five browsers at once, from opening to signatures; actions are counted.

What product.md promises of actions: a late arrival 2, an outcome 2, a signature 2, the papers 2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from raadslag.core.readers import extract

from .conftest import TABLET, People, Work, running
from .test_meeting import PHONE, goto_room, press, well

DESK = {"width": 1280, "height": 900}
AWAY = ("Carl Ravnsbjerg", "Ejnar Tofte", "Freja Lundager", "Prøve Medlem Fire")
SAVED = "[data-room-saved]"
BLOCKS = (
    ("Dilemma", "Bedre boliger kan give højere husleje."),
    ("Videnshul", "Ingen har undersøgt, hvor mange der er utrygge."),
    ("Bemærkning om data", "Mange i områderne er uden arbejde."),
    ("Enighed", "Møderne skal ligge i områderne."),
    ("Opgave", "Forvaltningen finder et lokale."),
)


class Counted:
    """Hands whose actions are counted: a key, a press, a line that is typed and ended with Enter."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def key(self, name: str) -> None:
        """A key."""
        self.count += 1
        self.page.keyboard.press(name)

    def line(self, text: str) -> None:
        """A line, and Enter."""
        self.count += 1
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def press(self, what: Locator) -> None:
        """A press."""
        self.count += 1
        what.click()


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


def saved(page: Page) -> None:
    """Everything is on the server."""
    expect(page.locator(SAVED)).to_contain_text("Gemt", timeout=10_000)


def write(page: Page, text: str) -> None:
    """The next paragraph."""
    page.locator("[data-entries] textarea").last.fill(text)
    saved(page)


def block(page: Page, name: str, text: str) -> None:
    """A building block by its key."""
    page.locator("[data-entries] textarea").last.press("/")
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator("[data-entries] textarea:focus")).to_have_value("")
    page.keyboard.type(text)
    saved(page)


def test_from_opening_to_signatures_with_five_browsers(
    own: Work, people: People, violations: Callable[[Page], list[str]]
) -> None:
    secretary = people("Prøve Sekretær", viewport=DESK, bypass_csp=True)
    chair = people("Prøve Formand", viewport=TABLET, bypass_csp=True)
    one = people("Prøve Medlem Et", viewport=PHONE, has_touch=True, bypass_csp=True)
    two = people("Prøve Medlem To", viewport=PHONE, has_touch=True, bypass_csp=True)
    wall = people("Prøve Sekretær", viewport={"width": 1920, "height": 1080}, bypass_csp=True)

    # Opening: eleven of fifteen are there.
    goto_room(secretary)
    for name in AWAY:
        secretary.get_by_label(name).uncheck(force=True)
    press(secretary, "Åbn mødet")
    expect(secretary.locator("#til-stede")).to_contain_text("11 af 15")
    room = secretary.url.partition("punkt/")[0]
    wall.goto(room + "skaerm/")
    chair.goto(room + "formand/")
    for member in (one, two):
        hands = Counted(member)
        member.goto("/")
        hands.press(member.get_by_role("link", name="Åbn papirerne"))
        expect(member.get_by_role("link", name=re.compile("Femte møde om"))).to_be_visible()
        assert hands.count <= 2

    # The body adopts its agenda: what comes last is taken before the closed item.
    secretary.get_by_role("link", name="Ret eller godkend dagsordenen").click()
    well(secretary, violations)
    last = secretary.locator("article", has_text="3. Eventuelt")
    last.locator("summary").first.click()
    last.get_by_label("Behandl det som nummer").select_option("2")
    last.get_by_role("button", name="Flyt").click()
    expect(secretary.get_by_role("main")).to_contain_text("Punkt 3 behandles efter punkt 1.")
    press(secretary, "Dagsordenen er godkendt")
    expect(secretary.locator(".r-block--decision textarea")).to_have_value(
        re.compile("Punkt 3 behandles efter punkt 1")
    )

    # Written while it happens; the blocks stay rows and print as prose.
    write(secretary, "Formanden bød velkommen og fortalte om status.")
    for name, text in BLOCKS:
        block(secretary, name, text)
    block(secretary, "Spørgsmål", "Hvad sker der videre?")
    secretary.keyboard.press("Control+Enter")
    secretary.keyboard.type("Forvaltningen arbejder med at realisere det.")
    saved(secretary)

    # An extra meeting, decided by the chairmanship: planned, called, and in the minutes.
    secretary.locator("[data-blocks] summary").click()
    secretary.get_by_role("link", name="Næste møde", exact=True).click()
    expect(secretary.get_by_label("Dato", exact=True)).to_be_focused()
    secretary.get_by_label("Dato", exact=True).fill("2031-05-15")
    secretary.get_by_label("Hvorfor, hvis det er et ekstra møde").fill("Udkastet skal godkendes.")
    secretary.locator("#nm-hvem").select_option("chairmanship")
    press(secretary, "Indkald mødet")
    expect(secretary.locator("[data-entries]")).to_contain_text("Næste møde")
    own.post.wait_for("medlem1@example.org", "Du indkaldes: 7. møde")

    # Somebody comes late: two actions.
    hands = Counted(secretary)
    hands.key("F8")
    hands.line("medlem fire 17.20")
    expect(secretary.locator("form.r-person", has_text="Prøve Medlem Fire").first).to_contain_text("kom 17.20")
    assert hands.count <= 2
    saved(secretary)
    expect(secretary.locator("#til-stede")).to_contain_text("12 af 15")

    # An outcome: two actions, and it answers the recommendation.
    hands = Counted(secretary)
    hands.key("F4")
    hands.key("4")
    expect(secretary.locator("[data-lacks]")).to_be_hidden()
    assert hands.count <= 2
    saved(secretary)
    expect(chair.get_by_role("main")).to_contain_text("Taget til efterretning")
    well(chair, violations)

    # "Eventuelt" comes next, as was decided; then the closed item, of which the wall tells nothing.
    secretary.keyboard.press("F2")
    expect(secretary.get_by_role("heading", level=2, name="Eventuelt")).to_be_visible()
    secretary.keyboard.press("F4")
    secretary.keyboard.press("5")
    saved(secretary)
    secretary.keyboard.press("F2")
    expect(secretary.get_by_role("heading", level=2, name="Leje af mødelokaler")).to_be_visible()
    saved(secretary)
    expect(wall.get_by_role("main")).to_contain_text("Punktet er lukket.")
    expect(chair.get_by_role("heading", level=1)).to_contain_text("Leje af mødelokaler hos en privat")

    # The amendment by name, on the members' own devices; the proposal after it, by hands that were counted.
    secretary.get_by_text("Stem", exact=True).first.click()
    secretary.get_by_label("Hvad der stemmes om").fill("Aftalen løber et år.")
    secretary.get_by_text("Ved navn", exact=True).click()
    secretary.get_by_label("Det er et ændringsforslag").check(force=True)
    press(secretary, "Åbn afstemningen")
    for member, choice in ((one, "Imod"), (two, "For"), (chair, "For")):
        if member is chair:
            member.goto(room.replace("/moederum/", "/laes/"))
        expect(member.get_by_role("main")).to_contain_text("Aftalen løber et år.")
        well(member, violations)
        press(member, choice)
        expect(member.get_by_role("main")).to_contain_text(f"Din stemme: {choice}")
    press(secretary, "Luk og tæl op")
    expect(secretary.get_by_role("main")).to_contain_text("2 for, 1 imod, 0 hverken eller, 9 stemte ikke")
    expect(wall.get_by_role("main")).not_to_contain_text("Aftalen løber")
    secretary.get_by_text("Stem", exact=True).first.click()
    secretary.get_by_label("Hvad der stemmes om").fill("Det billigste tilbud vælges.")
    secretary.get_by_text("Ved håndsoprækning", exact=True).click()
    secretary.get_by_label("For", exact=True).fill("10")
    secretary.get_by_label("Imod", exact=True).fill("2")
    press(secretary, "Gem resultatet")
    expect(secretary.get_by_role("main")).to_contain_text("10 for, 2 imod")

    # Who was in the minority has his dissent entered, on his own device, and nobody else changes it.
    one.get_by_role("link", name=re.compile("Leje af mødelokaler")).click()
    one.get_by_label("Din udtalelse").fill("Aftalen binder os for længe.")
    press(one, "Få den ført til protokol")
    well(one, violations)
    expect(secretary.get_by_label("egne ord")).to_have_value("Aftalen binder os for længe.", timeout=10_000)
    assert secretary.get_by_label("egne ord").get_attribute("readonly") is not None
    secretary.keyboard.press("Escape")
    secretary.get_by_text("Godkendt", exact=True).click()
    saved(secretary)

    # Read out item by item; what is corrected is read again.
    press(secretary, "Start oplæsning")
    expect(secretary.get_by_role("button", name="Hæv mødet")).to_be_disabled()
    read_out = secretary.get_by_role("navigation", name="Dagsorden").get_by_text("læst op").filter(visible=True)
    for number in (1, 2, 3):
        secretary.keyboard.press("F2")
        expect(read_out).to_have_count(number)
    saved(secretary)
    secretary.get_by_role("navigation", name="Dagsorden").get_by_role("link").first.click()
    secretary.locator("[data-entries] textarea").nth(1).fill("Formanden bød velkommen og gav en status.")
    saved(secretary)
    expect(read_out).to_have_count(2)
    press(secretary, "Læst op")
    expect(read_out).to_have_count(3)
    expect(secretary.get_by_role("button", name="Hæv mødet")).to_be_enabled()
    press(secretary, "Hæv mødet")
    expect(secretary.get_by_role("main")).to_contain_text("Protokollen blev læst, og mødet hævet kl.")
    well(secretary, violations)

    # Two actions sign; one signs with a reservation at an item, the others on paper.
    for member in (one, two, chair):
        hands = Counted(member)
        member.goto("/")
        hands.press(member.get_by_role("link", name="Skriv under på referatet"))
        well(member, violations)
        if member is two:
            member.locator("summary", has_text="forkert").first.click()
            member.locator("textarea[name^=reservation-]").first.fill("Status blev givet af formanden alene.")
            hands.count -= 1  # a reservation is not part of signing
        hands.press(member.get_by_role("main").get_by_role("button", name="Skriv under", exact=True))
        expect(member.get_by_role("main")).to_contain_text("Du har skrevet under.")
        assert hands.count <= 2
    secretary.reload()
    for left in range(9, 0, -1):
        button = secretary.get_by_role("button", name="Skrev på papir")
        expect(button).to_have_count(left)
        button.first.click()
    expect(secretary.locator("#underskrift h2")).to_contain_text("12 af 12")

    # The screen and the file say the same, in the order in which the items were treated.
    main = secretary.get_by_role("main")
    headings = main.get_by_role("heading", level=2).all_inner_texts()
    assert [text[0] for text in headings if text[:1].isdecimal()] == ["1", "3", "2"]
    address = secretary.get_by_role("link", name="Referatet som PDF").get_attribute("href")
    printed = _plain(
        " ".join(line.text for line in extract(secretary.request.get(address).body(), "application/pdf").lines)
    )
    for said in main.locator(".r-prose p:not(.r-meta), .r-prose li").all_inner_texts():
        if not said.startswith("Udskrift af punkt"):
            assert _plain(said) in printed, said
    for said in (*(text for _name, text in BLOCKS), "Hvad sker der videre?", "Næste møde er", "Taget til efterretning",
                 "Aftalen binder os for længe.", "Status blev givet af formanden alene."):  # fmt: skip
        assert _plain(said) in printed, said
    assert own.run("journal", "verify").returncode == 0


def _plain(text: str) -> str:
    """The letters and digits alone: lines are broken elsewhere in a file."""
    return "".join(re.findall(r"\w", text.casefold()))
