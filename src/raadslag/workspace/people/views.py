"""A link that logs in once, the choice of language and of a code to sign with, and the list of people."""

from __future__ import annotations

from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from raadslag.workspace.common.errors import Refused
from raadslag.workspace.people import actions, codes
from raadslag.workspace.people.forms import PersonForm, SigningCodeForm
from raadslag.workspace.people.login import make_link, use_link
from raadslag.workspace.people.models import Person, SigningCode, User

MOST = 200


@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """A page with one button: a mail program that looks at every link uses none up."""
    if request.method == "GET":
        return render(request, "people/link.html")
    user = use_link(secret, at=timezone.now())
    if user is None:
        return render(request, "people/link_gone.html", status=410)
    record_authentication(request, user, method="link")
    return perform_login(request, user)


@require_POST
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Remember the language: with the person, or in a cookie before he has logged in. Then back."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    back = request.POST.get("next", "/")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    if request.user.is_authenticated:
        person = request.user.person
        actions.set_own(person, by=request.user, at=timezone.now(), language=code, digest=person.digest)
    else:
        response.set_cookie("language", code, max_age=365 * 86400, httponly=True, samesite="Lax")
    return response


@require_http_methods(["GET", "POST"])
def signing_code(request: HttpRequest) -> HttpResponse:
    """Choose the code with which I sign on a shared tablet, or another. It is never shown."""
    form, person = SigningCodeForm(request.POST or None), request.user.person
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told = form.cleaned_data
            try:
                codes.set_code(
                    person, told["signing_code"], told["signing_code_again"], by=request.user, at=timezone.now()
                )
                messages.success(request, _("Saved."))
                return redirect("people:signing-code")
            except Refused as refusal:
                form.add_error("signing_code", refusal.obstacles)
    mine = SigningCode.objects.filter(person=person).first()
    return render(request, "people/signing_code.html", {"form": form, "mine": mine}, status=status)


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, found by name or address."""
    asked = request.GET.get("q", "").strip()
    found = Person.objects.select_related("user")
    if asked:
        found = found.filter(Q(name__icontains=asked) | Q(email__icontains=asked))
    shown = list(found[: MOST + 1])
    return render(request, "people/people.html", {"people": shown[:MOST], "asked": asked, "is_cut": len(shown) > MOST})


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct a name or an address; let in or stop; name administrators; give a link."""
    one = get_object_or_404(Person.objects.select_related("user"), pk=pk)
    form = PersonForm(request.POST or None, initial={"name": one.name, "email": one.email})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.change(one, by=request.user, at=timezone.now(), **form.cleaned_data)
                messages.success(request, _("Saved."))
                return redirect("people:person", pk=pk)
            except Refused as refusal:
                form.add_error("email", refusal.obstacles)
    return render(request, "people/person.html", {"person": one, "form": form}, status=status)


@require_POST
def person_set(request: HttpRequest, pk: UUID, what: str) -> HttpResponse:
    """One of the switches of a person's page: `stop`, `start`, `administrator`, `no-administrator`, `link`."""
    user = get_object_or_404(User, person=pk)
    now = timezone.now()
    try:
        match what:
            case "stop" | "start":
                actions.set_active(user, what == "start", by=request.user, at=now)
            case "administrator" | "no-administrator":
                actions.set_administrator(user, what == "administrator", by=request.user, at=now)
            case "link":
                secret = make_link(user, by=request.user, at=now)
                address = request.build_absolute_uri("/ind/" + secret + "/")
                return render(request, "people/link_made.html", {"person": user.person, "address": address})
            case _:
                raise Http404
        messages.success(request, _("Saved."))
    except Refused as refusal:
        messages.error(request, " ".join(refusal.obstacles))
    return redirect("people:person", pk=pk)
