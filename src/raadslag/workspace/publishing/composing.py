"""What is released, as a record: the whole with its public faces, and what of it the public may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from msgspec.structs import replace

from raadslag.core import record
from raadslag.workspace.cases.models import Access, Attachment, AttachmentVersion
from raadslag.workspace.meetings import composing as agendas
from raadslag.workspace.meetings.models import Agenda, AgendaItem, Meeting
from raadslag.workspace.minutes import composing as minutes_of
from raadslag.workspace.minutes.models import Minutes
from raadslag.workspace.publishing.models import Hold, Opening, PublicFace, Shown

_FOLLOWS = "Den følger, når parten har fået besked."  # papers are Danish


def whole_minutes(minutes: Minutes, items: Sequence[AgendaItem], *, is_signed: bool) -> record.Meeting:
    """The minutes with signatures and additions; what was closed or opened since is so, and each closed item has its
    face."""
    shown = _opened(_named(minutes_of.shown(minutes), minutes.meeting), items)
    shown = _with_copies(agendas.as_closed_now(shown, items, closed_files(items)), items)
    faces = {face.item_id: face for face in PublicFace.objects.filter(item__in=items)}
    told = tuple(_faced(item, row, faces.get(row.pk)) for item, row in zip(shown.items, items, strict=True))
    if minutes.meeting.imported_at:  # how far it had come is what the paper says
        return replace(shown, items=told)
    return replace(shown, items=told, stage="signed" if is_signed else "read_out")


def _opened(shown: record.Meeting, items: Sequence[AgendaItem]) -> record.Meeting:
    """With the items open that were opened after the meeting; what is marked closed of their files stays closed."""
    opened = set(Opening.objects.filter(item__in=items).values_list("item", flat=True))
    rows = [row for row in items if row.pk in opened and not row.is_closed]
    if not rows:
        return shown
    files = Attachment.objects.filter(case__in=[row.case_id for row in rows if row.case_id], removed_at=None)
    may = {str(pk) for pk in files.filter(access=Access.OPEN).values_list("pk", flat=True)}
    told = tuple(
        replace(
            item, access="open", public_title=None, legal_ground=None, public_decision=None,
            no_public_decision_because=None,
            files=tuple(replace(file, access="open" if file.document in may else "closed") for file in item.files),
        ) if row in rows else item
        for item, row in zip(shown.items, items, strict=True)
    )  # fmt: skip
    return replace(shown, items=told)


def held_back(items: Iterable[AgendaItem]) -> dict[object, Hold]:
    """What holds the decisions of these items back, by the item."""
    return {hold.item_id: hold for hold in Hold.objects.filter(item__in=list(items), lifted_at=None)}


def without_held_back(shown: record.Meeting, items: Sequence[AgendaItem]) -> record.Meeting:
    """The minutes without what waits for a party: of such an item its number and heading, and that the decision
    follows. A text that names no item may concern it, so it waits, too."""
    holds = held_back(items)
    waits = {
        minutes_of.key_of(item)
        for item, row in zip(shown.items, items, strict=True) if row.pk in holds and item.access == "open"
    }  # fmt: skip
    if not waits:
        return shown
    told = tuple(
        record.Item(
            number=item.number, order=item.order, title=item.title, reference=item.reference, page=item.page,
            access="open", no_public_decision_because=_FOLLOWS,
        ) if minutes_of.key_of(item) in waits and item.access == "open" else item
        for item in shown.items
    )  # fmt: skip
    may = {minutes_of.key_of(item) for item in shown.items} - waits
    told_of = {minutes_of.key_of(item) for item in shown.items if item.access == "open"} - waits
    return replace(
        shown, items=told,
        signatures=tuple(replace(one, reservation=None) for one in shown.signatures),
        attendance=_attendance_of(shown.attendance, may, told_of),
        notes=tuple(note for note in shown.notes if note.item in may),
        addenda=tuple(one for one in shown.addenda if one.item in may),
    )  # fmt: skip


def _attendance_of(
    entries: tuple[record.Attendance, ...] | None, may: set[str], told_of: set[str]
) -> tuple[record.Attendance, ...] | None:
    """Without who was there, or barred, for items that wait alone. Who was at all that are `told_of` is told as there:
    that he was out of one that waits is a part of what waits."""
    if entries is None:
        return None
    told = []
    for one in entries:
        items = None if one.items is None else tuple(key for key in one.items if key in may)
        is_there = one.status == "present"
        if is_there and items is not None and told_of <= set(items):
            items = None
        told.append(replace(one, items=items, disqualified=None if is_there else one.disqualified))
    return tuple(one for one in told if one.items != ())


def tells_decision(shown: record.Meeting, item: AgendaItem, items: Sequence[AgendaItem]) -> bool:
    """Whether public minutes tell what was decided at the item."""
    told = {row.pk: one for row, one in zip(items, shown.items, strict=False)}.get(item.pk)
    return told is not None and told.access == "open" and bool(told.decision or told.outcome)


def whole_agenda(agenda: Agenda) -> record.Meeting:
    """The agenda as it was sent; what was closed since is closed."""
    rows = {str(row.pk): row for row in AgendaItem.objects.filter(pk__in=agenda.items).select_related("case")}
    items = [rows[pk] for pk in agenda.items]
    shown = agendas.as_closed_now(_named(agenda.decoded(), agenda.meeting), items, closed_files(items))
    return _with_copies(shown, items)


def _with_copies(shown: record.Meeting, rows: Sequence[AgendaItem]) -> record.Meeting:
    """Beside each paper that has been closed, the redacted edition that is open instead. Two queries."""
    copies = list(
        Attachment.objects.filter(case__in=[row.case_id for row in rows if row.case_id]).exclude(copy_of=None)
    )
    if not copies:
        return shown
    former = {copy.pk: copy.copy_of_id for copy in copies}
    open_ = [copy.pk for copy in copies if copy.access == Access.OPEN and copy.removed_at is None]
    versions = AttachmentVersion.objects.filter(attachment__in=open_).select_related("attachment", "file")
    newest = {row.attachment_id: row for row in versions.defer("file__text", "file__hits").order_by("number")}
    return replace(
        shown,
        items=tuple(
            replace(item, files=_beside(item.files, newest, former)) if item.access == "open" else item
            for item in shown.items
        ),
    )


def _beside(
    files: Sequence[record.File], newest: Mapping[UUID, AttachmentVersion], former: Mapping[UUID, UUID]
) -> tuple[record.File, ...]:
    here = {file.document for file in files}
    told = []
    for file in files:
        told.append(file)
        for pk, version in newest.items():
            if str(pk) in here or not _is_copy_of(pk, file.document, former):
                continue
            told.append(
                replace(
                    file, title=version.attachment.title, document=str(pk), access="open", sha256=version.file_id,
                    media_type=version.file.media_type, size=version.file.size,
                )
            )  # fmt: skip
            here.add(str(pk))
    return tuple(told)


def _is_copy_of(copy: UUID, document: str | None, former: Mapping[UUID, UUID]) -> bool:
    """Whether it was made from that paper, or from an edition of it."""
    at: UUID | None = copy
    while at := former.get(at):
        if str(at) == document:
            return True
    return False


def _named(shown: record.Meeting, meeting: Meeting) -> record.Meeting:
    """An imported paper under the names that its body and organization have here, so that the archive finds both."""
    if not meeting.imported_at:
        return shown
    return replace(shown, body=meeting.organization.body.name, organization=meeting.organization.name)


def closed_files(items: Iterable[AgendaItem]) -> set[str]:
    """The attachments of the items that are closed now, or taken off."""
    rows = Attachment.objects.filter(case__in=[item.case_id for item in items if item.case_id])
    return {str(pk) for pk in rows.exclude(access=Access.OPEN, removed_at=None).values_list("pk", flat=True)}


def holds_closed(shown: record.Meeting, meeting: Meeting) -> bool:
    """Whether a public record shows an item or a file that has been closed since (I11, I12)."""
    items = list(AgendaItem.objects.filter(meeting=meeting, parent=None).select_related("case"))
    closed = {item.number for item in items if item.is_closed}  # "" where an imported paper gives none
    files = closed_files(items)
    return any(
        item.access == "open" and ((item.number or "") in closed or any(file.document in files for file in item.files))
        for item in shown.items
    )


def files_of(shown: Shown) -> dict[str, str]:
    """The files that the record names, by their hashes; of anything but a meeting none."""
    if not isinstance(shown, record.Meeting):
        return {}
    return {file.sha256: file.title or "" for item in shown.items for file in item.files if file.sha256}


def attachments_of(shown: Shown) -> dict[str, str]:
    """The attachments whose files the record names, by the files' hashes; of anything but a meeting none."""
    if not isinstance(shown, record.Meeting):
        return {}
    return {file.sha256: file.document for item in shown.items for file in item.files if file.sha256 and file.document}


def _faced(item: record.Item, row: AgendaItem, face: PublicFace | None) -> record.Item:
    if item.access != "closed":
        return item
    return replace(
        item, public_title=row.face or (face.title if face else "") or item.public_title,
        legal_ground=row.legal_ground or item.legal_ground,
        public_decision=(face.decision.strip() or None) if face else None,
        no_public_decision_because=(face.none_because.strip() or None) if face else None,
    )  # fmt: skip
