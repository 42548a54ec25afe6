"""Matching: a question in the engine's terms, asked of the index as it is at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import tantivy
from tantivy import Occur, Query

from raadslag.archive.search.documents import FILTERS
from raadslag.archive.search.question import Clause, Question
from raadslag.archive.search.results import MAX_CHOICES
from raadslag.archive.search.words import folded, is_known, term

# Nobody reads further, and each page further costs memory.
MAX_DEPTH = 10_000
MAX_COUNTED = 2_000
TITLE_WEIGHT = 2.0
PART_WEIGHT = 0.3
_OTHER_FIELDS = 0.2  # what a word counts in the fields where it counts less

_LETTERS = "abcdefghijklmnopqrstuvwxyzæøå"
# In shorter words one other letter makes another word as often as it mends one.
_SHORTEST_MENDED = 4
_MOST_TRIED = 20


Choices: TypeAlias = dict[str, dict[str, int]]
Counted: TypeAlias = dict[Any, Choices]
"""The choices that were counted already in one state of the index."""


class Matcher:
    """One state of the index, asked under one choice of filters."""

    def __init__(
        self, schema: tantivy.Schema, searcher: tantivy.Searcher, filters: Mapping[str, str], counted: Counted
    ) -> None:
        self._schema = schema
        self._searcher = searcher
        self._filters = filters
        self._counted = counted

    @property
    def is_narrowed(self) -> bool:
        """Whether there are filters that other choices could take the place of."""
        return bool(self._filters)

    def query(self, question: Question, *, loose: bool = False) -> Query:
        """What holds all that is wanted, or with `loose` some of it, and nothing that is not."""
        if question.is_idle:
            return Query.empty_query()
        each = [self._holding(clause) for clause in question.wanted]
        without = [self._standing(clause) for clause in question.unwanted]
        return _but(Query.boolean_query([(Occur.Should, one) for one in each]) if loose else _all(each), without)

    def page(self, query: Query, offset: int, limit: int, *, newest: bool) -> tuple[int, list[str]]:
        """How many documents answer under the filters, and the keys of one page of them.

        The best come first: of equally good ones the newest. Beyond what anybody reads the page is empty.
        """
        order = {"order_by_field": "order"} if newest else {"weight_by_field": "weight"}
        asked = self._under(query, self._filters)
        if offset >= MAX_DEPTH:
            return self._count(asked), []
        found = self._searcher.search(asked, limit=limit, offset=offset, **order)
        return int(found.count), [self._searcher.doc(address)["key"][0] for _, address in found.hits]

    def choices(self, question: Question, *, loose: bool) -> Choices:
        """Of every filter its values with the documents that each would leave under all other filters."""
        asked = (question, loose, tuple(sorted(self._filters.items())))
        if (known := self._counted.get(asked)) is None:
            known = self._choices(self.query(question, loose=loose))
            if len(self._counted) < MAX_COUNTED:
                self._counted[asked] = known
        return known

    def _choices(self, query: Query) -> Choices:
        free = [name for name in FILTERS if name not in self._filters]
        found = self._aggregated(self._under(query, self._filters), free)
        for name in self._filters:
            others = {other: value for other, value in self._filters.items() if other != name}
            found |= self._aggregated(self._under(query, others), [name])
        return {name: found[name] for name in FILTERS}

    def missing(self, question: Question) -> list[str]:
        """The single words wanted that no document of the whole index holds."""
        words = [clause for clause in question.wanted if not clause.is_phrase]
        return [clause.words[0] for clause in words if not self._count(self._holding(clause))]

    def nearest(self, word: str) -> str | None:
        """The commonest word of the index that is one letter from `word`, or has two letters in other order."""
        if len(word) < _SHORTEST_MENDED or not word.isalpha():
            return None
        tried = _one_letter_from(folded(word))
        often = self._searcher.doc_freq
        written = {near: count for near in tried if (count := often("words", near))}
        if not written:  # a dictionary form need not stand in any text for its other forms to be found by it
            written = {near: count for near in tried if is_known(near) and (count := often("text", term(near)))}
        best = sorted(written, key=lambda near: (-written[near], near))[:_MOST_TRIED]
        # The frequencies know of documents that are gone; a question does not.
        return next((near for near in best if self._count(self._holding(Clause((near,))))), None)

    def beginning_with(self, start: str, question: Question, limit: int) -> list[tuple[str, list[str]]]:
        """Words that begin so in what answers the question, the commonest first, each with keys of such documents."""
        query = self._under(_all([self._holding(clause) for clause in question.wanted]), self._filters)
        found: list[tuple[str, list[str]]] = []
        for word, _often in self._searcher.terms_with_prefix("words", folded(start), query, limit):
            holding = _all([query, Query.term_query(self._schema, "words", word, "basic")])
            hits = self._searcher.search(holding, limit=1, count=False).hits
            found.append((word, [self._searcher.doc(address)["key"][0] for _, address in hits]))
        return found

    def _holding(self, clause: Clause) -> Query:
        """A clause in the title, in the text or, where it is one word, inside a compound."""
        queries = [Query.boost_query(self._in("title", clause), TITLE_WEIGHT), self._in("text", clause)]
        if not clause.is_phrase:
            part = Query.term_query(self._schema, "parts", clause.terms[0], "freq")
            queries.append(Query.boost_query(part, PART_WEIGHT))
        return Query.disjunction_max_query(queries, _OTHER_FIELDS)

    def _standing(self, clause: Clause) -> Query:
        """A clause as words of their own: who leaves out "bolig" does not leave out "boligforening"."""
        return Query.boolean_query([(Occur.Should, self._in(field, clause)) for field in ("title", "text")])

    def _in(self, field: str, clause: Clause) -> Query:
        if clause.is_phrase:
            return Query.phrase_query(self._schema, field, list(clause.terms))
        return Query.term_query(self._schema, field, clause.terms[0], "position")

    def _under(self, query: Query, filters: Mapping[str, str]) -> Query:
        demands = [Query.term_query(self._schema, *pair, "basic") for pair in filters.items()]
        return _all([query, *(Query.const_score_query(demand, 0.0) for demand in demands)])

    def _count(self, query: Query) -> int:
        count: int = self._searcher.search(query, limit=1).count
        return count

    def _aggregated(self, query: Query, names: Iterable[str]) -> dict[str, dict[str, int]]:
        asked = {name: {"terms": {"field": name, "size": MAX_CHOICES}} for name in names}
        answer = self._searcher.aggregate(query, asked) if asked else {}
        return {
            name: {bucket["key"]: bucket["doc_count"] for bucket in found["buckets"]} for name, found in answer.items()
        }


def _all(queries: list[Query]) -> Query:
    if len(queries) < 2:
        return queries[0] if queries else Query.all_query()
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def _but(query: Query, without: list[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query), *((Occur.MustNot, one) for one in without)]) if without else query


def _one_letter_from(word: str) -> set[str]:
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    fewer = {left + right[1:] for left, right in cuts if right}
    turned = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    others = {left + letter + right[1:] for left, right in cuts if right for letter in _LETTERS}
    more = {left + letter + right for left, right in cuts for letter in _LETTERS}
    return (fewer | turned | others | more) - {word}
