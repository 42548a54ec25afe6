"""What the archive keeps: bodies, organizations, meetings, cases and each version of their papers.

Public are bodies, organizations, meetings, cases, products, commitments, files, versions, portraits, editions and
standings that are not withdrawn. What waits (`WaitingPaper`) and what is withdrawn (`WithdrawnRecord`,
`WithdrawnPortrait`, `WithdrawnEdition`, `WithdrawnStanding`, `WithdrawnFile`) stand in tables and folders of their own,
and nothing public is derived from them.
Rows are written by `archive.intake` and `archive.curation` alone, each change with its entry in the journal. Slugs are
parts of public addresses: once given they are neither changed nor given to another, and a row that was merged into
another stays, so that its address leads there.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import Any, Self, TypeVar

import msgspec
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact, In
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from raadslag.core.record import Commitment as CommitmentRecord
from raadslag.core.record import Meeting as MeetingRecord
from raadslag.core.record import Organization as OrganizationRecord
from raadslag.core.record import Product as ProductRecord

# Lengths, not patterns: SQLite itself knows no regular expressions, and the file must open in any tool.
_sha256 = Exact(Length("sha256"), 64)


def is_day(written: str) -> bool:
    """Whether it is a day as a record writes it: `2018-04-09`."""
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False


class BodyQuerySet(models.QuerySet["Body"]):
    """Questions about bodies."""

    def public(self) -> Self:
        """Bodies with a meeting, a committee's mandate and members, a product or a commitment, that is shown."""
        of_meetings = Version.objects.current().filter(meeting__body=models.OuterRef("pk"))
        of_organizations = Portrait.objects.current().filter(organization__body=models.OuterRef("pk"))
        of_products = Edition.objects.current().filter(product__body=models.OuterRef("pk"))
        of_commitments = Standing.objects.current().filter(commitment__body=models.OuterRef("pk"))
        some = (of_meetings, of_organizations, of_products, of_commitments)
        return self.filter(reduce(or_, map(models.Exists, some)))


class Body(models.Model):
    """A municipality (OParl: Body). Its slug begins every public address of what is its own."""

    class Compliance(models.TextChoices):
        """How far a site keeps the law on accessibility, in the words of its statement."""

        FULL = "full", _("Fully accessible")
        PARTIAL = "partial", _("Partly accessible")
        NONE = "none", _("Not accessible")

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    # What the municipality says of itself and its pages; all may be empty.
    main = models.CharField(max_length=7, blank=True)
    accent = models.CharField(max_length=7, blank=True)
    logo = models.ForeignKey("StoredFile", models.PROTECT, null=True, blank=True, related_name="logos")
    website = models.CharField(max_length=300, blank=True)
    contact_mail = models.CharField(max_length=254, blank=True)
    contact_phone = models.CharField(max_length=50, blank=True)
    compliance = models.CharField(max_length=10, blank=True, choices=Compliance)
    exceptions = models.TextField(blank=True)
    reviewed_on = models.DateField(null=True, blank=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class BodyName(models.Model):
    """One way to write a body's name, by which it is known again. `key` is what `archive.recognition` makes of it."""

    key = models.CharField(max_length=100, unique=True)
    written = models.CharField(max_length=200)
    body = models.ForeignKey(Body, models.PROTECT, related_name="names")

    def __str__(self) -> str:
        return self.written


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Questions about organizations."""

    def public(self) -> Self:
        """Organizations of which a meeting, a product, a commitment, or mandate and members are shown."""
        of_meetings = Version.objects.current().filter(meeting__organization=models.OuterRef("pk"))
        of_itself = Portrait.objects.current().filter(organization=models.OuterRef("pk"))
        of_products = Edition.objects.current().filter(product__organization=models.OuterRef("pk"))
        of_commitments = Standing.objects.current().filter(commitment__organization=models.OuterRef("pk"))
        some = (of_meetings, of_itself, of_products, of_commitments)
        return self.filter(reduce(or_, map(models.Exists, some)))

    def of(self, body: Body) -> Self:
        """The organizations of one body."""
        return self.filter(body=body)


class Organization(models.Model):
    """A council, committee or group of a body (OParl: Organization)."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="organizations")
    slug = models.SlugField(max_length=100)
    name = models.CharField(max_length=300)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["body", "slug"], name="organization_slug_is_unique_in_its_body")]

    def __str__(self) -> str:
        return self.name


