"""The agenda as a record: what is frozen, what a reader may see of it, and what the public may."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from msgspec.structs import replace

from raadslag.core import record
from raadslag.workspace.bodies.policies import policies_of
from raadslag.workspace.cases.models import Access, AttachmentVersion, Case, Consultation
from raadslag.workspace.meetings.models import AgendaItem, Meeting

_LANGUAGE = "da"  # of papers: minutes and agendas are Danish, whatever language the secretary's pages have


def items_of(meeting: Meeting) -> list[AgendaItem]:
    """The items at the top in their order, each with `programme`, its points in order. Two queries."""
    rows = list(AgendaItem.objects.filter(meeting=meeting).select_related("case"))
    top = [row for row in rows if row.parent_id is None]
    for item in top:
        item.programme = [row for row in rows if row.parent_id == item.pk]
    return top


def clocked(meeting: Meeting, items: Sequence[AgendaItem]) -> int:
    """Give each item and point the clock at which it is planned, `at`, and each item the minutes it takes, `used`.

    The sum of the minutes. A programme takes the minutes of its points.
    """
    at, sum_ = meeting.local_start, 0
    for item in items:
        item.at = at
        for point in item.programme:
            point.at = at
            at += timedelta(minutes=point.minutes or 0)
        item.used = sum(point.minutes or 0 for point in item.programme) or item.minutes or 0
        at = item.at + timedelta(minutes=item.used)
        sum_ += item.used
    return sum_


def numbers(meeting: Meeting, items: Sequence[AgendaItem]) -> list[str]:
    """The number of each item: as it was sent, else from 1, or running on through the year where the body wishes so."""
    first = 1
    if policies_of(meeting.organization)["item_numbers"] == "year":
        year = timezone.localtime(meeting.start).year
        first += AgendaItem.objects.filter(
            meeting__organization=meeting.organization, meeting__start__year=year, is_sent=True, parent=None
        ).exclude(meeting=meeting).count()  # fmt: skip
    return [item.number or str(first + at) for at, item in enumerate(items)]


def compose(
    meeting: Meeting, items: Sequence[AgendaItem], *, stage: record.Stage, late: Iterable[str] = ()
) -> record.Meeting:
    """The whole agenda, closed items with all that they hold. The same rows give the same record."""
    said = numbers(meeting, items)
    clocked(meeting, items)
    cases = [item.case_id for item in items if item.case_id]
    files = _files(cases)
    history = _history(cases, meeting)
    with translation.override(_LANGUAGE):
        composed = [
            _item(item, order, number, files.get(item.case_id, ()), history.get(item.case_id, ()))
            for order, (item, number) in enumerate(zip(items, said, strict=True), 1)
        ]
        notes = tuple(record.Note(kind="remark", text=text) for text in late if text)
    start = timezone.localtime(meeting.start).strftime("%Y-%m-%dT%H:%M")
    return record.Meeting(
        kind="agenda",
        stage=stage,
        id=str(meeting.pk),
        body=meeting.organization.body.name,
        organization=meeting.organization.name,
        title=meeting.title,
        meeting=record.Time(
            start=start,
            planned_end=timezone.localtime(meeting.end).strftime("%Y-%m-%dT%H:%M"),
            place=meeting.place or None,
        ),
        items=tuple(composed),
        notes=notes,
    )


def as_closed_now(whole: record.Meeting, rows: Sequence[AgendaItem], files: Collection[str]) -> record.Meeting:
    """The sent agenda with what has been closed since as closed: items by their rows, `files` by their ids."""
    items = []
    for item, row in zip(whole.items, rows, strict=True):
        if row.is_closed and item.access != "closed":
            item = replace(item, access="closed", public_title=row.face, legal_ground=row.legal_ground)
        if any(file.document in files or item.access == "closed" for file in item.files):
            shut = (item.access == "closed", files)
            item = replace(item, files=tuple(_shut(file, *shut) for file in item.files))
        items.append(item)
    return replace(whole, items=tuple(items))


def _shut(file: record.File, is_item_closed: bool, files: Collection[str]) -> record.File:
    return replace(file, access="closed") if is_item_closed or file.document in files else file


def seen_by(whole: record.Meeting, allowed: Collection[int], open_files_only: Collection[int] = ()) -> record.Meeting:
    """The agenda with only the items whose orders are `allowed` whole; of the others the public face.

    Items in `open_files_only` show their open files alone.
    """
    shown = []
    for item in whole.items:
        if item.order not in allowed:
            item = face(item)
        elif item.order in open_files_only:
            item = replace(item, files=tuple(file for file in item.files if file.access == "open"))
        shown.append(item)
    return replace(whole, items=tuple(shown))


def face(item: record.Item) -> record.Item:
    """What everyone may see of a closed item: its number, that it is closed, and its public face (I5)."""
    return record.Item(
        number=item.number, order=item.order, access="closed", public_title=item.public_title,
        legal_ground=item.legal_ground,
    )  # fmt: skip


def _item(item: AgendaItem, order: int, number: str, files: Sequence[record.File], route: Sequence[record.RouteStep]
          ) -> record.Item:  # fmt: skip
    case = item.case
    sections: list[record.Section] = []
    recommendation = None
    if case:
        sections += _section("summary", _("Summary"), case.summary)
        sections += _section("background", _("Background"), _with_programme(case.background, item))
        sections += [one for heading, text in case.more.items() for one in _section("other", heading, text)]
        recommendation = _recommendation(case)
    else:
        sections += _section("background", _("Background"), _with_programme(item.text, item))
    if item.late_because:
        sections += _section("other", _("Added later"), item.late_because)
    return record.Item(
        number=number,
        order=order,
        title=item.title,
        reference=case.number if case else None,
        access="closed" if item.is_closed else "open",
        public_title=item.public_title or None if item.is_closed else None,
        legal_ground=item.legal_ground or None if item.is_closed else None,
        sections=tuple(sections),
        recommendation=recommendation,
        route=tuple(route),
        files=tuple(replace(file, access="closed") if item.is_closed else file for file in files),
    )


def _section(kind: record.SectionKind, heading: str, text: str) -> list[record.Section]:
    return [record.Section(kind=kind, heading=heading, text=text)] if text.strip() else []


def _with_programme(text: str, item: AgendaItem) -> str:
    """The text, and below it the programme with the clock: "17.00 Velkomst"."""
    if not item.programme:
        return text
    lines = [f"- {point.at:%H.%M} {point.title}" for point in item.programme]
    return "\n\n".join(part for part in (text.strip(), _("Programme:"), "\n".join(lines)) if part)


def _recommendation(case: Case) -> record.Recommendation | None:
    points = tuple(record.Point(text=text) for text in case.named_points())
    if not points:
        return None
    return record.Recommendation(by=case.recommended_by or None, to=case.recommended_to or None, points=points)


def _files(cases: Collection[object]) -> dict[object, list[record.File]]:
    """The newest version of each attachment of the cases that has not been taken off. One query."""
    rows = AttachmentVersion.objects.filter(attachment__case__in=cases, attachment__removed_at=None)
    newest = {
        row.attachment_id: row
        for row in rows.select_related("attachment", "file").defer("file__text", "file__hits").order_by("number")
    }
    found: dict[object, list[record.File]] = {}
    for row in sorted(newest.values(), key=lambda row: row.attachment.order):
        some = found.setdefault(row.attachment.case_id, [])
        some.append(
            record.File(
                number=str(len(some) + 1),
                title=row.attachment.title,
                document=str(row.attachment_id),
                access="open" if row.attachment.access == Access.OPEN else "closed",
                sha256=row.file_id,
                media_type=row.file.media_type,
                size=row.file.size,
            )
        )
    return found


def _history(cases: Collection[object], meeting: Meeting) -> dict[object, list[record.RouteStep]]:
    rows = Consultation.objects.filter(case__in=cases, is_sent=True, held_on__lt=meeting.local_start.date())
    found: dict[object, list[record.RouteStep]] = {}
    for row in rows.exclude(meeting=meeting.pk).select_related("organization"):
        text = (not row.is_closed and row.decision) or _("Treated.")  # a case can be opened later; that decision is not
        step = record.RouteStep(
            body=row.organization.name, date=row.held_on.isoformat(), number=row.item_number, text=text
        )
        found.setdefault(row.case_id, []).append(step)
    return found
