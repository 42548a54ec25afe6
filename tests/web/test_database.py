"""Which database a site uses, and that the tests use the one they say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import connection

from raadslag.core.errors import RaadslagError
from raadslag.web import database


def test_sqlite_in_the_data_folder_is_used_where_nothing_is_said(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    told = database.of_environment("DATABASE_URL", "archive", Path("/data"))
    assert told["ENGINE"] == "django.db.backends.sqlite3"
    assert told["NAME"] == Path("/data/archive.sqlite3")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_postgresql_is_used_where_it_is_named(monkeypatch, scheme):
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://raadslag:hemmeligt@db.proeve.example:5433/arkiv?sslmode=require")
    told = database.of_environment("DATABASE_URL", "archive", Path("/data"))
    assert told["ENGINE"] == "django.db.backends.postgresql"
    assert (told["USER"], told["PASSWORD"], told["HOST"], told["PORT"]) == (
        "raadslag",
        "hemmeligt",
        "db.proeve.example",
        5433,
    )
    assert told["NAME"] == "arkiv"
    assert told["OPTIONS"] == {"application_name": "raadslag-archive", "sslmode": "require"}
    assert told["CONN_HEALTH_CHECKS"]


@pytest.mark.parametrize("address", ["mysql://raadslag:hemmeligt@db/arkiv", "hemmeligt", "sqlite:///hemmeligt"])
def test_another_database_is_refused_without_telling_its_address(monkeypatch, address):
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(RaadslagError) as refused:
        database.of_environment("DATABASE_URL", "archive", Path("/data"))
    assert "hemmeligt" not in str(refused.value)


@pytest.mark.django_db
def test_these_tests_run_on_the_database_that_is_named():
    assert connection.vendor == ("postgresql" if os.environ.get("DATABASE_URL") else "sqlite")
