"""`raadslag watch`: look at the public site as a stranger, and tell where something should not stand there."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path
from typing import Any

ALARM, UNSEEN = 1, 2
CANARIES = "RAADSLAG_CANARIES"
_EVERY = 100  # pages between two lines of progress


def register(subparsers: Any) -> None:
    """Add the command to the parser of `raadslag`."""
    parser = subparsers.add_parser(
        "watch",
        help="look at the public site as a stranger, every night",
        description="Ask for every page of the public site that can be reached, and raise an alarm where a canary is "
        "seen, a record or a file that this workspace has not released or has taken back, or more of a closed item "
        "than its public face. The exit status is 0 where all is quiet, 1 for an alarm, 2 where it could not be seen.",
    )
    parser.add_argument("address", nargs="?", metavar="ADDRESS", help="the site (default: RAADSLAG_ARCHIVE)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the workspace's data folder (or RAADSLAG_WORKSPACE)")
    parser.add_argument("--canaries", type=Path, metavar="FILE", help=f"a secret word on each line (or {CANARIES})")
    parser.add_argument("--most", type=int, metavar="N", help="pages to ask for at most (default: 20000)")
    parser.add_argument("--pause", type=float, default=0.05, metavar="S", help="seconds between two (default: 0.05)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look, and tell."""
    from raadslag.cli.workspace import open_workspace

    open_workspace(arguments.data)
    from django.conf import settings
    from django.utils import timezone

    from raadslag.workspace.publishing import watching

    address = arguments.address or settings.ARCHIVE
    if not address.startswith(("http://", "https://")):
        print("raadslag: name the public site, such as https://referater.proeve.example", file=sys.stderr)
        return UNSEEN
    try:
        words = _words(arguments.canaries)
    except (OSError, UnicodeDecodeError) as error:
        print(f"raadslag: the canaries cannot be read: {type(error).__name__}", file=sys.stderr)
        return UNSEEN
    try:
        seen = watching.look(
            address, words, at=timezone.now, most=arguments.most or watching.MOST, pause=arguments.pause, told=_progress
        )
    except watching.Unanswered as fault:
        print(f"raadslag: {fault}", file=sys.stderr)
        return UNSEEN
    watching.note(seen, at=timezone.now(), to=settings.ALARM_MAIL)
    for alarm in seen.alarms:
        logging.getLogger(__name__).error("Alarm: %s: %s", alarm.what, alarm.where)
    rest = "" if seen.is_whole else ", and there are more"
    canaries = f"{len(words)} canaries" if len(words) != 1 else "1 canary"
    print(f"{seen.pages} pages seen{rest}, {canaries} looked for, {len(seen.alarms)} alarms.")
    return ALARM if seen.alarms else 0


def _words(file: Path | None) -> list[str]:
    """The canaries; the environment names a file, or holds them, parted by commas."""
    told = os.environ.get(CANARIES, "")
    if file is None and told.startswith("/"):
        file = Path(told)
    lines = file.read_text(encoding="utf-8").splitlines() if file else told.split(",")
    return list(dict.fromkeys(word for line in lines if (word := line.strip())))


def _progress(pages: int) -> None:
    if pages % _EVERY == 0:
        print(f"{pages} pages …", file=sys.stderr, flush=True)
