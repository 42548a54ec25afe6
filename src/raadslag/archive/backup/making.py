"""From a running archive to one file, as `raadslag.backup.making` writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from raadslag.archive import journal, withdrawals
from raadslag.archive.backup import KEYS, PLACES
from raadslag.archive.models import StoredFile, WaitingPaper
from raadslag.backup import making
from raadslag.backup.shape import Manifest, Site


def back_up(target: Path, *, at: datetime, tick: Callable[[int], object] = lambda _: None) -> Manifest:
    """Write the archive as it is now into `target`; what it holds. Raises RaadslagError."""
    return making.back_up(ARCHIVE, target, at=at, tick=tick)


def _stored() -> Iterable[tuple[str, str]]:
    stored = StoredFile.objects.order_by("sha256").values_list("sha256", "withdrawn_at")
    for sha256, withdrawn_at in stored.iterator():
        yield "withdrawn" if withdrawn_at else "files", sha256
    for sha256 in WaitingPaper.objects.order_by("sha256").values_list("sha256", flat=True).iterator():
        yield "waiting", sha256


def _head() -> tuple[int, str]:
    head = journal.head()
    return head.number, head.hash


def _withdrawals() -> Mapping[str, bytes]:
    """A withdrawal that came while the rows were written is in force after it is restored."""
    lines = withdrawals.read(withdrawals.path())
    return {withdrawals.NAME: b"".join(msgspec.json.encode(line) + b"\n" for line in lines)}


ARCHIVE = Site(
    name="archive", places=PLACES, keys=KEYS, labels=("archive",), stored=_stored, head=_head,
    first_broken=journal.first_broken, notes=_withdrawals,
)  # fmt: skip
