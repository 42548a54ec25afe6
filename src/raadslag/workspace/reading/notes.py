"""Private notes: written, changed, shared with named people, taken away and put back, and forgotten when their time is
over. None of it is told to the journal: that somebody notes something is his own business, too (R4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from raadslag.core import record
from raadslag.core.comparing import anchors
from raadslag.core.comparing.anchors import Anchor
from raadslag.core.text import plain
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.common.errors import Blocked, Conflict
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.people.models import Person
from raadslag.workspace.products.models import Element
from raadslag.workspace.reading import sealing
from raadslag.workspace.reading.models import NoteShare, PrivateNote

LONGEST = 5000  # characters
KEPT = timedelta(days=30)
"""After its committee has been closed a note can be taken home for so long; then it is deleted."""
UNDONE = timedelta(days=1)
"""A note that was taken away can be put back for so long."""
_NO_KEY = gettext_lazy("The key that opens notes is missing on the server. Nothing was changed.")
_ORGANIZATIONS = ("item__meeting__organization", "element__product__organization")


class Words(msgspec.Struct, frozen=True):
    """What is sealed: the note, the words that it is about, and what stood around them."""

    text: str
    quote: str = ""
    before: str = ""
    after: str = ""
    start: int = 0


class Note:
    """A note that was opened.

    `is_lost`: the key that opens it is not there. `is_locked`: it is about something closed, and the login of who looks
    is too weak for it. `hides_quote`: he may not read the place, or it is closed, and who reads there is noted.
    `is_gone`: the quoted words do not stand there any more.
    """

    def __init__(self, row: PrivateNote) -> None:
        self.row, self.is_lost, self.is_locked, self.hides_quote, self.is_gone = row, False, False, False, False
        try:
            data = sealing.unseal(bytes(row.sealed), settings.DATA, row.person_id, row.pk)
            self._words = msgspec.json.decode(data, type=Words)
        except sealing.Unopened:
            self._words, self.is_lost = Words(""), True

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text

    @property
    def quote(self) -> str:
        """The words that it is about, as they were read; empty where it is about all of it."""
        return self._words.quote

    @property
    def anchor(self) -> Anchor:
        """Where to look for those words."""
        return Anchor(self.quote, self._words.before, self._words.after, self._words.start)

    @property
    def element_id(self) -> UUID | None:
        """The part that it was written at."""
        return self.row.element_id

    def stands_in(self, text: str) -> bool:
        """Whether the words that it is about still stand there, as they were or rewritten."""
        return not self.quote or anchors.find(self.anchor, text) is not None


def words_of(item: record.Item) -> str:
    """What a person reads of an item, and may quote from."""
    told = [section.text for section in item.sections]
    told += [point.text for point in item.recommendation.points] if item.recommendation else []
    return "\n".join(plain(one) for one in (*told, item.decision or "") if one)


# --- asking ---


def of(person: Person | UUID | None) -> QuerySet[PrivateNote]:
    """A person's own notes that he has not taken away, with all that tells where they stand."""
    return with_places(PrivateNote.objects.filter(person=person, removed_at=None))


def shared_with(person: Person | UUID | None) -> QuerySet[PrivateNote]:
    """What others let a person read; whether he may still read what a note is about is asked by who shows it."""
    rows = PrivateNote.objects.filter(shares__person=person, removed_at=None)
    return with_places(rows).select_related("person")


def removed_by(person: Person, at: datetime) -> QuerySet[PrivateNote]:
    """Those that he can put back."""
    return with_places(PrivateNote.objects.filter(person=person, removed_at__gt=at - UNDONE))


def with_places(rows: QuerySet[PrivateNote]) -> QuerySet[PrivateNote]:
    """The same with all that tells where they stand, and whom they are shared with."""
    places = rows.select_related(*(f"{one}__body" for one in _ORGANIZATIONS), "item__case")
    return places.prefetch_related("shares__person")


def opened(rows: Iterable[PrivateNote]) -> list[Note]:
    """What they say."""
    return [Note(row) for row in rows]


def to_take_home(person: UUID, at: datetime) -> list[tuple[Organization, date]]:
    """The closed committees in which he has notes, and the day on which these are deleted. One query."""
    closed = Organization.objects.filter(closed_at__gt=at - KEPT)
    some = PrivateNote.objects.filter(person=person, removed_at=None)
    own = [some.filter(**{f"{one}__in": closed}).values(one) for one in _ORGANIZATIONS]
    rows = closed.filter(Q(pk__in=own[0]) | Q(pk__in=own[1])).order_by("closed_at")
    return [(one, timezone.localdate(one.closed_at + KEPT)) for one in rows if one.closed_at]


