"""Signing on a tablet that goes round the room (A9): the session shows these minutes, and takes signatures on them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from raadslag.core.release import public
from raadslag.workspace.common.errors import NotPermitted, Refused
from raadslag.workspace.common.gate import confine, is_confined
from raadslag.workspace.meetings import composing as agendas
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.minutes import composing, signing
from raadslag.workspace.minutes.views import said_at, to_say, version


@require_http_methods(["GET", "POST"])
def shared(request: HttpRequest, meeting: UUID) -> HttpResponse:
    """Before it begins, what it means; then the minutes as everyone may read them, and who has not signed."""
    one: Meeting = request.subject.row
    minutes, refused = version(meeting), []
    if request.method == "POST" and not is_confined(request):
        try:
            signing.begin_sharing(minutes, by=request.user, at=timezone.now())
        except Refused as refusal:
            refused = refusal.obstacles
        else:
            confine(request, reverse("minutes:shared", args=[meeting]))
            return redirect("minutes:shared", meeting)
    shown = {"meeting": one, "minutes": minutes, "obstacles": signing.obstacles_to_sharing(minutes), "refused": refused}
    if not is_confined(request):
        return render(request, "minutes/share.html", shown, status=422 if refused else 200)
    items = composing.items_of(one)
    seen = public(agendas.as_closed_now(composing.shown(minutes), items, ()))
    shown |= {
        "shown": seen, "lines": composing.lines(seen, items, None, ()), "missing": signing.unsigned(minutes),
        "additions": composing.of_the_whole(seen), "adjourned": composing.adjourned_sentence(one),
    }  # fmt: skip
    return render(request, "minutes/shared.html", shown)


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, meeting: UUID, person: UUID) -> HttpResponse:
    """Sign as the person whose name was picked, with his own code. Raises Http404 for who has nothing to sign here."""
    if not is_confined(request):
        raise Http404
    minutes = version(meeting, request.POST.get("version", "") or request.GET.get("udgave", ""))
    who = next((one for one in signing.unsigned(version(meeting)) if one.pk == person), None)
    if who is None:
        raise Http404
    told, refused = signing.said_before(minutes, person), []
    if request.method == "POST":
        told = said_at(request)
        try:
            signing.sign_shared(
                minutes, who, request.POST.get("signing_code", ""), sha256=minutes.sha256, **told, by=request.user,
                at=timezone.now(),
            )  # fmt: skip
        except NotPermitted:
            raise
        except Refused as refusal:
            refused = refusal.obstacles
        else:
            messages.success(request, _("Thank you, %(name)s") % {"name": who.name})
            return redirect("minutes:shared", meeting)
    shown = {
        "meeting": request.subject.row, "minutes": minutes, "person": who, "refused": refused,
        "obstacles": signing.obstacles_to_sharing(minutes), **to_say(composing.items_of(minutes.meeting), told),
    }  # fmt: skip
    return render(request, "minutes/shared_sign.html", shown, status=422 if refused else 200)
