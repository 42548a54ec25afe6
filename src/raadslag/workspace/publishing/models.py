"""PublicFace, Override, Release: what is heard of a closed item, what a person has looked at, what was let out.

Opening, Hold: that a closed item was opened after the meeting; that a decision waits until the party has been told.
ServedList: where, when and how often something was shown before it was withdrawn.

ImportedPaper: a paper of another system, on its way to be a past meeting here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, TypeAlias, cast

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from raadslag.core import record
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.common.models import Row
from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.products.models import Version


class PublicFace(Row):
    """What the public hears of the decision of a closed item, written for it; or why it hears nothing (I5, I6)."""

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="public_face")
    title = models.CharField(
        max_length=300, blank=True
    )  # where neither the item nor its case has one, as in old papers
    decision = models.TextField(blank=True)
    none_because = models.CharField(max_length=300, blank=True)

    @property
    def print(self) -> str:
        """A hash of what it says: it tells whether somebody has changed it since it was looked at."""
        return hashlib.sha256(f"{self.decision}\x00{self.none_because}\x00{self.title}".encode()).hexdigest()

    @property
    def is_decided(self) -> bool:
        """Whether somebody has said what the public hears."""
        return bool(self.decision.strip() or self.none_because.strip())


Subject: TypeAlias = Meeting | Organization | Version | Commitment
"""What something is let out of."""
Shown: TypeAlias = record.Meeting | record.Organization | record.Product | record.Commitment
"""What is let out of one of them."""
_SUBJECTS = ("meeting", "organization", "version", "commitment")


def _one_subject(name: str) -> models.CheckConstraint:
    """That a row is of a meeting, an organization, a version of a product or a commitment, and of one alone."""
    only = [Q(**{f"{other}__isnull": other != one for other in _SUBJECTS}) for one in _SUBJECTS]
    return models.CheckConstraint(name=name, condition=reduce(or_, only))


class Override(Row):
    """That a named person has looked at a hit of the screening, and why it may be public. `key` names the hit and the
    very words or file that it was found in: where they change, it has to be looked at again."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="overrides")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="overrides")
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="overrides")
    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, related_name="overrides")
    key = models.CharField(max_length=64)
    rule = models.CharField(max_length=20)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "key"], name="one_override_to_a_hit"),
            models.UniqueConstraint(fields=["organization", "key"], name="one_override_to_a_hit_of_an_organization"),
            models.UniqueConstraint(fields=["version", "key"], name="one_override_to_a_hit_of_a_version"),
            models.UniqueConstraint(fields=["commitment", "key"], name="one_override_to_a_hit_of_a_commitment"),
            _one_subject("override_of_one_subject"),
        ]


