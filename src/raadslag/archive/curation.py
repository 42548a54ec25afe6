"""What a person decides of what is here: withdraw, merge, split, and undo any of them.

Each is one entry in the journal, and `undo` with its number takes it back. What is withdrawn leaves every public row
and folder at once and is kept apart; its addresses stay and say so. To merge is to know one thing by the names of two,
and to split is to give a name away, so every version is filed again where its own words belong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet

from raadslag.archive import commitments, files, journal, portraits, products, recognition, withdrawals
from raadslag.archive.filing import (
    FILE_TEXTS,
    ITEM_TEXTS,
    Ambiguous,
    Filing,
    attachments_of,
    empty,
    free_slug,
    rows_of,
)
from raadslag.archive.intake import SHELVES
from raadslag.archive.models import (
    Attachment,
    Body,
    BodyName,
    Case,
    CaseNumber,
    Edition,
    Item,
    JournalEntry,
    Meeting,
    Organization,
    OrganizationName,
    Portrait,
    Product,
    Standing,
    StoredFile,
    Suggestion,
    Version,
    WithdrawnFile,
    WithdrawnRecord,
)
from raadslag.archive.shelves import Shelf
from raadslag.archive.slugs import body_slug, slug_of
from raadslag.core import record as records
from raadslag.core.errors import RaadslagError
from raadslag.core.rules.screening import mask

Thing: TypeAlias = Body | Organization | Case
Name: TypeAlias = BodyName | OrganizationName | CaseNumber


class NotPossible(RaadslagError):
    """What was asked for cannot be done with what is here now; nothing was changed."""


KINDS: dict[str, Any] = {"body": Body, "organization": Organization, "case": Case}
"""What can be merged, by the word that the journal and a suggestion have for it."""


@dataclass(frozen=True)
class Withdrawn:
    """What left the public side: records and files by hash, and the number to `undo` it with (0: nothing did)."""

    versions: tuple[str, ...]
    files: tuple[str, ...]
    number: int


# --- withdrawing ---


def withdraw(sha256: str, *, ground: str, by: str, at: datetime, body: Body | None = None) -> Withdrawn:
    """Withdraw the record of that identity, or the file with that hash; `body`: only what is of that body.

    `ground` is shown to everyone in place of the content. With a record go the files that no other shown paper has.
    What is withdrawn already stays as it is. Raises NotPossible where nothing of that hash is here.
    """
    with journal.writing():
        versions, stored = Version.objects.filter(identity=sha256), StoredFile.objects.filter(sha256=sha256)
        if body:
            of_body = Q(versions__meeting__body=body) | Q(attachments__item__meeting__body=body)
            versions, stored = versions.filter(meeting__body=body), stored.filter(of_body).distinct()
        for shelf in SHELVES:
            owned = {f"{shelf.owner.removesuffix('_id')}__body": body} if body else {}
            if row := shelf.rows.filter(identity=sha256, **owned).first():
                return _withdraw_single(shelf, [row], ground, by, at)
        if not versions and not stored:
            raise NotPossible(sha256, "the hash of a record or a file in the archive", "none", "Check the hash.")
        return _withdraw(versions, list(stored), ground, by, at)


def withdraw_meeting(meeting: Meeting, *, ground: str, by: str, at: datetime) -> Withdrawn:
    """Withdraw all papers of a meeting, in every version, as `withdraw` does."""
    with journal.writing():
        return _withdraw(meeting.versions.all(), [], ground, by, at)


def withdraw_product(product: Product, *, ground: str, by: str, at: datetime) -> Withdrawn:
    """Withdraw every version of a product, as `withdraw` does."""
    with journal.writing():
        rows = products.SHELF.rows.filter(product=product).order_by("pk")
        return _withdraw_single(products.SHELF, rows, ground, by, at)


def _withdraw_single(shelf: Shelf[Any, Any], rows: Iterable[Any], ground: str, by: str, at: datetime) -> Withdrawn:
    ground = mask(" ".join(ground.split()))
    gone = shelf.take_away(rows, ground=ground, at=at)
    if not gone:
        return Withdrawn((), (), 0)
    identities = tuple(one.identity for one in gone)
    owners = sorted({getattr(one, shelf.owner) for one in gone})
    about: dict[str, Any] = {"versions": list(identities), "files": [], shelf.owners: owners}
    journal.write("withdrawn", by=by, at=at, about=about)
    withdrawals.note(identities, [], ground=ground, at=at, by=by)
    return Withdrawn(identities, (), journal.head().number)


def _withdraw(chosen: QuerySet[Version], stored: Sequence[StoredFile], ground: str, by: str, at: datetime) -> Withdrawn:
    ground = mask(" ".join(ground.split()))
    versions = list(chosen.kept().select_related("meeting").order_by("pk"))
    touched = {version.meeting_id for version in versions}
    WithdrawnRecord.objects.bulk_create(WithdrawnRecord(version=one, record=bytes(one.record)) for one in versions)
    rows = Version.objects.filter(pk__in=[one.pk for one in versions])
    empty(rows)
    rows.update(withdrawn_at=at, ground=ground)
    _show(touched)
    gone = {one.pk: one for one in (*_left_alone(versions), *stored) if one.withdrawn_at is None}
    for file in gone.values():
        WithdrawnFile.objects.create(file=file, name=file.name, text=file.text)
        file.withdrawn_at, file.ground, file.name, file.text = at, ground, "", ""
        file.save(update_fields=["withdrawn_at", "ground", "name", "text"])
    hashes = sorted(file.sha256 for file in gone.values())
    identities = tuple(one.identity for one in versions)
    if not versions and not hashes:
        return Withdrawn((), (), 0)
    touched |= _with_files(hashes)
    about = {"versions": list(identities), "files": hashes}
    journal.write("withdrawn", by=by, at=at, about=about, meetings=sorted(touched))
    withdrawals.note(identities, hashes, ground=ground, at=at, by=by)
    for sha256 in hashes:  # before the commit: what fails between the two shows too little, never too much
        files.move(sha256, "files", "withdrawn")
    return Withdrawn(identities, tuple(hashes), journal.head().number)


def _show(meetings: Iterable[int]) -> None:
    """Let each meeting show the newest that is left to show."""
    filing = Filing([])
    filing.open(Meeting.objects.filter(pk__in=meetings))
    filing.save()


def _left_alone(versions: Sequence[Version]) -> list[StoredFile]:
    """The files of these versions that no paper which is given out has."""
    of_them = StoredFile.objects.filter(Q(versions__in=versions) | Q(attachments__item__version__in=versions))
    given = Version.objects.given_out()
    elsewhere = StoredFile.objects.filter(Q(versions__in=given) | Q(attachments__item__version__in=given))
    return list(of_them.filter(withdrawn_at=None).exclude(pk__in=elsewhere.values("pk")).distinct())


def _with_files(hashes: Sequence[str]) -> set[int]:
    """The meetings at which these files stand."""
    rows = Meeting.objects.filter(
        Q(versions__source__sha256__in=hashes) | Q(items__attachments__file__sha256__in=hashes)
    )
    return set(rows.values_list("pk", flat=True))


def _take_back(entry: JournalEntry, by: str, at: datetime) -> int:
    """Make what an entry withdrew public again, as it was."""
    rows = Version.objects.filter(identity__in=entry.about["versions"]).exclude(withdrawn_at=None)
    versions = list(rows.select_related("meeting", "withdrawn_record"))
    back = {shelf: shelf.bring_back(shelf.rows.filter(identity__in=entry.about["versions"])) for shelf in SHELVES}
    back_again = [one for rows_back in back.values() for one in rows_back]
    gone = StoredFile.objects.filter(sha256__in=entry.about["files"]).exclude(withdrawn_at=None)
    stored = list(gone.select_related("withdrawn_file"))
    if not versions and not stored and not back_again:
        raise NotPossible(
            f"entry {entry.number}", "something that is still withdrawn", "nothing", "It is back already."
        )
    for file in stored:
        files.move(file.sha256, "withdrawn", "files")
        kept = file.withdrawn_file
        file.withdrawn_at, file.ground, file.name, file.text = None, "", kept.name, kept.text
        file.save(update_fields=["withdrawn_at", "ground", "name", "text"])
        kept.delete()
    for version in versions:
        kept_record = version.withdrawn_record
        version.record, version.withdrawn_at, version.ground = bytes(kept_record.record), None, ""
        version.save(update_fields=["record", "withdrawn_at", "ground"])
        kept_record.delete()
        _fill_again(version)
    _show(version.meeting_id for version in versions)
    hashes = sorted(file.sha256 for file in stored)
    touched = {version.meeting_id for version in versions} | _with_files(hashes)
    identities = [one.identity for one in (*versions, *back_again)]
    about: dict[str, Any] = {"versions": identities, "files": hashes, "of": entry.number}
    about |= {shelf.owners: sorted({getattr(one, shelf.owner) for one in some}) for shelf, some in back.items() if some}
    journal.write("restored", by=by, at=at, about=about, meetings=sorted(touched))
    transaction.on_commit(partial(withdrawals.note_restored, identities, hashes, at=at, by=by))
    return journal.head().number


def _fill_again(version: Version) -> None:
    """Give the shells of a version's items the texts of its record again."""
    filing = Filing([version.value])
    shells = {item.order: item for item in version.items.all()}
    for row, item in rows_of(version, version.value):
        shell = shells[row.order]
        case = filing.case_of(version.meeting.body_id, item.reference or "")
        Item.objects.filter(pk=shell.pk).update(case=case, access=row.access, **_words(row, ITEM_TEXTS))
        for file in attachments_of(shell, item, {}):
            Attachment.objects.filter(item=shell, order=file.order).update(**_words(file, FILE_TEXTS))


