"""The search index against the database: exactly the documents of what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from raadslag.archive import journal
from raadslag.archive.checking.findings import MENDS, Finding, place_of
from raadslag.archive.models import Item, Meeting
from raadslag.archive.search.documents import case_documents, documents
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
    documents_left, cases = held.total, set[str]()
    waiting: Iterator[Meeting] = iter(Meeting.objects.order_by("pk").select_related("body").iterator())
    while some := list(islice(waiting, _AT_ONCE)):
        wanted = _keys(some)
        for meeting in some:
            found = sorted(held.keys_of(meeting.pk))
            of_cases = {key for key in found if key.startswith("case ")}
            documents_left -= len(found) - len(of_cases) + len(of_cases - cases)
            cases |= of_cases
            if meeting.pk not in late and found != sorted(wanted.get(meeting.pk, ())):
                expected = f"{len(wanted.get(meeting.pk, ()))} documents, those of what is shown"
                yield Finding(f"{INDEX}, {place_of(meeting)}", expected, f"{len(found)}, or others", MENDS, "index")
            tick(1)
    if documents_left:
        yield Finding(INDEX, "documents of meetings that are here", f"{documents_left} of others", MENDS, "index")


def _keys(meetings: Iterable[Meeting]) -> dict[int, list[str]]:
    """The keys of the documents that each of these meetings must have."""
    pks = [one.pk for one in meetings]
    on_them = Item.objects.filter(meeting__in=pks).exclude(case=None).order_by("case").values_list("case", flat=True)
    keys: dict[int, list[str]] = {}
    for document in chain(documents(Meeting.objects.filter(pk__in=pks)), case_documents(on_them.distinct())):
        for meeting in document["meeting"]:
            keys.setdefault(int(meeting), []).append(document["key"][0])
    return keys
