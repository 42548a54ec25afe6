"""An archive as it is run beside the workspace: its own process, its own data."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from .browser.conftest import ROOT, _free_port, _wait_for


class Archive(NamedTuple):
    """Where it is, the token with which a workspace delivers, and the folder of its data."""

    address: str
    token: str
    data: Path


@contextmanager
def archive_of(body: str, data: Path, *, clock: Path | None = None) -> Iterator[Archive]:
    """An archive in the folder `data`, served on loopback, that takes in what a workspace of `body` delivers.

    Its clock is the machine's, or stands in the file `clock` (see `browser.clocked`).
    """
    start = [sys.executable, "-m", *(["tests.workspace.browser.clocked", str(clock)] if clock else [])]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "raadslag.archive.settings", "RAADSLAG_DATA": str(data)}
    environment.pop("DATABASE_URL", None)
    command = [*start, "raadslag.cli", "archive"]
    made = subprocess.run(
        [*command, "token", "add", "--label", "arbejdsrum", body], env=environment, cwd=ROOT, capture_output=True,
        check=True,
    )  # fmt: skip
    token = max(made.stdout.decode().split(), key=len)
    port = _free_port()
    with subprocess.Popen([*command, "serve", "--port", str(port)], env=environment, cwd=ROOT) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/om/", server)
            yield Archive(f"http://127.0.0.1:{port}", token, data)
        finally:
            server.terminate()