def _words(row: Item | Attachment, names: Sequence[str]) -> dict[str, str]:
    return {name: getattr(row, name) for name in names}


# --- merging and splitting ---


def merge(thing: Thing, into: Thing, *, by: str, at: datetime) -> int:
    """Let `thing` and `into` be one, under the address of `into`; the number to `undo` it with.

    Both are bodies, committees of one body, or cases of one body. The address of `thing` leads to the other. Raises
    NotPossible where they are not alike, or where it would not be clear which of two meetings a paper is of.
    """
    if type(thing) is not type(into) or thing.pk == into.pk or _home(thing) != _home(into):
        remedy = "Name two municipalities, or two committees or cases of one municipality."
        raise NotPossible(str(thing), "two different things of one kind and municipality", str(into), remedy)
    with journal.writing():
        names = list(_names_of(thing).values_list("pk", flat=True))
        number = _rename(type(thing), [(pk, into.pk) for pk in names], "merged", by, at)
        Suggestion.objects.filter(_suggested(thing, into)).update(state=Suggestion.State.SAME)
        return number


def split(thing: Thing, written: str, *, by: str, at: datetime) -> tuple[Thing, int]:
    """Let the name or number `written` be of a thing of its own again; that thing, and the number to `undo` it with.

    What it was before it was merged is what it becomes, with its old address. Raises NotPossible where `thing` is not
    known by that name, or by no other.
    """
    with journal.writing():
        names = {str(name): name for name in _names_of(thing)}
        if written not in names or len(names) < 2:
            known = ", ".join(names)
            raise NotPossible(f"{thing}: {written}", "one of several names that it is known by", known, "Name one.")
        own = _own_of(thing, names[written])
        number = _rename(type(thing), [(names[written].pk, own.pk)], "split", by, at)
        own.refresh_from_db()
        return own, number


