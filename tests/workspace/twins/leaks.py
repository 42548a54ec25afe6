"""Mistakes that somebody could make, planted on purpose: each must be caught."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec.structs import replace


class Leak(NamedTuple):
    """A mistake; the pattern of the address that tells it, or of the place beside what is shown, and its words."""

    plant: Callable[[], None]
    where: str

    @property
    def is_shown(self) -> bool:
        return "^/" in self.where


LEAKS: dict[str, Leak] = {}
_PAGE = r"^/(?!soeg)"


def plant(names: str) -> None:
    """Let the house make these mistakes from now on."""
    for name in names.split():
        LEAKS[name].plant()


def _leak(where: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def registered(function: Callable[[], None]) -> Callable[[], None]:
        LEAKS[function.__name__] = Leak(function, where)
        return function

    return registered


@_leak(_PAGE)
def filter_forgets_a_field() -> None:
    """The internal case number goes along with a closed item."""
    _change_public(lambda item, whole: replace(item, public_title=f"{item.public_title} ({whole.reference})"))


@_leak(_PAGE)
def count_of_what_is_closed() -> None:
    """How many papers a closed item has."""
    _change_public(lambda item, whole: replace(item, legal_ground=f"{item.legal_ground} {'·' * len(whole.files)}"))


@_leak(rf"{_PAGE}|^/soeg/\?q=kanariefugl")
def file_of_a_closed_item() -> None:
    """The papers themselves; and nobody looks again before they are brought."""
    from raadslag.workspace.publishing import composing

    composing.holds_closed = lambda *_: False
    _change_public(lambda item, whole: replace(item, access="open", files=tuple(_opened(one) for one in whole.files)))


@_leak(_PAGE)
def tag_that_follows_the_inside() -> None:
    """An identity, and with it an entity tag, that changes with what is closed."""
    _change_public(lambda item, whole: replace(item, legal_ground=f"{item.legal_ground}{_blank(whole.title)}"))


@_leak(_PAGE)
def committee_goes_out_by_itself() -> None:
    """A new mandate is public as soon as somebody enters it."""
    from raadslag.workspace.bodies import actions as bodies
    from raadslag.workspace.publishing.organizations import actions as organizations

    adopt = bodies.adopt_mandate

    def adopted(organization: Any, **told: Any) -> Any:
        mandate, who = adopt(organization, **told), {"by": told["by"], "at": told["at"]}
        organizations.release(organization, organizations.prepare(organization, told["at"]).identity, **who)
        return mandate

    bodies.adopt_mandate = adopted


@_leak(r"world\.log .*Saved")
def log_that_tells() -> None:
    """A line of the log with the heading of a case."""
    from raadslag.workspace.cases import actions

    inner = actions.save

    def telling(case: Any, content: Any, **more: Any) -> Any:
        logging.getLogger("raadslag").info("Saved %s", content["title"])
        return inner(case, content, **more)

    actions.save = telling


@_leak("mail")
def mail_that_tells() -> None:
    """The chair hears by mail what the draft's items are called, the closed ones, too."""
    from raadslag.workspace.messages import sending

    inner = sending.composed

    def telling(mail: Any, at: Any) -> Any:
        from raadslag.workspace.cases.models import Case

        message = inner(mail, at)
        closed = Case.objects.filter(access="closed").last()
        if closed:
            message.replace_header("Subject", f"{message['Subject']} {closed.title}")
        return message

    sending.composed = telling


@_leak("outside")
def fault_that_tells() -> None:
    """The page of a fault shows what the fault says."""
    from django.http import HttpResponse

    from raadslag.web import requests

    requests.our_fault = lambda request: HttpResponse(f"{sys.exc_info()[1]}", status=500)


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
