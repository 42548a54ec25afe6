"""`raadslag archive backup | restore`: the whole archive in one file, and back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raadslag.archive.backup.shape import Manifest

BAD = 1


def register(part: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the parts to `raadslag archive`; `part(name, run, purpose)` makes one."""
    backup = part("backup", _backup, "write the whole archive into one file, while it is served")
    backup.add_argument("file", type=Path, metavar="FILE", help="the file to write: .tar, or .tar.gz for a packed one")

    restore = part("restore", _restore, "make an archive from a backup, in an empty folder and database")
    restore.add_argument("file", type=Path, metavar="FILE", help="the backup")
    restore.add_argument(
        "--withdrawals",
        type=Path,
        metavar="FILE",
        help="the newest copy of withdrawals.jsonl: what it names is withdrawn before anything is shown",
    )


def _backup(arguments: argparse.Namespace) -> int:
    from raadslag.cli.archive import open_archive

    open_archive(arguments.data)
    from raadslag.archive.backup.making import back_up

    with _bar("rows and files") as tick:
        manifest = back_up(arguments.file.expanduser(), at=datetime.now(UTC), tick=tick)
    print(f"{arguments.file}: {_counted(manifest)}.")
    for name in manifest.missing:
        print(f"{name}: its bytes are gone or harmed; they are not in the backup.", file=sys.stderr)
    return BAD if manifest.missing else 0


def _restore(arguments: argparse.Namespace) -> int:
    from raadslag.archive.backup.reading import check
    from raadslag.archive.folder import data_folder
    from raadslag.cli.archive import choose_folder
    from raadslag.web.folder import locked

    source = arguments.file.expanduser()
    with _bar("parts read") as tick:
        manifest = check(source, tick=tick)
    choose_folder(arguments.data)
    with locked(data_folder(), "restore"):
        return _restored(source, manifest, arguments.withdrawals)


def _restored(source: Path, manifest: Manifest, given: Path | None) -> int:
    from raadslag.archive.folder import clear_half_restored, data_folder
    from raadslag.cli.archive import open_archive

    if clear_half_restored(data_folder()):
        print("What a restore that was stopped had left was taken away.", file=sys.stderr)
    import django

    django.setup()
    from raadslag.archive.backup import restoring
    from raadslag.archive.search import open_index

    restoring.refuse_what_is_filled()
    open_archive(None)
    with _bar("parts restored") as tick:
        restored = restoring.restore(source, manifest, given=given.expanduser() if given else None, tick=tick)
    open_index().rebuild()
    print(f"Restored as it was at {manifest.made_at:%Y-%m-%d %H:%M} UTC: {_counted(manifest)}.")
    print(f"Withdrawn after that, and so again: {restored.withdrawn} records and files.")
    if restored.unknown:
        print(f"{restored.unknown} more came after the backup and are not in it; added again, they stay withdrawn.")
    for name in manifest.missing:
        print(f"{name}: its bytes were gone or harmed when the backup was made.", file=sys.stderr)
    return BAD if manifest.missing else 0


def _counted(manifest: Manifest) -> str:
    rows = {table.name: table.rows for table in manifest.tables}
    return (
        f"{rows['version']} records of {rows['meeting']} meetings, {sum(manifest.files.values())} files, "
        f"{manifest.journal[0]} entries of the journal"
    )


@contextmanager
def _bar(unit: str) -> Iterator[Callable[[int], object]]:
    from tqdm import tqdm

    with tqdm(unit=f" {unit}", file=sys.stderr, disable=None) as bar:
        yield bar.update