def owners_in(organizations: Collection[Organization]) -> QuerySet[Person]:
    """Who has notes in one of these committees."""
    here = [Q(**{f"private_notes__{one}__in": organizations}) for one in _ORGANIZATIONS]
    return Person.objects.filter(here[0] | here[1], private_notes__removed_at=None).distinct()


# --- doing ---


def write(person: Person, key: object, text: str, quote: str = "", *, where: str, item: AgendaItem | None = None,
          element: Element | None = None, at: datetime) -> PrivateNote:  # fmt: skip
    """Note something at an item or a part of a product, of which the person reads `where`; the same with the same `key`
    once, and something else beside it.

    Raises Blocked where nothing is written, the quoted words do not stand there, or the key that seals is missing.
    """
    anchor = anchors.anchor_of(quote, where) if quote.strip() else Anchor("")
    obstacles = [] if text.strip() else [_("Write your note.")]
    if anchor is None:
        obstacles.append(_("Those words do not stand here. Copy them from the text, or leave the field empty."))
    if obstacles or anchor is None:
        raise Blocked(obstacles)
    words = Words(text.strip()[:LONGEST], anchor.quote, anchor.before, anchor.after, anchor.start)
    place = item or element
    pk = uuid5(person.pk, f"{key} {place and place.pk} {words.text} {words.quote}")
    if not PrivateNote.objects.exists():
        sealing.make_key(settings.DATA)
    told = {"person": person, "item": item, "element": element, "sealed": _sealed(words, person.pk, pk),
            "written_at": at, "changed_at": at}  # fmt: skip
    row, is_new = PrivateNote.objects.get_or_create(pk=pk, defaults=told)
    if not is_new:
        put_back(row)
    return row


@transaction.atomic
def rewrite(row: PrivateNote, text: str, *, version: int, at: datetime) -> PrivateNote:
    """Let a note say something else; one that was taken away stands there again.

    Raises Blocked where that is nothing, it is gone, or its key is missing; Conflict where it has been changed since it
    was opened: on another of the owner's screens.
    """
    if not text.strip():
        raise Blocked([_("Write your note.")])
    found = PrivateNote.objects.select_for_update().filter(pk=row.pk).first()
    if found is None:
        raise Blocked([_("The note has been deleted meanwhile. Copy what you wrote, and write it anew.")])
    note = Note(found)
    if note.is_lost:
        raise Blocked([_NO_KEY])
    found.removed_at = None
    if note.text != text.strip():
        if found.version != version:
            raise Conflict
        words = msgspec.structs.replace(note._words, text=text.strip()[:LONGEST])
        found.sealed, found.version, found.changed_at = _sealed(words, found.person_id, found.pk), version + 1, at
    found.save()
    return found


def remove(row: PrivateNote, *, at: datetime) -> None:
    """Take a note away, from those whom it is shared with, too."""
    PrivateNote.objects.filter(pk=row.pk, removed_at=None).update(removed_at=at)


def put_back(row: PrivateNote) -> None:
    """Let a note that was taken away stand where it stood."""
    PrivateNote.objects.filter(pk=row.pk).update(removed_at=None)


@transaction.atomic
def share(row: PrivateNote, people: Collection[Person], *, at: datetime) -> None:
    """Let these people read it, and nobody else: who is not among them any more, reads it no more."""
    if not PrivateNote.objects.select_for_update().filter(pk=row.pk).exists():
        return
    row.shares.exclude(person__in=people).delete()
    for person in people:
        NoteShare.objects.get_or_create(note=row, person=person, defaults={"shared_at": at})


def forget(at: datetime) -> int:
    """Delete what was taken away a day ago, and what belongs to committees that were closed long enough ago. How many
    rows."""
    over = Q(removed_at__lte=at - UNDONE)
    for one in _ORGANIZATIONS:
        over |= Q(**{f"{one}__closed_at__lte": at - KEPT})
    return PrivateNote.objects.filter(over).delete()[0]


def _sealed(words: Words, person: UUID, pk: UUID) -> bytes:
    try:
        return sealing.seal(msgspec.json.encode(words), settings.DATA, person, pk)
    except sealing.Unopened:
        raise Blocked([_NO_KEY]) from None
