"""What stands in the way of rounds, of speaking at a station, and of the board."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from raadslag.workspace.deliberation.models import Contribution, Round, Session, Station, Wish
from raadslag.workspace.deliberation.rules import LONGEST
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.products.models import Product
from raadslag.workspace.products.rules import obstacles_to_writing

PAPER_FOR = timedelta(hours=24)
"""How long after its round a sheet of paper is typed in, and what a phone could not send comes through."""

STEP = 2  # minutes that one press adds
MOST_ADDED = 120
LONGEST_CARD = 2_000
SILENT_AFTER = timedelta(minutes=5)  # without a word from a station, while its round goes on


def obstacles_to_preparing(meeting: Meeting, product: Product | None) -> list[str]:
    """Every reason why no deliberation can be prepared for that meeting; an empty list means go."""
    obstacles = []
    if meeting.state in ("reading", "adjourned", "cancelled"):
        obstacles.append(_("The meeting is over."))
    if product is None:
        obstacles.append(_("Choose the draft that is talked about."))
    else:
        obstacles += obstacles_to_writing(product)
    return obstacles


def obstacles_to_replacing(session: Session) -> list[str]:
    """Every reason why what was prepared stays: somebody's words hang on it."""
    obstacles = []
    if session.rounds.exclude(state=Round.State.PLANNED).exists():
        obstacles.append(_("Its rounds have begun. What has been said stays with them."))
    if session.cards.exists():
        obstacles.append(_("There are cards on its board. It stays as it is."))
    if any(row.stations for row in Wish.objects.filter(round__session=session)):
        obstacles.append(_("People have said where they would like to sit. It stays as it is."))
    return obstacles


def obstacles_to_opening(one: Round, session: Session, rounds: Collection[Round]) -> list[str]:
    """Every reason why that round cannot be opened now, or opened again."""
    obstacles = []
    if session.closed_at:
        obstacles.append(_("The deliberation is over."))
    if session.meeting.state not in ("in_progress", "reading"):
        obstacles.append(_("Open the meeting first: a round is part of it."))
    if one.state == Round.State.OPEN:
        obstacles.append(_("It is going on already."))
    others = [other for other in rounds if other.state == Round.State.OPEN and other.pk != one.pk]
    obstacles += [_("End “%(round)s” first.") % {"round": other.title} for other in others]
    if one.kind == Round.Kind.STATIONS and not one.stations.exists():
        obstacles.append(_("This round has no stations yet."))
    return obstacles


def obstacles_to_wishing(one: Round) -> list[str]:
    """Every reason why nobody can say any more where in that round he would like to sit."""
    obstacles = []
    if one.state == Round.State.CLOSED:
        obstacles.append(_("That round is over."))
    elif one.session.closed_at:
        obstacles.append(_("The deliberation is over."))
    elif one.session.meeting.state in ("adjourned", "cancelled"):
        obstacles.append(_("The meeting is over."))
    return obstacles


def is_receiving(station: Station, at: datetime) -> bool:
    """Whether what is said at a station still comes in: while its round goes on, and for a day after."""
    one, meeting = station.round, station.round.session.meeting
    if one.state == Round.State.PLANNED:
        return False
    ended = one.closed_at or meeting.adjourned_at  # a round that nobody ended is over with its meeting
    return ended is None or at <= ended + PAPER_FOR


def obstacles_to_saying(station: Station, kind: str, text: str, at: datetime) -> list[str]:
    """Every reason why that is not taken in at that station now."""
    obstacles = obstacles_to_writing(station.round.session.product)
    if station.round.session.meeting.organization.closed_at:
        obstacles.append(_("The committee has been closed."))
    if not is_receiving(station, at):
        obstacles.append(_("This round is not open. Keep your words, and give them to the host."))
    if kind not in Contribution.Kind.values:
        obstacles.append(_("Say what kind of thought it is."))
    if not text.strip():
        obstacles.append(_("Write what you want to say."))
    if len(text) > LONGEST:
        obstacles.append(_("This is longer than %(most)s characters. Send it as several thoughts.") % {"most": LONGEST})
    return obstacles
