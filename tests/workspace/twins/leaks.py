"""Mistakes that somebody could make, planted on purpose: each must be caught."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

LEAKS: dict[str, Callable[[], None]] = {}


def plant(name: str) -> None:
    """Let the house make that mistake from now on."""
    LEAKS[name]()


def _leak(function: Callable[[], None]) -> Callable[[], None]:
    LEAKS[function.__name__] = function
    return function


@_leak
def filter_forgets_a_field() -> None:
    """The internal case number goes along with a closed item."""
    _change_public(lambda item, whole: replace(item, public_title=f"{item.public_title} ({whole.reference})"))


@_leak
def count_of_what_is_closed() -> None:
    """How many papers a closed item has."""
    _change_public(lambda item, whole: replace(item, legal_ground=f"{item.legal_ground} {'·' * len(whole.files)}"))


@_leak
def file_of_a_closed_item() -> None:
    """The papers themselves; and nobody looks again before they are brought."""
    from raadslag.workspace.publishing import composing

    composing.holds_closed = lambda *_: False
    _change_public(lambda item, whole: replace(item, access="open", files=tuple(_opened(one) for one in whole.files)))


@_leak
def tag_that_follows_the_inside() -> None:
    """An identity, and with it an entity tag, that changes with what is closed."""
    _change_public(lambda item, whole: replace(item, legal_ground=f"{item.legal_ground}{_blank(whole.title)}"))


@_leak
def log_that_tells() -> None:
    """A line of the log with the heading of a case."""
    from raadslag.workspace.cases import actions

    inner = actions.save

    def telling(case: Any, content: Any, **more: Any) -> Any:
        logging.getLogger("raadslag").info("Saved %s", content["title"])
        return inner(case, content, **more)

    actions.save = telling


def _blank(text: str | None) -> str:
    return " " * (len(text or "") % 5 + 1)


def _opened(file: Any) -> Any:
    return replace(file, access="open")


def _change_public(change: Callable[[Any, Any], Any]) -> None:
    from raadslag.core import release

    inner = release._item

    def leaky(item: Any) -> Any:
        shown = inner(item)
        return change(shown, item) if item.access != "open" else shown

    release._item = leaky
