"""What the public site lets one address ask for, and what each answer costs."""

from __future__ import annotations

# What an answer costs: one from memory next to nothing, a search several pages, a paper that is set anew most.
KEPT, PAGE, SEARCH, PAPER = 0.1, 1.0, 3.0, 5.0
# A class behind one address opens a page each in the same seconds and goes on at ease; a flood does not.
RATE, BURST = 20.0, 300.0
# A workspace that delivers years of records; it has shown a token, and each of its requests is a whole record.
INTAKE_RATE, INTAKE_BURST = 50.0, 500.0


def cost_of(path: str) -> float:
    """What the answer at `path` costs where it has to be made."""
    if "/soeg/" in path:
        return SEARCH
    return PAPER if path.endswith(".pdf") else PAGE
