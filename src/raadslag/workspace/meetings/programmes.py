"""What an agenda can begin from: programmes of points and minutes, and items that come again; all changed freely."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Programme(NamedTuple):
    """A name, and points with their minutes."""

    name: Any
    points: tuple[tuple[Any, int], ...]


PROGRAMMES: dict[str, Programme] = {
    "two-rounds": Programme(
        _("2 rounds at 4 stations"),
        (
            (_("Welcome"), 5),
            (_("Status"), 5),
            (_("Presentation of the draft"), 10),
            (_("Talk in small groups"), 15),
            (_("Round 1 at the stations"), 25),
            (_("Round 2 at the stations"), 30),
            (_("Summing up"), 20),
        ),
    ),
    "last-meeting": Programme(
        _("About the last meeting"), ((_("About the last meeting"), 8), (_("Thanks for today"), 2))
    ),
    "break": Programme(_("Break"), ((_("Break"), 10),)),
}


class Standard(NamedTuple):
    """An item that agendas have again and again. `about_last` names the meeting before."""

    title: Any
    minutes: int
    about_last: bool = False


STANDARD: dict[str, Standard] = {
    "agenda": Standard(_("Adoption of the agenda"), 5),
    "last-minutes": Standard(_("Approval of the minutes"), 5, about_last=True),
    "news": Standard(_("News"), 10),
    "other": Standard(_("Any other business"), 10),
}
