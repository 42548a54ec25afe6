"""What happens in a meeting, told as it happens: server-sent events that tail the journal.

An event says that something changed and by which entry; what, the page asks for through the ordinary check, so nothing
closed flows here. A browser that was away says from where to go on (`Last-Event-ID`). The right to follow is asked
again at every look: whoever loses it is told no more (I11).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.db.models import QuerySet
from django.utils import timezone

from raadslag.workspace.common import journal
from raadslag.workspace.common.access import subject_of
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.people.models import User

ROUTE = "minutes:follow"
PAUSE = 0.7  # seconds between two looks
_MOST = 50


async def follow(meeting: UUID, user: UUID, session: str, level: str, after: int) -> AsyncIterator[str]:
    """The events of a meeting after the entry `after`, until the right to follow it ends."""
    yield "retry: 2000\n\n"
    while True:
        told = await sync_to_async(_looked)(meeting, user, session, level, after)
        if told is None:
            yield "event: gone\ndata:\n\n"
            return
        for number in told:
            after = number
            yield f"id: {number}\nevent: changed\ndata: {number}\n\n"
        if not told:
            yield ":\n\n"  # keeps the line open, and finds out when nobody is there
        await asyncio.sleep(PAUSE)


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
    names = [journal.name_of(meeting), *map(journal.name_of, meeting.items.only("pk"))]
    return JournalEntry.objects.filter(about__in=names)
