"""The evaluation of a committee's work. Who has answered and what was answered are kept apart, without any order."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.common.models import Row
from raadslag.workspace.people.models import Person


class Evaluation(Row):
    """Six questions to those who took part. Changes state through `closing.evaluating`; closed, it is never changed."""

    class State(models.TextChoices):
        """Where it is in its course."""

        DRAFT = "draft", pgettext_lazy("evaluation", "Being prepared")
        OPEN = "open", pgettext_lazy("evaluation", "Open")
        CLOSED = "closed", pgettext_lazy("evaluation", "Closed")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="evaluations")
    questions: Any = models.JSONField()  # six times {"da": ..., "en": ...}; without English words the Danish ones serve
    version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=6, choices=State.choices, default=State.DRAFT)
    begun_at = models.DateTimeField()
    public_key = models.BinaryField(null=True)  # its private half is on somebody's paper, and nowhere else
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered = models.PositiveSmallIntegerField(default=0)  # how many had, as it was closed
    is_read = models.BooleanField(default=False)  # whether the box was opened, and did not stay unread
    because = models.CharField(_("Why"), max_length=300, blank=True)  # the box was given up
    counts: Any = models.JSONField(default=list)  # of each question how many chose 1 to 5, and how many did not know

    class Meta:
        ordering = ["-begun_at", "pk"]

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("closing:evaluation", args=[self.organization_id])

    def asked(self) -> list[str]:
        """The questions, in the reader's language."""
        language = (get_language() or "da")[:2]
        return [one.get(language) or one["da"] for one in self.questions]


class HasAnswered(Row):
    """That a person has answered: not when, and not in which order. Written anew, shuffled, with each that comes."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="who_answered")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evaluation", "person"], name="answers_an_evaluation_once")]


class SealedAnswer(Row):
    """An answer in the box. All of them are written anew, shuffled and with new ids, with each that is put in."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="box")
    sealed = models.BinaryField()


class SaidWords(Row):
    """Words to one question, once the box is open. What the same person chose, or said elsewhere, is not kept."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="words")
    question = models.PositiveSmallIntegerField()  # from 0 on
    text = models.TextField()


class Closure(Row):
    """That a committee was closed, and perhaps opened again, with the reason."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="closures")
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("Why"), max_length=300, blank=True)

    class Meta:
        ordering = ["-closed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], name="closed_once_at_a_time", condition=models.Q(reopened_at=None)
            )
        ]
