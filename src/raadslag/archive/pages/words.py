"""The words of the record in the reader's language: outcomes, sections, notes, kinds of hits.

What a document of ours would say too has its words in `core.writers.labels`, the one table for all.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from raadslag.core.writers.labels import Labels, labels

# Notes that a meeting page lists under "discussed"; decisions and answers stand elsewhere.
DISCUSSED = frozenset(
    ["dilemma", "evidence_gap", "data_remark", "question", "agreement", "task", "group", "theme", "remark", "dissent"]
)

KINDS: dict[str, Promise] = {
    "decision": _("Decisions"),
    "case": _("Cases"),
    "item": _("Items"),
    "product": _("Products"),
    "meeting": _("Meetings"),
    "organization": _("Committees"),
    "attachment": _("Attachments"),
}
KIND: dict[str, Promise] = {
    "decision": _("Decision"),
    "case": _("Case"),
    "item": _("Item"),
    "product": _("Product"),
    "meeting": _("Meeting"),
    "organization": _("Committee"),
    "attachment": _("Attachment"),
}


def in_language() -> Labels:
    """The labels of the page's language."""
    return labels(get_language() or "da")
