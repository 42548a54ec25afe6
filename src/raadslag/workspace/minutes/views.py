"""The meeting room (A8): agenda, minutes and attendance; reading-out and signing (A9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from msgspec.structs import replace

from raadslag.core import record, write
from raadslag.core.writers import write_kit, write_sheet
from raadslag.web.middleware import policy_of
from raadslag.workspace.common import journal
from raadslag.workspace.common.errors import Blocked, Conflict, NotPermitted, Refused
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.common.typed import number_of, uuid_or_none
from raadslag.workspace.files.actions import ClosedRead, note_reading
from raadslag.workspace.meetings import composing as agendas
from raadslag.workspace.meetings.forms import MeetingForm
from raadslag.workspace.meetings.models import AgendaItem, GroupNote, Meeting
from raadslag.workspace.meetings.subjects import of_meeting, readable, shut_files
from raadslag.workspace.minutes import actions, beside, composing, live, rules, rulings
from raadslag.workspace.minutes import signing as after
from raadslag.workspace.minutes.models import Actor, Ballot, Entry, Happening, ItemMinutes, Minutes, Outcome, Signature
from raadslag.workspace.people.models import Person

_PAPERS = {
    "pdf": "application/pdf", "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
_TYPED_CLOCK = re.compile(r"([01]?\d|2[0-3])[.:]?([0-5]\d)")
_LONGEST_BEFORE = timedelta(hours=12)  # a clock that lies longer before the meeting is of the day after
_READ_AGAIN = timedelta(hours=1)
TYPED = [kind for kind in Entry.Kind if kind != Entry.Kind.TEXT]


@require_safe
def room(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Where the meeting is: to be opened, at an item, or over."""
    return _room(request)


