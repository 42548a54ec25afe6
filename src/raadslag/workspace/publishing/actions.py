"""Writing public faces, looking at what screening found, releasing, withdrawing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _

from raadslag.core import record
from raadslag.core.redacting.words import Words
from raadslag.core.release import public
from raadslag.workspace.cases import actions as cases
from raadslag.workspace.cases.models import Attachment
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, NotPermitted
from raadslag.workspace.files import keeping
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import Agenda, AgendaItem, Meeting
from raadslag.workspace.minutes import composing as minutes_of
from raadslag.workspace.minutes import signing
from raadslag.workspace.minutes.models import Minutes
from raadslag.workspace.publishing import composing, rules, screening
from raadslag.workspace.publishing.events import (
    FaceWritten,
    HitSeen,
    HoldLifted,
    ItemHeldBack,
    ItemOpenedAfter,
    Released,
    Withdrawn,
)
from raadslag.workspace.publishing.models import Hold, Opening, Override, PublicFace, Release, Shown, Subject
from raadslag.workspace.publishing.screening import Finding

_LONGEST_FACE = 20_000
_MOST_WORDS, _LONGEST_WORD = 200, 300


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
    shown = public(composing.without_held_back(whole, items))
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
    """As `see_hit`, of what would be public of a meeting."""
    meeting = meetings.lock(meeting)
    prepared = prepare(meeting)
    return see_hit(meeting, prepared.found if prepared else agenda_findings(meeting), key, reason, by=by, at=at)


@journal.action
def see_hit(subject: Subject, found: Iterable[Finding], key: str, reason: str, *, by: Any,
            at: datetime) -> Override:  # fmt: skip
    """A named person has looked at one of the hits `found`, and says why it may be public. Of the number of a person a
    second one has to say so, too. Raises Blocked without a reason, and for the same person twice; NotPermitted for no
    such hit."""
    hit = next((one.hit for one in found if one.key == key), None)
    if hit is None:
        raise NotPermitted
    override = subject.overrides.filter(key=key).first()
    if override is None:
        if not reason.strip():
            raise Blocked([_("Say why it may be public. Your name and the reason are kept.")])
        override = subject.overrides.create(key=key, rule=hit.rule, reason=reason.strip()[:300], by=by, at=at)
        journal.write(HitSeen(override.pk, key, False), by=by, at=at, about=subject)
        return override
    if override.by_id == by.pk:
        raise Blocked([_("Another person has to look at it, too.")])
    if override.second_id is None:
        override.second, override.second_at = by, at
        override.save()
        journal.write(HitSeen(override.pk, key, True), by=by, at=at, about=subject)
    return override


def agenda_findings(meeting: Meeting) -> list[Finding]:
    """What screening finds in the newest agenda."""
    agenda = meeting.editions.first()
    if agenda is None:
        return []
    shown = public(composing.whole_agenda(agenda))
    return screening.findings(shown, meeting.overrides.select_related("by__person", "second__person"))


def redact(attachment: Attachment, words: Iterable[str], *, numbers: bool, seen: str, by: Any, at: datetime
           ) -> Attachment:  # fmt: skip
    """Make an edition of an attachment in which the words stand nowhere, and close the attachment; the edition.

    What is already public goes the way of all that is closed. Raises Blocked without words, where no edition can be
    made for sure, and as `cases.actions.attach_redacted`.
    """
    words = [word for word in words if word.strip()]
    if not words and not numbers:
        raise Blocked([_("Write what is to be removed, one word or phrase on each line.")])
    if len(words) > _MOST_WORDS or any(len(word) > _LONGEST_WORD for word in words):
        told = {"most": _MOST_WORDS, "longest": _LONGEST_WORD}
        raise Blocked([_("At most %(most)s lines of at most %(longest)s characters.") % told])
    newest = attachment.versions.select_related("file").first()
    if newest is None or newest.file_id != seen:
        raise Blocked([_("A new version has come since you opened this page. Look at it, and try again.")])
    data = keeping.redacted(newest.file, newest.name, words, numbers=numbers)  # long: not while the database is held
    sought = Words(words, numbers=numbers)  # what stands in the file may stand in its title, too
    title, name = sought.without(attachment.title), sought.without(newest.name, "fjernet")
    file = keeping.keep(data, name, at=at)
    return cases.attach_redacted(attachment, file, title=title, name=name, seen=seen, by=by, at=at)


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
    return let_out(meeting, Release.Kind.MINUTES, prepared.shown, prepared.found, by=by, at=at)


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
    if obstacles := screening.obstacles(found):
        raise Blocked(obstacles)
    return let_out(meeting, Release.Kind.AGENDA, shown, found, by=by, at=at)


def let_out(subject: Subject, kind: str, shown: Shown, found: Iterable[Finding], *, by: Any, at: datetime
            ) -> Release:  # fmt: skip
    """The release of exactly this public record; twice is as once. Raises Blocked where it was withdrawn. Whoever calls
    it holds the lock of the subject, within an action."""
    identity = record.identity(shown)
    known = subject.releases.filter(identity=identity).first()
    if known and known.withdrawn_at:
        raise Blocked([_("Exactly this was withdrawn. Correct what was wrong, then publish again.")])
    if known and is_superseded(known):
        raise Blocked([
            _("What came after this was withdrawn, and the archive does not go back to it. Make an addition that says"
              " so, then publish again.")
        ])  # fmt: skip
    if known:
        return known
    release = subject.releases.create(
        kind=kind, record=record.encode(shown).decode(), identity=identity,
        files=composing.files_of(shown), looked_at=[one.line for one in found], made_at=at, made_by=by, try_at=at,
    )  # fmt: skip
    journal.write(Released(release.pk, kind, identity), by=by, at=at, about=subject)
    return release


def is_superseded(release: Release) -> bool:
    """Whether another of its kind was shown after it and was withdrawn: then the archive shows neither. The versions of
    a product stand side by side."""
    same = {name: getattr(release, f"{name}_id") for name in ("meeting", "organization", "version", "commitment")}
    later = Release.objects.filter(**same, kind=release.kind)
    return later.filter(made_at__gt=release.made_at, delivered_at__isnull=False, withdrawn_at__isnull=False).exists()


# --- what is opened after the meeting, and what waits ---


@journal.action
def open_after(item: AgendaItem, reason: str, *, by: Any, at: datetime) -> Opening:
    """Open a closed item after the meeting, from now on: what closed it is over. The minutes stay as they were signed;
    an addition says that it was opened, and why. Nothing goes out by it: the secretary looks, and publishes.

    Raises Blocked before the adjourning, for an open item, and without a reason. Source: Local Government Act, 10.
    """
    meeting = meetings.lock(item.meeting)
    reason = " ".join(reason.split())
    if not meeting.adjourned_at:
        raise Blocked([_("The meeting is not over. The body itself opens the item.")])
    if not reason or len(reason) > Opening.reason.field.max_length:
        raise Blocked([_("Say why it need not be closed any more. The reason stands in the minutes.")])
    meetings.open_sent(item, by=by, at=at)
    with translation.override("da"):  # the language of papers
        told = _("The item was closed at the meeting. It has been opened since: %(reason)s") % {"reason": reason}
    signing.add(meeting, told, item=item.pk, by=by, at=at)
    opening = Opening.objects.create(item=item, reason=reason, by=by, at=at)
    journal.write(ItemOpenedAfter(opening.pk, item.pk), by=by, at=at, about=meeting)
    return opening


@journal.action
def hold_back(item: AgendaItem, until: date | None = None, *, by: Any, at: datetime) -> Hold:
    """Let the decision of an open item wait until the party has been told; the rest of the minutes does not wait.

    Raises Blocked for a closed item, the second time, and where the decision is public already.
    """
    meeting = meetings.lock(item.meeting)
    if item.is_closed:
        raise Blocked([_("The item is closed: write what the public hears instead.")])
    if item.holds.filter(lifted_at=None).exists():
        raise Blocked([_("It waits already.")])
    items = minutes_of.items_of(meeting)
    public_ones = meeting.releases.in_force().filter(kind=Release.Kind.MINUTES)
    if any(composing.tells_decision(one.decoded(), item, items) for one in public_ones):
        raise Blocked([_("The decision is public already. Take the minutes back first.")])
    hold = Hold.objects.create(item=item, until=until, made_at=at, made_by=by)
    journal.write(ItemHeldBack(hold.pk, item.pk), by=by, at=at, about=meeting)
    return hold


@journal.action
def lift_hold(item: AgendaItem, *, by: Any, at: datetime) -> Release | None:
    """The party has been told: the decision may be public. Where all else is public as it is, it goes out by this;
    else it waits with the rest to be published, and None is given. Raises Blocked where nothing waits."""
    meeting = meetings.lock(item.meeting)
    hold = item.holds.filter(lifted_at=None).first()
    if hold is None:
        raise Blocked([_("It does not wait.")])
    before = prepare(meeting)
    current = meeting.releases.in_force().filter(kind=Release.Kind.MINUTES).first()
    hold.lifted_at, hold.lifted_by = at, by
    hold.save()
    journal.write(HoldLifted(hold.pk, item.pk), by=by, at=at, about=meeting)
    after = prepare(meeting)
    if after and meeting.releases.filter(identity=after.identity).exclude(withdrawn_at=None).exists():
        # What was taken back to be held does not come back as it was (I12): the minutes say what has happened since.
        with translation.override("da"):  # the language of papers
            signing.add(meeting, _("The party has been told."), item=item.pk, by=by, at=at)
        after = prepare(meeting)
    if not (current and before and after) or current.identity != before.identity or after.obstacles:
        return None
    return let_out(meeting, Release.Kind.MINUTES, after.shown, after.found, by=by, at=at)


# --- taking back ---


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
    if release.meeting:
        meetings.lock(release.meeting)
    release = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    if release.withdrawn_at:
        raise Blocked([_("It has been withdrawn already.")])
    ground = " ".join(ground.split())
    if not ground or len(ground) > Release.ground.field.max_length:
        raise Blocked([_("Say why. The ground is shown at its address, so name nobody in it.")])
    return _withdraw(release, ground, by=by, at=at)


@journal.action
def withdraw_all(meeting: Meeting, ground: str, *, by: Any, at: datetime) -> list[Release]:
    """Take back all that is public of a meeting at once, agenda and minutes in every version, as `withdraw` does."""
    meeting = meetings.lock(meeting)
    ground = " ".join(ground.split())
    rows = meeting.releases.in_force().select_for_update(of=("self",)).select_related("meeting")
    if not (chosen := list(rows)):
        raise Blocked([_("Nothing of the meeting is public.")])
    if not ground or len(ground) > Release.ground.field.max_length:
        raise Blocked([_("Say why. The ground is shown at its address, so name nobody in it.")])
    return [_withdraw(one, ground, by=by, at=at) for one in chosen]


def withdraw_by_itself(release: Release, ground: str, *, at: datetime) -> Release:
    """Take it back without anybody's doing: what it is of has been closed. Within an action."""
    return _withdraw(release, ground, by=journal.SYSTEM, at=at)


def _withdraw(release: Release, ground: str, *, by: Any, at: datetime) -> Release:
    release.withdrawn_at, release.ground = at, ground
    release.withdrawn_by = None if by == journal.SYSTEM else by
    release.tries, release.try_at = 0, at
    release.save()
    journal.write(Withdrawn(release.pk, release.identity), by=by, at=at, about=release.subject)
    return release


@journal.action
def note_withdrawn(release: Release, ground: str, *, at: datetime) -> bool:
    """What the archive has withdrawn is withdrawn here too, without anybody's doing; whether it was not already."""
    row = Release.objects.select_for_update(of=("self",)).get(pk=release.pk)
    if row.withdrawn_at:
        return False
    row.withdrawn_at, row.ground, row.is_gone = at, ground[: Release.ground.field.max_length], True
    row.save()
    journal.write(Withdrawn(row.pk, row.identity), by=journal.SYSTEM, at=at, about=row.subject)
    return True
