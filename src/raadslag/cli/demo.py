"""`raadslag demo`: an invented municipality at work and in its archive, on this machine."""

from __future__ import annotations

import argparse
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from raadslag.core.errors import RaadslagError

HOST = "127.0.0.1"
PORT = 8000
PORTS_TRIED = 20
# No sample belongs among a municipality's work or in its archive, and no mail of a sample on the net.
NOT_OURS = (
    "DATABASE_URL", "RAADSLAG_WORKSPACE_DATABASE", "RAADSLAG_MAIL", "RAADSLAG_LOGIN", "RAADSLAG_CHECKPOINTS",
    "RAADSLAG_ARCHIVE", "RAADSLAG_ARCHIVE_TOKEN",
)  # fmt: skip
PATIENCE = 60  # seconds until the archive answers, on a slow machine


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of `raadslag`."""
    parser = subparsers.add_parser(
        "demo",
        help="see the sample municipality in a browser",
        description="Put Prøvekommunen, a wholly invented municipality, into a workspace and an archive of their own, "
        "and show both on this machine: what is published in the one is shown by the other. The fifth of six meetings "
        "is being held. Twice adds nothing. Ctrl-C ends it.",
    )
    parser.add_argument(
        "--later",
        action="store_true",
        help="come half a year later: the council has decided, and the first reports are there; a demo of its own",
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
    folder = (arguments.data or _own_folder(is_later=arguments.later)).expanduser().absolute()
    archive, workspace = folder / "archive", folder / "workspace"
    for name in NOT_OURS:
        os.environ.pop(name, None)
    from raadslag import sample
    from raadslag.cli.archive import add, open_archive
    from raadslag.cli.serve import side_by_side

    print(f"Putting {sample.BODY} into {folder}", file=sys.stderr)
    open_archive(archive)
    status = 0
    if not arguments.later:  # there all that is public was let out by the workspace
        with tempfile.TemporaryDirectory(prefix="raadslag-demo-") as papers:
            folders = [sample.lay_out(Path(papers)), sample.lay_out_records(Path(papers))]
            status = add([one for some in folders for one in some], already_public=True, body=sample.BODY)
    port = _free_port(arguments.port)
    workspace_port = _free_port(port + 1)
    address = os.environ["RAADSLAG_WORKSPACE_ADDRESS"] = f"http://{HOST}:{workspace_port}"
    public = os.environ["RAADSLAG_ARCHIVE"] = f"http://{HOST}:{port}"
    os.environ["RAADSLAG_ARCHIVE_TOKEN"] = _token(folder / "token", sample.BODY)
    # A process of its own: each of the two sites has its own settings.
    fill = [sys.executable, "-m", "raadslag.cli", "workspace", "sample", "--data", str(workspace)]
    fill += ["--scene", "later" if arguments.later else "evening"]
    with _answering(archive, port) if arguments.later else nullcontext():
        filled = subprocess.run(fill, env=_without_settings(), check=False, stdout=subprocess.PIPE, text=True)
    if arguments.no_serve or filled.returncode:
        return status or filled.returncode
    add_own = f"raadslag archive add FOLDER --already-public --body MUNICIPALITY --data {shlex.quote(str(archive))}"
    print(f"The committees' work: {address}/")
    print("Log in as one of them, each once within a day (start again for new links):")
    print(filled.stdout.rstrip())
    print(f"What the public sees: {public}/")
    print(f"And finds:            {public}/soeg/?q=ensomhed")
    print(f"Add your own papers:  {add_own}", flush=True)
    return side_by_side(
        archive_data=archive, workspace_data=workspace, archive_port=port, workspace_port=workspace_port
    )


def _token(file: Path, body: str) -> str:
    """What the demo's workspace delivers with: made once, and kept for the next start."""
    from raadslag.archive.delivery import tokens

    if not file.exists():
        _row, text = tokens.make(body, label="demo", by="demo", at=datetime.now(UTC))
        new = file.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(text)
        new.replace(file)
    return file.read_text()


@contextmanager
def _answering(archive: Path, port: int) -> Iterator[None]:
    """The archive answers while the sample is put in: what a promise stems from has to be shown before it."""
    from raadslag.cli.serve import end

    command = [sys.executable, "-m", "raadslag.cli", "archive", "serve", "--port", str(port), "--data", str(archive)]
    process = subprocess.Popen(command, env=_without_settings(), stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RaadslagError(f"port {port}", "the archive's answer", "none", "Name another with --port.")
            time.sleep(0.1)
        if process.poll() is not None:  # it is somebody else's that answers
            raise RaadslagError(f"port {port}", "a free port", "somebody else’s", "Name another with --port.")
        yield
    finally:
        end([process])


def _listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex((HOST, port)) == 0


def _without_settings() -> dict[str, str]:
    """The environment without the settings that the archive has named for this process."""
    return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}


def _own_folder(*, is_later: bool) -> Path:
    """The demo's own folder. The environment's folders do not count."""
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return home / "raadslag" / ("demo-later" if is_later else "demo")


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
