"""What happens in a meeting, told as it happens: server-sent events that tail the journal.

An event says that something changed and by which entry; what, the page asks for through the ordinary check, so nothing
closed flows here. A browser that was away says from where to go on (`Last-Event-ID`). The right to follow is asked
again before anything is told, and every few seconds: whoever loses it is told no more (I11).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import DatabaseError, close_old_connections
from django.db.models import QuerySet
from django.utils import timezone

from raadslag.workspace.common import journal
from raadslag.workspace.common.access import subject_of
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.people.models import User

ROUTE = "minutes:follow"
PAUSE = 0.1  # seconds between two looks at the journal's head
LONGEST = 10  # seconds until a right to follow is asked again although nothing happened
_MOST = 50


async def follow(meeting: UUID, user: UUID, session: str, level: str, after: int) -> AsyncIterator[str]:
    """The events of a meeting after the entry `after`, until the right to follow it ends."""
    yield "retry: 2000\n\n"
    seen = -1
    while True:
        told = await sync_to_async(_looked, thread_sensitive=False)(meeting, user, session, level, after)
        if told is None:
            yield "event: gone\ndata:\n\n"
            return
        for number in told:
            after = number
            yield f"id: {number}\nevent: changed\ndata: {number}\n\n"
        if not told:
            yield ":\n\n"  # keeps the line open, and finds out when nobody is there
        if len(told) < _MOST:
            seen = await _pulse().wait(seen)


class Pulse:
    """One look at the head of the journal for all who follow in this process: in silence nobody else looks."""

    def __init__(self) -> None:
        self.head = -1
        self._moved = asyncio.Event()
        self._waiting = 0
        self._beating: asyncio.Task[None] | None = None

    async def wait(self, seen: int) -> int:
        """The head of the journal, once it is another than `seen`, or after `LONGEST` seconds as it is."""
        self._waiting += 1
        if self._beating is None or self._beating.done():
            self._beating = asyncio.create_task(self._beat())
        try:
            async with asyncio.timeout(LONGEST):
                while self.head in (-1, seen):
                    await self._moved.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting -= 1
        return self.head

    async def _beat(self) -> None:
        while self._waiting:
            try:
                head = await sync_to_async(_head, thread_sensitive=False)()
            except DatabaseError:
                logging.getLogger(__name__).warning("The journal could not be looked at; it is tried again")
            else:
                if head != self.head:
                    self.head = head
                    moved, self._moved = self._moved, asyncio.Event()
                    moved.set()
            await asyncio.sleep(PAUSE)


_pulses: WeakKeyDictionary[asyncio.AbstractEventLoop, Pulse] = WeakKeyDictionary()


def _pulse() -> Pulse:
    return _pulses.setdefault(asyncio.get_running_loop(), Pulse())


def _head() -> int:
    close_old_connections()
    try:
        return journal.head()[0]
    finally:
        close_old_connections()


def newest(meeting: Meeting) -> int:
    """The last entry about the meeting or its items; 0 before any."""
    return next(iter(_entries(meeting).order_by("-number").values_list("number", flat=True)[:1]), 0)


def _looked(*told: Any) -> list[int] | None:
    close_old_connections()  # a line is open for hours, and its database may have gone away in between
    try:
        return news(*told)
    finally:
        close_old_connections()


def news(meeting: UUID, user: UUID, session: str, level: str, after: int) -> list[int] | None:
    """The numbers of the entries after `after`, at most fifty; None for who may not follow, or not any more."""
    who = User.objects.filter(pk=user, is_active=True).select_related("person").first()
    is_logged_in = Session.objects.filter(session_key=session, expire_date__gt=timezone.now()).exists()
    subject = subject_of(ROUTE, who, {"meeting": meeting}) if who and is_logged_in else None
    if subject is None or not is_allowed(ROUTE, subject, level):
        return None
    later = _entries(subject.row).filter(number__gt=after).order_by("number")
    return list(later.values_list("number", flat=True)[:_MOST])


def _entries(meeting: Meeting) -> QuerySet[JournalEntry]:
    items = (journal.name_of(AgendaItem(pk=pk)) for pk in meeting.items.values_list("pk", flat=True))
    return JournalEntry.objects.filter(about__in=[journal.name_of(meeting), *items])
