"""The board's cards and what stands of them in the minutes: what follows, what is left alone, what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from raadslag.workspace.cases import actions as cases
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict, NotPermitted
from raadslag.workspace.deliberation.models import Card, EvidenceGap, Session, Station
from raadslag.workspace.deliberation.sessions import actions, board, methods, saying
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.minutes import live
from raadslag.workspace.minutes.models import Ballot, Entry
from raadslag.workspace.products.models import Product

from .test_products import draft  # noqa: F401  (a fixture)
from .test_sessions import Evening, evening  # noqa: F401

pytestmark = pytest.mark.django_db
Page = Callable[..., Client]
LEAD = ("text", "Da alle talte sammen, kom dette frem:")


class Board:
    """The board of an evening whose meeting has begun."""

    def __init__(self, evening: Evening) -> None:  # noqa: F811
        evening.open()
        self.evening, self.item = evening, evening.item

    def card(self, kind: str, text: str, other: str = "", **more: Any) -> Card:
        made: Card = self.evening.do(
            board.word, self.evening.session, None, kind=kind, text=text, other=other, **more
        )  # fmt: skip
        return made

    def word(self, card: Card, text: str, other: str = "", kind: str = "", **more: Any) -> Card:
        now = Card.objects.get(pk=card.pk)
        told = {"kind": kind or now.kind, "text": text, "other": other, "version": now.version, **more}
        made: Card = self.evening.do(board.word, self.evening.session, card, **told)
        return made

    def insert(self, *cards: Card, item: AgendaItem | None = None, **more: Any) -> None:
        self.evening.do(board.insert, self.evening.session, cards, item or self.item, **more)

    def take_out(self, card: Card) -> None:
        self.evening.do(board.take_out, card)

    def write(self, entry: Entry, **told: Any) -> None:
        """As the secretary does in the room."""
        given = {"kind": entry.kind, "text": entry.text, "actor": entry.actor, "version": entry.version, **told}
        self.evening.do(minutes.save_entry, entry.item, entry.pk, **given)

    def remove(self, entry: Entry, is_removed: bool = True) -> None:
        """As the secretary does in the room, or takes back."""
        entry.refresh_from_db()
        self.evening.do(minutes.remove_entry, entry, is_removed)

    def stands(self, item: AgendaItem | None = None) -> list[tuple[str, str]]:
        rows = Entry.objects.filter(item=item or self.item, removed_at=None)
        return [(row.kind, row.text) for row in rows]

    def page(self, client: Client, name: str = "board", *arguments: Any, **posted: Any) -> Any:
        to = reverse(f"sessions:{name}", args=[self.evening.session.pk, *arguments])
        return client.post(to, posted, follow=True) if posted else client.get(to)


@pytest.fixture
def held(evening: Evening) -> Board:  # noqa: F811
    return Board(evening)


# --- what follows ---


def test_an_answer_that_comes_later_stands_after_its_question(held: Board) -> None:
    first, second = held.card("question", "Hvem betaler"), held.card("question", "Hvornår", "I maj")
    held.insert(first, second)
    held.word(first, "Hvem betaler", "Kommunen")
    assert held.stands() == [
        LEAD, ("question", "Hvem betaler?"), ("answer", "Kommunen."), ("question", "Hvornår?"), ("answer", "I maj."),
    ]  # fmt: skip


def test_an_answer_that_is_emptied_leaves_the_minutes(held: Board) -> None:
    card = held.card("question", "Hvornår", "I maj")
    held.insert(card)
    held.word(card, "Hvornår")
    assert held.stands() == [LEAD, ("question", "Hvornår?")]
    held.word(card, "Hvornår", "I juni")
    assert held.stands() == [LEAD, ("question", "Hvornår?"), ("answer", "I juni.")]
    held.write(Entry.objects.get(kind="answer", removed_at=None), text="I begyndelsen af juni.")
    held.word(card, "Hvornår")
    assert held.stands()[2:] == [("answer", "I begyndelsen af juni.")]


def test_an_old_answer_does_not_come_back_without_being_said(held: Board) -> None:
    card = held.card("question", "Hvornår", "I maj")
    held.insert(card)
    held.take_out(card)
    held.word(card, "Hvornår")
    held.insert(card)
    assert held.stands() == [LEAD, ("question", "Hvornår?")]
    held.word(card, "Hvornår", "I juli")
    assert held.stands()[2:] == [("answer", "I juli.")]


def test_what_was_worded_otherwise_comes_back_in_its_new_words(held: Board) -> None:
    card = held.card("agreement", "gammelt")
    held.insert(card)
    held.take_out(card)
    assert held.stands() == []
    held.word(card, "nyt")
    held.insert(card)
    assert held.stands() == [LEAD, ("agreement", "Nyt.")]
    assert Entry.objects.filter(item=held.item).count() == 2


def test_the_secretarys_words_come_back_unless_the_card_was_worded_since(held: Board) -> None:
    card = held.card("task", "Tæl lamperne")
    held.insert(card)
    held.write(Entry.objects.get(kind="task"), text="Forvaltningen tæller lamperne.")
    held.take_out(card)
    held.insert(card)
    assert held.stands() == [LEAD, ("task", "Forvaltningen tæller lamperne.")]
    held.take_out(card)
    held.word(card, "Tæl bænkene")
    held.insert(card)
    assert held.stands() == [LEAD, ("task", "Tæl bænkene.")]
    assert Entry.objects.filter(text="Forvaltningen tæller lamperne.").exclude(removed_at=None).exists()


def test_at_another_item_it_is_written_anew(held: Board) -> None:
    other = AgendaItem.objects.create(meeting=held.evening.meeting, title="To", order=9, access="open")
    card = held.card("agreement", "Ord")
    held.insert(card)
    held.take_out(card)
    held.insert(card, item=other)
    assert (held.stands(), held.stands(other)) == ([], [LEAD, ("agreement", "Ord.")])


def test_the_sentence_before_them_comes_and_goes_with_the_cards(held: Board) -> None:
    one, two = held.card("agreement", "Et"), held.card("agreement", "To")
    held.insert(one)
    held.insert(two)
    assert held.stands() == [LEAD, ("agreement", "Et."), ("agreement", "To.")]
    held.take_out(one)
    assert held.stands() == [LEAD, ("agreement", "To.")]
    held.take_out(two)
    assert held.stands() == []
    held.insert(one, two)
    assert held.stands() == [LEAD, ("agreement", "Et."), ("agreement", "To.")]
    lead = Entry.objects.get(item=held.item, kind="text")
    held.write(lead, text="I plenum kom dette frem:")
    held.take_out(one)
    held.take_out(two)
    held.insert(two)
    assert held.stands() == [("text", "I plenum kom dette frem:"), ("agreement", "To.")]


def test_the_sentence_before_them_goes_with_the_last_paragraph_by_whichever_hand(held: Board) -> None:
    one, two = held.card("question", "Hvornår", "I maj"), held.card("agreement", "To")
    held.insert(one, two)
    question, answer, agreement = (Entry.objects.get(kind=kind) for kind in ("question", "answer", "agreement"))
    for entry in (agreement, question):
        held.remove(entry)
    assert held.stands() == [LEAD, ("answer", "I maj.")]
    held.remove(answer)
    assert held.stands() == []
    held.remove(answer, False)
    assert held.stands() == [LEAD, ("answer", "I maj.")]
    held.remove(answer)
    held.insert(two)
    assert held.stands() == [LEAD, ("agreement", "To.")]
    held.remove(answer, False)
    assert sorted(held.stands()) == [("agreement", "To."), ("answer", "I maj."), LEAD]


def test_a_sentence_before_them_that_the_secretary_wrote_or_took_out_is_left_alone(held: Board) -> None:
    card = held.card("agreement", "Et")
    held.insert(card)
    lead, entry = Entry.objects.get(kind="text"), Entry.objects.get(kind="agreement")
    held.remove(lead)
    held.remove(entry)
    held.remove(entry, False)
    assert held.stands() == [("agreement", "Et.")]
    held.remove(lead, False)
    lead.refresh_from_db()
    held.write(lead, text="I plenum kom dette frem:")
    held.remove(entry)
    assert held.stands() == [("text", "I plenum kom dette frem:")]


def test_no_second_sentence_beside_one_that_nobody_remembers(held: Board) -> None:
    held.insert(held.card("agreement", "Et"))
    Card.objects.update(lead=None)
    held.insert(held.card("agreement", "To"))
    assert held.stands() == [LEAD, ("agreement", "Et."), ("agreement", "To.")]


def test_the_kind_is_followed(held: Board) -> None:
    card = held.card("question", "Spørg alle", "Ja")
    held.insert(card)
    held.word(card, "Spørg alle", kind="task")
    assert held.stands() == [LEAD, ("task", "Spørg alle.")]


@pytest.mark.parametrize("told", [
    {"text": "Et."}, {"kind": "decision"}, {"actor": "chairmanship"}
])  # fmt: skip
def test_what_the_secretary_changed_is_left_alone(held: Board, told: dict[str, str]) -> None:
    card = held.card("task", "Et")
    held.insert(card)
    held.word(card, "To")
    held.write(Entry.objects.get(kind="task"), **told)
    before = Entry.objects.values("kind", "text", "actor", "version").get(card=card)
    held.word(card, "Tre")
    assert Entry.objects.values("kind", "text", "actor", "version").get(card=card) == before


def test_a_name_keeps_its_capital(held: Board) -> None:
    held.insert(held.card("dilemma", "kommunen bestemmer", "København har brug for det."))
    assert held.stands()[1] == ("dilemma", "Kommunen bestemmer over for København har brug for det.")


def test_after_the_approval_a_gap_is_a_sentence_alone(held: Board) -> None:
    Product.objects.filter(pk=held.evening.product.pk).update(state="approved")
    held.insert(held.card("evidence_gap", "Ingen ved det"), held.card("task", "Gør noget"))
    assert held.stands() == [LEAD, ("evidence_gap", "Ingen ved det."), ("task", "Gør noget.")]
    assert not EvidenceGap.objects.exists()


def test_what_is_hidden_is_no_source_any_more(held: Board, browser_of: Page) -> None:
    hidden, shown = held.evening.say("KANARIEFUGL"), held.evening.say("Lys.", speaker="Gruppe B")
    card = held.card("evidence_gap", "Ingen ved det", sources=[hidden, shown])
    held.evening.do(saying.hide, hidden, "Et navn")
    page = held.page(browser_of("facilitator"), "card", card.pk)
    assert ("Lys." in page.text, "KANARIEFUGL" in page.text) == (True, False)
    held.insert(card)
    assert EvidenceGap.objects.get().asked_by == "Gruppe B"


# --- what is refused ---


def test_nothing_goes_into_a_closed_item(held: Board) -> None:
    card, other = held.card("agreement", "Ord"), held.card("agreement", "Andet")
    held.insert(card)
    AgendaItem.objects.filter(pk=held.item.pk).update(access="closed", public_title="Lukket")
    held.item.refresh_from_db()
    with pytest.raises(Blocked, match="lukket"):
        held.insert(other)
    with pytest.raises(Blocked, match="E1"):
        held.word(card, "Nye ord")
    held.take_out(card)
    assert held.word(card, "Nye ord").text == "Nye ord"
    assert held.stands() == []


def test_a_deliberation_is_not_prepared_for_a_closed_item(evening: Evening) -> None:  # noqa: F811
    AgendaItem.objects.filter(pk=evening.item.pk).update(access="closed", public_title="Lukket")
    evening.item.refresh_from_db()
    plan = methods.of_template("world-cafe")
    with pytest.raises(Blocked, match="lukket"):
        evening.do(actions.prepare, evening.meeting, evening.product, plan, method="Café", item=evening.item)


def test_who_is_barred_from_an_item_writes_nothing_into_it(held: Board, browser_of: Page) -> None:
    chair = held.evening.world["chair"]
    standing, card = held.card("agreement", "Står"), held.card("agreement", "Ord")
    held.insert(standing)
    held.evening.do(cases.bar, held.item.case, chair.person, "Nabo")
    with pytest.raises(NotPermitted):
        held.insert(card, by=chair)
    with pytest.raises(NotPermitted):
        held.word(standing, "Andre ord", by=chair)
    page = held.page(browser_of("chair"), "insert", item=held.item.pk, what="all")
    assert "Vælg et åbent punkt" in page.text
    assert held.stands() == [LEAD, ("agreement", "Står.")]
    assert held.item.title not in page.text
    told = held.page(browser_of("chair"), "card", standing.pk, kind="agreement", text="Andre ord", version=1)
    assert (told.status_code, "Andre ord" in told.text, "Det kan ikke gøres her." in told.text) == (422, True, True)
    assert held.stands() == [LEAD, ("agreement", "Står.")]


def test_the_board_names_its_item_only_while_that_is_open(held: Board, browser_of: Page) -> None:
    held.card("agreement", "Ord")
    Session.objects.update(item=held.item)
    AgendaItem.objects.filter(pk=held.item.pk).update(title="KANARIEFUGL")
    client = browser_of("facilitator")
    assert "KANARIEFUGL" in held.page(client).text
    AgendaItem.objects.filter(pk=held.item.pk).update(access="closed", public_title="Lukket")
    page = held.page(client)
    assert (page.status_code, "KANARIEFUGL" in page.text) == (200, False)


def test_a_card_off_the_board_is_not_worded_and_comes_back(held: Board, browser_of: Page) -> None:
    one, two = held.card("task", "Et"), held.card("task", "To")
    held.evening.do(board.merge, one, two)
    client = browser_of("facilitator")
    told = held.page(client, "card", one.pk, kind="task", text="Et, langt bedre ord", version=1)
    assert told.status_code == 422
    assert "Et, langt bedre ord" in told.text
    assert "ikke på tavlen mere" in told.text
    page = held.page(client)
    assert "Taget af tavlen: 1" in page.text
    assert "lagt sammen med O2" in page.text
    assert "Sæt tilbage" in page.text
    back = held.page(client, "card-set", one.pk, what="back")
    assert "Taget af tavlen" not in back.text
    assert [card.text for card in board.on_board(held.evening.session)] == ["Et", "To"]


def test_merging_is_offered_where_a_card_does_not_stand(held: Board, browser_of: Page) -> None:
    one, _two = held.card("task", "Et"), held.card("task", "To")
    client = browser_of("facilitator")
    held.insert(one)
    assert ['id="m-O1"' in held.page(client).text, 'id="m-O2"' in held.page(client).text] == [False, True]
    held.take_out(one)
    assert 'id="m-O1"' in held.page(client).text


# --- pages ---


def test_some_or_all_is_said_by_the_button(held: Board, browser_of: Page) -> None:
    one, two = held.card("agreement", "Et"), held.card("agreement", "To")
    client, item = browser_of("secretary"), held.item.pk
    for more in ({"what": "some"}, {}):
        assert "Vælg de kort" in held.page(client, "insert", item=item, **more).text
    assert held.stands() == []
    held.page(client, "insert", item=item, what="some", card=[two.pk], shown=f"{one.pk} {two.pk}")
    assert held.stands() == [LEAD, ("agreement", "To.")]
    held.card("agreement", "Kom til siden")
    held.page(client, "insert", item=item, what="all", shown=f"{one.pk} {two.pk} ")
    assert held.stands() == [LEAD, ("agreement", "To."), ("agreement", "Et.")]
    again = held.page(client, "insert", item=item, what="some", card=[one.pk])
    assert "står i referatet allerede" in again.text


def test_the_room_inserts_what_it_showed_and_is_answered_in_its_way(held: Board, browser_of: Page) -> None:
    one = held.card("agreement", "Et")
    client = browser_of("secretary")
    room = reverse("minutes:item", args=[held.evening.meeting.pk, held.item.pk])
    assert f'name="shown" value="{one.pk} "' in client.get(room).text
    held.card("agreement", "Kom til siden")
    to = reverse("sessions:insert", args=[held.evening.session.pk])
    told = {"item": held.item.pk, "back": "room", "what": "all", "shown": str(one.pk)}
    answer = client.post(to, told, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (200, {"to": room})
    assert held.stands() == [LEAD, ("agreement", "Et.")]
    again = client.post(to, told, headers={"accept": "application/json"})
    assert (again.status_code, again.json()["refused"]) == (422, ["De står i referatet allerede."])


def test_a_thought_has_one_form_however_many_cards_there_are(held: Board, browser_of: Page) -> None:
    one, _two = held.card("task", "Et"), held.card("task", "To")
    said, other = held.evening.say("Lys."), held.evening.say("Bænke.")
    client = browser_of("facilitator")
    page = held.page(client)
    assert page.text.count(f'name="k" value="{said.number}"') == 1
    held.page(client, "card-new", k=said.number, into=one.pk)
    assert [source.text for source in one.sources.all()] == ["Lys."]
    assert "Vælg det kort" in held.page(client, "card-new", k=other.number, into="").text


def test_the_column_of_thoughts_is_the_boards_and_costs_the_same_for_many(
    held: Board, browser_of: Page, django_assert_num_queries: Any
) -> None:
    client, at = browser_of("facilitator"), reverse("sessions:board-said", args=[held.evening.session.pk])
    held.card("task", "Et", sources=[held.evening.say("Bænke.")])
    held.evening.say("Lys.")
    client.get(at)  # and the login is noted
    with CaptureQueriesContext(connection) as alone:
        column = client.get(at).text
    assert [words in column for words in ("Lys.", "Bænke.", "1 af 2 venter")] == [True] * 3
    for number in range(8):
        held.evening.say(f"Mere {number}.")
    with django_assert_num_queries(len(alone)):
        column = client.get(at).text
    page = held.page(client).text
    assert "9 af 10 venter" in column
    assert pieces(column) == pieces(page)
    assert len(pieces(page)) == 10
    assert ("Lys." in client.get(f"{at}?runde=2").text, "Lys." in client.get(f"{at}?runde=1").text) == (True, False)
    held.evening.do(saying.hide, held.evening.say("KANARIEFUGL"), "Et navn")
    assert "KANARIEFUGL" not in client.get(at).text


def test_a_thought_is_told_apart_from_what_is_worded(held: Board, browser_of: Page) -> None:
    session, after = browser_of("facilitator").session.session_key, journal.head()[0]
    said = held.evening.say("Lys.")
    held.card("task", "Et")
    held.evening.do(saying.hide, said, "Et navn")
    meeting = held.evening.meeting.pk
    follower = live.Follower(meeting, held.evening.world["facilitator"].pk, session, "low", after)
    told = live.news(meeting, [follower])[follower] or []
    assert [what for _number, what in told] == ["said", "talk", "talk"]


def test_a_hall_of_thoughts_crowds_out_no_word_of_the_board(
    held: Board, browser_of: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_MOST", 3)
    session, after = browser_of("facilitator").session.session_key, journal.head()[0]
    held.card("task", "Et")
    for number in range(5):
        held.evening.say(f"Lys {number}.")
    meeting = held.evening.meeting.pk
    follower = live.Follower(meeting, held.evening.world["facilitator"].pk, session, "low", after)
    assert live.news(meeting, [follower])[follower] == [(after + 1, "talk"), (journal.head()[0], "said")]


def pieces(page: str) -> list[str]:
    """What stands in the column of thoughts, without what is another each time: the tokens of the forms."""
    column = page.partition('id="fra-liste"')[2].partition("</section>")[0]
    plain = re.sub(r'name="(?:csrfmiddlewaretoken|once)" value="[^"]+"', "", column)
    return re.findall(r"<article.*?</article>", plain, re.DOTALL)


def test_a_part_of_a_page_comes_without_the_frame_and_leaves_messages_to_the_next_page(
    held: Board, browser_of: Page
) -> None:
    client, at = browser_of("facilitator"), reverse("sessions:board", args=[held.evening.session.pk])
    client.post(reverse("sessions:card-new", args=[held.evening.session.pk]), {"into": ""})
    part = client.get(at, headers={"X-Part": "live"}).text
    assert ('id="live"' in part, "<header" in part, "Vælg det kort" in part) == (True, False, False)
    page = client.get(at).text
    assert ('id="live"' in page, "<header" in page, "Vælg det kort" in page) == (True, True, True)


def test_a_new_card_keeps_its_draft_by_its_sources(held: Board, browser_of: Page) -> None:
    said = held.evening.say("Lys.")
    client, to = browser_of("facilitator"), reverse("sessions:card-new", args=[held.evening.session.pk])
    kept = f'data-keep="card-{held.evening.session.pk}'
    assert f'{kept}"' in client.get(to).text
    assert f'{kept}-{said.number}"' in client.get(f"{to}?k={said.number}").text


def test_the_wall_shows_the_ballot_and_the_reading_alone(held: Board, browser_of: Page) -> None:
    code, client = held.evening.station().code, browser_of("chair")
    wall = reverse("minutes:wall", args=[held.evening.meeting.pk])
    assert code in client.get(wall).text
    ballot = Ballot.objects.create(item=held.item, number=1, question="Skal det?", way="hands", state="open")
    page = client.get(wall).text
    assert (code in page, "Skal det?" in page) == (False, True)
    Ballot.objects.filter(pk=ballot.pk).update(state="void")
    assert code in client.get(wall).text
    held.evening.do(minutes.start_reading, held.evening.meeting)
    assert code not in client.get(wall).text


# --- before the meeting ---


def test_the_session_is_held_before_the_meeting(evening: Evening, monkeypatch: Any) -> None:  # noqa: F811
    held_first: list[str] = []

    def noting(name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def noted(row: Any) -> Any:
            held_first.append(name)
            return act(row)

        return noted

    monkeypatch.setattr(actions, "locked", noting("session", actions.locked))
    monkeypatch.setattr(actions.meetings, "lock", noting("meeting", actions.meetings.lock))
    plan = methods.of_template("world-cafe")
    evening.do(actions.prepare, evening.meeting, evening.product, plan, method="Café")
    assert held_first == ["session", "meeting"]


def test_a_deliberation_with_cards_or_wishes_is_not_replaced(evening: Evening) -> None:  # noqa: F811
    plan = methods.of_template("world-cafe")
    one, member = evening.round(2), evening.world["member"].person
    evening.do(actions.wish, one, member, [evening.station()])
    with pytest.raises(Blocked, match="sidde"):
        evening.do(actions.prepare, evening.meeting, evening.product, plan, method="Café")
    evening.do(actions.wish, one, member, [])
    evening.do(board.word, evening.session, None, kind="agreement", text="Ord")
    with pytest.raises(Blocked, match="kort på"):
        evening.do(actions.prepare, evening.meeting, evening.product, plan, method="Café")
    assert Session.objects.get() == evening.session


def test_a_wish_that_was_taken_back_hinders_nobody(evening: Evening) -> None:  # noqa: F811
    evening.do(actions.wish, evening.round(2), evening.world["member"].person, [])
    plan = methods.of_template("world-cafe")
    made = evening.do(actions.prepare, evening.meeting, evening.product, plan, method="Café")
    assert Session.objects.get() == made


def test_two_who_arrange_a_station_lose_nothing(evening: Evening) -> None:  # noqa: F811
    mine, theirs = evening.station(), evening.station()
    shown = {"title": mine.title, "question": mine.question, "element": mine.element, "seats": mine.seats}
    evening.do(actions.set_station, theirs, {**shown, "question": "Et nyt spørgsmål?"})
    evening.do(actions.set_station, mine, {**shown, "seats": 9})
    now = Station.objects.get(pk=mine.pk)
    assert (now.question, now.seats) == ("Et nyt spørgsmål?", 9)
    with pytest.raises(Conflict):
        evening.do(actions.set_station, mine, {**shown, "question": "Et andet?"})
    evening.do(actions.set_station, evening.station(), {**shown, "title": "Lys"}, opened=shown)
    now.refresh_from_db()
    assert (now.title, now.question, now.seats) == ("Lys", "Et nyt spørgsmål?", 9)
    with pytest.raises(Conflict):
        evening.do(actions.set_station, evening.station(), {**shown, "question": "Et andet?"}, opened=shown)


def test_two_who_arrange_a_round_lose_nothing(evening: Evening) -> None:  # noqa: F811
    mine, theirs = evening.round(2), evening.round(2)
    evening.do(actions.set_round, theirs, {"title": "Vores runde", "minutes": theirs.minutes})
    evening.do(actions.set_round, mine, {"title": mine.title, "minutes": 12})
    now = evening.round(2)
    assert (now.title, now.minutes) == ("Vores runde", 12)
    with pytest.raises(Conflict):
        evening.do(actions.set_round, mine, {"title": "Min runde", "minutes": 12})
