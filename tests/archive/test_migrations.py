"""What an older version kept is there after an upgrade, with names, cases and a journal."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from raadslag.archive import journal
from raadslag.archive.models import BodyName, CaseNumber, Item, OrganizationName, Version

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
OLD = [("archive", "0001_initial")]


@pytest.fixture
def old_archive():
    """The database as the first version made it; at the end it is today's again."""
    executor = MigrationExecutor(connection)
    executor.migrate(OLD)
    yield executor.loader.project_state(OLD).apps.get_model
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
