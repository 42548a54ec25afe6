"""The secretary's room when things go wrong, and by keyboard alone: no line, no login, a clock set back, a laptop that
slept (I23, I32, I36, I38)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

from raadslag.core import read, record

from .conftest import TABLET, People, Work, running
from .hands import Keyboard

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SAVED = "[data-room-saved]"


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


def goto_meeting(page: Page) -> None:
    page.goto("/moeder/")
    page.get_by_role("link", name="5. møde").click()
    page.get_by_role("main").get_by_role("link", name=re.compile("Åbn mødet|Til mødet")).first.click()


def opened(page: Page) -> Page:
    """The room of the fifth meeting with all its items fetched; Prøve Medlem Fire is not there yet."""
    goto_meeting(page)
    page.get_by_label("Prøve Medlem Fire").uncheck(force=True)
    with fetched(page):
        page.get_by_role("main").get_by_role("button", name="Åbn mødet").click()
    return page


@contextmanager
def fetched(page: Page) -> Iterator[None]:
    """Waits until the room's script is at work and has the pages of the other two items in memory."""
    got: set[str] = set()

    def note(request: Request) -> None:
        if request.resource_type == "fetch" and request.url.endswith("/") and "/punkt/" in request.url:
            got.add(request.url)

    page.on("requestfinished", note)
    yield
    expect(page.get_by_role("timer")).to_be_visible()
    while len(got - {page.url}) < 2:
        page.wait_for_event("requestfinished")
    page.remove_listener("requestfinished", note)


def write(page: Page, *texts: str) -> None:
    """Paragraphs, one after the other."""
    page.locator("[data-entries] textarea").last.click()
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Control+Enter")


def comes_or_goes(page: Page, typed: str) -> None:
    page.keyboard.press("F8")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def decide(page: Page, digit: str, label: str) -> None:
    page.keyboard.press("F4")
    page.keyboard.press(digit)
    expect(page.get_by_role("radio", name=label, exact=True)).to_be_checked()


def title(page: Page) -> Locator:
    return page.locator("#punkt")


def waits(page: Page, count: int) -> None:
    expect(page.locator(SAVED)).to_contain_text(f"Gemmes her – {count} venter")


def saved(page: Page) -> None:
    expect(page.locator(SAVED)).to_have_text(re.compile(r"^Gemt \d\d\.\d\d"), timeout=15_000)


def person(page: Page, name: str) -> Locator:
    return page.locator("form.r-person[data-person]", has_text=name)


def draft(page: Page) -> record.Meeting:
    """The minutes as the server has them."""
    address = page.url.partition("punkt/")[0] + "udkast.pdf?som=html"
    return read(page.request.get(address).body())


