"""What decisions promised, in public: the newest is shown, what is late first, and nothing once it is withdrawn."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from lxml import etree

from raadslag.archive import addresses, curation
from raadslag.archive.checking import check, mend
from raadslag.archive.delivery import tokens
from raadslag.archive.intake import Outcome
from raadslag.archive.models import Body, Commitment, JournalEntry, Organization, Standing, WithdrawnStanding
from raadslag.archive.search import open_index
from raadslag.archive.served import shown_by
from raadslag.core.record import Commitment as Record
from raadslag.core.record import Decided, Item, Origin, Report, Time, decode, encode, identity

from .conftest import NOON, costs
from .delivery.test_delivering import Bringer, problem, told
from .test_portraits import committee
from .test_products import product

pytestmark = pytest.mark.django_db
LIST = "/proeve/opfoelgning/"
PAGE = f"{LIST}2018-06-18/"
NUMBER = "010190-1234"  # shaped as a CPR number, and nobody's
COMMITTEE = "/proeve/udvalg/udvalget-for-byrum/"


def day(days: int) -> str:
    """A day that many days from today."""
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def promise(**changes: Any) -> Record:
    """A commitment of the council on the ground of an invented product, of which nothing has been told yet."""
    known: dict[str, Any] = {
        "id": "et-loefte", "body": "Prøvekommunen", "organization": "Udvalget for Byrum",
        "as_of": "2018-06-20T12:00:00", "unit": "Center for Borgere", "due": day(100),
        "text": "Der ansættes to boligsociale medarbejdere.",
        "state": "planned", "next_report": day(90),
        "decided": Decided(organization="Kommunalbestyrelsen", on="2018-06-18", meeting="et-moede", item="4",
                           title="Trygge boligområder"),
        "origin": Origin(id="et-produkt", title="Trygge boligområder", version="v0.3", element="b", part="2 Ensomhed"),
    }  # fmt: skip
    return Record(**(known | changes))


def later(**changes: Any) -> Record:
    """The same, once something has been told."""
    known: dict[str, Any] = {
        "as_of": "2018-09-20T12:00:00", "state": "under_way",
        "reports": (Report(on="2018-09-18", text="Den ene er ansat.", state="under_way", due=day(200),
                           because="Stillingen er slået op igen."),),
        "due": day(200), "next_report": day(180),
    }  # fmt: skip
    return promise(**(known | changes))


@pytest.fixture
def bringer(client: Any) -> Any:
    """Makes programs that bring for a body."""
    return lambda body="Prøvekommunen": Bringer(client, tokens.make(body, label="test", by="it", at=NOON)[1])


def deliver(one: Bringer, *records: Any) -> dict[str, Any]:
    for record in records:
        answer = one.record(record)
        assert answer.status_code in (200, 201), answer.content
    return told(answer)


def plain(page: Any) -> str:
    """The words of a page's main part."""
    return " ".join("".join(etree.HTML(page.text).xpath("//main")[0].itertext()).split())


# --- intake ---


def test_it_is_taken_in_once_and_told_where_it_is(bringer: Any, client: Any) -> None:
    one = bringer()
    first = one.record(promise())
    assert first.status_code == 201, first.content
    assert told(first) | {"at": ""} == {
        "schema": "raadslag/intake/1", "identity": identity(promise()), "state": "shown", "address": PAGE, "at": "",
    }  # fmt: skip
    entries = JournalEntry.objects.count()
    assert one.record(promise()).status_code == 200
    assert (Standing.objects.count(), JournalEntry.objects.count()) == (1, entries)
    page = plain(client.get(PAGE))
    for text in ("Der ansættes to boligsociale medarbejdere.", "Planlagt", "Center for Borgere", "Kommunalbestyrelsen",
                 "18. juni 2018", "punkt 4", "2 Ensomhed", "Der er ikke givet status endnu."):  # fmt: skip
        assert text in page, text
    assert "Planned" in client.get(f"/en{PAGE}").text


def test_the_newest_is_shown_and_the_earlier_is_kept_whenever_it_comes(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, later(), promise())
    assert told(one.receipt(identity(promise())))["state"] == "kept"
    page = plain(client.get(PAGE))
    for text in ("I gang", "Den ene er ansat.", "Hvorfor: Stillingen er slået op igen.", "ny dato"):
        assert text in page, text
    assert Commitment.objects.count() == 1
    assert deliver(one, promise(id="et-andet", text="Et hus bygges."))["address"] == f"{LIST}2018-06-18-2/"


