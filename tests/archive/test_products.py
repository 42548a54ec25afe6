"""A product in public: each version by itself, what was changed between two, and nothing of what was not released."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import etree
from msgspec.structs import replace

from raadslag.archive import addresses, curation, withdrawals
from raadslag.archive.checking import check, mend
from raadslag.archive.delivery import tokens
from raadslag.archive.intake import Outcome
from raadslag.archive.models import Body, Edition, JournalEntry, Organization, Product, WithdrawnEdition
from raadslag.archive.search import open_index
from raadslag.archive.shelves import moment_of
from raadslag.core.record import Answer, Change, Element, Fact, Gap, decode, encode, identity
from raadslag.core.record import Product as Record

from .conftest import NOON, costs
from .delivery.test_delivering import Bringer, problem, told
from .test_portraits import committee

pytestmark = pytest.mark.django_db
PAGE = "/proeve/produkt/trygge-boligomraader/"
COMMITTEE = "/proeve/udvalg/udvalget-for-byrum/"
NUMBER = "010190-1234"  # shaped as a CPR number, and nobody's

ELEMENTS = (
    Element(id="a", kind="text", number="1", title="Indledning", text="Mange beboere kender ikke deres naboer."),
    Element(id="b", kind="focus_area", number="2", title="Ensomhed", text="Ensomhed er et problem i alle aldre."),
    Element(id="c", kind="measure", number="2.1", title="Mødesteder", text="Der åbnes to *mødesteder*.", parent="b"),
)
LATER = (
    ELEMENTS[0],
    Element(id="d", kind="principle", number="1", title="Alle er med", text="Alle skal kunne være med."),
    Element(id="b", kind="focus_area", number="3", title="Ensomhed",
            text="Der er forskel på at være alene og at være ensom i alle aldre."),
)  # fmt: skip


def product(**changes: Any) -> Record:
    """Version v0.3 of an invented product."""
    known: dict[str, Any] = {
        "id": "et-produkt", "body": "Prøvekommunen", "organization": "Udvalget for Byrum",
        "title": "Trygge boligområder", "version": "v0.3", "frozen": "2018-03-22T18:00", "elements": ELEMENTS,
        "facts": (Fact(id="A", title="Boliger", columns=("Område", "Boliger"), rows=(("Åparken", "312"), ("Kildevangen",
                  "208")), source="Prøve Statistik", source_on="2018-01-01", elements=("b",)),),
        "gaps": (Gap(id="G1", text="Ingen har undersøgt utryghed.", state="open", elements=("b",)),
                 Gap(id="G2", text="Hvor mange flytter?", state="closed", answer="Hver tiende.", source="Notat B")),
    }  # fmt: skip
    return Record(**(known | changes))


def later(**changes: Any) -> Record:
    """Version v0.4, with a part that went, one that came and one that was rewritten."""
    known: dict[str, Any] = {
        "version": "v0.4", "frozen": "2018-04-12T12:00", "elements": LATER,
        "changes": (Change(id="Æ-02", element="b", text="Der skelnes", cause="K-05", by="Skrivegruppen"),),
        "answers": (Answer(contribution="K-05", outcome="included", text="Det er skrevet ind.", change="Æ-02"),
                    Answer(contribution="K-07", outcome="not", text="Det hører til en anden plan.")),
    }  # fmt: skip
    return product(**(known | changes))


@pytest.fixture
def bringer(client: Any) -> Any:
    """Makes programs that bring for a body."""
    return lambda body="Prøvekommunen": Bringer(client, tokens.make(body, label="test", by="it", at=NOON)[1])


def deliver(one: Bringer, *records: Record) -> dict[str, Any]:
    for record in records:
        answer = one.record(record)
        assert answer.status_code in (200, 201), answer.content
    return told(answer)


# --- intake ---


def test_it_is_taken_in_once_and_told_where_it_is(bringer: Any, client: Any) -> None:
    one = bringer()
    first = one.record(product())
    assert first.status_code == 201, first.content
    assert told(first) | {"at": ""} == {
        "schema": "raadslag/intake/1", "identity": identity(product()), "state": "shown", "address": f"{PAGE}v0.3/",
        "at": "",
    }  # fmt: skip
    entries = JournalEntry.objects.count()
    again = one.record(product())
    assert (again.status_code, told(again)) == (200, told(first))
    assert (Edition.objects.count(), JournalEntry.objects.count()) == (1, entries)
    assert told(one.receipt(identity(product()))) == told(first)
    page = client.get(PAGE)
    assert page.status_code == 200
    for text in ("<em>mødesteder</em>", "2 Ensomhed", "Ingen har undersøgt utryghed.", "Åparken", "22. marts 2018"):
        assert text in page.text
    assert client.get(f"/en{PAGE}").status_code == 200


def test_versions_stand_side_by_side_and_the_newest_is_the_products_page(bringer: Any, client: Any) -> None:
    one = bringer()
    assert deliver(one, product())["address"] == f"{PAGE}v0.3/"
    assert deliver(one, later())["address"] == f"{PAGE}v0.4/"
    assert told(one.receipt(identity(product())))["state"] == "shown"
    newest, old, new = (client.get(f"{PAGE}{part}").text for part in ("", "v0.3/", "v0.4/"))
    assert "at være alene" in newest
    assert "at være alene" in new
    assert "problem i alle aldre" in old
    assert "Dette er en ældre udgave." in old
    assert "Dette er en ældre udgave." not in newest
    assert [decode(bytes(row.record)) for row in Edition.objects.order_by("pk")] == [product(), later()]
    assert Product.objects.count() == 1


def test_what_comes_late_is_not_the_newest_by_that(bringer: Any, client: Any) -> None:
    deliver(bringer(), later(), product())
    assert "at være alene" in client.get(PAGE).text


def test_a_version_that_is_corrected_takes_the_place_of_its_own_name(bringer: Any, client: Any) -> None:
    one, corrected = bringer(), product(title="Trygge områder")
    deliver(one, product(), corrected)
    assert told(one.receipt(identity(product())))["state"] == "kept"
    assert "<span>Trygge områder</span>" in client.get(f"{PAGE}v0.3/").text
    one.withdraw(identity(corrected))
    assert client.get(f"{PAGE}v0.3/").status_code == 410  # what it took the place of stays away


def test_a_product_is_known_by_its_identity_else_by_committee_and_title(bringer: Any, add: Any) -> None:
    one = bringer()
    deliver(one, product(), later(title="Trygge og gode boligområder"))
    add(product(id=None, version="v0.1", frozen="2018-01-01"), name="produkt.json")
    assert Product.objects.get().slug == "trygge-boligomraader"
    assert deliver(one, product(id="et-andet"))["address"] == "/proeve/produkt/trygge-boligomraader-2/v0.3/"
    add(product(id=None, title="Lys på stierne"), name="lys.json")
    assert deliver(one, product(id="lys", title="Lys på stierne", version="v2"))["address"].endswith(
        "/lys-paa-stierne/v2/"
    )
    assert Product.objects.count() == 3


def test_what_is_missing_is_told_and_what_nobody_called_public_waits(add: Any) -> None:
    nameless = product(body=None, organization=None, title="–", version="?")
    waits = add(nameless, name="produkt.json")
    assert (waits.outcome, waits.missing) == (Outcome.WAITING, ("body", "organization", "title", "version"))
    assert add(product(), already_public=False, name="produkt.json").outcome is Outcome.WAITING
    assert not Product.objects.exists()
    assert add(product(organization=None), organization="Rådet", name="produkt.json").outcome is Outcome.NEW
    assert add(product(organization="Rådet", version="v1"), name="produkt.json").outcome is Outcome.NEW_VERSION


@pytest.mark.parametrize("changes", [
    {"title": f"Om {NUMBER}"}, {"version": NUMBER}, {"organization": f"Rådet {NUMBER}"},
    {"elements": (Element(id="x", kind="text", title=NUMBER),)},
    {"elements": (Element(id="x", kind="text", text=NUMBER),)},
    {"changes": (Change(id="Æ", element="a", text=NUMBER),)},
    {"changes": (Change(id="Æ", element="a", text="x", cause=NUMBER),)},
    {"changes": (Change(id="Æ", element="a", text="x", by=NUMBER),)},
    {"answers": (Answer(contribution=NUMBER, outcome="not"),)},
    {"answers": (Answer(contribution="K", outcome="not", text=NUMBER),)},
    {"facts": (Fact(id="A", title=NUMBER),)},
    {"facts": (Fact(id="A", title="x", text=NUMBER),)},
    {"facts": (Fact(id="A", title="x", columns=("a",), rows=((NUMBER,),)),)},
    {"facts": (Fact(id="A", title="x", source=NUMBER),)},
    {"facts": (Fact(id="A", title="x", made_by=NUMBER),)},
    {"gaps": (Gap(id="G", text=NUMBER, state="open"),)},
    {"gaps": (Gap(id="G", text="x", state="closed", answer=NUMBER),)},
    {"gaps": (Gap(id="G", text="x", state="closed", source=NUMBER),)},
])  # fmt: skip
def test_every_text_is_screened(bringer: Any, changes: dict[str, Any]) -> None:
    """I13."""
    waits = bringer().record(product(**changes))
    assert (waits.status_code, told(waits)["reason"]) == (202, "screening")
    assert NUMBER not in waits.content.decode()
    assert not Edition.objects.exists()


def test_never_released_and_never_existed_are_answered_alike(bringer: Any, client: Any) -> None:
    """I2: of a version that waits nothing shows that it is there, neither by itself nor beside one that is public."""
    one = bringer()
    deliver(one, later())
    before = {place: client.get(place).content for place in (PAGE, f"{PAGE}v0.4/", COMMITTEE, "/proeve/nyt.atom")}
    assert one.record(product(elements=(Element(id="x", kind="text", text=NUMBER),))).status_code == 202
    assert {place: client.get(place).content for place in before} == before
    for there, nowhere in (
        ("v0.3/", "v0.2/"),
        ("v0.4/siden/v0.3/", "v0.4/siden/v0.2/"),
        ("v0.3/produkt.pdf", "v0.2/produkt.pdf"),
    ):
        answers = client.get(f"{PAGE}{there}"), client.get(f"{PAGE}{nowhere}")
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content.replace(b"v0.3", b"v0.2") == answers[1].content
    assert "Se hvad der blev ændret" not in client.get(PAGE).text
    waiting = one.record(product(id="hemmelig", title="Kanariefugl", organization="Et nyt udvalg", gaps=(
        Gap(id="G", text=NUMBER, state="open"),)))  # fmt: skip
    assert waiting.status_code == 202
    for place in ("/proeve/", "/proeve/udvalg/", "/proeve/produkter/", "/sitemap-produkter.xml"):
        assert "anariefugl" not in client.get(place).text
        assert "Et nyt udvalg" not in client.get(place).text


def test_another_municipality_brings_and_withdraws_nothing(bringer: Any, client: Any) -> None:
    deliver(bringer(), product())
    other = bringer("Anderby")
    assert problem(other.record(product(version="v9")), 403, "another-body") == ["#/record/body"]
    assert other.withdraw(identity(product())).status_code == 404
    assert other.receipt(identity(product())).status_code == 404
    assert client.get(PAGE).status_code == 200


# --- pages ---


def test_a_part_says_what_it_leans_on_what_nobody_knows_and_why_it_is_as_it_is(bringer: Any, client: Any) -> None:
    deliver(bringer(), product(), later())
    page = etree.HTML(client.get(PAGE).text)
    part = page.xpath('//section[@id="del-b"]')[0]
    words = " ".join("".join(part.itertext()).split())
    assert "Det ved vi ikke endnu Ingen har undersøgt utryghed. G1" in words
    assert "Fakta A: Boliger" in words
    assert "Æ-02 Der skelnes: K-05 · Skrivegruppen · Svar på K-05" in words
    for link in page.xpath("//a[starts-with(@href, '#')]/@href"):
        assert page.xpath(f'//*[@id="{link[1:]}"]'), link
    whole = " ".join("".join(page.itertext()).split())
    for told_of in ("Hver tiende.", "Kilde: Prøve Statistik, 1. januar 2018", "K-07 Ikke indarbejdet",
                    "Det hører til en anden plan.", "2 svar på bidrag", "Indarbejdet: 1"):  # fmt: skip
        assert told_of in whole, told_of
    assert [one.tag for one in page.xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4]")][:2] == [
        "h1",
        "h2",
    ]


def test_a_table_of_numbers_is_drawn_beside_itself(bringer: Any, client: Any) -> None:
    words = Fact(id="B", title="Ord", columns=("Område", "Sagt"), rows=(("Åparken", "meget"),))
    deliver(bringer(), product(facts=(*product().facts, words)))
    drawing = client.get(f"{PAGE}v0.3/fakta/1.svg")
    assert drawing.headers["Content-Type"] == "image/svg+xml"
    assert "Åparken 312" in etree.fromstring(drawing.content).findtext("{*}desc")
    assert client.get(f"{PAGE}v0.3/fakta/2.svg").status_code == 404
    assert client.get(PAGE).text.count('<img src="/proeve/produkt/') == 1


def test_what_was_changed_is_told_word_by_word_with_its_cause(bringer: Any, client: Any) -> None:
    deliver(bringer(), product(), later())
    page = client.get(f"{PAGE}v0.4/siden/v0.3/")
    assert page.status_code == 200
    shown = " ".join("".join(etree.HTML(page.text).xpath("//main")[0].itertext()).split())
    for words in ("Hvad der blev ændret fra v0.3 til v0.4", "Princip 1: Alle er med", "Ny del",
                  "2.1 Mødesteder (fjernet)", "[nyt:", "[fjernet:",
                  "Hvorfor ændret? Æ-02: Der skelnes: K-05 (Skrivegruppen)",
                  "3 af 4 dele"):  # fmt: skip
        assert words in shown, words
    assert "Mange beboere kender" not in shown  # what stayed is left out
    assert "<ins>" in page.text
    assert "<del>" in page.text
    back = client.get(f"{PAGE}v0.3/siden/v0.4/")
    assert back.headers["Location"] == f"{PAGE}v0.4/siden/v0.3/"
    assert client.get(f"{PAGE}v0.4/siden/v0.4/").status_code == 404
    assert "Se hvad der blev ændret" in client.get(PAGE).text
    assert "What was changed from v0.3 to v0.4" in client.get(f"/en{PAGE}v0.4/siden/v0.3/").text


def test_causes_are_those_of_all_public_versions_on_the_way_and_of_no_other(bringer: Any, client: Any) -> None:
    one = bringer()
    first = product(version="v0.2", frozen="2018-02-01", elements=ELEMENTS[:1])
    between = product(changes=(Change(id="Æ-01", element="b", text="Ensomhed er kommet til"),))
    deliver(one, first, between, later())
    assert "Æ-01" in client.get(f"{PAGE}v0.4/siden/v0.2/").text
    assert "Æ-01" in client.get(f"{PAGE}v0.4/siden/v0.2/aendringer.html").text
    one.withdraw(identity(between))
    for place in ("v0.4/siden/v0.2/", "v0.4/siden/v0.2/aendringer.html"):
        told_of = client.get(f"{PAGE}{place}").text
        assert "Æ-02" in told_of
        assert "Æ-01" not in told_of
        assert "v0.3" not in told_of


def test_what_was_said_is_followed_to_its_change_and_its_version(bringer: Any, client: Any) -> None:
    """Of public versions alone; withdrawn, they are told of no more."""
    one = bringer()
    deliver(one, product(), later())
    trace = PAGE.replace("/produkt/", "/spor/")
    shown = " ".join("".join(etree.HTML(client.get(trace).text).xpath("//main")[0].itertext()).split())
    for answer in later().answers:
        assert answer.contribution in shown
    assert "Æ-02" in shown
    assert "besvaret i v0.4" in shown
    told = client.get(f"{trace}spor.json")
    assert told.headers["Content-Type"] == "application/ld+json"
    graph = {node["id"]: node for node in told.json()["@graph"]}
    assert graph[f"{PAGE}v0.4/"]["label"] == "v0.4"
    change = next(node for node in graph.values() if node.get("label") == "Æ-02")
    caused = [graph[used["id"]]["label"] for used in change["prov:used"]]
    assert caused == [answer.contribution for answer in later().answers if answer.change == "Æ-02"]
    assert trace in client.get(PAGE).text
    one.withdraw(identity(later()))
    left = client.get(trace).text
    assert "v0.4" not in left
    assert not any(answer.contribution in left for answer in later().answers)
    one.withdraw(identity(product()))
    assert (client.get(trace).status_code, client.get(f"{trace}spor.json").status_code) == (410, 410)


def test_it_can_be_had_as_papers_and_as_data(bringer: Any, client: Any) -> None:
    deliver(bringer(), product(), later())
    for form in ("produkt", "tekst", "svar"):
        for to, kind in (("pdf", b"%PDF-"), ("docx", b"PK"), ("html", b"<!doctype"), ("txt", b"Pr")):
            paper = client.get(f"{PAGE}v0.4/{form}.{to}")
            assert paper.status_code == 200, (form, to)
            assert paper.content.startswith(kind) or to == "txt", (form, to)
    data = client.get(f"{PAGE}v0.4/produkt.json")
    assert decode(data.content) == later()
    assert client.get(f"{PAGE}v0.4/produkt.json", headers={"If-None-Match": data.headers["ETag"]}).status_code == 304
    changes = client.get(f"{PAGE}v0.4/siden/v0.3/aendringer.txt")
    assert "[fjernet: " in changes.text
    for nothing in (
        "v0.4/tekst.json",
        "v0.3/svar.pdf",
        "v0.4/siden/v0.3/aendringer.json",
        "v0.3/siden/v0.4/aendringer.txt",
    ):
        assert client.get(f"{PAGE}{nothing}").status_code == 404, nothing
    assert "script-src" not in client.get(f"{PAGE}v0.4/produkt.html").headers["Content-Security-Policy"]


def test_two_parts_of_one_identity_do_no_harm(bringer: Any, client: Any) -> None:
    deliver(bringer(), product(), later(elements=(ELEMENTS[0], ELEMENTS[0])))
    assert client.get(PAGE).status_code == 200
    assert client.get(f"{PAGE}v0.4/siden/v0.3/").status_code == 422
    assert client.get(f"{PAGE}v0.4/siden/v0.3/aendringer.html").status_code == 422


def test_it_stands_on_the_pages_in_the_feeds_and_on_the_map(bringer: Any, client: Any) -> None:
    deliver(bringer(), product(), later())
    for place in ("/proeve/", "/proeve/produkter/", COMMITTEE):
        page = client.get(place).text
        assert page.count(f'"{PAGE}"') == 1, place
        assert "v0.4" in page
    for feed in (COMMITTEE + "nyt.atom", "/proeve/nyt.atom", "/nyt.atom"):
        entries = etree.fromstring(client.get(feed).content).findall("{*}entry")
        assert [one.findtext("{*}title") for one in entries] == [
            "Trygge boligområder, v0.4", "Trygge boligområder, v0.3",
        ]  # fmt: skip
        assert entries[0].find("{*}link").get("href") == f"http://testserver{PAGE}v0.4/"
    assert client.get("/sitemap-produkter.xml").text.count(PAGE) == 2


def test_its_parts_are_found_as_the_newest_version_has_them(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, product())
    open_index().catch_up()
    found = open_index().search("mødesteder").hits
    assert [(hit.kind, hit.title.text, hit.anchor) for hit in found] == [("product", "2.1 Mødesteder", "del-c")]
    page = client.get("/soeg/?q=mødesteder&slags=product").text
    assert f"{PAGE}#del-c" in page
    assert "Trygge boligområder v0.3" in page
    for place in ("/soeg/liste.csv?q=mødesteder", "/soeg/nyt.atom?q=mødesteder", "/proeve/soeg/?q=mødesteder&aar=2018"):
        assert client.get(place).status_code == 200
    assert open_index().search("utryghed").hits[0].anchor == ""
    deliver(one, later())
    assert open_index().search("mødesteder").hits == ()  # what the index does not know yet is not shown either
    open_index().catch_up()
    assert (open_index().search("mødesteder").total, open_index().search('"være alene"').total) == (0, 1)
    one.withdraw(identity(later()))
    assert open_index().search('"være alene"').hits == ()
    open_index().catch_up()
    assert (open_index().search("mødesteder").total, open_index().search('"være alene"').total) == (1, 0)


def test_pages_cost_the_same_for_one_version_and_part_and_for_many(bringer: Any, client: Any) -> None:
    one = bringer()
    addresses = (PAGE, f"{PAGE}v0.4/", f"{PAGE}v0.4/siden/v0.3/", f"{PAGE}v0.4/fakta/1.svg", f"{PAGE}v0.4/tekst.txt",
                 COMMITTEE, "/proeve/", "/proeve/produkter/", "/proeve/nyt.atom", "/sitemap-produkter.xml")  # fmt: skip

    deliver(one, product(), later())
    before = costs(client, addresses)
    assert max(before[:5]) <= 4
    many = tuple(Element(id=f"e{n}", kind="text", number=f"{n}", title=f"Del {n}", text="Ord.") for n in range(100))
    facts = tuple(
        Fact(id=f"F{n}", title="x", columns=("a", "b"), rows=(("c", "1"),), elements=("e1",)) for n in range(30)
    )
    deliver(one, *(product(version=f"v0.0.{n}", frozen=f"2017-01-{n + 1:02}", elements=many) for n in range(20)))
    deliver(one, later(elements=(*LATER, *many), facts=facts))
    deliver(one, *(product(id=f"p{n}", title=f"Produkt {n}") for n in range(10)))
    assert costs(client, addresses) == before


def test_hostile_text_stays_text(bringer: Any, client: Any) -> None:
    hostile = "<script>alert(1)</script>"
    made = product(
        title=hostile, elements=(Element(id=hostile, kind=hostile, number=hostile, title=hostile, text=hostile),),
        changes=(Change(id=hostile, element=hostile, text=hostile, cause=hostile, by=hostile),),
        answers=(Answer(contribution=hostile, outcome=hostile, text=hostile, change=hostile),),
        facts=(Fact(id=hostile, title=hostile, text=hostile, columns=(hostile,), rows=((hostile, hostile), ()),
                    source=hostile, source_on=hostile, made_by=hostile, elements=(hostile,)),),
        gaps=(Gap(id=hostile, text=hostile, state="open", elements=(hostile,)),
              Gap(id=hostile, text=hostile, state="closed", answer=hostile, source=hostile)),
    )  # fmt: skip
    one = bringer()
    address = deliver(one, made)["address"]
    deliver(one, replace(made, version="v2", frozen=None, elements=()))
    slug = Product.objects.get().slug
    for place in (address, f"/proeve/produkt/{slug}/", f"{address}produkt.html", "/proeve/nyt.atom", COMMITTEE,
                  "/proeve/", f"/proeve/produkt/{slug}/v0.3/siden/v2/", "/proeve/produkter/"):  # fmt: skip
        answer = client.get(place)
        assert answer.status_code == 200, place
        assert hostile not in answer.text, place


@pytest.mark.parametrize(("written", "read"), [
    ("2018-03-22T18:00", "2018-03-22T18:00:00"), ("2018-03-22", "2018-03-22"), (None, ""), ("i går", ""),
    ("2018-03-22T18:00+02:00", ""), ("20180322", ""), ("2018-02-30", ""),
])  # fmt: skip
def test_a_moment_is_read_or_left_out(written: str | None, read: str) -> None:
    assert moment_of(written) == read


# --- withdrawing ---


def test_withdrawn_the_older_versions_stay_and_its_addresses_say_so(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, product(), later())
    assert told(one.withdraw(identity(later()), "Forkerte navne"))["state"] == "withdrawn"
    assert "problem i alle aldre" in client.get(PAGE).text
    for part in ("v0.4/", "v0.4/siden/v0.3/", "v0.4/produkt.pdf", "v0.4/svar.html", "v0.4/siden/v0.3/aendringer.txt"):
        answer = client.get(f"{PAGE}{part}")
        assert answer.status_code == 410, part
        assert "Forkerte navne" in answer.text
        assert "alene" not in answer.text
        assert f'"{PAGE}"' in answer.text  # the versions that are shown
    for place in (PAGE, COMMITTEE, "/proeve/nyt.atom", "/sitemap-produkter.xml", "/proeve/produkter/"):
        assert "v0.4" not in client.get(place).text, place
    row = Edition.objects.get(identity=identity(later()))
    assert (bytes(row.record), row.title, row.version) == (b"", "", "")
    problem(one.record(later()), 409, "withdrawn")
    one.withdraw(identity(product()), "Alt er forkert")
    for place in (PAGE, f"{PAGE}v0.3/", COMMITTEE, "/proeve/"):
        answer = client.get(place)
        assert answer.status_code == 410, place
        assert "Alt er forkert" in answer.text
    assert client.get(f"{PAGE}v0.2/").status_code == 404
    assert "beboere" not in str(list(JournalEntry.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_a_person_withdraws_all_versions_and_takes_it_back(bringer: Any, client: Any) -> None:
    deliver(bringer(), product(), later())
    assert addresses.find(f"https://example.org{PAGE}v0.3/produkt.pdf") == identity(product())
    found = addresses.find(PAGE)
    assert isinstance(found, Product)
    gone = curation.withdraw_product(found, ground="En fejl", by="it", at=NOON)
    assert client.get(PAGE).status_code == 410
    assert withdrawals.in_force().versions.keys() == set(gone.versions)
    assert len(gone.versions) == 2
    curation.undo(gone.number, by="it", at=NOON)
    assert "at være alene" in client.get(PAGE).text
    assert "Trygge boligområder" in client.get(f"{PAGE}v0.3/").text
    assert not WithdrawnEdition.objects.exists()
    assert not withdrawals.in_force().versions


# --- merging, checking ---


def test_a_committee_that_takes_another_name_keeps_its_product(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, product(), later(organization="Byudvalget"))
    assert Organization.objects.count() == 1
    assert Product.objects.get().organization.slug == "udvalget-for-byrum"


@pytest.mark.django_db(transaction=True)
def test_products_go_along_when_committees_are_merged_and_parted(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, committee(name="Havneudvalget", id="havn"), product(), later())
    harbour, urban = Organization.objects.order_by("pk")
    number = curation.merge(urban, harbour, by="it", at=NOON)
    assert Product.objects.get().organization == harbour
    assert client.get(COMMITTEE).headers["Location"] == "/proeve/udvalg/havneudvalget/"
    assert PAGE in client.get("/proeve/udvalg/havneudvalget/").text
    assert client.get(PAGE).status_code == 200
    curation.undo(number, by="it", at=NOON)
    assert Product.objects.get().organization == urban
    assert PAGE in client.get(COMMITTEE).text
    assert PAGE not in client.get("/proeve/udvalg/havneudvalget/").text
    open_index().catch_up()
    assert list(check()) == []


@pytest.mark.django_db(transaction=True)
def test_addresses_lead_on_when_municipalities_are_merged(bringer: Any, client: Any) -> None:
    deliver(bringer(), product(), later())
    deliver(bringer("Anderby"), product(body="Anderby", id="andet"))
    left, right = Body.objects.order_by("pk")
    number = curation.merge(left, right, by="it", at=NOON)
    there = "/anderby/produkt/trygge-boligomraader-2/"
    for part in ("", "v0.3/", "v0.4/siden/v0.3/", "v0.4/produkt.pdf"):
        led = client.get(f"{PAGE}{part}")
        assert (led.status_code, led.headers["Location"]) == (301, f"{there}{part}")
        assert client.get(f"{there}{part}").status_code == 200
    assert client.get(COMMITTEE).headers["Location"] == "/anderby/udvalg/udvalget-for-byrum/"
    curation.undo(number, by="it", at=NOON)
    assert client.get(f"{PAGE}v0.3/").status_code == 200
    assert client.get(there).headers["Location"] == PAGE
    open_index().catch_up()
    assert list(check()) == []


@pytest.mark.django_db(transaction=True)
def test_a_check_finds_what_is_wrong_and_mends_what_it_can(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, product(), later())
    one.withdraw(identity(later()))
    open_index().catch_up()
    assert list(check()) == []
    Edition.objects.filter(identity=identity(later())).update(record=encode(later()), title="Trygge boligområder")
    Edition.objects.filter(identity=identity(product())).update(title="Noget andet", is_current=False)
    findings = list(check())
    assert {one.mend for one in findings} == {"edition_shell", "edition_told", "edition_shown", "index"}
    assert "rygge" not in str(findings).replace("trygge-boligomraader", "")
    mend(findings, by="it", at=NOON)
    assert list(check()) == []
    assert "problem i alle aldre" in client.get(PAGE).text
    assert client.get(f"{PAGE}v0.4/").status_code == 410
    Edition.objects.filter(identity=identity(product())).update(record=encode(product(elements=())))
    assert [one.mend for one in check() if one.mend != "index"] == [None]
    open_index().rebuild()


def test_looked_at_by_people_it_is_let_through(bringer: Any) -> None:
    one, numbered = bringer(), product(gaps=(Gap(id="G", text=NUMBER, state="open"),))
    hits = told(one.record(numbered))["hits"]
    looked = one.post({"schema": "raadslag/intake/1", "record": json.loads(encode(numbered)), "looked_at": hits})
    assert looked.status_code == 201


@pytest.mark.django_db(transaction=True)
def test_one_that_cannot_be_read_is_found_and_can_be_withdrawn(bringer: Any, client: Any) -> None:
    deliver(bringer(), product(), later())
    open_index().catch_up()
    Edition.objects.filter(identity=identity(later())).update(record=b"?")
    assert [one.found for one in check() if one.mend is None] == ["none that can be read"]
    curation.withdraw(identity(later()), ground="Ødelagt", by="it", at=NOON)
    open_index().catch_up()
    assert client.get(f"{PAGE}v0.4/").status_code == 410
    assert "problem i alle aldre" in client.get(PAGE).text
