"""The one way into the archive: a paper is stored whole, once, and only if it may be shown; else it waits.

`take_in` asks, in this order: has screening found something; is this record here already; is it known
whose meeting it is and when; has a person said that the paper is already public. What passes becomes a
version of its meeting through `core.release`, which alone decides what is kept of a record; `archive.filing` finds
its meeting and writes the rows. What an organization is goes the same way, to `archive.portraits`, a product's version
to `archive.products`, and how far a commitment is to `archive.commitments`.

Records that a workspace delivers come the same way: they are public already, and hold nothing more.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar, cast

import msgspec

from raadslag.archive import commitments, files, journal, portraits, products, withdrawals
from raadslag.archive.filing import Ambiguous, Filing, is_moment
from raadslag.archive.models import Edition, Portrait, Standing, StoredFile, Version, WaitingPaper, WithdrawnFile
from raadslag.archive.shelves import Shelf
from raadslag.archive.slugs import body_slug, slug_of, version_slug
from raadslag.core import record as records
from raadslag.core.errors import InvalidRecord
from raadslag.core.readers import sniff
from raadslag.core.release import as_already_public, public
from raadslag.core.rules.screening import Hit, mask, screen_record

MAX_NAME = 200
MAX_VERSION = 50
OPERATOR = "operator"


Taken: TypeAlias = records.Meeting | records.Organization | records.Product | records.Commitment
"""The records that the archive takes in."""
Row: TypeAlias = Version | Portrait | Edition | Standing
"""What one of them becomes."""
SHELVES: tuple[Shelf[Any, Any], ...] = (portraits.SHELF, products.SHELF, commitments.SHELF)


class Brought(Protocol):
    """The bytes of a file, under the name it came with, and what screening found in them.

    `text` is what it shows and `pages` how many it has, as far as that is known. `data` may be read from a disk each
    time that it is asked for.
    """

    @property
    def name(self) -> str: ...

    @property
    def media_type(self) -> str: ...

    @property
    def data(self) -> bytes: ...

    @property
    def sha256(self) -> str: ...

    @property
    def hits(self) -> tuple[Hit, ...]: ...

    @property
    def text(self) -> str: ...

    @property
    def pages(self) -> int | None: ...


@dataclass(frozen=True)
class Document:
    """What was brought, in memory."""

    name: str
    media_type: str
    data: bytes
    hits: tuple[Hit, ...]
    text: str = ""
    pages: int | None = None

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the bytes in 64 hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Paper:
    """A record, the document it was read from, and the attachments that came with it, by SHA-256.

    Only attachments that the record names by hash at an open item are kept. `is_delivered` tells that the record
    itself was delivered, not read from a document: then its source is no paper that anybody would want to see.
    `looked_at` are the lines of hits that named people have looked at where it was released.
    """

    record: records.Record
    source: Brought
    attachments: Mapping[str, Brought] = field(default_factory=dict)
    is_delivered: bool = False
    looked_at: frozenset[str] = frozenset()


class Outcome(StrEnum):
    """What became of a paper."""

    NEW = "new"
    NEW_VERSION = "new_version"
    KNOWN = "known"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Receipt:
    """What became of a paper. `version` is where it is now, `reason`, `hits` and `missing` why it waits.

    A paper that was withdrawn stays so, however often it comes; `version` is then the withdrawn one, if it is known.
    """

    outcome: Outcome
    version: Row | None = None
    reason: WaitingPaper.Reason | None = None
    hits: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """A paper with all that can be said of it without the archive: what is released of it, and what stands in the way.

    `named` are the attachments that the released record names by hash.
    """

    paper: Paper
    released: Taken
    identity: str
    hits: tuple[str, ...]
    missing: tuple[str, ...]
    named: tuple[Brought, ...]
    with_source: bool


def take_in(
    paper: Paper,
    *,
    at: datetime,
    already_public: bool = False,
    body: str | None = None,
    organization: str | None = None,
    by: str = OPERATOR,
) -> Receipt:
    """Store the paper, or let it wait; either happens whole or not at all, and twice is as once.

    `already_public` is a person's word that everybody may see the paper. `body` and `organization` are that
    person's too, and stand in where the record does not tell; `by` is that person, for the journal. The index follows
    with `Index.catch_up`.

    Raises InvalidRecord for a record that is of no meeting, organization, product or commitment, and for a delivered
    one that holds more than may be shown. Any other error leaves everything as it was.
    """
    prepared = prepare(paper, body=body, organization=organization)
    return _store([prepared], at=at, already_public=already_public, by=by)[0]


def take_in_all(
    papers: Sequence[Prepared], *, at: datetime, already_public: bool = False, by: str = OPERATOR
) -> list[Receipt | Exception]:
    """Store many papers at the price of few: what became of each, in their order, as `take_in` tells.

    They go in together. Where one of them cannot, each is taken in by itself, and only that one has an error.
    """
    try:
        return [*_store(papers, at=at, already_public=already_public, by=by)]
    except Exception as error:  # whatever it is, the others go on
        if len(papers) < 2:
            return [error]
    alone = (take_in_all([one], at=at, already_public=already_public, by=by) for one in papers)
    return [told for (told,) in alone]


def prepare(paper: Paper, *, body: str | None = None, organization: str | None = None) -> Prepared:
    """What `take_in` asks of a paper before it looks into the archive; pure, so that any process may do it.

    Raises InvalidRecord as `take_in` does.
    """
    if not isinstance(paper.record, Taken):
        remedy = "Give it agendas, minutes, what a committee is, a version of a product, or a commitment."
        expected = "the record of a meeting, an organization, a product or a commitment"
        raise InvalidRecord(paper.source.name, expected, type(paper.record).__name__, remedy)
    known = told = _in_reading_order(msgspec.structs.replace(paper.record, body=paper.record.body or body))
    if not isinstance(known, records.Organization):
        known = told = msgspec.structs.replace(known, organization=known.organization or organization)
    if isinstance(known, records.Meeting) and not paper.is_delivered:
        told = as_already_public(known)
    released = public(told)
    identity = records.identity(released)
    if paper.is_delivered and records.identity(known) != identity:
        remedy = "Deliver public(record), as the workspace releases it."
        raise InvalidRecord(paper.source.name, "a record of what may be shown alone", "one that holds more", remedy)
    items = released.items if isinstance(released, records.Meeting) else ()
    named = {file.sha256 for item in items for file in item.files}
    lines = _lines_of((*paper.source.hits, *screen_record(known), *_hits_of(paper.attachments)))
    return Prepared(
        paper=paper,
        released=released,
        identity=identity,
        hits=tuple(line for line in lines if line not in paper.looked_at),
        missing=_missing(known),
        named=tuple(file for file in paper.attachments.values() if file.sha256 in named),
        with_source=not paper.is_delivered and not (_is_record(paper) and records.identity(told) != identity),
    )


_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")


R = TypeVar("R", records.Meeting, records.Organization, records.Product, records.Commitment, Taken)


def _in_reading_order(record: R) -> R:
    """The record without characters that turn the direction of text: with them a page shows what is not written.

    Readers of papers take them out; a record in JSON may hold them. Source: Unicode Standard Annex 9, 2.1 to 2.5.
    """
    written = records.encode(record).decode()
    return cast(R, records.decode(_OVERRIDES.sub("", written))) if _OVERRIDES.search(written) else record


def _hits_of(attachments: Mapping[str, Brought]) -> Sequence[Hit]:
    return [hit for document in attachments.values() for hit in document.hits]


def _lines_of(hits: Sequence[Hit]) -> tuple[str, ...]:
    """Where each hit stands and why it is one; never the words."""
    return tuple(dict.fromkeys(f"{hit.place}: {hit.reason}" for hit in hits))


def _missing(record: Taken) -> tuple[str, ...]:
    """The fields without which nobody knows which meeting, organization, version of a product or commitment it is."""
    missing = []
    if not record.body or len(record.body) > MAX_NAME or not body_slug(record.body):
        missing.append("body")
    if isinstance(record, records.Organization):
        if len(record.name) > MAX_NAME or not slug_of(record.name):
            missing.append("name")
        return tuple(missing)
    if not record.organization or len(record.organization) > MAX_NAME or not slug_of(record.organization):
        missing.append("organization")
    if isinstance(record, records.Product):
        if len(record.title) > MAX_NAME or not slug_of(record.title):
            missing.append("title")
        if len(record.version) > MAX_VERSION or not version_slug(record.version):
            missing.append("version")
    elif isinstance(record, records.Commitment):
        if not record.id or len(record.id) > MAX_NAME:
            missing.append("id")
    elif not is_moment(record.meeting.start):
        missing.append("meeting.start")
    return tuple(missing)


_RECORD_READERS = frozenset({"raadslag-html", "raadslag-pdf"})


def _is_record(paper: Paper) -> bool:
    """Whether the source is a record, in whatever format.

    A record holds the inside of closed items beside their public face; nobody has printed it for everyone.
    """
    provenance = paper.record.provenance
    return paper.source.media_type == sniff.JSON or bool(provenance and provenance.reader in _RECORD_READERS)


# --- storing ---


def _store(papers: Sequence[Prepared], *, at: datetime, already_public: bool, by: str) -> list[Receipt]:
    """Bytes first, then all rows in one transaction: what is not whole is not there."""
    storing = _Storing(at, already_public, by)
    try:
        with journal.writing():
            told = storing.receipts(papers)
    except BaseException:
        for sha256, place in storing.fresh:
            files.remove(sha256, place)
        raise
    for sha256 in storing.done:
        files.remove(sha256, "waiting")
    return told


class _Storing:
    """One batch of papers on their way in.

    `fresh` are the files that it has written, for whoever must undo; `done` the papers that wait no longer.
    """

    def __init__(self, at: datetime, already_public: bool, by: str) -> None:
        self._at, self._already_public, self._by = at, already_public, by
        self.fresh: list[tuple[str, files.Place]] = []
        self.done: list[str] = []
        self._entries: list[journal.Entry] = []
        self._versions: list[tuple[Version, Prepared]] = []
        self._single: list[tuple[Shelf[Any, Any], Portrait | Edition | Standing]] = []

    def receipts(self, papers: Sequence[Prepared]) -> list[Receipt]:
        """What became of each paper; everything is written."""
        self._load(papers)
        told = [self._take(one) for one in papers]
        self._filing.save()
        for version, one in self._versions:
            about = {"version": version.identity, "files": sorted(document.sha256 for document in one.named)}
            self._entries.append(journal.Entry("taken_in", about, [version.meeting.pk]))
        for shelf, row in self._single:
            told_of = {"version": row.identity, "files": [], shelf.owners: [getattr(row, shelf.owner)]}
            self._entries.append(journal.Entry("taken_in", told_of))
        journal.write_all(self._entries, by=self._by, at=self._at)
        return told

    def _load(self, papers: Sequence[Prepared]) -> None:
        identities = [one.identity for one in papers]
        known = Version.objects.filter(identity__in=identities).defer("record")
        self._known: dict[str, Row] = {version.identity: version for version in known}
        portrayed = Portrait.objects.filter(identity__in=identities).select_related("organization__body")
        self._known |= {portrait.identity: portrait for portrait in portrayed}
        editions = Edition.objects.filter(identity__in=identities).with_product()
        self._known |= {edition.identity: edition for edition in editions}
        standings = Standing.objects.filter(identity__in=identities).with_commitment()
        self._known |= {standing.identity: standing for standing in standings}
        hashes = {document.sha256 for one in papers for document in (one.paper.source, *one.named)}
        hashes |= {read_from for one in papers if (read_from := _read_from(one.paper))}
        self._stored = {file.sha256: file for file in StoredFile.objects.filter(sha256__in=hashes)}
        read = Version.objects.filter(source__sha256__in=hashes).select_related("source").defer("record")
        self._of_source = {version.source.sha256: version for version in read if version.source}
        self._waiting = set(WaitingPaper.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))
        self._in_force = withdrawals.in_force()
        wanted = [one.released for one in papers if not one.missing]
        self._filing = Filing(
            [one for one in wanted if isinstance(one, records.Meeting)],
            [one for one in wanted if not isinstance(one, records.Meeting)],
        )

    def _take(self, one: Prepared) -> Receipt:
        source = one.paper.source
        if withdrawn := self._withdrawn(one):
            self._stop_waiting(source)
            return Receipt(Outcome.WITHDRAWN, withdrawn)
        if self._outlasts(one):
            self._stop_waiting(source)
            return Receipt(Outcome.WITHDRAWN)
        if one.hits:
            return self._wait(one, WaitingPaper.Reason.SCREENING)
        if version := self._known.get(one.identity):
            self._stop_waiting(source)
            return Receipt(Outcome.KNOWN, version)
        if one.missing or not (self._already_public or one.paper.is_delivered):
            if version := self._of_source.get(source.sha256):
                return Receipt(Outcome.KNOWN, version)
            reason = WaitingPaper.Reason.UNIDENTIFIED if one.missing else WaitingPaper.Reason.NOT_CONFIRMED
            return self._wait(one, reason)
        if isinstance(one.released, records.Organization):
            portrait = portraits.add(self._filing, one.released, at=self._at)
            return self._keep_single(one, portraits.SHELF, portrait, portrait.organization.portraits.count())
        if isinstance(one.released, records.Product):
            edition = products.add(self._filing, one.released, at=self._at)
            return self._keep_single(one, products.SHELF, edition, edition.product.editions.count())
        if isinstance(one.released, records.Commitment):
            standing = commitments.add(self._filing, one.released, at=self._at)
            return self._keep_single(one, commitments.SHELF, standing, standing.commitment.standings.count())
        try:
            version = self._add(one, one.released)
        except Ambiguous:
            return self._wait(one, WaitingPaper.Reason.UNIDENTIFIED, missing=("meeting.start",))
        self._stop_waiting(source)
        return Receipt(Outcome.NEW_VERSION if version.number > 1 else Outcome.NEW, version)

    def _keep_single(
        self, one: Prepared, shelf: Shelf[Any, Any], row: Portrait | Edition | Standing, count: int
    ) -> Receipt:
        """What became of a record that is a row by itself; `count` are those of its owner, with it."""
        self._known[one.identity] = row
        self._single.append((shelf, row))
        self._stop_waiting(one.paper.source)
        return Receipt(Outcome.NEW if count == 1 else Outcome.NEW_VERSION, row)

    def _withdrawn(self, one: Prepared) -> Row | None:
        """The withdrawn version that this paper is, in whatever words a reader tells it."""
        known = self._known.get(one.identity)
        if known and known.withdrawn_at:
            return known
        for sha256 in filter(None, (one.paper.source.sha256, _read_from(one.paper))):
            version = self._of_source.get(sha256)
            if version and version.withdrawn_at:
                return version
        return None

    def _outlasts(self, one: Prepared) -> bool:
        """Whether the paper was withdrawn after the backup that this archive was restored from, and is not in it."""
        line = self._in_force.files.get(one.paper.source.sha256)
        is_withdrawn = one.identity in self._in_force.versions or bool(line and line.versions)
        return is_withdrawn and one.identity not in self._known and one.paper.source.sha256 not in self._of_source

    def _add(self, one: Prepared, released: records.Meeting) -> Version:
        documents = {document.sha256: document for document in one.named}
        source = one.paper.source if one.with_source else None
        version = self._filing.add(released, at=self._at)  # first: it may be ambiguous, and then nothing is kept
        stored = {sha256: self._keep(document) for sha256, document in documents.items()}
        version.source = self._keep(source) if source else None
        self._filing.attach(version, stored)
        self._known[one.identity] = version
        if source:
            self._of_source[source.sha256] = version
        self._versions.append((version, one))
        return version

    def _keep(self, document: Brought) -> StoredFile:
        if (stored := self._stored.get(document.sha256)) is None:
            if line := self._in_force.files.get(document.sha256):
                return self._keep_apart(document, line)
            self._put(document.data, "files")
            stored = StoredFile.objects.create(
                sha256=document.sha256,
                media_type=document.media_type,
                size=len(document.data),
                name=_safe_name(document.name),
                text=document.text,
                pages=document.pages,
            )
            self._stored[document.sha256] = stored
        elif stored.withdrawn_at is None:
            self._put(document.data, "files")
        return stored

    def _keep_apart(self, document: Brought, line: withdrawals.Line) -> StoredFile:
        """A file that was withdrawn after the backup, and comes again with another paper: it stays withdrawn."""
        self._put(document.data, "withdrawn")
        stored = StoredFile.objects.create(
            sha256=document.sha256,
            media_type=document.media_type,
            size=len(document.data),
            pages=document.pages,
            withdrawn_at=line.at,
            ground=line.ground,
        )
        WithdrawnFile.objects.create(file=stored, name=_safe_name(document.name), text=document.text)
        self._stored[document.sha256] = stored
        return stored

    def _put(self, data: bytes, place: files.Place) -> None:
        sha256, is_new = files.put(data, place)
        if is_new:
            self.fresh.append((sha256, place))

    def _wait(self, one: Prepared, reason: WaitingPaper.Reason, *, missing: tuple[str, ...] = ()) -> Receipt:
        source, missing = one.paper.source, missing or one.missing
        self._put(source.data, "waiting")
        why = {"reason": reason, "hits": one.hits, "missing": missing}
        WaitingPaper.objects.update_or_create(
            sha256=source.sha256,
            defaults=why,
            create_defaults={
                "name": _safe_name(source.name),
                "media_type": source.media_type,
                "size": len(source.data),
                "added_at": self._at,
                **why,
            },
        )
        if source.sha256 not in self._waiting:
            self._waiting.add(source.sha256)
            self._entries.append(journal.Entry("waits", {"paper": source.sha256}, is_public=False))
        return Receipt(Outcome.WAITING, None, reason, one.hits, missing)

    def _stop_waiting(self, source: Brought) -> None:
        if source.sha256 not in self._waiting:
            return
        self._waiting.discard(source.sha256)
        WaitingPaper.objects.filter(sha256=source.sha256).delete()
        self.done.append(source.sha256)


def _read_from(paper: Paper) -> str | None:
    """The hash of the document that a record says it was read from."""
    provenance = paper.record.provenance
    return provenance.sha256 if provenance else None


def _safe_name(name: str) -> str:
    """The name of a file without folders, numbers shaped as identification numbers masked."""
    return mask(Path(name).name)[:255]
