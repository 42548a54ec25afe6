"""`raadslag read`: documents as records, one a line."""

from __future__ import annotations

import argparse
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from raadslag.cli.sources import load, name_of, named_as_given
from raadslag.core.errors import RaadslagError

if TYPE_CHECKING:
    from raadslag.core.readers.worker import Document
    from raadslag.core.record import Record


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of `raadslag`."""
    parser = subparsers.add_parser(
        "read",
        help="read agendas and minutes into records",
        description="Read agendas and minutes (text, HTML, PDF) and print one record a line as JSON, in the order of "
        "the files. A file that cannot be read is told of on standard error, and the others go on. "
        "The exit status is 1 if there was one, else 0.",
        epilog="Example: raadslag read minutes/*.pdf > records.jsonl",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a document, or - for standard input")
    parser.add_argument("--pretty", action="store_true", help="print for people: indented, over many lines")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the records; 1 if a file could not be read."""
    from raadslag.core.record import encode

    failures = 0
    for outcome in _outcomes(arguments.files):
        if isinstance(outcome, RaadslagError):
            print(f"raadslag: {outcome}", file=sys.stderr)
            failures += 1
        else:
            line = encode(outcome)
            sys.stdout.buffer.write((msgspec.json.format(line, indent=2) if arguments.pretty else line) + b"\n")
            sys.stdout.buffer.flush()
    return 1 if failures else 0


def _outcomes(files: Sequence[str]) -> Iterator[Record | RaadslagError]:
    """For each file its record, or the error that tells why there is none, in order.

    The pool draws documents a few ahead, so `drawn` remembers, in order, what each result is for, and what
    could not even be loaded.
    """
    from raadslag.core.readers.worker import Document, Pool

    drawn: deque[str | RaadslagError] = deque()

    def documents() -> Iterator[Document]:
        for file in files:
            try:
                document = Document(load(file), name_of(file))
            except RaadslagError as error:
                drawn.append(error)
            else:
                drawn.append(file)
                yield document

    with Pool() as pool:
        for result in pool.read_all(documents()):
            while isinstance(file := drawn.popleft(), RaadslagError):
                yield file
            yield named_as_given(result, file) if isinstance(result, RaadslagError) else result
    yield from (error for error in drawn if isinstance(error, RaadslagError))
