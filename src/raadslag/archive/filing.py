"""Where a record belongs, and the rows that it becomes.

    filing = Filing([record, other])            # what the archive knows of their bodies, committees and days
    version = filing.add(record, source=None)   # raises Ambiguous
    filing.save(at)

A `Filing` is of one batch within one `journal.writing`: it reads what it needs with a few queries and writes with a
few more, however many records there are. The same rules file anew what is already here (`Filing.move`), so merging two
committees is to know both by the names of one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any, TypeAlias

from django.db.models import QuerySet
from django.utils.text import slugify

from raadslag.archive import recognition
from raadslag.archive.models import (
    Attachment,
    Body,
    BodyName,
    Case,
    CaseNumber,
    Item,
    Meeting,
    Organization,
    OrganizationName,
    StoredFile,
    Suggestion,
    Version,
)
from raadslag.archive.slugs import body_slug, slug_of
from raadslag.core import record as records
from raadslag.core import text

# What a shown version's rows say in words. A new field of words goes in here, or it outlives a withdrawal.
ITEM_TEXTS = ("title", "reference", "outcome", "actor", "decision", "text")
FILE_TEXTS = ("number", "title", "document", "reference")
_KINDS = (Version.Kind.MINUTES, Version.Kind.UNSTATED, Version.Kind.AGENDA)


_Single: TypeAlias = records.Organization | records.Product | records.Commitment
_Owned: TypeAlias = records.Meeting | _Single


def _whose(record: _Owned) -> tuple[str, str]:
    """The names of the body and the organization that a record is of."""
    name = record.name if isinstance(record, records.Organization) else record.organization
    return record.body or "", name or ""


class Ambiguous(Exception):
    """More than one meeting of that day could be meant."""


@dataclass(eq=False)
class Dossier:
    """A meeting with its versions, of which some may not be saved yet."""

    meeting: Meeting
    versions: list[Version] = field(default_factory=list)
    is_changed: bool = False

    def shown(self) -> Version | None:
        """The version to show: the newest minutes, else the newest paper; none where those are withdrawn.

        What a withdrawn paper took the place of does not come back: it may hold the same.
        """
        for kind in _KINDS:
            newest = max((one for one in self.versions if one.kind == kind), key=lambda one: one.number, default=None)
            if newest and newest.withdrawn_at is None:
                return newest
        return None

    def next_number(self, kind: str) -> int:
        """The number of the next version of that kind."""
        return max((one.number for one in self.versions if one.kind == kind), default=0) + 1


class Filing:
    """The records of one batch on their way to their places."""

    def __init__(self, batch: Iterable[records.Meeting], others: Iterable[_Single] = ()) -> None:
        known = list(batch)
        owners = [_whose(one) for one in (*known, *others)]
        self._bodies = self._load_bodies(owners)
        self._names = self._load_names(owners)
        self._dossiers: dict[tuple[int, date], list[Dossier]] = defaultdict(list)
        self._given: dict[tuple[int, str], Dossier] = {}
        self._load_meetings(known)
        self._cases = self._load_cases(known)
        self._probed, self._taken = self._load_slugs(known)
        self._added: list[tuple[Version, records.Meeting]] = []
        self._files: dict[str, Mapping[str, StoredFile]] = {}
        self._moved: list[Version] = []

    # --- what is known already ---

    def _load_bodies(self, owners: Sequence[tuple[str, str]]) -> dict[str, Body]:
        keys = {recognition.body_key(body) for body, _ in owners}
        rows = BodyName.objects.filter(key__in=keys).select_related("body")
        return {row.key: row.body for row in rows}

    def _load_names(self, owners: Sequence[tuple[str, str]]) -> dict[tuple[int, str], OrganizationName]:
        keys = {recognition.organization_key(organization) for _, organization in owners}
        bodies = {body.pk for body in self._bodies.values()}
        rows = OrganizationName.objects.filter(body__in=bodies, key__in=keys).select_related("organization")
        return {(row.body_id, row.key): row for row in rows}

    def _load_meetings(self, known: Sequence[records.Meeting]) -> None:
        days = {_day(one.meeting.start) for one in known}
        organizations = {name.organization_id for name in self._names.values()}
        ids = {one.id for one in known if one.id}
        that_day = Meeting.objects.filter(organization__in=organizations, start_on__in=days)
        given = Meeting.objects.filter(body__in={body.pk for body in self._bodies.values()}, given_id__in=ids)
        for dossier in self._opened({meeting.pk: meeting for meeting in (*that_day, *given)}.values()):
            self._file(dossier)

    @staticmethod
    def _opened(meetings: Iterable[Meeting]) -> list[Dossier]:
        by_pk = {meeting.pk: Dossier(meeting) for meeting in meetings}
        for version in Version.objects.filter(meeting__in=by_pk).defer("record").order_by("number"):
            by_pk[version.meeting_id].versions.append(version)
        return list(by_pk.values())

    def _file(self, dossier: Dossier) -> None:
        meeting = dossier.meeting
        self._dossiers[meeting.organization_id, meeting.start_on].append(dossier)
        if meeting.given_id:
            self._given[meeting.body_id, meeting.given_id] = dossier

    def _load_slugs(self, known: Sequence[records.Meeting]) -> tuple[set[tuple[int, str]], set[tuple[int, str]]]:
        """The slugs that meetings of known organizations would like, by body, and those of them that are taken."""
        probed = set()
        for one in known:
            body = self._bodies.get(recognition.body_key(one.body or ""))
            key = recognition.organization_key(one.organization or "")
            if body and (name := self._names.get((body.pk, key))):
                probed.add((body.pk, f"{_day(one.meeting.start)}-{name.organization.slug}"))
        rows = Meeting.objects.filter(body__in={pk for pk, _ in probed}, slug__in={slug for _, slug in probed})
        return probed, set(rows.values_list("body", "slug"))

    def _load_cases(self, known: Sequence[records.Meeting]) -> dict[tuple[int, str], Case]:
        keys = {key for one in known for item in one.items if (key := recognition.case_key(item.reference or ""))}
        bodies = {body.pk for body in self._bodies.values()}
        rows = CaseNumber.objects.filter(body__in=bodies, key__in=keys).select_related("case") if keys else ()
        return {(row.body_id, row.key): row.case for row in rows}

    # --- whose it is ---

    def name_of(self, record: _Owned, called: Organization | None = None) -> OrganizationName:
        """The name by which the archive knows the organization of the record; made, with its body, where it is new.

        A name that nobody has borne is that of `called`, where it is told, else of a new organization.
        """
        written_body, written = _whose(record)
        body = self.body_of(written_body)
        key = recognition.organization_key(written)
        if (body.pk, key) not in self._names:
            self._names[body.pk, key] = self._new_name(body, key, written, called)
        return self._names[body.pk, key]

    def body_of(self, written: str) -> Body:
        """The body that the archive knows by that name; made where it is new."""
        key = recognition.body_key(written)
        if key not in self._bodies:
            others = list(BodyName.objects.values_list("key", "body"))
            slug = free_slug(body_slug(written), Body.objects.all())
            body = Body.objects.create(slug=slug, name=_one_line(written))
            BodyName.objects.create(key=key, written=body.name, body=body)
            _suggest(Suggestion.Kind.BODY, body.pk, key, others)
            self._bodies[key] = body
        return self._bodies[key]

    @staticmethod
    def _new_name(body: Body, key: str, written: str, called: Organization | None) -> OrganizationName:
        if called:
            return OrganizationName.objects.create(body=body, key=key, written=_one_line(written), organization=called)
        others = list(OrganizationName.objects.filter(body=body).values_list("key", "organization"))
        name = recognition.without_term(written)
        slug = free_slug(slug_of(name), Organization.objects.filter(body=body))
        organization = Organization.objects.create(body=body, slug=slug, name=name)
        _suggest(Suggestion.Kind.ORGANIZATION, organization.pk, key, others)
        return OrganizationName.objects.create(
            body=body, key=key, written=_one_line(written), organization=organization
        )

    # --- which meeting it is ---

    def dossier_of(self, record: records.Meeting, organization: Organization) -> Dossier:
        """The meeting that the record is of; a new one where it is the first.

        It is told by the identity that a workspace gave it, else by organization and start: the same day and time,
        or where the record or the meeting has no time, the one meeting of that day. Raises Ambiguous where there is
        more than one.
        """
        start = record.meeting.start or ""
        if record.id and (given := self._given.get((organization.body_id, record.id))):
            self._move_to(given, organization, start)
            given.is_changed = True
            return given
        that_day = self._dossiers[organization.pk, _day(start)]
        by_start = {dossier.meeting.start: dossier for dossier in that_day}
        found = by_start.get(start) or by_start.get(start[:10])
        if found is None and "T" not in start and that_day:
            if len(that_day) > 1:
                raise Ambiguous
            found = that_day[0]
        if found is None:
            return self._new_dossier(record, organization, start)
        if len(start) > len(found.meeting.start):
            found.meeting.start = start
        if record.id and not found.meeting.given_id:
            found.meeting.given_id = record.id
            self._given[organization.body_id, record.id] = found
        found.is_changed = True
        return found

    def _move_to(self, dossier: Dossier, organization: Organization, start: str) -> None:
        """Let a meeting whose identity is given take place with that organization at `start`."""
        meeting = dossier.meeting
        start = meeting.start if start == meeting.start[:10] else start
        if (meeting.organization_id, meeting.start) == (organization.pk, start):
            return
        others = Meeting.objects.filter(organization=organization, start=start).exclude(pk=meeting.pk)
        if others.exists():
            raise Ambiguous
        self._dossiers[meeting.organization_id, meeting.start_on].remove(dossier)
        meeting.organization, meeting.start, meeting.start_on = organization, start, _day(start)
        self._dossiers[meeting.organization_id, meeting.start_on].append(dossier)

    def _new_dossier(self, record: records.Meeting, organization: Organization, start: str) -> Dossier:
        body = organization.body_id
        slug = f"{start[:10]}-{organization.slug}"
        if (body, slug) not in self._probed or (body, slug) in self._taken:
            slug = free_slug(slug, Meeting.objects.filter(body=body), {each for of, each in self._taken if of == body})
        self._taken.add((body, slug))
        meeting = Meeting(
            body_id=body,
            organization=organization,
            slug=slug,
            start=start,
            start_on=_day(start),
            given_id=record.id or "",
        )
        dossier = Dossier(meeting, is_changed=True)
        self._file(dossier)
        return dossier

    # --- adding and moving ---

    def add(self, record: records.Meeting, *, at: datetime) -> Version:
        """A new version of the meeting that the record is of, not saved yet. Raises Ambiguous."""
        name = self.name_of(record)
        dossier = self.dossier_of(record, name.organization)
        kind = record.kind or Version.Kind.UNSTATED
        version = Version(
            meeting=dossier.meeting,
            kind=kind,
            number=dossier.next_number(kind),
            identity=records.identity(record),
            record=records.encode(record),
            added_at=at,
            filed_as=name,
        )
        dossier.versions.append(version)
        dossier.is_changed = True  # which version is shown is asked anew, also where the meeting is as it was
        self._added.append((version, record))
        return version

    def attach(self, version: Version, stored: Mapping[str, StoredFile]) -> None:
        """The files, by hash, that the archive holds of those that an added version lists."""
        self._files[version.identity] = stored

    def move(self, version: Version, record: records.Meeting) -> bool:
        """Let a version that is here stand where its record belongs today; whether that is another meeting."""
        name = self.name_of(record)
        former = next(one for one in self._all() if version.pk in {each.pk for each in one.versions})
        dossier = self.dossier_of(record, name.organization)
        version = next(each for each in former.versions if each.pk == version.pk)
        version.filed_as = name
        self._moved.append(version)
        if dossier is former:
            return False
        former.versions.remove(version)
        former.is_changed = dossier.is_changed = True
        version.number = dossier.next_number(version.kind)
        version.meeting = dossier.meeting
        dossier.versions.append(version)
        if not former.versions:
            former.meeting.merged_into = dossier.meeting
        dossier.meeting.merged_into = None
        return True

    def open(self, meetings: Iterable[Meeting]) -> None:
        """Let the filing look anew at these meetings, besides those of its records' days: what each of them shows."""
        wanted = {meeting.pk: meeting for meeting in meetings}
        known = {dossier.meeting.pk for dossier in self._all()}
        for dossier in self._opened(meeting for pk, meeting in wanted.items() if pk not in known):
            self._file(dossier)
        for dossier in self._all():
            dossier.is_changed = dossier.is_changed or dossier.meeting.pk in wanted

    def _all(self) -> list[Dossier]:
        return [dossier for dossiers in self._dossiers.values() for dossier in dossiers]

    # --- saving ---

    def save(self) -> list[int]:
        """Write everything; the meetings that it touches."""
        changed = [dossier for dossier in self._all() if dossier.is_changed]
        shown = {id(one): one.shown() for one in changed}
        saved = [version for one in changed for version in one.versions if version.pk]
        hidden = [version for version in saved if version.is_current]
        before = {id(version) for version in hidden}
        for one in changed:
            for version in one.versions:
                version.is_current = version is shown[id(one)]
        self._tell(changed, shown, before)
        # No meeting shows two versions at any moment, so what is hidden is hidden first.
        Version.objects.filter(pk__in=[version.pk for version in hidden]).update(is_current=False)
        known = [one.meeting for one in changed if one.meeting.pk]
        Meeting.objects.bulk_create([one.meeting for one in changed if one.meeting.pk is None])
        fields = ["organization", "start", "start_on", "adjourned", "place", "title", "given_id", "merged_into"]
        Meeting.objects.bulk_update(known, fields, batch_size=100)
        self._save_moved()
        Version.objects.bulk_create([version for version, _ in self._added])
        self._save_items()
        again = [version.pk for version in saved if version.is_current]
        Version.objects.filter(pk__in=again).update(is_current=True)
        return sorted(one.meeting.pk for one in changed)

    def _tell(self, changed: Sequence[Dossier], shown: Mapping[int, Version | None], before: Set[int]) -> None:
        """Let each meeting say what its shown version says of it; `before` are those that were shown already."""
        told = {id(version): record for version, record in self._added}
        moved = {id(version) for version in self._moved}
        for one in changed:
            current = shown[id(one)]
            if current is None or id(current) in told:
                tell(one.meeting, told.get(id(current)))
            elif id(current) not in before or id(current) in moved:
                tell(one.meeting, current.value)

    def _save_moved(self) -> None:
        # Numbers are unique in their meeting: first out of the way of each other, then to their places.
        for version in self._moved:
            Version.objects.filter(pk=version.pk).update(
                meeting=version.meeting, number=version.number, filed_as=version.filed_as
            )
            Item.objects.filter(version=version.pk).update(meeting=version.meeting)
            for item in Item.objects.filter(version=version.pk).exclude(reference=""):
                case = self.case_of(version.meeting.body_id, item.reference)
                if item.case_id != (case.pk if case else None):
                    Item.objects.filter(pk=item.pk).update(case=case)

    def _save_items(self) -> None:
        items: list[Item] = []
        attachments: list[Attachment] = []
        self._make_cases()
        for version, record in self._added:
            stored = self._files.get(version.identity, {})
            for row, item in rows_of(version, record):
                row.case = self.case_of(version.meeting.body_id, item.reference or "")
                items.append(row)
                attachments += attachments_of(row, item, stored)
        Item.objects.bulk_create(items)
        Attachment.objects.bulk_create(attachments)

    def _make_cases(self) -> None:
        """The cases whose numbers the added records are the first to name; `_load_cases` knows all others."""
        fresh: dict[int, dict[str, str]] = defaultdict(dict)
        for version, record in self._added:
            body = version.meeting.body_id
            for item in record.items:
                key = recognition.case_key(item.reference or "")
                if key and (body, key) not in self._cases:
                    fresh[body].setdefault(key, item.reference or "")
        for body, keys in fresh.items():
            self._cases |= {(body, key): case for key, case in _new_cases(body, keys).items()}

    def case_of(self, body: int, reference: str) -> Case | None:
        """The case with that number; made where it is the first with it, None where it is no number of one case."""
        key = recognition.case_key(reference)
        if key is None:
            return None
        if (body, key) not in self._cases:
            known = CaseNumber.objects.filter(body=body, key=key).select_related("case").first()
            self._cases[body, key] = known.case if known else _new_cases(body, {key: reference})[key]
        return self._cases[body, key]