def test_a_whole_meeting_without_network(own: Work, people: People) -> None:
    secretary = opened(people("Prøve Sekretær", viewport=DESK))
    other = people("Prøve Sekretær", viewport=DESK)
    secretary.context.set_offline(True)
    expect(secretary.locator(SAVED)).to_have_text("Ingen forbindelse – alt gemmes her", timeout=3000)

    # The first item: texts, who came and went, a show of hands, an outcome.
    write(secretary, "Formanden bød velkommen.", "Udvalget talte i to runder.")
    comes_or_goes(secretary, "fire 17.20")
    expect(person(secretary, "Prøve Medlem Fire")).to_contain_text("kom 17.20 venter")
    comes_or_goes(secretary, "medlem to 1745")
    expect(person(secretary, "Prøve Medlem To")).to_contain_text("gik 17.45 venter")
    expect(secretary.locator('[data-part="count"]')).to_have_text("14 af 15")
    secretary.get_by_text("Stem", exact=True).click()
    secretary.get_by_label("Hvad der stemmes om").fill("Udkastet sendes videre.")
    secretary.get_by_role("button", name="Åbn afstemningen").click()
    expect(secretary.locator(SAVED)).to_contain_text("skriv tallene")
    for label, number in (("For", "9"), ("Imod", "3"), ("Hverken eller", "2")):
        secretary.get_by_label(label, exact=True).fill(number)
    secretary.get_by_role("button", name="Gem resultatet").click()
    expect(secretary.locator("[data-ballots]")).to_contain_text("9 for, 3 imod, 2 hverken eller venter")
    decide(secretary, "4", "Taget til efterretning")
    waits(secretary, 6)

    # On to the closed one, which was never on the disk, and to the last.
    secretary.keyboard.press("F2")
    expect(title(secretary)).to_have_text("Leje af mødelokaler hos en privat udlejer")
    write(secretary, "Udvalget så på to tilbud.")
    decide(secretary, "1", "Godkendt")
    secretary.keyboard.press("F2")
    expect(title(secretary)).to_have_text("Eventuelt")
    decide(secretary, "5", "Drøftet")
    secretary.keyboard.press("Shift+F2")
    expect(secretary.locator("[data-entries] textarea").first).to_have_value("Udvalget så på to tilbud.")
    assert "hos en privat" not in secretary.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")
    waits(secretary, 11)
    secretary.get_by_role("button", name="Vis", exact=False).filter(has_text="det, der venter").click()
    listed = secretary.locator("#venter li")
    expect(listed).to_have_count(11)
    for words in (
        "Tekst til punkt 1: “Formanden bød velkommen.”", "Prøve Medlem Fire kom 17.20", "Prøve Medlem To gik 17.45",
        "Afstemning til punkt 1: 9 for, 3 imod, 2 hverken eller", "Udfald af punkt 1: Taget til efterretning",
        "Tekst til punkt 2", "Udfald af punkt 3: Drøftet",
    ):  # fmt: skip
        expect(listed.filter(has_text=words)).to_have_count(1)
    expect(listed.filter(has_text=re.compile(r"Punkt [23] begyndt \d\d\.\d\d"))).to_have_count(2)
    expect(secretary.get_by_role("button", name="Hæv mødet")).to_be_disabled()

    # Somebody else has noted the late arrival meanwhile.
    with fetched(other):
        goto_meeting(other)
    comes_or_goes(other, "fire 17.22")
    saved(other)

    # The line is back: all goes in its order; what is refused stays, with its reason, until it is put away.
    secretary.context.set_offline(False)
    expect(listed).to_have_count(1, timeout=20_000)
    expect(listed).to_contain_text("Prøve Medlem Fire kom 17.20")
    expect(listed).to_contain_text("Sådan er det allerede.")
    expect(secretary.locator(SAVED)).to_contain_text("1 blev ikke gemt")
    secretary.reload()
    expect(secretary.locator(SAVED)).to_contain_text("1 blev ikke gemt")
    secretary.get_by_role("button", name="Vis", exact=False).filter(has_text="det, der venter").click()
    listed.get_by_role("button", name="Fjern").click()
    expect(secretary.locator("#venter")).to_be_hidden()
    expect(secretary.locator(SAVED)).not_to_contain_text("ikke gemt")

    # The server has it as it was told, and so has whoever looks.
    goto_meeting(other)
    expect(title(other)).to_have_text("Eventuelt")
    expect(other.get_by_role("radio", name="Drøftet", exact=True)).to_be_checked()
    expect(person(other, "Prøve Medlem Fire")).to_contain_text("kom 17.22")
    expect(person(other, "Prøve Medlem To")).to_contain_text("gik 17.45")
    other.get_by_role("navigation", name="Dagsorden").get_by_role("link").first.click()
    expect(other.locator("[data-ballots]")).to_contain_text("9 for, 3 imod, 2 hverken eller")
    minutes = draft(other)
    first, second, third = minutes.items
    assert first.decision == "Formanden bød velkommen.\n\nUdvalget talte i to runder.\n\nTaget til efterretning."
    assert (second.decision, third.decision) == ("Udvalget så på to tilbud.\n\nGodkendt.", "Drøftet.")
    assert [first.outcome, second.outcome, third.outcome] == ["noted", "approved", "discussed"]
    (vote,) = first.votes
    assert (vote.question, vote.for_.count, vote.against.count) == ("Udkastet sendes videre.", 9, 3)
    there = {one.person: one for one in minutes.attendance}
    assert there["Prøve Medlem Fire"].arrived.endswith("T17:22")
    assert there["Prøve Medlem To"].left.endswith("T17:45")
    assert own.run("journal", "verify").returncode == 0


