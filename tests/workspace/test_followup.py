"""What a committee approved goes to the council byte for byte; what the council decided is promised and told of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Case
from raadslag.workspace.common.errors import Blocked, Conflict
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.files.keeping import store
from raadslag.workspace.followup import actions, rules, traced
from raadslag.workspace.followup.models import Commitment, HandOver, Report
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.messages.models import Message
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.products import actions as products
from raadslag.workspace.products.models import Element, Version

from .conftest import World
from .test_products import Draft, _decided

pytestmark = pytest.mark.django_db
CANARY = "KANARIEFUGL"


class Course:
    """A version that the committee approved, on its way to the council, which has staff of its own."""

    def __init__(self, world: World) -> None:
        self.world, self.draft = world, Draft(world)
        self.clerk = world.appoint("clerk", "secretary", world.council)
        self.officer = world.appoint("officer", "case_worker", world.council)
        self.part: Element = self.draft.add("Ensomhed", "Mange er alene.", kind="focus_area")
        self.version: Version = self.draft.freeze("v1.0")
        products.approve(self.version, _decided(world, "approved", is_over=True), **self.draft.told)

    def hand_over(self, **more: Any) -> HandOver:
        told: dict[str, Any] = {
            "title": "Trygge boligområder", "summary": "Udvalget er færdigt.", "points": "det godkendes",
            "recommended_by": "Opgaveudvalget", "is_open": True, "by": self.world["case_worker"], "at": self.world.at,
        }  # fmt: skip
        return actions.hand_over(self.version, **{**told, **more})

    def decide(self, case: Case, outcome: str = "approved", *, days: int = 40, is_over: bool = True) -> AgendaItem:
        """The council treats the case."""
        world, told = self.world, {"by": self.clerk, "at": self.world.at}
        start = (world.at + timedelta(days=days)).replace(hour=16, minute=0, second=0, microsecond=0)
        end = start + timedelta(hours=2)
        meeting = meetings.plan(world.council, title="Juni", start=start, end=end, place="Salen", **told)
        if case.state == "review":
            cases.move(case, "ready", **told)
            case.refresh_from_db()
        item = meetings.add_case(meeting, case, **told)
        meetings.send_agenda(meeting, late_because="Prøve", **told)
        minutes.open_meeting(meeting, [], **told)
        if outcome:
            minutes.set_outcome(item, outcome, **told)
        if is_over:
            minutes.start_reading(meeting, **told)
            minutes.tick(item, True, **told)
            minutes.adjourn(meeting, **told)
        return AgendaItem.objects.get(pk=item.pk)

    def decided(self) -> AgendaItem:
        return self.decide(self.hand_over().case)

    def commit(self, item: AgendaItem, **more: Any) -> Commitment:
        due = timezone.localtime(item.meeting.start).date() + timedelta(days=200)
        told: dict[str, Any] = {
            "text": "Der ansættes to boligsociale medarbejdere.", "unit": "Center for Borgere", "due": due,
            "responsible": self.officer, "by": self.clerk, "at": self.world.at,
        }  # fmt: skip
        return actions.commit(item, **{**told, **more})


@pytest.fixture
def course(world: World) -> Course:
    return Course(world)


def kinds(about: Any) -> list[str]:
    """What the journal tells of a row, without the program's words."""
    rows = JournalEntry.objects.filter(about=f"{about._meta.label_lower}:{about.pk}").order_by("number")
    return list(rows.values_list("kind", flat=True))


def report(one: Commitment, course: Course, text: str = "Den ene er ansat.", **more: Any) -> Report:
    one.refresh_from_db()
    last = one.reports.last()
    told: dict[str, Any] = {
        "state": one.state, "due": one.due, "seen": last.number if last else 0, "by": course.officer,
        "at": course.world.at,
    }  # fmt: skip
    return actions.report(one, text=text, **{**told, **more})


# --- handing over ---


def test_the_council_gets_a_case_with_the_very_bytes_that_were_approved(course: Course) -> None:
    made = course.hand_over()
    case = made.case
    assert (case.organization, case.title, case.state) == (course.world.council, "Trygge boligområder", "review")
    assert (case.points, case.recommended_by, case.access) == ("det godkendes", "Opgaveudvalget", "open")
    (paper,) = case.attachments.all()
    (newest,) = paper.versions.all()
    assert newest.file_id == course.version.pdf_sha256
    assert store().read(newest.file_id)[:5] == b"%PDF-"
    assert (paper.title, paper.access) == ("Trygge boligområder, v1.0", "open")
    assert newest.file.hits == []
    assert kinds(course.draft.product)[-1] == "followup.VersionHandedOver"
    entry = JournalEntry.objects.filter(kind="followup.VersionHandedOver").get()
    assert entry.values == {"label": "v1.0", "case": str(case.pk), "pdf_sha256": course.version.pdf_sha256}


