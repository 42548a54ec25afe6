"""What a deliberation shows on the wall (A16), and to who writes the minutes."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import mark_safe

from raadslag.core.writers.forms import drawn
from raadslag.workspace.deliberation.models import Card, Round, Session
from raadslag.workspace.deliberation.sessions import board, printing
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.minutes.beside import Piece, in_the_room, on_the_wall


@on_the_wall
def on_wall(meeting: Meeting) -> Piece | None:
    """While a round goes on: its stations with their codes and the clock, or the board where all are together."""
    rows = Round.objects.filter(session__meeting=meeting, state=Round.State.OPEN, session__meeting__adjourned_at=None)
    one = rows.select_related("session__meeting").first()
    if one is None:
        return None
    given: dict[str, Any] = {"round": one}
    if one.kind == Round.Kind.PLENARY:
        cards = board.on_board(one.session)
        groups = ((label, [card for card in cards if card.kind == kind]) for kind, label in Card.Kind.choices)
        return Piece("sessions/_wall_board.html", {**given, "groups": [pair for pair in groups if pair[1]]})
    stations = [
        (station, sign) for station in one.stations.all() if station.code and (sign := printing.sign_of(station))
    ]
    given["stations"] = [
        # Drawn from squares alone: nothing that anybody wrote is in it.
        (station, mark_safe(drawn(sign)), sign, sign.address.partition("/")[0])  # noqa: S308
        for station, sign in stations
    ]
    return Piece("sessions/_wall_stations.html", given)


@in_the_room
def in_room(item: AgendaItem) -> Piece | None:
    """The cards that wait to stand in the minutes of an open item; None where there is no board."""
    if item.is_closed:
        return None
    session = Session.objects.filter(meeting=item.meeting_id, closed_at=None).first()
    if session is None or (session.item_id and session.item_id != item.pk):
        return None
    cards = board.on_board(session)
    waiting = [card for card in cards if not board.stands(card)]
    return Piece("sessions/_room.html", {"session": session, "item": item, "waiting": waiting, "cards": cards})
