"""What people are told of things that happen in the apps above."""

from __future__ import annotations

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from raadslag.workspace.common import journal
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.messages.sending import tell
from raadslag.workspace.people.events import SigningCodeSet
from raadslag.workspace.people.models import Person


@journal.follows("messages.signing_code", SigningCodeSet)
def tell_of_signing_code(entry: JournalEntry) -> None:
    """At once: if somebody else has chosen it, its owner hears of it in time."""
    person = Person.objects.get(pk=entry.about.rpartition(":")[2])
    with translation.override(person.language):
        subject = _("Your signing code has been changed")
        text = _("If that was not you, choose a new code now, and tell the secretary:")
    tell(person, subject, text, at=entry.at, path=reverse("people:signing-code"), about=entry.about, is_urgent=True)