def test_without_an_identity_nobody_knows_it_again(bringer: Any, add: Any) -> None:
    waits = bringer().record(promise(id=None, organization=None))
    assert (waits.status_code, told(waits)["missing"]) == (202, ["organization", "id"])
    assert add(promise(), already_public=False, name="loefte.json").outcome is Outcome.WAITING
    assert not Commitment.objects.exists()
    assert add(promise(), name="loefte.json").outcome is Outcome.NEW


@pytest.mark.parametrize("changes", [
    {"text": NUMBER}, {"unit": NUMBER}, {"organization": f"Rådet {NUMBER}"},
    {"decided": Decided(organization=NUMBER, on="2018-06-18")},
    {"decided": Decided(organization="x", on="2018-06-18", title=NUMBER)},
    {"origin": Origin(title=NUMBER)}, {"origin": Origin(title="x", part=NUMBER)},
    {"reports": (Report(on="2018-09-18", text=NUMBER, state="done"),)},
    {"reports": (Report(on="2018-09-18", text="x", state="done", because=NUMBER),)},
])  # fmt: skip
def test_every_text_is_screened(bringer: Any, changes: dict[str, Any]) -> None:
    """I13."""
    waits = bringer().record(promise(**changes))
    assert (waits.status_code, told(waits)["reason"]) == (202, "screening")
    assert NUMBER not in waits.content.decode()
    assert not Standing.objects.exists()


def test_never_released_and_never_existed_are_answered_alike(bringer: Any, client: Any) -> None:
    """I2."""
    one = bringer()
    deliver(one, promise())
    before = {place: client.get(place).content for place in (LIST, PAGE, COMMITTEE, "/proeve/nyt.atom", "/proeve/")}
    hidden = promise(id="hemmelig", text=f"Kanariefugl {NUMBER}", organization="Et nyt udvalg")
    assert one.record(hidden).status_code == 202
    assert {place: client.get(place).content for place in before} == before
    there, nowhere = client.get(f"{LIST}2018-06-18-2/"), client.get(f"{LIST}2018-06-18-3/")
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert there.content.replace(b"2018-06-18-2", b"2018-06-18-3") == nowhere.content


def test_another_municipality_brings_and_withdraws_nothing(bringer: Any, client: Any) -> None:
    deliver(bringer(), promise())
    other = bringer("Anderby")
    assert problem(other.record(promise(text="Andet")), 403, "another-body") == ["#/record/body"]
    assert other.withdraw(identity(promise())).status_code == 404
    assert other.receipt(identity(promise())).status_code == 404
    assert client.get(PAGE).status_code == 200


# --- pages ---


def test_what_is_late_comes_first_and_is_said_in_words(bringer: Any, client: Any) -> None:
    texts = {
        "Gjort.": {"state": "done", "next_report": None, "due": day(-400)},
        "Næste år.": {"due": day(300)},
        "Snart.": {"due": day(3)},
        "For sent.": {"due": day(-3)},
        "Uden status.": {"due": day(50), "next_report": day(-1)},
    }
    deliver(bringer(), *(promise(id=text, text=text, **more) for text, more in texts.items()))
    page = client.get(LIST)
    names = etree.HTML(page.text).xpath("//main//li[@class='r-hit']//a/text()")
    assert names == ["For sent.", "Uden status.", "Snart.", "Næste år.", "Gjort."]
    shown = plain(page)
    for text in ("2 er forsinkede", "5 løfter", "Forsinket: Det skulle være gjort senest",
                 "Forsinket: Der skulle være givet status", "Gjort"):  # fmt: skip
        assert text in shown, text


def test_it_is_parted_by_committee(bringer: Any, client: Any) -> None:
    deliver(bringer(), promise(), promise(id="andet", text="Et hus bygges.", organization="Rådet"))
    both, one = plain(client.get(LIST)), plain(client.get(f"{LIST}?udvalg=raadet"))
    assert "Udvalget for Byrum (1)" in both
    assert "Der ansættes" in both
    assert "Der ansættes" not in one
    assert "Et hus bygges." in one
    assert plain(client.get(f"{LIST}?udvalg=findes-ikke")) == both


