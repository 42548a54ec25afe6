"""Static files are named by their content, and kept for good by whoever has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.templatetags.static import static

from raadslag.archive.front.assets import static_files
from raadslag.web import assets
from tests.archive.front.conftest import Site

SHEET = "p { margin: 0; }" * 50


@pytest.fixture
def site(settings: Any, tmp_path: Path) -> Any:
    """A site with three static files, one named by the build."""
    (tmp_path / "a.css").write_text(SHEET)
    (tmp_path / "close-J4UQ6XA2.svg").write_text("<svg/>")
    (tmp_path / "a.0123456789ab.css").write_text("named by chance")
    settings.STATICFILES_DIRS = [tmp_path]
    assets.marked.cache_clear()
    yield Site(assets=static_files())
    assets.marked.cache_clear()


def test_a_page_names_the_content_and_the_content_never_changes(site: Site) -> None:
    address = static("a.css")
    assert address.startswith("/static/a.")
    assert address != "/static/a.css"
    told = site.ask(address)
    assert (told.status, told.body) == (200, SHEET.encode())
    assert told.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert told.headers["content-type"] == "text/css; charset=utf-8"
    assert "content-security-policy" in told.headers
    small = site.ask(address, accept_encoding="gzip")
    assert (small.headers["content-encoding"], len(small.body) < len(SHEET)) == ("gzip", True)
    assert site.ask(address, if_none_match=told.headers["etag"]).status == 304
    assert not site.asked


def test_the_address_of_an_older_or_no_content_shows_the_present_one_and_is_asked_again(site: Site) -> None:
    for address in ("/static/a.css", "/static/a.ffffffffffff.css"):
        told = site.ask(address)
        assert (told.status, told.body) == (200, SHEET.encode())
        assert "immutable" not in told.headers["cache-control"]


def test_what_the_build_has_named_keeps_its_name(site: Site) -> None:
    assert static("close-J4UQ6XA2.svg") == "/static/close-J4UQ6XA2.svg"
    assert "immutable" in site.ask("/static/close-J4UQ6XA2.svg").headers["cache-control"]


@pytest.mark.parametrize("name", ["", "missing.css", "../a.css", "a.css/", "%00"])
def test_what_is_no_file_is_the_pages_matter(site: Site, name: str) -> None:
    site.ask(f"/static/{name}")
    assert len(site.asked) == 1
