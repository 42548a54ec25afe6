"""How far commitments are: each record filed under its commitment, the newest shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from raadslag.archive import recognition
from raadslag.archive.filing import Filing, free_slug
from raadslag.archive.models import Commitment, OrganizationName, Standing, WithdrawnStanding, is_day
from raadslag.archive.shelves import Shelf, let_emptied_lead_on, moment_of
from raadslag.core import record as records


def words_of(record: records.Commitment) -> dict[str, str]:
    """The columns of a standing that say what its record says: what a withdrawal empties."""
    days = {name: getattr(record, name) or "" for name in ("due", "next_report")}
    told = {"text": " ".join(record.text.split()), "unit": record.unit or "", "state": record.state}
    told |= {name: day if is_day(day) else "" for name, day in days.items()}
    told |= {"product": (record.origin.id or "")[:200] if record.origin else ""}
    return told | _decided(record.decided)


_DECIDED = ("decided_on", "decided_by", "decided_meeting", "decided_item")


def _decided(decided: records.Decided | None) -> dict[str, str]:
    """What leads to the decision; nothing where no day is named on which it was taken."""
    if decided is None or not is_day(decided.on):
        return dict.fromkeys(_DECIDED, "")
    by = recognition.organization_key(decided.organization)
    return dict(zip(_DECIDED, (decided.on, by, (decided.meeting or "")[:200], decided.item or ""), strict=True))


def _as_of(record: records.Commitment) -> dict[str, str]:
    return {"as_of": moment_of(record.as_of)}


SHELF: Shelf[Standing, records.Commitment] = Shelf(
    model=Standing, apart=WithdrawnStanding, name="standing", holds=records.Commitment, places=("commitment_id",),
    owner="commitment_id", owners="commitments", moment=lambda one: one.as_of,
    columns=("text", "unit", "state", "due", "next_report", "product", *_DECIDED), words=words_of, stamps=_as_of,
)  # fmt: skip


def add(filing: Filing, record: records.Commitment, *, at: datetime) -> Standing:
    """Take in how far a commitment is, and show it.

    It is known by the identity that its workspace gave it. It is of the committee that its newest record names; a name
    that is new there is that of the committee which has it.
    """
    body = filing.body_of(record.body or "")
    given = Commitment.objects.filter(body=body, given_id=record.id or "").select_related("organization").first()
    name = filing.name_of(record, called=given.organization if given else None)
    commitment = given or _new(record, name, at)
    standing = Standing.objects.create(
        commitment=commitment,
        identity=records.identity(record),
        record=records.encode(record),
        added_at=at,
        filed_as=name,
        **words_of(record),
        **_as_of(record),
    )
    SHELF.show([(commitment.pk,)])
    _settle([commitment.pk])
    return Standing.objects.with_commitment().get(pk=standing.pk)


def file_anew(standings: Iterable[Standing]) -> set[int]:
    """Let each of these stand where its name belongs today; the commitments that it left and came to."""
    rows = [(one, SHELF.record_of(one)) for one in standings]
    filing = Filing([], [record for _, record in rows])
    touched: set[int] = set()
    homes: dict[int, int] = {}
    for one, record in rows:
        name = filing.name_of(record)
        here, body = one.commitment, name.organization.body_id
        there = here
        if here.body_id != body:
            known = Commitment.objects.filter(body=body, given_id=record.id or "").first()
            there = known or _new(record, name, one.added_at)
        touched |= {here.pk, there.pk}
        Standing.objects.filter(pk=one.pk).update(is_current=False)  # no commitment shows two at any moment
        Standing.objects.filter(pk=one.pk).update(commitment=there, filed_as=name)
        if there != here:
            homes[here.organization_id] = name.organization_id
            if not Standing.objects.filter(commitment=here).exists():
                Commitment.objects.filter(pk=here.pk).update(merged_into=there)
        Commitment.objects.filter(pk=there.pk).update(merged_into=None)
    SHELF.show((pk,) for pk in touched)
    _settle(touched)
    for here_, there_ in homes.items():
        let_emptied_lead_on([here_], there_)
    return touched


def _new(record: records.Commitment, name: OrganizationName, at: datetime) -> Commitment:
    body = name.organization.body_id
    decided = record.decided.on if record.decided else ""
    day = decided if is_day(decided) else timezone.localdate(at).isoformat()
    slug = free_slug(day, Commitment.objects.filter(body=body))
    return Commitment.objects.create(
        body_id=body, organization=name.organization, slug=slug, given_id=record.id or ""
    )  # fmt: skip


def _settle(commitments: Iterable[int]) -> None:
    """Let each commitment be of the committee that its newest record names, withdrawn or not."""
    for commitment in Commitment.objects.filter(pk__in=set(commitments)):
        here = commitment.organization_id
        rows = commitment.standings.order_by("-as_of", "-pk")
        there = rows.values_list("filed_as__organization", flat=True).first()
        if there and there != here:
            Commitment.objects.filter(pk=commitment.pk).update(organization=there)
            let_emptied_lead_on([here], there)
