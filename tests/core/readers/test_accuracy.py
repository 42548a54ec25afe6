"""How much of what a careful clerk would find the reader finds, by the scorer that stands beside the data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PAPERS = Path(__file__).parent / "papers"


def score(folder: Path, scorer: Path, *bounds: str) -> subprocess.CompletedProcess[str]:
    command = f"{sys.executable} -m raadslag.cli read"
    run = [sys.executable, str(scorer), str(folder), "--command", command, "--list", *bounds]
    return subprocess.run(run, capture_output=True, text=True, check=False)


@pytest.fixture
def scorer(shared_data: Path) -> Path:
    return shared_data.parent / "tools" / "score_minutes.py"


@pytest.mark.parametrize(("folder", "bounds"), [("minutes", ("--min-field", "0.93")), ("real", ())])
def test_real_papers_are_read_as_a_careful_clerk_reads_them(
    folder: str, bounds: tuple[str, ...], scorer: Path, shared_data: Path
) -> None:
    done = score(shared_data / folder, scorer, "--min", "0.97", *bounds)
    print(done.stdout.splitlines()[-1])  # noqa: T201 - the figure is what the test reports
    assert done.returncode == 0, done.stdout[-4000:]


def test_papers_in_other_layouts_are_read_as_well(scorer: Path) -> None:
    done = score(PAPERS, scorer, "--min", "0.95")
    print(done.stdout.splitlines()[-1])  # noqa: T201 - the figure is what the test reports
    assert done.returncode == 0, done.stdout[-4000:]
