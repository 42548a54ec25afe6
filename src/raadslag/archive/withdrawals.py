"""What was withdrawn, in a file beside the database: a backup that is older must not bring it back.

Each withdrawal adds a line of hashes, moment and ground to `withdrawals.jsonl` in the data folder before it holds, and
taking one back adds a line after that holds; so what is lost between the two leaves too little public, never too
much. `archive.backup.restoring` applies the file before anything is served. Keep a copy of it elsewhere: it is small
and holds nothing of what was withdrawn. Source: invariants I12 and I39.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec
from django.conf import settings

from raadslag.core.errors import RaadslagError
from raadslag.web.folder import sync

NAME = "withdrawals.jsonl"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One withdrawal, or the taking back of one: records by identity and files by hash."""

    kind: Literal["withdrawn", "restored"]
    versions: tuple[str, ...]
    files: tuple[str, ...]
    ground: str = ""
    at: datetime
    by: str


class Standing(msgspec.Struct, frozen=True):
    """What is withdrawn after all lines, by hash: the line that withdrew it last."""

    versions: dict[str, Line]
    files: dict[str, Line]


def note(versions: Sequence[str], files: Sequence[str], *, ground: str, at: datetime, by: str) -> None:
    """Write down a withdrawal, for good; only ever called within `journal.writing`, before its commit."""
    _add(Line(kind="withdrawn", versions=tuple(versions), files=tuple(files), ground=ground, at=at, by=by))


def note_restored(versions: Sequence[str], files: Sequence[str], *, at: datetime, by: str) -> None:
    """Write down that a withdrawal was taken back; as `note`, but after the commit."""
    _add(Line(kind="restored", versions=tuple(versions), files=tuple(files), at=at, by=by))


def path() -> Path:
    """Where the running archive writes down its withdrawals."""
    return Path(settings.DATA) / NAME


def read(file: Path) -> list[Line]:
    """The lines of a file, the oldest first; none where there is no file.

    A last line that was cut off while it was written is left out. Raises RaadslagError for any other that is no line
    of ours, with its number.
    """
    try:
        written = file.read_bytes()
    except FileNotFoundError:
        return []
    lines = []
    for number, line in enumerate(written.split(b"\n")[:-1], 1):
        try:
            lines.append(msgspec.json.decode(line, type=Line))
        except msgspec.DecodeError as error:
            remedy = "Take the copy that is kept elsewhere."
            raise RaadslagError(f"{file}, line {number}", "a withdrawal", "something else", remedy) from error
    return lines


def standing(lines: Sequence[Line]) -> Standing:
    """What is withdrawn after all of `lines`, in their order."""
    told = Standing({}, {})
    for line in lines:
        for hashes, known in ((line.versions, told.versions), (line.files, told.files)):
            for sha256 in hashes:
                known.pop(sha256, None)
                if line.kind == "withdrawn":
                    known[sha256] = line
    return told


def in_force() -> Standing:
    """What is withdrawn by the running archive's own file; read again only where it has changed."""
    try:
        about = path().stat()
    except FileNotFoundError:
        return Standing({}, {})
    return _in_force(path(), about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=1)
def _in_force(file: Path, _changed: int, _size: int) -> Standing:
    return standing(read(file))


def _add(line: Line) -> None:
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_new = not file.exists()
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as opened:
        opened.seek(_whole(opened.read()))
        opened.truncate()
        opened.write(msgspec.json.encode(line) + b"\n")
        opened.flush()
        os.fsync(opened.fileno())
    if is_new:
        sync(file.parent)


def _whole(written: bytes) -> int:
    """How many bytes of the file are whole lines: the power may have gone while the last was written."""
    return written.rfind(b"\n") + 1
