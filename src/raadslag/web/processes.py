"""Several processes that serve one address, each with its share of the lines."""

from __future__ import annotations

import logging
import resource
import socket
import sys
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

log = logging.getLogger("uvicorn.error")


class Shared(socket.socket):
    """A socket at an address that, handed to another process, is one of its own there.

    The kernel gives each that listens its share of the lines. With one socket for all, whichever wakes first takes the
    line, which is most often the same: of two processes one had three lines of four, and the other little to do.
    """

    def __init__(self, address: Any) -> None:
        super().__init__(_family(address[0]))
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.bind(address)

    def __reduce__(self) -> Any:
        return _shared, (self.getsockname(),)


def _shared(address: Any) -> Shared:
    """One of several at an address. Where it is not to be had, this process says so as uvicorn's do, and ends."""
    try:
        return Shared(address)
    except OSError as error:
        log.error(error)
        sys.exit(STARTUP_FAILURE)


def _alone(address: Any) -> None:
    """Raises OSError where somebody listens at an address already, also one who would share it: another server of ours
    would have half of the lines, and nobody would know."""
    with socket.socket(_family(address[0])) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(address)


def _family(host: str) -> int:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def serve(application: str, *, host: str, port: int, workers: int, **options: Any) -> None:
    """Serve an ASGI application until the process is told to stop; `options` are uvicorn's. Ends the process where the
    address is not to be had."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a line for each who reads or follows
    # Addresses hold what people search for, so no line is written for a request; faults are told as the settings say.
    options |= {"access_log": False, "log_config": None, "log_level": "error", "server_header": False}
    if workers == 1 or sys.platform != "linux":  # elsewhere one socket of several has all the lines
        uvicorn.run(application, host=host, port=port, workers=workers, **options)
        return
    config = uvicorn.Config(application, host=host, port=port, workers=workers, **options)
    try:
        _alone((host, port))
    except OSError as error:
        log.error(error)
        sys.exit(STARTUP_FAILURE)
    with _shared((host, port)) as held:  # does not listen here, and keeps the address while a process is replaced
        Multiprocess(config, [held]).run()
