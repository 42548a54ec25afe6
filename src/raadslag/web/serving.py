"""Static files from where they stand, at addresses that name their content."""

from __future__ import annotations

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse

from raadslag.web.assets import FOR_GOOD, unmarked

_TYPES = {
    ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
    ".woff2": "font/woff2", ".wasm": "application/wasm",
}  # fmt: skip
_COMPRESSED = (".js", ".mjs", ".css", ".svg", ".ttf", ".wasm")


def static_file(request: HttpRequest, path: str) -> HttpResponse:
    """The file, kept for good by browsers where its address names this very content."""
    name, is_for_good = unmarked(path)
    found = finders.find(name)
    if found is None or not Path(found).is_file():
        raise Http404
    suffix = Path(name).suffix
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_small = suffix in _COMPRESSED and "gzip" in request.headers.get("Accept-Encoding", "")
    data = _compressed(found, Path(found).stat().st_mtime_ns) if is_small else Path(found).read_bytes()
    response = HttpResponse(data, content_type=kind)
    if is_small:
        response.headers["Content-Encoding"] = "gzip"
    if suffix in _COMPRESSED:
        response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOR_GOOD if is_for_good else "no-cache"
    return response


@lru_cache(maxsize=64)
def _compressed(path: str, changed: int) -> bytes:
    """The file as it was at that moment, compressed once."""
    return gzip.compress(Path(path).read_bytes(), mtime=0)
