"""What a decision promised is told where the decision stands: on the pages of its item, meeting and case."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from raadslag.archive import curation
from raadslag.archive.models import Organization
from raadslag.archive.served import shown_by
from raadslag.core.record import Commitment, Decided, Item, Meeting, Report, Time, identity

from ..conftest import NOON, costs
from ..test_commitments import PAGE, bringer, day, deliver, later, plain, promise
from ..test_products import product

__all__ = ["bringer"]

pytestmark = pytest.mark.django_db
MEETING = "/proeve/moede/2018-06-18-kommunalbestyrelsen/"
ITEM = f"{MEETING}punkt/4/"
DECISION = "/proeve/beslutning/2018-06-18-kommunalbestyrelsen/4/"
CASE = "/proeve/sag/prv-2018-00105/"
TELLING = (ITEM, DECISION, MEETING, CASE)
TEXT = "Der ansættes to boligsociale medarbejdere."
HEADING = "Hvad skete der så?"


def council(**changes: Any) -> Meeting:
    """The minutes of the council that decided what `promise` promises, with an item beside it."""
    items = (
        Item(order=4, number="4", title="Trygge boligområder", access="open", decision="Godkendt.", outcome="approved",
             reference="PRV-2018-00105"),
        Item(order=5, number="5", title="En ny havn", access="open", decision="Godkendt."),
    )  # fmt: skip
    known: dict[str, Any] = {
        "id": "et-moede", "kind": "minutes", "body": "Prøvekommunen", "organization": "Kommunalbestyrelsen",
        "meeting": Time(start="2018-06-18T17:00"), "items": items,
    }  # fmt: skip
    return Meeting(**(known | changes))


def decided(**changes: Any) -> Decided:
    """Where `promise` was decided, told otherwise."""
    known: dict[str, Any] = {"organization": "Kommunalbestyrelsen", "on": "2018-06-18", "item": "4"}
    return Decided(**(known | changes))


def promised(client: Any, place: str) -> str:
    """What a page says under its heading of what happened; empty where it has no such heading."""
    answer = client.get(place)
    assert answer.status_code == 200, place
    sections = etree.HTML(answer.text).xpath("//main//section[@aria-labelledby='siden']")
    assert len(sections) <= 1, place
    return " ".join("".join(sections[0].itertext()).split()) if sections else ""


def test_it_is_told_at_item_decision_meeting_and_case_with_what_was_told_last(bringer: Any, client: Any) -> None:
    said = (
        Report(on="2018-09-18", text="Den ene er ansat.", state="under_way"),
        Report(on="2018-12-18", text="**Begge** er ansat.", state="under_way"),
    )
    deliver(bringer(), council(), later(due=day(-5), reports=said))
    for place in TELLING:
        told = promised(client, place)
        for text in (HEADING, TEXT, "I gang", "Forsinket: Det skulle være gjort senest", "18. december 2018",
                     "Begge er ansat.", "Center for Borgere"):  # fmt: skip
            assert text in told, (place, text)
        assert "Den ene er ansat." not in told
        assert f'"{PAGE}"' in client.get(place).text
        assert 'href="/proeve/opfoelgning/"' in client.get(place).text
    assert "punkt 4" in promised(client, MEETING)
    assert "besluttet 18. juni 2018" in promised(client, CASE)


def test_it_is_told_in_english_too_and_what_is_danish_is_marked(bringer: Any, client: Any) -> None:
    deliver(bringer(), council(), later(due=day(-5)))
    for place in TELLING:
        told = promised(client, f"/en{place}")
        for text in ("What happened next?", "Under way", "Late: it was to be done by", "18 September 2018"):
            assert text in told, (place, text)
        page = etree.HTML(client.get(f"/en{place}").text)
        for words in (TEXT, "Den ene er ansat."):
            (found,) = page.xpath(f"//section[@aria-labelledby='siden']//*[text()='{words}']")
            assert found.get("lang") == "da", (place, words)


def test_where_nothing_was_promised_nothing_is_said(bringer: Any, client: Any) -> None:
    deliver(bringer(), council(), promise())
    beside = (f"{MEETING}punkt/5/", "/proeve/beslutning/2018-06-18-kommunalbestyrelsen/5/")
    for place in beside:
        assert promised(client, place) == ""
        assert TEXT not in client.get(place).text
    assert promised(client, ITEM) != ""


def test_without_a_report_only_the_dates_are_told(bringer: Any, client: Any) -> None:
    deliver(bringer(), council(), promise())
    told = promised(client, ITEM)
    assert "Planlagt" in told
    assert "skal være gjort senest" in told
    assert "næste status" in told
    assert not etree.HTML(client.get(ITEM).text).xpath("//section[@aria-labelledby='siden']//time")


@pytest.mark.parametrize(
    "where",
    [
        decided(meeting="et-moede"),
        decided(),
        decided(meeting="et-moede", on="2018-06-19", organization="Et andet navn"),
        decided(organization="Kommunalbestyrelsen 2018-2021"),
    ],
)
def test_a_decision_is_known_by_its_meeting_or_by_who_met_and_when(bringer: Any, client: Any, where: Decided) -> None:
    deliver(bringer(), council(), promise(decided=where))
    for place in TELLING:
        assert TEXT in promised(client, place), place
    assert f'"{ITEM}"' in client.get(f"/proeve/opfoelgning/{where.on}/").text


@pytest.mark.parametrize(
    "where",
    [
        None,
        decided(meeting="et-helt-andet-moede"),
        decided(on="2018-06-19"),
        decided(on="18. juni 2018"),
        decided(organization="Rådet"),
        decided(item=None),
        decided(item="44"),
    ],
)
def test_what_was_decided_elsewhere_is_not_told_here(bringer: Any, client: Any, where: Decided | None) -> None:
    deliver(bringer(), council(), promise(decided=where))
    for place in TELLING:
        assert promised(client, place) == "", place


def test_another_municipality_of_the_same_day_and_name_is_another(bringer: Any, client: Any) -> None:
    deliver(bringer(), council())
    deliver(bringer("Anderby"), promise(body="Anderby"), promise(id="andet", body="Anderby", decided=decided()))
    for place in TELLING:
        assert promised(client, place) == "", place


def test_an_item_without_a_number_is_known_by_its_place(bringer: Any, client: Any) -> None:
    items = (
        Item(order=1, number="2", title="Nummer to", access="open", decision="Godkendt."),
        Item(order=2, title="Uden nummer", access="open", decision="Godkendt."),
        Item(order=3, title="Det tredje", access="open", decision="Godkendt."),
    )
    deliver(
        bringer(),
        council(items=items),
        promise(decided=decided(item="2")),
        promise(id="b", text="Et hus bygges.", decided=decided(item="3")),
    )
    assert TEXT in promised(client, f"{MEETING}punkt/2/")
    assert promised(client, f"{MEETING}punkt/o2/") == ""
    assert "Et hus bygges." in promised(client, f"{MEETING}punkt/o3/")


def test_what_names_the_meeting_alone_is_told_there_alone(bringer: Any, client: Any) -> None:
    deliver(bringer(), council(), promise(decided=decided(meeting="et-moede", item=None)))
    assert TEXT in promised(client, MEETING)
    for place in (ITEM, DECISION, CASE):
        assert promised(client, place) == "", place


def test_at_a_closed_item_nothing_is_told(bringer: Any, client: Any) -> None:
    """I5: also where an edition closes the item before its commitment is taken back."""
    one = bringer()
    deliver(one, council(), promise())
    face = Item(order=4, number="4", access="closed", public_title="Trygge boligområder", public_decision="Godkendt.")
    deliver(one, council(items=(face, council().items[1])))
    for place in (ITEM, DECISION, MEETING):
        assert promised(client, place) == "", place
        assert TEXT not in client.get(place).text
    assert client.get(CASE).status_code == 410


def test_what_is_withdrawn_or_waits_is_not_told(bringer: Any, client: Any) -> None:
    """I1, I12: the page is to the byte what it was before, and costs the same."""
    one = bringer()
    deliver(one, council(), promise(id="andet", text="Et hus bygges.", decided=decided(item="5")))
    before = {place: client.get(place).content for place in TELLING}
    assert one.record(promise(text="010190-1234")).status_code == 202
    assert {place: client.get(place).content for place in TELLING} == before
    deliver(one, promise(), later())
    for place in TELLING:
        assert TEXT in promised(client, place)
    one.withdraw(identity(later()))
    assert {place: client.get(place).content for place in TELLING} == before


@pytest.mark.django_db(transaction=True)
def test_it_goes_along_when_those_who_decided_are_merged_into_others(bringer: Any, client: Any) -> None:
    earlier = council(id=None, organization="Byrådet")
    deliver(bringer(), earlier, council(id=None, meeting=Time(start="2018-09-18")))
    deliver(bringer(), promise(decided=decided(organization="Byrådet")))
    assert TEXT in promised(client, "/proeve/moede/2018-06-18-byraadet/punkt/4/")
    one, other = Organization.objects.get(slug="byraadet"), Organization.objects.get(slug="kommunalbestyrelsen")
    number = curation.merge(one, other, by="it", at=NOON)
    assert TEXT in promised(client, client.get("/proeve/moede/2018-06-18-byraadet/punkt/4/").headers["Location"])
    assert promised(client, "/proeve/moede/2018-09-18-kommunalbestyrelsen/punkt/4/") == ""
    curation.undo(number, by="it", at=NOON)
    assert TEXT in promised(client, "/proeve/moede/2018-06-18-byraadet/punkt/4/")


def test_the_same_questions_are_asked_for_one_and_for_a_hundred(bringer: Any, client: Any) -> None:
    one = bringer()

    deliver(one, council(), promise())
    before = costs(client, TELLING)
    many = [promise(id=f"nr-{n}", text=f"Løfte {n}", decided=decided()) for n in range(50)]
    many += [later(id=f"til-{n}", text=f"Løfte til {n}", organization=f"Udvalg {n % 5}") for n in range(50)]
    again = council(id="igen", meeting=Time(start="2018-09-18"), items=council().items)
    deliver(one, again, *many)
    assert costs(client, TELLING) == before
    for place in TELLING:
        assert promised(client, place).count("Center for Borgere") == 101, place
        assert "Vis 93 løfter mere" in promised(client, place)


def test_whatever_tells_of_it_is_counted_for_it(bringer: Any, client: Any) -> None:
    """I12."""
    deliver(bringer(), council(), promise())
    for place in (*TELLING, f"/en{ITEM}"):
        assert {identity(promise()), identity(council())} <= set(shown_by(place, client.get(place).content)), place
    paper = f"{MEETING}referat.html"
    assert shown_by(paper, client.get(paper).content) == (identity(council()),)


def test_hostile_text_stays_text(bringer: Any, client: Any) -> None:
    hostile = "<script>alert(1)</script>"
    made: Commitment = promise(
        text=hostile, unit=hostile, due=hostile, decided=decided(meeting="et-moede", title=hostile),
        reports=(Report(on=hostile, text=hostile, state="done", because=hostile),), organization=hostile,
    )  # fmt: skip
    deliver(bringer(), council(), made)
    for place in TELLING:
        assert "&lt;script&gt;" in client.get(place).text, place
        assert hostile not in client.get(place).text, place


def test_the_list_tells_the_newest_report_and_product_and_committee_lead_to_the_list(bringer: Any, client: Any) -> None:
    deliver(bringer(), product(), later(), promise(id="andet", text="Et hus bygges."))
    for place in ("/proeve/opfoelgning/", "/proeve/udvalg/udvalget-for-byrum/"):
        assert "18. september 2018: Den ene er ansat." in plain(client.get(place)), place
    for place in ("/proeve/udvalg/udvalget-for-byrum/", "/proeve/produkt/trygge-boligomraader/",
                  "/proeve/spor/trygge-boligomraader/"):  # fmt: skip
        assert '"/proeve/opfoelgning/' in client.get(place).text, place
        assert "Se alt, hvad der blev lovet" in plain(client.get(place)), place
