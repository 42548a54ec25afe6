"""What an older version kept is there after an upgrade, with names, cases and a journal."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from raadslag.archive import journal
from raadslag.archive.commitments import words_of
from raadslag.archive.models import BodyName, CaseNumber, Item, OrganizationName, Standing, Version
from raadslag.core.record import Commitment, Decided, encode

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def old_archive(request):
    """The database as that migration left it, of the first version where none is named; at the end it is today's."""
    executor, old = MigrationExecutor(connection), [("archive", getattr(request, "param", "0001_initial"))]
    executor.migrate(old)
    yield executor.loader.project_state(old).apps.get_model
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_an_older_archive_gets_names_cases_and_a_journal(old_archive):
    body = old_archive("archive", "Body").objects.create(slug="proeve", name="Prøvekommunen")
    council = old_archive("archive", "Organization").objects.create(body=body, slug="raadet", name="Rådet")
    for day in (9, 10):
        meeting = old_archive("archive", "Meeting").objects.create(
            body=body, organization=council, slug=f"2018-04-{day:02}-raadet", start=f"2018-04-{day:02}",
            start_on=date(2018, 4, day),
        )  # fmt: skip
        version = old_archive("archive", "Version").objects.create(
            meeting=meeting, kind="minutes", number=1, identity=f"{day:064}", record=b"{}", is_current=True,
            added_at=datetime(2018, 4, day, 12, tzinfo=UTC),
        )  # fmt: skip
        old_archive("archive", "Item").objects.create(
            version=version, meeting=meeting, order=1, slug="1", access="open", reference="PRV-2018-00105"
        )
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert BodyName.objects.get().key == "proeve"
    assert OrganizationName.objects.get().key == "raadet"
    assert {version.filed_as.written for version in Version.objects.all()} == {"Rådet"}
    assert {item.case for item in Item.objects.all()} == {CaseNumber.objects.get().case}
    assert journal.head().number == 2
    assert journal.first_broken() is None


@pytest.mark.parametrize("old_archive", ["0008_commitments"], indirect=True)
def test_commitments_of_an_older_archive_are_known_by_their_decisions(old_archive):
    rows = (
        Decided(organization="Kommunalbestyrelsen 2018-2021", on="2018-06-18", meeting="et-moede", item="4"),
        Decided(organization="Rådet", on="2018-06-18"),
        Decided(organization="Rådet", on="i juni", item="4"),
        None,
    )
    body = old_archive("archive", "Body").objects.create(slug="proeve", name="Prøvekommunen")
    council = old_archive("archive", "Organization").objects.create(body=body, slug="raadet", name="Rådet")
    name = old_archive("archive", "OrganizationName").objects.create(
        body=body, key="raadet", written="Rådet", organization=council
    )
    told = [Commitment(id=str(n), text="Et hus bygges.", state="planned", decided=one) for n, one in enumerate(rows)]
    gone = old_archive("archive", "Commitment").objects.create(body=body, organization=council, slug="x", given_id="x")
    standings = old_archive("archive", "Standing").objects
    at = datetime(2018, 7, 1, 12, tzinfo=UTC)
    standings.create(
        commitment=gone, identity="f" * 64, record=b"", added_at=at, withdrawn_at=at, ground="Et navn", filed_as=name
    )
    for number, record in enumerate(told):
        commitment = old_archive("archive", "Commitment").objects.create(
            body=body, organization=council, slug=str(number), given_id=str(number)
        )
        standings.create(
            commitment=commitment, identity=f"{number:064}", record=encode(record), added_at=at, is_current=True,
            filed_as=name,
        )  # fmt: skip
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    columns = ("decided_on", "decided_by", "decided_meeting", "decided_item")
    found = list(Standing.objects.filter(withdrawn_at=None).order_by("pk").values(*columns))
    assert found == [{name: words_of(record)[name] for name in columns} for record in told]
    assert found[0] == dict(zip(columns, ("2018-06-18", "kommunalbestyrelsen", "et-moede", "4"), strict=True))
    assert found[2] == dict.fromkeys(columns, "")
    assert Standing.objects.filter(identity="f" * 64).values(*columns).get() == dict.fromkeys(columns, "")
