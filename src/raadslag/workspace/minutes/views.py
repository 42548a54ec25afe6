"""The meeting room (A8): agenda, minutes and attendance; reading-out and signing (A9)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from msgspec.structs import replace

from raadslag.core import record, write
from raadslag.core.writers import write_kit, write_sheet
from raadslag.web.middleware import policy_of
from raadslag.workspace.common.errors import Blocked, NotPermitted, Refused
from raadslag.workspace.common.typed import number_of, uuid_or_none
from raadslag.workspace.files.actions import note_reading
from raadslag.workspace.meetings import composing as agendas
from raadslag.workspace.meetings.forms import MeetingForm
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.meetings.subjects import of_meeting, readable
from raadslag.workspace.minutes import actions, composing, live, rules
from raadslag.workspace.minutes.models import Actor, Ballot, Entry, ItemMinutes, Minutes, Outcome, Signature
from raadslag.workspace.people.models import Person

_PAPERS = {
    "pdf": "application/pdf", "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
_TYPED_CLOCK = re.compile(r"([01]?\d|2[0-3])[.:]?([0-5]\d)")
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


def _act(request: HttpRequest, act: Callable[[], object], *, to: str = "minutes:room", item: UUID | None = None
         ) -> HttpResponse:  # fmt: skip
    """Do it and go on, or stay and say why not."""
    one = request.subject.row
    meeting = one.meeting if isinstance(one, AgendaItem) else one
    try:
        act()
    except Refused as refusal:
        messages.error(request, " ".join(refusal.obstacles))
    item = item or (one.pk if isinstance(one, AgendaItem) else None)
    if item and to == "minutes:room":
        return redirect("minutes:item", meeting.pk, item)
    return redirect(to, meeting.pk)


@require_POST
def open_meeting(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Open the meeting with those who are ticked."""
    present = list(filter(None, map(uuid_or_none, request.POST.getlist("present"))))
    one = request.subject.row
    return _act(request, lambda: actions.open_meeting(one, present, by=request.user, at=timezone.now()))


