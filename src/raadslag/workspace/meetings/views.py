"""The secretary's pages of a meeting: planning and calling it (A6), building and sending its agenda (A5)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from raadslag.core import write
from raadslag.core.release import public
from raadslag.workspace.bodies.models import Organization, Role
from raadslag.workspace.bodies.policies import policies_of
from raadslag.workspace.bodies.standing import memberships_of
from raadslag.workspace.cases.models import Case
from raadslag.workspace.cases.subjects import of_case
from raadslag.workspace.common import journal
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.errors import Conflict, NeedsReason, Refused
from raadslag.workspace.common.typed import uuid_of
from raadslag.workspace.files.actions import note_reading
from raadslag.workspace.meetings import actions, calendar, composing, rules
from raadslag.workspace.meetings.forms import CloseForm, ItemForm, MeetingForm, NewMeetingForm, YearForm
from raadslag.workspace.meetings.models import AgendaItem, Answer, GroupNote, Invitation, Meeting
from raadslag.workspace.meetings.programmes import PROGRAMMES, STANDARD
from raadslag.workspace.meetings.subjects import readable
from raadslag.workspace.messages.models import Mail, Unmatched

PAGE = 50


@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """The meetings of my organizations: those to come, and those that were."""
    now = timezone.now()
    mine = Meeting.objects.mine(request.user).select_related("organization")
    was = request.GET.get("vis") == "holdt"
    shown = mine.over(now) if was else mine.ahead(now)
    page = Paginator(shown, PAGE).get_page(request.GET.get("side"))
    led = {one.organization_id for one in memberships_of(request.user) if one.role == Role.SECRETARY}
    return render(request, "meetings/meetings.html", {"page": page, "was": was, "led": led})


@require_safe
def calendar_file(request: HttpRequest) -> HttpResponse:
    """My meetings as a calendar."""
    since = timezone.now() - timedelta(days=365)
    mine = Meeting.objects.mine(request.user).filter(start__gte=since).exclude(called_at=None)
    data = calendar.published(list(mine.select_related("organization")), at=timezone.now())
    return HttpResponse(data, content_type="text/calendar; charset=utf-8")


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Plan a meeting."""
    one: Organization = request.subject.row
    form = NewMeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        extra = {name: form.cleaned_data[name] for name in ("because", "decided_by")}
        try:
            made = actions.plan(one, **form.given(), **extra, by=request.user, at=timezone.now())
            _warn_of(request, [form.cleaned_data["on"]])
            return redirect("meetings:meeting", made.pk)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {"form": form, "organization": one}
    return render(request, "meetings/new.html", shown, status=422 if form.errors else 200)


def _warn_of(request: HttpRequest, days: list[Any]) -> None:
    for told in rules.odd_days(days, timezone.localdate()):
        messages.warning(request, told)


