"""What may be public is let out once, by name; what is closed never; the archive hears of it however lines break."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.test import Client
from django.utils import timezone

from raadslag.core.record import encode
from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.minutes import composing as minutes_of
from raadslag.workspace.minutes import signing
from raadslag.workspace.publishing import actions, delivering
from raadslag.workspace.publishing.delivering import Unreachable
from raadslag.workspace.publishing.models import PublicFace, Release

from .archive import Archive, archive_of
from .conftest import World
from .test_minutes import Sitting

NUMBER = "111111-1118"


def held(world: World) -> Sitting:
    """A meeting of three items that has been held and adjourned; the second is closed, and its words are a canary's."""
    bodies.set_policy(world.body, None, "publish_minutes", "read_out", reason="Prøve", since=world.at.date(),
                      by=world.administrator, at=world.at)  # fmt: skip
    one = Sitting(world).open()
    one.write(one.items[0], "Der blev plantet træer.")
    one.write(one.items[1], "KANARIEFUGL blev drøftet.")
    one.finish()
    return one


@pytest.fixture
def sitting(world: World) -> Sitting:
    """That meeting."""
    return held(world)


def _face(one: Sitting, **told: str) -> None:
    given = {"decision": "Lejen blev godkendt.", "none_because": "", **told}
    former = PublicFace.objects.filter(item=one.items[1]).first()
    one.do(actions.write_face, one.items[1], **given, seen=former.print if former else "")


def _release(one: Sitting) -> Release:
    prepared = actions.prepare(one.meeting)
    return one.do(actions.release_minutes, one.meeting, prepared.identity)


# --- what stands in the way ---


def test_a_closed_item_needs_its_public_face_or_a_reason_for_none(sitting: Sitting) -> None:
    """I6."""
    assert len(actions.prepare(sitting.meeting).obstacles) == 1
    with pytest.raises(Blocked):
        _release(sitting)
    for told in ({"decision": ""}, {"none_because": "Også en grund"}):
        with pytest.raises(Blocked):
            _face(sitting, **told)
    with pytest.raises(Blocked):
        sitting.do(actions.write_face, sitting.items[0], decision="Åbent", none_because="")
    _face(sitting)
    shown = actions.prepare(sitting.meeting).shown
    assert shown.items[1].public_decision == "Lejen blev godkendt."
    _face(sitting, decision="", none_because="Sagen er ikke afgjort.")
    shown = actions.prepare(sitting.meeting).shown
    assert (shown.items[1].public_decision, shown.items[1].no_public_decision_because) == (
        None,
        "Sagen er ikke afgjort.",
    )
    assert _release(sitting).kind == "minutes"


def test_nothing_of_a_closed_item_is_in_a_release(sitting: Sitting) -> None:
    _face(sitting)
    release = _release(sitting)
    assert "KANARIEFUGL" not in release.record
    assert "Der blev plantet træer." in release.record
    whole = encode(actions.prepare(sitting.meeting).whole).decode()
    assert "KANARIEFUGL" in whole


def test_the_body_may_want_all_signatures_first(world: World, sitting: Sitting) -> None:
    _face(sitting)
    bodies.set_policy(world.body, None, "publish_minutes", "signed", reason="Prøve", since=world.at.date(),
                      by=world.administrator, at=world.at + timedelta(seconds=1))  # fmt: skip
    with pytest.raises(Blocked):
        _release(sitting)
    paper = sitting.meeting.minutes_of.first()
    for person in signing.unsigned(paper):
        sitting.do(signing.sign, paper, person, sha256=paper.sha256, how="paper")
    assert _release(sitting).decoded().stage == "signed"


def test_before_the_meeting_is_over_there_is_nothing_to_publish(world: World) -> None:
    one = Sitting(world).open()
    assert actions.prepare(one.meeting) is None
    with pytest.raises(Blocked):
        one.do(actions.release_minutes, one.meeting, "0" * 64)


