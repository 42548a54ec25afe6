"""Groups: asked and answering, writing a note without losing a word, and telling it at the committee's next meeting."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.models import GroupInvitation, Membership, Organization, Role
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings import group_notes
from raadslag.workspace.meetings.models import GroupNote, Meeting
from raadslag.workspace.messages.models import Mail, Message
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.minutes import composing
from raadslag.workspace.minutes.models import Entry
from raadslag.workspace.people.actions import enter
from raadslag.workspace.products import actions as products

from .conftest import World

pytestmark = pytest.mark.django_db
Page = Callable[..., Client]


class Group:
    """A writing group of the committee: a chair, two writers; a member of the committee who is outside it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.row: Organization = world.found("Skrivegruppen", "writing", world.committee)
        world.appoint("head", Role.CHAIR, self.row)
        for name in ("one", "two"):
            world.appoint(name, Role.MEMBER, self.row)
        self.home = reverse("desk:group", args=[self.row.pk])

    def told(self, name: str = "one", **more: Any) -> dict[str, Any]:
        return {"by": self.world[name], "at": self.world.at, **more}

    def ask(self, name: str = "member", by: str = "head") -> GroupInvitation:
        return bodies.invite(self.row, self.world[name].person, words="Kom og skriv", **self.told(by))

    def handed(self, text: str = "Vi har mødtes to gange.", **more: Any) -> GroupNote:
        note = group_notes.save(self.row, text, **self.told(**more)).note
        return group_notes.hand_over(note, version=note.version, **self.told(**more))

    def texts(self, meeting: Meeting) -> list[str]:
        return [one.text for one in GroupNote.objects.at(meeting, self.world.at).told()]


@pytest.fixture
def group(world: World) -> Group:
    return Group(world)


def held(world: World, meeting: Meeting) -> Meeting:
    """Open it."""
    return minutes.open_meeting(meeting, [], by=world["secretary"], at=world.at)


def over(world: World, meeting: Meeting) -> Meeting:
    """Hold it to its end."""
    told = {"by": world["secretary"], "at": world.at}
    items = composing.items_of(meeting)
    for item in items:
        minutes.set_outcome(item, "noted", **told)
    minutes.start_reading(meeting, **told)
    for item in items:
        minutes.tick(item, True, **told)
    minutes.adjourn(meeting, **told)
    return Meeting.objects.get(pk=meeting.pk)


def is_in(group: Group, name: str) -> bool:
    return group.row.memberships.filter(person=group.world[name].person, role=Role.MEMBER).exists()


# --- invitations ---


def test_only_a_yes_makes_a_member_and_it_is_told_both_ways(group: Group) -> None:
    world = group.world
    asked = group.ask()
    assert not is_in(group, "member")
    journal.catch_up()
    mail = Mail.objects.get(to="member@example.org")
    for words in ("Prøve head", "Skrivegruppen", "Byrumsudvalget", "Kom og skriv"):
        assert words in mail.body
    bodies.answer_invitation(asked, True, by=world["member"], at=world.at)
    assert is_in(group, "member")
    journal.catch_up()
    assert (
        Message.objects.filter(person=world["head"].person).get().text == "Prøve member har sagt ja til din invitation."
    )
    kinds = list(JournalEntry.objects.order_by("number").values_list("kind", flat=True))
    assert kinds[-2:] == ["bodies.MemberAppointed", "bodies.GroupInvitationAnswered"]
    assert "Kom og skriv" not in str(list(JournalEntry.objects.values()))
    bodies.answer_invitation(asked, True, by=world["member"], at=world.at)  # pressed twice
    assert group.row.memberships.filter(person=world["member"].person).count() == 1


def test_a_no_is_remembered_and_makes_nobody_a_member(group: Group, browser_of: Page) -> None:
    world = group.world
    asked = group.ask()
    bodies.answer_invitation(asked, False, by=world["member"], at=world.at)
    assert not is_in(group, "member")
    with pytest.raises(Blocked) as refusal:
        bodies.answer_invitation(asked, True, by=world["member"], at=world.at)
    assert refusal.value.obstacles == ["Du har allerede svaret."]
    assert "sagde nej" in browser_of("head").get(group.home).content.decode()


