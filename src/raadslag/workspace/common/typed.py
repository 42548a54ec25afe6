"""What comes in with a request and is no form: ids and numbers, as somebody may have typed them."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

_LONGEST_NUMBER = 9  # digits


def uuid_of(told: object) -> UUID:
    """The id. Raises Http404 for anything that is none: there is no such thing."""
    if found := uuid_or_none(told):
        return found
    raise Http404


def uuid_or_none(told: object) -> UUID | None:
    """The id; None for anything that is none."""
    try:
        return UUID(str(told))
    except ValueError:
        return None


def number_of(told: object, default: int = 0) -> int:
    """The whole number from 0 on; `default` for anything else, and for one beyond all reason."""
    text = str(told)
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else default
