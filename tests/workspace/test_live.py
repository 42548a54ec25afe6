"""Many who follow a meeting: each is told at once, nobody twice, and while nothing happens it costs next to nothing."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, connections
from django.test.utils import CaptureQueriesContext

from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.models import Membership, Role
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.subjects import of_meeting, of_meeting_for
from raadslag.workspace.minutes import actions, live
from raadslag.workspace.people.actions import set_active
from raadslag.workspace.people.models import Person, User

from . import loops
from .conftest import LONG_AGO, World
from .test_minutes import Sitting

GONE = "event: gone\ndata:"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look leaves no connection behind."""
    monkeypatch.setitem(connections["default"].settings_dict, "CONN_MAX_AGE", 0)


@pytest.fixture
def sitting(world: World) -> Sitting:
    return Sitting(world).open()


async def aside(doing: Any, *told: Any) -> Any:
    """Do it in a thread, and leave no connection behind."""

    def done() -> Any:
        try:
            return doing(*told)
        finally:
            connections.close_all()

    return await asyncio.to_thread(done)


class Screens:
    """Those who follow, each in a login of his own, and what each was told."""

    def __init__(self, sitting: Sitting, browser_of: Any, names: Iterable[str]) -> None:
        self.sitting, self.after = sitting, live.newest(sitting.meeting)
        self.logins = [(name, browser_of(name).session.session_key) for name in names]
        self.told: list[list[str]] = [[] for _ in self.logins]
        self.only_ballots = False

    async def follow(self, one: int) -> None:
        """Until the line is closed."""
        name, session = self.logins[one]
        user, meeting = self.sitting.world[name].pk, self.sitting.meeting.pk
        told = live.follow(meeting, user, session, "low", self.after, only_ballots=self.only_ballots)
        async for some in told:
            self.told[one] += [event for event in some.split("\n\n") if event.startswith(("id:", "event:"))]

    async def until(self, count: int, *those: int) -> None:
        """Everyone, or those, have been told that many events; waited for."""
        async with asyncio.timeout(20):
            while any(len(self.told[one]) < count for one in those or range(len(self.told))):
                await asyncio.sleep(0.02)

    def play(self, course: Callable[[list[asyncio.Task[None]]], Awaitable[None]]) -> None:
        """Let them all follow while `course`, which is given their lines, is played."""

        async def played() -> None:
            lines = [asyncio.create_task(self.follow(one)) for one in range(len(self.logins))]
            await asyncio.sleep(0.5)
            await course(lines)
            for line in lines:
                line.cancel()
            await asyncio.gather(*lines, return_exceptions=True)

        loops.run(played())


def test_all_are_told_at_once_and_silence_costs_one_look(sitting: Sitting, browser_of: Any, monkeypatch: Any) -> None:
    looks, lock = Counter[str](), threading.Lock()

    def counted(owner: Any, name: str) -> None:
        plain = getattr(owner, name)

        def called(*told: Any) -> Any:
            with lock:
                looks[name] += 1
            return plain(*told)

        monkeypatch.setattr(owner, name, called)

    counted(live, "news")
    counted(live.journal, "head")
    world = sitting.world
    seat = world.committee.memberships.get(person=world["chair"].person)
    screens = Screens(sitting, browser_of, ["chair"] * 8)

    async def course(lines: list[asyncio.Task[None]]) -> None:
        await asyncio.sleep(1.5)
        before = looks["news"]
        await asyncio.sleep(2)
        assert looks["news"] == before  # nothing happened, and nobody asked
        assert 2 <= looks["head"] <= 4 / live.PAUSE  # one looked for all

        for text in ("Først", "Så"):
            await aside(sitting.write, sitting.items[0], text)
        await screens.until(2)
        assert all(len(set(told)) == 2 for told in screens.told)
        assert looks["news"] <= before + 2

        ending = {"on": world.at.date().replace(year=2021), "by": world.administrator, "at": sitting.at}
        await aside(lambda: bodies.end_membership(seat, **ending))
        await aside(sitting.write, sitting.items[0], "Efter at retten ophørte")
        await asyncio.wait_for(asyncio.gather(*lines), 20)  # the lines end by themselves
        assert all(told[2:] == [GONE] for told in screens.told)

    screens.play(course)


