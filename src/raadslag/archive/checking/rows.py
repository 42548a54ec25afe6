"""Rows that are made from records: whether they are what would be made of them today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from itertools import islice
from typing import TypeVar

from django.db.models import Prefetch

from raadslag.archive import journal, recognition
from raadslag.archive.checking.findings import LOST, MENDS, Finding, place_of
from raadslag.archive.filing import FILE_TEXTS, ITEM_TEXTS, Dossier, attachments_of, rows_of, tell
from raadslag.archive.models import (
    Attachment,
    Body,
    Case,
    CaseNumber,
    Item,
    Meeting,
    Organization,
    Version,
    WithdrawnRecord,
)
from raadslag.core import record as records
from raadslag.core.errors import RaadslagError
from raadslag.core.release import is_public

R = TypeVar("R", bound=records.Record)
_AT_ONCE = 200
TOLD = ("adjourned", "place", "title")


def journal_entries() -> Iterator[Finding]:
    """The first entry of the journal that does not follow from those before it."""
    if broken := journal.first_broken():
        place, expected = f"entry {broken} of the journal", "an entry that follows from those before it"
        yield Finding(place, expected, "another", "Compare with a backup: no program of ours wrote it.")


# --- versions ---


def versions(tick: Callable[[int], object]) -> Iterator[Finding]:
    """Records that are not what they were taken in as, and rows that are not what is made of them."""
    items = Item.objects.order_by("order").prefetch_related(
        Prefetch("attachments", Attachment.objects.order_by("order").select_related("file"))
    )
    rows = Version.objects.order_by("pk").select_related("meeting__body", "withdrawn_record")
    waiting = iter(rows.prefetch_related(Prefetch("items", items)).iterator(chunk_size=_AT_ONCE))
    while some := list(islice(waiting, _AT_ONCE)):
        cases = cases_of([item for version in some for item in version.items.all()], some)
        for version in some:
            yield from _withdrawn(version) if version.withdrawn_at else _kept(version, cases)
            tick(1)


def cases_of(items: Sequence[Item], of: Sequence[Version]) -> dict[tuple[int, str], int]:
    """The case of each number that stands in the items, by body and key."""
    bodies = {version.meeting.body_id for version in of}
    keys = {key for item in items if item.reference and (key := recognition.case_key(item.reference))}
    known = CaseNumber.objects.filter(body__in=bodies, key__in=keys)
    return {(body, key): case for body, key, case in known.values_list("body", "key", "case")}


def _kept(version: Version, cases: dict[tuple[int, str], int]) -> Iterator[Finding]:
    place = place_of(version.meeting, version)
    record = recorded(bytes(version.record), records.Meeting)
    if record is None or records.identity(record) != version.identity:
        found = "none that can be read" if record is None else "another"
        yield Finding(place, f"the record {version.identity}", found, LOST)
        return
    if not is_public(record):
        yield Finding(place, "a record of what may be shown alone", "one that holds more", "Withdraw it at once.")
    if told := differences(version, record, cases):
        yield Finding(place, "items as its record has them", f"others ({told})", MENDS, "items", version.pk)


def recorded(data: bytes, kind: type[R]) -> R | None:
    """The record of that kind in these bytes; None where there is none."""
    try:
        record = records.decode(data)
    except RaadslagError:
        return None
    return record if isinstance(record, kind) else None


def differences(version: Version, record: records.Meeting, cases: dict[tuple[int, str], int]) -> str:
    """The names of what differs between the items of a version and those of its record; empty where nothing does."""
    made, known = rows_of(version, record), list(version.items.all())
    if [row.order for row, _ in made] != [row.order for row in known]:
        return f"{len(known)} in place of {len(made)}"
    names: dict[str, None] = {}
    for (row, item), there in zip(made, known, strict=True):
        key = recognition.case_key(row.reference)
        fields = ("slug", "meeting_id", "number", "access", *ITEM_TEXTS)
        names |= dict.fromkeys(name for name in fields if getattr(row, name) != getattr(there, name))
        if there.case_id != (cases.get((version.meeting.body_id, key)) if key else None):
            names["case"] = None
        files, listed = attachments_of(row, item, {}), list(there.attachments.all())
        if [file.order for file in files] != [file.order for file in listed]:
            names["attachments"] = None
            continue
        for file, entry, beside in zip(files, item.files, listed, strict=True):
            names |= dict.fromkeys(name for name in FILE_TEXTS if getattr(file, name) != getattr(beside, name))
            if beside.file and beside.file.sha256 != entry.sha256:
                names["file"] = None
    return ", ".join(names)


def _withdrawn(version: Version) -> Iterator[Finding]:
    place = place_of(version.meeting, version)
    if version.record or any(not is_blank(item) for item in version.items.all()):
        yield Finding(place, "nothing of what was withdrawn", "some of it", MENDS, "shell", version.pk)
    try:
        apart = recorded(bytes(version.withdrawn_record.record), records.Meeting)
    except WithdrawnRecord.DoesNotExist:
        apart = None
    if apart is None or records.identity(apart) != version.identity:
        yield Finding(place, f"the withdrawn record {version.identity}, kept apart", "none or another", LOST)


def is_blank(item: Item) -> bool:
    """Whether an item is the shell of a withdrawn one: its place and number, and no word."""
    texts = [getattr(item, name) for name in ITEM_TEXTS]
    texts += [getattr(file, name) for file in item.attachments.all() for name in FILE_TEXTS]
    return not any(texts) and item.case_id is None and item.access == "unknown"


# --- meetings ---


def meetings() -> Iterator[Finding]:
    """Meetings that show another version than they must, or say something else of themselves than that one does."""
    of_meeting = Prefetch("versions", Version.objects.defer("record").order_by("number"), to_attr="papers")
    rows = Meeting.objects.order_by("pk").select_related("body", "organization").prefetch_related(of_meeting)
    for meeting in rows.iterator(chunk_size=_AT_ONCE):
        papers: list[Version] = meeting.papers  # type: ignore[attr-defined]  # the prefetch above puts it there
        place, shown = place_of(meeting), Dossier(meeting, papers).shown()
        if [one for one in papers if one.is_current] != ([shown] if shown else []):
            wanted = f"{shown.kind} {shown.number}" if shown else "no paper"
            yield Finding(place, f"that it shows {wanted}", "another", MENDS, "shown", meeting.pk)
        elif not is_told(meeting, shown):
            yield Finding(place, "the words of the paper that it shows", "others", MENDS, "told", meeting.pk)
        if meeting.body_id != meeting.organization.body_id:
            yield Finding(place, "a committee of its own municipality", "one of another", LOST)


def is_told(meeting: Meeting, shown: Version | None) -> bool:
    """Whether a meeting says of itself what the version that it shows says; nothing where it shows none."""
    record = recorded(bytes(shown.record), records.Meeting) if shown else None
    if shown and record is None:
        return True  # told of the version
    told = copy(meeting)
    tell(told, record)
    return all(getattr(told, name) == getattr(meeting, name) for name in TOLD)


def merged() -> Iterator[Finding]:
    """Things whose address leads nowhere, or that were merged and still have something of their own."""
    remedy = "Take it back with `raadslag archive undo`, or compare with a backup."
    for model in (Body, Organization, Meeting, Case):
        known = dict(model._default_manager.exclude(merged_into=None).values_list("pk", "merged_into"))
        for pk in sorted(known):
            seen, there = {pk}, known[pk]
            while there in known and there not in seen:
                seen.add(there)
                there = known[there]
            if there in seen:
                yield Finding(
                    f"{model._meta.model_name} {pk}", "an address that leads on to an end", "a circle", remedy
                )
    papers = Meeting.objects.exclude(merged_into=None).filter(versions__isnull=False)
    for meeting in papers.select_related("body").distinct():
        yield Finding(place_of(meeting), "no paper of its own, since it was merged", "some", remedy)
