"""The search index against the database: exactly the documents of what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from raadslag.archive import journal
from raadslag.archive.checking.findings import MENDS, Finding, place_of
from raadslag.archive.models import Meeting
from raadslag.archive.search.documents import documents
from raadslag.archive.search.index import Held

_AT_ONCE = 200
INDEX = "the search index"


def compared(held: Held | None, tick: Callable[[int], object]) -> Iterator[Finding]:
    """Meetings whose documents in the index are not those that the database has.

    What the index has not followed yet is no fault of it and left out; it follows within a second.
    """
    if held is None:
        yield Finding(INDEX, "an index of this archive", "none that can be read", MENDS, "index")
        return
    head = journal.head().number
    late = journal.touched_meetings(held.cursor, head)
    left = held.total
    waiting: Iterator[Meeting] = iter(Meeting.objects.order_by("pk").select_related("body").iterator())
    while some := list(islice(waiting, _AT_ONCE)):
        wanted = _keys(some)
        for meeting in some:
            found = sorted(held.keys_of(meeting.pk))
            left -= len(found)
            if meeting.pk not in late and found != sorted(wanted.get(meeting.pk, ())):
                expected = f"{len(wanted.get(meeting.pk, ()))} documents, those of what is shown"
                yield Finding(f"{INDEX}, {place_of(meeting)}", expected, f"{len(found)}, or others", MENDS, "index")
            tick(1)
    if left:
        yield Finding(INDEX, "documents of meetings that are here", f"{left} of others", MENDS, "index")


def _keys(meetings: Iterable[Meeting]) -> dict[int, list[str]]:
    """The keys of the documents that each of these meetings must have."""
    keys: dict[int, list[str]] = {}
    for document in documents(Meeting.objects.filter(pk__in=[one.pk for one in meetings])):
        keys.setdefault(int(document["meeting"][0]), []).append(document["key"][0])
    return keys