def test_a_phone_is_told_of_ballots_alone_and_that_its_right_has_ended(sitting: Sitting, browser_of: Any) -> None:
    screens = Screens(sitting, browser_of, ["chair", "member"])
    screens.only_ballots = True

    def end() -> None:
        Session.objects.get(session_key=screens.logins[0][1]).delete()
        sitting.write(sitting.items[0], "Efter at retten ophørte")

    def vote() -> None:
        drafted = sitting.do(actions.draft_ballot, sitting.items[0], "Træerne plantes.", way="names")
        sitting.do(actions.open_ballot, drafted)

    async def course(lines: list[asyncio.Task[None]]) -> None:
        for number in range(3):
            await aside(sitting.write, sitting.items[0], f"Ord {number}")
        await asyncio.sleep(1)
        assert screens.told == [[], []]
        await aside(vote)
        await screens.until(1)
        assert all(told[0].split("\n")[1] == "event: ballot" for told in screens.told)
        await aside(end)
        await asyncio.wait_for(lines[0], 20)
        assert screens.told[0][-1] == GONE
        assert GONE not in screens.told[1]

    screens.play(course)


def test_whose_right_ends_is_told_that_and_no_more_and_the_others_go_on(sitting: Sitting, browser_of: Any) -> None:
    """I11: a role, a login and an account end while their lines are open."""
    world = sitting.world
    screens = Screens(sitting, browser_of, ["chair", "member", "second", "vice_chair", "councillor"])
    seat = world.committee.memberships.get(person=world["chair"].person)
    told = {"by": world.administrator, "at": sitting.at}

    def end() -> None:
        Session.objects.get(session_key=screens.logins[1][1]).delete()
        set_active(world["second"], False, **told)
        bodies.end_membership(seat, on=world.at.date().replace(year=2021), **told)
        sitting.write(sitting.items[0], "Efter at retten ophørte")

    async def course(lines: list[asyncio.Task[None]]) -> None:
        await aside(sitting.write, sitting.items[0], "Først")
        await screens.until(1)
        await aside(end)
        await screens.until(2)
        await asyncio.wait_for(asyncio.gather(*lines[:3]), 20)
        await aside(sitting.write, sitting.items[0], "Til sidst")
        await screens.until(3, 3, 4)
        assert [[event == GONE for event in told] for told in screens.told] == [
            [False, True], [False, True], [False, True], [False] * 3, [False] * 3,
        ]  # fmt: skip
        assert screens.told[3] == screens.told[4]

    screens.play(course)


def test_when_the_meeting_is_over_nobody_follows_it(sitting: Sitting, browser_of: Any) -> None:
    screens = Screens(sitting, browser_of, ["chair", "secretary", "councillor"])

    async def course(lines: list[asyncio.Task[None]]) -> None:
        await aside(sitting.finish)
        await asyncio.wait_for(asyncio.gather(*lines), 20)
        assert all(told[-1] == GONE for told in screens.told)

    screens.play(course)


