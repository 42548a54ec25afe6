"""What stands in a backup, and under which name."""

from __future__ import annotations

from datetime import datetime

import msgspec

FORMAT = 1  # another number for another way to write the members
MANIFEST = "manifest.json"
KEY = "secret-key"
WITHDRAWALS = "withdrawals.jsonl"
PLACES = ("files", "waiting", "withdrawn")
"""The folders of files by hash; see `archive.files`."""


class Table(msgspec.Struct, frozen=True):
    """A table: the columns in the order in which each row gives its values, and how many rows there are."""

    name: str
    columns: tuple[str, ...]
    rows: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a whole backup holds.

    `migration` is the layout of its tables, `journal` the number and hash of its last entry. `members` are the SHA-256
    of all members but the files, which are named by theirs; of those `files` tells how many there are in each place.
    `missing` are files of which the archive itself had no whole bytes any more.
    """

    format: int
    program: str
    migration: str
    made_at: datetime
    journal: tuple[int, str]
    tables: tuple[Table, ...]
    members: dict[str, str]
    files: dict[str, int]
    missing: tuple[str, ...]


def part_name(table: str, number: int) -> str:
    """The member that holds part `number`, counted from 1, of the rows of a table."""
    return f"tables/{table}/{number:06}.jsonl"


def file_name(place: str, sha256: str) -> str:
    """The member that holds the bytes of that hash; as they lie in the data folder."""
    return f"{place}/{sha256[:2]}/{sha256}"
