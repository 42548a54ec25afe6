"""Logging in: what the login library asks of us, the level of a login, and links that work once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from raadslag.workspace.common import journal
from raadslag.workspace.people.events import LinkMade, LinkUsed
from raadslag.workspace.people.models import LoginLink, User

LINK_HOURS = 24


class Accounts(DefaultAccountAdapter):
    """Nobody signs up: a secretary or an administrator enters who takes part."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _("That was too many times in a short while. Wait some minutes, then try again."),
        "rate_limited": _("That was too many times in a short while. Wait some minutes, then try again."),
        "incorrect_code": _("That is not the code. Look at the newest mail."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> Any:
        """Each login begins low, unless an identity provider vouches for more."""
        told = super().pre_login(request, user, **kwargs)
        request.session["level"] = getattr(request, "_level", "low")
        return told

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """A passkey or a code from an app, in this very login, makes it one of two factors."""
        records = get_authentication_records(request, user)
        if request.session.get("level") == "low" and any(one["method"] == "mfa" for one in records):
            request.session["level"] = "two_factors"
        return super().post_login(request, user, **kwargs)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Told only to who has shown that he is the one."""
        return render(request, "work/stopped.html", status=403)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Before a factor is changed, one of those there are is asked for; the first is added without."""
        user = context.request.user
        needed: bool = super().is_reauthentication_required(app=app, **kwargs)
        return needed and bool(self.get_reauthentication_methods(user))


@receiver(signals.authenticator_added)
def _is_stronger(request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any) -> None:
    # Who has shown the new factor this moment is not asked for it again to see his spare codes.
    record_authentication(
        request, user, method="mfa", reauthenticated=True, type=authenticator.type, id=authenticator.pk
    )
    if request.session.get("level") == "low":
        request.session["level"] = "two_factors"


@receiver(signals.authenticator_removed)
def _is_weaker(request: HttpRequest, user: Any, **_: Any) -> None:
    factors = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    if request.session.get("level") == "two_factors" and not is_mfa_enabled(user, factors):
        request.session["level"] = "low"


class Providers(DefaultSocialAccountAdapter):
    """An identity provider tells who somebody is; whether he takes part, our own list tells."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Connect the statement to the user with its address, on first use; keep its level for the session.

        The provider has verified the address, or is one whose addresses its owner vouches for.
        """
        request._level = level_of(sociallogin)
        if sociallogin.is_existing:
            return
        address = next((one.email for one in sociallogin.email_addresses if one.verified), None)
        user = User.objects.filter(email__iexact=address, is_active=True).first() if address else None
        if user is None:
            raise ImmediateHttpResponse(render(request, "work/unknown_login.html", status=403))
        sociallogin.connect(request, user)


def level_of(sociallogin: Any) -> str:
    """ "low", "substantial" or "high", as our settings count the provider's statement; low where it is not named."""
    account = sociallogin.account
    levels = settings.LEVELS.get(account.provider, {})
    data = account.extra_data or {}
    told = [data, data.get("id_token") or {}, data.get("userinfo") or {}]
    said = {str(value) for one in told for name in ("acr", "loa") for value in _values(one.get(name))}
    said |= {
        str(value)
        for name in data
        if "assurancelevel" in name.lower() or name.endswith("loa")
        for value in _values(data[name])
    }
    order = ("low", "substantial", "high")
    return max((levels[one] for one in said if one in levels), key=order.index, default="low")


def _values(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


@journal.action
def make_link(user: User, *, by: Any, at: datetime) -> str:
    """A secret that logs `user` in once within a day; it is told here and kept nowhere."""
    secret = secrets.token_urlsafe(32)
    link = LoginLink.objects.create(hash=_hashed(secret), user=user, until=at + timedelta(hours=LINK_HOURS))
    journal.write(LinkMade(until=link.until), by=by, at=at, about=user)
    return secret


@journal.action
def use_link(secret: str, *, at: datetime) -> User | None:
    """The user whom `secret` logs in, now used up; None where it is unknown, used or too old."""
    link = LoginLink.objects.select_for_update().filter(hash=_hashed(secret)).select_related("user").first()
    if link is None or not link.is_good(at):
        return None
    LoginLink.objects.filter(pk=link.pk).update(used_at=at)
    journal.write(LinkUsed(), by=link.user, at=at, about=link.user)
    return link.user


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
