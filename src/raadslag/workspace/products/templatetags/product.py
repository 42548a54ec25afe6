"""What templates of a product say: kinds, names of versions, what belongs to a part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.context import Context
from django.utils.translation import gettext

from raadslag.workspace.common.access import Subject
from raadslag.workspace.products.models import Element
from raadslag.workspace.products.subjects import of_element

register = template.Library()


@register.filter
def at(known: Mapping[Any, Any], name: Any) -> Any:
    """What a mapping holds there; None for nothing."""
    return known.get(name)


@register.filter
def kind_name(kind: str) -> str:
    """ "Fokusområde"."""
    return str(dict(Element.Kind.choices).get(kind, kind))


@register.filter
def version_name(label: str) -> str:
    """ "v0.3", or what today's draft is called."""
    return gettext("today’s draft") if label == "kladde" else label


@register.simple_tag(takes_context=True)
def part_subject(context: Context, part: Element) -> Subject:
    """A part as the access table sees it, for who looks at the whole product."""
    request = context["request"]
    part.product = context["product"]
    return of_element(request.user, part, request.subject)
