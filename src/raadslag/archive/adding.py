"""From files and folders to the archive: find the papers, read and screen each, take it in.

One paper's failure leaves all others alone. Reading happens in a worker process with limits, since files
are untrusted; what comes back is a record and what screening found.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import stat
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import TypeAlias

from raadslag.archive.intake import OPERATOR, Document, Outcome, Paper, Prepared, Receipt, prepare, take_in_all
from raadslag.archive.models import Version
from raadslag.archive.search import open_index
from raadslag.core.errors import LimitExceeded, RaadslagError, UnreadableFile
from raadslag.core.readers import Shown, sniff
from raadslag.core.readers.worker import Limits, Pool
from raadslag.core.record import Meeting

BATCH = 32  # papers in one commit
BATCH_BYTES = 32 << 20
READ_AHEAD = 16  # papers that are read and not stored yet

# What a folder is searched for; a file that is named itself is read whatever it is called.
SUFFIXES = frozenset({".txt", ".pdf", ".docx", ".html", ".htm", ".xhtml"})
_RECORD = re.compile(rb'"schema"\s*:\s*"raadslag/')


@dataclass(frozen=True)
class Added:
    """What became of one file: a receipt, or the error that tells why there is none."""

    path: Path
    receipt: Receipt | None = None
    error: RaadslagError | None = None


def find_papers(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The papers among `paths` and in the folders below them, and the files that are none.

    Folders are walked in order of name; hidden files and folders, and links to folders, are left out.
    A path that does not exist is given back as a paper, so that reading it tells so.
    """
    papers: dict[Path, None] = {}
    others: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            papers[path] = None
            continue
        for folder, below, names in os.walk(path):
            below[:] = sorted(name for name in below if not name.startswith("."))
            for name in sorted(name for name in names if not name.startswith(".")):
                file = Path(folder, name)
                (papers if _is_paper(file) else others)[file] = None
    return list(papers), list(others)


def _is_paper(file: Path) -> bool:
    if file.suffix.lower() != ".json":
        return file.suffix.lower() in SUFFIXES
    if not file.is_file():
        return True  # a pipe: reading it will tell what is wrong
    try:
        with file.open("rb") as opened:
            return _RECORD.search(opened.read(1000)) is not None
    except OSError:
        return True  # reading it will tell what is wrong


def add_papers(
    papers: Sequence[Path],
    *,
    now: Callable[[], datetime],
    already_public: bool = False,
    body: str | None = None,
    organization: str | None = None,
    beside: Sequence[Path] = (),
    again: bool = False,
    by: str = OPERATOR,
) -> Iterator[Added]:
    """Take in each of `papers` in turn and tell what became of it; see `intake.take_in` for the options.

    A paper that is shown already is known by its bytes and not read, unless `again` asks for it; so whoever was
    stopped goes on where it ended. `beside` are files in which attachments that records name by hash are looked
    for. Papers are read by several processes and stored a few dozen at a time.

    The index follows when all are in, or when the caller stops before. Raises IndexBehind if it cannot; what
    was told until then holds.
    """
    named = _Named(beside)
    try:
        with Pool() as pool, ThreadPoolExecutor(pool.size) as threads:
            unread = ((path, None) for path in papers) if again else _with_receipts(papers)
            with closing(_ahead(threads, partial(read_paper, pool, named=named), unread)) as read:
                for batch in _batches(read):
                    yield from _stored(batch, now(), already_public, body, organization, by)
    finally:
        open_index().catch_up()


_Read: TypeAlias = tuple[Path, Receipt | Paper | RaadslagError]


def _stored(
    batch: Sequence[_Read], at: datetime, already_public: bool, body: str | None, organization: str | None, by: str
) -> Iterator[Added]:
    """What became of each paper of a batch, in their order."""
    told: dict[Path, Added] = {}
    prepared: list[tuple[Path, Prepared]] = []
    for path, found in batch:
        if isinstance(found, Receipt):
            told[path] = Added(path, found)
        elif isinstance(found, RaadslagError):
            told[path] = Added(path, error=found)
        else:
            try:
                prepared.append((path, prepare(found, body=body, organization=organization)))
            except Exception as error:  # whatever it is, the others go on
                told[path] = _refused(path, error)
    receipts = (
        take_in_all([one for _, one in prepared], at=at, already_public=already_public, by=by) if prepared else []
    )
    for (path, _), receipt in zip(prepared, receipts, strict=True):
        told[path] = _refused(path, receipt) if isinstance(receipt, Exception) else Added(path, receipt)
    for path, _ in batch:
        yield told[path]


def _refused(path: Path, error: Exception) -> Added:
    return Added(path, error=error if isinstance(error, RaadslagError) else _fault(path, error))


def _batches(read: Iterable[_Read]) -> Iterator[list[_Read]]:
    """A few papers at a time, and no more than one commit should hold of large ones."""
    batch: list[_Read] = []
    size = 0
    for one in read:
        batch.append(one)
        size += len(one[1].source.data) if isinstance(one[1], Paper) else 0
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _with_receipts(papers: Iterable[Path]) -> Iterator[tuple[Path, Receipt | None]]:
    """Each paper with its receipt, where its very bytes are shown already or withdrawn."""
    waiting = iter(papers)
    while some := list(islice(waiting, BATCH)):
        hashes = {path: _hash(path) for path in some}
        read = Version.objects.filter(source__sha256__in=set(filter(None, hashes.values()))).defer("record")
        known = {version.source.sha256: version for version in read.select_related("source") if version.source}
        for path in some:
            version = known.get(hashes[path] or "")
            yield path, _known(version) if version else None


