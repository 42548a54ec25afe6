"""`raadslag screen`: what must not slip out with a file."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from raadslag.cli.sources import load, name_of, named_as_given
from raadslag.core.errors import RaadslagError

if TYPE_CHECKING:
    from raadslag.core.rules.screening import Hit

HITS = 1
UNREADABLE = 2


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of `raadslag`."""
    parser = subparsers.add_parser(
        "screen",
        help="list what should not be released with a file",
        description="List CPR-shaped numbers, covered and invisible text, metadata, comments, embedded files and "
        "earlier versions, each with its place and reason. Numbers are masked. "
        "The exit status is 0 if nothing was found, 1 if something was, 2 if a file could not be screened.",
        epilog="Example: raadslag screen minutes.pdf attachments/*.pdf",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object a file, for programs")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the hits; 2 if a file could not be screened, else 1 if there are hits."""
    from raadslag.core.readers.worker import Pool

    status = 0
    with Pool(1) as pool:
        for file in arguments.files:
            try:
                hits = pool.screen(load(file), name_of(file))
            except RaadslagError as error:
                print(f"raadslag: {named_as_given(error, file)}", file=sys.stderr)
                status = UNREADABLE
                continue
            status = max(status, HITS if hits else 0)
            _tell(file, hits, as_json=arguments.json)
    return status


def _tell(file: str, hits: tuple[Hit, ...], *, as_json: bool) -> None:
    if as_json:
        found = [{"rule": h.rule, "place": h.place, "reason": h.reason, "excerpt": h.excerpt} for h in hits]
        print(json.dumps({"file": file, "hits": found}, ensure_ascii=False), flush=True)
        return
    print(f"{file}: {_count(hits)}", flush=True)
    for hit in hits:
        print(f"  {hit.place}: {hit.reason}")
        if hit.excerpt:
            print(f"    {hit.excerpt}")


def _count(hits: tuple[Hit, ...]) -> str:
    match len(hits):
        case 0:
            return "nothing found"
        case 1:
            return "1 hit"
        case number:
            return f"{number} hits"
