"""Which commitments a page tells of: those of a decision, a meeting, a case or a product, as far as they are shown.

A commitment and the decision that it stems from are records of their own. One leads to the other by what the
commitment says of it, and by nothing else; at an item that is closed none is told of.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TypeAlias

from django.db.models import Q

from raadslag.archive import models

_LONGEST_ORDER = 6  # digits

Place: TypeAlias = tuple[str, str] | tuple[int, str, str]
"""How a commitment names an item: by the meeting's identity, or by who met and when; then by the item's number."""


def listed(standings: models.StandingQuerySet, today: date) -> models.StandingQuerySet:
    """How far these commitments are, as a list tells it: what is late first."""
    return standings.current().with_commitment().late_first(today)


def of_product(product: models.Product, today: date) -> models.StandingQuerySet:
    """What was promised on the ground of a product; none where no workspace gave it an identity."""
    rows = models.Standing.objects.filter(commitment__body=product.body_id, product=product.given_id)
    return listed(rows if product.given_id else rows.none(), today)


def of_organization(organization: models.Organization, today: date) -> models.StandingQuerySet:
    """What is followed under the work of a committee."""
    return listed(models.Standing.objects.filter(commitment__organization=organization), today)


def of_meeting(meeting: models.Meeting, today: date) -> list[models.Standing]:
    """What was promised at a meeting: at one of its items, or at one that its paper does not show, where the meeting
    is named by its identity."""
    standings = _named(meeting.body_id, [meeting], today)
    at = items_of(standings, meeting.body_id)
    return [one for one in standings if _is_of(one, meeting, at.get(one.pk))]


def of_item(item: models.Item, meeting: models.Meeting, today: date) -> list[models.Standing]:
    """What was promised at an item of that meeting."""
    item.meeting = meeting
    return of_items([item], today)


def of_items(items: Collection[models.Item], today: date) -> list[models.Standing]:
    """What was promised at these items of one body, which come with their meetings."""
    wanted = {item.pk for item in items if item.access != "closed"}
    meetings = {item.meeting_id: item.meeting for item in items if item.pk in wanted}
    if not meetings:
        return []
    body = next(iter(meetings.values())).body_id
    standings = _named(body, meetings.values(), today)
    at = items_of(standings, body)
    return [one for one in standings if one.pk in at and at[one.pk].pk in wanted]


def items_of(standings: Collection[models.Standing], body: int) -> dict[int, models.Item]:
    """The items at which these commitments of a body were decided, as far as they are shown, by the commitments' rows.

    Two queries, however many there are.
    """
    told = [one for one in standings if one.decided_item]
    if not told:
        return {}
    organizations = dict(
        models.OrganizationName.objects.filter(body=body, key__in={one.decided_by for one in told}).values_list(
            "key", "organization"
        )
    )
    numbers = {one.decided_item for one in told}
    orders = {int(one) for one in numbers if one.isdecimal() and len(one) < _LONGEST_ORDER}
    met = Q(meeting__given_id__in={one.decided_meeting for one in told if one.decided_meeting})
    met |= Q(
        meeting__organization__in=set(organizations.values()), meeting__start_on__in={one.decided_on for one in told}
    )
    rows = models.Item.objects.current().filter(met, Q(number__in=numbers) | Q(number="", order__in=orders))
    places: dict[Place, models.Item] = {}
    twice: set[Place] = set()
    # A number says more than an order; one that stands twice, perhaps at a closed item, says nothing.
    for row in rows.filter(meeting__body=body).select_related("meeting").defer("text").order_by("-number", "pk"):
        meeting, name = row.meeting, row.number or str(row.order)
        for place in ((meeting.given_id, name), (meeting.organization_id, meeting.start_on.isoformat(), name)):
            known = places.setdefault(place, row)
            if known is not row and known.number == row.number:
                twice.add(place)
    for place in twice:
        del places[place]
    found = {}
    for one in told:
        if one.decided_meeting:
            item = places.get((one.decided_meeting, one.decided_item))
        else:
            item = places.get((organizations.get(one.decided_by, 0), one.decided_on, one.decided_item))
        if item:
            found[one.pk] = item
    return found


def _named(body: int, meetings: Collection[models.Meeting], today: date) -> list[models.Standing]:
    """The commitments of a body that name one of these meetings, or the day of one."""
    ids = {one.given_id for one in meetings if one.given_id}
    days = {one.start_on.isoformat() for one in meetings}
    named = Q(decided_meeting__in=ids) | Q(decided_meeting="", decided_on__in=days)
    rows = listed(models.Standing.objects.filter(named), today)
    # Asked for the body too, the database would look through all that it has promised, and not go by the decision.
    return [one for one in rows if one.commitment.body_id == body]


def _is_of(standing: models.Standing, meeting: models.Meeting, item: models.Item | None) -> bool:
    if item is None:
        return bool(meeting.given_id) and standing.decided_meeting == meeting.given_id
    return item.meeting_id == meeting.pk and item.access != "closed"
