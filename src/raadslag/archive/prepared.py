"""Queries that every search asks: their SQL is made once.

Django makes the SQL of a query anew each time that it is asked, which takes ten times as long as the database's
answer. Here only the list of what is asked for changes:

    items = Prepared(lambda pks: Item.objects.current().filter(pk__in=pks), most=20)
    items.models([17, 4])

It leans on the parts of Django that make models of rows (`ModelIterable`); a test holds it against Django's own answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)
T = TypeVar("T", int, str)


class _Made(NamedTuple):
    """A query's SQL with stand-ins among its parameters, and how its rows become models."""

    compiler: Any
    sql: str
    parameters: list[Any]
    model: type[Model] | None
    columns: slice
    names: list[str]
    related: Sequence[Any]


class Prepared(Generic[M, T]):
    """A query with one list in it, of numbers or of texts, with `most` of them at most."""

    def __init__(self, make: Callable[[Sequence[T]], QuerySet[M, Any]], most: int, *, stand_in: T) -> None:
        self._make, self._most = make, most
        # Values that no row has stand in the SQL's parameters for what is asked, told apart by their end.
        base: Any = stand_in
        self._stand_ins = [base - n if isinstance(base, int) else f"{base}{n}" for n in range(most)]
        self._made: _Made | None = None

    def models(self, values: Iterable[T]) -> list[M]:
        """The models that answer, with those related to them that the query selects."""
        asked = list(values)
        if not asked:
            return []
        if len(asked) > self._most:
            return list(self._make(asked))
        made, rows = self._rows(asked)
        found: list[Any] = []
        for row in rows:
            model: Any = made.model.from_db(connection.alias, made.names, row[made.columns])  # type: ignore[union-attr]
            for one in made.related:
                one.populate(row, model)
            for name, column in made.compiler.annotation_col_map.items():
                setattr(model, name, row[column])
            found.append(model)
        return found

    def tuples(self, values: Iterable[T]) -> list[tuple[Any, ...]]:
        """The rows that answer, where the query asks for values."""
        asked = list(values)
        if not asked:
            return []
        return list(self._make(asked)) if len(asked) > self._most else [tuple(row) for row in self._rows(asked)[1]]  # type: ignore[arg-type]

    def by_pk(self, pks: Iterable[T]) -> dict[int, M]:
        """The models by their rows."""
        return {model.pk: model for model in self.models(pks)}

    def _rows(self, asked: Sequence[T]) -> tuple[_Made, Iterator[Any]]:
        made = self._made = self._made or self._prepare()
        bound = dict(zip(self._stand_ins, [*asked, *[asked[0]] * (self._most - len(asked))], strict=True))
        with connection.cursor() as cursor:
            cursor.execute(made.sql, [bound.get(one, one) for one in made.parameters])
            rows = cursor.fetchall()
        return made, made.compiler.results_iter([rows], tuple_expected=True)

    def _prepare(self) -> _Made:
        compiler = self._make(self._stand_ins).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        about = compiler.klass_info
        if about is None:  # it asks for values
            return _Made(compiler, sql, list(parameters), None, slice(0), [], ())
        fields = about["select_fields"]
        columns = slice(fields[0], fields[-1] + 1)
        names = [column[0].target.attname for column in compiler.select[columns]]
        related = get_related_populators(about, compiler.select, connection.alias)
        return _Made(compiler, sql, list(parameters), about["model"], columns, names, related)
