"""How much of what a careful clerk would find the reader finds, by the scorer that stands beside the data."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from raadslag.core.readers.grammar import outcomes, votes
from raadslag.core.readers.grammar.vocabulary import Vocabulary, load
from raadslag.core.record import VoteSide

HERE = Path(__file__).parent


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


@pytest.mark.parametrize(("folder", "least"), [("papers", "0.99"), ("more_papers", "0.995"), ("third_papers", "0.995")])
def test_papers_in_other_layouts_are_read_nearly_as_well(folder: str, least: str, scorer: Path) -> None:
    """Invented papers in layouts that nobody had seen; the bounds stand just under what was measured."""
    done = score(HERE / folder, scorer, "--min", least)
    print(done.stdout.splitlines()[-1])  # noqa: T201 - the figure is what the test reports
    assert done.returncode == 0, done.stdout[-4000:]


def test_decisions_are_read_in_every_usual_wording() -> None:
    """At most one in a hundred of the wordings is read as another outcome, vote, reservation or absence."""
    words = load("da")
    told = json.loads((HERE / "decisions.json").read_text("utf-8"))
    wrong = [t["text"] for t in told if read_decision(t["text"], t["points"], words) != expected(t)]
    assert len(wrong) * 100 <= len(told), "\n---\n".join(wrong)


def read_decision(text: str, points: int, words: Vocabulary) -> dict[str, object]:
    of_points = outcomes.by_points(text, points, words) if points else []
    told = outcomes.sentences(text, words)
    alike = of_points[0] if len(set(of_points)) == 1 else None
    return {
        "outcome": alike if of_points else outcomes.of_text(text, words),
        "votes": [[_side(s) for s in (v.for_, v.against, v.abstained)] for v in votes.votes(text, told, words)],
        "reservations": [list(r.who) for r in votes.reservations(told, words)],
        "dissent": [list(d[0]) for d in votes.dissents(told, words)],
        "absent": [list(a) for a in votes.absences(told, words)],
    }


def expected(told: dict[str, Any]) -> dict[str, object]:
    sides = [[v[side] for side in ("for", "against", "abstained")] for v in told["votes"] or []]
    return {
        "outcome": told["outcome"],
        "votes": [[(s["count"], list(s["who"] or ())) if s else None for s in vote] for vote in sides],
        "reservations": told["reservations"] or [],
        "dissent": told["dissent"] or [],
        "absent": [list(a) for a in told["absent"] or []],
    }


def _side(side: VoteSide | None) -> tuple[int | None, list[str]] | None:
    return (side.count, list(side.who)) if side else None