def test_what_has_changed_since_it_was_shown_is_not_released(sitting: Sitting) -> None:
    _face(sitting)
    seen = actions.prepare(sitting.meeting).identity
    _face(sitting, decision="Noget andet.")
    with pytest.raises(Blocked):
        sitting.do(actions.release_minutes, sitting.meeting, seen)


def test_it_is_released_once_however_often_it_is_pressed(sitting: Sitting) -> None:
    _face(sitting)
    assert _release(sitting).pk == _release(sitting).pk
    assert Release.objects.filter(kind="minutes").count() == 1
    assert (
        sum(entry.kind == "publishing.Released" and entry.values["kind_of"] == "minutes" for entry in _journal()) == 1
    )


def test_what_comes_later_is_released_anew(sitting: Sitting) -> None:
    _face(sitting)
    first = _release(sitting)
    paper = sitting.meeting.minutes_of.first()
    person = signing.unsigned(paper)[0]
    sitting.do(signing.sign, paper, person, sha256=paper.sha256, how="paper")
    assert _release(sitting).identity != first.identity


def test_what_was_withdrawn_is_not_released_again_as_it_was(sitting: Sitting) -> None:
    _face(sitting)
    release = _release(sitting)
    with pytest.raises(Blocked):
        sitting.do(actions.withdraw, release, "  ")
    sitting.do(actions.withdraw, release, "Der stod et forkert tal.")
    with pytest.raises(Blocked):
        sitting.do(actions.withdraw, release, "Igen")
    with pytest.raises(Blocked):
        _release(sitting)
    _face(sitting, decision="Lejen blev godkendt for et år.")
    assert _release(sitting).withdrawn_at is None


# --- screening ---


def test_the_number_of_a_person_is_looked_at_by_two(world: World) -> None:
    """I13."""
    one = Sitting(world)
    bodies.set_policy(world.body, None, "publish_minutes", "read_out", reason="Prøve", since=world.at.date(),
                      by=world.administrator, at=world.at)  # fmt: skip
    one.open()
    one.write(one.items[0], f"Ansøgningen fra {NUMBER} blev drøftet.")
    one.finish()
    _face(one)
    found = actions.prepare(one.meeting).found
    assert [hit.hit.rule for hit in found] == ["cpr"]
    assert NUMBER not in str(found)
    with pytest.raises(Blocked):
        _release(one)
    with pytest.raises(NotPermitted):
        one.do(actions.see, one.meeting, "0" * 64, "Det er i orden")
    with pytest.raises(Blocked):
        one.do(actions.see, one.meeting, found[0].key, " ")
    one.do(actions.see, one.meeting, found[0].key, "Et journalnummer")
    with pytest.raises(Blocked):
        one.do(actions.see, one.meeting, found[0].key, "Et journalnummer")
    with pytest.raises(Blocked):
        _release(one)
    one.do(actions.see, one.meeting, found[0].key, "", by=world["chair"])
    assert _release(one).looked_at == [found[0].line]


def test_a_file_that_cannot_be_screened_waits_for_a_person(world: World) -> None:
    bodies.set_policy(world.body, None, "publish_minutes", "read_out", reason="Prøve", since=world.at.date(),
                      by=world.administrator, at=world.at)  # fmt: skip
    case = world.case("Nye træer", state="draft")
    picture = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f030005fe02fea7d6"
        "a5b00000000049454e44ae426082"
    )
    attachment = cases.attach(case, picture, "kort.png", by=world["secretary"], at=world.at)
    cases.change_attachment(
        attachment, title="Kort", access="open", reason="Et kort over pladsen", by=world["secretary"], at=world.at
    )
    case = cases.move(case, "ready", by=world["secretary"], at=world.at)
    one = Sitting.__new__(Sitting)
    one.world, one.at, one.meeting = world, world.at, world.sent(case)
    one.items, one.all_in = minutes_of.items_of(one.meeting), [world["chair"].person.pk, world["member"].person.pk]
    one.open().finish()
    found = actions.prepare(one.meeting).found
    assert [(hit.hit.rule, hit.file) for hit in found] == [("unscreenable", "Kort")]
    with pytest.raises(Blocked):
        _release(one)
    one.do(actions.see, one.meeting, found[0].key, "Et kort uden personer")
    assert list(_release(one).files.values()) == ["Kort"]


