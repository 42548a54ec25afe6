"""From a backup to a site that may be served: the same rows and files, and nothing that was withdrawn since.

What was withdrawn since is the site's to know (`settle`), and is done in the transaction that brings the rows, so
nobody ever sees it in between. A backup of an older layout is put into tables of that layout, which are then brought
forward. Until all is done a mark in the data folder keeps every other program away (`web.folder.refuse_half_restored`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from raadslag.backup import reading, tables
from raadslag.backup.reading import BadBackup
from raadslag.backup.shape import Manifest, Site, file_name, part_name
from raadslag.core.errors import RaadslagError
from raadslag.web.folder import RESTORING, sync, write_whole
from raadslag.web.store import Store

R = TypeVar("R")
Notes = dict[str, bytes]
_REMEDY = "Restore into a new folder, and into a new database where the environment names one."


class NotEmpty(RaadslagError):
    """There is something already where a site was to be restored; it is as it was."""


def refuse_what_is_filled(site: Site) -> None:
    """Raises NotEmpty where the data folder or the database, of whatever version, holds something of the site."""
    data = Path(settings.DATA)
    if known := [name for name in site.places if any((data / name).glob("*/*"))]:
        raise NotEmpty(str(data), "an empty data folder", f"files in {', '.join(known)}", _REMEDY)
    if known := tables.filled(site, connection.introspection.table_names()):
        raise NotEmpty("the database", "an empty database", f"rows of {', '.join(known[:3])}", _REMEDY)


def clear_half_restored(folder: Path, site: str, places: tuple[str, ...], keys: tuple[str, ...]) -> bool:
    """Take away what a restore that was stopped has left in the folder; whether there was any.

    Whoever calls it holds the lock `restore`, and has not opened the database.
    """
    if not (folder / RESTORING).exists():
        return False
    for name in (*places, "index"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in (*(f"{site}.sqlite3{end}" for end in ("", "-wal", "-shm")), *keys):
        (folder / name).unlink(missing_ok=True)
    (folder / RESTORING).unlink()
    return True


def restore(
    site: Site,
    source: Path,
    manifest: Manifest,
    settle: Callable[[Notes], R],
    *,
    tick: Callable[[int], object] = lambda _: None,
) -> R:
    """Make the site of a backup that `reading.check` has found whole, in the empty data folder and database.

    `settle` is given the members that are neither rows nor files nor keys, does what must be done before anything is
    served, and what it gives is given. `tick` is told of the members as they are done. Raises BadBackup where the
    tables are of a layout that is not known, or do not become what they were; then everything is as before.
    """
    data = Path(settings.DATA)
    here = tables.newest(site)
    if not tables.knows(manifest.migrations):
        newer = sorted(f"{name}" for label, name in manifest.migrations.items() if here.get(label) != name)
        remedy = f"Restore it with Raadslag {manifest.program}, which wrote it, or a later one."
        raise BadBackup(str(source), "tables of a layout that this program knows", ", ".join(newer), remedy)
    is_older = manifest.migrations != here
    if is_older and tables.layout(site):
        raise NotEmpty("the database", "a database without tables, for a backup of an older version", "some", _REMEDY)
    before = {name: (data / name).read_bytes() for name in site.keys if (data / name).exists()}
    (data / RESTORING).touch(mode=0o600)
    sync(data)
    work = _Restoring(site, source, manifest, tick)
    is_in = False
    try:
        if is_older:
            tables.make(manifest.migrations)
        else:
            call_command("migrate", verbosity=0, interactive=False)
        with transaction.atomic(durable=True):
            notes = work.everything(tables.as_of(manifest.migrations) if is_older else None)
            if not is_older:
                work.prove()
                settled = settle(notes)
            os.sync()  # once for all files; the rows that need them are committed after
        is_in = is_older
        if is_older:
            call_command("migrate", verbosity=0, interactive=False)
            with transaction.atomic(durable=True):
                work.prove()
                settled = settle(notes)
    except BaseException as error:
        if not is_in:  # else the mark stays, and with it everybody away
            for name in site.places:
                shutil.rmtree(data / name, ignore_errors=True)
            for name in site.keys:
                (data / name).unlink(missing_ok=True)
                if name in before:
                    (data / name).write_bytes(before[name])
            (data / RESTORING).unlink()
        elif isinstance(error, Exception):
            found = f"one that could not ({type(error).__name__})"
            remedy = (
                "Its rows are in, and the folder refuses to be served. Restore it with Raadslag "
                f"{manifest.program} into a new folder and database, and update then."
            )
            raise RaadslagError(str(data), "a backup whose tables could be brought forward", found, remedy) from error
        raise
    (data / RESTORING).unlink()
    sync(data)
    return settled


class _Restoring:
    """One backup on its way into the site."""

    def __init__(self, site: Site, source: Path, manifest: Manifest, tick: Callable[[int], object]) -> None:
        self._site, self._source, self._manifest, self._tick = site, source, manifest, tick
        self._data = Path(settings.DATA)

    def everything(self, registry: Any) -> Notes:
        """Read in all members and compare what came of them with the manifest; those that are notes.

        `registry` knows the tables of the backup's layout; None: they are today's.
        """
        models = {tables.name_of(model): model for model in self._models(registry)}
        parts = {
            name: (models[table.name], table.columns)
            for table in self._manifest.tables
            if table.name in models
            for name in self._manifest.members
            if name.startswith(f"tables/{table.name}/")
        }
        notes: Notes = {}
        with reading.told(self._source):
            for name, stream in reading.members(self._source, self._site.name):
                if name in parts:
                    self._rows(name, *parts[name], stream.read())
                elif file := reading.file_of(name):
                    self._put(stream, *file)
                elif name in self._site.keys:
                    write_whole(self._data / name, stream.read())
                else:
                    notes[name] = stream.read()
                self._tick(1)
        self._compare(list(models.values()))
        tables.go_on_counting(list(models.values()))
        return notes

    def prove(self) -> None:
        """Raises BadBackup unless the journal is whole and ends where it did, and every file is there."""
        broken = self._site.first_broken()
        if broken is not None:
            raise self._other("the journal", f"entry {broken} as the first that does not follow")
        head = self._site.head()
        if head != self._manifest.journal:
            raise self._other("the journal", f"entry {head[0]} as the last")
        missing = set(self._manifest.missing)
        for place, sha256 in self._site.stored():
            if file_name(place, sha256) not in missing and not Store(self._data / place).path(sha256).exists():
                raise self._other(file_name(place, sha256), "none")

    def _models(self, registry: Any) -> list[type[Any]]:
        return tables.models(self._site) if registry is None else tables.models(self._site, registry)

    def _rows(self, name: str, model: type, columns: tuple[str, ...], part: bytes) -> None:
        try:
            tables.add_rows(model, columns, part)
        except (ValueError, TypeError, ValidationError, DatabaseError) as error:
            raise self._other(name, "others") from error

    def _put(self, stream: IO[bytes], place: str, sha256: str) -> None:
        target = Store(self._data / place).path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            shutil.copyfileobj(stream, file, 1 << 20)

    def _compare(self, models: list[type[Any]]) -> None:
        """Raises BadBackup unless the rows give the very bytes that they came from."""
        members = dict(self._manifest.members)
        for model in models:
            for number, (part, _) in enumerate(tables.parts_of(model), 1):
                name = part_name(tables.name_of(model), number)
                if members.pop(name, None) != hashlib.sha256(part).hexdigest():
                    raise self._other(name, "others")
        try:
            connection.check_constraints()
        except IntegrityError as error:
            raise self._other("the tables", "rows that point to none") from error
        if left := next((name for name in members if name.startswith("tables/")), None):
            raise self._other(left, "none")

    def _other(self, name: str, found: str) -> BadBackup:
        remedy = "Nothing was restored; take another backup."
        return BadBackup(f"{self._source}, {name}", "what was backed up", found, remedy)
