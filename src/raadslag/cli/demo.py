"""`raadslag demo`: an invented municipality in an archive on this machine."""

from __future__ import annotations

import argparse
import os
import shlex
import socket
import sys
import tempfile
from pathlib import Path

from raadslag.core.errors import RaadslagError

HOST = "127.0.0.1"
PORT = 8000
PORTS_TRIED = 20


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of `raadslag`."""
    parser = subparsers.add_parser(
        "demo",
        help="see the sample municipality in a browser",
        description="Add the papers of Prøvekommunen, a wholly invented municipality, to an archive of their own and "
        "show it on this machine. Twice adds nothing. Ctrl-C ends it.",
    )
    parser.add_argument(
        "--data", metavar="DIR", type=Path, help="the folder of the demo's archive (default: a folder in your home)"
    )
    parser.add_argument(
        "--port",
        metavar="N",
        type=int,
        default=PORT,
        help=f"the port to listen on (default: {PORT}, else the next free one)",
    )
    parser.add_argument("--no-serve", action="store_true", help="add the papers and stop")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Add the sample, then show it until Ctrl-C; 1 if a paper of the sample was refused."""
    data = (arguments.data or _own_folder()).expanduser().absolute()
    from raadslag import sample
    from raadslag.cli.archive import add, open_archive, serve

    print(f"Adding the papers of {sample.BODY} to {data}", file=sys.stderr)
    open_archive(data)
    with tempfile.TemporaryDirectory(prefix="raadslag-demo-") as papers:
        status = add(sample.lay_out(Path(papers)), already_public=True, body=sample.BODY)
    if arguments.no_serve:
        return status
    port = _free_port(arguments.port)
    add_own = f"raadslag archive add FOLDER --already-public --body MUNICIPALITY --data {shlex.quote(str(data))}"
    print(f"Look around:          http://{HOST}:{port}/")
    print(f"Add your own papers:  {add_own}", flush=True)
    return serve(HOST, port)


def _own_folder() -> Path:
    """The demo's own folder. `RAADSLAG_DATA` does not count: no sample belongs among a municipality's papers."""
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
