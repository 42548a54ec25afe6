"""The index: tantivy in the data folder.

It follows the journal by a cursor, the last entry it has seen, kept beside it: after a crash between
the two it catches up, and when it is missing, broken, of another layout or ahead of its database it is
made again from all of it. One process writes at a time; the others wait. Readers see each commit.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import tantivy
from django.conf import settings
from tantivy import Query

from raadslag.archive import journal
from raadslag.archive.models import Case, Commitment, Item, Meeting, Portrait, Product, Standing
from raadslag.archive.search.documents import (
    LAYOUT,
    case_documents,
    commitment_documents,
    documents,
    organization_documents,
    product_documents,
    schema,
)
from raadslag.archive.search.hits import facets_of, hits_of, spellings
from raadslag.archive.search.matching import MAX_DEPTH, Counted, Matcher
from raadslag.archive.search.passages import Wanted, wanted
from raadslag.archive.search.question import Question, read
from raadslag.archive.search.results import Kind, Results
from raadslag.archive.search.words import folded, normal, term, words_of
from raadslag.core.errors import RaadslagError
from raadslag.web.folder import locked

MAX_SUGGESTED = 8
SHORTEST_START = 2  # letters
_WRITER_BYTES = 64 * 2**20

# Documents. How rare a word is, and how long texts are, counts what was taken out until its part of the index is
# merged: in a small index the order of hits would tell that something had been there. It is written anew instead.
_WRITTEN_ANEW = 1_000


class IndexBehind(RaadslagError):
    """The index could not be written. No paper is harmed by it: the next who writes it catches up."""


class Held(NamedTuple):
    """The documents of an index at one moment, and the last entry of the journal that it knew then."""

    cursor: int
    schema: tantivy.Schema
    searcher: tantivy.Searcher

    @property
    def total(self) -> int:
        """How many documents there are."""
        return int(self.searcher.num_docs)

    def keys_of(self, meeting: int) -> list[str]:
        """The keys of the documents that belong to the meeting of that row."""
        return _keys(self.schema, self.searcher, "meeting", meeting)

    def keys_of_product(self, product: int) -> list[str]:
        """The keys of the documents that belong to the product of that row."""
        return _keys(self.schema, self.searcher, "product", product)

    def holds(self, key: str) -> bool:
        """Whether there is a document of that key."""
        query = Query.term_query(self.schema, "key", key, "basic")
        return bool(self.searcher.search(query, limit=1).count)


def open_index() -> Index:
    """The index of this process's data folder."""
    return _opened(Path(settings.DATA))


@lru_cache(maxsize=1)
def _opened(folder: Path) -> Index:
    return Index(folder)


