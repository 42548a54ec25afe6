"""What the archive keeps: bodies, organizations, meetings and each version of their papers.

All rows here are public but `WaitingPaper`: a paper that waits stands in a table and a folder of its own
and nothing public is derived from it. Rows are written by `archive.intake` alone. Slugs are parts of
public addresses: once given they are neither changed nor given to another.
"""

from __future__ import annotations

from functools import cached_property
from typing import Self

import msgspec
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact, In
from django.utils.translation import gettext_lazy as _

from raadslag.core.record import Meeting as MeetingRecord

# Lengths, not patterns: SQLite itself knows no regular expressions, and the file must open in any tool.
_sha256 = Exact(Length("sha256"), 64)


class BodyQuerySet(models.QuerySet["Body"]):
    """Questions about bodies."""

    def public(self) -> Self:
        """Bodies with a meeting that is shown."""
        return self.filter(models.Exists(Meeting.objects.public().filter(organization__body=models.OuterRef("pk"))))


class Body(models.Model):
    """A municipality (OParl: Body). Its slug begins every public address of what is its own."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)

    objects = BodyQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Questions about organizations."""

    def public(self) -> Self:
        """Organizations with a meeting that is shown."""
        return self.filter(models.Exists(Meeting.objects.public().filter(organization=models.OuterRef("pk"))))

    def of(self, body: Body) -> Self:
        """The organizations of one body."""
        return self.filter(body=body)


class Organization(models.Model):
    """A council, committee or group of a body (OParl: Organization)."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="organizations")
    slug = models.SlugField(max_length=100)
    name = models.CharField(max_length=300)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["body", "slug"], name="organization_slug_is_unique_in_its_body")]

    def __str__(self) -> str:
        return self.name


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Questions about meetings."""

    def public(self) -> Self:
        """Meetings that have a version to show."""
        return self.filter(models.Exists(Version.objects.current().filter(meeting=models.OuterRef("pk"))))

    def latest(self) -> Self:
        """The newest day first, on one day the latest hour first."""
        return self.order_by("-start_on", "-start", "-pk")

    def held_by(self, organization: Organization) -> Self:
        """The meetings of one organization."""
        return self.filter(organization=organization)

    def of(self, body: Body) -> Self:
        """The meetings of all organizations of one body."""
        return self.filter(body=body)

    def with_organization(self) -> Self:
        """With organization and body in the same query."""
        return self.select_related("organization", "body")


