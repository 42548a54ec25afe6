"""What happens in a meeting, told as it happens: server-sent events that tail the journal.

An event says that something changed and by which entry; what, the page asks for through the ordinary check, so nothing
closed flows here. It is "ballot" where a vote begins or ends, which every phone shows, "said" for a new thought at a
deliberation, "talk" for all else of one, as what is worded on the board, and "changed" for the rest: a hall of phones
need not ask for each word of the minutes, nor the wall for each thought, and leaves the server to who writes (I37). A
browser that was away says from where to go on (`Last-Event-ID`). The right to follow is asked again before anything is
told, and every few seconds: whoever loses it is told no more (I11). One looks for all: what a look asks the database
does not grow with those who follow.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from raadslag.web import metrics
from raadslag.workspace.common import journal
from raadslag.workspace.common.access import Subject
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.aside import apart
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.files.actions import ClosedRead
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.meetings.subjects import of_meeting_for
from raadslag.workspace.minutes.events import BallotMoved
from raadslag.workspace.people.models import User

P = ParamSpec("P")
R = TypeVar("R")
ROUTE = "minutes:follow"
PAUSE = 0.05  # seconds between two looks at the journal's head
RESTS, LONGEST_REST = 10, 0.5  # times what a look took, and at most so many seconds: who looks takes nobody's turn
AFTER_A_FAULT = 1  # seconds until it is tried again
LONGEST = 10  # seconds until a right to follow is asked again although nothing happened
_MOST = 50  # entries told at once, the newest: one alone lets a page ask for all that is new
log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Follower:
    """An open line: who follows what, in which login, and the last entry that was looked at for him.

    `only_ballots`: he is told of ballots alone, as a phone in the hall that shows nothing else."""

    meeting: UUID
    user: UUID
    session: str
    level: str
    after: int
    only_ballots: bool = False
    head: int = -1  # of the journal, when his right was last asked
    told_at: float = field(default_factory=time.monotonic)


News = list[tuple[int, str]] | None
"""The numbers of new entries, each "changed", "said", "talk" or "ballot"; None for who may not, or not any more."""

Names = Callable[[UUID], list[str]]
_talks: list[Names] = []
_said: set[str] = set()


def talked_about(said: type[journal.Event]) -> Callable[[Names], Names]:
    """Register what gives the names, in the journal, of a meeting's deliberations; `said` tells of a new thought."""

    def register(names: Names) -> Names:
        _talks.append(names)
        _said.add(said.kind())
        return names

    return register


async def follow(meeting: UUID, user: UUID, session: str, level: str, after: int, *, only_ballots: bool = False
                 ) -> AsyncIterator[str]:  # fmt: skip
    """The events of a meeting after the entry `after`, until the right to follow it ends."""
    yield "retry: 2000\n\n"
    follower = Follower(meeting, user, session, level, after, only_ballots)
    with metrics.following():
        while (entries := await _pulse().news(follower)) is not None:
            # A comment keeps the line open, and finds out when nobody is there.
            yield "".join(f"id: {number}\nevent: {what}\ndata: {number}\n\n" for number, what in entries) or ":\n\n"
    yield "event: gone\ndata:\n\n"


class Pulse:
    """One look for all who follow in this process: at the head of the journal, and at what each may know once it moved.

    In silence nobody else looks. While the database does not answer, nobody is told anything.
    """

    def __init__(self) -> None:
        self._waiting: dict[Follower, asyncio.Future[News]] = {}
        self._beating: asyncio.Task[None] | None = None

    async def news(self, follower: Follower) -> News:
        """What is new, once something is; nothing after `LONGEST` seconds, or None once the right to follow ended."""
        told = self._waiting[follower] = asyncio.get_running_loop().create_future()
        if self._beating is None:
            self._beating = asyncio.create_task(self._beat())
        try:
            return await told
        finally:
            del self._waiting[follower]

    async def _beat(self) -> None:
        while self._waiting:
            began = time.monotonic()
            await self._look()
            took = time.monotonic() - began
            await asyncio.sleep(min(max(PAUSE, RESTS * took), LONGEST_REST))
        self._beating = None

    async def _look(self) -> None:
        head = await _apart(journal.head)
        if head is None:
            return
        late = time.monotonic() - LONGEST
        due = defaultdict(list)
        for one in self._waiting:
            if one.head != head[0] or one.told_at <= late:
                due[one.meeting].append(one)
        for meeting, followers in due.items():
            told = await _apart(news, meeting, followers)
            for one in followers if told is not None else ():
                one.head, one.after = head[0], max(one.after, head[0])
                if told[one] != [] or one.told_at <= late:
                    self._tell(one, told[one])

    def _tell(self, follower: Follower, news: News) -> None:
        line = self._waiting.get(follower)
        if line is None or line.done():  # hung up in the meantime
            return
        follower.told_at = time.monotonic()
        if news:
            follower.after = max(follower.after, news[-1][0])
        line.set_result(news)


