"""Found by readers who tried to break it: what is closed, barred or pressed twice after the fact (I10–I12, I17)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from raadslag.core.record import encode
from raadslag.core.release import public
from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Disqualification
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.minutes import actions, composing, rules, rulings
from raadslag.workspace.minutes.models import Ballot, Entry, Signature, Vote
from raadslag.workspace.publishing import actions as publishing
from raadslag.workspace.publishing import delivering
from raadslag.workspace.publishing.models import Release

from .conftest import World
from .test_minutes import Sitting
from .test_publishing import Fallible

SHOWN = (201, {"state": "shown", "address": "/proeve/moede/x/"})


@pytest.fixture
def sitting(world: World) -> Sitting:
    """A meeting of three items that is held: the second is closed."""
    return Sitting(world).open()


# --- closed after it was let out ---


def _sent(world: World) -> Meeting:
    meeting = world.sent(world.case("KANARIEFUGL"), world.case("Nye bænke"))
    journal.catch_up()
    return meeting


def test_an_item_that_is_closed_after_its_release_is_taken_back_and_the_rest_stays(world: World) -> None:
    meeting = _sent(world)
    delivering.deliver_due(world.at, Fallible(SHOWN))
    item = meeting.items.order_by("order").first()
    meetings.close_sent(item, legal_ground="KSL § 10", public_title="En sag", by=world["secretary"], at=world.at)
    journal.catch_up()
    old, new = Release.objects.filter(meeting=meeting).order_by("withdrawn_at")
    if old.withdrawn_at is None:
        old, new = new, old
    assert "KANARIEFUGL" in old.record
    assert "KANARIEFUGL" not in new.record
    assert "Nye bænke" in new.record
    archive = Fallible((200, {"state": "withdrawn"}), SHOWN)
    assert delivering.deliver_due(world.at + timedelta(seconds=1), archive) == 2
    assert archive.brought == ["withdraw", "record"]


def test_what_is_closed_before_it_was_brought_is_never_brought(world: World) -> None:
    meeting = _sent(world)
    item = meeting.items.order_by("order").first()
    meetings.close_sent(item, legal_ground="KSL § 10", public_title="En sag", by=world["secretary"], at=world.at)
    archive = Fallible(*[SHOWN] * 9)
    for second in range(5):
        delivering.deliver_due(world.at + timedelta(seconds=second), archive)
    for release in Release.objects.filter(meeting=meeting, state="shown"):
        assert "KANARIEFUGL" not in release.record


def test_a_case_that_is_closed_takes_its_release_back_too(world: World) -> None:
    meeting = _sent(world)
    case = meeting.items.order_by("order").first().case
    cases.close(case, legal_ground="KSL § 10", public_title="En sag", by=world["secretary"], at=world.at)
    journal.catch_up()
    assert not any("KANARIEFUGL" in one.record for one in Release.objects.in_force())


def test_an_attachment_that_is_closed_takes_its_release_back_too(world: World) -> None:
    case = world.case("Nye træer", state="draft")
    attachment = cases.attach(case, b"Et bilag", "bilag.txt", by=world["secretary"], at=world.at)
    told = {"title": "KANARIEBILAG", "by": world["secretary"], "at": world.at}
    cases.change_attachment(attachment, access="open", **told)
    meeting = world.sent(cases.move(case, "ready", by=world["secretary"], at=world.at))
    journal.catch_up()
    assert Release.objects.in_force().get(meeting=meeting).files
    cases.change_attachment(attachment, access="closed", **told)
    journal.catch_up()
    assert Release.objects.in_force().get(meeting=meeting).files == {}


def test_what_was_decided_behind_closed_doors_does_not_follow_its_case_into_the_open(world: World) -> None:
    one = Sitting(world).open()
    one.write(one.items[1], "KANARIEBESLUTNING")
    one.do(actions.set_outcome, one.items[1], "deferred")
    one.finish()
    case = one.items[1].case
    case.refresh_from_db()
    later = world.meeting(days=60)
    meetings.add_case(later, case, by=world["secretary"], at=one.at)
    meetings.send_agenda(later, late_because="Prøve", by=world["secretary"], at=one.at)
    later.refresh_from_db()
    one.do(actions.open_meeting, later, one.all_in)
    one.do(rulings.open_item, composing.items_of(later)[0])
    assert "KANARIEBESLUTNING" not in encode(public(composing.compose(later, stage="draft"))).decode()


def test_the_sentence_of_an_item_taken_in_tells_nothing_once_it_is_closed(sitting: Sitting) -> None:
    sitting.do(rulings.adopt, sitting.meeting)
    item = sitting.do(rulings.add_item, sitting.meeting, because="Haster", title="KANARIETITEL", access="open")
    sitting.do(rulings.close_item, item, legal_ground="KSL § 10", public_title="En sag")
    shown = encode(public(composing.compose(sitting.meeting, stage="draft"))).decode()
    assert "KANARIETITEL" not in shown


def test_titles_of_closed_attachments_are_for_those_who_may_read_them(
    world: World, browser_of: Callable[..., Client]
) -> None:
    case = world.case("Nye træer", state="draft")
    attachment = cases.attach(case, b"Et bilag", "bilag.txt", by=world["secretary"], at=world.at)
    cases.change_attachment(attachment, title="KANARIEBILAG", access="closed", by=world["secretary"], at=world.at)
    one = Sitting.__new__(Sitting)
    one.world, one.at = world, world.at
    one.meeting = world.sent(cases.move(case, "ready", by=world["secretary"], at=world.at))
    one.items, one.all_in = composing.items_of(one.meeting), [world["chair"].person.pk, world["member"].person.pk]
    one.open().finish()
    address = f"/moederum/{one.meeting.pk}/"
    for name, level, may in (("observer", "low", False), ("councillor", "low", False), ("member", "substantial", True)):
        for page in ("referat.pdf?som=html", "underskrift/"):
            shown = browser_of(name, level).get(address + page).content.decode()
            if page.endswith("html"):
                assert ("KANARIEBILAG" in shown) == may, (name, page)
            elif not may:
                assert "KANARIEBILAG" not in shown, (name, page)


# --- barred ---


def test_nobody_lifts_the_bar_that_keeps_himself_out(
    world: World, sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    page, closed, me = browser_of("secretary"), sitting.items[1], world["secretary"].person
    barred = sitting.do(actions.happen, sitting.meeting, "barred", person=me, item=closed)
    address = f"/moederum/{sitting.meeting.pk}/"
    told = {"person": str(me.pk), "item": str(closed.pk)}
    for kind in ("unbarred", "barred", "not_barred"):
        assert page.post(address + "tilstede/", {**told, "kind": kind}).status_code == 404
    assert page.post(f"{address}fortryd/{barred.number}/").status_code == 404
    assert page.get(f"{address}punkt/{closed.pk}/").status_code == 404
    assert Disqualification.objects.filter(case=closed.case_id, person=me).exists()


def test_a_slip_is_taken_back_once_and_what_else_was_decided_holds(world: World, sitting: Sitting) -> None:
    item, person = sitting.items[1], world["member"].person
    first = sitting.do(actions.happen, sitting.meeting, "barred", person=person, item=item)
    second = sitting.do(actions.happen, sitting.meeting, "barred", person=person, item=item)
    sitting.do(actions.take_back, first)
    assert Disqualification.objects.filter(case=item.case_id, person=person).exists()
    with pytest.raises(Blocked):
        sitting.do(actions.take_back, first)
    sitting.do(actions.take_back, second)
    assert not Disqualification.objects.filter(case=item.case_id, person=person).exists()


def test_who_was_barred_before_the_meeting_is_neither_counted_nor_asked(
    world: World, sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    closed, member = sitting.items[1], world["member"]
    cases.bar(closed.case, member.person, "Ansøger", by=world["secretary"], at=world.at - timedelta(days=9))
    sitting.do(actions.happen, sitting.meeting, "item", item=closed)
    seat = next(one for one in rules.attendance_of(sitting.meeting).seats if one.invitation.person == member.person)
    assert seat.is_barred
    ballot = sitting.do(actions.draft_ballot, closed, "KANARIEFORSLAG", way="names")
    sitting.do(actions.open_ballot, ballot)
    assert not Vote.objects.filter(ballot=ballot, person=member.person).exists()
    assert Vote.objects.filter(ballot=ballot).count() == 3
    assert "KANARIEFORSLAG" not in browser_of("member").get(f"/laes/{sitting.meeting.pk}/").content.decode()


# --- stale pages and dead ends ---


def test_changes_of_the_agenda_can_be_adopted_while_it_is_read_out(
    sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    sitting.do(rulings.move_item, sitting.items[2], 2)
    for item in sitting.items:
        sitting.do(actions.set_outcome, item, "approved")
    sitting.do(actions.start_reading, sitting.meeting)
    answer = browser_of("secretary").post(f"/moederum/{sitting.meeting.pk}/dagsorden/godkendt/")
    assert answer.status_code == 302
    assert list(rulings.unwritten(sitting.meeting)) == []


def test_a_stale_page_opens_no_ballot_that_is_open_and_closes_none(
    sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    ballot = sitting.do(actions.draft_ballot, sitting.items[0], "Forslaget", way="names")
    page = browser_of("secretary")
    address = f"/moederum/{sitting.meeting.pk}/punkt/{sitting.items[0].pk}/afstemning/{ballot.pk}/"
    page.post(address, {"do": "open"})
    page.post(address, {"do": "open"})
    assert Ballot.objects.get(pk=ballot.pk).state == "open"
    page.post(address, {"do": "close"})
    assert Ballot.objects.get(pk=ballot.pk).state == "closed"


def test_a_paper_signature_is_of_the_version_that_was_on_the_page(
    world: World, sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    sitting.finish()
    page, person = browser_of("secretary"), world["member"].person
    page.post(f"/moederum/{sitting.meeting.pk}/underskrift/papir/{person.pk}/", {"sha256": "0" * 64})
    assert not Signature.objects.filter(person=person).exists()


def test_a_dissent_takes_over_no_other_paragraph(world: World, sitting: Sitting) -> None:
    entry = sitting.write(sitting.items[0], "Sekretærens tekst")
    with pytest.raises(NotPermitted):
        sitting.do(actions.dissent, sitting.items[0], entry.pk, "Min", version=1, by=world["member"])
    assert Entry.objects.get(pk=entry.pk).text == "Sekretærens tekst"


def test_titles_of_closed_ready_cases_need_a_login_that_may_read_them(
    world: World, sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    world.closed_case("KANARIESAG", state="ready")
    address = f"/moederum/{sitting.meeting.pk}/dagsorden/"
    for level, may in (("low", False), ("two_factors", False), ("substantial", True)):
        assert ("KANARIESAG" in browser_of("secretary", level).get(address).content.decode()) == may, level


def test_a_point_of_a_programme_is_no_item_of_the_agenda(world: World, sitting: Sitting) -> None:
    point = meetings.AgendaItem.objects.create(
        meeting=sitting.meeting, parent=sitting.items[2], order=1, title="Pause", is_sent=True
    )
    with pytest.raises(NotPermitted):
        sitting.do(rulings.move_item, point, 1)


# --- what a person lets out, he has seen ---


def test_all_that_will_be_public_can_be_seen_and_two_who_write_a_face_lose_nothing(
    world: World, sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    bodies.set_policy(world.body, None, "publish_minutes", "read_out", reason="Prøve", since=world.at.date(),
                      by=world.administrator, at=world.at)  # fmt: skip
    sitting.finish()
    page, closed = browser_of("secretary"), sitting.items[1]
    shown = page.get(f"/publicering/{sitting.meeting.pk}/alt/").content.decode()
    assert "Der plantes træer." in shown
    assert "KANARIEFUGL" not in shown
    told: dict[str, Any] = {"none_because": "", "by": world["secretary"], "at": world.at}
    publishing.write_face(closed, decision="Den ene tekst", **told)
    with pytest.raises(Blocked) as refusal:
        publishing.write_face(closed, decision="Den anden tekst", **told)
    assert "Den anden tekst" in str(refusal.value)
    assert closed.public_face.decision == "Den ene tekst"
