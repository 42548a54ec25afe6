"""Every page that a person of the sample can be led to, at three widths: no fault that axe finds, nothing too wide."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from .conftest import TABLET, People, Work

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
NO_PAGES = re.compile(r"/(pdf|ics|kalender|fil|hent|aabn)\b|\.(pdf|ics|txt)$|/static/")


def shape(address: str) -> str:
    """What pages of one kind have in common."""
    parts = urlsplit(address)
    return ID.sub("*", parts.path) + ("?" + re.sub("=[^&]*", "", parts.query) if parts.query else "")


def crawled(page: Page) -> Iterator[str]:
    """The pages that links lead to from the front, one of each kind; each is open when its address is given."""
    waiting, known = ["/"], {"/"}
    while waiting:
        address = waiting.pop(0)
        try:
            answer = page.goto(address)
        except Error as fault:
            if "Download is starting" in fault.message:
                continue
            raise
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        assert answer.status in (200, 403), f"{address}: {answer.status}"
        yield address
        for link in page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))"):
            target = link if link.startswith("/") else urlsplit(address).path + link if link.startswith("?") else ""
            if target and "#" not in target and not NO_PAGES.search(target) and shape(target) not in known:
                known.add(shape(target))
                waiting.append(target)


def faults(page: Page, violations: Callable[[Page], list[str]]) -> list[str]:
    """What is wrong with the page as it stands."""
    found = violations(page)
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > page.viewport_size["width"]:
        found.append(f"{wide} px wide")
    if not page.title().strip(" –"):
        found.append("no title")
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} first headings")
    return found


@pytest.mark.parametrize(
    ("name", "size", "at_least"),
    [
        ("Prøve Sekretær", DESK, 22),
        ("Prøve Sekretær", PHONE, 22),
        ("Prøve Sagsbehandler", TABLET, 12),
        ("Prøve Medlem Et", PHONE, 12),
        ("Prøve Formand", TABLET, 12),
        ("Prøve Suppleant", PHONE, 8),
        ("Prøve Administrator", DESK, 6),
    ],
    ids=lambda value: f"{value['width']}" if isinstance(value, dict) else str(value),
)
def test_each_page_is_well(
    person: People, violations: Callable[[Page], list[str]], name: str, size: dict[str, int], at_least: int
) -> None:
    page = person(name, viewport=size, bypass_csp=True)
    wrong, seen = [], []
    for address in crawled(page):
        seen.append(address)
        wrong += [f"{shape(address)}: {fault}" for fault in faults(page, violations)]
    assert not wrong, "\n".join(wrong)
    assert len(seen) >= at_least, seen


def test_faults_told_on_forms_are_well(person: People, violations: Callable[[Page], list[str]]) -> None:
    page = person("Prøve Sekretær", viewport=PHONE, bypass_csp=True)
    page.goto("/udvalg/")
    page.get_by_role("link", name="Opgaveudvalget").first.click()
    committee = page.url
    for path in ("sager/ny/", "moeder/nyt/", "kommissorium/"):
        page.goto(committee + path)
        page.evaluate("document.querySelectorAll('[required]').forEach(one => one.required = false)")
        page.get_by_role("main").locator("form button.button-primary").first.click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert faults(page, violations) == [], path


def test_a_login_that_ran_out_shows_what_was_written(
    browser: Browser, work: Work, person: People, violations: Callable[[Page], list[str]]
) -> None:
    page = person("Prøve Sagsbehandler", viewport=PHONE, bypass_csp=True)
    page.goto("/sager/")
    page.get_by_role("link", name="Ny sag").click()
    page.get_by_label("Overskrift").fill("En sag, som tager tid")
    page.context.clear_cookies(name="raadslag")
    page.get_by_role("button", name="Begynd").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log ind igen")
    expect(page.get_by_label("Det skrev du")).to_have_value("En sag, som tager tid")
    assert faults(page, violations) == []
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Log ind i et nyt vindue").click()
    opened.value.goto(work.run("workspace", "link", "sagsbehandler@example.org").stdout.strip())
    opened.value.get_by_role("main").get_by_role("button", name="Log ind").click()
    page.get_by_role("button", name="Send det igen").click()
    assert faults(page, violations) == []
    page.get_by_role("button", name="Send det igen").click()
    expect(page.get_by_label("Overskrift").first).to_have_value("En sag, som tager tid")


def test_on_a_tablet_that_goes_round_each_finds_his_own_words(person: People) -> None:
    page, other = person("Prøve Medlem To", viewport=TABLET), person("Prøve Medlem Tre")
    page.goto("/")
    page.get_by_role("link", name="Åbn papirerne").click()
    page.get_by_role("link", name="Femte møde om udkastet").click()
    page.get_by_label("Din note").press_sequentially("Kun for mig selv.")
    expect(page.locator("[data-saved]")).to_contain_text("Gemt her på enheden")
    own = page.context.cookies()
    for cookies, words in ((other.context.cookies(), ""), (own, "Kun for mig selv.")):
        page.context.clear_cookies()
        page.context.add_cookies(cookies)
        page.goto(page.url)
        expect(page.get_by_label("Din note")).to_have_value(words)
    page.get_by_role("button", name="Gem noten").click()
    expect(page.locator("#noter")).to_contain_text("kun dig")
    page.reload()
    expect(page.get_by_label("Din note")).to_have_value("")


def test_what_is_open_to_everyone_is_well(
    browser: Browser, work: Work, violations: Callable[[Page], list[str]]
) -> None:
    page = browser.new_context(base_url=work.address, viewport=PHONE, bypass_csp=True, locale="da-DK").new_page()
    for address, status in (("/konto/ind/", 200), ("/ind/opdigtet/", 200), ("/er-her-ikke/", 404)):
        assert page.goto(address).status == status
        assert faults(page, violations) == [], address
    page.goto("/konto/ind/")
    page.get_by_label("E-mail").fill("medlem3@example.org")
    page.get_by_role("button", name="Send mig en kode").click()
    expect(page.get_by_label("Kode")).to_be_visible()
    assert faults(page, violations) == []
    page.get_by_label("Kode").fill("FALSK")
    page.get_by_role("main").get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert faults(page, violations) == []
    code = re.search(
        r"^[A-Z0-9-]{6,}\r?$", work.post.wait_for("medlem3@example.org", "kode").get_content(), re.MULTILINE
    )
    page.get_by_label("Kode").fill(code[0].strip())
    page.get_by_role("main").get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Prøve Medlem Tre")
    page.context.close()


def test_without_scripts_one_reads_asks_apologises_and_searches(person: People) -> None:
    page = person("Prøve Medlem Fire", viewport=PHONE, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="Åbn papirerne").click()
    page.get_by_role("link", name="Femte møde om udkastet").click()
    expect(page.get_by_role("main")).to_contain_text("Udkastet er skrevet af skrivegruppen")
    page.get_by_role("link", name="Udkast til produkt").click()
    expect(page.get_by_role("main")).to_contain_text("Mange beboere kender ikke deres naboer.")
    page.go_back()
    page.get_by_label("Dit spørgsmål").fill("Kan jeg læse det uden scripts?")
    page.get_by_role("button", name="Spørg").click()
    expect(page.locator("#spoergsmaal")).to_contain_text("Kan jeg læse det uden scripts?")
    page.get_by_role("link", name="5. møde").click()
    page.get_by_label("Grund, hvis du vil").fill("Uden strøm")
    page.get_by_role("button", name="Meld afbud").click()
    expect(page.locator("#svar")).to_contain_text("Du har meldt afbud.")
    page.goto("/soeg/")
    page.get_by_label("Søg efter").fill("udkastet")
    page.get_by_role("main").get_by_role("button", name="Søg").click()
    expect(page.get_by_role("main").get_by_role("link", name="Femte møde om udkastet")).to_be_visible()


def test_without_scripts_a_case_is_written_in_plain_fields(person: People) -> None:
    page = person("Prøve Sagsbehandler", java_script_enabled=False)
    page.goto("/sager/?tilstand=draft")
    page.get_by_role("link", name="Afslutning af udvalgets arbejde").click()
    page.get_by_role("link", name="Skriv").first.click()
    page.get_by_label("Baggrund").fill("Skrevet *uden* scripts.")
    page.get_by_role("button", name="Gem", exact=True).click()
    expect(page.locator("em", has_text="uden")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1280"])
def test_the_pages_of_evaluating_and_closing_are_well(
    person: People, violations: Callable[[Page], list[str]], size: dict[str, int]
) -> None:
    """Prepared, opened, answered by five, and given up at the first width, so that it can be read at the second."""
    leader = person("Prøve Sekretær", viewport=size, bypass_csp=True)
    leader.goto("/udvalg/")
    leader.get_by_role("main").get_by_role("link", name="Opgaveudvalget").first.click()
    leader.get_by_role("main").get_by_role("link", name="Evaluering og afslutning").click()
    expect(leader.get_by_role("heading", level=1)).to_have_text("Evaluering og afslutning")
    assert faults(leader, violations) == []
    leader.get_by_role("main").get_by_role("link", name=re.compile("Forbered|Se evalueringen")).click()
    where = leader.url
    expect(leader.get_by_label("1. på dansk")).to_be_visible()
    assert faults(leader, violations) == []
    leader.get_by_role("button", name="Gem spørgsmålene").click()
    leader.get_by_role("button", name="Åbn evalueringen").click()
    code = leader.locator(".r-code").inner_text()
    assert faults(leader, violations) == []
    leader.get_by_role("link", name="Jeg har koden på papir").click()
    assert faults(leader, violations) == []
    for name in ("Formand", "Medlem Et", "Medlem To", "Medlem Tre", "Medlem Fire"):
        page = person(f"Prøve {name}", viewport=size, bypass_csp=True)
        page.goto("/")
        page.get_by_role("link", name="Sig, hvad du synes om udvalgets arbejde").click()
        if name == "Formand":
            assert faults(page, violations) == []
            page.evaluate("document.querySelectorAll('[required]').forEach(one => one.required = false)")
            page.get_by_role("button", name="Læg det i kassen").click()
            expect(page.get_by_role("alert")).to_be_visible()
            assert faults(page, violations) == []
        for group in page.get_by_role("main").locator("fieldset").all():
            group.get_by_text("4", exact=True).click()
        page.get_by_label("Med dine egne ord").first.fill(f"Ord {len(name)}")
        page.get_by_role("button", name="Læg det i kassen").click()
        expect(page.get_by_role("main")).to_contain_text("Du har svaret.")
        assert faults(page, violations) == []
    leader.goto(where)
    if size == PHONE:
        leader.get_by_text("Koden er væk").click()
        leader.get_by_label("Hvorfor ingen skal læse svarene").fill("Prøve")
        leader.get_by_role("button", name="Luk uden at læse").click()
        expect(leader.get_by_role("main")).to_contain_text("5 svarede. Ingen har læst svarene")
    else:
        leader.get_by_label("Kassens kode").fill("ABCD")
        leader.get_by_role("button", name="Luk, og læs svarene").click()
        expect(leader.get_by_role("alert")).to_be_visible()
        assert faults(leader, violations) == []
        leader.get_by_label("Kassens kode").fill(code.lower())
        leader.get_by_role("button", name="Luk, og læs svarene").click()
        expect(leader.get_by_role("heading", name="Med ord").first).to_be_visible()
        leader.set_viewport_size(PHONE)
        assert faults(leader, violations) == []
        leader.set_viewport_size(DESK)
    assert faults(leader, violations) == []


def test_a_committees_work_is_taken_home_and_read_without_the_server(
    person: People, violations: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    """The ZIP as the server streams it; its pages open from the disk."""
    page = person("Prøve Sekretær", viewport=DESK, bypass_csp=True)
    page.goto("/udvalg/")
    page.get_by_role("main").get_by_role("link", name="Opgaveudvalget").first.click()
    given = page.request.get(page.url + "afslutning/hent/")
    assert given.headers["content-type"] == "application/zip"
    whole = zipfile.ZipFile(io.BytesIO(given.body()))
    files = json.loads(whole.read("index.json"))["files"]
    assert len(files) > 20
    for one in files:
        assert hashlib.sha256(whole.read(one["path"])).hexdigest() == one["sha256"], one["path"]
    whole.extractall(tmp_path)
    page.goto((tmp_path / "index.html").as_uri())
    expect(page.get_by_role("heading", level=1)).to_have_text("Opgaveudvalget Trygge boligområder")
    assert faults(page, violations) == []
    page.get_by_role("link", name="Kommentarer og svar", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kommentarer og svar")
    expect(page.get_by_role("heading", level=2).first).to_contain_text("K-01")
    assert faults(page, violations) == []
