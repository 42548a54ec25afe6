"""`raadslag serve`: workspace, its background work and the archive side by side on this machine."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ARCHIVE_PORT = 8000
WORKSPACE_PORT = 8001
STOPS_WITHIN = 15.0
YIELDS = (
    6  # the archive's niceness: a quarter of the workspace's weight, as in `deploy/`, so the meeting comes first (I37)
)


def register(subparsers: Any) -> None:
    """Add the command to the parser of `raadslag`."""
    parser = subparsers.add_parser(
        "serve",
        help="workspace, background work and archive side by side",
        description="Serve workspace and archive on two ports of this machine, and do the background "
        "work. Ctrl-C ends all three; if one ends by itself, so do the others.",
    )
    parser.add_argument("--archive-data", type=Path, metavar="DIR", help="the archive's data folder (or RAADSLAG_DATA)")
    parser.add_argument(
        "--workspace-data", type=Path, metavar="DIR", help="the workspace's data folder (or RAADSLAG_WORKSPACE)"
    )
    parser.add_argument("--archive-port", type=int, default=ARCHIVE_PORT, metavar="N")
    parser.add_argument("--workspace-port", type=int, default=WORKSPACE_PORT, metavar="N")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Start the three and wait for them."""
    from raadslag.cli.workspace import open_workspace, tell_first_run

    os.environ.setdefault("RAADSLAG_WORKSPACE_ADDRESS", f"http://127.0.0.1:{arguments.workspace_port}")
    open_workspace(arguments.workspace_data)  # one process migrates, before two use what it makes
    print(f"The committees' work: {os.environ['RAADSLAG_WORKSPACE_ADDRESS']}/")
    tell_first_run()
    print(f"What the public sees: http://127.0.0.1:{arguments.archive_port}/", flush=True)
    return side_by_side(
        archive_data=arguments.archive_data, workspace_data=arguments.workspace_data,
        archive_port=arguments.archive_port, workspace_port=arguments.workspace_port,
    )  # fmt: skip


def side_by_side(*, archive_data: Path | None, workspace_data: Path | None, archive_port: int,
                 workspace_port: int) -> int:  # fmt: skip
    """Run the three, each with its own settings, until one of them ends or Ctrl-C; 0 where they were told to stop."""
    archive = ["--data", str(archive_data)] if archive_data else []
    workspace = ["--data", str(workspace_data)] if workspace_data else []
    commands: Sequence[Sequence[str]] = (
        ("archive", "serve", "--port", str(archive_port), *archive),
        ("workspace", "serve", "--port", str(workspace_port), *workspace),
        ("workspace", "work", *workspace),
    )
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    processes = [
        subprocess.Popen([sys.executable, "-m", "raadslag.cli", *command], env=environment, stdout=subprocess.DEVNULL)
        for command in commands
    ]
    os.setpriority(os.PRIO_PROCESS, processes[0].pid, YIELDS)
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    try:
        while all(one.poll() is None for one in processes):
            time.sleep(0.2)
        return next(one.returncode for one in processes if one.poll() is not None) or 1
    except KeyboardInterrupt:
        return 0
    finally:
        end(processes)


def _interrupt() -> None:
    raise KeyboardInterrupt


def end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Tell them to stop, and stop those that do not."""
    for one in processes:
        with contextlib.suppress(ProcessLookupError):
            one.terminate()
    deadline = time.monotonic() + STOPS_WITHIN
    for one in processes:
        try:
            one.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            one.kill()
            one.wait()
