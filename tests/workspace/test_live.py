"""Many who follow a meeting: each is told at once, nobody twice, and while nothing happens it costs next to nothing."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.minutes import actions, live

from .conftest import World
from .test_minutes import Sitting

FOLLOWERS = 8

pytestmark = pytest.mark.django_db(transaction=True)


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


class Followers:
    """Some who follow as the chair does, and what each was told."""

    def __init__(self, sitting: Sitting, session: str) -> None:
        self.sitting, self.session = sitting, session
        self.told: list[list[str]] = [[] for _ in range(FOLLOWERS)]

    async def follow(self, one: int) -> None:
        """Until the line is closed."""
        world, meeting = self.sitting.world, self.sitting.meeting
        after = await aside(live.newest, meeting)
        async for event in live.follow(meeting.pk, world["chair"].pk, self.session, "low", after):
            self.told[one].append(event)

    def events(self, one: int) -> list[str]:
        """What told of something."""
        return [event for event in self.told[one] if event.startswith(("id:", "event:"))]

    async def until(self, count: int) -> None:
        """Everyone has been told that many events; waited for."""
        async with asyncio.timeout(20):
            while any(len(self.events(one)) < count for one in range(FOLLOWERS)):
                await asyncio.sleep(0.02)


def test_all_are_told_at_once_and_silence_costs_one_look(sitting: Sitting, browser_of: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(connections["default"].settings_dict, "CONN_MAX_AGE", 0)  # each look leaves none behind, too
    looks, lock = Counter[str](), threading.Lock()

    def counted(name: str) -> None:
        plain = getattr(live, name)

        def called(*told: Any) -> Any:
            with lock:
                looks[name] += 1
            return plain(*told)

        monkeypatch.setattr(live, name, called)

    counted("news")
    counted("_head")
    world = sitting.world
    seat = world.committee.memberships.get(person=world["chair"].person)
    followers = Followers(sitting, browser_of("chair").session.session_key)

    async def play() -> None:
        lines = [asyncio.create_task(followers.follow(one)) for one in range(FOLLOWERS)]
        await asyncio.sleep(2)
        before = looks["news"]
        await asyncio.sleep(2)
        assert looks["news"] == before  # nothing happened, and nobody asked
        assert 2 <= looks["_head"] <= 60  # one looked for all

        for text in ("Først", "Så"):
            await aside(sitting.write, sitting.items[0], text)
        await followers.until(2)
        assert all(len(set(followers.events(one))) == 2 for one in range(FOLLOWERS))

        ending = {"on": world.at.date().replace(year=2021), "by": world.administrator, "at": sitting.at}
        await aside(lambda: bodies.end_membership(seat, **ending))
        await aside(sitting.write, sitting.items[0], "Efter at retten ophørte")
        await asyncio.wait_for(asyncio.gather(*lines), 20)  # the lines end by themselves
        assert all(followers.events(one)[2:] == ["event: gone\ndata:\n\n"] for one in range(FOLLOWERS))

    asyncio.run(play())


def test_a_look_costs_the_same_however_long_the_agenda_is(world: World, browser_of: Any) -> None:
    session = browser_of("chair").session.session_key
    costs = set()
    for number in (1, 6):
        meeting = world.sent(*(world.case(f"Sag {number} {one}") for one in range(number)), days=30 + number)
        actions.open_meeting(meeting, [world["chair"].person.pk], by=world["secretary"], at=world.at)
        with CaptureQueriesContext(connection) as asked:
            assert live.news(meeting.pk, world["chair"].pk, session, "low", 0)
        costs.add(len(asked))
    assert len(costs) == 1