def test_what_waits_is_there_after_a_reload_and_can_be_undone(own: Work, people: People) -> None:
    secretary = opened(people("Prøve Sekretær", viewport=DESK))
    cut = re.compile(r"/health$|/(gem|udfald|begynd|laest)/$|/tilstede/$")
    secretary.route(cut, lambda route: route.abort())
    expect(secretary.locator(SAVED)).to_have_text("Ingen forbindelse – alt gemmes her", timeout=3000)
    write(secretary, "Formanden bød velkommen.")
    comes_or_goes(secretary, "fire 17.20")
    decide(secretary, "5", "Drøftet")
    waits(secretary, 3)
    secretary.reload()
    waits(secretary, 3)
    expect(secretary.locator("[data-entries] textarea").first).to_have_value("Formanden bød velkommen.")
    expect(person(secretary, "Prøve Medlem Fire")).to_contain_text("kom 17.20 venter")
    expect(secretary.get_by_role("radio", name="Drøftet", exact=True)).to_be_checked()
    secretary.get_by_role("button", name="Vis", exact=False).filter(has_text="det, der venter").click()
    secretary.get_by_role("button", name="Fortryd Prøve Medlem Fire kom 17.20").click()
    waits(secretary, 2)
    expect(person(secretary, "Prøve Medlem Fire").locator("[data-note]")).to_be_empty()
    secretary.unroute(cut)
    saved(secretary)
    secretary.reload()
    expect(person(secretary, "Prøve Medlem Fire").locator("[data-note]")).to_be_empty()
    expect(secretary.get_by_role("radio", name="Drøftet", exact=True)).to_be_checked()


def test_what_is_refused_for_good_stays_to_be_seen(own: Work, people: People) -> None:
    secretary = opened(people("Prøve Sekretær", viewport=DESK))
    write(secretary, "Formanden bød velkommen.")
    saved(secretary)
    secretary.get_by_role("button", name="Tag ud Tekst").click()
    expect(secretary.locator("[data-entries] form")).to_have_count(1)
    saved(secretary)
    secretary.context.set_offline(True)
    write(secretary, "Skrevet, mens en anden hævede mødet.")
    waits(secretary, 1)
    other = people("Prøve Sekretær", viewport=DESK)
    with fetched(other):
        other.goto(secretary.url)
    for digit, label in (("4", "Taget til efterretning"), ("1", "Godkendt"), ("5", "Drøftet")):
        decide(other, digit, label)
        other.keyboard.press("F2")
    other.get_by_role("button", name="Start oplæsning").click()
    for number in (1, 2, 3):
        other.keyboard.press("F2")
        read_out = other.get_by_role("navigation", name="Dagsorden").get_by_text("læst op").filter(visible=True)
        expect(read_out).to_have_count(number)
    other.get_by_role("button", name="Hæv mødet").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Referat")

    secretary.context.set_offline(False)
    listed = secretary.locator("#venter li")
    expect(listed).to_contain_text("Skrevet, mens en anden hævede mødet.", timeout=15_000)
    expect(secretary.locator(SAVED)).to_contain_text("1 blev ikke gemt")
    expect(listed).to_contain_text("Mødet er ikke i gang.")


def test_an_answer_that_was_lost_does_not_make_it_happen_twice(own: Work, people: People) -> None:
    secretary = opened(people("Prøve Sekretær", viewport=DESK))
    lost = []

    def lose(route: object) -> None:
        lost.append(route.fetch().status)  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    secretary.route("**/tilstede/", lose, times=1)
    comes_or_goes(secretary, "fire 17.20")
    saved(secretary)
    assert lost == [200]
    secretary.reload()
    expect(secretary.locator("[data-happened]", has_text="17.20 Prøve Medlem Fire")).to_have_count(1)
    expect(secretary.locator(SAVED)).not_to_contain_text("ikke gemt")


