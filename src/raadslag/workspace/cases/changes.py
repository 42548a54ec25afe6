"""What one version of a case changed, field by field and word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

_WORDS = re.compile(r"\s+|[^\s]+")
_MOST_WORDS = 20_000  # beyond that a field is told whole: comparing grows with the square

Kind = Literal["same", "new", "removed"]


class Run(NamedTuple):
    """Words that are the same, new, or removed."""

    kind: Kind
    text: str


class Change(NamedTuple):
    """A field that changed: its name, and its words in order."""

    field: str
    runs: tuple[Run, ...]


def changes(former: Mapping[str, Any], latter: Mapping[str, Any]) -> list[Change]:
    """The fields of `latter` that differ from `former`, in its order; fields of the body's own by heading."""
    before, after = _flat(former), _flat(latter)
    names = [*after, *(name for name in before if name not in after)]
    return [
        Change(name, tuple(runs(before.get(name, ""), after.get(name, ""))))
        for name in names
        if before.get(name, "") != after.get(name, "")
    ]


def runs(former: str, latter: str) -> Iterator[Run]:
    """The words of both texts: joining what is not new gives `former`, joining what is not removed gives `latter`."""
    a, b = _WORDS.findall(former), _WORDS.findall(latter)
    if len(a) + len(b) > _MOST_WORDS:
        yield from (run for run in (Run("removed", former), Run("new", latter)) if run.text)
        return
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Run("same", "".join(a[a0:a1]))
            continue
        if a0 < a1:
            yield Run("removed", "".join(a[a0:a1]))
        if b0 < b1:
            yield Run("new", "".join(b[b0:b1]))


def _flat(content: Mapping[str, Any]) -> dict[str, str]:
    flat = {name: str(value) for name, value in content.items() if name != "more"}
    return flat | {str(name): str(text) for name, text in (content.get("more") or {}).items()}
