"""A deliberation at a meeting: its rounds, what is said at its stations, and how it comes into the minutes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.common.errors import Blocked, Conflict, NotPermitted
from raadslag.workspace.common.models import Answered, JournalEntry
from raadslag.workspace.deliberation import answering, tracing
from raadslag.workspace.deliberation.models import (
    Card,
    Contribution,
    EvidenceGap,
    Guest,
    Round,
    Session,
    Station,
    Wish,
)
from raadslag.workspace.deliberation.sessions import actions, board, codes, methods, saying, seating, station_views
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.minutes import composing
from raadslag.workspace.minutes.models import Entry
from raadslag.workspace.products import actions as products

from .conftest import World
from .test_products import Draft, draft  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
Page = Callable[..., Client]


class Evening:
    """A meeting that is being held, with two rounds at stations prepared for its draft."""

    def __init__(self, draft: Draft) -> None:  # noqa: F811
        self.world, self.product, self.at = draft.world, draft.product, draft.world.at
        for title in ("Ensomhed", "Karakter"):
            draft.add(title, f"Om {title.lower()}.", kind="focus_area")
        for title in ("Netværk", "Indsatser"):
            draft.add(title, f"Om {title.lower()}.", kind="theme")
        self.meeting = self.world.sent(self.world.case("Femte møde"))
        self.item: AgendaItem = composing.items_of(self.meeting)[0]
        self.session: Session = self.do(
            actions.prepare, self.meeting, self.product, methods.of_template("two-rounds"), method="To runder",
            by=self.world["facilitator"],
        )  # fmt: skip

    def do(self, action: Any, *arguments: Any, **more: Any) -> Any:
        """Call an action a second later, as the secretary."""
        self.at += timedelta(seconds=1)
        return action(*arguments, by=more.pop("by", self.world["secretary"]), at=self.at, **more)

    def open(self, number: int = 2) -> Round:
        """Open the meeting and that round of it; the second is the first at stations."""
        if self.meeting.state == "sent":
            present = [self.world[name].person.pk for name in ("chair", "vice_chair", "member", "second")]
            self.do(minutes.open_meeting, self.meeting, present)
            self.meeting.refresh_from_db()
        return self.do(actions.open_round, self.round(number))

    def round(self, number: int) -> Round:
        return self.session.rounds.get(number=number)

    def station(self, number: int = 1, of: int = 2) -> Station:
        found = Station.objects.select_related("round__session__product", "element")
        return found.get(round=self.round(of), number=number)

    def session_wishes(self) -> list[Wish]:
        return list(Wish.objects.filter(round__session=self.session).select_related("round"))

    def say(self, text: str = "Der mangler lys.", station: Station | None = None, **more: Any) -> Contribution:
        told = {"kind": "missing", "text": text, "speaker": "Gruppe A", "at": self.at, **more}
        return saying.say(station or self.station(), **told)


@pytest.fixture
def evening(draft: Draft) -> Evening:  # noqa: F811
    return Evening(draft)


# --- methods, rounds, stations ---


def test_the_five_methods_are_data_and_become_ones_own(world: World) -> None:
    assert list(methods.TEMPLATES) == ["two-rounds", "world-cafe", "one-two-four-all", "open-space", "agreement"]
    plans = {key: [(one.kind, one.minutes) for one in methods.of_template(key).rounds] for key in methods.TEMPLATES}
    assert plans["two-rounds"] == [("talk", 15), ("stations", 25), ("stations", 30), ("plenary", 20)]
    assert [minutes for _kind, minutes in plans["one-two-four-all"]] == [1, 2, 4, 5]
    own = actions.save_method(
        world.body, None, name="Vores", plan=methods.of_template("world-cafe"), by=world["secretary"], at=world.at
    )  # fmt: skip
    assert methods.checked(own.plan) == methods.of_template("world-cafe")


@pytest.mark.parametrize("told", [
    {}, {"rounds": []}, {"rounds": [{"kind": "dans", "title": "x", "minutes": 5}]},
    {"rounds": [{"kind": "talk", "title": " ", "minutes": 5}]},
    {"rounds": [{"kind": "talk", "title": "x", "minutes": 0}]},
    {"rounds": [{"kind": "talk", "title": "x", "minutes": 5, "more": 1}]},
])  # fmt: skip
def test_a_plan_that_is_none_is_refused(told: Any) -> None:
    with pytest.raises(ValueError, match=r"round|Expected|Object"):
        methods.checked(told)


def test_stations_stand_for_the_parts_of_the_draft(evening: Evening) -> None:
    told = [(one.number, one.label, one.kind, [station.title for station in one.stations.all()])
            for one in evening.session.rounds.all()]  # fmt: skip
    assert told == [
        (1, None, "talk", ["Samtale i små grupper"]), (2, 1, "stations", ["Ensomhed", "Karakter"]),
        (3, 2, "stations", ["Netværk", "Indsatser"]), (4, None, "plenary", []),
    ]  # fmt: skip
    every = list(Station.objects.values_list("code", flat=True))
    assert len(set(every)) == 5
    assert all(codes.heard(code.lower()) == code for code in every)
    assert (evening.station(2).sheet, evening.station(2, of=3).sheet) == ("S2-R1", "S2-R2")


def test_rounds_come_one_at_a_time_while_the_meeting_is_held(evening: Evening) -> None:
    with pytest.raises(Blocked, match="mødet først"):
        evening.do(actions.open_round, evening.round(2))
    evening.open(2)
    with pytest.raises(Blocked, match="først"):
        evening.do(actions.open_round, evening.round(3))
    one = evening.do(actions.prolong, evening.round(2))
    assert one.ends_at == one.opened_at + timedelta(minutes=27)
    with pytest.raises(Blocked, match="begyndt"):
        evening.do(actions.set_station, evening.station(), {"question": "Noget andet?"})
    evening.do(actions.set_station, evening.station(), {"host": evening.world["host"].person, "seats": 9})
    assert evening.station().seats == 9
    evening.do(actions.close_round, evening.round(2))
    evening.do(actions.open_round, evening.round(3))
    with pytest.raises(Blocked, match="begyndt"):
        evening.do(actions.prepare, evening.meeting, evening.product, methods.of_template("world-cafe"), method="Café")


def test_a_session_that_has_not_begun_gives_way_to_another(evening: Evening) -> None:
    plan = methods.of_template("world-cafe")
    other = evening.do(actions.prepare, evening.meeting, evening.product, plan, method="Café")
    assert not Session.objects.exclude(pk=other.pk).exists()
    assert [one.stations.count() for one in other.rounds.all()] == [4, 4, 4, 0]


def test_codes_are_given_back_and_come_anew(evening: Evening) -> None:
    evening.open(2)
    with pytest.raises(Blocked, match="i gang"):
        evening.do(actions.close, evening.session)
    evening.do(actions.close_round, evening.round(2))
    before = evening.station().code
    evening.do(actions.close, evening.session)
    assert not Station.objects.exclude(code=None).exists()
    evening.do(actions.reopen, evening.session)
    assert evening.station().code not in (None, "")
    assert evening.station().code != before


# --- who sits where ---


def test_seats_follow_wishes_as_far_as_there_are_any() -> None:
    wishes = {"a": ["x", "y"], "b": ["x", "z"], "c": ["x"], "d": []}
    given = seating.balanced(list("abcd"), wishes, {"x": 1, "y": 1, "z": 1, "w": 1})
    assert given == {"a": "y", "b": "z", "c": "x", "d": "w"}
    assert seating.balanced(["a", "b"], {}, {"x": 1, "y": 0}) in ({"a": "x"}, {"b": "x"})
    assert seating.balanced([], {}, {"x": 1}) == {}
    assert seating.balanced(["a"], {}, {"x": -2}) == {}


def test_without_wishes_the_places_fill_evenly() -> None:
    given = seating.balanced(range(11), {}, dict.fromkeys("wxyz", 6))
    assert sorted(list(given.values()).count(place) for place in "wxyz") == [2, 3, 3, 3]


def test_nobody_who_has_chosen_is_moved(evening: Evening) -> None:
    one = evening.round(2)
    first, second = one.stations.all()
    member, chair = evening.world["member"].person, evening.world["chair"].person
    evening.do(actions.wish, one, member, [second, first], by=evening.world["member"])
    evening.do(actions.seat, one, chair, second)
    evening.do(actions.balance, one)
    sits = {seat.person_id: seat.station for seat in one.seated.select_related("station")}
    assert (sits[chair.pk], sits[member.pk]) == (second, second)
    evening.do(actions.balance, one)
    assert one.seated.get(person=chair).is_chosen
    with pytest.raises(NotPermitted):
        evening.do(actions.wish, one, member, [evening.station(of=3)])


# --- what is said ---


def test_a_thought_is_numbered_with_its_part_and_taken_in_once(evening: Evening) -> None:
    evening.open()
    name = uuid4()
    first = evening.say(receipt=name)
    again = evening.say(receipt=name)
    other = evening.say("Noget andet.", receipt=name)
    assert (first.name, first.title, first.who, again.pk) == ("K-01", "Ensomhed", "Gruppe A", first.pk)
    assert (other.name, other.receipt != name) == ("K-02", True)
    told = JournalEntry.objects.filter(kind="deliberation.ContributionReceived")
    assert [(row.by, row.values["number"]) for row in told.order_by("number")] == [("station", 1), ("station", 2)]


def test_paper_counts_as_much_for_a_day(evening: Evening) -> None:
    evening.open()
    evening.do(actions.close_round, evening.round(2))
    one = evening.say("På papir.", sheet="3", by=evening.world["host"])
    assert (one.sheet, one.is_late) == ("S1-R1-03", False)
    with pytest.raises(Blocked, match="S1-R1-03"):
        evening.say("Igen.", sheet="s1-r1-3")
    with pytest.raises(Blocked, match="S1-R1-01"):
        evening.say("Uden tal.", sheet="tre")
    evening.at += timedelta(hours=25)
    with pytest.raises(Blocked, match="ikke åben"):
        evening.say("For sent.", sheet="4")


def test_what_could_not_be_sent_in_time_comes_late_and_says_so(evening: Evening) -> None:
    evening.open()
    evening.do(actions.close_round, evening.round(2))
    assert evening.say().is_late


@pytest.mark.parametrize(("more", "words"), [
    ({"text": "  "}, "Skriv"), ({"kind": "vrede"}, "slags"), ({"text": "x" * 4001}, "4000"), ({"stance": "ja"}, "enig"),
])  # fmt: skip
def test_what_is_no_thought_is_refused_with_reasons(evening: Evening, more: dict[str, str], words: str) -> None:
    evening.open()
    with pytest.raises(Blocked, match=words):
        evening.say(**more)
    assert not Contribution.objects.exists()


def test_a_thought_is_hidden_for_a_reason_and_kept(evening: Evening) -> None:
    evening.open()
    one = evening.say()
    with pytest.raises(Blocked):
        evening.do(saying.hide, one, " ")
    evening.do(saying.hide, one, "Navngiver en nabo")
    assert not saying.said_at(evening.session).exists()
    one.refresh_from_db()
    assert (one.text, one.hidden_because) == ("Der mangler lys.", "Navngiver en nabo")
    evening.do(saying.show, one)
    assert saying.said_at(evening.session).get() == one
    kinds = list(JournalEntry.objects.filter(kind="deliberation.ContributionHidden").values_list("values", flat=True))
    assert [told["is_hidden"] for told in kinds] == [True, False]


# --- the phone ---


def address(station: Station, name: str = "station") -> str:
    return reverse(f"sessions:{name}", args=[station.code])


def thought(**more: Any) -> dict[str, Any]:
    return {"kind": "missing", "text": "Lys på stien.", "who": "group", "thought": str(uuid4()), **more}


def test_a_phone_gives_a_thought_without_an_account_and_finds_it_again(evening: Evening, client: Client) -> None:
    evening.open()
    station = evening.station()
    page = client.get(address(station).replace(station.code, station.code.lower()))
    assert page.status_code == 200
    assert "Om ensomhed." in page.text
    assert "Netværk" not in page.text
    sent = client.post(address(station), thought(), follow=True)
    assert "Vi har modtaget K-01." in sent.text
    one = Contribution.objects.get()
    assert (one.by, one.who, one.guest.station) == (None, "Gruppe A", station)
    evening.do(answering.answer, evening.product, [one], outcome="not", text="Det hører til vejloven.")
    answered = client.get(reverse("sessions:receipt", args=[one.receipt]))
    assert "Det hører til vejloven." in answered.text
    assert "Lys på stien." in answered.text
    assert Guest.objects.count() == 1


def test_who_has_logged_in_may_sign(evening: Evening, browser_of: Page) -> None:
    evening.open()
    member = browser_of("member")
    member.post(address(evening.station()), thought(who="me", me=evening.world["member"].pk))
    browser_of("user").post(address(evening.station()), thought(who="me"))
    assert [one.by for one in Contribution.objects.all()] == [evening.world["member"], None]


def test_a_code_that_opens_nothing_is_answered_as_one_that_never_was(evening: Evening, client: Client) -> None:
    station = evening.station()
    never = next(code for code in ("BABU", "DEDU", "FIFO") if not Station.objects.filter(code=code).exists())
    told = [client.get(f"/s/{code}/") for code in (station.code, never)]
    assert [page.status_code for page in told] == [404, 404]
    without = [re.sub(f'{code}|value="[^"]{{64}}"', "", page.text)
               for page, code in zip(told, (station.code, never), strict=True)]  # fmt: skip
    assert without[0] == without[1]
    nows = [client.get(f"/s/{code}/nu/") for code in (station.code, never)]
    assert nows[0].content == nows[1].content


def test_a_phone_that_was_there_brings_in_what_it_could_not_send(evening: Evening, client: Client) -> None:
    evening.open()
    station = evening.station()
    client.get(address(station))
    evening.do(actions.close_round, evening.round(2))
    evening.do(actions.open_round, evening.round(3))
    sent = client.post(address(station), thought(station=station.pk), headers={"accept": "application/json"})
    assert sent.json()["name"] == "K-01"
    assert Contribution.objects.get().is_late
    stranger = Client().post(address(station), thought(station=station.pk), headers={"accept": "application/json"})
    assert (stranger.status_code, Contribution.objects.count()) == (410, 1)
    evening.do(actions.close_round, evening.round(3))
    evening.do(actions.close, evening.session)
    told = {**thought(station=station.pk), "text": "Endnu en."}
    assert client.post(address(station), told, headers={"accept": "application/json"}).json()["name"] == "K-02"


def test_guessing_and_flooding_are_slowed_down_and_no_word_is_lost(evening: Evening, client: Client,
                                                                     monkeypatch: Any) -> None:  # fmt: skip
    evening.open()
    monkeypatch.setattr(station_views, "_clock", lambda: 0.0)
    monkeypatch.setattr(station_views, "_THOUGHTS", station_views.Limiter(rate=1, burst=3))
    monkeypatch.setattr(station_views, "_STRANGERS", station_views.Limiter(rate=1, burst=3))
    monkeypatch.setattr(station_views, "_ARRIVALS", station_views.Limiter(rate=1, burst=3))
    monkeypatch.setattr(station_views, "_TRIES", station_views.Limiter(rate=1, burst=2))
    station = evening.station()
    told = [client.post(address(station), thought(text=f"Nr. {number}")) for number in range(5)]
    assert [answer.status_code for answer in told] == [302, 302, 302, 429, 429]
    assert "Nr. 4" in told[4].text
    assert Contribution.objects.count() == 3
    guesses = [client.get(f"/s/{code}/").status_code for code in ("XXXX", "YYYY", "ZZZZ")]
    assert guesses == [404, 404, 429]
    assert client.get(address(station)).status_code == 200


def test_a_refused_sheet_leaves_the_form_s_key_and_the_words_come_in_the_second_time(
    evening: Evening, browser_of: Page
) -> None:
    evening.open()
    station = evening.station()
    evening.do(actions.set_station, station, {"host": evening.world["host"].person}, by=evening.world["facilitator"])
    evening.say("Fra arket.", sheet="1", by=evening.world["host"])
    page, key = browser_of("host"), uuid4().hex
    to = reverse("sessions:host", args=[evening.session.pk, station.pk])
    told = {"kind": "missing", "text": "Fra et andet ark.", "who": "group", "once": key}
    assert page.post(to, {**told, "sheet": "1"}).status_code == 422
    again = page.post(to, {**told, "sheet": "2"})
    assert (again.status_code, again["Location"]) == (302, to)
    assert Contribution.objects.filter(text="Fra et andet ark.", sheet="S1-R1-02").count() == 1


def test_a_stranger_writes_nothing_and_hears_the_same_of_a_code_to_come_as_of_none(
    evening: Evening, client: Client
) -> None:
    evening.open()
    later = evening.station(of=3).code
    asked, answers = [], []
    for code in (later, "ZIZI"):
        client.cookies[station_views.COOKIE] = str(uuid4())
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(reverse("sessions:station", args=[code]), {**thought(), "once": uuid4().hex})
        asked.append([one["sql"].split()[0] for one in queries])
        answers.append((answer.status_code, answer.content.decode().replace(code, "")))
    assert asked[0] == asked[1]
    assert "UPDATE" not in asked[0]
    assert answers[0][0] == answers[1][0] == 404
    assert not Answered.objects.exists()


def test_a_device_of_another_station_hears_the_same_of_a_code_to_come_as_of_none(
    evening: Evening, client: Client
) -> None:
    evening.open()
    client.get(address(evening.station()))
    later = evening.station(of=3).code
    answers = [client.get(reverse("sessions:station", args=[code])) for code in (later, "ZIZI")]
    own = rf'{later}|ZIZI|name="csrfmiddlewaretoken" value="[^"]+"'
    told = [re.sub(own, "", answer.text) for answer in answers]
    assert ([answer.status_code for answer in answers], told[0]) == ([404, 404], told[1])


def test_half_a_letter_is_no_thought(evening: Evening, client: Client) -> None:
    """A browser sends none; a program that names such an alphabet does."""
    evening.open()
    station = evening.station()
    client.get(address(station))
    body = "".join(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                   for name, value in {**thought(), "text": "\\ud800"}.items())  # fmt: skip
    kind = "multipart/form-data; boundary=x; charset=unicode_escape"
    assert client.generic("POST", address(station), f"{body}--x--\r\n", kind).status_code == 400
    assert not Contribution.objects.exists()


def data(**more: Any) -> dict[str, Any]:
    return {"data": thought(**more), "headers": {"accept": "application/json"}}


def test_a_thought_that_waited_goes_to_the_station_it_was_written_at(evening: Evening, client: Client) -> None:
    """Also where its code has been given to another station since."""
    evening.open()
    first, other = evening.station(1), evening.station(2)
    client.get(address(first))
    Station.objects.filter(pk=first.pk).update(code="XAXA")
    Station.objects.filter(pk=other.pk).update(code=first.code)
    assert client.post(address(first), **data(station=first.pk)).json()["name"] == "K-01"
    assert Contribution.objects.get().station == first


def test_nobody_signs_for_another(evening: Evening, browser_of: Page) -> None:
    """A thought that was signed waits for who signed it; who was not logged in as it was written gives it without."""
    evening.open()
    station, member, other = evening.station(), browser_of("member"), browser_of("second")
    for one in (member, other):
        one.get(address(station))
    me = evening.world["member"].pk
    refused = other.post(address(station), **data(who="me", me=me))
    assert (refused.status_code, list(refused.json()), Contribution.objects.count()) == (401, ["again"], 0)
    member.post(address(station), **data(who="me", me=me))
    member.post(address(station), **data(who="me", me=""))
    assert [one.by for one in Contribution.objects.all()] == [evening.world["member"], None]
    plain = other.post(address(station), thought(who="me", me=me))
    assert plain.status_code == 401
    assert "Lys på stien." in plain.text


def test_what_is_not_taken_in_after_the_end_stands_on_the_page(evening: Evening, browser_of: Page) -> None:
    """Also without scripts, where the codes have been given back and another has logged in since."""
    evening.open()
    station, other = evening.station(), browser_of("second")
    other.get(address(station))
    evening.do(actions.close_round, evening.round(2))
    evening.do(actions.close, evening.session)
    told = thought(who="me", me=evening.world["member"].pk, station=station.pk)
    page = other.post(address(station), told)
    assert page.status_code == 401
    assert "Lys på stien." in page.text
    assert "Log ind igen" in page.text


def test_the_clock_is_for_who_came_to_the_station(evening: Evening, client: Client, monkeypatch: Any) -> None:
    evening.open()
    station = evening.station()
    assert client.get(address(station, "now")).json() == {"until": None, "here": 0}
    monkeypatch.setattr(station_views, "_TRIES", station_views.Limiter(rate=1, burst=2))
    assert [client.get(f"/s/{code}/nu/").status_code for code in ("XXXX", "YYYY", "ZZZZ")] == [200, 200, 429]
    client.get(address(station))
    told = client.get(address(station, "now")).json()
    assert (told["until"] is None, told["here"]) == (False, 1)


def test_codes_end_with_the_meeting_and_with_the_committee(evening: Evening, client: Client) -> None:
    evening.open()
    station = evening.station()
    client.get(address(station))
    evening.do(minutes.set_outcome, evening.item, "noted")
    evening.do(minutes.start_reading, evening.meeting)
    evening.do(minutes.tick, evening.item, True)
    evening.do(minutes.adjourn, evening.meeting)
    assert Client().get(address(station)).status_code == 404
    late = client.post(address(station), **data(station=station.pk))
    assert late.status_code == 200
    assert Contribution.objects.get().is_late
    Meeting.objects.update(adjourned_at=evening.at - timedelta(hours=25))
    assert client.post(address(station), **data(station=station.pk)).status_code == 422
    Meeting.objects.update(adjourned_at=evening.at)
    Organization.objects.filter(pk=evening.world.committee.pk).update(closed_at=evening.at)
    refused = client.post(address(station), **data(station=station.pk))
    assert (refused.status_code, Contribution.objects.count()) == (422, 1)


def test_each_hosts_his_own_station_while_he_is_called(evening: Evening, browser_of: Page) -> None:
    evening.open()
    own, other = evening.station(1), evening.station(2)
    person = evening.world["observer"].person
    Station.objects.filter(pk=own.pk).update(host=person)
    Station.objects.filter(pk=other.pk).update(host=evening.world["host"].person)
    observer = browser_of("observer")
    pages = [reverse("sessions:host", args=[evening.session.pk, station.pk]) for station in (own, other)]
    assert [observer.get(page).status_code for page in pages] == [200, 404]
    evening.meeting.invitations.filter(person=person).update(withdrawn_at=evening.at)
    assert observer.get(pages[0]).status_code == 404


def test_who_is_disqualified_words_nothing_for_the_item(evening: Evening, browser_of: Page) -> None:
    evening.open()
    Session.objects.update(item=evening.item)
    chair = browser_of("chair")
    page = reverse("sessions:card-new", args=[evening.session.pk])
    assert chair.get(page).status_code == 200
    cases.bar(evening.item.case, evening.world["chair"].person, "Nabo", by=evening.world["secretary"], at=evening.at)
    assert chair.get(page).status_code == 404
    insert = reverse("sessions:insert", args=[evening.session.pk])
    assert chair.post(insert, {"item": evening.item.pk}).status_code == 404


def test_a_full_table_is_said_and_nobody_is_turned_away(evening: Evening, client: Client) -> None:
    evening.open()
    Station.objects.update(seats=1)
    Client().get(address(evening.station()))
    page = client.get(address(evening.station()))
    assert page.status_code == 200
    assert "Bordet er fuldt" in page.text


# --- the board ---


def test_two_thoughts_become_a_dilemma_that_stands_in_the_minutes(evening: Evening) -> None:
    evening.open()
    first, second = evening.say("Huslejen stiger."), evening.say("Boligerne skal være bedre.")
    card = evening.do(board.word, evening.session, None, kind="dilemma", text="Bedre boliger", other="Højere husleje",
                      sources=[first, second])  # fmt: skip
    assert (card.name, board.on_board(evening.session)[0].sources.count()) == ("D1", 2)
    evening.do(board.insert, evening.session, [card], evening.item)
    told = [(row.kind, row.text) for row in Entry.objects.filter(item=evening.item, removed_at=None)]
    assert told == [
        ("text", "Da alle talte sammen, kom dette frem:"),
        ("dilemma", "Bedre boliger over for Højere husleje."),
    ]
    evening.do(
        board.word, evening.session, card, kind="dilemma", text="Bedre boliger", other="en højere husleje", version=1
    )
    assert Entry.objects.get(kind="dilemma").text == "Bedre boliger over for en højere husleje."
    entry = Entry.objects.get(kind="dilemma")
    evening.do(
        minutes.save_entry, evening.item, entry.pk, kind="dilemma", text="Formandens egne ord.", version=entry.version
    )
    evening.do(board.word, evening.session, card, kind="dilemma", text="Bedre boliger", other="dyr husleje", version=2)
    assert Entry.objects.get(kind="dilemma").text == "Formandens egne ord."
    with pytest.raises(Blocked, match="referatet"):
        evening.do(board.remove, card, True)
    evening.do(board.take_out, card)
    evening.do(board.remove, card, True)
    assert board.on_board(evening.session) == []
    assert Card.objects.get().texts.count() == 3


def test_a_question_has_its_answer_and_a_gap_becomes_one_of_the_product(evening: Evening) -> None:
    evening.open()
    asked = evening.do(
        board.word, evening.session, None, kind="question", text="hvad sker der nu", other="alle får svar"
    )
    gap = evening.do(board.word, evening.session, None, kind="evidence_gap", text="Ingen har undersøgt utryghed",
                     sources=[evening.say()])  # fmt: skip
    evening.do(board.insert, evening.session, [asked, gap], evening.item)
    told = [(row.kind, row.text) for row in Entry.objects.filter(item=evening.item)]
    assert told[1:] == [
        ("question", "Hvad sker der nu?"), ("answer", "Alle får svar."),
        ("evidence_gap", "Ingen har undersøgt utryghed."),
    ]  # fmt: skip
    found = EvidenceGap.objects.get()
    assert (found.name, found.asked_by, [part.title for part in found.elements.all()]) == (
        "G1",
        "Gruppe A",
        ["Ensomhed"],
    )
    with pytest.raises(Blocked):
        evening.do(board.insert, evening.session, [asked, gap], evening.item)


def test_merging_keeps_the_sources_and_order_is_by_hand(evening: Evening) -> None:
    evening.open()
    one, two, three = (
        evening.do(board.word, evening.session, None, kind="agreement", text=text, sources=[evening.say(text)])
        for text in ("Et", "To", "Tre")
    )
    evening.do(board.move, three, -2)
    assert [card.text for card in board.on_board(evening.session)] == ["Tre", "Et", "To"]
    evening.do(board.merge, two, one)
    row = board.on_board(evening.session)
    assert [(card.text, sorted(k.name for k in card.sources.all())) for card in row] == [
        ("Tre", ["K-03"]), ("Et", ["K-01", "K-02"])
    ]  # fmt: skip


def test_two_who_word_the_same_card_see_each_other(evening: Evening) -> None:
    evening.open()
    card = evening.do(board.word, evening.session, None, kind="task", text="Spørg beboerne")
    evening.do(board.word, evening.session, card, kind="task", text="Spørg alle beboere", version=1)
    with pytest.raises(Conflict):
        evening.do(board.word, evening.session, card, kind="task", text="Spørg nogle", version=1)
    with pytest.raises(Blocked, match="goder"):
        evening.do(board.word, evening.session, None, kind="dilemma", text="Kun det ene")


# --- the trace ---


def test_a_thought_is_followed_to_the_decision_and_back(evening: Evening, browser_of: Page) -> None:
    evening.open()
    said, other, alone = evening.say("Skriv om lys."), evening.say("Også bænke."), evening.say("Hvem ejer stien?")
    card = evening.do(board.word, evening.session, None, kind="task", text="Tæl lamperne", sources=[said])
    evening.do(board.insert, evening.session, [card], evening.item)
    part = evening.station().element
    evening.do(products.write, part, title=part.title, text="Med lys.", version=part.version)
    change = evening.product.changes.order_by("-number").first()
    evening.do(answering.answer, evening.product, [said], outcome="included", change=change)
    evening.do(answering.answer, evening.product, [other], outcome="merged", merged_into=said)
    evening.do(answering.answer, evening.product, [alone], outcome="passed_on", passed_to="Vejafdelingen")
    evening.do(products.freeze, evening.product, "v0.4")
    first, second, third = tracing.of(evening.product).threads
    assert [row.name for row in first.cards] == ["O1"]
    assert (first.change, first.version.label, first.through) == (change, "v0.4", None)
    assert (second.through, second.change, second.version) == (said, change, first.version)
    assert (third.change, third.version, third.answer.passed_to) == (None, None, "Vejafdelingen")
    assert tracing.of(evening.product).back == [(change, [said, other])]
    page = browser_of("member").get(reverse("deliberation:trace", args=[evening.product.pk]))
    assert "Tæl lamperne" in page.text
    told = browser_of("member").get(reverse("deliberation:trace-data", args=[evening.product.pk]))
    assert told.headers["Content-Type"] == "application/ld+json"
    graph = {row["id"]: row for row in told.json()["@graph"]}
    assert graph[f"urn:uuid:{change.pk}"]["used"] == [f"urn:uuid:{one.pk}" for one in (said, other)]
    assert graph[f"urn:uuid:{card.pk}"]["wasDerivedFrom"] == [f"urn:uuid:{said.pk}"]
    assert graph[f"urn:uuid:{first.version.pk}"]["wasGeneratedBy"] == [f"urn:uuid:{change.pk}"]
    assert graph[f"urn:uuid:{said.pk}"]["body"]["value"] == "Skriv om lys."


def test_what_is_hidden_or_taken_back_has_no_trace(evening: Evening) -> None:
    evening.open()
    evening.do(saying.hide, evening.say("Navngiver en nabo."), "En nabos navn")
    assert tracing.of(evening.product).threads == []


# --- pages ---


WHO_WRITES = {
    "host": "Her skriver værten for gruppen, og alle må skrive selv.",
    "all": "Her skriver værten og alle, der har lyst.",
    "each": "Her skriver hver for sig.",
    "caller": "Her skriver den, der foreslog emnet, og alle må skrive med.",
}


@pytest.mark.parametrize("who", Round.Writers.values)
def test_who_is_at_a_station_reads_who_writes_and_nobody_is_kept_from_it(
    evening: Evening, client: Client, browser_of: Page, who: str
) -> None:
    from pypdfium2 import PdfDocument

    evening.open()
    Round.objects.filter(pk=evening.round(2).pk).update(writers=who)
    there = evening.station()
    sheets = browser_of("facilitator").get(reverse("sessions:print", args=[evening.session.pk, "vaertsark"]))
    pages = {
        "phone": client.get(address(there)).text,
        "host": browser_of("facilitator").get(reverse("sessions:host", args=[evening.session.pk, there.pk])).text,
        "sheet": " ".join(PdfDocument(sheets.content)[0].get_textpage().get_text_range().split()),
    }
    told = {name: [one for one, words in WHO_WRITES.items() if words in page] for name, page in pages.items()}
    assert told == {"phone": [who], "host": [who], "sheet": [who]}
    client.post(address(there), thought(text="Skrevet af hvem som helst."))
    assert Contribution.objects.get().text == "Skrevet af hvem som helst."


def test_wishes_are_noted_while_there_is_something_to_wish_for(evening: Evening, browser_of: Page) -> None:
    page, first, second = browser_of("member"), evening.station(), evening.station(2, of=3)
    to = reverse("sessions:wishes", args=[evening.session.pk])
    assert "Gem mine ønsker" in page.get(to).text
    evening.open()
    evening.do(actions.close_round, evening.round(2))
    told = page.post(to, {"r2": [first.pk], "r3": [second.pk]}, follow=True).text
    assert ("Dine ønsker er noteret" in told, "Runde 1 ved standene: Den runde er slut." in told) == (True, True)
    wishes = {one.round.number: one.stations for one in evening.session_wishes()}
    assert wishes == {3: [str(second.pk)]}
    page.post(to, {"r2": [first.pk]}, follow=True)
    assert len(evening.session_wishes()) == 1  # what a page did not ask about is not taken back
    evening.do(actions.open_round, evening.round(3))
    evening.do(actions.close_round, evening.round(3))
    shown = page.get(to).text
    assert (shown.count("Den runde er slut."), "Gem mine ønsker" in shown) == (2, False)
    told = page.post(to, {"r2": [first.pk]}, follow=True).text
    assert ("er noteret" in told, "Den runde er slut." in told) == (False, True)


def test_nobody_wishes_for_a_round_that_will_not_come(evening: Evening, browser_of: Page) -> None:
    evening.open()
    evening.do(actions.close_round, evening.round(2))
    Meeting.objects.filter(pk=evening.meeting.pk).update(adjourned_at=evening.at)
    page, to = browser_of("member"), reverse("sessions:wishes", args=[evening.session.pk])
    assert "Gem mine ønsker" not in page.get(to).text
    told = page.post(to, {"r3": [evening.station(1, of=3).pk]}, follow=True).text
    assert ("Mødet er slut." in told, "er noteret" in told, evening.session_wishes()) == (True, False, [])
    Meeting.objects.filter(pk=evening.meeting.pk).update(adjourned_at=None)
    evening.do(actions.close, evening.session)
    with pytest.raises(Blocked, match="Drøftelsen er slut"):
        evening.do(actions.wish, evening.round(3), evening.world["member"].person, [evening.station(1, of=3)])


def test_a_meeting_that_takes_longer_is_still_the_next(evening: Evening, browser_of: Page) -> None:
    page, now = browser_of("member"), timezone.now()

    def told(start: timedelta, **more: Any) -> tuple[bool, bool, bool]:
        times = {"start": now - start, "end": now - start + timedelta(hours=1), **more}
        Meeting.objects.filter(pk=evening.meeting.pk).update(**times)
        pages = (page.get(to).text for to in ("/", "/moeder/", "/moeder/?vis=holdt"))
        home, ahead, over = (
            evening.meeting.get_absolute_url() in one or str(evening.meeting.pk) in one for one in pages
        )
        return home, ahead, over

    evening.open()
    assert told(timedelta(hours=3)) == (True, True, False)
    assert told(timedelta(days=3)) == (False, False, True)  # forgotten, it is not the next for ever
    assert told(timedelta(hours=3), adjourned_at=now) == (False, False, True)


def test_a_host_finds_his_station_from_the_page_of_the_meeting(evening: Evening, browser_of: Page) -> None:
    member, there = evening.world["member"].person, evening.station()
    page, meeting = browser_of("member"), reverse("reading:meeting", args=[evening.meeting.pk])
    to = reverse("sessions:host", args=[evening.session.pk, there.pk])
    assert "Du er vært" not in page.get(meeting).text
    evening.do(actions.set_station, there, {"host": member})
    assert f'href="{to}"' in page.get(meeting).text
    assert page.get(to).status_code == 200
    assert "Du er vært" not in browser_of("second").get(meeting).text
    evening.open()
    evening.do(actions.close_round, evening.round(2))
    assert f'href="{to}"' in page.get(meeting).text  # paper is typed in for a day more
    Round.objects.filter(pk=evening.round(2).pk).update(closed_at=evening.at - timedelta(days=400))
    assert "Du er vært" not in page.get(meeting).text


def test_a_page_that_nothing_can_be_done_on_says_why(evening: Evening, browser_of: Page) -> None:
    page, to = browser_of("facilitator"), reverse("sessions:plan", args=[evening.meeting.pk]) + "?igen=1"
    assert ("Tilrettelæg</button>" in page.get(to).text, "Runderne er begyndt" in page.get(to).text) == (True, False)
    evening.open()
    assert ("Tilrettelæg</button>" in page.get(to).text, "Runderne er begyndt" in page.get(to).text) == (False, True)


def test_the_methods_are_told_with_who_writes_and_ones_own_among_them(evening: Evening, browser_of: Page) -> None:
    page, home = browser_of("facilitator"), evening.world.committee.pk
    methods_page = reverse("sessions:methods", args=[home])
    assert "Ingen endnu." in page.get(methods_page).text
    own = page.post(methods_page, {"template": "open-space"}, follow=True)
    box = r'<input type="checkbox"[^>]*id="id_r0-asks_agreement"[^>]*><label'  # drawn by its label, which follows it
    assert re.search(box, own.text)
    shown = page.get(reverse("sessions:plan", args=[evening.meeting.pk]) + "?igen=1").text
    assert shown.count("Hvem skriver: Den, der foreslog emnet") == 4  # two rounds, of the template and of the copy
    assert "<summary>Åbent marked (vores egen)</summary>" in shown


def test_what_goes_on_stands_first(evening: Evening, browser_of: Page) -> None:
    def told() -> list[str]:
        return re.findall(r'<h2 id="h-(\d)"', browser_of("facilitator").get(evening.session.get_absolute_url()).text)

    assert told() == ["1", "2", "3", "4"]
    evening.open(1)
    evening.do(actions.close_round, evening.round(1))
    evening.open(3)
    assert told() == ["3", "2", "4", "1"]


def test_two_that_say_the_same_are_two(evening: Evening, browser_of: Page) -> None:
    evening.open()
    page, to = browser_of("facilitator"), reverse("sessions:host", args=[evening.session.pk, evening.station().pk])
    one, two = evening.say("Mere lys."), evening.say("Lys på stien.")
    chosen = f'<option value="{two.number}" selected>{two.name}'
    assert chosen in page.get(to).text.partition('name="other"')[2]
    merge = reverse("sessions:host-merge", args=[evening.session.pk, evening.station().pk])
    page.post(merge, {"one": one.number, "other": two.number})
    assert f"sammen med {two.name}" in page.get(to).text
    Contribution.objects.update(state=Contribution.State.ANSWERED)
    assert "To siger det samme" not in page.get(to).text


def test_a_refusal_names_what_is_missing_and_a_receipt_leads_back(evening: Evening, client: Client) -> None:
    evening.open()
    there = evening.station()
    client.get(address(there))
    told = client.post(address(there), thought(kind="", text="  "))
    assert (told.status_code, "Skriv, hvad du vil sige." in told.text, "påkrævet" in told.text) == (422, True, False)
    client.post(address(there), thought(text="Lys."))
    receipt = reverse("sessions:receipt", args=[Contribution.objects.get().receipt])
    assert f'href="{address(there)}"' in client.get(receipt).text
    evening.do(actions.close_round, evening.round(2))
    shown = client.get(receipt).text
    assert (f'href="{address(there)}"' in shown, f'href="{reverse("sessions:door")}"' in shown) == (False, True)
    late = client.post(address(there), thought(kind="", text="", station=str(there.pk)))
    assert ("Skriv, hvad du vil sige." in late.text, "påkrævet" in late.text) == (True, False)
    assert ("Ikke sendt endnu." in late.text, "Det skrev du" in late.text) == (True, False)  # nothing was written


def test_every_page_is_shown_and_asks_as_much_for_many_as_for_few(
    evening: Evening, browser_of: Page, django_assert_max_num_queries: Any
) -> None:
    evening.open()
    leader = browser_of("facilitator")
    session, one = evening.session, evening.round(2)
    evening.do(board.word, session, None, kind="dilemma", text="Et", other="andet", sources=[evening.say()])
    named = {
        "run": [session.pk], "arrange": [session.pk], "board": [session.pk], "seats": [session.pk, one.pk],
        "host": [session.pk, evening.station().pk], "preview": [session.pk, evening.station().pk],
        "wishes": [session.pk], "card-new": [session.pk],
        "methods": [evening.world.committee.pk],
    }  # fmt: skip
    asked = {}
    for name, arguments in named.items():
        with django_assert_max_num_queries(60) as met:
            assert leader.get(reverse(f"sessions:{name}", args=arguments)).status_code == 200, name
        asked[name] = len(met.captured_queries)
    for number in range(12):
        evening.do(
            board.word,
            session,
            None,
            kind="agreement",
            text=f"Enige om {number}",
            sources=[evening.say(f"Nr. {number}")],
        )
    for name, arguments in named.items():
        with django_assert_max_num_queries(asked[name]):
            leader.get(reverse(f"sessions:{name}", args=arguments))


@pytest.mark.parametrize(("what", "words"), [
    ("plakater", ["Ensomhed", "Stand 1"]), ("vaertsark", ["Læs spørgsmålet"]),
    ("kommentarark", ["S1-R1-01", "S2-R2-02"]),
])  # fmt: skip
def test_what_lies_on_the_tables(evening: Evening, browser_of: Page, what: str, words: list[str]) -> None:
    from pypdfium2 import PdfDocument

    answer = browser_of("facilitator").get(reverse("sessions:print", args=[evening.session.pk, what]))
    document = PdfDocument(answer.content)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    assert all(word in text for word in words), text
    if what == "plakater":
        assert len(document) == 4
        assert all(station.code in text for station in Station.objects.filter(round__kind="stations"))
