"""Body, LegislativeTerm, Organization, Membership, Mandate and Policy, by their OParl names where OParl has one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from raadslag.workspace.common.models import Row
from raadslag.workspace.people.models import Person


class Body(Row):
    """The municipality. One workspace serves one."""

    name = models.CharField(_("municipality"), max_length=200)
    short_name = models.CharField(_("letters of case numbers"), max_length=10)

    def __str__(self) -> str:
        return self.name


class LegislativeTerm(Row):
    """The years for which a council is elected."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="terms")
    start = models.DateField()
    end = models.DateField()

    class Meta:
        ordering = ["start"]
        constraints = [models.CheckConstraint(name="term_ends_after_it_starts", condition=Q(end__gt=F("start")))]


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Questions to the organizations."""

    def of_person(self, person: Person, on: date) -> Self:
        """Those in which `person` has a role that day."""
        return self.filter(pk__in=Membership.objects.of(person, on).values("organization"))

    def at_work(self, on: date) -> Self:
        """Those whose time has not ended."""
        return self.filter(Q(end__isnull=True) | Q(end__gte=on))


class Organization(Row):
    """A council, a committee or a group (OParl: Organization)."""

    class Classification(models.TextChoices):
        """What kind it is."""

        COUNCIL = "council", _("Municipal council")
        STANDING = "standing", _("Standing committee")
        TASK = "task", _("Task committee")
        WORKING = "working", _("Working group")
        WRITING = "writing", _("Writing group")

    body = models.ForeignKey(Body, models.PROTECT, related_name="organizations")
    name = models.CharField(_("name"), max_length=200)
    classification = models.CharField(_("kind"), max_length=10, choices=Classification.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="groups")
    seats = models.PositiveSmallIntegerField(_("seats"), default=0)
    start = models.DateField(_("from"))
    end = models.DateField(_("until"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # its work is done: read as before, written in no more

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="organization_ends_after_it_starts", condition=Q(end__isnull=True) | Q(end__gte=F("start"))
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("bodies:organization", args=[self.pk])

    @property
    def is_group(self) -> bool:
        """Whether it is a working or writing group of a committee."""
        return self.classification in (self.Classification.WORKING, self.Classification.WRITING)


class Role(models.TextChoices):
    """What somebody is in an organization; a person may be several things."""

    CHAIR = "chair", _("chair")
    VICE_CHAIR = "vice_chair", _("vice chair")
    MEMBER = "member", _("member")
    SUBSTITUTE = "substitute", _("substitute")
    SECRETARY = "secretary", _("secretary")
    CASE_WORKER = "case_worker", _("case worker")
    FACILITATOR = "facilitator", _("facilitator")
    HOST = "host", _("table host")
    OBSERVER = "observer", _("observer")
    READER = "reader", pgettext_lazy("role", "councillor who has asked for the papers")
    MAYOR = "mayor", _("mayor")


SEATED = (Role.CHAIR, Role.VICE_CHAIR, Role.MEMBER)
"""Who decides, and is called to every meeting."""


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Questions to the memberships."""

    def on(self, day: date) -> Self:
        """Those that hold on `day`: the first and the last day count."""
        return self.filter(Q(end__isnull=True) | Q(end__gte=day), start__lte=day)

    def of(self, person: Person, day: date) -> Self:
        """What `person` is on `day`, in organizations whose time has not ended."""
        return self.of_many([person.pk], day)

    def of_many(self, people: Collection[Any], day: date) -> Self:
        """The same for many, by their ids."""
        lasting = Q(organization__end__isnull=True) | Q(organization__end__gte=day)
        return self.filter(lasting, person__in=people).on(day)

    def seated(self) -> Self:
        """Of those who decide."""
        return self.filter(role__in=SEATED)