def test_it_is_closed_unless_somebody_says_that_it_is_open(course: Course) -> None:
    """I3."""
    case = course.hand_over(is_open=False).case
    assert (case.access, case.attachments.get().access) == ("closed", "closed")


def test_only_what_is_approved_and_once_and_with_a_recommendation(course: Course) -> None:
    other: Version = course.version
    for more in ({"points": " "}, {"title": ""}, {"summary": ""}):
        with pytest.raises(Blocked):
            course.hand_over(**more)
    assert not Case.objects.filter(organization=course.world.council).exists()
    products.reopen(course.draft.product, "Tal mangler.", **course.draft.told)
    with pytest.raises(Blocked, match=r"approved|godkendt"):
        course.hand_over()
    products.approve(other, _decided(course.world, "approved", days=20, is_over=True), **course.draft.told)
    course.hand_over()
    with pytest.raises(Blocked, match=r"already|allerede"):
        course.hand_over()
    assert HandOver.objects.count() == 1


def test_a_group_hands_over_to_its_committee_and_without_a_council_nobody_does(course: Course, world: World) -> None:
    assert rules.receiver_of(course.draft.group) == world.committee
    assert rules.receiver_of(world.committee) == world.council
    assert rules.receiver_of(world.council) is None
    world.council.end = date(2021, 1, 1)
    world.council.save()
    assert len(rules.obstacles_to_handing_over(course.version)) == 1


def test_the_case_worker_hands_over_in_one_press_and_the_council_s_secretary_has_it_for_review(
    course: Course, browser_of: Callable[..., Client]
) -> None:
    place = f"/produkter/{course.draft.product.pk}/v1.0/"
    page = browser_of("case_worker")
    assert f"{place}overdrag/" in page.get(place).content.decode()
    assert browser_of("member").get(f"{place}overdrag/").status_code == 404
    form = page.get(f"{place}overdrag/").context["form"]
    content = {**form.initial, "access": "open"}
    assert "Byrumsudvalget" in content["summary"]
    assert page.post(f"{place}overdrag/", {**content, "points": ""}).status_code == 422
    told = page.post(f"{place}overdrag/", {**content, "once": "den-samme"})
    again = page.post(f"{place}overdrag/", {**content, "once": "den-samme"})
    assert (told.headers["Location"], again.headers["Location"]) == (place, place)  # I36
    case = HandOver.objects.get().case
    shown = page.get(place).content.decode()
    assert case.number in shown
    assert f"{place}overdrag/" not in shown
    assert case.title in browser_of("clerk").get("/").content.decode()
    assert page.get(case.get_absolute_url()).status_code == 404  # it is the council's


# --- promising ---


def test_a_decision_is_followed_by_commitments_that_know_where_they_stem_from(course: Course) -> None:
    item = course.decided()
    one = course.commit(item, origin=course.version, element=course.part)
    assert (one.state, one.version, one.item) == ("planned", 1, item)
    assert (one.organization, one.committee) == (course.world.council, course.world.committee)
    assert one.next_report_on == rules.months_after(one.decided_on, 3)
    assert kinds(one) == ["followup.CommitmentMade"]
    assert "boligsociale" not in str(JournalEntry.objects.get(kind="followup.CommitmentMade").values)


def test_before_the_decision_nothing_is_promised_and_nothing_without_words(course: Course) -> None:
    case = course.hand_over().case
    item = course.decide(case, is_over=False)
    with pytest.raises(Blocked):
        course.commit(item)
    minutes.start_reading(item.meeting, by=course.clerk, at=course.world.at)
    minutes.tick(item, True, by=course.clerk, at=course.world.at)
    minutes.adjourn(item.meeting, by=course.clerk, at=course.world.at)
    day = timezone.localtime(item.meeting.start).date()
    for more in ({"text": " "}, {"unit": ""}, {"due": day - timedelta(days=1)}, {"text": "x" * 2001},
                 {"responsible": course.world["member"]}, {"responsible": course.world["case_worker"]},
                 {"element": course.part}):  # fmt: skip
        with pytest.raises(Blocked):
            course.commit(item, **more)
    assert not Commitment.objects.exists()
    course.commit(
        item, origin=course.version, responsible=course.world["case_worker"]
    )  # of the committee it stems from


