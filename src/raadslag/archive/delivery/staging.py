"""Staging: files that were brought and that no record names yet. Nobody sees them; after a day they are gone.

Each body has a folder of its own in the data folder, so that one can neither use nor ask after what another brought.
A file is written beside its place, checked against its hash and renamed; its card, which tells what screening found,
comes last, and what has no card is not there.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import msgspec
from django.conf import settings

from raadslag.archive.adding import shown_of
from raadslag.core.errors import RaadslagError
from raadslag.core.readers import sniff
from raadslag.core.readers.worker import Pool
from raadslag.core.rules.screening import Hit
from raadslag.web.folder import sync

FOLDER = "staged"
MOST_BYTES = 2 << 30  # of one body's files that wait
KEPT_SECONDS = 24 * 60 * 60
_HASH = re.compile(r"[0-9a-f]{64}")
_PIECE = 1 << 20


class Differs(RaadslagError):
    """The bytes have another hash than they were said to have."""


class Full(RaadslagError):
    """One body has more waiting than it may."""


class _Card(msgspec.Struct, frozen=True):
    name: str
    media_type: str
    hits: tuple[Hit, ...]
    text: str
    pages: int | None


@dataclass(frozen=True)
class Staged:
    """A file that waits, as `intake` takes it in; its bytes are read when they are asked for."""

    path: Path
    sha256: str
    name: str
    media_type: str
    hits: tuple[Hit, ...]
    text: str = ""
    pages: int | None = None

    @property
    def data(self) -> bytes:
        """The bytes."""
        return self.path.read_bytes()


def put(body: int, sha256: str, content: BinaryIO, name: str) -> bool:
    """Keep a file for the body of that row until a record names it; whether it is new. Twice is as once.

    Raises Differs, Full, ValueError for a hash that is none, and what screening raises of a file that it cannot read.
    """
    target = _path(body, sha256)
    if find(body, sha256):
        os.utime(target)
        os.utime(_card_of(target))
        return False
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = target.with_name(f".{secrets.token_hex(8)}.new")
    try:
        _receive(content, fresh, sha256, room=MOST_BYTES - _size(target.parent))
        data = fresh.read_bytes()
        media_type = sniff.attachment_type(data, name)
        hits, shown = pool().screen(data, name), shown_of(pool(), data, name, media_type)
        card = _Card(Path(name).name[:255], media_type, hits, shown.text, shown.pages)
        fresh.replace(target)
        _write(_card_of(target), msgspec.json.encode(card))
    finally:
        fresh.unlink(missing_ok=True)
    sync(target.parent)
    return True


def find(body: int, sha256: str) -> Staged | None:
    """The file of that hash that waits for that body, if there is one."""
    path = _path(body, sha256)
    try:
        card = msgspec.json.decode(_card_of(path).read_bytes(), type=_Card)
    except (OSError, msgspec.DecodeError):
        return None
    return Staged(path, sha256, card.name, card.media_type, card.hits, card.text, card.pages) if path.exists() else None


def remove(body: int, sha256: str) -> None:
    """Forget a file, if it is there."""
    path = _path(body, sha256)
    _card_of(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def sweep() -> None:
    """Forget what has waited a day, of all bodies."""
    oldest = time.time() - KEPT_SECONDS
    for path in (Path(settings.DATA) / FOLDER).glob("*/*"):
        with suppress(FileNotFoundError):  # it was named meanwhile
            if path.stat().st_mtime < oldest:
                path.unlink()


@lru_cache(1)
def pool() -> Pool:
    """The process that screens what is brought to this one; it starts with the first file."""
    made = Pool(size=1)
    atexit.register(made.close)
    return made


def _receive(content: BinaryIO, fresh: Path, sha256: str, *, room: int) -> None:
    found, size = hashlib.sha256(), 0
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while piece := content.read(_PIECE):
            size += len(piece)
            if size > room:
                expected = f"at most {MOST_BYTES >> 20} MB of files that no record names yet"
                raise Full("the files", expected, "more", "Deliver the records that name them, or wait a day.")
            found.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if found.hexdigest() != sha256:
        raise Differs("the file", f"bytes with the SHA-256 {sha256}", found.hexdigest(), "Send the file again.")


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_name(f".{secrets.token_hex(8)}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _path(body: int, sha256: str) -> Path:
    if not _HASH.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return Path(settings.DATA) / FOLDER / str(body) / sha256


def _card_of(path: Path) -> Path:
    return path.with_suffix(".json")
