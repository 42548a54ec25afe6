"""The reading view (A7): a meeting's items, one item with its papers, answering the call, asking before the meeting."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from raadslag.core import write
from raadslag.workspace.cases.models import AttachmentVersion
from raadslag.workspace.cases.views import give
from raadslag.workspace.common import journal
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.errors import Refused
from raadslag.workspace.deliberation.models import Round, Station
from raadslag.workspace.deliberation.sessions import rules as rules_of_rounds
from raadslag.workspace.files.actions import note_reading
from raadslag.workspace.files.models import StoredFile
from raadslag.workspace.followup.subjects import readable
from raadslag.workspace.meetings import actions
from raadslag.workspace.meetings.forms import ReplyForm, TextForm
from raadslag.workspace.meetings.models import AgendaItem, GroupNote, Invitation, Meeting, Question
from raadslag.workspace.meetings.subjects import of_item, of_meeting
from raadslag.workspace.minutes import rules as rules_of_minutes
from raadslag.workspace.minutes.models import Ballot, Entry, Vote
from raadslag.workspace.reading import notes
from raadslag.workspace.reading.forms import NoteForm
from raadslag.workspace.reading.note_views import written_down
from raadslag.workspace.reading.papers import Line, Papers, mark_read, papers_of, unread


@require_safe
def meeting(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """When and where, do I come, and what is on the agenda."""
    return _meeting(request)


def _meeting(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    one: Meeting = request.subject.row
    head, _hash = journal.head()  # before anything is read: what comes later, the page is told of
    papers = papers_of(request.user, request.subject, request.level)
    mine = Invitation.objects.filter(meeting=one, person=request.user.person_id, withdrawn_at=None).first()
    substitute = None
    if mine and mine.answer == "apology":
        rows = Invitation.objects.filter(meeting=one, substitute_for=mine.person_id, withdrawn_at=None)
        substitute = rows.select_related("person").first()
    shown = {
        "meeting": one,
        "papers": papers,
        "unread": unread(papers.lines) if papers else 0,
        "changed": sum(line.is_changed for line in papers.lines) if papers else 0,
        "mine": mine,
        "substitute": substitute,
        "is_over": timezone.now() > one.end,
        "previous": one.previous(),
        "ballots": _ballots(request, one),
        "has_minutes": bool(one.adjourned_at) and one.minutes_of.exists(),  # an imported agenda has none
        "notes": _notes(request, one),
        "hosted": _hosted(one, mine) if mine else [],
        "reply_form": ReplyForm(),
        "head": head,
        **more,
    }
    return render(request, "reading/meeting.html", shown, status=status)


def _notes(request: HttpRequest, meeting: Meeting) -> list[GroupNote]:
    """What the groups tell at the meeting: for who may read its papers, and before they are sent for who leads it."""
    routes = ("reading:paper", "meetings:meeting")
    if not any(is_allowed(route, request.subject, request.level) for route in routes):
        return []
    return list(GroupNote.objects.at(meeting, timezone.now()).told())


def _hosted(meeting: Meeting, mine: Invitation) -> list[Station]:
    """The stations at which the invited is host, as long as something can be written there or they are ahead. One
    query."""
    rows = Station.objects.filter(round__session__meeting=meeting, round__session__closed_at=None, host=mine.person_id)
    at = timezone.now()
    found = rows.select_related("round__session__meeting").order_by("round__number", "number")
    return [one for one in found if one.round.state == Round.State.PLANNED or rules_of_rounds.is_receiving(one, at)]


@require_safe
def ballots(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The votes of a meeting that is held, alone: a hall of phones asks for them in the same moment, and the whole page
    would cost twice as much (I37)."""
    one: Meeting = request.subject.row
    return render(request, "reading/ballots.html", {"meeting": one, "ballots": _ballots(request, one)})


def _ballots(request: HttpRequest, meeting: Meeting) -> list[Ballot]:
    """Those that are open and in which I may vote."""
    if meeting.state not in ("in_progress", "reading"):
        return []
    mine = Vote.objects.filter(
        person=request.user.person_id, ballot__item__meeting=meeting, ballot__way=Ballot.Way.NAMES,
        ballot__state=Ballot.State.OPEN,
    ).select_related("ballot__item")  # fmt: skip
    for one in mine:
        one.ballot.mine = one
    return [
        one.ballot
        for one in mine
        if is_allowed("minutes:vote", of_item(request.user, one.ballot.item, request.subject, set()), request.level)
    ]