def test_by_keyboard_from_the_opening_to_the_signature(own: Work, people: People) -> None:
    secretary, hands = people("Prøve Sekretær", viewport=DESK), Keyboard()
    keys = secretary.keyboard
    goto = people("Prøve Sekretær", viewport=DESK)
    goto_meeting(goto)
    secretary.goto(goto.url)
    with fetched(secretary):
        hands.press(secretary, secretary.get_by_role("main").get_by_role("button", name="Åbn mødet"))

    # A building block; Esc gives the "/" back; a question brings its answer.
    hands.fill(secretary, secretary.locator("[data-entries] textarea").last, "Formanden bød velkommen.")
    keys.press("Control+Enter")
    keys.type("/")
    expect(secretary.get_by_role("link", name="Beslutning", exact=True)).to_be_focused()
    keys.press("Escape")
    expect(secretary.locator("[data-entries] textarea:focus")).to_have_value("/")
    keys.press("Backspace")
    keys.type("/")
    hands.press(secretary, secretary.get_by_role("link", name="Spørgsmål", exact=True))
    keys.type("Hvad sker der videre?")
    keys.press("Control+Enter")
    keys.type("Forvaltningen skriver et forslag.")
    saved(secretary)
    expect(secretary.locator("[data-entries] form")).to_have_count(4)

    # The vote, the outcome, the next item.
    keys.press("Control+k")
    keys.type("stem")
    keys.press("Enter")
    expect(secretary.get_by_label("Hvad der stemmes om")).to_be_focused()
    keys.type("Udkastet sendes videre.")
    hands.fill(secretary, secretary.get_by_label("For", exact=True), "14")
    hands.fill(secretary, secretary.get_by_label("Imod", exact=True), "1")
    keys.press("Control+Enter")
    expect(secretary.locator("[data-ballots]")).to_contain_text("14 for, 1 imod")
    comes_or_goes(secretary, "holmen 17.50")
    expect(person(secretary, "Asta Holmen")).to_contain_text("gik 17.50")
    decide(secretary, "1", "Godkendt")
    for name, digit, label in (("Leje af", "6", "Udsat"), ("Eventuelt", "5", "Drøftet")):
        keys.press("F2")
        expect(title(secretary)).to_contain_text(name)
        expect(title(secretary)).to_be_focused()
        decide(secretary, digit, label)
    saved(secretary)

    # Read out, adjourned, signed.
    keys.press("Control+k")
    keys.type("oplæsn")
    keys.press("Enter")
    expect(title(secretary)).to_contain_text("Femte møde")
    for number in (1, 2, 3):
        keys.press("F2")
        read = secretary.get_by_role("navigation", name="Dagsorden").get_by_text("læst op").filter(visible=True)
        expect(read).to_have_count(number)
    expect(secretary.get_by_role("button", name="Hæv mødet")).to_be_enabled()
    keys.press("Control+k")
    keys.type("hæv")
    keys.press("Enter")
    expect(secretary.get_by_role("heading", level=1)).to_have_text("Referat")
    expect(secretary.get_by_role("main")).to_contain_text("Hvad sker der videre?")
    member = people("Prøve Medlem Et", viewport=DESK)
    member.goto("/")
    hands.press(member, member.get_by_role("link", name="Skriv under på referatet"))
    hands.press(member, member.get_by_role("main").get_by_role("button", name="Skriv under"))
    expect(member.get_by_role("main")).to_contain_text("Du har skrevet under.")


def test_keys_can_be_changed_and_switched_off(own: Work, people: People) -> None:
    page = opened(people("Prøve Sekretær", viewport=DESK))
    page.get_by_role("button", name="Taster", exact=True).click()
    page.get_by_role("button", name="Skift Næste punkt").click()
    page.keyboard.press("n")
    expect(page.locator("[data-key-said]")).to_contain_text("Vælg en F-tast")
    page.get_by_role("button", name="Skift Næste punkt").click()
    page.keyboard.press("F4")
    expect(page.locator("[data-key-said]")).to_contain_text("Tasten bruges allerede")
    page.get_by_role("button", name="Skift Næste punkt").click()
    page.keyboard.press("Control+Alt+n")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Næste punkt")).to_contain_text("Ctrl+Alt+N")
    with fetched(page):
        page.reload()
    page.keyboard.press("F2")
    page.keyboard.press("Control+Alt+n")
    expect(title(page)).to_contain_text("Leje af")

    page.get_by_role("button", name="Taster", exact=True).click()
    page.get_by_label("Brug taster i møderummet").uncheck(force=True)
    page.keyboard.press("Escape")
    expect(page.locator("kbd").filter(visible=True)).to_have_count(0)
    caught = page.evaluate_handle(
        "() => { const all = []; addEventListener('keydown', e => all.push(e.defaultPrevented)); return all }"
    )
    page.locator("[data-entries] textarea").last.click()
    for key in ("F2", "Shift+F2", "F4", "F8", "Control+Alt+n", "Control+Enter"):
        page.keyboard.press(key)
    assert True not in caught.json_value()
    page.keyboard.type("/")
    expect(page.locator("[data-entries] textarea:focus")).to_have_value("/")
    expect(title(page)).to_contain_text("Leje af")


