"""What the journal tells: agendas that go out become Releases; what is closed afterwards is taken back, and what was
promised with what it stems from."""

from __future__ import annotations

import logging

from raadslag.workspace.cases.events import AttachmentChanged, CaseSaved
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.meetings.events import AgendaReleased, ItemClosed
from raadslag.workspace.meetings.models import Agenda, Meeting
from raadslag.workspace.people.models import User
from raadslag.workspace.publishing import actions
from raadslag.workspace.publishing.commitments import actions as commitments
from raadslag.workspace.publishing.events import Withdrawn


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


@journal.follows("publishing.closed", ItemClosed, CaseSaved, AttachmentChanged)
def take_back(entry: JournalEntry) -> None:
    """What has been closed since it was let out leaves all that we show (I12)."""
    kind, _, pk = entry.about.partition(":")
    rows = Meeting.objects.filter(pk=pk) if kind == "meetings.meeting" else Meeting.objects.filter(items__case=pk)
    promised = Commitment.objects.filter(item__meeting__in=rows, releases__withdrawn_at=None, releases__isnull=False)
    commitments.take_back_untold(promised.distinct(), at=entry.at)
    for meeting in rows.filter(releases__withdrawn_at=None, releases__isnull=False).distinct():
        actions.take_back_closed(meeting, at=entry.at)


@journal.follows("publishing.withdrawn", Withdrawn)
def take_back_what_stems_from_it(entry: JournalEntry) -> None:
    """What was promised leaves with the minutes that tell of its decision, and with the version that it names."""
    kind, _, pk = entry.about.partition(":")
    told = {"meetings.meeting": "item__meeting", "products.version": "origin"}
    if kind in told:
        rows = Commitment.objects.filter(**{told[kind]: pk}, releases__withdrawn_at=None, releases__isnull=False)
        commitments.take_back_untold(rows.distinct(), at=entry.at)
