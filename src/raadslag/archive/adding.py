"""From files and folders to the archive: find the papers, read and screen each, take it in.

One paper's failure leaves all others alone. Reading happens in a worker process with limits, since files
are untrusted; what comes back is a record and what screening found.
"""

from __future__ import annotations

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
from pathlib import Path

from raadslag.archive.intake import Document, Paper, Receipt, take_in
from raadslag.archive.search import open_index
from raadslag.core.errors import LimitExceeded, RaadslagError, UnreadableFile
from raadslag.core.readers import sniff
from raadslag.core.readers.worker import Pool

# What a folder is searched for; a file that is named itself is read whatever it is called.
SUFFIXES = frozenset({".txt", ".pdf", ".html", ".htm", ".xhtml"})
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
) -> Iterator[Added]:
    """Take in each of `papers` in turn and tell what became of it; see `intake.take_in` for the options.

    The index follows when all are in, or when the caller stops before. Raises IndexBehind if it cannot; what
    was told until then holds.
    """
    try:
        with Pool() as pool, ThreadPoolExecutor(pool.size) as threads, closing(_ahead(threads, pool, papers)) as read:
            for path, reading in read:
                try:
                    receipt = take_in(
                        reading.result(), at=now(), already_public=already_public, body=body, organization=organization
                    )
                except RaadslagError as error:
                    yield Added(path, error=error)
                except Exception as error:  # whatever it is, the others go on
                    yield Added(path, error=_fault(path, error))
                else:
                    yield Added(path, receipt)
    finally:
        open_index().catch_up()


def _ahead(threads: Executor, pool: Pool, paths: Iterable[Path]) -> Iterator[tuple[Path, Future[Paper]]]:
    """The papers in their order, a few being read ahead of the one that is taken in."""
    waiting: deque[tuple[Path, Future[Paper]]] = deque()
    try:
        for path in paths:
            waiting.append((path, threads.submit(read_paper, pool, path)))
            if len(waiting) > 2 * pool.size:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        for _, reading in waiting:
            reading.cancel()


def read_paper(pool: Pool, path: Path) -> Paper:
    """The paper in a file, read and screened by a process of `pool`. Raises UnreadableFile and the reader's errors."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):  # a pipe or a device would never end
            raise UnreadableFile(path.name, "a file", "a pipe or a device", "Save what it holds as a file.")
        size = about.st_size
        if size > pool.limits.bytes:
            expected = f"at most {pool.limits.bytes >> 20} MB"
            raise LimitExceeded(path.name, expected, f"{size >> 20} MB", "Divide it, and add the parts.")
        data = path.read_bytes()
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise UnreadableFile(path.name, "a readable file", found, "Check the path and its permissions.") from error
    record = pool.read(data, path.name)
    # By the bytes: what a record in JSON says of a file is of the one that it was once read from.
    media_type = sniff.media_type(data, path.name)
    return Paper(record, Document(path.name, media_type, data, pool.screen(data, path.name)))


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
