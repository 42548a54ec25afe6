"""A workspace that holds nothing yet but its tables, for tests that begin with one and are about something else.

Migrating takes ten times as long as the rest of a start. The program does it once in a run of the tests; then the
database is copied. That a start makes the tables where there are none, and how, is tested where the program is given
an empty folder.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from raadslag.web.folder import locked

ROOT = Path(__file__).resolve().parents[1]
_MAKE = (
    "import sys; from pathlib import Path; from raadslag.cli.workspace import open_workspace as o; o(Path(sys.argv[1]))"
)
_OF_THIS_PROCESS = ("DJANGO", "RAADSLAG", "DATABASE")

shared = Path()
"""The folder that all processes of this run share; known once the first test begins."""


@functools.cache
def empty() -> Path:
    """The folder of that workspace, which is to be copied and not worked in."""
    made, folder = shared / "migrated.new", shared / "migrated"
    with locked(shared, "migrated"):
        if not folder.exists():
            known = {name: value for name, value in os.environ.items() if not name.startswith(_OF_THIS_PROCESS)}
            subprocess.run([sys.executable, "-c", _MAKE, str(made)], env=known, cwd=ROOT, check=True)
            made.rename(folder)
    return folder


def lay(data: Path) -> None:
    """Put the tables into the data folder of a workspace, which is made where it is missing; its keys are its own."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lay_as(data / "workspace.sqlite3")


def lay_as(database: Path) -> None:
    """Put the tables into a database that there is not yet."""
    for one in empty().glob("workspace.sqlite3*"):
        shutil.copy2(one, database.with_name(one.name.replace("workspace.sqlite3", database.name)))
