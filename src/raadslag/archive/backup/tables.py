"""The rows of the archive as lines that either database can read, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

PART_BYTES = 4 << 20
_AT_ONCE = 500  # rows


def models() -> list[type[Model]]:
    """The tables, in the order in which they build on each other."""
    return list(apps.get_app_config("archive").get_models())


def name_of(model: type[Model]) -> str:
    """The name of a table in a backup."""
    return str(model._meta.model_name)


def columns_of(model: type[Model]) -> tuple[str, ...]:
    """The columns of a table, in the order of its rows' values."""
    return tuple(field.attname for field in model._meta.concrete_fields)


def layout() -> str:
    """The last migration of the archive's tables that this database has."""
    applied = MigrationRecorder(connection).applied_migrations()
    return max((name for app, name in applied if app == "archive"), default="")


def parts_of(model: type[Model]) -> Iterator[tuple[bytes, int]]:
    """The rows of a table by key: a few megabytes of JSON lines at a time, and how many they are.

    Equal rows give equal bytes. Moments are in UTC, bytes in base64.
    """
    lines, size = [], 0
    rows = model._default_manager.order_by("pk").values_list(*columns_of(model))
    for row in rows.iterator(chunk_size=_AT_ONCE):
        lines.append(msgspec.json.encode([_plain(value) for value in row], order="deterministic"))
        size += len(lines[-1])
        if size >= PART_BYTES:
            yield b"\n".join(lines) + b"\n", len(lines)
            lines, size = [], 0
    if lines:
        yield b"\n".join(lines) + b"\n", len(lines)


def add_rows(model: type[Model], columns: tuple[str, ...], part: bytes) -> None:
    """Put the rows of one part into an empty table. Raises ValueError where they are no rows of it."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    if set(columns) != set(fields):
        raise ValueError(f"other columns in {name_of(model)}")
    rows: list[Model] = []
    for line in part.splitlines():
        values = msgspec.json.decode(line, type=list[Any])
        rows.append(model(**{name: fields[name].to_python(value) for name, value in zip(columns, values, strict=True)}))
        if len(rows) >= _AT_ONCE:
            model._default_manager.bulk_create(rows)
            rows = []
    model._default_manager.bulk_create(rows)


def go_on_counting() -> None:
    """Let the database give the next new row of each table a key of its own."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models()):
            cursor.execute(statement)


def filled(known: Iterable[str]) -> list[str]:
    """The tables of the archive, of those that the database has, in which something stands."""
    present = set(known)
    return [name_of(one) for one in models() if one._meta.db_table in present and one._default_manager.exists()]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
