"""What the meeting room's own script is answered: JSON, a key that counts once, clocks, a show of hands in one step."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import Client

from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.minutes import rules
from raadslag.workspace.minutes.models import Ballot, Happening, ItemMinutes

from .conftest import World
from .test_minutes import Sitting

ZONE = ZoneInfo("Europe/Copenhagen")


@pytest.fixture
def sitting(world: World) -> Sitting:
    return Sitting(world).open("chair", "vice_chair", "member")


@pytest.fixture
def room(sitting: Sitting, browser_of: Callable[..., Client]) -> Callable[..., HttpResponse]:
    """Sends a form of the room as its script does; as a browser does with `is_form`."""
    client = browser_of("secretary")

    def send(path: str, *, is_form: bool = False, **told: str) -> HttpResponse:
        headers = {} if is_form else {"Accept": "application/json"}
        return client.post(f"/moederum/{sitting.meeting.pk}/{path}", told, headers=headers)

    return send


def starts(sitting: Sitting, hour: int) -> datetime:
    """Let the meeting be planned for that hour."""
    start = sitting.meeting.start.astimezone(ZONE).replace(hour=hour, minute=0, second=0)
    Meeting.objects.filter(pk=sitting.meeting.pk).update(start=start, end=start + timedelta(hours=2))
    return start


def at(sitting: Sitting, number: int) -> str:
    return f"punkt/{sitting.items[number].pk}/"


def test_an_outcome_is_answered_with_the_time_and_where_to_go(sitting: Sitting, room: Any) -> None:
    answer = room(at(sitting, 0) + "udfald/", outcome="noted")
    assert (answer.status_code, answer.json()["to"]) == (200, f"/moederum/{sitting.meeting.pk}/{at(sitting, 0)}")
    assert re.fullmatch(r"\d\d\.\d\d\.\d\d", answer.json()["at"])
    refused = room(at(sitting, 0) + "udfald/", outcome="nonsense")
    assert (refused.status_code, refused.json()["refused"]) == (422, ["Vælg et udfald."])
    assert ItemMinutes.objects.get(item=sitting.items[0]).outcome == "noted"
    assert room(at(sitting, 0) + "udfald/", is_form=True, outcome="nonsense").status_code == 302


def test_what_is_sent_twice_happens_once_and_is_answered_twice(world: World, sitting: Sitting, room: Any) -> None:
    told = {"person": str(world["second"].person.pk), "kind": "arrived", "clock": "17.20", "once": "k1"}
    first, second = room("tilstede/", **told), room("tilstede/", **told)
    assert (first.status_code, second.status_code) == (200, 200)
    assert "refused" not in second.json()
    assert sitting.meeting.happenings.filter(person=world["second"].person).count() == 1
    other_key = room("tilstede/", **{**told, "once": "k2"})
    assert other_key.json()["refused"] == ["Sådan er det allerede."]


@pytest.mark.parametrize("typed", ["25.00", "17.75", "ved sekstiden"])
def test_what_is_no_clock_is_refused_and_not_taken_for_now(world: World, sitting: Sitting, room: Any, typed: str
                                                           ) -> None:  # fmt: skip
    answer = room("tilstede/", person=str(world["second"].person.pk), kind="arrived", clock=typed)
    assert answer.json()["refused"] == ["Skriv tiden som 17.20."]
    assert not sitting.meeting.happenings.filter(person=world["second"].person).exists()


def test_an_item_is_begun_at_the_clock_that_is_told(sitting: Sitting, room: Any) -> None:
    assert room(at(sitting, 1) + "begynd/", clock="18.52").status_code == 200
    begun = sitting.meeting.happenings.filter(kind=Happening.Kind.ITEM).last()
    local = begun.at.astimezone(ZONE)
    assert (begun.item_id, f"{local:%H.%M}") == (sitting.items[1].pk, "18.52")
    assert local.date() == sitting.meeting.start.astimezone(ZONE).date()
    assert rules.attendance_of(sitting.meeting).room.item == str(sitting.items[1].pk)


def test_after_midnight_it_is_the_next_day(sitting: Sitting, room: Any) -> None:
    start = starts(sitting, 20)
    room(at(sitting, 1) + "begynd/", clock="00.10")
    begun = sitting.meeting.happenings.filter(kind=Happening.Kind.ITEM).last()
    assert (begun.at.astimezone(ZONE).date() - start.date()).days == 1


def test_a_show_of_hands_is_drafted_opened_and_closed_in_one_step(sitting: Sitting, room: Any) -> None:
    told = {"question": "Træerne plantes.", "way": "hands", "for": "2", "against": "1", "abstained": "0"}
    assert room(at(sitting, 0) + "afstemning/", **told).status_code == 200
    ballot = Ballot.objects.get()
    assert (ballot.state, ballot.counts) == (Ballot.State.CLOSED, [2, 1, 0, 0])


@pytest.mark.parametrize(
    "told", [{"for": "9"}, {"for": "2", "against": "mange"}, {"for": "2", "against": "1", "item": "1"}]
)
def test_a_show_of_hands_that_cannot_be_leaves_nothing(sitting: Sitting, room: Any, told: dict[str, str]) -> None:
    number = int(told.pop("item", "0"))  # the second is not at hand
    told = {"question": "Træerne plantes.", "way": "hands", "abstained": "0", "once": "k1", **told}
    before = JournalEntry.objects.count()
    answer = room(at(sitting, number) + "afstemning/", **told)
    assert answer.status_code == 422
    assert not Ballot.objects.exists()
    assert JournalEntry.objects.count() == before
    corrected = {**told, "for": "2", "against": "1"}
    assert room(at(sitting, 0) + "afstemning/", **corrected).status_code == 200  # the key was not used up


def test_a_ballot_without_numbers_is_opened(sitting: Sitting, room: Any) -> None:
    room(at(sitting, 0) + "afstemning/", question="Træerne plantes.", way="hands", abstained="0")
    assert Ballot.objects.get().state == Ballot.State.OPEN


def test_a_closed_item_that_stays_open_on_the_screen_is_noted_once(sitting: Sitting, browser_of: Any) -> None:
    client, address = browser_of("secretary"), f"/moederum/{sitting.meeting.pk}/{at(sitting, 1)}"
    for _ in range(3):
        assert client.get(address).status_code == 200
    assert JournalEntry.objects.filter(kind="files.ClosedRead").count() == 1
    browser_of("secretary").get(f"/moederum/{sitting.meeting.pk}/{at(sitting, 0)}")  # an open one is not noted
    assert JournalEntry.objects.filter(kind="files.ClosedRead").count() == 1


def test_the_agenda_shows_how_late_the_item_was_begun(sitting: Sitting, room: Any, browser_of: Any) -> None:
    starts(sitting, 17)
    client, address = browser_of("secretary"), f"/moederum/{sitting.meeting.pk}/{at(sitting, 0)}"
    room(at(sitting, 0) + "begynd/", clock="17.00")
    assert "data-drift" not in client.get(address).content.decode()
    room(at(sitting, 0) + "begynd/", clock="17.06")
    assert "+6 min." in client.get(address).content.decode()
