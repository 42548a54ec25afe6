"""`raadslag demo`: an invented municipality at work and in its archive, on this machine."""

from __future__ import annotations

import argparse
import os
import shlex
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from raadslag.core.errors import RaadslagError

HOST = "127.0.0.1"
PORT = 8000
PORTS_TRIED = 20
# No sample belongs among a municipality's work, and no mail of a sample on the net.
NOT_OURS = (
    "DATABASE_URL", "RAADSLAG_WORKSPACE_DATABASE", "RAADSLAG_MAIL", "RAADSLAG_LOGIN", "RAADSLAG_CHECKPOINTS"
)  # fmt: skip


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of `raadslag`."""
    parser = subparsers.add_parser(
        "demo",
        help="see the sample municipality in a browser",
        description="Put Prøvekommunen, a wholly invented municipality, into a workspace and an archive of their own, "
        "and show both on this machine. Twice adds nothing. Ctrl-C ends it.",
    )
    parser.add_argument("--data", metavar="DIR", type=Path, help="the demo's folder (default: one in your home)")
    parser.add_argument(
        "--port",
        metavar="N",
        type=int,
        default=PORT,
        help=f"the archive's port (default: {PORT}); the workspace takes the next free one",
    )
    parser.add_argument("--no-serve", action="store_true", help="put all in and stop")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Put the sample in, then show it until Ctrl-C; 1 if a paper of the sample was refused."""
    folder = (arguments.data or _own_folder()).expanduser().absolute()
    archive, workspace = folder / "archive", folder / "workspace"
    for name in NOT_OURS:
        os.environ.pop(name, None)
    from raadslag import sample
    from raadslag.cli.archive import add, open_archive
    from raadslag.cli.serve import side_by_side

    print(f"Putting {sample.BODY} into {folder}", file=sys.stderr)
    open_archive(archive)
    with tempfile.TemporaryDirectory(prefix="raadslag-demo-") as papers:
        folders = [sample.lay_out(Path(papers)), sample.lay_out_records(Path(papers))]
        status = add([one for some in folders for one in some], already_public=True, body=sample.BODY)
    port = _free_port(arguments.port)
    workspace_port = _free_port(port + 1)
    address = os.environ["RAADSLAG_WORKSPACE_ADDRESS"] = f"http://{HOST}:{workspace_port}"
    # A process of its own: each of the two sites has its own settings.
    fill = [sys.executable, "-m", "raadslag.cli", "workspace", "sample", "--evening", "--data", str(workspace)]
    filled = subprocess.run(fill, env=_without_settings(), check=False, stdout=subprocess.PIPE, text=True)
    if arguments.no_serve or filled.returncode:
        return status or filled.returncode
    add_own = f"raadslag archive add FOLDER --already-public --body MUNICIPALITY --data {shlex.quote(str(archive))}"
    print(f"The committees' work: {address}/")
    print("Log in as one of them, each once within a day (start again for new links):")
    print(filled.stdout.rstrip())
    print(f"What the public sees: http://{HOST}:{port}/")
    print(f"And finds:            http://{HOST}:{port}/soeg/?q=ensomhed")
    print(f"Add your own papers:  {add_own}", flush=True)
    return side_by_side(
        archive_data=archive, workspace_data=workspace, archive_port=port, workspace_port=workspace_port
    )


def _without_settings() -> dict[str, str]:
    """The environment without the settings that the archive has named for this process."""
    return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}


def _own_folder() -> Path:
    """The demo's own folder. The environment's folders do not count."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "raadslag" / "demo"


def _free_port(first: int) -> int:
    """The first free port from `first` on; says so where that is another one."""
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            try:
                trial.bind((HOST, port))
            except (OSError, OverflowError):
                continue
        if port != first:
            print(f"Port {first} is taken; using {port}.", file=sys.stderr)
        return port
    raise RaadslagError(f"port {first}", f"a free port among {PORTS_TRIED}", "none", "Name another with --port.")
