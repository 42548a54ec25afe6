"""The words of the record in the reader's language: outcomes, sections, notes, kinds of hits.

What a document of ours would say too has its words in `core.writers.labels`, the one table for all.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
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
    "commitment": _("Commitments"),
    "meeting": _("Meetings"),
    "organization": _("Committees"),
    "attachment": _("Attachments"),
}
KIND: dict[str, Promise] = {
    "decision": _("Decision"),
    "case": _("Case"),
    "item": _("Item"),
    "product": _("Product"),
    "commitment": _("Commitment"),
    "meeting": _("Meeting"),
    "organization": _("Committee"),
    "attachment": _("Attachment"),
}


STATES: dict[str, Promise] = {
    "planned": pgettext_lazy("commitment", "Planned"),
    "under_way": pgettext_lazy("commitment", "Under way"),
    "done": pgettext_lazy("commitment", "Done"),
    "dropped": pgettext_lazy("commitment", "Dropped"),
}
"""How far a commitment is."""


def in_language() -> Labels:
    """The labels of the page's language."""
    return labels(get_language() or "da")