def test_it_leads_to_the_decision_and_the_product_where_they_are_shown_and_they_to_it(
    bringer: Any, make_meeting: Any, client: Any
) -> None:
    one = bringer()
    deliver(one, promise())
    main = etree.HTML(client.get(PAGE).text).xpath("//main")[0]
    assert not main.xpath(".//dd//a")
    item = Item(order=4, number="4", title="Trygge boligområder", access="open", decision="Godkendt.")
    meeting = make_meeting(
        id="et-moede", kind="minutes", organization="Kommunalbestyrelsen", meeting=Time(start="2018-06-18T17:00"),
        items=(item,),
    )  # fmt: skip
    deliver(one, meeting, product())
    main = etree.HTML(client.get(PAGE).text).xpath("//main")[0]
    assert main.xpath(".//dd//a/@href") == [
        "/proeve/moede/2018-06-18-kommunalbestyrelsen/punkt/4/", "/proeve/produkt/trygge-boligomraader/#del-b",
    ]  # fmt: skip
    for place in ("/proeve/produkt/trygge-boligomraader/", COMMITTEE, LIST):
        assert f'"{PAGE}"' in client.get(place).text, place
    assert f'"{LIST}"' in client.get("/proeve/").text


def test_it_can_be_had_as_data_in_the_feeds_and_on_the_map(bringer: Any, client: Any) -> None:
    deliver(bringer(), promise(), later())
    data = client.get(f"{PAGE}loefte.json")
    assert decode(data.content) == later()
    assert client.get(f"{PAGE}loefte.json", headers={"If-None-Match": data.headers["ETag"]}).status_code == 304
    for feed in (f"{LIST}nyt.atom", "/proeve/nyt.atom", "/nyt.atom", f"{COMMITTEE}nyt.atom"):
        (entry,) = etree.fromstring(client.get(feed).content).findall("{*}entry")
        assert entry.findtext("{*}title") == "Der ansættes to boligsociale medarbejdere.", feed
        assert entry.findtext("{*}summary").startswith("I gang: Den ene er ansat."), feed
        assert entry.find("{*}link").get("href") == f"http://testserver{PAGE}"
    assert client.get("/sitemap-opfoelgning.xml").text.count(PAGE) == 1


def test_it_is_found_as_it_is_by_now(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, promise(), later())
    open_index().catch_up()
    (hit,) = open_index().search("boligsociale").hits
    assert (hit.kind, hit.title.text) == ("commitment", "Der ansættes to boligsociale medarbejdere.")
    page = client.get("/soeg/?q=boligsociale&slags=commitment").text
    assert f'"{PAGE}"' in page
    assert "Løfter" in page
    assert client.get("/soeg/liste.csv?q=boligsociale").text.count(PAGE) == 1
    assert open_index().search('"ene er ansat"').total == 1
    one.withdraw(identity(later()))
    assert open_index().search("boligsociale").hits == ()  # what the index does not know yet is not shown either
    open_index().catch_up()
    assert open_index().search("boligsociale").total == 0


def test_whatever_tells_of_it_is_counted(bringer: Any, client: Any) -> None:
    """I12."""
    deliver(bringer(), promise(), product())
    whole = {identity(promise())}
    for place in (PAGE, LIST, COMMITTEE, f"{PAGE}loefte.json", f"{LIST}nyt.atom", "/en" + PAGE,
                  "/proeve/produkt/trygge-boligomraader/"):  # fmt: skip
        assert whole <= set(shown_by(place, client.get(place).content)), place
    assert shown_by("/proeve/om/", client.get("/proeve/om/").content) == ()


def test_pages_cost_the_same_for_one_commitment_and_report_and_for_many(bringer: Any, client: Any) -> None:
    one = bringer()
    places = (LIST, PAGE, f"{PAGE}loefte.json", f"{LIST}nyt.atom", COMMITTEE, "/proeve/", "/proeve/nyt.atom",
              "/proeve/produkt/trygge-boligomraader/", "/sitemap-opfoelgning.xml")  # fmt: skip

    deliver(one, product(), promise(), promise(id="b", organization="Rådet"))
    before = costs(client, places)
    reports = tuple(Report(on="2018-09-18", text=f"Nr. {n}", state="under_way") for n in range(30))
    deliver(one, later(reports=reports), *(promise(id=f"nr-{n}", text=f"Løfte {n}") for n in range(25)))
    assert costs(client, places) == before


