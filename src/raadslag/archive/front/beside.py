"""What goes on in a thread of its own beside the answers, from the start of the server to its end."""

from __future__ import annotations

import threading


class Beside:
    """Subclasses say in `_go_on` what is done until `_is_over` is set."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._thread: threading.Thread | None = None
        self._is_over = threading.Event()

    def start(self) -> None:
        """Begin; does nothing where it has begun already."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._go_on, name=self._name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Do the last of it, and no more."""
        self._is_over.set()
        if self._thread:
            self._thread.join(timeout=5)

    def _go_on(self) -> None:
        raise NotImplementedError
