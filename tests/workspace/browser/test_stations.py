"""The fifth meeting's deliberation, played: a facilitator, four hosts and eleven on phones, talk and two rounds, the
board, the minutes. Nobody on a phone has an account; one of them loses the line and sends doubly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from .conftest import People, Work, running
from .hands import Keyboard
from .test_fifth_meeting import AWAY, Counted
from .test_meeting import PHONE, goto_room, press, well

DESK = {"width": 1280, "height": 900}
HOSTS = ("Prøve Standvært", "Prøve Sagsbehandler", "Prøve Medlem Et", "Prøve Medlem To")  # at stations 1 to 4
TABLET = {"width": 820, "height": 1180}
BUDGET = 60 * 1024


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


@pytest.fixture
def phones(browser: Browser, own: Work) -> Iterator[list[Page]]:
    """Eleven phones in the room, of nobody."""
    contexts = [
        browser.new_context(base_url=own.address, locale="da-DK", viewport=PHONE, has_touch=True, bypass_csp=True)
        for _ in range(11)
    ]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def set_up(page: Page) -> None:
    """The facilitator sets the evening up, in five presses and two choices, and names a host for each station of
    the first round, and for two of the second."""
    hands = Counted(page)
    page.goto("/moeder/")
    hands.press(page.get_by_role("link", name="5. møde"))
    hands.press(page.get_by_role("link", name="Drøftelse"))
    page.get_by_label("Metode", exact=True).select_option(label="To runder ved stande")
    page.get_by_label("Punkt på dagsordenen").select_option(index=1)
    hands.press(page.get_by_role("button", name="Tilrettelæg"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Runder og stande")
    assert hands.count <= 5
    for label, number in (*product([1], range(len(HOSTS))), (2, 1), (2, 3)):
        name = HOSTS[number]
        card = page.locator("section.r-sec", has_text=f"Runde {label} ").locator("li.r-card").nth(number)
        card.locator("summary").click()
        card.get_by_label("Vært").select_option(label=name)
        card.get_by_role("button", name="Gem").click()
        expect(card).to_contain_text(f"vært {name}")


def large(page: Page) -> None:
    """With text twice as large nothing is wider than the page, on a desk and on a phone."""
    size = page.viewport_size
    for one in (DESK, PHONE):
        page.set_viewport_size(one)  # type: ignore[arg-type]
        page.evaluate(
            "() => { const root = document.documentElement;"
            " root.style.fontSize = `${2 * parseFloat(getComputedStyle(root).fontSize)}px`; }"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= one["width"], page.url
        page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(size)  # type: ignore[arg-type]


def give(phone: Page, kind: str, text: str) -> None:
    """A thought: three presses and the words."""
    phone.get_by_label(kind, exact=True).check()
    phone.get_by_label("Skriv én tanke ad gangen").fill(text)
    phone.get_by_role("button", name="Send").click()


def write(host: Page, text: str, kind: str = "Der mangler noget") -> None:
    """A thought that the host writes down for the group."""
    host.get_by_text(kind, exact=True).click()
    host.get_by_label("Én tanke ad gangen").fill(text)
    host.get_by_role("button", name="Skriv ned").click()
    expect(host.locator("#live")).to_contain_text(text)


def go_and_host(host: Page, title: str) -> None:
    """From the page of the meeting to one's own station."""
    host.goto("/moeder/")
    host.get_by_role("link", name="5. møde").click()
    host.get_by_role("link", name=title).click()
    expect(host.get_by_role("heading", name="Skriv for gruppen")).to_be_visible()


