"""Bytes by their hash in the data folder: public files in one place, what waits and what is withdrawn in others."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

from django.conf import settings

from raadslag.web.store import Store

Place: TypeAlias = Literal["files", "waiting", "withdrawn"]


def path(sha256: str, place: Place = "files") -> Path:
    """Where the bytes of that hash lie, or would. Raises ValueError for anything but a SHA-256 in hexadecimal."""
    return _store(place).path(sha256)


def put(data: bytes, place: Place = "files") -> tuple[str, bool]:
    """Keep `data` for good; its SHA-256, and whether it is new here."""
    return _store(place).put(data)


def read(sha256: str, place: Place = "files") -> bytes:
    """The bytes of that hash. Raises FileNotFoundError where there are none."""
    return _store(place).read(sha256)


def remove(sha256: str, place: Place = "files") -> None:
    """Forget the bytes of that hash, if they are there."""
    _store(place).remove(sha256)


def move(sha256: str, source: Place, target: Place) -> None:
    """Let the bytes of that hash lie in another place; nothing happens where they are there already, or nowhere."""
    _store(source).move(sha256, _store(target))


def _store(place: Place) -> Store:
    return Store(Path(settings.DATA) / place)
