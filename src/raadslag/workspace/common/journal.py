"""The journal of the workspace: every change of state, in the transaction of the change.

    @journal.action
    def send_agenda(meeting, *, by, at): ...
        journal.write(AgendaSent(meeting.pk, at), by=by, at=at, about=meeting)

An event is a frozen dataclass of plain values: ids, hashes, moments, words of the program. The entries of the
outermost action are written as the last thing before its commit, under the lock of the chain's head: numbers have
no gaps and no reader ever skips a late commit. Followers keep cursors and catch up after a crash.
Source: invariants I26 and I36.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, ParamSpec, TypeVar
from uuid import UUID

from django.db import IntegrityError, models, transaction

from raadslag.core import chain
from raadslag.workspace.common.errors import Repeated
from raadslag.workspace.common.models import Answered, Cursor, JournalEntry, JournalHead

P = ParamSpec("P")
R = TypeVar("R")
SYSTEM = "system"
_BATCH = 500


class Event:
    """Base of all events. Subclasses are frozen dataclasses; their names are verbs in the past."""

    @classmethod
    def kind(cls) -> str:
        """ "meetings.AgendaSent"."""
        return f"{cls.__module__.split('.')[-2]}.{cls.__name__}"


class _Pending(NamedTuple):
    kind: str
    by: str
    about: str
    at: datetime
    values: dict[str, Any]


class Key(NamedTuple):
    """The key that a client gave its write, and whose it is: the user's id, empty for nobody's."""

    who: str
    key: str


_pending: ContextVar[list[_Pending] | None] = ContextVar("pending", default=None)
current_key: ContextVar[Key | None] = ContextVar("current_key", default=None)
"""Set by the gate for a request that writes."""


@contextmanager
def acting() -> Iterator[None]:
    """One change of state with its trace, or nothing. May be nested; an inner one that fails leaves nothing."""
    outer = _pending.get()
    if outer is not None:
        before = len(outer)
        try:
            with transaction.atomic():
                yield
        except BaseException:
            del outer[before:]
            raise
        return
    token = _pending.set([])
    try:
        with transaction.atomic():
            _refuse_repeated()
            yield
            _flush(_pending.get() or [])
    finally:
        _pending.reset(token)


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Let the whole of `function` be one change of state."""

    @functools.wraps(function)
    def acted(*args: P.args, **kwargs: P.kwargs) -> R:
        with acting():
            return function(*args, **kwargs)

    return acted


def write(event: Event, *, by: Any, at: datetime, about: models.Model | str) -> None:
    """Tell what happened. Raises RuntimeError outside an action: no trace without a change, and the other way round.

    `by` is a user, or SYSTEM. `about` is the row that changed.
    """
    pending = _pending.get()
    if pending is None:
        raise RuntimeError("journal.write is called within an action")
    values = {field.name: _plain(getattr(event, field.name)) for field in dataclasses.fields(event)}  # type: ignore[arg-type]
    pending.append(_Pending(event.kind(), str(getattr(by, "pk", by)), name_of(about), at, values))


def name_of(about: models.Model | str) -> str:
    """ "meetings.meeting:<id>"."""
    return about if isinstance(about, str) else f"{about._meta.label_lower}:{about.pk}"


def head() -> tuple[int, str]:
    """The number and the hash of the last entry; 0 and the start of the chain where there is none."""
    return JournalHead.objects.values_list("number", "hash").first() or (0, chain.START)


def first_broken() -> int | None:
    """The number of the first entry that was changed, removed or put in later, or that the head misses; else None."""
    broken = chain.first_broken(map(_link, JournalEntry.objects.order_by("number").iterator(_BATCH)))
    if broken is not None:
        return broken
    number, hash_ = head()
    last = JournalEntry.objects.order_by("-number").values_list("number", "hash").first() or (0, chain.START)
    return None if last == (number, hash_) else min(number, last[0]) + 1


# --- followers ---

Follower = Callable[[JournalEntry], None]
_followers: dict[str, tuple[frozenset[str], Follower]] = {}


def follows(name: str, *events: type[Event]) -> Callable[[Follower], Follower]:
    """Register a listener under a lasting name: it is called with every entry of `events`, once, in their order."""

    def register(listener: Follower) -> Follower:
        _followers[name] = (frozenset(event.kind() for event in events), listener)
        return listener

    return register


def catch_up() -> int:
    """Let every follower see what it has not seen; how many entries they were called with.

    A listener's work and its cursor are one transaction, so it does each entry once, also after a crash.
    """
    return sum(_catch_up(name, *follower) for name, follower in sorted(_followers.items()))


def _catch_up(name: str, kinds: frozenset[str], listener: Follower) -> int:
    Cursor.objects.get_or_create(follower=name)
    last, _ = head()
    if Cursor.objects.filter(follower=name, number__gte=last).exists():
        return 0  # nothing is new: in silence nothing is written, either
    called = 0
    while True:
        with acting():
            cursor = Cursor.objects.select_for_update().get(follower=name)
            entry = (
                JournalEntry.objects.filter(number__gt=cursor.number, number__lte=last, kind__in=kinds)
                .order_by("number")
                .first()
            )
            Cursor.objects.filter(follower=name).update(number=entry.number if entry else max(last, cursor.number))
            if entry is None:
                return called
            listener(entry)
            called += 1


# --- inside ---


def _flush(pending: list[_Pending]) -> None:
    if not pending:
        return
    last = JournalHead.objects.select_for_update().filter(pk=1).first()
    if last is None:  # the first entry of all; who comes at the same moment has made it
        JournalHead.objects.get_or_create(pk=1, defaults={"number": 0, "hash": chain.START})
        last = JournalHead.objects.select_for_update().get(pk=1)
    rows, number, previous = [], last.number, last.hash
    for one in pending:
        number += 1
        values = {"kind": one.kind, "by": one.by, "about": one.about, "values": one.values, "at": _written(one.at)}
        link = chain.link(number, values, previous)
        rows.append(
            JournalEntry(
                number=number, at=one.at, kind=one.kind, by=one.by, about=one.about, values=one.values,
                previous=previous, hash=link.hash,
            )
        )  # fmt: skip
        previous = link.hash
    JournalEntry.objects.bulk_create(rows)
    JournalHead.objects.filter(pk=1).update(number=number, hash=previous)


def let_go_of_key() -> None:
    """Whatever this request still does is not the write that its key stands for: that was refused, and comes again."""
    current_key.set(None)


def _refuse_repeated() -> None:
    """Take the client's key; whoever comes second with it waits for the first, and then gets its answer."""
    key = current_key.get()
    if key is None:
        return
    try:
        with transaction.atomic():
            Answered.objects.create(who=key.who, key=key.key)
    except IntegrityError:
        raise Repeated(Answered.objects.get(who=key.who, key=key.key).location) from None
    current_key.set(None)  # a request that does two things takes it once


def _link(row: JournalEntry) -> chain.Link:
    values = {"kind": row.kind, "by": row.by, "about": row.about, "values": row.values, "at": _written(row.at)}
    return chain.Link(number=row.number, values=values, previous=row.previous, hash=row.hash)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case UUID() | date():
            return str(value) if isinstance(value, UUID) else value.isoformat()
        case list() | tuple():
            return [_plain(one) for one in value]
        case _:
            raise TypeError(f"an event holds plain values, not {type(value).__name__}")
