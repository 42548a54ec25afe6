"""A meeting from opening to signatures: the room, what is written, what is decided, and what cannot be undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document
from pypdfium2 import PdfDocument

from raadslag.core import read
from raadslag.core.record import encode
from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Case
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.files import keeping
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.messages.models import Message
from raadslag.workspace.minutes import actions, composing, live, rules, signing
from raadslag.workspace.minutes.models import Ballot, Entry, EntryText, Happening, ItemMinutes, Minutes, Vote

from .conftest import World


class Sitting:
    """A meeting of three items that has been opened; `do` calls an action as the secretary."""

    def __init__(self, world: World) -> None:
        self.world, self.at = world, world.at
        self.closed = world.closed_case("KANARIEFUGL")
        self.meeting = world.sent(world.case("Nye træer"), self.closed, world.case("Nye bænke"))
        self.items: list[AgendaItem] = composing.items_of(self.meeting)
        self.all_in = [world[name].person.pk for name in ("chair", "vice_chair", "member", "second")]

    def do(self, action: Any, *arguments: Any, **more: Any) -> Any:
        """Call an action a second later."""
        self.at += timedelta(seconds=1)
        return action(*arguments, by=more.pop("by", self.world["secretary"]), at=self.at, **more)

    def open(self, *who: str) -> Sitting:
        """Open it, with everyone or with those."""
        present = [self.world[name].person.pk for name in who] if who else self.all_in
        self.do(actions.open_meeting, self.meeting, present)
        return self

    def write(self, item: AgendaItem, text: str, **more: Any) -> Entry:
        """A new paragraph."""
        told = {"kind": "text", "version": 0, **more}
        return self.do(actions.save_entry, item, uuid4(), text=text, **told).entry

    def finish(self) -> Minutes:
        """Outcomes, reading-out, adjourning."""
        for item in self.items:
            if not ItemMinutes.objects.filter(item=item).exclude(outcome="").exists():
                self.do(actions.set_outcome, item, "approved")
        self.do(actions.start_reading, self.meeting)
        for item in self.items:
            self.do(actions.tick, item, True)
        return self.do(actions.adjourn, self.meeting)


@pytest.fixture
def sitting(world: World) -> Sitting:
    return Sitting(world)


# --- the room ---


def test_a_meeting_is_opened_once_its_agenda_has_been_sent(world: World, sitting: Sitting) -> None:
    planned = world.meeting(days=60)
    with pytest.raises(Blocked):
        sitting.do(actions.open_meeting, planned, [])
    sitting.open()
    meeting = Meeting.objects.get(pk=sitting.meeting.pk)
    assert meeting.state == "in_progress"
    room = rules.attendance_of(meeting)
    assert (room.present, room.members, room.has_quorum) == (4, 4, True)
    assert room.room.item == str(sitting.items[0].pk)
    with pytest.raises(Blocked):
        sitting.do(actions.open_meeting, meeting, [])


def test_who_comes_and_goes_is_timed_and_stands_in_the_list(world: World, sitting: Sitting) -> None:
    sitting.open("chair", "vice_chair", "member")
    second, member = world["second"].person, world["member"].person
    sitting.do(actions.happen, sitting.meeting, "item", item=sitting.items[1])
    sitting.do(actions.happen, sitting.meeting, "arrived", person=second)
    with pytest.raises(Blocked):
        sitting.do(actions.happen, sitting.meeting, "arrived", person=second)
    slip = sitting.do(actions.happen, sitting.meeting, "left", person=member)
    sitting.do(actions.take_back, slip)
    sitting.do(actions.happen, sitting.meeting, "item", item=sitting.items[2])
    listed = {one.person: one for one in composing.compose(sitting.meeting, stage="draft").attendance}
    assert listed[second.name].status == "present"
    assert listed[second.name].arrived
    assert listed[second.name].items == ("2", "3")
    assert (listed[member.name].left, listed[member.name].items) == (None, None)
    assert world["secretary"].person.name not in listed  # who writes is no member


def test_nobody_comes_who_was_not_called(world: World, sitting: Sitting) -> None:
    sitting.open()
    with pytest.raises(Blocked):
        sitting.do(actions.happen, sitting.meeting, "arrived", person=world["user"].person)


def test_who_is_barred_from_an_item_is_out_of_it_and_of_its_papers(world: World, sitting: Sitting) -> None:
    sitting.open()
    item = sitting.items[1]
    sitting.do(actions.happen, sitting.meeting, "item", item=item)
    sitting.do(actions.happen, sitting.meeting, "barred", person=world["member"].person, item=item)
    assert sitting.closed.disqualifications.filter(person=world["member"].person).exists()
    assert world["member"].person.pk not in rules.attendance_of(sitting.meeting).who_may_vote()
    (listed,) = [one for one in composing.compose(sitting.meeting, stage="draft").attendance if one.disqualified]
    assert listed.person == world["member"].person.name
    sitting.do(actions.happen, sitting.meeting, "unbarred", person=world["member"].person, item=item)
    assert not sitting.closed.disqualifications.exists()


# --- writing ---


def test_a_text_is_kept_in_every_version_and_a_retry_makes_no_other(sitting: Sitting) -> None:
    sitting.open()
    item, pk = sitting.items[0], uuid4()
    told = {"kind": "text", "text": "Formanden bød velkommen.", "version": 0}
    first = sitting.do(actions.save_entry, item, pk, **told)
    again = sitting.do(actions.save_entry, item, pk, **told)
    assert (first.is_beside, again.is_beside) == (False, False)
    sitting.do(actions.save_entry, item, pk, **{**told, "text": "Formanden bød alle velkommen.", "version": 1})
    assert [(one.number, one.text) for one in EntryText.objects.all()] == [
        (1, "Formanden bød velkommen."),
        (2, "Formanden bød alle velkommen."),
    ]


def test_two_who_write_at_once_lose_nothing(world: World, sitting: Sitting) -> None:
    """I23: what was saved first stands, and the other is kept beside it."""
    sitting.open()
    entry = sitting.write(sitting.items[0], "Udgangspunkt")
    told = {"kind": "text", "version": 1}
    mine = sitting.do(actions.save_entry, sitting.items[0], entry.pk, text="Min tekst", **told)
    theirs = sitting.do(actions.save_entry, sitting.items[0], entry.pk, text="Din tekst", **told, by=world["chair"])
    assert (mine.is_beside, theirs.is_beside) == (False, True)
    assert Entry.objects.get().text == "Min tekst"
    assert EntryText.objects.get(is_beside=True).text == "Din tekst"


def test_typed_paragraphs_print_as_prose_and_stay_rows(world: World, sitting: Sitting) -> None:
    sitting.open()
    item = sitting.items[0]
    sitting.write(item, "Formanden bød velkommen.")
    sitting.write(item, "Der holdes et ekstra møde.", kind="decision", actor="chairmanship")
    sitting.write(item, "Bedre boliger kan give højere husleje.", kind="dilemma")
    sitting.write(item, "Jeg er ikke enig.", kind="dissent", person=world["member"].person)
    gone = sitting.write(item, "En slåfejl")
    sitting.do(actions.remove_entry, gone, True)
    sitting.do(actions.set_outcome, item, "noted")
    shown = composing.compose(sitting.meeting, stage="draft")
    assert shown.items[0].decision == (
        "Formanden bød velkommen.\n\n**Beslutning (formandskabet):** Der holdes et ekstra møde.\n\n"
        "**Dilemma:** Bedre boliger kan give højere husleje.\n\n"
        f"**Protokoltilførsel fra {world['member'].person.name}:** Jeg er ikke enig.\n\nTaget til efterretning."
    )
    assert [(note.kind, note.item) for note in shown.notes] == [("decision", "1"), ("dilemma", "1"), ("dissent", "1")]


def test_each_point_of_a_recommendation_is_answered(world: World) -> None:
    case = world.case(points="træerne plantes\nbænkene flyttes")
    meeting = world.sent(case)
    (item,) = composing.items_of(meeting)
    actions.open_meeting(meeting, [], by=world["secretary"], at=world.at)
    actions.set_outcome(item, "approved", points=["", "rejected"], by=world["secretary"], at=world.at)
    (shown,) = composing.compose(meeting, stage="draft").items
    assert [point.outcome for point in shown.recommendation.points] == ["approved", "rejected"]
    with pytest.raises(Blocked):
        actions.set_outcome(item, "perhaps", by=world["secretary"], at=world.at)


# --- ballots ---


@pytest.fixture
def ballot(sitting: Sitting) -> Ballot:
    sitting.open()
    drafted = sitting.do(actions.draft_ballot, sitting.items[0], "Træerne plantes.", way="names")
    return sitting.do(actions.open_ballot, drafted)


def test_a_ballot_by_name_is_counted_once_for_each(world: World, sitting: Sitting, ballot: Ballot) -> None:
    for name, choice in (("chair", "for"), ("member", "for"), ("second", "against")):
        sitting.do(actions.vote, ballot, world[name].person, choice, by=world[name])
    sitting.do(actions.vote, ballot, world["chair"].person, "for", by=world["chair"])  # the answer was lost: no harm
    with pytest.raises(Blocked):
        sitting.do(actions.vote, ballot, world["chair"].person, "against", by=world["chair"])
    with pytest.raises(NotPermitted):
        sitting.do(actions.vote, ballot, world["substitute"].person, "for", by=world["substitute"])
    closed = sitting.do(actions.close_ballot, ballot)
    assert (closed.state, closed.count, closed.count.result) == ("closed", (2, 1, 0, 1), "adopted")
    with pytest.raises(Blocked):
        sitting.do(actions.vote, ballot, world["vice_chair"].person, "for", by=world["vice_chair"])
    (shown,) = composing.compose(sitting.meeting, stage="draft").items[0].votes
    assert (shown.for_.count, shown.against.who, shown.entitled) == (2, (world["second"].person.name,), 4)


def test_the_database_holds_one_vote_of_a_person(world: World, ballot: Ballot) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(ballot=ballot, person=world["chair"].person, choice="for")


def test_hands_are_counted_within_those_who_may_vote(sitting: Sitting) -> None:
    sitting.open()
    drafted = sitting.do(actions.draft_ballot, sitting.items[0], "Træerne plantes.", way="hands")
    opened = sitting.do(actions.open_ballot, drafted)
    for wrong in ((3, 2, 0), (-1, 0, 0), (1, 1)):
        with pytest.raises(Blocked):
            sitting.do(actions.close_ballot, opened, hands=wrong)
    assert sitting.do(actions.close_ballot, opened, hands=(1, 1, 0)).count.result == "tie"


def test_no_ballot_opens_with_fewer_than_half_of_the_members(sitting: Sitting) -> None:
    sitting.open("chair")
    drafted = sitting.do(actions.draft_ballot, sitting.items[0], "Træerne plantes.", way="hands")
    with pytest.raises(Blocked, match="halvdelen"):
        sitting.do(actions.open_ballot, drafted)


def test_amendments_come_first_and_one_ballot_at_a_time(sitting: Sitting) -> None:
    sitting.open()
    main = sitting.do(actions.draft_ballot, sitting.items[0], "Ti træer.", way="hands")
    change = sitting.do(actions.draft_ballot, sitting.items[0], "Tolv træer.", way="hands", is_amendment=True)
    with pytest.raises(Blocked, match="ændringsforslag"):
        sitting.do(actions.open_ballot, main)
    sitting.do(actions.open_ballot, change)
    with pytest.raises(Blocked):
        sitting.do(actions.open_ballot, main)
    sitting.do(actions.close_ballot, change, hands=(1, 3, 0))
    assert sitting.do(actions.open_ballot, main).state == "open"


def test_if_what_is_voted_on_changes_the_ballot_is_void(sitting: Sitting, ballot: Ballot) -> None:
    """I22."""
    Case.objects.filter(title="Nye træer").update(points="træerne fældes")
    assert sitting.do(actions.close_ballot, ballot).state == "void"
    assert composing.compose(sitting.meeting, stage="draft").items[0].votes == ()


# --- the end ---


def test_the_meeting_ends_when_nothing_is_missing(sitting: Sitting) -> None:
    sitting.open()
    with pytest.raises(Blocked) as told:
        sitting.do(actions.adjourn, sitting.meeting)
    assert len(told.value.obstacles) == 4  # not read out, and three items without outcome
    for item in sitting.items:
        sitting.do(actions.set_outcome, item, "approved")
    sitting.do(actions.start_reading, sitting.meeting)
    for item in sitting.items[:2]:
        sitting.do(actions.tick, item, True)
    sitting.write(sitting.items[0], "Rettet efter læsningen.")  # what has changed is read again
    with pytest.raises(Blocked) as told:
        sitting.do(actions.adjourn, sitting.meeting)
    assert len(told.value.obstacles) == 2
    for item in sitting.items:
        sitting.do(actions.tick, item, True)
    minutes = sitting.do(actions.adjourn, sitting.meeting)
    assert minutes.decoded() == composing.compose(Meeting.objects.get(pk=sitting.meeting.pk), stage="read_out")
    paper = read(keeping.store().read(minutes.pdf_sha256))
    assert [(one.title, one.outcome) for one in paper.items] == [
        (one.title, one.outcome) for one in minutes.decoded().items
    ]
    assert Meeting.objects.get(pk=sitting.meeting.pk).state == "adjourned"


def test_after_the_end_nothing_is_written_over(sitting: Sitting) -> None:
    sitting.open()
    entry = sitting.write(sitting.items[0], "Læst op.")
    sitting.finish()
    told = {"kind": "text", "text": "Ændret", "version": 1}
    for action, arguments, more in (
        (actions.save_entry, (sitting.items[0], entry.pk), told),
        (actions.remove_entry, (entry, True), {}),
        (actions.set_outcome, (sitting.items[0], "rejected"), {}),
        (actions.happen, (sitting.meeting, "left"), {"person": sitting.world["member"].person}),
        (actions.tick, (sitting.items[0], False), {}),
        (actions.adjourn, (sitting.meeting,), {}),
    ):
        with pytest.raises(Blocked):
            sitting.do(action, *arguments, **more)
    assert Entry.objects.get().text == "Læst op."


def test_the_cases_learn_what_was_decided_and_what_was_deferred_is_left_over(sitting: Sitting) -> None:
    sitting.open()
    sitting.do(actions.set_outcome, sitting.items[2], "deferred")
    sitting.finish()
    states = dict(Case.objects.values_list("title", "state"))
    assert states == {"Nye træer": "treated", "KANARIEFUGL": "treated", "Nye bænke": "ready"}
    assert Case.objects.get(title="Nye træer").history.get().decision == "Godkendt."


def test_those_who_took_part_sign_the_bytes_that_they_saw(world: World, sitting: Sitting) -> None:
    sitting.open("chair", "vice_chair", "member")
    minutes = sitting.finish()
    told = {"sha256": minutes.sha256}
    assert {one.pk for one in signing.who_signs(minutes.meeting)} == {
        world[name].person.pk for name in ("chair", "vice_chair", "member")
    }
    sitting.do(signing.sign, minutes, world["member"].person, **told, reservation="Punkt 2: jeg stemte nej.")
    with pytest.raises(Blocked):
        sitting.do(signing.sign, minutes, world["member"].person, **told)
    with pytest.raises(Blocked):
        sitting.do(signing.sign, minutes, world["chair"].person, sha256="0" * 64)
    for name in ("second", "secretary", "observer"):  # who was not there, or decides nothing
        with pytest.raises(NotPermitted):
            sitting.do(signing.sign, minutes, world[name].person, **told)
    shown = composing.shown(minutes)
    assert [(one.person, one.reservation) for one in shown.signatures] == [
        (world["member"].person.name, "Punkt 2: jeg stemte nej.")
    ]


def test_who_has_not_signed_is_told_and_reminded_in_words_that_tell_nothing(world: World, sitting: Sitting) -> None:
    sitting.open("chair", "vice_chair", "member")
    minutes = sitting.finish()
    told = Message.objects.filter(path=f"/moederum/{minutes.meeting_id}/underskrift/")
    assert {one.person for one in told} == {world[name].person for name in ("chair", "vice_chair", "member")}
    sitting.do(signing.sign, minutes, world["member"].person, sha256=minutes.sha256)

    after = minutes.made_at
    days = {day: signing.remind_what_is_due(after + timedelta(days=day)) for day in (1, 2, 3, 4, 9, 10, 11, 17, 61, 90)}
    assert days == {1: 0, 2: 0, 3: 2, 4: 0, 9: 0, 10: 2, 11: 0, 17: 2, 61: 0, 90: 0}
    again = told.filter(at__gte=after + timedelta(days=3))
    assert {one.person for one in again} == {world["chair"].person, world["vice_chair"].person}
    assert not any("KANARIEFUGL" in one.subject + one.text for one in told)
    assert journal.first_broken() is None

    for name in ("chair", "vice_chair"):
        sitting.do(signing.sign, minutes, world[name].person, sha256=minutes.sha256)
    assert signing.remind_what_is_due(after + timedelta(days=24)) == 0


def test_later_only_additions_and_what_was_signed_stays(world: World, sitting: Sitting) -> None:
    sitting.open()
    with pytest.raises(Blocked):
        sitting.do(signing.add, sitting.meeting, "For tidligt")
    minutes = sitting.finish()
    before = encode(minutes.decoded())
    sitting.do(signing.add, sitting.meeting, "Træerne er lindetræer.")
    assert [one.text for one in composing.shown(minutes).addenda] == ["Træerne er lindetræer."]
    assert encode(Minutes.objects.get().decoded()) == before
    assert journal.first_broken() is None


def test_an_addition_says_which_item_it_concerns(
    world: World, sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    sitting.open()
    minutes = sitting.finish()
    sitting.do(signing.add, sitting.meeting, "Træerne er lindetræer.", item=sitting.items[0].pk)
    other = composing.items_of(world.sent(world.case("Andet"), days=60))
    with pytest.raises(NotPermitted):
        sitting.do(signing.add, sitting.meeting, "Et andet møde", item=other[0].pk)
    with pytest.raises(Blocked, match="for lang"):
        sitting.do(signing.add, sitting.meeting, "x" * 200_001)
    client, address = browser_of("secretary"), f"/moederum/{sitting.meeting.pk}/"
    sent = {"text": "Om det hele.", "item": "", "once": str(uuid4())}
    assert client.post(f"{address}tilfoej/", sent).status_code == 302
    assert client.post(f"{address}tilfoej/", {**sent, "item": "noget andet", "once": str(uuid4())}).status_code == 404
    told = composing.shown(minutes).addenda
    assert {(one.item, one.text) for one in told} == {("1", "Træerne er lindetræer."), (None, "Om det hele.")}
    page = client.get(f"{address}underskrift/").content.decode()
    assert page.index("Træerne er lindetræer.") < page.index('id="p2"') < page.index("Om det hele.")


def test_a_substitute_who_was_called_in_holds_the_seat(world: World, sitting: Sitting) -> None:
    from raadslag.workspace.meetings import actions as meetings

    absent = world["second"].person
    meetings.reply(sitting.meeting, absent, "apology", by=world["second"], at=sitting.at)
    meetings.call_substitute(sitting.meeting, absent, by=world["secretary"], at=sitting.at)
    sitting.all_in[-1] = world["substitute"].person.pk
    sitting.open()
    room = rules.attendance_of(sitting.meeting)
    assert room.present == 4
    assert world["substitute"].person.pk in room.who_may_vote()
    assert absent.pk not in room.who_may_vote()
    listed = {one.person: one for one in composing.compose(sitting.meeting, stage="draft").attendance}
    assert listed[world["substitute"].person.name].substitute == absent.name
    assert (listed[absent.name].status, listed[absent.name].reason) == ("absent", "afbud")


def test_happenings_are_numbered_and_nothing_is_forgotten(sitting: Sitting) -> None:
    sitting.open()
    slip = sitting.do(actions.happen, sitting.meeting, "left", person=sitting.world["member"].person)
    sitting.do(actions.take_back, slip)
    told = list(Happening.objects.values_list("number", "kind", "is_undone"))
    assert [number for number, _, _ in told] == list(range(1, len(told) + 1))
    assert told[-1] == (len(told), "left", True)
    with pytest.raises(Blocked):
        sitting.do(actions.take_back, Happening.objects.get(kind="opened"))


# --- who follows ---


def news(meeting: Any, user: Any, session: str, after: int, level: str = "low") -> live.News:
    """What one who follows is told at a look."""
    follower = live.Follower(meeting, user, session, level, after)
    return live.news(meeting, [follower])[follower]


def test_who_loses_the_right_to_follow_is_told_no_more(world: World, sitting: Sitting, browser_of: Any) -> None:
    """I11, asked at each look of an open line."""
    sitting.open()
    session = browser_of("member").session.session_key
    told = (sitting.meeting.pk, world["member"].pk, session)
    before = live.newest(sitting.meeting)
    assert before
    sitting.write(sitting.items[0], "Nyt")
    sitting.do(actions.happen, sitting.meeting, "left", person=world["second"].person)
    assert len(news(*told, before) or ()) == 2
    assert news(*told, live.newest(sitting.meeting)) == []
    assert news(sitting.meeting.pk, world["user"].pk, session, 0) is None
    assert news(uuid4(), world["member"].pk, session, 0) is None
    seat = world.committee.memberships.get(person=world["member"].person)
    bodies.end_membership(seat, on=date(2021, 1, 1), by=world.administrator, at=sitting.at)
    assert news(*told, 0) is None


def test_who_logs_out_is_told_no_more(world: World, sitting: Sitting, browser_of: Any) -> None:
    sitting.open()
    client = browser_of("chair")
    told = (sitting.meeting.pk, world["chair"].pk, client.session.session_key, 0)
    assert news(*told)
    client.post("/konto/ud/")
    assert news(*told) is None


def test_the_wall_shows_nothing_of_a_closed_item(world: World, sitting: Sitting, browser_of: Any) -> None:
    sitting.open()
    sitting.do(actions.happen, sitting.meeting, "item", item=sitting.items[1])
    sitting.write(sitting.items[1], "KANARIEFUGL i referatet")
    wall = browser_of("secretary").get(f"/moederum/{sitting.meeting.pk}/skaerm/").content.decode()
    assert "KANARIEFUGL" not in wall
    assert "Leje af lokaler" in wall
    card = f"/moederum/{sitting.meeting.pk}/formand/"
    assert "KANARIEFUGL" in browser_of("chair").get(card).content.decode()
    assert "KANARIEFUGL" not in browser_of("chair", "low").get(card).content.decode()


def test_the_minutes_are_a_paper_while_they_are_written(world: World, sitting: Sitting, browser_of: Any) -> None:
    sitting.open()
    sitting.write(sitting.items[0], "Træerne plantes i maj.")
    sitting.write(sitting.items[1], "KANARIEFUGL i referatet")
    address = f"/moederum/{sitting.meeting.pk}/udkast.pdf"
    for client, sees in (
        (browser_of("secretary"), True),
        (browser_of("chair"), True),
        (browser_of("chair", "low"), False),
    ):
        for kind in ("pdf", "docx", "html"):
            paper = read(client.get(f"{address}?som={kind}").content)
            assert "Træerne plantes i maj." in str(paper)
            assert ("KANARIEFUGL" in str(paper)) is sees
    assert browser_of("member").get(address).status_code == 404


def test_the_minutes_are_read_by_each_as_far_as_he_may(world: World, sitting: Sitting, browser_of: Any) -> None:
    sitting.open()
    sitting.write(sitting.items[1], "KANARIEFUGL i referatet")
    sitting.write(sitting.items[0], "Træerne plantes i maj.")
    sitting.finish()
    for name, sees in (("member", True), ("mayor", True), ("observer", False), ("councillor", False)):
        client = browser_of(name)
        page = client.get(f"/moederum/{sitting.meeting.pk}/underskrift/").content.decode()
        assert "Træerne plantes i maj." in page
        assert ("KANARIEFUGL" in page) is sees, name
        for kind in ("pdf", "docx", "html"):
            paper = read(client.get(f"/moederum/{sitting.meeting.pk}/referat.pdf?som={kind}").content)
            assert "Træerne plantes i maj." in str(paper)
            assert ("KANARIEFUGL" in str(paper)) is sees, (name, kind)
        assert client.get(f"/moederum/{sitting.meeting.pk}/referat.pdf?som=exe").status_code == 404
        extract = read(client.get(f"/moederum/{sitting.meeting.pk}/referat.pdf?punkt=1").content)
        assert [item.title for item in extract.items] == ["Nye træer"]
        assert client.get(f"/moederum/{sitting.meeting.pk}/referat.pdf?punkt=9").status_code == 404


# --- papers to be written on ---


def _said(data: bytes, kind: str) -> str:
    """Every word of a paper that is written on; it is no record, so no reader takes it for one."""
    if kind == "pdf":
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in PdfDocument(data)).split())
    if kind == "html":
        return data.decode()
    document = Document(BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join([*(line.text for line in document.paragraphs), *cells])


def test_before_a_meeting_who_is_called_stands_on_the_list(world: World, sitting: Sitting) -> None:
    from raadslag.workspace.meetings import actions as meetings

    absent = world["second"].person
    meetings.reply(sitting.meeting, absent, "apology", reason="KANARIEFUGL", by=world["second"], at=sitting.at)
    meetings.call_substitute(sitting.meeting, absent, by=world["secretary"], at=sitting.at)
    listed = {one.person: one for one in composing.compose(sitting.meeting, stage="sent").attendance}
    assert {one.status for one in listed.values()} == {"listed"}
    assert (listed[absent.name].reason, listed[world["substitute"].person.name].substitute) == ("afbud", absent.name)
    assert world["secretary"].person.name not in listed
    assert "KANARIEFUGL" not in str(listed)  # why somebody stays away is nobody's business (I21)
    sitting.open("chair")
    opened = {one.person: one.status for one in composing.compose(sitting.meeting, stage="draft").attendance}
    assert set(opened.values()) == {"present", "absent"}


def test_the_sheet_tells_who_comes_and_later_who_came_and_signed(
    world: World, sitting: Sitting, browser_of: Any
) -> None:
    address = f"/moederum/{sitting.meeting.pk}/fremmoede.pdf"
    client = browser_of("secretary")
    for kind in ("pdf", "docx", "html"):
        told = _said(client.get(f"{address}?som={kind}").content, kind)
        assert all(world[name].person.name in told for name in ("chair", "vice_chair", "member", "second"))
        assert "Byrumsudvalget" in told
        assert "KANARIEFUGL" not in told
        assert "Leje af lokaler" not in told
    assert not JournalEntry.objects.filter(kind="files.ClosedRead").exists()
    assert client.get(f"{address}?som=exe").status_code == 404
    kit = f"/moederum/{sitting.meeting.pk}/papirsaet.pdf"
    for kind, readings in (("exe", 0), ("pdf", 1)):  # I26: what was given is noted, and nothing else
        client.get(f"{kit}?som={kind}")
        assert JournalEntry.objects.filter(kind="files.ClosedRead").count() == readings

    sitting.open("chair", "member")
    minutes = sitting.finish()
    sitting.do(signing.sign, minutes, world["member"].person, sha256=minutes.sha256)
    told = _said(browser_of("chair", "low").get(address).content, "pdf")
    assert told.count("underskrevet") == 1
    assert "fraværende" in told
    assert browser_of("member").get(address).status_code == 404


def test_the_kit_shows_each_item_as_far_as_one_may_read_it(world: World, browser_of: Any) -> None:
    closed = world.closed_case("KANARIEFUGL i lukket sag", points="KANARIEFUGL lejes")
    meeting = world.sent(world.case("Nye træer"), closed)
    address = f"/moederum/{meeting.pk}/papirsaet.pdf"
    cases.bar(closed, world["vice_chair"].person, "Prøve", by=world["secretary"], at=world.at)
    for name, level, sees in (
        ("secretary", "substantial", True), ("secretary", "low", False), ("chair", "substantial", True),
        ("chair", "low", False), ("vice_chair", "substantial", False),
    ):  # fmt: skip
        client = browser_of(name, level)
        for kind in ("pdf", "docx", "html"):
            data = client.get(f"{address}?som={kind}").content
            told = _said(data, kind)
            assert "1 (Åben) Nye træer" in told
            assert "At træerne plantes" in told
            assert ("KANARIEFUGL" in told) is sees, (name, level, kind)
            assert b"KANARIEFUGL" not in data or sees
            assert ("2 (Lukket) Leje af lokaler" in told) is not sees
    assert browser_of("member").get(address).status_code == 404


def test_the_kit_tells_when_each_item_is_planned(world: World, browser_of: Any) -> None:
    meeting = world.sent(world.case("Nye træer"), world.case("Nye bænke"))
    AgendaItem.objects.filter(meeting=meeting).update(minutes=25)
    start = timezone.localtime(meeting.start)
    told = _said(browser_of("secretary").get(f"/moederum/{meeting.pk}/papirsaet.pdf").content, "pdf")
    assert f"{start:%H.%M} 1 (Åben) Nye træer {start + timedelta(minutes=25):%H.%M} 2 (Åben) Nye bænke" in told


def test_a_paper_as_a_web_page_may_use_its_own_style_and_nothing_else(
    world: World, sitting: Sitting, browser_of: Any
) -> None:
    sitting.open()
    for name in ("fremmoede", "udkast"):
        given = browser_of("secretary").get(f"/moederum/{sitting.meeting.pk}/{name}.pdf?som=html")
        assert given.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert b"<script" not in given.content


def test_the_papers_to_print_are_found_where_they_are_needed(world: World, sitting: Sitting, browser_of: Any) -> None:
    sheet, kit = (f"/moederum/{sitting.meeting.pk}/{name}.pdf" for name in ("fremmoede", "papirsaet"))
    client = browser_of("secretary")
    for page in (reverse("meetings:meeting", args=[sitting.meeting.pk]), f"/moederum/{sitting.meeting.pk}/"):
        shown = client.get(page).content.decode()
        assert sheet in shown
        assert kit in shown
    sitting.open()
    sitting.finish()
    shown = client.get(f"/moederum/{sitting.meeting.pk}/underskrift/").content.decode()
    assert sheet in shown
    assert kit not in shown
    assert sheet not in browser_of("member").get(f"/moederum/{sitting.meeting.pk}/underskrift/").content.decode()
