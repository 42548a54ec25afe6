"""A shared text in one process: the lines that lead to it, and a copy of what the database holds.

The room itself is the database (`keeping`). Here updates are gathered while the last ones are being committed, so that
thirty who write cost no more commits than one; then they are passed on and confirmed. What others have written comes by
one look for all rooms of the process. What is
not committed yet is tried on a copy of its own, so that nobody is told of it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.utils import timezone
from pycrdt import Doc, merge_updates

from raadslag.workspace.common.aside import apart
from raadslag.workspace.common.errors import Refused
from raadslag.workspace.products import actions
from raadslag.workspace.products.models import Element
from raadslag.workspace.products.writing import admission, keeping, messages
from raadslag.workspace.products.writing.admission import Who
from raadslag.workspace.products.writing.documents import apply, document
from raadslag.workspace.products.writing.messages import Present

PAUSE = 0.04  # seconds between two looks at what other processes have committed
AFTER_A_FAULT = 1.0
LONGEST = 10.0  # seconds until a right is asked again although nothing happened
QUIET, AT_LAST = 3.0, 30.0  # seconds after the last update, and after the first, at which the part says it
STILL = 0.3  # seconds, after which other processes hear of a caret that was only moved
LARGEST = 4 * 2**20  # bytes of a document
log = logging.getLogger(__name__)


class Line:
    """A page that is connected. `told` is what it has not been sent yet; None ends it, with `code` as the reason."""

    MOST = 2000  # messages that wait for a page that takes none

    def __init__(self, who: Who) -> None:
        self.who = who
        self.told: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.code = 1000
        self.is_in_sync = False
        self.client: int | None = None
        self.received = 0  # updates, on this line

    def tell(self, message: bytes) -> None:
        """Let it be sent."""
        if self.told.qsize() > self.MOST:
            self.close(admission.TOO_SLOW)
        else:
            self.told.put_nowait(message)

    def close(self, code: int) -> None:
        """Hang up, once what was told before is sent."""
        if self.code == 1000:  # the first reason is the one
            self.code = code
            self.told.put_nowait(None)


class Room:
    """See above. All of it runs in the loop; what asks the database runs apart."""

    def __init__(self, element: UUID) -> None:
        self.element = element
        self.lines: set[Line] = set()
        self.shared: UUID  # once it is open
        self.is_open = False
        self.last = self.presence = 0
        self.head = -1
        self.asked_at = 0.0
        self._doc: Doc[Any] = document()  # what is committed
        self._trial: Doc[Any] | None = None  # and what is about to be
        self._opening = asyncio.Lock()
        self._waiting: list[tuple[Line, bytes, int]] = []
        self._present: dict[int, Present] = {}
        self._moved: dict[int, Present] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._first_at = self._last_at = 0.0  # of what the part does not say yet
        self._grown = 0  # bytes, since the size was last looked at

    async def enter(self, line: Line) -> None:
        """Let a line in, once there is a text. Those who come at once wait for the one who makes it."""
        self.lines.add(line)
        self.head = -1  # its right may have ended since it was asked
        async with self._opening:
            if not self.is_open:
                self.shared = (await apart(keeping.begin, self.element, timezone.now())).pk
                self.take(await apart(keeping.since, self.shared, 0, 0, timezone.now()))
                self.is_open = True

    async def leave(self, line: Line) -> None:
        """Without it; with the last one, what was written is said by the part itself."""
        self.lines.discard(line)
        if line.client is not None and line.client in self._present:
            gone = self._present[line.client]
            self._move(Present(gone.client, gone.clock + 1, "null"), None)
        if not self.lines:
            await self._settle()

    async def _settle(self) -> None:
        while (writing := self._tasks.get("write")) and not writing.done():
            await writing
        if self._first_at:
            await self._save()

    # --- what a page says ---

    def hear(self, line: Line, message: bytes) -> None:
        """Take what a page says. Raises ValueError for what is no message."""
        told = messages.Reader(message)
        match told.number():
            case messages.SYNC:
                what, data = told.number(), told.bytes()
                if what == messages.STATE:
                    self._answer(line, data)
                else:
                    line.received += 1
                    self._waiting.append((line, data, line.received))
                    self._start("write", self._write)
            case messages.AWARENESS:
                for one in told.present():
                    self._hear_of(line, one)
            case _:
                raise ValueError("no such message")

    def _answer(self, line: Line, state: bytes) -> None:
        """What the page misses, and what we know, so that it can send what we miss. From now on it hears all."""
        try:
            missing = self._doc.get_update(state or b"\x00")
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as fault:  # the library panics at some, which is no Exception
            raise ValueError("no state") from fault
        line.tell(messages.sync(messages.MISSING, missing))
        line.tell(messages.sync(messages.STATE, self._doc.get_state()))
        if self._present:
            line.tell(messages.awareness(self._present.values()))
        line.is_in_sync = True

    def _hear_of(self, line: Line, one: Present) -> None:
        """A page speaks for itself alone, and under the name of who is logged in."""
        if line.client is None:
            if any(other.client == one.client and other.who.user != line.who.user for other in self.lines):
                raise ValueError("the number of another's page")
            line.client = one.client
        if one.client == line.client:
            self._move(one._replace(state=messages.named(one.state, line.who.name)), line)

    def _move(self, one: Present, line: Line | None) -> None:
        if self._here([one], line):
            self._moved[one.client] = one
            self._start("move", self._tell_others)

    def _here(self, some: Iterable[Present], line: Line | None = None) -> bool:
        """Note who is where, and tell the other lines what of it is new."""
        new = [one for one in some if one.clock > (known.clock if (known := self._present.get(one.client)) else -1)]
        for one in new:
            self._present[one.client] = one
        if new:
            self._tell(messages.awareness(new), line)
        for one in new:
            if one.state == "null":
                del self._present[one.client]
        return bool(new)

    def _tell(self, message: bytes, but: Line | None = None) -> None:
        for line in self.lines:
            if line.is_in_sync and line is not but:
                line.tell(message)

    def _close_all(self, code: int) -> None:
        for line in self.lines:
            line.close(code)

    # --- keeping it ---

    def _start(self, name: str, doing: Any) -> None:
        if (task := self._tasks.get(name)) is None or task.done():
            self._tasks[name] = asyncio.create_task(doing())

    async def _tell_others(self) -> None:
        await asyncio.sleep(STILL)
        if self._moved:
            self._start("write", self._write)

    async def _write(self) -> None:
        while self._waiting or self._moved:
            waiting, self._waiting = self._waiting, []
            moved, self._moved = self._moved, {}
            good = self._tried(waiting)
            here = {line.who for line in self.lines} | {line.who for line in good}
            written = [(line, merge_updates(*some)) for line, some in good.items()]
            try:
                kept = await apart(
                    keeping.keep, self.shared, [(line.who, data) for line, data in written], list(moved.values()),
                    here=here, head=self.head, last=self.last, presence=self.presence, at=timezone.now(),
                )  # fmt: skip
            except Exception:  # for whatever reason: nothing is confirmed, and it is tried again
                log.exception("What was written together could not be kept; it is tried again")
                self._waiting, self._moved = [*waiting, *self._waiting], {**moved, **self._moved}
                await asyncio.sleep(AFTER_A_FAULT)
                continue
            self._asked(here, kept.head)
            own = {number: line for (line, _), number in zip(written, kept.numbers, strict=True) if number}
            self.take(kept.news, own)
            counts = {line: count for line, _, count in waiting}
            for line in own.values():
                line.tell(messages.kept(counts[line]))
            self._refuse(kept.refused)
            if kept.refused:
                self._trial = None
            if own:
                self._save_soon()

    def _tried(self, waiting: Iterable[tuple[Line, bytes, int]]) -> Mapping[Line, list[bytes]]:
        """The updates that are such. Who sends another is hung up on, and he alone."""
        good: dict[Line, list[bytes]] = defaultdict(list)
        for line, update, _ in waiting:
            if line.code == 1000:
                code = self._fault_of(update)
                if code:
                    line.close(code)
                    good.pop(line, None)
                else:
                    good[line].append(update)
        return good

    def _fault_of(self, update: bytes) -> int:
        if self._trial is None:
            self._trial = document(self._doc.get_update())
        try:
            apply(self._trial, update)
        except ValueError:
            self._trial = None
            return admission.UNREADABLE
        self._grown += len(update)
        if self._grown > LARGEST / 8:
            self._grown = 0
            if len(self._trial.get_update()) > LARGEST:
                self._trial = None
                return admission.TOO_MUCH
        return 0

    def take(self, news: keeping.News, own: Mapping[int, Line] | None = None) -> None:
        """Take in what is committed, and pass it on; not to the line that it came by."""
        for row in news.rows:
            if row.number <= self.last:
                continue
            self.last = row.number
            line = (own or {}).get(row.number)
            apply(self._doc, row.data)
            if line is None and self._trial is not None:
                apply(self._trial, row.data)
            self._tell(messages.sync(messages.UPDATE, row.data), line)
        if news.presence > self.presence:
            self.presence = news.presence
            self._here(news.present)
        if news.is_plain:
            self._close_all(admission.PLAIN)

    # --- what the part itself says ---

    def _save_soon(self) -> None:
        self._last_at = time.monotonic()
        self._first_at = self._first_at or self._last_at
        self._start("save", self._save_later)

    async def _save_later(self) -> None:
        while self._first_at:
            now = time.monotonic()
            due = min(self._last_at + QUIET, self._first_at + AT_LAST)
            if due > now:
                await asyncio.sleep(due - now)
            else:
                await self._save()

    async def _save(self) -> None:
        self._first_at = 0.0
        try:
            await apart(_take_in, self.element)
        except Refused:
            pass  # the product has been approved since; its last words were taken in by that
        except Exception:  # the background work does it later
            log.exception("What was written together could not be saved in its part")

    # --- who may stay ---

    async def ask_again(self, head: int) -> None:
        """Hang up on those whose right has ended."""
        here = {line.who for line in self.lines}
        refused = await apart(admission.refusals, self.element, here)
        self.asked_at = time.monotonic()
        self._asked(here, head)
        self._refuse(refused)

    def _asked(self, some: set[Who], head: int) -> None:
        """That the rights of `some` were asked at that head of the journal. Who came in meanwhile, is asked next."""
        self.head = head if {line.who for line in self.lines} <= some else -1

    def _refuse(self, refused: Mapping[Who, int]) -> None:
        for line in self.lines:
            if line.who in refused:
                line.close(refused[line.who])


def _take_in(element: UUID) -> None:
    row = Element.objects.select_related("product").get(pk=element)
    actions.take_in(row, at=timezone.now(), ready=keeping.text_ahead(row))  # a long text holds up no other's commit


class Rooms:
    """Those of a process, and the one look at what others have committed and at who may stay."""

    def __init__(self) -> None:
        self._rooms: dict[UUID, Room] = {}
        self._looking: asyncio.Task[None] | None = None

    def of(self, element: UUID) -> Room:
        """The room of a part."""
        return self._rooms.setdefault(element, Room(element))

    async def enter(self, room: Room, line: Line) -> None:
        """Let the line in."""
        await room.enter(line)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())

    async def leave(self, room: Room, line: Line) -> None:
        """Without the line; a room without lines is left."""
        await room.leave(line)
        if not room.lines and self._rooms.get(room.element) is room:
            del self._rooms[room.element]

    async def _look(self) -> None:
        while self._rooms:
            try:
                await self._once()
                await asyncio.sleep(PAUSE)
            except Exception:  # for whatever reason: it is looked again
                log.exception("What others have written could not be asked; it is tried again")
                await asyncio.sleep(AFTER_A_FAULT)
        self._looking = None

    async def _once(self) -> None:
        rooms = {room.shared: room for room in self._rooms.values() if room.is_open}
        known = {pk: (room.last, room.presence) for pk, room in rooms.items()}
        head, told = await apart(keeping.moved, known, timezone.now())
        late = time.monotonic() - LONGEST
        for pk, room in rooms.items():
            if room.head != head or room.asked_at <= late:
                await room.ask_again(head)
            if pk in told:
                room.take(told[pk])


_rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, Rooms] = WeakKeyDictionary()


def rooms() -> Rooms:
    """Those of this loop."""
    return _rooms.setdefault(asyncio.get_running_loop(), Rooms())
