"""A chain of entries, each bound to the one before by its hash: what was written cannot be changed unseen.

Plain values in, plain values out: who stores the entries is another's business. Removing, altering, swapping
or inserting an entry breaks the chain at that entry; cutting its end off is seen by comparing with a head that was
kept elsewhere. Source: invariant I26; RFC 9162, section 2.1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

START = "0" * 64
"""What stands in place of a hash before the first entry."""

_canonical = msgspec.json.Encoder(order="deterministic")


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it is hashed: its number, counted from 1, and its values, all of JSON; `previous` and its own hash.

    `values` may hold ids, hashes, moments and words of the program, never a text that somebody wrote.
    """

    number: int
    values: dict[str, Any]
    previous: str
    hash: str


def link(number: int, values: dict[str, Any], previous: str) -> Link:
    """The next entry of a chain whose last hash is `previous`."""
    return Link(number=number, values=values, previous=previous, hash=_hash(number, values, previous))


def first_broken(links: Iterable[Link]) -> int | None:
    """The number of the first entry that does not follow from those before it; None where all do.

    A gap is told by the number that is missing.
    """
    previous = START
    for number, one in enumerate(links, 1):
        if one.number != number or one.previous != previous or one.hash != _hash(number, one.values, previous):
            return number
        previous = one.hash
    return None


def _hash(number: int, values: dict[str, Any], previous: str) -> str:
    return hashlib.sha256(_canonical.encode([number, previous, values])).hexdigest()
