"""A backup before anything of it is used: whether it is whole, unharmed, and of a kind that is known."""

from __future__ import annotations

import hashlib
import re
import tarfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from raadslag.backup.shape import FORMAT, MANIFEST, SITES, Manifest
from raadslag.core.errors import RaadslagError

_FILE = re.compile(r"([a-z]+)/([0-9a-f]{2})/(\2[0-9a-f]{62})")
_REMEDY = "Take another backup; nothing was restored."


class BadBackup(RaadslagError):
    """A file that is no whole and unharmed backup; nothing was made of it."""


class Kind(msgspec.Struct):
    """What every manifest says, of whatever format."""

    format: int
    program: str


def check(source: Path, site: str, *, tick: Callable[[int], object] = lambda _: None) -> Manifest:
    """Read a backup of `site` through to its end and compare each member with its hash; the manifest.

    It asks nothing of a database and writes nothing. `tick` is told of the members as they are done. Raises BadBackup.
    """
    found: dict[str, str] = {}
    count: Counter[str] = Counter()
    written = b""
    with told(source):
        for name, stream in members(source, site):
            if name == MANIFEST:
                written = stream.read()
            elif file := file_of(name):
                count[file[0]] += 1
                if _digest(stream) != file[1]:
                    raise BadBackup(f"{source}, {name}", "a file with that hash", "another", _REMEDY)
            else:
                found[name] = _digest(stream)
            tick(1)
    if not written:
        raise BadBackup(str(source), f"{MANIFEST} of the {site} at the end", "an end without it", _REMEDY)
    manifest = manifest_of(source, written)
    if manifest.site != site:
        remedy = f"Restore it with `raadslag {manifest.site} restore`."
        raise BadBackup(str(source), f"a backup of the {site}", f"one of the {manifest.site}", remedy)
    for name in sorted({*found, *manifest.members}):
        if found.get(name) != manifest.members.get(name):
            expected = "the member that the manifest names" if name in manifest.members else "no such member"
            raise BadBackup(f"{source}, {name}", expected, "another" if name in found else "none", _REMEDY)
    if count != Counter(manifest.files):
        raise BadBackup(
            str(source), f"as many files as its manifest says ({manifest.files})", str(dict(count)), _REMEDY
        )
    return manifest


def members(source: Path, site: str) -> Iterator[tuple[str, IO[bytes]]]:
    """The members of a site's backup in their order, each to be read before the next; within `told`.

    Where the file holds both sites, each below a folder of its name, only those of `site`. Raises BadBackup.
    """
    with tarfile.open(source, mode="r|*") as tar:
        for about in tar:
            stream = tar.extractfile(about) if about.isreg() else None
            if stream is None:
                raise BadBackup(f"{source}, {about.name}", "files alone", "something else", _REMEDY)
            folder, _, rest = about.name.partition("/")
            if folder not in SITES:
                yield about.name, stream
            elif folder == site:
                yield rest, stream
            tar.members.clear()  # it remembers every member that it read, which many files leave no room for


def file_of(name: str) -> tuple[str, str] | None:
    """The place and the hash of a file by its member's name; None for any other member."""
    matched = _FILE.fullmatch(name)
    return (matched[1], matched[3]) if matched else None


@contextmanager
def told(source: Path) -> Iterator[None]:
    """Tell whatever stands in the way of reading a backup as BadBackup."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise BadBackup(str(source), "a whole backup (.tar or .tar.gz)", "one that is harmed", _REMEDY) from error
    except OSError as error:
        raise BadBackup(str(source), "a backup that can be read", str(error.strerror or error), _REMEDY) from error


def manifest_of(source: Path, written: bytes) -> Manifest:
    """The manifest that was read as `written`. Raises BadBackup."""
    try:
        kind = msgspec.json.decode(written, type=Kind)
        if kind.format != FORMAT:
            remedy = f"Restore it with Raadslag {kind.program}."
            raise BadBackup(str(source), f"a backup of format {FORMAT}", f"format {kind.format}", remedy)
        return msgspec.json.decode(written, type=Manifest)
    except msgspec.DecodeError as error:
        raise BadBackup(f"{source}, {MANIFEST}", "a manifest of ours", "something else", _REMEDY) from error


def _digest(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()
