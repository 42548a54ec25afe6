"""Reading and screening of files that nobody vouches for: in processes of their own, within limits.

    with Pool() as pool:
        for result in pool.read_all(documents):
            ...

A process reads many documents, so a thousand small ones cost no thousand starts. One that takes too long, or
breaks down, is killed and replaced, and only its document is lost.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from raadslag.core import record
from raadslag.core.errors import (
    CannotRedact,
    InvalidRecord,
    LimitExceeded,
    RaadslagError,
    UnknownFormat,
    UnreadableFile,
    WordsNotFound,
)
from raadslag.core.readers import Shown
from raadslag.core.readers.outline import Draft
from raadslag.core.record import Record
from raadslag.core.rules.screening import Hit

_Task: TypeAlias = Literal["read", "screen", "text", "draft", "redact"]
_LENGTH = struct.Struct(">Q")  # before each message: its length in bytes
_START = 60.0  # seconds that a process may take until it is ready, on a busy machine
_DIVIDE = "Divide it, or print it to a new PDF, and read that."
_RAISED = (UnreadableFile, LimitExceeded, UnknownFormat, InvalidRecord, CannotRedact, WordsNotFound)
_ERRORS = {kind.__name__: kind for kind in _RAISED}


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one document may take: `seconds` of time by the clock, `memory` and `bytes` in bytes, and `pages`.

    The defaults let every paper of a committee through: a council's 300 pages take a second and 200 MB.
    """

    seconds: float = 30.0
    memory: int = 1 << 30
    bytes: int = 100 << 20
    pages: int = 2000


class Document(NamedTuple):
    """A file to read: its bytes, its name (for errors and provenance), the media type its source claims."""

    data: bytes
    name: str | None = None
    media_type: str | None = None


class _Ask(msgspec.Struct, frozen=True, array_like=True):
    task: _Task
    data: bytes
    name: str | None
    media_type: str | None
    pages: int
    words: tuple[str, ...] = ()
    numbers: bool = False


class _Told(msgspec.Struct, frozen=True, array_like=True):
    """The answer: a record or a draft in JSON, the hits, the text, a copy, or an error's kind and its four parts."""

    record: bytes | None = None
    hits: tuple[Hit, ...] = ()
    text: str = ""
    pages: int | None = None
    error: tuple[str, str, str, str, str] | None = None
    copy: bytes = b""
    draft: bytes = b""


class _Broken(Exception):
    """The process is gone."""


