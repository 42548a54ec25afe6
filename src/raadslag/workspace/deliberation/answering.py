"""Answering comments: every one of them is told what became of it, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.deliberation.actions import locked
from raadslag.workspace.deliberation.events import ContributionAnswered
from raadslag.workspace.deliberation.models import Contribution, ContributionAnswer
from raadslag.workspace.products.models import Change, Product

LONGEST = 4000  # characters of an answer
Outcome = ContributionAnswer.Outcome
_BY_A_CHANGE = (Outcome.INCLUDED, Outcome.PARTLY)
_WITH_A_REASON = (Outcome.PARTLY, Outcome.NOT)


def waiting(said: Any) -> Any:
    """Of these comments those that wait for an answer; one that is hidden needs none. What is answered together with
    one that was hidden or taken back waits again: its answer is shown nowhere."""
    last = Subquery(_answers_of(OuterRef("pk")).values("pk")[:1])
    gone = ~Q(merged_into__hidden_because="") | Q(merged_into__state=Contribution.State.TAKEN_BACK)
    merged = ContributionAnswer.objects.filter(gone, pk=OuterRef("last_answer"), outcome=Outcome.MERGED)
    new, answered = Q(state=Contribution.State.NEW), Q(state=Contribution.State.ANSWERED)
    return said.filter(hidden_because="").annotate(last_answer=last).filter(new | answered & Exists(merged))


def unanswered(product: Product) -> list[Contribution]:
    """The comments of a product that wait for an answer, in their order. One query."""
    return list(waiting(product.contributions.all()))


def _answers_of(contribution: Any) -> Any:
    return ContributionAnswer.objects.filter(contribution=contribution).order_by("-at", "-pk")


@journal.action
def answer(product: Product, chosen: Sequence[Contribution], *, outcome: str, text: str = "",
           change: Change | None = None, passed_to: str = "", merged_into: Contribution | None = None, by: Any,
           at: datetime) -> list[ContributionAnswer]:  # fmt: skip
    """Tell what became of one comment or of several at once: included or partly (by which change), not (why), passed on
    (to whom), or answered together with another. Who thinks again answers again. What was answered together with one of
    these goes along where that is answered together with another, so that nobody has to follow a chain.

    Raises Blocked with everything that is missing.
    """
    locked(product)  # else two could be merged with each other in the same instant, and neither be answered
    rows = product.contributions.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in chosen])
    found = list(rows.order_by("number"))
    merged_into = merged_into and product.contributions.filter(pk=merged_into.pk).first()  # as it stands by now
    text, passed_to = text.strip(), " ".join(passed_to.split())
    obstacles = _obstacles(product, found, outcome, text, change, passed_to, merged_into)
    if obstacles:
        raise Blocked(obstacles)
    told = {
        "outcome": outcome, "change": change if outcome in _BY_A_CHANGE else None,
        "passed_to": passed_to if outcome == Outcome.PASSED_ON else "",
        "merged_into": merged_into if outcome == Outcome.MERGED else None, "at": at, "by": by,
    }  # fmt: skip
    along = _merged_into(found) if outcome == Outcome.MERGED else []
    made = [ContributionAnswer.objects.create(contribution=one, text=text, **told) for one in found]
    made += [ContributionAnswer.objects.create(contribution=was.contribution, text=was.text, **told) for was in along]
    for given in made:
        one = given.contribution
        one.state = Contribution.State.ANSWERED
        one.save(update_fields=["state"])
        journal.write(ContributionAnswered(one.pk, given.pk, outcome), by=by, at=at, about=product)
    return made


def _merged_into(found: Sequence[Contribution]) -> list[ContributionAnswer]:
    """The answers that count and point at one of these, of comments that are not among them."""
    rows = ContributionAnswer.objects.filter(merged_into__in=found, outcome=Outcome.MERGED)
    last = Subquery(_answers_of(OuterRef("contribution")).values("pk")[:1])
    rows = rows.exclude(contribution__in=found).annotate(last_answer=last).select_related("contribution")
    return [one for one in rows.order_by("contribution__number") if one.pk == one.last_answer]


def _obstacles(product: Product, found: Sequence[Contribution], outcome: str, text: str, change: Change | None,
               passed_to: str, merged_into: Contribution | None) -> list[str]:  # fmt: skip
    told = []
    if not found:
        told.append(_("Choose the comments that you answer."))
    if any(one.state == Contribution.State.TAKEN_BACK for one in found):
        told.append(_("One of them was taken back by who wrote it."))
    if outcome not in Outcome.values:
        told.append(_("Say what became of it."))
    if outcome in _BY_A_CHANGE and (change is None or change.product_id != product.pk):
        told.append(_("Say by which change it was included."))
    if outcome in _WITH_A_REASON and not text:
        told.append(_("Say why."))
    if outcome == Outcome.PASSED_ON and not passed_to:
        told.append(_("Say to whom it was passed on."))
    if outcome == Outcome.MERGED:
        told += _obstacles_to_merging(found, merged_into)
    if len(text) > LONGEST or len(passed_to) > ContributionAnswer.passed_to.field.max_length:
        told.append(_("The text is too long."))
    return told


def _obstacles_to_merging(found: Sequence[Contribution], other: Contribution | None) -> list[str]:
    if other is None or other.state == Contribution.State.TAKEN_BACK or other.hidden_because:
        return [_("Choose the comment that it is answered together with.")]
    if other in found:
        return [_("A comment cannot be answered together with itself.")]
    there = other.answer
    if there and there.outcome == Outcome.MERGED:  # else two could point at each other, and neither be answered
        return [_("%(name)s is itself answered together with another. Choose that one.") % {"name": other.name}]
    return []
