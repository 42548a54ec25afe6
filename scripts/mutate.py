"""How many planted mistakes in the core the tests notice: `mutate.py [--for core/rules] [--sample N]`.

mutmut plants one small mistake at a time (a turned comparison, a changed number, a dropped call) and runs
the tests that touch the place. The score is the share that a test noticed; a mistake in a place that no
test touches counts as unnoticed. A sample is drawn with a fixed seed, so two runs can be compared.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MUTANTS = ROOT / "mutants"
MUTMUT = [sys.executable, "-m", "mutmut", "run", "--max-children", "2"]
# mutmut's exit codes for a mistake that was noticed: tests failed or could not be collected, ran for ever, crashed.
NOTICED = frozenset({1, 3, 24, 36, 152, 255, -24, -9, -11})


def results() -> dict[str, int | None]:
    """The exit code of each mutant's tests by the mutant's name; None where it has not been tried."""
    found: dict[str, int | None] = {}
    for path in sorted((MUTANTS / "src" / "raadslag" / "core").rglob("*.py.meta")):
        found |= json.loads(path.read_text())["exit_code_by_key"]
    return found


def touched(name: str, tests: dict[str, list[str]]) -> bool:
    """Whether any test runs the function that the mutant `name` changes."""
    return bool(tests.get(name.rpartition("__mutmut_")[0]))


def main() -> int:
    """Plant, try, and print the score and the mistakes that went unnoticed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--for", dest="part", default="core", help="a part of the core, such as core/rules")
    parser.add_argument("--sample", type=int, help="how many mistakes to try; all of them if not given")
    arguments = parser.parse_args()
    prefix = f"raadslag.{arguments.part.replace('/', '.').removesuffix('.py')}."

    shutil.rmtree(MUTANTS, ignore_errors=True)  # what it learnt last time may name tests that are gone
    # A pattern that matches nothing makes mutmut plant the mistakes and learn which test touches what, then stop.
    planted = subprocess.run([*MUTMUT, "nothing"], cwd=ROOT, capture_output=True, text=True)
    stats = MUTANTS / "mutmut-stats.json"
    names = sorted(name for name in results() if name.startswith(prefix)) if stats.exists() else []
    if not names:
        print(planted.stdout[-4000:], planted.stderr[-4000:], sep="\n", file=sys.stderr)
        return 1
    if arguments.sample and arguments.sample < len(names):
        names = sorted(random.Random(20180409).sample(names, arguments.sample))
    tests = json.loads(stats.read_text())["tests_by_mangled_function_name"]
    tried = [name for name in names if touched(name, tests)]
    if tried:
        trial = subprocess.run([*MUTMUT, *tried], cwd=ROOT, capture_output=True, text=True)
        if trial.returncode:
            print(trial.stdout[-2000:], trial.stderr[-2000:], sep="\n", file=sys.stderr)
            return 1

    outcome = results()
    unnoticed = [name for name in names if name not in tried or outcome[name] not in NOTICED]
    for name in unnoticed:
        print(f"unnoticed: {name}{'' if name in tried else ' (no test touches it)'}")
    noticed = len(names) - len(unnoticed)
    print(f"{arguments.part}: {noticed} of {len(names)} planted mistakes noticed, {noticed / len(names):.0%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
