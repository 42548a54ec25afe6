"""An archive as it is run beside the workspace: its own process, its own data."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from .browser.conftest import ROOT, _free_port, _wait_for


class Archive(NamedTuple):
    """Where it is, the token with which a workspace delivers, and the folder of its data; its command (what follows
    `raadslag archive`), its process, which `restart` starts again, and where what it writes to its log is kept."""

    address: str
    token: str
    data: Path
    run: Callable[..., str]
    server: list[subprocess.Popen[bytes]]
    restart: Callable[[], None]
    log: Path


_EMPTY: dict[tuple[str, str], tuple[str, dict[str, bytes]]] = {}
"""By body and what the clock said first: the token of an archive that has taken in nothing yet, and its database. Made
once in each process of the tests; its keys are each archive's own."""


@contextmanager
def archive_of(body: str, data: Path, *, clock: Path | None = None) -> Iterator[Archive]:
    """An archive in the folder `data`, served on loopback, that takes in what a workspace of `body` delivers.

    Its clock is the machine's, or stands in the file `clock` (see `browser.clocked`).
    """
    start = [sys.executable, "-m", *(["tests.workspace.browser.clocked", str(clock)] if clock else [])]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "raadslag.archive.settings", "RAADSLAG_DATA": str(data)}
    environment.pop("DATABASE_URL", None)
    command = [*start, "raadslag.cli", "archive"]

    def run(*arguments: str) -> str:
        done = subprocess.run([*command, *arguments], env=environment, cwd=ROOT, capture_output=True, check=True)
        return done.stdout.decode()

    begins = body, clock.read_text() if clock else ""
    if data.exists() or begins not in _EMPTY:
        is_new = not data.exists()
        token = max(run("token", "add", "--label", "arbejdsrum", body).split(), key=len)
        if is_new:
            _EMPTY[begins] = token, {one.name: one.read_bytes() for one in data.glob("archive.sqlite3*")}
    else:
        token, files = _EMPTY[begins]
        data.mkdir(mode=0o700, parents=True)
        for name, content in files.items():
            (data / name).touch(mode=0o600)
            (data / name).write_bytes(content)
    server: list[subprocess.Popen[bytes]] = []
    port, log = _free_port(), data.with_name(f"{data.name}.log")
    address = f"http://127.0.0.1:{port}"

    def restart() -> None:
        for tries in range(5):
            with log.open("ab") as told:
                server[:] = [
                    subprocess.Popen([*command, "serve", "--port", str(port)], env=environment, cwd=ROOT, stderr=told)
                ]
            try:
                _wait_for(f"{address}/om/", server[0])
            except AssertionError:  # a line of somebody else's may have the port for a moment
                if tries == 4 or server[0].poll() is None:
                    raise
                time.sleep(1)
            else:
                return

    try:
        restart()
        yield Archive(address, token, data, run, server, restart, log)
    finally:
        for one in server:
            one.terminate()
            one.wait(20)
