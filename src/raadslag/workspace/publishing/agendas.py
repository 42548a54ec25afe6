"""Agendas that go out: what their sender lets be public becomes a Release."""

from __future__ import annotations

import logging

from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.meetings.events import AgendaReleased
from raadslag.workspace.meetings.models import Agenda
from raadslag.workspace.people.models import User
from raadslag.workspace.publishing import actions


@journal.follows("publishing.agendas", AgendaReleased)
def release(entry: JournalEntry) -> None:
    """Release the edition that the secretary has sent; by his name and at that moment.

    Where something in it has been closed since, only what is open is let out; where screening finds something after
    all, it waits until a person has looked.
    """
    meeting = entry.about.partition(":")[2]
    agenda = Agenda.objects.filter(meeting=meeting, number=entry.values["edition"]).select_related("meeting").first()
    sender = User.objects.filter(pk=agenda.sent_by_id).first() if agenda else None
    if agenda is None or sender is None:
        return
    try:
        actions.release_agenda(agenda, by=sender, at=agenda.sent_at)
    except Blocked as refusal:
        logging.getLogger(__name__).warning("An agenda waits to be looked at: %s", len(refusal.obstacles))
