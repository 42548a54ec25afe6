"""Product, the tree of its elements, what each said at each time, why, and the versions that were frozen."""

from __future__ import annotations

from typing import Any, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from raadslag.core import record
from raadslag.workspace.bodies.models import MandateTask, Organization
from raadslag.workspace.bodies.standing import memberships_of
from raadslag.workspace.common.models import Row
from raadslag.workspace.meetings.models import AgendaItem


class ProductQuerySet(models.QuerySet["Product"]):
    """Questions to the products."""

    def of_committees_of(self, user: Any) -> Self:
        """Those of the committees, and of the committees of the groups, in which `user` has a role today."""
        own = [one.organization_id for one in memberships_of(user)]
        return self.filter(Q(organization__in=own) | Q(organization__groups__in=own)).distinct()


class Product(Row):
    """What a committee hands over: a text that knows why it changed. Changes state through `products.actions`."""

    class State(models.TextChoices):
        """Where it is in its course."""

        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="products")
    title = models.CharField(_("title"), max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    last_change = models.PositiveIntegerField(default=0)  # the number that the last change was given
    created_at = models.DateTimeField()

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("products:product", args=[self.pk])


class Element(Row):
    """A part of a product. Its identity lasts, wherever it stands and whatever it says; its number is its place's."""

    class Kind(models.TextChoices):
        """What it is."""

        TEXT = "text", _("Text")
        FOCUS_AREA = "focus_area", _("Focus area")
        THEME = "theme", _("Theme")
        PRINCIPLE = "principle", _("Principle")
        MEASURE = "measure", _("Measure")

    product = models.ForeignKey(Product, models.PROTECT, related_name="elements")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    order = models.PositiveIntegerField()  # among those of the same parent; with room between two
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    title = models.CharField(_("heading"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    is_removed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    writers = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    tasks = models.ManyToManyField(MandateTask, related_name="elements", blank=True)

    class Meta:
        ordering = ["order", "pk"]

    def get_absolute_url(self) -> str:
        """Its place on the product's page."""
        return f"{reverse('products:product', args=[self.product_id])}#e-{self.pk}"

    def state(self) -> dict[str, Any]:
        """What a version of it keeps."""
        return {name: getattr(self, name) for name in KEPT}


KEPT = ("parent_id", "order", "kind", "title", "text", "is_removed")


class Change(Row):
    """Why an element says something else, and who wrote it. Several savings for the same cause are one change.

    `cause` is a reference that only those below can follow, such as "deliberation.contribution:<id>", and `because` the
    words for it that a reader sees.
    """

    class Kind(models.TextChoices):
        """What moved somebody to change it."""

        CORRECTION = "correction", _("The editor’s own correction")
        GROUP = "group", _("A group’s meeting")
        DECISION = "decision", _("A decision")
        PROPOSAL = "proposal", _("A proposal")
        CONTRIBUTION = "contribution", _("A contribution")
        TOGETHER = "together", _("Written together")

    product = models.ForeignKey(Product, models.PROTECT, related_name="changes")
    number = models.PositiveIntegerField()
    element = models.ForeignKey(Element, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    cause = models.CharField(max_length=100, blank=True)
    because = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    group = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")  # in whose name
    at = models.DateTimeField()
    version = models.ForeignKey("Version", models.PROTECT, null=True, related_name="changes")  # the first with it

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["product", "number"], name="one_change_to_a_number")]

    @property
    def name(self) -> str:
        """ "Æ-02"."""
        return f"Æ-{self.number:02}"


class ElementVersion(Row):
    """An element as somebody saved it: where it stood and what it said. Never changed."""

    element = models.ForeignKey(Element, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    parent_id = models.UUIDField(null=True)
    order = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    is_removed = models.BooleanField(default=False)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")  # of what was written together
    change = models.ForeignKey(Change, models.PROTECT, null=True, related_name="savings")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["element", "number"], name="one_saving_to_a_number")]


class Shared(Row):
    """A part's text as several people write in it at once: a Yjs document, which lasts as long as the part does.

    It is what its updates make of it, up to number `last`; the part's text holds those up to `saved`. Updates up to
    `packed` are one, in `state`. A sitting is what was written without half an hour's pause.
    """

    element = models.OneToOneField(Element, models.PROTECT, related_name="shared")
    state = models.BinaryField(default=bytes)
    packed = models.PositiveIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)
    saved = models.PositiveIntegerField(default=0)
    is_plain = models.BooleanField(default=False)  # it says what only the plain field can show, such as a table
    last_at = models.DateTimeField()
    sitting = models.PositiveIntegerField(default=0)
    sitting_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # began it
    presence = models.PositiveIntegerField(default=0)  # the number that the last word on who is there was given


class SharedUpdate(Row):
    """What somebody wrote, as Yjs tells it. Kept from the moment that he is told so."""

    shared = models.ForeignKey(Shared, models.CASCADE, related_name="updates")
    number = models.PositiveIntegerField()
    data = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # none: the beginning
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["shared", "number"], name="one_update_to_a_number")]


class Presence(Row):
    """That somebody is in a shared text, and where his caret stands: for those whom another process serves."""

    shared = models.ForeignKey(Shared, models.CASCADE, related_name="present")
    client = models.BigIntegerField()  # the number that Yjs gave his page
    clock = models.BigIntegerField()
    state = models.TextField()  # JSON; "null" once he has left
    number = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shared", "client"], name="one_presence_to_a_page")]


class Version(Row):
    """The whole product as it was presented: frozen bytes, by their hash, and the savings they were composed of."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=20)  # "v0.3"
    record = models.TextField()
    sha256 = models.CharField(max_length=64)
    pdf_sha256 = models.CharField(max_length=64, blank=True)  # of the paper that was kept; "" before papers were
    parts: Any = models.JSONField()  # element → number of its saving, of all that were not removed
    note = models.CharField(max_length=300, blank=True)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="one_version_of_a_product_to_a_number"),
            models.UniqueConstraint(fields=["product", "label"], name="one_version_of_a_product_to_a_label"),
        ]

    def decoded(self) -> record.Product:
        """The record, as it was frozen."""
        return cast(record.Product, record.decode(self.record))


class Approval(Row):
    """That a meeting of the committee approved exactly these bytes: a version, by its decision at an item. In force
    until the product is opened again."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="approvals")
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)  # why it was opened again

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["version"], condition=Q(undone_at=None), name="approved_once_at_a_time")
        ]


class Proposal(Row):
    """What somebody would have an element say, from the saving that he read. It is accepted, changed or refused."""

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("Not decided")
        ACCEPTED = "accepted", pgettext_lazy("proposal", "Accepted")
        CHANGED = "changed", _("Accepted with changes")
        REFUSED = "refused", _("Not accepted")
        TAKEN_BACK = "taken_back", _("Taken back")

    element = models.ForeignKey(Element, models.PROTECT, related_name="proposals")
    base = models.PositiveIntegerField()  # the number of the saving that was read
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    group = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    change = models.ForeignKey(Change, models.PROTECT, null=True, related_name="proposals")

    class Meta:
        ordering = ["made_at", "pk"]