def test_hostile_text_stays_text(bringer: Any, client: Any) -> None:
    hostile = "<script>alert(1)</script>"
    made = promise(
        text=hostile, unit=hostile, due=hostile, next_report=hostile, organization=hostile, as_of=hostile,
        decided=Decided(organization=hostile, on=hostile, meeting=hostile, item=hostile, title=hostile),
        origin=Origin(id=hostile, title=hostile, version=hostile, element=hostile, part=hostile),
        reports=(Report(on=hostile, text=hostile, state="done", due=hostile, because=hostile),),
    )  # fmt: skip
    address = deliver(bringer(), made)["address"]
    for place in (address, LIST, "/proeve/nyt.atom", f"{LIST}nyt.atom", "/proeve/"):
        answer = client.get(place)
        assert answer.status_code == 200, place
        assert hostile not in answer.text, place


# --- withdrawing, merging, checking ---


def test_withdrawn_it_is_gone_and_says_so_and_what_it_took_the_place_of_stays_away(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, promise(), later())
    assert told(one.withdraw(identity(later()), "Et navn var forkert."))["state"] == "withdrawn"
    for place in (PAGE, f"{PAGE}loefte.json"):
        gone = client.get(place)
        assert gone.status_code == 410, place
        assert "Et navn var forkert." in gone.text
        assert "boligsociale" not in gone.text
    row = Standing.objects.get(identity=identity(later()))
    assert (row.text, row.unit, row.due, bytes(row.record)) == ("", "", "", b"")
    assert client.get(LIST).status_code == 410  # nothing else of that municipality is here
    assert "boligsociale" not in client.get("/nyt.atom").text
    assert deliver(one, later(as_of="2018-10-01T12:00:00", text="Rettet."))["address"] == PAGE
    assert "Rettet." in client.get(PAGE).text


@pytest.mark.django_db(transaction=True)
def test_a_person_withdraws_it_by_its_address_and_takes_it_back(bringer: Any, client: Any) -> None:
    deliver(bringer(), promise(), later())
    found = addresses.find(f"https://example.org{PAGE}")
    assert found == identity(later())
    gone = curation.withdraw(found, ground="En fejl", by="it", at=NOON)
    assert client.get(PAGE).status_code == 410
    curation.undo(gone.number, by="it", at=NOON)
    assert "Den ene er ansat." in client.get(PAGE).text
    assert Standing.objects.get(is_current=True).text == "Der ansættes to boligsociale medarbejdere."
    assert not WithdrawnStanding.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_goes_along_when_committees_and_municipalities_are_merged_and_parted(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, committee(name="Havneudvalget", id="havn"), promise(), later())
    harbour, urban = Organization.objects.order_by("pk")
    number = curation.merge(urban, harbour, by="it", at=NOON)
    assert Commitment.objects.get().organization == harbour
    assert client.get(PAGE).status_code == 200
    curation.undo(number, by="it", at=NOON)
    assert Commitment.objects.get().organization == urban
    deliver(bringer("Anderby"), promise(body="Anderby", id="andet"))
    left, right = Body.objects.order_by("pk")
    number = curation.merge(left, right, by="it", at=NOON)
    led = client.get(PAGE)
    assert (led.status_code, led.headers["Location"]) == (301, "/anderby/opfoelgning/2018-06-18-2/")
    assert "Den ene er ansat." in client.get(led.headers["Location"]).text
    curation.undo(number, by="it", at=NOON)
    assert "Den ene er ansat." in client.get(PAGE).text
    assert client.get("/anderby/opfoelgning/2018-06-18-2/").headers["Location"] == PAGE
    open_index().catch_up()
    assert list(check()) == []


@pytest.mark.django_db(transaction=True)
def test_a_check_finds_what_is_wrong_and_mends_what_it_can(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, promise(), promise(id="andet", text="Et hus bygges."))
    one.withdraw(identity(promise()))
    open_index().catch_up()
    assert list(check()) == []
    Standing.objects.filter(identity=identity(promise())).update(record=encode(promise()), text="Kanariefugl")
    Standing.objects.exclude(identity=identity(promise())).update(text="Noget andet", is_current=False)
    findings = list(check())
    assert {one.mend for one in findings} == {"standing_shell", "standing_told", "standing_shown", "index"}
    assert "anariefugl" not in str(findings)
    mend(findings, by="it", at=NOON)
    assert list(check()) == []
    assert "Et hus bygges." in client.get(f"{LIST}2018-06-18-2/").text
    assert client.get(PAGE).status_code == 410


def test_looked_at_by_people_it_is_let_through(bringer: Any) -> None:
    one, numbered = bringer(), promise(text=f"Sag {NUMBER} afsluttes.")
    hits = told(one.record(numbered))["hits"]
    looked = one.post({"schema": "raadslag/intake/1", "record": json.loads(encode(numbered)), "looked_at": hits})
    assert looked.status_code == 201
