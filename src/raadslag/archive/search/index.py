"""The index: tantivy in the data folder.

It follows the journal by a cursor, the last entry it has seen, kept beside it: after a crash between
the two it catches up, and when it is missing, broken, of another layout or ahead of its database it is
made again from all of it. One process writes at a time; the others wait. Readers see each commit.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import tantivy
from django.conf import settings
from tantivy import Occur, Query

from raadslag.archive import journal
from raadslag.archive.folder import locked
from raadslag.archive.models import Meeting
from raadslag.archive.search.documents import FILTERS, LAYOUT, documents, schema
from raadslag.archive.search.hits import facets_of, hits_of
from raadslag.archive.search.results import Kind, Results
from raadslag.archive.search.words import analyzer, question_terms
from raadslag.core.errors import RaadslagError

# Nobody reads further, and each page further costs memory.
MAX_DEPTH = 10_000
MAX_CHOICES = 100
TITLE_WEIGHT = 2.0
_WRITER_BYTES = 64 * 2**20


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
        query = Query.term_query(self.schema, "meeting", str(meeting), "basic")
        if not (count := _count(self.searcher, query)):
            return []
        found = self.searcher.search(query, limit=count, count=False)
        return [self.searcher.doc(address)["key"][0] for _, address in found.hits]


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

        They hold all words, or where none does, some of them.

        `words` is what a person typed: it has no syntax and cannot be wrong. Empty words ask for everything
        under the filters, newest first; words without a letter or digit find nothing. The filters are
        values of facets; one that is unknown leaves no hits. Nor has a page after the last any.
        """
        asked = {"kind": kind, "body": body, "organization": organization, "outcome": outcome}
        asked["year"] = None if year is None else str(year)
        filters = {name: value for name, value in asked.items() if value}
        terms = question_terms(words)
        engine = self._reader()
        searcher = engine.searcher()

        question, is_loose = Query.all_query(), False
        if terms:
            each = [_anywhere(engine.schema, term) for term in terms]
            question = Query.boolean_query([(Occur.Must, query) for query in each])
            if len(each) > 1 and not _count(searcher, _under(engine.schema, question, filters)):
                question, is_loose = Query.boolean_query([(Occur.Should, query) for query in each]), True
        elif words.strip():
            question = Query.empty_query()
        narrowed = _under(engine.schema, question, filters)

        total = _count(searcher, narrowed)
        offset = (max(1, page) - 1) * per_page
        keys: list[str] = []
        if offset < min(total, MAX_DEPTH):
            order = None if terms and not newest else "day"
            found = searcher.search(narrowed, limit=per_page, count=False, offset=offset, order_by_field=order)
            keys = [searcher.doc(address)["key"][0] for _, address in found.hits]
        counts = {}
        for name in FILTERS:
            others = {other: value for other, value in filters.items() if other != name}
            counts[name] = _choices(searcher, _under(engine.schema, question, others), name)
        return Results(
            hits=hits_of(keys, terms),
            total=total,
            facets=facets_of(counts),
            page=max(1, page),
            pages=-(-min(total, MAX_DEPTH) // per_page),
            is_loose=is_loose and total > 0,
        )

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

    def _reader(self) -> tantivy.Index:
        if self._engine is None:
            if self._kept_cursor() is None or not self._opens():
                self.catch_up()
            self._engine = self._open()
        self._engine.reload()
        return self._engine

    def _open(self) -> tantivy.Index:
        engine = tantivy.Index.open(str(self._path))
        engine.register_tokenizer("danish", analyzer())
        return engine

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
        """Put the documents of the meetings that entries after `seen` touch in place of their old ones.

        After 0 those of all meetings. Then the cursor moves.
        """
        touched = sorted(journal.touched_meetings(seen, newest.number)) if seen else []
        writer = self._open().writer(_WRITER_BYTES, num_threads=1)
        try:
            if seen == 0:
                writer.delete_all_documents()
                parts = [Meeting.objects.all()]
            else:
                for pk in touched:
                    writer.delete_documents_by_term("meeting", str(pk))
                parts = [Meeting.objects.filter(pk__in=part) for part in _parts(touched)]
            for meetings in parts:
                for document in documents(meetings):
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


def _parts(pks: list[int], size: int = 500) -> list[list[int]]:
    """As many rows at a time as a query may name."""
    return [pks[start : start + size] for start in range(0, len(pks), size)]


def _anywhere(schema: tantivy.Schema, term: str) -> Query:
    title = Query.boost_query(Query.term_query(schema, "title", term, "freq"), TITLE_WEIGHT)
    return Query.disjunction_max_query([title, Query.term_query(schema, "text", term, "freq")], 0.2)


def _under(schema: tantivy.Schema, question: Query, filters: Mapping[str, str]) -> Query:
    demands = [Query.const_score_query(Query.term_query(schema, *pair, "basic"), 0.0) for pair in filters.items()]
    return Query.boolean_query([(Occur.Must, query) for query in (question, *demands)])


def _count(searcher: tantivy.Searcher, query: Query) -> int:
    count: int = searcher.search(query, limit=1).count
    return count


def _choices(searcher: tantivy.Searcher, query: Query, name: str) -> dict[str, int]:
    answer = searcher.aggregate(query, {name: {"terms": {"field": name, "size": MAX_CHOICES}}})
    return {bucket["key"]: bucket["doc_count"] for bucket in answer[name]["buckets"]}