class OrganizationName(models.Model):
    """One way to write an organization's name in its body; `key` as in `BodyName`. Versions are filed under it."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="organization_names")
    key = models.CharField(max_length=100)
    written = models.CharField(max_length=300)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="names")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "key"], name="organization_is_known_by_one_name")]

    def __str__(self) -> str:
        return self.written


class CaseQuerySet(models.QuerySet["Case"]):
    """Questions about cases."""

    def public(self) -> Self:
        """Cases with an item that is shown; each with the `title` of its newest such item."""
        items = Item.objects.current().filter(case=models.OuterRef("pk"))
        newest = items.exclude(title="").latest().values("title")[:1]
        return self.filter(models.Exists(items)).annotate(title=models.Subquery(newest))

    def of(self, body: Body) -> Self:
        """The cases of one body."""
        return self.filter(body=body)


class Case(models.Model):
    """A case (sag; OParl: Paper) of a body: what the items with its number are about, across meetings.

    `number` is as first written. Its title is that of its newest item and comes with `CaseQuerySet.public`: a title
    kept here would outlive a withdrawal.
    """

    body = models.ForeignKey(Body, models.PROTECT, related_name="cases")
    slug = models.SlugField(max_length=100)
    number = models.CharField(max_length=200)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["body", "slug"], name="case_slug_is_unique_in_its_body")]

    def __str__(self) -> str:
        return self.number


class CaseNumber(models.Model):
    """A number by which a case is known again. `digits` are its numbers alone, for numbers that look alike."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="case_numbers")
    key = models.CharField(max_length=200)
    digits = models.CharField(max_length=200)
    written = models.CharField(max_length=200)
    case = models.ForeignKey(Case, models.PROTECT, related_name="numbers")

    class Meta:
        indexes = [models.Index(fields=["body", "digits"], name="case_number_digits")]
        constraints = [models.UniqueConstraint(fields=["body", "key"], name="case_is_known_by_one_number")]

    def __str__(self) -> str:
        return self.written


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
    slug, `2018-04-09-byraadet`, is unique in a body. A meeting that was moved keeps the slug of its first day.
    """

    body = models.ForeignKey(Body, models.PROTECT, related_name="meetings")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="meetings")
    slug = models.SlugField(max_length=130)
    start = models.CharField(max_length=16)
    start_on = models.DateField()
    adjourned = models.CharField(max_length=16, blank=True)
    place = models.TextField(blank=True)
    title = models.TextField(blank=True)
    # The identity that a workspace gave it; empty where its papers were read from documents.
    given_id = models.CharField(max_length=200, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-start_on", "-start"], name="meeting_latest"),
            models.Index(fields=["organization", "-start_on"], name="meeting_of_organization"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["body", "slug"], name="meeting_slug_is_unique_in_its_body"),
            models.UniqueConstraint(fields=["organization", "start"], name="meeting_starts_once_in_its_organization"),
            models.UniqueConstraint(
                fields=["body", "given_id"], condition=~Q(given_id=""), name="meeting_is_given_one_identity"
            ),
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
        return self.versions.current().select_related("source").defer("source__text").get()


class StoredFile(models.Model):
    """The bytes of a public file, kept by their hash in `archive.files`. Not one row for a paper that waits.

    `text` is what the file shows, for search and reading; empty where nobody can tell. Of a withdrawn file the hash,
    the moment and the ground stay; its name and text (`WithdrawnFile`) and its bytes lie apart.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    name = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    ground = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=_sha256, name="file_is_named_by_a_sha256")]

    def __str__(self) -> str:
        return self.sha256