def test_a_deliberation_from_its_method_to_the_minutes(
    own: Work, people: People, phones: list[Page], violations: Callable[[Page], list[str]]
) -> None:
    facilitator = people("Prøve Facilitator", viewport=DESK, bypass_csp=True)
    secretary = people("Prøve Sekretær", viewport=DESK, bypass_csp=True)
    wall = people("Prøve Sekretær", viewport={"width": 1920, "height": 1080}, bypass_csp=True)
    set_up(facilitator)
    well(facilitator, violations)
    large(facilitator)
    codes = [re.findall(r"kode ([A-Z]{4})", one.inner_text()) for one in facilitator.locator("section.r-sec").all()]
    talk, first, second = [some for some in codes if some]
    assert (len(first), len(second)) == (4, 4)

    # A code opens nothing before its round.
    phones[0].goto("/s/")
    phones[0].get_by_label("Kode").fill(first[0].lower())
    phones[0].get_by_role("button", name="Videre").click()
    expect(phones[0].get_by_role("alert")).to_contain_text("åbner ikke noget lige nu")

    goto_room(secretary)
    for name in AWAY:
        secretary.get_by_label(name).uncheck(force=True)
    press(secretary, "Åbn mødet")
    room = secretary.url.partition("punkt/")[0]
    wall.goto(room + "skaerm/")
    facilitator.get_by_role("link", name="Afvikl").click()
    press(facilitator, "Start “Samtale i små grupper”")
    phones[0].goto(f"/s/{talk[0]}/")
    give(phones[0], "Jeg er enig", "Vi talte om naboer.")
    expect(phones[0].locator("[data-told]")).to_contain_text("Vi har modtaget K-")
    press(facilitator, "Slut “Samtale i små grupper”")
    press(facilitator, "Start “Runde 1 ved standene”")
    well(facilitator, violations)
    large(facilitator)
    expect(wall.locator(".r-code").first).to_have_text(first[0], timeout=10_000)
    assert wall.locator(".r-station svg").count() == 4

    # Eleven phones, each at a table; the page is small, and the first thought takes three actions.
    weighed: list[Response] = []
    phones[0].on("response", lambda response: weighed.append(response))
    for number, phone in enumerate(phones):
        phone.goto(f"/s/{first[number % 4]}/")
    phones[0].wait_for_load_state("networkidle")
    assert sum(one.request.sizes()["responseBodySize"] for one in weighed) <= BUDGET
    well(phones[0], violations)
    large(phones[0])
    hands = Counted(phones[1])
    hands.press(phones[1].get_by_label("Der mangler noget", exact=True))
    phones[1].get_by_label("Skriv én tanke ad gangen").fill("Lys på stien.")
    hands.press(phones[1].get_by_role("button", name="Send"))
    expect(phones[1].locator("[data-told]")).to_contain_text("Vi har modtaget K-")
    assert hands.count <= 3

    # The line goes; two thoughts wait on the phone, and send themselves once it is back. Nothing comes twice.
    phones[2].context.set_offline(True)
    give(phones[2], "Et dilemma", "Bedre boliger, men dyrere.")
    give(phones[2], "Et spørgsmål", "Hvad sker der nu?")
    expect(phones[2].locator("[data-queued]")).to_contain_text("2 venter")
    phones[2].context.set_offline(False)
    phones[2].evaluate("dispatchEvent(new Event('online'))")
    expect(phones[2].locator("[data-queued]")).to_have_text("", timeout=15_000)
    expect(phones[2].locator("#mine li")).to_have_count(2)
    longer = facilitator.get_by_role("button", name="+2 min")
    longer.focus()
    for number, phone in enumerate(phones[3:], 3):
        give(phone, "Jeg er enig", f"Godt nr. {number}")
        expect(phone.locator("[data-told]")).to_contain_text("Vi har modtaget")

    # What is refused, or answered by something that nobody knows, stays on the phone over a reload until it is let go.
    phones[5].route("**/s/*/", lambda route: route.fulfill(status=422, json={"refused": ["Prøve."]})
                    if route.request.method == "POST" else route.continue_())  # fmt: skip
    give(phones[5], "Et spørgsmål", "Bliver det væk?")
    expect(phones[5].locator("[data-refused] textarea")).to_have_value("Bliver det væk?")
    phones[5].unroute("**/s/*/")
    phones[5].route("**/s/*/", lambda route: route.fulfill(status=403, body="Nej")
                    if route.request.method == "POST" else route.continue_())  # fmt: skip
    give(phones[5], "Jeg er enig", "Og det her?")
    expect(phones[5].locator("[data-queued]")).to_contain_text("1 venter")
    phones[5].unroute("**/s/*/")
    phones[5].goto("/s/")
    expect(phones[5].locator("[data-refused] textarea")).to_have_value("Bliver det væk?")
    expect(phones[5].locator("[data-queued]")).to_have_text("", timeout=15_000)
    phones[5].get_by_role("button", name="Kassér").click()
    expect(phones[5].locator("[data-refused] textarea")).to_have_count(0)
    phones[5].goto(f"/s/{first[1]}/")

    # The facilitator, whose keys rest on a button, sees what comes in, and stays there. All four hosts write.
    expect(facilitator.get_by_role("main")).to_contain_text("13 tanker", timeout=10_000)
    expect(longer).to_be_focused()
    hosts = [people(name, viewport=TABLET, bypass_csp=True) for name in HOSTS]
    for host in hosts:
        go_and_host(host, "Runde 1")
    first_host, second_host, third, fourth = hosts
    write(second_host, "Børn skal kunne komme til.")
    write(fourth, "Huslejen rammer dem, der har mindst.", "Et dilemma")

    # The third reads back, what is a question first, and lets two be answered together; both are kept.
    read = third.locator("#live .r-said")
    expect(read).to_have_text(["Hvad sker der nu?", "Bedre boliger, men dyrere.", "Godt nr. 6", "Godt nr. 10"])
    third.get_by_text("To siger det samme").click()
    same = third.get_by_label("Besvar denne")
    same.select_option(index=2)
    third.get_by_label("sammen med denne").select_option(index=3)
    third.get_by_role("button", name="Saml").click()
    expect(third.locator("#live .r-card", has_text="Godt nr. 6")).to_contain_text("sammen med K-")
    expect(read).to_have_count(4)

    # The first types in a sheet of paper, by the keyboard alone.
    well(first_host, violations)
    large(first_host)
    first_host.get_by_label("Der mangler noget").focus()
    first_host.keyboard.press("Space")
    first_host.get_by_label("Én tanke ad gangen").focus()
    first_host.keyboard.type("Fra arket på bordet.")
    first_host.get_by_label("Arkets nummer").focus()
    first_host.keyboard.type("2")
    first_host.keyboard.press("Enter")
    expect(first_host.get_by_role("main")).to_contain_text("S1-R1-02")
    press(facilitator, r"+2 min")
    press(facilitator, "Slut “Runde 1 ved standene”")

    # The round is over: what is sent now comes late and is kept; a photographed code opens nothing at home.
    give(phones[4], "Det er uklart", "Kom for sent.")
    expect(phones[4].locator("[data-told]")).to_contain_text("Vi har modtaget K-")
    at_home = phones[4].context.browser.new_context(base_url=own.address, locale="da-DK").new_page()
    at_home.goto(f"/s/{first[0]}/")
    expect(at_home.get_by_role("alert")).to_contain_text("åbner ikke noget lige nu")
    at_home.context.close()

    press(facilitator, "Start “Runde 2 ved standene”")
    for number, phone in enumerate(phones[:4]):
        phone.goto(f"/s/{second[number]}/")
        give(phone, "Ændr det", f"Ret princip {number}")
        expect(phone.locator("[data-told]")).to_contain_text("Vi har modtaget")
    for host in (second_host, fourth):
        host.get_by_role("link", name="5. møde").click()
        host.get_by_role("link", name="Runde 2").click()
        write(host, "Det mener gruppen også.")
    press(facilitator, "Slut “Runde 2 ved standene”")
    press(facilitator, "Start “Opsamling”")

    # The board, by the keyboard alone: two thoughts become a dilemma, and stand in the minutes.
    facilitator.get_by_role("link", name="Tavlen").first.click()
    well(facilitator, violations)
    large(facilitator)
    facilitator.locator(".r-card", has_text="Bedre boliger, men dyrere.").get_by_role("link", name="Til tavlen").focus()
    facilitator.keyboard.press("Enter")
    expect(facilitator.get_by_label("Hvad det er")).to_have_value("dilemma")
    facilitator.get_by_label("Ord").fill("Bedre boliger")
    facilitator.get_by_label("Over for, eller svaret").fill("højere husleje")
    facilitator.get_by_role("button", name="Sæt på tavlen").focus()
    facilitator.keyboard.press("Enter")
    expect(facilitator.locator(".r-versus")).to_contain_text("højere husleje")
    expect(wall.locator(".r-versus")).to_contain_text("højere husleje", timeout=10_000)
    facilitator.locator("#c-D1 summary").click()  # a card in hand holds up no thought
    write(second_host, "Det kom sent.")
    expect(facilitator.locator("#fra-liste")).to_contain_text("Det kom sent.", timeout=10_000)
    expect(facilitator.locator("#c-D1 details")).to_have_attribute("open", "")
    from_host = facilitator.locator(".r-card", has_text="Huslejen rammer dem")
    from_host.locator("summary").click()
    from_host.get_by_role("button", name="Saml").click()
    expect(facilitator.locator("#c-D1")).to_contain_text(re.compile("fra K-[0-9]+, K-"))
    facilitator.get_by_label("Stand", exact=True).select_option("3")
    facilitator.get_by_role("button", name="Vis", exact=True).click()
    facilitator.wait_for_url("**stand=3**")
    facilitator.set_viewport_size({"width": 1280, "height": 3000})  # both ends of the way are seen
    facilitator.locator(".r-card", has_text="Hvad sker der nu?").drag_to(facilitator.locator("#tavle-spalte h2"))
    expect(facilitator.get_by_label("Hvad det er")).to_have_value("question", timeout=20_000)
    facilitator.get_by_label("Over for, eller svaret").fill("Alle får svar")
    facilitator.get_by_role("button", name="Sæt på tavlen").click()
    facilitator.get_by_role("button", name="Indsæt 2 i referatet").click()
    expect(facilitator.locator("#ref-spalte")).to_contain_text("Det står alt sammen i referatet.")
    secretary.reload()
    words = [one.input_value() for one in secretary.locator("[data-entries] textarea").all()]
    assert words[-5:-1] == ["Da alle talte sammen, kom dette frem:", "Bedre boliger over for højere husleje.",
                          "Hvad sker der nu?", "Alle får svar."]  # fmt: skip
    assert "Alle får svar." in words

    # Every thought is there once, and each finds its answer by its receipt.
    facilitator.goto(re.sub(r"tavle/.*", "", facilitator.url))
    expect(facilitator.get_by_role("main")).to_contain_text("24 tanker")
    phones[2].goto(f"/s/{first[2]}/")
    expect(phones[2].get_by_role("heading", level=1)).to_have_text("Runden er slut")
    phones[2].get_by_role("link", name=re.compile("K-")).first.click()
    expect(phones[2].get_by_role("main")).to_contain_text("Alle får svar.")
    well(phones[2], violations)
    large(phones[2])


