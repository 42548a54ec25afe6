"""How the access table finds a deliberation at a meeting: as its meeting is found."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.bodies.standing import roles_in
from raadslag.workspace.cases.models import Disqualification
from raadslag.workspace.common import journal
from raadslag.workspace.common.access import Subject, finds
from raadslag.workspace.deliberation.events import ContributionReceived
from raadslag.workspace.deliberation.models import Contribution, Method, Round, Session, Station
from raadslag.workspace.meetings.subjects import of_meeting
from raadslag.workspace.minutes.live import talked_about


@talked_about(ContributionReceived)
def names_of(meeting: UUID) -> list[str]:
    """The deliberation at a meeting, as the journal names it. One query."""
    return [journal.name_of(one) for one in Session.objects.filter(meeting=meeting).only("pk")]


@finds("session")
def session_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The deliberation that an address names, and in it the round or the station; "host" is also who hosts a station of
    it."""
    rows = Session.objects.select_related("meeting__organization__body", "product", "item")
    found = rows.filter(pk=arguments["session"]).first()
    if found is None:
        return None
    row: Any = found
    if "round" in arguments:
        row = Round.objects.filter(pk=arguments["round"], session=found).first()
    elif "station" in arguments:
        rows_of = Station.objects.select_related("round", "element", "host")
        row = rows_of.filter(pk=arguments["station"], round__session=found).first()
        if row is not None:
            row.round.session = found
    elif "contribution" in arguments:
        row = Contribution.objects.filter(pk=arguments["contribution"], station__round__session=found).first()
    elif "card" in arguments:
        row = found.cards.filter(pk=arguments["card"]).first()
    if row is None:
        return None
    if row is not found and isinstance(row, Round):
        row.session = found
    roles = of_meeting(user, found.meeting).roles
    person = getattr(user, "person_id", None)
    if person and roles and _hosts(found, person):
        roles |= {"host"}
    if isinstance(row, Station) and row.host_id not in (None, person):
        roles -= {"host"}  # each hosts his own
    case = found.item.case_id if found.item else None
    if person and case and Disqualification.objects.filter(case=case, person=person).exists():
        roles |= {"disqualified"}
    return Subject(row, "closed" if found.closed_at else "open", roles)


def _hosts(session: Session, person: UUID) -> bool:
    """Whether that person hosts a station of it, and is called to the meeting."""
    is_host = Station.objects.filter(round__session=session, host=person).exists()
    return is_host and session.meeting.invitations.filter(person=person, withdrawn_at=None).exists()


@finds("method")
def method_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """A method of the municipality's, asked for from one of its committees."""
    home = Organization.objects.select_related("body").filter(pk=arguments["organization"]).first()
    found = Method.objects.filter(pk=arguments["method"], body=home.body).first() if home else None
    if home is None or found is None:
        return None
    return Subject((home, found), "any", roles_in(user, home))
