"""The intake over HTTP: records and withdrawals in JSON, files by their hash, receipts. Answers are never kept.

    PUT  /intake/files/<sha256>?name=bilag.pdf     201 new, 200 here already
    HEAD /intake/files/<sha256>                    200 need not be brought, 404 must be
    POST /intake                                   201 taken in, 200 here already, 202 waits for a person
    GET  /intake/receipts/<identity>               200
    GET  /intake/served/<sha256>                   200

What is wrong is told as application/problem+json.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from raadslag.archive.delivery import delivering, staging, tokens
from raadslag.archive.delivery.delivering import Problem
from raadslag.archive.front import counting
from raadslag.archive.models import IntakeToken
from raadslag.core.errors import LimitExceeded, RaadslagError, UnreadableFile

MAX_RECORD = 20 << 20  # bytes; the record of a council's longest meeting has two million
_HEADERS = {"Cache-Control": "no-store"}
_TITLES = {
    400: "Not JSON",
    401: "No token",
    403: "Not allowed",
    404: "Unknown",
    405: "Not a way to bring",
    409: "Conflict",
    413: "Too large",
    415: "Not JSON",
    422: "Not valid",
    500: "Our fault",
    507: "No room",
}
log = logging.getLogger(__name__)

View: TypeAlias = Callable[..., HttpResponse]


def _answers(*methods: str) -> Callable[[View], View]:
    """A view that is given the token, and whose problems are told."""

    def decorated(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **parts: str) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise Problem(405, "method", f"Use {' or '.join(methods)}.")
                return view(request, _token(request), **parts)
            except Problem as problem:
                response = _told(problem)
                if problem.status == 401:
                    response.headers["WWW-Authenticate"] = "Bearer"
                if problem.status == 405:
                    response.headers["Allow"] = ", ".join(methods)
                return response
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                return _told(
                    Problem(507, "no-room", "The archive's disk is full. Nothing was stored; try again later.")
                )

        return answer

    return decorated


@_answers("POST")
def deliver(request: HttpRequest, token: IntakeToken) -> HttpResponse:
    """Take in a record or a withdrawal."""
    if request.content_type != "application/json":
        raise Problem(415, "not-json", "Send application/json.")
    data = request.read(MAX_RECORD + 1)
    if len(data) > MAX_RECORD:
        raise Problem(413, "too-large", f"A record has at most {MAX_RECORD >> 20} MB.")
    staging.sweep()
    status, receipt = delivering.deliver(token, data, at=timezone.now())
    return _json(status, receipt)


@_answers("PUT", "HEAD", "GET")
def file(request: HttpRequest, token: IntakeToken, sha256: str) -> HttpResponse:
    """Keep a file until a record names it, or tell whether it need not be brought."""
    if request.method != "PUT":
        if not delivering.may_have(token, sha256):
            raise Problem(404, "unknown", "This file must be brought.")
        return _json(200, {"sha256": sha256})
    staging.sweep()
    name = request.GET.get("name", "").strip() or sha256
    try:
        is_new = staging.put(tokens.body_of(token).pk, sha256, request, name)  # type: ignore[arg-type]  # it reads
    except staging.Differs as error:
        raise Problem(422, "another-hash", "The bytes have another SHA-256 than the address says.") from error
    except staging.Full as error:
        raise Problem(507, "no-room", str(error)) from error
    except LimitExceeded as error:
        raise Problem(413, "too-large", f"Expected {error.expected}.") from error
    except UnreadableFile as error:
        raise Problem(422, "unreadable-file", f"Expected {error.expected}. {error.remedy}") from error
    except RaadslagError as error:
        raise Problem(422, "unreadable-file", error.remedy) from error
    return _json(201 if is_new else 200, {"sha256": sha256})


@_answers("GET", "HEAD")
def receipt(request: HttpRequest, token: IntakeToken, identity: str) -> HttpResponse:
    """Where a record is that was delivered."""
    return _json(200, delivering.receipt_of(token, identity))


@_answers("GET", "HEAD")
def served(request: HttpRequest, token: IntakeToken, sha256: str) -> HttpResponse:
    """Where, when and how often a record or a file was given out."""
    counting.counts().flush()
    return _json(200, delivering.served(token, sha256, today=timezone.localdate()))


def _token(request: HttpRequest) -> IntakeToken:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    token = tokens.find(text.strip()) if scheme.lower() == "bearer" and text.isascii() else None
    if token is None:
        raise Problem(401, "no-token", "Send a token that is in force: Authorization: Bearer …")
    return token


def _json(status: int, value: Any) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), status=status, content_type="application/json", headers=_HEADERS)


def _told(problem: Problem) -> HttpResponse:
    told = {
        "type": f"urn:raadslag:intake:{problem.name}",
        "title": _TITLES[problem.status],
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.places:
        told["errors"] = [{"pointer": f"#{place}"} for place in problem.places]
    response = _json(problem.status, told)
    response.headers["Content-Type"] = "application/problem+json"
    return response
