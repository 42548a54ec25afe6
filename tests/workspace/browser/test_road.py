"""The whole road of a case, by the people of the sample: written, sent, read, asked about; and who comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import icalendar
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .conftest import TABLET, People, Work, running
from .hands import Keyboard, Pointing

COMMITTEE = "Opgaveudvalget Trygge boligområder"
TITLE = "Lys på stierne ved Søparken"


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


class Road:
    """What one person does on one page, in either way."""

    def __init__(self, page: Page, hand: Pointing) -> None:
        self.page, self._hand = page, hand
        self.main = page.get_by_role("main")

    def press(self, name: str, within: Locator | None = None) -> None:
        """Press the button of that name."""
        self._hand.press(self.page, (within or self.main).get_by_role("button", name=name, exact=within is None).first)

    def follow(self, name: str, *, exact: bool = False, within: Locator | None = None) -> None:
        """Follow the first link of that name."""
        self._hand.press(self.page, (within or self.main).get_by_role("link", name=name, exact=exact).first)

    def menu(self, name: str) -> None:
        """Go to a page of the main menu."""
        self.page.goto("/")
        self.follow(name, exact=True, within=self.page.get_by_role("navigation", name="Hovedmenu"))

    def fill(self, label: str, text: str) -> None:
        """Write into the field of that label."""
        self._hand.fill(self.page, self.page.get_by_label(label).last, text)

    def write(self, label: str, text: str) -> None:
        """Write into the editor of that label."""
        self._hand.write(
            self.page, self.page.get_by_role("textbox", name=label).and_(self.page.locator("[contenteditable]")), text
        )

    def choose(self, label: str) -> None:
        """Choose among several."""
        self._hand.choose(self.page, self.page.get_by_label(label, exact=True))

    def sees(self, text: str) -> None:
        """The page says so."""
        expect(self.main).to_contain_text(text)


def reply_of(mail: EmailMessage, answer: str, comment: str) -> bytes:
    """What a calendar program sends back for the call in `mail`."""
    part = next(one for one in mail.walk() if one.get_content_type() == "text/calendar")
    called = icalendar.Calendar.from_ical(part.get_content())
    event = called.walk("VEVENT")[0]
    organizer = str(event["organizer"]).removeprefix("mailto:").removeprefix("MAILTO:")
    attendee = icalendar.vCalAddress(event["attendee"])
    attendee.params["PARTSTAT"] = icalendar.vText(answer)
    answered = icalendar.Event()
    for name in ("uid", "dtstamp", "dtstart", "sequence", "organizer"):
        answered.add(name, event[name])
    answered.add("attendee", attendee)
    answered.add("comment", comment)
    whole = icalendar.Calendar()
    whole.add("prodid", "-//A calendar//DA")
    whole.add("version", "2.0")
    whole.add("method", "REPLY")
    whole.add_component(answered)
    back = EmailMessage()
    back["From"], back["To"], back["Subject"] = mail["To"], organizer, f"Afvist: {mail['Subject']}"
    back.set_content("Se kalenderen")
    back.add_alternative(whole.to_ical().decode(), subtype="calendar", params={"method": "REPLY"})
    return back.as_bytes()


@pytest.mark.parametrize("hand", [Pointing(), Keyboard()], ids=["pointing", "keyboard"])
def test_from_the_first_word_to_the_substitute(own: Work, people: People, hand: Pointing) -> None:
    # The case worker writes a case and sends it to review.
    writer = Road(people("Prøve Sagsbehandler"), hand)
    writer.menu("Sager")
    writer.follow(f"Ny sag til {COMMITTEE}")
    writer.fill("Overskrift", TITLE)
    writer.press("Begynd")
    writer.choose("Åben")
    writer.write("Resumé", "Stierne er mørke om vinteren. ")
    writer.page.keyboard.press("Control+b")
    writer.page.keyboard.type("Beboerne er utrygge.")
    writer.fill("Indstillet af", "Teknik og Miljø")
    writer.fill("Indstillet til", COMMITTEE)
    writer.fill("Indstilling", "der sættes lys op på tre stier")
    writer.press("Gem")
    expect(writer.page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(writer.page.locator("strong", has_text="Beboerne er utrygge.")).to_be_visible()
    writer.page.get_by_label("Vedhæft filer").set_input_files(
        files=[
            {"name": "kort.txt", "mimeType": "text/plain", "buffer": b"Kort over stierne"},
            {"name": "priser.txt", "mimeType": "text/plain", "buffer": b"Tre priser"},
        ]
    )
    writer.press("Vedhæft")
    expect(writer.page.get_by_role("link", name="priser")).to_be_visible(timeout=30_000)  # read and screened first
    writer.press("Send til gennemsyn")
    expect(writer.page.get_by_role("button", name="Send til gennemsyn")).to_be_hidden()

    # The secretary finds it on his page, marks it as ready and puts it on the next agenda.
    secretary = Road(people("Prøve Sekretær"), hand)
    secretary.page.goto("/")
    secretary.follow("Gennemsyn")
    expect(secretary.page.get_by_role("heading", level=1)).to_have_text(TITLE)
    secretary.press("Klar til dagsorden")
    expect(secretary.page.get_by_role("button", name="Klar til dagsorden")).to_be_hidden()
    secretary.menu("Møder")
    secretary.follow("6. møde")
    secretary.follow("Dagsorden", exact=True)
    secretary.press("Sæt på", within=secretary.page.locator("article", has_text=TITLE))
    plan = secretary.page.locator("[data-plan]")
    expect(plan).to_contain_text(TITLE)
    secretary.press("Udsend dagsordenen")
    expect(secretary.page.locator(".r-track")).to_contain_text("Dagsorden udsendt")
    lead = secretary.page.url

    # A member follows the mail, reads on a tablet, and asks.
    member = Road(people("Prøve Medlem Et", viewport=TABLET, has_touch=True), hand)
    mail = own.post.wait_for("medlem1@example.org", "6. møde")
    told = re.search(rf"{re.escape(own.address)}\S+", mail.get_body(("plain",)).get_content())
    assert told
    member.page.goto(told[0])
    member.follow(TITLE)
    member.sees("Stierne er mørke om vinteren.")
    assert member.page.evaluate("document.documentElement.scrollWidth") <= TABLET["width"]
    member.fill("Dit spørgsmål", "Hvornår er lyset oppe?")
    member.press("Spørg")
    expect(member.page.locator("#spoergsmaal")).to_contain_text("Hvornår er lyset oppe?")

    # The case worker answers; the member sees the answer.
    writer.page.goto("/")
    writer.follow("spørger")
    writer.fill("Dit svar", "I november.")
    writer.press("Svar")
    expect(writer.page.locator("#spoergsmaal")).to_contain_text("I november.")
    member.page.reload()
    expect(member.page.locator("#spoergsmaal")).to_contain_text("I november.")

    # One apologises on the page, another from the calendar of a mail program.
    member.page.goto(told[0])
    member.fill("Grund, hvis du vil", "På rejse")
    member.page.keyboard.press("Enter")
    expect(member.page.locator("#svar")).to_contain_text("Du har meldt afbud.")
    call = own.post.wait_for("medlem2@example.org", "6. møde")
    own.run("workspace", "receive", given=reply_of(call, "DECLINED", "Syg"))

    # The secretary sees both, and calls the substitute in.
    secretary.page.goto(lead)
    expect(secretary.page.locator(".r-person-row", has_text="Prøve Medlem To")).to_contain_text("Afbud: Syg")
    row = secretary.page.locator(".r-person-row", has_text="Prøve Medlem Et").first
    expect(row).to_contain_text("På rejse")
    secretary.press("Indkald suppleanten", within=row)
    expect(secretary.page.locator(".r-person-row", has_text="Prøve Suppleant")).to_contain_text("for Prøve Medlem Et")
    own.post.wait_for("suppleant@example.org", "6. møde")

    # Who has been called in reads what he could not read before.
    substitute = Road(people("Prøve Suppleant"), hand)
    substitute.page.goto("/")
    substitute.follow("6. møde")
    substitute.follow(TITLE)
    substitute.sees("Stierne er mørke om vinteren.")
    assert own.run("journal", "verify").returncode == 0