def test_what_stands_in_the_way_of_asking(group: Group) -> None:
    world = group.world
    group.ask()
    with pytest.raises(Blocked, match="er inviteret og har ikke svaret"):
        group.ask()
    with pytest.raises(Blocked, match="er med i forvejen"):
        group.ask("one", by="secretary")
    mute = enter("Uden adresse", by=world.administrator, at=world.at)
    with pytest.raises(Blocked, match="logger ikke ind"):
        bodies.invite(group.row, mute, **group.told("secretary"))
    bodies.end(group.row, world.at.date() - timedelta(days=1), by=world.administrator, at=world.at)
    with pytest.raises(Blocked, match="Gruppen er sluttet"):
        group.ask("second")
    with pytest.raises(NotPermitted):  # a committee asks nobody in
        bodies.invite(world.committee, world["user"].person, **group.told("secretary"))


def test_a_chair_asks_those_of_the_committee_and_a_secretary_whom_he_knows(group: Group, browser_of: Page) -> None:
    with pytest.raises(NotPermitted):
        group.ask("user")
    place, told = reverse("desk:group-invite", args=[group.row.pk]), {"words": ""}
    stranger = group.world["user"].person
    assert browser_of("head").post(place, {"person": stranger.pk, **told}).status_code == 422
    other = reverse("desk:group-invite-other", args=[group.row.pk])
    assert browser_of("head").post(other, {"person": "Fremmed", **told}).status_code == 404
    assert browser_of("secretary", "low").post(other, {"person": "Fremmed", **told}).status_code == 403
    assert not GroupInvitation.objects.exists()
    page = browser_of("secretary").post(other, {"person": "ingen@example.org", **told})
    assert page.status_code == 422
    assert "Ingen her er kendt" in page.content.decode()
    assert browser_of("secretary").post(other, {"person": "fremmed", **told}).status_code == 302
    assert GroupInvitation.objects.get().person == stranger


def test_a_name_that_several_have_is_asked_for_by_address(group: Group, browser_of: Page) -> None:
    for address in ("a@example.org", "b@example.org"):
        enter("Prøve Tvilling", address, by=group.world.administrator, at=group.world.at)
    other, secretary = reverse("desk:group-invite-other", args=[group.row.pk]), browser_of("secretary")
    assert "Flere hedder det" in secretary.post(other, {"person": "Prøve Tvilling"}).content.decode()
    secretary.post(other, {"person": "b@example.org"})
    assert GroupInvitation.objects.get().person.email == "b@example.org"


def test_one_answers_from_ones_own_page_and_nobody_else_does(group: Group, browser_of: Page) -> None:
    asked = group.ask()
    place = reverse("desk:group-answer", args=[asked.pk])
    assert browser_of("second").post(place, {"answer": "yes"}).status_code == 404
    assert browser_of("secretary").post(place, {"answer": "yes"}).status_code == 404
    with pytest.raises(NotPermitted):
        bodies.answer_invitation(asked, True, by=group.world["second"], at=group.world.at)
    member = browser_of("member")
    home = member.get("/").content.decode()
    assert "Vil du være med i Skrivegruppen?" in home
    assert "Kom og skriv" in home
    assert place in home
    assert member.post(place, {"answer": "yes"}).headers["Location"] == group.home
    assert is_in(group, "member")
    assert place not in member.get("/").content.decode()


def test_an_invitation_is_taken_back_until_it_is_answered(group: Group, browser_of: Page) -> None:
    world, asked = group.world, group.ask()
    place = reverse("desk:group-uninvite", args=[asked.pk])
    assert browser_of("one").post(place).status_code == 404
    assert browser_of("head").post(place).status_code == 302
    assert place not in browser_of("head").get(group.home).content.decode()
    journal.catch_up()
    assert not Mail.objects.exists()  # it had not gone out, and does not
    with pytest.raises(Blocked, match="er taget tilbage"):
        bodies.answer_invitation(asked, True, by=world["member"], at=world.at)
    again = group.ask()
    bodies.answer_invitation(again, False, by=world["member"], at=world.at)
    with pytest.raises(Blocked, match="Der er allerede svaret"):
        bodies.take_back_invitation(again, by=world["head"], at=world.at)


