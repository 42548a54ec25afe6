"""Prepares a committee whose agenda has been sent with an open paper in it. Tells the secretary's link."""

from __future__ import annotations

import sys
from datetime import timedelta

from django.utils import timezone

from raadslag.cli.workspace import login_address, open_workspace
from tests.core.readers import pdfs

LINES = (
    "Ansøgninger om plads til nye træer",
    "Fra Ditmar Dybvad, Askevej 7, telefon 00 00 00 00, om en lind ved søen.",
    "Ditmar Dybvads ansøgning kom først og er anbefalet af forvaltningen.",
    "Fra Enghave Grundejerforening om en eg på torvet.",
)


def main() -> None:
    """A municipality, its secretary, its committee, and a meeting with one case."""
    open_workspace(None)
    from raadslag.workspace.bodies import actions as bodies
    from raadslag.workspace.cases import actions as cases
    from raadslag.workspace.meetings import actions as meetings
    from raadslag.workspace.people.actions import enter

    now = timezone.now()
    body, committee, secretary = bodies.set_up(
        municipality="Prøvekommunen", short_name="PRV", committee="Byrumsudvalget", classification="task",
        administrator="Prøve Sekretær", email="sekretaer@example.org", at=now,
    )  # fmt: skip
    bodies.set_policy(
        body, None, "closed_at_low_level", True, reason="Prøve", since=now.date(), by=secretary, at=now
    )  # a link is enough to read
    told = {"by": secretary, "at": now}
    for at, role in enumerate(("chair", "member")):
        person = enter(f"Prøve {role}", f"person{at}@example.org", **told)
        bodies.appoint(committee, person, role=role, start=now.date(), **told)
    case = cases.open_case(committee, "Nye træer", **told)
    content = {**case.content(), "access": "open", "summary": "Plads til træer.", "recommended_by": "Forvaltningen"}
    case = cases.save(case, {**content, "points": "der plantes træer"}, version=0, **told)
    paper = cases.attach(case, pdfs.placed(pdfs.lines(*LINES, pitch=18), size=12), "ansoegninger.pdf", **told)
    cases.change_attachment(paper, title="Ansøgninger", access="open", **told)
    case = cases.move(case, "ready", **told)
    start = now + timedelta(days=30)
    meeting = meetings.plan(committee, title="1. møde", start=start, end=start + timedelta(hours=2), **told)
    meetings.call(meeting, **told)
    meetings.add_case(meeting, case, **told)
    meetings.send_agenda(meeting, **told)
    sys.stdout.write(f"Prøve Sekretær  {login_address(secretary)}\n{meeting.pk}\n")


if __name__ == "__main__":
    main()
