"""Files by their hashes: whether each lies where its row says, whole, and none lies there that nobody knows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from raadslag.archive import files, journal
from raadslag.archive.checking.findings import LOST, MENDS, Finding
from raadslag.archive.models import StoredFile, WaitingPaper, WithdrawnFile

_PLACES: tuple[files.Place, ...] = ("files", "waiting", "withdrawn")
_AT_ONCE = 500


def stored(tick: Callable[[int], object]) -> Iterator[Finding]:
    """Files that are gone, harmed, or in the wrong place, and files that no row knows.

    What looks wrong is looked at again while nobody writes: a file may be on its way.
    """
    for place in _PLACES:
        for sha256 in _rows(place).order_by("pk").values_list("sha256", flat=True).iterator():
            if any(_of_row(place, sha256)):
                with journal.writing():
                    told = list(_of_row(place, sha256))
                yield from told
            tick(1)
    for place, path in _without_rows():
        with journal.writing():
            is_nobodys = path.exists() and not _is_known(place, path.name)
        if is_nobodys:
            told_at, remedy = f"{place}/{path.parent.name}/{path.name}", "It is never shown: take it away by hand."
            yield Finding(told_at, "a file that a row knows of", "one that none does", remedy)


def _of_row(place: files.Place, sha256: str) -> Iterator[Finding]:
    """What is wrong with the bytes of one row, and with what a withdrawn file's row still says."""
    path, name = files.path(sha256, place), f"{place}/{sha256[:2]}/{sha256}"
    row = _rows(place).filter(sha256=sha256).first()
    if row is None:
        return
    if place == "withdrawn":
        is_kept = WithdrawnFile.objects.filter(file=row).exists()
        if row.name or row.text or files.path(sha256).exists():
            yield Finding(name, "nothing public of a withdrawn file", "some of it", MENDS, "apart", sha256)
        if not is_kept and not (row.name or row.text):
            yield Finding(name, "its name and text, kept apart", "none", LOST)
        if not path.exists() and files.path(sha256).exists():
            return
    try:
        size, found = path.stat().st_size, _hash(path)
    except OSError:
        yield Finding(name, f"a file of {row.size} bytes", "none that can be read", LOST)
        return
    if found != sha256:
        yield Finding(name, "bytes of that hash", f"others ({size} bytes in place of {row.size})", LOST)
    elif size != row.size:
        yield Finding(name, f"{row.size} bytes, as its row says", f"{size}", LOST)


def _without_rows() -> Iterator[tuple[files.Place, Path]]:
    for place in _PLACES:
        paths = (Path(settings.DATA) / place).glob("*/*")
        while some := {path.name: path for path in islice(paths, _AT_ONCE)}:
            known = set(_rows(place).filter(sha256__in=some).values_list("sha256", flat=True))
            yield from ((place, some[name]) for name in sorted(some.keys() - known) if not _is_known(place, name))


def _is_known(place: files.Place, sha256: str) -> bool:
    """Whether a row knows the file; of a withdrawn one that lies among the public ones its own row tells."""
    rows = StoredFile.objects.all() if place == "files" else _rows(place)
    return bool(rows.filter(sha256=sha256).exists())


def _rows(place: files.Place) -> QuerySet[Any]:
    if place == "waiting":
        return WaitingPaper.objects.all()
    return StoredFile.objects.filter(withdrawn_at__isnull=place == "files")


def _hash(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
