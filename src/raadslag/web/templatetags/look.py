"""What templates of both sites say: icons, days and times, texts, and the address in the other language."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from raadslag.web import dates

register = template.Library()
EXAMPLE_BODY = "Prøvekommunen"
MEDIA_NAMES = {
    "application/pdf": "PDF",
    "application/json": "JSON",
    "text/html": _("web page"),
    "text/plain": _("text"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _("spreadsheet"),
    "image/png": _("picture"),
    "image/jpeg": _("picture"),
    "image/gif": _("picture"),
}

for _filter in (dates.day, dates.short_day, dates.weekday, dates.clock):
    # A moment is told as the clock on the wall had it (I32); what a record tells is local already.
    register.filter(_filter.__name__, _filter, expects_localtime=True)
register.simple_tag(dates.span, name="time_span")


@register.simple_tag
def icon(name: str, words: str = "") -> SafeString:
    """An icon of the design system's sprite; `words` for readers who hear the page, where no word stands beside it."""
    drawing = format_html(
        '<svg class="icon-svg" focusable="false" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("dist/icons.svg"),
        name,
    )
    return format_html('{}<span class="sr-only">{}</span>', drawing, words) if words else drawing


@register.simple_tag
def weekdays() -> tuple[str, ...]:
    """ "mandag", "tirsdag" and so on."""
    return tuple(str(WEEKDAYS[number]) for number in range(7))


@register.simple_tag(takes_context=True)
def is_example(context: Context, body: Any = None) -> bool:
    """Whether `body`, else the body of the page, is the invented municipality; a page of all bodies is of none."""
    body = body or context.get("body")
    return body is not None and body.name == EXAMPLE_BODY


@register.simple_tag(takes_context=True)
def in_other_language(context: Context) -> str:
    """The address of this page in the other language; of the front page where a page does not say its own."""
    path = context.get("path") or "/"
    if get_language() == "en":
        return path.removeprefix("/en") or "/"
    return "/en" + path.removeprefix("/en")


@register.filter
def media_name(media_type: str) -> str:
    """ "PDF", "tekst": what a person calls a file of that type."""
    return str(MEDIA_NAMES.get(media_type, _("file")))
