"""`raadslag archive token add | list | revoke`: who may deliver over HTTP."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime

from raadslag.cli.curation import person


def register(part: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the part to `raadslag archive`; `part(name, run, purpose)` makes one."""
    token = part("token", run, "let a workspace deliver records of one municipality")
    kinds = token.add_subparsers(title="parts", metavar="PART")
    kinds.add_parser("list", help="list the tokens (also without a part)").set_defaults(token=_list)
    add = kinds.add_parser("add", help="make a token; it is shown once")
    add.add_argument("body", metavar="BODY", help="the municipality that it is for: its name, or as in its addresses")
    add.add_argument("--label", required=True, help="what uses it, for your own list")
    add.set_defaults(token=_add)
    revoke = kinds.add_parser("revoke", help="let a token open nothing any more")
    revoke.add_argument("number", type=int, help="its number in the list")
    revoke.set_defaults(token=_revoke)
    for one in (add, revoke):
        one.add_argument("--by", default=None, metavar="NAME", help="who decides it (default: the user's name)")
    token.set_defaults(token=_list)


def run(arguments: argparse.Namespace) -> int:
    """Do what the chosen part says."""
    done: int = arguments.token(arguments)
    return done


def _list(_: argparse.Namespace) -> int:
    from raadslag.archive.models import IntakeToken

    rows = list(IntakeToken.objects.select_related("body").order_by("pk"))
    if not rows:
        print("No tokens.")
    for one in rows:
        state = f"revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at else "in force"
        print(f"{one.pk}  {one.body.name}  {one.label}  made {one.created_at:%Y-%m-%d}, {state}")
    return 0


def _add(arguments: argparse.Namespace) -> int:
    from raadslag.archive.delivery import tokens

    token, text = tokens.make(arguments.body, label=arguments.label, by=arguments.by or person(), at=datetime.now(UTC))
    print(f"Token {token.pk} for {token.body.name}. It is shown this once; keep it where the workspace keeps secrets:")
    print(text)
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    from raadslag.archive.delivery import tokens

    token = tokens.revoke(arguments.number, by=arguments.by or person(), at=datetime.now(UTC))
    print(f"Token {token.pk} for {token.body.name} opens nothing any more.")
    return 0