def test_where_every_seat_is_taken_the_invitation_waits(group: Group, browser_of: Page) -> None:
    Organization.objects.filter(pk=group.row.pk).update(seats=3)
    asked = group.ask()
    page = browser_of("member").post(reverse("desk:group-answer", args=[asked.pk]), {"answer": "yes"}, follow=True)
    assert "Alle pladser er besat." in page.content.decode()
    assert "Vil du være med i Skrivegruppen?" in page.content.decode()
    assert not is_in(group, "member")


def test_whom_a_secretary_has_added_meanwhile_can_still_say_yes(group: Group) -> None:
    world, asked = group.world, group.ask()
    bodies.appoint(
        group.row, world["member"].person, role=Role.MEMBER, start=world.at.date(), **group.told("secretary")
    )
    bodies.answer_invitation(asked, True, by=world["member"], at=world.at)
    assert Membership.objects.filter(organization=group.row, person=world["member"].person).count() == 1


def test_who_was_asked_as_one_of_the_committee_and_has_left_it_does_not_come_in(group: Group) -> None:
    """I11: with the mandate ends what it gave; whom a secretary asked needs none."""
    world, asked = group.world, group.ask()
    by_secretary = group.ask("second", by="secretary")
    for name in ("member", "second"):
        held = Membership.objects.get(organization=world.committee, person=world[name].person)
        bodies.end_membership(held, on=world.at.date() - timedelta(days=1), by=world.administrator, at=world.at)
    with pytest.raises(Blocked, match="ikke med i udvalget mere"):
        bodies.answer_invitation(asked, True, by=world["member"], at=world.at)
    assert not is_in(group, "member")
    bodies.answer_invitation(asked, False, by=world["member"], at=world.at)
    bodies.answer_invitation(by_secretary, True, by=world["second"], at=world.at)
    assert is_in(group, "second")


# --- the page of a group ---


def test_the_page_shows_the_groups_meetings_and_parts_and_leads_on(group: Group, browser_of: Page) -> None:
    world, told = group.world, group.told("secretary")
    product = products.begin(world.committee, "Trygge boligområder", **told)
    part = products.add(product, kind="text", title="Ensomhed", text="Før.", **told)
    products.assign(part, group.row, [], **told)
    products.add(product, kind="text", title="En andens del", text="", **told)
    page = browser_of("one").get(group.home).content.decode()
    for words in ("Prøve two", "Skriv: Ensomhed", reverse("products:element", args=[product.pk, part.pk]),
                  "Foreslå ændringer"):  # fmt: skip
        assert words in page
    assert "En andens del" not in page
    assert "Bliv gruppens sekretær" not in page
    assert browser_of("member").get(group.home).status_code == 404
    assert group.home not in browser_of("member").get(group.row.get_absolute_url()).content.decode()
    assert group.home in browser_of("one").get(group.row.get_absolute_url()).content.decode()


def test_the_committees_secretary_can_be_the_groups_and_plans_its_meetings(group: Group, browser_of: Page) -> None:
    secretary = browser_of("secretary")
    new = reverse("meetings:new", args=[group.row.pk])
    page = secretary.get(group.home).content.decode()
    assert "Bliv gruppens sekretær" in page
    assert new not in page
    person = group.world["secretary"].person
    fields = {"name": person.name, "email": person.email, "role": "secretary", "order": 0, "start": "2020-01-01"}
    assert secretary.post(reverse("bodies:appoint", args=[group.row.pk]), fields).status_code == 302
    assert new in secretary.get(group.home).content.decode()
    start = group.world.at + timedelta(days=9)
    given = {"title": "Skrivemøde", "on": f"{start:%Y-%m-%d}", "begins": "17:00", "ends": "18:00", "place": "Salen"}
    assert secretary.post(new, given).status_code == 302
    assert group.row.meetings.get().title == "Skrivemøde"
    assert "Skrivemøde" in browser_of("one").get(group.home).content.decode()


