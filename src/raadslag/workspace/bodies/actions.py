"""Founding, mandating, appointing, and choosing rules. What the access table has granted is not asked again here,
except where the right hangs on what is being done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from raadslag.workspace.bodies.events import (
    GroupInvitationAnswered,
    GroupInvitationTakenBack,
    InvitedToGroup,
    MandateAdopted,
    MemberAppointed,
    MembershipEnded,
    OrganizationEnded,
    OrganizationFounded,
    PolicySet,
    TermSet,
    WorkspaceSetUp,
)
from raadslag.workspace.bodies.models import (
    Body,
    GroupInvitation,
    LegislativeTerm,
    Mandate,
    MandateTask,
    Membership,
    Organization,
    Policy,
    Role,
)
from raadslag.workspace.bodies.policies import CHOICES
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.people import actions as people
from raadslag.workspace.people.models import Person, User


class SetUp(NamedTuple):
    """What a new workspace begins with."""

    body: Body
    organization: Organization
    administrator: User


@journal.action
def set_up(*, municipality: str, short_name: str, committee: str, classification: str, administrator: str, email: str,
           at: datetime) -> SetUp:  # fmt: skip
    """The municipality, its first committee, and an administrator who is also the committee's secretary.

    Raises Blocked where there is a municipality already: a workspace serves one.
    """
    if Body.objects.exists():
        raise Blocked([_("This workspace has been set up already.")])
    body = Body.objects.create(name=municipality.strip(), short_name=short_name.strip().upper())
    journal.write(WorkspaceSetUp(), by=journal.SYSTEM, at=at, about=body)
    person = people.enter(administrator, email, by=journal.SYSTEM, at=at)
    people.set_administrator(person.user, True, by=journal.SYSTEM, at=at)
    organization = found(
        body, name=committee, classification=classification, parent=None, seats=0, start=at.date(), end=None,
        by=person.user, at=at,
    )  # fmt: skip
    appoint(organization, person, role=Role.SECRETARY, start=at.date(), by=person.user, at=at)
    return SetUp(body, organization, person.user)


@journal.action
def set_term(body: Body, *, start: date, end: date, by: Any, at: datetime) -> LegislativeTerm:
    """A term of the council. Raises Blocked where it would overlap another."""
    if LegislativeTerm.objects.filter(body=body, start__lte=end, end__gte=start).exists():
        raise Blocked([_("That term overlaps another.")])
    if end <= start:
        raise Blocked([_("A term ends after it starts.")])
    term = LegislativeTerm.objects.create(body=body, start=start, end=end)
    journal.write(TermSet(start, end), by=by, at=at, about=body)
    return term


@journal.action
def found(body: Body, *, name: str, classification: str, parent: Organization | None, seats: int, start: date,
          end: date | None, by: Any, at: datetime) -> Organization:  # fmt: skip
    """A council, committee or group. Raises Blocked where one of that name is at work, or a group has no committee."""
    obstacles = []
    if Organization.objects.filter(body=body, name__iexact=name.strip()).at_work(start).exists():
        obstacles.append(_("There is one of that name already."))
    if classification in (Organization.Classification.WORKING, Organization.Classification.WRITING) and not parent:
        obstacles.append(_("A group belongs to a committee. Choose which."))
    if parent and parent.closed_at:
        obstacles.append(_("The committee has been closed."))
    if end and end < start:
        obstacles.append(_("It ends before it starts."))
    if obstacles:
        raise Blocked(obstacles)
    organization = Organization.objects.create(
        body=body, name=name.strip(), classification=classification, parent=parent, seats=seats, start=start, end=end
    )
    event = OrganizationFounded(str(classification), parent.pk if parent else None)
    journal.write(event, by=by, at=at, about=organization)
    return organization


@journal.action
def end(organization: Organization, on: date, *, by: Any, at: datetime) -> None:
    """Let its work end on that day; every role in it ends then, too."""
    if on < organization.start:
        raise Blocked([_("It ends before it starts.")])
    Organization.objects.filter(pk=organization.pk).update(end=on)
    journal.write(OrganizationEnded(on), by=by, at=at, about=organization)


@journal.action
def adopt_mandate(organization: Organization, *, purpose: str, tasks: Sequence[str], composition: str, decided_by: str,
                  decided_on: date, by: Any, at: datetime) -> Mandate:  # fmt: skip
    """The mandate as it was adopted; an earlier one stays. Raises Blocked for one without a purpose or a task."""
    named = [task.strip() for task in tasks if task.strip()]
    if not purpose.strip() or not named:
        raise Blocked([_("A mandate has a purpose and at least one task.")])
    mandate = Mandate.objects.create(
        organization=organization,
        purpose=purpose,
        composition=composition,
        decided_by=decided_by,
        decided_on=decided_on,
        entered_at=at,
    )
    MandateTask.objects.bulk_create(
        MandateTask(mandate=mandate, number=number, text=text) for number, text in enumerate(named, 1)
    )
    journal.write(MandateAdopted(mandate.pk, len(named)), by=by, at=at, about=organization)
    return mandate


@journal.action
def appoint(organization: Organization, person: Person, *, role: str, start: date, end: date | None = None,
            party: str = "", order: int = 0, decided_by: str = "", by: Any, at: datetime) -> Membership:  # fmt: skip
    """Give a person a role for a period.

    Raises Blocked where he has it already then, where the organization has another chair then, or where every seat
    is taken.
    """
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)  # one after the other takes a seat
    obstacles = []
    overlapping = Membership.objects.filter(organization=organization, start__lte=end or date.max)
    overlapping = overlapping.exclude(end__lt=start)
    if overlapping.filter(person=person, role=role).exists():
        obstacles.append(_("The person has that role already."))
    if role == Role.CHAIR and overlapping.filter(role=role).exists():
        obstacles.append(_("There is a chair already. Let that period end first."))
    seated = overlapping.seated().exclude(person=person).values("person").distinct().count()
    if organization.seats and role in (Role.CHAIR, Role.VICE_CHAIR, Role.MEMBER) and seated >= organization.seats:
        obstacles.append(_("All seats are taken."))
    if end and end < start:
        obstacles.append(_("The period ends before it starts."))
    if obstacles:
        raise Blocked(obstacles)
    membership = Membership.objects.create(
        organization=organization, person=person, role=role, party=party, order=order, start=start, end=end,
        decided_by=decided_by,
    )  # fmt: skip
    event = MemberAppointed(membership.pk, person.pk, str(role), start, end)
    journal.write(event, by=by, at=at, about=organization)
    return membership


@journal.action
def end_membership(membership: Membership, *, on: date, by: Any, at: datetime) -> None:
    """Let a role end: `on` is its last day; the day before it began takes it back as if it had never been."""
    on = max(on, membership.start - timedelta(days=1))
    if on < membership.start:
        Membership.objects.filter(pk=membership.pk).delete()
    else:
        Membership.objects.filter(pk=membership.pk).update(end=on)
    journal.write(MembershipEnded(membership.pk, on), by=by, at=at, about=membership.organization)


# --- invitations to groups ---


@journal.action
def invite(group: Organization, person: Person, *, words: str = "", by: User, at: datetime) -> GroupInvitation:
    """Ask a person to take part in a group; he is a member once he has said yes.

    A chair asks those of the committee that the group belongs to; a secretary of either asks anybody who is known here
    and can log in. Raises NotPermitted where a chair asks somebody else, Blocked where the person takes part already,
    has been asked and not answered, or cannot answer.
    """
    group = Organization.objects.select_for_update(of=("self",)).select_related("parent").get(pk=group.pk)
    today = timezone.localdate(at)
    parent = group.parent
    if parent is None or not group.is_group:
        raise NotPermitted
    if not _may_join(group, person, today, asked_by=by.person, asked_on=today):
        raise NotPermitted
    obstacles = _obstacles_to_joining(group, today)
    if _is_seated(group, person, today):
        obstacles.append(_("%(name)s takes part already.") % {"name": person.name})
    if GroupInvitation.objects.open().filter(organization=group, person=person).exists():
        obstacles.append(_("%(name)s has been asked, and has not answered yet.") % {"name": person.name})
    if not User.objects.filter(person=person, is_active=True).exists():
        obstacles.append(_("%(name)s does not log in, and cannot answer here.") % {"name": person.name})
    if obstacles:
        raise Blocked(obstacles)
    asked = GroupInvitation.objects.create(
        organization=group, person=person, words=words.strip()[:500], invited_at=at, invited_by=by
    )
    journal.write(InvitedToGroup(asked.pk, person.pk), by=by, at=at, about=group)
    return asked


@journal.action
def answer_invitation(invitation: GroupInvitation, is_yes: bool, *, by: User, at: datetime) -> GroupInvitation:
    """Say yes, and be a member from today, or no, which is remembered. The same answer twice is one answer.

    Raises NotPermitted for anybody but the invited; Blocked where it was taken back or answered otherwise, where the
    group has ended, where whoever was asked as one of the committee has left it, or where every seat is taken: then it
    waits on.
    """
    rows = GroupInvitation.objects.select_for_update(of=("self",))
    rows = rows.select_related("organization__parent", "person", "invited_by__person")
    asked = rows.get(pk=invitation.pk)
    if asked.person_id != by.person_id:
        raise NotPermitted
    answer = GroupInvitation.Answer.YES if is_yes else GroupInvitation.Answer.NO
    if asked.answer == answer:
        return asked
    if asked.withdrawn_at:
        raise Blocked([_("The invitation has been taken back.")])
    if asked.answer:
        raise Blocked([_("You have answered already.")])
    group, today = asked.organization, timezone.localdate(at)
    if is_yes:
        obstacles = _obstacles_to_joining(group, today)
        day = timezone.localdate(asked.invited_at)
        if not _may_join(group, asked.person, today, asked_by=asked.invited_by.person, asked_on=day):
            obstacles.append(_("You were asked as one of the committee, and you are not in it any more."))
        if obstacles:
            raise Blocked(obstacles)
        if not _is_seated(group, asked.person, today):  # whom a secretary has added meanwhile
            appoint(group, asked.person, role=Role.MEMBER, start=today, by=by, at=at)
    asked.answer, asked.answered_at = answer, at
    asked.save(update_fields=["answer", "answered_at"])
    journal.write(GroupInvitationAnswered(asked.pk, is_yes), by=by, at=at, about=group)
    return asked


@journal.action
def take_back_invitation(invitation: GroupInvitation, *, by: User, at: datetime) -> None:
    """Ask no longer. Raises Blocked where it has been answered."""
    asked = GroupInvitation.objects.select_for_update(of=("self",)).select_related("organization").get(pk=invitation.pk)
    if asked.answer:
        raise Blocked([_("It has been answered already.")])
    if asked.withdrawn_at:
        return
    asked.withdrawn_at = at
    asked.save(update_fields=["withdrawn_at"])
    journal.write(GroupInvitationTakenBack(asked.pk), by=by, at=at, about=asked.organization)


def _may_join(group: Organization, person: Person, today: date, *, asked_by: Person, asked_on: date) -> bool:
    """Whether a yes may make `person` a member: who is of the committee today, and whom a secretary of the group or of
    the committee has asked."""
    is_of_committee = Membership.objects.of(person, today).filter(organization=group.parent).exists()
    leads = Membership.objects.of(asked_by, asked_on).filter(role=Role.SECRETARY)
    return is_of_committee or leads.filter(organization__in=(group, group.parent)).exists()


def _obstacles_to_joining(group: Organization, today: date) -> list[str]:
    return [_("The group has ended.")] if group.end and group.end < today else []


def _is_seated(group: Organization, person: Person, today: date) -> bool:
    return Membership.objects.of(person, today).seated().filter(organization=group).exists()


@journal.action
def set_policy(body: Body, organization: Organization | None, name: str, value: Any, *, reason: str, since: date,
               by: Any, at: datetime) -> Policy:  # fmt: skip
    """Choose a rule, from a day on. Raises Blocked for a value that the rule does not have, or without a reason."""
    choice = CHOICES.get(name)
    if choice is None:
        raise Blocked([_("There is no such rule.")])
    obstacles = []
    if choice.values is not None and value not in [one for one, _label in choice.values]:
        obstacles.append(_("That is not one of the choices."))
    if isinstance(choice.default, int) and not isinstance(choice.default, bool) and not 0 <= value <= 100:
        obstacles.append(_("Choose a number from 0 to 100."))
    if not reason.strip():
        obstacles.append(_("Say why. The reason stands with the rule."))
    if obstacles:
        raise Blocked(obstacles)
    policy = Policy.objects.create(
        body=body, organization=organization, name=name, value=value, reason=reason.strip(), since=since, set_at=at,
        set_by=by,
    )  # fmt: skip
    journal.write(PolicySet(policy.pk, name, since), by=by, at=at, about=organization or body)
    return policy
