"""What templates of the workspace say: rights, keys of forms, texts, days and times."""

from __future__ import annotations

import re
import secrets
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms, template
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy

from raadslag.core import record
from raadslag.core.text import parse
from raadslag.core.writers.html import write_pieces
from raadslag.core.writers.labels import labels
from raadslag.web import dates
from raadslag.workspace.common.access.allowed import is_allowed

register = template.Library()
_SHORTEST = timedelta(minutes=1)


@register.simple_tag(takes_context=True)
def may(context: Context, route: str, subject: Any = None) -> bool:
    """Whether the person who looks may go to `route`, for the object of this page or for another `subject`."""
    request = context["request"]
    subject = subject or getattr(request, "subject", None)
    return subject is not None and is_allowed(route, subject, request.level)


@register.simple_tag
def once() -> SafeString:
    """The key that lets a form count once, however often it is sent (I36)."""
    return format_html('<input type="hidden" name="once" value="{}">', secrets.token_urlsafe(24))


@register.filter
def text(markdown: str) -> SafeString:
    """A CommonMark text as HTML, by the same writer as all papers."""
    return mark_safe(write_pieces(parse(markdown or ""), labels(get_language() or "da"), under=2))  # noqa: S308  # the writer escapes all that a text says


@register.filter
def is_tick(field: forms.BoundField) -> bool:
    """Whether a field is one box to tick."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_choice(field: forms.BoundField) -> bool:
    """Whether a field is a list to choose from."""
    return isinstance(field.field.widget, forms.Select)


@register.filter
def dressed(field: forms.BoundField) -> SafeString:
    """The field with the design system's class and its hints bound to it."""
    kind = "form-checkbox" if is_tick(field) else "form-select" if is_choice(field) else "form-input"
    bound = [f"{field.auto_id}-hint"] * bool(field.help_text) + [f"{field.auto_id}-error"] * bool(field.errors)
    extra = {"class": kind, **({"aria-describedby": " ".join(bound)} if bound else {})}
    if field.errors:
        extra["aria-invalid"] = "true"
    return field.as_widget(attrs={**field.field.widget.attrs, **extra})


def _local(moment: datetime | date | None) -> datetime | date | None:
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment


@register.filter
def clock(moment: datetime | None) -> str:
    """ "17.00"."""
    return dates.clock(_local(moment))


@register.filter
def day(moment: datetime | date | None) -> str:
    """ "9. april 2018"."""
    return dates.day(_local(moment))


@register.filter
def short_day(moment: datetime | date | None) -> str:
    """ "9. april"."""
    return dates.short_day(_local(moment))


@register.filter
def weekday(moment: datetime | date | None) -> str:
    """ "mandag"."""
    return dates.weekday(_local(moment))


@register.simple_tag
def when(start: datetime, end: datetime | None = None) -> str:
    """ "Mandag 9. april 2018 kl. 17.00–19.00", as much of it as is known.

    No meeting begins at midnight or ends at once: those that do are imported, from papers that do not tell.
    """
    local = timezone.localtime(start).replace(tzinfo=None)
    known = local.isoformat() if local.time() != time.min else local.date().isoformat()
    until = timezone.localtime(end).replace(tzinfo=None).isoformat() if end and end - start >= _SHORTEST else None
    return dates.span(known, until)


def _reasons() -> dict[str, str]:
    """Why a person has to look, by the rule of `core.rules.screening`, in the reader's language."""
    return {
        "cpr": gettext("looks like a CPR number"),
        "covered": gettext("text that something is drawn over"),
        "invisible": gettext("text without ink"),
        "machine_read": gettext("a picture of a page with text behind it that a machine has read"),
        "faint": gettext("text in the colour of what it stands on"),
        "outside": gettext("text outside the page"),
        "tiny": gettext("text too small to read"),
        "switched_off": gettext("text in a layer that is switched off"),
        "hidden": gettext("text that is not shown"),
        "replacement": gettext("text behind the text"),
        "alternate": gettext("text behind a picture"),
        "metadata": gettext("the file’s properties say more than the page"),
        "comment": gettext("a comment"),
        "form_field": gettext("a form field"),
        "embedded": gettext("a file within the file"),
        "earlier_revision": gettext("an earlier version within the file"),
        "leftover": gettext("text that no page uses"),
        "carried": gettext("a record within the file that says more than the page"),
        "unscreenable": gettext("no text that a program can read"),
    }


@register.filter
def why(hit: dict[str, str]) -> str:
    """What screening found, for the person who has to look: "side 1: ligner et CPR-nummer"."""
    place = re.sub(r"^page (\d+)", lambda found: gettext("page %s") % found[1], hit["place"])
    place = re.sub(r"line (\d+)", lambda found: gettext("line %s") % found[1], place)
    place = {"text": gettext("text")}.get(place, place).replace("text, ", gettext("text") + ", ")
    return f"{place}: {_reasons().get(hit['rule'], hit['reason'])}"


@register.filter
def says(item: record.Item, kind: str) -> bool:
    """Whether the item of a paper tells something in a section of that kind, so that nothing else has to."""
    return any(section.kind == kind for section in item.sections)


_FIELDS = {
    "title": gettext_lazy("Heading"), "access": gettext_lazy("Open or closed"),
    "legal_ground": gettext_lazy("Ground for closing"), "public_title": gettext_lazy("Heading that everyone may read"),
    "summary": gettext_lazy("Summary"), "background": gettext_lazy("Background"),
    "recommended_by": gettext_lazy("Recommended by"), "recommended_to": gettext_lazy("Recommended to"),
    "points": gettext_lazy("Recommendation"),
}  # fmt: skip


@register.filter
def field_name(name: str) -> str:
    """What a field of a case is called; a heading of the body's own as it is."""
    return str(_FIELDS.get(name, name))


_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox",
             "FxiOS": "Firefox", "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari"}  # fmt: skip
_SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "CrOS": "Chromebook",
            "Mac OS X": "Mac", "Linux": "Linux"}  # fmt: skip


@register.filter
def browser(user_agent: str) -> str:
    """ "Firefox, Windows": what its owner calls the browser that names itself so."""
    told = [next((name for sign, name in names.items() if sign in user_agent), "") for names in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, told)) or gettext("An unknown browser")
