"""What pages of other apps say of what follows: a product's page knows its versions, not where they went."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from raadslag.workspace.common.access import Subject
from raadslag.workspace.followup.models import Commitment, HandOver
from raadslag.workspace.followup.subjects import of_commitment
from raadslag.workspace.products.models import Version

register = template.Library()


@register.simple_tag
def hand_over_of(version: Version) -> HandOver | None:
    """That the version was handed over; None while it was not."""
    rows = HandOver.objects.select_related("case__organization", "by__person")
    return rows.filter(version=version).first()


@register.simple_tag(takes_context=True)
def commitment_subject(context: Context, one: Commitment) -> Subject:
    """A commitment as the access table sees it, for a list of those that may be read."""
    user: Any = context["request"].user
    return of_commitment(user, one, ())  # who is barred from one does not see it in the list
