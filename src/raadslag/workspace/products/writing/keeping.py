"""The shared text in the database, which is the one room that all processes are in.

Every update has a number, given under the lock of the text's row, so that none is ever skipped by who reads on from the
last that he knows. What is committed is there after any crash; nothing is passed on or confirmed before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import F
from pycrdt import Doc, merge_updates

from raadslag.workspace.common import journal
from raadslag.workspace.products.models import Element, Presence, Shared, SharedUpdate
from raadslag.workspace.products.writing import admission
from raadslag.workspace.products.writing.admission import Who
from raadslag.workspace.products.writing.blocks import read, write
from raadslag.workspace.products.writing.documents import begun, blocks_of, changed, document
from raadslag.workspace.products.writing.messages import Present

PAUSE = timedelta(minutes=30)  # after which a new sitting begins
_FORGOTTEN = timedelta(seconds=45)  # a page says every fifteen seconds that it is there
_PACKED_AT = 300  # updates, after which the older ones are made one
_SETTLED = timedelta(minutes=2)  # every process has read what is as old


class Ready(NamedTuple):
    """What a shared text says after the update `last`."""

    last: int
    text: str


class Row(NamedTuple):
    """An update and its number."""

    number: int
    data: bytes


class News(NamedTuple):
    """What is new in a shared text: updates, who is there, the number of the last word on that; and whether the text
    has become one for the plain field."""

    rows: tuple[Row, ...]
    present: tuple[Present, ...]
    presence: int
    is_plain: bool


class Kept(NamedTuple):
    """What became of updates: the number of each, or why it was refused; what else is new; and the journal's head at
    which the rights were asked."""

    numbers: tuple[int, ...]
    refused: dict[Who, int]
    news: News
    head: int


def begin(element: UUID, at: datetime) -> Shared:
    """The shared text of a part: made by the first who comes, from what the part says, once."""
    found = Shared.objects.filter(element=element).first()
    if found:
        return found
    with transaction.atomic():
        row = Element.objects.select_for_update().get(pk=element)  # all but one wait here
        shared, is_new = Shared.objects.get_or_create(element=row, defaults={"last_at": at})
        if is_new:
            blocks = read(row.text)
            shared.is_plain = blocks is None
            _add(shared, [(None, begun(blocks or ()))], at)
            shared.saved = shared.last
            shared.save()
        return shared


def can_be_shared(element: Element) -> bool:
    """Whether the editor can show all that the part says."""
    shared = Shared.objects.filter(element=element).first()
    return not shared.is_plain if shared else read(element.text) is not None


def since(shared: UUID, last: int, presence: int, at: datetime) -> News:
    """What is new after the update `last` and the word `presence`."""
    row = Shared.objects.defer("state").get(pk=shared)
    return _news(row, last, presence, at)


def moved(known: Mapping[UUID, tuple[int, int]], at: datetime) -> tuple[int, dict[UUID, News]]:
    """The journal's head, and what is new in those shared texts of which the last numbers are `known`."""
    head, _ = journal.head()
    rows = Shared.objects.defer("state").filter(pk__in=known)
    told = {
        row.pk: _news(row, *known[row.pk], at) for row in rows
        if row.is_plain or (row.last, row.presence) != known[row.pk]
    }  # fmt: skip
    return head, told


def _news(row: Shared, last: int, presence: int, at: datetime) -> News:
    some = _rows(row, last)
    present: Iterable[tuple[int, int, str]] = ()
    if row.presence > presence:
        there = row.present.filter(number__gt=presence, at__gt=at - _FORGOTTEN)
        present = there.values_list("client", "clock", "state")
    return News(tuple(some), tuple(Present(*one) for one in present), row.presence, row.is_plain)


def _rows(row: Shared, last: int) -> list[Row]:
    """What came after the update `last`, without a gap, also where older ones are being packed in this moment."""
    if row.last <= last:
        return []
    first, some = last, list[Row]()
    if row.packed > last:
        last, state = Shared.objects.values_list("packed", "state").get(pk=row.pk)
        some.append(Row(last, bytes(state)))
    updates = row.updates.filter(number__gt=last).values_list("number", "data")
    found = [Row(number, bytes(data)) for number, data in updates]
    if last < row.last and (not found or found[0].number != last + 1):
        row.refresh_from_db(fields=["last", "packed"])
        return _rows(row, first)
    return some + found


