"""Log lines that tell what went wrong and where, and nothing that stood in a paper."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType


class WithoutTexts(logging.Formatter):
    """Tells an exception by its type and the lines it passed; its message may hold words of a paper (I15)."""

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        kind, _, passed = ei
        lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(passed)]
        return "\n".join([kind.__name__ if kind else "no exception", *lines])