class Opening(Row):
    """That a closed item was opened after the meeting, when what closed it was over; the signed minutes stay as they
    are. The reason stands in an addition of the minutes. It holds as long as nobody closes the item again."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="openings")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at"]


class Hold(Row):
    """That the decision of an open item is not public before the party has been told; in force until it is lifted."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="holds")
    until = models.DateField(null=True)  # when the party is to have been told: a reminder, nothing goes out by it
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(lifted_at=None), name="held_back_once_at_a_time")
        ]


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Questions to the releases."""

    def in_force(self) -> ReleaseQuerySet:
        """Those that have not been withdrawn."""
        return self.filter(withdrawn_at=None)

    def due(self, at: Any) -> ReleaseQuerySet:
        """Those that the archive has to be told of: what is withdrawn before anything new, then the oldest first."""
        told = Q(state=Release.State.WAITING, withdrawn_at=None) | Q(withdrawn_at__isnull=False, is_gone=False)
        # What an organization is, and how far a commitment, is what came last: no older release overtakes a newer one.
        same = Q(organization=OuterRef("organization")) | Q(commitment=OuterRef("commitment"))
        older = Release.objects.in_force().filter(same, state=Release.State.WAITING, made_at__lt=OuterRef("made_at"))
        due = self.filter(told, try_at__lte=at).exclude(Exists(older), withdrawn_at=None)
        return due.order_by(F("withdrawn_at").asc(nulls_last=True), "made_at", "pk")

    def last_of(self, subjects: Iterable[Organization | Commitment], of: str = "organization") -> ReleaseQuerySet:
        """Of each of the organizations, or of the commitments, the last that came to the archive, or is to: once it is
        withdrawn nothing of them is public. One that was withdrawn before it came is none."""
        came = self.filter(Q(withdrawn_at=None) | Q(delivered_at__isnull=False), **{f"{of}__in": subjects})
        last = came.filter(**{of: OuterRef(of)}).order_by("-made_at", "-pk").values("pk")[:1]
        return came.filter(pk=Subquery(last))


class Release(Row):
    """A named person's decision that exactly these bytes may be public: the record as the public sees it (I30). It is
    of a meeting, of an organization, of a version of a product, or of a commitment."""

    class Kind(models.TextChoices):
        """Of what."""

        AGENDA = "agenda", _("Agenda")
        MINUTES = "minutes", _("Minutes")
        ORGANIZATION = "organization", _("Mandate and members")
        PRODUCT = "product", _("Version of the product")
        COMMITMENT = "commitment", _("Commitment and its course")

    class State(models.TextChoices):
        """How far the archive is."""

        WAITING = "waiting", _("On its way")
        SHOWN = "shown", _("Public")
        HELD = "held", _("The archive waits for a person")
        REFUSED = "refused", _("The archive refused it")

    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="releases")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="releases")
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="releases")
    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, related_name="releases")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    record = models.TextField()
    identity = models.CharField(max_length=64)
    files: Any = models.JSONField(default=dict)  # what goes with it: hash → name
    looked_at: Any = models.JSONField(default=list)  # where screening found something that people have looked at
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    told = models.CharField(max_length=500, blank=True)  # what the archive said, without a word of what was sent
    address = models.CharField(max_length=500, blank=True)  # where it stands
    delivered_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    try_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ground = models.CharField(max_length=1000, blank=True)
    is_gone = models.BooleanField(default=False)  # the archive shows it no more

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "identity"], name="released_once"),
            models.UniqueConstraint(fields=["organization", "identity"], name="organization_released_once"),
            models.UniqueConstraint(fields=["version", "identity"], name="version_released_once"),
            models.UniqueConstraint(fields=["commitment", "identity"], name="commitment_released_once"),
            _one_subject("release_of_one_subject"),
        ]

    @property
    def subject(self) -> Subject:
        """What it is of."""
        return cast(Subject, self.meeting or self.organization or self.version or self.commitment)

    @property
    def withdraw_address(self) -> str:
        """Where it is taken back."""
        if self.meeting_id:
            return reverse("publishing:withdraw", args=[self.meeting_id, self.pk])
        if self.version:
            return reverse("publishing:version-withdraw", args=[self.version.product_id, self.version.label, self.pk])
        if self.commitment_id:
            return reverse("publishing:commitment-withdraw", args=[self.commitment_id, self.pk])
        return reverse("publishing:organization-withdraw", args=[self.organization_id, self.pk])

    def decoded(self) -> Shown:
        """The record, as everyone may see it."""
        return cast(Shown, record.decode(self.record))


class ServedList(Row):
    """Where, when and how often the archive had shown something when it was withdrawn: what a breach is told with
    (I12). Addresses and counts, never to whom."""

    release = models.OneToOneField(Release, models.PROTECT, related_name="served")
    lines: Any = models.JSONField(default=list)  # address, first day, last day, count
    asked_at = models.DateTimeField(null=True)  # unknown until the archive has answered
    ask_at = models.DateTimeField(null=True)  # when it is asked again; None once nothing more comes

    @property
    def count(self) -> int:
        """How often all in all."""
        return sum(line["count"] for line in self.lines)


class ImportedPaper(Row):
    """An agenda or minutes from another system: its bytes by their hash, what was read in it, what a person corrected,
    and the past meeting that it became. Changes state through `importing.actions`."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waits to be read")
        READ = "read", _("Read, to be looked through")
        FAILED = "failed", _("Could not be read")
        APPROVED = "approved", _("Approved")
        DISMISSED = "dismissed", pgettext_lazy("paper", "Put aside")

    class Problem(models.TextChoices):
        """Why it could not be read, and what helps."""

        UNREADABLE = "unreadable", _("It is damaged, or locked with a password. Save it anew as PDF, and bring that.")
        LIMIT = "limit", _("It takes too long to read. Divide it, or print it to a new PDF, and bring that.")
        EMPTY = "empty", _("It holds no text, only pictures. Run text recognition on it, and bring that.")
        OTHER = "other", _("It is a document of another kind than an agenda or minutes.")
        FAULT = "fault", _("We could not read it, though we should. Try again later, or tell us of it.")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="imported_papers")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    problem = models.CharField(max_length=10, choices=Problem.choices, blank=True)
    text = models.TextField(blank=True)  # as it was drawn out, a line a line: what the places in the record count
    record = models.TextField(blank=True)  # as it was read; never changed
    corrected = models.TextField(blank=True)  # as a person left it; empty while nobody has changed anything
    told: Any = models.JSONField(default=dict)  # what that person ticked: whose name is whose, which items are none
    version = models.PositiveIntegerField(default=0)  # of what was corrected
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="papers")
    brought_at = models.DateTimeField()
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-brought_at", "name", "pk"]
        indexes = [models.Index(fields=["state", "brought_at"], name="imported_by_state")]
        constraints = [models.UniqueConstraint(fields=["organization", "sha256"], name="imported_once")]

    def get_absolute_url(self) -> str:
        """Where it is looked through."""
        return reverse("publishing:import-paper", args=[self.organization_id, self.pk])

    def read(self) -> record.Meeting:
        """What was read in it, with the place of each value."""
        return cast(record.Meeting, record.decode(self.record))

    def current(self) -> record.Meeting:
        """As it stands now: read, or corrected."""
        return cast(record.Meeting, record.decode(self.corrected)) if self.corrected else self.read()