@require_safe
def item(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """One item: its text, its papers, the questions asked at it, the way to the next."""
    return _item(request, item)


def _item(request: HttpRequest, pk: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    papers, line = _line(request, pk)
    if status != HTTPStatus.OK:
        journal.let_go_of_key()  # what was refused is not done, and may be sent again
    if line.row.is_closed:
        note_reading(line.row, by=request.user, at=timezone.now())
    mark_read(request.user.person, line, at=timezone.now())
    at = papers.lines.index(line)
    shown = {
        "meeting": line.row.meeting,
        "line": line,
        "item": line.shown,
        "papers": papers,
        "before": next((one for one in reversed(papers.lines[:at]) if one.is_whole), None),
        "after": next((one for one in papers.lines[at + 1 :] if one.is_whole), None),
        "files": line.shown.files,
        "questions": line.row.questions.select_related("person", "answered_by"),
        "question_form": TextForm(),
        "may_ask": timezone.now() < line.row.meeting.start,
        "dissent": _dissent(request, line.row),
        **_noted(request, line),
        "commitments": readable(request.user, line.row.commitments.all(), request.level),
        **more,
    }
    return render(request, "reading/item.html", shown, status=status)


def _noted(request: HttpRequest, line: Line) -> dict[str, Any]:
    """What I have noted at the item, and what others let me read there; of each whether its words still stand."""
    words, person = notes.words_of(line.shown), request.user.person_id
    own, shared = notes.of(person).filter(item=line.row), notes.shared_with(person).filter(item=line.row)
    told = {"own_notes": notes.opened(own), "shared_notes": notes.opened(shared)}
    for some in told.values():
        for one in some:
            one.is_gone = not one.stands_in(words)
    return {**told, "note_form": NoteForm(), "has_words": bool(words)}


@require_POST
def note_item(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """Note something at the item, for myself."""
    form = NoteForm(request.POST)
    _papers, line = _line(request, item)
    if written_down(request, form, where=notes.words_of(line.shown), item=line.row):
        return redirect(f"{reverse('reading:item', args=[meeting, item])}#noter")
    return _item(request, item, status=422, note_form=form)


def _dissent(request: HttpRequest, item: AgendaItem) -> Entry | None:
    """My own dissent at the item, or an empty one to write in; None while no meeting is held, and for who took no part
    in it."""
    if item.meeting.state not in ("in_progress", "reading"):
        return None
    person = request.user.person
    if not rules_of_minutes.may_dissent(item, person):
        return None
    return Entry.objects.dissent_of(item, person) or Entry(item=item, version=0)


def _line(request: HttpRequest, pk: UUID) -> tuple[Papers, Line]:
    whole = of_meeting(request.user, request.subject.row.meeting)
    papers = papers_of(request.user, whole, request.level)
    line = papers.line_of(pk) if papers else None
    if papers is None or line is None or not line.is_whole:
        raise Http404
    return papers, line


@require_safe
def file(request: HttpRequest, meeting: UUID, item: UUID, attachment: UUID) -> HttpResponse:
    """An attachment as text in the page, with the file itself beside it."""
    row, _one = request.subject.row
    found, version = _version(request)
    stored = StoredFile.objects.get(pk=version.file_id)
    if request.subject.state.startswith("closed"):
        note_reading(_one, sha256=version.file_id, by=request.user, at=timezone.now())
    shown = {"meeting": row.meeting, "row": row, "file": found, "version": version, "stored": stored}
    return render(request, "reading/file.html", shown)


@require_safe
def open_file(request: HttpRequest, meeting: UUID, item: UUID, attachment: UUID) -> HttpResponse:
    """The bytes of an attachment, for who has the right at this moment (I7)."""
    _row, one = request.subject.row
    _found, version = _version(request)
    return give(request, version, about=one, is_closed=request.subject.state.startswith("closed"))


def _version(request: HttpRequest) -> tuple[Any, AttachmentVersion]:
    """The file as the sent agenda names it: a version brought afterwards is not what was sent."""
    _row, one = request.subject.row
    if one.sent is None:
        raise Http404
    return one.sent, get_object_or_404(AttachmentVersion, attachment=one, file=one.sent.sha256)


@require_safe
def paper(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The whole agenda as a PDF, as I may read it."""
    papers = papers_of(request.user, request.subject, request.level)
    if papers is None:
        raise Http404
    if any(line.is_whole and line.row.is_closed for line in papers.lines):
        note_reading(request.subject.row, by=request.user, at=timezone.now())
    response = HttpResponse(write(papers.shown, "pdf"), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="dagsorden.pdf"'
    return response


@require_POST
def reply(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Come, or send an apology."""
    form = ReplyForm(request.POST)
    refused = []
    if form.is_valid():
        try:
            given = form.cleaned_data
            actions.reply(
                request.subject.row, request.user.person, given["answer"], reason=given["reason"], by=request.user,
                at=timezone.now(),
            )  # fmt: skip
            return redirect(request.subject.row)
        except Refused as refusal:
            refused = refusal.obstacles
    return _meeting(request, status=422, reply_form=form, refused=refused)


@require_POST
def ask(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """Ask before the meeting."""
    form = TextForm(request.POST)
    if form.is_valid():
        try:
            actions.ask(request.subject.row, form.cleaned_data["text"], by=request.user, at=timezone.now())
            return redirect("reading:item", meeting, item)
        except Refused as refusal:
            form.add_error("text", refusal.obstacles)
    return _item(request, item, status=422, question_form=form)


@require_POST
def answer(request: HttpRequest, meeting: UUID, item: UUID, question: UUID) -> HttpResponse:
    """Answer a question."""
    row = get_object_or_404(
        Question.objects.select_related("person", "item__meeting__organization"), pk=question, item=item
    )
    try:
        actions.answer(row, request.POST.get("text", ""), by=request.user, at=timezone.now())
    except Refused as refusal:
        return _item(request, item, status=422, refused=refusal.obstacles)
    return redirect("reading:item", meeting, item)
