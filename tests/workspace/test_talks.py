"""A deliberation as it is run, answered and handed on: what was said too late, twice, on paper, or by two at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pypdfium2 import PdfDocument

from raadslag.workspace.closing import checklist, exporting
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.deliberation import actions as deliberation
from raadslag.workspace.deliberation import answering, tracing
from raadslag.workspace.deliberation.models import Contribution, Method, Round, Seat, Session, Station
from raadslag.workspace.deliberation.sessions import actions, host_views, methods, saying
from raadslag.workspace.meetings import actions as meetings

from .test_products import draft  # noqa: F401  (a fixture)
from .test_sessions import Evening, address, evening, thought  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
Page = Callable[..., Client]


def answered(evening: Evening, chosen: Contribution, outcome: str, **more: Any) -> Any:  # noqa: F811
    return evening.do(answering.answer, evening.product, [chosen], outcome=outcome, **more)


def merged(evening: Evening, one: Contribution, other: Contribution) -> Any:  # noqa: F811
    return answered(evening, one, "merged", merged_into=other)


def signed(evening: Evening, browser_of: Page, text: str) -> Contribution:  # noqa: F811
    """A thought that the member sends by his phone, with his name."""
    me = {"who": "me", "me": str(evening.world["member"].pk)}
    browser_of("member").post(address(evening.station()), thought(text=text, **me))
    return Contribution.objects.get(text=text)


def names(said: Sequence[Contribution]) -> list[str]:
    return [one.name for one in said]


# --- before the meeting ---


def test_an_item_that_a_deliberation_points_to_is_taken_off_an_unsent_agenda(evening: Evening) -> None:  # noqa: F811
    meeting = evening.world.meeting(days=40)
    item = evening.do(meetings.add_item, meeting, title="Punkt", access="open")
    plan = methods.of_template("two-rounds")
    session = evening.do(actions.prepare, meeting, evening.product, plan, method="To runder", item=item,
                         by=evening.world["facilitator"])  # fmt: skip
    evening.do(meetings.remove_item, item)
    session.refresh_from_db()
    assert (session.item, meeting.items.count()) == (None, 0)


def test_a_method_that_is_refused_keeps_all_that_was_typed(evening: Evening, browser_of: Page) -> None:  # noqa: F811
    world = evening.world
    plan = methods.of_template("world-cafe")
    own = evening.do(actions.save_method, world.body, None, name="Vores", plan=plan)
    address = reverse("sessions:method", args=[world.committee.pk, own.pk])
    first = {"r0-title": "Bord", "r0-kind": "talk", "r0-question": "MIT SPØRGSMÅL", "r0-stations": "7",
             "r0-writers": "each", "r0-minutes": ""}  # fmt: skip
    new = {"r4-title": "Ny runde", "r4-kind": "plenary", "r4-question": "ANDET", "r4-stations": "0", "r4-minutes": "5",
           "r4-writers": "all", "r5-title": "", "r5-minutes": "", "r5-kind": "stations"}  # fmt: skip
    page = browser_of("facilitator").post(address, {"name": "Vores egen", **first, **new})
    assert page.status_code == 422
    form, other = (page.context["rows"][number][1] for number in (0, 4))
    assert [form[name].value() for name in ("kind", "question", "stations")] == ["talk", "MIT SPØRGSMÅL", "7"]
    assert all(f'value="{words}"' in page.text for words in ("MIT SPØRGSMÅL", "ANDET", "Ny runde", "7"))
    assert (list(form.errors), list(other.errors), list(page.context["rows"][5][1].errors)) == (["minutes"], [], [])
    assert methods.checked(Method.objects.get().plan) == plan
    saved = browser_of("facilitator").post(address, {"name": "Vores egen", **first, **new, "r0-minutes": "15"})
    assert saved.status_code == 302
    kept = [(one.kind, one.title, one.minutes, one.question, one.stations)
            for one in methods.checked(Method.objects.get().plan).rounds]  # fmt: skip
    assert kept == [("talk", "Bord", 15, "MIT SPØRGSMÅL", 7), ("plenary", "Ny runde", 5, "ANDET", 0)]


# --- two who arrange at once ---


def opened(page: Any, prefix: str) -> dict[str, str]:
    """What a form on the page sends where nothing is changed in it."""
    forms = [form for _row, own, stations in page.context["rounds"] for form in (own, *(pair[1] for pair in stations))]
    form = next(form for form in forms if form.prefix == prefix)
    told = {}
    for field in form:
        now = field.value()
        if now is not False:
            told[field.html_name] = "" if now is None else str(now)
        told[field.html_initial_name] = "" if now is None else str(now)
        assert f'name="{field.html_initial_name}"' in page.text
    return told


def test_a_page_that_lay_open_puts_no_old_words_back(evening: Evening, browser_of: Page) -> None:  # noqa: F811
    leader = browser_of("facilitator")
    station = evening.station()
    page = leader.get(reverse("sessions:arrange", args=[evening.session.pk]))
    told = opened(page, "r2s1")
    edit = reverse("sessions:station-edit", args=[evening.session.pk, station.pk])
    assert leader.post(edit, {**told, "r2s1-question": "Hvad med lys?"}).status_code == 302
    assert leader.post(edit, {**told, "r2s1-seats": "9"}).status_code == 302
    station.refresh_from_db()
    assert (station.question, station.seats) == ("Hvad med lys?", 9)
    both = leader.post(edit, {**told, "r2s1-question": "Hvad med bænke?"})
    assert both.status_code == 422
    assert "En anden har ændret det imens, til: Hvad med lys?" in both.text
    assert "Hvad med bænke?" in both.text
    station.refresh_from_db()
    assert station.question == "Hvad med lys?"
    seen = {**told, "r2s1-question": "Hvad med bænke?", "initial-r2s1-question": "Hvad med lys?"}
    assert 'name="initial-r2s1-question" value="Hvad med lys?"' in both.text
    assert leader.post(edit, seen).status_code == 302
    station.refresh_from_db()
    assert (station.question, station.seats) == ("Hvad med bænke?", 9)


def test_a_host_and_a_round_are_changed_by_two_at_once(evening: Evening, browser_of: Page) -> None:  # noqa: F811
    leader, one, station = browser_of("facilitator"), evening.round(2), evening.station()
    page = leader.get(reverse("sessions:arrange", args=[evening.session.pk]))
    host, second = evening.world["host"].person, evening.world["second"].person
    told = opened(page, "r2s1")
    edit = reverse("sessions:station-edit", args=[evening.session.pk, station.pk])
    leader.post(edit, {**told, "r2s1-host": str(host.pk)})
    both = leader.post(edit, {**told, "r2s1-host": str(second.pk)})
    assert (both.status_code, host.name in both.context["rounds"][1][2][0][1].errors["host"][0]) == (422, True)
    assert Station.objects.get(pk=station.pk).host == host
    told = opened(page, "r2")
    edit = reverse("sessions:round-edit", args=[evening.session.pk, one.pk])
    leader.post(edit, {**told, "r2-minutes": "40", "r2-asks_agreement": "on"})
    leader.post(edit, {**told, "r2-writers": "each"})
    one.refresh_from_db()
    assert (one.minutes, one.asks_agreement, one.writers) == (40, True, "each")


# --- who sits where ---


def test_seats_are_shared_out_by_their_button_alone(evening: Evening, browser_of: Page) -> None:  # noqa: F811
    evening.open()
    leader, one = browser_of("facilitator"), evening.round(3)
    address = reverse("sessions:seats", args=[evening.session.pk, one.pk])
    assert '<button class="button button-primary" name="what" value="balance">' in leader.get(address).text
    member, chair = evening.world["member"].person, evening.world["chair"].person
    evening.do(actions.seat, one, member, evening.station(1, of=3))
    for wrong in (
        {}, {"person": str(uuid4()), "station": str(evening.station(1, of=3).pk)},
        {"person": str(chair.pk), "station": str(evening.station(1, of=2).pk)},
        {"person": str(member.pk), "station": "hvad"},
    ):  # fmt: skip
        assert "Ingen er flyttet." in leader.post(address, wrong, follow=True).text
        assert list(Seat.objects.values_list("person", "station__number")) == [(member.pk, 1)]
    leader.post(address, {"person": str(member.pk), "station": ""})
    assert not Seat.objects.exists()
    leader.post(address, {"what": "balance"})
    assert Seat.objects.count() == len(actions.who_comes(evening.session))


# --- what is said ---


def test_how_far_one_agrees_is_typed_in_from_paper_too(evening: Evening, browser_of: Page,  # noqa: F811
                                                       monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    evening.open()
    host = browser_of("facilitator")
    address = reverse("sessions:host", args=[evening.session.pk, evening.station().pk])
    told = {"kind": "missing", "text": "Lys.", "speaker": "", "sheet": "1", "stance": "hardly"}
    assert 'name="stance"' not in host.get(address).text
    Round.objects.filter(number=2).update(asks_agreement=True)
    assert 'name="stance"' in host.get(address).text
    assert host.post(address, told).status_code == 302
    host.post(address, {**told, "text": "Bænke.", "sheet": "2", "stance": ""})
    assert [(one.stance, one.sheet) for one in Contribution.objects.all()] == [("hardly", "S1-R1-01"), ("", "S1-R1-02")]
    evening.say("Mere lys.", stance="hardly")
    monkeypatch.setattr(host_views, "_MOST", 1)
    page = host.get(address)
    assert len(page.context["said"]) == 1
    assert [count for _label, count in page.context["spread"]] == [0, 0, 2, 0, 0]
    files = {piece.path: piece.body for piece in exporting._contributions(evening.product, "p")}
    assert b'"stance": "hardly"' in files["p/kommentarer.json"]
    assert "Overvejende uenig" in files["p/kommentarer.html"].decode()


def test_paper_asks_how_far_one_agrees_where_the_round_does(evening: Evening, browser_of: Page) -> None:  # noqa: F811
    evening.session.rounds.filter(number=2).update(asks_agreement=True)
    address = reverse("sessions:print", args=[evening.session.pk, "kommentarark"])
    pages = PdfDocument(browser_of("facilitator").get(address).content)
    told = {}
    for page in pages:
        text = page.get_textpage().get_text_range()
        told[next(word for word in text.split() if word.startswith("S"))] = "Overvejende enig" in text
    assert len(pages) == sum(Station.objects.filter(round__kind="stations").values_list("seats", flat=True))
    assert {name for name, is_asked in told.items() if is_asked} == {name for name in told if "-R1-" in name}


def test_a_thought_that_was_taken_back_is_shown_to_nobody(evening: Evening, browser_of: Page) -> None:  # noqa: F811
    evening.open()
    signed(evening, browser_of, "FORTRUDT")
    run = reverse("sessions:run", args=[evening.session.pk])
    leader = browser_of("facilitator")
    assert "FORTRUDT" in leader.get(run).text
    deliberation.take_back(Contribution.objects.get(), by=evening.world["member"], at=evening.at)
    page = leader.get(run).text
    assert "FORTRUDT" not in page
    assert "Trukket tilbage" in page


def test_a_thought_can_be_hidden_after_the_deliberation(evening: Evening, browser_of: Page) -> None:  # noqa: F811
    evening.open()
    one = evening.say()
    evening.do(actions.close_round, evening.round(2))
    evening.do(actions.close, evening.session)
    leader, run = browser_of("facilitator"), reverse("sessions:run", args=[evening.session.pk])
    button = f'action="{reverse("sessions:hide", args=[evening.session.pk, one.pk])}"'
    assert button in leader.get(run).text
    evening.do(saying.hide, one, "Navngiver en nabo")
    assert button in leader.get(run).text
    evening.do(saying.show, one)
    one.refresh_from_db()
    assert one.hidden_because == ""
    evening.world.committee.closed_at = evening.at
    evening.world.committee.save(update_fields=["closed_at"])
    page = leader.get(run)
    assert (page.status_code, button in page.text) == (200, False)


# --- what became of it ---


def test_what_is_answered_together_follows_to_the_last_answer(evening: Evening) -> None:  # noqa: F811
    evening.open()
    one, two, three = evening.say("Et"), evening.say("To"), evening.say("Tre")
    merged(evening, one, two)
    with pytest.raises(Blocked, match="K-01"):
        merged(evening, three, one)
    merged(evening, two, three)
    assert [found.answer.merged_into for found in (one, two)] == [three, three]
    told = JournalEntry.objects.filter(kind="deliberation.ContributionAnswered").order_by("number")
    assert [row.values["contribution"] for row in told] == [str(found.pk) for found in (one, two, one)]
    with pytest.raises(Blocked, match="K-01"):
        merged(evening, three, one)
    page = Client().get(reverse("sessions:receipt", args=[one.receipt])).text
    assert "K-03 venter på sit svar." in page
    answered(evening, three, "not", text="Det hører til vejloven.")
    page = Client().get(reverse("sessions:receipt", args=[one.receipt])).text
    assert "Det hører til vejloven." in page
    assert "K-03" in page
    threads = tracing.of(evening.product).threads
    assert [(row.answer.outcome, row.through) for row in threads] == [
        ("merged", three), ("merged", three), ("not", None)
    ]  # fmt: skip


def test_the_trace_follows_a_chain_that_was_made_before(evening: Evening) -> None:  # noqa: F811
    evening.open()
    one, two, three = evening.say("Et"), evening.say("To"), evening.say("Tre")
    merged(evening, two, three)
    one.answers.create(outcome="merged", merged_into=two, at=evening.at, by=evening.world["secretary"])
    assert tracing.of(evening.product).threads[0].through == three
    evening.do(saying.hide, three, "Et navn")
    assert [(row.answer, row.through) for row in tracing.of(evening.product).threads] == [(None, None), (None, None)]


def test_together_with_one_that_is_gone_is_no_answer(evening: Evening, browser_of: Page) -> None:  # noqa: F811
    evening.open()
    one, two = evening.say("Et"), evening.say("To")
    three, four = signed(evening, browser_of, "Tre"), evening.say("Fire")
    merged(evening, one, two)
    merged(evening, four, three)
    assert names(answering.unanswered(evening.product)) == ["K-02", "K-03"]
    evening.do(saying.hide, two, "Et navn")
    deliberation.take_back(three, by=evening.world["member"], at=evening.at)
    assert names(answering.unanswered(evening.product)) == ["K-01", "K-04"]
    left = checklist._comments(evening.world.committee, evening.at).left
    assert [found.text.partition(": ")[2] for found in left] == ["2 kommentarer er ikke besvaret."]
    page = Client().get(reverse("sessions:receipt", args=[one.receipt])).text
    assert "K-02" not in page
    assert "Alle får svar." in page
    for gone in (two, three):
        with pytest.raises(Blocked):
            merged(evening, one, gone)
    answered(evening, one, "not", text="Fordi.")
    merged(evening, four, one)
    assert names(answering.unanswered(evening.product)) == []
    evening.do(saying.show, two)
    assert names(answering.unanswered(evening.product)) == ["K-02"]


def test_linked_data_says_of_nobody_what_was_not_told(evening: Evening, browser_of: Page) -> None:  # noqa: F811
    evening.open()
    evening.say("Fra papir.", speaker="Prøve Person", sheet="1", by=evening.world["host"])
    signed(evening, browser_of, "Underskrevet.")
    trace = tracing.of(evening.product)
    rows = [row for row in tracing.linked(evening.product, trace)["@graph"] if row["type"] == "Annotation"]
    assert [row["creator"] for row in rows] == [
        {"name": "Prøve Person"}, {"type": "Person", "name": evening.world["member"].person.name}
    ]  # fmt: skip


# --- handing on ---


def test_a_deliberation_that_was_begun_and_not_ended_is_told(evening: Evening) -> None:  # noqa: F811
    left = lambda: [found.address for found in checklist._talks(evening.world.committee, evening.at).left]  # noqa: E731
    assert left() == []
    evening.open()
    run = reverse("sessions:run", args=[evening.session.pk])
    assert left() == [run]
    evening.do(actions.close_round, evening.round(2))
    assert left() == [run]
    assert Session.objects.filter(rounds__state="planned").exists()
    evening.do(actions.close, evening.session)
    assert left() == []
