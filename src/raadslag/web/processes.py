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

    def __init__(self, host: str, port: int) -> None:
        super().__init__(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.bind((host, port))

    def __reduce__(self) -> Any:
        return Shared, self.getsockname()[:2]


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
        held = Shared(host, port)  # does not listen here, and keeps the address while a process is replaced
    except OSError as error:
        log.error(error)
        sys.exit(STARTUP_FAILURE)
    with held:
        Multiprocess(config, [held]).run()
