"""The rows of a site as lines that either database can read, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import CharField, F, Model, TextField
from django.db.models.functions import Collate

from raadslag.backup.shape import Site

PART_BYTES = 4 << 20
_AT_ONCE = 500  # rows


def models(site: Site, registry: Any = apps) -> list[type[Model]]:
    """The tables that a backup holds; `registry`: Django's, or the one of an older layout (`as_of`)."""
    known = [
        one
        for label in site.labels
        if label in registry.app_configs
        for one in registry.get_app_config(label).get_models(include_auto_created=True)
    ]
    return [one for one in known if one._meta.managed and one._meta.label_lower not in site.left_out]


def name_of(model: type[Model]) -> str:
    """The name of a table in a backup."""
    return str(model._meta.label_lower)


def columns_of(model: type[Model]) -> tuple[str, ...]:
    """The columns of a table, in the order of its rows' values."""
    return tuple(field.attname for field in model._meta.concrete_fields)


# --- layouts ---


def layout(site: Site) -> dict[str, str]:
    """The last migration of each of the site's apps that this database has."""
    applied = MigrationRecorder(connection).applied_migrations()
    return {label: name for label in site.labels if (name := max((n for a, n in applied if a == label), default=""))}


def newest(site: Site) -> dict[str, str]:
    """The layout that this program works on."""
    leaves = MigrationLoader(None).graph.leaf_nodes()
    return {label: name for label, name in leaves if label in site.labels}


def knows(migrations: Mapping[str, str]) -> bool:
    """Whether this program can make that layout, and go on from it."""
    return set(migrations.items()) <= set(MigrationLoader(None).graph.nodes)


def make(migrations: Mapping[str, str]) -> None:
    """Make the tables of a layout in a database that has none."""
    MigrationExecutor(connection).migrate(list(migrations.items()))


def as_of(migrations: Mapping[str, str]) -> Any:
    """The registry of the models as they were in that layout."""
    return MigrationLoader(None).project_state(list(migrations.items())).apps


# --- rows ---


def parts_of(model: type[Model]) -> Iterator[tuple[bytes, int]]:
    """The rows of a table by key: a few megabytes of JSON lines at a time, and how many they are.

    Equal rows give equal bytes. Moments are in UTC, bytes in base64.
    """
    lines, size = [], 0
    rows = model._base_manager.order_by(_key(model)).values_list(*columns_of(model))
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
            _create(model, rows)
            rows = []
    _create(model, rows)


def go_on_counting(some: list[type[Model]]) -> None:
    """Let the database give the next new row of each table a key of its own."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), some):
            cursor.execute(statement)


def filled(site: Site, known: Iterable[str]) -> list[str]:
    """The tables of the site, of those that the database has, in which something stands."""
    present = set(known)
    return [one._meta.model_name or "" for one in models(site) if one._meta.db_table in present and _has_rows(one)]


def _has_rows(model: type[Model]) -> bool:
    with connection.cursor() as cursor:  # of whatever layout: the columns may be others than today's
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(model._meta.db_table)} LIMIT 1")  # noqa: S608
        return cursor.fetchone() is not None


def _create(model: type[Model], rows: list[Model]) -> None:
    with _as_they_were(model):
        model._base_manager.bulk_create(rows)


@contextmanager
def _as_they_were(model: type[Model]) -> Iterator[None]:
    """Within it no field takes the moment of now: the rows have theirs."""
    fields: list[Any] = list(model._meta.concrete_fields)
    own = [(one, name) for one in fields for name in ("auto_now", "auto_now_add") if getattr(one, name, False)]
    for field, name in own:
        setattr(field, name, False)
    try:
        yield
    finally:
        for field, name in own:
            setattr(field, name, True)


def _key(model: type[Model]) -> Any:
    """The key in the same order on either database, whatever alphabet the server sorts by."""
    key = model._meta.pk
    if connection.vendor == "postgresql" and isinstance(key, CharField | TextField):
        return Collate(F(key.attname), "C")
    return "pk"


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
