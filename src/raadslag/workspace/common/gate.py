"""The gate: every request meets the access table before any view runs (I2, I7, I10, I11, I36)."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.views.defaults import page_not_found

from raadslag.workspace.common import access, journal
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.errors import NotPermitted, Repeated
from raadslag.workspace.common.models import Answered
from raadslag.workspace.common.views import written

log = logging.getLogger(__name__)
ONCE = "once"
CONFINED = "confined"
"""In a session: the one address that it reaches, with what lies below, until it is logged out. For a tablet that goes
round a room: whoever holds it has not logged in himself."""

_CONFINED_FOR = 12 * 3600  # seconds: nobody looks for a tablet that was forgotten the evening before
_FROM_EVERYWHERE = frozenset({"static", "account_logout"})
_LONGEST_KEY = 64
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def confine(request: HttpRequest, home: str) -> None:
    """From now on this session reaches the address `home` (ending in a slash) and nothing else, until it is logged out.

    It is weak as well: should anything be let through by mistake, it is nothing closed.
    """
    request.session[CONFINED] = home
    request.session["level"] = "low"
    request.session.set_expiry(_CONFINED_FOR)


def is_confined(request: HttpRequest) -> bool:
    """Whether this session is one that reaches one address alone."""
    return CONFINED in request.session


class Gate:
    """Lets through what the table grants. `request.subject` is the object, found once for gate and view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = journal.current_key.set(None)
        try:
            response = self.get_response(request)
        finally:
            journal.current_key.reset(token)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(_above(request.path))  # a page that was refused, asked for again by its address
        if isinstance(response, HttpResponseRedirect) and (key := _key_of(request)):
            Answered.objects.filter(who=key.who, key=key.key, location="").update(location=response.url[:500])
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """None to go on; else the answer: the page to log in, the page on stronger login, or nothing there."""
        route = request.resolver_match.view_name
        if any(_NO_TEXT.search(text) for told in (request.GET, request.POST) for text in _texts(told)):
            raise SuspiciousOperation("a NUL, or half a letter")  # no text holds one, and no database takes one
        request.level = request.session.get("level", "low")
        home = request.session.get(CONFINED, "/") if request.user.is_authenticated else "/"
        if not request.path.startswith(home) and route not in _FROM_EVERYWHERE:
            return redirect(home)
        try:
            subject = access.subject_of(route, request.user, kwargs)
            met = access.outcome(route, subject.roles, subject.state) if subject else "not_found"
        except Exception:  # a fault in the check means closed, for whatever reason it failed (I3)
            log.exception("The check of access failed at %s", route)
            subject, met = None, "not_found"
        if met == "not_found" or subject is None:
            if not request.user.is_authenticated and access.table().subjects.get(route) != "everyone":
                return _to_login(request)  # the same, whether there is such a thing or not
            raise Http404
        if not is_allowed(route, subject, request.level):
            return render(request, f"work/{met}.html", written(request), status=403)
        request.subject = subject
        journal.current_key.set(_key_of(request))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Who may not is answered like who asks for what is not there; who repeats is led where the first was."""
        if isinstance(exception, Repeated):
            if request.headers.get("Accept") == "application/json":
                return JsonResponse({"to": exception.location or "/"})
            return redirect(exception.location or "/")
        if isinstance(exception, NotPermitted):
            return page_not_found(request, Http404())
        return None


def _above(path: str) -> str:
    """The nearest address above that there is."""
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        with contextlib.suppress(Resolver404):
            resolve(path)
            return path
    return "/"


def _texts(told: Any) -> Iterator[str]:
    for name, texts in told.lists():
        yield name
        yield from texts


def _to_login(request: HttpRequest) -> HttpResponse:
    if request.method != "GET":  # nothing that was written is lost for a login that ran out
        return render(request, "work/login_again.html", written(request), status=401)
    following = "" if request.path == "/" else "?" + urlencode({"next": request.get_full_path()})
    return redirect(reverse(settings.LOGIN_URL) + following)


def _key_of(request: HttpRequest) -> journal.Key | None:
    key = request.POST.get(ONCE, "")[:_LONGEST_KEY] if request.method == "POST" else ""
    if not key:
        return None
    return journal.Key(str(request.user.pk or ""), key)
