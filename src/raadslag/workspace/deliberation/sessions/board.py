"""The board: what the room words together from what was said, and how it comes into the minutes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict, NotPermitted
from raadslag.workspace.deliberation import actions as facts
from raadslag.workspace.deliberation.events import CardInserted, CardMoved, CardWorded
from raadslag.workspace.deliberation.models import Card, CardText, Contribution, Session
from raadslag.workspace.deliberation.sessions import rules
from raadslag.workspace.deliberation.sessions.actions import locked
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.minutes.models import Entry

Kind = Card.Kind
_PAIRS = (Kind.DILEMMA, Kind.QUESTION)


class Sentence(NamedTuple):
    """A paragraph of the minutes that a card stands as; a question has its answer in `reply`."""

    kind: str
    text: str
    reply: str = ""


# --- wording ---


@journal.action
def word(session: Session, card: Card | None, *, kind: str, text: str, other: str = "",
         sources: Iterable[Contribution] = (), version: int = 0, by: Any, at: datetime) -> Card:  # fmt: skip
    """Put a card on the board, or word it otherwise; its words in the minutes follow while the meeting is held.

    `version` is the wording that was open. Raises Blocked without words, and Conflict where somebody has worded it
    since.
    """
    session = locked(session)
    text, other = text.strip(), other.strip() if kind in _PAIRS else ""
    obstacles = _obstacles(session, kind, text, other)
    if obstacles:
        raise Blocked(obstacles)
    if card is None:
        last = session.cards.order_by("-place").values_list("place", flat=True).first() or 0
        card = Card(session=session, place=last + 1)
    else:
        card = held(card)
        if card.version != version and (card.kind, card.text, card.other) != (kind, text, other):
            raise Conflict
        if (card.kind, card.text, card.other) == (kind, text, other):
            return _with_sources(card, sources, by, at)
    if card.kind != kind:
        card.number = (session.cards.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0) + 1
    card.kind, card.text, card.other, card.version = kind, text, other, card.version + 1
    card.save()
    CardText.objects.create(
        card=card, number=card.version, kind=kind, text=text, other=other, saved_at=at, saved_by=by
    )  # fmt: skip
    sha256 = hashlib.sha256(f"{kind}\n{text}\n{other}".encode()).hexdigest()
    journal.write(CardWorded(card.pk, card.version, sha256), by=by, at=at, about=session)
    _with_sources(card, sources, by, at)
    _reword_minutes(card, by, at)
    return card


def _obstacles(session: Session, kind: str, text: str, other: str) -> list[str]:
    told = []
    if session.closed_at:
        told.append(_("The deliberation is over."))
    if kind not in Kind.values:
        told.append(_("Choose what it is."))
    if not text:
        told.append(_("Write what the card says."))
    if kind == Kind.DILEMMA and not other:
        told.append(_("A dilemma has two goods. Write both."))
    if max(len(text), len(other)) > rules.LONGEST_CARD:
        told.append(_("The text is too long."))
    return told


def _with_sources(card: Card, sources: Iterable[Contribution], by: Any, at: datetime) -> Card:
    known = set(card.sources.values_list("pk", flat=True))
    fresh = [one for one in sources if one.pk not in known]
    if any(one.product_id != card.session.product_id for one in fresh):
        raise NotPermitted
    if fresh:
        card.sources.add(*fresh)
        journal.write(CardMoved(card.pk, "sources"), by=by, at=at, about=card.session)
    return card


@journal.action
def merge(card: Card, into: Card, *, by: Any, at: datetime) -> Card:
    """Let a card go into another, which has its sources from now on; its words are kept. Raises NotPermitted for one of
    another board, Blocked for one that is in the minutes, or gone."""
    locked(card.session)
    card, into = held(card), held(into)
    if card.session_id != into.session_id or card.pk == into.pk:
        raise NotPermitted
    if card.removed_at or into.removed_at:
        raise Blocked([_("That card is not on the board any more.")])
    if stands(card):
        raise Blocked([_("%(card)s stands in the minutes. Take it out of them first.") % {"card": card.name}])
    into.sources.add(*card.sources.all())
    card.merged_into, card.removed_at = into, at
    card.save(update_fields=["merged_into", "removed_at"])
    journal.write(CardMoved(card.pk, "merged"), by=by, at=at, about=card.session)
    return into


@journal.action
def move(card: Card, by_places: int, *, by: Any, at: datetime) -> None:
    """Move a card so many places down among those of the board, or up for a negative number."""
    locked(card.session)
    row = on_board(card.session)
    at_now = next((place for place, one in enumerate(row) if one.pk == card.pk), None)
    if at_now is None:
        raise Blocked([_("That card is not on the board any more.")])
    one = row.pop(at_now)
    row.insert(max(0, min(len(row), at_now + by_places)), one)
    for place, there in enumerate(row, 1):
        Card.objects.filter(pk=there.pk).update(place=place)
    journal.write(CardMoved(card.pk, "moved"), by=by, at=at, about=card.session)


@journal.action
def remove(card: Card, is_removed: bool, *, by: Any, at: datetime) -> None:
    """Take a card off the board, or put it back. Raises Blocked for one that stands in the minutes."""
    locked(card.session)
    card = held(card)
    if is_removed and stands(card):
        raise Blocked([_("%(card)s stands in the minutes. Take it out of them first.") % {"card": card.name}])
    if bool(card.removed_at) == is_removed:
        return
    card.removed_at = at if is_removed else None
    card.merged_into = card.merged_into if is_removed else None
    card.save(update_fields=["removed_at", "merged_into"])
    journal.write(CardMoved(card.pk, "removed" if is_removed else "back"), by=by, at=at, about=card.session)


# --- into the minutes ---


def stands(card: Card) -> bool:
    """Whether it is in the minutes now."""
    return card.entry is not None and card.entry.removed_at is None


def sentence(card: Card) -> Sentence:
    """How a card reads in the minutes, in their language. An evidence gap that has a number is named by it."""
    with translation.override("da"):
        if card.kind == Kind.DILEMMA:
            told = _("%(one)s over against %(other)s.")
            return Sentence(card.kind, told % {"one": _capital(card.text).rstrip("."), "other": _small(card.other)})
        if card.kind == Kind.QUESTION:
            return Sentence(card.kind, _closed(card.text, "?"), _closed(card.other, ".") if card.other else "")
    return Sentence(card.kind, _closed(card.text, "."))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    """Without its full stop; a word that is written in capitals keeps them."""
    text = text.rstrip(".")
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _closed(text: str, mark: str) -> str:
    text = _capital(text)
    return text if text[-1:] in ".?!…:" else text + mark


@journal.action
def insert(session: Session, cards: Sequence[Card], item: AgendaItem, *, by: Any, at: datetime) -> list[Entry]:
    """Let the cards stand in the minutes of an item, after what is there, each by an entry that follows its words.

    An evidence gap becomes one of the product's. What stands there already stays. Raises Blocked outside the meeting.
    """
    session = locked(session)
    if item.meeting_id != session.meeting_id:
        raise NotPermitted
    made = []
    chosen = [held(card) for card in cards]
    if any(card.removed_at for card in chosen):
        raise Blocked([_("That card is not on the board any more.")])
    fresh = [card for card in chosen if not stands(card)]
    if not fresh:
        raise Blocked([_("Choose the cards that go into the minutes.")])
    if not Card.objects.filter(session=session, entry__item=item, entry__removed_at=None).exists():
        with translation.override("da"):
            minutes.save_entry(
                item, uuid4(), kind=Entry.Kind.TEXT, text=_("This came up as all talked together:"), version=0, by=by,
                at=at,
            )  # fmt: skip
    for card in fresh:
        if card.kind == Kind.EVIDENCE_GAP and card.gap is None:
            card.gap = _as_gap(card, by, at)
        told = sentence(card)
        if card.entry is None:
            card.entry = _entry(item, told.kind, told.text, by, at)
        else:
            minutes.remove_entry(card.entry, False, by=by, at=at)
        if told.reply and card.reply is None:
            card.reply = _entry(item, Entry.Kind.ANSWER, told.reply, by, at)
        elif card.reply and card.reply.removed_at:
            minutes.remove_entry(card.reply, False, by=by, at=at)
        card.save(update_fields=["entry", "reply", "gap"])
        _reword_minutes(card, by, at)
        journal.write(CardInserted(card.pk, card.entry.pk), by=by, at=at, about=session)
        made.append(card.entry)
    return made


@journal.action
def take_out(card: Card, *, by: Any, at: datetime) -> None:
    """Take a card out of the minutes again; it stays on the board. Raises Blocked outside the meeting."""
    locked(card.session)
    card = held(card)
    for entry in (card.entry, card.reply):
        if entry and not entry.removed_at:
            minutes.remove_entry(entry, True, by=by, at=at)
    journal.write(CardMoved(card.pk, "taken_out"), by=by, at=at, about=card.session)


def _entry(item: AgendaItem, kind: str, text: str, by: Any, at: datetime) -> Entry:
    return minutes.save_entry(item, uuid4(), kind=kind, text=text, version=0, by=by, at=at).entry


def _as_gap(card: Card, by: Any, at: datetime) -> Any:
    sources = list(card.sources.select_related("element", "by__person"))
    who = ", ".join(dict.fromkeys(one.who for one in sources)) or _("The meeting")
    elements = {one.element for one in sources if one.element and not one.element.is_removed}
    return facts.note_gap(
        card.session.product, text=_closed(card.text, "."), asked_by=who, elements=elements, by=by, at=at
    )  # fmt: skip


def _reword_minutes(card: Card, by: Any, at: datetime) -> None:
    """What stands in the minutes follows the card, unless the secretary has written there since, or they are over."""
    if not stands(card) or card.session.meeting.state not in ("in_progress", "reading"):
        return
    told = sentence(card)
    worded = set(_wordings(card))
    for entry, text in ((card.entry, told.text), (card.reply, told.reply)):
        if entry and not entry.removed_at and text and entry.text != text and entry.text in worded:
            kind = told.kind if entry == card.entry else Entry.Kind.ANSWER
            minutes.save_entry(entry.item, entry.pk, kind=kind, text=text, version=entry.version, by=by, at=at)
    if told.reply and card.reply is None and card.entry:
        card.reply = _entry(card.entry.item, Entry.Kind.ANSWER, told.reply, by, at)
        card.save(update_fields=["reply"])


def _wordings(card: Card) -> Iterable[str]:
    """Every text that the card has ever given to the minutes."""
    for one in card.texts.all():
        told = sentence(Card(kind=one.kind, text=one.text, other=one.other))
        yield told.text
        yield told.reply


# --- what is on it ---


def on_board(session: Session) -> list[Card]:
    """The cards, in their order, each with its sources and its entry. Two queries."""
    rows = session.cards.filter(removed_at=None).select_related("entry", "reply", "gap")
    return list(rows.prefetch_related("sources"))


def held(card: Card) -> Card:
    """The card as it is by now, held until the commit."""
    rows = Card.objects.select_for_update(of=("self",)).select_related(
        "session__meeting__organization__body", "session__product", "entry__item__meeting", "reply__item__meeting",
        "gap",
    )  # fmt: skip
    return rows.get(pk=card.pk)