def test_every_link_of_the_page_leads_on(group: Group, browser_of: Page) -> None:
    """Of the group alone, of the committee alone, and of both: nobody is sent to what is answered as not there."""
    world, told = group.world, group.told("secretary")
    world.appoint("outside", Role.SECRETARY, group.row)
    world.appoint("looker", Role.OBSERVER, group.row)
    world.appoint("both", Role.MEMBER, group.row)
    world.appoint("both", Role.MEMBER, world.committee)
    product = products.begin(world.committee, "Trygge boligområder", **told)
    part = products.add(product, kind="text", title="Ensomhed", text="Før.", **told)
    products.assign(part, group.row, [], **told)
    for days in (-9, 9):
        start = world.at + timedelta(days=days)
        own = Meeting.objects.create(
            organization=group.row, title=f"Skrivemøde {days}", start=start, end=start + timedelta(hours=1)
        )  # fmt: skip
    group.handed("Givet.")
    held(world, world.sent(world.case()))
    world.meeting(days=60)
    for name in ("one", "head", "secretary", "outside", "both", "looker"):
        client = browser_of(name)
        pages = ("/", reverse("desk:process", args=[world.committee.pk]), *((group.home,) if name != "looker" else ()))
        for place in pages:
            page = client.get(place).content.decode()
            for link in set(re.findall(r'href="(/[^"#]*)', page[page.index("<main") :])):
                assert client.get(link).status_code == 200, (name, place, link)
    for name, sees in (("secretary", False), ("one", True)):
        page = browser_of(name).get(group.home).content.decode()
        assert "Skrivemøde 9" in page
        assert (f'href="{own.get_absolute_url()}"' in page) is sees


def test_a_committee_has_no_page_of_a_group(group: Group, browser_of: Page) -> None:
    assert browser_of("secretary").get(reverse("desk:group", args=[group.world.committee.pk])).status_code == 404


def test_the_page_costs_the_same_for_one_and_for_many(group: Group, browser_of: Page) -> None:
    world, told, costs = group.world, group.told("secretary"), []
    page, head = browser_of("one"), browser_of("head")
    start = world.at + timedelta(days=9)
    for last in (1, 6):
        for number in range(last):
            product = products.begin(world.committee, f"Produkt {last} {number}", **told)
            part = products.add(product, kind="text", title="Del", text="", **told)
            products.assign(part, group.row, [], **told)
            group.handed(f"Notat {last} {number}")
            group.ask(world.appoint(f"ny{last}{number}", Role.MEMBER, world.committee).person.name.split()[1])
            begin = start + timedelta(days=10 * last + number)
            meetings.plan(group.row, title="", start=begin, end=begin + timedelta(hours=1), **told)
        for each in (page, head):
            each.get(group.home)
        with CaptureQueriesContext(connection) as queries:
            page.get(group.home)
            head.get(group.home)
        costs.append(len(queries))
    assert costs[0] == costs[1]


# --- the note ---


def test_two_who_write_at_once_lose_no_word(group: Group, browser_of: Page) -> None:
    world = group.world
    first = group_notes.save(group.row, "Fra en.", **group.told("one"))
    second = group_notes.save(group.row, "Fra to.", **group.told("two"))  # from an empty page, too
    assert (first.is_beside, second.is_beside) == (False, True)
    draft = GroupNote.objects.get()
    assert draft.text == "Fra en."
    page = browser_of("one").get(group.home).content.decode()
    assert "Prøve two skrev samtidig" in page
    assert "Fra to." in page
    both = group_notes.save(group.row, "Fra en. Fra to.", pk=draft.pk, version=2, **group.told("one"))
    assert (both.is_beside, both.note.version) == (False, 3)
    assert "skrev samtidig" not in browser_of("one").get(group.home).content.decode()
    assert [one.text for one in draft.texts.all()] == ["Fra en.", "Fra to.", "Fra en. Fra to."]
    assert group_notes.save(group.row, "Fra en. Fra to.", **group.told("two")).is_beside is False  # the same again
    assert draft.texts.count() == 3
    with pytest.raises(Blocked, match="En anden har gemt"):
        group_notes.hand_over(draft, version=1, by=world["two"], at=world.at)
    late = {"text": "For sent", "version": f"{draft.pk}:1", "do": "hand-over"}
    page = browser_of("two").post(reverse("desk:group-note", args=[group.row.pk]), late, follow=True).content.decode()
    assert "Begge tekster er gemt" in page
    assert "For sent" in page
    draft.refresh_from_db()
    assert draft.handed_at is None
    assert "Fra en" not in str(list(JournalEntry.objects.values()))


