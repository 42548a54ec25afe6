"""How far a commitment is goes out by a press and never by itself, only where its decision is public, and leaves again
with whatever closes it."""

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
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.publishing import actions, delivering
from raadslag.workspace.publishing.commitments import actions as commitments
from raadslag.workspace.publishing.models import Release
from raadslag.workspace.publishing.versions import actions as versions

from .conftest import World
from .test_followup import Course, report
from .test_later import LINES, Telling
from .test_publishing import Fallible

pytestmark = pytest.mark.django_db
NUMBER = "010190-1234"  # shaped as a CPR number, and nobody's
SHOWN = (201, {"state": "shown", "address": "/proeve/opfoelgning/2018-06-18/"})
CANARY = "KANARIEFUGL"


@pytest.fixture
def course(world: World) -> Course:
    return Course(world)


@pytest.fixture
def one(course: Course) -> Commitment:
    """A commitment of the council whose decision is not public yet, with a name that stays in the house."""
    return course.commit(course.decided(), origin=course.version, element=course.part)


def publish_minutes(one: Commitment, course: Course) -> Release:
    """Let the council's minutes be public."""
    meeting = one.item.meeting
    meeting.refresh_from_db()
    prepared = actions.prepare(meeting)
    assert prepared
    release = actions.release_minutes(meeting, prepared.identity, by=course.clerk, at=course.world.at)
    delivering.deliver_due(course.world.at, Fallible(*[SHOWN] * 5))
    return release


def publish_version(course: Course) -> Release:
    prepared = versions.prepare(course.version)
    made = versions.release(course.version, prepared.identity, by=course.world["secretary"], at=course.world.at)
    delivering.deliver_due(course.world.at, Fallible(*[SHOWN] * 5))
    return made


def press(one: Commitment, course: Course, seconds: int = 0) -> Release:
    fresh = Commitment.objects.told().get(pk=one.pk)
    at = course.world.at + timedelta(seconds=seconds)
    return commitments.release(fresh, commitments.prepare(fresh).identity, by=course.clerk, at=at)


def test_it_waits_for_its_decision_to_be_public(one: Commitment, course: Course) -> None:
    with pytest.raises(Blocked, match="referatet først"):
        press(one, course)
    publish_minutes(one, course)
    said = press(one, course).decoded()
    assert isinstance(said, record.Commitment)
    assert said.decided
    assert (said.decided.organization, said.decided.item) == ("Kommunalbestyrelsen", "1")
    assert said.decided.meeting == str(one.item.meeting_id)


def test_it_says_what_is_public_and_names_nobody(one: Commitment, course: Course) -> None:
    report(one, course, state="under_way")
    publish_minutes(one, course)
    first = press(one, course)
    said = first.decoded()
    assert isinstance(said, record.Commitment)
    assert is_public(said)
    assert (said.organization, said.origin) == ("Kommunalbestyrelsen", None)  # the version is the committee's own still
    assert "Byrumsudvalget" not in first.record
    assert [(told.text, told.state) for told in said.reports] == [("Den ene er ansat.", "under_way")]
    assert "Prøve officer" not in first.record
    assert press(one, course, 5) == first  # twice is as once
    publish_version(course)
    second = press(one, course, 10)
    said = second.decoded()
    assert isinstance(said, record.Commitment)
    assert said.organization == "Byrumsudvalget"
    assert said.origin == record.Origin(
        id=str(course.draft.product.pk), title="Trygge boligområder", version="v1.0", element=str(course.part.pk),
        part="1 Ensomhed",
    )  # fmt: skip
    told = JournalEntry.objects.filter(about=f"followup.commitment:{one.pk}").values_list("kind", flat=True)
    assert [kind for kind in told if kind == "publishing.Released"] == ["publishing.Released"] * 2


