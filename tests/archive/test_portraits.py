"""What a committee is: taken in once, shown as it is today, withdrawn whole, and nothing where nothing was released."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone
from lxml import etree

from raadslag.archive import addresses, curation, withdrawals
from raadslag.archive.checking import check, mend
from raadslag.archive.delivery import tokens
from raadslag.archive.intake import Outcome
from raadslag.archive.models import JournalEntry, Organization, Portrait, WithdrawnPortrait
from raadslag.archive.search import open_index
from raadslag.core.errors import InvalidRecord
from raadslag.core.record import Member, Task, Withdrawal, decode, encode, identity
from raadslag.core.record import Organization as Record

from .conftest import NOON
from .delivery.test_delivering import Bringer, problem, told

pytestmark = pytest.mark.django_db
PAGE = "/proeve/udvalg/udvalget-for-byrum/"
NUMBER = "010190-1234"  # shaped as a CPR number, and nobody's


def committee(**changes: Any) -> Record:
    known: dict[str, Any] = {
        "id": "en-identitet",
        "as_of": "2018-04-10T12:00:00",
        "body": "Prøvekommunen",
        "name": "Udvalget for Byrum",
        "classification": "Opgaveudvalg",
        "purpose": "Byens *rum* skal være for alle.",
        "tasks": (Task(number="1", text="At finde pladser til bænke"), Task(number="2", text="At plante træer")),
        "start": "2018-01-01",
        "members": (
            Member(person="Asta Holmen", role="formand", party="A", start="2018-01-01"),
            Member(person="Karl Lind", role="medlem", start="2018-01-01", end="2018-02-01"),
        ),
    }
    return Record(**(known | changes))


@pytest.fixture
def bringer(client: Any) -> Any:
    """Makes programs that bring for a body."""
    return lambda body="Prøvekommunen": Bringer(client, tokens.make(body, label="test", by="it", at=NOON)[1])


def deliver(one: Bringer, record: Record) -> dict[str, Any]:
    answer = one.record(record)
    assert answer.status_code in (200, 201), answer.content
    return told(answer)


# --- intake ---


def test_it_is_taken_in_once_and_told_where_it_is(bringer: Any, client: Any) -> None:
    one = bringer()
    first = one.record(committee())
    assert first.status_code == 201
    assert told(first) | {"at": ""} == {
        "schema": "raadslag/intake/1", "identity": identity(committee()), "state": "shown", "address": PAGE, "at": "",
    }  # fmt: skip
    entries = JournalEntry.objects.count()
    again = one.record(committee())
    assert (again.status_code, told(again)) == (200, told(first))
    assert (Portrait.objects.count(), JournalEntry.objects.count()) == (1, entries)
    assert told(one.receipt(identity(committee()))) == told(first)
    page = client.get(PAGE).text
    for text in ("<em>rum</em>", "At plante træer", "Asta Holmen (A)", "Karl Lind", "opdateret 10. april 2018"):
        assert text in page
    assert "1 tidligere medlem" in page


def test_the_newest_is_shown_and_the_earlier_is_kept(bringer: Any, client: Any) -> None:
    one, newer = bringer(), committee(as_of="2018-05-01T12:00:00", purpose="Noget andet.")
    deliver(one, committee())
    assert deliver(one, newer)["state"] == "shown"
    assert told(one.receipt(identity(committee())))["state"] == "kept"
    page = client.get(PAGE).text
    assert "Noget andet." in page
    assert "<em>rum</em>" not in page
    assert [decode(bytes(row.record)) for row in Portrait.objects.order_by("pk")] == [committee(), newer]


def test_it_stands_beside_the_meetings_of_that_name(bringer: Any, make_meeting: Any, add: Any, client: Any) -> None:
    add(make_meeting())
    before = client.get(PAGE).text
    assert "Kommissorium" not in before
    deliver(bringer(), committee())
    page = client.get(PAGE).text
    assert "Leg og læring i byen" in page
    assert "At plante træer" in page
    assert Organization.objects.count() == 1


def test_a_meeting_alone_shows_no_committee(make_meeting: Any, add: Any, client: Any) -> None:
    add(make_meeting())
    page = client.get(PAGE).text
    for text in ("Kommissorium", "Medlemmer", "udvalg.json", "opdateret"):
        assert text not in page
    assert client.get(PAGE + "udvalg.json").status_code == 404


def test_never_released_and_never_existed_are_answered_alike(bringer: Any, client: Any) -> None:
    """I2: of a committee that waits nothing shows that it is there."""
    one = bringer()
    deliver(one, committee(name="Et andet udvalg", id="anden"))
    waits = one.record(committee(purpose=f"Sagen om {NUMBER}"))
    assert waits.status_code == 202
    assert told(waits)["reason"] == "screening"
    assert NUMBER not in waits.content.decode()
    waiting = client.get(PAGE)
    nowhere = client.get(PAGE.replace("byrum", "havne"))
    assert waiting.status_code == nowhere.status_code == 404
    assert waiting.content.replace(b"byrum", b"havne") == nowhere.content
    looked = one.post({
        "schema": "raadslag/intake/1", "record": json.loads(encode(committee(purpose=f"Sagen om {NUMBER}"))),
        "looked_at": told(waits)["hits"],
    })  # fmt: skip
    assert looked.status_code == 201


def test_another_municipality_cannot_say_what_it_is(bringer: Any) -> None:
    assert problem(bringer("Anderby").record(committee()), 403, "another-body") == ["#/record/body"]


def test_a_name_without_letters_waits(bringer: Any) -> None:
    answer = bringer().record(committee(name="–"))
    assert (answer.status_code, told(answer)["missing"]) == (202, ["name"])


def test_other_records_are_not_taken_in(add: Any, bringer: Any) -> None:
    other = Withdrawal(sha256="a" * 64, withdrawn="2018-04-09", ground="En fejl")
    problem(bringer().record(other), 422, "not-a-record")
    with pytest.raises(InvalidRecord):
        add(other)


def test_what_nobody_has_called_public_waits(add: Any) -> None:
    assert add(committee(), already_public=False, name="udvalg.json").outcome is Outcome.WAITING
    assert not Portrait.objects.exists()
    assert add(committee(), name="udvalg.json").outcome is Outcome.NEW


def test_a_committee_that_takes_another_name_stays_at_its_address(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, committee())
    renamed = deliver(one, committee(as_of="2018-06-01T12:00:00", name="Byudvalget"))
    assert renamed["address"] == PAGE
    assert "<h1>Byudvalget</h1>" in client.get(PAGE).text
    assert Organization.objects.count() == 1


def test_what_met_under_its_new_name_already_gets_what_it_is(
    bringer: Any, make_meeting: Any, add: Any, client: Any
) -> None:
    one = bringer()
    deliver(one, committee())
    add(make_meeting(organization="Byudvalget"))
    address = deliver(one, committee(as_of="2018-06-01T12:00:00", name="Byudvalget"))["address"]
    assert address == "/proeve/udvalg/byudvalget/"
    assert "At plante træer" in client.get(address).text
    led = client.get(PAGE)
    assert (led.status_code, led.headers["Location"]) == (301, address)  # I28
    assert Portrait.objects.filter(organization__slug="byudvalget").count() == 2


def test_what_comes_late_is_not_the_newest_by_that(bringer: Any, client: Any) -> None:
    """A record that waited for a person is let in after the one that took its place."""
    one = bringer()
    deliver(one, committee(as_of="2018-06-01T12:00:00", purpose="Det nye formål."))
    late = one.record(committee(as_of="2018-05-01T12:00:00", purpose="Det gamle formål."))
    assert told(late)["state"] == "kept"
    page = client.get(PAGE).text
    assert "Det nye formål." in page
    assert "Det gamle formål." not in page


# --- withdrawing ---


def test_withdrawn_it_is_gone_and_says_so(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, committee())
    assert told(one.withdraw(identity(committee()), "Forkerte navne"))["state"] == "withdrawn"
    for address in (PAGE, PAGE + "udvalg.json", PAGE + "udvalg.html", "/proeve/"):
        answer = client.get(address)
        assert answer.status_code == 410, address
        assert "Forkerte navne" in answer.text
        assert "Asta Holmen" not in answer.text
    assert told(one.receipt(identity(committee())))["state"] == "withdrawn"
    assert bytes(Portrait.objects.get().record) == b""
    problem(one.record(committee()), 409, "withdrawn")
    assert one.withdraw(identity(committee())).status_code == 200  # twice is as once
    assert "Asta" not in str(list(JournalEntry.objects.values()))


def test_its_meetings_stay_and_the_page_says_what_was_taken_off(
    bringer: Any, make_meeting: Any, add: Any, client: Any
) -> None:
    one = bringer()
    add(make_meeting())
    deliver(one, committee())
    one.withdraw(identity(committee()), "Forkerte navne")
    withdrawn_at = timezone.localtime(Portrait.objects.get().withdrawn_at)
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Forkerte navne" in page.text
    assert f"kl. {withdrawn_at:%H.%M}" in page.text  # of the clock on the wall (I32)
    assert "Asta Holmen" not in page.text
    assert "Leg og læring i byen" in page.text
    gone = client.get(PAGE + "udvalg.json")
    assert (gone.status_code, "Forkerte navne" in gone.text) == (410, True)


def test_what_a_withdrawn_one_took_the_place_of_does_not_come_back(bringer: Any, client: Any) -> None:
    one, newer = bringer(), committee(as_of="2018-05-01T12:00:00")
    deliver(one, committee())
    deliver(one, newer)
    one.withdraw(identity(newer))
    assert client.get(PAGE).status_code == 410
    deliver(one, committee(as_of="2018-06-01T12:00:00", members=()))
    assert client.get(PAGE).status_code == 200


def test_another_municipality_withdraws_nothing(bringer: Any, client: Any) -> None:
    deliver(bringer(), committee())
    assert bringer("Anderby").withdraw(identity(committee())).status_code == 404
    assert client.get(PAGE).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_person_takes_a_withdrawal_back(bringer: Any, client: Any) -> None:
    deliver(bringer(), committee())
    found = addresses.find(f"https://example.org{PAGE}udvalg.json")
    assert found == identity(committee())
    gone = curation.withdraw(found, ground="En fejl", by="it", at=NOON)
    assert withdrawals.in_force().versions.keys() == {found}
    curation.undo(gone.number, by="it", at=NOON)
    assert "Asta Holmen" in client.get(PAGE).text
    assert not WithdrawnPortrait.objects.exists()
    assert not withdrawals.in_force().versions


# --- merging, checking ---


@pytest.mark.django_db(transaction=True)
def test_merged_committees_have_one_mandate_and_parted_again_their_own(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, committee())
    other = deliver(one, committee(id="anden", name="Havneudvalget", purpose="Havnen.", members=()))["address"]
    left, right = Organization.objects.order_by("pk")
    number = curation.merge(left, right, by="it", at=NOON)
    assert client.get(PAGE).headers["Location"] == other
    assert "Havnen." in client.get(other).text
    assert list(Portrait.objects.current()) == [Portrait.objects.get(identity=identity(
        committee(id="anden", name="Havneudvalget", purpose="Havnen.", members=())))]  # fmt: skip
    curation.undo(number, by="it", at=NOON)
    assert "At plante træer" in client.get(PAGE).text
    assert "Havnen." in client.get(other).text
    open_index().catch_up()
    assert list(check()) == []


@pytest.mark.django_db(transaction=True)
def test_a_check_finds_what_is_wrong_and_mends_what_it_can(bringer: Any, client: Any) -> None:
    one, newer = bringer(), committee(as_of="2018-05-01T12:00:00")
    deliver(one, committee())
    deliver(one, newer)
    one.withdraw(identity(newer))
    open_index().catch_up()
    assert list(check()) == []
    Portrait.objects.filter(identity=identity(newer)).update(record=encode(newer))
    Portrait.objects.filter(identity=identity(committee())).update(is_current=True)
    findings = list(check())
    assert [one.mend for one in findings] == ["portrait_shell", "portrait_shown", "index"]
    assert "Asta" not in str(findings)
    mend(findings, by="it", at=NOON)
    assert list(check()) == []
    assert client.get(PAGE).status_code == 410
    Portrait.objects.filter(identity=identity(committee())).update(record=encode(committee(purpose="Et andet")))
    assert [one.mend for one in check()] == [None]


# --- what it is shown as ---


def test_it_can_be_had_as_data_and_as_a_page(bringer: Any, client: Any) -> None:
    deliver(bringer(), committee())
    data = client.get(PAGE + "udvalg.json")
    assert decode(data.content) == committee()
    assert client.get(PAGE + "udvalg.json", headers={"If-None-Match": data.headers["ETag"]}).status_code == 304
    page = client.get(PAGE + "udvalg.html")
    assert "At plante træer" in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert client.get(PAGE + "udvalg.pdf").status_code == 404


def test_it_stands_in_the_feeds_and_on_the_map_once(bringer: Any, client: Any) -> None:
    one = bringer()
    deliver(one, committee())
    deliver(one, committee(as_of="2018-05-01T12:00:00", purpose="Noget andet."))
    for feed in (PAGE + "nyt.atom", "/proeve/nyt.atom", "/nyt.atom"):
        entries = etree.fromstring(client.get(feed).content).findall("{*}entry")
        assert [entry.findtext("{*}title") for entry in entries] == ["Kommissorium og medlemmer: Udvalget for Byrum"]
        assert entries[0].findtext("{*}summary") == "Noget andet."
    assert client.get("/sitemap-udvalg.xml").text.count(PAGE) == 1


def test_it_is_found_by_its_purpose_and_its_tasks(bringer: Any, client: Any) -> None:
    one, newer = bringer(), committee(as_of="2018-05-01T12:00:00", purpose="Legepladser.", tasks=())
    deliver(one, committee())
    open_index().catch_up()
    for words in ("træer", "rum", '"plante træer"'):
        found = open_index().search(words)
        assert [(hit.kind, hit.organization.slug) for hit in found.hits] == [("organization", "udvalget-for-byrum")]
    page = client.get("/soeg/?q=træer&slags=organization").text
    assert PAGE in page
    assert PAGE in client.get("/soeg/liste.csv?q=træer").text
    assert client.get("/soeg/nyt.atom?q=træer").status_code == 200
    assert open_index().search("træer", organization="proeve/udvalget-for-byrum").total == 1
    deliver(one, newer)
    assert open_index().search("træer").hits == ()  # what the index does not know yet is not shown either
    open_index().catch_up()
    assert (open_index().search("træer").total, open_index().search("legepladser").total) == (0, 1)
    one.withdraw(identity(newer))
    assert open_index().search("legepladser").hits == ()
    open_index().catch_up()
    assert open_index().search("legepladser").total == 0
    open_index().rebuild()
    assert open_index().search("byrum").total == 0


def test_pages_of_a_committee_without_meetings_are_whole(bringer: Any, client: Any) -> None:
    deliver(bringer(), committee())
    for address in (
        "/proeve/", "/proeve/udvalg/", PAGE, f"/en{PAGE}", PAGE + "2018/", PAGE + "tal/", PAGE + "moeder.ics",
        PAGE + "nyt.atom", "/proeve/moeder/", "/proeve/foelg/", "/proeve/tal/", "/proeve/soeg/?q=torv",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address


def test_a_page_costs_the_same_for_one_member_and_for_many(
    bringer: Any, client: Any, django_assert_num_queries: Any
) -> None:
    one = bringer()
    many = tuple(Member(person=f"Prøve {n}", role="medlem", start="2018-01-01") for n in range(50))
    deliver(one, committee())
    with django_assert_num_queries(7):
        client.get(PAGE)
    deliver(one, committee(as_of="2018-06-01T12:00:00", members=many))
    with django_assert_num_queries(7):
        client.get(PAGE)


def test_hostile_text_stays_text(bringer: Any, client: Any) -> None:
    hostile = "<script>alert(1)</script>"
    deliver(bringer(), committee(purpose=hostile, tasks=(Task(number=hostile, text=hostile),), classification=hostile,
                                 members=(Member(person=hostile, role=hostile, party=hostile),)))  # fmt: skip
    for address in (PAGE, PAGE + "udvalg.html", PAGE + "nyt.atom"):
        assert hostile not in client.get(address).text
