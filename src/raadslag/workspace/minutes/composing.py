"""The minutes as a record: the sent agenda, and what was written, decided and counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from msgspec.structs import replace

from raadslag.core import record
from raadslag.core.release import public
from raadslag.web import dates
from raadslag.workspace.meetings import composing as agendas
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.minutes import rules
from raadslag.workspace.minutes.models import Actor, Ballot, Entry, ItemMinutes, Minutes, Reservation, Vote

_LANGUAGE = "da"  # of papers


def items_of(meeting: Meeting) -> list[AgendaItem]:
    """The items of the meeting, in their order. Two queries."""
    return [item for item in agendas.items_of(meeting) if item.is_sent]


def compose(meeting: Meeting, *, stage: record.Stage) -> record.Meeting:
    """The whole minutes, closed items with all that they hold. The same rows give the same record.

    Before the meeting is opened, the list of attendance holds those who are called, and tells of none that he came.
    """
    items = items_of(meeting)
    rows = {row.item_id: row for row in ItemMinutes.objects.filter(item__in=items)}
    entries: dict[object, list[Entry]] = {}
    for entry in Entry.objects.filter(item__in=items, removed_at=None).select_related("person", "called"):
        entries.setdefault(entry.item_id, []).append(entry)
    ballots: dict[object, list[Ballot]] = {}
    for ballot in Ballot.objects.filter(item__in=items, state=Ballot.State.CLOSED).prefetch_related("votes__person"):
        ballots.setdefault(ballot.item_id, []).append(ballot)
    agenda = agendas.compose(meeting, items, stage=stage)
    with translation.override(_LANGUAGE):
        composed = tuple(
            _item(shown, rows.get(item.pk), entries.get(item.pk, ()), ballots.get(item.pk, ()))
            for item, shown in zip(items, agenda.items, strict=True)
        )
        attendance = _attendance(meeting, items)
        notes = tuple(note for item in items for note in _notes(item, entries.get(item.pk, ())))
    adjourned = _local(meeting.adjourned_at)
    return replace(
        agenda,
        kind="minutes",
        meeting=replace(
            agenda.meeting, start=_local(meeting.opened_at) or agenda.meeting.start, adjourned=adjourned,
            read_out=bool(meeting.reading_at) or None,
        ),
        attendance=attendance,
        items=composed,
        notes=notes,
    )  # fmt: skip


def shown(minutes: Minutes) -> record.Meeting:
    """Minutes as they were read out, with who has signed since, with what reservations, and what was added."""
    signatures = tuple(
        record.Signature(person=one.person.name, signed=_local(one.signed_at), reservation=one.reservation or None)
        for one in minutes.signatures.select_related("person")
    )
    whole = minutes.decoded()  # of an imported paper, signatures and additions that it shows are its own
    return replace(
        whole, items=_with_reservations(minutes, whole.items), signatures=whole.signatures + signatures,
        addenda=(*whole.addenda, *_additions(minutes.meeting, whole)),
    )  # fmt: skip


def _additions(meeting: Meeting, whole: record.Meeting) -> list[record.Addendum]:
    rows = list(meeting.additions.select_related("by"))
    named = any(one.item_id for one in rows)
    keys = {row.pk: key_of(item) for row, item in zip(items_of(meeting), whole.items, strict=True)} if named else {}
    return [
        record.Addendum(text=one.text, by=one.by.name, added=_local(one.added_at), item=keys.get(one.item_id))
        for one in rows
    ]


def key_of(item: record.Item) -> str:
    """How notes and additions name an item: its number, or its order where it has none."""
    return item.number or str(item.order)


def _with_reservations(minutes: Minutes, items: tuple[record.Item, ...]) -> tuple[record.Item, ...]:
    """The items, each with what signers of this version found wrongly recorded there. One query where nobody did."""
    said: dict[object, list[record.Reservation]] = {}
    with translation.override(_LANGUAGE):
        for one in Reservation.objects.filter(signature__minutes=minutes).select_related("signature__person"):
            name = one.signature.person.name
            label = _("Reservation of %(name)s") % {"name": name}
            said.setdefault(one.item_id, []).append(record.Reservation(who=(name,), text=f"**{label}:** {one.text}"))
    if not said:
        return items
    rows = items_of(minutes.meeting)
    return tuple(
        replace(item, reservations=tuple(said.get(row.pk, ()))) for row, item in zip(rows, items, strict=True)
    )  # fmt: skip


def corrected(former: record.Meeting, meeting: Meeting, entries: Collection[Entry], said: Mapping[UUID, str],
              because: str, number: int) -> record.Meeting:  # fmt: skip
    """`former` with the texts that `entries` have now, where they were `said` before, and with a remark that says so.

    All else is taken over as it was read out, whatever has come of the cases since.
    """
    items = {entry.item_id for entry in entries}
    fresh = compose(meeting, stage="read_out").items
    changed = [row.pk in items for row in items_of(meeting)]
    numbers = [item.number for item, is_changed in zip(former.items, changed, strict=True) if is_changed]
    rewritten = {
        (entry.item.number, entry.kind, said[entry.pk].strip()): entry.text for entry in entries
    }  # fmt: skip
    notes = tuple(
        replace(note, text=rewritten.get((note.item, note.kind, note.text), note.text)) for note in former.notes
    )
    with translation.override(_LANGUAGE):
        text = _("Corrected after the meeting, version %(number)s: %(because)s")
        text %= {"number": number, "because": because}
    return replace(
        former,
        items=tuple(
            replace(before, decision=after.decision) if is_changed else before
            for before, after, is_changed in zip(former.items, fresh, changed, strict=True)
        ),
        notes=notes + tuple(record.Note(kind="remark", text=text, item=item) for item in numbers),
    )


def seen_by(whole: record.Meeting, allowed: Collection[int], shut: Collection[int] = ()) -> record.Meeting:
    """The minutes for who may read only the items whose orders are `allowed`: the others, and what hangs on them, as
    the public would see them. Of the open items in `shut` only the open files are named."""
    if shut:
        items = tuple(
            replace(item, files=tuple(file for file in item.files if file.access != "closed"))
            if item.order in shut and item.access == "open" else item
            for item in whole.items
        )  # fmt: skip
        whole = replace(whole, items=items)
    if len(allowed) == len(whole.items):
        return whole
    face = public(whole)
    items = tuple(
        item if item.order in allowed and item.access != "open" else outside
        for item, outside in zip(whole.items, face.items, strict=True)
    )
    return replace(face, items=items)


def as_told(paper: record.Meeting) -> record.Meeting:
    """An imported paper for a page: what was voted, reserved and noted stands in the words of its decisions."""
    return replace(paper, items=tuple(replace(item, votes=(), reservations=()) for item in paper.items), notes=())


class Line(NamedTuple):
    """An item of the minutes on a page: as the reader sees it, and what it said in the version before, where it said
    something else. `why` are the remarks that stand in no text of it: that it was corrected, and the reason.
    `additions` are those that concern it."""

    row: AgendaItem
    shown: record.Item
    before: str
    why: tuple[str, ...]
    additions: tuple[record.Addendum, ...]
    may_correct: bool


def lines(seen: record.Meeting, rows: Sequence[AgendaItem], former: record.Meeting | None,
          may_correct: Collection[object]) -> list[Line]:  # fmt: skip
    """The items of `seen`, beside those of the version before it as the same reader sees that."""
    told = []
    for at, (row, item) in enumerate(zip(rows, seen.items, strict=True)):
        before = former.items[at].decision if former else item.decision
        notes = (note.text for note in seen.notes if note.item == item.number)
        why = tuple(text for text in notes if text not in (item.decision or ""))
        additions = tuple(one for one in seen.addenda if one.item == key_of(item))
        was = before or "" if before != item.decision else ""
        told.append(Line(row, item, was, why, additions, row.pk in may_correct))
    return told


def of_the_whole(seen: record.Meeting) -> list[record.Addendum]:
    """The additions that concern no single item."""
    keys = set(map(key_of, seen.items))
    return [one for one in seen.addenda if one.item not in keys]


def _local(moment: object) -> str | None:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M") if moment else None  # type: ignore[arg-type]


def _item(item: record.Item, row: ItemMinutes | None, entries: Iterable[Entry], ballots: Iterable[Ballot]
          ) -> record.Item:  # fmt: skip
    sentences = [prose(entry) for entry in entries if entry.text.strip()]
    recommendation = item.recommendation
    if row and recommendation:
        points = tuple(
            replace(point, outcome=(row.points[at] if at < len(row.points) else "") or row.outcome or None)
            for at, point in enumerate(recommendation.points)
        )
        recommendation = replace(recommendation, points=points)
    if row and row.outcome:
        sentences.append(outcome_sentence(row))
    return replace(
        item,
        recommendation=recommendation,
        decision="\n\n".join(sentences) or None,
        actor=Actor(row.actor).label.lower() if row and row.outcome else None,
        outcome=row.outcome if row and row.outcome else None,
        votes=tuple(map(_vote, ballots)),
    )


def prose(entry: Entry) -> str:
    """An entry as it is printed: prose as it stands, the typed ones with what they are."""
    text = entry.text.strip()
    if entry.kind == Entry.Kind.TEXT:
        return text
    label = str(Entry.Kind(entry.kind).label)
    if entry.kind == Entry.Kind.DISSENT and entry.person:
        label = _("Dissent of %(name)s") % {"name": entry.person.name}
    elif entry.kind == Entry.Kind.DECISION and entry.actor:
        label = f"{label} ({Actor(entry.actor).label.lower()})"
    return f"**{label}:** {text}"


def outcome_sentence(row: ItemMinutes) -> str:
    """What became of the item, as a sentence of its own at the end."""
    return _SENTENCES()[row.outcome]


def _SENTENCES() -> dict[str, str]:  # a table, in the language of the moment
    return {
        "approved": _("Approved."), "approved_with_changes": _("Approved with changes."),
        "recommended": _("Recommended to the council."), "noted": _("Noted."), "discussed": _("Discussed."),
        "deferred": _("Deferred."), "referred": _("Referred."), "withdrawn": _("Withdrawn."),
        "rejected": _("Rejected."), "elected": _("Elected."), "none": _("No decision was taken."),
    }  # fmt: skip


def _vote(ballot: Ballot) -> record.Vote:
    count = ballot.count
    if count is None:
        raise ValueError("a closed ballot has a count")
    names: dict[str, tuple[str, ...]] = {}
    if ballot.way == Ballot.Way.NAMES:
        for choice in Vote.Choice.values:
            names[choice] = tuple(vote.person.name for vote in ballot.votes.all() if vote.choice == choice)
    if ballot.way == Ballot.Way.GROUPS:
        for party, votes in ballot.groups():
            for choice in Vote.Choice.values:
                some = [vote.person.name for vote in votes if vote.choice == choice]
                is_whole = party and len(some) == len(votes)
                said = (party,) if is_whole else tuple(some)
                names[choice] = (*names.get(choice, ()), *said)
    return record.Vote(
        question=ballot.question,
        for_=record.VoteSide(count=count.for_, who=names.get("for", ())),
        against=record.VoteSide(count=count.against, who=names.get("against", ())),
        abstained=record.VoteSide(count=count.abstained, who=names.get("abstained", ())),
        not_voting=record.VoteSide(count=count.not_voting, who=names.get("", ())),
        entitled=count.entitled,
    )


def _attendance(meeting: Meeting, items: Sequence[AgendaItem]) -> tuple[record.Attendance, ...]:
    numbers = {str(item.pk): item.number for item in items}
    day = timezone.localtime(meeting.start).date()
    told = []
    attendance = rules.attendance_of(meeting)
    away: record.AttendanceStatus = "absent" if attendance.room.is_open else "listed"
    for seat in attendance.seats:
        invitation, presence = seat.invitation, seat.presence
        is_absent_member = invitation.is_seated and not seat.is_seated
        if not invitation.is_seated or (is_absent_member and presence.is_present):
            continue
        at = {numbers[item]: how for item, how in presence.items.items() if item in numbers}
        is_partial = presence.is_present and any(how in ("none", "barred") for how in at.values())
        told.append(
            record.Attendance(
                person=invitation.person.name,
                status="present" if presence.is_present else away,
                reason=_("apology") if invitation.answer == "apology" and not presence.is_present else None,
                substitute=invitation.substitute_for.name if invitation.substitute_for else None,
                items=tuple(n for n, how in at.items() if how in ("whole", "part")) if is_partial else None,
                disqualified=True if "barred" in at.values() else None,
                arrived=_moment(day.isoformat(), presence.arrived),
                left=_moment(day.isoformat(), presence.left),
            )
        )  # fmt: skip
    return tuple(told)


def _moment(day: str, clock: str) -> str | None:
    return f"{day}T{clock.replace('.', ':')}" if clock else None


def _notes(item: AgendaItem, entries: Iterable[Entry]) -> Iterable[record.Note]:
    for entry in entries:
        if entry.kind != Entry.Kind.TEXT and entry.text.strip():
            actor = str(Actor(entry.actor).label).lower() if entry.actor else None
            yield record.Note(
                kind=entry.kind, text=entry.text.strip(), item=item.number,  # type: ignore[arg-type]
                actor=entry.person.name if entry.person else actor,
                start=_local(entry.called.start) if entry.called else None,
                end=_local(entry.called.end) if entry.called else None,
            )  # fmt: skip


def clocks(meeting: Meeting) -> dict[int, str]:
    """The local times at which the items are planned to begin, by their orders. Two queries."""
    items = items_of(meeting)
    agendas.clocked(meeting, items)
    return {order: item.at.strftime("%Y-%m-%dT%H:%M") for order, item in enumerate(items, 1)}


def adjourned_sentence(meeting: Meeting) -> str:
    """ "Protokollen blev læst og mødet hævet kl. 19.05."; of an imported meeting as much as its paper tells."""
    if meeting.imported_at:
        minutes = Minutes.objects.filter(meeting=meeting).last()
        told = minutes.decoded().meeting if minutes else record.Time()
        time = dates.clock(told.adjourned)
        if not told.read_out:
            return _("The meeting was adjourned at %(time)s.") % {"time": time} if time else ""
        if not time:
            return _("The minutes were read out.")
        return _("The minutes were read out and the meeting adjourned at %(time)s.") % {"time": time}
    return _("The minutes were read out and the meeting adjourned at %(time)s.") % {
        "time": dates.clock(timezone.localtime(meeting.adjourned_at))
    }