def _room(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    one: Meeting = request.subject.row
    if one.adjourned_at:
        return redirect("minutes:signing", one.pk)
    attendance = rules.attendance_of(one)
    if one.opened_at and status == 200:
        return redirect("minutes:item", one.pk, attendance.room.item)
    shown = {"meeting": one, "attendance": attendance, **more}
    return render(request, "minutes/open.html", shown, status=status)


def act(request: HttpRequest, do: Callable[[], object], *, to: str = "minutes:room", item: UUID | None = None
         ) -> HttpResponse:  # fmt: skip
    """Do it and go on, or stay and say why not; the room sends by itself and asks for JSON."""
    one = request.subject.row
    meeting = one.meeting if isinstance(one, AgendaItem) else one
    refused: list[str] = []
    try:
        do()
    except Refused as refusal:
        refused = refusal.obstacles or [_("That cannot be done here.")]
    item = item or (one.pk if isinstance(one, AgendaItem) else None)
    if item and to == "minutes:room":
        following = reverse("minutes:item", args=[meeting.pk, item])
    else:
        following = reverse(to, args=[meeting.pk])
    if _wants_data(request):
        answer = {"at": f"{timezone.localtime():%H.%M.%S}", "to": following}
        return JsonResponse(answer | ({"refused": refused} if refused else {}), status=422 if refused else 200)
    if refused:
        messages.error(request, " ".join(refused))
    return redirect(following)


def _wants_data(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


@require_POST
def open_meeting(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Open the meeting with those who are ticked."""
    present = list(filter(None, map(uuid_or_none, request.POST.getlist("present"))))
    one, typed, now = request.subject.row, request.POST.get("clock", ""), timezone.now()
    return act(
        request, lambda: actions.open_meeting(one, present, clock=_clock(one, typed), by=request.user, at=now)
    )  # fmt: skip


@require_POST
def happen(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Somebody came, went or is barred. The clock may be told; else it is now."""
    one: Meeting = request.subject.row
    person = get_object_or_404(Person, pk=uuid_or_none(request.POST.get("person")))
    item = AgendaItem.objects.filter(meeting=one, pk=uuid_or_none(request.POST.get("item"))).first()
    kind, now = request.POST.get("kind", ""), timezone.now()
    if kind not in ("arrived", "left", "barred", "unbarred", "not_barred"):
        raise Http404
    if kind not in ("arrived", "left"):
        _may_lead(request, one, item)
    typed, who = request.POST.get("clock", ""), {"by": request.user, "at": now}

    def do() -> None:
        clock = _clock(one, typed)
        if item and kind in ("barred", "not_barred"):
            reason = request.POST.get("reason", "")
            rulings.decide_disqualification(item, person, kind == "barred", reason=reason, clock=clock, **who)
        else:
            actions.happen(one, kind, person=person, item=item, clock=clock, **who)

    return act(request, do, item=item.pk if item else None)


def _may_lead(request: HttpRequest, meeting: Meeting, item: AgendaItem | None) -> None:
    """Raises Http404 unless this person may lead that item: nobody lifts the bar that keeps himself out (I10)."""
    found = AgendaItem.objects.filter(pk=item.pk if item else None, meeting=meeting).select_related("case")
    if not readable(request.user, of_meeting(request.user, meeting), found, request.level, "minutes:item"):
        raise Http404


@require_POST
def undo(request: HttpRequest, meeting: UUID, number: int) -> HttpResponse:
    """Take a slip of the hand back."""
    rows = request.subject.row.happenings.select_related("meeting", "item__case")
    one = get_object_or_404(rows, number=number)
    if one.kind not in ("arrived", "left"):
        _may_lead(request, one.meeting, one.item)
    return act(request, lambda: actions.take_back(one, by=request.user, at=timezone.now()))


@require_safe
def item(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """The room with one item: what it says, what is written, what became of it, who is there."""
    one: AgendaItem = request.subject.row
    head, _hash = journal.head()  # before anything is read: what comes later, the page is told of
    if one.meeting.state not in ("in_progress", "reading"):
        return redirect("minutes:room", meeting)
    _note_reading(request, one)
    items = composing.items_of(one.meeting)
    rows = {row.item_id: row for row in ItemMinutes.objects.filter(item__in=items)}
    row = rows.get(one.pk)
    attendance = rules.attendance_of(one.meeting)
    hand = attendance.room.item
    composed = agendas.compose(one.meeting, items, stage="sent").items
    own = next((shown for shown, other in zip(composed, items, strict=True) if other.pk == one.pk), None)
    points = own.recommendation.points if own and own.recommendation else ()
    answers = row.points if row else []
    shown = {
        "meeting": one.meeting, "item": one, "row": row, "shown": own, "attendance": attendance,
        "lines": _lines(request, one, items, rows), "hand": hand, "drift": _drift(one.meeting, items, hand),
        "points": [(number, point.text, answers[number] if number < len(answers) else "") for number, point in
                   enumerate(points)],
        "entries": _entries(one), "typed": TYPED, "actors": Actor.choices, "new": uuid4(), "new_typed": uuid4(),
        "blank": UUID(int=0),
        "outcomes": Outcome.choices,
        "ballots": one.ballots.prefetch_related("votes__person"), "ways": Ballot.Way.choices,
        "missing": rules.missing(one.meeting, items), "is_at_hand": hand == str(one.pk), "first": items[0],
        "happenings": [h for h in one.meeting.happenings.select_related("person").order_by("-number")[:5]
                       if h.person and not h.is_undone],
        "before": _before(items, one), "after": _after(items, one), "head": head, "notes": _notes(one.meeting),
        "pieces": beside.of_room(one),
    }  # fmt: skip
    return render(request, "minutes/item.html", shown)


def _note_reading(request: HttpRequest, one: AgendaItem) -> None:
    """That this person has a closed item before him; noted once an hour, for the room asks again at every change."""
    now = timezone.now()
    noted = JournalEntry.objects.filter(
        about=journal.name_of(one), by=str(request.user.pk), kind=ClosedRead.kind(), at__gt=now - _READ_AGAIN
    )
    if one.is_closed and not noted.exists():
        note_reading(one, by=request.user, at=now)


def _drift(meeting: Meeting, items: list[AgendaItem], hand: str) -> int:
    """How many minutes after its planned clock the item at hand was begun; below 0 where it was begun before."""
    agendas.clocked(meeting, items)
    begun = meeting.happenings.filter(kind=Happening.Kind.ITEM, is_undone=False).last()
    item = next((row for row in items if str(row.pk) == hand), None)
    if item is None or begun is None or begun.item_id != item.pk:
        return 0
    return int((begun.at - item.at).total_seconds() // 60)


def _entries(item: AgendaItem) -> list[Entry]:
    """The paragraphs of an item, each with what was written beside it and has not been taken over yet."""
    some = list(
        item.entries.filter(removed_at=None).select_related("person").prefetch_related("texts__saved_by__person")
    )
    for one in some:
        one.beside = [
            text for text in one.texts.all() if text.is_beside and text.number == one.version and text.text != one.text
        ]
    return some


def _notes(meeting: Meeting) -> list[GroupNote]:
    """What the groups tell here; `stands` is the item in whose minutes a note's words stand."""
    some = list(GroupNote.objects.at(meeting, timezone.now()).told())
    entries = Entry.objects.filter(note__in=some, item__meeting=meeting, removed_at=None) if some else ()
    stand = {entry.note_id: entry.item_id for entry in entries}
    for one in some:
        one.stands = stand.get(one.pk)
    return some


def _lines(request: HttpRequest, at: AgendaItem, items: list[AgendaItem], rows: dict[Any, ItemMinutes]
           ) -> list[dict[str, Any]]:  # fmt: skip
    """The agenda, with the titles and the programme that the reader may see."""
    allowed = readable(request.user, of_meeting(request.user, at.meeting), items, request.level, "minutes:item")
    told = []
    for one in items:
        may, row = one.pk in allowed, rows.get(one.pk)
        told.append(
            {
                "item": one, "may": may, "title": one.title if may else one.public_title,
                "is_done": bool(row and row.outcome), "is_read": bool(row and row.read_at),
                "programme": one.programme if may else [],
            }
        )  # fmt: skip
    return told


def _after(items: list[AgendaItem], one: AgendaItem) -> AgendaItem | None:
    at = next((number for number, other in enumerate(items) if other.pk == one.pk), -1)
    return items[at + 1] if 0 <= at < len(items) - 1 else None


def _before(items: list[AgendaItem], one: AgendaItem) -> AgendaItem | None:
    return _after(items[::-1], one)


@require_POST
def begin(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """The item is at hand, from the clock that is told; else from now."""
    one: AgendaItem = request.subject.row
    typed = request.POST.get("clock", "")
    return act(
        request,
        lambda: actions.happen(
            one.meeting, "item", item=one, clock=_clock(one.meeting, typed), by=request.user, at=timezone.now()
        ),
    )  # fmt: skip


@require_POST
def save(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """A paragraph; the room saves by itself and asks for JSON, a form without scripts goes back to the page."""
    told, now = request.POST, timezone.now()
    wants_data = _wants_data(request)
    version, pk = told.get("version", ""), uuid_or_none(told.get("id"))
    kind = told.get("kind", "text")
    if pk is None or kind not in Entry.Kind.values or told.get("actor", "") not in ("", *Actor.values):
        raise Http404
    person = Person.objects.filter(pk=uuid_or_none(told.get("person"))).first() if told.get("person") else None
    try:
        saved = actions.save_entry(
            request.subject.row, pk, kind=kind, text=told.get("text", "").replace("\r\n", "\n"),
            version=number_of(version), actor=told.get("actor", ""), person=person,
            by=request.user, at=now,
        )  # fmt: skip
    except Refused as refusal:
        if wants_data:
            return JsonResponse({"refused": refusal.obstacles}, status=422)
        messages.error(request, " ".join(refusal.obstacles))
        return redirect("minutes:item", meeting, item)
    if wants_data:
        at = timezone.localtime(now)
        answer = {"version": saved.entry.version, "at": f"{at:%H.%M.%S}", "is_beside": saved.is_beside}
        return JsonResponse(answer | ({"text": saved.entry.text} if saved.is_beside else {}))
    if saved.is_beside:
        messages.error(request, _("Somebody else has saved this paragraph. Both texts are kept and shown."))
    return redirect("minutes:item", meeting, item)


@require_POST
def remove(request: HttpRequest, meeting: UUID, item: UUID, entry: UUID) -> HttpResponse:
    """Take a paragraph out, or put it back."""
    one = get_object_or_404(Entry.objects.select_related("item__meeting"), pk=entry, item=item)
    back = bool(request.POST.get("back"))
    return act(request, lambda: actions.remove_entry(one, not back, by=request.user, at=timezone.now()))


@require_POST
def insert_note(request: HttpRequest, meeting: UUID, item: UUID, note: UUID) -> HttpResponse:
    """A group's note goes into the minutes of this item."""
    one = get_object_or_404(GroupNote, pk=note)
    return act(
        request, lambda: actions.insert_note(request.subject.row, one, by=request.user, at=timezone.now())
    )  # fmt: skip


@require_POST
def next_meeting(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """The next meeting is decided: it stands in the minutes, in the plan, and everyone is called."""
    one, told = request.subject.row, request.POST
    form = MeetingForm(told)

    def do() -> None:
        if not form.is_valid():
            raise Blocked([f"{form.fields[name].label}: {' '.join(faults)}" for name, faults in form.errors.items()])
        given = {name: form.given()[name] for name in ("start", "end", "place")}
        actions.call_next(
            one, **given, because=told.get("because", "")[:300], decided_by=actor_of(request, "actor"), by=request.user,
            at=timezone.now(),
        )  # fmt: skip

    return act(request, do)


@require_POST
def dissent(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """A member's own dissent, on his own device: entered, changed, or taken out."""
    one, told = request.subject.row, request.POST
    pk = uuid_or_none(told.get("id"))
    if pk is None:
        raise Http404
    text = "" if told.get("take_out") else told.get("text", "").replace("\r\n", "\n")
    try:
        saved = actions.dissent(
            one, pk, text, version=number_of(told.get("version", "")), by=request.user, at=timezone.now()
        )
        if saved.is_beside:
            messages.error(request, _("You have written in two places. Both texts are kept; this is the newest."))
    except NotPermitted:
        raise
    except Refused as refusal:
        messages.error(request, " ".join(refusal.obstacles))
    return redirect("reading:item", meeting, item)


@require_POST
def outcome(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """What became of the item, and of the points that fared otherwise."""
    told, one = request.POST, request.subject.row
    points = [told.get(f"point-{number}", "") for number in range(sum(name.startswith("point-") for name in told))]
    return act(
        request,
        lambda: actions.set_outcome(
            one,
            told.get("outcome", ""),
            actor=actor_of(request, "actor"),
            points=points,
            by=request.user,
            at=timezone.now(),
        ),
    )


@require_POST
def tick(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """It was read out; on to the next."""
    one: AgendaItem = request.subject.row
    is_read = request.POST.get("is_read") != "no"
    following = _after(composing.items_of(one.meeting), one) if is_read else None
    return act(
        request, lambda: actions.tick(one, is_read, by=request.user, at=timezone.now()),
        item=following.pk if following else None,
    )  # fmt: skip


@require_POST
def ballot(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """Draft a ballot and open it at once, unless it waits for an amendment; with the numbers of a show of hands it is
    closed as well, or nothing is done."""
    told, one, now = request.POST, request.subject.row, timezone.now()
    way = told.get("way") if told.get("way") in Ballot.Way.values else Ballot.Way.HANDS
    is_counted = way in (Ballot.Way.HANDS, Ballot.Way.PAPER) and bool(told.get("for") or told.get("against"))
    hands = _hands(request) if is_counted else None
    replaced = one.ballots.filter(pk=uuid_or_none(told.get("replaces"))).first()

    def do() -> None:
        drafted = actions.draft_ballot(
            one, told.get("question", ""), way=str(way), is_amendment=bool(told.get("is_amendment")),
            replaces=replaced, by=request.user, at=now,
        )  # fmt: skip
        opened = actions.open_ballot(drafted, by=request.user, at=now)
        if hands is not None:
            actions.close_ballot(opened, hands=hands, by=request.user, at=now)

    return act(request, do if hands is None else journal.action(do))


def _hands(request: HttpRequest) -> list[int]:
    """For, against and neither, as they were counted; fewer where something else than a number was typed."""
    told = [request.POST.get(name, "") for name in ("for", "against", "abstained")]
    return [int(number) for number in told if number.isdecimal() and len(number) < 6]


@require_POST
def ballot_set(request: HttpRequest, meeting: UUID, item: UUID, ballot: UUID) -> HttpResponse:
    """Open a ballot that waited, or close one and count it."""
    one = get_object_or_404(Ballot.objects.select_related("item__meeting"), pk=ballot, item=item)
    now = timezone.now()
    if request.POST.get("do") == "open":  # never what the page did not say: somebody else may have pressed before
        return act(request, lambda: actions.open_ballot(one, by=request.user, at=now))
    told = _groups(request, one) if one.way == Ballot.Way.GROUPS else None
    return act(request, lambda: actions.close_ballot(one, hands=_hands(request), told=told, by=request.user, at=now))


def _groups(request: HttpRequest, ballot: Ballot) -> dict[UUID, str]:
    """What each person votes: as his group, or as he says himself."""
    told = {}
    for number, (_party, votes) in enumerate(ballot.groups()):
        whole = request.POST.get(f"group-{number}", "")
        told |= {vote.person_id: request.POST.get(f"person-{vote.person_id}") or whole for vote in votes}
    return told


@require_POST
def vote(request: HttpRequest, meeting: UUID, item: UUID, ballot: UUID) -> HttpResponse:
    """One's own vote, on one's own device."""
    one = get_object_or_404(Ballot.objects.select_related("item__meeting"), pk=ballot, item=item)
    person, choice = request.user.person, request.POST.get("choice", "")
    return act(
        request, lambda: actions.vote(one, person, choice, by=request.user, at=timezone.now()), to="reading:meeting"
    )


@require_POST
def start_reading(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Read out, from the first item on."""
    one: Meeting = request.subject.row
    first = next(iter(composing.items_of(one)), None)
    return act(
        request,
        lambda: actions.start_reading(one, by=request.user, at=timezone.now()),
        item=first.pk if first else None,
    )


@require_POST
def adjourn(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """End the meeting, now or at the clock that is told."""
    one, typed, now = request.subject.row, request.POST.get("clock", ""), timezone.now()
    return act(request, lambda: actions.adjourn(one, clock=_clock(one, typed), by=request.user, at=now))


# --- who looks on ---


@require_safe
def follow(request: HttpRequest, meeting: UUID) -> StreamingHttpResponse:
    """What changes, as it changes."""
    seen = number_of(request.headers.get("Last-Event-ID")) or number_of(request.GET.get("efter"))
    after = seen or live.newest(request.subject.row)
    told = live.follow(
        meeting, request.user.pk, request.session.session_key or "", request.level, after,
        only_ballots=request.GET.get("kun") == "afstemninger",
    )  # fmt: skip
    response = StreamingHttpResponse(told, content_type="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"  # a proxy passes on each line as it comes
    return response


@require_safe
def wall(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The screen on the wall (A16): what the room needs now. Of a closed item nothing, whoever has logged in.

    What is voted on, and what is read out, is all that stands there meanwhile.
    """
    shown = _at_hand(request, lambda item: not item.is_closed)
    item = shown["item"]
    is_taken = shown["ballot"] or shown["meeting"].reading_at or (item and item.is_closed)
    piece = None if is_taken else beside.of_wall(shown["meeting"])
    return render(request, "minutes/wall.html", {**shown, "piece": piece})


@require_safe
def card(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The chair's card (A8b): the clock, how far from the plan, and the item as it will read."""
    whole: Meeting = request.subject.row
    may = readable(request.user, request.subject, composing.items_of(whole), request.level)
    shown = _at_hand(request, lambda item: item.pk in may)
    if shown["item"] and shown["item"].is_closed and shown["shown"]:
        note_reading(shown["item"], by=request.user, at=timezone.now())
    return render(request, "minutes/card.html", shown)


def _at_hand(request: HttpRequest, may: Callable[[AgendaItem], bool]) -> dict[str, Any]:
    """The item at hand with what is written of it, if it may be shown here; and how the meeting keeps to its plan."""
    one: Meeting = request.subject.row
    head, _hash = journal.head()
    items = composing.items_of(one)
    agendas.clocked(one, items)
    attendance = rules.attendance_of(one)
    item = next((row for row in items if str(row.pk) == attendance.room.item), None)
    composed = dict(zip([row.pk for row in items], composing.compose(one, stage="draft").items, strict=True))
    following = _after(items, item) if item else None
    return {
        "head": head, "meeting": one, "item": item, "attendance": attendance,
        "drift": _drift(one, items, attendance.room.item),
        "shown": composed[item.pk] if item and may(item) else None,
        "face": item.face if item else "", "after": following if following and may(following) else None,
        "ballot": Ballot.objects.filter(item=item, state=Ballot.State.OPEN).first() if item and may(item) else None,
    }  # fmt: skip


# --- afterwards ---


def version(meeting: UUID, told: str = "") -> Minutes:
    """The version of the minutes that was asked for, the newest where none was. Raises Http404."""
    some = Minutes.objects.filter(meeting=meeting).select_related("meeting__organization__body")
    found = some.filter(number=number_of(told)).first() if told else some.first()
    if found is None:
        raise Http404
    return found


@require_safe
def signing(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The minutes as they were read, who has signed and who has not; my own signature. Earlier versions by number."""
    return _signing(request, version(meeting, request.GET.get("udgave", "")))


def _signing(request: HttpRequest, minutes: Minutes, *, status: int = 200, said: dict[str, Any] | None = None,
             **more: Any) -> HttpResponse:  # fmt: skip
    one: Meeting = request.subject.row
    versions = list(one.minutes_of.defer("record").prefetch_related("signatures__person"))
    items = composing.items_of(one)
    whole = agendas.as_closed_now(composing.shown(minutes), items, ())
    allowed = _allowed(request, one, items, whole)
    shut = _shut(request, one, items, whole)
    seen = composing.seen_by(whole, allowed, shut)
    former = one.minutes_of.filter(number=minutes.number - 1).first()
    before = composing.seen_by(agendas.as_closed_now(former.decoded(), items, ()), allowed, shut) if former else None
    is_newest, may_correct = minutes.number == versions[0].number, set()
    if is_newest and not after.obstacles_to_correcting(minutes):
        written = Entry.objects.filter(item__in=items, removed_at=None).values_list("item", flat=True)
        subject = of_meeting(request.user, one)
        may_correct = readable(request.user, subject, items, request.level, "minutes:correct") & set(written)
    signed = list(minutes.signatures.select_related("person"))
    signers = after.who_signs(one)
    have = {row.person_id for row in signed}
    shown = {
        "meeting": one, "minutes": minutes, "is_newest": is_newest, "versions": versions, "shown": seen,
        "lines": composing.lines(composing.as_told(seen) if one.imported_at else seen, items, before, may_correct),
        "additions": composing.of_the_whole(seen),
        "has_signed": signed, "missing": [person for person in signers if person.pk not in have],
        "count": len(have | {person.pk for person in signers}), "mine": request.user.person_id in have,
        "may_sign": is_newest and any(person.pk == request.user.person_id for person in signers),
        "sees_all": len(allowed) == len(whole.items), "unsharable": after.obstacles_to_sharing(minutes),
        "adjourned": composing.adjourned_sentence(one), "reminded": minutes.reminders.last(),
        **to_say(items, said or after.said_before(minutes, request.user.person_id)), **more,
    }  # fmt: skip
    return render(request, "minutes/signing.html", shown, status=status)


def _allowed(request: HttpRequest, meeting: Meeting, items: list[AgendaItem], whole: record.Meeting) -> set[int]:
    """The orders of the items that this person may read; reading something closed is noted."""
    may = readable(request.user, of_meeting(request.user, meeting), items, request.level)
    allowed = set()
    for one, shown in zip(items, whole.items, strict=True):
        if one.pk in may:
            allowed.add(shown.order)
            if one.is_closed:
                note_reading(one, by=request.user, at=timezone.now())
    return allowed


def _seen(request: HttpRequest, meeting: Meeting, whole: record.Meeting) -> record.Meeting:
    """A record as this person may read it."""
    items = composing.items_of(meeting)
    whole = agendas.as_closed_now(whole, items, ())
    return composing.seen_by(whole, _allowed(request, meeting, items, whole), _shut(request, meeting, items, whole))


def _shut(request: HttpRequest, meeting: Meeting, items: list[AgendaItem], whole: record.Meeting) -> set[int]:
    """The orders of the open items whose closed papers this person may not hear of."""
    shut = shut_files(request.user, of_meeting(request.user, meeting), items, request.level)
    return {shown.order for one, shown in zip(items, whole.items, strict=True) if one.pk in shut}


def said_at(request: HttpRequest) -> dict[str, Any]:
    """What a signer wrote: his reservation to the whole, and those at items, by their ids."""
    told = {
        uuid_or_none(name.removeprefix("reservation-")): text.replace("\r\n", "\n")
        for name, text in request.POST.items() if name.startswith("reservation-")
    }  # fmt: skip
    whole = request.POST.get("reservation", "").replace("\r\n", "\n")
    return {"reservation": whole, "reservations": {item: text for item, text in told.items() if item}}


def to_say(items: list[AgendaItem], said: dict[str, Any]) -> dict[str, Any]:
    """What the fields for reservations need: the items, each with what has been written already."""
    texts = said.get("reservations", {})
    written = [said.get("reservation", ""), *texts.values()]
    return {"said": said, "has_said": any(written), "to_say": [(item, texts.get(item.pk, "")) for item in items]}


@require_POST
def sign(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Sign what I saw. Where that cannot be, what I wrote stays on the page."""
    minutes, person, told = version(meeting), request.user.person, said_at(request)
    try:
        after.sign(minutes, person, sha256=request.POST.get("sha256", ""), **told, by=request.user, at=timezone.now())
    except NotPermitted:
        raise
    except Refused as refusal:
        return _signing(request, minutes, status=422, refused=refusal.obstacles, said=told)
    return redirect("minutes:signing", meeting)


@require_POST
def sign_paper(request: HttpRequest, meeting: UUID, person: UUID) -> HttpResponse:
    """Somebody has signed on paper."""
    minutes = version(meeting)
    one = get_object_or_404(Person, pk=person)
    return act(
        request,
        lambda: after.sign(
            minutes,
            one,
            sha256=request.POST.get("sha256", ""),
            how=Signature.How.PAPER,
            by=request.user,
            at=timezone.now(),
        ),
        to="minutes:signing",
    )


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """Correct texts of an item after the meeting: a new version, which everyone signs."""
    one: AgendaItem = request.subject.row
    if one.meeting.state != "adjourned":
        return redirect("minutes:room", meeting)
    if one.is_closed:
        note_reading(one, by=request.user, at=timezone.now())
    minutes = version(meeting, request.POST.get("version", ""))
    entries = list(one.entries.filter(removed_at=None).select_related("person"))
    refused: list[str] = []
    for entry in entries:
        entry.typed = request.POST.get(str(entry.pk), entry.text).replace("\r\n", "\n")
    if request.method == "POST":
        texts = {entry.pk: entry.typed for entry in entries if not entry.is_own}
        told = {"because": request.POST.get("because", ""), "by": request.user, "at": timezone.now()}
        try:
            after.correct(minutes, texts, **told)
        except NotPermitted:
            raise
        except Refused as refusal:
            refused = refusal.obstacles
            _take_over(entries if isinstance(refusal, Conflict) else [])
        else:
            messages.success(request, _("Corrected. Everyone has been asked to sign the new version."))
            return redirect("minutes:signing", meeting)
    newest = version(meeting)
    shown = {
        "meeting": one.meeting, "item": one, "entries": entries, "minutes": newest, "refused": refused,
        "because": request.POST.get("because", ""), "obstacles": after.obstacles_to_correcting(newest),
    }  # fmt: skip
    return render(request, "minutes/correct.html", shown, status=422 if refused else 200)


def _take_over(entries: list[Entry]) -> None:
    """Where somebody corrected a paragraph that was not touched here, his text is the one that goes on."""
    for entry in entries:
        if any(entry.typed.strip() == former.text.strip() for former in entry.texts.filter(is_beside=False)):
            entry.typed = entry.text


@require_POST
def add(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Add something to the minutes, at an item or to the whole."""
    text, named = request.POST.get("text", ""), request.POST.get("item", "")
    one, item = request.subject.row, uuid_or_none(named)
    if named and item is None:
        raise NotPermitted
    return act(
        request, lambda: after.add(one, text, item=item, by=request.user, at=timezone.now()), to="minutes:signing"
    )


@require_safe
def paper(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The minutes as they were read out, as a PDF, a Word document or a web page; earlier versions by number."""
    minutes = version(meeting, request.GET.get("udgave", ""))
    return _paper(request, minutes.meeting, composing.shown(minutes), _("minutes"))


@require_safe
def draft(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The minutes as they stand while the meeting is held, marked as a draft."""
    one: Meeting = request.subject.row
    return _paper(request, one, composing.compose(one, stage="draft"), _("minutes-draft"))


def _paper(request: HttpRequest, meeting: Meeting, whole: record.Meeting, name: str) -> HttpResponse:
    """A paper, as I may read it: it says what the screen says. Of one item alone where that is asked for."""

    def made(to: str) -> bytes:
        seen = _seen(request, meeting, whole)
        if number := request.GET.get("punkt"):  # an extract: one item, with who was there
            items = tuple(item for item in seen.items if item.number == number)
            if not items:
                raise Http404
            seen = replace(seen, items=items, notes=tuple(note for note in seen.notes if note.item == number))
        return write(seen, to)

    return _given(request, made, name)


@require_safe
def sheet(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The sheet of attendance and signatures, as far as it is known. Nothing of any item is on it."""
    one: Meeting = request.subject.row
    read = Minutes.objects.select_related("meeting__organization__body").filter(meeting=one).first()
    whole = composing.shown(read) if read else composing.compose(one, stage="draft")
    return _given(request, lambda to: write_sheet(whole, to), _("attendance-sheet"))


@require_safe
def kit(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """All that it takes to hold the meeting without network; of each item what I may read."""
    one: Meeting = request.subject.row

    def made(to: str) -> bytes:
        seen = _seen(request, one, composing.compose(one, stage="draft"))
        return write_kit(seen, to, clocks=composing.clocks(one))

    return _given(request, made, _("paper-kit"))


def _given(request: HttpRequest, made: Callable[[str], bytes], name: str) -> HttpResponse:
    """What `made` makes of it, as a PDF, a Word document or a web page."""
    to = request.GET.get("som", "pdf")
    if to not in _PAPERS:
        raise Http404
    document = made(to)
    response = HttpResponse(document, content_type=_PAPERS[to])
    response.headers["Content-Disposition"] = f'inline; filename="{name}.{to}"'
    if to == "html":
        response.headers["Content-Security-Policy"] = policy_of(document)
    return response


# --- what is typed ---


def actor_of(request: HttpRequest, field: str) -> str:
    """Who decided, as it was chosen; the committee where nothing was."""
    told = request.POST.get(field, "")
    return told if told in Actor.values else str(Actor.COMMITTEE)


def _clock(meeting: Meeting, told: str) -> datetime | None:
    """ "17.20" on the meeting's day, or after midnight on the next; None where nothing was typed.

    Raises Blocked for what is no clock.
    """
    if not told.strip():
        return None
    typed = _TYPED_CLOCK.fullmatch(told.strip())
    if not typed:
        raise Blocked([_("Write the time as 17.20.")])
    start = timezone.localtime(meeting.start)
    zone = timezone.get_default_timezone()
    moment = datetime.combine(start.date(), time(int(typed[1]), int(typed[2])), zone)
    if start - moment > _LONGEST_BEFORE:
        moment = datetime.combine(start.date() + timedelta(days=1), moment.time(), zone)
    return moment
