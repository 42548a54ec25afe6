"""Writing a case, moving it on, attaching papers, barring a person."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import F, Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.cases import rules
from raadslag.workspace.cases.events import (
    AttachmentChanged,
    AttachmentRedacted,
    CaseMoved,
    CaseOpened,
    CaseSaved,
    DecisionCorrected,
    FileAttached,
    PersonBarred,
)
from raadslag.workspace.cases.models import (
    Access,
    Attachment,
    AttachmentVersion,
    Case,
    CaseSeries,
    CaseVersion,
    Consultation,
    Disqualification,
)
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict
from raadslag.workspace.files import keeping
from raadslag.workspace.files.models import StoredFile
from raadslag.workspace.people.models import Person

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_canonical = msgspec.json.Encoder(order="deterministic")
MOST_ATTACHMENTS = 100


@journal.action
def open_case(organization: Organization, title: str, *, by: Any, at: datetime) -> Case:
    """Begin a case: closed until somebody says otherwise (I3), with the next number of the year."""
    case = Case.objects.create(
        organization=organization, number=_next_number(organization, at), title=title.strip(), created_at=at,
        changed_at=at, responsible=by, recommended_to=organization.name,
    )  # fmt: skip
    journal.write(CaseOpened(organization.pk), by=by, at=at, about=case)
    return case


@journal.action
def save(case: Case, content: Mapping[str, Any], *, version: int, by: Any, at: datetime) -> Case:
    """Save a new version. `version` is the one that was opened.

    Raises Conflict where somebody has saved since; Blocked while the case stands on an agenda that has been sent.
    Nothing is written where nothing changed.
    """
    case = Case.objects.select_for_update().select_related("organization").get(pk=case.pk)
    if case.version != version:
        raise Conflict
    if Consultation.objects.filter(case=case, is_sent=True).exists() and case.state == Case.State.ON_AGENDA:
        raise Blocked([_("The case stands on an agenda that has been sent. Add what is new to the agenda instead.")])
    before = case.content()
    for name, value in content.items():
        setattr(case, name, value)
    if case.content() == before and case.version:
        return case
    if case.state == Case.State.READY and rules.obstacles_to_ready(case):
        case.state = Case.State.DRAFT
    return _saved(case, by, at)


def _saved(case: Case, by: Any, at: datetime) -> Case:
    """Keep what `case` holds as its next version."""
    case.version, case.changed_at = case.version + 1, at
    case.save()
    sha256 = hashlib.sha256(_canonical.encode(case.content())).hexdigest()
    CaseVersion.objects.create(
        case=case, number=case.version, content=case.content(), sha256=sha256, saved_at=at, saved_by=by
    )
    journal.write(CaseSaved(case.version, sha256), by=by, at=at, about=case)
    return case


@journal.action
def close(case: Case, *, legal_ground: str, public_title: str, by: Any, at: datetime) -> Case:
    """Close a case at once, also while it stands on an agenda that has been sent; its text stays as it is."""
    case = Case.objects.select_for_update().select_related("organization").get(pk=case.pk)
    case.access, case.legal_ground, case.public_title = Access.CLOSED, legal_ground.strip(), public_title.strip()
    return _saved(case, by, at)


@journal.action
def open_doors(case: Case, *, by: Any, at: datetime) -> Case:
    """Told by the meeting: it treats the case with open doors. Its closed attachments stay closed."""
    case = Case.objects.select_for_update().select_related("organization").get(pk=case.pk)
    case.access = Access.OPEN
    return _saved(case, by, at)


@journal.action
def move(case: Case, state: str, *, by: Any, at: datetime) -> Case:
    """Move a case on: to review, to ready, back to draft. Raises Blocked with everything that is missing."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if obstacles := rules.obstacles_to_moving(case, state):
        raise Blocked(obstacles)
    return _moved(case, state, by, at)


@journal.action
def put_on_agenda(case: Case, *, meeting: UUID, item: UUID, organization: Organization, held_on: Any, by: Any,
                  at: datetime) -> Case:  # fmt: skip
    """Told by the agenda: the case stands on it. Raises Blocked unless the case is ready."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state != Case.State.READY:
        raise Blocked([_("The case is not ready.")])
    Consultation.objects.create(case=case, organization=organization, meeting=meeting, item=item, held_on=held_on)
    return _moved(case, Case.State.ON_AGENDA, by, at)


@journal.action
def take_off_agenda(case: Case, *, item: UUID, by: Any, at: datetime) -> Case:
    """Told by the agenda: the case stands on it no longer, and is ready for another."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    was_on_it, _rows = Consultation.objects.filter(item=item).delete()
    if not was_on_it:  # it was freed when that meeting was cancelled, and may stand on another agenda
        return case
    return _moved(case, Case.State.READY, by, at)


