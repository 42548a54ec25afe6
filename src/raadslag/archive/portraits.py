"""What organizations are: their mandates and members, each record filed under its organization, the newest shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from raadslag.archive.filing import Filing
from raadslag.archive.models import Organization, Portrait, WithdrawnPortrait
from raadslag.archive.shelves import Shelf, let_emptied_lead_on
from raadslag.core import record as records
from raadslag.core.errors import RaadslagError


def _moment(portrait: Portrait) -> str:
    """When it held; one that cannot be read comes first."""
    try:
        return SHELF.record_of(portrait).as_of or ""
    except (RaadslagError, TypeError, WithdrawnPortrait.DoesNotExist):
        return ""


SHELF: Shelf[Portrait, records.Organization] = Shelf(
    model=Portrait, apart=WithdrawnPortrait, name="portrait", holds=records.Organization, places=("organization_id",),
    owner="organization_id", owners="organizations", moment=_moment,
)  # fmt: skip


def add(filing: Filing, record: records.Organization, *, at: datetime) -> Portrait:
    """Take in what an organization is, and show it.

    It is told by its name. A name that is new is that of the organization which the workspace's identity names, if
    there is one: a committee may change its name. What was said under that identity before comes along.
    """
    body = filing.body_of(record.body or "")
    before = Portrait.objects.filter(organization__body=body, given_id=record.id or "") if record.id else None
    last = before.select_related("organization").order_by("-pk").first() if before else None
    name = filing.name_of(record, called=last.organization if last else None)
    touched = {name.organization_id}
    portrait = Portrait.objects.create(
        organization=name.organization,
        given_id=record.id or "",
        identity=records.identity(record),
        record=records.encode(record),
        added_at=at,
        filed_as=name,
    )
    if before is not None:
        elsewhere = before.exclude(organization=name.organization_id)
        touched |= set(elsewhere.values_list("organization", flat=True))
        elsewhere.update(is_current=False)  # no organization shows two at any moment
        elsewhere.update(organization=name.organization)
    SHELF.show((pk,) for pk in touched)
    let_emptied_lead_on(touched, name.organization_id)
    portrait.refresh_from_db()
    return portrait


def told_of(organization: Organization) -> Portrait | None:
    """The one that is shown, or the last one where that is withdrawn. One query where one is shown."""
    rows = organization.portraits.select_related("withdrawn_portrait")
    return rows.current().first() or SHELF.newest(rows)


def file_anew(portraits: Iterable[Portrait]) -> set[int]:
    """Let each of these stand where its name belongs today; the organizations that it left and came to."""
    rows = [(one, SHELF.record_of(one)) for one in portraits]
    filing = Filing([], [record for _, record in rows])
    moved: dict[int, int] = {}
    for one, record in rows:
        name = filing.name_of(record)
        moved[one.organization_id] = name.organization_id
        Portrait.objects.filter(pk=one.pk).update(is_current=False)  # no organization shows two at any moment
        Portrait.objects.filter(pk=one.pk).update(organization=name.organization, filed_as=name)
    touched = {*moved, *moved.values()}
    SHELF.show((pk,) for pk in touched)
    for here, there in moved.items():
        let_emptied_lead_on([here], there)
    return touched
