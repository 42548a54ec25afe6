"""Committees: their list, the page of one, its mandate, members and rules; and the first page of all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from raadslag.workspace.bodies import actions
from raadslag.workspace.bodies.forms import (
    MandateForm,
    MembershipForm,
    OrganizationForm,
    PolicyForm,
    SetUpForm,
    TermForm,
)
from raadslag.workspace.bodies.models import Body, LegislativeTerm, Membership, Organization, Policy
from raadslag.workspace.bodies.policies import CHOICES, OF_ADMINISTRATORS, policies_of
from raadslag.workspace.bodies.setting_up import FIRST_RUN, first_run_key
from raadslag.workspace.common.errors import Refused
from raadslag.workspace.people.actions import enter


@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """The first page of a new workspace, for who has its key. Once it is set up there is no such page, for anyone."""
    if Body.objects.exists():
        raise Http404
    if not constant_time_compare(request.GET.get(FIRST_RUN, ""), first_run_key()):
        return render(request, "bodies/first_run.html", status=403)
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.set_up(**form.cleaned_data, at=timezone.now())
        login(request, made.administrator, "allauth.account.auth_backends.AuthenticationBackend")
        return redirect(made.organization)
    return render(request, "bodies/first_run.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    """Council, committees and groups, mine first."""
    today = timezone.localdate()
    everything = list(Organization.objects.select_related("parent").order_by("end", "name"))
    mine = set(Organization.objects.of_person(request.user.person, today).values_list("pk", flat=True))
    at_work = [one for one in everything if not one.closed_at and (one.end is None or one.end >= today)]
    shown = {
        "mine": [one for one in at_work if one.pk in mine],
        "others": [one for one in at_work if one.pk not in mine],
        "ended": [one for one in everything if one.closed_at or (one.end and one.end < today)],
    }
    return render(request, "bodies/organizations.html", shown)


@require_safe
def organization(request: HttpRequest, organization: UUID) -> HttpResponse:
    """A committee: mandate, members, groups. Its meetings and cases are led to."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    one: Organization = request.subject.row
    today = timezone.localdate()
    people = list(one.memberships.select_related("person"))
    shown = {
        "organization": one,
        "mandate": one.mandates.prefetch_related("tasks").first(),
        "members": [m for m in people if m.start <= today and (m.end is None or m.end >= today)],
        "coming": [m for m in people if m.start > today],
        "former": [m for m in people if m.end and m.end < today],
        "groups": one.groups.at_work(today),
        "meetings": one.meetings.filter(end__gte=timezone.now(), cancelled_at=None).order_by("start")[:12],
        "member_form": MembershipForm(),
        **forms,
    }
    return render(request, "bodies/organization.html", shown, status=status)


@require_http_methods(["GET", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """Set up a committee or a group."""
    form = OrganizationForm(request.POST or None, initial={"parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.found(Body.objects.get(), **form.cleaned_data, by=request.user, at=timezone.now())
            return redirect(made)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    return render(request, "bodies/found.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def mandate(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Enter the mandate as it was adopted."""
    one: Organization = request.subject.row
    last = one.mandates.prefetch_related("tasks").first()
    initial = {}
    if last:
        tasks = "\n".join(task.text for task in last.tasks.all())
        initial = {"purpose": last.purpose, "tasks": tasks, "composition": last.composition}
    form = MandateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            given = {**form.cleaned_data, "tasks": form.cleaned_data["tasks"].splitlines()}
            actions.adopt_mandate(one, **given, by=request.user, at=timezone.now())
            return redirect(one)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {"organization": one, "form": form, "last": last}
    return render(request, "bodies/mandate.html", shown, status=422 if form.errors else 200)


@require_POST
def appoint(request: HttpRequest, organization: UUID) -> HttpResponse:
    """Give a person a role."""
    one: Organization = request.subject.row
    form = MembershipForm(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        name, email = given.pop("name"), given.pop("email")
        now = timezone.now()
        try:
            with actions.journal.acting():
                person = enter(name, email, by=request.user, at=now)
                actions.appoint(one, person, **given, by=request.user, at=now)
            messages.success(request, _("%(name)s has been added.") % {"name": person.name})
            return redirect(one)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    return _page(request, member_form=form, status=422)


@require_POST
def end_membership(request: HttpRequest, organization: UUID, membership: UUID) -> HttpResponse:
    """Let a role end now. It holds from the next request."""
    one = get_object_or_404(
        Membership.objects.select_related("person", "organization"), pk=membership, organization=organization
    )
    yesterday = timezone.localdate() - timedelta(days=1)
    actions.end_membership(one, on=yesterday, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s no longer has that role.") % {"name": one.person.name})
    return redirect(one.organization)


@require_safe
def policies(request: HttpRequest, organization: UUID) -> HttpResponse:
    """The rules of a committee with reason and day, and their history."""
    one: Organization = request.subject.row
    rules = policies_of(one)
    rows = list(
        Policy.objects.filter(body_id=one.body_id, organization__in=[one.pk]) | Policy.objects.filter(organization=None)
    )
    told = [
        {
            "name": name,
            "choice": choice,
            "value": dict(choice.values)[rules[name]] if choice.values else rules[name],
            "history": [
                (row, dict(choice.values).get(row.value, row.value) if choice.values else row.value)
                for row in rows
                if row.name == name
            ],
        }
        for name, choice in CHOICES.items()
    ]
    return render(request, "bodies/policies.html", {"organization": one, "rules": told})


@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest, organization: UUID, name: str) -> HttpResponse:
    """Choose one rule, for this committee or for all."""
    if name not in CHOICES:
        raise Http404
    one: Organization = request.subject.row
    form = PolicyForm(name, request.POST or None, initial={"value": policies_of(one)[name]})
    if name in OF_ADMINISTRATORS and not request.user.is_administrator and request.method == "POST":
        form.add_error(None, _("An administrator sets this rule: it decides how sure a login has to be."))
    if request.method == "POST" and form.is_valid():
        whom = None if request.POST.get("for_all") and request.user.is_administrator else one
        try:
            actions.set_policy(
                one.body, whom, name, form.cleaned_data["value"], reason=form.cleaned_data["reason"],
                since=form.cleaned_data["since"], by=request.user, at=timezone.now(),
            )  # fmt: skip
            return redirect("bodies:policies", one.pk)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {"organization": one, "form": form, "choice": CHOICES[name]}
    return render(request, "bodies/policy.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """The terms of the council."""
    form = TermForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_term(Body.objects.get(), **form.cleaned_data, by=request.user, at=timezone.now())
            return redirect("bodies:terms")
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    shown = {"form": form, "terms": LegislativeTerm.objects.all()}
    return render(request, "bodies/terms.html", shown, status=422 if form.errors else 200)