def keep_apart(suggestion: Suggestion, *, by: str, at: datetime) -> None:
    """Say that two things that look alike are not the same."""
    with journal.writing():
        Suggestion.objects.filter(pk=suggestion.pk).update(state=Suggestion.State.APART)
        about = {"kind": suggestion.kind, "left": suggestion.left, "right": suggestion.right}
        journal.write("kept_apart", by=by, at=at, about=about, is_public=False)


def undo(number: int, *, by: str, at: datetime) -> int:
    """Take back what the journal's entry of that number did; the number of the entry that does so.

    Raises NotPossible where there is no such entry, it cannot be taken back, or what it changed has changed since.
    """
    with journal.writing():
        entry = JournalEntry.objects.filter(number=number).first()
        if entry and entry.kind == "withdrawn":
            return _take_back(entry, by, at)
        if entry is None or "moves" not in entry.about:
            remedy = "`raadslag archive journal` lists them."
            expected = "an entry that withdrew, merged or split something"
            raise NotPossible(f"entry {number}", expected, entry.kind if entry else "none", remedy)
        kind = KINDS[entry.about["kind"]]
        now = dict(_NAMES[kind].objects.values_list("pk", _FIELD[kind]))
        if any(now.get(name) != there for name, _, there in entry.about["moves"]):
            raise NotPossible(f"entry {number}", "names where it put them", "others", "Undo what came later first.")
        return _rename(kind, [(name, here) for name, here, _ in entry.about["moves"]], "undone", by, at)


