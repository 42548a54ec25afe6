"""After the first publishing: additions, items opened later, decisions that wait, and what had been shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings
from msgspec.structs import replace

from raadslag.core import record
from raadslag.core.release import public
from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.cases.models import Access, Attachment
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.minutes import signing
from raadslag.workspace.minutes.models import Minutes
from raadslag.workspace.publishing import actions, composing, delivering
from raadslag.workspace.publishing.delivering import Unreachable
from raadslag.workspace.publishing.models import Hold, Opening, Release, ServedList

from .conftest import World
from .test_minutes import Sitting
from .test_publishing import SHOWN, Fallible, _face, _release, held

Browser = Callable[..., Client]
FOLLOWS = "Den følger, når parten har fået besked."


@pytest.fixture
def sitting(world: World) -> Sitting:
    """A meeting that has been held, with the public face of its closed item."""
    one = held(world)
    _face(one)
    return one


@pytest.fixture
def page(sitting: Sitting, browser_of: Browser) -> Callable[[], str]:
    """What the publishing page says now."""
    client = browser_of("secretary")
    return lambda: client.get(f"/publicering/{sitting.meeting.pk}/").content.decode()


def shown(one: Sitting) -> Any:
    prepared = actions.prepare(one.meeting)
    assert prepared is not None
    return prepared.shown


# --- additions ---


def test_an_addition_to_an_open_item_goes_out_and_any_other_stays(sitting: Sitting, page: Callable[[], str]) -> None:
    first = _release(sitting)
    assert "Det er det, der er publiceret." in page()
    sitting.do(signing.add, sitting.meeting, "Det er lindetræer.", item=sitting.items[0].pk)
    sitting.do(signing.add, sitting.meeting, "KANARIEFUGL igen.", item=sitting.items[1].pk)
    sitting.do(signing.add, sitting.meeting, "KANARIEFUGL uden punkt.")
    told = page()
    assert "En tilføjelse er ikke offentlig endnu." in told
    assert "Den siger ikke, hvilket punkt den handler om." in told
    second = _release(sitting)
    assert [(one.item, one.text) for one in second.decoded().addenda] == [("1", "Det er lindetræer.")]
    assert "KANARIEFUGL" not in second.record
    assert second.decoded().items == first.decoded().items
    assert "Det er det, der er publiceret." in page()


# --- opened after the meeting ---


def test_an_item_opened_later_goes_out_by_the_press_alone(sitting: Sitting, page: Callable[[], str]) -> None:
    item, before = sitting.items[1], Minutes.objects.get().record
    first = _release(sitting)
    sitting.do(actions.open_after, item, "  Lejemålet er   underskrevet. ")
    item.refresh_from_db()
    assert (item.is_closed, Minutes.objects.get().record) == (False, before)
    assert list(Release.objects.filter(kind="minutes")) == [first]
    told = page()
    assert "Et punkt, der er åbnet, er ikke offentligt endnu." in told
    assert "En tilføjelse er ikke offentlig endnu." in told
    opened = shown(sitting).items[1]
    assert (opened.access, opened.title, opened.outcome) == ("open", "KANARIEFUGL", "approved")
    assert "KANARIEFUGL blev drøftet." in opened.decision
    assert (opened.public_title, opened.legal_ground, opened.public_decision) == (None, None, None)
    second = _release(sitting)
    assert second.decoded().items[1] == opened
    (addition,) = second.decoded().addenda
    assert (addition.item, addition.by) == ("2", "Prøve secretary")
    assert (
        addition.text
        == "Punktet var lukket på mødet. Det er senere blevet åbnet. Begrundelse: Lejemålet er underskrevet."
    )
    assert public(second.decoded()) == second.decoded()
    opening = Opening.objects.get()
    assert (opening.item, opening.by, opening.reason) == (
        item,
        sitting.world["secretary"],
        "Lejemålet er underskrevet.",
    )
    assert journal.first_broken() is None


def test_what_is_opened_later_is_screened_anew(world: World) -> None:
    """I13: the text that was never to go out has never been looked at either."""
    bodies.set_policy(world.body, None, "publish_minutes", "read_out", reason="Prøve", since=world.at.date(),
                      by=world.administrator, at=world.at)  # fmt: skip
    one = Sitting(world).open()
    one.write(one.items[1], "Lejeren er 111111-1118.")
    one.finish()
    _face(one)
    assert actions.prepare(one.meeting).found == []
    one.do(actions.open_after, one.items[1], "Aftalen er indgået.")
    assert [found.hit.rule for found in actions.prepare(one.meeting).found] == ["cpr"]
    with pytest.raises(Blocked):
        _release(one)


def test_closed_attachments_of_an_opened_item_stay_closed(world: World, sitting: Sitting) -> None:
    minutes = Minutes.objects.get()
    given = (("Kort", Access.OPEN), ("KANARIEFUGL", Access.CLOSED))
    rows = [
        Attachment.objects.create(case=sitting.closed, title=title, order=order, access=access)
        for order, (title, access) in enumerate(given, 1)
    ]
    whole = minutes.decoded()
    files = tuple(record.File(title=row.title, document=str(row.pk), access="closed") for row in rows)
    items = (whole.items[0], replace(whole.items[1], files=files), whole.items[2])
    Minutes.objects.update(record=record.encode(replace(whole, items=items)).decode())
    assert shown(sitting).items[1].files == ()
    sitting.do(actions.open_after, sitting.items[1], "Aftalen er indgået.")
    assert [(file.title, file.access) for file in shown(sitting).items[1].files] == [("Kort", "open")]


def test_an_opened_item_that_is_closed_again_leaves_what_is_public(sitting: Sitting) -> None:
    """I11, I12: the way back is the same as for any item that was open."""
    item = sitting.items[1]
    sitting.do(actions.open_after, item, "Aftalen er indgået.")
    release = _release(sitting)
    sitting.do(meetings.close_sent, item, legal_ground="KSL § 10", public_title="Leje af lokaler")
    journal.catch_up()
    release.refresh_from_db()
    assert release.withdrawn_at
    told = shown(sitting)
    assert (told.items[1].access, told.addenda) == ("closed", ())
    with pytest.raises(Blocked):
        sitting.do(actions.open_after, sitting.items[0], "Det er åbent.")
    sitting.do(actions.open_after, item, "Nu er den igen indgået.")
    assert shown(sitting).items[1].access == "open"


def test_a_case_that_is_opened_by_itself_opens_nothing_that_was_signed_closed(sitting: Sitting) -> None:
    """I3: only the action opens an item; rows that contradict the minutes mean closed."""
    AgendaItem.objects.filter(pk=sitting.items[1].pk).update(access=Access.OPEN)
    sitting.closed.access = Access.OPEN
    sitting.closed.save()
    assert shown(sitting).items[1].access == "closed"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_an_item_is_not_opened_without_a_reason(sitting: Sitting, reason: str) -> None:
    with pytest.raises(Blocked, match="Skriv, hvorfor"):
        sitting.do(actions.open_after, sitting.items[1], reason)
    assert not Opening.objects.exists()


def test_while_the_meeting_is_held_the_body_opens_its_items_itself(world: World) -> None:
    one = Sitting(world).open()
    with pytest.raises(Blocked, match="Mødet er ikke slut"):
        one.do(actions.open_after, one.items[1], "Grund")


# --- held back ---


def test_a_decision_waits_until_the_party_has_been_told(sitting: Sitting, page: Callable[[], str]) -> None:
    item = sitting.items[0]
    sitting.do(signing.add, sitting.meeting, "Det er lindetræer.", item=item.pk)
    whole = shown(sitting).items[0]
    assert whole.decision
    hold = sitting.do(actions.hold_back, item, date(2026, 12, 24))
    prepared = actions.prepare(sitting.meeting)
    held = prepared.shown.items[0]
    assert (held.number, held.title, held.access) == ("1", "Nye træer", "open")
    assert held.no_public_decision_because == FOLLOWS
    assert (held.decision, held.outcome, held.sections, held.recommendation, held.votes) == (None, None, (), None, ())
    assert prepared.shown.addenda == ()
    assert prepared.obstacles == []
    told = page()
    assert "Venter, til parten har fået besked." in told
    assert "24. december" in told
    first = _release(sitting)
    assert "plantet" not in first.record
    second = sitting.do(actions.lift_hold, item)
    assert second is not None
    assert second.decoded().items[0] == whole
    assert (second.state, first.withdrawn_at) == ("waiting", None)
    hold.refresh_from_db()
    assert hold.lifted_by == sitting.world["secretary"]
    assert "Det er det, der er publiceret." in page()
    with pytest.raises(Blocked):
        sitting.do(actions.lift_hold, item)


def test_lifting_lets_out_nothing_else(sitting: Sitting) -> None:
    """What has come besides has not been looked at: then it waits for the press."""
    item = sitting.items[0]
    sitting.do(actions.hold_back, item)
    assert sitting.do(actions.lift_hold, item) is None  # nothing of the meeting is public yet
    sitting.do(actions.hold_back, item)
    _release(sitting)
    sitting.do(signing.add, sitting.meeting, "Bænkene er grønne.", item=sitting.items[2].pk)
    assert sitting.do(actions.lift_hold, item) is None
    assert Release.objects.filter(kind="minutes").count() == 1
    assert shown(sitting).items[0].decision


def test_what_waits_is_screened_when_it_goes_out(world: World) -> None:
    bodies.set_policy(world.body, None, "publish_minutes", "read_out", reason="Prøve", since=world.at.date(),
                      by=world.administrator, at=world.at)  # fmt: skip
    one = Sitting(world).open()
    one.write(one.items[0], "Parten er 111111-1118.")
    one.finish()
    _face(one)
    one.do(actions.hold_back, one.items[0])
    release = _release(one)
    assert "1118" not in release.record
    assert one.do(actions.lift_hold, one.items[0]) is None
    assert [found.hit.rule for found in actions.prepare(one.meeting).found] == ["cpr"]


def test_what_is_public_or_closed_is_not_held_back(sitting: Sitting) -> None:
    with pytest.raises(Blocked, match="Punktet er lukket"):
        sitting.do(actions.hold_back, sitting.items[1])
    release = _release(sitting)
    with pytest.raises(Blocked, match="allerede offentlig"):
        sitting.do(actions.hold_back, sitting.items[0])
    sitting.do(actions.withdraw, release, "Parten skal have besked først.")
    sitting.do(actions.hold_back, sitting.items[0])
    with pytest.raises(Blocked, match="venter allerede"):
        sitting.do(actions.hold_back, sitting.items[0])
    _release(sitting)
    later = sitting.do(actions.lift_hold, sitting.items[0])  # as it was taken back it does not come again
    assert later.identity != release.identity
    assert [one.text for one in later.decoded().addenda] == ["Parten har fået besked."]


def test_what_the_archive_does_not_go_back_to_is_not_said_to_be_public(
    sitting: Sitting, page: Callable[[], str]
) -> None:
    item = sitting.items[0]
    sitting.do(actions.hold_back, item)
    first = _release(sitting)
    second = sitting.do(actions.lift_hold, item)
    Release.objects.update(delivered_at=sitting.at)
    Release.objects.filter(pk=second.pk).update(made_at=sitting.at + timedelta(minutes=1))
    second.refresh_from_db()
    sitting.do(actions.withdraw, second, "For tidligt.")
    sitting.do(actions.hold_back, item)
    assert actions.prepare(sitting.meeting).identity == first.identity
    assert "Det er det, der er publiceret." not in page()
    with pytest.raises(Blocked, match="tilføjelse"):
        _release(sitting)


def test_what_hangs_on_an_item_that_waits_waits_with_it(sitting: Sitting) -> None:
    person = record.Attendance(person="Asta", status="present")
    whole = replace(
        actions.prepare(sitting.meeting).whole,
        attendance=(
            person,
            replace(person, items=("1",)),
            replace(person, items=("1", "3")),
            replace(person, person="Birk", items=("2", "3"), disqualified=True),
        ),
        notes=tuple(record.Note(kind="remark", text="x", item=item) for item in ("1", "3", None)),
        signatures=(record.Signature(person="Asta", reservation="Til punkt 1"),),
    )
    assert composing.without_held_back(whole, sitting.items) == whole
    sitting.do(actions.hold_back, sitting.items[0])
    told = composing.without_held_back(whole, sitting.items)
    # That Birk was barred from what waits is not to be seen by the items at which he was.
    assert told.attendance == (person, person, replace(person, person="Birk"))
    assert [note.item for note in told.notes] == ["3"]
    assert told.signatures == (record.Signature(person="Asta"),)


# --- the pages ---


def test_the_page_opens_holds_back_and_lifts(sitting: Sitting, browser_of: Browser) -> None:
    client, place = browser_of("secretary"), f"/publicering/{sitting.meeting.pk}/"
    first, second = (f"{place}punkt/{item.pk}/" for item in sitting.items[:2])
    told = client.post(f"{first}hold-tilbage/", {"until": "24. december"}, follow=True).content.decode()
    assert "Skriv dagen med år, måned og dag" in told
    client.post(f"{first}hold-tilbage/", {"until": "2026-12-24"})
    assert Hold.objects.get().until == date(2026, 12, 24)
    told = client.post(f"{first}besked-givet/", follow=True).content.decode()
    assert "Den går ud, når referatet publiceres." in told
    assert browser_of("secretary", "low").post(f"{second}aabn/", {"reason": "Grund"}).status_code == 403
    assert browser_of("member").post(f"{second}aabn/", {"reason": "Grund"}).status_code == 404
    assert browser_of("chair").post(f"{second}aabn/", {"reason": "Aftalen er indgået."}).status_code == 302
    assert Opening.objects.get().by == sitting.world["chair"]
    assert client.post(f"{second}aabn/", {"reason": "Igen"}).status_code == 404  # it is open: there is no such thing


def test_the_chair_sees_no_words_of_what_he_may_not_read(sitting: Sitting, browser_of: Browser) -> None:
    sitting.do(signing.add, sitting.meeting, "KANARIEFUGL igen.", item=sitting.items[1].pk)
    sitting.do(signing.add, sitting.meeting, "KANARIEFUGL uden punkt.")
    address = f"/publicering/{sitting.meeting.pk}/"
    page = browser_of("secretary").get(address).content.decode()
    assert "KANARIEFUGL igen." in page
    assert "KANARIEFUGL uden punkt." in page
    assert "KANARIEFUGL" not in browser_of("secretary", "low").get(address).content.decode()


# --- taken back: all of it, and where it had been shown ---


def test_all_of_a_meeting_is_taken_back_at_once(sitting: Sitting, browser_of: Browser) -> None:
    journal.catch_up()
    _release(sitting)
    sitting.do(signing.add, sitting.meeting, "Det er lindetræer.", item=sitting.items[0].pk)
    _release(sitting)
    assert sorted(Release.objects.in_force().values_list("kind", flat=True)) == ["agenda", "minutes", "minutes"]
    client, place = browser_of("secretary"), f"/publicering/{sitting.meeting.pk}/"
    assert "Træk alt om mødet tilbage" in client.get(place).content.decode()
    with pytest.raises(Blocked, match="Skriv hvorfor"):
        sitting.do(actions.withdraw_all, sitting.meeting, " ")
    client.post(f"{place}traek-alt-tilbage/", {"ground": "En navngiven borger"})
    assert set(Release.objects.values_list("ground", flat=True)) == {"En navngiven borger"}
    assert not Release.objects.in_force().exists()
    with pytest.raises(Blocked, match="Intet fra mødet er offentligt"):
        sitting.do(actions.withdraw_all, sitting.meeting, "Igen")
    assert browser_of("chair").post(f"{place}traek-alt-tilbage/", {"ground": "x"}).status_code == 404
    journal.catch_up()
    assert not Release.objects.in_force().exists()  # nothing comes back by itself


LINES = [
    {"address": "/proeve/moede/x/", "first": "2026-11-28", "last": "2026-11-29", "count": 12},
    {"address": "/nyt.atom", "first": "2026-11-29", "last": "2026-11-29", "count": 2},
]


class Telling(Fallible):
    """An archive that also tells what it had shown."""

    def __init__(self, *lists: Any) -> None:
        super().__init__(SHOWN, (200, {"state": "withdrawn"}))
        self.lists = list(lists)

    def served(self, identity: str) -> tuple[int, dict[str, Any]]:
        told = self.lists.pop(0)
        if isinstance(told, Exception):
            raise told
        return (404, {}) if told is None else (200, {"shown": told})


def _withdrawn(one: Sitting, archive: Telling) -> Release:
    release = _release(one)
    delivering.deliver_due(one.at + timedelta(minutes=1), archive)
    one.at += timedelta(minutes=1)
    one.do(actions.withdraw, release, "En fejl")
    delivering.deliver_due(one.at, archive)
    return release


def test_where_when_and_how_often_it_was_shown_is_asked_for_twice(
    sitting: Sitting, page: Callable[[], str], browser_of: Browser
) -> None:
    """I12: at once, and when all is counted."""
    archive = Telling(LINES[:1], LINES)
    release = _withdrawn(sitting, archive)
    seconds = [delivering.deliver_due(sitting.at + timedelta(seconds=second), archive) for second in (1, 30, 119)]
    assert seconds == [0, 0, 0]
    assert ServedList.objects.get(release=release).lines == LINES[:1]
    delivering.deliver_due(sitting.at + timedelta(minutes=3), archive)
    delivering.deliver_due(sitting.at + timedelta(minutes=30), archive)
    kept = ServedList.objects.get(release=release)
    assert (kept.lines, kept.count, kept.ask_at, archive.lists) == (LINES, 14, None, [])
    told = page()
    assert "Vist 14 gange før det" in told
    assert "/proeve/moede/x/" in told
    assert "28. november – 29. november" in told
    place = f"/publicering/{sitting.meeting.pk}/vist.csv"
    rows = browser_of("secretary").get(place).content.decode("utf-8-sig").splitlines()
    assert rows[0] == "Dokument;Trukket tilbage;Adresse;Fra;Til;Antal gange"
    assert [row.split(";")[0] for row in rows[1:]] == ["Referat", "Referat"]
    assert rows[1].endswith("/proeve/moede/x/;2026-11-28;2026-11-29;12")
    for name in ("chair", "member", "administrator"):
        assert browser_of(name).get(place).status_code == 404


def test_an_archive_that_does_not_tell_is_asked_again_and_at_last_no_more(sitting: Sitting) -> None:
    archive = Telling(Unreachable("502"), Unreachable("502"))
    release = _withdrawn(sitting, archive)
    delivering.deliver_due(sitting.at + timedelta(seconds=1), archive)
    kept = ServedList.objects.get(release=release)
    assert (kept.asked_at, kept.ask_at) == (None, sitting.at + timedelta(seconds=61))
    delivering.deliver_due(sitting.at + timedelta(seconds=30), archive)
    delivering.deliver_due(sitting.at + timedelta(days=2), archive)
    kept.refresh_from_db()
    assert (kept.ask_at, archive.lists) == (None, [])


def test_an_archive_that_knows_nothing_of_it_is_asked_no_more(sitting: Sitting, page: Callable[[], str]) -> None:
    archive = Telling(None, None)
    release = _withdrawn(sitting, archive)
    asked = "Arkivet bliver spurgt, hvor det blev vist."
    with override_settings(ARCHIVE="http://127.0.0.1:9"):
        assert asked in page()
        delivering.deliver_due(sitting.at + timedelta(minutes=3), archive)
        assert asked not in page()
        assert ServedList.objects.get(release=release).asked_at is None


def test_what_was_never_shown_has_an_empty_list(sitting: Sitting, page: Callable[[], str]) -> None:
    archive = Telling([], [])
    _withdrawn(sitting, archive)
    delivering.deliver_due(sitting.at + timedelta(minutes=3), archive)
    assert "Det nåede ikke at blive vist for nogen." in page()
