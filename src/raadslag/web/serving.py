"""Static files from where they stand, at addresses that name their content."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse

from raadslag.web.assets import FOR_GOOD, unmarked

_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}


def static_file(request: HttpRequest, path: str) -> HttpResponse:
    """The file, kept for good by browsers where its address names this very content."""
    name, is_for_good = unmarked(path)
    found = finders.find(name)
    if found is None or not Path(found).is_file():
        raise Http404
    kind = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = HttpResponse(Path(found).read_bytes(), content_type=kind)
    response.headers["Cache-Control"] = FOR_GOOD if is_for_good else "no-cache"
    return response
