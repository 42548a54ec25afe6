"""What a phone shows in the room: the door for a code, a station, and what became of a thought.

No account is asked for, and nobody's name.
"""

from __future__ import annotations

import time
from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from raadslag.web.limiter import Limiter
from raadslag.workspace.bodies.standing import roles_in
from raadslag.workspace.common.errors import Refused
from raadslag.workspace.common.typed import uuid_or_none
from raadslag.workspace.deliberation import placing
from raadslag.workspace.deliberation.models import Contribution, Guest, Round, Station
from raadslag.workspace.deliberation.rules import LONGEST
from raadslag.workspace.deliberation.sessions import codes, saying
from raadslag.workspace.deliberation.sessions.saying import Door
from raadslag.workspace.products import composing

COOKIE = "stand"
"""Which device this is, so that it finds its own thoughts again; of whose it is, it says nothing."""

_KEPT_FOR = 7 * 24 * 3600  # seconds: until the answers are given, most often
_TRIES = Limiter(rate=1 / 3, burst=40)  # codes that are none, by address: typing errors pass, guessing does not
_THOUGHTS = Limiter(rate=1, burst=30)  # thoughts, by device: what waited comes at once, and nobody writes faster
_STRANGERS = Limiter(rate=2, burst=60)  # thoughts of devices that never showed the page, by address
_ARRIVALS = Limiter(rate=20, burst=400)  # devices, by address: a hall full of phones has one


class ThoughtForm(forms.Form):
    """A thought: what kind, what, and in whose name."""

    kind = forms.ChoiceField(choices=Contribution.Kind.choices, widget=forms.RadioSelect)
    stance = forms.ChoiceField(choices=Contribution.Stance.choices, widget=forms.RadioSelect, required=False)
    text = forms.CharField(max_length=LONGEST, widget=forms.Textarea, strip=True)
    thought = forms.UUIDField()  # the device's own name for it: sent twice it is taken in once
    me = forms.UUIDField(required=False)  # who had logged in on the device as it was written
    who = forms.ChoiceField(choices=(("group", gettext_lazy("The group")), ("me", gettext_lazy("Me"))))


