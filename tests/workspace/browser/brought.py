"""Prepares a committee of the people on a printed paper, with no meeting: `brought.py PAPER`. Tells two links."""

from __future__ import annotations

import sys
from pathlib import Path

from django.utils import timezone

from raadslag.cli.workspace import login_address, open_workspace
from raadslag.core import read


def main() -> None:
    """A municipality, its secretary, and its committee."""
    open_workspace(None)
    from raadslag.workspace.bodies import actions as bodies
    from raadslag.workspace.people.actions import enter

    paper = read(Path(sys.argv[1]).read_bytes())
    now = timezone.now()
    body, committee, secretary = bodies.set_up(
        municipality=paper.body or "", short_name="PRV", committee=paper.organization or "", classification="task",
        administrator="Prøve Sekretær", email="sekretaer@example.org", at=now,
    )  # fmt: skip
    bodies.set_policy(
        body, None, "closed_at_low_level", True, reason="Prøve", since=now.date(), by=secretary, at=now
    )  # a link is enough to read
    people = [
        enter(listed.person, f"medlem{at}@example.org", by=secretary, at=now)
        for at, listed in enumerate(paper.attendance or ())
    ]
    for person in people:
        bodies.appoint(committee, person, role="member", start=now.date(), by=secretary, at=now)
    sys.stdout.write(f"Prøve Sekretær  {login_address(secretary)}\n")
    sys.stdout.write(f"Prøve Medlem  {login_address(people[0].user)}\n")


if __name__ == "__main__":
    main()
