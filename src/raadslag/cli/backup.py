"""`raadslag archive backup | restore` and `raadslag workspace backup | restore`: a whole site in one file, and back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from raadslag.core.errors import RaadslagError

if TYPE_CHECKING:
    from raadslag.backup.shape import Manifest

BAD = 1
_WITHDRAWALS = (
    "the newest copy of the archive's withdrawals.jsonl: what it names is withdrawn before anything is served"
)
Run = Callable[[argparse.Namespace], int]


def register_archive(part: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the parts to `raadslag archive`; `part(name, run, purpose)` makes one."""
    _register(part, "archive", _back_up_archive, _restore_archive)


def register_workspace(part: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the parts to `raadslag workspace`; `part(name, run, purpose)` makes one."""
    _register(part, "workspace", _back_up_workspace, _restore_workspace)


def _register(part: Callable[..., argparse.ArgumentParser], site: str, back_up: Run, restore: Run) -> None:
    backup = part("backup", back_up, f"write the whole {site} into one file, while it is served")
    add_target(backup)
    restored = part("restore", restore, f"make the {site} from a backup, in an empty folder and database")
    add_source(restored)


def add_target(parser: argparse.ArgumentParser) -> None:
    """Where a backup goes."""
    told = "the file to write: .tar, or .tar.gz for a packed one; - for standard output"
    parser.add_argument("file", type=Path, metavar="FILE", help=told)


def add_source(parser: argparse.ArgumentParser) -> None:
    """What is restored, and what was withdrawn since."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup, of this site or of both")
    parser.add_argument("--withdrawals", type=Path, metavar="FILE", help=_WITHDRAWALS)


def _back_up_archive(arguments: argparse.Namespace) -> int:
    from raadslag.cli.archive import open_archive

    open_archive(arguments.data)
    from raadslag.archive.backup.making import back_up

    return _backed_up(arguments.file, back_up)


def _back_up_workspace(arguments: argparse.Namespace) -> int:
    from raadslag.cli.workspace import open_workspace

    open_workspace(arguments.data)
    from raadslag.workspace.backup import back_up

    return _backed_up(arguments.file, back_up)


def _backed_up(file: Path, back_up: Callable[..., Manifest]) -> int:
    with bar("rows and files") as tick:
        manifest = back_up(file.expanduser(), at=datetime.now(UTC), tick=tick)
    print(f"{file}: {counted(manifest)}.", file=sys.stderr if str(file) == "-" else sys.stdout)
    for name in manifest.missing:
        print(f"{name}: its bytes are gone or harmed; they are not in the backup.", file=sys.stderr)
    return BAD if manifest.missing else 0


def _restore_archive(arguments: argparse.Namespace) -> int:
    from raadslag.archive.backup import KEYS, PLACES
    from raadslag.archive.folder import data_folder
    from raadslag.cli.archive import choose_folder

    source, manifest = _checked(arguments.file, "archive")
    choose_folder(arguments.data)
    with _emptied(data_folder(), "archive", PLACES, KEYS):
        from raadslag.archive.backup import restoring
        from raadslag.archive.backup.making import ARCHIVE
        from raadslag.archive.search import open_index
        from raadslag.backup.restoring import refuse_what_is_filled

        refuse_what_is_filled(ARCHIVE)
        with bar("parts restored") as tick:
            restored = restoring.restore(source, manifest, given=_given(arguments), tick=tick)
        open_index().rebuild()
    _tell(manifest)
    print(f"Withdrawn after that, and so again: {restored.withdrawn} records and files.")
    if restored.unknown:
        print(f"{restored.unknown} more came after the backup and are not in it; added again, they stay withdrawn.")
    return BAD if manifest.missing else 0


def _restore_workspace(arguments: argparse.Namespace) -> int:
    from raadslag.cli.workspace import choose_folder
    from raadslag.web.folder import data_folder

    source, manifest = _checked(arguments.file, "workspace")
    choose_folder(arguments.data)
    with _emptied(data_folder("RAADSLAG_WORKSPACE", "workspace"), "workspace", ("files",),
                  ("secret-key", "checkpoint-key")):  # fmt: skip
        from django.core.management import call_command

        from raadslag.archive import withdrawals
        from raadslag.backup.restoring import refuse_what_is_filled
        from raadslag.workspace import backup

        refuse_what_is_filled(backup.WORKSPACE)
        given = _given(arguments)
        if given and not given.is_file():
            raise RaadslagError(str(given), "the file of withdrawals", "none", "Check the path.")
        lines = withdrawals.standing(withdrawals.read(given)).versions if given else {}
        withdrawn = {identity: backup.Withdrawal(line.ground, line.at) for identity, line in lines.items()}
        with bar("parts restored") as tick:
            restored = backup.restore(source, manifest, withdrawn, at=datetime.now(UTC), tick=tick)
        call_command("createcachetable", verbosity=0)
    _tell(manifest)
    for line in restored.told():
        print(line)
    return BAD if manifest.missing else 0


def _checked(file: Path, site: str) -> tuple[Path, Manifest]:
    from raadslag.backup.reading import check

    source = file.expanduser()
    with bar("parts read") as tick:
        return source, check(source, site, tick=tick)


@contextmanager
def _emptied(folder: Path, site: str, places: tuple[str, ...], keys: tuple[str, ...]) -> Iterator[None]:
    """The site in the chosen folder, opened but with no tables made, and nobody else restoring into it."""
    from raadslag.backup.restoring import clear_half_restored
    from raadslag.web.folder import locked

    with locked(folder, "restore"):
        if clear_half_restored(folder, site, places, keys):
            print("What a restore that was stopped had left was taken away.", file=sys.stderr)
        import django
        from django.db import DatabaseError

        try:
            django.setup()
            yield
        except DatabaseError as error:
            remedy = "Check that it runs, and that the environment names it. Then restore again."
            raise RaadslagError("the database", "one that answers", type(error).__name__, remedy) from error


def _given(arguments: argparse.Namespace) -> Path | None:
    return arguments.withdrawals.expanduser() if arguments.withdrawals else None


def _tell(manifest: Manifest) -> None:
    print(f"Restored as it was at {manifest.made_at:%Y-%m-%d %H:%M} UTC: {counted(manifest)}.")
    for name in manifest.missing:
        print(f"{name}: its bytes were gone or harmed when the backup was made.", file=sys.stderr)


def counted(manifest: Manifest) -> str:
    """What a backup holds, in numbers."""
    files, entries = sum(manifest.files.values()), manifest.journal[0]
    if manifest.site == "archive":
        told = f"{manifest.rows('archive.version')} records of {manifest.rows('archive.meeting')} meetings"
    else:
        told = f"{manifest.rows('cases.case')} cases, {manifest.rows('meetings.meeting')} meetings"
    return f"{told}, {files} files, {entries} entries of the journal"


@contextmanager
def bar(unit: str) -> Iterator[Callable[[int], object]]:
    """A line that tells how far it is, where somebody sees it."""
    from tqdm import tqdm

    with tqdm(unit=f" {unit}", file=sys.stderr, disable=None) as shown:
        yield shown.update