@require_http_methods(["GET", "POST"])
def year(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Plan a year: many days at once, all of them or none."""
    one: Organization = request.subject.row
    form = YearForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, zone = form.cleaned_data, timezone.get_default_timezone()
        try:
            with journal.acting():
                for day in sorted(set(given["days"])):
                    start, end = (timezone.datetime.combine(day, given[name], zone) for name in ("begins", "ends"))
                    actions.plan(
                        one, title="", start=start, end=end, place=given["place"], by=request.user, at=timezone.now()
                    )
            days = sorted(set(given["days"]))
            told = ngettext("%(count)s meeting has been planned.", "%(count)s meetings have been planned.", len(days))
            messages.success(request, told % {"count": len(days)})
            _warn_of(request, days)
            return redirect("bodies:organization", one.pk)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {"form": form, "organization": one}
    return render(request, "meetings/year.html", shown, status=422 if form.errors else 200)


@require_safe
def meeting(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Who is called, who comes, what was not delivered; the way to the agenda."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    one: Meeting = request.subject.row
    invitations = list(one.invitations.filter(withdrawn_at=None).select_related("person", "substitute_for"))
    called_for = {row.substitute_for_id for row in invitations if row.answer != Answer.APOLOGY}
    for row in invitations:
        row.needs_substitute = row.is_seated and row.answer == Answer.APOLOGY and row.person_id not in called_for
    undelivered = Mail.objects.undelivered().filter(about=journal.name_of(one)).select_related("person")
    shown = {
        "meeting": one,
        "invitations": invitations,
        "undelivered": undelivered,
        "waiting": Mail.objects.filter(about=journal.name_of(one), state=Mail.State.WAITING).count(),
        "deadlines": rules.deadlines(one),
        "editions": one.editions.select_related("sent_by__person").defer("record"),
        "form": MeetingForm(initial=MeetingForm.initial_of(one)),
        "notes": GroupNote.objects.at(one, timezone.now()).told(),
        "lacks_minutes": bool(one.imported_at) and not one.minutes_of.exists(),
        "comes": sum(row.is_seated and row.answer == Answer.COMES for row in invitations),
        "apologies": sum(row.is_seated and row.answer == Answer.APOLOGY for row in invitations),
        "no_answer": sum(row.is_seated and not row.answer for row in invitations),
        **more,
    }
    return render(request, "meetings/meeting.html", shown, status=status)


@require_POST
def call(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Call everyone."""
    try:
        actions.call(request.subject.row, by=request.user, at=timezone.now())
    except Refused as refusal:
        return _page(request, status=422, refused=refusal.obstacles)
    return redirect("meetings:meeting", meeting)


@require_POST
def change(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Another time or place."""
    form = MeetingForm(request.POST)
    if form.is_valid():
        try:
            actions.change(request.subject.row, **form.given(), by=request.user, at=timezone.now())
            _warn_of(request, [form.cleaned_data["on"]])
            return redirect("meetings:meeting", meeting)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    return _page(request, status=422, form=form)


@require_POST
def cancel(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Call it off."""
    try:
        actions.cancel(request.subject.row, request.POST.get("because", ""), by=request.user, at=timezone.now())
    except Refused as refusal:
        return _page(request, status=422, refused=refusal.obstacles)
    return redirect("meetings:meeting", meeting)


@require_POST
def substitute(request: HttpRequest, meeting: UUID, invitation: UUID) -> HttpResponse:
    """Call the substitute whose turn it is."""
    absent = get_object_or_404(Invitation.objects.select_related("person"), pk=invitation, meeting=meeting)
    try:
        called = actions.call_substitute(request.subject.row, absent.person, by=request.user, at=timezone.now())
    except Refused as refusal:
        return _page(request, status=422, refused=refusal.obstacles)
    if called is None:
        return _page(request, status=422, refused=[_("No substitute is left to call.")])
    messages.success(request, _("%(name)s has been called in.") % {"name": called.person.name})
    return redirect("meetings:meeting", meeting)


@require_POST
def answer_for(request: HttpRequest, meeting: UUID, invitation: UUID) -> HttpResponse:
    """Write down an answer that came by telephone or in the corridor."""
    row = get_object_or_404(Invitation.objects.select_related("person"), pk=invitation, meeting=meeting)
    try:
        given = request.POST.get("answer", "")
        actions.reply(request.subject.row, row.person, given, by=request.user, at=timezone.now())
    except Refused as refusal:
        return _page(request, status=422, refused=refusal.obstacles)
    return redirect("meetings:meeting", meeting)


# --- the agenda ---


@require_safe
def agenda(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Build the agenda by order and time."""
    return _builder(request)


def _builder(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    one: Meeting = request.subject.row
    items = composing.items_of(one)
    may = readable(request.user, request.subject, items, request.level)
    used = composing.clocked(one, items)
    for item, number in zip(items, composing.numbers(one, items), strict=True):
        item.shown_number, item.may = number, item.pk in may
        item.shown = item.title if item.may else item.face or _("Closed item")
        for place, point in enumerate(item.programme, 1):
            point.shown_number, point.place = f"{number}.{place}", place
    policies = policies_of(one.organization)
    ready = Case.objects.filter(organization=one.organization, state=Case.State.READY).select_related("organization")
    ready = ready.exclude(disqualifications__person=request.user.person_id).prefetch_related("items__meeting")
    for case in ready:
        subject = of_case(request.user, case, ())
        case.shown = case.title if is_allowed("cases:case", subject, request.level) else case.public_title
        case.last = max((item.meeting for item in case.items.all()), key=lambda last: last.start, default=None)
    shown = {
        "meeting": one,
        "items": items,
        "used": used,
        "left": one.minutes - used,
        "kinds_of_ready": [
            (is_left_over, [case for case in ready if bool(case.last) == is_left_over])
            for is_left_over in (True, False)
        ],
        "drafts": Case.objects.filter(organization=one.organization, state__in=["draft", "review"]).count(),
        "programmes": PROGRAMMES,
        "standard": STANDARD,
        "deadlines": rules.deadlines(one, policies),
        "days": policies["agenda_days"],
        "obstacles": rules.obstacles_to_sending(one, items),
        "late": rules.lateness(one, timezone.now(), policies),
        "item_form": ItemForm(initial={"access": "open"}),
        **more,
    }
    return render(request, "meetings/agenda.html", shown, status=status)


@require_POST
def add(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """A ready case, a programme, or an item of its own: what the button says."""
    one: Meeting = request.subject.row
    now, late = timezone.now(), request.POST.get("late_because", "")
    try:
        if case := request.POST.get("case"):
            ready = Case.objects.exclude(disqualifications__person=request.user.person_id)
            row = get_object_or_404(ready, pk=uuid_of(case), organization=one.organization_id)
            actions.add_case(one, row, late_because=late, by=request.user, at=now)
        elif (name := request.POST.get("standard")) in STANDARD:
            actions.add_standard(one, name, late_because=late, by=request.user, at=now)
        elif (name := request.POST.get("programme")) in PROGRAMMES:
            item = AgendaItem.objects.filter(meeting=one, parent=None, is_sent=False).order_by("-order").first()
            with journal.acting():
                if item is None:
                    title = str(PROGRAMMES[name].name)
                    item = actions.add_item(one, title=title, access="open", late_because=late, by=request.user, at=now)
                actions.add_programme(one, item, name, by=request.user, at=now)
        else:
            form = ItemForm(request.POST)
            parent = request.POST.get("parent")
            if not form.is_valid() and parent:
                told = [f"{form.fields[name].label}: {' '.join(faults)}" for name, faults in form.errors.items()]
                messages.error(request, " ".join(told))
                return redirect("meetings:item", meeting, uuid_of(parent))
            if not form.is_valid():
                return _builder(request, status=422, item_form=form)
            above = get_object_or_404(AgendaItem, pk=uuid_of(parent), meeting=one, parent=None) if parent else None
            actions.add_item(one, **form.cleaned_data, parent=above, by=request.user, at=now)
    except Refused as refusal:
        return _builder(request, status=422, refused=refusal.obstacles)
    return redirect("meetings:agenda", meeting)


@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """Correct an item; once it has been sent, close it at the most."""
    one: AgendaItem = request.subject.row
    if one.is_closed:
        note_reading(one, by=request.user, at=timezone.now())
    form: forms.Form
    if one.is_sent:
        form, act = CloseForm(request.POST or None), actions.close_sent
    else:
        fields = ("title", "minutes", "text", "access", "legal_ground", "public_title", "late_because")
        form = ItemForm(request.POST or None, initial={name: getattr(one, name) for name in fields})
        act = partial(actions.change_item, seen=request.POST.get("seen", ""))
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            act(one, **form.cleaned_data, by=request.user, at=timezone.now())
            return redirect("meetings:agenda", meeting)
        except Conflict as conflict:
            form.add_error(None, [str(text) for text in conflict.obstacles])
            theirs = AgendaItem.objects.get(pk=one.pk)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    seen = request.POST.get("seen", "") if form.is_bound and not theirs else actions.print_of(theirs or one)
    shown = {"meeting": one.meeting, "item": one, "form": form, "theirs": theirs, "seen": seen}
    return render(request, "meetings/item.html", shown, status=422 if form.errors else 200)


@require_POST
def item_move(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """To another place, by buttons or by drag; or off the agenda."""
    one: AgendaItem = request.subject.row
    place = request.POST.get("place", "")
    try:
        if request.POST.get("what") == "remove":
            actions.remove_item(one, by=request.user, at=timezone.now())
            messages.success(request, _("%(title)s was taken off.") % {"title": one.title})
        elif place.isdecimal() and len(place) < 5:
            actions.move_item(one, max(1, int(place)), by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, " ".join(refusal.obstacles))
    return redirect("meetings:agenda", meeting)


@require_safe
def preview(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """The agenda as a member will read it, as one who is barred from a case, and as everyone."""
    one: Meeting = request.subject.row
    items = composing.items_of(one)
    may = readable(request.user, request.subject, items, request.level)
    whole = composing.compose(one, items, stage="draft")
    whole = composing.seen_by(whole, {at for at, row in enumerate(items, 1) if row.pk in may})
    seen = request.GET.get("som", "medlem")
    match seen:
        case "medlem":
            shown = whole
        case "alle":
            shown = composing.seen_by(public(whole), {row.order for row in whole.items if row.access == "open"})
        case "inhabil":  # of a closed item what the public sees; an open one may be read by everyone
            allowed = {at for at, row in enumerate(items, 1) if row.pk in may and not row.is_closed}
            shown = composing.seen_by(whole, allowed)
        case _:
            raise Http404
    if seen == "medlem" and any(row.is_closed and row.pk in may for row in items):
        note_reading(one, by=request.user, at=timezone.now())
    if request.GET.get("format") == "pdf":
        return HttpResponse(write(shown, "pdf"), content_type="application/pdf")
    return render(request, "meetings/preview.html", {"meeting": one, "shown": shown, "seen": seen})


@require_POST
def to_chair(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Show the draft to the chair."""
    try:
        count = actions.send_to_chair(request.subject.row, by=request.user, at=timezone.now())
        told = ngettext("%(count)s person has been told.", "%(count)s people have been told.", count) % {"count": count}
        messages.success(request, told)
    except Refused as refusal:
        messages.error(request, " ".join(refusal.obstacles))
    return redirect("meetings:agenda", meeting)


@require_POST
def send(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Send it."""
    given = request.POST.get("late_because", "")
    try:
        actions.send_agenda(request.subject.row, late_because=given, by=request.user, at=timezone.now())
    except NeedsReason as warning:
        return _builder(request, status=422, refused=warning.obstacles, asks_reason=True)
    except Refused as refusal:
        return _builder(request, status=422, refused=refusal.obstacles, late_because=given)
    is_first = request.subject.state != "sent"
    messages.success(request, _("The agenda has been sent.") if is_first else _("The supplement has been sent."))
    return redirect("meetings:meeting", meeting)


@require_http_methods(["GET", "POST"])
def unmatched(request: HttpRequest) -> HttpResponse:
    """Answers by mail that fit no call."""
    if request.method == "POST":
        Unmatched.objects.filter(pk=uuid_of(request.POST.get("seen"))).update(seen_at=timezone.now())
        return redirect("meetings:unmatched")
    return render(
        request, "meetings/unmatched.html", {"mails": Unmatched.objects.filter(seen_at=None).order_by("-at")[:200]}
    )
