"""Asking for comments, commenting, writing down facts, and noting what nobody knows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.core.comparing import anchors
from raadslag.core.comparing.anchors import Anchor
from raadslag.core.text import plain
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict, NotPermitted
from raadslag.workspace.deliberation import rules
from raadslag.workspace.deliberation.events import (
    CommentsInvited,
    ContributionReceived,
    ContributionTakenBack,
    FactNoteSaved,
    FactNoteWithdrawn,
    GapClosed,
    GapNoted,
    UsePlaced,
)
from raadslag.workspace.deliberation.models import (
    Contribution,
    Deliberation,
    EvidenceGap,
    FactNote,
    FactNoteVersion,
    GapAnswer,
)
from raadslag.workspace.products.models import Element, Product, Version

_canonical = msgspec.json.Encoder(order="deterministic")


# --- comments ---


@journal.action
def invite(product: Product, until: date | None, version: Version | None = None, *, by: Any, at: datetime
           ) -> Deliberation:  # fmt: skip
    """Ask for comments from home until a day, on a version that was presented or on today's draft; None asks no more.

    Raises Blocked for a day that has been.
    """
    if until and until < timezone.localtime(at).date():
        raise Blocked([_("That day has been.")])
    asked = locked(product)
    asked.until, asked.version = until, version
    asked.save(update_fields=["until", "version"])
    journal.write(CommentsInvited(until), by=by, at=at, about=product)
    return asked


@journal.action
def comment(product: Product, element: Element | None, *, kind: str, text: str, quote: str = "",
            read: tuple[str, str] | None = None, version: Version | None = None, by: Any, at: datetime
            ) -> Contribution:  # fmt: skip
    """Say something of a part, or of the whole. `quote` are words of the part, `read` the heading and the text that
    were read; of today's draft they are the part's own.

    Raises Blocked where nothing is said, where the words do not stand there, or comments are not received now.
    """
    asked = locked(product)
    obstacles = rules.obstacles_to_commenting(product, asked, timezone.localtime(at).date(), element, version)
    if not text.strip():
        obstacles.append(_("Write what you want to say."))
    anchor: Anchor | None = Anchor("")
    title, text_read = read or ((element.title, element.text) if element else ("", ""))
    if quote.strip() and element:
        anchor = anchors.anchor_of(quote, plain(text_read))
        if anchor is None:
            obstacles.append(_("Those words do not stand in this part. Copy them from it, or leave the field empty."))
    if obstacles or anchor is None:
        raise Blocked(obstacles)
    made = Contribution.objects.create(
        product=product, number=following(asked, "last_contribution"), element=element,
        title=title if element else "", kind=kind, text=text.strip()[: rules.LONGEST], quote=anchor.quote,
        before=anchor.before, after=anchor.after, start=anchor.start, version=version, by=by, made_at=at,
    )  # fmt: skip
    journal.write(ContributionReceived(made.pk, made.number), by=by, at=at, about=product)
    return made


@journal.action
def take_back(contribution: Contribution, *, by: Any, at: datetime) -> Contribution:
    """Take back one's own comment; its number and its words are kept. Raises NotPermitted for anybody else."""
    found = Contribution.objects.select_for_update(of=("self",)).select_related("product").get(pk=contribution.pk)
    if found.by_id != by.pk:
        raise NotPermitted
    if found.state == Contribution.State.NEW:
        found.state = Contribution.State.TAKEN_BACK
        found.save(update_fields=["state"])
        journal.write(ContributionTakenBack(found.pk), by=by, at=at, about=found.product)
    return found


# --- facts ---


@journal.action
def save_note(product: Product, note: FactNote | None, content: dict[str, Any], *, version: int = 0, by: Any,
              at: datetime) -> FactNote:  # fmt: skip
    """Write a fact note anew, or change one; `version` is the saving that was opened.

    `content`: title, text, table, chart, source, source_on, made_by. Raises Blocked without heading, table or source,
    Conflict where somebody has saved since. Nothing is written where nothing changed.
    """
    asked = locked(product)
    missing = {"title": _("Give it a heading."), "source": _("Say where the figures come from."),
               "made_by": _("Say who made it.")}  # fmt: skip
    obstacles = rules.obstacles_to_writing(product)
    obstacles += [words for name, words in missing.items() if not content[name].strip()]
    if not content["table"] or not content["table"]["rows"]:
        obstacles.append(_("There is no table in it."))
    if obstacles:
        raise Blocked(obstacles)
    if note is None:
        note = FactNote(product=product, number=following(asked, "last_note"), saved_at=at, saved_by=by)
        before: dict[str, Any] = {}
    else:
        note = FactNote.objects.get(pk=note.pk)
        before = note.content()
        if note.version != version:
            raise Conflict
    for name, value in content.items():
        setattr(note, name, value)
    if note.content() == before:
        return note
    note.version, note.saved_at, note.saved_by = note.version + 1, at, by
    note.save()
    FactNoteVersion.objects.create(note=note, number=note.version, content=note.content(), saved_at=at, saved_by=by)
    told = FactNoteSaved(note.pk, note.version, hashlib.sha256(_canonical.encode(note.content())).hexdigest())
    journal.write(told, by=by, at=at, about=product)
    return note


