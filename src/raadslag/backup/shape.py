"""What a site is made of, what stands in its backup, and under which name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

FORMAT = 1  # another number for another way to write the members
MANIFEST = "manifest.json"
SITES = ("workspace", "archive")
"""The sites that one file may hold. The workspace is first: what it says is public, the later archive knows."""


@dataclass(frozen=True)
class Site:
    """What a backup has to know of a site.

    `places` are the folders of files by hash in its data folder, `keys` the small files beside them that go along as
    they are, `labels` the Django apps whose rows go along, but for the tables `left_out`. `stored` tells place and hash
    of every file that a row names; `notes` are members that are read after all others. `head` is the journal's last
    entry, `first_broken` the first that does not follow.
    """

    name: str
    places: tuple[str, ...]
    keys: tuple[str, ...]
    labels: tuple[str, ...]
    stored: Callable[[], Iterable[tuple[str, str]]]
    head: Callable[[], tuple[int, str]]
    first_broken: Callable[[], int | None]
    notes: Callable[[], Mapping[str, bytes]] = dict
    left_out: frozenset[str] = frozenset()


class Table(msgspec.Struct, frozen=True):
    """A table: the columns in the order in which each row gives its values, and how many rows there are."""

    name: str
    columns: tuple[str, ...]
    rows: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a whole backup holds.

    `migrations` is the layout of its tables: the last migration of each app. `journal` is the number and hash of its
    last entry. `members` are the SHA-256 of all members but the files, which are named by theirs; of those `files`
    tells how many there are in each place. `missing` are files of which the site itself had no whole bytes any more.
    """

    format: int
    site: str
    program: str
    migrations: dict[str, str]
    made_at: datetime
    journal: tuple[int, str]
    tables: tuple[Table, ...]
    members: dict[str, str]
    files: dict[str, int]
    missing: tuple[str, ...]

    def rows(self, table: str) -> int:
        """How many rows a table has; 0 for one that is not there."""
        return next((one.rows for one in self.tables if one.name == table), 0)


def part_name(table: str, number: int) -> str:
    """The member that holds part `number`, counted from 1, of the rows of a table."""
    return f"tables/{table}/{number:06}.jsonl"


def file_name(place: str, sha256: str) -> str:
    """The member that holds the bytes of that hash; as they lie in the data folder."""
    return f"{place}/{sha256[:2]}/{sha256}"
