"""The static files as finished answers, read once and kept: they take a megabyte or two and no hand to serve."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from raadslag.archive.front.kept import Kept, finished
from raadslag.archive.front.messages import Answer
from raadslag.web.assets import FOR_GOOD, unmarked
from raadslag.web.middleware import CACHE_CONTROL, HEADERS

_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2"}
_MOST = 2000  # addresses: files, each with and without its mark


def static_files() -> Callable[[str], Kept | None]:
    """Finds the answer at a path below `/static/`; None where there is no such file."""
    names = {name for finder in finders.get_finders() for name, _ in finder.list([])}

    @lru_cache(maxsize=_MOST)
    def made(name: str, *, is_for_good: bool) -> Kept:
        data = Path(finders.find(name)).read_bytes()
        guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
        media_type = _TYPES.get(Path(name).suffix, guessed)
        named = {**HEADERS, "Content-Type": media_type, "Cache-Control": FOR_GOOD if is_for_good else CACHE_CONTROL}
        headers = [(key.lower().encode(), value.encode()) for key, value in named.items()]
        tag = hashlib.sha256(data).hexdigest()[:32].encode()
        return finished(Answer(200, (*headers, (b"etag", b'"%b"' % tag)), data), name)

    def find(path: str) -> Kept | None:
        if not path.startswith(settings.STATIC_URL):
            return None
        name, is_for_good = unmarked(path.removeprefix(settings.STATIC_URL))
        return made(name, is_for_good=is_for_good) if name in names else None

    return find
