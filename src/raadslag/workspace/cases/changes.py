"""What one version of a case changed, field by field and word by word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from raadslag.core.comparing import Piece, pieces


class Change(NamedTuple):
    """A field that changed: its name, and its words in order."""

    field: str
    pieces: tuple[Piece, ...]


def changes(former: Mapping[str, Any], latter: Mapping[str, Any]) -> list[Change]:
    """The fields of `latter` that differ from `former`, in its order; fields of the body's own by heading."""
    before, after = _flat(former), _flat(latter)
    names = [*after, *(name for name in before if name not in after)]
    return [
        Change(name, pieces(before.get(name, ""), after.get(name, "")))
        for name in names
        if before.get(name, "") != after.get(name, "")
    ]


def _flat(content: Mapping[str, Any]) -> dict[str, str]:
    flat = {name: str(value) for name, value in content.items() if name != "more"}
    return flat | {str(name): str(text) for name, text in (content.get("more") or {}).items()}
