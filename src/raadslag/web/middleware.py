"""What every answer carries: the language of its address and the headers that keep browsers strict."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

Answer = Callable[[HttpRequest], HttpResponse]

# Pages need our own sheet, fonts and pictures and nothing else: no script, no frame, no foreign address.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# Pages with a search field may also run our script that completes words, and it may ask this site.
WITH_SCRIPT = f"{CONTENT_SECURITY_POLICY}; script-src 'self'; connect-src 'self'"
# A stored paper was written by others: it may be looked at, and may do nothing.
PAPER_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Kept by browsers, but never used without asking: what is withdrawn is gone at the next request.
CACHE_CONTROL = "no-cache"
SILENT_SECONDS = 5


def policy_of(document: bytes) -> str:
    """The policy for a document of ours that stands alone: its own style sheet, named by its hash, and no more."""
    styles = re.findall(rb"<style>(.*?)</style>", document, re.DOTALL)
    hashes = [f"'sha256-{b64encode(hashlib.sha256(style).digest()).decode()}'" for style in styles]
    return f"default-src 'none'; style-src {' '.join(hashes)}; frame-ancestors 'none'; base-uri 'none'"


class SecurityHeaders:
    """Adds `HEADERS` to every answer; a view that needs a stricter policy of its own has set it already."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", CACHE_CONTROL)
        return response


class LanguageOfAddress:
    """The address alone tells the language: English below `/en/`, else Danish. No cookie, no guess."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = "en" if request.path_info.startswith("/en/") else settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class SilentDatabase:
    """Answers 503 where the database does not answer: it is nobody's fault who asks, and passes."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page that says so; None for any other fault."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        headers = {"Retry-After": str(SILENT_SECONDS), "Cache-Control": "no-store"}
        return HttpResponse(_silent(request), status=503, headers=headers)


def _silent(request: HttpRequest) -> str:
    return render_to_string("503.html", {"reference": getattr(request, "reference", "")})
