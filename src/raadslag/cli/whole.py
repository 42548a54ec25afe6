"""`raadslag backup | restore`: workspace and archive in one file, and back."""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from raadslag.cli.backup import BAD, add_source, add_target, bar, counted
from raadslag.core.errors import RaadslagError


def register(subparsers: Any) -> None:
    """Add the two commands to the parser of `raadslag`."""
    for name, run, purpose, add in (
        ("backup", _back_up, "write workspace and archive into one file, while they are served", add_target),
        ("restore", _restore, "make workspace and archive from one backup, in empty folders and databases", add_source),
    ):
        parser = subparsers.add_parser(name, help=purpose, description=purpose.capitalize() + ".")
        add(parser)
        parser.add_argument(
            "--workspace-data", type=Path, metavar="DIR", help="the workspace's data folder (or RAADSLAG_WORKSPACE)"
        )
        parser.add_argument(
            "--archive-data", type=Path, metavar="DIR", help="the archive's data folder (or RAADSLAG_DATA)"
        )
        parser.set_defaults(run=run)


def _folders(arguments: argparse.Namespace) -> dict[str, Path]:
    from raadslag.web.folder import data_folder

    chosen = (arguments.workspace_data, "RAADSLAG_WORKSPACE"), (arguments.archive_data, "RAADSLAG_DATA")
    return {
        site: (given or data_folder(variable, site)).expanduser().absolute()
        for site, (given, variable) in zip(("workspace", "archive"), chosen, strict=True)
    }


def _back_up(arguments: argparse.Namespace) -> int:
    """Each site in a process of its own, with its own settings, writes what goes below a folder of its name."""
    from raadslag.backup.making import STANDARD_OUTPUT, opened

    folders = _folders(arguments)
    for site, folder in folders.items():
        if not folder.is_dir():
            remedy = "Name it; where there is only one of the two here, `raadslag SITE backup` takes that one alone."
            raise RaadslagError(str(folder), f"the data folder of the {site}", "none", remedy)
    target = arguments.file.expanduser()
    missing: list[str] = []
    with opened(target) as whole:
        for site, folder in folders.items():
            missing += _add(whole, site, folder, sys.stderr if target == STANDARD_OUTPUT else sys.stdout)
    for name in missing:
        print(f"{name}: its bytes are gone or harmed; they are not in the backup.", file=sys.stderr)
    return BAD if missing else 0


def _add(whole: tarfile.TarFile, site: str, folder: Path, out: Any) -> Sequence[str]:
    """Put one site into the file; the names of its files that are gone or harmed. Raises RaadslagError."""
    from raadslag.backup import making, reading
    from raadslag.backup.shape import MANIFEST

    manifest = None
    command = [*_raadslag(site), "backup", "-", "--data", str(folder)]
    with subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            with tarfile.open(fileobj=process.stdout, mode="r|") as tar, bar(f"parts of the {site}") as tick:
                for about in tar:
                    stream = tar.extractfile(about)
                    if stream is None:
                        raise tarfile.TarError
                    if about.name == MANIFEST:
                        data = stream.read()
                        manifest = reading.manifest_of(Path(site), data)
                        making.put(whole, f"{site}/{about.name}", len(data), io.BytesIO(data))
                    else:
                        making.put(whole, f"{site}/{about.name}", about.size, stream)
                    tar.members.clear()
                    tick(1)
        except tarfile.TarError:
            manifest = None
        said = process.stderr.read().decode(errors="replace").strip() if process.stderr else ""
    if manifest is None or process.returncode not in (0, BAD):
        raise RaadslagError(f"the {site}", "a whole backup of it", "none", f"Nothing was written. It said: {said}")
    print(f"The {site}: {counted(manifest)}.", file=out)
    return [f"{site}/{name}" for name in manifest.missing]


def _restore(arguments: argparse.Namespace) -> int:
    """The archive first: what it knows to be withdrawn, the workspace takes from it."""
    from raadslag.backup import reading

    source, folders = arguments.file.expanduser(), _folders(arguments)
    with bar("parts of the workspace read") as tick:  # it comes second, and is known to be whole before the first
        reading.check(source, "workspace", tick=tick)
    given = ["--withdrawals", str(arguments.withdrawals.expanduser())] if arguments.withdrawals else []
    if status := _restored("archive", source, folders["archive"], given):
        print("raadslag: nothing was restored to the workspace, which is as it was.", file=sys.stderr)
        return status
    known = folders["archive"] / "withdrawals.jsonl"
    if status := _restored(
        "workspace", source, folders["workspace"], ["--withdrawals", str(known)] if known.exists() else []
    ):
        told = f"`raadslag workspace restore {source} --withdrawals {known}`"
        print(
            f"raadslag: the archive is restored and whole; the workspace is not. Mend it, then {told}", file=sys.stderr
        )
        return status
    return 0


def _restored(site: str, source: Path, folder: Path, more: Sequence[str]) -> int:
    print(f"The {site}, into {folder}:", flush=True)
    command = [*_raadslag(site), "restore", str(source), "--data", str(folder), *more]
    return subprocess.run(command, env=_environment(), check=False).returncode


def _raadslag(site: str) -> list[str]:
    return [sys.executable, "-m", "raadslag.cli", site]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
