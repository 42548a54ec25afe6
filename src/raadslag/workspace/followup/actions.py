"""Handing an approved version over, promising what a decision asks for, telling how far it is, asking for reports."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.utils import timezone, translation
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from raadslag.web import dates
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Access, Case
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict
from raadslag.workspace.files import keeping
from raadslag.workspace.files.models import StoredFile
from raadslag.workspace.followup import rules
from raadslag.workspace.followup.events import (
    CommitmentMade,
    CommitmentReported,
    CommitmentReworded,
    ReportAsked,
    VersionHandedOver,
)
from raadslag.workspace.followup.models import Commitment, CommitmentText, HandOver, Report, ReportReminder
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.messages.sending import tell
from raadslag.workspace.people.models import User
from raadslag.workspace.products.models import Element, Product, Version

_canonical = msgspec.json.Encoder(order="deterministic")
_ASKED_EVERY = timedelta(days=14)


# --- handing over ---


def hand_over(version: Version, *, title: str, summary: str, points: str, recommended_by: str, is_open: bool, by: Any,
              at: datetime) -> HandOver:  # fmt: skip
    """Write a case for whoever decides on the committee's work, with the paper of the approved version attached, byte
    for byte, and put it up for review there: whether it is taken up is decided by them.

    The case is closed unless somebody says that it `is_open`, and its paper then, too, where screening finds nothing in
    it (I3, I13). Raises Blocked with every reason why it cannot be.
    """
    if not version.pdf_sha256:
        raise Blocked(rules.obstacles_to_handing_over(version))
    name = f"{get_valid_filename(f'{version.product.title} {version.label}')}.pdf"
    # Long where it is new: it is read and screened, and not while the database is held.
    paper = keeping.keep(keeping.store().read(version.pdf_sha256), name, at=at)
    content = {"summary": summary.strip(), "points": points.strip(), "recommended_by": recommended_by.strip(),
               "access": Access.OPEN if is_open else Access.CLOSED}  # fmt: skip
    return _handed_over(version, paper, name, title.strip(), content, by=by, at=at)


@journal.action
def _handed_over(version: Version, paper: StoredFile, name: str, title: str, content: dict[str, Any], *, by: Any,
                 at: datetime) -> HandOver:  # fmt: skip
    product = Product.objects.select_for_update(of=("self",)).get(pk=version.product_id)  # two presses write one case
    version = product.versions.select_related("product__organization__parent").get(pk=version.pk)
    receiver = rules.receiver_of(version.product.organization)
    obstacles = rules.obstacles_to_handing_over(version)
    if not title or len(title) > Case.title.field.max_length:
        obstacles.append(_("Give it a heading."))
    if not content["points"]:
        obstacles.append(_("Write what is recommended: at least one point."))
    if not content["summary"]:
        obstacles.append(_("Write a summary."))
    if obstacles or receiver is None:
        raise Blocked(obstacles)
    case = cases.open_case(receiver, title, by=by, at=at)
    case = cases.save(case, {**case.content(), **content}, version=case.version, by=by, at=at)
    told = f"{version.product.title}, {version.label}"
    attachment = cases.attach_stored(case, paper, name, title=told[:300], by=by, at=at)
    if content["access"] == Access.OPEN and paper.is_screened and not paper.hits:
        attachment.case = case
        cases.change_attachment(attachment, title=attachment.title, access=Access.OPEN, by=by, at=at)
    case = cases.move(case, Case.State.REVIEW, by=by, at=at)
    made = HandOver.objects.create(version=version, case=case, at=at, by=by)
    journal.write(VersionHandedOver(version.label, case.pk, version.pdf_sha256), by=by, at=at, about=product)
    return made


# --- promising ---


@journal.action
def commit(item: AgendaItem, *, text: str, unit: str, responsible: User, due: date, origin: Version | None = None,
           element: Element | None = None, by: Any, at: datetime) -> Commitment:  # fmt: skip
    """Write down what a decision promises: what, by which unit, until when, who tells how far it is; and where it stems
    from a product, from which version and which part of it.

    Raises Blocked with everything that is missing.
    """
    meetings.lock(item.meeting)
    item = AgendaItem.objects.select_related("case", "minutes_of", "meeting__organization").get(pk=item.pk)
    text, unit = text.strip(), " ".join(unit.split())
    obstacles = rules.obstacles_to_committing(item) + rules.obstacles_to_words(text, unit)
    made = Commitment(
        item=item, origin=origin, element=element, text=text, unit=unit, responsible=responsible, due=due, version=1,
        made_at=at, made_by=by,
    )  # fmt: skip
    if origin and not rules.versions_at(item).filter(pk=origin.pk).exists():
        obstacles.append(_("The case of this item is not about that version."))
    if element and (origin is None or not _is_of(element, origin)):
        obstacles.append(_("That part does not stand in that version."))
    if due < made.decided_on:
        obstacles.append(_("That day lies before the decision."))
    obstacles += _obstacles_to_responsible(made, at)
    if obstacles:
        raise Blocked(obstacles)
    made.next_report_on = rules.next_report_on(made.decided_on, None, made.state)
    made.save(force_insert=True)
    sha256 = _kept(made, by, at)
    journal.write(CommitmentMade(item.pk, origin.pk if origin else None, due, sha256), by=by, at=at, about=made)
    return made


@journal.action
def reword(commitment: Commitment, *, text: str, unit: str, responsible: User, version: int, by: Any, at: datetime
           ) -> Commitment:  # fmt: skip
    """Correct what a commitment says, which unit does it, or who is responsible; what it said before is kept. `version`
    is the saving that was opened. What was promised by when changes by a report alone, with its reason.

    Raises Conflict where somebody has saved since, Blocked with everything that is missing. Nothing is written where
    nothing changed.
    """
    one = _locked(commitment)
    before = one.content()
    text, unit = text.strip(), " ".join(unit.split())
    former = one.responsible_id
    one.text, one.unit, one.responsible = text, unit, responsible
    if one.content() == before:
        return one
    if one.version != version:
        raise Conflict
    obstacles = rules.obstacles_to_words(text, unit)
    if responsible.pk != former:
        obstacles += _obstacles_to_responsible(one, at)
    if obstacles:
        raise Blocked(obstacles)
    one.version += 1
    one.save()
    journal.write(CommitmentReworded(one.version, _kept(one, by, at)), by=by, at=at, about=one)
    return one


def _obstacles_to_responsible(one: Commitment, at: datetime) -> list[str]:
    origins = [one.origin] if one.origin else []
    may = rules.may_be_responsible(one.item, origins, timezone.localdate(at))
    if may.filter(pk=one.responsible_id).exists():
        return []
    return [_("Choose who is responsible among those who keep the cases of the body, or of its committee.")]


def _is_of(element: Element, origin: Version) -> bool:
    return element.product_id == origin.product_id and any(
        one.id == str(element.pk) for one in origin.decoded().elements
    )


def _kept(one: Commitment, by: Any, at: datetime) -> str:
    """Keep what it says as a saving of its own; the hash of it."""
    CommitmentText.objects.create(
        commitment=one, number=one.version, content=one.content(), saved_at=at, saved_by=by
    )  # fmt: skip
    return hashlib.sha256(_canonical.encode(one.content())).hexdigest()


# --- telling how far it is ---


@journal.action
def report(commitment: Commitment, *, text: str, state: str, due: date, because: str = "", seen: int, by: Any,
           at: datetime) -> Report:  # fmt: skip
    """Tell how far a commitment is, in a state, and until when it is to be done. `seen` is the number of the last
    report that was read, 0 for none.

    Raises Blocked without words, and without a reason for another date, for dropping it, and for taking it up again;
    Conflict where somebody has reported since.
    """
    one = _locked(commitment)
    last = one.last_report
    if (last.number if last else 0) != seen:
        raise Conflict
    text, because = text.strip(), " ".join(because.split())
    if told := rules.obstacles_to_reporting(one, text=text, state=state, due=due, because=because):
        raise Blocked(told)
    made = Report.objects.create(
        commitment=one, number=seen + 1, text=text, state=state, due=due if due != one.due else None, because=because,
        at=at, by=by,
    )  # fmt: skip
    one.state, one.due = state, due
    one.next_report_on = rules.next_report_on(one.decided_on, timezone.localdate(at), state)
    one.save(update_fields=["state", "due", "next_report_on"])
    sha256 = hashlib.sha256(_canonical.encode([text, because])).hexdigest()
    journal.write(CommitmentReported(made.number, state, due, sha256), by=by, at=at, about=one)
    return made


def remind_what_is_due(at: datetime) -> int:
    """Ask for the reports that are due, of who is responsible, in the digest of the day; again every other week until
    they have come. How many were asked for. Where he is so no longer, the secretary of the body is asked."""
    due = Commitment.objects.filter(next_report_on__lte=timezone.localdate(at))
    rows = due.exclude(reminders__at__gt=at - _ASKED_EVERY).order_by("pk")
    return sum(_ask(one, at) for one in rows)


@journal.action
def _ask(commitment: Commitment, at: datetime) -> bool:
    """The words name the meeting and the item's number alone: what was promised is read after a login (I15)."""
    one = _locked(commitment)
    due = one.next_report_on
    if due is None or due > timezone.localdate(at) or one.reminders.filter(at__gt=at - _ASKED_EVERY).exists():
        return False  # a report has come meanwhile, or another process has asked
    ReportReminder.objects.create(commitment=one, at=at)
    for user in rules.asked_of(one, timezone.localdate(at)):
        with translation.override(user.person.language):
            named = {"meeting": one.item.meeting.title, "who": one.organization.name, "number": one.item.number,
                     "day": dates.day(one.decided_on), "due": dates.day(due)}  # fmt: skip
            subject = _("A status is due: %(who)s, %(meeting)s, item %(number)s") % named
            text = _("On %(day)s it was decided, and by %(due)s it is to be told how far it is. Write it here:") % named
        tell(user.person, subject, text, at=at, path=one.get_absolute_url(), about=journal.name_of(one))
    journal.write(ReportAsked(due), by=journal.SYSTEM, at=at, about=one)
    return True


def _locked(commitment: Commitment) -> Commitment:
    """One after the other: of two reports at once the second has read the first."""
    rows = Commitment.objects.select_for_update(of=("self",)).told()
    return rows.get(pk=commitment.pk)