class Meeting(models.Model):
    """One session of an organization (OParl: Meeting), as its current version tells of it.

    `start` and `adjourned` are local times as in the record (`2018-04-09T17:00`, or the day alone), and
    `start_on` is the day of `start`. `body` is the organization's and stands here because the
    slug, `2018-04-09-byraadet`, is unique in a body.
    """

    body = models.ForeignKey(Body, models.PROTECT, related_name="meetings")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="meetings")
    slug = models.SlugField(max_length=130)
    start = models.CharField(max_length=16)
    start_on = models.DateField()
    adjourned = models.CharField(max_length=16, blank=True)
    place = models.TextField(blank=True)
    title = models.TextField(blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-start_on", "-start"], name="meeting_latest"),
            models.Index(fields=["organization", "-start_on"], name="meeting_of_organization"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["body", "slug"], name="meeting_slug_is_unique_in_its_body"),
            models.UniqueConstraint(fields=["organization", "start"], name="meeting_starts_once_in_its_organization"),
            models.CheckConstraint(
                name="meeting_start_is_a_local_time",
                condition=In(Length("start"), [10, 16]),
                violation_error_message=_("A meeting starts on a day, or on a day at a time."),
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def start_time(self) -> str | None:
        """The local time of day, `17:00`, or None where the paper shows none."""
        return self.start[11:] or None

    @property
    def adjourned_time(self) -> str | None:
        """The local time of day at which it ended, or None where the paper shows none."""
        return self.adjourned[11:] or None

    @cached_property
    def current(self) -> Version:
        """The version that is shown: the newest minutes, else the newest paper."""
        return self.versions.current().select_related("source").get()


class StoredFile(models.Model):
    """The bytes of a public file, kept by their hash in `archive.files`. Not one row for a paper that waits."""

    sha256 = models.CharField(max_length=64, unique=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    name = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=_sha256, name="file_is_named_by_a_sha256")]

    def __str__(self) -> str:
        return self.sha256


class VersionQuerySet(models.QuerySet["Version"]):
    """Questions about versions."""

    def current(self) -> Self:
        """The one version of each meeting that is shown."""
        return self.filter(is_current=True)

    def given_out(self) -> Self:
        """Versions whose papers everyone may have: the one that is shown and, beside minutes, the newest agenda.

        What a later paper of the same kind took the place of is not given: it may have taken something out.
        """
        newer = Version.objects.filter(
            meeting=models.OuterRef("meeting"), kind=models.OuterRef("kind"), number__gt=models.OuterRef("number")
        )
        return self.filter(Q(is_current=True) | Q(kind=Version.Kind.AGENDA) & ~models.Exists(newer))

    def newest_first(self) -> Self:
        """Minutes first and agendas last, of each the highest number first."""
        rank = {Version.Kind.MINUTES: 0, Version.Kind.UNSTATED: 1, Version.Kind.AGENDA: 2}
        whens = [models.When(kind=kind, then=place) for kind, place in rank.items()]
        return self.order_by(models.Case(*whens, output_field=models.IntegerField()), "-number")


class Version(models.Model):
    """One record as it was taken in; never changed.

    `record` is its JSON, `identity` the record's SHA-256. Agenda and minutes of a meeting are counted
    apart, each from 1. `source` is the paper from which the record was read, if it was.
    """

    class Kind(models.TextChoices):
        """What the paper is; a paper that does not show it is `unstated`."""

        AGENDA = "agenda", _("Agenda")
        MINUTES = "minutes", _("Minutes")
        UNSTATED = "unstated", _("Paper")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="versions")
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.PositiveIntegerField()
    identity = models.CharField(max_length=64, unique=True)
    record = models.BinaryField()
    source = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="versions")
    added_at = models.DateTimeField()
    is_current = models.BooleanField(default=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "kind", "number"], name="version_is_numbered_once"),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(is_current=True), name="meeting_has_one_current_version"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_counts_from_one"),
            models.CheckConstraint(condition=Exact(Length("identity"), 64), name="version_identity_is_a_sha256"),
            models.CheckConstraint(
                condition=Q(kind__in=["agenda", "minutes", "unstated"]), name="version_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @cached_property
    def value(self) -> MeetingRecord:
        """The record itself."""
        return msgspec.json.decode(bytes(self.record), type=MeetingRecord)


class ItemQuerySet(models.QuerySet["Item"]):
    """Questions about items."""

    def current(self) -> Self:
        """Items of the versions that are shown."""
        return self.filter(version__is_current=True)

    def decided(self) -> Self:
        """Items with the text of a decision that may be shown."""
        return self.exclude(decision="")

    def latest(self) -> Self:
        """The newest meeting first, then in the order of the paper."""
        return self.order_by("-meeting__start_on", "-meeting__start", "-meeting__pk", "order")

    def with_meeting(self) -> Self:
        """With meeting, organization and body in the same query."""
        return self.select_related("meeting__organization", "meeting__body")


class Item(models.Model):
    """An item of one version, as far as pages and search need it; the whole item stands in the record.

    `slug` names it in addresses below its meeting: its number in lower case ("4a"), with its order where
    it has none or the number stands twice. For a closed item title and decision are its public face.
    `text` is everything else that may be shown, as plain text for the search.
    """

    version = models.ForeignKey(Version, models.CASCADE, related_name="items")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    order = models.PositiveIntegerField()
    slug = models.SlugField(max_length=50)
    number = models.TextField(blank=True)
    title = models.TextField(blank=True)
    reference = models.TextField(blank=True)
    access = models.CharField(max_length=10)
    outcome = models.CharField(max_length=30, blank=True)
    actor = models.TextField(blank=True)
    decision = models.TextField(blank=True)
    text = models.TextField(blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["version", "order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "order"], name="item_order_is_unique_in_its_version"),
            models.UniqueConstraint(fields=["version", "slug"], name="item_slug_is_unique_in_its_version"),
            models.CheckConstraint(condition=Q(access__in=["open", "closed", "unknown"]), name="item_access_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number or self.order}. {self.title}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Questions about attachments."""

    def current(self) -> Self:
        """Attachments of the versions that are shown."""
        return self.filter(item__version__is_current=True)

    def with_meeting(self) -> Self:
        """With item, meeting, organization and body, and the file, in the same query."""
        return self.select_related("item__meeting__organization", "item__meeting__body", "file")


class Attachment(models.Model):
    """A file that an item lists (OParl: File). `file` is None where the archive does not hold its bytes."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="attachments")
    order = models.PositiveIntegerField()
    number = models.TextField(blank=True)
    title = models.TextField()
    document = models.TextField(blank=True)
    reference = models.TextField(blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="attachments")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["item", "order"]
        constraints = [models.UniqueConstraint(fields=["item", "order"], name="attachment_order_is_unique")]

    def __str__(self) -> str:
        return self.title


class WaitingPaper(models.Model):
    """A paper that is not shown, and why. Its bytes lie apart from the public files; nothing else of it is kept.

    `hits` are lines for the operator: kind and place of what screening found, never the text itself.
    `missing` are names of fields of the record ("body", "organization", "meeting.start") that must be known.
    """

    class Reason(models.TextChoices):
        """Why a paper waits."""

        NOT_CONFIRMED = "not_confirmed", _("Nobody has said that it is already public")
        SCREENING = "screening", _("Screening found something that must be looked at")
        UNIDENTIFIED = "unidentified", _("It does not show whose meeting it is, or when")

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=20, choices=Reason)
    hits = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=_sha256, name="waiting_paper_is_named_by_a_sha256"),
            models.CheckConstraint(
                condition=Q(reason__in=["not_confirmed", "screening", "unidentified"]), name="waiting_reason_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