class WithdrawnFile(models.Model):
    """What a withdrawn file was called and said, kept apart until a person takes it back."""

    file = models.OneToOneField(StoredFile, models.CASCADE, related_name="withdrawn_file")
    name = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.file)


class VersionQuerySet(models.QuerySet["Version"]):
    """Questions about versions."""

    def current(self) -> Self:
        """The one version of each meeting that is shown."""
        return self.filter(is_current=True)

    def given_out(self) -> Self:
        """Versions whose papers everyone may have: the one that is shown and, beside minutes, the newest agenda.

        What a later paper of the same kind took the place of is not given, also when the later one is withdrawn: it
        may have taken something out.
        """
        newer = Version.objects.filter(
            meeting=models.OuterRef("meeting"), kind=models.OuterRef("kind"), number__gt=models.OuterRef("number")
        )
        given = Q(is_current=True) | Q(kind=Version.Kind.AGENDA) & ~models.Exists(newer)
        return self.filter(given, withdrawn_at=None)

    def kept(self) -> Self:
        """Versions that are not withdrawn."""
        return self.filter(withdrawn_at=None)

    def newest_first(self) -> Self:
        """Minutes first and agendas last, of each the highest number first."""
        rank = {Version.Kind.MINUTES: 0, Version.Kind.UNSTATED: 1, Version.Kind.AGENDA: 2}
        whens = [models.When(kind=kind, then=place) for kind, place in rank.items()]
        return self.order_by(models.Case(*whens, output_field=models.IntegerField()), "-number")


class Version(models.Model):
    """One record as it was taken in; never changed.

    `record` is its JSON, `identity` the record's SHA-256. Agenda and minutes of a meeting are counted
    apart, each from 1. `source` is the paper from which the record was read, if it was. `filed_as` is the name by
    which its organization was known. Of a withdrawn version the place and the ground stay: its record is kept apart,
    its items are shells without a text, and it is never current.
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
    filed_as = models.ForeignKey(OrganizationName, models.PROTECT, null=True, related_name="versions")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    ground = models.TextField(blank=True)

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
                condition=Q(withdrawn_at=None) | Q(is_current=False), name="version_withdrawn_is_not_current"
            ),
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


class WithdrawnRecord(models.Model):
    """The record of a withdrawn version, kept apart from everything public until a person takes it back."""

    version = models.OneToOneField(Version, models.CASCADE, related_name="withdrawn_record")
    record = models.BinaryField()

    def __str__(self) -> str:
        return str(self.version)


K = TypeVar("K", bound="Kept")


class KeptQuerySet(models.QuerySet[K]):
    """Questions about records that are rows by themselves."""

    def current(self) -> Self:
        """Those that are shown."""
        return self.filter(is_current=True)

    def kept(self) -> Self:
        """Those that are not withdrawn."""
        return self.filter(withdrawn_at=None)


class Kept(models.Model):
    """A record as it was taken in, whole in one row; never changed. `archive.shelves` shows it and takes it away.

    Of a withdrawn one the place and the ground stay: its record is kept apart, and it is never shown.
    """

    identity = models.CharField(max_length=64, unique=True)
    record = models.BinaryField()
    added_at = models.DateTimeField()
    is_current = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    ground = models.TextField(blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Exact(Length("identity"), 64), name="%(class)s_identity_is_a_sha256"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(is_current=False), name="%(class)s_withdrawn_is_not_current"
            ),
        ]

    def __str__(self) -> str:
        return self.identity


class PortraitQuerySet(KeptQuerySet["Portrait"]):
    """Questions about what organizations are."""


class Portrait(Kept):
    """What an organization is: the record of its mandate and members.

    The newest is shown, and none where that is withdrawn; the earlier ones are kept and not shown. `given_id` is the
    identity that a workspace gave the organization, `filed_as` the name by which it was known.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="portraits")
    given_id = models.CharField(max_length=200, blank=True)
    filed_as = models.ForeignKey(OrganizationName, models.PROTECT, related_name="portraits")

    objects = PortraitQuerySet.as_manager()

    class Meta(Kept.Meta):
        indexes = [models.Index(fields=["given_id"], name="portrait_given_id")]
        constraints = [
            *Kept.Meta.constraints,
            models.UniqueConstraint(
                fields=["organization"], condition=Q(is_current=True), name="organization_has_one_current_portrait"
            ),
        ]

    @cached_property
    def value(self) -> OrganizationRecord:
        """The record itself."""
        return msgspec.json.decode(bytes(self.record), type=OrganizationRecord)

    @property
    def as_of(self) -> str:
        """When it held, a local time or a day; when it was taken in, where the record does not say."""
        written = self.value.as_of
        return written if written and is_day(written[:10]) else timezone.localdate(self.added_at).isoformat()


