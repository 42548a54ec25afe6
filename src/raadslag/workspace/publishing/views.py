"""Publishing (A10): what will be public beside what will not, what has to be looked at first, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from raadslag.core import record, write
from raadslag.core.release import public
from raadslag.core.rules.screening import Hit
from raadslag.web.middleware import policy_of
from raadslag.workspace.cases.models import Access, Attachment
from raadslag.workspace.common.errors import Blocked, Refused
from raadslag.workspace.common.telling import tell
from raadslag.workspace.files.actions import note_reading
from raadslag.workspace.meetings.models import AgendaItem, Meeting
from raadslag.workspace.meetings.subjects import of_meeting, readable, shut_files
from raadslag.workspace.minutes import composing as minutes_of
from raadslag.workspace.publishing import actions, composing, served_lists
from raadslag.workspace.publishing.models import Hold, PublicFace


class Line(NamedTuple):
    """An item as everyone will see it, and beside it what stays in the house. `inside` is None where the reader may not
    read it himself. `added` are additions that everyone will see, `added_inside` those that stay. `hold` tells that its
    decision, `waiting`, waits for a party; `may` names what the reader may do with the item."""

    row: AgendaItem
    shown: record.Item
    inside: record.Item | None
    held_back: list[record.File]
    face: PublicFace | None
    added: list[record.Addendum]
    added_inside: list[record.Addendum]
    hold: Hold | None
    waiting: record.Item | None
    may: frozenset[str]


@require_safe
def page(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Everything that publishing asks of a person, on one page."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    one: Meeting = request.subject.row
    prepared = actions.prepare(one)
    all_of_it = _public(one, prepared)
    identity = record.identity(all_of_it) if all_of_it else ""
    releases = list(one.releases.select_related("made_by__person", "withdrawn_by__person", "served").defer("record"))
    current = next((row for row in releases if row.kind == "minutes" and not row.withdrawn_at), None)
    former = current.decoded() if current else None
    lines = _lines(request, one, prepared, former) if prepared else []
    newest = list({row.kind: row for row in reversed(releases)}.values())[::-1]
    shown = {
        "meeting": one, "prepared": prepared, "lines": lines,
        "found": prepared.found if prepared else actions.agenda_findings(one),
        "newest": newest, "earlier": [row for row in releases if row not in newest], "current": current,
        "in_force": sum(row.withdrawn_at is None for row in releases), "served": served_lists.lists(releases),
        "see_at": reverse("publishing:see", args=[one.pk]),
        "served_table": reverse("publishing:served", args=[one.pk]),
        "news": _news(prepared.shown, former) if prepared and former else [],
        "whole": _of_the_whole(prepared, lines) if prepared else [],
        "is_current": bool(prepared and current and current.identity == prepared.identity)
        and not (current and actions.is_superseded(current)),
        "identity": identity, "papers": _papers(request, one, prepared),
        "waits": bool(identity) and not any(row.identity == identity and not row.withdrawn_at for row in releases),
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


def _news(shown: record.Meeting, former: record.Meeting) -> list[str]:
    """What the minutes have got since they were published, and is not public yet."""
    told = []
    if added := len(set(shown.addenda) - set(former.addenda)):
        told.append(
            ngettext("An addition is not public yet.", "%(count)s additions are not public yet.", added)
            % {"count": added}
        )
    closed = {item.order for item in former.items if item.access == "closed"}
    if any(item.order in closed and item.access == "open" for item in shown.items):
        told.append(_("An item that has been opened is not public yet."))
    return told or [_("Something has come since it was published: signatures, an addition or a correction.")]


def _of_the_whole(prepared: actions.Prepared, lines: Iterable[Line]) -> list[tuple[record.Addendum, bool]]:
    """The additions that concern no single item, and whether everyone will see each. The others may concern a closed
    item, so they are for who may read all of them."""
    reads_all = all(line.inside for line in lines if line.shown.access == "closed")
    told = [(one, one in prepared.shown.addenda) for one in minutes_of.of_the_whole(prepared.whole)]
    return [(one, is_public) for one, is_public in told if is_public or reads_all]


def _lines(
    request: HttpRequest, meeting: Meeting, prepared: actions.Prepared, former: record.Meeting | None
) -> list[Line]:
    subject = of_meeting(request.user, meeting)
    may = readable(request.user, subject, prepared.items, request.level)
    shut = shut_files(request.user, subject, prepared.items, request.level)
    acts = {
        name: readable(request.user, subject, prepared.items, request.level, f"publishing:{name}")
        for name in ("open-after", "hold", "lift")
    }
    holds = composing.held_back(prepared.items)
    faces = {face.item_id: face for face in PublicFace.objects.filter(item__in=prepared.items)}
    told = []
    for row, whole, shown in zip(prepared.items, prepared.whole.items, prepared.shown.items, strict=True):
        inside = whole if row.pk in may and whole.access == "closed" else None
        if inside:
            note_reading(row, by=request.user, at=timezone.now())
        held = [file for file in whole.files if file.access == "closed"] if row.pk in may - shut else []
        key = minutes_of.key_of(whole)
        added = [one for one in prepared.shown.addenda if one.item == key]
        kept = [one for one in prepared.whole.addenda if one.item == key and one not in added]
        kept = kept if row.pk in may else []
        hold = holds.get(row.pk) if whole.access == "open" else None
        waiting = whole if hold and row.pk in may else None
        can = {name for name, rows in acts.items() if row.pk in rows}
        if former and composing.tells_decision(former, row, prepared.items):
            can.discard("hold")
        told.append(Line(row, shown, inside, held, faces.get(row.pk), added, kept, hold, waiting, frozenset(can)))
    return told


class Paper(NamedTuple):
    """A paper of an open item: the number of the item, the file, and the attachment that it is."""

    number: str
    file: record.File
    attachment: UUID


def _papers(request: HttpRequest, meeting: Meeting, prepared: actions.Prepared | None) -> list[Paper]:
    """The papers of the open items that the reader may read himself, as they are now."""
    agenda = None if prepared else meeting.editions.first()
    if prepared:
        whole, rows = prepared.whole, prepared.items
    elif agenda:
        whole = composing.whole_agenda(agenda)
        kept = {str(row.pk): row for row in AgendaItem.objects.filter(pk__in=agenda.items).select_related("case")}
        rows = [kept[pk] for pk in agenda.items]
    else:
        return []
    may = readable(request.user, of_meeting(request.user, meeting), rows, request.level)
    shut = shut_files(request.user, of_meeting(request.user, meeting), rows, request.level)
    return [
        Paper(item.number or "", file, UUID(file.document))
        for row, item in zip(rows, whole.items, strict=True)
        if row.pk in may and item.access == "open"
        for file in item.files
        if file.document and file.sha256 and (file.access == "open" or row.pk not in shut)
    ]


@require_http_methods(["GET", "POST"])
def redact(request: HttpRequest, meeting: UUID, attachment: UUID) -> HttpResponse:
    """An edition of a paper without some of its words, in the place of the paper."""
    one: Meeting = request.subject.row
    paper = next((p for p in _papers(request, one, actions.prepare(one)) if p.attachment == attachment), None)
    if paper is None:
        raise Http404
    row = get_object_or_404(Attachment.objects.select_related("case"), pk=attachment, removed_at=None)
    version = row.versions.select_related("file").defer("file__text").first()
    refused: list[str] = []
    if request.method == "POST":
        told = request.POST
        words, seen = told.get("words", "").splitlines(), told.get("seen", "")
        try:
            copy = actions.redact(row, words, numbers="numbers" in told, seen=seen, by=request.user, at=timezone.now())
        except Refused as refusal:
            refused = [str(text) for text in refusal.obstacles]
        else:
            messages.success(request, _said_of(copy))
            return redirect("publishing:page", one.pk)
    elif row.is_closed:
        note_reading(row, sha256=version.file_id, by=request.user, at=timezone.now())
    hits = [Hit(**hit) for hit in version.file.hits]
    shown = {
        "meeting": one, "paper": paper, "attachment": row, "version": version, "refused": refused,
        "numbers": [hit for hit in hits if hit.rule == "cpr"],
        "others": [hit for hit in hits if hit.rule not in ("cpr", "unscreenable")],
        "unread": [hit for hit in hits if hit.rule == "unscreenable"],
        "words": request.POST.get("words", ""),
        "is_ticked": request.method == "GET" or "numbers" in request.POST,
    }  # fmt: skip
    return render(request, "publishing/redact.html", shown, status=422 if refused else 200)


def _said_of(copy: Attachment) -> str:
    if copy.access == Access.OPEN:
        return _("The edition is made and checked: what was to go stands nowhere in it. The paper itself is closed.")
    return _(
        "The edition is made, but screening has something to tell of it, so it is closed like the paper itself."
        " Look at it in the case, and open it there if it may be public."
    )


def _act(request: HttpRequest, act: Callable[[], object], done: str = "") -> HttpResponse:
    one = request.subject.row
    meeting = one.meeting if isinstance(one, AgendaItem) else one
    tell(request, act, done)
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


@require_POST
def withdraw_all(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Take back all that is public of the meeting."""
    one: Meeting = request.subject.row
    ground = request.POST.get("ground", "")
    done = _("All of the meeting is taken back. The archive shows it no more within a minute.")
    return _act(request, lambda: actions.withdraw_all(one, ground, by=request.user, at=timezone.now()), done)


