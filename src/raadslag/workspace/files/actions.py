"""The journal of who read what is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from raadslag.workspace.common import journal


@dataclass(frozen=True)
class ClosedRead(journal.Event):
    """A person fetched something closed; `sha256` is a file's, empty where it was a text on a page."""

    sha256: str


@journal.action
def note_reading(about: models.Model, *, sha256: str = "", by: Any, at: datetime) -> None:
    """Write down that `by` reads something closed, before he gets it (I26)."""
    journal.write(ClosedRead(sha256), by=by, at=at, about=about)