@journal.action
def note_sent(items: Mapping[UUID, str], *, at: datetime) -> None:
    """Told by the agenda: these items, by their numbers, have been sent."""
    for item, number in items.items():
        Consultation.objects.filter(item=item).update(is_sent=True, item_number=number)


@journal.action
def note_treated(case: Case, *, item: UUID, decision: str, is_closed: bool, is_left_over: bool, by: Any, at: datetime
                 ) -> Case:  # fmt: skip
    """Told by the minutes: what was decided, and whether behind closed doors. A case that was deferred or not reached
    is ready for another agenda."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    Consultation.objects.filter(item=item).update(decision=decision, is_closed=is_closed)
    return _moved(case, Case.State.READY if is_left_over else Case.State.TREATED, by, at)


@journal.action
def note_earlier(case: Case, *, meeting: UUID, item: UUID, organization: Organization, held_on: Any, number: str,
                 decision: str, is_closed: bool) -> None:  # fmt: skip
    """Told by a past meeting whose paper came later: the case was treated there. The case stays where it is."""
    Consultation.objects.get_or_create(
        item=item,
        defaults={
            "case": case, "organization": organization, "meeting": meeting, "held_on": held_on, "item_number": number,
            "decision": decision, "is_closed": is_closed, "is_sent": True,
        },
    )  # fmt: skip


@journal.action
def correct_decision(case: Case, *, item: UUID, decision: str, by: Any, at: datetime) -> None:
    """Told by the minutes: the words of what was decided were corrected. Where the case has come to since, it stays."""
    Consultation.objects.filter(item=item).update(decision=decision)
    journal.write(DecisionCorrected(item), by=by, at=at, about=case)


@journal.action
def note_closed(item: UUID) -> None:
    """Told by the agenda: that treatment is closed after all."""
    Consultation.objects.filter(item=item).update(is_closed=True)


@journal.action
def attach(case: Case, data: bytes, name: str, *, title: str = "", to: Attachment | None = None, by: Any,
           at: datetime) -> Attachment:  # fmt: skip
    """Attach a file, or a new version of the attachment `to`. A new attachment is closed until somebody opens it (I3).

    Raises Blocked for a file that cannot be taken, or one too many.
    """
    file = keeping.keep(data, name, at=at)
    return attach_stored(case, file, name, title=title, to=to, by=by, at=at)


@journal.action
def attach_stored(case: Case, file: Any, name: str, *, title: str = "", to: Attachment | None = None, by: Any,
                  at: datetime) -> Attachment:  # fmt: skip
    """As `attach`, for bytes that are kept already."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    attachment = to
    if attachment is None:
        order = (case.attachments.aggregate(last=Max("order"))["last"] or 0) + 1
        if case.attachments.filter(removed_at=None).count() >= MOST_ATTACHMENTS:
            raise Blocked([_("A case holds at most %(most)s attachments.") % {"most": MOST_ATTACHMENTS}])
        attachment = Attachment.objects.create(case=case, order=order, title=title.strip() or _title_of(name))
    last = attachment.versions.first()
    if last and last.file_id == file.pk:
        return attachment
    number = last.number + 1 if last else 1
    AttachmentVersion.objects.create(
        attachment=attachment,
        number=number,
        file=file,
        name=_CONTROLS.sub(" ", name).strip()[-255:] or "fil",
        brought_at=at,
        brought_by=by,
    )
    if file.hits or not file.is_screened:  # what screening has not passed is closed until somebody opens it (I13)
        Attachment.objects.filter(pk=attachment.pk).update(access=Access.CLOSED, opened_because="")
    Case.objects.filter(pk=case.pk).update(changed_at=at)
    journal.write(FileAttached(attachment.pk, number, file.pk), by=by, at=at, about=case)
    return attachment