def _new_cases(body: int, keys: Mapping[str, str]) -> dict[str, Case]:
    """A case of the body for each key of a number, as it is written; what looks alike is noted for a person."""
    digits = {key: recognition.digits_of(key)[:200] for key in keys}
    alike: dict[str, list[int]] = defaultdict(list)
    for told, case in CaseNumber.objects.filter(body=body, digits__in=digits.values()).values_list("digits", "case"):
        alike[told].append(case)
    rows = Case.objects.filter(body=body)
    wanted = {key: slug_of(key) for key in keys}
    taken = set(rows.filter(slug__in=wanted.values()).values_list("slug", flat=True))
    cases: dict[str, Case] = {}
    for key, slug in wanted.items():
        free = free_slug(slug, rows, taken) if slug in taken else slug
        taken.add(free)
        cases[key] = Case(body_id=body, slug=free, number=_one_line(keys[key])[:200])
    Case.objects.bulk_create(cases.values())
    suggestions = []
    for key, case in cases.items():
        others = dict.fromkeys(alike[digits[key]][:10])
        suggestions += [Suggestion(kind=Suggestion.Kind.CASE, left=other, right=case.pk) for other in others]
        alike[digits[key]].append(case.pk)
    Suggestion.objects.bulk_create(suggestions)
    CaseNumber.objects.bulk_create(
        CaseNumber(body_id=body, key=key, digits=digits[key], written=case.number, case=case)
        for key, case in cases.items()
    )
    return cases


