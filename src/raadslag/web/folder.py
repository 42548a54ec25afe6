"""A site's data folder: where it lies, the key in it, and the lock that lets one writer in at a time."""

from __future__ import annotations

import fcntl
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from raadslag.core.errors import RaadslagError

RESTORING = "restoring"
"""The file that stands in a data folder while a backup is restored into it."""


def data_folder(variable: str, site: str) -> Path:
    """The folder that the environment `variable` names, else the one of `site` among the user's application data."""
    if named := os.environ.get(variable):
        return Path(named).expanduser().absolute()
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "raadslag" / site


def secret_key(folder: Path, name: str = "secret-key") -> str:
    """The key of this site, made on first use and readable by its owner alone; another `name`, another key."""
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = folder / f".{name}-{secrets.token_hex(8)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its key is whole and counts
            os.link(fresh, path)
        fresh.unlink()
        sync(folder)
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


def refuse_half_restored(folder: Path, site: str) -> None:
    """Raises RaadslagError where a restore into the folder has not come to its end: it may hold what was withdrawn."""
    if (folder / RESTORING).exists():
        remedy = f"Wait until that is done; if it was stopped, run `raadslag {site} restore` again."
        raise RaadslagError(str(folder), f"a whole {site}", "one that is being restored", remedy)


def write_whole(target: Path, data: bytes) -> None:
    """Write a small file, its owner's alone, whole or not at all."""
    fresh = target.with_name(f".{target.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)
