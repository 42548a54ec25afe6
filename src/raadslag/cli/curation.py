"""`raadslag archive withdraw | served | undo | merge | split | review | journal`: what a person decides here."""

from __future__ import annotations

import argparse
import getpass
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from raadslag.core.errors import RaadslagError

if TYPE_CHECKING:
    from raadslag.archive.curation import Thing
    from raadslag.archive.models import Suggestion

ALREADY = "It was withdrawn already; nothing was changed."


def register(part: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the parts to `raadslag archive`; `part(name, run, purpose)` makes one."""
    withdraw = part("withdraw", _withdraw, "take something off the public side at once")
    withdraw.add_argument("what", metavar="ADDRESS", help="its public address, or the hash of a record or a file")
    withdraw.add_argument("--reason", required=True, help="on what ground; everyone can read it at the address")

    served = part("served", _served, "list where, when and how often something was shown, also after a withdrawal")
    served.add_argument("what", metavar="ADDRESS", help="the address of a meeting, or the hash of a record or a file")

    undo = part("undo", _undo, "take back a withdrawal, a merge or a split")
    undo.add_argument("number", type=int, help="the number of its entry in the journal")

    merge = part("merge", _merge, "let two municipalities, committees or cases be one")
    merge.add_argument("what", metavar="ADDRESS", help="the one whose address will lead to the other")
    merge.add_argument("into", metavar="INTO", help="the address that stays")

    split = part("split", _split, "give a name or a case number to a thing of its own again")
    split.add_argument("what", metavar="ADDRESS")
    split.add_argument("--name", help="the name or number, as it is listed without this option")

    review = part("review", _review, "list what looks alike, and say whether it is the same")
    review.add_argument("number", type=int, nargs="?", help="which pair of the list to decide on")
    said = review.add_mutually_exclusive_group()
    said.add_argument("--same", action="store_true", help="they are one: the second is merged into the first")
    said.add_argument("--apart", action="store_true", help="they are two, and are not asked about again")

    journal = part("journal", _journal, "list what was done, and check that nothing of it was changed")
    journal.add_argument("--last", type=int, default=20, metavar="N", help="how many entries (default: 20)")
    journal.add_argument("--json", action="store_true", help="print one JSON object a line for programs")

    for one in (withdraw, undo, merge, split, review):
        one.add_argument("--by", default=None, metavar="NAME", help="who decides it (default: the user's name)")


def person() -> str:
    """Who works here, for the journal: the user of this machine."""
    try:
        return getpass.getuser()[:100]
    except (KeyError, OSError):  # a number without a name, as in many a container
        return "operator"


def _how(arguments: argparse.Namespace) -> dict[str, Any]:
    return {"by": (arguments.by or person())[:100], "at": datetime.now(UTC)}


def _follow() -> None:
    from raadslag.archive.search import open_index

    open_index().catch_up()


def _withdraw(arguments: argparse.Namespace) -> int:
    from raadslag.archive import addresses, curation
    from raadslag.archive.models import Meeting, Product

    found = addresses.find(arguments.what)
    if isinstance(found, Meeting):
        gone = curation.withdraw_meeting(found, ground=arguments.reason, **_how(arguments))
    elif isinstance(found, Product):
        gone = curation.withdraw_product(found, ground=arguments.reason, **_how(arguments))
    elif isinstance(found, str):
        gone = curation.withdraw(found, ground=arguments.reason, **_how(arguments))
    else:
        remedy = "Name the meeting, the product or the file; a committee is made of its meetings."
        raise RaadslagError(arguments.what, "the address of a meeting, a product or a file", str(found), remedy)
    _follow()
    if not gone.number:
        print(ALREADY)
        return 0
    print(f"Withdrawn: {len(gone.versions)} records, {len(gone.files)} files. Their addresses say so.")
    print(f"Taken back by: raadslag archive undo {gone.number}")
    return 0


def _served(arguments: argparse.Namespace) -> int:
    from raadslag.archive import addresses, served
    from raadslag.archive.models import Meeting, Organization, Product, Served

    found = addresses.find(arguments.what)
    if isinstance(found, Meeting):
        counted = Served.objects.filter(identity__in=found.versions.values("identity"))
    elif isinstance(found, Organization):
        counted = Served.objects.filter(identity__in=found.portraits.values("identity"))
    elif isinstance(found, Product):
        counted = Served.objects.filter(identity__in=found.editions.values("identity"))
    elif isinstance(found, str):
        counted = served.named(found)
    else:
        remedy = "Name the meeting, the committee, the product or the file."
        raise RaadslagError(arguments.what, "the address of a meeting, a committee or a file", str(found), remedy)
    for line in served.lines(counted):
        print(f"{line.count}\t{line.first}\t{line.last}\t{line.address}")
    return 0


def _undo(arguments: argparse.Namespace) -> int:
    from raadslag.archive import curation

    number = curation.undo(arguments.number, **_how(arguments))
    _follow()
    print(f"Entry {arguments.number} is taken back, by entry {number}.")
    return 0


def _merge(arguments: argparse.Namespace) -> int:
    from raadslag.archive import curation

    number = curation.merge(_thing(arguments.what), _thing(arguments.into), **_how(arguments))
    _follow()
    print(f"Merged. Taken back by: raadslag archive undo {number}")
    return 0


def _split(arguments: argparse.Namespace) -> int:
    from raadslag.archive import curation
    from raadslag.archive.models import Case

    thing = _thing(arguments.what)
    names = thing.numbers if isinstance(thing, Case) else thing.names
    if not arguments.name:
        for name in names.all():
            print(name)
        return 0
    own, number = curation.split(thing, arguments.name, **_how(arguments))
    _follow()
    print(f"{own} stands by itself. Taken back by: raadslag archive undo {number}")
    return 0


def _thing(address: str) -> Thing:
    from raadslag.archive import addresses
    from raadslag.archive.models import Meeting

    found = addresses.find(address)
    if isinstance(found, str | Meeting):
        remedy = "Copy it from the browser."
        raise RaadslagError(address, "the address of a municipality, a committee or a case", "another", remedy)
    return found


def _review(arguments: argparse.Namespace) -> int:
    from raadslag.archive import curation
    from raadslag.archive.models import Suggestion

    if arguments.number is None:
        rows = Suggestion.objects.filter(state=Suggestion.State.OPEN)
        print(f"{len(rows)} pairs look alike.")
        for row in rows:
            left, right = _pair(row)
            print(f"\n{row.pk}  {row.get_kind_display()}\n  {left}  {_address(left)}\n  {right}  {_address(right)}")
        if rows:
            print("\nSay of each: raadslag archive review NUMBER --same, or --apart.")
        return 0
    row = Suggestion.objects.filter(pk=arguments.number, state=Suggestion.State.OPEN).first()
    if row is None or not (arguments.same or arguments.apart):
        remedy = "`raadslag archive review` lists them."
        raise RaadslagError(str(arguments.number), "an open pair and --same or --apart", "something else", remedy)
    left, right = _pair(row)
    if arguments.apart:
        curation.keep_apart(row, **_how(arguments))
        print(f"{left} and {right} are kept apart.")
        return 0
    number = curation.merge(right, left, **_how(arguments))
    _follow()
    print(f"{right} is {left}. Taken back by: raadslag archive undo {number}")
    return 0


def _pair(row: Suggestion) -> tuple[Thing, Thing]:
    from raadslag.archive import curation

    kind = curation.KINDS[row.kind]
    found = kind.objects.in_bulk([row.left, row.right])
    return found[row.left], found[row.right]


def _address(thing: Thing) -> str:
    from raadslag.archive.models import Body, Case

    if isinstance(thing, Body):
        return f"/{thing.slug}/"
    return f"/{thing.body.slug}/{'sag' if isinstance(thing, Case) else 'udvalg'}/{thing.slug}/"


def _journal(arguments: argparse.Namespace) -> int:
    from raadslag.archive import journal
    from raadslag.archive.models import JournalEntry

    for row in reversed(JournalEntry.objects.order_by("-number")[: max(0, arguments.last)]):
        about = row.about | {"number": row.number, "at": row.at.isoformat(), "kind": row.kind, "by": row.by}
        if arguments.json:
            print(json.dumps(about, ensure_ascii=False))
        else:
            print(f"{row.number:>6}  {row.at:%Y-%m-%d %H:%M}  {row.kind:<10}  {row.by}")
    if broken := journal.first_broken():
        remedy = "Compare with a backup: what stands there was written by no program of ours."
        raise RaadslagError(
            f"entry {broken} of the journal", "an entry that follows from those before", "another", remedy
        )
    return 0
