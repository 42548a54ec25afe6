"""What a product leans on: facts, what nobody knows yet, and the answers to what was said of it.

They are kept by an app above, which tells here how they are found, so that a frozen version holds them as they stood.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from raadslag.core import record
from raadslag.workspace.products.models import Product


class Ground(NamedTuple):
    """The facts, gaps and answers of a product, as a record tells them; and what stands in the way of freezing it."""

    facts: tuple[record.Fact, ...] = ()
    gaps: tuple[record.Gap, ...] = ()
    answers: tuple[record.Answer, ...] = ()
    obstacles: tuple[str, ...] = ()


Finder = Callable[[Product, Collection[UUID]], Ground]
_finders: list[Finder] = []


def finds_ground(finder: Finder) -> Finder:
    """Register what finds it, of a product and of those of its elements that are there."""
    _finders.append(finder)
    return finder


def ground_of(product: Product, elements: Collection[UUID]) -> Ground:
    """What the product leans on today, told of the elements that are there."""
    found = [finder(product, elements) for finder in _finders]
    return Ground(*(tuple(chain.from_iterable(parts)) for parts in zip(*found, strict=True)) if found else ())
