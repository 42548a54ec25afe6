"""Delivering: a record, or the withdrawal of one, from whoever holds a token; and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec
from django.urls import reverse

from raadslag.archive import curation, files, intake, recognition
from raadslag.archive import served as served_
from raadslag.archive.delivery import staging, tokens
from raadslag.archive.models import (
    Attachment,
    Body,
    BodyName,
    Edition,
    IntakeToken,
    Portrait,
    Standing,
    StoredFile,
    Version,
    WaitingPaper,
)
from raadslag.core import record as records
from raadslag.core.errors import InvalidRecord, RaadslagError
from raadslag.core.readers import sniff
from raadslag.core.release import public

SCHEMA = "raadslag/intake/1"
MAX_GROUND = 1000
_MOST_TOLD = 20  # places of one problem


class Problem(Exception):
    """Why something is not taken in: an HTTP status, a short name, a sentence, and where in the JSON it stands.

    It never holds a word of what was delivered. Source: RFC 9457.
    """

    def __init__(self, status: int, name: str, detail: str, *places: str) -> None:
        self.status, self.name, self.detail, self.places = status, name, detail, places[:_MOST_TOLD]
        super().__init__(name)


class Withdrawal(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be withdrawn, by the identity of a record or the hash of a file, and on what ground."""

    sha256: str
    ground: str


class _Delivery(msgspec.Struct, forbid_unknown_fields=True):
    schema: str
    record: msgspec.Raw = msgspec.Raw()
    looked_at: tuple[str, ...] = ()
    withdraw: Withdrawal | None = None


class State:
    """Where a record is: the words of a receipt."""

    SHOWN = "shown"
    KEPT = "kept"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"


class Receipt(msgspec.Struct, omit_defaults=True, kw_only=True, tag_field="schema", tag=SCHEMA):
    """What became of a record. `kept` is one that a newer took the place of; `address` leads to its meeting or
    its organization, or is that of a product's version or of a commitment."""

    identity: str
    state: str
    address: str | None = None
    at: datetime | None = None
    ground: str | None = None
    reason: str | None = None
    hits: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Shown(msgspec.Struct, tag_field="schema", tag=SCHEMA):
    """Where, when and how often something was given out: addresses with the first and last day and the count. Days
    before `since` are not kept."""

    sha256: str
    since: date
    shown: list[served_.Line]


Answer = tuple[int, Receipt]


