"""PublicFace, Override, Release: what is heard of a closed item, what a person has looked at, what was let out.

ImportedPaper: a paper of another system, on its way to be a past meeting here.
"""

from __future__ import annotations

import hashlib
from typing import Any, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from raadslag.core import record
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.common.models import Row
from raadslag.workspace.meetings.models import AgendaItem, Meeting


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


class Override(Row):
    """That a named person has looked at a hit of the screening, and why it may be public. `key` names the hit and the
    very words or file that it was found in: where they change, it has to be looked at again."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="overrides")
    key = models.CharField(max_length=64)
    rule = models.CharField(max_length=20)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    second = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "key"], name="one_override_to_a_hit")]


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Questions to the releases."""

    def in_force(self) -> ReleaseQuerySet:
        """Those that have not been withdrawn."""
        return self.filter(withdrawn_at=None)

    def due(self, at: Any) -> ReleaseQuerySet:
        """Those that the archive has to be told of: what is withdrawn before anything new, then the oldest first."""
        told = Q(state=Release.State.WAITING, withdrawn_at=None) | Q(withdrawn_at__isnull=False, is_gone=False)
        return self.filter(told, try_at__lte=at).order_by(F("withdrawn_at").asc(nulls_last=True), "made_at", "pk")


class Release(Row):
    """A named person's decision that exactly these bytes may be public: the record as the public sees it (I30)."""

    class Kind(models.TextChoices):
        """Of what."""

        AGENDA = "agenda", _("Agenda")
        MINUTES = "minutes", _("Minutes")

    class State(models.TextChoices):
        """How far the archive is."""

        WAITING = "waiting", _("On its way")
        SHOWN = "shown", _("Public")
        HELD = "held", _("The archive waits for a person")
        REFUSED = "refused", _("The archive refused it")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="releases")
    kind = models.CharField(max_length=8, choices=Kind.choices)
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
        constraints = [models.UniqueConstraint(fields=["meeting", "identity"], name="released_once")]

    def decoded(self) -> record.Meeting:
        """The record, as everyone may see it."""
        return cast(record.Meeting, record.decode(self.record))


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