# --- the agenda ---


def test_an_agenda_that_goes_out_is_released_by_who_sent_it(world: World) -> None:
    meeting = world.sent(world.case("Nye træer"), world.closed_case("KANARIEFUGL"))
    journal.catch_up()
    release = Release.objects.get(meeting=meeting)
    assert (release.kind, release.made_by_id) == ("agenda", world["secretary"].pk)
    assert "KANARIEFUGL" not in release.record
    journal.catch_up()
    assert Release.objects.filter(meeting=meeting).count() == 1


def test_an_agenda_with_a_number_of_a_person_waits(world: World) -> None:
    meeting = world.sent(world.case(f"Ansøgning fra {NUMBER}"))
    journal.catch_up()
    assert not Release.objects.filter(meeting=meeting).exists()
    agenda = meeting.editions.select_related("meeting").get()
    told = {"by": world["secretary"], "at": world.at}
    with pytest.raises(Blocked):
        actions.release_agenda(agenda, **told)
    for found in actions.agenda_findings(meeting):
        actions.see(meeting, found.key, "Et journalnummer", **told)
        actions.see(meeting, found.key, "", by=world["chair"], at=world.at)
    assert actions.release_agenda(agenda, **told).kind == "agenda"


def test_an_item_that_was_closed_before_the_archive_heard_of_it_stays_in_the_house(world: World) -> None:
    meeting = world.sent(world.case("KANARIEFUGL"), world.case("Nye bænke"))
    item = meeting.items.order_by("order").first()
    meetings.close_sent(item, legal_ground="KSL § 10", public_title="En sag", by=world["secretary"], at=world.at)
    journal.catch_up()
    assert "KANARIEFUGL" not in Release.objects.get(meeting=meeting).record


# --- bringing it ---


class Fallible:
    """An archive that answers what it is told to, and remembers what it was brought."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.brought = list(answers), []

    def bring_file(self, sha256: str, name: str) -> None:
        self.brought.append(sha256)

    def bring(self, told: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.brought.append(next(iter(told)))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer()
        return answer

    def served(self, identity: str) -> tuple[int, dict[str, Any]]:
        return 200, {"shown": []}


SHOWN = (201, {"state": "shown", "address": "/proeve/moede/x/"})


def test_a_line_that_breaks_costs_time_and_nothing_else(sitting: Sitting) -> None:
    _face(sitting)
    release = _release(sitting)
    archive, at = Fallible(Unreachable("503"), Unreachable("503"), SHOWN), sitting.at
    for pause in (0, 1, 2, 3, 6, 9):
        delivering.deliver_due(at + timedelta(seconds=pause), archive)
    release.refresh_from_db()
    assert (release.state, release.address, archive.brought) == ("shown", SHOWN[1]["address"], ["record"] * 3)
    assert delivering.deliver_due(at + timedelta(days=1), archive) == 0


def test_what_the_archive_says_is_told(sitting: Sitting) -> None:
    _face(sitting)
    for answer, state, told in (
        ((202, {"state": "waiting", "reason": "screening"}), "held", "screening"),
        ((422, {"type": "urn:raadslag:intake:holds-more"}), "refused", "422 urn:raadslag:intake:holds-more"),
    ):
        release = _release(sitting)
        Release.objects.filter(pk=release.pk).update(state="waiting")
        delivering.deliver_due(sitting.at, Fallible(answer))
        release.refresh_from_db()
        assert (release.state, release.told) == (state, told)


def test_what_is_withdrawn_while_it_is_brought_is_withdrawn_there_too(sitting: Sitting) -> None:
    _face(sitting)
    release = _release(sitting)

    def withdrawn() -> Any:
        sitting.do(actions.withdraw, release, "En fejl")
        return SHOWN

    archive = Fallible(withdrawn, (200, {"state": "withdrawn"}))
    assert delivering.deliver_due(sitting.at, archive) == 0
    assert delivering.deliver_due(sitting.at + timedelta(seconds=5), archive) == 1
    release.refresh_from_db()
    assert (release.is_gone, release.withdrawn_at is not None) == (True, True)
    assert archive.brought == ["record", "withdraw"]


def test_what_never_came_is_gone_when_it_is_withdrawn(sitting: Sitting) -> None:
    _face(sitting)
    release = _release(sitting)
    sitting.do(actions.withdraw, release, "En fejl")
    archive = Fallible(Unreachable("no"), (404, {}))
    delivering.deliver_due(sitting.at, archive)
    delivering.deliver_due(sitting.at + timedelta(seconds=9), archive)
    release.refresh_from_db()
    assert release.is_gone
    assert archive.brought == ["withdraw", "withdraw"]


def test_without_an_archive_it_waits(sitting: Sitting) -> None:
    _face(sitting)
    release = _release(sitting)
    assert delivering.deliver_due(sitting.at) == 0
    release.refresh_from_db()
    assert release.state == "waiting"


# --- a real archive ---


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive that is served."""
    with archive_of("Prøvekommunen", tmp_path_factory.mktemp("archive")) as one:
        yield one


