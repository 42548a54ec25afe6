"""Axe finds nothing on any page in any state, on a phone and on a wide screen, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation
from django.views import defaults
from playwright.sync_api import Browser, Page

from .addresses import DOCUMENTS, ENGLISH, PAGES
from .world import HOME

WIDTHS = (390, 1280)


@pytest.fixture(scope="module", params=WIDTHS, ids=str)
def wide(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page of that width in which axe may run, which the policy of the site would not let it."""
    context = browser.new_context(viewport={"width": request.param, "height": 900}, bypass_csp=True, locale="da-DK")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("address", [*PAGES, *ENGLISH, *DOCUMENTS])
def test_axe_finds_nothing(wide: Page, site: str, violations: Callable[[Page], list[str]], address: str) -> None:
    response = wide.goto(site + address)
    assert response is not None
    assert response.ok
    assert violations(wide) == []


def test_axe_finds_nothing_where_all_is_opened(wide: Page, site: str, violations: Callable[[Page], list[str]]) -> None:
    for address in (HOME, "/proeve/moede/2018-06-18-kommunalbestyrelsen/", "/proeve/soeg/?q=ensomhed"):
        wide.goto(site + address)
        wide.evaluate("document.querySelectorAll('details').forEach(one => one.open = !one.matches('.r-menu'))")
        assert violations(wide) == []
    if wide.locator(".r-menu").is_visible():
        wide.locator(".r-menu summary").click()
        assert violations(wide) == []


def test_axe_finds_nothing_in_large_text(wide: Page, site: str, violations: Callable[[Page], list[str]]) -> None:
    wide.goto(site + HOME)
    wide.get_by_label("Størst").check()
    assert violations(wide) == []


ERRORS: list[Callable[[HttpRequest], HttpResponse]] = [
    lambda request: defaults.bad_request(request, SuspiciousOperation()),
    lambda request: defaults.permission_denied(request, PermissionDenied()),
    lambda request: defaults.page_not_found(request, Http404()),
    defaults.server_error,
]


@pytest.mark.parametrize("view", ERRORS, ids=["400", "403", "404", "500"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_axe_finds_nothing_on_an_error_page(
    wide: Page, site: str, violations: Callable[[Page], list[str]], rf: RequestFactory,
    view: Callable[..., HttpResponse], language: str,
) -> None:  # fmt: skip
    with translation.override(language):
        content = view(rf.get("/")).content
    wide.route("**/broken", lambda route: route.fulfill(body=content, content_type="text/html"))
    wide.goto(f"{site}/broken")
    assert wide.locator("h1").is_visible()
    assert violations(wide) == []
    wide.unroute("**/broken")
