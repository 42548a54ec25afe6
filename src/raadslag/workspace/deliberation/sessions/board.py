"""The board: what the room words together from what was said, and how it comes into the minutes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db.models import F, Max, Q
from django.utils import translation
from django.utils.translation import gettext as _

from raadslag.workspace.cases.models import Disqualification
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict, NotPermitted
from raadslag.workspace.deliberation import actions as facts
from raadslag.workspace.deliberation.events import CardInserted, CardMoved, CardWorded
from raadslag.workspace.deliberation.models import Card, CardText, Contribution, Session
from raadslag.workspace.deliberation.sessions import rules, saying
from raadslag.workspace.deliberation.sessions.actions import locked
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.minutes.beside import goes_along
from raadslag.workspace.minutes.models import Entry
from raadslag.workspace.products.rules import obstacles_to_writing

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

    `version` is the wording that was open. Raises Blocked without words, for a card that is off the board, and where it
    stands at an item that is closed by now; Conflict where somebody has worded it since.
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
        if card.removed_at:
            raise Blocked([_("That card is not on the board any more.")])
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
            # The other good keeps its first letter as it is: nobody can tell a name from another word.
            return Sentence(card.kind, told % {"one": _capital(card.text).rstrip("."), "other": card.other.rstrip(".")})
        if card.kind == Kind.QUESTION:
            return Sentence(card.kind, _closed(card.text, "?"), _closed(card.other, ".") if card.other else "")
    return Sentence(card.kind, _closed(card.text, "."))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _closed(text: str, mark: str) -> str:
    text = _capital(text)
    return text if text[-1:] in ".?!…:" else text + mark


@journal.action
def insert(session: Session, cards: Sequence[Card], item: AgendaItem, *, by: Any, at: datetime) -> list[Entry]:
    """Let the cards stand in the minutes of an item, after what is there, each by an entry that follows its words.

    An evidence gap becomes one of the product's, as long as that is written. What stands there already stays. Raises
    Blocked outside the meeting and for a closed item, NotPermitted for an item from which `by` is barred.
    """
    session = locked(session)
    if item.meeting_id != session.meeting_id or is_barred(item, by):
        raise NotPermitted
    made = []
    chosen = [held(card) for card in cards]
    fresh = [card for card in chosen if not stands(card)]
    obstacles = []
    if item.is_closed:
        obstacles.append(_("That item is closed. Choose an open one."))
    if any(card.removed_at for card in chosen):
        obstacles.append(_("That card is not on the board any more."))
    if not chosen:
        obstacles.append(_("Choose the cards that go into the minutes."))
    elif not fresh:
        obstacles.append(_("They stand in the minutes already."))
    if obstacles:
        raise Blocked(obstacles)
    lead = _lead(session, item, by, at)
    for card in fresh:
        card.lead = lead
        _note_gap(card, by, at)
        told = sentence(card)
        if _can_come_back(card, item, told):
            _put_back(card.entry, by, at)
            if not told.reply:
                card.reply = None  # what was answered once is not said again
            elif card.reply:
                _put_back(card.reply, by, at)
                _set_after(card.entry, card.reply)
        else:
            card.entry = card.reply = None
            _write(card, "entry", item, told.kind, told.text, by, at)
        _follow(card, by, at)
        card.save()
        journal.write(CardInserted(card.pk, card.entry.pk), by=by, at=at, about=session)
        made.append(card.entry)
    return made


@journal.action
def take_out(card: Card, *, by: Any, at: datetime) -> None:
    """Take a card out of the minutes again; it stays on the board. Raises Blocked outside the meeting, NotPermitted for
    who is barred from the item."""
    locked(card.session)
    card = held(card)
    if card.entry and is_barred(card.entry.item, by):
        raise NotPermitted
    for entry in (card.entry, card.reply):
        if entry and not entry.removed_at:
            minutes.remove_entry(entry, True, by=by, at=at)
    journal.write(CardMoved(card.pk, "taken_out"), by=by, at=at, about=card.session)


@goes_along
def introduced(entry: Entry, is_removed: bool) -> list[Entry]:
    """The sentence before the cards goes with the last that they stand as, by whichever hand, and comes back with it.

    Where the secretary has written into that sentence, it stays.
    """
    cards = Card.objects.filter(Q(entry=entry) | Q(reply=entry)).exclude(lead=None)
    card = cards.select_related("lead__item__meeting").first()
    if card is None or card.lead is None:
        return []
    lead = card.lead
    if is_removed:
        is_last = not _standing(card.session_id, lead.item, but=entry).exists()
        return [lead] if is_last and not lead.removed_at and lead.version == 1 else []
    went_together = lead.removed_at and Entry.objects.filter(pk=entry.pk, removed_at=lead.removed_at).exists()
    return [lead] if went_together else []


def is_barred(item: AgendaItem, by: Any) -> bool:
    """Whether who acts may not take part in the item's case."""
    person = getattr(by, "person_id", None)
    return Disqualification.objects.filter(case=item.case_id, person=person).exists() if item.case_id else False


def _standing(session: UUID, item: AgendaItem, *, but: Entry | None = None) -> Any:
    """What cards stand as at an item, `but` for that one."""
    of_cards = Entry.objects.filter(
        Q(card__session=session) | Q(pk__in=Card.objects.filter(session=session).values("reply")), item=item
    )
    return of_cards.filter(removed_at=None).exclude(pk=but.pk if but else None)


