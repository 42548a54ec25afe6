"""Fact notes, evidence gaps and answers as a record tells them: who asked or said something is left out, since that is
often a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from raadslag.core import record
from raadslag.workspace.deliberation.answering import unanswered
from raadslag.workspace.deliberation.models import Contribution, ContributionAnswer, EvidenceGap, FactNote
from raadslag.workspace.products.leaning import Ground, finds_ground
from raadslag.workspace.products.models import Element, Product

_NAMED = 10  # comments that are named where many wait


@finds_ground
def ground(product: Product, elements: Collection[UUID]) -> Ground:
    """The notes that were not withdrawn, all gaps, and the answers that no version has told, in their order. As many
    queries however many there are."""
    notes = product.fact_notes.filter(is_withdrawn=False).prefetch_related("elements")
    gaps = product.evidence_gaps.prefetch_related("elements", "answers__note")
    last = product.versions.values_list("frozen_at", flat=True).first()
    said = product.contributions.filter(state=Contribution.State.ANSWERED, hidden_because="")
    answers = [one.answer for one in said.prefetch_related("answers__change", "answers__merged_into") if one.answer]
    waiting = unanswered(product)
    obstacles = (_waiting(waiting),) if waiting else ()
    with translation.override("da"):  # the language of what is frozen
        return Ground(
            tuple(_fact(one, elements) for one in notes), tuple(_gap(one, elements) for one in gaps),
            tuple(_answer(one) for one in answers if last is None or one.at > last),
            obstacles,
        )  # fmt: skip


def _waiting(some: Sequence[Contribution]) -> str:
    names = ", ".join(one.name for one in some[:_NAMED]) + (" …" if len(some) > _NAMED else "")
    words = ngettext(
        "%(count)s comment has no answer yet: %(names)s.",
        "%(count)s comments have no answer yet: %(names)s.",
        len(some),
    )
    return words % {"count": len(some), "names": names}


def _answer(one: ContributionAnswer) -> record.Answer:
    told = ""
    if one.merged_into:
        told = _("See %(name)s.") % {"name": one.merged_into.name}
    elif one.passed_to:
        told = _("To %(whom)s.") % {"whom": one.passed_to}
    return record.Answer(
        contribution=one.contribution.name, outcome=one.outcome, text=" ".join(filter(None, (told, one.text))) or None,
        change=one.change.name if one.change else None,
    )  # fmt: skip


def _fact(note: FactNote, elements: Collection[UUID]) -> record.Fact:
    return record.Fact(
        id=note.name, title=note.title, text=note.text.strip() or None,
        columns=tuple(note.table["columns"]), rows=tuple(map(tuple, note.table["rows"])),
        source=note.source or None, source_on=note.source_on.isoformat() if note.source_on else None,
        made_by=note.made_by or None, elements=_used(note.elements.all(), elements),
    )  # fmt: skip


def _gap(gap: EvidenceGap, elements: Collection[UUID]) -> record.Gap:
    closed = next(iter(gap.answers.all()), None) if gap.state == EvidenceGap.State.CLOSED else None
    sources = (closed.source, closed.note and _("Facts %(name)s") % {"name": closed.note.name}) if closed else ()
    return record.Gap(
        id=gap.name, text=gap.text, state="closed" if closed else "open", answer=closed.answer if closed else None,
        source=", ".join(filter(None, sources)) or None, elements=_used(gap.elements.all(), elements),
    )  # fmt: skip


def _used(rows: Iterable[Element], elements: Collection[UUID]) -> tuple[str, ...]:
    return tuple(sorted(str(one.pk) for one in rows if one.pk in elements))
