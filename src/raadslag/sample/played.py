"""A committee's work as it is played for the sample: by the actions that people press, each at its moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Case
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.minutes import composing, signing
from raadslag.workspace.people.models import User


def written(committee: Organization, title: str, *, by: User, at: datetime, **fields: str) -> Case:
    """A case that says what its fields say; open, and from Social og Sundhed, unless they say otherwise."""
    case = cases.open_case(committee, title, by=by, at=at)
    content = {
        **case.content(), "access": "open", "recommended_by": "Social og Sundhed",
        "recommended_to": committee.name, **fields,
    }  # fmt: skip
    return cases.save(case, content, version=0, by=by, at=at)


def attached(case: Case, name: str, data: bytes, *, title: str = "", by: User, at: datetime) -> None:
    """An open paper of a case, called after its file unless it has a title."""
    attachment = cases.attach(case, data, name, by=by, at=at)
    attachment.case.refresh_from_db()
    cases.change_attachment(attachment, title=title or attachment.title, access="open", by=by, at=at)


class Played:
    """Work as it goes on; `at` is its clock."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.users = {user.person.name: user for user in User.objects.select_related("person")}

    def do(self, action: Any, *arguments: Any, who: str = "Prøve Sekretær", after: float = 0, **more: Any) -> Any:
        """Call an action as one of the sample's people, that many minutes later."""
        self.at += timedelta(minutes=after)
        return action(*arguments, by=self.users[who], at=self.at, **more)

    def write(self, item: AgendaItem, kind: str, text: str, **more: Any) -> None:
        """A paragraph of the minutes."""
        self.do(minutes.save_entry, item, uuid4(), kind=kind, text=text, version=0, **more)

    def put_on(self, meeting: Meeting, *ready: Case) -> None:
        """The cases on the meeting's agenda, which is sent; they are in review or ready."""
        for case in ready:
            if case.state != Case.State.READY:
                self.do(cases.move, case, Case.State.READY)
            self.do(meetings.add_case, meeting, Case.objects.get(pk=case.pk))
        self.do(meetings.send_agenda, meeting)
        meeting.refresh_from_db()

    def open(self, meeting: Meeting, absent: tuple[str, ...] = ()) -> list[AgendaItem]:
        """The meeting begins on its day, with everyone who is not absent; its items."""
        for name in absent:
            self.do(meetings.reply, meeting, self.users[name].person, "apology", reason="")
        self.at = meeting.start
        away = {self.users[name].person_id for name in absent}
        present = [row.person_id for row in meeting.invitations.filter(is_seated=True) if row.person_id not in away]
        self.do(minutes.open_meeting, meeting, present)
        return composing.items_of(meeting)

    def end(self, meeting: Meeting, outcomes: Mapping[int, str]) -> None:
        """Each item gets its outcome, by its number; all is read out, the meeting is adjourned, and everyone signs."""
        for number, item in enumerate(composing.items_of(meeting), 1):
            self.do(minutes.set_outcome, item, outcomes[number], after=0.2)
        self.do(minutes.start_reading, meeting, after=1)
        for item in composing.items_of(meeting):
            self.do(minutes.tick, item, True, after=1)
        read = self.do(minutes.adjourn, meeting, after=1)
        for person in signing.unsigned(read):
            self.do(signing.sign, read, person, sha256=read.sha256, who=person.name, after=0.2)
