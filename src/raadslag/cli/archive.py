"""`raadslag archive`: take papers in, show them, search them, and list what waits."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raadslag.archive.folder import data_folder
from raadslag.cli import backup, checking, curation, delivery, describing
from raadslag.cli.sources import named_as_given
from raadslag.core.errors import RaadslagError

if TYPE_CHECKING:
    from raadslag.archive.adding import Added
    from raadslag.archive.search import Hit
    from raadslag.core.errors import RaadslagError

BAD = 1
KINDS = ("decision", "case", "item", "product", "commitment", "meeting", "organization", "attachment")
MOST_TOLD = 200  # lines of one kind; whoever adds a hundred thousand papers reads no more
LOOPBACK = "127.0.0.1"
PORT = 8000
STOPS_WITHIN = 10  # seconds, for what is being answered

# Why a paper waits and what to do about it, by the reason that intake gives.
WAITS = {
    "not_confirmed": "nobody has said that they are public; if they are, add them again with --already-public",
    "screening": "screening found something; `raadslag screen` tells more, and a corrected file can be added",
    "unidentified": "they do not show which meeting they are of; --body and --organization can tell",
}
# What a paper does not show, by the field of the record.
MISSING = {
    "body": "no municipality",
    "organization": "no committee",
    "meeting.start": "no day, or no time where the day had two meetings",
    "id": "no identity of the commitment, by which it would be known again",
    "name": "no name of the committee that can stand in an address",
    "title": "no title of the product that can stand in an address",
    "version": "no version of the product that can stand in an address",
}


def register(subparsers: Any) -> None:
    """Add the command and its four parts to the parser of `raadslag`."""
    archive = subparsers.add_parser("archive", help="keep records and show them to everyone")
    archive.set_defaults(run=lambda _: archive.print_help(sys.stderr) or 2)
    parts = archive.add_subparsers(title="parts", metavar="PART")

    add = _part(parts, "add", _add, "take in papers and folders of papers")
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a paper, or a folder to search for papers")
    add.add_argument(
        "--already-public", action="store_true", help="say that everybody may see these papers; else they wait"
    )
    add.add_argument("--body", metavar="NAME", help="the municipality, for papers that do not tell")
    add.add_argument("--organization", metavar="NAME", help="the committee, for papers that do not tell")
    add.add_argument(
        "--again", action="store_true", help="read also what is here already: a better reader may find more in it"
    )

    serve = _part(parts, "serve", _serve, "show the archive in a browser")
    serve.add_argument("--host", default=LOOPBACK, help="the address to listen on (default: this machine only)")
    serve.add_argument("--port", default=PORT, type=int, help=f"the port to listen on (default: {PORT})")
    serve.add_argument("--workers", default=1, type=int, metavar="N", help="processes that answer (default: 1)")

    search = _part(parts, "search", _search, "search what the archive shows")
    search.add_argument("words", nargs="+", metavar="WORD")
    search.add_argument("--json", action="store_true", help="print one JSON object for programs")
    search.add_argument("--kind", choices=KINDS, help="only what is of that kind")
    search.add_argument("--newest", action="store_true", help="the newest first (default: the best)")
    search.add_argument("--page", type=int, default=1, help="which ten hits (default: the first)")

    _part(parts, "waiting", _waiting, "list the papers that wait, and why")
    curation.register(partial(_opened_part, parts))
    delivery.register(partial(_opened_part, parts))
    describing.register(partial(_opened_part, parts))
    backup.register_archive(partial(_part, parts))
    checking.register(partial(_opened_part, parts))


def _part(parts: Any, name: str, run: Any, purpose: str) -> argparse.ArgumentParser:
    part: argparse.ArgumentParser = parts.add_parser(name, help=purpose, description=purpose.capitalize() + ".")
    part.add_argument("--data", type=Path, metavar="DIR", help="the archive's data folder (or RAADSLAG_DATA)")
    part.set_defaults(run=run)
    return part


def _opened_part(
    parts: Any, name: str, run: Callable[[argparse.Namespace], int], purpose: str
) -> argparse.ArgumentParser:
    """A part that works on the open archive."""

    def opened(arguments: argparse.Namespace) -> int:
        open_archive(arguments.data)
        return run(arguments)

    return _part(parts, name, opened, purpose)


def choose_folder(data: Path | None) -> None:
    """Let this process work on the folder `data` (None: the default), before anything of it is read."""
    os.umask(0o077)  # the folder holds what waits: it is its owner's alone
    if data is not None:
        os.environ["RAADSLAG_DATA"] = str(data.expanduser().absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "raadslag.archive.settings")


def open_archive(data: Path | None) -> None:
    """Let this process work on the archive in the folder `data` (None: the default), made where it is missing."""
    choose_folder(data)
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import DatabaseError

    try:
        django.setup()
        from raadslag.web.folder import locked
        from raadslag.web.garbage import BETWEEN_FILES, look_less_often

        with locked(settings.DATA, "migrate"):
            call_command("migrate", verbosity=0, interactive=False)
        look_less_often(BETWEEN_FILES)
    except (OSError, DatabaseError) as error:
        found = getattr(error, "strerror", None) or str(error)
        remedy = "Check that it is the archive's own folder, may be written to and has room."
        raise RaadslagError(str(data or data_folder()), "a data folder that can be used", found, remedy) from error


# --- add ---


def _add(arguments: argparse.Namespace) -> int:
    open_archive(arguments.data)
    return add(
        arguments.paths,
        already_public=arguments.already_public,
        body=arguments.body,
        organization=arguments.organization,
        again=arguments.again,
    )


@dataclass
class _Told:
    """What became of the papers so far, as much of it as is told: flat memory, however many they are."""

    counts: Counter[str] = field(default_factory=Counter)
    waiting: dict[str, list[str]] = field(default_factory=dict)
    bad: list[str] = field(default_factory=list)
    misses_body: bool = False

    def add(self, one: Added) -> None:
        """Count one paper, and keep its line where it is among the first of its kind."""
        receipt = one.receipt
        self.counts[receipt.outcome.value if receipt else "bad"] += 1
        if one.error and len(self.bad) < MOST_TOLD:
            self.bad.append(_refusal(str(one.path), one.error))
        if receipt and receipt.reason:
            self.misses_body = self.misses_body or "body" in receipt.missing
            told = self.waiting.setdefault(receipt.reason, [])
            self.counts[receipt.reason] += 1
            if len(told) < MOST_TOLD:
                why = [*(MISSING[name] for name in receipt.missing), *receipt.hits]
                told.append(f"  {one.path}" + (f": {_few(why)}" if why else ""))


def add(
    paths: Sequence[Path],
    *,
    already_public: bool = False,
    body: str | None = None,
    organization: str | None = None,
    again: bool = False,
) -> int:
    """Take in papers and folders in the open archive and tell of it; 0 if every paper could be read, else 1."""
    from tqdm import tqdm

    from raadslag.archive.adding import add_papers, find_papers
    from raadslag.archive.search import IndexBehind

    papers, others = find_papers(paths)
    adding = add_papers(
        papers,
        now=lambda: datetime.now(UTC),
        already_public=already_public,
        body=body,
        organization=organization,
        beside=others,
        again=again,
        by=curation.person(),
    )
    told = _Told()
    behind = None
    bar = tqdm(adding, total=len(papers), unit=" papers", file=sys.stderr, disable=None)
    try:
        with closing(adding), bar as progress:
            for one in progress:
                told.add(one)
    except IndexBehind as late:  # what is in is in, and is told
        behind = late
    for line in _summary(told, others):
        print(line)
    if told.bad:
        print(f"\nNot taken in ({told.counts['bad']}):", file=sys.stderr)
        for line in told.bad:
            print(f"  {line}", file=sys.stderr)
        if more := told.counts["bad"] - len(told.bad):
            print(f"  and {more} more; those alone, added again, tell why.", file=sys.stderr)
    if behind:
        print(f"\n{behind}", file=sys.stderr)
    if not papers:
        print("No papers were found. Name a file, or a folder with .txt, .pdf or .html files.", file=sys.stderr)
    return BAD if told.bad or behind or not papers else 0


def _refusal(path: str, error: RaadslagError) -> str:
    """The error with the path once, whether its place names the file or only a part of it."""
    told = named_as_given(error, path)
    return str(told) if told.place.startswith(path) else f"{path}: {told}"


def _summary(told: _Told, others: Sequence[Path]) -> list[str]:
    counts = told.counts
    parts = [
        f"{counts['new']} new",
        f"{counts['new_version']} new versions",
        f"{counts['known']} known already",
        f"{counts['waiting']} waiting",
        *([f"{counts['withdrawn']} withdrawn before"] if counts["withdrawn"] else []),
        f"{counts['bad']} not taken in",
    ]
    number = sum(counts[outcome] for outcome in ("new", "new_version", "known", "waiting", "withdrawn", "bad"))
    lines = [f"{number} papers: {', '.join(parts)}."]
    if others:
        suffixes = Counter(path.suffix.lower() or "no suffix" for path in others)
        named = ", ".join(f"{count} {suffix}" for suffix, count in suffixes.most_common())
        lines.append(f"{len(others)} other files are no papers ({named}).")
    for reason, papers in told.waiting.items():
        lines += ["", f"Waiting ({counts[reason]}): {WAITS[reason]}.", *papers]
        if more := counts[reason] - len(papers):
            lines.append(f"  and {more} more; `raadslag archive waiting` lists all.")
    if told.misses_body:
        lines.append('Are they all of one municipality? Add them again with --body "ITS NAME".')
    return lines


def _few(reasons: Sequence[str]) -> str:
    return "; ".join(reasons[:3]) + (f"; and {len(reasons) - 3} more" if len(reasons) > 3 else "")


# --- serve ---


def _serve(arguments: argparse.Namespace) -> int:
    open_archive(arguments.data)
    if arguments.host != LOOPBACK and "RAADSLAG_HOSTS" not in os.environ:
        print("Only this machine is answered until RAADSLAG_HOSTS names the hosts, parted by commas.", file=sys.stderr)
    print(f"http://{arguments.host}:{arguments.port}/", flush=True)
    return serve(arguments.host, arguments.port, workers=arguments.workers)


def serve(host: str = LOOPBACK, port: int = PORT, *, workers: int = 1) -> int:
    """Show the open archive until the process is told to stop; what it is answering then is answered whole."""
    from raadslag.archive.front.connections import MOST_CONNECTIONS, Hurried
    from raadslag.archive.indexer import indexing
    from raadslag.archive.search import open_index
    from raadslag.web import processes

    open_index().catch_up()
    with indexing():
        processes.serve(
            "raadslag.archive.asgi:application",
            host=host,
            port=port,
            workers=workers,
            http=Hurried,
            ws="none",
            lifespan="on",
            forwarded_allow_ips=os.environ.get("RAADSLAG_PROXIES", LOOPBACK),
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=STOPS_WITHIN,
        )
    return 0


# --- search and waiting ---


def _search(arguments: argparse.Namespace) -> int:
    open_archive(arguments.data)
    from raadslag.archive.search import open_index

    index = open_index()
    index.catch_up()
    words = " ".join(arguments.words)
    results = index.search(words, kind=arguments.kind, page=arguments.page, newest=arguments.newest)
    if arguments.json:
        found = {"total": results.total, "page": results.page, "pages": results.pages}
        print(json.dumps(found | {"hits": [_hit(hit) for hit in results.hits]}, ensure_ascii=False))
        return 0
    for typed, near in results.respelled:
        print(f"Nothing holds {typed!r}; searched for {near!r}.")
    print(f"{results.total} found")
    for hit in map(_hit, results.hits):
        print(f"\n{hit['date']}  {hit['organization']}  [{hit['kind']}]  {hit['address']}")
        print(f"  {hit['title'] or '-'}")
        if hit["text"]:
            print(f"  {hit['text']}")
    return 0


def _hit(hit: Hit) -> dict[str, str | None]:
    from raadslag.archive.pages.search import address_of

    item = hit.item
    return {
        "kind": hit.kind,
        "body": hit.body.name,
        "organization": hit.organization.name,
        "date": hit.day,
        "number": item.number or None if item else None,
        "title": hit.title.text or None,
        "text": hit.text.text or None,
        "address": address_of(hit),
    }


def _waiting(arguments: argparse.Namespace) -> int:
    open_archive(arguments.data)
    from raadslag.archive.models import WaitingPaper

    papers = list(WaitingPaper.objects.all())
    print(f"{len(papers)} papers wait.")
    for paper in papers:
        print(f"\n{paper.name}  ({paper.size} bytes, since {paper.added_at:%Y-%m-%d})")
        print(f"  {WAITS[paper.reason]}")
        for line in (*(MISSING[name] for name in paper.missing), *paper.hits):
            print(f"  - {line}")
    return 0
