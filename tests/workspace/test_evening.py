"""The sample's evening: what a visitor of the demo meets at 18.52, done by the actions that people press."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from raadslag.sample.workspace import fill
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Case
from raadslag.workspace.closing import actions as closing
from raadslag.workspace.closing import checklist, evaluating
from raadslag.workspace.closing.sealing import Answer
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.deliberation import actions as deliberation
from raadslag.workspace.deliberation import answering, tracing
from raadslag.workspace.deliberation.models import Card, Contribution, Round
from raadslag.workspace.deliberation.sessions import actions as sessions
from raadslag.workspace.deliberation.sessions import board
from raadslag.workspace.followup import actions as followup
from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.minutes import composing, rules, signing
from raadslag.workspace.minutes.models import Entry, ItemMinutes
from raadslag.workspace.people.models import User
from raadslag.workspace.products import actions as products
from raadslag.workspace.products.models import Product, Proposal

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


class Afterwards:
    """The work from 18.52 on, by the same actions; `at` is its clock."""

    def __init__(self) -> None:
        fill(evening=True)
        self.users = {user.person.name: user for user in User.objects.select_related("person")}
        self.committee = Meeting.objects.get(title="5. møde").organization
        self.product = Product.objects.get()
        self.at = timezone.now()

    def do(self, action: Any, *arguments: Any, who: str = "Prøve Sekretær", days: float = 0, **more: Any) -> Any:
        self.at += timedelta(days=days, minutes=1)
        return action(*arguments, by=self.users[who], at=self.at, **more)

    def end(self, meeting: Meeting, outcomes: dict[int, str] | None = None) -> None:
        """Outcomes, reading-out, adjourning, signatures."""
        for number, item in enumerate(composing.items_of(meeting), 1):
            self.do(minutes.set_outcome, item, (outcomes or {}).get(number, "noted"))
        self.do(minutes.start_reading, meeting)
        for item in composing.items_of(meeting):
            self.do(minutes.tick, item, True)
        read = self.do(minutes.adjourn, meeting)
        for person in signing.unsigned(read):
            self.do(signing.sign, read, person, sha256=read.sha256, who=person.name)

    def fifth(self) -> None:
        meeting = Meeting.objects.get(title="5. møde")
        session = meeting.deliberation
        waiting = [card for card in board.on_board(session) if not board.stands(card)]
        self.do(board.insert, session, waiting, session.item, who="Prøve Facilitator")
        self.do(sessions.close, session, who="Prøve Facilitator")
        self.end(meeting)

    def answers(self) -> Any:
        """The five that waited; a change for one of them; v0.4."""
        last = answering.unanswered(self.product)
        changed = last[0].element
        told = {"title": changed.title, "text": f"{changed.text}\n\nDet skal undersøges.", "version": changed.version}
        self.do(products.write, changed, who="Prøve Sagsbehandler", **told)
        change = self.product.changes.order_by("-number").first()
        given = [
            {"outcome": "included", "change": change},
            {"outcome": "partly", "change": change, "text": "Huslejen afgøres et andet sted."},
            {"outcome": "merged", "merged_into": last[1]},
            {"outcome": "not", "text": "Svaret er givet på mødet."},
            {"outcome": "included", "change": change},
        ]
        for one, answer in zip(last, given, strict=True):
            self.do(answering.answer, self.product, [one], who="Prøve Sagsbehandler", **answer)
        for proposal in Proposal.objects.filter(element__product=self.product, state="open"):
            self.do(products.refuse, proposal, "Lyset står der allerede.", who="Prøve Sagsbehandler")
        gap = self.product.evidence_gaps.get()
        self.do(deliberation.close_gap, gap, answer="Otte ud af hundrede.", source="Borgerpanel 2018", days=1)
        return self.do(products.freeze, self.product, "v0.4", "Til sjette møde")

    def sixth(self, version: Any) -> None:
        meeting = Meeting.objects.get(title="6. møde")
        self.at = meeting.start - timedelta(days=14)
        self.do(meetings.add_case, meeting, Case.objects.get(title="Godkendelse af produktet"))
        self.do(meetings.send_agenda, meeting)
        meeting.refresh_from_db()
        self.at = meeting.start
        seated = [row.person_id for row in meeting.invitations.filter(is_seated=True)]
        self.do(minutes.open_meeting, meeting, seated)
        (item,) = composing.items_of(meeting)
        self.do(minutes.set_outcome, item, "approved")
        self.do(products.approve, version, item)
        evaluation = self.do(evaluating.prepare, self.committee, evaluating.our_questions())
        code = self.do(evaluating.open_, evaluation)
        for name in ("Prøve Medlem Et", "Prøve Medlem To", "Prøve Medlem Tre", "Asta Holmen", "Freja Lundager"):
            answer = Answer((4,) * len(evaluation.asked()), ("Godt",) * len(evaluation.asked()))
            evaluating.answer(evaluation, answer, by=self.users[name])
        self.do(evaluating.close, evaluation, code)
        self.end(meeting, {1: "approved"})

    def council(self, version: Any) -> list[Commitment]:
        handed = self.do(
            followup.hand_over, version, title="Trygge boligområder", summary="Udvalgets forslag.",
            points="forslaget tages op", recommended_by="Opgaveudvalget", is_open=True, days=2,
        )  # fmt: skip
        council = self.committee.parent or handed.case.organization
        self.do(cases.move, handed.case, "ready")
        start = (self.at + timedelta(days=30)).replace(hour=16, minute=0)
        meeting = self.do(
            meetings.plan, council, title="Juni", start=start, end=start + timedelta(hours=3), place="Rådssalen"
        )  # fmt: skip
        self.do(meetings.add_case, meeting, Case.objects.get(pk=handed.case.pk))
        self.do(meetings.send_agenda, meeting)
        meeting.refresh_from_db()
        self.at = meeting.start
        self.do(minutes.open_meeting, meeting, [row.person_id for row in meeting.invitations.filter(is_seated=True)])
        self.end(meeting, {1: "approved"})
        (item,) = composing.items_of(meeting)
        due = timezone.localdate(self.at) + timedelta(days=365)
        return [
            self.do(followup.commit, item, text=f"Løfte {number}", unit="Social og Sundhed", due=due,
                    responsible=self.users["Prøve Sagsbehandler"], origin=version)
            for number in range(1, 7)
        ]  # fmt: skip


def test_the_work_goes_on_to_the_council_and_each_thought_is_followed_there() -> None:
    """Answers, v0.4, the sixth meeting with approval and evaluation, the council, six commitments, closing."""
    work = Afterwards()
    work.fifth()
    version = work.answers()
    counted = Counter(one.answer.outcome for one in work.product.contributions.all())
    assert counted == {"included": 14, "partly": 3, "not": 3, "passed_on": 3, "merged": 1}
    work.sixth(version)
    promised = work.council(version)
    work.at += timedelta(days=92)
    first = promised[0]
    work.do(followup.report, first, text="To er ansat.", state="under_way", due=first.due, seen=0,
            who="Prøve Sagsbehandler")  # fmt: skip
    threads = {thread.said.name: thread for thread in tracing.of(work.product).threads}
    one = threads["K-04"]
    assert (one.change is not None, one.version, one.approval.item.meeting.title) == (True, version, "6. møde")
    assert [later.title for later in one.later][-6:] == [f"Løfte {number}" for number in range(1, 7)]
    merged = next(thread for thread in threads.values() if thread.through)
    assert (merged.answer.outcome, merged.change) == ("merged", merged.through.answer.change)
    for group in work.committee.groups.all():
        work.do(closing.end_group, work.committee, group)
    left = [check.name for check in checklist.look(work.committee, work.at) if check.blocks and check.left]
    assert left == ["Alle referater er publiceret"]  # which takes an archive
    with pytest.raises(Blocked):
        work.do(closing.close, work.committee)
    assert journal.first_broken() is None
