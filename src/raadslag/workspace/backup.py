"""What a backup of the workspace holds, and what happens before one that was restored may deliver anything.

Logins and links that log in once are not in it: whoever was logged out after the backup stays so, and all log in again.
What was withdrawn after the backup is withdrawn again as far as the file of withdrawals tells it, in the transaction
that brings the rows; and nothing at all is delivered until the archive has been asked
(`publishing.delivering.ask_again`). Source: invariants I12, I26, I39.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.conf import settings

from raadslag.backup import making, restoring
from raadslag.backup.reading import BadBackup
from raadslag.backup.shape import Manifest, Site
from raadslag.core.errors import RaadslagError
from raadslag.workspace.common import checkpoints, journal
from raadslag.workspace.common.models import Mark
from raadslag.workspace.files.models import StoredFile
from raadslag.workspace.meetings.models import Agenda
from raadslag.workspace.minutes.models import Minutes
from raadslag.workspace.products.models import Version
from raadslag.workspace.publishing import actions as publishing
from raadslag.workspace.publishing.delivering import RESTORED
from raadslag.workspace.publishing.models import ImportedPaper, Release
from raadslag.workspace.reading import sealing

OF_LOGINS = ("account", "mfa", "socialaccount")
"""The login library's tables: addresses, factors, accounts at identity providers."""


class Withdrawal(NamedTuple):
    """That a record was withdrawn after the backup: on what ground, and when."""

    ground: str
    at: datetime


@dataclass(frozen=True)
class Restored:
    """How many releases were withdrawn again; how many entries of the journal came after the backup and are lost, where
    a checkpoint outside tells it; whether there is an archive to ask before anything is delivered."""

    withdrawn: int
    lost: int | None
    has_archive: bool

    def told(self) -> list[str]:
        """What a person has to know of it, in sentences."""
        lines = [f"Withdrawn after that, and so again: {self.withdrawn} releases."]
        if self.lost:
            lines.append(
                f"At least {self.lost} entries of the journal came after the backup, and what they tell is lost."
            )
        elif self.lost is None:
            lines.append("No checkpoint outside tells whether anything came after the backup (RAADSLAG_CHECKPOINTS).")
        lines.append("Nobody is logged in. Look at who left, and what was closed, since the backup was made.")
        if self.has_archive:
            lines.append("Nothing is delivered until the archive has been asked what was withdrawn; `work` asks it.")
        return lines


def back_up(target: Path, *, at: datetime, tick: Callable[[int], object] = lambda _: None) -> Manifest:
    """Write the workspace as it is now into `target`; what it holds. Raises RaadslagError."""
    return making.back_up(WORKSPACE, target, at=at, tick=tick)


def restore(
    source: Path,
    manifest: Manifest,
    withdrawn: Mapping[str, Withdrawal],
    *,
    at: datetime,
    tick: Callable[[int], object] = lambda _: None,
) -> Restored:
    """Make the workspace of a backup that `reading.check` has found whole, in the empty workspace.

    `withdrawn` are the records, by identity, that are known to be withdrawn. Raises BadBackup also where a signed
    checkpoint, in the backup or outside, tells of another journal. As `backup.restoring.restore`.
    """
    data, outside = Path(settings.DATA), Path(settings.CHECKPOINTS) if settings.CHECKPOINTS else None

    def settle(notes: restoring.Notes) -> Restored:
        lost = None
        for lines in (notes.get(checkpoints.FILE), checkpoints.written(outside) if outside else None):
            if lines is None:
                continue
            faults, beyond = checkpoints.compare(data, lines, manifest.journal[0])
            if faults:
                remedy = "Nothing was restored. The backup, or the folder of checkpoints, is of another workspace."
                raise BadBackup(str(source), "the journal that the checkpoints tell of", faults[0], remedy)
            lost = max(lost or 0, beyond)
        Mark.objects.update_or_create(name=RESTORED, defaults={"at": at})
        gone = 0
        for release in Release.objects.in_force().filter(identity__in=withdrawn):
            told = withdrawn[release.identity]
            gone += publishing.note_withdrawn(release, told.ground, at=told.at)
        return Restored(gone, lost, bool(settings.ARCHIVE))

    restored = restoring.restore(WORKSPACE, source, manifest, settle, tick=tick)
    if outside:
        try:
            checkpoints.add_restored(data, outside, *manifest.journal, at=at)
        except OSError as error:
            remedy = "The workspace is restored and whole. Mend the folder, then run `raadslag journal checkpoint`."
            found = error.strerror or type(error).__name__
            raise RaadslagError(str(outside), "a folder for checkpoints", found, remedy) from error
    return restored


def _stored() -> Iterable[tuple[str, str]]:
    """Every file that is there, and every one that a row names."""
    known = set(StoredFile.objects.values_list("sha256", flat=True))
    known |= set(ImportedPaper.objects.values_list("sha256", flat=True))
    for rows in (Agenda.objects, Minutes.objects, Version.objects.exclude(pdf_sha256="")):
        known |= set(rows.values_list("pdf_sha256", flat=True))
    known |= {path.name for path in (Path(settings.DATA) / "files").glob("??/*") if not path.name.startswith(".")}
    return (("files", sha256) for sha256 in sorted(known))


def _checkpoints() -> Mapping[str, bytes]:
    lines = checkpoints.written(Path(settings.CHECKPOINTS)) if settings.CHECKPOINTS else None
    return {} if lines is None else {checkpoints.FILE: lines}


def _labels() -> tuple[str, ...]:
    ours = (one.label for one in apps.get_app_configs() if one.name.startswith("raadslag.workspace."))
    return (*ours, *OF_LOGINS)


WORKSPACE = Site(
    name="workspace", places=("files",), keys=("secret-key", "checkpoint-key", sealing.KEY), labels=_labels(),
    stored=_stored,
    head=journal.head, first_broken=journal.first_broken, notes=_checkpoints,
    left_out=frozenset({"people.loginlink", "account.emailconfirmation", "common.mark", "products.presence"}),
)  # fmt: skip
