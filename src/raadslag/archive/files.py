"""Bytes by their hash in the data folder: public files in one place, papers that wait and what is withdrawn in others.

A file is written beside its place, synced and renamed, so it is there whole or not at all. The database
row that makes it public comes after it: bytes without a row are nobody's and are never served.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import Literal, TypeAlias

from django.conf import settings

from raadslag.web.folder import sync

Place: TypeAlias = Literal["files", "waiting", "withdrawn"]
_HASH = re.compile(r"[0-9a-f]{64}")


def path(sha256: str, place: Place = "files") -> Path:
    """Where the bytes of that hash lie, or would. Raises ValueError for anything but a SHA-256 in hexadecimal."""
    if not _HASH.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return Path(settings.DATA) / place / sha256[:2] / sha256


def put(data: bytes, place: Place = "files") -> tuple[str, bool]:
    """Keep `data` for good; its SHA-256, and whether it is new here."""
    sha256 = hashlib.sha256(data).hexdigest()
    target = path(sha256, place)
    if target.exists():
        return sha256, False
    if not target.parent.exists():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync(target.parent.parent)
    fresh = target.with_name(f".{secrets.token_hex(8)}.new")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    sync(target.parent)
    return sha256, True


def read(sha256: str, place: Place = "files") -> bytes:
    """The bytes of that hash. Raises FileNotFoundError where there are none."""
    return path(sha256, place).read_bytes()


def remove(sha256: str, place: Place = "files") -> None:
    """Forget the bytes of that hash, if they are there."""
    path(sha256, place).unlink(missing_ok=True)


def move(sha256: str, source: Place, target: Place) -> None:
    """Let the bytes of that hash lie in another place; nothing happens where they are there already, or nowhere."""
    former, path_ = path(sha256, source), path(sha256, target)
    if not former.exists():
        return
    if not path_.parent.exists():
        path_.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync(path_.parent.parent)
    former.replace(path_)
    sync(path_.parent)
    sync(former.parent)
