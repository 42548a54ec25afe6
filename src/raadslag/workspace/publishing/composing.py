"""What is released, as a record: the whole with its public faces, and what of it the public may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from raadslag.core import record
from raadslag.workspace.cases.models import Access, Attachment
from raadslag.workspace.meetings import composing as agendas
from raadslag.workspace.meetings.models import Agenda, AgendaItem, Meeting
from raadslag.workspace.minutes import composing as minutes_of
from raadslag.workspace.minutes.models import Minutes
from raadslag.workspace.publishing.models import PublicFace


def whole_minutes(minutes: Minutes, items: Sequence[AgendaItem], *, is_signed: bool) -> record.Meeting:
    """The minutes with signatures and additions; what was closed since is closed, and each closed item has its face."""
    shown = _named(minutes_of.shown(minutes), minutes.meeting)
    shown = agendas.as_closed_now(shown, items, closed_files(items))
    faces = {face.item_id: face for face in PublicFace.objects.filter(item__in=items)}
    told = tuple(_faced(item, row, faces.get(row.pk)) for item, row in zip(shown.items, items, strict=True))
    if minutes.meeting.imported_at:  # how far it had come is what the paper says
        return replace(shown, items=told)
    return replace(shown, items=told, stage="signed" if is_signed else "read_out")


def whole_agenda(agenda: Agenda) -> record.Meeting:
    """The agenda as it was sent; what was closed since is closed."""
    rows = {str(row.pk): row for row in AgendaItem.objects.filter(pk__in=agenda.items).select_related("case")}
    items = [rows[pk] for pk in agenda.items]
    return agendas.as_closed_now(_named(agenda.decoded(), agenda.meeting), items, closed_files(items))


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


def files_of(shown: record.Meeting) -> dict[str, str]:
    """The files that the record names, by their hashes."""
    return {file.sha256: file.title or "" for item in shown.items for file in item.files if file.sha256}


def _faced(item: record.Item, row: AgendaItem, face: PublicFace | None) -> record.Item:
    if item.access != "closed":
        return item
    return replace(
        item, public_title=row.face or (face.title if face else "") or item.public_title,
        legal_ground=row.legal_ground or item.legal_ground,
        public_decision=(face.decision.strip() or None) if face else None,
        no_public_decision_because=(face.none_because.strip() or None) if face else None,
    )  # fmt: skip