def test_what_is_written_afterwards_stays_here_until_somebody_presses(
    one: Commitment,
    course: Course,
    browser_of: Callable[..., Client],
) -> None:
    publish_minutes(one, course)
    page, address = browser_of("clerk"), f"/publicering/opfoelgning/{one.pk}/"
    assert address in page.get(one.get_absolute_url()).content.decode()
    shown = page.get(address).content.decode().partition("<main")[2]
    for text in ("Der ansættes to", "Planlagt", "Center for Borgere", "Kommunalbestyrelsen", "Publicér løftet"):
        assert text in shown, text
    assert "Prøve officer" not in shown
    page.post(address + "publicer/", {"identity": "0" * 64})
    assert not Release.objects.filter(commitment=one).exists()
    page.post(address + "publicer/", {"identity": page.get(address).context["prepared"].identity})
    assert "Det er det, der er publiceret." in page.get(address).content.decode()
    assert address not in page.get("/").content.decode()
    report(one, course, state="under_way", at=course.world.at + timedelta(hours=1))
    assert address in page.get("/").content.decode()
    told = page.get(address).content.decode()
    assert "Ny status" in told
    assert Release.objects.filter(commitment=one).count() == 1
    release = Release.objects.get(commitment=one)
    archive = Telling(LINES, LINES)
    delivering.deliver_due(release.made_at, archive)
    page.post(f"{address}traek-tilbage/{release.pk}/", {"ground": "En fejl"})
    release.refresh_from_db()
    assert release.withdrawn_at
    for seconds in (1, 2):
        delivering.deliver_due(release.withdrawn_at + timedelta(seconds=seconds), archive)
    assert "Vist 14 gange før det" in page.get(address).content.decode()
    assert page.get(f"{address}vist.csv").content.decode("utf-8-sig").count("\n") == 3


def test_exactly_what_was_withdrawn_does_not_go_out_again_but_what_is_new_does(
    one: Commitment,
    course: Course,
) -> None:
    publish_minutes(one, course)
    actions.withdraw(press(one, course), "En fejl", by=course.clerk, at=course.world.at)
    with pytest.raises(Blocked):
        press(one, course, 5)
    report(one, course, state="under_way")
    assert press(one, course, 10).withdrawn_at is None


def test_a_newer_one_does_not_overtake_an_older(one: Commitment, course: Course) -> None:
    publish_minutes(one, course)
    first = press(one, course)
    report(one, course, state="under_way")
    second = press(one, course, 5)
    due = Release.objects.due(course.world.at + timedelta(minutes=1))
    assert list(due) == [first]
    delivering.deliver_due(course.world.at + timedelta(seconds=6), Fallible(SHOWN))
    assert list(Release.objects.due(course.world.at + timedelta(minutes=1))) == [second]


def test_a_number_of_a_person_is_looked_at_by_two(course: Course, browser_of: Callable[..., Client]) -> None:
    """I13."""
    one = course.commit(course.decided(), text=f"Sag {NUMBER} afsluttes.")
    chair = course.world.appoint("councilchair", "chair", course.world.council)
    publish_minutes(one, course)
    fresh = Commitment.objects.told().get(pk=one.pk)
    (found,) = commitments.prepare(fresh).found
    assert found.hit.rule == "cpr"
    for who in (course.clerk, chair):
        with pytest.raises(Blocked):
            press(one, course)
        commitments.see(fresh, found.key, "Et journalnummer", by=who, at=course.world.at)
    assert press(one, course).looked_at == [found.line]
    address = f"/publicering/opfoelgning/{one.pk}/"
    assert browser_of("councilchair").get(address).status_code == 200
    for name in ("councilchair", "officer", "member", "secretary", "user"):
        assert browser_of(name).post(address + "publicer/", {"identity": "x"}).status_code == 404, name


