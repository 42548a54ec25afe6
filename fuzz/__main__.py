"""Fuzz each reader for its share of FUZZ_SECONDS (600); the exit status is that of the first that finds something."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from fuzz.seeds import LARGEST, SUFFIXES, lay_out

FOLDER = Path(__file__).resolve().parents[1] / "build" / "fuzz"
LONGEST = 20  # seconds that one input may take on a busy machine


def main() -> int:
    seconds = int(os.environ.get("FUZZ_SECONDS", "600"))
    for form in SUFFIXES:
        seeds, found = FOLDER / form / "seeds", FOLDER / form / "found"
        lay_out(form, seeds)
        found.mkdir(parents=True, exist_ok=True)
        print(f"{form}: {seconds // len(SUFFIXES)} seconds from {len(list(seeds.iterdir()))} seeds", flush=True)
        status = subprocess.call(
            [
                *(sys.executable, "-m", "fuzz.target", form),
                *(f"-max_total_time={seconds // len(SUFFIXES)}", f"-timeout={LONGEST}", f"-max_len={LARGEST}"),
                *("-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={FOLDER / form}/"),
                *(found, seeds),
            ]
        )
        if status:
            print(f"{form}: found something; it stands in {FOLDER / form}", file=sys.stderr)
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