@require_http_methods(["GET", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """Where a code is typed."""
    if request.method == "GET":
        return render(request, "sessions/door.html", {"code": ""})
    code = codes.heard(request.POST.get("code", ""))
    if code:
        return redirect("sessions:station", code)
    return _no_station(request, request.POST.get("code", "")[: codes.LENGTH * 2])


@require_http_methods(["GET", "POST"])
def station(request: HttpRequest, code: str) -> HttpResponse:
    """A station while its round goes on: what is asked, the part of the draft, and a field for one thought."""
    at = timezone.now()
    tried = _at_once(request, code, at) if request.method == "POST" else None
    if tried and (tried.made or _wants_data(request)):
        return _answered(request, code, tried)
    there = saying.station_of(codes.heard(code))
    guest = _guest(request)
    if there is None:
        return _late(request, code, guest, at, tried)
    if request.method == "POST":
        return _take(request, there, code, guest, at, tried)
    if (guest is None or guest.session_id != there.round.session_id) and _ARRIVALS.take(_address(request), 1, _clock()):
        return _slowly(request)
    known = guest
    guest = saying.arrive(there, guest, at=at)
    response = _shown(request, there, guest, ThoughtForm())
    if known is None or known.pk != guest.pk:
        _remember(response, guest)
    return response


def _at_once(request: HttpRequest, code: str, at: datetime) -> Taken | None:
    """Take in what a device sends that is where it says, for its group, as most do: with nothing asked before, since a
    hall sends at once, and without the form, which costs a fifth of it. None where there is more to be asked."""
    guest, sent = uuid_or_none(request.COOKIES.get(COOKIE, "")), request.POST
    if guest is None:
        return None
    if _THOUGHTS.take(str(guest), 1, _clock()):
        form = ThoughtForm(sent)
        form.add_error(None, _SLOWLY)
        return Taken(None, HTTPStatus.TOO_MANY_REQUESTS, form)
    receipt, text = uuid_or_none(sent.get("thought", "")), sent.get("text", "")
    if receipt is None or sent.get("who") != "group":
        return None
    door = Door(codes.heard(code), uuid_or_none(sent.get("station", "")), guest)
    kind, stance = sent.get("kind", ""), sent.get("stance", "")
    try:
        made = saying.say_for_group(door, kind=kind, text=text, stance=stance, receipt=receipt, at=at)
    except Refused as refusal:
        form = ThoughtForm(sent)
        if form.is_valid():  # else it names the fields itself
            form.add_error(None, refusal.obstacles)
        return Taken(None, HTTPStatus.UNPROCESSABLE_ENTITY, form)
    return Taken(made, HTTPStatus.OK) if made else None


def _answered(request: HttpRequest, code: str, taken: Taken) -> HttpResponse:
    if taken.made and not _wants_data(request):
        return redirect(f"{reverse('sessions:station', args=[codes.heard(code)])}?tak={taken.made.name}")
    return _data(taken)


def _take(request: HttpRequest, there: Station, code: str, guest: Guest | None, at: datetime, tried: Taken | None
          ) -> HttpResponse:  # fmt: skip
    is_new = guest is None or guest.session_id != there.round.session_id
    told = uuid_or_none(request.POST.get("station", ""))
    if told and told != there.pk:  # written at another station, whose code this was before
        return _late(request, code, guest, at, tried)
    if is_new and (_ARRIVALS.take(_address(request), 1, _clock()) or _STRANGERS.take(_address(request), 1, _clock())):
        return _slowly(request)
    if guest is None or is_new or guest.station_id != there.pk:
        guest = saying.arrive(there, guest, at=at)
    if is_new:
        _THOUGHTS.take(str(guest.pk), 1, _clock())  # its first is one of them
    taken = tried or _tried(request, there, guest, at)
    if taken.made or _wants_data(request):
        response = _answered(request, code, taken)
    else:
        response = _shown(request, there, guest, taken.form, status=taken.status)
    if is_new:
        _remember(response, guest)
    return response


class Taken(NamedTuple):
    """What became of a thought that was sent: the thought, or the form with the reasons why it is not in."""

    made: Contribution | None
    status: int
    form: Any = None


def _tried(request: HttpRequest, there: Station, guest: Guest, at: datetime) -> Taken:
    form = ThoughtForm(request.POST)
    if form.is_valid():
        try:
            return Taken(_said(request, there, guest, form.cleaned_data, at), HTTPStatus.OK)
        except NotTheSame:
            form.add_error(None, _NOT_THE_SAME)
            return Taken(None, HTTPStatus.UNAUTHORIZED, form)
        except Refused as refusal:
            form.add_error(None, refusal.obstacles)
    return Taken(None, HTTPStatus.UNPROCESSABLE_ENTITY, form)


def _said(request: HttpRequest, there: Station, guest: Guest, given: dict[str, Any], at: datetime) -> Contribution:
    is_me, me = given["who"] == "me", given["me"]
    if is_me and me and me != request.user.pk:
        raise NotTheSame
    user = request.user if is_me and me and _takes_part(request, there) else None
    speaker = "" if is_me else saying.group_at(there)
    by = user or saying.STATION
    return saying.say(there, kind=given["kind"], text=given["text"], stance=given["stance"], speaker=speaker,
                      guest=guest, receipt=given["thought"], person=user, by=by, at=at)  # fmt: skip


class NotTheSame(Exception):
    """A thought was signed by one person, and another, or nobody, is logged in as it comes: nobody signs for others."""


_NOT_THE_SAME = gettext_lazy(
    "You wrote this with your name, and are not logged in any more. Log in again, or send it without a name."
)


def _takes_part(request: HttpRequest, there: Station) -> bool:
    """Whether who has logged in on this device takes part in the committee: he can sign with his name."""
    committee = there.round.session.meeting.organization
    return request.user.is_authenticated and bool(roles_in(request.user, committee) - {"user"})


def _late(request: HttpRequest, code: str, guest: Guest | None, at: datetime, tried: Taken | None) -> HttpResponse:
    """What a code answers that opens nothing now: the same for one that never was. A device that was there brings in
    what it could not send in time, and is told that the round is over."""
    there = _was_at(request, code, guest)
    if guest is None or there is None:
        return (
            _slowly(request) if _TRIES.take(_address(request), 1, _clock()) else _no_station(request, codes.heard(code))
        )
    shown = {"station": there, "mine": _mine(guest), "text": request.POST.get("text", "")}
    if request.method == "GET":
        return render(request, "sessions/closed.html", shown)
    taken = tried or _tried(request, there, guest, at)
    if _wants_data(request):
        return _data(taken)
    if taken.made:
        return redirect("sessions:receipt", taken.made.receipt)
    return render(request, "sessions/closed.html", {**shown, "form": taken.form}, status=taken.status)


def _was_at(request: HttpRequest, code: str, guest: Guest | None) -> Station | None:
    """The station at which a known device was, though its code opens nothing any more; it says so by the page's own
    name for it, since a code is given back."""
    if guest is None:
        return None
    rows = Station.objects.filter(round__session=guest.session_id).select_related(
        "round__session__meeting__organization__body", "round__session__product", "element"
    )  # fmt: skip
    pk = uuid_or_none(request.POST.get("station", ""))
    if pk is None and guest.station.code is None:  # the deliberation is over: there it was last
        pk = guest.station_id
    if pk:
        return rows.filter(pk=pk).first()
    return rows.filter(code=codes.heard(code) or "-").exclude(round__state=Round.State.PLANNED).first()


def _no_station(request: HttpRequest, code: str) -> HttpResponse:
    words = _("That code opens nothing now. The round has perhaps not begun, or is over. Ask at the table.")
    if _wants_data(request):
        return JsonResponse({"refused": [words]}, status=410)
    told = {"code": code, "words": words, "text": request.POST.get("text", "")}
    return render(request, "sessions/door.html", told, status=404)


_PAUSE = "10"  # seconds
_SLOWLY = gettext_lazy("That was a lot at once. Wait a moment, and try again. What you wrote is kept.")


def _slowly(request: HttpRequest) -> HttpResponse:
    if _wants_data(request):
        return _later(_SLOWLY, HTTPStatus.TOO_MANY_REQUESTS)
    told = {"words": _SLOWLY, "code": "", "text": request.POST.get("text", "")}
    response = render(request, "sessions/door.html", told, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = _PAUSE
    return response


@require_safe
def preview(request: HttpRequest, session: UUID, station: UUID) -> HttpResponse:
    """A station as a phone will show it, for who sets it up: nothing can be sent."""
    return _shown(request, request.subject.row, None, ThoughtForm())


def _shown(request: HttpRequest, there: Station, guest: Guest | None, form: ThoughtForm, *, status: int = 200
           ) -> HttpResponse:  # fmt: skip
    session = there.round.session
    parts = composing.parts_of(session.product) if there.element_id else {}
    below = [node for node in composing.in_reading_order(parts) if _is_of(node.part, there.element_id, parts)]
    here, may_sign = saying.here(there), _takes_part(request, there)
    shown = {
        "station": there, "round": there.round, "form": form, "parts": below, "here": here,
        "free": max(0, there.seats - here), "group": saying.group_at(there), "mine": _mine(guest),
        "me": request.user.pk if may_sign else "", "thought": uuid4(),
        "others": list(there.round.stations.exclude(pk=there.pk)),
        "body": session.meeting.organization.body,
        "is_preview": guest is None, "may_sign": may_sign, "thanks": request.GET.get("tak", "")[:10],
    }  # fmt: skip
    return render(request, "sessions/station.html", shown, status=status)


def _is_of(part: Any, element: UUID | None, parts: dict[UUID, Any]) -> bool:
    while part is not None:
        if part.pk == element:
            return True
        part = parts.get(part.parent_id)
    return False


def _mine(guest: Guest | None) -> list[Contribution]:
    if guest is None:
        return []
    return list(placing.with_answers(saying.of_device(guest))[:20])


@require_safe
def now(request: HttpRequest, code: str) -> HttpResponse:
    """How long the round still goes on, for the clock on a phone that came to it; to all others nothing."""
    guest = _guest(request)
    there = saying.station_of(codes.heard(code)) if guest else None
    if there is None or guest is None or guest.session_id != there.round.session_id:
        if guest is None and _TRIES.take(_address(request), 1, _clock()):
            return JsonResponse({}, status=429)
        return JsonResponse({"until": None, "here": 0})
    saying.still_here(guest, at=timezone.now())
    ends = there.round.ends_at
    return JsonResponse({"until": ends.isoformat() if ends else None, "here": saying.here(there)})


@require_safe
def receipt(request: HttpRequest, receipt: UUID) -> HttpResponse:
    """What became of one's own thought: who has its address has written it, and nobody else was told."""
    rows = placing.with_answers(Contribution.objects.filter(receipt=receipt))
    one = rows.select_related("station__round__session__meeting__organization__body", "product").first()
    if one is None or one.station is None:
        told = {"words": _("There is no such receipt. Check the address."), "code": ""}
        return render(request, "sessions/door.html", told, status=404)
    shown = {"one": one, "meeting": one.station.round.session.meeting, "answer": one.answer}
    return render(request, "sessions/receipt.html", shown)


# --- inside ---


def _guest(request: HttpRequest) -> Guest | None:
    pk = uuid_or_none(request.COOKIES.get(COOKIE, ""))
    rows = Guest.objects.select_related(
        "station__round__session__meeting__organization__body", "station__round__session__product", "station__element"
    )  # fmt: skip
    return rows.filter(pk=pk).first() if pk else None


def _remember(response: HttpResponse, guest: Guest) -> None:
    response.set_cookie(
        COOKIE, str(guest.pk), max_age=_KEPT_FOR, path=reverse("sessions:door"), httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def _wants_data(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _data(taken: Taken) -> HttpResponse:
    """The same for the page's script: a thought that is in, one that is tried again later, or the reasons why not."""
    if taken.made:
        to = reverse("sessions:receipt", args=[taken.made.receipt])
        return JsonResponse({"name": taken.made.name, "to": to})
    if taken.status != HTTPStatus.UNPROCESSABLE_ENTITY:
        return _later(taken.form.non_field_errors()[0], taken.status)
    told = [str(words) for field in taken.form.errors.values() for words in field]
    return JsonResponse({"refused": told}, status=taken.status)


def _later(words: Any, status: int) -> HttpResponse:
    response = JsonResponse({"again": [str(words)]}, status=status)
    response.headers["Retry-After"] = _PAUSE
    return response


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _clock() -> float:
    return time.monotonic()