def log_in_by_code(page: Page, work: Work) -> None:
    page.goto("/konto/ind/")
    page.get_by_label("E-mail").fill("sekretaer@example.org")
    page.get_by_role("main").get_by_role("button", name="Send mig en kode").click()
    mail = work.post.wait_for("sekretaer@example.org", "kode").get_content()
    page.get_by_label("Kode").fill(re.search(r"^[A-Z0-9-]{6,}\r?$", mail, re.MULTILINE)[0].strip())
    page.get_by_role("main").get_by_role("button", name="Log ind").click()
    page.wait_for_url(f"{work.address}/")


def test_a_login_that_ran_out_costs_no_word_and_another_login_sends_none(own: Work, people: People) -> None:
    secretary = opened(people("Prøve Sekretær", viewport=DESK))
    box = secretary.get_by_role("dialog", name="Log ind igen")
    secretary.context.clear_cookies(name="raadslag")
    write(secretary, "Skrevet uden login.")
    expect(box).to_be_visible()
    write(secretary, "Og skrevet videre.")
    comes_or_goes(secretary, "fire 17.20")
    waits(secretary, 3)

    # Another person logs in on this device: nothing goes under that name, nor is it shown to that person.
    window = secretary.context.new_page()
    window.goto(own.links["Prøve Facilitator"])
    window.get_by_role("main").get_by_role("button", name="Log ind").click()
    window.wait_for_url(f"{own.address}/")
    secretary.bring_to_front()
    expect(box).to_contain_text("når Prøve Sekretær logger ind igen", timeout=10_000)
    waits(secretary, 3)
    other = people("Prøve Sekretær", viewport=DESK)
    other.goto(secretary.url)
    expect(other.get_by_role("timer")).to_be_visible()
    expect(other.locator("[data-entries] form")).to_have_count(1)

    window.context.clear_cookies(name="raadslag")
    log_in_by_code(window, own)
    secretary.bring_to_front()
    expect(box).to_be_hidden(timeout=10_000)
    saved(secretary)
    other.reload()
    fields = other.locator("[data-entries] textarea")
    expect(fields.nth(0)).to_have_value("Skrevet uden login.")
    expect(fields.nth(1)).to_have_value("Og skrevet videre.")
    expect(person(other, "Prøve Medlem Fire")).to_contain_text("kom 17.20")


def clocks() -> re.Pattern[str]:
    """The clock in the hall now, give or take a minute."""
    now = datetime.now(ZoneInfo("Europe/Copenhagen"))
    return re.compile("|".join(f"{now + timedelta(minutes=step):%H.%M}".replace(".", r"\.") for step in (-1, 0, 1)))


