"""Counting what was served: in memory while it is answered, and written down in batches.

A count costs a look into a table and waits for nobody. What was counted in the last seconds is lost with the process.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from django.db import DatabaseError, connection
from django.utils import timezone

from raadslag.archive import served
from raadslag.archive.front.beside import Beside

EVERY = 10.0  # seconds
MOST = 50_000  # places in memory while the database is silent
log = logging.getLogger(__name__)


class Counts(Beside):
    """What has been served and is not written down yet. `add` takes it for a day, `forget` drops what is too old."""

    def __init__(
        self,
        add: Callable[[Mapping[served.Place, int], date], object] = served.add,
        forget: Callable[[date], object] = served.forget,
        today: Callable[[], date] = timezone.localdate,
    ) -> None:
        super().__init__("counts")
        self._add, self._forget, self._today = add, forget, today
        self._counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._forgot: date | None = None

    def count(self, address: str, identities: tuple[str, ...]) -> None:
        """One more answer at `address` has shown the records with these identities."""
        if identities:
            with self._lock:
                self._counts[address, identities] += 1

    def flush(self) -> None:
        """Write down what was counted. While the database is silent it is kept, as much as there is room for."""
        with self._writing:
            with self._lock:
                counts, self._counts = self._counts, Counter()
            places: Counter[served.Place] = Counter()
            for (address, identities), count in counts.items():
                for identity in identities:
                    places[address, identity] += count
            today = self._today()
            try:
                if places:
                    self._add(places, today)
                if self._forgot != today:
                    self._forget(today)
                    self._forgot = today
            except (DatabaseError, OSError):
                connection.close()
                self._keep(counts)

    def _keep(self, counts: Counter[tuple[str, tuple[str, ...]]]) -> None:
        with self._lock:
            room = MOST - len(self._counts)
            self._counts.update(dict(counts.most_common(max(room, 0))))
        if len(counts) > room:
            log.warning("Counts of what was served are lost: %s", len(counts) - room)

    def _go_on(self) -> None:
        while not self._is_over.wait(EVERY):
            self.flush()
        self.flush()
        connection.close()


@lru_cache(maxsize=1)
def counts() -> Counts:
    """The counts of this process."""
    return Counts()
