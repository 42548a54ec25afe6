"""`raadslag write`: a record as a document."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from raadslag.cli.sources import STDIN, load
from raadslag.core.errors import RaadslagError

if TYPE_CHECKING:
    from raadslag.core.record import Record

FORMATS = ("html", "pdf", "docx", "json", "text")
FORMS = ("presented", "clean", "changes", "answers")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of `raadslag`."""
    parser = subparsers.add_parser(
        "write",
        help="write a record as HTML, PDF, JSON or text",
        description="Write one record as a document. PDF is tagged and carries its public record with it.",
        epilog="Example: raadslag read minutes.txt | raadslag write - --to pdf -o minutes.pdf",
    )
    parser.add_argument("record", metavar="RECORD.json", help="a record as `raadslag read` prints it, or - for stdin")
    parser.add_argument("--to", choices=FORMATS, required=True, help="the format of the document")
    parser.add_argument(
        "--form",
        choices=FORMS,
        help="of a product: as it was presented (the default), its text alone, with changes, or with answers",
    )
    parser.add_argument("--since", metavar="OLDER.json", help="the version that changes of a product are told from")
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help="the file to write, or - for stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the document; an error where it cannot be written."""
    from raadslag.core.writers import write

    record = _record(arguments.record)
    is_chosen = arguments.form or arguments.since
    document = _product(record, arguments) if is_chosen else write(record, arguments.to)
    if arguments.output == STDIN:
        sys.stdout.buffer.write(document)
    else:
        _save(document, Path(arguments.output))
    return 0


def _record(place: str) -> Record:
    from raadslag.core.record import decode

    return decode(load(place), place=place)


def _product(record: Record, arguments: argparse.Namespace) -> bytes:
    """A product in the form that was chosen; one that is compared tells its changes."""
    from raadslag.core.record import Product
    from raadslag.core.writers import write_product

    since = _record(arguments.since) if arguments.since else None
    for place, one in ((arguments.record, record), (arguments.since, since)):
        if one is not None and not isinstance(one, Product):
            found = f"a record of type {type(one).__name__.lower()}"
            raise RaadslagError(place, "the record of a product", found, "Leave out --form and --since.")
    form = arguments.form or "changes"
    return write_product(record, arguments.to, form=form, since=since)  # type: ignore[arg-type]  # looked at above


def _save(document: bytes, path: Path) -> None:
    try:
        path.write_bytes(document)
    except OSError as error:
        found = error.strerror or str(error)
        raise RaadslagError(
            str(path), "a place to write to", found, "Choose another file or free some space."
        ) from error