def test_nobody_writes_past_words_that_he_has_not_seen(group: Group, browser_of: Page) -> None:
    """I23: a text beside is shown until somebody who has seen it saves."""
    place, one = reverse("desk:group-note", args=[group.row.pk]), browser_of("one")
    draft = group_notes.save(group.row, "Fra en.", **group.told("one")).note
    group_notes.save(group.row, "Fra to.", **group.told("two"))
    group_notes.save(group.row, "Fra to.", **group.told("two"))  # pressed twice
    opened_before = {"version": f"{draft.pk}:1"}
    one.post(place, {"text": "Fra en.", "do": "hand-over", **opened_before})
    one.post(place, {"text": "Fra en, igen.", "do": "hand-over", **opened_before})
    draft.refresh_from_db()
    assert (draft.handed_at, draft.text) == (None, "Fra en.")
    page = one.get(group.home).content.decode()
    assert [page.count(words) for words in ("Fra to.", "Fra en, igen.")] == [1, 1]
    one.post(place, {"text": "Fra en, igen. Og fra to.", "version": f"{draft.pk}:{draft.version}"})
    page = one.get(group.home).content.decode()
    assert "skrev samtidig" not in page
    assert "Og fra to." in page


def test_two_who_hand_over_the_same_hand_over_one_note(group: Group, browser_of: Page) -> None:
    draft = group_notes.save(group.row, "Vi er færdige.", **group.told("one")).note
    place, opened = reverse("desk:group-note", args=[group.row.pk]), {"version": f"{draft.pk}:1", "do": "hand-over"}
    for name, told in (("one", "Notatet er afleveret."), ("two", "Notatet er allerede afleveret.")):
        page = browser_of(name).post(place, {"text": "Vi er færdige.", **opened}, follow=True).content.decode()
        assert told in page
    assert [note.text for note in GroupNote.objects.all()] == ["Vi er færdige."]


def test_words_written_to_a_note_that_has_gone_are_a_new_draft(group: Group) -> None:
    note = group.handed("Det første.")
    late = group_notes.save(group.row, "Det andet.", pk=note.pk, version=1, **group.told("two"))
    assert (late.is_beside, late.note.pk == note.pk) == (False, False)
    third = group_notes.save(group.row, "Det tredje.", pk=note.pk, version=1, **group.told("one"))
    assert third.is_beside is True


def test_what_stands_in_the_way_of_a_note(group: Group, browser_of: Page) -> None:
    world = group.world
    with pytest.raises(Blocked, match="Skriv noget først"):
        group_notes.save(group.row, "  ", **group.told())
    with pytest.raises(Blocked, match="højst 4000 tegn"):
        group_notes.save(group.row, "x" * 4001, **group.told())
    with pytest.raises(NotPermitted):
        group_notes.save(world.committee, "Nej", **group.told())
    place = reverse("desk:group-note", args=[group.row.pk])
    long = browser_of("one").post(place, {"text": "KANARIEFUGL" * 400, "version": "x:7"})
    assert long.status_code == 422
    assert "KANARIEFUGL" in long.content.decode()
    assert 'name="version" value="x:7"' in long.content.decode()
    for name in ("secretary", "member", "observer", "administrator", "user"):
        assert browser_of(name).post(place, {"text": "Nej"}).status_code == 404
    note = group_notes.save(group.row, "Noget", **group.told()).note
    note = group_notes.save(group.row, "", pk=note.pk, version=1, **group.told()).note
    with pytest.raises(Blocked, match="Skriv noget først"):
        group_notes.hand_over(note, version=2, **group.told())
    group_notes.save(group.row, "Noget", pk=note.pk, version=2, **group.told())
    handed = group_notes.hand_over(note, version=3, **group.told())
    with pytest.raises(Blocked, match="Notatet er allerede afleveret"):
        group_notes.hand_over(handed, version=3, **group.told())


