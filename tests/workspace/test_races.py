"""Two who do the same, or the opposite, at the same time: nothing is lost, nothing counts twice (I16, I20, I23, I24).

`RAADSLAG_RACES` is how often each is run.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.models import GroupInvitation, Organization
from raadslag.workspace.closing import evaluating
from raadslag.workspace.closing.models import Evaluation
from raadslag.workspace.closing.sealing import Answer
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Refused
from raadslag.workspace.deliberation import actions as deliberation
from raadslag.workspace.deliberation import answering
from raadslag.workspace.deliberation.models import Contribution
from raadslag.workspace.deliberation.sessions import saying
from raadslag.workspace.meetings import group_notes
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.minutes import actions, composing, signing
from raadslag.workspace.minutes.models import Ballot, Entry, EntryText, Happening, Minutes, Signature, Vote
from raadslag.workspace.people import codes
from raadslag.workspace.people.models import FailedCode
from raadslag.workspace.products import actions as products

from .conftest import World
from .test_minutes import Sitting
from .test_products import Draft, draft  # noqa: F401
from .test_sessions import Evening

RACES = int(os.environ.get("RAADSLAG_RACES", "50"))
HANDS = 6

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sitting(world: World) -> Sitting:
    return Sitting(world).open()


@pytest.fixture
def at_once() -> Iterator[Callable[..., list[Any]]]:
    """Does all of it at the same moment, each in a thread and a connection of its own; what came of each, in order."""
    with ThreadPoolExecutor(HANDS) as hands:

        def run(*doings: Callable[[], Any]) -> list[Any]:
            start = Barrier(len(doings))

            def one(doing: Callable[[], Any]) -> Any:
                try:
                    start.wait(30)
                    return doing()
                except Refused as refused:
                    return refused
                finally:
                    connections.close_all()

            return [told.result(60) for told in [hands.submit(one, doing) for doing in doings]]

        yield run


def test_everyone_has_one_vote_however_often_he_presses_and_whenever_it_closes(
    sitting: Sitting, at_once: Callable[..., list[Any]]
) -> None:
    chance, world = random.Random(2018), sitting.world
    voters = [world[name] for name in ("chair", "vice_chair", "member", "second")]
    for number in range(RACES):
        ballot = sitting.do(actions.draft_ballot, sitting.items[0], f"Forslag {number}", way="names")
        sitting.do(actions.open_ballot, ballot)
        early = [voter for voter in voters if chance.random() < 0.5]
        for voter in early:
            actions.vote(ballot, voter.person, "for", by=voter, at=sitting.at)
        twice = chance.choice(voters)

        def voting(voter: Any, choice: str, ballot: Ballot = ballot) -> Callable[[], Any]:
            return lambda: actions.vote(ballot, voter.person, choice, by=voter, at=sitting.at)

        doings = [voting(twice, "for"), voting(twice, "against"), voting(twice, "for")]
        other = chance.choice([voter for voter in voters if voter != twice])
        doings += [voting(other, "abstained")]
        doings += [lambda ballot=ballot: actions.close_ballot(ballot, by=world["secretary"], at=sitting.at)]
        told = at_once(*doings)
        ballot.refresh_from_db()
        assert ballot.state == Ballot.State.CLOSED
        votes = Counter(Vote.objects.filter(ballot=ballot).values_list("choice", flat=True))
        assert list(ballot.count or ()) == [votes["for"], votes["against"], votes["abstained"], votes[""]]
        assert votes.total() == len(voters)
        mine = Vote.objects.get(ballot=ballot, person=twice.person).choice
        for choice, answer in zip(("for", "against", "for"), told, strict=False):
            assert isinstance(answer, Refused) or mine == choice  # whoever was told "counted" was counted
        if not isinstance(told[3], Refused):
            assert Vote.objects.get(ballot=ballot, person=other.person).choice == "abstained"
    assert journal.first_broken() is None


def test_two_in_one_paragraph_keep_every_text(sitting: Sitting, at_once: Callable[..., list[Any]]) -> None:
    item, secretary = sitting.items[0], sitting.world["secretary"]
    for number in range(RACES):
        pk = uuid4()

        def saving(text: str, pk: Any = pk, version: int = 0) -> Callable[[], Any]:
            told = {"kind": "text", "text": text, "version": version, "by": secretary, "at": sitting.at}
            return lambda: actions.save_entry(item, pk, **told)

        texts = [f"{number} {hand}" for hand in range(4)]
        told = at_once(*map(saving, texts), saving(texts[0]))
        assert not any(isinstance(one, Refused) for one in told)
        entry = Entry.objects.get(pk=pk)
        assert set(EntryText.objects.filter(entry=entry).values_list("text", flat=True)) == set(texts)
        assert (entry.version, entry.text in texts) == (1, True)
        assert EntryText.objects.filter(entry=entry, is_beside=False).count() == 1
    assert journal.first_broken() is None


def test_happenings_are_numbered_without_a_gap(sitting: Sitting, at_once: Callable[..., list[Any]]) -> None:
    world, meeting = sitting.world, sitting.meeting
    for number in range(RACES):
        kind = "arrived" if number % 2 else "left"
        people = [world[name].person for name in ("member", "second", "member")]
        told = at_once(
            *(
                lambda person=person, kind=kind: actions.happen(
                    meeting, kind, person=person, by=world["secretary"], at=sitting.at
                )
                for person in people
            )
        )
        assert [isinstance(one, Refused) for one in told].count(True) == 1  # of the same, the second
    numbers = list(Happening.objects.filter(meeting=meeting).values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert journal.first_broken() is None


def test_what_is_signed_is_what_was_read_whoever_writes_while_it_ends(
    sitting: Sitting, at_once: Callable[..., list[Any]]
) -> None:
    """One meeting can end once: writing, adjourning twice and signing at the same moment."""
    world, secretary = sitting.world, sitting.world["secretary"]
    for item in sitting.items:
        sitting.do(actions.set_outcome, item, "approved")
    sitting.do(actions.start_reading, sitting.meeting)
    for item in sitting.items:
        sitting.do(actions.tick, item, True)

    def adjourn() -> Any:
        return actions.adjourn(sitting.meeting, by=secretary, at=sitting.at)

    def write() -> Any:
        told = {"kind": "text", "text": "I sidste øjeblik", "version": 0, "by": secretary, "at": sitting.at}
        return actions.save_entry(sitting.items[0], uuid4(), **told)

    ended, wrote, again = at_once(adjourn, write, adjourn)
    if not isinstance(wrote, Refused) and isinstance(ended, Refused) and isinstance(again, Refused):
        sitting.do(actions.tick, sitting.items[0], True)  # what was written is read before it can end
        sitting.do(actions.adjourn, sitting.meeting)
    minutes = Minutes.objects.get()
    assert ("I sidste øjeblik" in minutes.record) is not isinstance(wrote, Refused)
    assert minutes.decoded() == composing.compose(Meeting.objects.get(pk=sitting.meeting.pk), stage="read_out")

    seen = {"sha256": minutes.sha256, "at": sitting.at}
    names = ("member", "member", "chair", "second", "member")
    told = at_once(*(lambda user=world[name]: signing.sign(minutes, user.person, by=user, **seen) for name in names))
    assert sum(isinstance(one, Refused) for one in told) == 2
    assert Signature.objects.filter(minutes=minutes).count() == 3
    assert journal.first_broken() is None


def test_nobody_signs_what_is_being_corrected(sitting: Sitting, at_once: Callable[..., list[Any]]) -> None:
    """A signature is of the newest bytes, or comes to whoever reads the next (I24)."""
    world, secretary = sitting.world, sitting.world["secretary"]
    entry = sitting.write(sitting.items[0], "Udgave 1")
    minutes = sitting.finish()
    for number in range(2, 2 + RACES // 10):  # each makes a PDF
        member, chair = world["member"], world["chair"]

        def signing_by(user: Any, minutes: Minutes = minutes) -> Callable[[], Any]:
            return lambda: signing.sign(minutes, user.person, sha256=minutes.sha256, by=user, at=sitting.at)

        def correcting(text: str, minutes: Minutes = minutes) -> Callable[[], Any]:
            return lambda: signing.correct(minutes, {entry.pk: text}, "Fejl", by=secretary, at=sitting.at)

        doings = (signing_by(member), correcting(f"Udgave {number}"), correcting("Den anden"), signing_by(chair))
        signed, one, other, also = at_once(*doings)
        assert [isinstance(told, Refused) for told in (one, other)].count(True) == 1
        made = Minutes.objects.newest().get()
        assert made.number == number
        entry.refresh_from_db()
        assert entry.text in made.record
        for told in (signed, also):  # before the correction, or refused
            assert isinstance(told, Refused) or told.minutes_id == minutes.pk
        assert not made.signatures.exists()
        minutes = made
    assert journal.first_broken() is None


def test_codes_are_counted_on_however_many_tablets(sitting: Sitting, at_once: Callable[..., list[Any]]) -> None:
    member, secretary = sitting.world["member"], sitting.world["secretary"]
    codes.set_code(member.person, "739104", "739104", by=member, at=sitting.at)
    at_once(*[lambda: codes.check(member.person, "111222", by=secretary, at=sitting.at)] * HANDS)
    assert FailedCode.objects.filter(person=member.person).count() == 5
    with pytest.raises(Refused):
        codes.check(member.person, "739104", by=secretary, at=sitting.at)
    assert journal.first_broken() is None


def test_one_seat_is_taken_once_whoever_answers_at_the_same_moment(
    world: World, at_once: Callable[..., list[Any]]
) -> None:
    told = {"by": world["secretary"], "at": world.at}
    for number in range(RACES // 5):
        group = world.found(f"Gruppe {number}", "working", world.committee)
        Organization.objects.filter(pk=group.pk).update(seats=1)
        asked = [bodies.invite(group, world[name].person, **told) for name in ("member", "second", "observer")]

        def answering(one: GroupInvitation) -> Callable[[], Any]:
            return lambda: bodies.answer_invitation(one, True, by=one.person.user, at=world.at)

        at_once(*[answering(one) for one in (*asked, asked[0])])
        assert group.memberships.seated().count() == 1
        answers = GroupInvitation.objects.filter(organization=group).values_list("answer", flat=True)
        assert sorted(answers) == ["", "", "yes"]


def test_a_note_that_is_taken_back_as_the_meeting_opens_is_a_draft_or_stands_there(
    world: World, at_once: Callable[..., list[Any]]
) -> None:
    told = {"by": world["secretary"], "at": world.at}
    group = world.found("Skrivegruppen", "writing", world.committee)
    for number in range(RACES // 5):
        note = group_notes.save(group, "Vi er i gang.", **told).note
        group_notes.hand_over(note, version=note.version, **told)
        meeting = world.sent(world.case(), days=60 - number)
        opened, _back = at_once(
            lambda meeting=meeting: actions.open_meeting(meeting, [], **told),
            lambda note=note: group_notes.take_back(note, **told),
        )
        assert not isinstance(opened, Refused)
        note.refresh_from_db()
        assert (note.meeting_id == meeting.pk) is (note.handed_at is not None)
        if note.handed_at is None:
            note.texts.all().delete()
            note.delete()


def test_two_comments_are_never_answered_by_each_other(world: World, at_once: Callable[..., list[Any]]) -> None:
    told: dict[str, Any] = {"by": world["secretary"], "at": world.at}
    for number in range(RACES // 5):
        product = products.begin(world.committee, f"Produkt {number}", **told)
        part = products.add(product, kind="text", title="Lys", text="", **told)
        deliberation.invite(product, timezone.localdate(), **told)
        one, other = (deliberation.comment(product, part, kind="support", text=text, **told) for text in ("Ja", "Jo"))

        def merge(this: Contribution, that: Contribution) -> Any:
            return answering.answer(this.product, [this], outcome="merged", merged_into=that, **told)

        came = at_once(
            lambda one=one, other=other: merge(one, other), lambda one=one, other=other: merge(other, one)
        )  # fmt: skip
        assert sum(isinstance(answer, Refused) for answer in came) == 1
        assert len(answering.unanswered(product)) == 1


def test_who_answers_an_evaluation_at_once_is_in_the_box_once(world: World, at_once: Callable[..., list[Any]]) -> None:
    """All that is in the box is written anew with each answer: none is lost by that, and none counts twice (I19)."""
    told: dict[str, Any] = {"by": world["facilitator"], "at": world.at}
    for name in ("third", "fourth"):
        world.appoint(name, "member", world.committee)
    for number in range(max(RACES // 10, 3)):
        begun = {**told, "at": world.at + timedelta(days=number)}
        evaluation = evaluating.prepare(world.committee, evaluating.our_questions(), **begun)
        evaluating.open_(evaluation, **told)

        def one_answers(name: str, evaluation: Evaluation = evaluation) -> Callable[[], Any]:
            return lambda: evaluating.answer(evaluation, Answer((3,) * 6, ("",) * 6), by=world[name])

        came = at_once(*map(one_answers, ("chair", "vice_chair", "member", "second", "third", "third")))
        assert sum(isinstance(answer, Refused) for answer in came) == 1
        assert (evaluation.box.count(), evaluation.who_answered.count()) == (5, 5)
        evaluating.give_up(evaluation, "Prøve", **told)


def test_a_hall_that_sends_at_once_is_taken_in_once_each(
    draft: Draft,  # noqa: F811
    at_once: Callable[..., list[Any]],
) -> None:
    """What comes together is one transaction: numbers without a gap, a doubled sending once, a sheet once (I36)."""
    evening = Evening(draft)
    evening.open()
    stations = [evening.station(1), evening.station(2)]
    at, sent = timezone.now(), 0
    for number in range(1, max(RACES // 10, 3) + 1):
        twice = uuid4()

        def say(text: str, station: int = 0, **more: Any) -> Callable[[], Any]:
            return lambda: saying.say(stations[station], kind="missing", text=text, at=at, **more)

        came = at_once(
            say(f"Dobbelt {number}", receipt=twice), say(f"Dobbelt {number}", receipt=twice),
            say(f"Ark {number}", sheet=str(number), by=evening.world["host"]),
            say(f"Ark {number} igen", sheet=str(number), by=evening.world["host"]),
            say(f"Ved en anden stand {number}", 1), say(""),
        )  # fmt: skip
        assert came[0].pk == came[1].pk
        assert [type(one) for one in came[2:4]].count(Blocked) == 1
        assert (came[4].station_id, type(came[5])) == (stations[1].pk, Blocked)
        sent += 3
    numbers = Contribution.objects.exclude(station=None).values_list("number", flat=True)
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + sent))
    assert journal.first_broken() is None


def test_what_two_processes_are_brought_at_once_is_taken_in_once(
    draft: Draft,  # noqa: F811
    at_once: Callable[..., list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each process gathers for itself, so here nobody gathers (I36)."""
    evening = Evening(draft)
    evening.open()
    monkeypatch.setattr(saying, "_together", lambda told: saying._take_all([told])[0])
    for number in range(1, RACES + 1):
        told = {"kind": "missing", "text": f"Dobbelt {number}", "receipt": uuid4(), "at": timezone.now()}
        came = at_once(*[lambda told=told: saying.say(evening.station(), **told)] * HANDS)
        assert len({one.pk for one in came}) == 1
    assert Contribution.objects.exclude(station=None).count() == RACES
