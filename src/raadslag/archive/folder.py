"""The data folder: where it lies, the key in it, and the lock that lets one writer in at a time."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from raadslag.core.errors import RaadslagError

ENVIRONMENT = "RAADSLAG_DATA"
RESTORING = "restoring"
"""The file that stands in a data folder while a backup is restored into it."""


def data_folder() -> Path:
    """The archive's data folder: what `RAADSLAG_DATA` names, else the user's folder for application data."""
    if named := os.environ.get(ENVIRONMENT):
        return Path(named).expanduser().absolute()
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "raadslag" / "archive"


def refuse_half_restored(folder: Path) -> None:
    """Raises RaadslagError where a restore into the folder has not come to its end: it may hold what was withdrawn."""
    if (folder / RESTORING).exists():
        remedy = "Wait until that is done; if it was stopped, run `raadslag archive restore` again."
        raise RaadslagError(str(folder), "a whole archive", "one that is being restored", remedy)


def clear_half_restored(folder: Path) -> bool:
    """Take away what a restore that was stopped has left in the folder, but for its withdrawals; whether there was any.

    Whoever calls it holds the lock `restore`.
    """
    if not (folder / RESTORING).exists():
        return False
    for name in ("files", "waiting", "withdrawn", "index"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in ("archive.sqlite3", "archive.sqlite3-wal", "archive.sqlite3-shm", "secret-key"):
        (folder / name).unlink(missing_ok=True)
    (folder / RESTORING).unlink()
    return True


def secret_key(folder: Path) -> str:
    """The key of this archive, made on first use and readable by its owner alone."""
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = folder / f".secret-key-{secrets.token_hex(8)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        with suppress(FileExistsError):  # another process was first: its key is whole and counts
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text()


@contextmanager
def locked(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock `name` of the data folder; waits for whoever holds it, which may be another process."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def sync(folder: Path) -> None:
    """Let what was written into, renamed in and taken out of a folder outlast a fall of the machine."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