def test_a_note_waits_for_whichever_meeting_is_next(group: Group) -> None:
    world = group.world
    note = group.handed()
    assert Message.objects.filter(person=world["secretary"].person, subject="Notat fra Skrivegruppen").count() == 1
    later = world.meeting(days=40)
    assert group.texts(later) == [note.text]
    sooner = world.meeting(days=20)
    assert (group.texts(sooner), group.texts(later)) == ([note.text], [])
    meetings.cancel(sooner, "Sygdom", by=world["secretary"], at=world.at)
    assert (group.texts(Meeting.objects.get(pk=sooner.pk)), group.texts(later)) == ([], [note.text])
    elsewhere = meetings.plan(world.council, title="", start=world.at + timedelta(days=3),
                              end=world.at + timedelta(days=4), **group.told("mayor"))  # fmt: skip
    assert group.texts(elsewhere) == []
    gone = Meeting.objects.filter(pk=later.pk)
    gone.update(start=world.at - timedelta(days=2), end=world.at - timedelta(days=1))  # it was held, but not here
    assert group.texts(gone.get()) == []


def test_a_meeting_that_has_begun_is_not_cancelled_and_keeps_its_note(group: Group) -> None:
    """Opened in one room while somebody calls it off in another: its notes would be told nowhere."""
    world, note = group.world, group.handed()
    before = world.sent(world.case())
    meeting = held(world, before)
    with pytest.raises(Blocked, match="Mødet er begyndt"):
        meetings.cancel(before, "Sygdom", by=world["secretary"], at=world.at)
    assert group.texts(Meeting.objects.get(pk=meeting.pk)) == [note.text]


def test_a_note_is_taken_back_until_the_meeting_begins(group: Group, browser_of: Page) -> None:
    world, note = group.world, group.handed()
    draft = group_notes.save(group.row, "Et nyt", **group.told()).note
    with pytest.raises(Blocked, match="en anden kladde"):
        group_notes.take_back(note, **group.told())
    GroupNote.objects.filter(pk=draft.pk).update(handed_at=world.at, handed_by=world["two"])
    place = reverse("desk:group-note-back", args=[group.row.pk, note.pk])
    assert browser_of("secretary").post(place).status_code == 404
    assert browser_of("one").post(place).status_code == 302
    note.refresh_from_db()
    assert note.handed_at is None
    note = group_notes.hand_over(note, version=note.version, **group.told())
    held(world, world.sent(world.case()))
    with pytest.raises(Blocked, match="Mødet er begyndt"):
        group_notes.take_back(note, **group.told())


def test_the_note_is_read_by_who_reads_the_papers(group: Group, browser_of: Page) -> None:
    """A group's note is not public, and no observer sees it before the papers are his."""
    world = group.world
    group.handed("KANARIEFUGL i notatet.")
    meeting = world.meeting()
    meetings.add_case(meeting, world.case(), by=world["secretary"], at=world.at)
    place = reverse("reading:meeting", args=[meeting.pk])
    for name, sees in (("secretary", True), ("chair", True), ("member", False), ("observer", False)):
        assert ("KANARIEFUGL" in browser_of(name).get(place).content.decode()) is sees, name
    meetings.send_agenda(meeting, late_because="Prøve", by=world["secretary"], at=world.at)
    for name, sees in (("member", True), ("observer", True), ("reader", True), ("substitute", False)):
        assert ("KANARIEFUGL" in browser_of(name).get(place).content.decode()) is sees, name
    assert browser_of("user").get(place).status_code == 404
    journal.catch_up()
    assert "KANARIEFUGL" not in meeting.editions.get().record  # what may be released is made of that
    assert "KANARIEFUGL" not in str([*Message.objects.values(), *Mail.objects.values(), *JournalEntry.objects.values()])
    for name in ("member", "one", "user"):
        course = browser_of(name).get(reverse("desk:process", args=[world.committee.pk])).content.decode()
        assert "KANARIEFUGL" not in course
        assert ("Notat fra Skrivegruppen" in course) is (name == "one")
        assert "Skrivegruppen begynder" in course


