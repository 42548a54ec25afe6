"""What a check tells: where something is not as it must be, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from raadslag.archive.models import Edition, Meeting, Portrait, Standing, Version

Mend: TypeAlias = Literal[
    "items", "shell", "shown", "told", "apart", "portrait_shell", "portrait_shown", "edition_shell", "edition_shown",
    "edition_told", "standing_shell", "standing_shown", "standing_told", "index",
]  # fmt: skip
"""What can be made again: the rows of a version, the shell of a withdrawn one, which version a meeting shows, what the
meeting says of itself, a withdrawn file's place, the shell of a withdrawn portrait, edition or standing, which of them
stands at a place, what an edition or a standing says of itself, the index."""

MENDS = "`raadslag archive check --repair` mends it."
LOST = "Nothing here can make it again: take it from a backup."


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be, told without a word of its content.

    `mend` is what a repair does about it, to the row or hash `of`; None where only a person can do something.
    """

    place: str
    expected: str
    found: str
    remedy: str = MENDS
    mend: Mend | None = None
    of: int | str = 0

    def __str__(self) -> str:
        return f"{self.place}: expected {self.expected}; found {self.found}. {self.remedy}"


def place_of(meeting: Meeting, version: Version | None = None) -> str:
    """The address of a meeting, read with its body, and which of its papers."""
    address = f"/{meeting.body.slug}/moede/{meeting.slug}/"
    return f"{address}, {version.kind} {version.number}" if version else address


def place_of_portrait(portrait: Portrait) -> str:
    """The address of an organization, read with its body, of which a portrait tells."""
    organization = portrait.organization
    return f"/{organization.body.slug}/udvalg/{organization.slug}/, {portrait.identity[:12]}"


def place_of_edition(edition: Edition) -> str:
    """The address of a product's version, read with its body."""
    product = edition.product
    return f"/{product.body.slug}/produkt/{product.slug}/{edition.slug}/, {edition.identity[:12]}"


def place_of_standing(standing: Standing) -> str:
    """The address of a commitment, read with its body, of which a standing tells."""
    commitment = standing.commitment
    return f"/{commitment.body.slug}/opfoelgning/{commitment.slug}/, {standing.identity[:12]}"
