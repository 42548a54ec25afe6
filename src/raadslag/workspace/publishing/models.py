"""PublicFace, Override, Release: what is heard of a closed item, what a person has looked at, what was let out."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from raadslag.core import record
from raadslag.workspace.common.models import Row
from raadslag.workspace.meetings.models import AgendaItem, Meeting


class PublicFace(Row):
    """What the public hears of the decision of a closed item, written for it; or why it hears nothing (I5, I6)."""

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="public_face")
    decision = models.TextField(blank=True)
    none_because = models.CharField(max_length=300, blank=True)

    @property
    def print(self) -> str:
        """A hash of what it says: it tells whether somebody has changed it since it was looked at."""
        return hashlib.sha256(f"{self.decision}\x00{self.none_because}".encode()).hexdigest()

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
