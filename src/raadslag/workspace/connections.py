"""Connections that let go when the server stops."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST = 2**20  # bytes of a message on a line that stays open
EVENTS = (b"accept", b"text/event-stream")  # what a browser sends that follows


class Released(HttpToolsProtocol):
    """Uvicorn's connection, hung up on at the end where it streams events: there is no whole answer to wait for.

    The browser connects again by itself, and says from where to go on.
    """

    def shutdown(self) -> None:
        super().shutdown()
        if self.cycle is not None and EVENTS in self.scope["headers"]:
            self.transport.close()
