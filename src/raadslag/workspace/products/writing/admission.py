"""Who may be on a line: the same login and the same table as for a page, asked before it opens and while it is open."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from http.cookies import CookieError
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.models import Session
from django.http import HttpRequest, parse_cookie
from django.urls import Resolver404, resolve
from django.utils import timezone

from raadslag.workspace.bodies.standing import remember_memberships
from raadslag.workspace.common import access
from raadslag.workspace.common.access.allowed import is_allowed
from raadslag.workspace.common.gate import CONFINED
from raadslag.workspace.people.models import User
from raadslag.workspace.products import rules, subjects
from raadslag.workspace.products.models import Element, Product

ROUTE = "products:together"
UNREADABLE, LOGIN, NOT_HERE, CLOSED, PLAIN, TOO_MUCH, TOO_SLOW = 4400, 4401, 4403, 4409, 4415, 4429, 4408
"""Why a line is closed: what was said is no message; not logged in; no right, or no such part; the product has been
approved; the text is one for the plain field; more than anybody writes; the other end takes nothing."""

log = logging.getLogger(__name__)


class Who(NamedTuple):
    """Somebody on a line: his page, his user, in which login and at which level, and his name."""

    line: int
    user: UUID
    session: str
    level: str
    name: str


class Admitted(NamedTuple):
    """To which part, and who."""

    element: UUID
    who: Who


def is_from_here(headers: Mapping[str, str]) -> bool:
    """Whether a page of ours asks, at the address that people use. No other may open a line with somebody's login."""
    host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    return headers.get("origin", "").rstrip("/") == settings.ADDRESS and host in settings.ALLOWED_HOSTS


def admit(path: str, headers: Mapping[str, str], line: int) -> Admitted | int:
    """To which part who asks is admitted, or why not."""
    request = HttpRequest()
    try:
        request.COOKIES = parse_cookie(headers.get("cookie", ""))
        match = resolve(path)
    except (CookieError, Resolver404):
        return NOT_HERE
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = auth.get_user(request)
    if not isinstance(user, User) or not user.is_active:
        return LOGIN
    level = request.session.get("level", "low")
    if match.view_name != ROUTE or CONFINED in request.session:
        return NOT_HERE
    subject = access.subject_of(ROUTE, user, match.kwargs)
    who = Who(line, user.pk, request.session.session_key or "", level, user.person.name)
    if subject is None or not _may(subject, level):
        return NOT_HERE if subject is None else refusals(subject.row.pk, [who]).get(who, NOT_HERE)
    return Admitted(match.kwargs["element"], who)


def refusals(element: UUID, some: Collection[Who]) -> dict[Who, int]:
    """Those of `some` who may not be here any more, and why; in a number of queries that does not grow with them."""
    row = Element.objects.select_related("product__organization__body", "parent", "writers").filter(pk=element).first()
    if row is None:
        return dict.fromkeys(some, NOT_HERE)
    users = {one.pk: one for one in User.objects.filter(pk__in={who.user for who in some}, is_active=True)}
    remember_memberships(list(users.values()))
    keys = Session.objects.filter(session_key__in={who.session for who in some}, expire_date__gt=timezone.now())
    logged_in = set(keys.values_list("session_key", flat=True))

    def refused(who: Who) -> int:
        if who.user not in users or who.session not in logged_in:
            return LOGIN
        user: Any = users[who.user]
        if _may(subjects.of_element(user, row, subjects.of_product(user, row.product)), who.level):
            return 0
        is_closed = row.product.state != Product.State.DRAFT and rules.may_write(user, row)
        return CLOSED if is_closed else NOT_HERE

    return {who: code for who in some if (code := refused(who))}


def _may(subject: access.Subject, level: str) -> bool:
    try:
        return is_allowed(ROUTE, subject, level)
    except Exception:  # a fault in the check means closed, for whatever reason it failed (I3)
        log.exception("The check of access failed at %s", ROUTE)
        return False
