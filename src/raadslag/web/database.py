"""A site's database: SQLite in its data folder, or the PostgreSQL that the environment names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url

from raadslag.core.errors import RaadslagError

_SCHEMES = ("postgres://", "postgresql://")
_CONNECTION_SECONDS = 600


def of_environment(variable: str, site: str, data: Path) -> dict[str, Any]:
    """Django's settings of the database of `site` in the folder `data`; the environment `variable` may name another.

    Raises RaadslagError for an address that is not PostgreSQL's; the address, which may hold a password, is not told.
    """
    address = os.environ.get(variable, "")
    if not address:
        return _sqlite(data / f"{site}.sqlite3")
    if not address.startswith(_SCHEMES):
        expected = "postgresql://USER:PASSWORD@HOST/NAME"
        raise RaadslagError(variable, expected, "another kind of address", "Mend it, or unset it to use SQLite.")
    settings = dict(dj_database_url.parse(address, conn_max_age=_CONNECTION_SECONDS, conn_health_checks=True))
    return settings | {"OPTIONS": {"application_name": f"raadslag-{site}", **settings.get("OPTIONS", {})}}


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000",
        },
    }
