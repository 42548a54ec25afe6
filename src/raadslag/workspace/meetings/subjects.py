"""How the access table finds meetings, agenda items and the papers at them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from raadslag.core.record import File
from raadslag.workspace.bodies.models import Role
from raadslag.workspace.bodies.standing import allows_low_level, memberships_of, remember_memberships, roles_in
from raadslag.workspace.cases.models import Attachment
from raadslag.workspace.cases.subjects import barred_from
from raadslag.workspace.common.access import Subject, finds
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.meetings.models import AgendaItem, Invitation, Meeting


@finds("meeting")
def meeting_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The meeting that an address names: planned, called, sent or cancelled."""
    meeting = Meeting.objects.select_related("organization__body").filter(pk=arguments["meeting"]).first()
    return of_meeting(user, meeting) if meeting else None


@finds("item")
def item_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The item that an address names, open or closed, sent or only planned."""
    item = (
        AgendaItem.objects.select_related("meeting__organization__body", "case")
        .filter(pk=arguments["item"], meeting=arguments["meeting"]).first()
    )  # fmt: skip
    if item is None:
        return None
    return of_item(user, item, of_meeting(user, item.meeting), _barred_from(user, [item]))


@finds("paper")
def paper_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """An attachment at an item: closed where the item, the case or the attachment is."""
    whole = item_subject(user, arguments)
    if whole is None:
        return None
    found = Attachment.objects.select_related("case").filter(pk=arguments["attachment"], case=whole.row.case_id).first()
    if found is None:
        return None
    # What went out closed stays closed in that edition, whatever a newer version of the file is.
    found.sent = _sent(whole.row, found)
    is_closed = whole.row.is_closed or found.is_closed or (found.sent is not None and found.sent.access != "open")
    sent = "sent" if whole.row.is_sent else "planned"
    allows = is_closed and allows_low_level(user, whole.row.meeting.organization)
    return Subject((whole.row, found), f"{'closed' if is_closed else 'open'}_{sent}", whole.roles, allows)


def _sent(item: AgendaItem, attachment: Attachment) -> File | None:
    """The file as the newest edition of the agenda names it at that item."""
    edition = item.meeting.editions.first()
    if edition is None or str(item.pk) not in edition.items:
        return None
    shown = edition.decoded().items[edition.items.index(str(item.pk))]
    return next((file for file in shown.files if file.document == str(attachment.pk)), None)


def readable(user: Any, meeting: Subject, items: Collection[AgendaItem], level: str, route: str = "reading:item"
             ) -> set[Any]:  # fmt: skip
    """The ids of the items that `user` may read, or could once they are sent. One query besides those of a right.

    Another `route` asks for what it does with an item instead.
    """
    barred = _barred_from(user, items)
    found = set()
    for item in items:
        item.meeting = meeting.row
        subject = of_item(user, item, meeting, barred)
        if is_allowed(route, subject._replace(state=subject.state.replace("planned", "sent")), level):
            found.add(item.pk)
    return found


def of_meeting(user: Any, meeting: Meeting, called: Collection[Any] | None = None) -> Subject:
    """A meeting and what `user` is towards it; "called" for a substitute who is called in.

    `called` are the meetings to which he is called in, where that has been asked for many at once.
    """
    roles = roles_in(user, meeting.organization)
    if called is None:
        called = called_in(user, [meeting])
    if meeting.pk in called:
        roles |= {"called"}
    return Subject(meeting, meeting.state, roles)


def of_meeting_for(users: Collection[Any], meeting: Meeting) -> dict[Any, Subject]:
    """A meeting as `of_meeting` sees it for each of many users, by their ids: three queries, however many they are."""
    remember_memberships(users)
    called = set(Invitation.objects.substitutes().filter(meeting=meeting).values_list("person", flat=True))
    return {user.pk: of_meeting(user, meeting, {meeting.pk} if user.person_id in called else ()) for user in users}


def called_in(user: Any, meetings: Collection[Meeting]) -> set[Any]:
    """To which of the meetings `user` is called in as a substitute. Who is a substitute nowhere costs no query."""
    own = {one.organization_id for one in memberships_of(user) if one.role == Role.SUBSTITUTE}
    asked = [meeting for meeting in meetings if meeting.organization_id in own]
    if not asked:
        return set()
    rows = Invitation.objects.substitutes().filter(meeting__in=asked, person=user.person_id)
    return set(rows.values_list("meeting", flat=True))


def of_item(user: Any, item: AgendaItem, meeting: Subject, barred: set[Any]) -> Subject:
    """An item, given its meeting's subject and the cases from which `user` is barred."""
    roles = meeting.roles | ({"disqualified"} if item.case_id in barred else frozenset())
    allows = item.is_closed and allows_low_level(user, meeting.row.organization)
    return Subject(item, item.state, roles, allows)


def may_read_closed_files(item: Subject, level: str, allows_low_level: bool) -> bool:
    """Whether who may read the item may read the closed papers at it, too."""
    return is_allowed("reading:file", item._replace(state="closed_sent", allows_low_level=allows_low_level), level)


def shut_files(user: Any, meeting: Subject, items: Collection[AgendaItem], level: str) -> set[Any]:
    """The ids of the open items at which `user` may not read the closed papers. One query besides those of a right."""
    barred = _barred_from(user, items)
    allows = allows_low_level(user, meeting.row.organization)
    return {
        item.pk for item in items
        if not item.is_closed and not may_read_closed_files(of_item(user, item, meeting, barred), level, allows)
    }  # fmt: skip


def _barred_from(user: Any, items: Collection[AgendaItem]) -> set[Any]:
    """The cases of the items from which `user` is barred."""
    return barred_from(user, [item.case_id for item in items if item.case_id])