class Pool:
    """Processes that read documents. Safe to share between threads; a context manager that ends them all.

    `size` processes work side by side (by default one for each core, four at most); each starts when it is
    first needed.
    """

    def __init__(self, size: int | None = None, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.size = size or min(4, os.cpu_count() or 1)
        self._threads = ThreadPoolExecutor(self.size, thread_name_prefix="reading")
        self._idle: SimpleQueue[_Process] = SimpleQueue()
        for _ in range(self.size):
            self._idle.put(_Process(self.limits))

    def read(self, data: bytes, name: str | None = None, media_type: str | None = None) -> Record:
        """The record that a document tells of. Raises as `readers.read_bytes`, and LimitExceeded."""
        return self._read(Document(data, name, media_type))

    def screen(self, data: bytes, name: str, media_type: str | None = None) -> tuple[Hit, ...]:
        """What must be looked at before a file is released. Raises as `hidden.screen`, and LimitExceeded."""
        return self._ask("screen", Document(data, name, media_type)).hits

    def text(self, data: bytes, name: str, media_type: str) -> Shown:
        """What a file of that media type shows. Raises as `readers.text_of`, and LimitExceeded."""
        told = self._ask("text", Document(data, name, media_type))
        return Shown(told.text, told.pages)

    def draft(self, data: bytes, name: str, media_type: str) -> Draft:
        """The draft that a file of that media type holds. Raises as `drafts.read`, and LimitExceeded."""
        return msgspec.json.decode(self._ask("draft", Document(data, name, media_type)).draft, type=Draft)

    def redact(self, data: bytes, name: str, words: Iterable[str], *, numbers: bool = False) -> bytes:
        """A copy without the words. Raises as `redacting.redact`, and LimitExceeded."""
        return self._ask("redact", Document(data, name), tuple(words), numbers).copy

    def read_all(self, documents: Iterable[Document]) -> Iterator[Record | RaadslagError]:
        """For each document its record, or the error that tells why there is none, in the order of `documents`.

        `documents` is drawn from as results are taken, a few ahead: a folder need not fit in memory.
        """
        waiting: deque[Future[Record]] = deque()
        try:
            for document in documents:
                waiting.append(self._threads.submit(self._read, document))
                if len(waiting) > 2 * self.size:
                    yield _outcome(waiting.popleft())
            while waiting:
                yield _outcome(waiting.popleft())
        finally:
            for future in waiting:
                future.cancel()

    def close(self) -> None:
        """End the processes, also those at work."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._idle.empty():
            self._idle.get().kill()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, document: Document) -> Record:
        told = self._ask("read", document)
        return record.decode(told.record or b"", place=document.name or "the file")

    def _ask(self, task: _Task, document: Document, words: tuple[str, ...] = (), numbers: bool = False) -> _Told:
        name, most = document.name or "the file", self.limits.bytes
        if len(document.data) > most:
            raise LimitExceeded(name, f"at most {most >> 20} MB", f"{len(document.data) >> 20} MB", _DIVIDE)
        ask = _Ask(task, document.data, document.name, document.media_type, self.limits.pages, words, numbers)
        process = self._idle.get()
        try:
            told = process.ask(ask, name)
        finally:
            self._idle.put(process)
        if told.error is not None:
            kind, *parts = told.error
            raise _ERRORS.get(kind, UnreadableFile)(*parts)
        return told


def _outcome(future: Future[Record]) -> Record | RaadslagError:
    try:
        return future.result()
    except RaadslagError as error:
        return error


class _Process:
    """One process that reads; started when it is asked, and again after it was killed."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._running: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._has_read = False

    def ask(self, ask: _Ask, name: str) -> _Told:
        """The answer to `ask`. Raises LimitExceeded if it takes too long or the process breaks down over it."""
        message = msgspec.msgpack.encode(ask)
        while True:
            was_fresh = not self._has_read
            try:
                return self._exchange(message)
            except TimeoutError:
                self.kill()
                expected = f"a document that is read within {self.limits.seconds:g} seconds"
                raise LimitExceeded(name, expected, "one that takes longer", _DIVIDE) from None
            except _Broken:
                self.kill()
                if was_fresh:  # else what it read before may have broken it: ask a new one
                    expected = f"a document that is read within {self.limits.memory >> 20} MB of memory"
                    raise LimitExceeded(name, expected, "one that the reader broke down over", _DIVIDE) from None

    def kill(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._running is not None:
            self._running.kill()
            self._running.wait()
        self._running = self._line = None
        self._has_read = False

    def _exchange(self, message: bytes) -> _Told:
        line = self._line or self._start()
        deadline = time.monotonic() + self.limits.seconds
        self._has_read = True
        try:
            line.settimeout(self.limits.seconds)
            line.sendall(_LENGTH.pack(len(message)) + message)
            return msgspec.msgpack.decode(_receive(line, deadline), type=_Told)
        except TimeoutError:
            raise
        except (OSError, EOFError, msgspec.DecodeError) as error:
            raise _Broken from error

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            self._line = ours
            self._running = subprocess.Popen(
                # -P: a module in the folder that a person happens to stand in is never taken for ours.
                [sys.executable, "-P", "-m", __spec__.name, str(theirs.fileno()), msgspec.json.encode(self.limits)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        try:
            _receive(ours, time.monotonic() + _START)
        except (OSError, EOFError) as error:
            raise _Broken from error
        return ours


def _receive(line: socket.socket, deadline: float | None = None) -> bytes:
    """The next message. Raises TimeoutError after `deadline`, EOFError when the other end is gone."""
    (length,) = _LENGTH.unpack(_exactly(line, _LENGTH.size, deadline))
    return _exactly(line, length, deadline)


def _exactly(line: socket.socket, length: int, deadline: float | None) -> bytes:
    parts = []
    while length:
        if deadline is not None:
            line.settimeout(max(0.001, deadline - time.monotonic()))
        part = line.recv(min(length, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def serve(line: socket.socket, limits: Limits) -> None:
    """Answer what is asked on `line` until it is closed: the whole life of a process that reads."""
    _restrain(limits)
    _send(line, b"ready")
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            ask = msgspec.msgpack.decode(_receive(line), type=_Ask)
            signal.alarm(int(limits.seconds) + 5)  # should the one who asks be gone, nobody else ends it
            told = _answer(ask)
            signal.alarm(0)
            _send(line, msgspec.msgpack.encode(told))


def _send(line: socket.socket, message: bytes) -> None:
    line.sendall(_LENGTH.pack(len(message)) + message)


def _restrain(limits: Limits) -> None:
    """What this process may take from now on; what it has loaded so far counts."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold the document
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # reading writes no file


def _answer(ask: _Ask) -> _Told:
    from raadslag.core.readers import hidden, read_bytes, text_of

    name = ask.name or "the file"
    try:
        if ask.task == "screen":
            return _Told(hits=hidden.screen(ask.data, name=name, media_type=ask.media_type))
        if ask.task == "redact":
            from raadslag.core.redacting import redact  # its libraries are loaded only where they are needed

            return _Told(copy=redact(ask.data, name, ask.words, numbers=ask.numbers).data)
        if ask.task == "draft":
            from raadslag.core.readers import drafts

            draft = drafts.read(ask.data, ask.media_type or "", max_pages=ask.pages)
            return _Told(draft=msgspec.json.encode(draft))
        if ask.task == "text":
            shown = text_of(ask.data, ask.media_type or "", max_pages=ask.pages)
            return _Told(text=shown.text, pages=shown.pages)
        return _Told(record=record.encode(read_bytes(ask.data, ask.name, ask.media_type, max_pages=ask.pages)))
    except RaadslagError as error:
        return _Told(error=(type(error).__name__, error.place, error.expected, error.found, error.remedy))
    except MemoryError:
        os._exit(1)  # a process that ran out of memory once is not asked again
    except Exception as error:  # a fault of ours: it is told without a word of the document
        found = f"one that the reader stumbled over ({type(error).__name__})"
        remedy = "Tell us of it; print the document to a new PDF and read that meanwhile."
        return _Told(error=(UnreadableFile.__name__, name, "a document", found, remedy))


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), msgspec.json.decode(sys.argv[2], type=Limits))
