"""The heartbeat of the background work: when its last round was, and how many of its steps failed."""

from __future__ import annotations

from datetime import datetime, timedelta

from raadslag.workspace.common.models import Mark

NAME = "round"
LATE = timedelta(minutes=2)
"""After that long without a round the background work is not running."""
_EVERY = timedelta(seconds=15)  # a round a second would be a write to the disk a second, for ever


def note(at: datetime, faults: int) -> None:
    """A round has been done, in which so many steps failed."""
    last = Mark.objects.filter(name=NAME).first()
    if last is None or last.value != {"faults": faults} or not timedelta(0) <= at - last.at < _EVERY:
        Mark.objects.update_or_create(name=NAME, defaults={"at": at, "value": {"faults": faults}})


def last() -> tuple[datetime, int] | None:
    """When the last round was, within some seconds, and how many of its steps failed; None before the first."""
    mark = Mark.objects.filter(name=NAME).first()
    return (mark.at, int(mark.value.get("faults", 0))) if mark else None
