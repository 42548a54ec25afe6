"""Runs a module with the clock of the house set to another day: `clocked.py CLOCK MODULE ARGUMENTS…`.

The file CLOCK holds the moment (ISO 8601, with its zone) that it is now; whoever changes it moves the clock, in the
processes that serve, too. What measures how long something takes goes by the machine's own clock as ever.
"""

from __future__ import annotations

import runpy
import sys
from datetime import UTC, datetime
from pathlib import Path

from django.utils import timezone


def main() -> None:
    """Set the clock, then be the module."""
    clock = Path(sys.argv[1])
    timezone.now = lambda: datetime.fromisoformat(clock.read_text(encoding="ascii")).astimezone(UTC)
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
