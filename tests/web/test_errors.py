"""Error pages: in both languages, the same for all addresses, with a way on; their templates need no database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation
from django.views import defaults

ERRORS = [
    (400, lambda request: defaults.bad_request(request, SuspiciousOperation("x"))),
    (403, lambda request: defaults.permission_denied(request, PermissionDenied("x"))),
    (404, lambda request: defaults.page_not_found(request, Http404("x"))),
    (500, defaults.server_error),
]


@pytest.mark.parametrize(("status", "view"), ERRORS)
@pytest.mark.parametrize(("language", "front"), [("da", "/"), ("en", "/en/")])
def test_an_error_page_needs_no_database(
    rf: RequestFactory, status: int, view: Callable[[HttpRequest], HttpResponse], language: str, front: str
) -> None:
    with translation.override(language):
        response = view(rf.get("/proeve/"))
    text = response.content.decode()
    assert response.status_code == status
    assert f'<html lang="{language}">' in text
    assert "<h1>" in text
    assert f'href="{front}"' in text
    assert "proeve" not in text


def test_two_addresses_that_are_not_there_get_the_same_bytes(client: Client, db: None) -> None:
    first, second = client.get("/a/b/c/d/"), client.get("/e/f/g/h/?q=i")
    assert (first.status_code, first.content, first.headers) == (404, second.content, second.headers)
    assert "Siden findes ikke her" in first.text


def test_a_foreign_host_name_is_refused_without_being_repeated(client: Client) -> None:
    response = client.get("/om/", headers={"host": "foreign.example"})
    assert response.status_code == 400
    assert "foreign.example" not in response.text
    assert "Content-Security-Policy" in response.headers
