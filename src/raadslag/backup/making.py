"""From a running site to one file: what stood in it at one moment, whatever is added or withdrawn meanwhile."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
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
from raadslag.backup import tables
from raadslag.backup.shape import FORMAT, MANIFEST, Manifest, Site, Table, file_name, part_name
from raadslag.core.errors import RaadslagError
from raadslag.web.folder import secret_key, sync
from raadslag.web.moment import one_moment
from raadslag.web.store import Store

STANDARD_OUTPUT = Path("-")
_COMPRESSION = 6
_OWNER_ONLY = 0o600


def back_up(site: Site, target: Path, *, at: datetime, tick: Callable[[int], object] = lambda _: None) -> Manifest:
    """Write the site as it is now into `target`, as `opened` writes; what it holds.

    The same site gives the same bytes but for the manifest's moment. `tick` is told of the rows and files as they are
    done. Raises RaadslagError where the file cannot be written.
    """
    with opened(target) as tar:
        return _Writing(site, tar, tick).everything(at)


@contextmanager
def opened(target: Path) -> Iterator[tarfile.TarFile]:
    """A backup to write into: packed where `target` ends in `.gz`, `-` for standard output.

    An older file of that name stays until the new one is whole. It is its owner's alone, since it holds what is closed,
    what waits and what is withdrawn. Raises RaadslagError where the file cannot be written.
    """
    if target == STANDARD_OUTPUT:
        with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as tar:
            yield tar
        sys.stdout.flush()
        return
    fresh = target.with_name(f".{target.name}.new")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "wb") as raw:
            with _packed(raw, target.suffix == ".gz") as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
                yield tar
            raw.flush()
            os.fsync(raw.fileno())
        fresh.replace(target)
        sync(target.parent)
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise RaadslagError(str(target), "a place to write to, with room", found, "Name another.") from error
    finally:
        fresh.unlink(missing_ok=True)


def put(tar: tarfile.TarFile, name: str, size: int, data: IO[bytes]) -> None:
    """Write one member."""
    about = tarfile.TarInfo(name)
    about.size, about.mode = size, _OWNER_ONLY
    tar.addfile(about, data)
    tar.members.clear()  # it remembers every member that it wrote, which a backup of many files has no room for


@contextmanager
def _packed(raw: IO[bytes], is_packed: bool) -> Iterator[IO[bytes]]:
    if not is_packed:
        yield raw
        return
    with gzip.GzipFile(filename="", mode="wb", compresslevel=_COMPRESSION, fileobj=raw, mtime=0) as stream:
        yield stream  # type: ignore[misc]  # a file in all but name


class _Writing:
    """One backup while it is written."""

    def __init__(self, site: Site, tar: tarfile.TarFile, tick: Callable[[int], object]) -> None:
        self._site, self._tar, self._tick = site, tar, tick
        self._data = Path(settings.DATA)
        self._members: dict[str, str] = {}
        self._files: Counter[str] = Counter(dict.fromkeys(site.places, 0))
        self._missing: list[str] = []

    def everything(self, at: datetime) -> Manifest:
        """Write all members; the last is the manifest, so that a file that was cut off has none."""
        with one_moment():
            head = self._site.head()
            told = [self._table(model) for model in tables.models(self._site)]
            secret_key(self._data)  # there is one from now on
            for name in self._site.keys:
                if (self._data / name).exists():
                    self._member(name, (self._data / name).read_bytes())
            for place, sha256 in self._site.stored():
                self._file(place, sha256)
            layout = tables.layout(self._site)
        for name, data in self._site.notes().items():
            self._member(name, data)
        manifest = Manifest(
            format=FORMAT,
            site=self._site.name,
            program=__version__,
            migrations=layout,
            made_at=at.astimezone(UTC),
            journal=head,
            tables=tuple(told),
            members=self._members,
            files=dict(self._files),
            missing=tuple(self._missing),
        )
        data = msgspec.json.format(msgspec.json.encode(manifest))
        put(self._tar, MANIFEST, len(data), io.BytesIO(data))
        return manifest

    def _table(self, model: type[Any]) -> Table:
        name, rows = tables.name_of(model), 0
        for number, (part, count) in enumerate(tables.parts_of(model), 1):
            self._member(part_name(name, number), part)
            rows += count
            self._tick(count)
        return Table(name, tables.columns_of(model), rows)

    def _member(self, name: str, data: bytes) -> None:
        put(self._tar, name, len(data), io.BytesIO(data))
        self._members[name] = hashlib.sha256(data).hexdigest()

    def _file(self, place: str, sha256: str) -> None:
        """The bytes of one file, under the place where its row says it lies.

        It may have been moved since the moment that the rows are of. Bytes that are gone or harmed are told of: a
        backup without them is better than none.
        """
        for candidate in (place, *self._site.places):
            try:
                with Store(self._data / candidate).path(sha256).open("rb") as found:
                    if hashlib.file_digest(found, "sha256").hexdigest() != sha256:
                        continue
                    found.seek(0)
                    put(self._tar, file_name(place, sha256), os.fstat(found.fileno()).st_size, found)
            except FileNotFoundError:
                continue
            self._files[place] += 1
            self._tick(1)
            return
        self._missing.append(file_name(place, sha256))
