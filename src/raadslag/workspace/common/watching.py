"""Who watches the workspace: programs on this machine, which call it by its number, and who has the token."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

WATCHED = ("/health", "/metrics")
_PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Via")


class Watched:
    """Lets who watches from this machine call it by a number (`127.0.0.1`), which for no other address is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.is_local = is_local(request)  # type: ignore[attr-defined]
        if request.path in WATCHED and request.is_local:  # type: ignore[attr-defined]
            request.META["HTTP_HOST"] = urlsplit(settings.ADDRESS).netloc
        return self.get_response(request)


def is_local(request: HttpRequest) -> bool:
    """Whether a request comes from this machine, named by its number, and was passed on by nobody."""
    if any(name in request.headers for name in _PASSED_ON):
        return False
    host = urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    try:
        named = host == "localhost" or ip_address(host).is_loopback
        return named and ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def has_token(request: HttpRequest) -> bool:
    """Whether a request brings the token of `RAADSLAG_METRICS_TOKEN`."""
    scheme, _, told = request.headers.get("Authorization", "").partition(" ")
    token: str = settings.METRICS_TOKEN
    return bool(token) and scheme.lower() == "bearer" and hmac.compare_digest(told.strip().encode(), token.encode())