def test_a_clock_set_back_and_a_laptop_that_slept_lose_nothing(own: Work, people: People) -> None:
    secretary = people("Prøve Sekretær", viewport=DESK)
    secretary.clock.install()
    opened(secretary)
    secretary.context.set_offline(True)
    secretary.clock.set_system_time(datetime.now(UTC) - timedelta(hours=5))
    write(secretary, "Skrevet, mens uret gik forkert.")
    comes_or_goes(secretary, "fire")
    expect(person(secretary, "Prøve Medlem Fire")).to_contain_text(clocks())
    comes_or_goes(secretary, "fire")
    secretary.context.set_offline(False)
    saved(secretary)
    first, second = secretary.locator("[data-happened]").all()[:2]
    expect(first).to_contain_text("gik")  # the order is that of the presses, whatever clocks said
    expect(second).to_contain_text("kom")

    # It sleeps with a text that waits: no timer runs. It wakes an hour later.
    secretary.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    secretary.locator("[data-entries] textarea").last.click()
    secretary.keyboard.type("Skrevet lige før låget blev lukket.")
    waits(secretary, 1)
    secretary.clock.fast_forward("01:00:00")
    secretary.clock.resume()
    saved(secretary)

    # The browser freezes the window in the background, and thaws it.
    device = secretary.context.new_cdp_session(secretary)
    secretary.locator("[data-entries] textarea").last.click()
    secretary.keyboard.type("Skrevet, før vinduet blev lagt til side.")
    device.send("Page.setWebLifecycleState", {"state": "frozen"})
    device.send("Page.setWebLifecycleState", {"state": "active"})
    saved(secretary)

    # A window behind another one sends as well.
    secretary.locator("[data-entries] textarea").last.click()
    secretary.keyboard.type("Skrevet i baggrunden.")
    secretary.context.new_page().bring_to_front()
    saved(secretary)
    other = people("Prøve Sekretær", viewport=DESK)
    other.goto(secretary.url)
    expect(other.locator("[data-entries] textarea").nth(3)).to_have_value("Skrevet i baggrunden.")
    expect(other.locator("[data-entries] textarea").nth(0)).to_have_value("Skrevet, mens uret gik forkert.")


@pytest.mark.parametrize("size", [PHONE, TABLET, DESK], ids=["390", "768", "1280"])
def test_the_room_is_accessible_in_every_state(
    own: Work, people: People, violations: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    page = people("Prøve Sekretær", viewport=size, bypass_csp=True)

    def well(state: str) -> None:
        assert violations(page) == [], state
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], state

    goto_meeting(page)
    well("opening")
    with fetched(page):
        page.get_by_role("main").get_by_role("button", name="Åbn mødet").click()
    parts = page.get_by_role("navigation", name="Mødets dele")
    is_small = size is not DESK
    expect(parts).to_be_visible(visible=is_small)
    for name in ("Punkt", "Referat", "Til stede"):
        if is_small:
            parts.get_by_role("link", name=name).click()
            expect(parts.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")
        well(f"in progress, {name}")
    page.keyboard.press("F8")
    page.keyboard.type("medlem")
    well("somebody is looked for")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+k")
    well("commands")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("taster")
    page.keyboard.press("Enter")
    well("keys")
    page.keyboard.press("Escape")
    saved(page)

    page.context.set_offline(True)
    page.keyboard.press("F4")
    page.keyboard.press("1")
    waits(page, 1)
    page.get_by_role("button", name="Vis", exact=False).filter(has_text="det, der venter").click()
    well("without network")
    page.context.set_offline(False)
    saved(page)

    page.keyboard.press("Control+k")
    page.keyboard.type("oplæsn")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Læst op")).to_be_visible()
    well("reading")
    page.context.clear_cookies(name="raadslag")
    page.keyboard.press("F2")
    expect(page.get_by_role("dialog", name="Log ind igen")).to_be_visible()
    well("logged out")


def test_the_room_works_without_scripts(own: Work, people: People) -> None:
    page = people("Prøve Sekretær", viewport=PHONE, java_script_enabled=False)
    goto_meeting(page)
    page.get_by_role("main").get_by_role("button", name="Åbn mødet").click()
    page.get_by_role("navigation", name="Mødets dele").get_by_role("link", name="Referat").click()
    page.locator("[data-entries] textarea").last.fill("Formanden bød velkommen.")
    page.get_by_role("button", name="Gem", exact=True).click()
    expect(page.locator("[data-entries] textarea").first).to_have_value("Formanden bød velkommen.")
    page.get_by_text("Stem", exact=True).click()
    page.get_by_label("Hvad der stemmes om").fill("Udkastet sendes videre.")
    for label, number in (("For", "9"), ("Imod", "3")):
        page.get_by_label(label, exact=True).fill(number)
    page.get_by_role("button", name="Åbn afstemningen").click()
    expect(page.locator("[data-ballots]")).to_contain_text("9 for, 3 imod, 0 hverken eller")
    page.get_by_text("Drøftet", exact=True).click()
    page.get_by_role("button", name="Sæt udfald").click()
    page.get_by_role("button", name="Næste punkt").click()
    expect(page.locator("#punkt")).to_contain_text("Leje af")
