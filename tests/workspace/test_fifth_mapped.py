"""Every fact of a real fifth meeting has a row of its own here: what was done, by whom, and what came of it.

The paper lies in the shared data and is read there; nothing of it stands in this file but the words by which its
sentences are told apart.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from raadslag.core import read, record
from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.deliberation.models import EvidenceGap
from raadslag.workspace.deliberation.sessions import actions, board, methods, saying
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.minutes import composing
from raadslag.workspace.people.actions import enter
from raadslag.workspace.products import actions as products

from .conftest import World

pytestmark = pytest.mark.django_db
SINCE = date(2017, 5, 22)
PAPER = "gentofte-opgaveudvalg-boligsocial-2018-04-09.txt"
# Which rows tell a sentence, by a word of it; in the order of the paper.
ROWS = (
    ("velkommen", "text"), ("medvirkende", "group"), ("engagement", "text"), ("ekstra", "next_meeting"),
    ("mindre", "talk"), ("første runde", "focus_areas"), ("Anden runde", "round"), ("temaer", "themes"),
    ("dilemmaer", "dilemmas"), ("undersøgelse", "evidence_gap"), ("beskæftigelse", "data_remark"),
    ("spørgsmål til", "question"), ("takkede", "text"),
)  # fmt: skip


@pytest.fixture
def paper(shared_data: Path) -> record.Meeting:
    read_ = read(shared_data / "minutes" / PAPER)
    assert isinstance(read_, record.Meeting)
    return read_


def sentences(text: str) -> list[str]:
    """The sentences of a decision, in their order; a list belongs to the sentence that it ends."""
    whole = re.sub(r"\n+[-*] ", " • ", text)
    return [
        one.strip() for one in re.split(r"(?<=[.\w])\.?(?<=\.)\s+(?=[A-ZÆØÅ])|\n\n+", whole) if one and one.strip(" .•")
    ]


def test_every_sentence_of_the_real_meeting_is_a_row(world: World, paper: record.Meeting) -> None:
    (item,) = paper.items
    told: dict[str, list[str]] = {}
    rest = list(ROWS)
    for sentence in sentences(item.decision or ""):
        if rest and rest[0][0] in sentence:
            told.setdefault(rest.pop(0)[1], []).append(sentence)
            continue
        raise AssertionError(f"left over: {sentence!r}, where {rest[:1]} was looked for")
    assert rest == []
    held = Held(world, paper)
    held.say(told)
    whole = composing.compose(held.meeting, stage="draft")
    kinds = Counter(note.kind for note in whole.notes)
    assert kinds == {
        "next_meeting": 1, "dilemma": 2, "evidence_gap": 1, "data_remark": 1, "question": 1, "answer": 1
    }  # fmt: skip
    rounds = [(one.kind, [station.title for station in one.stations.all()]) for one in held.session.rounds.all()]
    assert [(kind, len(stations)) for kind, stations in rounds] == [
        ("talk", 1), ("stations", 4), ("stations", 4), ("plenary", 0)
    ]  # fmt: skip
    assert rounds[1][1] == held.areas
    assert rounds[2][1] == [note.text.rstrip(".") for note in paper.notes if note.kind == "theme"]
    status = Counter(one.status for one in whole.attendance or ())
    assert (status["present"], status["absent"]) == (11, 4)
    sixth = Meeting.objects.order_by("-start").first()
    assert sixth is not None
    next_one = next(note for note in paper.notes if note.kind == "next_meeting")
    assert timezone.localtime(sixth.start).strftime("%Y-%m-%dT%H:%M") == next_one.start
    assert EvidenceGap.objects.get().text
    assert held.committee.groups.filter(classification="writing").count() == 1


class Held:
    """The meeting, held by the actions that people press, at the times of the paper."""

    def __init__(self, world: World, paper: record.Meeting) -> None:
        self.world, self.paper = world, paper
        zone = timezone.get_default_timezone()
        self.at = datetime.fromisoformat(paper.meeting.start or "").replace(tzinfo=zone)
        before = self.at - timedelta(days=20)
        told: dict[str, Any] = {"by": world["secretary"], "at": before}
        self.committee = world.found("Opgaveudvalget", "task")
        self.people = {}
        for number, one in enumerate(paper.attendance or ()):
            person = enter(one.person, f"m{number}@example.org", by=world.administrator, at=before)
            role = "chair" if number == 0 else "member"
            bodies.appoint(self.committee, person, role=role, start=SINCE, by=world.administrator, at=before)
            self.people[one.person] = person
        self.meeting = meetings.plan(
            self.committee, title="", start=self.at, end=self.at + timedelta(hours=2), place=paper.meeting.place or "",
            **told,
        )  # fmt: skip
        meetings.add_item(self.meeting, title=paper.items[0].title or "", access="open", minutes=120, **told)
        meetings.send_agenda(self.meeting, **told)
        self.meeting.refresh_from_db()
        for one in paper.attendance or ():
            if one.status == "absent":
                meetings.reply(self.meeting, self.people[one.person], "apology", reason="", **told)

    def do(self, action: Any, *arguments: Any, **more: Any) -> Any:
        self.at += timedelta(minutes=1)
        return action(*arguments, by=self.world["secretary"], at=self.at, **more)

    def say(self, told: dict[str, list[str]]) -> None:
        """All that the sentences tell, each as its row."""
        world, before = self.world, self.at - timedelta(days=10)
        by: dict[str, Any] = {"by": world["secretary"], "at": before}
        world.found("Skrivegruppen", "writing", self.committee)
        product = products.begin(self.committee, "Produkt", **by)
        (focus,) = told["focus_areas"]
        listed = focus.partition(":")[2].strip(" .")
        self.areas = [one.strip() for one in re.split(r", (?!og )| og (?=samarbejde)", listed)]
        themes = [note.text.rstrip(".") for note in self.paper.notes if note.kind == "theme"]
        for kind, titles in (("focus_area", self.areas), ("theme", themes)):
            for title in titles:
                products.add(product, kind=kind, title=title, text="", **by)
        item = composing.items_of(self.meeting)[0]
        plan = methods.of_template("two-rounds")
        self.session = actions.prepare(self.meeting, product, plan, method="To runder ved stande", item=item, **by)
        present = [self.people[one.person].pk for one in self.paper.attendance or () if one.status == "present"]
        self.do(minutes.open_meeting, self.meeting, present)
        for text in (*told["text"], *told["group"], *told["talk"], *told["round"]):
            self.do(minutes.save_entry, item, uuid4(), kind="text", text=text, version=0)
        called = next(note for note in self.paper.notes if note.kind == "next_meeting")
        zone = timezone.get_default_timezone()
        start, end = (datetime.fromisoformat(one or "").replace(tzinfo=zone) for one in (called.start, called.end))
        self.do(minutes.call_next, item, start=start, end=end, decided_by="chairmanship")
        for one in self.session.rounds.exclude(kind="plenary"):
            self.do(actions.open_round, one)
            for station in one.stations.select_related("round__session__product", "element"):
                self.at += timedelta(minutes=1)
                saying.say(station, kind="change", text=f"Om {station.title}", speaker="Gruppe A", at=self.at)
            self.do(actions.close_round, one)
        (dilemmas,) = told["dilemmas"]
        goods = re.findall(r"ønsket om (.*?) kan (.*?)(?:, og at|\.)", dilemmas)
        assert len(goods) == 2, dilemmas
        question, _, answer = told["question"][0].partition(", hvortil ")
        made = [self._card("dilemma", one, other) for one, other in goods]
        made += [self._card("evidence_gap", *told["evidence_gap"]), self._card("data_remark", *told["data_remark"])]
        made.append(self._card("question", question, answer))
        self.do(board.insert, self.session, made, item)

    def _card(self, kind: str, text: str, other: str = "") -> Any:
        return self.do(board.word, self.session, None, kind=kind, text=text, other=other)