def test_what_it_says_is_corrected_and_what_it_said_is_kept(course: Course) -> None:
    one = course.commit(course.decided())
    told: dict[str, Any] = {"unit": "Center for Borgere", "responsible": course.officer, "by": course.clerk,
                            "at": course.world.at}  # fmt: skip
    actions.reword(one, text="Tre medarbejdere.", version=1, **told)
    actions.reword(one, text="Tre medarbejdere.", version=1, **told)  # twice is as once
    with pytest.raises(Conflict):
        actions.reword(one, text="Fire medarbejdere.", version=1, **told)
    with pytest.raises(Blocked):
        actions.reword(one, text="", version=2, **told)
    assert [text.content["text"] for text in one.texts.all()] == [
        "Tre medarbejdere.", "Der ansættes to boligsociale medarbejdere.",
    ]  # fmt: skip
    assert kinds(one) == ["followup.CommitmentMade", "followup.CommitmentReworded"]


# --- telling how far it is ---


def test_it_goes_its_course_by_reports_with_reasons(course: Course) -> None:
    one = course.commit(course.decided())
    later = one.due + timedelta(days=60)
    refused: list[dict[str, Any]] = [
        {"text": " "}, {"state": "dropped"}, {"due": later}, {"state": "nowhere"},
        {"due": one.decided_on - timedelta(days=1), "because": "x"}, {"text": "x" * 2001},
    ]  # fmt: skip
    for more in refused:
        with pytest.raises(Blocked):
            report(one, course, **more)
    report(one, course, state="under_way", due=later, because="Stillingen slås op igen.")
    with pytest.raises(Conflict):
        report(one, course, seen=0)
    with pytest.raises(Blocked):  # what has begun is not planned again
        report(one, course, state="planned")
    report(one, course, "Begge er ansat.", state="done")
    one.refresh_from_db()
    assert (one.state, one.due, one.next_report_on) == ("done", later, None)
    with pytest.raises(Blocked):
        report(one, course, state="under_way")
    report(one, course, "Den ene er rejst.", state="under_way", because="Stillingen er ledig igen.")
    told = list(one.reports.values_list("number", "state", "because"))
    assert told == [(1, "under_way", "Stillingen slås op igen."), (2, "done", ""),
                    (3, "under_way", "Stillingen er ledig igen.")]  # fmt: skip
    assert kinds(one) == ["followup.CommitmentMade", *["followup.CommitmentReported"] * 3]
    assert one.reports.get(number=1).due == later
    one.refresh_from_db()
    assert one.next_report_on is not None


@pytest.mark.parametrize(
    ("decided", "last", "due"),
    [
        (date(2018, 6, 18), None, date(2018, 9, 18)),
        (date(2018, 6, 18), date(2018, 7, 1), date(2018, 9, 18)),  # so early, it does not count for that day
        (date(2018, 6, 18), date(2018, 8, 18), date(2019, 3, 18)),  # a month early, it does
        (date(2018, 6, 18), date(2018, 12, 1), date(2019, 3, 18)),  # late, and the next is due all the same
        (date(2018, 6, 18), date(2019, 3, 18), date(2019, 9, 18)),
        (date(2017, 11, 30), None, date(2018, 2, 28)),  # no such day in that month: its last
        (date(2017, 11, 30), date(2018, 2, 28), date(2018, 8, 30)),
    ],
)
def test_a_report_is_due_after_three_months_and_then_every_six(decided: date, last: date | None, due: date) -> None:
    assert rules.next_report_on(decided, last, "planned") == due
    assert rules.next_report_on(decided, last, "dropped") is None


def test_who_is_responsible_is_asked_in_the_digest_and_again_after_two_weeks_until_it_has_come(course: Course) -> None:
    one = course.commit(course.decided(), text=f"{CANARY} i en tekst.")
    assert one.next_report_on
    day = one.next_report_on - one.decided_on
    due = one.item.meeting.start + day
    asked = {
        days: actions.remind_what_is_due(due + timedelta(days=days)) for days in (-1, 0, 1, 13, 14, 15)
    }  # fmt: skip
    assert asked == {-1: 0, 0: 1, 1: 0, 13: 0, 14: 1, 15: 0}
    told = Message.objects.filter(person=course.officer.person, path=one.get_absolute_url())
    assert told.count() == 2
    assert {message.mail for message in told} == {None}  # each waits for the digest
    assert CANARY not in "".join(f"{message.subject}{message.text}" for message in told)
    course.world.council.memberships.filter(person=course.officer.person).update(end=date(2021, 1, 1))
    assert actions.remind_what_is_due(due + timedelta(days=29)) == 1  # who keeps the cases there no more is not asked
    assert told.count() == 2
    assert Message.objects.filter(person=course.clerk.person, path=one.get_absolute_url()).count() == 1
    report(one, course, at=due + timedelta(days=30))
    assert actions.remind_what_is_due(due + timedelta(days=60)) == 0
    assert "followup.ReportAsked" in kinds(one)


