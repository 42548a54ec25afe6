"""Making again what is made from records: rows, what a meeting shows, shells, the index. Nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from raadslag.archive import commitments, files, journal, portraits, products
from raadslag.archive.checking.findings import Finding, Mend
from raadslag.archive.checking.rows import recorded
from raadslag.archive.filing import Filing, attachments_of, empty, rows_of, tell
from raadslag.archive.intake import SHELVES
from raadslag.archive.models import Item, Meeting, StoredFile, Version, WithdrawnFile
from raadslag.archive.search import open_index
from raadslag.archive.shelves import Shelf
from raadslag.core import record as records

_AT_ONCE = 100


@dataclass(frozen=True)
class Mended:
    """How many rows and files were made again, and whether the index was."""

    count: int
    is_indexed: bool


def mend(findings: Iterable[Finding], *, by: str, at: datetime) -> Mended:
    """Make again what these findings say can be; each few of them in one transaction, with an entry in the journal."""
    wanted: dict[tuple[Mend, int | str], None] = {}
    for finding in findings:
        if finding.mend:
            wanted[finding.mend, finding.of] = None
    is_indexed = any(kind == "index" for kind, _ in wanted)
    order = list(_STEPS)
    steps = sorted((one for one in wanted if one[0] in _STEPS), key=lambda one: order.index(one[0]))
    for start in range(0, len(steps), _AT_ONCE):
        _mend_some(steps[start : start + _AT_ONCE], by, at)
    index = open_index()
    index.rebuild() if is_indexed else index.catch_up()
    return Mended(len(steps), is_indexed)


def _mend_some(steps: list[tuple[Mend, int | str]], by: str, at: datetime) -> None:
    with journal.writing():
        touched: set[int] = set()
        for kind, of in steps:
            touched |= _STEPS[kind](of)
        told = [[kind, of] for kind, of in steps]
        about: dict[str, Any] = {"made_again": told}
        for shelf in SHELVES:
            rows = shelf.rows.filter(pk__in=[of for kind, of in steps if kind.startswith(f"{shelf.name}_")])
            if owners := sorted(set(rows.values_list(shelf.owner, flat=True))):
                about[shelf.owners] = owners
        journal.write("repaired", by=by, at=at, about=about, meetings=sorted(touched))


def _fill(version_pk: int | str) -> set[int]:
    """Let the items of a version be what its record says; those that are there keep their rows."""
    version = Version.objects.select_related("meeting").get(pk=version_pk)
    record = recorded(bytes(version.record), records.Meeting)
    if version.withdrawn_at or record is None or records.identity(record) != version.identity:
        return set()
    filing = Filing([record])
    made, known = rows_of(version, record), {item.order: item for item in version.items.all()}
    version.items.exclude(order__in=[row.order for row, _ in made]).delete()
    for there in known.values():  # out of the way of each other, then to their places
        Item.objects.filter(pk=there.pk).update(slug=f"-{there.pk}")
    for row, item in made:
        row.case = filing.case_of(version.meeting.body_id, item.reference or "")
        if there := known.get(row.order):
            row.pk = there.pk
        row.save()
        _list_files(row, item)
    return {version.meeting_id}


def _list_files(row: Item, item: records.Item) -> None:
    known = {file.order: file for file in row.attachments.select_related("file")}
    hashes = [file.sha256 for file in item.files if file.sha256]
    stored = {file.sha256: file for file in StoredFile.objects.filter(sha256__in=hashes)}
    made = attachments_of(row, item, stored)
    row.attachments.exclude(order__in=[file.order for file in made]).delete()
    for file in made:
        if there := known.get(file.order):
            file.pk = there.pk
            if there.file is None:  # its bytes did not come with this paper
                file.file = None
        file.save()


def _empty(version_pk: int | str) -> set[int]:
    version = Version.objects.exclude(withdrawn_at=None).filter(pk=version_pk).first()
    if version is None:
        return set()
    empty(Version.objects.filter(pk=version.pk))
    return {version.meeting_id}


def _set_apart(sha256: int | str) -> set[int]:
    file = StoredFile.objects.exclude(withdrawn_at=None).filter(sha256=sha256).first()
    if file is None:
        return set()
    WithdrawnFile.objects.get_or_create(file=file, defaults={"name": file.name, "text": file.text})
    StoredFile.objects.filter(pk=file.pk).update(name="", text="")
    files.move(file.sha256, "files", "withdrawn")
    return set(Meeting.objects.filter(items__attachments__file=file).values_list("pk", flat=True))


def _show(meeting_pk: int | str) -> set[int]:
    filing = Filing([])
    filing.open(Meeting.objects.filter(pk=meeting_pk))
    filing.save()
    return _tell(meeting_pk)


def _tell(meeting_pk: int | str) -> set[int]:
    meeting = Meeting.objects.get(pk=meeting_pk)
    shown = meeting.versions.current().first()
    tell(meeting, recorded(bytes(shown.record), records.Meeting) if shown else None)
    meeting.save(update_fields=["adjourned", "place", "title"])
    return {meeting.pk}


def _empty_single(shelf: Shelf[Any, Any], pk: int | str) -> set[int]:
    shelf.rows.exclude(withdrawn_at=None).filter(pk=pk).update(**shelf.shell)
    return set()


def _show_single(shelf: Shelf[Any, Any], pk: int | str) -> set[int]:
    shelf.show(map(shelf.place_of, shelf.rows.filter(pk=pk)))
    return set()


def _tell_single(shelf: Shelf[Any, Any], pk: int | str) -> set[int]:
    for row in shelf.rows.filter(pk=pk, withdrawn_at=None):
        record = shelf.record_of(row)
        shelf.rows.filter(pk=pk).update(**shelf.words(record), **shelf.stamps(record))
        shelf.show([shelf.place_of(row)])
    return set()


# What leaks is mended first.
_STEPS: dict[str, Callable[[int | str], set[int]]] = {
    "shell": _empty,
    "portrait_shell": partial(_empty_single, portraits.SHELF),
    "edition_shell": partial(_empty_single, products.SHELF),
    "standing_shell": partial(_empty_single, commitments.SHELF),
    "apart": _set_apart,
    "items": _fill,
    "shown": _show,
    "told": _tell,
    "portrait_shown": partial(_show_single, portraits.SHELF),
    "edition_told": partial(_tell_single, products.SHELF),
    "edition_shown": partial(_show_single, products.SHELF),
    "standing_told": partial(_tell_single, commitments.SHELF),
    "standing_shown": partial(_show_single, commitments.SHELF),
}
