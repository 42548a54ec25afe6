"""`raadslag redact`: a copy of a file without some of its words."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from raadslag.cli.sources import load, name_of, named_as_given
from raadslag.core.errors import RaadslagError

REFUSED = 1


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of `raadslag`."""
    parser = subparsers.add_parser(
        "redact",
        help="make a copy of a file without some of its words",
        description="Make a new PDF, DOCX, XLSX, HTML or text file in which the words stand nowhere: neither in what "
        "is shown nor in properties, comments, attachments or earlier versions, which are left out. The copy is read "
        "by several readers before it is written; where one of them still finds a word, or a page cannot be read for "
        "sure, nothing is written and the exit status is 1.",
        epilog='Example: raadslag redact application.pdf --words "Ditmar Dybvad" --numbers -o public.pdf',
    )
    parser.add_argument("file", metavar="FILE", help="a file, or - for standard input")
    parser.add_argument("--words", nargs="+", default=[], metavar="WORDS", help="words and phrases, each an argument")
    parser.add_argument("--numbers", action="store_true", help="also every number shaped as a CPR number")
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="where the copy is written")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the copy; 1 with the reason where there is none."""
    from raadslag.core.readers.worker import Pool

    with Pool(1) as pool:
        try:
            name = name_of(arguments.file)
            copy = pool.redact(load(arguments.file), name, arguments.words, numbers=arguments.numbers)
        except RaadslagError as error:
            print(f"raadslag: {named_as_given(error, arguments.file)}", file=sys.stderr)
            return REFUSED
    try:
        Path(arguments.output).write_bytes(copy)
    except OSError as error:
        print(f"raadslag: {arguments.output}: {error.strerror}", file=sys.stderr)
        return REFUSED
    return 0