# --- pages ---


def test_from_the_decision_to_a_status_on_the_pages(course: Course, browser_of: Callable[..., Client]) -> None:
    item = course.decided()
    clerk, officer = browser_of("clerk"), browser_of("officer")
    address = f"/opfoelgning/{item.meeting_id}/{item.pk}/nyt/"
    assert address in clerk.get("/opfoelgning/").content.decode()  # what was handed over and decided waits
    assert address in clerk.get(reverse("reading:item", args=[item.meeting_id, item.pk])).content.decode()
    page = clerk.get(address).content.decode()
    assert "1 Ensomhed" in page
    due = timezone.localtime(item.meeting.start).date() + timedelta(days=30)
    stems = f"{course.version.pk}:{course.part.pk}"
    content = {"text": "To ansættes.", "unit": "Centret", "responsible": course.officer.pk, "due": due.isoformat(),
               "stems_from": stems}  # fmt: skip
    assert clerk.post(address, {**content, "due": "2001-01-01"}).status_code == 422
    again = clerk.post(address, {**content, "more": "1"})
    assert again.headers["Location"] == address
    clerk.post(address, {**content, "text": "Et hus bygges."})
    one, other = Commitment.objects.order_by("made_at")
    assert (one.origin, one.element) == (course.version, course.part)
    assert "Et hus bygges." in officer.get("/opfoelgning/").content.decode()
    assert address not in clerk.get("/opfoelgning/").content.decode()

    place = f"{one.get_absolute_url()}opdater/"
    assert officer.post(place, {"text": "", "state": "planned", "due": due, "version": 0}).status_code == 422
    officer.post(place, {"text": "Den ene er ansat.", "state": "under_way", "due": due, "version": 0})
    late = clerk.post(place, {"text": "Ingen er ansat.", "state": "under_way", "due": due, "version": 0})
    assert late.status_code == 422
    for text in ("Den ene er ansat.", "Ingen er ansat."):
        assert text in late.content.decode()
    shown = browser_of("councillor").get(one.get_absolute_url()).content.decode()
    for text in ("Den ene er ansat.", "I gang", "Centret", "Prøve officer", "1 Ensomhed", "Trygge boligområder, v1.0"):
        assert text in shown, text
    assert "opdater/" not in shown
    clerk.post(f"{other.get_absolute_url()}ret/", {
        "text": "Et stort hus bygges.", "unit": "Centret", "responsible": course.officer.pk, "version": 1,
    })  # fmt: skip
    told = clerk.get(other.get_absolute_url()).content.decode()
    assert "Et stort hus bygges." in told
    assert "Et hus bygges." in told.partition("<details")[2]


def test_what_is_late_comes_first_and_what_is_over_on_request(
    course: Course, browser_of: Callable[..., Client]
) -> None:
    item = course.decided()
    Meeting.objects.filter(pk=item.meeting_id).update(start=course.world.at - timedelta(days=300))
    item = AgendaItem.objects.get(pk=item.pk)
    today = timezone.localdate()
    names = {"Til tiden": today + timedelta(days=10), "For sent": today - timedelta(days=10), "Færdig": today}
    for text, due in names.items():
        course.commit(item, text=text, due=due)
    Commitment.objects.exclude(text="For sent").update(next_report_on=today + timedelta(days=9))
    report(Commitment.objects.get(text="Færdig"), course, state="done")
    page = browser_of("officer").get("/opfoelgning/").content.decode().partition("<main")[2]
    assert page.index("For sent") < page.index("Til tiden")
    assert "skulle være gjort" in page
    assert "Færdig" not in page
    assert "Færdig" in browser_of("officer").get("/opfoelgning/?vis=alle").content.decode()