def test_once_its_item_is_closed_it_leaves_and_comes_back_by_no_press(
    one: Commitment,
    course: Course,
    browser_of: Callable[..., Client],
) -> None:
    """I11, I12."""
    publish_minutes(one, course)
    release = press(one, course)
    delivering.deliver_due(course.world.at, Fallible(SHOWN))
    journal.catch_up()
    assert not Release.objects.get(pk=release.pk).withdrawn_at
    cases.close(one.item.case, legal_ground="§ 10", public_title="En sag", by=course.clerk, at=course.world.at)
    journal.catch_up()
    release.refresh_from_db()
    assert (release.withdrawn_at is not None, release.withdrawn_by) == (True, None)
    with pytest.raises(Blocked, match="lukket punkt"):
        press(one, course, 10)
    page = browser_of("clerk").get(f"/publicering/opfoelgning/{one.pk}/")
    assert page.status_code == 200
    assert browser_of("clerk").post(f"/publicering/opfoelgning/{one.pk}/publicer/", {}).status_code == 404


def test_it_leaves_with_the_minutes_that_tell_of_its_decision(one: Commitment, course: Course) -> None:
    """I12: and comes back by a press once they are public again."""
    minutes = publish_minutes(one, course)
    release = press(one, course)
    actions.withdraw(minutes, "En fejl", by=course.clerk, at=course.world.at)
    journal.catch_up()
    release.refresh_from_db()
    assert (release.withdrawn_at is not None, release.withdrawn_by) == (True, None)
    assert release.ground == "Det, det udspringer af, er ikke længere offentligt, som det var."
    with pytest.raises(Blocked, match="referatet først"):
        press(one, course, 10)


def test_it_leaves_with_the_version_that_it_names_and_comes_back_without_it(one: Commitment, course: Course) -> None:
    publish_minutes(one, course)
    version = publish_version(course)
    release, other = press(one, course), course.commit(one.item, text="Et hus bygges.")
    beside = press(other, course)
    actions.withdraw(version, "En fejl", by=course.world["secretary"], at=course.world.at)
    journal.catch_up()
    release.refresh_from_db()
    beside.refresh_from_db()
    assert (release.withdrawn_at is not None, beside.withdrawn_at) == (True, None)
    said = press(one, course, 10).decoded()
    assert isinstance(said, record.Commitment)
    assert said.origin is None


def test_what_was_closed_before_the_archive_was_told_never_goes(one: Commitment, course: Course) -> None:
    publish_minutes(one, course)
    release = press(one, course)
    cases.close(one.item.case, legal_ground="§ 10", public_title="En sag", by=course.clerk, at=course.world.at)
    archive = Fallible((200, {}), (200, {}), (200, {}))
    delivering.deliver_due(course.world.at + timedelta(seconds=1), archive)
    assert "record" not in archive.brought
    release.refresh_from_db()
    assert release.withdrawn_at


def test_of_a_closed_item_nothing_is_public_whatever_is_written(course: Course, world: World) -> None:
    case = cases.open_case(world.council, CANARY, by=course.officer, at=world.at)
    content: dict[str, Any] = {
        **case.content(), "access": "closed", "legal_ground": "§ 10", "public_title": "En sag", "summary": CANARY,
        "points": CANARY, "recommended_by": "z",
    }  # fmt: skip
    case = cases.save(case, content, version=0, by=course.officer, at=world.at)
    case = cases.move(case, "ready", by=course.officer, at=world.at)
    one = course.commit(course.decide(case, days=50), text=CANARY)
    actions.write_face(one.item, decision="Købt.", none_because="", by=course.clerk, at=world.at)
    release = publish_minutes(one, course)
    assert CANARY not in release.record
    with pytest.raises(Blocked, match="lukket punkt"):
        press(one, course)
    assert not Release.objects.filter(commitment=one).exists()


def test_the_page_costs_the_same_for_one_report_and_for_many(
    one: Commitment,
    course: Course,
    browser_of: Callable[..., Client],
) -> None:
    publish_minutes(one, course)
    page, counts = browser_of("clerk"), []
    for many in (1, 12):
        for _ in range(many):
            report(one, course)
        page.get(f"/publicering/opfoelgning/{one.pk}/")
        with CaptureQueriesContext(connection) as asked:
            page.get(f"/publicering/opfoelgning/{one.pk}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
