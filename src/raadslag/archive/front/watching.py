"""Which public revision the world is at, looked at four times a second, so that no request has to ask.

An answer may depend on the public rows and on the day alone. Both are read here; nothing that waits, is closed or
was refused moves either (I8).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from datetime import time as clock_time
from functools import lru_cache
from typing import NamedTuple

from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.http import http_date

from raadslag.archive import journal
from raadslag.archive.front.beside import Beside

EVERY = 0.25  # seconds
# While the database is silent nobody can tell what was withdrawn: what is kept is shown no longer than this. With
# the five seconds of shared caches it stays below the minute of I12.
LAST_GOOD = 45.0


class Seen(NamedTuple):
    """The world as it was seen: the number of the last public entry of the journal, and the local day.

    `modified` is what answers made in it carry as Last-Modified: the later of that entry and the day's beginning.
    """

    revision: int
    day: str
    modified: bytes


def look() -> Seen:
    """The world now. Raises DatabaseError where the database is silent."""
    head = journal.public_head()
    today = timezone.localdate()
    midnight = timezone.make_aware(datetime.combine(today, clock_time.min))
    latest = max(head.at, midnight) if head.at else midnight
    return Seen(head.number, today.isoformat(), http_date(latest.timestamp()).encode())


class Watcher(Beside):
    """Looks again and again, in a thread of its own with a connection of its own."""

    def __init__(
        self, look: Callable[[], Seen] = look, every: float = EVERY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__("watcher")
        self._look, self._every, self._clock = look, every, clock
        self._last: tuple[Seen, float] | None = None

    def seen(self) -> Seen | None:
        """The world as last seen; None where nobody has looked lately, and nothing that is kept may be shown."""
        last = self._last
        return last[0] if last and self._clock() - last[1] <= LAST_GOOD else None

    def age(self) -> float | None:
        """The seconds since the world was last seen; None where nobody looks."""
        return self._clock() - self._last[1] if self._last else None

    def look_once(self) -> None:
        """Look now. A silent database is no error: what was seen then only grows old."""
        at = self._clock()
        try:
            self._last = self._look(), at
        except (DatabaseError, OSError):
            connection.close()

    def _go_on(self) -> None:
        while not self._is_over.is_set():
            self.look_once()
            self._is_over.wait(self._every)
        connection.close()


@lru_cache(maxsize=1)
def watcher() -> Watcher:
    """The watcher of this process; it looks once it is started."""
    return Watcher()
