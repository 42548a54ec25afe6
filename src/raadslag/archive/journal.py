"""The archive's journal: every change of state, by whom, in a chain that shows each later change of its own.

    with writing():
        ...
        journal.write("withdrawn", by="Prøve Sekretær", at=now, about={"version": sha256}, meetings=[meeting.pk])

An entry is written in the transaction of its change and holds ids and hashes, never a text. Numbers have no gaps,
so whoever follows (the search index does) keeps the last number that it has seen. Source: invariant I26.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min

from raadslag.archive.models import JournalEntry
from raadslag.core import chain
from raadslag.web.folder import locked

# Any number will do; it keeps writers on several machines with one PostgreSQL apart.
_WRITERS = 0x7261_6164


class Entry(NamedTuple):
    """What is to be written. `kind` is a verb in the past ("taken_in"); `meetings` are the rows that it touches.

    `is_public` tells whether it changes anything that everyone sees.
    """

    kind: str
    about: Mapping[str, Any]
    meetings: Sequence[int] = ()
    is_public: bool = True


class Head(NamedTuple):
    """The last entry of a kind: its number (0 where there is none), when it was written, and its hash."""

    number: int = 0
    at: datetime | None = None
    hash: str = chain.START


@contextmanager
def writing() -> Iterator[None]:
    """One transaction in which nobody else writes; who comes later waits, also on another machine."""
    with locked(Path(settings.DATA), "intake"), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITERS])
        yield


def write(
    kind: str,
    *,
    by: str,
    at: datetime,
    about: Mapping[str, Any],
    meetings: Sequence[int] = (),
    is_public: bool = True,
) -> None:
    """Add one entry; only ever called within `writing`, as the last thing."""
    write_all([Entry(kind, about, meetings, is_public)], by=by, at=at)


def write_all(entries: Iterable[Entry], *, by: str, at: datetime) -> None:
    """Add several entries of one moment; as `write`."""
    last = JournalEntry.objects.order_by("-number").values_list("number", "hash").first()
    before, previous = last or (0, chain.START)
    rows = []
    for number, entry in enumerate(entries, before + 1):
        values = {
            "kind": entry.kind,
            "by": by,
            "about": dict(entry.about),
            "meetings": list(entry.meetings),
            "is_public": entry.is_public,
        }
        made = chain.link(number, values | {"at": _written(at)}, previous)
        rows.append(JournalEntry(number=number, at=at, previous=previous, hash=made.hash, **values))
        previous = made.hash
    JournalEntry.objects.bulk_create(rows)


def head() -> Head:
    """The last entry."""
    return _last(JournalEntry.objects.all())


def public_head() -> Head:
    """The last entry that changed what everyone sees: the one revision that public answers may depend on (I8)."""
    return _last(JournalEntry.objects.filter(is_public=True))


def holds(number: int, hash_: str) -> bool:
    """Whether the entry of that number has that hash; of 0 it is what stands before the first."""
    if number == 0:
        return hash_ == chain.START
    return JournalEntry.objects.filter(number=number, hash=hash_).exists()


def touched_meetings(after: int, until: int) -> set[int]:
    """The rows of the meetings that entries after the number `after`, up to `until`, touch."""
    rows = JournalEntry.objects.filter(number__gt=after, number__lte=until).exclude(meetings=[])
    return {pk for meetings in rows.values_list("meetings", flat=True).iterator() for pk in meetings}


def touched_organizations(after: int, until: int) -> set[int]:
    """The rows of the organizations whose own record entries after the number `after`, up to `until`, touch."""
    return _touched("organizations", after, until)


def touched_products(after: int, until: int) -> set[int]:
    """The rows of the products of which entries after the number `after`, up to `until`, touch a version."""
    return _touched("products", after, until)


def touched_commitments(after: int, until: int) -> set[int]:
    """The rows of the commitments of which entries after the number `after`, up to `until`, touch a record."""
    return _touched("commitments", after, until)


def _touched(owners: str, after: int, until: int) -> set[int]:
    rows = JournalEntry.objects.filter(number__gt=after, number__lte=until, about__has_key=owners)
    return {pk for about in rows.values_list("about", flat=True).iterator() for pk in about[owners]}


def waiting_since(after: int) -> datetime | None:
    """When the oldest public entry after the number `after` was written; None where there is none."""
    rows = JournalEntry.objects.filter(number__gt=after, is_public=True)
    oldest: datetime | None = rows.aggregate(oldest=Min("at"))["oldest"]
    return oldest


def first_broken() -> int | None:
    """The number of the first entry that was changed, removed or put in later; None where the chain holds."""
    return chain.first_broken(map(_link, JournalEntry.objects.order_by("number").iterator()))


def _link(row: JournalEntry) -> chain.Link:
    values = {
        "kind": row.kind,
        "by": row.by,
        "about": row.about,
        "meetings": row.meetings,
        "is_public": row.is_public,
        "at": _written(row.at),
    }
    return chain.Link(number=row.number, values=values, previous=row.previous, hash=row.hash)


def _last(rows: Any) -> Head:
    last = rows.order_by("-number").values_list("number", "at", "hash").first()
    return Head(*last) if last else Head()


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