@require_POST
def happen(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Somebody came, went or is barred. The clock may be told; else it is now."""
    one: Meeting = request.subject.row
    person = get_object_or_404(Person, pk=uuid_or_none(request.POST.get("person")))
    item = AgendaItem.objects.filter(meeting=one, pk=uuid_or_none(request.POST.get("item"))).first()
    kind, now = request.POST.get("kind", ""), timezone.now()
    if kind not in ("arrived", "left", "barred", "unbarred"):
        raise Http404
    clock = _clock(one, request.POST.get("clock", ""))
    return _act(
        request,
        lambda: actions.happen(one, kind, person=person, item=item, clock=clock, by=request.user, at=now),
        item=item.pk if item else None,
    )


@require_POST
def undo(request: HttpRequest, meeting: UUID, number: int) -> HttpResponse:
    """Take a slip of the hand back."""
    one = get_object_or_404(request.subject.row.happenings.select_related("meeting"), number=number)
    return _act(request, lambda: actions.take_back(one, by=request.user, at=timezone.now()))


@require_safe
def item(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """The room with one item: what it says, what is written, what became of it, who is there."""
    one: AgendaItem = request.subject.row
    if one.meeting.state not in ("in_progress", "reading"):
        return redirect("minutes:room", meeting)
    if one.is_closed:
        note_reading(one, by=request.user, at=timezone.now())
    items = composing.items_of(one.meeting)
    rows = {row.item_id: row for row in ItemMinutes.objects.filter(item__in=items)}
    row = rows.get(one.pk)
    attendance = rules.attendance_of(one.meeting)
    composed = agendas.compose(one.meeting, items, stage="sent").items
    own = next((shown for shown, other in zip(composed, items, strict=True) if other.pk == one.pk), None)
    points = own.recommendation.points if own and own.recommendation else ()
    answers = row.points if row else []
    shown = {
        "meeting": one.meeting, "item": one, "row": row, "shown": own, "attendance": attendance,
        "lines": _lines(request, one, items, rows, attendance.room.item),
        "points": [(number, point.text, answers[number] if number < len(answers) else "") for number, point in
                   enumerate(points)],
        "entries": _entries(one), "typed": TYPED, "actors": Actor.choices, "new": uuid4(), "new_typed": uuid4(),
        "outcomes": Outcome.choices,
        "ballots": one.ballots.prefetch_related("votes__person"), "ways": Ballot.Way.choices,
        "missing": rules.missing(one.meeting, items), "is_at_hand": attendance.room.item == str(one.pk),
        "happenings": [h for h in one.meeting.happenings.select_related("person").order_by("-number")[:5]
                       if h.person and not h.is_undone],
        "after": _after(items, one),
    }  # fmt: skip
    return render(request, "minutes/item.html", shown)


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


def _lines(request: HttpRequest, at: AgendaItem, items: list[AgendaItem], rows: dict[Any, ItemMinutes], hand: str
           ) -> list[dict[str, Any]]:  # fmt: skip
    """The agenda, with the titles that the reader may see."""
    allowed = readable(request.user, of_meeting(request.user, at.meeting), items, request.level, "minutes:item")
    told = []
    for one in items:
        may, row = one.pk in allowed, rows.get(one.pk)
        told.append(
            {
                "item": one, "may": may, "title": one.title if may else one.public_title,
                "is_done": bool(row and row.outcome), "is_read": bool(row and row.read_at),
                "is_at_hand": hand == str(one.pk),
            }
        )  # fmt: skip
    return told


def _after(items: list[AgendaItem], one: AgendaItem) -> AgendaItem | None:
    at = next((number for number, other in enumerate(items) if other.pk == one.pk), -1)
    return items[at + 1] if 0 <= at < len(items) - 1 else None


@require_POST
def begin(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """The item is at hand."""
    one: AgendaItem = request.subject.row
    return _act(request, lambda: actions.happen(one.meeting, "item", item=one, by=request.user, at=timezone.now()))


@require_POST
def save(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """A paragraph; the room saves by itself and asks for JSON, a form without scripts goes back to the page."""
    told, now = request.POST, timezone.now()
    wants_data = request.headers.get("Accept") == "application/json"
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
    return _act(request, lambda: actions.remove_entry(one, not back, by=request.user, at=timezone.now()))


@require_POST
def next_meeting(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """The next meeting is decided: it stands in the minutes, in the plan, and everyone is called."""
    one, told = request.subject.row, request.POST
    pk, form = uuid_or_none(told.get("id")), MeetingForm(told)
    if pk is None:
        raise Http404

    def act() -> None:
        if not form.is_valid():
            raise Blocked([f"{form.fields[name].label}: {' '.join(faults)}" for name, faults in form.errors.items()])
        given = {name: form.given()[name] for name in ("start", "end", "place")}
        who = told.get("actor") if told.get("actor") in Actor.values else Actor.COMMITTEE
        actions.call_next(
            one, pk, **given, because=told.get("because", "")[:300], decided_by=str(who), by=request.user,
            at=timezone.now(),
        )  # fmt: skip

    return _act(request, act)


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
    actor = told.get("actor") if told.get("actor") in Actor.values else Actor.COMMITTEE
    return _act(
        request,
        lambda: actions.set_outcome(
            one, told.get("outcome", ""), actor=str(actor), points=points, by=request.user, at=timezone.now()
        ),
    )


@require_POST
def tick(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """It was read out; on to the next."""
    one: AgendaItem = request.subject.row
    is_read = request.POST.get("is_read") != "no"
    following = _after(composing.items_of(one.meeting), one) if is_read else None
    return _act(
        request, lambda: actions.tick(one, is_read, by=request.user, at=timezone.now()),
        item=following.pk if following else None,
    )  # fmt: skip


@require_POST
def ballot(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """Draft a ballot and open it at once, unless it waits for an amendment."""
    told, one, now = request.POST, request.subject.row, timezone.now()
    way = told.get("way") if told.get("way") in Ballot.Way.values else Ballot.Way.HANDS

    def act() -> None:
        drafted = actions.draft_ballot(
            one, told.get("question", ""), way=str(way), is_amendment=bool(told.get("is_amendment")), by=request.user,
            at=now,
        )  # fmt: skip
        actions.open_ballot(drafted, by=request.user, at=now)

    return _act(request, act)


@require_POST
def ballot_set(request: HttpRequest, meeting: UUID, item: UUID, ballot: UUID) -> HttpResponse:
    """Open a ballot that waited, or close one and count it."""
    one = get_object_or_404(Ballot.objects.select_related("item__meeting"), pk=ballot, item=item)
    now = timezone.now()
    if one.state == Ballot.State.DRAFT:
        return _act(request, lambda: actions.open_ballot(one, by=request.user, at=now))
    told = [request.POST.get(name, "") for name in ("for", "against", "abstained")]
    hands = [int(number) for number in told if number.isdecimal() and len(number) < 6]
    return _act(request, lambda: actions.close_ballot(one, hands=hands, by=request.user, at=now))


@require_POST
def vote(request: HttpRequest, meeting: UUID, item: UUID, ballot: UUID) -> HttpResponse:
    """One's own vote, on one's own device."""
    one = get_object_or_404(Ballot.objects.select_related("item__meeting"), pk=ballot, item=item)
    person, choice = request.user.person, request.POST.get("choice", "")
    return _act(
        request, lambda: actions.vote(one, person, choice, by=request.user, at=timezone.now()), to="reading:meeting"
    )


@require_POST
def start_reading(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Read out, from the first item on."""
    one: Meeting = request.subject.row
    first = next(iter(composing.items_of(one)), None)
    return _act(
        request,
        lambda: actions.start_reading(one, by=request.user, at=timezone.now()),
        item=first.pk if first else None,
    )


@require_POST
def adjourn(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """End the meeting."""
    return _act(request, lambda: actions.adjourn(request.subject.row, by=request.user, at=timezone.now()))


# --- who looks on ---


@require_safe
def follow(request: HttpRequest, meeting: UUID) -> StreamingHttpResponse:
    """What changes, as it changes."""
    after = number_of(request.headers.get("Last-Event-ID")) or live.newest(request.subject.row)
    told = live.follow(meeting, request.user.pk, request.session.session_key or "", request.level, after)
    response = StreamingHttpResponse(told, content_type="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"  # a proxy passes on each line as it comes
    return response


@require_safe
def wall(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The screen on the wall (A16): what the room needs now. Of a closed item nothing, whoever has logged in."""
    return render(request, "minutes/wall.html", _at_hand(request, lambda item: not item.is_closed))


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
    items = composing.items_of(one)
    agendas.clocked(one, items)
    attendance = rules.attendance_of(one)
    item = next((row for row in items if str(row.pk) == attendance.room.item), None)
    begun = one.happenings.filter(kind="item", is_undone=False).last()
    drift = int((begun.at - item.at).total_seconds() // 60) if item and begun and begun.item_id == item.pk else 0
    composed = dict(zip([row.pk for row in items], composing.compose(one, stage="draft").items, strict=True))
    following = _after(items, item) if item else None
    return {
        "meeting": one, "item": item, "attendance": attendance, "drift": drift,
        "shown": composed[item.pk] if item and may(item) else None,
        "face": item.face if item else "", "after": following if following and may(following) else None,
        "ballot": Ballot.objects.filter(item=item, state=Ballot.State.OPEN).first() if item and may(item) else None,
    }  # fmt: skip


# --- afterwards ---


@require_safe
def signing(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The minutes as they were read, who has signed and who has not; my own signature."""
    return _signing(request)


def _signing(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    one: Meeting = request.subject.row
    minutes = get_object_or_404(Minutes.objects.select_related("meeting__organization__body"), meeting=one, number=1)
    signed = {row.person_id: row for row in minutes.signatures.all()}
    signers = actions.who_signs(one)
    whole, seen = _seen(request, one, composing.shown(minutes))
    shown = {
        "meeting": one, "minutes": minutes, "shown": composing.as_told(seen) if one.imported_at else seen,
        "signers": [(person, signed.get(person.pk)) for person in signers],
        "signed": len(signed), "mine": signed.get(request.user.person_id),
        "may_sign": any(person.pk == request.user.person_id for person in signers), "sees_all": whole == seen,
        "adjourned": composing.adjourned_sentence(one), "reminded": minutes.reminders.last(), **more,
    }  # fmt: skip
    return render(request, "minutes/signing.html", shown, status=status)


def _seen(request: HttpRequest, meeting: Meeting, whole: record.Meeting) -> tuple[record.Meeting, record.Meeting]:
    """The minutes whole, and as this person may read them; reading something closed is noted."""
    items = composing.items_of(meeting)
    whole = agendas.as_closed_now(whole, items, ())
    may = readable(request.user, of_meeting(request.user, meeting), items, request.level)
    allowed = set()
    for one, shown in zip(items, whole.items, strict=True):
        if one.pk in may:
            allowed.add(shown.order)
            if one.is_closed:
                note_reading(one, by=request.user, at=timezone.now())
    return whole, composing.seen_by(whole, allowed)


@require_POST
def sign(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Sign what I saw."""
    minutes = get_object_or_404(Minutes, meeting=meeting, number=1)
    told = {"sha256": request.POST.get("sha256", ""), "reservation": request.POST.get("reservation", "")}
    person = request.user.person
    return _act(
        request, lambda: actions.sign(minutes, person, **told, by=request.user, at=timezone.now()), to="minutes:signing"
    )


@require_POST
def sign_paper(request: HttpRequest, meeting: UUID, person: UUID) -> HttpResponse:
    """Somebody has signed on paper."""
    minutes = get_object_or_404(Minutes, meeting=meeting, number=1)
    one = get_object_or_404(Person, pk=person)
    return _act(
        request,
        lambda: actions.sign(
            minutes, one, sha256=minutes.sha256, how=Signature.How.PAPER, by=request.user, at=timezone.now()
        ),
        to="minutes:signing",
    )


@require_POST
def add(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Add something to the minutes."""
    text = request.POST.get("text", "")
    one = request.subject.row
    return _act(request, lambda: actions.add(one, text, by=request.user, at=timezone.now()), to="minutes:signing")


@require_safe
def paper(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The minutes as they were read out, as a PDF, a Word document or a web page."""
    minutes = get_object_or_404(
        Minutes.objects.select_related("meeting__organization__body"), meeting=meeting, number=1
    )
    return _paper(request, minutes.meeting, composing.shown(minutes), _("minutes"))


@require_safe
def draft(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The minutes as they stand while the meeting is held, marked as a draft."""
    one: Meeting = request.subject.row
    return _paper(request, one, composing.compose(one, stage="draft"), _("minutes-draft"))


def _paper(request: HttpRequest, meeting: Meeting, whole: record.Meeting, name: str) -> HttpResponse:
    """A paper, as I may read it: it says what the screen says. Of one item alone where that is asked for."""

    def made(to: str) -> bytes:
        _whole, seen = _seen(request, meeting, whole)
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
    read = Minutes.objects.select_related("meeting__organization__body").filter(meeting=one, number=1).first()
    whole = composing.shown(read) if read else composing.compose(one, stage="draft")
    return _given(request, lambda to: write_sheet(whole, to), _("attendance-sheet"))


@require_safe
def kit(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """All that it takes to hold the meeting without network; of each item what I may read."""
    one: Meeting = request.subject.row

    def made(to: str) -> bytes:
        _whole, seen = _seen(request, one, composing.compose(one, stage="draft"))
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


def _clock(meeting: Meeting, told: str) -> datetime | None:
    """ "17.20" on the meeting's day; None where nothing, or no clock, was typed."""
    typed = _TYPED_CLOCK.fullmatch(told.strip())
    if not typed:
        return None
    day = timezone.localtime(meeting.start).date()
    return datetime.combine(day, time(int(typed[1]), int(typed[2])), timezone.get_default_timezone())
