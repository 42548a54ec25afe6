"""From a backup to an archive that may be served: the same records, and nothing that was withdrawn since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from raadslag.archive import curation, withdrawals
from raadslag.archive.backup.making import ARCHIVE
from raadslag.archive.models import Edition, Portrait, StoredFile, Version
from raadslag.backup import restoring
from raadslag.backup.shape import Manifest
from raadslag.core.errors import RaadslagError
from raadslag.web.folder import write_whole


@dataclass(frozen=True)
class Restored:
    """What was restored: how many records and files were withdrawn after the backup, and how many of those it lacks.

    Of what it lacks nothing was shown; should such a paper be added again, it stays withdrawn.
    """

    withdrawn: int
    unknown: int


def restore(
    source: Path, manifest: Manifest, *, given: Path | None = None, tick: Callable[[int], object] = lambda _: None
) -> Restored:
    """Make the archive of a backup that `reading.check` has found whole, in the empty archive.

    `given` is a copy of the file of withdrawals that was kept elsewhere; the one in the data folder and the one in the
    backup count as well. What any of them says is withdrawn is so from the first moment. As `backup.restoring.restore`.
    """
    if given and not given.is_file():
        raise RaadslagError(str(given), "the file of withdrawals", "none", "Check the path.")
    known = [withdrawals.read(file) for file in (withdrawals.path(), given) if file]
    before = withdrawals.path().read_bytes() if withdrawals.path().exists() else None

    def settle(notes: restoring.Notes) -> Restored:
        lines = notes.get(withdrawals.NAME, b"").splitlines()
        known.append([msgspec.json.decode(line, type=withdrawals.Line) for line in lines])
        _write_down(known)
        return _withdraw([withdrawals.standing(lines) for lines in known])

    try:
        return restoring.restore(ARCHIVE, source, manifest, settle, tick=tick)
    except BaseException:
        withdrawals.path().unlink(missing_ok=True)
        if before is not None:
            withdrawals.path().write_bytes(before)
        raise


def _write_down(known: Sequence[Sequence[withdrawals.Line]]) -> None:
    """Keep every line that any of the files has, each once: what was withdrawn stays so in the next restore as well."""
    lines = dict.fromkeys(msgspec.json.encode(line) + b"\n" for one in reversed(known) for line in one)
    if lines:
        write_whole(withdrawals.path(), b"".join(lines))


def _withdraw(standing: Sequence[withdrawals.Standing]) -> Restored:
    """Withdraw what any of the files says is withdrawn and the backup still shows."""
    versions = {sha256: line for one in standing for sha256, line in one.versions.items()}
    stored = {sha256: line for one in standing for sha256, line in one.files.items()}
    withdrawn = unknown = 0
    shown = [(model.objects.all(), "identity") for model in (Version, Portrait, Edition)]
    for kinds, lines in ((shown, versions), ([(StoredFile.objects.all(), "sha256")], stored)):
        for sha256, line in lines.items():
            found = (rows.filter(**{name: sha256}).values_list(name, "withdrawn_at").first() for rows, name in kinds)
            row = next(filter(None, found), None)
            if row is None:
                unknown += 1
            elif row[1] is None:
                gone = curation.withdraw(sha256, ground=line.ground, by=line.by, at=line.at)
                withdrawn += len(gone.versions) + len(gone.files)
    return Restored(withdrawn, unknown)
