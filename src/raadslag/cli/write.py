"""`raadslag write`: a record as a document."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from raadslag.cli.sources import STDIN, load
from raadslag.core.errors import RaadslagError

FORMATS = ("html", "pdf", "docx", "json", "text")


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
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help="the file to write, or - for stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the document; an error where it cannot be written."""
    from raadslag.core.record import decode
    from raadslag.core.writers import write

    document = write(decode(load(arguments.record), place=arguments.record), arguments.to)
    if arguments.output == STDIN:
        sys.stdout.buffer.write(document)
    else:
        _save(document, Path(arguments.output))
    return 0


def _save(document: bytes, path: Path) -> None:
    try:
        path.write_bytes(document)
    except OSError as error:
        found = error.strerror or str(error)
        raise RaadslagError(
            str(path), "a place to write to", found, "Choose another file or free some space."
        ) from error
