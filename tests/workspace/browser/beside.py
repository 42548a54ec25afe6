"""A workspace beside the archive to which it delivers, and the page of its secretary."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from ..archive import Archive, archive_of
from .conftest import People, Work, running


@contextmanager
def beside_an_archive(folder: Path, browser: Browser, **more: Any) -> Iterator[tuple[Archive, Work, Page]]:
    """Both until the block ends; `more` is what `running` takes."""
    with (
        archive_of("Prøvekommunen", folder / "archive") as archive,
        running(folder / "workspace", archive=(archive.address, archive.token), **more) as work,
    ):
        people = People(browser, work)
        yield archive, work, people("Prøve Sekretær", viewport={"width": 1280, "height": 900}, bypass_csp=True)
        people.close()
