"""What every answer carries, whatever answered."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.translation import get_language

from raadslag.web.middleware import HEADERS, LanguageOfAddress, SecurityHeaders, SilentDatabase


def test_the_policy_allows_no_script_no_frame_and_no_foreign_address() -> None:
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert {policy[kind] for kind in ("style-src", "img-src", "font-src", "form-action")} == {"'self'"}
    assert "script-src" not in policy


def test_a_view_may_be_stricter_and_everything_else_is_added(rf: RequestFactory) -> None:
    answer = HttpResponse(headers={"Content-Security-Policy": "sandbox", "Cache-Control": "no-store"})
    response = SecurityHeaders(lambda _: answer)(rf.get("/"))
    assert response.headers["Content-Security-Policy"] == "sandbox"
    assert response.headers["Cache-Control"] == "no-store"
    assert all(response.headers[name] == HEADERS[name] for name in HEADERS if name != "Content-Security-Policy")


@pytest.mark.parametrize(
    ("path", "language"), [("/", "da"), ("/en/", "en"), ("/en/proeve/", "en"), ("/english/", "da"), ("/en", "da")]
)
def test_the_address_alone_tells_the_language(rf: RequestFactory, path: str, language: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(get_language())

    response = LanguageOfAddress(view)(rf.get(path, headers={"accept-language": "en", "cookie": "django_language=en"}))
    assert response.text == response.headers["Content-Language"] == language


def test_a_silent_database_is_said_to_pass_and_another_fault_is_not_hidden(rf: RequestFactory) -> None:
    middleware = SilentDatabase(lambda _: HttpResponse())
    told = middleware.process_exception(rf.get("/"), OperationalError("the server's own words"))
    assert told is not None
    assert (told.status_code, told.headers["Retry-After"], told.headers["Cache-Control"]) == (503, "5", "no-store")
    assert "own words" not in told.text
    assert middleware.process_exception(rf.get("/"), ValueError()) is None
