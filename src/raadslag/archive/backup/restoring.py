"""From a backup to an archive that may be served: the same records, and nothing that was withdrawn since.

Whatever is withdrawn by the file of withdrawals is withdrawn in the transaction that brings the rows, so nobody ever
sees it in between. Until that is done a mark in the data folder keeps every other program from serving what is there
(`archive.folder.refuse_half_restored`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from raadslag.archive import curation, files, journal, withdrawals
from raadslag.archive.backup import reading, tables
from raadslag.archive.backup.reading import BadBackup
from raadslag.archive.backup.shape import KEY, PLACES, WITHDRAWALS, Manifest, part_name
from raadslag.archive.folder import RESTORING
from raadslag.archive.models import StoredFile, Version
from raadslag.core.errors import RaadslagError
from raadslag.web.folder import sync

_REMEDY = "Restore into a new folder, and into a new database where DATABASE_URL names one."


class NotEmpty(RaadslagError):
    """There is an archive already where one was to be restored; it is as it was."""


@dataclass(frozen=True)
class Restored:
    """What was restored: how many records and files were withdrawn after the backup, and how many of those it lacks.

    Of what it lacks nothing was shown; should such a paper be added again, it stays withdrawn.
    """

    withdrawn: int
    unknown: int


def refuse_what_is_filled() -> None:
    """Raises NotEmpty where the data folder or the database, of whatever version, holds an archive."""
    data = Path(settings.DATA)
    if known := [name for name in PLACES if any((data / name).glob("*/*"))]:
        raise NotEmpty(str(data), "an empty data folder", f"files in {', '.join(known)}", _REMEDY)
    if known := tables.filled(connection.introspection.table_names()):
        raise NotEmpty("the database", "an empty database", f"rows of {', '.join(known[:3])}", _REMEDY)


def restore(
    source: Path, manifest: Manifest, *, given: Path | None = None, tick: Callable[[int], object] = lambda _: None
) -> Restored:
    """Make the archive of a backup that `reading.check` has found whole, in the open and empty archive.

    `given` is a copy of the file of withdrawals that was kept elsewhere; the one in the data folder and the one in the
    backup count as well. What any of them says is withdrawn is so from the first moment. `tick` is told of the
    members as they are done. Raises BadBackup where the tables are of another layout or do not become what they were;
    then everything is as before.
    """
    data = Path(settings.DATA)
    if manifest.migration != (here := tables.layout()):
        remedy = f"Restore it with Raadslag {manifest.program}, which wrote it, and update then."
        raise BadBackup(str(source), f"tables of the layout {here}", manifest.migration, remedy)
    if given and not given.is_file():
        raise RaadslagError(str(given), "the file of withdrawals", "none", "Check the path.")
    known = [withdrawals.read(file) for file in (withdrawals.path(), given) if file]
    before = {name: (data / name).read_bytes() for name in (KEY, WITHDRAWALS) if (data / name).exists()}
    (data / RESTORING).touch(mode=0o600)
    sync(data)
    try:
        with transaction.atomic(durable=True):
            known.append(_Restoring(source, manifest, tick).everything())
            _write_down(known)
            restored = _withdraw([withdrawals.standing(lines) for lines in known])
            os.sync()  # once for all files; the rows that need them are committed after
    except BaseException:
        for name in PLACES:
            shutil.rmtree(data / name, ignore_errors=True)
        for name in (KEY, WITHDRAWALS):
            (data / name).unlink(missing_ok=True)
            if name in before:
                (data / name).write_bytes(before[name])
        (data / RESTORING).unlink()
        raise
    (data / RESTORING).unlink()
    sync(data)
    return restored


class _Restoring:
    """One backup on its way into the archive."""

    def __init__(self, source: Path, manifest: Manifest, tick: Callable[[int], object]) -> None:
        self._source, self._manifest, self._tick = source, manifest, tick

    def everything(self) -> list[withdrawals.Line]:
        """Read in all members and compare what came of them with the manifest; the withdrawals that were in it."""
        models = {tables.name_of(model): model for model in tables.models()}
        parts = {
            name: (models[table.name], table.columns)
            for table in self._manifest.tables
            if table.name in models
            for name in self._manifest.members
            if name.startswith(f"tables/{table.name}/")
        }
        lines: list[withdrawals.Line] = []
        with reading.told(self._source):
            for name, stream in reading.members(self._source):
                if name in parts:
                    self._rows(name, *parts[name], stream.read())
                elif file := reading.file_of(name):
                    _put(stream, *file)
                elif name == KEY:
                    _write(Path(settings.DATA) / KEY, stream.read())
                elif name == WITHDRAWALS:
                    lines = [msgspec.json.decode(line, type=withdrawals.Line) for line in stream.read().splitlines()]
                self._tick(1)
        self._compare()
        tables.go_on_counting()
        return lines

    def _rows(self, name: str, model: type, columns: tuple[str, ...], part: bytes) -> None:
        try:
            tables.add_rows(model, columns, part)
        except (ValueError, TypeError, ValidationError, DatabaseError) as error:
            raise self._other(name, "others") from error

    def _compare(self) -> None:
        """Raises BadBackup unless the rows give the very bytes that they came from, and the journal is whole."""
        members = dict(self._manifest.members)
        for model in tables.models():
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
        head = journal.head()
        if (head.number, head.hash) != self._manifest.journal:
            raise self._other("the journal", f"entry {head.number} as the last")

    def _other(self, name: str, found: str) -> BadBackup:
        remedy = "Nothing was restored; take another backup."
        return BadBackup(f"{self._source}, {name}", "the rows that were backed up", found, remedy)


def _write_down(known: Sequence[Sequence[withdrawals.Line]]) -> None:
    """Keep every line that any of the files has, each once: what was withdrawn stays so in the next restore as well."""
    lines = dict.fromkeys(msgspec.json.encode(line) + b"\n" for one in reversed(known) for line in one)
    if lines:
        _write(withdrawals.path(), b"".join(lines))


def _withdraw(standing: Sequence[withdrawals.Standing]) -> Restored:
    """Withdraw what any of the files says is withdrawn and the backup still shows."""
    versions = {sha256: line for one in standing for sha256, line in one.versions.items()}
    stored = {sha256: line for one in standing for sha256, line in one.files.items()}
    withdrawn = unknown = 0
    for rows, lines in (
        (Version.objects.values_list("identity", "withdrawn_at"), versions),
        (StoredFile.objects.values_list("sha256", "withdrawn_at"), stored),
    ):
        for sha256, line in lines.items():
            name = "identity" if lines is versions else "sha256"
            row = rows.filter(**{name: sha256}).first()
            if row is None:
                unknown += 1
            elif row[1] is None:
                gone = curation.withdraw(sha256, ground=line.ground, by=line.by, at=line.at)
                withdrawn += len(gone.versions) + len(gone.files)
    return Restored(withdrawn, unknown)


def _put(stream: IO[bytes], place: files.Place, sha256: str) -> None:
    target = files.path(sha256, place)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        shutil.copyfileobj(stream, file, 1 << 20)


def _write(target: Path, data: bytes) -> None:
    """Write a small file whole or not at all."""
    fresh = target.with_name(f".{target.name}.new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)