@require_safe
def served(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Where, when and how often what was withdrawn had been shown: a table for a spreadsheet, parted by semicolons."""
    one: Meeting = request.subject.row
    return served_lists.table(one.releases)


@require_POST
def open_after(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """Open a closed item after the meeting."""
    one: AgendaItem = request.subject.row
    reason = request.POST.get("reason", "")
    done = _("The item is open. Look at what everyone will see, and publish the minutes again.")
    return _act(request, lambda: actions.open_after(one, reason, by=request.user, at=timezone.now()), done)


@require_POST
def hold(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """Let the decision of an item wait until the party has been told."""
    one: AgendaItem = request.subject.row

    def act() -> None:
        actions.hold_back(one, _day(request.POST.get("until", "")), by=request.user, at=timezone.now())

    return _act(request, act)


def _day(told: str) -> date | None:
    """A day as a field of a form gives it. Raises Blocked for what is none."""
    try:
        found = parse_date(told.strip())
    except ValueError:
        found = None
    if told.strip() and found is None:
        raise Blocked([_("Write the day with year, month and day: 2026-12-24.")])
    return found


@require_POST
def lift(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """The party has been told."""
    one: AgendaItem = request.subject.row

    def act() -> None:
        if actions.lift_hold(one, by=request.user, at=timezone.now()):
            messages.success(request, _("The decision is on its way to the public site."))
        else:
            messages.success(request, _("The decision waits no more. It goes out when you publish the minutes."))

    return _act(request, act)