def test_who_leads_and_who_hosts_need_neither_scripts_nor_a_mouse(own: Work, people: People) -> None:
    leader, secretary = (
        people(name, viewport=DESK, java_script_enabled=False) for name in ("Prøve Facilitator", "Prøve Sekretær")
    )
    hands, head = Keyboard(), leader.get_by_role("heading", level=1)

    def press(name: str, role: Literal["button", "link"] = "button") -> None:
        hands.press(leader, leader.get_by_role("main").get_by_role(role, name=name).first)

    leader.goto("/moeder/")
    press("5. møde", "link")
    press("Drøftelse", "link")
    press("Tilrettelæg")
    expect(head).to_have_text("Runder og stande")
    codes = re.findall(r"kode ([A-Z]{4})", leader.get_by_role("main").inner_text())
    goto_room(secretary)
    secretary.get_by_role("button", name="Åbn mødet").click()
    press("Afvikl", "link")
    for name in ("Start “Samtale i små grupper”", "Slut “Samtale i små grupper”", "Start “Runde 1 ved standene”"):
        press(name)
    expect(head).to_have_text("Runde 1 ved standene")
    clock = leader.locator(".r-clock")
    until = clock.inner_text()
    press("+2 min")
    expect(clock).not_to_have_text(until)
    expect(clock).to_contain_text("til kl.")

    # The wall says what there is to see, and until when.
    secretary.goto(f"{secretary.url.partition('punkt/')[0]}skaerm/")
    expect(secretary.locator(".r-code")).to_have_text(codes[1:5])
    expect(secretary.locator(".r-clock")).to_have_text(clock.inner_text())

    # The host: two thoughts, the second from paper, that are answered together.
    press("Ensomhed og fællesskab", "link")
    for text, sheet in (("Mere lys.", ""), ("Lys på stien.", "3")):
        hands.choose(leader, leader.get_by_label("Det er uklart"))
        hands.fill(leader, leader.get_by_label("Én tanke ad gangen"), text)
        hands.fill(leader, leader.get_by_label("Arkets nummer"), sheet)
        press("Skriv ned")
        expect(leader.locator("#live")).to_contain_text(text)
    hands.press(leader, leader.locator("summary", has_text="To siger det samme"))
    press("Saml")
    expect(leader.locator("#live")).to_contain_text("sammen med K-05")

    # Who leads hides one with a reason and shows it again, shares out the seats, ends it all, and goes on.
    hands.press(leader, leader.get_by_role("link", name="Drøftelse"))
    hands.press(leader, leader.locator("summary", has_text="Skjul K-05"))
    hands.fill(leader, leader.get_by_label("Hvorfor").first, "Et navn")
    press("Skjul")
    expect(leader.get_by_role("main")).to_contain_text("Skjult: Et navn")
    press("Vis den igen")
    expect(leader.get_by_role("main")).not_to_contain_text("Skjult:")
    press("Hvem sidder hvor", "link")
    press("Fordel pladserne efter ønskerne")
    expect(leader.get_by_role("main")).not_to_contain_text("ingen plads endnu")
    hands.press(leader, leader.get_by_role("link", name="Drøftelse"))
    press("Slut “Runde 1 ved standene”")
    press("Afslut drøftelsen")
    expect(head).to_have_text("Drøftelsen er slut")
    press("Fortsæt drøftelsen")
    expect(head).to_have_text("Næste: Runde 2 ved standene")
