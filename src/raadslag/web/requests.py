"""Each request has a reference number, is counted, and has a line in the log once it is answered."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from raadslag.web import logs, metrics

_LETTERS = "BCDFGHJKMNPQRTVWXY2346789"  # read out on a telephone they are not taken for one another
_FAULT = 500
log = logging.getLogger(logs.REQUESTS)


class Requests:
    """The outermost of the middleware. `request.reference` stands on the page of a fault and in the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reference = _reference()  # type: ignore[attr-defined]
        start = time.monotonic()
        response = self.get_response(request)
        seconds, route, status = time.monotonic() - start, logs.route_of(request), response.status_code
        metrics.count(route, status, seconds)
        told = {"route": route, "status": status, "ms": round(seconds * 1000), "reference": request.reference}  # type: ignore[attr-defined]
        log.log(logging.ERROR if status >= _FAULT else logging.INFO, "", extra=told)
        return response


def our_fault(request: HttpRequest) -> HttpResponse:
    """The page of a fault of ours, with the number to name it by; made without asking anything."""
    return HttpResponse(render_to_string("500.html", {"reference": getattr(request, "reference", "")}), status=500)


def their_fault(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a request that is none."""
    return HttpResponse(render_to_string("400.html", {"reference": getattr(request, "reference", "")}), status=400)


def _reference() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
