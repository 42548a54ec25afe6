"""The archive as an ASGI application, for uvicorn or any other server."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "raadslag.archive.settings")

import django

django.setup()

from raadslag.archive.front.app import Front  # noqa: E402
from raadslag.archive.front.assets import static_files  # noqa: E402
from raadslag.archive.front.bringing import Intake  # noqa: E402
from raadslag.archive.front.counting import counts  # noqa: E402
from raadslag.archive.front.rendering import Pages, Rendering  # noqa: E402
from raadslag.archive.front.watching import watcher  # noqa: E402
from raadslag.archive.served import shown_by  # noqa: E402
from raadslag.web.garbage import BESIDE_REQUESTS, look_less_often  # noqa: E402


def made() -> Front:
    """The front with the pages behind it. Papers, health and intake do not wait in the pages' line."""
    pages = Pages()
    return Front(
        pages=Rendering(pages),
        papers=Rendering(pages, threads=1, waiting=16),
        health=Rendering(pages, threads=1, waiting=8),
        intake=Intake(Rendering(pages, threads=2, waiting=16, patience=30)),
        watcher=watcher(),
        assets=static_files(),
        shown_by=shown_by,
        counts=counts(),
    )


application = made()
look_less_often(BESIDE_REQUESTS)
