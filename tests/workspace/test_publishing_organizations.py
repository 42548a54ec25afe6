"""A committee's mandate and members are let out by a press, as they were seen, and never by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from raadslag.core.record import Member, Organization, Task
from raadslag.core.release import is_public
from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.publishing import actions, delivering
from raadslag.workspace.publishing.models import Release
from raadslag.workspace.publishing.organizations import actions as organizations
from raadslag.workspace.publishing.organizations import composing

from .conftest import LONG_AGO, World
from .test_later import LINES, Telling
from .test_publishing import Fallible

NUMBER = "010190-1234"  # shaped as a CPR number, and nobody's
SHOWN = (201, {"state": "shown", "address": "/proeve/udvalg/byrumsudvalget/"})


def adopt(
    world: World, purpose: str = "Byens rum skal være for alle.", tasks: tuple[str, ...] = ("Bænke", "Træer")
) -> None:
    bodies.adopt_mandate(
        world.committee, purpose=purpose, tasks=tasks, composition="KANARIEFUGL", decided_by="KANARIEFUGL",
        decided_on=LONG_AGO, by=world["secretary"], at=world.at,
    )  # fmt: skip


@pytest.fixture
def mandated(world: World) -> World:
    """The committee has a mandate with two tasks."""
    adopt(world)
    return world


def press(world: World, seconds: int = 0) -> Release:
    at = world.at + timedelta(seconds=seconds)
    identity = organizations.prepare(world.committee, at).identity
    return organizations.release(world.committee, identity, by=world["secretary"], at=at)


def end(world: World, role: str, on: date | None = None) -> None:
    seat = world.committee.memberships.get(role=role)
    bodies.end_membership(seat, on=on or date(2021, 5, 1), by=world.administrator, at=world.at)


# --- the record ---


def test_the_record_names_who_decides_and_nobody_else(mandated: World) -> None:
    whole = composing.wholes([mandated.committee], timezone.localdate())[mandated.committee.pk]
    assert whole == Organization(
        id=str(mandated.committee.pk), body="Prøvekommunen", name="Byrumsudvalget", classification="Opgaveudvalg",
        purpose="Byens rum skal være for alle.",
        tasks=(Task(number="1", text="Bænke"), Task(number="2", text="Træer")),
        start=mandated.committee.start.isoformat(),
        members=(
            Member(person="Prøve chair", role="formand", start="2020-01-01"),
            Member(person="Prøve vice_chair", role="næstformand", start="2020-01-01"),
            Member(person="Prøve member", role="medlem", start="2020-01-01"),
            Member(person="Prøve second", role="medlem", start="2020-01-01"),
            Member(person="Prøve substitute", role="suppleant", start="2020-01-01"),
        ),
    )  # fmt: skip
    assert is_public(whole)


def test_a_role_that_begins_later_is_nobodys_business_yet(mandated: World) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    bodies.appoint(mandated.committee, mandated["user"].person, role="member", start=tomorrow,
                   by=mandated.administrator, at=mandated.at)  # fmt: skip
    names = {one: [seat.person for seat in composing.wholes([mandated.committee], one)[mandated.committee.pk].members]
             for one in (timezone.localdate(), tomorrow)}  # fmt: skip
    assert "Fremmed" not in names[timezone.localdate()]
    assert "Fremmed" in names[tomorrow]


def test_the_committee_above_is_named_once_something_of_it_is_public(mandated: World) -> None:
    group = mandated.found("Skrivegruppen", "writing", mandated.committee)
    today = timezone.localdate()
    assert composing.wholes([group], today)[group.pk].parent is None
    press(mandated)
    assert composing.wholes([group], today)[group.pk].parent == "Byrumsudvalget"


def test_a_record_costs_the_same_for_one_and_for_many(mandated: World, django_assert_num_queries: Any) -> None:
    many = [mandated.committee, mandated.council, *(mandated.found(f"Gruppe {n}", "standing") for n in range(5))]
    for some in (many[:1], many):
        with django_assert_num_queries(4):
            composing.wholes(some, timezone.localdate())


def test_of_two_mandates_of_one_day_the_later_counts(mandated: World) -> None:
    for purpose in ("Et udkast.", "Det rigtige."):
        mandated.at += timedelta(seconds=1)
        adopt(mandated, purpose)
        today = timezone.localdate()
        assert composing.wholes([mandated.committee], today)[mandated.committee.pk].purpose == purpose
        assert mandated.committee.mandates.first().purpose == purpose


# --- the press ---


def test_it_is_released_as_it_was_seen_and_once(mandated: World) -> None:
    before = organizations.prepare(mandated.committee, mandated.at)
    assert (before.current, before.changes, before.obstacles) == (None, [], [])
    first = press(mandated)
    assert press(mandated, 5) == first
    assert Release.objects.count() == 1
    shown = first.decoded()
    assert isinstance(shown, Organization)
    assert shown.as_of == timezone.localtime(mandated.at).strftime("%Y-%m-%dT%H:%M:%S")
    assert (first.kind, first.made_by_id, first.files, first.meeting) == (
        "organization",
        mandated["secretary"].pk,
        {},
        None,
    )
    assert "KANARIEFUGL" not in first.record
    told = [entry for entry in JournalEntry.objects.all() if entry.kind == "publishing.Released"]
    assert [(one.about, one.values["identity"]) for one in told] == [
        (f"bodies.organization:{mandated.committee.pk}", first.identity)
    ]
    assert "Byens rum" not in str([one.values for one in JournalEntry.objects.all()])


def test_nothing_to_show_is_not_released(world: World) -> None:
    group = world.found("Skrivegruppen", "writing", world.committee)
    prepared = organizations.prepare(group, world.at)
    assert len(prepared.obstacles) == 1
    with pytest.raises(Blocked):
        organizations.release(group, prepared.identity, by=world["secretary"], at=world.at)


def test_what_has_changed_since_it_was_seen_is_not_released(mandated: World) -> None:
    seen = organizations.prepare(mandated.committee, mandated.at).identity
    end(mandated, "vice_chair")
    with pytest.raises(Blocked):
        organizations.release(mandated.committee, seen, by=mandated["secretary"], at=mandated.at)
    assert not Release.objects.exists()


def test_a_change_does_not_go_out_by_itself_and_is_told_of(mandated: World) -> None:
    press(mandated)
    assert organizations.outdated([mandated.committee, mandated.council], mandated.at) == []
    end(mandated, "vice_chair", date(2021, 5, 1))
    seat = mandated.committee.memberships.get(role="substitute")
    bodies.end_membership(seat, on=date(2000, 1, 1), by=mandated.administrator, at=mandated.at)  # as if it never was
    bodies.appoint(mandated.committee, mandated["user"].person, role="member", start=date(2021, 6, 1), party="A",
                   by=mandated.administrator, at=mandated.at)  # fmt: skip
    bodies.adopt_mandate(
        mandated.committee, purpose="Byens rum er for alle.", tasks=("Bænke", "Flere træer", "Lys"), composition="",
        decided_by="Kommunalbestyrelsen", decided_on=date(2021, 1, 1), by=mandated["secretary"], at=mandated.at,
    )  # fmt: skip
    journal.catch_up()
    assert Release.objects.count() == 1
    assert organizations.outdated([mandated.committee, mandated.council], mandated.at) == [mandated.committee]
    assert organizations.prepare(mandated.committee, mandated.at).changes == [
        "Formålet er skrevet om.",
        "Opgave 2 er skrevet om.",
        "Opgave 3 er ny.",
        "Slut: Prøve vice_chair, næstformand, til og med 1. maj 2021.",
        "Ny: Fremmed, medlem.",
        "Nævnes ikke længere: Prøve substitute, suppleant.",
    ]
    second = press(mandated, 5)
    assert Release.objects.count() == 2
    assert organizations.prepare(mandated.committee, mandated.at).current == second
    assert organizations.outdated([mandated.committee], mandated.at) == []


def test_what_was_once_so_may_be_so_again(mandated: World) -> None:
    """Somebody comes and goes: the same content is another release, and the newest counts."""
    first = press(mandated)
    seat = bodies.appoint(mandated.committee, mandated["user"].person, role="member", start=LONG_AGO,
                          by=mandated.administrator, at=mandated.at)  # fmt: skip
    press(mandated, 5)
    bodies.end_membership(seat, on=date(2000, 1, 1), by=mandated.administrator, at=mandated.at)
    third = press(mandated, 10)
    assert third.identity != first.identity
    assert organizations.said(third) == organizations.said(first)


def test_withdrawn_it_stays_so_until_it_says_something_else(mandated: World) -> None:
    first = press(mandated)
    with pytest.raises(Blocked):
        actions.withdraw(first, " ", by=mandated["secretary"], at=mandated.at)
    actions.withdraw(first, "En fejl", by=mandated["secretary"], at=mandated.at)
    assert len(organizations.prepare(mandated.committee, mandated.at).obstacles) == 1
    with pytest.raises(Blocked):
        press(mandated, 5)
    end(mandated, "vice_chair")
    assert press(mandated, 10).withdrawn_at is None


def test_a_number_of_a_person_in_the_mandate_is_looked_at_by_two(world: World) -> None:
    """I13."""
    adopt(world, purpose=f"Udvalget ser på sagen om {NUMBER}.")
    found = organizations.prepare(world.committee, world.at).found
    assert [(one.hit.rule, one.hit.place) for one in found] == [("cpr", "purpose")]
    told: dict[str, Any] = {"by": world["secretary"], "at": world.at}
    with pytest.raises(Blocked):
        press(world)
    with pytest.raises(NotPermitted):
        organizations.see(world.committee, "0" * 64, "Det er i orden", **told)
    with pytest.raises(Blocked):
        organizations.see(world.committee, found[0].key, " ", **told)
    organizations.see(world.committee, found[0].key, "Et journalnummer", **told)
    with pytest.raises(Blocked):
        press(world)
    organizations.see(world.committee, found[0].key, "", by=world["chair"], at=world.at)
    assert press(world).looked_at == [found[0].line]


# --- bringing it ---


def test_no_older_release_overtakes_a_newer_one(mandated: World) -> None:
    first = press(mandated)
    end(mandated, "vice_chair")
    second = press(mandated, 5)
    Release.objects.filter(pk=first.pk).update(try_at=mandated.at + timedelta(minutes=5))
    later = mandated.at + timedelta(seconds=10)
    assert list(Release.objects.due(later)) == []
    assert list(Release.objects.due(later + timedelta(minutes=5))) == [first]
    archive = Fallible(SHOWN, SHOWN)
    for minutes in (0, 5, 6):
        delivering.deliver_due(later + timedelta(minutes=minutes), archive)
    assert archive.brought == ["record", "record"]
    assert list(Release.objects.filter(state="shown").order_by("made_at")) == [first, second]


def test_what_was_withdrawn_before_it_came_leaves_the_earlier_one_public(mandated: World) -> None:
    first = press(mandated)
    delivering.deliver_due(mandated.at, Fallible(SHOWN))
    end(mandated, "vice_chair")
    second = press(mandated, 5)
    actions.withdraw(second, "En fejl", by=mandated["secretary"], at=mandated.at + timedelta(seconds=6))
    delivering.deliver_due(mandated.at + timedelta(seconds=9), Fallible((404, {})))
    assert organizations.prepare(mandated.committee, mandated.at).current == first


def test_what_came_and_was_withdrawn_leaves_nothing_public(mandated: World) -> None:
    press(mandated)
    delivering.deliver_due(mandated.at, Fallible(SHOWN))
    end(mandated, "vice_chair")
    second = press(mandated, 5)
    actions.withdraw(second, "En fejl", by=mandated["secretary"], at=mandated.at + timedelta(seconds=6))
    delivering.deliver_due(mandated.at + timedelta(seconds=9), Fallible((200, {})))  # it had come after all
    prepared = organizations.prepare(mandated.committee, mandated.at)
    assert (prepared.current, prepared.changes) == (None, [])


def test_where_it_was_shown_is_asked_for_and_told(mandated: World, browser_of: Callable[..., Client]) -> None:
    """I12."""
    release, archive = press(mandated), Telling(LINES, LINES)
    delivering.deliver_due(mandated.at, archive)
    actions.withdraw(release, "En fejl", by=mandated["secretary"], at=mandated.at + timedelta(seconds=6))
    for seconds in (7, 8):
        delivering.deliver_due(mandated.at + timedelta(seconds=seconds), archive)
    address = f"/publicering/udvalg/{mandated.committee.pk}/"
    told = browser_of("secretary").get(address).content.decode()
    assert "Vist 14 gange før det" in told
    assert f"{address}vist.csv" in told
    rows = browser_of("secretary").get(f"{address}vist.csv").content.decode("utf-8-sig").splitlines()
    assert [row.split(";")[2:] for row in rows[1:]] == [
        ["/proeve/moede/x/", "2026-11-28", "2026-11-29", "12"], ["/nyt.atom", "2026-11-29", "2026-11-29", "2"]
    ]  # fmt: skip
    assert f"{address}vist.csv" not in browser_of("chair").get(address).content.decode()
    assert browser_of("chair").get(f"{address}vist.csv").status_code == 404


# --- the page ---


def test_the_page_shows_what_everyone_will_see_and_publishes_it(
    mandated: World, browser_of: Callable[..., Client]
) -> None:
    page, address = browser_of("secretary"), f"/publicering/udvalg/{mandated.committee.pk}/"
    shown = page.get(address).content.decode()
    for text in ("Byens rum skal være for alle.", "Træer", "Prøve vice_chair", "næstformand"):
        assert text in shown
    for text in ("KANARIEFUGL", "Prøve observer", "@example.org", "Prøve host"):
        assert text not in shown
    identity = organizations.prepare(mandated.committee, timezone.now()).identity
    assert identity in shown
    page.post(address + "publicer/", {"identity": identity})
    release = Release.objects.get()
    assert "Det er det, der er publiceret." in page.get(address).content.decode()
    home = "/"
    assert address not in page.get(home).content.decode()
    end(mandated, "vice_chair")
    assert "Slut: Prøve vice_chair, næstformand" in page.get(address).content.decode()
    assert address in page.get(home).content.decode()
    assert "er ældre end det, der står her" in page.get(mandated.committee.get_absolute_url()).content.decode()
    page.post(f"{address}traek-tilbage/{release.pk}/", {"ground": "En fejl"})
    assert Release.objects.get().withdrawn_at


def test_the_chair_sees_and_does_not_publish_and_a_member_does_neither(
    mandated: World, browser_of: Callable[..., Client]
) -> None:
    address = f"/publicering/udvalg/{mandated.committee.pk}/"
    identity = organizations.prepare(mandated.committee, timezone.now()).identity
    assert browser_of("chair").get(address).status_code == 200
    for name in ("chair", "member", "case_worker", "user"):
        assert browser_of(name).post(address + "publicer/", {"identity": identity}).status_code == 404
    assert browser_of("member").get(address).status_code == 404
    assert not Release.objects.exists()