@journal.action
def attach_redacted(original: Attachment, file: StoredFile, *, title: str, name: str, seen: str, by: Any, at: datetime
                    ) -> Attachment:  # fmt: skip
    """Put a redacted edition of an attachment beside it, open where screening finds nothing more in it, and close the
    attachment itself: whatever of it is public is taken back (I12, I14). Twice is as once.

    `title` and `name` are those of the attachment and its file, redacted like the file itself. Raises Blocked where
    the case is closed, or the newest version is not that of the hash `seen`.
    """
    case = Case.objects.select_for_update().get(pk=original.case_id)
    original = Attachment.objects.select_related("case").get(pk=original.pk)
    newest = original.versions.first()
    if case.is_closed:
        raise Blocked([_("The case is closed, and its attachments with it.")])
    if newest is None or newest.file_id != seen or original.removed_at:
        raise Blocked([_("A new version has come since you opened this page. Look at it, and try again.")])
    known = original.copies.filter(removed_at=None, versions__file=file).first()
    # What was found too little, or was opened again meanwhile, does not stay beside it.
    for other in [original, *original.copies.filter(removed_at=None).exclude(pk=known.pk if known else None)]:
        if other.access == Access.OPEN:
            other.case = case
            change_attachment(other, title=other.title, access=Access.CLOSED, by=by, at=at)
    if known:
        return known
    with translation.override("da"):  # the language of papers
        suffix = _("(with information removed)")
    longest = Attachment.title.field.max_length - len(suffix) - 1
    title = f"{title.removesuffix(suffix).strip()[:longest]} {suffix}"
    copy = attach_stored(case, file, name, title=title, by=by, at=at)
    is_clean = file.is_screened and not file.hits
    Attachment.objects.filter(pk=copy.pk).update(copy_of=original, access=Access.OPEN if is_clean else Access.CLOSED)
    copy.refresh_from_db()
    journal.write(AttachmentRedacted(original.pk, copy.pk, seen, file.pk), by=by, at=at, about=case)
    journal.write(AttachmentChanged(copy.pk, copy.access, False), by=by, at=at, about=case)
    return copy


@journal.action
def change_attachment(attachment: Attachment, *, title: str, access: str, reason: str = "", by: Any, at: datetime
                      ) -> None:  # fmt: skip
    """Its title, and whether everyone who reads the open case sees it.

    Raises Blocked where the case is closed, or where screening found something or could not look and no reason is
    given. Releasing it to the public screens once more (I13).
    """
    if access == Access.OPEN and attachment.case.is_closed:
        raise Blocked([_("The case is closed, and its attachments with it.")])
    file = attachment.versions.select_related("file").defer("file__text").first().file
    is_doubtful = bool(file.hits) or not file.is_screened
    if access == Access.OPEN and attachment.access != Access.OPEN and is_doubtful and not reason.strip():
        raise Blocked([_("Screening found something in the file, or could not look into it. Say why it may be open.")])
    because = reason.strip()[:300] if access == Access.OPEN and is_doubtful else ""
    Attachment.objects.filter(pk=attachment.pk).update(
        title=title.strip() or attachment.title, access=access, opened_because=because or attachment.opened_because
    )
    journal.write(AttachmentChanged(attachment.pk, access, False), by=by, at=at, about=attachment.case)


@journal.action
def remove_attachment(attachment: Attachment, is_removed: bool, *, by: Any, at: datetime) -> None:
    """Take it off, or put it back: the bytes stay."""
    Attachment.objects.filter(pk=attachment.pk).update(removed_at=at if is_removed else None)
    journal.write(AttachmentChanged(attachment.pk, attachment.access, is_removed), by=by, at=at, about=attachment.case)


@journal.action
def bar(case: Case, person: Person, reason: str, *, by: Any, at: datetime) -> None:
    """Keep a person from a case and its papers, from the next request on."""
    if not reason.strip():
        raise Blocked([_("Say why.")])
    Disqualification.objects.update_or_create(
        case=case, person=person, defaults={"reason": reason.strip(), "since": at}
    )
    journal.write(PersonBarred(person.pk, True), by=by, at=at, about=case)


@journal.action
def unbar(case: Case, person: Person, *, by: Any, at: datetime) -> None:
    """Let the person see the case again."""
    Disqualification.objects.filter(case=case, person=person).delete()
    journal.write(PersonBarred(person.pk, False), by=by, at=at, about=case)


def _moved(case: Case, state: str, by: Any, at: datetime) -> Case:
    former, case.state, case.changed_at = case.state, state, at
    case.save(update_fields=["state", "changed_at"])
    journal.write(CaseMoved(str(former), str(state)), by=by, at=at, about=case)
    return case


def _next_number(organization: Organization, at: datetime) -> str:
    year = timezone.localtime(at).year
    body = organization.body
    CaseSeries.objects.get_or_create(body=body, year=year)
    CaseSeries.objects.filter(body=body, year=year).update(last=F("last") + 1)  # holds the row until the commit
    last = CaseSeries.objects.get(body=body, year=year).last
    return f"{body.short_name}-{year}-{last:05}"


def _title_of(name: str) -> str:
    name = _CONTROLS.sub(" ", name)
    return name.rsplit(".", 1)[0].replace("_", " ").strip()[:300] or name