def keep(shared: UUID, written: Sequence[tuple[Who, bytes]], present: Sequence[Present], *, here: Collection[Who],
         head: int, last: int, presence: int, at: datetime) -> Kept:  # fmt: skip
    """Keep what was written, each by whom, and who is there. `head` is the journal's when the rights of all who are
    `here` were last asked.

    Where something has happened since, they are asked again in this very transaction: nobody writes with a right that
    has ended.
    """
    with transaction.atomic():
        row = Shared.objects.select_for_update(of=("self",)).defer("state").get(pk=shared)
        now, _ = journal.head()
        refused = admission.refusals(row.element_id, here) if now != head else {}
        if row.is_plain:
            refused |= {who: admission.PLAIN for who, _ in written}
        taken = [(who.user, data) for who, data in written if who not in refused]
        if taken and (not row.sitting or at - row.last_at > PAUSE):
            row.sitting, row.sitting_by_id = row.sitting + 1, taken[0][0]
        numbers = _add(row, taken, at)
        given = iter(numbers)
        if present:
            row.presence += 1
            for one in present:
                Presence.objects.update_or_create(
                    shared=row, client=one.client,
                    defaults={"clock": one.clock, "state": one.state, "number": row.presence, "at": at},
                )  # fmt: skip
            row.present.filter(at__lt=at - 2 * _FORGOTTEN).delete()
        row.save(update_fields=["last", "last_at", "sitting", "sitting_by", "presence"])
        own = tuple(0 if who in refused else next(given) for who, _ in written)
        return Kept(own, refused, _news(row, last, presence, at), now)


def _add(shared: Shared, written: Sequence[tuple[UUID | None, bytes]], at: datetime) -> list[int]:
    numbers = []
    for user, data in written:
        shared.last, shared.last_at = shared.last + 1, at
        numbers.append(shared.last)
        SharedUpdate.objects.create(shared=shared, number=shared.last, data=data, by_id=user, at=at)
    return numbers


# --- what the part itself says ---


def unsaved(element: Element) -> Shared | None:
    """The shared text, held until the commit, if there is something in it that the part does not say yet."""
    found = Shared.objects.filter(element=element, last__gt=F("saved"), is_plain=False).exists()
    return Shared.objects.select_for_update(of=("self",)).get(element=element) if found else None


def text_of(shared: Shared) -> str:
    """What it says, as CommonMark."""
    return write(blocks_of(_document(shared)))


def text_ahead(element: Element) -> Ready | None:
    """What its shared text says now, if there is one: for who will hold it only if it says the same then."""
    shared = Shared.objects.defer("state").filter(element=element).first()
    rows = _rows(shared, 0) if shared else []
    return Ready(rows[-1].number, write(blocks_of(document(*(row.data for row in rows))))) if rows else None


def authors_of(shared: Shared) -> list[UUID]:
    """Who wrote what is not saved yet, who wrote last as the last."""
    some = (
        shared.updates.filter(number__gt=shared.saved, by__isnull=False).order_by("number").values_list("by", flat=True)
    )
    return list(dict.fromkeys(reversed(list(some))))[::-1]


def note_saved(shared: Shared, at: datetime) -> None:
    """That the part says all of it now. What is old is packed."""
    shared.saved = shared.last
    old = [] if shared.last - shared.packed < _PACKED_AT else list(shared.updates.filter(at__lt=at - _SETTLED))
    if old:
        shared.state = merge_updates(*filter(None, [bytes(shared.state), *(bytes(one.data) for one in old)]))
        shared.packed = old[-1].number
        shared.updates.filter(number__lte=shared.packed).delete()
    shared.save()


def follow(element: Element, by: Any, at: datetime) -> None:
    """Bring what the part was made to say by another way into its shared text: those who write there see it change."""
    shared = Shared.objects.select_for_update(of=("self",)).filter(element=element).first()
    if shared is None:
        return
    blocks = read(element.text)
    shared.is_plain = blocks is None
    if blocks is not None and (update := changed(_document(shared), blocks)):
        _add(shared, [(by.pk, update)], at)
    shared.saved = shared.last
    shared.save()


def _document(shared: Shared) -> Doc[Any]:
    updates = shared.updates.values_list("data", flat=True)
    return document(*filter(None, [bytes(shared.state), *map(bytes, updates)]))
