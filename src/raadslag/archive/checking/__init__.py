"""Whether everything in the archive is what it must be, and mending what can be made again.

    for finding in check():
        print(finding)
    mend(findings, by="Prøve Sekretær", at=now)

Records, files and the journal are what the archive was given: they are compared with their hashes and never changed.
Rows and the index are made from them, so they are compared with what would be made today and can be made again. A
check reads the database as it is at one moment, in pieces, while the archive goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from raadslag.archive.checking import filed, rows, searched, shelved
from raadslag.archive.checking.findings import Finding
from raadslag.archive.checking.mending import Mended, mend
from raadslag.archive.search import open_index
from raadslag.web.moment import one_moment

__all__ = ["Finding", "Mended", "check", "mend"]


def check(tick: Callable[[int], object] = lambda _: None) -> Iterator[Finding]:
    """Each thing that is not as it must be. `tick` is told of versions, files and meetings as they are done."""
    held = open_index().held()  # first: what the database got after it is left out
    with one_moment():
        yield from rows.journal_entries()
        yield from rows.versions(tick)
        yield from rows.meetings()
        yield from shelved.kept_whole(tick)
        yield from rows.merged()
        yield from searched.compared(held, tick)
    yield from filed.stored(tick)
