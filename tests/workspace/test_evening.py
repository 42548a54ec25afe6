"""The sample's evening: what a visitor of the demo meets at 18.52, done by the actions that people press."""

from __future__ import annotations

from collections import Counter

import pytest

from raadslag.sample.workspace import fill
from raadslag.workspace.common import journal
from raadslag.workspace.deliberation.models import Card, Contribution, Round
from raadslag.workspace.deliberation.sessions import board
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.minutes import rules
from raadslag.workspace.minutes.models import Entry, ItemMinutes
from raadslag.workspace.products.models import Product

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_visitor_comes_into_the_fifth_meeting() -> None:
    fill(evening=True)
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
    assert not ItemMinutes.objects.exclude(outcome="").exists()
    called = Entry.objects.get(kind="next_meeting").called
    assert (called.title, called.state, called.because != "") == ("6. møde", "called", True)
    assert journal.first_broken() is None
