"""What pages of the apps above say of what is public: a committee's page knows its mandate, not its releases."""

from __future__ import annotations

from django import template
from django.utils import timezone

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.publishing.organizations.actions import outdated

register = template.Library()


@register.simple_tag
def is_outdated(organization: Organization) -> bool:
    """Whether what is public of the organization is older than what stands here."""
    return bool(outdated([organization], timezone.now()))
