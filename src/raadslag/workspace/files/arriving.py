"""A file that comes in pieces over a bad line: kept by its owner's key until it is whole, and forgotten after a day.

arriving = Arriving(folder, "who:where:which", length=3_000_000)
arriving.add(0, b"…")        # gives how much there is now; a piece that comes twice adds nothing
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

FORGOTTEN_AFTER = timedelta(days=1)


class Gap(Exception):
    """The piece does not follow on what there is; `there_is` tells from where to go on."""

    def __init__(self, there_is: int) -> None:
        self.there_is = there_is
        super().__init__(f"go on from {there_is}")


class Arriving:
    """One file on its way into the folder `folder`, `length` bytes long in the end. Nobody else can name it."""

    def __init__(self, folder: Path, key: str, length: int = 0) -> None:
        self._path = folder / hashlib.sha256(key.encode()).hexdigest()
        self.length = length

    def there_is(self) -> int:
        """How many bytes have come."""
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0

    def add(self, offset: int, piece: bytes) -> int:
        """Put a piece at its place; how many bytes there are then.

        What has come already is left as it is. Raises Gap for a piece that would leave a hole or go beyond the length.
        """
        with self._held() as file:
            there_is = os.fstat(file).st_size
            if offset > there_is or offset + len(piece) > self.length:
                raise Gap(there_is)
            os.pwrite(file, piece[there_is - offset :], there_is)
            os.fsync(file)
            return max(there_is, offset + len(piece))

    def whole(self) -> bytes:
        """All of it."""
        return self._path.read_bytes()

    def forget(self) -> None:
        """It has been taken in, or is not wanted any more."""
        self._path.unlink(missing_ok=True)

    @contextmanager
    def _held(self) -> Iterator[int]:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def sweep(folder: Path, at: datetime) -> None:
    """Forget what nobody has added to for a day."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.stat().st_mtime < (at - FORGOTTEN_AFTER).timestamp():
            path.unlink(missing_ok=True)