_pulses: WeakKeyDictionary[asyncio.AbstractEventLoop, Pulse] = WeakKeyDictionary()


def _pulse() -> Pulse:
    return _pulses.setdefault(asyncio.get_running_loop(), Pulse())


async def _apart(ask: Callable[P, R], *told: P.args, **more: P.kwargs) -> R | None:
    """The answer of the database, asked in another thread; None, after a pause, where asking failed."""
    try:
        return await apart(ask, *told, **more)
    except Exception:  # for whatever reason: the lines stay open and silent, and it is asked again
        log.exception("Who may follow a meeting could not be asked; it is tried again")
        await asyncio.sleep(AFTER_A_FAULT)
        return None


def newest(meeting: Meeting) -> int:
    """The last entry about the meeting or its items; 0 before any."""
    return next(iter(_entries(meeting).values_list("number", flat=True)[:1]), 0)


def news(meeting: UUID, followers: Collection[Follower]) -> dict[Follower, News]:
    """What each who follows the meeting may be told, in a number of queries that does not grow with them."""
    row = Meeting.objects.select_related("organization__body").filter(pk=meeting).first()
    if row is None:
        return dict.fromkeys(followers)
    users = User.objects.filter(pk__in={one.user for one in followers}, is_active=True)
    subjects = of_meeting_for(list(users), row)
    logins = Session.objects.filter(
        session_key__in={one.session for one in followers}, expire_date__gt=timezone.now()
    )  # fmt: skip
    logged_in = set(logins.values_list("session_key", flat=True))
    talks = [name for names in _talks for name in names(meeting)]
    since = _entries(row, talks).filter(number__gt=min(one.after for one in followers))
    entries = [
        (number, "ballot" if kind == BallotMoved.kind() else "talk" if about in talks else "changed")
        for number, kind, about in reversed(
            since.exclude(kind__in=_said).values_list("number", "kind", "about")[:_MOST]
        )
    ]
    if len(entries) == _MOST:
        entries[0] = (entries[0][0], "ballot")  # for those before it, whatever they are
    newest = since.filter(kind__in=_said, about__in=talks).values_list("number", flat=True)[:1]
    entries = sorted([*entries, *((number, "said") for number in newest)])  # a hall's thoughts crowd out nothing else
    return {
        one: [entry for entry in entries if entry[0] > one.after and (entry[1] == "ballot" or not one.only_ballots)]
        if one.session in logged_in and _may_follow(subjects.get(one.user), one.level) else None
        for one in followers
    }  # fmt: skip


def _may_follow(subject: Subject | None, level: str) -> bool:
    try:
        return subject is not None and is_allowed(ROUTE, subject, level)
    except Exception:  # a fault in the check means closed, for whatever reason it failed (I3)
        log.exception("The check of access failed at %s", ROUTE)
        return False


def _entries(meeting: Meeting, talks: Collection[str] = ()) -> QuerySet[JournalEntry]:
    """The entries about the meeting or its items, the newest first. That somebody has read is nobody's news."""
    items = (journal.name_of(AgendaItem(pk=pk)) for pk in meeting.items.values_list("pk", flat=True))
    about = [journal.name_of(meeting), *items, *talks]
    return JournalEntry.objects.filter(about__in=about).exclude(kind=ClosedRead.kind()).order_by("-number")