def deliver(token: IntakeToken, data: bytes, *, at: datetime) -> Answer:
    """Take in what `data` (JSON) brings, whole or not at all; twice is as once. The status and the receipt.

    Raises Problem where nothing is taken in.
    """
    try:
        delivery = msgspec.json.decode(data, type=_Delivery)
    except msgspec.ValidationError as error:
        raise Problem(422, "not-a-delivery", _detail(error), *_places(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "not-json", "The body is not JSON in UTF-8.") from error
    if delivery.schema != SCHEMA:
        raise Problem(422, "unknown-schema", f"This archive speaks {SCHEMA}.", "/schema")
    if bool(delivery.record) == (delivery.withdraw is not None):
        raise Problem(422, "not-a-delivery", "A delivery has a record or a withdrawal, and not both.")
    if delivery.withdraw is not None:
        return _withdraw(token, delivery.withdraw, at)
    return _take_in(token, bytes(delivery.record), frozenset(delivery.looked_at), at)


def receipt_of(token: IntakeToken, identity: str) -> Receipt:
    """Where the record of that identity is, if it is of the token's body. Raises Problem where it is not."""
    body = tokens.body_of(token)
    version = Version.objects.filter(identity=identity, meeting__body=body).select_related("meeting__body").first()
    if version:
        return _of_version(version)
    portraits = Portrait.objects.filter(identity=identity, organization__body=body)
    if portrait := portraits.select_related("organization__body").first():
        return _of_version(portrait)
    if edition := Edition.objects.filter(identity=identity, product__body=body).with_product().first():
        return _of_version(edition)
    if standing := Standing.objects.filter(identity=identity, commitment__body=body).with_commitment().first():
        return _of_version(standing)
    waiting = WaitingPaper.objects.filter(sha256=identity).first()
    if waiting and _is_of(waiting, body):
        return _of_waiting(identity, waiting.reason, tuple(waiting.hits), tuple(waiting.missing))
    raise Problem(404, "unknown", "No record of that identity was delivered for this municipality.")


def served(token: IntakeToken, sha256: str, *, today: date) -> Shown:
    """What was given out of a record or a file of the token's body. Raises Problem where it has none of that hash."""
    lines = served_.of(sha256, tokens.body_of(token))
    if lines is None:
        raise Problem(404, "unknown", "No record or file of that hash was delivered for this municipality.")
    return Shown(sha256, today - served_.KEPT, lines)


def may_have(token: IntakeToken, sha256: str) -> bool:
    """Whether a file need not be brought: it waits for the token's body, or a paper of that body has it."""
    body = tokens.body_of(token)
    return staging.find(body.pk, sha256) is not None or _stored(body, {sha256}) != set()


# --- a record ---


def _take_in(token: IntakeToken, data: bytes, looked_at: frozenset[str], at: datetime) -> Answer:
    record = _decoded(data)
    body = tokens.body_of(token)
    if record.body and not _names(record.body, body):
        detail = f"This token is for {body.name}; the record is of another municipality."
        raise Problem(403, "another-body", detail, "/record/body")
    known = msgspec.structs.replace(record, body=record.body or body.name)
    source = intake.Document("record.json", sniff.JSON, records.canonical(known), ())
    brought = _files_of(body, known)
    paper = intake.Paper(known, source, brought, is_delivered=True, looked_at=looked_at)
    try:
        receipt = intake.take_in(paper, at=at, by=f"token {token.pk}")
    except InvalidRecord as error:
        places = [f"/record{place}" for place in _differences(known, public(known))]
        raise Problem(422, "holds-more", "Only what may be shown is delivered: public(record).", *places) from error
    answer = _answered(source.sha256, receipt)
    if receipt.outcome is not intake.Outcome.WAITING:  # else they are asked for again once it may be shown
        for sha256 in brought:
            staging.remove(body.pk, sha256)
    return answer


def _decoded(data: bytes) -> intake.Taken:
    try:
        record = records.decode(data)
    except InvalidRecord as error:
        cause = error.__cause__
        if isinstance(cause, msgspec.ValidationError):
            places = [f"/record{place}" for place in _places(cause) or [""]]
            raise Problem(422, "not-a-record", _detail(cause), *places) from error
        raise Problem(422, "not-a-record", f"This archive knows records of {records.SCHEMA}.", "/record") from error
    if not isinstance(record, intake.Taken):
        detail = "Only records of meetings, organizations, products and commitments are taken in."
        raise Problem(422, "not-a-record", detail, "/record/type")
    return record


def _files_of(body: Body, record: intake.Taken) -> dict[str, Any]:
    """The files that the record names by hash and that wait for it. Raises Problem where one is nowhere."""
    if not isinstance(record, records.Meeting):
        return {}
    places = {
        file.sha256: f"/record/items/{n}/files/{m}/sha256"
        for n, item in enumerate(record.items)
        for m, file in enumerate(item.files)
        if file.sha256
    }
    staged = {sha256: file for sha256 in places if (file := _staged(body, sha256, places[sha256]))}
    lacking = places.keys() - staged.keys()
    lacking -= _stored(body, lacking)
    if lacking:
        detail = "Bring each file with PUT /intake/files/<sha256>, then the record again."
        raise Problem(422, "missing-files", detail, *sorted(places[sha256] for sha256 in lacking))
    return staged


def _staged(body: Body, sha256: str, place: str) -> staging.Staged | None:
    try:
        return staging.find(body.pk, sha256)
    except ValueError:
        raise Problem(422, "not-a-record", "A hash is 64 hexadecimal digits in lower case.", place) from None


def _stored(body: Body, hashes: set[str]) -> set[str]:
    """Those of the files that a paper of this body has; of what others have it hears nothing."""
    rows = Attachment.objects.filter(file__sha256__in=hashes, item__meeting__body=body)
    return set(rows.values_list("file__sha256", flat=True))


def _names(written: str, body: Body) -> bool:
    return BodyName.objects.filter(key=recognition.body_key(written), body=body).exists()


def _is_of(waiting: WaitingPaper, body: Body) -> bool:
    """Whether a record that waits was delivered for this body: it says so itself."""
    try:
        record = records.decode(files.read(waiting.sha256, "waiting"))
    except (OSError, RaadslagError):
        return False
    return isinstance(record, intake.Taken) and _names(record.body or "", body)


def _answered(identity: str, receipt: intake.Receipt) -> Answer:
    match receipt.outcome:
        case intake.Outcome.NEW | intake.Outcome.NEW_VERSION:
            return 201, _of_version(receipt.version)
        case intake.Outcome.KNOWN:
            return 200, _of_version(receipt.version)
        case intake.Outcome.WAITING:
            return 202, _of_waiting(identity, receipt.reason or "", receipt.hits, receipt.missing)
        case _:
            raise Problem(409, "withdrawn", "This record was withdrawn; it stays so until a person here takes it back.")


def _of_version(version: intake.Row | None) -> Receipt:
    if version is None:
        raise TypeError("what is known has a version")
    withdrawn = version.withdrawn_at is not None
    state = State.WITHDRAWN if withdrawn else State.SHOWN if version.is_current else State.KEPT
    if isinstance(version, Portrait):
        name, of = "pages:organization", [version.organization.body.slug, version.organization.slug]
    elif isinstance(version, Edition):
        name, of = "pages:product-version", [version.product.body.slug, version.product.slug, version.slug]
    elif isinstance(version, Standing):
        name, of = "pages:commitment", [version.commitment.body.slug, version.commitment.slug]
    else:
        name, of = "pages:meeting", [version.meeting.body.slug, version.meeting.slug]
    return Receipt(
        identity=version.identity,
        state=state,
        address=reverse(name, args=of),
        at=version.withdrawn_at or version.added_at,
        ground=version.ground or None,
    )


def _of_waiting(identity: str, reason: str, hits: tuple[str, ...], missing: tuple[str, ...]) -> Receipt:
    return Receipt(identity=identity, state=State.WAITING, reason=str(reason), hits=hits, missing=missing)


# --- a withdrawal ---


def _withdraw(token: IntakeToken, asked: Withdrawal, at: datetime) -> Answer:
    ground = " ".join(asked.ground.split())
    if not 0 < len(ground) <= MAX_GROUND:
        detail = f"The ground is shown to everyone: at most {MAX_GROUND} letters, and not none."
        raise Problem(422, "no-ground", detail, "/withdraw/ground")
    body = tokens.body_of(token)
    others = Attachment.objects.filter(file__sha256=asked.sha256).exclude(item__meeting__body=body)
    if StoredFile.objects.filter(sha256=asked.sha256).exists() and others.exists():
        raise Problem(409, "shared-file", "Papers of others have this file too; ask who runs this archive.")
    try:
        curation.withdraw(asked.sha256, ground=ground, by=f"token {token.pk}", at=at, body=body)
    except curation.NotPossible as error:
        detail = "No record or file of that hash was delivered for this municipality."
        raise Problem(404, "unknown", detail, "/withdraw/sha256") from error
    return 200, Receipt(identity=asked.sha256, state=State.WITHDRAWN)


# --- places in JSON ---


def _detail(error: msgspec.ValidationError) -> str:
    """What was expected, without the place and without any value, which may be the record's words."""
    told = str(error).split(" - at ")[0]
    return "Invalid value" if told.startswith("Invalid enum value") else told.split(", got ")[0].split(": ")[0][:200]


def _places(error: msgspec.ValidationError) -> list[str]:
    """Where it stands, as a JSON pointer (RFC 6901); msgspec writes `$.items[0].title`."""
    _, found, path = str(error).rpartition(" - at `$")
    return [path.rstrip("`").replace("[...]", "").replace("[", "/").replace("]", "").replace(".", "/")] if found else []


def _differences(one: object, other: object) -> list[str]:
    return list(_different(msgspec.to_builtins(one), msgspec.to_builtins(other), ""))[:_MOST_TOLD]


def _different(one: object, other: object, at: str) -> Iterator[str]:
    """The pointers at which two JSON values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in dict.fromkeys([*one, *other]):
            yield from _different(one.get(name), other.get(name), f"{at}/{name}")
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        for n, pair in enumerate(zip(one, other, strict=True)):
            yield from _different(*pair, f"{at}/{n}")
    elif one != other:
        yield at
