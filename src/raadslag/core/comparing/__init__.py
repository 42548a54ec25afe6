"""What changed between two versions, and where a quoted passage stands now: texts and trees in, differences out."""

from raadslag.core.comparing.anchors import Anchor, Found, anchor_at, anchor_of, find
from raadslag.core.comparing.texts import ALIKE, Kind, Passage, Piece, likeness, passages, pieces, words
from raadslag.core.comparing.trees import Difference, after, apply, before, compare, moves

__all__ = [
    "ALIKE",
    "Anchor",
    "Difference",
    "Found",
    "Kind",
    "Passage",
    "Piece",
    "after",
    "anchor_at",
    "anchor_of",
    "apply",
    "before",
    "compare",
    "find",
    "likeness",
    "moves",
    "passages",
    "pieces",
    "words",
]
