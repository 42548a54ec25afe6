"""What a meeting decides about itself, what it calls next, and what a member alone may write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from raadslag.core.record import encode
from raadslag.core.release import public
from raadslag.workspace.cases.models import Case, Disqualification
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import AgendaItem, Invitation, Meeting
from raadslag.workspace.messages.models import Message
from raadslag.workspace.minutes import actions, composing, rules, rulings
from raadslag.workspace.minutes.models import Ballot, Entry, Happening, ItemMinutes, Ruling, Vote

from .conftest import World
from .test_minutes import Sitting


@pytest.fixture
def sitting(world: World) -> Sitting:
    """A meeting of three items that is held: the second is closed."""
    return Sitting(world).open()


def _texts(item: AgendaItem) -> list[str]:
    return [entry.text for entry in Entry.objects.filter(item=item, removed_at=None)]


def _numbers(meeting: Meeting) -> list[str]:
    return [item.number for item in composing.items_of(meeting)]


# --- the agenda ---


def test_an_unchanged_agenda_is_adopted_in_one_sentence(sitting: Sitting) -> None:
    sitting.do(rulings.adopt, sitting.meeting)
    assert _texts(sitting.items[0]) == ["Dagsordenen blev godkendt."]
    assert sitting.meeting.editions.count() == 1
    with pytest.raises(Blocked):
        sitting.do(rulings.adopt, sitting.meeting)
    shown = composing.compose(sitting.meeting, stage="draft")
    note = next(note for note in shown.notes if note.kind == "decision")
    assert (note.item, note.actor) == ("1", "udvalget")


def test_changes_wait_until_the_agenda_is_adopted_and_then_stand_as_one_decision(sitting: Sitting) -> None:
    first, closed, third = sitting.items
    sitting.do(rulings.withdraw_item, third)
    added = sitting.do(rulings.add_item, sitting.meeting, because="Fristen er i morgen", title="Svar til ministeriet",
                       access="open")  # fmt: skip
    sitting.do(rulings.move_item, added, 2)
    sitting.do(rulings.open_item, closed)
    assert _texts(first) == []
    assert "Ændringerne af dagsordenen er ikke godkendt endnu." in rules.missing(sitting.meeting, sitting.items)
    sitting.do(rulings.adopt, sitting.meeting, decided_by="chairmanship")
    assert _texts(first) == [
        "Dagsordenen blev godkendt med disse ændringer: Punkt 3 blev taget af dagsordenen. "
        "Punkt 4 blev føjet til. Punkt 4 behandles efter punkt 1. "
        "Punkt 2 behandles for åbne døre."
    ]
    assert _numbers(sitting.meeting) == ["1", "4", "2", "3"]
    edition = sitting.meeting.editions.first().decoded()
    assert [(item.number, item.access) for item in edition.items] == [
        ("1", "open"), ("4", "open"), ("2", "open"), ("3", "open"),
    ]  # fmt: skip
    opened = AgendaItem.objects.get(pk=closed.pk)
    assert (opened.access, opened.planned_access, opened.is_closed) == ("open", "closed", False)
    assert ItemMinutes.objects.get(item=third).outcome == "withdrawn"


def test_what_is_decided_later_stands_at_the_item_at_hand(sitting: Sitting) -> None:
    first, closed, third = sitting.items
    sitting.do(rulings.adopt, sitting.meeting)
    sitting.do(rulings.move_item, third, 2)
    assert _texts(first) == ["Dagsordenen blev godkendt.", "Punkt 3 behandles efter punkt 1."]
    assert [item.pk for item in composing.items_of(sitting.meeting)] == [first.pk, third.pk, closed.pk]


def test_what_has_been_begun_keeps_its_place(sitting: Sitting) -> None:
    first, _closed, third = sitting.items
    for act in (lambda: sitting.do(rulings.move_item, first, 3), lambda: sitting.do(rulings.withdraw_item, first)):
        with pytest.raises(Blocked):
            act()
    sitting.do(rulings.move_item, third, 1)  # not before what has been begun
    assert _numbers(sitting.meeting) == ["1", "3", "2"]
    with pytest.raises(Blocked):
        sitting.do(rulings.move_item, third, 2)  # it stands there


def test_an_item_taken_in_needs_a_reason_and_a_closed_one_its_face(sitting: Sitting) -> None:
    told = {"title": "Køb af grund", "access": "closed"}
    for more in ({"because": ""}, {"because": "Haster"}, {"because": "Haster", "legal_ground": "KSL § 10"}):
        with pytest.raises(Blocked):
            sitting.do(rulings.add_item, sitting.meeting, **told, **more)
        assert sitting.meeting.items.count() == 3
    with pytest.raises(Blocked):
        sitting.do(rulings.add_item, sitting.meeting, because="Haster")
    item = sitting.do(rulings.add_item, sitting.meeting, **told, because="Haster", legal_ground="KSL § 10",
                      public_title="Ejendomssag")  # fmt: skip
    assert item.is_sent is False
    item.refresh_from_db()
    assert (item.is_sent, item.number, item.planned_access) == (True, "4", "closed")
    sitting.do(rulings.adopt, sitting.meeting)
    assert "Punkt 4 blev føjet til." in _texts(sitting.items[0])[0]
    assert "Køb af grund" not in " ".join(_texts(sitting.items[0]))


def test_a_ready_case_and_a_planned_item_are_taken_in(world: World, sitting: Sitting) -> None:
    case = world.case("Hastesag", state="ready")
    planned = meetings.add_item(
        sitting.meeting, title="Nyt", access="open", late_because="Kom i går", by=world["secretary"], at=world.at
    )
    sitting.do(rulings.add_item, sitting.meeting, because="Fristen er i dag", case=case)
    sitting.do(rulings.add_item, sitting.meeting, because="Kom i går", planned=planned)
    assert [item.title for item in composing.items_of(sitting.meeting)][3:] == ["Hastesag", "Nyt"]
    assert _numbers(sitting.meeting) == ["1", "2", "3", "4", "5"]
    assert Case.objects.get(pk=case.pk).state == "on_agenda"


def test_a_withdrawn_item_is_put_back_or_its_case_is_ready_again(world: World, sitting: Sitting) -> None:
    third = sitting.items[2]
    ruling = sitting.do(rulings.withdraw_item, third)
    sitting.do(rulings.take_back, ruling)
    assert ItemMinutes.objects.get(item=third).outcome == ""
    assert list(rulings.unwritten(sitting.meeting)) == []
    with pytest.raises(Blocked):
        sitting.do(rulings.take_back, ruling)
    sitting.do(rulings.withdraw_item, third)
    sitting.do(rulings.adopt, sitting.meeting)
    sitting.finish()
    assert Case.objects.get(pk=third.case_id).state == "ready"


def test_an_item_is_closed_at_the_meeting_from_the_next_request_on(
    world: World, sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    first = sitting.items[0]
    sitting.write(first, "Det sagde de.")
    with pytest.raises(Blocked):
        sitting.do(rulings.close_item, first, legal_ground="", public_title="")
    sitting.do(rulings.close_item, first, legal_ground="KSL § 10", public_title="En sag")
    first.refresh_from_db()
    assert (first.is_closed, first.planned_access) == (True, "open")
    page = browser_of("observer").get(reverse("reading:item", args=[sitting.meeting.pk, first.pk]))
    assert page.status_code == 404
    sitting.do(rulings.adopt, sitting.meeting)
    assert "Det sagde de." not in encode(public(composing.compose(sitting.meeting, stage="draft"))).decode()


def test_opening_tells_nothing_of_closed_attachments(world: World) -> None:
    from raadslag.workspace.cases import actions as cases

    case = world.closed_case("KANARIEFUGL")
    cases.attach(case, b"Et lukket bilag", "lukket.txt", by=world["secretary"], at=world.at)
    sitting = Sitting.__new__(Sitting)
    sitting.world, sitting.at = world, world.at
    sitting.meeting = world.sent(world.case("Nye træer"), case)
    sitting.items = composing.items_of(sitting.meeting)
    sitting.all_in = [world["chair"].person.pk, world["member"].person.pk]
    sitting.open()
    sitting.do(rulings.open_item, sitting.items[1])
    shown = composing.compose(sitting.meeting, stage="draft").items[1]
    assert shown.access == "open"
    assert [file.access for file in shown.files] == ["closed"]


# --- who sits, and who is barred ---


def _substitute(world: World, sitting: Sitting) -> Invitation:
    invitation, _is_new = Invitation.objects.update_or_create(
        meeting=sitting.meeting, person=world["substitute"].person,
        defaults={"is_seated": True, "called_at": world.at, "substitute_for": world["second"].person},
    )  # fmt: skip
    return invitation


def test_the_body_accepts_a_substitute_once(world: World, sitting: Sitting) -> None:
    invitation = _substitute(world, sitting)
    ruling = sitting.do(rulings.accept_substitute, sitting.meeting, invitation)
    with pytest.raises(Blocked):
        sitting.do(rulings.accept_substitute, sitting.meeting, invitation)
    sitting.do(rulings.take_back, ruling)
    sitting.do(rulings.accept_substitute, sitting.meeting, invitation)
    sitting.do(rulings.adopt, sitting.meeting)
    names = (world["substitute"].person.name, world["second"].person.name)
    assert f"{names[0]} deltager som suppleant for {names[1]}." in _texts(sitting.items[0])[0]
    plain = sitting.meeting.invitations.get(person=world["member"].person)
    with pytest.raises(Blocked):
        sitting.do(rulings.accept_substitute, sitting.meeting, plain)


def test_a_disqualification_is_decided_stands_at_the_item_and_can_be_taken_back(world: World, sitting: Sitting) -> None:
    item, person = sitting.items[2], world["member"].person
    told = {"reason": "Svoger til ansøgeren"}
    ruling = sitting.do(rulings.decide_disqualification, item, person, True, **told)
    assert _texts(item) == [f"{person.name} blev erklæret inhabil og deltog ikke i behandlingen af punktet."]
    assert Disqualification.objects.get(case=item.case_id, person=person).reason == told["reason"]
    assert told["reason"] not in encode(composing.compose(sitting.meeting, stage="draft")).decode()
    sitting.do(actions.take_back, ruling.happening)
    assert _texts(item) == []
    assert not Disqualification.objects.filter(case=item.case_id, person=person).exists()
    assert Ruling.objects.get(pk=ruling.pk).is_undone


def test_who_was_barred_before_the_meeting_stays_barred_when_a_slip_is_taken_back(
    world: World, sitting: Sitting
) -> None:
    from raadslag.workspace.cases import actions as cases

    item, person = sitting.items[2], world["member"].person
    before = world.at - timedelta(days=9)
    cases.bar(item.case, person, "Ansøger", by=world["secretary"], at=before)
    slip = sitting.do(actions.happen, sitting.meeting, "barred", person=person, item=item)
    sitting.do(actions.take_back, slip)
    assert Disqualification.objects.get(case=item.case_id, person=person).reason == "Ansøger"
    lifted = sitting.do(actions.happen, sitting.meeting, "unbarred", person=person, item=item)
    assert not Disqualification.objects.filter(case=item.case_id, person=person).exists()
    sitting.do(actions.take_back, lifted)
    assert Disqualification.objects.filter(case=item.case_id, person=person).exists()


def test_the_body_can_find_that_nobody_is_disqualified(world: World, sitting: Sitting) -> None:
    item, person = sitting.items[0], world["member"].person
    sitting.do(rulings.decide_disqualification, item, person, False)
    assert _texts(item) == [f"{person.name} blev ikke fundet inhabil."]
    assert Happening.objects.filter(kind="barred").count() == 0


# --- the next meeting ---


def test_the_next_meeting_stands_in_the_minutes_and_is_called(world: World, sitting: Sitting) -> None:
    start = sitting.at + timedelta(days=36)
    told = {"start": start, "end": start + timedelta(hours=2), "place": "Rådhuset", "because": "Mere tid"}
    entry = sitting.do(actions.call_next, sitting.items[0], **told, decided_by="chairmanship")
    called = Meeting.objects.get(pk=entry.called_id)
    assert (called.state, called.start, called.place, called.because) == ("called", start, "Rådhuset", "Mere tid")
    assert called.decided_by.startswith("Formandskabet, ")
    assert Message.objects.filter(about=journal.name_of(called)).exists()
    assert entry.text.startswith("Næste møde er ")
    assert "Rådhuset" in entry.text
    note = composing.compose(sitting.meeting, stage="draft").notes[-1]
    assert note.kind == "next_meeting"
    assert note.start
    assert note.end
    with pytest.raises(Blocked):
        sitting.do(actions.call_next, sitting.items[0], **told)
    assert world.committee.meetings.filter(start=start).count() == 1
    with pytest.raises(Blocked):
        sitting.do(actions.call_next, sitting.items[0], start=world.at - timedelta(days=1), end=world.at)


# --- a member's dissent ---


def test_a_dissent_is_its_members_alone(world: World, sitting: Sitting) -> None:
    item, member = sitting.items[0], world["member"]
    entry = sitting.do(actions.dissent, item, uuid4(), "Jeg er uenig.", version=0, by=member).entry
    for act in (
        lambda: sitting.do(actions.save_entry, item, entry.pk, kind="dissent", text="Enig", version=1),
        lambda: sitting.do(actions.remove_entry, Entry.objects.get(pk=entry.pk), True),
    ):
        with pytest.raises(Blocked):
            act()
    assert _texts(item) == ["Jeg er uenig."]
    sitting.do(actions.dissent, item, entry.pk, "Jeg er helt uenig.", version=1, by=member)
    assert _texts(item) == ["Jeg er helt uenig."]
    decision = composing.compose(sitting.meeting, stage="draft").items[0].decision
    assert decision == f"**Protokoltilførsel fra {member.person.name}:** Jeg er helt uenig."
    sitting.do(actions.dissent, item, entry.pk, "", version=2, by=member)
    assert _texts(item) == []


def test_who_took_no_part_has_no_dissent(world: World) -> None:
    sitting = Sitting(world).open("chair", "vice_chair", "second")
    for name in ("member", "secretary"):
        with pytest.raises(NotPermitted):
            sitting.do(actions.dissent, sitting.items[0], uuid4(), "Nej", version=0, by=world[name])
    with pytest.raises(Blocked):
        sitting.do(actions.dissent, sitting.items[0], uuid4(), " ", version=0, by=world["second"])
    with pytest.raises(Blocked):
        sitting.do(actions.dissent, sitting.items[0], uuid4(), "x" * 2001, version=0, by=world["second"])


def test_what_the_secretary_typed_for_him_becomes_his_own(world: World, sitting: Sitting) -> None:
    item, member = sitting.items[0], world["member"]
    typed = sitting.write(item, "Jeg er uenig", kind="dissent", person=member.person)
    sitting.do(actions.save_entry, item, typed.pk, kind="dissent", text="Jeg er uenig.", version=1,
               person=member.person)  # fmt: skip
    sitting.do(actions.dissent, item, uuid4(), "Det er for dyrt.", version=0, by=member)
    assert _texts(item) == ["Det er for dyrt."]
    with pytest.raises(Blocked):
        sitting.do(actions.remove_entry, Entry.objects.get(pk=typed.pk), True)


def test_dissent_over_the_page(world: World, sitting: Sitting, browser_of: Callable[..., Client]) -> None:
    page = browser_of("member")
    address = reverse("reading:item", args=[sitting.meeting.pk, sitting.items[0].pk])
    shown = page.get(address).content.decode()
    assert 'name="text"' in shown
    assert "dissens/" in shown
    key = str(uuid4())
    answer = page.post(f"/moederum/{sitting.meeting.pk}/punkt/{sitting.items[0].pk}/dissens/",
                       {"id": key, "version": "0", "text": "Uenig"})  # fmt: skip
    assert answer.headers["Location"] == address
    assert "Uenig" in page.get(address).content.decode()
    page.post(f"/moederum/{sitting.meeting.pk}/punkt/{sitting.items[0].pk}/dissens/",
              {"id": key, "version": "1", "text": "Uenig", "take_out": "1"})  # fmt: skip
    assert _texts(sitting.items[0]) == []


# --- by group ---


def test_a_ballot_by_group_counts_each_person_and_prints_the_groups(world: World, sitting: Sitting) -> None:
    from raadslag.workspace.bodies.models import Membership

    party = {"chair": "A", "vice_chair": "A", "member": "B", "second": "B"}
    for name, letter in party.items():
        Membership.objects.filter(person=world[name].person).update(party=letter)
    ballot = sitting.do(actions.draft_ballot, sitting.items[0], "Forslaget", way="groups")
    sitting.do(actions.open_ballot, ballot)
    assert [(name, len(votes)) for name, votes in Ballot.objects.get(pk=ballot.pk).groups()] == [("A", 2), ("B", 2)]
    with pytest.raises(Blocked):
        sitting.do(actions.vote, ballot, world["member"].person, "for", by=world["member"])
    told: dict[Any, str] = {world[name].person.pk: "for" for name in ("chair", "vice_chair", "member")}
    told[world["second"].person.pk] = "against"
    told[uuid4()] = "against"
    ballot = sitting.do(actions.close_ballot, ballot, told=told)
    assert tuple(ballot.count) == (3, 1, 0, 0)
    assert Vote.objects.filter(ballot=ballot).exclude(choice="").count() == 4
    vote = composing.compose(sitting.meeting, stage="draft").items[0].votes[0]
    assert vote.for_.who == ("A", world["member"].person.name)
    assert vote.against.who == (world["second"].person.name,)


# --- the last minutes ---


def test_an_agenda_begins_with_the_last_minutes_where_the_body_approves_them(world: World) -> None:
    from raadslag.workspace.bodies import actions as bodies

    last = world.meeting(days=10)
    bodies.set_policy(world.body, None, "approves_minutes", True, reason="Forretningsorden", since=world.at.date(),
                      by=world.administrator, at=world.at)  # fmt: skip
    meeting = world.meeting(days=20)
    assert meeting.items.count() == 0
    meetings.add_case(meeting, world.case("Nye træer", state="ready"), by=world["secretary"], at=world.at)
    meetings.add_standard(meeting, "last-minutes", by=world["secretary"], at=world.at)
    items = list(meeting.items.order_by("order"))
    assert [item.title for item in items] == ["Godkendelse af referat", "Nye træer"]
    assert last.title in items[0].text


# --- the pages ---


def test_the_agenda_is_changed_and_adopted_on_its_page(
    world: World, sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    page = browser_of("secretary")
    room = f"/moederum/{sitting.meeting.pk}/"
    third = sitting.items[2].pk
    case = world.case("Hastesag", state="ready")
    assert "Hastesag" in page.get(room + "dagsorden/").content.decode()
    page.post(room + "dagsorden/nyt/", {"because": "Haster", "case": str(case.pk), "decided_by": "council"})
    page.post(f"{room}punkt/{third}/dagsorden/", {"what": "withdraw"})
    page.post(f"{room}punkt/{third}/dagsorden/", {"what": "put_back"})
    page.post(f"{room}punkt/{third}/dagsorden/", {"what": "move", "place": "2"})
    shown = page.get(room + "dagsorden/").content.decode()
    assert "Punkt 4 blev føjet til." in shown
    assert "Punkt 3 behandles efter punkt 1." in shown
    answer = page.post(room + "dagsorden/godkendt/", {"decided_by": "committee"})
    assert answer.status_code == 302
    assert len(_texts(sitting.items[0])) == 1
    assert page.post(f"{room}punkt/{third}/dagsorden/", {"what": "nothing"}).status_code == 404


def test_a_secretary_with_a_weak_login_changes_no_closed_item(
    world: World, sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    page = browser_of("secretary", "low")
    room = f"/moederum/{sitting.meeting.pk}/"
    shown = page.get(room + "dagsorden/").content.decode()
    assert "KANARIEFUGL" not in shown
    answer = page.post(f"{room}punkt/{sitting.items[1].pk}/dagsorden/", {"what": "open"})
    assert answer.status_code == 403
    shut = world.closed_case("GULSPURV", state="ready")
    assert "GULSPURV" not in page.get(room + "dagsorden/").content.decode()
    assert page.post(room + "dagsorden/nyt/", {"because": "Haster", "case": str(shut.pk)}).status_code == 404


def test_the_next_meeting_over_the_page(world: World, sitting: Sitting, browser_of: Callable[..., Client]) -> None:
    page, item = browser_of("secretary"), sitting.items[0]
    address = f"/moederum/{sitting.meeting.pk}/punkt/{item.pk}/naeste-moede/"
    day = (timezone.localdate() + timedelta(days=45)).isoformat()
    told = {
        "id": str(uuid4()),
        "on": day,
        "begins": "17:00",
        "ends": "19:00",
        "place": "Salen",
        "actor": "chairmanship",
    }
    page.post(address, told)
    assert Entry.objects.get(item=item, kind="next_meeting").called is not None
    page.post(address, {**told, "ends": "16:00"})
    assert Entry.objects.filter(item=item, kind="next_meeting").count() == 1


# --- a meeting that was held on paper ---


def test_a_meeting_held_on_paper_is_entered_with_its_own_clocks(world: World) -> None:
    one = Sitting(world)
    start = one.meeting.start
    one.at = start + timedelta(days=1)
    with pytest.raises(Blocked):
        one.do(actions.open_meeting, one.meeting, one.all_in, clock=one.at + timedelta(hours=1))
    one.do(actions.open_meeting, one.meeting, one.all_in, clock=start)
    for item in one.items:
        one.do(actions.set_outcome, item, "approved")
    one.do(actions.start_reading, one.meeting)
    for item in one.items:
        one.do(actions.tick, item, True)
    for clock in (start - timedelta(minutes=1), one.at + timedelta(hours=1)):
        with pytest.raises(Blocked):
            one.do(actions.adjourn, one.meeting, clock=clock)
    paper = one.do(actions.adjourn, one.meeting, clock=start + timedelta(hours=2)).decoded()
    local = [timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M") for moment in (start, start + timedelta(hours=2))]
    assert [paper.meeting.start, paper.meeting.adjourned] == local


# --- the room, over the pages ---


def test_a_disqualification_is_decided_in_the_room(
    world: World, sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    page, item, person = browser_of("secretary"), sitting.items[2], world["member"].person
    told = {"person": str(person.pk), "item": str(item.pk), "reason": "Svoger"}
    page.post(f"/moederum/{sitting.meeting.pk}/tilstede/", {**told, "kind": "not_barred"})
    page.post(f"/moederum/{sitting.meeting.pk}/tilstede/", {**told, "kind": "barred"})
    assert _texts(item) == [
        f"{person.name} blev ikke fundet inhabil.",
        f"{person.name} blev erklæret inhabil og deltog ikke i behandlingen af punktet.",
    ]
    assert Disqualification.objects.get(case=item.case_id, person=person).reason == "Svoger"


def test_groups_vote_in_the_room_and_a_vote_is_taken_again(
    world: World, sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    page, item = browser_of("secretary"), sitting.items[0]
    room = f"/moederum/{sitting.meeting.pk}/punkt/{item.pk}/"
    page.post(room + "afstemning/", {"question": "Forslaget", "way": "groups"})
    ballot = Ballot.objects.get(item=item)
    shown = page.get(room).content.decode()
    assert 'name="group-0"' in shown
    told = {"group-0": "for", f"person-{world['second'].person.pk}": "against"}
    page.post(f"{room}afstemning/{ballot.pk}/", told)
    assert tuple(Ballot.objects.get(pk=ballot.pk).count) == (3, 1, 0, 0)
    page.post(room + "afstemning/", {"question": "Forslaget", "way": "groups", "replaces": str(ballot.pk)})
    assert Ballot.objects.get(item=item, number=2).replaces_id == ballot.pk


def test_own_words_are_shown_in_the_room_and_not_changed_there(
    world: World, sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    item = sitting.items[0]
    sitting.do(actions.dissent, item, uuid4(), "Jeg er uenig.", version=0, by=world["member"])
    shown = browser_of("secretary").get(f"/moederum/{sitting.meeting.pk}/punkt/{item.pk}/").content.decode()
    assert "readonly" in shown
    assert "egne ord" in shown


def test_minutes_follow_the_order_in_which_items_were_treated(world: World, sitting: Sitting) -> None:
    sitting.do(rulings.move_item, sitting.items[2], 2)
    sitting.do(rulings.adopt, sitting.meeting)
    paper = sitting.finish().decoded()
    assert [(item.number, item.order) for item in paper.items] == [("1", 1), ("3", 2), ("2", 3)]
