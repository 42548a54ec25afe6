"""Writing public faces, looking at what screening found, releasing, withdrawing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _

from raadslag.core import record
from raadslag.core.release import public
from raadslag.core.rules.screening import Hit
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import Agenda, AgendaItem, Meeting
from raadslag.workspace.minutes import composing as minutes_of
from raadslag.workspace.minutes import signing
from raadslag.workspace.minutes.models import Minutes
from raadslag.workspace.publishing import composing, rules, screening
from raadslag.workspace.publishing.events import FaceWritten, HitSeen, Released, Withdrawn
from raadslag.workspace.publishing.models import Override, PublicFace, Release
from raadslag.workspace.publishing.screening import Finding

_LONGEST_FACE = 20_000


class Prepared(NamedTuple):
    """What would be released now: the whole, what everyone would see, what screening found, and what is missing."""

    items: list[AgendaItem]
    whole: record.Meeting
    shown: record.Meeting
    found: list[Finding]
    obstacles: list[str]

    @property
    def identity(self) -> str:
        """Names exactly what would be public."""
        return record.identity(self.shown)


def prepare(meeting: Meeting) -> Prepared | None:
    """The minutes as they would be public now; None before they have been read out."""
    minutes = Minutes.objects.filter(meeting=meeting).select_related("meeting__organization__body").first()
    if minutes is None:
        return None
    items = minutes_of.items_of(meeting)
    is_signed = not signing.unsigned(minutes)
    whole = composing.whole_minutes(minutes, items, is_signed=is_signed)
    shown = public(whole)
    found = screening.findings(shown, meeting.overrides.select_related("by__person", "second__person"))
    return Prepared(items, whole, shown, found, rules.obstacles(meeting, items, shown, found, is_signed))


@journal.action
def write_face(item: AgendaItem, *, decision: str, none_because: str, title: str = "", seen: str = "", by: Any,
               at: datetime) -> PublicFace:  # fmt: skip
    """Say what the public hears of a closed item's decision, or why it hears nothing. `title` is for an item that came
    without a heading that everyone may read; `seen` is the `print` of what stood there. Raises Blocked for both, for
    neither, for an open item, and where somebody has written since."""
    meetings.lock(item.meeting)
    decision, none_because, title = decision.strip(), none_because.strip(), " ".join(title.split())
    former, new = PublicFace.objects.filter(item=item).first(), (decision, none_because, title)
    if former and former.print != seen and (former.decision, former.none_because, former.title) != new:
        told = {"text": decision or none_because}
        raise Blocked([_("Somebody else has written here since. You wrote: %(text)s") % told])
    if not item.is_closed:
        raise Blocked([_("The item is open: everyone hears its decision.")])
    if bool(decision) == bool(none_because):
        raise Blocked([_("Write what the public hears, or why it hears nothing.")])
    most = PublicFace.none_because.field.max_length
    if len(decision) > _LONGEST_FACE or len(none_because) > most or len(title) > most:
        raise Blocked([_("The text is too long.")])
    face, _is_new = PublicFace.objects.update_or_create(
        item=item, defaults={"decision": decision, "none_because": none_because, "title": title}
    )
    journal.write(FaceWritten(item.pk, face.print), by=by, at=at, about=item.meeting)
    return face


@journal.action
def see(meeting: Meeting, key: str, reason: str, *, by: Any, at: datetime) -> Override:
    """A named person has looked at a hit, and says why it may be public. Of the number of a person a second one has to
    say so, too. Raises Blocked without a reason, and for the same person twice; NotPermitted for no such hit."""
    meeting = meetings.lock(meeting)
    hit = _hit(meeting, key)
    if hit is None:
        raise NotPermitted
    override = meeting.overrides.filter(key=key).first()
    if override is None:
        if not reason.strip():
            raise Blocked([_("Say why it may be public. Your name and the reason are kept.")])
        override = Override.objects.create(
            meeting=meeting, key=key, rule=hit.rule, reason=reason.strip()[:300], by=by, at=at
        )
        journal.write(HitSeen(override.pk, key, False), by=by, at=at, about=meeting)
        return override
    if override.by_id == by.pk:
        raise Blocked([_("Another person has to look at it, too.")])
    if override.second_id is None:
        override.second, override.second_at = by, at
        override.save()
        journal.write(HitSeen(override.pk, key, True), by=by, at=at, about=meeting)
    return override


def _hit(meeting: Meeting, key: str) -> Hit | None:
    prepared = prepare(meeting)
    found = prepared.found if prepared else agenda_findings(meeting)
    return next((one.hit for one in found if one.key == key), None)


def agenda_findings(meeting: Meeting) -> list[Finding]:
    """What screening finds in the newest agenda."""
    agenda = meeting.editions.first()
    if agenda is None:
        return []
    shown = public(composing.whole_agenda(agenda))
    return screening.findings(shown, meeting.overrides.select_related("by__person", "second__person"))


@journal.action
def release_minutes(meeting: Meeting, identity: str, *, by: Any, at: datetime) -> Release:
    """Let the minutes be public, exactly those of the identity that the person saw; twice is as once (I30).

    Raises Blocked with everything that is missing, or where they have changed since they were shown.
    """
    meeting = meetings.lock(meeting)
    prepared = prepare(meeting)
    if prepared is None:
        raise Blocked([_("The minutes have not been read out yet.")])
    if prepared.identity != identity:
        raise Blocked([_("Something has changed since you opened this page. Look at it again, then publish.")])
    if prepared.obstacles:
        raise Blocked(prepared.obstacles)
    return _release(meeting, Release.Kind.MINUTES, prepared.shown, prepared.found, by=by, at=at)


@journal.action
def release_agenda(agenda: Agenda, identity: str | None = None, *, by: Any, at: datetime) -> Release:
    """Let an edition of the agenda be public; exactly that of `identity` where a person looked at it.

    Raises Blocked while a hit of the screening has not been looked at, or where it has changed since it was shown.
    """
    meeting = meetings.lock(agenda.meeting)
    shown = public(composing.whole_agenda(agenda))
    if identity is not None and record.identity(shown) != identity:
        raise Blocked([_("Something has changed since you opened this page. Look at it again, then publish.")])
    found = screening.findings(shown, meeting.overrides.all())
    if waiting := sum(not one.is_seen for one in found):
        raise Blocked([_("Screening found %(count)s places that a person has to look at.") % {"count": waiting}])
    return _release(meeting, Release.Kind.AGENDA, shown, found, by=by, at=at)


def _release(meeting: Meeting, kind: str, shown: record.Meeting, found: Iterable[Finding], *, by: Any, at: datetime
             ) -> Release:  # fmt: skip
    identity = record.identity(shown)
    known = Release.objects.filter(meeting=meeting, identity=identity).first()
    if known and known.withdrawn_at:
        raise Blocked([_("Exactly this was withdrawn. Correct what was wrong, then publish again.")])
    if known:
        return known
    release = Release.objects.create(
        meeting=meeting, kind=kind, record=record.encode(shown).decode(), identity=identity,
        files=composing.files_of(shown), looked_at=[one.line for one in found], made_at=at, made_by=by, try_at=at,
    )  # fmt: skip
    journal.write(Released(release.pk, kind, identity), by=by, at=at, about=meeting)
    return release


@journal.action
def take_back_closed(meeting: Meeting, *, at: datetime) -> int:
    """Withdraw whatever of the meeting is public and shows what has been closed since, and let the agenda be public
    anew without it; how many were withdrawn. Minutes wait for the secretary, who writes their public face (I6, I12)."""
    meeting = meetings.lock(meeting)
    stale = [one for one in meeting.releases.in_force() if composing.holds_closed(one.decoded(), meeting)]
    with translation.override("da"):  # the language of the public site
        ground = _("An item or an attachment has been closed.")
    for release in stale:
        _withdraw(release, ground, by=journal.SYSTEM, at=at)
    agenda = meeting.editions.select_related("meeting", "sent_by").first()
    if agenda and any(one.kind == Release.Kind.AGENDA for one in stale):
        with contextlib.suppress(Blocked):  # what screening finds waits for a person
            release_agenda(agenda, by=agenda.sent_by, at=at)
    return len(stale)


@journal.action
def withdraw(release: Release, ground: str, *, by: Any, at: datetime) -> Release:
    """Take it back at once: it leaves all that we show within a minute (I12). The ground is shown to everyone.

    Raises Blocked without a ground, and the second time.
    """
    meetings.lock(release.meeting)
    release = Release.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=release.pk)
    if release.withdrawn_at:
        raise Blocked([_("It has been withdrawn already.")])
    ground = " ".join(ground.split())
    if not ground or len(ground) > Release.ground.field.max_length:
        raise Blocked([_("Say why. The ground is shown at its address, so name nobody in it.")])
    return _withdraw(release, ground, by=by, at=at)


def _withdraw(release: Release, ground: str, *, by: Any, at: datetime) -> Release:
    release.withdrawn_at, release.ground = at, ground
    release.withdrawn_by = None if by == journal.SYSTEM else by
    release.tries, release.try_at = 0, at
    release.save()
    journal.write(Withdrawn(release.pk, release.identity), by=by, at=at, about=release.meeting)
    return release


@journal.action
def note_withdrawn(release: Release, ground: str, *, at: datetime) -> bool:
    """What the archive has withdrawn is withdrawn here too, without anybody's doing; whether it was not already."""
    row = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    if row.withdrawn_at:
        return False
    row.withdrawn_at, row.ground, row.is_gone = at, ground[: Release.ground.field.max_length], True
    row.save()
    journal.write(Withdrawn(row.pk, row.identity), by=journal.SYSTEM, at=at, about=row.meeting)
    return True
