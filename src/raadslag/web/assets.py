"""Static files at addresses that name their content, so that browsers keep them for good and never ask again.

`{% static 'web/theme.css' %}` gives `/static/web/theme.1f0c2ab49d03.css`. Files that the build has named so already
(`dist/assets/close-J4UQ6XA2.svg`) keep their names.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage

FOR_GOOD = "public, max-age=31536000, immutable"
_DIGITS = 12
_BUILT = re.compile(r"-[A-Z0-9]{8}\.[a-z0-9]+$")
_MARKED = re.compile(rf"^(?P<stem>.+)\.(?P<mark>[0-9a-f]{{{_DIGITS}}})(?P<suffix>\.[a-z0-9]+)$")


class NamedByContent(StaticFilesStorage):
    """Gives each file the address with its mark. The file is looked up where it stands: nothing is collected."""

    def url(self, name: str | None) -> str:
        """The address of the file `name`, such as `web/theme.css`."""
        return str(super().url(marked(name or "")))


@lru_cache(maxsize=1024)
def marked(name: str) -> str:
    """The name with the mark of its content; unchanged where it has one, or where there is no such file."""
    if _BUILT.search(name) or (found := finders.find(name)) is None:
        return name
    mark = hashlib.sha256(Path(found).read_bytes()).hexdigest()[:_DIGITS]
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}.{mark}{dot}{suffix}"


def unmarked(name: str) -> tuple[str, bool]:
    """The file's own name, and whether the address names this very content and may be kept for good."""
    if match := _MARKED.match(name):
        own = match["stem"] + match["suffix"]
        return own, marked(own) == name
    return name, bool(_BUILT.search(name))