@pytest.mark.slow
def test_released_it_is_public_and_withdrawn_it_is_gone(sitting: Sitting, archive: Archive, settings: Any) -> None:
    settings.ARCHIVE, settings.ARCHIVE_TOKEN = archive.address, archive.token
    _face(sitting)
    journal.catch_up()
    release = _release(sitting)
    while delivering.deliver_due(timezone.now() + timedelta(days=1)):
        pass
    release.refresh_from_db()
    assert (release.state, release.told) == ("shown", "")
    page = requests.get(archive.address + release.address, timeout=10)
    assert page.status_code == 200
    assert "Der blev plantet træer." in page.text
    assert "Lejen blev godkendt." in page.text
    assert "KANARIEFUGL" not in page.text
    for one in Release.objects.in_force():
        sitting.do(actions.withdraw, one, "Der stod et forkert tal.")
    while delivering.deliver_due(timezone.now() + timedelta(days=1)):
        pass
    deadline = time.monotonic() + 60  # I12; what is kept in memory to be quick goes after a second
    while (page := requests.get(archive.address + release.address, timeout=10)).status_code == 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert page.status_code == 410
    assert "Der blev plantet træer." not in page.text


def _journal() -> list[Any]:
    from raadslag.workspace.common.models import JournalEntry

    return list(JournalEntry.objects.order_by("number"))


# --- the page ---


def test_the_page_shows_both_sides_and_publishes(
    sitting: Sitting, browser_of: Callable[..., Client], world: World
) -> None:
    page = browser_of("secretary")
    address = f"/publicering/{sitting.meeting.pk}/"
    shown = page.get(address).content.decode()
    assert "KANARIEFUGL blev drøftet." in shown
    assert "disabled" in shown
    page.post(f"{address}punkt/{sitting.items[1].pk}/", {"decision": "Lejen blev godkendt."})
    prepared = actions.prepare(sitting.meeting)
    page.post(address + "referat/", {"identity": prepared.identity})
    assert Release.objects.get(kind="minutes").identity == prepared.identity
    assert "Det er det, der er publiceret." in page.get(address).content.decode()
    release = Release.objects.get(kind="minutes")
    page.post(f"{address}traek-tilbage/{release.pk}/", {"ground": "En fejl"})
    assert Release.objects.get(pk=release.pk).withdrawn_at


def test_a_weak_login_sees_of_a_closed_item_what_everyone_sees(
    sitting: Sitting, browser_of: Callable[..., Client]
) -> None:
    page = browser_of("secretary", "low")
    address = f"/publicering/{sitting.meeting.pk}/"
    assert "KANARIEFUGL" not in page.get(address).content.decode()
    assert page.post(f"{address}punkt/{sitting.items[1].pk}/", {"decision": "x"}).status_code == 403
    assert browser_of("member").get(address).status_code == 404
