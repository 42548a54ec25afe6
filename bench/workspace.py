"""Five years of a municipality's committees at work: pages, and an item put on an agenda.

25 committees meet twelve times a year, with ten items each and three hundred people in all. The rows are laid in whole;
what is measured goes through the pages, as the server answers them, in one process. Beside it stands the smallest page
of the same server, which asks the database one question; and beside a new item one bare row in the same kind of
database. `RAADSLAG_BENCH_YEARS` is how many years there are.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.measure import Line

YEARS = int(os.environ.get("RAADSLAG_BENCH_YEARS", "5"))
COMMITTEES, A_YEAR, ITEMS, PEOPLE, SEATS = 25, 12, 10, 300, 14
PAGE_SECONDS, ITEM_SECONDS = 0.1, 0.025
PAGES, NEW_ITEMS = 600, 200
SEED = 2018
WORDS = (
    "Forvaltningen", "foreslår", "at", "kommunen", "sætter", "lys", "op", "på", "stierne", "ved", "boligområderne",
    "Beboerne", "har", "peget", "på", "utryghed", "om", "aftenen", "og", "ønsker", "flere", "bænke", "træer", "møder",
)  # fmt: skip


def lines() -> Iterator[Line]:
    """A page, and a new item."""
    with tempfile.TemporaryDirectory(prefix="raadslag-bench-") as folder:
        environment = os.environ | {
            "RAADSLAG_WORKSPACE": folder,
            "RAADSLAG_WORKSPACE_DATABASE": "",
            "RAADSLAG_WORKSPACE_ADDRESS": "http://testserver",
            "DJANGO_SETTINGS_MODULE": "raadslag.workspace.settings",
        }

        def part(name: str) -> list[str]:
            command = [sys.executable, "-m", "bench.workspace", name, folder]
            done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True)
            return done.stdout.split()

        part("fill")
        p50, p95, beside, slowest, worst = part("pages")
        most = f"slowest: {slowest} {float(worst) * 1000:.1f}"
        bar = f"p95 ≤ {PAGE_SECONDS * 1000:.0f} ms ({float(p95) * 1000:.1f}; {most})"
        holds = float(p95) <= PAGE_SECONDS
        yield Line("a page of the workspace", float(p50), "its smallest page", float(beside), bar, holds)
        p50, p95, beside = part("items")
        bar = f"p95 ≤ {ITEM_SECONDS * 1000:.0f} ms ({float(p95) * 1000:.1f})"
        holds = float(p95) <= ITEM_SECONDS
        yield Line("an item put on an agenda", float(p50), "one row in SQLite", float(beside), bar, holds)


# --- the processes ---


def _fill() -> None:
    from django.utils import timezone

    from raadslag.core import record
    from raadslag.workspace.bodies import actions as bodies
    from raadslag.workspace.bodies.models import Membership, Organization
    from raadslag.workspace.cases.models import Case
    from raadslag.workspace.meetings import composing
    from raadslag.workspace.meetings.models import Agenda, AgendaItem, Answer, Invitation, Meeting
    from raadslag.workspace.people.models import Person, User

    chance, now = random.Random(SEED), timezone.now()
    made = bodies.set_up(
        municipality="Prøvekommunen", short_name="PRV", committee="Udvalg 1", classification="standing",
        administrator="Prøve Administrator", email="administrator@example.org", at=now,
    )  # fmt: skip
    since = now.date() - timedelta(days=365 * YEARS + 60)
    people = Person.objects.bulk_create(
        Person(name=f"Prøve Person {number:03}", email=f"person{number}@example.org") for number in range(PEOPLE)
    )
    users = User.objects.bulk_create(User(email=one.email, person=one) for one in people)
    Organization.objects.update(start=since)
    others = Organization.objects.bulk_create(
        Organization(body=made.body, name=f"Udvalg {number}", classification="standing", start=since)
        for number in range(2, COMMITTEES + 1)
    )
    organizations = [made.organization, *others]
    seated = {}
    for number, one in enumerate(organizations):
        some = chance.sample(people[10:], SEATS)
        seated[one.pk] = some
        roles = ["chair", "vice_chair"] + ["member"] * (SEATS - 2)
        staff = [(people[number % 5], "secretary"), (people[5 + number % 5], "case_worker")]
        Membership.objects.bulk_create(
            Membership(organization=one, person=person, role=role, start=since)
            for person, role in [*zip(some, roles, strict=True), *staff]
        )
    numbered = 0
    for one in organizations:
        for month in range(-YEARS * A_YEAR + 1, 2):
            start = now.replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=30 * month + 10)
            meeting = Meeting.objects.create(
                organization=one, title=f"{month + YEARS * A_YEAR}. møde", start=start, end=start + timedelta(hours=2),
                place="Salen", called_at=start - timedelta(days=20),
            )  # fmt: skip
            is_sent = month < 1
            cases = []
            for _ in range(ITEMS):
                numbered += 1
                cases.append(_case(Case, one, numbered, is_sent, users[5 + numbered % 5], start, chance))
            cases = Case.objects.bulk_create(cases)
            AgendaItem.objects.bulk_create(
                AgendaItem(
                    meeting=meeting, order=order, case=case, title=case.title, access=case.access, minutes=10,
                    legal_ground=case.legal_ground, public_title=case.public_title,
                    words=f"{case.title} {case.number} {case.summary} {case.background}" if is_sent else "",
                    number=str(order) if is_sent else "", is_sent=is_sent,
                )
                for order, case in enumerate(cases, 1)
            )  # fmt: skip
            Invitation.objects.bulk_create(
                Invitation(
                    meeting=meeting, person=person, is_seated=True, called_at=start, answer=chance.choice(Answer.values)
                )
                for person in seated[one.pk]
            )
            if is_sent:
                items = composing.items_of(meeting)
                data = record.encode(composing.compose(meeting, items, stage="sent")).decode()
                Agenda.objects.create(
                    meeting=meeting, number=1, record=data, sha256="0" * 64, pdf_sha256="0" * 64,
                    items=[str(item.pk) for item in items], sent_at=start, sent_by=users[0],
                )  # fmt: skip
                Meeting.objects.filter(pk=meeting.pk).update(agenda_sent_at=start - timedelta(days=7))
        # What has not been put on an agenda yet.
        Case.objects.bulk_create(
            _case(Case, one, numbered := numbered + 1, False, users[5], now, chance, state="ready") for _ in range(8)
        )


def _case(Case: Any, one: Any, number: int, is_sent: bool, user: Any, at: datetime, chance: random.Random,
          state: str = "") -> Any:  # fmt: skip
    is_closed = number % 10 == 0
    text = " ".join(chance.choices(WORDS, k=120)) + "."
    return Case(
        organization=one, number=f"PRV-{at.year}-{number:05}", title=" ".join(chance.choices(WORDS, k=5)),
        access="closed" if is_closed else "open", legal_ground="Forvaltningslovens § 27" if is_closed else "",
        public_title="En lukket sag" if is_closed else "", summary=text, background="\n\n".join([text] * 3),
        recommended_by="Teknik og Miljø", recommended_to=one.name, points="lyset sættes op\nbænkene stilles ud",
        state=state or ("treated" if is_sent else "on_agenda"), created_at=at, changed_at=at, responsible=user,
    )  # fmt: skip


def _client(user: Any) -> Any:
    from django.test import Client

    client = Client()
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["level"] = "substantial"
    session.save()
    return client


def _pages() -> None:
    from django.urls import reverse

    from raadslag.workspace.cases.models import Case
    from raadslag.workspace.meetings.models import AgendaItem, Meeting
    from raadslag.workspace.people.models import User

    chance = random.Random(SEED)
    users = {one.email: one for one in User.objects.select_related("person")}
    secretary, writer = users["person0@example.org"], users["person5@example.org"]
    member = next(
        one for one in users.values() if one.person.memberships.filter(role="member").count() >= 2
    )  # fmt: skip
    clients = {name: _client(user) for name, user in (("s", secretary), ("w", writer), ("m", member))}
    own = list(Meeting.objects.mine(member).exclude(agenda_sent_at=None))
    led = list(Meeting.objects.mine(secretary))
    open_ones = [one for one in led if not one.agenda_sent_at]
    cases = list(Case.objects.of_staff(writer).values_list("pk", flat=True)[:500])

    def of_member() -> list[Any]:
        return [chance.choice(own).pk]

    def item() -> list[Any]:
        meeting = chance.choice(own)
        return [meeting.pk, AgendaItem.objects.filter(meeting=meeting, access="open").values_list("pk", flat=True)[0]]

    kinds: list[tuple[str, str, Callable[[], list[Any]], str]] = [
        ("m", "desk:home", list, ""), ("s", "desk:home", list, ""), ("w", "desk:home", list, ""),
        ("m", "meetings:meetings", list, ""), ("m", "meetings:meetings", list, "?vis=holdt"),
        ("s", "meetings:meetings", list, "?vis=holdt"), ("m", "reading:meeting", of_member, ""),
        ("m", "reading:item", item, ""), ("m", "desk:search", list, "?q=stierne"), ("w", "desk:search", list, "?q=lys"),
        ("s", "cases:cases", list, ""), ("w", "cases:cases", list, "?q=bænke"),
        ("w", "cases:case", lambda: [chance.choice(cases)], ""),
        ("w", "cases:edit", lambda: [chance.choice(cases)], ""),
        ("s", "meetings:meeting", lambda: [chance.choice(led).pk], ""),
        ("s", "meetings:agenda", lambda: [chance.choice(open_ones).pk], ""),
        ("s", "meetings:preview", lambda: [chance.choice(open_ones).pk], ""),
        ("m", "bodies:organizations", list, ""), ("m", "bodies:organization", lambda: [own[0].organization_id], ""),
        ("s", "bodies:policies", lambda: [led[0].organization_id], ""),
    ]  # fmt: skip
    took: dict[str, list[float]] = {}
    beside = []
    for number in range(PAGES + len(kinds)):
        who, route, arguments, query = kinds[number % len(kinds)]
        address = reverse(route, args=arguments()) + query
        seconds, status = _timed(clients[who], address)
        if status != 200:
            raise RuntimeError(f"{address} answered {status}")
        smallest, _ = _timed(clients[who], "/health")
        if number >= len(kinds):  # the first of each warms what a server that runs has warm
            took.setdefault(f"{route}{query}", []).append(seconds)
            beside.append(smallest)
    everything = sorted(one for some in took.values() for one in some)
    medians = {name: statistics.median(some) for name, some in took.items()}
    if os.environ.get("RAADSLAG_BENCH_ALL"):
        for name, seconds in sorted(medians.items(), key=lambda one: -one[1]):
            print(f"{seconds * 1000:8.1f} ms {max(took[name]) * 1000:8.1f}  {name}", file=sys.stderr)
    slowest = max(medians, key=medians.__getitem__)
    print(statistics.median(everything), everything[int(len(everything) * 0.95)], statistics.median(beside), slowest,
          medians[slowest])  # fmt: skip


def _timed(client: Any, address: str) -> tuple[float, int]:
    start = time.perf_counter()
    answer = client.get(address)
    return time.perf_counter() - start, int(answer.status_code)


def _items(folder: str) -> None:
    from django.urls import reverse

    from raadslag.workspace.meetings.models import Meeting
    from raadslag.workspace.people.models import User

    secretary = User.objects.get(email="person0@example.org")
    client = _client(secretary)
    meetings = list(Meeting.objects.mine(secretary).filter(agenda_sent_at=None))
    bare = sqlite3.connect(Path(folder) / "bare.sqlite3", isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("CREATE TABLE item (meeting, number, title, access)")
    took, beside = [], []
    for number in range(NEW_ITEMS + 10):
        address = reverse("meetings:add", args=[meetings[number % len(meetings)].pk])
        given = {
            "title": f"Punkt {number}",
            "access": "open",
            "minutes": "10",
            "text": "Et punkt.",
            "once": f"k{number}",
        }
        start = time.perf_counter()
        answer = client.post(address, given)
        seconds = time.perf_counter() - start
        if answer.status_code != 302:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        start = time.perf_counter()
        bare.execute("INSERT INTO item VALUES (?, ?, ?, ?)", (address, number, f"Punkt {number}", "open"))
        if number >= 10:
            took.append(seconds)
            beside.append(time.perf_counter() - start)
    took.sort()
    print(statistics.median(took), took[int(len(took) * 0.95)], statistics.median(beside))


if __name__ == "__main__":
    from raadslag.cli.workspace import open_workspace

    part, where = sys.argv[1:]
    open_workspace(Path(where))
    {"fill": _fill, "pages": _pages, "items": lambda: _items(where)}[part]()
