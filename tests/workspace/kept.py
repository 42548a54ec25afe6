"""Rows that many tests begin with: made once in each process, by the actions, and put back as they were."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from django.apps import apps
from django.db import connection, transaction

T = TypeVar("T")


class _Table(NamedTuple):
    name: str
    columns: list[str]
    rows: list[tuple[Any, ...]]


class Kept(Generic[T]):
    """What `make` returns, together with all rows that it writes into a database that holds none of them yet."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._pickled: bytes | None = None
        self._tables: list[_Table] = []

    def put(self) -> T:
        """A copy of the value, its rows in the database."""
        if self._pickled is None:
            made = self._make()
            self._tables = [table for table in map(_read, _names()) if table.rows]
            self._pickled = pickle.dumps(made)
            return made
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
        ):  # rows name each other: all stand before one is judged
            for table in self._tables:
                _write(cursor, table)
        return pickle.loads(self._pickled)  # noqa: S301  (its own bytes)


def _names() -> list[str]:
    """The tables that no migration fills."""
    filled = {"django_content_type", "auth_permission", "django_site"}
    models = apps.get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models if model._meta.managed} - filled)


def _read(name: str) -> _Table:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608  (of Django's tables)
        return _Table(name, [column[0] for column in cursor.description], cursor.fetchall())


def _write(cursor: Any, table: _Table) -> None:
    columns = ", ".join(map(connection.ops.quote_name, table.columns))
    places = ", ".join(["%s"] * len(table.columns))
    sql = f"INSERT INTO {connection.ops.quote_name(table.name)} ({columns}) VALUES ({places})"  # noqa: S608
    cursor.executemany(sql, table.rows)