def _known(version: Version) -> Receipt:
    return Receipt(Outcome.WITHDRAWN if version.withdrawn_at else Outcome.KNOWN, version)


def _hash(path: Path) -> str | None:
    """The SHA-256 of a file; None where it cannot be read, which reading it will tell."""
    try:
        if not path.is_file() or path.stat().st_size > Limits().bytes:
            return None
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return None


class _Named:
    """The files in which attachments are looked for, by their hash; hashed when the first is asked for."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._lock = Lock()

    @cached_property
    def _by_hash(self) -> dict[str, Path]:
        return {sha256: path for path in self._paths if (sha256 := _hash(path))}

    def find(self, sha256: str) -> Path | None:
        """The file of that hash, if there is one."""
        with self._lock:
            return self._by_hash.get(sha256)


def _ahead(
    threads: Executor, read: Callable[[Path], Paper], papers: Iterable[tuple[Path, Receipt | None]]
) -> Iterator[_Read]:
    """The papers in their order, a few being read ahead of the one that is given out."""
    waiting: deque[tuple[Path, Future[Paper] | Receipt]] = deque()
    try:
        for path, receipt in papers:
            waiting.append((path, receipt or threads.submit(read, path)))
            if len(waiting) > READ_AHEAD:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())
    finally:
        for _, reading in waiting:
            if isinstance(reading, Future):
                reading.cancel()


def _result(path: Path, reading: Future[Paper] | Receipt) -> _Read:
    if isinstance(reading, Receipt):
        return path, reading
    try:
        return path, reading.result()
    except RaadslagError as error:
        return path, error
    except Exception as error:  # whatever it is, the others go on
        return path, _fault(path, error)


def read_paper(pool: Pool, path: Path, *, named: _Named | None = None) -> Paper:
    """The paper in a file, read and screened by a process of `pool`, with the attachments that it names by hash.

    Raises UnreadableFile and the reader's errors.
    """
    data = _bytes_of(path, pool.limits.bytes)
    record = pool.read(data, path.name)
    # By the bytes: what a record in JSON says of a file is of the one that it was once read from.
    media_type = sniff.media_type(data, path.name)
    source = Document(path.name, media_type, data, pool.screen(data, path.name))
    attachments = {}
    if named and isinstance(record, Meeting):
        hashes = {file.sha256 for item in record.items for file in item.files if file.sha256}
        found = {sha256: beside for sha256 in sorted(hashes) if (beside := named.find(sha256))}
        attachments = {sha256: document_of(pool, beside) for sha256, beside in found.items()}
    return Paper(record, source, attachments)


def document_of(pool: Pool, path: Path) -> Document:
    """A file as an attachment, screened by a process of `pool`. Raises UnreadableFile and LimitExceeded."""
    data = _bytes_of(path, pool.limits.bytes)
    media_type = sniff.attachment_type(data, path.name)
    hits = pool.screen(data, path.name)
    shown = shown_of(pool, data, path.name, media_type)
    return Document(path.name, media_type, data, hits, shown.text, shown.pages)


def shown_of(pool: Pool, data: bytes, name: str, media_type: str) -> Shown:
    """What an attachment shows, told by a process of `pool`; nothing where that cannot be told: it is kept anyway."""
    try:
        return pool.text(data, name, media_type)
    except RaadslagError:
        return Shown()


def _bytes_of(path: Path, most: int) -> bytes:
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):  # a pipe or a device would never end
            raise UnreadableFile(path.name, "a file", "a pipe or a device", "Save what it holds as a file.")
        size = about.st_size
        if size > most:
            raise LimitExceeded(
                path.name, f"at most {most >> 20} MB", f"{size >> 20} MB", "Divide it, and add the parts."
            )
        return path.read_bytes()
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise UnreadableFile(path.name, "a readable file", found, "Check the path and its permissions.") from error


# What stands in the way of the database, by SQLite's code or PostgreSQL's: what is found, and what to do.
_NO_ROOM = ("no room on the disk", "Make room")
_SILENT = ("a database that does not answer", "See that it runs")
_IN_THE_WAY: dict[int | str, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: ("its database locked by another program", "Stop that program or wait for it"),
    sqlite3.SQLITE_FULL: _NO_ROOM,
    "53100": _NO_ROOM,  # disk_full
    "57P01": _SILENT,  # admin_shutdown
    "57P02": _SILENT,  # crash_shutdown
    "57P03": _SILENT,  # cannot_connect_now
}


def _fault(path: Path, error: Exception) -> RaadslagError:
    """An error that nobody raised on purpose, told by its type and place: its text may be the paper's."""
    # Of SQLite's number all but the lowest byte tells only details.
    code = getattr(error.__cause__, "sqlstate", None) or getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
    if code in _IN_THE_WAY:
        found, remedy = _IN_THE_WAY[code]
        remedy = f"Nothing of it was stored, and what the archive holds is safe. {remedy}, and add it again."
        return RaadslagError(path.name, "an archive that can be written to", found, remedy)
    last = traceback.extract_tb(error.__traceback__)[-1]
    found = f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"
    return RaadslagError(path.name, "a paper that can be stored", found, "Nothing of it was stored; add it again.")
