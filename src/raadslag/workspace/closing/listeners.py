"""Who is told that a committee has been closed: whoever has noted something for himself there, as long as he can take
it home."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from raadslag.web import dates
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.closing.events import CommitteeClosed
from raadslag.workspace.common import journal
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.messages.sending import tell
from raadslag.workspace.reading import notes


@journal.follows("closing.private_notes", CommitteeClosed)
def tell_who_has_notes(entry: JournalEntry) -> None:
    """At once, unless the committee has been opened again by now."""
    place = Organization.objects.get(pk=entry.about.rpartition(":")[2])
    if place.closed_at is None:
        return
    for person in notes.owners_in([place, *place.groups.exclude(closed_at=None)]):
        with translation.override(person.language):
            named = {"committee": place.name, "day": dates.day(timezone.localdate(place.closed_at + notes.KEPT))}
            subject = _("Take your notes home: %(committee)s has been closed") % named
            text = _("What you noted for yourself there is deleted on %(day)s. Until then you find it here:") % named
        tell(person, subject, text, at=entry.at, path=reverse("reading:notes"), about=entry.about, is_urgent=True)
