"""The one indexer of a node: lets the search follow whatever is taken in, withdrawn or merged, within a second.

    with indexing():
        ...  # serve

Of the processes that share a data folder one has the lock and indexes; when it ends, another takes over.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from raadslag.archive import journal
from raadslag.archive.search import IndexBehind, open_index

EVERY = 1.0  # seconds between two looks at the journal
AFTER_A_FAULT = 10.0

log = logging.getLogger(__name__)


@contextmanager
def indexing() -> Iterator[None]:
    """Follow the journal in a thread of this process for as long as the block lasts."""
    stopped = Event()
    thread = Thread(target=_follow, args=(Path(settings.DATA), stopped), name="indexer", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(timeout=30)


def _follow(folder: Path, stopped: Event) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "indexer.lock").open("w") as file:
        while not _has(file.fileno()):
            if stopped.wait(EVERY):
                return
        seen = -1
        while not stopped.is_set():
            pause = EVERY
            try:
                close_old_connections()
                if (newest := journal.head().number) != seen:
                    open_index().catch_up()
                    seen = newest
            except (DatabaseError, IndexBehind, OSError) as error:
                # /health tells it too, and search answers 503 once it is a minute behind.
                log.error("The search index could not follow: %s", type(error).__name__)
                pause = AFTER_A_FAULT
            stopped.wait(pause)
        connection.close()


def _has(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
