"""What every answer carries, whatever answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import get_language

from raadslag.web.middleware import HEADERS, Compressed, LanguageOfAddress, SecurityHeaders, StaticFiles


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


def test_compression_gives_the_same_bytes_each_time(rf: RequestFactory) -> None:
    request = rf.get("/", headers={"accept-encoding": "gzip"})
    first, second = (Compressed(lambda _: HttpResponse("møde " * 200))(request) for _ in range(2))
    assert first.headers["Content-Encoding"] == "gzip"
    assert first.content == second.content


SHEET = "p { margin: 0; }"


@pytest.fixture
def static_client(settings: Any, tmp_path: Path) -> Client:
    """A client of a site whose only static file is `a.css`, also kept compressed."""
    (tmp_path / "a.css").write_text(SHEET)
    (tmp_path / "a.css.gz").write_bytes(b"smaller")
    settings.STATICFILES_DIRS = [tmp_path]
    return Client()


def test_a_static_file_is_served_whole_in_part_or_compressed(static_client: Client) -> None:
    plain = static_client.get("/static/a.css")
    assert (plain.status_code, plain.content) == (200, SHEET.encode())
    assert plain.headers["Content-Type"] == 'text/css; charset="utf-8"'
    assert "Content-Security-Policy" in plain.headers
    part = static_client.get("/static/a.css", headers={"range": "bytes=1-2"})
    assert (part.status_code, part.content) == (206, SHEET[1:3].encode())
    known = static_client.get("/static/a.css", headers={"if-none-match": plain.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    small = static_client.get("/static/a.css", headers={"accept-encoding": "gzip"})
    assert (small.content, small.headers["Content-Encoding"]) == (b"smaller", "gzip")
    assert not plain.streaming


def test_static_files_are_served_by_our_own(settings: Any) -> None:
    assert f"{StaticFiles.__module__}.{StaticFiles.__qualname__}" in settings.MIDDLEWARE