class WithdrawnPortrait(models.Model):
    """The record of a withdrawn portrait, kept apart from everything public until a person takes it back."""

    portrait = models.OneToOneField(Portrait, models.CASCADE, related_name="withdrawn_portrait")
    record = models.BinaryField()

    def __str__(self) -> str:
        return str(self.portrait)


class ProductQuerySet(models.QuerySet["Product"]):
    """Questions about products."""

    def public(self) -> Self:
        """Products with a version that is shown, each with `title`, `version` and `frozen` of its newest."""
        newest = Edition.objects.current().filter(product=models.OuterRef("pk")).newest_first()
        told: dict[str, Any] = {
            name: models.Subquery(newest.values(name)[:1]) for name in ("title", "version", "frozen", "added_at")
        }
        return self.filter(models.Exists(newest)).annotate(**told)

    def latest(self) -> Self:
        """Of public ones, the one with the newest version first."""
        return self.order_by("-frozen", "-added_at", "-pk")

    def of(self, body: Body) -> Self:
        """The products of one body."""
        return self.filter(body=body)


class Product(models.Model):
    """What a committee makes: a plan, a policy, a recommendation. Its versions are `Edition`s.

    Its title is that of its newest version and comes with `ProductQuerySet.public`: a title kept here would outlive a
    withdrawal. `key` is what its first title was written as, by which one without a given identity is known again.
    """

    body = models.ForeignKey(Body, models.PROTECT, related_name="products")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="products")
    slug = models.SlugField(max_length=100)
    key = models.CharField(max_length=100)
    # The identity that a workspace gave it; empty where its versions were brought by an operator.
    given_id = models.CharField(max_length=200, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        indexes = [models.Index(fields=["organization", "key"], name="product_key")]
        constraints = [
            models.UniqueConstraint(fields=["body", "slug"], name="product_slug_is_unique_in_its_body"),
            models.UniqueConstraint(
                fields=["body", "given_id"], condition=~Q(given_id=""), name="product_is_given_one_identity"
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class EditionQuerySet(KeptQuerySet["Edition"]):
    """Questions about versions of products."""

    def newest_first(self) -> Self:
        """The one frozen last first; of one moment, the one that came last."""
        return self.order_by("-frozen", "-pk")

    def leading(self) -> Self:
        """The newest of each product, of those that are shown."""
        newest = Edition.objects.current().filter(product=models.OuterRef("product")).newest_first()
        return self.current().filter(pk=models.Subquery(newest.values("pk")[:1]))

    def with_product(self) -> Self:
        """With product, organization and body in the same query."""
        return self.select_related("product__organization", "product__body")


class Edition(Kept):
    """One frozen version of a product.

    All that are not withdrawn stand side by side, each at its `slug` below the product; where two bear one name, the
    later stands there. `frozen` is the local time of the record, empty where it has none that can be read. `title` and
    `version` are the record's words, and gone with it.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="editions")
    slug = models.CharField(max_length=60)
    version = models.CharField(max_length=50, blank=True)
    title = models.TextField(blank=True)
    frozen = models.CharField(max_length=19, blank=True)
    filed_as = models.ForeignKey(OrganizationName, models.PROTECT, related_name="editions")

    objects = EditionQuerySet.as_manager()

    class Meta(Kept.Meta):
        indexes = [models.Index(fields=["product", "-frozen"], name="edition_newest")]
        constraints = [
            *Kept.Meta.constraints,
            models.UniqueConstraint(
                fields=["product", "slug"], condition=Q(is_current=True), name="edition_is_shown_once_at_its_address"
            ),
        ]

    @cached_property
    def value(self) -> ProductRecord:
        """The record itself."""
        return msgspec.json.decode(bytes(self.record), type=ProductRecord)

    @property
    def day(self) -> str:
        """The day on which it was frozen; on which it was taken in, where the record does not say."""
        return self.frozen[:10] or timezone.localdate(self.added_at).isoformat()


class WithdrawnEdition(models.Model):
    """The record of a withdrawn version of a product, kept apart as a `WithdrawnPortrait` is."""

    edition = models.OneToOneField(Edition, models.CASCADE, related_name="withdrawn_edition")
    record = models.BinaryField()

    def __str__(self) -> str:
        return str(self.edition)


class Commitment(models.Model):
    """What a decision promised. How far it is, is told by its `Standing`s.

    Its slug is the day of the decision with a number: words in it would outlive a withdrawal. `given_id` is the
    identity that its workspace gave it; without one nobody could tell one commitment from another.
    """

    body = models.ForeignKey(Body, models.PROTECT, related_name="commitments")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="commitments")
    slug = models.SlugField(max_length=100)
    given_id = models.CharField(max_length=200)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["body", "slug"], name="commitment_slug_is_unique_in_its_body"),
            models.UniqueConstraint(fields=["body", "given_id"], name="commitment_is_given_one_identity"),
        ]

    def __str__(self) -> str:
        return self.slug


OVER = ("done", "dropped")
"""The states of a commitment in which nothing more is to be done."""


def _is_late(on: date) -> Q:
    day = on.isoformat()
    return Q(due__gt="", due__lt=day) | Q(next_report__gt="", next_report__lt=day)


class StandingQuerySet(KeptQuerySet["Standing"]):
    """Questions about how far commitments are."""

    def with_commitment(self) -> Self:
        """With commitment, organization and body in the same query."""
        return self.select_related("commitment__organization", "commitment__body")

    def of(self, body: Body) -> Self:
        """Those of one body."""
        return self.filter(commitment__body=body)

    def late(self, on: date) -> Self:
        """Those whose date has passed on that day, or that of their next report, and that are not over."""
        return self.exclude(state__in=OVER).filter(_is_late(on))

    def late_first(self, on: date) -> Self:
        """What is late on that day, then what is to be done next, then what is over."""
        place = models.Case(models.When(state__in=OVER, then=2), models.When(_is_late(on), then=0), default=1)
        return self.annotate(place=place).order_by("place", "due", "pk")


class Standing(Kept):
    """How far a commitment is: the record of it with its reports.

    The newest is shown, and none where that is withdrawn; the earlier ones are kept and not shown. `as_of` is the local
    time of the record, empty where it has none that can be read. The other columns are the record's words, and gone
    with it; `product` is the identity of the product that it stems from. `decided_on` is the ISO day of the decision,
    `decided_by` what `archive.recognition` makes of the name of those who took it, `decided_meeting` the identity of
    their meeting and `decided_item` the item; all four are empty where the record names no such day.
    """

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="standings")
    as_of = models.CharField(max_length=19, blank=True)
    text = models.TextField(blank=True)
    unit = models.TextField(blank=True)
    state = models.CharField(max_length=10, blank=True)
    due = models.CharField(max_length=10, blank=True)
    next_report = models.CharField(max_length=10, blank=True)
    product = models.CharField(max_length=200, blank=True)
    decided_on = models.CharField(max_length=10, blank=True)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_meeting = models.CharField(max_length=200, blank=True)
    decided_item = models.TextField(blank=True)
    filed_as = models.ForeignKey(OrganizationName, models.PROTECT, related_name="standings")

    objects = StandingQuerySet.as_manager()

    class Meta(Kept.Meta):
        indexes = [
            models.Index(fields=["product"], name="standing_product"),
            models.Index(fields=["decided_meeting", "decided_on"], name="standing_decided"),
        ]
        constraints = [
            *Kept.Meta.constraints,
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(is_current=True), name="commitment_has_one_current_standing"
            ),
        ]

    @cached_property
    def value(self) -> CommitmentRecord:
        """The record itself."""
        return msgspec.json.decode(bytes(self.record), type=CommitmentRecord)

    @property
    def day(self) -> str:
        """The day on which it held; on which it was taken in, where the record does not say."""
        return self.as_of[:10] or timezone.localdate(self.added_at).isoformat()


class WithdrawnStanding(models.Model):
    """The record of a withdrawn standing, kept apart as a `WithdrawnPortrait` is."""

    standing = models.OneToOneField(Standing, models.CASCADE, related_name="withdrawn_standing")
    record = models.BinaryField()

    def __str__(self) -> str:
        return str(self.standing)


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
    `text` is everything else that may be shown, as plain text for the search. `case` is the case whose number
    stands in `reference`.
    """

    version = models.ForeignKey(Version, models.CASCADE, related_name="items")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    order = models.PositiveIntegerField()
    slug = models.SlugField(max_length=50)
    number = models.TextField(blank=True)
    title = models.TextField(blank=True)
    reference = models.TextField(blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="items")
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

    def given_out(self) -> Self:
        """Attachments of open items whose papers are given out.

        Of an agenda beside minutes those are left out that stood at an item which the minutes close: an item is known
        again by its number, or by its title.
        """
        closed = Item.objects.current().filter(meeting=models.OuterRef("item__meeting"), access="closed")
        same = Q(slug=models.OuterRef("item__slug")) | Q(title=models.OuterRef("item__title")) & ~Q(title="")
        shown = self.filter(item__version__in=Version.objects.given_out()).exclude(item__access="closed")
        return shown.filter(~models.Exists(closed.filter(same)))

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


class Suggestion(models.Model):
    """Two bodies, organizations or cases that look alike: a person says whether they are one (`archive review`)."""

    class Kind(models.TextChoices):
        """What looks alike."""

        BODY = "body", _("Municipality")
        ORGANIZATION = "organization", _("Committee")
        CASE = "case", _("Case")

    class State(models.TextChoices):
        """What a person has said."""

        OPEN = "open", _("Not looked at")
        SAME = "same", _("One and the same")
        APART = "apart", _("Not the same")

    kind = models.CharField(max_length=20, choices=Kind)
    left = models.PositiveBigIntegerField()
    right = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "left", "right"], name="suggestion_is_made_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.left} {self.right}"


class IntakeToken(models.Model):
    """The right to deliver records of one body. Only the hash of the token is kept."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="tokens")
    label = models.CharField(max_length=100)
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.label


class JournalEntry(models.Model):
    """One change of state, chained to the one before by its hash; written and read by `archive.journal` alone.

    `about` holds ids and hashes, never a text. `meetings` are the rows of the meetings that it touches. `is_public`
    tells whether it changed anything that everyone sees: nothing public may depend on any other entry.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    by = models.CharField(max_length=100)
    about = models.JSONField(default=dict)
    meetings = models.JSONField(default=list)
    is_public = models.BooleanField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["-number"], condition=Q(is_public=True), name="journal_public")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class Served(models.Model):
    """How often an address gave out a record on a day: for the list that a withdrawal needs. Never to whom."""

    day = models.DateField()
    address = models.CharField(max_length=500)
    identity = models.CharField(max_length=64)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["identity"], name="served_identity")]
        constraints = [
            models.UniqueConstraint(fields=["day", "address", "identity"], name="served_is_counted_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.address}"
