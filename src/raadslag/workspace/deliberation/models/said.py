"""What is said of a product, by whom and where it hangs, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from raadslag.core.comparing.anchors import Anchor
from raadslag.workspace.common.models import Row
from raadslag.workspace.products.models import Change, Element, Product, Version


class Deliberation(Row):
    """What is asked of everyone about a product: until when, and on which version. It also numbers what comes in."""

    product = models.OneToOneField(Product, models.PROTECT, related_name="deliberation")
    until = models.DateField(_("Until"), null=True)  # the last day on which comments from home are received
    version = models.ForeignKey(
        Version, models.PROTECT, null=True, related_name="+"
    )  # that was presented; None: today's
    last_contribution = models.PositiveIntegerField(default=0)
    last_note = models.PositiveIntegerField(default=0)
    last_gap = models.PositiveIntegerField(default=0)


class Contribution(Row):
    """A comment: what somebody says of a part of a product, or of all of it, perhaps of certain words.

    `quote` with what stood around it is the anchor of `core.comparing.anchors`, in the text as it was read: without the
    marks of CommonMark. Changes state through `deliberation.actions`; its words never change.
    """

    class Kind(models.TextChoices):
        """What it is."""

        SUPPORT = "support", pgettext_lazy("comment", "I agree")
        CHANGE = "change", pgettext_lazy("comment", "Change it")
        MISSING = "missing", pgettext_lazy("comment", "Something is missing")
        UNCLEAR = "unclear", pgettext_lazy("comment", "It is unclear")
        QUESTION = "question", pgettext_lazy("comment", "A question")
        DILEMMA = "dilemma", pgettext_lazy("comment", "A dilemma")

    class State(models.TextChoices):
        """What became of it."""

        NEW = "new", pgettext_lazy("comment", "Received")
        ANSWERED = "answered", pgettext_lazy("comment", "Answered")
        TAKEN_BACK = "taken_back", pgettext_lazy("comment", "Taken back")

    class Stance(models.TextChoices):
        """How far somebody agrees, where that is asked; it stands beside the words and never alone."""

        AGREE = "agree", pgettext_lazy("stance", "Agree")
        MOSTLY = "mostly", pgettext_lazy("stance", "Mostly agree")
        HARDLY = "hardly", pgettext_lazy("stance", "Mostly disagree")
        DISAGREE = "disagree", pgettext_lazy("stance", "Disagree")
        UNCLEAR = "unclear", pgettext_lazy("stance", "It is unclear")

    product = models.ForeignKey(Product, models.PROTECT, related_name="contributions")
    number = models.PositiveIntegerField()
    element = models.ForeignKey(Element, models.PROTECT, null=True, related_name="contributions")
    title = models.CharField(max_length=300, blank=True)  # what its part was called then
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField()
    quote = models.TextField(blank=True)
    before = models.CharField(max_length=100, blank=True)
    after = models.CharField(max_length=100, blank=True)
    start = models.PositiveIntegerField(default=0)
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")  # that was read; None: the draft
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # None: did not say
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    # Of what is said at a station: where, in whose name, by which device, on which sheet of paper.
    station = models.ForeignKey("Station", models.PROTECT, null=True, related_name="contributions")
    speaker = models.CharField(max_length=60, blank=True)  # "Gruppe C"; empty for one person
    guest = models.ForeignKey("Guest", models.PROTECT, null=True, related_name="contributions")
    stance = models.CharField(max_length=8, choices=Stance.choices, blank=True)
    sheet = models.CharField(max_length=20, blank=True)  # "S3-R1-01"
    receipt = models.UUIDField(null=True, unique=True)  # by which whoever has it finds what became of it
    is_late = models.BooleanField(default=False)  # it came after its round was closed
    hidden_because = models.CharField(max_length=300, blank=True)  # why it is not shown; empty where it is

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="one_contribution_to_a_number"),
            models.UniqueConstraint(
                fields=["station", "sheet"], condition=~models.Q(sheet=""), name="one_contribution_to_a_sheet"
            ),
        ]

    @property
    def name(self) -> str:
        """ "K-05"."""
        return f"K-{self.number:02}"

    @property
    def who(self) -> str:
        """In whose name it was said, for who reads it: a group, a person, or somebody who did not say."""
        if self.speaker:
            return self.speaker
        return str(self.by.person.name) if self.by else str(_("Somebody at the table"))

    @property
    def anchor(self) -> Anchor:
        """The words that it is about."""
        return Anchor(self.quote, self.before, self.after, self.start)

    @property
    def answer(self) -> ContributionAnswer | None:
        """The one that counts: the last. None before there is one."""
        return next(iter(self.answers.all()), None)

    def get_absolute_url(self) -> str:
        """Its place among the comments."""
        return f"{reverse('deliberation:contributions', args=[self.product_id])}#{self.name}"


class ContributionAnswer(Row):
    """What became of a comment, and why. Never changed: where somebody thinks again, the next one counts."""

    class Outcome(models.TextChoices):
        """What became of it; the same words as in a record."""

        INCLUDED = "included", pgettext_lazy("answer", "Included")
        PARTLY = "partly", pgettext_lazy("answer", "Partly included")
        NOT = "not", pgettext_lazy("answer", "Not included")
        PASSED_ON = "passed_on", pgettext_lazy("answer", "Passed on")
        MERGED = "merged", pgettext_lazy("answer", "Answered together with another")

    contribution = models.ForeignKey(Contribution, models.PROTECT, related_name="answers")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    text = models.TextField(blank=True)
    change = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+")  # by which it was included
    passed_to = models.CharField(max_length=200, blank=True)
    merged_into = models.ForeignKey(Contribution, models.PROTECT, null=True, related_name="merged")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
