"""Records that are rows by themselves: what an organization is, a version of a product, how far a commitment is. Which
of them are shown.

Each stands at a place of its kind (an organization, the address of a version, a commitment), which shows the newest
that came there, and none where that is withdrawn: what it took the place of stays away. `portraits`, `products` and
`commitments` say what is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

from raadslag.archive.models import Commitment, Kept, Organization, Portrait, Product, Version
from raadslag.core import record as records

K = TypeVar("K", bound=Kept)
R = TypeVar("R", records.Organization, records.Product, records.Commitment)

Place: TypeAlias = tuple[Any, ...]
"""The values of the fields that name a place."""


@dataclass(frozen=True)
class Shelf(Generic[K, R]):
    """The records of one kind.

    `apart` is the table for what is withdrawn, whose field `name` leads to the row; `holds` the type of record.
    `places` are the fields whose values name a place. `owner` is the field of whose they are, which the journal calls
    `owners`. `moment` tells when a record held, for the order. `columns` say in words what it says, as `words` makes
    them; `stamps` makes those that tell when, and stay.
    """

    model: type[K]
    apart: Any
    name: str
    holds: type[R]
    places: tuple[str, ...]
    owner: str
    owners: str
    moment: Callable[[K], str]
    columns: tuple[str, ...] = ()
    words: Callable[[R], Mapping[str, str]] = lambda _: {}
    stamps: Callable[[R], Mapping[str, str]] = lambda _: {}

    @property
    def rows(self) -> Any:
        """All rows, each with what is kept apart of it."""
        return self.model._default_manager.select_related(f"withdrawn_{self.name}")

    def place_of(self, row: K) -> Place:
        """Where it stands."""
        return tuple(getattr(row, field) for field in self.places)

    def at(self, place: Place) -> dict[str, Any]:
        """What to ask the rows of a place for."""
        return dict(zip(self.places, place, strict=True))

    @property
    def shell(self) -> dict[str, Any]:
        """What the columns of a withdrawn one hold: no word."""
        return {"record": b"", **dict.fromkeys(self.columns, "")}

    def show(self, places: Iterable[Place]) -> None:
        """Let each place show its newest; none where that is withdrawn."""
        for place in sorted(set(places)):
            last = self.newest(self.rows.filter(**self.at(place)))
            is_shown = last is not None and last.withdrawn_at is None
            hidden = self.rows.filter(is_current=True, **self.at(place)).exclude(pk=last.pk if last else 0)
            hidden.update(is_current=False)
            if last and last.is_current != is_shown:
                self.rows.filter(pk=last.pk).update(is_current=is_shown)

    def newest(self, rows: Iterable[K]) -> K | None:
        """The one that tells of the latest moment, withdrawn or not: a record that waited for a person comes late, and
        is not the newest by that."""
        return max(rows, key=lambda one: (self.moment(one), one.pk), default=None)

    def take_away(self, rows: Iterable[K], *, ground: str, at: datetime) -> list[K]:
        """Keep the records of these apart and show them no more; those that were not withdrawn already."""
        gone = [one for one in rows if one.withdrawn_at is None]
        self.apart.objects.bulk_create(self.apart(**{self.name: one, "record": bytes(one.record)}) for one in gone)
        rows_gone = self.rows.filter(pk__in=[one.pk for one in gone])
        rows_gone.update(is_current=False, withdrawn_at=at, ground=ground, **self.shell)
        self.show(map(self.place_of, gone))
        return gone

    def bring_back(self, rows: Iterable[K]) -> list[K]:
        """Make withdrawn ones what they were; those that were withdrawn."""
        back = [one for one in rows if one.withdrawn_at is not None]
        for one in back:
            told = self.words(self.record_of(one))
            kept = getattr(one, f"withdrawn_{self.name}")
            self.rows.filter(pk=one.pk).update(record=bytes(kept.record), withdrawn_at=None, ground="", **told)
            kept.delete()
        self.show(map(self.place_of, back))
        return back

    def record_of(self, row: K) -> R:
        """What it says, withdrawn or not."""
        apart = row if row.withdrawn_at is None else getattr(row, f"withdrawn_{self.name}")
        record = records.decode(bytes(apart.record))
        if not isinstance(record, self.holds):
            raise TypeError(f"a record of type {self.holds.__name__} was taken in")
        return record


def let_emptied_lead_on(organizations: Iterable[int], there: int) -> None:
    """Let the address of each organization that has nothing left lead to that of `there` (I28)."""
    Organization.objects.filter(pk=there).update(merged_into=None)
    for here in organizations:
        left = (
            Portrait.objects.filter(organization=here),
            Version.objects.filter(meeting__organization=here),
            Product.objects.filter(organization=here, merged_into=None),
            Commitment.objects.filter(organization=here, merged_into=None),
        )
        if here != there and not any(some.exists() for some in left):
            Organization.objects.filter(pk=here).update(merged_into=there)


def moment_of(written: str | None) -> str:
    """A local time or a day as a record writes it; empty where it cannot be read."""
    written = written or ""
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        return ""
    if read.tzinfo or written[4:5] != "-" or not written.isascii():
        return ""
    return written[:10] if len(written) == 10 else read.isoformat(timespec="auto")[:19]
