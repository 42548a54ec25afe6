"""`raadslag archive check`: whether everything in the archive is what it must be."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from raadslag.cli.curation import person

if TYPE_CHECKING:
    from raadslag.archive.checking import Finding

BAD = 1


def register(part: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the part to `raadslag archive`; `part(name, run, purpose)` makes one."""
    check = part("check", _check, "compare all records, files, rows and the search index with what they must be")
    check.add_argument("--repair", action="store_true", help="make again what is made from records: rows and index")
    check.add_argument("--json", action="store_true", help="print one JSON object a line for programs")
    check.add_argument("--by", default=None, metavar="NAME", help="who repairs it (default: the user's name)")


def _check(arguments: argparse.Namespace) -> int:
    from raadslag.archive.checking import mend

    count = Counter[str]()
    found = _told(_findings(), arguments.json, count)
    if arguments.repair:
        by, at = (arguments.by or person())[:100], datetime.now(UTC)
        mended = mend(found, by=by, at=at)
        if mended.count or mended.is_indexed:
            index = " and the search index" if mended.is_indexed else ""
            _say(f"Made again: {mended.count} rows and files{index}. What is left:", arguments.json)
            count.clear()
            found = _told(_findings(), arguments.json, count)
    for _ in found:
        pass
    _say(f"{count['findings']} findings.", arguments.json)
    return BAD if count["findings"] else 0


def _findings() -> Iterator[Finding]:
    from tqdm import tqdm

    from raadslag.archive.checking import check

    with tqdm(unit=" papers and files", file=sys.stderr, disable=None) as bar:
        yield from check(bar.update)


def _told(findings: Iterable[Finding], as_json: bool, count: Counter[str]) -> Iterator[Finding]:
    for one in findings:
        if as_json:
            told = {"place": one.place, "expected": one.expected, "found": one.found, "remedy": one.remedy}
            print(json.dumps(told | {"can_be_mended": one.mend is not None}, ensure_ascii=False))
        else:
            print(one)
        count["findings"] += 1
        yield one


def _say(line: str, as_json: bool) -> None:
    if not as_json:
        print(line)
