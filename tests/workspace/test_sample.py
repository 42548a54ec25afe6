"""The sample, played by the actions that people press: what a visitor meets at 18.52, and half a year later."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from raadslag.sample.workspace import Scene, fill
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.cases.models import Attachment
from raadslag.workspace.closing import checklist
from raadslag.workspace.common import journal
from raadslag.workspace.deliberation import tracing
from raadslag.workspace.deliberation.models import Card, Contribution, Round
from raadslag.workspace.deliberation.sessions import board
from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.minutes import rules, signing
from raadslag.workspace.minutes.models import Entry, ItemMinutes, Minutes
from raadslag.workspace.products.models import Product
from raadslag.workspace.publishing.models import Release

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_visitor_comes_into_the_fifth_meeting() -> None:
    fill(scene=Scene.EVENING)
    meeting = Meeting.objects.get(title="5. møde")
    product = Product.objects.get()
    said = list(product.contributions.all())
    assert [one.name for one in said] == [f"K-{number:02}" for number in range(1, 25)]
    assert [one.text for one in said if one.state == "new"] == [
        "Ingen har undersøgt, hvordan utryghed og ensomhed hænger sammen.",
        "Bedre boliger er godt. Men så stiger huslejen, og nogle må flytte.",
        "Samme som ved stand 2: hvem har råd bagefter?",
        "Hvad sker der nu, når vi har sagt alt det her?",
        "Tal for, hvor mange der er i arbejde i de fire områder.",
    ]
    answered = Counter(one.answer.outcome for one in said if one.answer)
    assert answered == {"included": 12, "partly": 2, "not": 2, "passed_on": 3}
    brought = product.elements.count()  # each with the change that brought it
    assert product.changes.count() - brought == 12
    rounds = Round.objects.values_list("kind", "label", "state")
    assert list(rounds) == [
        ("talk", None, "closed"), ("stations", 1, "closed"), ("stations", 2, "closed"), ("plenary", None, "closed")
    ]  # fmt: skip
    assert sorted(Counter(Contribution.objects.exclude(sheet="").values_list("sheet", flat=True))) == [
        "S1-R1-03", "S3-R1-08", "S3-R2-08"
    ]  # fmt: skip
    attendance = rules.attendance_of(meeting)
    assert (meeting.state, attendance.present, attendance.members) == ("in_progress", 11, 15)
    cards = Card.objects.select_related("entry")
    assert Counter(card.kind for card in cards) == {
        "dilemma": 2, "evidence_gap": 1, "data_remark": 1, "question": 1
    }  # fmt: skip
    assert [card.name for card in cards if not board.stands(card)] == ["V1", "B1", "S1"]
    assert not ItemMinutes.objects.filter(item__meeting=meeting).exclude(outcome="").exists()
    called = Entry.objects.get(kind="next_meeting").called
    assert (called.title, called.state, called.because != "") == ("6. møde", "called", True)
    assert journal.first_broken() is None


def test_the_fourth_meeting_was_held_before_with_two_notes_and_ten_principles() -> None:
    fill()
    meeting = Meeting.objects.get(title="4. møde")
    read = Minutes.objects.get(meeting=meeting)
    assert (meeting.state, signing.unsigned(read), read.signatures.count()) == ("adjourned", [], 12)
    outcomes = ItemMinutes.objects.filter(item__meeting=meeting).order_by("item__order")
    assert [row.outcome for row in outcomes] == ["noted", "approved"]
    product = Product.objects.get()
    assert product.created_at < meeting.start
    assert [note.table["columns"] for note in product.fact_notes.all()] == [
        ["Område", "2012", "2017"], ["Område", "Lamper", "Ude af drift"]
    ]  # fmt: skip
    assert product.elements.filter(kind="principle").count() == 10
    papers = Attachment.objects.filter(case__title="To faktanotater om beboerne og stierne")
    assert [one.title for one in papers] == ["Boliger med én beboer", "Lamper, der ikke virkede ved et eftersyn"]
    fifth = Meeting.objects.get(title="5. møde")
    assert meeting.start < fifth.start - timedelta(days=28)
    assert journal.first_broken() is None


def test_the_work_went_on_to_the_council_and_each_thought_is_followed_there() -> None:
    """Answers, v0.4, the sixth meeting with approval and evaluation, the council, six promises, closing."""
    fill(scene=Scene.LATER)
    product = Product.objects.get()
    counted = Counter(one.answer.outcome for one in product.contributions.all())
    assert counted == {"included": 14, "partly": 3, "not": 3, "passed_on": 3, "merged": 1}
    assert [row.label for row in product.versions.order_by("number")] == ["v0.3", "v0.4", "v1.0"]
    held = Meeting.objects.exclude(adjourned_at=None).order_by("start")
    assert [one.title for one in held] == ["4. møde", "5. møde", "6. møde", "Kommunalbestyrelsens møde"]
    for meeting in held:
        assert signing.unsigned(Minutes.objects.get(meeting=meeting)) == []
    threads = {thread.said.name: thread for thread in tracing.of(product).threads}
    one = threads["K-04"]
    assert (one.change is not None, one.version.label, one.approval.item.meeting.title) == (True, "v0.4", "6. møde")
    assert [later.title for later in one.later][-6:] == [row.text for row in Commitment.objects.order_by("due")]
    merged = next(thread for thread in threads.values() if thread.through)
    assert (merged.answer.outcome, merged.change) == ("merged", merged.through.answer.change)
    gap = product.evidence_gaps.get()
    assert (gap.state, [row.source for row in gap.answers.all()]) == ("closed", ["Borgerpanel i marts 2018"])
    assert journal.first_broken() is None


def test_what_was_promised_is_reported_on_and_the_committee_is_closed() -> None:
    fill(scene=Scene.LATER)
    now = timezone.localdate()
    promised = Commitment.objects.order_by("made_at")
    states = [(one.state, one.reports.count()) for one in promised]
    assert states == [
        ("under_way", 1), ("under_way", 1), ("under_way", 1), ("done", 1), ("planned", 0), ("done", 1)
    ]  # fmt: skip
    assert [one.text for one in promised if one.next_report_on and one.next_report_on < now] == [
        "Job og Uddannelse laver en plan for flere fritidsjob til unge."
    ]
    committee = Organization.objects.get(classification="task")
    assert committee.closed_at is not None
    assert not [check.name for check in checklist.look(committee, timezone.now()) if check.blocks and check.left]
    evaluation = committee.evaluations.get()
    assert (evaluation.is_read, evaluation.answered) == (True, 7)
    minutes = Release.objects.filter(kind="minutes")
    assert minutes.count() == 4
    others = Counter(Release.objects.exclude(kind__in=("minutes", "agenda")).values_list("kind", flat=True))
    # How far a promise is, is public where its decision is shown: without an archive it waits.
    assert others == {"organization": 1, "product": 2}
