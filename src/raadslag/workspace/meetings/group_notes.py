"""What a group writes to its committee: saved without losing a word, handed over, told at the next meeting."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from raadslag.workspace.bodies.models import Membership, Organization, Role
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.meetings.events import (
    GroupNoteHandedOver,
    GroupNotePlaced,
    GroupNoteSaved,
    GroupNoteTakenBack,
)
from raadslag.workspace.meetings.models import GroupNote, GroupNoteText, Meeting
from raadslag.workspace.messages.sending import tell

LONGEST = 4000  # characters: a short note


class Saved(NamedTuple):
    """A saved note. `is_beside`: somebody else had saved since; all texts are kept, and the other stands."""

    note: GroupNote
    is_beside: bool


@journal.action
def save(group: Organization, text: str, *, pk: UUID | None = None, version: int = 0, by: Any, at: datetime
         ) -> Saved:  # fmt: skip
    """Save the group's draft; `pk` and `version` tell which text it was written from, None and 0 an empty page.

    The same again changes nothing (I36), also once it has been handed over. Where somebody has saved since, that text
    stands and this one is kept beside it (I23), and a text beside is a saving, too: nobody writes past words that he
    has not seen. Where the draft has been handed over meanwhile, other words are a new one. Raises Blocked for a text
    that is too long, for the first one without words, and where the group has ended.
    """
    _locked(group, at)
    text = text.strip()
    if len(text) > LONGEST:
        raise Blocked([_("A note is short: at most %(most)s characters.") % {"most": LONGEST}])
    note = GroupNote.objects.draft_of(group)
    if note is None:
        if told := GroupNote.objects.filter(organization=group, pk=pk, text=text).first():
            return Saved(told, False)
        if not text:
            raise Blocked([_("Write something first.")])
        note = GroupNote(organization=group, saved_at=at, saved_by=by)
        note.save(force_insert=True)
        is_beside = False
    else:
        is_beside = (pk, version) != (note.pk, note.version)
    beside = [one.text for one in note.beside()] if is_beside else []
    if note.version and note.text == text:
        return Saved(note, bool(beside))
    if text in beside:
        return Saved(note, True)
    note.version += 1
    GroupNoteText.objects.create(
        note=note, number=note.version, text=text, saved_at=at, saved_by=by, is_beside=is_beside
    )  # fmt: skip
    if not is_beside:
        note.text, note.saved_at, note.saved_by = text, at, by
    note.save()
    journal.write(GroupNoteSaved(note.pk, note.version, _hash(text), is_beside), by=by, at=at, about=group)
    return Saved(note, is_beside)


@journal.action
def hand_over(note: GroupNote, *, version: int, by: Any, at: datetime) -> GroupNote:
    """Let the note be the group's status at the committee's next meeting, and tell the committee's secretary.

    Where no meeting is planned it waits for the next one. Raises Blocked where it is empty, handed over already, or
    where somebody has saved since `version`.
    """
    group = _locked(note.organization, at)
    note = GroupNote.objects.select_for_update(of=("self",)).select_related("organization__parent").get(pk=note.pk)
    if note.handed_at:
        raise Blocked([_("The note has been handed over already.")])
    if note.version != version:
        raise Blocked([_("Somebody has saved since you read it. Read it, and hand it over then.")])
    if not note.text:
        raise Blocked([_("Write something first.")])
    note.handed_at, note.handed_by = at, by
    note.save(update_fields=["handed_at", "handed_by"])
    journal.write(GroupNoteHandedOver(note.pk, _hash(note.text)), by=by, at=at, about=group)
    today = timezone.localdate(at)
    leads = Membership.objects.filter(organization=group.parent, role=Role.SECRETARY).on(today)
    for one in leads.exclude(person=by.person).select_related("person"):
        with translation.override(one.person.language):
            subject = _("Note from %(group)s") % {"group": group.name}
            words = _("%(group)s has handed over its note. It stands at the next meeting.") % {"group": group.name}
        path = reverse("desk:group", args=[group.pk])
        tell(one.person, subject, words, at=at, path=path, about=journal.name_of(note))
    return note


@journal.action
def take_back(note: GroupNote, *, by: Any, at: datetime) -> GroupNote:
    """Let it be a draft again. Raises Blocked once the meeting has begun, and where there is another draft."""
    group = _locked(note.organization, at)
    note = GroupNote.objects.select_for_update(of=("self",)).get(pk=note.pk)
    if note.handed_at is None:
        return note
    if note.meeting_id:
        raise Blocked([_("The meeting has begun: the note stands there.")])
    if GroupNote.objects.draft_of(group):
        raise Blocked([_("There is another draft. Hand that over first.")])
    note.handed_at, note.handed_by = None, None
    note.save(update_fields=["handed_at", "handed_by"])
    journal.write(GroupNoteTakenBack(note.pk), by=by, at=at, about=group)
    return note


@journal.action
def note_opened(meeting: Meeting, *, clock: datetime, by: Any, at: datetime) -> None:
    """Told by the minutes as a meeting is opened, before it is so: what waits for it stands there from now on.

    `clock` is what is printed. A meeting that was held on paper, and is written in later, has what had been handed over
    by then.
    """
    waiting = GroupNote.objects.waiting_for(meeting.organization_id).select_for_update(of=("self",))
    following = Meeting.objects.next_of(meeting.organization_id, at)
    if following != meeting:
        waiting = waiting.filter(handed_at__lte=clock)
    for note in waiting.select_related("organization"):
        GroupNote.objects.filter(pk=note.pk).update(meeting=meeting)
        journal.write(GroupNotePlaced(note.pk, meeting.pk), by=by, at=at, about=note.organization)


def _locked(group: Organization, at: datetime) -> Organization:
    """The group, held: one after the other writes its note. Raises NotPermitted for what is no group."""
    found = Organization.objects.select_for_update(of=("self",)).select_related("parent").get(pk=group.pk)
    if not found.is_group or found.parent is None:
        raise NotPermitted
    if found.end and found.end < timezone.localdate(at):
        raise Blocked([_("The group has ended.")])
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
