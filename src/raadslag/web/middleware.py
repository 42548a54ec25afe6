"""What every answer carries: the language of its address and the headers that keep browsers strict."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

Answer = Callable[[HttpRequest], HttpResponse]

# Pages need our own sheet, fonts and pictures and nothing else: no script, no frame, no foreign address.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
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


class Compressed(GZipMiddleware):
    """Compresses answers, the same answer always to the same bytes.

    Django pads them at random to hide the length of secrets. Public pages hold none, and no answer may
    tell more than its content.
    """

    max_random_bytes = 0


class StaticFiles(WhiteNoiseMiddleware):
    """Serves what the `static` folders hold, each file whole: an asynchronous server would collect it anyway."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """The answer of WhiteNoise, with its own headers and no others."""
        answer = static_file.get_response(request.method, request.META)
        content = b""
        if answer.file:
            with answer.file as file:
                content = file.read()
        response = HttpResponse(content, status=int(answer.status))
        del response["Content-Type"]
        for name, value in answer.headers:
            response[name] = value
        return response
