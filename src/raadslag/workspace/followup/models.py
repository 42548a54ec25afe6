"""HandOver: that an approved version went to the council. Commitment: what was promised, with savings and reports."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.bodies.standing import memberships_of
from raadslag.workspace.cases.models import Access, Case
from raadslag.workspace.common.models import Row
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.products.models import Element, Version


class HandOver(Row):
    """That an approved version was handed over: the case that was written for it, where it is decided on. Whether it is
    taken up is decided there."""

    version = models.OneToOneField(Version, models.PROTECT, related_name="hand_over")
    case = models.OneToOneField(Case, models.PROTECT, related_name="hand_over")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")


class State(models.TextChoices):
    """How far a commitment is; the same words as in a record."""

    PLANNED = "planned", pgettext_lazy("commitment", "Planned")
    UNDER_WAY = "under_way", pgettext_lazy("commitment", "Under way")
    DONE = "done", pgettext_lazy("commitment", "Done")
    DROPPED = "dropped", pgettext_lazy("commitment", "Dropped")


OVER = (State.DONE, State.DROPPED)


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Questions to the commitments."""

    def of_committees_of(self, user: Any) -> Self:
        """Those of bodies in which `user` has a role today: that decided, or whose product they stem from; and those
        that he is responsible for."""
        own = [one.organization_id for one in memberships_of(user)]
        return self.filter(
            Q(item__meeting__organization__in=own) | Q(origin__product__organization__in=own) | Q(responsible=user)
        )

    def open_to_all(self) -> Self:
        """Those whose item is not closed, nor its case."""
        return self.filter(Q(item__case=None) | Q(item__case__access=Access.OPEN), item__access=Access.OPEN)

    def told(self) -> Self:
        """With what a line of a list says of them, their reports too: two queries."""
        rows = self.select_related(
            "item__case", "item__meeting__organization__body", "origin__product__organization", "responsible__person"
        )
        return rows.prefetch_related("reports").defer("origin__record")


class Commitment(Row):
    """What was promised by a decision: by which unit, until when, how far it is. Changes state through
    `followup.actions`."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="commitments")  # at which it was decided
    origin = models.ForeignKey(Version, models.PROTECT, null=True, related_name="commitments")
    element = models.ForeignKey(Element, models.PROTECT, null=True, related_name="commitments")  # of that version
    text = models.TextField()
    unit = models.CharField(max_length=200)
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="commitments")
    due = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    next_report_on = models.DateField(null=True)  # None once it is over
    version = models.PositiveIntegerField(default=0)  # of what it says
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["due", "made_at", "pk"]
        indexes = [models.Index(fields=["next_report_on"], name="commitment_reports_due")]
        constraints = [
            models.CheckConstraint(
                name="part_of_the_version_it_stems_from", condition=Q(element__isnull=True) | Q(origin__isnull=False)
            )
        ]

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("followup:commitment", args=[self.pk])

    @property
    def is_closed(self) -> bool:
        """Whether the public may not hear of it: as its item."""
        return self.item.is_closed

    @property
    def is_over(self) -> bool:
        """Whether it is done, or dropped."""
        return self.state in OVER

    @property
    def decided_on(self) -> date:
        """The day of the decision."""
        return timezone.localtime(self.item.meeting.start).date()

    @property
    def organization(self) -> Organization:
        """Which body decided."""
        return self.item.meeting.organization

    @property
    def committee(self) -> Organization:
        """Whose work it is followed under: the committee whose product it stems from, else the body that decided."""
        return self.origin.product.organization if self.origin else self.organization

    @property
    def last_report(self) -> Report | None:
        """The newest; None before there is one."""
        return max(self.reports.all(), key=lambda one: one.number, default=None)

    def content(self) -> dict[str, Any]:
        """What a saving of it keeps."""
        return {"text": self.text, "unit": self.unit, "responsible": str(self.responsible_id)}


class CommitmentText(Row):
    """What a commitment said as somebody saved it. Never changed."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="texts")
    number = models.PositiveIntegerField()
    content: Any = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["commitment", "number"], name="one_saving_of_a_commitment")]


class Report(Row):
    """How far a commitment was, and why its date or its course changed, in the words of who is responsible. Never
    changed: who has more to tell writes another."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="reports")
    number = models.PositiveIntegerField()
    text = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices)
    due = models.DateField(null=True)  # the new date, where it was moved
    because = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["commitment", "number"], name="one_report_to_a_number")]


class ReportReminder(models.Model):
    """That who is responsible was told that a report is due, and when."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="reminders")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
