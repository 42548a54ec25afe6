"""What titles say of nothing in particular: items that every meeting has, headings that only repeat the paper's kind.

The words of a language stand in `titles.toml`.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

_WORDS = tomllib.loads(files(__package__).joinpath("titles.toml").read_text(encoding="utf-8"))
_ROUTINE = re.compile("|".join(_WORDS["routine"]))
_OF_A_PAPER = re.compile(_WORDS["of_a_paper"], re.VERBOSE)


def is_routine(title: str) -> bool:
    """Whether an item of that title stands on every agenda ("Godkendelse af dagsorden"), or has no title at all."""
    words = " ".join(title.casefold().split()).rstrip(" .:")
    return not words or _ROUTINE.fullmatch(words) is not None


def says_more(title: str, organization: str) -> bool:
    """Whether a paper's heading says more than whose it is, when, and what kind of paper: "5. møde" does."""
    rest = " ".join(title.casefold().split()).replace(" ".join(organization.casefold().split()), " ")
    return re.search(r"\w", _OF_A_PAPER.sub(" ", rest)) is not None
