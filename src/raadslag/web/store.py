"""Bytes by their hash in a folder: whole or not at all, and never changed."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path

from raadslag.web.folder import sync

_HASH = re.compile(r"[0-9a-f]{64}")


class Store:
    """The files below `folder`, each named by its SHA-256.

    A file is written beside its place, synced and renamed. The database row that makes it somebody's comes after
    it: bytes without a row are nobody's and are never served.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where the bytes of that hash lie, or would. Raises ValueError for anything but a SHA-256 in hexadecimal."""
        if not _HASH.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self.folder / sha256[:2] / sha256

    def put(self, data: bytes) -> tuple[str, bool]:
        """Keep `data` for good; its SHA-256, and whether it is new here."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if target.exists():
            return sha256, False
        _make(target.parent)
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

    def read(self, sha256: str) -> bytes:
        """The bytes of that hash. Raises FileNotFoundError where there are none."""
        return self.path(sha256).read_bytes()

    def remove(self, sha256: str) -> None:
        """Forget the bytes of that hash, if they are there."""
        self.path(sha256).unlink(missing_ok=True)

    def move(self, sha256: str, target: Store) -> None:
        """Let the bytes of that hash lie in `target`; nothing happens where they are there already, or nowhere."""
        former, path = self.path(sha256), target.path(sha256)
        if not former.exists():
            return
        _make(path.parent)
        former.replace(path)
        sync(path.parent)
        sync(former.parent)


def _make(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync(folder.parent)
