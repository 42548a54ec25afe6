"""Publishing (A10): what will be public beside what will not, what has to be looked at first, and how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from raadslag.core import record, write
from raadslag.core.release import public
from raadslag.web.middleware import policy_of
from raadslag.workspace.common.errors import NotPermitted, Refused
from raadslag.workspace.files.actions import note_reading
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.meetings.subjects import of_meeting, readable, shut_files
from raadslag.workspace.publishing import actions, composing
from raadslag.workspace.publishing.models import PublicFace


class Line(NamedTuple):
    """An item as everyone will see it, and beside it what stays in the house. `inside` is None where the reader may not
    read it himself."""

    row: AgendaItem
    shown: record.Item
    inside: record.Item | None
    held_back: list[record.File]
    face: PublicFace | None


@require_safe
def page(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Everything that publishing asks of a person, on one page."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    one: Meeting = request.subject.row
    prepared = actions.prepare(one)
    all_of_it = _public(one, prepared)
    releases = list(one.releases.select_related("made_by__person", "withdrawn_by__person").defer("record"))
    current = next((row for row in releases if row.kind == "minutes" and not row.withdrawn_at), None)
    shown = {
        "meeting": one, "prepared": prepared, "lines": _lines(request, one, prepared) if prepared else [],
        "found": prepared.found if prepared else actions.agenda_findings(one),
        "releases": releases, "current": current,
        "is_current": bool(prepared and current and current.identity == prepared.identity),
        "identity": record.identity(all_of_it) if all_of_it else "",
        "archive": settings.ARCHIVE, **more,
    }  # fmt: skip
    return render(request, "publishing/page.html", shown, status=status)


@require_safe
def shown(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """All that would be public, to the last word: the minutes, or before them the agenda."""
    one: Meeting = request.subject.row
    all_of_it = _public(one, actions.prepare(one))
    if all_of_it is None:
        raise Http404
    document = write(all_of_it, "html")
    response = HttpResponse(document, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = policy_of(document)
    return response


def _public(meeting: Meeting, prepared: actions.Prepared | None) -> record.Meeting | None:
    if prepared:
        return prepared.shown
    agenda = meeting.editions.first()
    return public(composing.whole_agenda(agenda)) if agenda else None


def _lines(request: HttpRequest, meeting: Meeting, prepared: actions.Prepared) -> list[Line]:
    may = readable(request.user, of_meeting(request.user, meeting), prepared.items, request.level)
    shut = shut_files(request.user, of_meeting(request.user, meeting), prepared.items, request.level)
    faces = {face.item_id: face for face in PublicFace.objects.filter(item__in=prepared.items)}
    told = []
    for row, whole, shown in zip(prepared.items, prepared.whole.items, prepared.shown.items, strict=True):
        inside = whole if row.pk in may and whole.access == "closed" else None
        if inside:
            note_reading(row, by=request.user, at=timezone.now())
        held = [file for file in whole.files if file.access == "closed"] if row.pk in may - shut else []
        told.append(Line(row, shown, inside, held, faces.get(row.pk)))
    return told


def _act(request: HttpRequest, act: Callable[[], object], done: str = "") -> HttpResponse:
    one = request.subject.row
    meeting = one.meeting if isinstance(one, AgendaItem) else one
    try:
        act()
    except NotPermitted:
        raise
    except Refused as refusal:
        messages.error(request, " ".join(refusal.obstacles))
    else:
        if done:
            messages.success(request, done)
    return redirect("publishing:page", meeting.pk)


@require_POST
def face(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """What the public hears of a closed item."""
    told = {name: request.POST.get(name, "") for name in ("decision", "none_because", "title", "seen")}
    one: AgendaItem = request.subject.row
    return _act(request, lambda: actions.write_face(one, **told, by=request.user, at=timezone.now()))


@require_POST
def see(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """A hit that a person has looked at."""
    key, reason = request.POST.get("key", ""), request.POST.get("reason", "")
    one: Meeting = request.subject.row
    return _act(request, lambda: actions.see(one, key, reason, by=request.user, at=timezone.now()))


@require_POST
def release(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Publish the minutes as they were shown."""
    one: Meeting = request.subject.row
    identity = request.POST.get("identity", "")
    return _act(request, lambda: actions.release_minutes(one, identity, by=request.user, at=timezone.now()))


@require_POST
def release_agenda(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Publish the newest agenda, which waited to be looked at."""
    one: Meeting = request.subject.row
    agenda = get_object_or_404(one.editions.select_related("meeting"), number=one.editions.count())
    identity = request.POST.get("identity", "")
    return _act(request, lambda: actions.release_agenda(agenda, identity, by=request.user, at=timezone.now()))


@require_POST
def withdraw(request: HttpRequest, meeting: UUID, release: UUID) -> HttpResponse:
    """Take it back."""
    one = get_object_or_404(request.subject.row.releases.select_related("meeting"), pk=release)
    ground = request.POST.get("ground", "")
    done = _("It is taken back. The archive shows it no more within a minute.")
    return _act(request, lambda: actions.withdraw(one, ground, by=request.user, at=timezone.now()), done)