def _lead(session: Session, item: AgendaItem, by: Any, at: datetime) -> Entry | None:
    """The sentence before the cards at an item. It is written once, and stands as long as one of them does; None where
    cards stand without one that is known."""
    there = Card.objects.filter(session=session, lead__item=item).select_related("lead__item__meeting").first()
    lead = there.lead if there else None
    is_first = not _standing(session.pk, item).exists()
    if lead is None and is_first:
        with translation.override("da"):
            text = _("This came up as all talked together:")
        saved = minutes.save_entry(item, uuid4(), kind=Entry.Kind.TEXT, text=text, version=0, by=by, at=at)
        return saved.entry
    if lead and is_first:
        _put_back(lead, by, at)
    return lead


def _can_come_back(card: Card, item: AgendaItem, told: Sentence) -> bool:
    """Whether what the card stood as stands for it again: at that item, and in its own words, or in those that the
    secretary gave it after the card was worded last."""
    if card.entry is None or card.entry.item_id != item.pk:
        return False
    if card.entry.version == card.entry_version:
        return True
    return card.entry.texts.filter(number=card.entry_version, text=told.text, is_beside=False).exists()


def _put_back(entry: Entry, by: Any, at: datetime) -> None:
    """Last of its item, as what is inserted anew."""
    if entry.removed_at:
        minutes.remove_entry(entry, False, by=by, at=at)
        entry.removed_at = None
        last = Entry.objects.filter(item=entry.item).aggregate(last=Max("order"))["last"]
        Entry.objects.filter(pk=entry.pk).update(order=last + 1)
        entry.order = last + 1


def _note_gap(card: Card, by: Any, at: datetime) -> None:
    """Once the product has been approved nothing is noted in it any more; the sentence stands in the minutes still."""
    if card.kind != Kind.EVIDENCE_GAP or card.gap or obstacles_to_writing(card.session.product):
        return
    sources = list(saying.said_at(card.session).filter(cards=card).select_related("element").order_by("number"))
    who = ", ".join(dict.fromkeys(one.who for one in sources)) or _("The meeting")
    elements = {one.element for one in sources if one.element and not one.element.is_removed}
    card.gap = facts.note_gap(
        card.session.product, text=_closed(card.text, "."), asked_by=who, elements=elements, by=by, at=at
    )  # fmt: skip


def _reword_minutes(card: Card, by: Any, at: datetime) -> None:
    """What stands in the minutes follows the card, unless they are over.

    Raises Blocked where the item is closed by now, NotPermitted for who is barred from it.
    """
    if not stands(card) or card.session.meeting.state not in ("in_progress", "reading"):
        return
    item = card.entry.item
    if is_barred(item, by):
        raise NotPermitted
    if item.is_closed:
        told = _("%(card)s stands at an item that is closed by now. Take it out of the minutes first.")
        raise Blocked([told % {"card": card.name}])
    _note_gap(card, by, at)
    _follow(card, by, at)
    card.save()


def _follow(card: Card, by: Any, at: datetime) -> None:
    """Give the entries the card's words and kind, where nobody but the card has written there."""
    told, item = sentence(card), card.entry.item
    if card.entry.version == card.entry_version:
        _write(card, "entry", item, told.kind, told.text, by, at)
    reply = card.reply
    if reply is None and told.reply:
        _write(card, "reply", item, Entry.Kind.ANSWER, told.reply, by, at)
        _set_after(card.entry, card.reply)
    elif reply and not reply.removed_at and reply.version == card.reply_version:
        if told.reply:
            _write(card, "reply", item, Entry.Kind.ANSWER, told.reply, by, at)
        else:
            minutes.remove_entry(reply, True, by=by, at=at)
            card.reply = None  # another answer is written anew


def _write(card: Card, name: str, item: AgendaItem, kind: str, text: str, by: Any, at: datetime) -> None:
    """Let the card's `entry` or `reply` say that, and remember which version it was."""
    there = getattr(card, name)
    pk, version = (there.pk, there.version) if there else (uuid4(), 0)
    saved = minutes.save_entry(item, pk, kind=kind, text=text, version=version, by=by, at=at)
    setattr(card, name, saved.entry)
    if not saved.is_beside:  # else the secretary has written there in this very moment
        setattr(card, f"{name}_version", saved.entry.version)


def _set_after(question: Entry, answer: Any) -> None:
    """An answer stands right after its question, also one that is given when more has been written."""
    place = Entry.objects.values_list("order", flat=True).get(pk=question.pk)
    Entry.objects.filter(item=question.item, order__gt=place).exclude(pk=answer.pk).update(order=F("order") + 1)
    Entry.objects.filter(pk=answer.pk).update(order=place + 1)


# --- what is on it ---


def on_board(session: Session) -> list[Card]:
    """The cards, in their order, each with its sources and its entry. Two queries."""
    rows = session.cards.filter(removed_at=None).select_related("entry", "reply", "gap")
    return list(rows.prefetch_related("sources"))


def off_board(session: Session) -> list[Card]:
    """The cards that were taken off the board or merged into another, the last one first. One query."""
    rows = session.cards.exclude(removed_at=None).select_related("merged_into")
    return list(rows.order_by("-removed_at", "kind", "number"))


def held(card: Card) -> Card:
    """The card as it is by now, held until the commit."""
    rows = Card.objects.select_for_update(of=("self",)).select_related(
        "session__meeting__organization__body", "session__product", "entry__item__meeting", "entry__item__case",
        "reply__item__meeting", "lead__item__meeting", "gap",
    )  # fmt: skip
    return rows.get(pk=card.pk)
