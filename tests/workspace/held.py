"""A workspace whose secretary has only to press: `held.py fill N` and, afterwards, `held.py told`.

Of N meetings every other has been held and adjourned, and its minutes wait to be released; the others' agendas wait to
be sent. Each has an open item with a file and a closed one. Where `fill` prints the link that logs the secretary in,
`told` prints in JSON what the workspace holds of each meeting: releases and mails.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

CANARY = "KANARIEFUGL"


def fill(count: int) -> None:
    """Make it, and print the link."""
    from raadslag.cli.workspace import login_address
    from raadslag.workspace.bodies import actions as bodies
    from raadslag.workspace.people.actions import enter

    at = datetime.now(UTC)
    made = bodies.set_up(
        municipality="Prøvekommunen", short_name="PRV", committee="Byrumsudvalget", classification="task",
        administrator="Prøve Sekretær", email="sekretaer@example.org", at=at,
    )  # fmt: skip
    committee, secretary = made.organization, made.administrator
    who: dict[str, Any] = {"by": secretary, "at": at}
    for name, value in (("publish_minutes", "read_out"), ("closed_at_low_level", True)):
        bodies.set_policy(made.body, None, name, value, reason="Prøve", since=date(2000, 1, 1), **who)
    for number, role in enumerate(("chair", "member", "member")):
        person = enter(f"Prøve Medlem {number}", f"medlem{number}@example.org", **who)
        bodies.appoint(committee, person, role=role, start=date(2000, 1, 1), **who)
    for number in range(count):
        _meeting(committee, number, is_held=number % 2 == 0, **who)
    sys.stdout.write(f"  Prøve Sekretær  {login_address(secretary)}\n")


def _meeting(committee: Any, number: int, *, is_held: bool, **who: Any) -> None:
    from raadslag.workspace.cases import actions as cases
    from raadslag.workspace.meetings import actions as meetings
    from raadslag.workspace.minutes import actions as minutes
    from raadslag.workspace.minutes import composing
    from raadslag.workspace.publishing import actions as publishing

    day = who["at"] + timedelta(days=20 + number)
    if is_held:
        day, who = day - timedelta(days=2000), {**who, "at": day - timedelta(days=2000)}
    start = day.replace(hour=16, minute=0, second=0, microsecond=0)
    meeting = meetings.plan(
        committee, title=f"Møde {number}", start=start, end=start + timedelta(hours=2), place="Salen", **who
    )
    shut = {"access": "closed", "legal_ground": "KSL § 10", "public_title": "En sag"}
    for title, told in ((f"Sag{number}ord", {"access": "open"}), (f"{CANARY} {number}", shut)):
        case = cases.open_case(committee, title, **who)
        content = {
            **case.content(), **told, "summary": f"{title} beskrevet.", "points": "det gøres",
            "recommended_by": "Teknik og Miljø", "recommended_to": committee.name,
        }  # fmt: skip
        case = cases.save(case, content, version=0, **who)
        attached = cases.attach(case, f"{title} som bilag. ".encode() * 4000, "bilag.txt", **who)
        if "public_title" not in told:
            cases.change_attachment(attached, title="Bilag", access="open", **who)
        meetings.add_case(meeting, cases.move(case, "ready", **who), **who)
    if not is_held:
        return
    meetings.send_agenda(meeting, late_because="Prøve", **who)
    meeting.refresh_from_db()
    who["at"] = start
    minutes.open_meeting(meeting, [row.person_id for row in meeting.invitations.filter(is_seated=True)], **who)
    items = composing.items_of(meeting)
    for item in items:
        minutes.save_entry(item, uuid4(), kind="text", version=0, text=f"{item.title} blev drøftet.", **who)
        minutes.set_outcome(item, "approved", **who)
    minutes.start_reading(meeting, **who)
    for item in items:
        minutes.tick(item, True, **who)
    minutes.adjourn(meeting, **who)
    publishing.write_face(items[1], decision="Det blev godkendt.", none_because="", **who)


def told() -> None:
    """Print what the workspace holds, by the meeting's number."""
    from raadslag.workspace.common import journal
    from raadslag.workspace.meetings.models import Meeting
    from raadslag.workspace.messages.models import Mail
    from raadslag.workspace.publishing.actions import prepare

    found = {}
    for meeting in Meeting.objects.order_by("start"):
        prepared = prepare(meeting)
        releases = [
            {
                "pk": str(one.pk), "kind": one.kind, "identity": one.identity, "state": one.state,
                "address": one.address, "is_withdrawn": one.withdrawn_at is not None, "is_gone": one.is_gone,
                "was_shown": one.delivered_at is not None,
                "files": list(one.files), "record": one.record,
            }
            for one in meeting.releases.order_by("made_at")
        ]  # fmt: skip
        mails = Mail.objects.filter(about=journal.name_of(meeting)).values_list("to", "pk", "state", "subject")
        found[meeting.title.split()[-1]] = {
            "pk": str(meeting.pk), "day": f"{meeting.start:%Y-%m-%d}", "releases": releases,
            "identity": prepared.identity if prepared else "",
            "obstacles": prepared.obstacles if prepared else [],
            "mails": [(to, str(pk), state, subject) for to, pk, state, subject in mails],
        }  # fmt: skip
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    from raadslag.cli.workspace import open_workspace

    open_workspace(None)
    if sys.argv[1] == "fill":
        from raadslag.workspace.common import journal

        with journal.acting():
            fill(int(sys.argv[2]))
    else:
        told()
