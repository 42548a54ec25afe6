"""Each page asks the database as often for a hundred rows as for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.models import Role
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.common import journal
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings import group_notes
from raadslag.workspace.meetings.models import AgendaItem, Invitation, Meeting, Question
from raadslag.workspace.messages.models import Mail, Unmatched
from raadslag.workspace.people.actions import enter

from .conftest import LONG_AGO, World

MANY = 12


class Town(World):
    """A municipality that grows: each `grow` adds one of everything that a list may hold."""

    def __init__(self, at: Any) -> None:
        super().__init__(at)
        self.size = 0
        self.first = self.case(state="draft")
        self.main = self.meeting(days=20)
        meetings.add_case(self.main, self.case("Den første"), by=self["secretary"], at=at)

    def grow(self) -> None:
        """One more of each."""
        self.size += 1
        number, told = self.size, {"by": self["secretary"], "at": self.at}
        where = self.found(f"Udvalg {number}", "standing")
        for name, role in (("secretary", Role.SECRETARY), ("member", Role.MEMBER), ("case_worker", Role.CASE_WORKER)):
            self.appoint(name, role, where)
        group = self.found(f"Gruppe {number}", "working", self.committee)
        note = group_notes.save(group, f"Notat {number}", **told).note
        group_notes.hand_over(note, version=1, **told)
        for name in ("member", "secretary"):
            bodies.invite(group, self[name].person, **told)
        person = enter(f"Ny {number}", f"ny{number}@example.org", by=self.administrator, at=self.at)
        bodies.appoint(self.committee, person, role=Role.MEMBER, start=LONG_AGO, by=self.administrator, at=self.at)
        bodies.set_policy(self.body, None, "agenda_days", 4, reason=f"Nr. {number}", since=LONG_AGO, **told)
        self.case(f"Udkast {number}", state="draft")
        self.case(f"Klar {number}")
        self.closed_case(f"Lukket {number}")
        self.case(f"Til gennemsyn {number}", state="review")
        cases.save(self.first, {**self.first.content(), "summary": f"Udgave {number}"}, version=self.first.version,
                   by=self["case_worker"], at=self.at)  # fmt: skip
        self.first.refresh_from_db()
        attachment = cases.attach(self.first, f"Bilag {number}".encode(), f"bilag{number}.txt", **told)
        cases.change_attachment(attachment, title=f"Bilag {number}", access="open", **told)
        self.first.refresh_from_db()
        start, end = (moment + timedelta(days=number) for moment in (self.main.start, self.main.end))
        own = Meeting.objects.create(organization=where, title=f"Møde {number}", start=start, end=end, place="Salen")
        AgendaItem.objects.create(meeting=own, order=1, title="Punkt", access="open")
        open_case, closed = self.case(f"Åben sag {number}"), self.closed_case(f"Lukket sag {number}")
        for case in (open_case, closed):
            paper = cases.attach(case, f"Papir {number}".encode(), "papir.txt", **told)
            if case is open_case:
                cases.change_attachment(paper, title=f"Papir {number}", access="open", **told)
            late = {"late_because": "Prøve"} if self.main.agenda_sent_at else {}
            meetings.add_case(self.main, case, **late, **told)
        self.main.refresh_from_db()
        meetings.send_agenda(self.main, late_because="Prøve", **told)
        self.main.refresh_from_db()
        item = self.main.items.filter(case__title="Den første").get()
        Question.objects.create(item=item, person=person, text="Hvorfor?", asked_at=self.at)
        Invitation.objects.filter(meeting=self.main, person=person).update(answer="apology")
        Mail.objects.create(
            person=person, to=person.email, subject="?", body="?", about=journal.name_of(self.main), state="failed",
            next_try_at=self.at,
        )  # fmt: skip
        Unmatched.objects.create(at=self.at, sender="x@example.org", subject="?", why="no_reply")


def pages(town: Town) -> list[tuple[str, str]]:
    """Who looks at which page."""
    item = town.main.items.filter(case__title="Den første").get().pk
    committee, meeting, case = [town.committee.pk], [town.main.pk], [town.first.pk]
    told = [
        ("secretary", "desk:home", []), ("member", "desk:home", []), ("case_worker", "desk:home", []),
        ("chair", "desk:home", []), ("secretary", "meetings:meetings", []), ("member", "meetings:meetings", []),
        ("member", "meetings:calendar", []), ("secretary", "cases:cases", []), ("case_worker", "cases:cases", []),
        ("member", "bodies:organizations", []), ("secretary", "bodies:organization", committee),
        ("member", "bodies:organization", committee), ("member", "desk:process", committee),
        ("secretary", "bodies:policies", committee), ("secretary", "closing:committee", committee),
        ("secretary", "meetings:unmatched", []), ("administrator", "people:people", []),
        ("secretary", "meetings:meeting", meeting), ("secretary", "meetings:agenda", meeting),
        ("secretary", "meetings:preview", meeting), ("member", "reading:meeting", meeting),
        ("member", "reading:paper", meeting), ("member", "reading:item", [*meeting, item]),
        ("secretary", "reading:item", [*meeting, item]), ("secretary", "cases:case", case),
        ("case_worker", "cases:edit", case),
    ]  # fmt: skip
    addresses = [(name, reverse(route, args=args)) for name, route, args in told]
    return [*addresses, *((name, reverse("desk:search") + "?q=sag") for name in ("member", "secretary", "case_worker"))]


def asked(client: Client, path: str) -> list[str]:
    """The questions that an answer takes, once what is kept for longer than a request is kept."""
    assert client.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as told:
        client.get(path)
    return [one["sql"] for one in told.captured_queries]


@pytest.mark.slow
def test_a_hundred_rows_take_no_more_questions_than_one(
    db: None, now: Any, browser_of_town: Callable[..., Any]
) -> None:
    town, browser_of = browser_of_town
    town.grow()
    before = {page: asked(browser_of(page[0]), page[1]) for page in pages(town)}
    for _ in range(MANY):
        town.grow()
    more = {}
    for page, few in before.items():
        many = asked(browser_of(page[0]), page[1])
        if len(many) > len(few):
            extra = [sql for sql in many if sql not in few]
            more[page] = (
                len(few),
                len(many),
                max(extra, key=lambda sql: sum(sql[:80] == one[:80] for one in extra))[:300],
            )
    assert not more, "\n".join(f"{page}: {told}" for page, told in more.items())
    most = max(map(len, before.values()))
    assert most <= 30, {page: len(few) for page, few in before.items() if len(few) == most}


@pytest.fixture
def browser_of_town(db: None, now: Any) -> tuple[Town, Callable[[str], Client]]:
    """The town, and browsers of its people."""
    town = Town(now)
    clients: dict[str, Client] = {}

    def of(name: str) -> Client:
        if name not in clients:
            clients[name] = Client()
            clients[name].force_login(town[name], "allauth.account.auth_backends.AuthenticationBackend")
            session = clients[name].session
            session["level"] = "substantial"
            session.save()
        return clients[name]

    return town, of