_NAMES: dict[Any, Any] = {Body: BodyName, Organization: OrganizationName, Case: CaseNumber}
_FIELD: dict[Any, str] = {Body: "body", Organization: "organization", Case: "case"}


def _home(thing: Thing) -> int | None:
    return None if isinstance(thing, Body) else thing.body_id


def _names_of(thing: Thing) -> QuerySet[Any]:
    names: QuerySet[Any] = thing.numbers.all() if isinstance(thing, Case) else thing.names.all()
    return names.order_by("pk")


def _suggested(one: Thing, other: Thing) -> Q:
    kind = next(name for name, model in KINDS.items() if isinstance(one, model))
    pair = Q(left=one.pk, right=other.pk) | Q(left=other.pk, right=one.pk)
    return Q(kind=kind) & pair


def _own_of(thing: Thing, name: Name) -> Thing:
    """What a name was of before it was merged into `thing`; a new thing where it was never of another."""
    written = str(name)
    if isinstance(thing, Body):
        slug = body_slug(written)
    else:
        slug = slug_of(recognition.without_term(written) if isinstance(thing, Organization) else name.key)
    rows = type(thing).objects.all() if isinstance(thing, Body) else type(thing).objects.filter(body=thing.body_id)
    if former := rows.filter(slug=slug).exclude(merged_into=None).first():
        return former
    slug = free_slug(slug, rows)
    if isinstance(thing, Body):
        return Body.objects.create(slug=slug, name=written)
    if isinstance(thing, Organization):
        return Organization.objects.create(body=thing.body, slug=slug, name=recognition.without_term(written))
    return Case.objects.create(body=thing.body, slug=slug, number=written)


def _rename(kind: Any, moves: Sequence[tuple[int, int]], verb: str, by: str, at: datetime) -> int:
    """Let each name be of another thing, and file everything anew that was known by it."""
    names = _NAMES[kind].objects.in_bulk([name for name, _ in moves])
    told = [[name, getattr(names[name], f"{_FIELD[kind]}_id"), there] for name, there in moves]
    former = {here for _, here, _ in told}
    versions = _versions_of(kind, names.values(), former)
    pictures = _portraits_of(kind, names.values(), former)
    editions = _editions_of(kind, names.values(), former)
    standings = _standings_of(kind, names.values(), former)
    of_them = Item.objects.filter(case__in=former) if kind is Case else Item.objects.filter(version__in=versions)
    items = dict(of_them.exclude(case=None).values_list("pk", "case"))
    for name, there in moves:
        _NAMES[kind].objects.filter(pk=name).update(**{f"{_FIELD[kind]}_id": there})
    touched = _file_items(items) if kind is Case else _file_versions(versions, verb)
    filed = {
        "organizations": portraits.file_anew(pictures), "products": products.file_anew(editions),
        "commitments": commitments.file_anew(standings),
    }  # fmt: skip
    _lead_on(kind, told)
    _lead_cases_on(items)
    label = next(name for name, model in KINDS.items() if model is kind)
    about: dict[str, Any] = {"kind": label, "moves": told}
    about |= {owners: sorted(pks) for owners, pks in filed.items() if pks}
    journal.write(verb, by=by, at=at, about=about, meetings=sorted(touched))
    return journal.head().number


def _versions_of(kind: Any, names: Iterable[Name], former: set[int]) -> list[Version]:
    """The versions that were known by these names, in the order in which they came."""
    rows = Version.objects.select_related("meeting__organization", "withdrawn_record").order_by("pk")
    return _known_by(kind, names, rows, rows.filter(meeting__body__in=former), _record_of)


