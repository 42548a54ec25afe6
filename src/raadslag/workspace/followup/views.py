"""Following up (A20): handing over, what was promised by a decision, and how far it is."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from raadslag.core.readers.characters import clean
from raadslag.workspace.bodies.standing import memberships_of
from raadslag.workspace.cases.models import Access
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.errors import Conflict, Refused
from raadslag.workspace.common.typed import number_of
from raadslag.workspace.files.actions import note_reading
from raadslag.workspace.followup import actions, rules
from raadslag.workspace.followup.forms import CommitmentForm, HandOverForm, ReportForm, RewordForm
from raadslag.workspace.followup.models import OVER, Commitment
from raadslag.workspace.followup.subjects import barred_from, readable
from raadslag.workspace.meetings.models import AgendaItem
from raadslag.workspace.meetings.subjects import of_item, of_meeting
from raadslag.workspace.products.models import Version

PAGE = 50


# --- handing over ---


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, product: UUID, label: str) -> HttpResponse:
    """Hand an approved version over to whoever decides on it, in one press."""
    one: Version = request.subject.row
    receiver = rules.receiver_of(one.product.organization)
    form = HandOverForm(request.POST or None, initial=_proposed(one))
    if request.method == "POST" and form.is_valid():
        told = {name: clean(form.cleaned_data[name]) for name in ("title", "summary", "points", "recommended_by")}
        is_open = form.cleaned_data["access"] == Access.OPEN
        try:
            made = actions.hand_over(one, **told, is_open=is_open, by=request.user, at=timezone.now())
            named = {"label": one.label, "who": made.case.organization.name, "number": made.case.number}
            messages.success(request, _("%(label)s is handed over to %(who)s, as case %(number)s.") % named)
            return redirect("products:version", one.product_id, one.label)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {
        "product": one.product, "version": one, "receiver": receiver, "form": form,
        "obstacles": rules.obstacles_to_handing_over(one),
    }  # fmt: skip
    return render(request, "followup/hand_over.html", shown, status=422 if form.errors else 200)


def _proposed(version: Version) -> dict[str, str]:
    """What a case that hands a version over usually says."""
    with translation.override("da"):  # the language of papers
        named = {"title": version.product.title, "label": version.label, "who": version.product.organization.name}
        return {
            "title": f"{version.product.title}, {version.label}"[:300], "recommended_by": named["who"],
            "summary": _("%(who)s has finished its work, and hands over “%(title)s”, %(label)s.") % named,
            "points": _("“%(title)s” is adopted as the ground of the work to come") % named,
        }  # fmt: skip


# --- lists and pages ---


class Waiting(NamedTuple):
    """What was handed over and decided, and is followed by no commitment yet."""

    item: AgendaItem
    address: str


@require_safe
def commitments(request: HttpRequest) -> HttpResponse:
    """What the bodies that I take part in have promised: what is late first."""
    today = timezone.localdate()
    is_all = request.GET.get("vis") == "alle"
    rows = Commitment.objects.of_committees_of(request.user)
    found = readable(request.user, rows if is_all else rows.exclude(state__in=OVER), request.level)
    page = Paginator(rules.in_order(found, today), PAGE).get_page(request.GET.get("side"))
    shown = {"page": page, "is_all": is_all, "today": today, "waiting": _waiting(request)}
    return render(request, "followup/commitments.html", shown)


def _waiting(request: HttpRequest) -> list[Waiting]:
    """What was handed over to bodies whose cases I keep, was decided on, and has no commitment yet."""
    kept = {one.organization_id for one in memberships_of(request.user) if one.role in rules.STAFF}
    if not kept:
        return []
    rows = AgendaItem.objects.filter(
        meeting__organization__in=kept, meeting__adjourned_at__isnull=False, case__hand_over__isnull=False,
        commitments=None, minutes_of__isnull=False,
    )  # fmt: skip
    rows = rows.exclude(minutes_of__outcome="").exclude(case__disqualifications__person=request.user.person_id)
    told = []
    for item in rows.select_related("meeting__organization__body", "case").order_by("-meeting__start", "order")[:PAGE]:
        subject = of_item(request.user, item, of_meeting(request.user, item.meeting, ()), set())
        if is_allowed("followup:commit", subject, request.level):
            told.append(Waiting(item, reverse("followup:commit", args=[item.meeting_id, item.pk])))
    return told


@require_safe
def commitment(request: HttpRequest, commitment: UUID) -> HttpResponse:
    """One, with its course."""
    one: Commitment = request.subject.row
    now = timezone.now()
    _note_reading(request, one)
    may_read = _may_read_item(request, one)
    shown = {
        "one": one, "today": timezone.localdate(now),
        "reports": one.reports.select_related("by__person").order_by("-number"),
        "texts": one.texts.select_related("saved_by__person"),
        "decision_at": reverse("reading:item", args=[one.item.meeting_id, one.item_id]) if may_read else "",
        "part": _part_of(one),
    }  # fmt: skip
    return render(request, "followup/commitment.html", shown)


def _note_reading(request: HttpRequest, one: Commitment | AgendaItem) -> None:
    """Write down who reads what is closed (I26)."""
    if one.is_closed and request.method == "GET":
        note_reading(one, by=request.user, at=timezone.now())


def _may_read_item(request: HttpRequest, one: Commitment) -> bool:
    barred = barred_from(request.user, [one])
    subject = of_item(request.user, one.item, of_meeting(request.user, one.item.meeting), barred)
    return is_allowed("reading:item", subject, request.level)


def _part_of(one: Commitment) -> str:
    """The heading of the part that it stems from, as that version has it."""
    if one.origin is None or one.element_id is None:
        return ""
    said = next((part for part in one.origin.decoded().elements if part.id == str(one.element_id)), None)
    return f"{said.number or ''} {said.title or ''}".strip() if said else ""


# --- writing ---


@require_http_methods(["GET", "POST"])
def commit(request: HttpRequest, meeting: UUID, item: UUID) -> HttpResponse:
    """Write down what the decision at an item promises."""
    one: AgendaItem = request.subject.row
    _note_reading(request, one)
    versions = list(rules.versions_at(one))
    people = rules.may_be_responsible(one, versions, timezone.localdate())
    form = CommitmentForm(people, versions, request.POST or None, initial={"responsible": request.user})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        origin = form.origin
        try:
            made = actions.commit(
                one, text=clean(told["text"]), unit=clean(told["unit"]), responsible=told["responsible"],
                due=told["due"], origin=origin.version, element=origin.element, by=request.user, at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("Written down. It is the house’s own until somebody publishes it."))
            if "more" in request.POST:
                return redirect("followup:commit", one.meeting_id, one.pk)
            return redirect(made)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {
        "item": one, "meeting": one.meeting, "form": form, "obstacles": rules.obstacles_to_committing(one),
        "known": readable(request.user, one.commitments.all(), request.level),
    }  # fmt: skip
    return render(request, "followup/commit.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def reword(request: HttpRequest, commitment: UUID) -> HttpResponse:
    """Correct what it says, which unit does it, or who tells of it."""
    one: Commitment = request.subject.row
    _note_reading(request, one)
    people = rules.may_be_responsible(one.item, [one.origin] if one.origin else [], timezone.localdate())
    initial = {"text": one.text, "unit": one.unit, "responsible": one.responsible}
    form = RewordForm(people, request.POST or None, initial=initial)
    version = number_of(request.POST.get("version"), -1) if request.method == "POST" else one.version
    theirs = None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            actions.reword(
                one, text=clean(told["text"]), unit=clean(told["unit"]), responsible=told["responsible"],
                version=version, by=request.user, at=timezone.now(),
            )  # fmt: skip
            return redirect(one)
        except Conflict as conflict:
            form.add_error(None, [str(text) for text in conflict.obstacles])
            theirs = one.texts.select_related("saved_by__person").first()
            version = theirs.number if theirs else version
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {"one": one, "form": form, "version": version, "theirs": theirs}
    return render(request, "followup/reword.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, commitment: UUID) -> HttpResponse:
    """Tell how far it is."""
    one: Commitment = request.subject.row
    _note_reading(request, one)
    form = ReportForm(one, request.POST or None)
    last = one.last_report
    seen = number_of(request.POST.get("version"), -1) if request.method == "POST" else last.number if last else 0
    theirs = None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            actions.report(
                one, text=clean(told["text"]), state=told["state"], due=told["due"], because=clean(told["because"]),
                seen=seen, by=request.user, at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("Saved. It is the house’s own until somebody publishes it."))
            return redirect(one)
        except Conflict as conflict:
            form.add_error(None, [str(text) for text in conflict.obstacles])
            theirs = one.reports.select_related("by__person").last()
            seen = theirs.number if theirs else seen
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {"one": one, "form": form, "seen": seen, "theirs": theirs, "last": last}
    return render(request, "followup/report.html", shown, status=422 if form.errors else 200)
