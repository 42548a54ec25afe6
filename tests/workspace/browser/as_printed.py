"""Prepares the meeting of a printed paper, up to its sent agenda: `as_printed.py PAPER`. Tells the secretary's link.

What the paper says of the people, the case and the call is taken from what the reader makes of it; the meeting itself
is for the test to hold.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from raadslag.cli.workspace import login_address, open_workspace
from raadslag.core import read


def main() -> None:
    """A municipality, its committee with the people on the list, a case, a meeting that has been called."""
    open_workspace(None)
    from raadslag.workspace.bodies import actions as bodies
    from raadslag.workspace.cases import actions as cases
    from raadslag.workspace.cases.models import CaseSeries
    from raadslag.workspace.meetings import actions as meetings
    from raadslag.workspace.people.actions import enter
    from raadslag.workspace.people.models import User

    paper = read(Path(sys.argv[1]).read_bytes())
    item = paper.items[0]
    series, year, number = (item.reference or "").split("-")
    now = timezone.now()
    body, committee, secretary = bodies.set_up(
        municipality=paper.body or "", short_name=series, committee=paper.organization or "", classification="task",
        administrator="Prøve Sekretær", email="sekretaer@example.org", at=now,
    )  # fmt: skip
    who: dict[str, Any] = {"by": secretary, "at": now}
    for at, listed in enumerate(paper.attendance or ()):
        person = enter(listed.person, f"medlem{at}@example.org", **who)
        bodies.appoint(committee, person, role="chair" if at == 0 else "member", start=now.date(), **who)
    CaseSeries.objects.create(body=body, year=int(year), last=int(number) - 1)
    case = cases.open_case(committee, item.title or "", **who)
    sections = {section.kind: section.text for section in item.sections}
    recommendation = item.recommendation
    content = {
        **case.content(), "access": "open", "summary": sections["summary"], "background": sections["background"],
        "recommended_by": recommendation.by, "recommended_to": recommendation.to,
        "points": "\n".join(point.text for point in recommendation.points),
    }  # fmt: skip
    case = cases.save(case, content, version=0, **who)
    for file in item.files:
        attachment = cases.attach(case, b"Et bilag", "bilag.txt", title=file.title, **who)
        cases.change_attachment(attachment, title=file.title, access="open", **who)
    case = cases.move(case, "ready", **who)
    start = datetime.fromisoformat(paper.meeting.start or "").replace(tzinfo=timezone.get_default_timezone())
    place, title = paper.meeting.place or "", paper.title or ""
    meeting = meetings.plan(committee, title=title, start=start, end=start + timedelta(hours=2), place=place, **who)
    meetings.add_case(meeting, case, **who)
    meetings.send_agenda(meeting, late_because="Prøve", **who)
    for at, listed in enumerate(paper.attendance or ()):
        if listed.status == "absent":
            user = User.objects.get(email=f"medlem{at}@example.org")
            meetings.reply(meeting, user.person, "apology", by=user, at=now)
    sys.stdout.write(f"Prøve Sekretær  {login_address(secretary)}\n")


if __name__ == "__main__":
    main()
