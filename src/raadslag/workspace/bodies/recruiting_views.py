"""The pages on which a task committee finds its citizens: calls, applications, the nomination, the decision."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from raadslag.workspace.bodies import recruiting
from raadslag.workspace.bodies.forms import ApplicationForm, CallForm, DecisionForm
from raadslag.workspace.bodies.models import Application, CitizenCall, Organization
from raadslag.workspace.common.errors import Conflict, Refused


@require_safe
def calls(request: HttpRequest, organization: UUID) -> HttpResponse:
    """The calls of a committee, and a new one."""
    return _calls(request)


def _calls(request: HttpRequest, *, status: int = 200, form: CallForm | None = None) -> HttpResponse:
    one: Organization = request.subject.row
    mandate = one.mandates.first()
    composition = mandate.composition.strip() if mandate else ""
    profiles = composition if "\n" in composition else ""  # one sentence tells how many, and not whom
    initial = {"seats": one.seats or 1, "profiles": profiles}
    shown = {
        "organization": one, "calls": one.calls.all(), "mandate": mandate, "form": form or CallForm(initial=initial)
    }  # fmt: skip
    return render(request, "bodies/calls.html", shown, status=status)


@require_POST
def call_new(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Call for citizens."""
    form = CallForm(request.POST)
    if form.is_valid():
        try:
            made = recruiting.save_call(
                request.subject.row, None, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            return redirect(made)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    return _calls(request, status=422, form=form)


@require_safe
def call(request: HttpRequest, organization: UUID, call: UUID) -> HttpResponse:
    """A call, who has applied, who is proposed, and what was decided."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    one: CitizenCall = request.subject.row
    applications = list(one.applications.all())
    for application in applications:
        application.call = one
    proposed = [application for application in applications if application.is_proposed]
    fitting = Counter(application.profile for application in proposed)
    today = timezone.localdate()
    initial = {"decided_on": today, "keep_until": today + recruiting.KEPT}
    shown = {
        "call": one, "organization": one.organization, "applications": applications, "proposed": proposed,
        "wished": [(profile, fitting[profile]) for profile in one.wished],
        "is_overdue": bool(one.keep_until and one.keep_until < today and not one.forgotten_at),
        "unreachable": [application for application in applications if not application.email],
        "call_form": CallForm(initial={name: getattr(one, name) for name in CallForm.base_fields}),
        "application_form": ApplicationForm(one, initial={"received_on": today}),
        "decision_form": DecisionForm(initial=initial),
        "seen": recruiting.print_of(one),
        **forms,
    }  # fmt: skip
    return render(request, "bodies/call.html", shown, status=status)


@require_POST
def call_set(request: HttpRequest, organization: UUID, call: UUID) -> HttpResponse:
    """Change the call. Where somebody else has saved since, both are shown: the page has the call as it stands."""
    one: CitizenCall = request.subject.row
    form, seen = CallForm(request.POST), request.POST.get("seen", "")
    if form.is_valid():
        told: dict[str, Any] = {**form.cleaned_data, "by": request.user, "at": timezone.now()}
        try:
            recruiting.save_call(one.organization, one, **told, seen=seen)
            return redirect(one)
        except Conflict as conflict:
            form.add_error(None, [str(text) for text in conflict.obstacles])
            one.refresh_from_db()
            seen = recruiting.print_of(one)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    return _page(request, status=422, call_form=form, seen=seen)


@require_POST
def apply(request: HttpRequest, organization: UUID, call: UUID) -> HttpResponse:
    """Type in an application."""
    one: CitizenCall = request.subject.row
    form = ApplicationForm(one, request.POST)
    if form.is_valid():
        try:
            recruiting.save_application(one, None, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("The application has been entered."))
            return redirect(one)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    return _page(request, status=422, application_form=form)


@require_http_methods(["GET", "POST"])
def application(request: HttpRequest, organization: UUID, call: UUID, application: UUID) -> HttpResponse:
    """Correct an application, or delete it."""
    one: CitizenCall = request.subject.row
    row = get_object_or_404(Application, pk=application, call=one)
    initial = {name: getattr(row, name) for name in ApplicationForm.base_fields}
    form = ApplicationForm(one, request.POST or None, initial=initial)
    seen, theirs = request.POST.get("seen") or recruiting.print_of(row), None
    if request.method == "POST" and form.is_valid():
        told: dict[str, Any] = {**form.cleaned_data, "by": request.user, "at": timezone.now()}
        try:
            recruiting.save_application(one, row, **told, seen=seen)
            return redirect(one)
        except Conflict as conflict:
            form.add_error(None, [str(text) for text in conflict.obstacles])
            theirs = Application.objects.get(pk=row.pk)
            seen = recruiting.print_of(theirs)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {"call": one, "application": row, "form": form, "theirs": theirs, "seen": seen}
    return render(request, "bodies/application.html", shown, status=422 if form.errors else 200)


@require_POST
def application_set(request: HttpRequest, organization: UUID, call: UUID, application: UUID) -> HttpResponse:
    """Propose the person, or not any more, or delete the application: `do` is propose, leave or delete."""
    one: CitizenCall = request.subject.row
    row = get_object_or_404(Application.objects.select_related("call"), pk=application, call=one)
    told: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    try:
        match request.POST.get("do"):
            case "propose" | "leave" as do:
                recruiting.propose(row, do == "propose", **told)
            case "delete":
                recruiting.remove(row, **told)
                messages.success(request, _("The application has been deleted."))
            case _:
                raise Http404
    except Refused as refusal:
        messages.error(request, " ".join(refusal.obstacles))
    return redirect(one)


@require_safe
def nomination(request: HttpRequest, organization: UUID, call: UUID) -> HttpResponse:
    """Whom the council is asked to appoint, for print: without addresses."""
    one: CitizenCall = request.subject.row
    shown = {"call": one, "organization": one.organization, "proposed": one.applications.filter(is_proposed=True)}
    return render(request, "bodies/nomination.html", shown)


@require_POST
def decide(request: HttpRequest, organization: UUID, call: UUID) -> HttpResponse:
    """Enter what the council decided: the chosen are members, and everyone is told."""
    one: CitizenCall = request.subject.row
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            recruiting.decide(one, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("The decision has been entered. Everyone with an e-mail is told."))
            return redirect(one)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    return _page(request, status=422, decision_form=form)


@require_POST
def forget(request: HttpRequest, organization: UUID, call: UUID) -> HttpResponse:
    """Delete the applications."""
    one: CitizenCall = request.subject.row
    recruiting.forget(one, by=request.user, at=timezone.now())
    messages.success(request, _("The applications have been deleted."))
    return redirect(one)