class Membership(Row):
    """A role of a person in an organization for a period (OParl: Membership). It ends by itself, at once."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    party = models.CharField(_("party or group"), max_length=60, blank=True)
    order = models.PositiveSmallIntegerField(_("order among substitutes"), default=0)
    start = models.DateField(_("from"))
    end = models.DateField(_("until"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=200, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["order", "person__name"]
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_it_starts", condition=Q(end__isnull=True) | Q(end__gte=F("start"))
            )
        ]


class GroupInvitationQuerySet(models.QuerySet["GroupInvitation"]):
    """Questions to the invitations to groups."""

    def open(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(answer="", withdrawn_at=None)

    def waiting_for(self, person: Person, on: date) -> Self:
        """Those that `person` has not answered, to groups that are at work that day."""
        lasting = Q(organization__end__isnull=True) | Q(organization__end__gte=on)
        return self.open().filter(lasting, person=person)


class GroupInvitation(Row):
    """A person is asked to take part in a group. Only his own yes makes him a member by it; what he answered stays."""

    class Answer(models.TextChoices):
        """What he says."""

        NONE = "", _("No answer yet")
        YES = "yes", _("Yes")
        NO = "no", _("No")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="group_invitations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="group_invitations")
    words = models.CharField(max_length=500, blank=True)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=3, choices=Answer.choices, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = GroupInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "person"], name="one_open_invitation_to_a_group",
                condition=Q(answer="", withdrawn_at__isnull=True),
            )
        ]  # fmt: skip


class Mandate(Row):
    """What an organization was set up for (kommissorium). A new adoption is a new row; the last one counts."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="mandates")
    purpose = models.TextField(_("purpose"))
    composition = models.TextField(_("composition"), blank=True)
    decided_by = models.CharField(_("adopted by"), max_length=200)
    decided_on = models.DateField(_("adopted on"))
    entered_at = models.DateTimeField(null=True)  # of two of one day the later counts; unknown of the oldest

    class Meta:
        ordering = ["-decided_on", F("entered_at").desc(nulls_last=True)]


class MandateTask(Row):
    """One numbered task of a mandate."""

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="tasks")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["mandate", "number"], name="one_task_to_a_number")]


class CitizenCallQuerySet(models.QuerySet["CitizenCall"]):
    """Questions to the calls for citizens."""

    def overdue(self, on: date) -> Self:
        """Those whose applications were to be kept no longer than until a day before `on`, and are still here."""
        return self.filter(keep_until__lt=on, forgotten_at=None)


class CitizenCall(Row):
    """Citizens are wanted for a task committee (opslag): what is asked of them, and what the council decided.

    Changes state through `bodies.recruiting`. The call stays; the applications go.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="calls")
    text = models.TextField()
    profiles = models.TextField(blank=True)  # whom the mandate wishes for, one a line
    seats = models.PositiveSmallIntegerField()
    deadline = models.DateField()  # the last day
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)  # which meeting, or a reference to it
    appointed = models.PositiveSmallIntegerField(default=0)  # how many
    keep_until = models.DateField(null=True, blank=True)  # the last day on which the applications are kept
    forgotten_at = models.DateTimeField(null=True, blank=True)  # the applications have been deleted
    applied = models.PositiveSmallIntegerField(null=True, blank=True)  # how many there were, then

    objects = CitizenCallQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "pk"]

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("bodies:call", args=[self.organization_id, self.pk])

    @property
    def wished(self) -> list[str]:
        """Whom the mandate wishes for."""
        return [line.strip()[:200] for line in self.profiles.splitlines() if line.strip()]

    @property
    def is_open(self) -> bool:
        """Whether applications are typed in and proposed: not decided, and not closed without a decision."""
        return self.decided_on is None and self.forgotten_at is None


class Application(Row):
    """A citizen who wants to take part, as the secretary typed it in. Personal data: deleted with its call's."""

    call = models.ForeignKey(CitizenCall, models.PROTECT, related_name="applications")
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    why = models.TextField(blank=True)
    profile = models.CharField(max_length=200, blank=True)  # one of those that the call wishes for
    received_on = models.DateField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_proposed = models.BooleanField(default=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # once appointed

    class Meta:
        ordering = ["name", "pk"]

    @property
    def is_late(self) -> bool:
        """Whether it came after the call's last day."""
        return self.received_on > self.call.deadline


class Policy(Row):
    """A rule that a body has chosen, for all its organizations or one, with reason and day. Never changed."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="policies")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="policies")
    name = models.CharField(max_length=40)
    value: Any = models.JSONField()
    reason = models.TextField()
    since = models.DateField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)

    class Meta:
        ordering = ["-since", "-set_at"]