class Index:
    """The search index of one data folder. Cheap to keep open; searches are safe from many threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "index" / f"layout-{LAYOUT}"
        self._cursor_path = self._path / "cursor.json"
        self._engine: tantivy.Index | None = None
        self._told: tuple[int, int] | None = None
        # The choices of questions as of the last commit: whoever turns the page asks for the same once more.
        self._counted: Counted = {}

    def rebuild(self) -> None:
        """Make the index again from the whole database. Searches meanwhile go on in what was there before."""
        with locked(self._folder, "index"):
            self._rebuild()

    def catch_up(self) -> None:
        """Take in everything that the journal has got since the last time.

        Raises IndexBehind if it cannot be written, as on a full disk. It is then as it was, or made again next time.
        """
        try:
            with locked(self._folder, "index"):
                cursor, newest = self._cursor(), journal.head()
                if cursor is None or not self._opens():
                    self._rebuild()
                elif cursor < newest.number:
                    self._write(cursor, newest)
        except (OSError, ValueError) as error:  # the engine tells all its faults as ValueError
            raise IndexBehind(
                "the search index",
                "a data folder that can be written to and has room",
                "one that is full or closed",
                "What was taken in is safe, only the search does not know it yet. Make room, then add once more.",
            ) from error

    def search(
        self,
        words: str,
        *,
        kind: Kind | None = None,
        body: str | None = None,
        organization: str | None = None,
        year: int | None = None,
        outcome: str | None = None,
        page: int = 1,
        per_page: int = 10,
        newest: bool = False,
    ) -> Results:
        """The hits on `words`, best first or `newest` first.

        They hold all words, or where none does, some of them. A word that stands nowhere gives way to one that is one
        letter apart.

        `words` is what a person typed; `question` tells how it is read, and that it cannot be wrong. Empty words
        ask for everything under the filters, newest first; words without a letter or digit find nothing. The filters
        are values of facets; one that is unknown leaves no hits. Nor has a page after the last any.
        """
        asked = {"kind": kind, "body": body, "organization": organization, "outcome": outcome}
        asked["year"] = None if year is None else str(year)
        question, ask = read(words), self._matcher({name: value for name, value in asked.items() if value})

        def answer(question: Question, *, loose: bool = False) -> Results:
            return _answer(ask, question, loose=loose, page=max(1, page), per_page=per_page, newest=newest)

        results = answer(question)
        if results.total or not question.wanted:
            return results
        if respelled := {word: near for word in ask.missing(question) if (near := ask.nearest(word))}:
            mended = question.respelled(respelled)
            results = answer(mended)
            if not results.total and len(mended.wanted) > 1:
                results = answer(mended, loose=True)
            # A word is named only as what is shown today has it.
            written = spellings(results.hits, map(term, respelled.values()), term)
            if all(term(near) in written for near in respelled.values()):
                told = tuple((word, written[term(near)]) for word, near in respelled.items())
                return replace(results, respelled=told)
        return answer(question, loose=True) if len(question.wanted) > 1 else answer(question)

    def suggest(self, typed: str, *, body: str | None = None) -> tuple[str, ...]:
        """What a person may be typing: up to eight ways to end the last word, the commonest first.

        Each finds something that is shown today. Nothing where the last word is not begun, or shorter than two letters.
        """
        before, _, last = typed.rpartition(" ")
        if words_of(normal(last)) != [normal(last).lower()] or len(last) < SHORTEST_START:
            return ()
        ask = self._matcher({"body": body} if body else {})
        found = ask.beginning_with(normal(last).lower(), read(before), MAX_SUGGESTED * 4)
        hits = hits_of(list(dict.fromkeys(key for _, keys in found for key in keys)), Wanted())
        written = spellings(hits, (word for word, _ in found), folded)
        # Of several forms of one word the commonest.
        forms = {term(written[word]): written[word] for word, _ in reversed(found) if word in written}
        ends = list(forms.values())[::-1][:MAX_SUGGESTED]
        return tuple(f"{before} {end}".strip() for end in ends)

    def lag(self, now: datetime) -> float:
        """The seconds since the oldest public change that the index does not know; 0 where it knows all."""
        oldest = journal.waiting_since(self._cursor() or 0)
        return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0

    def held(self) -> Held | None:
        """What the index holds at this moment; None where it cannot be read or knows another journal."""
        with locked(self._folder, "index"):
            if (cursor := self._cursor()) is None or not self._opens():
                return None
            engine = self._open()
            return Held(cursor, engine.schema, engine.searcher())

    def _matcher(self, filters: Mapping[str, str]) -> Matcher:
        engine = self._reader()
        return Matcher(engine.schema, engine.searcher(), filters, self._counted)

    def _reader(self) -> tantivy.Index:
        if self._engine is None:
            if self._kept_cursor() is None or not self._opens():
                self.catch_up()
            self._engine = self._open()
        # A commit is told by a new file; to ask for it costs a hundredth of reading it again.
        about = (self._path / "meta.json").stat()
        if (told := (about.st_ino, about.st_mtime_ns)) != self._told:
            self._engine.reload()
            self._told = told
            self._counted = {}
        return self._engine

    def _open(self) -> tantivy.Index:
        return tantivy.Index.open(str(self._path))

    def _opens(self) -> bool:
        try:
            self._open()
        except (ValueError, OSError):
            return False
        return True

    def _cursor(self) -> int | None:
        """The last entry that the index knows; None where it knows nothing, or a journal that is not this one."""
        kept = self._kept_cursor()
        return kept[0] if kept and journal.holds(*kept) else None

    def _kept_cursor(self) -> tuple[int, str] | None:
        try:
            kept = json.loads(self._cursor_path.read_bytes())
            return int(kept["journal"]), str(kept["hash"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _rebuild(self) -> None:
        if not self._opens():
            shutil.rmtree(self._path, ignore_errors=True)
            self._path.mkdir(parents=True, mode=0o700)
            tantivy.Index(schema(), str(self._path))
        self._write(0, journal.head())
        for other in self._path.parent.iterdir():
            if other != self._path:
                shutil.rmtree(other)

    def _write(self, seen: int, newest: journal.Head) -> None:
        """Put the documents of what entries after `seen` touch in place of the old ones: of meetings, organizations,
        commitments and products.

        After 0 those of all. Then the cursor moves.
        """
        engine = self._open()
        if engine.searcher().num_docs < _WRITTEN_ANEW:
            seen = 0
        touched = sorted(journal.touched_meetings(seen, newest.number)) if seen else []
        organizations = sorted(journal.touched_organizations(seen, newest.number)) if seen else []
        products = sorted(journal.touched_products(seen, newest.number)) if seen else []
        commitments = sorted(journal.touched_commitments(seen, newest.number)) if seen else []
        former: list[str] = []
        writer = engine.writer(_WRITER_BYTES, num_threads=1)
        try:
            if seen == 0:
                writer.delete_all_documents()
                meetings, cases = (
                    [Meeting.objects.all()],
                    _parts(Case.objects.order_by("pk").values_list("pk", flat=True)),
                )
                organizations = list(Portrait.objects.current().values_list("organization", flat=True))
                commitments = list(Commitment.objects.order_by("pk").values_list("pk", flat=True))
                products = list(Product.objects.order_by("pk").values_list("pk", flat=True))
            else:
                on_them = sorted(_cases_of(engine, touched))
                for pk in touched:
                    writer.delete_documents_by_term("meeting", str(pk))
                for pk in on_them:
                    writer.delete_documents_by_term("key", f"case {pk}")
                for part in _parts(organizations):
                    told_of = Portrait.objects.filter(organization__in=part).values_list("pk", flat=True)
                    former += [f"organization {pk}" for pk in told_of]
                for part in _parts(commitments):
                    told_of = Standing.objects.filter(commitment__in=part).values_list("pk", flat=True)
                    former += [f"commitment {pk}" for pk in told_of]
                for pk in products:
                    writer.delete_documents_by_term("product", str(pk))
                for key in former:
                    writer.delete_documents_by_term("key", key)
                meetings, cases = [Meeting.objects.filter(pk__in=part) for part in _parts(touched)], _parts(on_them)
            told = (
                *map(organization_documents, _parts(organizations)), *map(product_documents, _parts(products)),
                *map(commitment_documents, _parts(commitments)),
            )  # fmt: skip
            for document in chain(*map(documents, meetings), *map(case_documents, cases), *told):
                writer.add_document(document)
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()
        fresh = self._cursor_path.with_suffix(".new")
        with fresh.open("w") as file:
            json.dump({"journal": newest.number, "hash": newest.hash}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._cursor_path)


def _answer(ask: Matcher, question: Question, *, loose: bool, page: int, per_page: int, newest: bool) -> Results:
    query = ask.query(question, loose=loose)
    total, keys = ask.page(query, (page - 1) * per_page, per_page, newest=newest or not question.wanted)
    hits = hits_of(keys, wanted(question.wanted))
    return Results(
        hits=hits,
        total=total,
        facets=facets_of(ask.choices(question, loose=loose) if total or ask.is_narrowed else {}),
        page=page,
        pages=-(-min(total, MAX_DEPTH) // per_page),
        is_loose=loose and total > 0,
    )


def _cases_of(engine: tantivy.Index, meetings: list[int]) -> set[int]:
    """The cases that these meetings have or, as far as the index knows, had."""
    searcher = engine.searcher()
    cases = {
        int(key.split()[1])
        for pk in meetings
        for key in _keys(engine.schema, searcher, "meeting", pk)
        if key.startswith("case ")
    }
    for part in _parts(meetings):
        cases.update(Item.objects.filter(meeting__in=part).exclude(case=None).values_list("case", flat=True))
    return cases


def _keys(schema: tantivy.Schema, searcher: tantivy.Searcher, field: str, pk: int) -> list[str]:
    query = Query.term_query(schema, field, str(pk), "basic")
    if not (count := searcher.search(query, limit=1).count):
        return []
    found = searcher.search(query, limit=count, count=False)
    return [searcher.doc(address)["key"][0] for _, address in found.hits]


def _parts(rows: Iterable[int], size: int = 500) -> list[list[int]]:
    """As many rows at a time as a query may name."""
    pks = list(rows)
    return [pks[start : start + size] for start in range(0, len(pks), size)]