def _suggest(kind: str, pk: int, key: str, others: Iterable[tuple[str, int]]) -> None:
    alike = {other for other_key, other in others if recognition.looks_alike(key, other_key)}
    Suggestion.objects.bulk_create(Suggestion(kind=kind, left=other, right=pk) for other in sorted(alike))


def tell(meeting: Meeting, record: records.Meeting | None) -> None:
    """Let a meeting say what the record that is shown says of it; nothing where none is."""
    adjourned = record.meeting.adjourned if record else None
    meeting.adjourned = adjourned if adjourned and is_moment(adjourned) else ""
    meeting.place = (record.meeting.place if record else None) or ""
    meeting.title = (record.title if record else None) or ""


def is_moment(written: str | None) -> bool:
    """Whether it is a local time or a day as a record writes them: `2018-04-09T17:00`, `2018-04-09`."""
    if not written or len(written) not in (10, 16) or (len(written) == 16 and written[10] != "T"):
        return False
    try:
        datetime.fromisoformat(written)
    except ValueError:
        return False
    return written[4:5] == "-" and written.isascii()


def _day(start: str | None) -> date:
    return date.fromisoformat((start or "")[:10])


def _one_line(name: str) -> str:
    return " ".join(name.split())


def free_slug(wanted: str, rows: QuerySet[Any], taken: Iterable[str] = ()) -> str:
    """`wanted`, or with the first number behind it that makes it free among `rows` and `taken`."""
    known = {*rows.filter(slug__startswith=wanted).values_list("slug", flat=True), *taken}
    return next(free for n in count(1) if (free := wanted if n == 1 else f"{wanted}-{n}") not in known)