def test_a_right_is_asked_again_although_nothing_happens(
    sitting: Sitting, browser_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LONGEST", 0.3)
    screens = Screens(sitting, browser_of, ["chair", "member"])

    async def course(lines: list[asyncio.Task[None]]) -> None:
        await aside(lambda: Session.objects.get(session_key=screens.logins[0][1]).delete())
        await asyncio.wait_for(lines[0], 20)
        assert screens.told == [[GONE], []]
        assert not lines[1].done()

    screens.play(course)


def test_a_fault_of_the_database_tells_nobody_anything_and_is_gone_through(
    sitting: Sitting, browser_of: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "AFTER_A_FAULT", 0.05)
    faults = {"head": 2, "of_meeting_for": 2}

    def failing(owner: Any, name: str) -> None:
        plain = getattr(owner, name)

        def called(*told: Any) -> Any:
            if faults[name]:
                faults[name] -= 1
                raise OperationalError
            return plain(*told)

        monkeypatch.setattr(owner, name, called)

    screens = Screens(sitting, browser_of, ["chair", "member"])

    async def course(lines: list[asyncio.Task[None]]) -> None:
        failing(live.journal, "head")
        failing(live, "of_meeting_for")
        await aside(sitting.write, sitting.items[0], "Nyt")
        await screens.until(1)
        assert not any(faults.values())
        assert [len(told) for told in screens.told] == [1, 1]
        assert len(caplog.records) == 4

    screens.play(course)


def test_a_fault_in_the_check_of_one_closes_his_line_alone(
    sitting: Sitting, browser_of: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """I3."""
    plain = live.is_allowed

    def failing(route: str, subject: Any, level: str) -> bool:
        if "vice_chair" in subject.roles:
            raise ValueError
        return plain(route, subject, level)

    monkeypatch.setattr(live, "is_allowed", failing)
    screens = Screens(sitting, browser_of, ["vice_chair", "member"])

    async def course(lines: list[asyncio.Task[None]]) -> None:
        await aside(sitting.write, sitting.items[0], "Nyt")
        await asyncio.wait_for(lines[0], 20)
        await screens.until(1)
        assert screens.told[0] == [GONE]
        assert screens.told[1][0].startswith("id:")
        assert caplog.records

    screens.play(course)


def test_what_is_asked_for_many_is_what_is_asked_for_each(world: World) -> None:
    meeting = world.sent(world.case())
    meetings.reply(meeting, world["member"].person, "apology", by=world["member"], at=world.at)
    meetings.call_substitute(meeting, world["member"].person, by=world["secretary"], at=world.at)
    set_active(world["second"], False, by=world.administrator, at=world.at)
    many = of_meeting_for(list(User.objects.all()), meeting)
    each = {user.pk: of_meeting(user, meeting) for user in User.objects.all()}
    assert many == each
    assert "called" in many[world["substitute"].pk].roles
    assert not many[world["second"].pk].roles


def test_a_look_costs_the_same_however_long_the_agenda_is_and_however_many_follow(
    world: World, browser_of: Any
) -> None:
    people = Person.objects.bulk_create(Person(name=f"Prøve {number}") for number in range(50))
    users = User.objects.bulk_create(User(email=f"{one.pk}@example.org", person=one) for one in people)
    Membership.objects.bulk_create(
        Membership(organization=world.committee, person=one, role=Role.OBSERVER, start=LONG_AGO) for one in people
    )
    session = browser_of("chair").session.session_key
    costs = set()
    for number in (1, 6):
        meeting = world.sent(*(world.case(f"Sag {number} {one}") for one in range(number)), days=30 + number)
        actions.open_meeting(meeting, [world["chair"].person.pk], by=world["secretary"], at=world.at)
        for some in (users[:1], users):
            followers = [live.Follower(meeting.pk, one.pk, session, "low", 0) for one in some]
            with CaptureQueriesContext(connection) as asked:
                told = live.news(meeting.pk, followers)
            assert all(told[one] for one in followers)
            costs.add(len(asked))
    assert len(costs) == 1


def test_who_was_away_is_told_the_newest(sitting: Sitting, browser_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of them lets a page ask for all that is new; a long absence is not made up for line by line."""
    monkeypatch.setattr(live, "_MOST", 3)
    session = browser_of("chair").session.session_key
    before = live.newest(sitting.meeting)
    for number in range(5):
        sitting.write(sitting.items[0], f"{number}")
    last = live.newest(sitting.meeting)
    afters = (0, before, last - 1, last)
    followers = [
        live.Follower(sitting.meeting.pk, sitting.world["chair"].pk, session, "low", after) for after in afters
    ]
    told = live.news(sitting.meeting.pk, followers)
    newest = [(last - 1, "changed"), (last, "changed")]
    assert [told[one] for one in followers] == [[(last - 2, "ballot"), *newest]] * 2 + [newest[1:], []]


def test_that_a_vote_begins_is_told_apart_from_all_else(sitting: Sitting, browser_of: Any) -> None:
    session, before = browser_of("chair").session.session_key, live.newest(sitting.meeting)
    sitting.write(sitting.items[0], "Et ord")
    chair = sitting.world["chair"]
    ballot = sitting.do(actions.draft_ballot, sitting.items[0], "Træerne plantes.", way="names")
    sitting.do(actions.open_ballot, ballot)
    sitting.do(actions.vote, ballot, chair.person, "for", by=chair)
    follower = live.Follower(sitting.meeting.pk, sitting.world["chair"].pk, session, "low", before)
    phone = live.Follower(sitting.meeting.pk, chair.pk, session, "low", before, only_ballots=True)
    answers = live.news(sitting.meeting.pk, [follower, phone])
    told = answers[follower]
    assert told
    assert answers[phone] == [entry for entry in told if entry[1] == "ballot"]
    kinds = [JournalEntry.objects.get(number=number).kind.partition(".")[2] for number, _ in told]
    assert list(zip(kinds, (what for _, what in told), strict=True)) == [
        ("EntrySaved", "changed"), ("BallotMoved", "ballot"), ("BallotMoved", "ballot"), ("Voted", "changed"),
    ]  # fmt: skip
