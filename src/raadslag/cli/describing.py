"""`raadslag archive describe`: what a municipality says of itself: name, colours, logo, contact, accessibility."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from raadslag.cli.curation import person
from raadslag.core.errors import RaadslagError, UnreadableFile

# What is said in words, by the option that says it.
_TEXTS = {
    "name": "what it is called on its pages",
    "main": "its main colour, as #114b5f: links, buttons; 7:1 or more on white",
    "accent": "its second colour: ornament only",
    "website": "its own site",
    "contact_mail": "where to write when something does not work",
    "contact_phone": "where to call",
    "exceptions": "what is not accessible, and why",
}


def register(part: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the part to `raadslag archive`; `part(name, run, purpose)` makes one."""
    describe = part("describe", _describe, "say what a municipality is called, and how its pages look")
    describe.add_argument("body", metavar="ADDRESS", help="its address, as /proeve/")
    for name, words in _TEXTS.items():
        describe.add_argument(f"--{name.replace('_', '-')}", help=f"{words}; an empty text takes it away")
    describe.add_argument("--logo", type=Path, metavar="FILE", help="a PNG or WebP picture")
    describe.add_argument("--no-logo", action="store_true", help="take the logo away")
    describe.add_argument("--compliance", choices=("full", "partial", "none"), help="how far its site is accessible")
    describe.add_argument(
        "--reviewed-on", type=date.fromisoformat, metavar="DAY", help="when the statement was looked at last"
    )
    describe.add_argument("--by", default=None, metavar="NAME", help="who decides it (default: the user's name)")


def _describe(arguments: argparse.Namespace) -> int:
    from raadslag.archive import addresses, describing
    from raadslag.archive.models import Body

    body = addresses.find(arguments.body)
    if not isinstance(body, Body):
        raise RaadslagError(arguments.body, "the address of a municipality", "another", "Give its front page: /proeve/")
    names = (*_TEXTS, "compliance", "reviewed_on")
    said: dict[str, Any] = {name: given for name in names if (given := getattr(arguments, name)) is not None}
    logo = b"" if arguments.no_logo else _read(arguments.logo) if arguments.logo else None
    describing.describe(body, by=arguments.by or person(), at=datetime.now(UTC), logo=logo, **said)
    changed = [*said, *(["logo"] if logo is not None else [])]
    print(f"{Body.objects.get(pk=body.pk).name}: {', '.join(changed) or 'nothing'} changed.")
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise UnreadableFile(str(path), "a picture", found, "Check the path and its permissions.") from error
