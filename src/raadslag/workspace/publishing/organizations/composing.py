"""An organization as a record: what it was set up for, and who decides in it or is called in; and what is new in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q
from django.utils import translation
from django.utils.translation import gettext as _

from raadslag.core import record
from raadslag.web.dates import day
from raadslag.workspace.bodies.models import SEATED, Mandate, Membership, Organization, Role
from raadslag.workspace.publishing.models import Release

SHOWN = (*SEATED, Role.SUBSTITUTE)
"""Whose names are public: who was chosen to decide, or is called in for them. Staff, guests and readers are not."""


def wholes(organizations: Iterable[Organization], on: date) -> dict[UUID, record.Organization]:
    """What each of the organizations is on that day, without a moment; a few queries, however many there are.

    Roles that begin later are left out, and so is the name of a committee above of which nothing is public.
    """
    seats = Membership.objects.filter(role__in=SHOWN, start__lte=on).select_related("person")
    rows = Organization.objects.filter(pk__in=[one.pk for one in organizations]).select_related("body", "parent")
    rows = rows.prefetch_related(
        Prefetch("memberships", seats, to_attr="seats_held"),
        Prefetch("mandates", Mandate.objects.prefetch_related("tasks"), to_attr="adopted"),
    )
    known = _public_parents(one.parent_id for one in rows if one.parent_id)
    with translation.override("da"):  # the language of papers
        return {one.pk: _whole(one, known) for one in rows}


def _whole(one: Organization, known: set[UUID]) -> record.Organization:
    adopted: list[Mandate] = one.adopted  # type: ignore[attr-defined]  # the prefetches above put them there
    seats: list[Membership] = one.seats_held  # type: ignore[attr-defined]
    mandate = adopted[0] if adopted else None
    tasks = mandate.tasks.all() if mandate else ()
    return record.Organization(
        id=str(one.pk), body=one.body.name, name=one.name, classification=str(one.get_classification_display()),
        parent=one.parent.name if one.parent and one.parent_id in known else None,
        purpose=mandate.purpose.strip() if mandate else None,
        tasks=tuple(record.Task(number=str(task.number), text=task.text) for task in tasks),
        start=one.start.isoformat(), end=one.end.isoformat() if one.end else None,
        members=tuple(_member(seat) for seat in sorted(seats, key=_place)),
    )  # fmt: skip


def _member(seat: Membership) -> record.Member:
    return record.Member(
        person=seat.person.name, role=str(seat.get_role_display()), party=seat.party or None,
        start=seat.start.isoformat(), end=seat.end.isoformat() if seat.end else None,
    )  # fmt: skip


def _place(seat: Membership) -> tuple[int, int, str, date]:
    return SHOWN.index(Role(seat.role)), seat.order, seat.person.name, seat.start


def _public_parents(pks: Iterable[UUID]) -> set[UUID]:
    """Those of these organizations of which something is public, their meetings or they themselves."""
    wanted = set(pks)
    if not wanted:
        return set()
    of_them = Release.objects.in_force().filter(Q(organization__in=wanted) | Q(meeting__organization__in=wanted))
    return {pk for pair in of_them.values_list("organization", "meeting__organization").distinct() for pk in pair if pk}


def changes(before: record.Organization | None, after: record.Organization) -> list[str]:
    """What differs between what is public and what would be, a sentence each; nothing where nothing is public."""
    return list(_changes(before, after)) if before else []


def _changes(before: record.Organization, after: record.Organization) -> Iterator[str]:
    if before.name != after.name:
        yield _("It is called %(name)s; before it was %(former)s.") % {"name": after.name, "former": before.name}
    if before.classification != after.classification:
        yield _("It is of another kind: %(kind)s.") % {"kind": after.classification}
    if before.parent != after.parent:
        yield _("The committee above it is named otherwise.")
    if (before.start, before.end) != (after.start, after.end):
        yield _("Its period is another.")
    if before.purpose != after.purpose:
        yield _("The purpose reads otherwise.")
    yield from _of_tasks(before, after)
    yield from _of_members(before, after)


def _of_tasks(before: record.Organization, after: record.Organization) -> Iterator[str]:
    former, now = ({task.number: task.text for task in one.tasks} for one in (before, after))
    for number, text in now.items():
        if number not in former:
            yield _("Task %(number)s is new.") % {"number": number}
        elif former[number] != text:
            yield _("Task %(number)s reads otherwise.") % {"number": number}
    for number in former:
        if number not in now:
            yield _("Task %(number)s is no longer there.") % {"number": number}


def _of_members(before: record.Organization, after: record.Organization) -> Iterator[str]:
    former, now = ({(one.person, one.role, one.start): one for one in record_.members} for record_ in (before, after))
    for key, one in now.items():
        said = {"name": one.person, "role": one.role}
        known = former.get(key)
        if known is None:
            yield _("New: %(name)s, %(role)s.") % said
        elif one.end and one.end != known.end:
            yield _("Ended: %(name)s, %(role)s, until %(day)s.") % {**said, "day": day(one.end)}
        elif one.end != known.end:
            yield _("Goes on: %(name)s, %(role)s.") % said
        elif one.party != known.party:
            yield _("Another party or group: %(name)s.") % said
    for key, one in former.items():
        if key not in now:
            yield _("No longer named: %(name)s, %(role)s.") % {"name": one.person, "role": one.role}