def test_who_has_no_part_in_it_sees_nothing_and_of_a_closed_item_only_who_may(
    course: Course, world: World, browser_of: Callable[..., Client]
) -> None:
    open_one = course.commit(course.decided(), origin=course.version)
    case = cases.open_case(world.council, CANARY, by=course.officer, at=world.at)
    content = {**case.content(), "access": "closed", "legal_ground": "§ 10", "public_title": "En sag",
               "summary": "x", "points": "y", "recommended_by": "z"}  # fmt: skip
    case = cases.save(case, content, version=0, by=course.officer, at=world.at)
    case = cases.move(case, "ready", by=course.officer, at=world.at)
    closed = course.commit(course.decide(case, days=50), text=f"{CANARY} loves.")
    for name, level, sees in (
        ("clerk", "substantial", {open_one, closed}), ("clerk", "low", {open_one}),
        ("councillor", "substantial", {open_one, closed}), ("member", "substantial", {open_one}),
        ("officer", "substantial", {open_one, closed}), ("user", "substantial", set()),
    ):  # fmt: skip
        page = browser_of(name, level)
        listed = page.get("/opfoelgning/").content.decode()
        assert {one for one in (open_one, closed) if one.get_absolute_url() in listed} == sees, (name, level)
        assert (CANARY in listed) == (closed in sees), (name, level)
        found = {one for one in (open_one, closed) if page.get(one.get_absolute_url()).status_code == 200}
        assert found == sees, (name, level)
    cases.bar(case, world["councillor"].person, "Ejer nabogrunden", by=course.clerk, at=world.at)
    page = browser_of("councillor")
    assert page.get(closed.get_absolute_url()).status_code == 404
    assert CANARY not in page.get("/opfoelgning/").content.decode()
    before = kinds(closed).count("files.ClosedRead")
    for part in ("", "ret/", "opdater/"):
        assert browser_of("clerk").get(closed.get_absolute_url() + part).status_code == 200
    assert kinds(closed).count("files.ClosedRead") == before + 3


def test_who_is_responsible_may_tell_as_long_as_he_keeps_the_cases(
    course: Course, world: World, browser_of: Callable[..., Client]
) -> None:
    """I11; and what is due soon stands on his own page."""
    one = course.commit(course.decided(), origin=course.version, responsible=world["case_worker"])
    place = f"{one.get_absolute_url()}opdater/"
    assert browser_of("case_worker").get(place).status_code == 200
    assert browser_of("secretary").get(place).status_code == 404  # of the same committee, and not responsible
    assert place not in browser_of("case_worker").get("/").content.decode()
    Commitment.objects.filter(pk=one.pk).update(next_report_on=timezone.localdate() + timedelta(days=14))
    assert place in browser_of("case_worker").get("/").content.decode()
    assert place not in browser_of("clerk").get("/").content.decode()
    world.committee.memberships.filter(role="case_worker").update(end=date(2021, 1, 1))
    assert browser_of("case_worker").get(place).status_code == 404
    assert place not in browser_of("case_worker").get("/").content.decode()


def test_the_course_of_the_committee_shows_what_became_of_it(
    course: Course, world: World, browser_of: Callable[..., Client]
) -> None:
    item = course.decided()
    one = course.commit(item, origin=course.version)
    report(one, course, state="under_way")
    page = browser_of("member").get(reverse("desk:process", args=[world.committee.pk])).content.decode()
    for text in ("overdraget til Kommunalbestyrelsen", one.text, "I gang", one.get_absolute_url()):
        assert text in page, text
    cases.close(item.case, legal_ground="§ 10", public_title="En sag", by=course.clerk, at=world.at)
    page = browser_of("member").get(reverse("desk:process", args=[world.committee.pk])).content.decode()
    assert one.text not in page


def test_the_pages_cost_the_same_for_one_commitment_and_for_many(
    course: Course, world: World, browser_of: Callable[..., Client]
) -> None:
    item = course.decided()
    pages = [("clerk", "/opfoelgning/?vis=alle"), ("clerk", f"/opfoelgning/{item.meeting_id}/{item.pk}/nyt/"),
             ("member", reverse("desk:process", args=[world.committee.pk])),
             ("clerk", reverse("reading:item", args=[item.meeting_id, item.pk]))]  # fmt: skip
    browsers = {name: browser_of(name) for name, _page in pages}
    counts: list[list[int]] = []
    for number in range(2):
        for more in range(1 + 10 * number):
            one = course.commit(item, text=f"Nummer {number} {more}", origin=course.version)
            report(one, course)
        counts.append([])
        for name, page in pages:
            browsers[name].get(page)
            with CaptureQueriesContext(connection) as asked:
                assert browsers[name].get(page).status_code == 200
            counts[-1].append(len(asked))
    assert counts[0] == counts[1]


def test_the_trace_of_a_product_goes_on_to_what_was_promised(course: Course) -> None:
    """And no further than everybody may read."""
    item = course.decided()
    one = course.commit(item, origin=course.version)
    product = course.version.product
    found = traced.afterwards(product)[course.version.pk]
    assert [(told.id, told.title) for told in found][-1] == (f"urn:uuid:{one.pk}", one.text)
    AgendaItem.objects.filter(pk=item.pk).update(access="closed")
    assert f"urn:uuid:{one.pk}" not in [told.id for told in traced.afterwards(product).get(course.version.pk, [])]
