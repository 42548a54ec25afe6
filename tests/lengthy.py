"""Which tests take their time: `--quick` leaves them out, `--note-lengthy` writes the list of them anew.

The list stands in `lengthy.txt`, a test function a line. `make check` keeps within a minute by it; `make test` runs
everything. Whoever writes a test need not think of it: `make lengthy` measures, on a machine that does nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("lengthy.txt")
LONGEST = 0.07  # seconds, on the mean of a function's cases


class Lengthy:
    """What was measured in this run, by test function."""

    def __init__(self) -> None:
        self.seconds: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add what the set-up, the test or the tidying took."""
        self.seconds[function_of(report.nodeid)][report.nodeid] += report.duration

    def pytest_sessionfinish(self) -> None:
        """Write the list; files that were not run keep their lines."""
        measured = {function.partition("::")[0] for function in self.seconds}
        kept = {
            line
            for line in listed()
            if line.partition("::")[0] not in measured and Path(line.partition("::")[0]).is_file()
        }
        found = {name for name, cases in self.seconds.items() if sum(cases.values()) / len(cases) > LONGEST}
        LIST.write_text("".join(f"{line}\n" for line in sorted(kept | found)), encoding="utf-8")


def function_of(nodeid: str) -> str:
    """The test function of a test case."""
    return nodeid.partition("[")[0]


def listed() -> set[str]:
    """The functions in the list."""
    return set(LIST.read_text(encoding="utf-8").splitlines()) if LIST.is_file() else set()
