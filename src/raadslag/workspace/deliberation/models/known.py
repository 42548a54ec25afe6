"""The facts that a product stands on, and what nobody knows yet."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from raadslag.workspace.common.models import Row
from raadslag.workspace.products.models import Element, Product


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