def test_the_note_is_brought_into_the_minutes_once_and_then_told(group: Group, browser_of: Page) -> None:
    world, note = group.world, group.handed("Vi har skrevet **to** dele.")
    first, second = world.case("Den første"), world.case("Den anden")
    meeting = held(world, world.sent(first, second))
    items = composing.items_of(meeting)
    secretary = browser_of("secretary")
    room = reverse("minutes:item", args=[meeting.pk, items[1].pk])
    place = reverse("minutes:insert-note", args=[meeting.pk, items[1].pk, note.pk])
    page = secretary.get(room).content.decode()
    assert "Status fra grupperne" in page
    assert place in page
    assert browser_of("chair").post(place).status_code == 404
    assert secretary.post(place).status_code == 302
    entry = Entry.objects.get(note=note)
    assert entry.item == items[1]
    assert entry.text == "Status fra Skrivegruppen:\n\nVi har skrevet **to** dele."
    assert place not in secretary.get(room).content.decode()
    with pytest.raises(Blocked, match="i referatet i forvejen"):
        minutes.insert_note(items[0], note, **group.told("secretary"))
    minutes.remove_entry(entry, True, **group.told("secretary"))
    minutes.insert_note(items[0], note, **group.told("secretary"))
    with pytest.raises(Blocked, match="i referatet i forvejen"):
        minutes.remove_entry(entry, False, **group.told("secretary"))
    meeting = over(world, meeting)
    note.refresh_from_db()
    assert note.meeting == meeting
    assert group.texts(meeting) == [note.text]
    assert "Status fra Skrivegruppen" in meeting.minutes_of.get().record
    following = world.meeting(days=60)
    assert group.texts(following) == []
    assert note.text in browser_of("member").get(meeting.get_absolute_url()).content.decode().replace(
        "<strong>", "**"
    ).replace("</strong>", "**")
    course = browser_of("member").get(reverse("desk:process", args=[world.committee.pk])).content.decode()
    assert "Notat fra Skrivegruppen" in course
    assert meeting.get_absolute_url() in course
    with pytest.raises(Blocked, match="Mødet er begyndt"):
        group_notes.take_back(note, **group.told())


def test_before_words_become_public_it_is_said(group: Group, browser_of: Page) -> None:
    """What a group wrote for the committee alone is brought into open minutes with open eyes."""
    world = group.world
    group.handed()
    meeting = held(world, world.sent(world.case(), world.closed_case()))
    for item in composing.items_of(meeting):
        page = browser_of("secretary").get(reverse("minutes:item", args=[meeting.pk, item.pk])).content.decode()
        assert "Indsæt i referatet" in page
        assert ("bliver ordene offentlige med referatet" in page) is not item.is_closed


def test_a_meeting_that_was_held_on_paper_has_what_had_been_handed_over_by_then(group: Group) -> None:
    world = group.world
    begun = world.at - timedelta(days=1)
    before = group_notes.save(group.row, "I tide", **group.told()).note
    group_notes.hand_over(before, version=1, by=world["one"], at=begun - timedelta(hours=1))
    meeting = world.sent(world.case())
    Meeting.objects.filter(pk=meeting.pk).update(start=begun, end=begun + timedelta(hours=2))
    following = world.meeting(days=50)
    group.handed("For sent")
    meeting = Meeting.objects.get(pk=meeting.pk)
    assert group.texts(following) == ["I tide", "For sent"]
    meeting = minutes.open_meeting(meeting, [], clock=begun, by=world["secretary"], at=world.at)
    assert (group.texts(meeting), group.texts(following)) == (["I tide"], ["For sent"])


def test_a_note_is_not_lost_between_the_printed_clock_and_the_opening(group: Group) -> None:
    world = group.world
    meeting = world.sent(world.case())
    group.handed("Sidste øjeblik")
    meeting = minutes.open_meeting(
        meeting, [], clock=world.at - timedelta(minutes=5), by=world["secretary"], at=world.at
    )  # fmt: skip
    assert group.texts(meeting) == ["Sidste øjeblik"]


def test_what_is_handed_over_during_a_meeting_is_for_the_next(group: Group) -> None:
    world = group.world
    meeting = held(world, world.sent(world.case()))
    following = world.meeting(days=50)
    note = group_notes.save(group.row, "Midt i mødet", **group.told()).note
    group_notes.hand_over(note, version=1, by=world["one"], at=world.at + timedelta(minutes=5))
    assert (group.texts(meeting), group.texts(following)) == ([], ["Midt i mødet"])
    with pytest.raises(NotPermitted):
        minutes.insert_note(composing.items_of(meeting)[0], note, **group.told("secretary"))
    over(world, meeting)
    assert group.texts(following) == ["Midt i mødet"]
    note.refresh_from_db()
    assert note.meeting is None
    following = held(world, world.sent(world.case(), days=45))  # another is held before it
    assert group.texts(following) == ["Midt i mødet"]