@journal.action
def withdraw_note(note: FactNote, is_withdrawn: bool, *, by: Any, at: datetime) -> None:
    """Let a note not count any more, or count again; it is kept with its letter."""
    if FactNote.objects.filter(pk=note.pk).exclude(is_withdrawn=is_withdrawn).update(is_withdrawn=is_withdrawn):
        journal.write(FactNoteWithdrawn(note.pk, is_withdrawn), by=by, at=at, about=note.product)


@journal.action
def use(what: FactNote | EvidenceGap, elements: Iterable[Element], *, by: Any, at: datetime) -> None:
    """Say in which parts of the product a note or a gap is used."""
    chosen = [*elements, *what.elements.filter(is_removed=True)]  # what is out for the moment comes back as it was
    what.elements.set(chosen)
    told = UsePlaced(what.pk, sorted(one.pk for one in chosen))
    journal.write(told, by=by, at=at, about=what.product)


# --- what is not known ---


@journal.action
def note_gap(product: Product, *, text: str, asked_by: str, elements: Iterable[Element] = (), by: Any, at: datetime
             ) -> EvidenceGap:  # fmt: skip
    """Note that something is not known. Raises Blocked without words for it, and for who asked."""
    asked = locked(product)
    obstacles = rules.obstacles_to_writing(product)
    if not text.strip():
        obstacles.append(_("Write what is not known."))
    if not asked_by.strip():
        obstacles.append(_("Say who asked."))
    if obstacles:
        raise Blocked(obstacles)
    made = EvidenceGap.objects.create(
        product=product, number=following(asked, "last_gap"), text=text.strip(), asked_by=asked_by.strip()[:200],
        made_at=at, made_by=by,
    )  # fmt: skip
    made.elements.set(elements)
    journal.write(GapNoted(made.pk), by=by, at=at, about=product)
    return made


@journal.action
def close_gap(gap: EvidenceGap, *, answer: str, source: str, note: FactNote | None = None, by: Any, at: datetime
              ) -> EvidenceGap:  # fmt: skip
    """Close a gap with what is known now. Raises Blocked without a source: a fact note, or words for another."""
    gap = _held(gap)
    obstacles = []
    if gap.state == EvidenceGap.State.CLOSED:
        obstacles.append(_("It has been closed already."))
    if not answer.strip():
        obstacles.append(_("Write what is known now."))
    if not source.strip() and note is None:
        obstacles.append(_("A gap is closed by a source. Name it, or choose a fact note."))
    if obstacles:
        raise Blocked(obstacles)
    gap.state = EvidenceGap.State.CLOSED
    gap.save(update_fields=["state"])
    GapAnswer.objects.create(gap=gap, answer=answer.strip(), source=source.strip()[:500], note=note, at=at, by=by)
    journal.write(GapClosed(gap.pk, True), by=by, at=at, about=gap.product)
    return gap


@journal.action
def reopen_gap(gap: EvidenceGap, *, by: Any, at: datetime) -> EvidenceGap:
    """Open a gap again: its source did not hold. What it was closed with is kept."""
    gap = _held(gap)
    if gap.state == EvidenceGap.State.CLOSED:
        gap.state = EvidenceGap.State.OPEN
        gap.save(update_fields=["state"])
        journal.write(GapClosed(gap.pk, False), by=by, at=at, about=gap.product)
    return gap


def _held(gap: EvidenceGap) -> EvidenceGap:
    return EvidenceGap.objects.select_for_update(of=("self",)).select_related("product").get(pk=gap.pk)


def locked(product: Product) -> Deliberation:
    """What numbers the product's comments, notes and gaps, held until the commit."""
    made, _is_new = Deliberation.objects.get_or_create(product=product)
    return Deliberation.objects.select_for_update(of=("self",)).get(pk=made.pk)


def locked_all(products: Collection[Product]) -> dict[UUID, Deliberation]:
    """As `locked`, of several products by their ids; always in the same order, so that no two wait for each other."""
    rows = Deliberation.objects.select_for_update(of=("self",)).filter(product__in=products).order_by("product")
    found = {one.product_id: one for one in rows}
    return found | {one.pk: locked(one) for one in products if one.pk not in found}


def following(asked: Deliberation, name: str) -> int:
    Deliberation.objects.filter(pk=asked.pk).update(**{name: F(name) + 1})
    asked.refresh_from_db(fields=[name])
    return int(getattr(asked, name))
