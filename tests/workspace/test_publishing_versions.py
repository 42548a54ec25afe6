"""A version of a product is let out by a press, as it was frozen, and taken back by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from raadslag.core import record
from raadslag.core.release import is_public
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.deliberation import actions as deliberation
from raadslag.workspace.deliberation import answering
from raadslag.workspace.products import actions as products
from raadslag.workspace.products.actions import Cause
from raadslag.workspace.products.models import Version
from raadslag.workspace.publishing import actions, delivering
from raadslag.workspace.publishing.models import Release
from raadslag.workspace.publishing.versions import actions as versions

from .conftest import World
from .test_deliberation import CONTENT
from .test_later import LINES, Telling
from .test_products import Draft, draft  # noqa: F401  (a fixture)
from .test_publishing import Fallible

pytestmark = pytest.mark.django_db
NUMBER = "010190-1234"  # shaped as a CPR number, and nobody's
SHOWN = (201, {"state": "shown", "address": "/proeve/produkt/x/"})


@pytest.fixture
def version(draft: Draft) -> Version:  # noqa: F811
    """A version with a change by a group, facts, two gaps, a comment, and a draft that has gone on since."""
    part = draft.add("Ensomhed", "Mange kender ikke deres naboer.", kind="focus_area")
    products.assign(part, draft.group, [], **draft.told)
    cause = Cause("group", "", "Skrivegruppens møde")
    draft.write(part, "Mange beboere kender ikke deres naboer.", cause=cause, by=draft.writer)
    deliberation.note_gap(draft.product, text="Hvor mange?", asked_by="KANARIEFUGL", elements=[part], **draft.told)
    facts = {**CONTENT, "source": "Statistikken", "made_by": "Prøve Analytiker"}
    deliberation.save_note(draft.product, None, facts, **draft.told)
    gap = deliberation.note_gap(draft.product, text="Hvad siger tallene?", asked_by="KANARIEFUGL", **draft.told)
    deliberation.close_gap(gap, answer="De siger 14.", source="Statistikken", **draft.told)
    deliberation.invite(draft.product, draft.world.at.date() + timedelta(days=9), **draft.told)
    said = deliberation.comment(draft.product, part, kind="change", text="KANARIEFUGL", **draft.told)
    answering.answer(draft.product, [said], outcome="not", text="Det hører til et andet udvalg.", **draft.told)
    made: Version = draft.freeze()
    draft.write(part, "KANARIEFUGL, der ikke er frosset.")
    return made


def press(version: Version, world: World, seconds: int = 0) -> Release:
    at = world.at + timedelta(seconds=seconds)
    return versions.release(version, versions.prepare(version).identity, by=world["secretary"], at=at)


def test_it_goes_out_as_it_was_frozen_by_group_and_not_by_name_and_once(version: Version, world: World) -> None:
    release = press(version, world)
    said = release.decoded()
    assert isinstance(said, record.Product)
    assert is_public(said)
    assert said == version.decoded()
    assert (said.version, said.elements[0].text) == ("v0.1", "Mange beboere kender ikke deres naboer.")
    assert [(one.cause, one.by) for one in said.changes][-1] == ("Skrivegruppens møde", "Skrivegruppen")
    assert [(one.id, one.state) for one in said.gaps] == [("G1", "open"), ("G2", "closed")]
    assert [(one.contribution, one.text) for one in said.answers] == [("K-01", "Det hører til et andet udvalg.")]
    assert "KANARIEFUGL" not in release.record
    assert "Prøve writer" not in release.record
    assert press(version, world, 5) == release
    archive = Fallible(SHOWN)
    assert delivering.deliver_due(world.at, archive) == 1
    assert archive.brought == ["record"]
    told = JournalEntry.objects.filter(about=f"products.version:{version.pk}").values_list("kind", flat=True)
    assert [kind for kind in told if "publishing" in kind] == ["publishing.Released", "publishing.Delivered"]


def test_what_was_seen_is_what_goes_out(version: Version, world: World) -> None:
    with pytest.raises(Blocked):
        versions.release(version, "0" * 64, by=world["secretary"], at=world.at)
    assert not Release.objects.exists()


def test_versions_stand_side_by_side_and_one_taken_back_stays_so(
    version: Version,
    world: World,
    draft: Draft,  # noqa: F811
) -> None:
    later: Version = draft.freeze("v0.2")
    first, second = press(version, world), press(later, world, 1)
    delivering.deliver_due(world.at + timedelta(seconds=2), Fallible(SHOWN, SHOWN))
    actions.withdraw(second, "En fejl", by=world["secretary"], at=world.at + timedelta(seconds=3))
    delivering.deliver_due(world.at + timedelta(seconds=4), Fallible((200, {})))
    first.refresh_from_db()
    assert (first.state, first.withdrawn_at) == (Release.State.SHOWN, None)
    assert press(version, world, 5) == first  # what came after it and was withdrawn is no matter
    with pytest.raises(Blocked, match=r"withdrawn|trukket"):
        press(later, world, 6)


def test_a_number_of_a_person_is_looked_at_by_two(world: World, draft: Draft) -> None:  # noqa: F811
    """I13."""
    draft.write(draft.add("Sag", "Kort."), f"Sagen om {NUMBER}.", cause=Cause("decision", "", "Beslutning"))
    version: Version = draft.freeze()
    (found,) = versions.prepare(version).found
    assert (found.hit.rule, found.hit.place.partition(",")[0]) == ("cpr", "elements.0.text")
    told: dict[str, Any] = {"at": world.at}
    for who in ("secretary", "chair"):
        with pytest.raises(Blocked):
            press(version, world)
        versions.see(version, found.key, "Et journalnummer", by=world[who], **told)
    assert press(version, world).looked_at == [found.line]


def test_the_page_shows_what_everyone_will_see_publishes_it_and_takes_it_back(
    version: Version, world: World, browser_of: Callable[..., Client]
) -> None:
    page, address = browser_of("secretary"), f"/publicering/produkt/{version.product_id}/v0.1/"
    assert address in page.get(f"/produkter/{version.product_id}/v0.1/").content.decode()
    shown = page.get(address).content.decode().partition("<main")[2]
    for text in ("Skrivegruppens møde", "Hvor mange?", "K-01", "Publicér v0.1", "1 Ensomhed"):
        assert text in shown
    assert "KANARIEFUGL" not in shown
    for text in ("Hvad siger tallene?", "De siger 14.", "Kilde: Statistikken", "lavet af Prøve Analytiker"):
        assert text in shown
    page.post(address + "publicer/", {"identity": versions.prepare(version).identity})
    release = Release.objects.get()
    assert "Det er det, der er publiceret." in page.get(address).content.decode()
    archive = Telling(LINES, LINES)
    delivering.deliver_due(release.made_at, archive)
    page.post(f"{address}traek-tilbage/{release.pk}/", {"ground": "En fejl"})
    release.refresh_from_db()
    assert release.withdrawn_at
    for seconds in (1, 2):
        delivering.deliver_due(release.withdrawn_at + timedelta(seconds=seconds), archive)
    told = page.get(address).content.decode()
    assert "Denne udgave er trukket tilbage" in told
    assert "Vist 14 gange før det" in told
    assert page.get(f"{address}vist.csv").content.decode("utf-8-sig").count("\n") == 3


def test_the_chair_sees_and_does_not_publish_and_a_member_does_neither(
    version: Version, browser_of: Callable[..., Client]
) -> None:
    address = f"/publicering/produkt/{version.product_id}/v0.1/"
    identity = versions.prepare(version).identity
    assert browser_of("chair").get(address).status_code == 200
    for name in ("chair", "member", "case_worker", "user"):
        assert browser_of(name).post(address + "publicer/", {"identity": identity}).status_code == 404
    assert browser_of("member").get(address).status_code == 404
    assert not Release.objects.exists()


def test_the_page_costs_the_same_for_one_change_and_for_many(
    version: Version,
    draft: Draft,  # noqa: F811
    browser_of: Callable[..., Client],
) -> None:
    page = browser_of("secretary")
    page.get("/")  # the first answer of all writes down that somebody is here
    for number in range(20):
        draft.add(f"Del {number}", "Noget.")
    later: Version = draft.freeze("v0.2")
    counts = []
    for one in (version, later):
        with CaptureQueriesContext(connection) as asked:
            page.get(f"/publicering/produkt/{one.product_id}/{one.label}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