def _portraits_of(kind: Any, names: Iterable[Name], former: set[int]) -> list[Portrait]:
    """What was said of organizations that were known by these names, in the order in which it came."""
    rows = Portrait.objects.select_related("organization", "withdrawn_portrait").order_by("pk")
    return _known_by(kind, names, rows, rows.filter(organization__body__in=former), portraits.SHELF.record_of)


def _editions_of(kind: Any, names: Iterable[Name], former: set[int]) -> list[Edition]:
    """The versions of products that were known by these names, in the order in which they came."""
    rows = Edition.objects.select_related("product", "withdrawn_edition").order_by("pk")
    return _known_by(kind, names, rows, rows.filter(product__body__in=former), products.SHELF.record_of)


def _standings_of(kind: Any, names: Iterable[Name], former: set[int]) -> list[Standing]:
    """What was said of commitments of organizations that were known by these names, in the order in which it came."""
    rows = Standing.objects.select_related("commitment", "withdrawn_standing").order_by("pk")
    return _known_by(kind, names, rows, rows.filter(commitment__body__in=former), commitments.SHELF.record_of)


def _known_by(
    kind: Any, names: Iterable[Name], rows: Any, of_bodies: Any, record_of: Callable[[Any], Any]
) -> list[Any]:
    """Of `rows` those that were filed under these names of organizations; where they are of bodies, those of
    `of_bodies` whose record, as `record_of` gives it, bears one."""
    if kind is Organization:
        return list(rows.filter(filed_as__in=[name.pk for name in names]))
    if kind is Body:
        keys = {name.key for name in names}
        return [one for one in of_bodies if recognition.body_key(record_of(one).body or "") in keys]
    return []


def _record_of(version: Version) -> records.Meeting:
    if version.withdrawn_at is None:
        return version.value
    return msgspec.json.decode(bytes(version.withdrawn_record.record), type=records.Meeting)


def _file_versions(versions: Sequence[Version], verb: str) -> set[int]:
    """File each version where its record belongs today; the meetings that it left and came to."""
    told = [(version, _record_of(version)) for version in versions]
    organizations = {version.meeting.organization_id: version.meeting.organization for version in versions}
    homes = {version.pk: version.meeting.organization_id for version in versions}
    filing = Filing(record for _, record in told)
    filing.open({version.meeting_id: version.meeting for version in versions}.values())
    try:
        for version, record in told:
            filing.move(version, record)
    except Ambiguous as error:
        expected, remedy = "one meeting of that day for each paper", "Withdraw or correct the paper that has no time."
        raise NotPossible(verb, expected, "two that could be meant", remedy) from error
    touched = set(filing.save())
    for version in Version.objects.filter(pk__in=homes).select_related("meeting"):
        here, there = organizations[homes[version.pk]], version.meeting.organization_id
        Organization.objects.filter(pk=there).update(merged_into=None)
        if here.pk != there and not Version.objects.filter(meeting__organization=here).exists():
            Organization.objects.filter(pk=here.pk).update(merged_into=there)
    return touched


def _file_items(items: dict[int, int]) -> set[int]:
    """Let each of these items be of the case that its number is of today; their meetings."""
    filing = Filing([])
    touched = set()
    for item in Item.objects.filter(pk__in=items).select_related("meeting"):
        Item.objects.filter(pk=item.pk).update(case=filing.case_of(item.meeting.body_id, item.reference))
        touched.add(item.meeting_id)
    return touched


def _lead_on(kind: Any, told: Sequence[Sequence[int]]) -> None:
    """Let the address of what has no name left lead to where its names went."""
    for _, here, there in told:
        kind.objects.filter(pk=there).update(merged_into=None)
        if not _NAMES[kind].objects.filter(**{_FIELD[kind]: here}).exists():
            kind.objects.filter(pk=here).update(merged_into=there)


def _lead_cases_on(before: dict[int, int]) -> None:
    """Let the address of a case that has no item left lead to where its items went."""
    now = dict(Item.objects.filter(pk__in=before).exclude(case=None).values_list("pk", "case"))
    for here, there in sorted({(case, now[item]) for item, case in before.items() if now.get(item, case) != case}):
        Case.objects.filter(pk=there).update(merged_into=None)
        if not Item.objects.filter(case=here).exists():
            Case.objects.filter(pk=here).update(merged_into=there)
