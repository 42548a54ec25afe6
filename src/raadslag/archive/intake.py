"""The one way into the archive: a paper is stored whole, once, and only if it may be shown; else it waits.

`take_in` asks, in this order: has screening found something; is this record here already; is it known
whose meeting it is and when; has a person said that the paper is already public. What passes becomes a
version of its meeting through `core.release`, which alone decides what is kept of a record.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import cast

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from raadslag.archive import files
from raadslag.archive.folder import locked
from raadslag.archive.models import (
    Attachment,
    Body,
    Item,
    Meeting,
    Organization,
    StoredFile,
    Version,
    WaitingPaper,
)
from raadslag.archive.slugs import body_slug, slug_of
from raadslag.core import record as records
from raadslag.core import text
from raadslag.core.errors import InvalidRecord
from raadslag.core.readers import sniff
from raadslag.core.release import as_already_public, public
from raadslag.core.rules.screening import Hit, mask, screen_record

MAX_NAME = 200


@dataclass(frozen=True)
class Document:
    """The bytes of a file, under the name it came with, and what screening found in them."""

    name: str
    media_type: str
    data: bytes
    hits: tuple[Hit, ...]

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the bytes in 64 hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Paper:
    """A record, the document it was read from, and the attachments that came with it, by SHA-256.

    Only attachments that the record names by hash at an open item are kept.
    """

    record: records.Record
    source: Document
    attachments: Mapping[str, Document] = field(default_factory=dict)


class Outcome(StrEnum):
    """What became of a paper."""

    NEW = "new"
    NEW_VERSION = "new_version"
    KNOWN = "known"
    WAITING = "waiting"


@dataclass(frozen=True)
class Receipt:
    """What became of a paper. `version` is where it is now, `reason`, `hits` and `missing` why it waits."""

    outcome: Outcome
    version: Version | None = None
    reason: WaitingPaper.Reason | None = None
    hits: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def take_in(
    paper: Paper,
    *,
    at: datetime,
    already_public: bool = False,
    body: str | None = None,
    organization: str | None = None,
) -> Receipt:
    """Store the paper, or let it wait; either happens whole or not at all, and twice is as once.

    `already_public` is a person's word that everybody may see the paper. `body` and `organization` are that
    person's too, and stand in where the record does not tell. The index follows with `Index.catch_up`.

    Raises InvalidRecord for a record that is not of a meeting. Any other error leaves everything as it was.
    """
    if not isinstance(paper.record, records.Meeting):
        remedy = "Give it agendas and minutes."
        raise InvalidRecord(paper.source.name, "the record of a meeting", type(paper.record).__name__, remedy)
    record = _in_reading_order(paper.record)
    known = msgspec.structs.replace(record, body=record.body or body, organization=record.organization or organization)
    hits = _lines_of((*paper.source.hits, *screen_record(known), *_hits_of(paper.attachments)))
    told = as_already_public(known)
    released = public(told)
    missing = _missing(known)
    with locked(Path(settings.DATA), "intake"):
        if hits:
            return _wait(paper.source, at, WaitingPaper.Reason.SCREENING, hits=hits, missing=missing)
        if version := Version.objects.filter(identity=records.identity(released)).first():
            _stop_waiting(paper.source)
            return Receipt(Outcome.KNOWN, version)
        if missing or not already_public:
            if version := _shown_already(paper.source):
                return Receipt(Outcome.KNOWN, version)
            reason = WaitingPaper.Reason.UNIDENTIFIED if missing else WaitingPaper.Reason.NOT_CONFIRMED
            return _wait(paper.source, at, reason, missing=missing)
        try:
            receipt = _store(released, paper, at, with_source=not _holds_more(paper, told, released))
        except _Ambiguous:
            return _wait(paper.source, at, WaitingPaper.Reason.UNIDENTIFIED, missing=("meeting.start",))
        _stop_waiting(paper.source)
        return receipt


_OVERRIDES = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def _in_reading_order(record: records.Meeting) -> records.Meeting:
    """The record without characters that turn the direction of text: with them a page shows what is not written.

    Readers of papers take them out; a record in JSON may hold them. Source: Unicode Standard Annex 9, 2.1 to 2.5.
    """
    written = records.encode(record).decode()
    plain = written.translate(_OVERRIDES)
    return record if plain == written else cast(records.Meeting, records.decode(plain))


def _hits_of(attachments: Mapping[str, Document]) -> Sequence[Hit]:
    return [hit for document in attachments.values() for hit in document.hits]


def _lines_of(hits: Sequence[Hit]) -> tuple[str, ...]:
    """Where each hit stands and why it is one; never the words."""
    return tuple(dict.fromkeys(f"{hit.place}: {hit.reason}" for hit in hits))


_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?")


def _missing(record: records.Meeting) -> tuple[str, ...]:
    """The fields without which nobody knows which meeting it is."""
    missing = []
    if not record.body or len(record.body) > MAX_NAME or not body_slug(record.body):
        missing.append("body")
    if not record.organization or len(record.organization) > MAX_NAME or not slug_of(record.organization):
        missing.append("organization")
    if not _is_moment(record.meeting.start):
        missing.append("meeting.start")
    return tuple(missing)


def _is_moment(written: str | None) -> bool:
    """Whether it is a local time or a day as a record writes them: `2018-04-09T17:00`, `2018-04-09`."""
    if not written or not _MOMENT.fullmatch(written):
        return False
    try:
        datetime.fromisoformat(written)
    except ValueError:
        return False
    return True


# --- waiting ---


def _wait(
    source: Document,
    at: datetime,
    reason: WaitingPaper.Reason,
    *,
    hits: tuple[str, ...] = (),
    missing: tuple[str, ...] = (),
) -> Receipt:
    sha256, is_new = files.put(source.data, "waiting")
    try:
        WaitingPaper.objects.update_or_create(
            sha256=sha256,
            defaults={"reason": reason, "hits": hits, "missing": missing},
            create_defaults={
                "name": _safe_name(source.name),
                "media_type": source.media_type,
                "size": len(source.data),
                "reason": reason,
                "hits": hits,
                "missing": missing,
                "added_at": at,
            },
        )
    except BaseException:
        if is_new:
            files.remove(sha256, "waiting")
        raise
    return Receipt(Outcome.WAITING, None, reason, hits, missing)


def _stop_waiting(source: Document) -> None:
    if WaitingPaper.objects.filter(sha256=source.sha256).delete()[0]:
        files.remove(source.sha256, "waiting")


def _safe_name(name: str) -> str:
    """The name of a file without folders, numbers shaped as identification numbers masked."""
    return mask(Path(name).name)[:255]


# --- storing ---


def _shown_already(source: Document) -> Version | None:
    return Version.objects.filter(source__sha256=source.sha256).first()


_RECORD_READERS = frozenset({"raadslag-html", "raadslag-pdf"})


def _holds_more(paper: Paper, told: records.Meeting, released: records.Meeting) -> bool:
    """Whether the source is a record, in whatever format, of which something was held back.

    A record holds the inside of closed items beside their public face; nobody has printed it for everyone.
    """
    provenance = paper.record.provenance
    is_record = paper.source.media_type == sniff.JSON or (provenance and provenance.reader in _RECORD_READERS)
    return bool(is_record) and records.identity(told) != records.identity(released)


def _store(record: records.Meeting, paper: Paper, at: datetime, *, with_source: bool) -> Receipt:
    """Bytes first, then all rows in one transaction: what is not whole is not there."""
    named = {file.sha256 for item in record.items for file in item.files}
    documents = [file for file in paper.attachments.values() if file.sha256 in named]
    documents += [paper.source] if with_source else []
    fresh: list[str] = []
    try:
        for document in documents:
            sha256, is_new = files.put(document.data)
            fresh += [sha256] if is_new else []
        with transaction.atomic():
            stored = {document.sha256: _stored(document) for document in documents}
            meeting = _meeting_of(record)
            kind = record.kind or Version.Kind.UNSTATED
            earlier = meeting.versions.filter(kind=kind).count()
            version = Version.objects.create(
                meeting=meeting,
                kind=kind,
                number=earlier + 1,
                identity=records.identity(record),
                record=records.encode(record),
                source=stored[paper.source.sha256] if with_source else None,
                added_at=at,
            )
            _add_items(version, record, stored)
            _show_the_newest(meeting)
    except BaseException:
        for sha256 in fresh:
            files.remove(sha256)
        raise
    return Receipt(Outcome.NEW_VERSION if earlier else Outcome.NEW, version)


def _stored(document: Document) -> StoredFile:
    stored, _ = StoredFile.objects.get_or_create(
        sha256=document.sha256,
        defaults={
            "media_type": document.media_type,
            "size": len(document.data),
            "name": _safe_name(document.name),
        },
    )
    return stored


class _Ambiguous(Exception):
    """More than one meeting of that day could be meant."""


def _meeting_of(record: records.Meeting) -> Meeting:
    """The meeting that the record is of; made, with its organization and body, where it is the first.

    It is told by body, organization and start: the same day and time, or where the record or the meeting
    has no time, the one meeting of that day. Raises _Ambiguous where there is more than one.
    """
    body, _ = Body.objects.get_or_create(slug=body_slug(record.body), defaults={"name": _one_line(record.body)})
    organization, _ = Organization.objects.get_or_create(
        body=body, slug=slug_of(record.organization), defaults={"name": _one_line(record.organization)}
    )
    start = record.meeting.start
    that_day = {meeting.start: meeting for meeting in Meeting.objects.held_by(organization).filter(start_on=start[:10])}
    if meeting := that_day.get(start) or that_day.get(start[:10]):
        if len(start) > len(meeting.start):
            meeting.start = start
            meeting.save(update_fields=["start"])
        return meeting
    if "T" not in start and that_day:
        if len(that_day) > 1:
            raise _Ambiguous
        return next(iter(that_day.values()))
    return Meeting.objects.create(
        body=body,
        organization=organization,
        slug=_free_slug(body, f"{start[:10]}-{organization.slug}"),
        start=start,
        start_on=date.fromisoformat(start[:10]),
    )


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _free_slug(body: Body, slug: str) -> str:
    taken = set(Meeting.objects.of(body).filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(free for n in count(1) if (free := slug if n == 1 else f"{slug}-{n}") not in taken)


def _show_the_newest(meeting: Meeting) -> None:
    """Let the newest minutes, else the newest paper, be what is shown of the meeting."""
    newest = meeting.versions.newest_first()[0]
    if newest.is_current:
        return
    meeting.versions.current().update(is_current=False)
    meeting.versions.filter(pk=newest.pk).update(is_current=True)
    shown = newest.value
    adjourned = shown.meeting.adjourned
    meeting.adjourned = adjourned if adjourned and _is_moment(adjourned) else ""
    meeting.place = shown.meeting.place or ""
    meeting.title = shown.title or ""
    meeting.save(update_fields=["adjourned", "place", "title"])


# --- items ---


def _add_items(version: Version, record: records.Meeting, stored: Mapping[str, StoredFile]) -> None:
    slugs: set[str] = set()
    items = []
    for position, item in enumerate(record.items, 1):
        slug = slugify(item.number or "")[:30] or f"o{position}"
        while slug in slugs:
            slug = f"{slug}-{position}"
        slugs.add(slug)
        items.append(_item(version, position, slug, item))
    Item.objects.bulk_create(items)
    Attachment.objects.bulk_create(
        Attachment(
            item=row,
            order=position,
            number=file.number or "",
            title=file.title,
            document=file.document or "",
            reference=file.reference or "",
            file=stored.get(file.sha256 or ""),
        )
        for row, item in zip(items, record.items, strict=True)
        for position, file in enumerate(item.files, 1)
    )


def _item(version: Version, position: int, slug: str, item: records.Item) -> Item:
    is_closed = item.access == "closed"
    decision = item.public_decision if is_closed else item.decision
    return Item(
        version=version,
        meeting=version.meeting,
        order=position,
        slug=slug,
        number=item.number or "",
        title=(item.public_title if is_closed else item.title) or "",
        reference=item.reference or "",
        access=item.access,
        outcome=item.outcome or "",
        actor=item.actor or "",
        decision=text.plain(decision or ""),
        text="\n\n".join(text.plain(part) for part in _texts(item)),
    )


def _texts(item: records.Item) -> list[str]:
    """The texts of an item besides title and decision, each once: the parts often stand in a section too."""
    texts = [section.text for section in item.sections if section.kind != "decision"]
    parts = [item.legal_ground, item.no_public_decision_because, *item.steps, *(step.text for step in item.route)]
    if item.recommendation:
        parts += [point.text for point in item.recommendation.points]
    parts += [reservation.text for reservation in item.reservations]
    for part in filter(None, parts):
        if not any(part in text for text in texts):
            texts.append(part)
    return texts
