"""The archive's data folder, and what a restore that has not come to its end leaves in it."""

from __future__ import annotations

import shutil
from pathlib import Path

from raadslag.core.errors import RaadslagError
from raadslag.web import folder

ENVIRONMENT = "RAADSLAG_DATA"
RESTORING = "restoring"
"""The file that stands in a data folder while a backup is restored into it."""


def data_folder() -> Path:
    """The archive's data folder: what `RAADSLAG_DATA` names, else the user's folder for application data."""
    return folder.data_folder(ENVIRONMENT, "archive")


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
