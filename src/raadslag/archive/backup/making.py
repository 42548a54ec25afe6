"""From a running archive to one file: what stood in it at one moment, whatever is added or withdrawn meanwhile."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import msgspec
from django.conf import settings

from raadslag import __version__
from raadslag.archive import files, journal, withdrawals
from raadslag.archive.backup import tables
from raadslag.archive.backup.shape import (
    FORMAT,
    KEY,
    MANIFEST,
    PLACES,
    WITHDRAWALS,
    Manifest,
    Table,
    file_name,
    part_name,
)
from raadslag.archive.models import StoredFile, WaitingPaper
from raadslag.archive.moment import one_moment
from raadslag.core.errors import RaadslagError
from raadslag.web.folder import secret_key, sync

_COMPRESSION = 6
_OWNER_ONLY = 0o600


def back_up(target: Path, *, at: datetime, tick: Callable[[int], object] = lambda _: None) -> Manifest:
    """Write the archive as it is now into `target`, packed where that ends in `.gz`; what it holds.

    An older file of that name stays until the new one is whole. It is its owner's alone, since it holds what waits
    and what is withdrawn. The same archive gives the same bytes but for the manifest's moment. `tick` is told of the
    rows and files as they are done. Raises RaadslagError where the file cannot be written.
    """
    fresh = target.with_name(f".{target.name}.new")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "wb") as raw:
            with _packed(raw, target.suffix == ".gz") as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
                manifest = _Writing(tar, tick).everything(at)
            raw.flush()
            os.fsync(raw.fileno())
        fresh.replace(target)
        sync(target.parent)
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise RaadslagError(str(target), "a place to write to, with room", found, "Name another.") from error
    finally:
        fresh.unlink(missing_ok=True)
    return manifest


@contextmanager
def _packed(raw: IO[bytes], is_packed: bool) -> Iterator[IO[bytes]]:
    if not is_packed:
        yield raw
        return
    with gzip.GzipFile(filename="", mode="wb", compresslevel=_COMPRESSION, fileobj=raw, mtime=0) as stream:
        yield stream  # type: ignore[misc]  # a file in all but name


class _Writing:
    """One backup while it is written."""

    def __init__(self, tar: tarfile.TarFile, tick: Callable[[int], object]) -> None:
        self._tar, self._tick = tar, tick
        self._members: dict[str, str] = {}
        self._files: Counter[str] = Counter(dict.fromkeys(PLACES, 0))
        self._missing: list[str] = []

    def everything(self, at: datetime) -> Manifest:
        """Write all members; the last is the manifest, so that a file that was cut off has none."""
        with one_moment():
            head = journal.head()
            told = [self._table(model) for model in tables.models()]
            self._member(KEY, secret_key(Path(settings.DATA)).encode())
            stored = StoredFile.objects.order_by("sha256").values_list("sha256", "withdrawn_at")
            for sha256, withdrawn_at in stored.iterator():
                self._file(sha256, "withdrawn" if withdrawn_at else "files")
            for sha256 in WaitingPaper.objects.order_by("sha256").values_list("sha256", flat=True).iterator():
                self._file(sha256, "waiting")
            layout = tables.layout()
        # Last: a withdrawal that came while this was written is in force after it is restored.
        lines = withdrawals.read(withdrawals.path())
        self._member(WITHDRAWALS, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        manifest = Manifest(
            format=FORMAT,
            program=__version__,
            migration=layout,
            made_at=at.astimezone(UTC),
            journal=(head.number, head.hash),
            tables=tuple(told),
            members=self._members,
            files=dict(self._files),
            missing=tuple(self._missing),
        )
        _add(self._tar, MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
        return manifest

    def _table(self, model: type[Any]) -> Table:
        name, rows = tables.name_of(model), 0
        for number, (part, count) in enumerate(tables.parts_of(model), 1):
            self._member(part_name(name, number), part)
            rows += count
            self._tick(count)
        return Table(name, tables.columns_of(model), rows)

    def _member(self, name: str, data: bytes) -> None:
        _add(self._tar, name, data)
        self._members[name] = hashlib.sha256(data).hexdigest()

    def _file(self, sha256: str, place: files.Place) -> None:
        """The bytes of one file, under the place where its row says it lies.

        It may have been moved since the moment that the rows are of. Bytes that are gone or harmed are told of: a
        backup without them is better than none.
        """
        for candidate in (place, *PLACES):
            try:
                with files.path(sha256, candidate).open("rb") as opened:  # type: ignore[arg-type]
                    if hashlib.file_digest(opened, "sha256").hexdigest() != sha256:
                        continue
                    opened.seek(0)
                    about = _about(file_name(place, sha256), os.fstat(opened.fileno()).st_size)
                    _put(self._tar, about, opened)
            except FileNotFoundError:
                continue
            self._files[place] += 1
            self._tick(1)
            return
        self._missing.append(file_name(place, sha256))


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    _put(tar, _about(name, len(data)), io.BytesIO(data))


def _put(tar: tarfile.TarFile, about: tarfile.TarInfo, data: IO[bytes]) -> None:
    tar.addfile(about, data)
    tar.members.clear()  # it remembers every member that it wrote, which a backup of many files has no room for


def _about(name: str, size: int) -> tarfile.TarInfo:
    about = tarfile.TarInfo(name)
    about.size, about.mode = size, _OWNER_ONLY
    return about
