"""Case, its versions, attachments and history. OParl calls a case Paper; a case lives for years and holds many."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.bodies.standing import memberships_of
from raadslag.workspace.common.models import Row
from raadslag.workspace.files.models import StoredFile
from raadslag.workspace.people.models import Person

STAFF = ("secretary", "case_worker")


class Access(models.TextChoices):
    """Whether the public may hear of it."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class CaseSeries(models.Model):
    """The last number given out in a year."""

    body = models.ForeignKey("bodies.Body", models.PROTECT)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "year"], name="one_series_a_year")]


class CaseQuerySet(models.QuerySet["Case"]):
    """Questions to the cases."""

    def of_staff(self, user: Any) -> Self:
        """Cases of organizations whose staff `user` is today, without those from which he is barred."""
        own = [one.organization_id for one in memberships_of(user) if one.role in STAFF]
        return self.filter(organization__in=own).exclude(disqualifications__person=user.person_id)


class Case(Row):
    """A matter on which an organization is to decide. Changes state through `cases.actions`."""

    class State(models.TextChoices):
        """Where it is in its course."""

        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("Under review")
        READY = "ready", _("Ready")
        ON_AGENDA = "on_agenda", _("On the agenda")
        TREATED = "treated", _("Treated")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="cases")
    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(_("heading"), max_length=300)
    access = models.CharField(max_length=6, choices=Access.choices, default=Access.CLOSED)
    legal_ground = models.CharField(max_length=300, blank=True)
    public_title = models.CharField(max_length=300, blank=True)
    summary = models.TextField(blank=True)
    background = models.TextField(blank=True)
    recommended_by = models.CharField(max_length=200, blank=True)
    recommended_to = models.CharField(max_length=200, blank=True)
    points = models.TextField(blank=True)  # one on each line
    more: Any = models.JSONField(default=dict)  # fields of the body's own: heading → text
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at"]
        indexes = [models.Index(fields=["organization", "state", "-changed_at"], name="cases_by_state")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("cases:case", args=[self.pk])

    @property
    def is_closed(self) -> bool:
        """Whether the public may not hear of it."""
        return self.access != Access.OPEN

    def named_points(self) -> list[str]:
        """The points of the recommendation."""
        return [line.strip() for line in self.points.splitlines() if line.strip()]

    def content(self) -> dict[str, Any]:
        """What a version keeps."""
        return {name: getattr(self, name) for name in CONTENT}


CONTENT = (
    "title", "access", "legal_ground", "public_title", "summary", "background", "recommended_by", "recommended_to",
    "points", "more",
)  # fmt: skip


class CaseVersion(Row):
    """The text of a case as somebody saved it; never changed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content: Any = models.JSONField()
    sha256 = models.CharField(max_length=64)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_version_to_a_number")]


class Attachment(Row):
    """A paper that goes with a case. Its newest version counts; each has bytes of its own."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=300)
    access = models.CharField(max_length=6, choices=Access.choices, default=Access.CLOSED)
    opened_because = models.CharField(max_length=300, blank=True)  # where screening found something, or could not look
    removed_at = models.DateTimeField(null=True)
    copy_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="copies")  # without some of its words

    class Meta:
        ordering = ["order"]

    @property
    def is_closed(self) -> bool:
        """Whether it, or the whole case, is closed."""
        return self.access != Access.OPEN or self.case.is_closed


class AttachmentVersion(Row):
    """The bytes of an attachment from a moment on."""

    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, models.PROTECT)
    name = models.CharField(max_length=255)
    brought_at = models.DateTimeField()
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["attachment", "number"], name="one_file_to_a_number")]


class Consultation(Row):
    """One treatment of a case at a meeting (OParl: Consultation); written by the meeting, read by the case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="history")
    organization = models.ForeignKey(Organization, models.PROTECT)
    meeting = models.UUIDField()
    item = models.UUIDField(unique=True)
    held_on = models.DateField()
    item_number = models.CharField(max_length=20, blank=True)
    decision = models.TextField(blank=True)
    is_closed = models.BooleanField(default=False)  # as it was treated: what was decided stays there (I5)
    is_sent = models.BooleanField(default=False)

    class Meta:
        ordering = ["held_on"]


class Disqualification(Row):
    """A person who may not take part in a case, nor see its papers (kommunestyrelsesloven, section 14)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="disqualifications")
    person = models.ForeignKey(Person, models.PROTECT)
    reason = models.CharField(max_length=300)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="barred_once")]


def find(words: str) -> Q:
    """The condition that every word of `words` stands in a case."""
    condition = Q()
    for word in words.split()[:8]:
        condition &= (
            Q(number__icontains=word) | Q(title__icontains=word) | Q(summary__icontains=word)
            | Q(background__icontains=word) | Q(points__icontains=word)
        )  # fmt: skip
    return condition
