"""What tests of the workspace share: a municipality with a committee, its people, and browsers logged in as them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.models import Organization, Role
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Case
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.people.actions import enter
from raadslag.workspace.people.models import User
from tests import migrated
from tests.workspace.kept import Kept

LONG_AGO = date(2020, 1, 1)


@pytest.fixture(scope="session")
def django_db_keepdb(
    request: pytest.FixtureRequest, django_db_use_migrations: bool, django_db_modify_db_settings: None
) -> Iterator[bool]:
    """Whether the run's database has its tables already: on SQLite those that the program has made are laid there.

    The fixture of that name belongs to pytest-django, which then migrates no more than what is missing: nothing.
    """
    if connection.vendor != "sqlite" or not django_db_use_migrations:
        yield request.config.getvalue("reuse_db")
        return
    migrated.lay_as(Path(connection.settings_dict["TEST"]["NAME"]))
    yield True
    connection.close()


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> Path:
    """The test's own data folder for files; the database is the run's."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    settings.EMAIL_BACKEND = "raadslag.workspace.messages.backend.Queued"  # the test runner puts another in its place
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    return settings.DATA


@pytest.fixture
def now() -> datetime:
    """This moment: what the pages go by."""
    return datetime.now(UTC)


class World:
    """A municipality with a council and a committee; a person for each role, by the role's name."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        made = bodies.set_up(
            municipality="Prøvekommunen", short_name="PRV", committee="Byrumsudvalget", classification="task",
            administrator="Prøve Administrator", email="administrator@example.org", at=at - timedelta(days=2),
        )  # fmt: skip
        self.body, self.committee, self.administrator = made
        self.users: dict[str, User] = {"administrator": self.administrator}
        # The administrator is no secretary here: the two roles are told apart.
        bodies.end_membership(self.committee.memberships.get(), on=date(2000, 1, 1), by=self.administrator, at=at)
        self.council = self.found("Kommunalbestyrelsen", "council")
        for role in Role.values:
            where = self.council if role == Role.MAYOR else self.committee
            self.appoint(role, role, where)
        self.appoint("councillor", Role.MEMBER, self.council)
        self.appoint("second", Role.MEMBER, self.committee)
        enter("Fremmed", "stranger@example.org", by=self.administrator, at=at)
        self.users["user"] = User.objects.get(email="stranger@example.org")

    def found(self, name: str, classification: str, parent: Organization | None = None) -> Organization:
        """Another organization."""
        return bodies.found(
            self.body, name=name, classification=classification, parent=parent, seats=0, start=LONG_AGO, end=None,
            by=self.administrator, at=self.at,
        )  # fmt: skip

    def appoint(self, name: str, role: str, where: Organization, **more: Any) -> User:
        """A person called after `name`, with that role."""
        person = enter(f"Prøve {name}", f"{name}@example.org", by=self.administrator, at=self.at)
        bodies.appoint(where, person, role=role, start=LONG_AGO, by=self.administrator, at=self.at, **more)
        self.users[name] = person.user
        return person.user

    def __getitem__(self, name: str) -> User:
        return self.users[name]

    def case(self, title: str = "Nye træer", *, state: str = "ready", **fields: Any) -> Case:
        """A case with all that it needs, open unless `fields` say otherwise."""
        case = cases.open_case(self.committee, title, by=self["case_worker"], at=self.at)
        content = {
            **case.content(), "access": "open", "summary": "Der plantes træer.", "points": "træerne plantes",
            "recommended_by": "Teknik og Miljø", "recommended_to": "Byrumsudvalget", **fields,
        }  # fmt: skip
        case = cases.save(case, content, version=0, by=self["case_worker"], at=self.at)
        return cases.move(case, state, by=self["case_worker"], at=self.at) if state != "draft" else case

    def closed_case(self, title: str = "KANARIEFUGL i lukket sag", **fields: Any) -> Case:
        """A closed case with its public face."""
        face = {"access": "closed", "legal_ground": "Forvaltningslovens § 27", "public_title": "Leje af lokaler"}
        return self.case(title, **{**face, **fields})

    def meeting(self, *, days: int = 30, **fields: Any) -> Meeting:
        """A meeting of the committee that many days ahead."""
        start = (self.at + timedelta(days=days)).replace(hour=16, minute=0, second=0, microsecond=0)
        given = {"title": "1. møde", "start": start, "end": start + timedelta(hours=2), "place": "Salen", **fields}
        return meetings.plan(self.committee, **given, by=self["secretary"], at=self.at)

    def sent(self, *cases_: Case, **fields: Any) -> Meeting:
        """A meeting whose agenda of these cases has been sent."""
        meeting = self.meeting(**fields)
        for case in cases_:
            meetings.add_case(meeting, case, by=self["secretary"], at=self.at)
        meetings.send_agenda(meeting, late_because="Prøve", by=self["secretary"], at=self.at)
        meeting.refresh_from_db()
        return meeting

    def allow_low_level(self) -> None:
        """Record the body's exception for closed papers."""
        bodies.set_policy(
            self.body,
            None,
            "closed_at_low_level",
            True,
            reason="Prøve",
            since=LONG_AGO,
            by=self.administrator,
            at=self.at,
        )


@pytest.fixture
def world(db: None, now: datetime) -> World:
    """A municipality with its people."""
    world = _WORLD.put()
    world.at = now
    return world


_WORLD = Kept(lambda: World(datetime.now(UTC)))


@pytest.fixture
def browser_of(world: World) -> Iterator[Callable[..., Client]]:
    """Gives a browser in which that person has logged in at that level; without a name nobody has."""

    def made(name: str | None = None, level: str = "substantial") -> Client:
        client = Client()
        if name:
            client.force_login(world[name], "allauth.account.auth_backends.AuthenticationBackend")
            session = client.session
            session["level"] = level
            session.save()
        return client

    return made
