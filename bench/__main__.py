"""Measure every line and print it; exit status 1 if a bar is not kept: `python -m bench`."""

from __future__ import annotations

import sys

from bench import (
    archive,
    joint,
    meeting,
    product,
    reading_pdf,
    reading_text,
    serving,
    stations,
    workspace,
    writing,
    writing_pdf,
)
from bench.measure import Line, Skipped


def told(line: Line) -> str:
    """A line for people: what, how long or how large, against what, and whether it holds."""
    took = _shown(line, line.ours)
    if line.amount > 1:
        took = f"{line.amount / line.ours:,.0f} {line.unit}s/s"
    ratio = f"{line.ratio:.2f} ×" if line.ratio >= 1 else f"1/{1 / line.ratio:.1f}"
    beside = f"{ratio} of {line.beside_name} ({_shown(line, line.beside)})"
    return f"{line.name:34} {took:>15}  {beside:48} {line.bar}: {'holds' if line.holds else 'DOES NOT HOLD'}"


def _shown(line: Line, value: float) -> str:
    return f"{value / 1024:,.0f} KB" if line.is_size else f"{value * 1000:.1f} ms"


def main() -> int:
    """Each module's lines as they are measured."""
    kept = True
    for module in (
        reading_text,
        reading_pdf,
        writing_pdf,
        archive,
        serving,
        workspace,
        meeting,
        product,
        writing,
        stations,
        joint,
    ):
        try:
            for line in module.lines():
                print(told(line), flush=True)
                kept = kept and line.holds
        except Skipped as reason:
            print(f"{module.__name__.removeprefix('bench.'):34} skipped. {reason}", flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
