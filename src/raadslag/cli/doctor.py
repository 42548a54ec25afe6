"""`raadslag doctor`: whether the workspace is well, one plain sentence for each part that it stands on."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from raadslag.core.errors import RaadslagError

BAD = 1
_SIGNS = {"well": "  ", "note": "- ", "fault": "! "}


def register(subparsers: Any) -> None:
    """Add the command to the parser of `raadslag`."""
    parser = subparsers.add_parser(
        "doctor",
        help="tell whether the workspace is well",
        description="Look at every part that the workspace stands on and tell of each in a sentence. Nothing is "
        "changed, and no secret is told. The exit status is 1 where something has to be mended (!).",
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="the workspace's data folder (or RAADSLAG_WORKSPACE)")
    parser.add_argument("--json", action="store_true", help="print one JSON object for programs")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tell what is found; 1 where anything has to be mended."""
    found = []
    for about, state, told in _found(arguments.data):
        found.append({"about": about, "state": state, "told": told})
        if not arguments.json:
            print(f"{_SIGNS[state]}{about.capitalize()}: {told}", flush=True)
    faults = sum(one["state"] == "fault" for one in found)
    if arguments.json:
        print(json.dumps({"is_well": not faults, "findings": found}, ensure_ascii=False))
    else:
        print("All is well." if not faults else f"{faults} to mend.")
    return BAD if faults else 0


def _found(data: Path | None) -> Iterator[tuple[str, str, str]]:
    from raadslag.cli.workspace import choose_folder
    from raadslag.web.folder import data_folder

    choose_folder(data)
    folder = data_folder("RAADSLAG_WORKSPACE", "workspace")
    try:
        if not (folder / "secret-key").exists():
            yield "data folder", "fault", f"There is no workspace in {folder}. Name its folder with --data."
            return
    except OSError as error:
        yield "data folder", "fault", f"{folder} cannot be read: {error.strerror}. Ask as the user who serves."
        return
    try:
        import django

        django.setup()
    except RaadslagError as error:
        yield "settings", "fault", str(error)
        return
    except Exception as error:  # its words may hold a setting
        yield "settings", "fault", f"They cannot be read: {type(error).__name__}."
        return
    from raadslag.workspace.doctor import findings

    yield from findings(datetime.now(UTC))
