"""What is said, what is known, and what is held."""

from raadslag.workspace.deliberation.models.held import (
    Card,
    CardText,
    Guest,
    Method,
    Round,
    Seat,
    Session,
    Station,
    Wish,
)
from raadslag.workspace.deliberation.models.known import EvidenceGap, FactNote, FactNoteVersion, GapAnswer
from raadslag.workspace.deliberation.models.said import Contribution, ContributionAnswer, Deliberation

__all__ = [
    "Card",
    "CardText",
    "Contribution",
    "ContributionAnswer",
    "Deliberation",
    "EvidenceGap",
    "FactNote",
    "FactNoteVersion",
    "GapAnswer",
    "Guest",
    "Method",
    "Round",
    "Seat",
    "Session",
    "Station",
    "Wish",
]
