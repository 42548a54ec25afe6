"""What is said of a product and where it hangs, the facts that it stands on, and what nobody knows yet."""

from __future__ import annotations

from typing import Any

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
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["product", "number"], name="one_contribution_to_a_number")]

    @property
    def name(self) -> str:
        """ "K-05"."""
        return f"K-{self.number:02}"

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


class FactNote(Row):
    """A table of facts with where they come from. Its chart is drawn from the table; its versions are kept."""

    class Chart(models.TextChoices):
        """How it is drawn."""

        BARS = "bars", _("Bars")
        NONE = "none", pgettext_lazy("chart", "The table alone")

    product = models.ForeignKey(Product, models.PROTECT, related_name="fact_notes")
    number = models.PositiveIntegerField()
    title = models.CharField(_("Heading"), max_length=300)
    text = models.TextField(_("What it shows"), blank=True)
    table: Any = models.JSONField()  # {"columns": [...], "rows": [[...]]}, all of them words as they were brought
    chart = models.CharField(_("Drawn as"), max_length=10, choices=Chart.choices, default=Chart.BARS)
    source = models.CharField(_("Source"), max_length=500)
    source_on = models.DateField(_("Date of the source"), null=True, blank=True)
    made_by = models.CharField(_("Made by"), max_length=200)
    elements = models.ManyToManyField(Element, related_name="fact_notes", blank=True)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_withdrawn = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["product", "number"], name="one_note_to_a_number")]

    @property
    def name(self) -> str:
        """ "A", "B" … "Z", "AA"."""
        letters, left = "", self.number
        while left:
            left, at = divmod(left - 1, 26)
            letters = chr(ord("A") + at) + letters
        return letters

    def content(self) -> dict[str, Any]:
        """What a saving of it keeps."""
        kept = {name: getattr(self, name) for name in ("title", "text", "table", "chart", "source", "made_by")}
        return kept | {"source_on": self.source_on.isoformat() if self.source_on else ""}


class FactNoteVersion(Row):
    """A fact note as somebody saved it. Never changed."""

    note = models.ForeignKey(FactNote, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content: Any = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["note", "number"], name="one_saving_of_a_note_to_a_number")]


class EvidenceGap(Row):
    """What nobody knows, though the product leans on it: who asked, where it is used, and what closed it."""

    class State(models.TextChoices):
        """Whether it is known by now."""

        OPEN = "open", pgettext_lazy("evidence gap", "Open")
        CLOSED = "closed", pgettext_lazy("evidence gap", "Closed with a source")

    product = models.ForeignKey(Product, models.PROTECT, related_name="evidence_gaps")
    number = models.PositiveIntegerField()
    text = models.TextField(_("What is not known"))
    asked_by = models.CharField(_("Who asked"), max_length=200)
    elements = models.ManyToManyField(Element, related_name="evidence_gaps", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["product", "number"], name="one_gap_to_a_number")]

    @property
    def name(self) -> str:
        """ "G1"."""
        return f"G{self.number}"


class GapAnswer(Row):
    """What a gap was closed with. Never changed: where it did not hold, the next one stands beside it."""

    gap = models.ForeignKey(EvidenceGap, models.PROTECT, related_name="answers")
    answer = models.TextField()
    source = models.CharField(max_length=500, blank=True)
    note = models.ForeignKey(FactNote, models.PROTECT, null=True, related_name="closed_gaps")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