# --- items ---


def rows_of(version: Version, record: records.Meeting) -> list[tuple[Item, records.Item]]:
    """The items of a record beside the rows that they become, each with its part of the address."""
    slugs: set[str] = set()
    rows = []
    for position, item in enumerate(record.items, 1):
        slug = slugify(item.number or "")[:30] or f"o{position}"
        while slug in slugs:
            slug = f"{slug}-{position}"
        slugs.add(slug)
        key = item.number or str(item.order)
        added = [one.text for one in record.addenda if one.item == key] if item.access != "closed" else []
        rows.append((_row(version, position, slug, item, added), item))
    return rows


def empty(versions: QuerySet[Version]) -> None:
    """Take every word out of these versions' rows; where the items and their files stood stays, as shells."""
    versions.update(record=b"", is_current=False)
    items = Item.objects.filter(version__in=versions)
    items.update(access="unknown", case=None, **dict.fromkeys(ITEM_TEXTS, ""))
    Attachment.objects.filter(item__in=items).update(**dict.fromkeys(FILE_TEXTS, ""))


def attachments_of(row: Item, item: records.Item, stored: Mapping[str, StoredFile]) -> list[Attachment]:
    """The rows of the files that an item lists; those in `stored`, by hash, are here."""
    return [
        Attachment(
            item=row,
            order=position,
            number=file.number or "",
            title=file.title,
            document=file.document or "",
            reference=file.reference or "",
            file=stored.get(file.sha256 or ""),
        )
        for position, file in enumerate(item.files, 1)
    ]


def _row(version: Version, position: int, slug: str, item: records.Item, added: Sequence[str]) -> Item:
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
        text="\n\n".join(text.plain(part) for part in (*_texts(item), *added)),
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
