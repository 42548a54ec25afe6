"""Products: each version as a text to be read, and what was changed between any two that are public.

Only what the records of public versions say is shown. A version that is not public is named nowhere, and what would be
told of its changes stands in no other version's page.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import condition
from msgspec.structs import replace

from raadslag import __version__
from raadslag.archive import models
from raadslag.archive.pages import standings, views, words
from raadslag.archive.pages.figures import MAIN, drawn
from raadslag.archive.search.documents import anchor_of
from raadslag.core import record
from raadslag.core.comparing import compare
from raadslag.core.errors import UnknownFormat, UnwritableRecord
from raadslag.core.release import public
from raadslag.core.text import Block
from raadslag.core.writers import write, write_product
from raadslag.core.writers.product import Place, ProductForm, compose
from raadslag.web import charts
from raadslag.web.middleware import policy_of
from raadslag.web.numbers import Series, series_of

FORMS: dict[str, ProductForm] = {"produkt": "presented", "tekst": "clean", "svar": "answers"}
"""The papers of a version, by their names in addresses."""
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
}
_SAVED = ("docx", "json")  # a browser shows the others
_WRITERS = {"txt": "text"}
MOST_DRAWN, MOST_SERIES = 24, 5  # rows and columns that a chart can carry
_DEEPEST = 5  # steps by which a part is set in


@dataclass(frozen=True)
class Link:
    """A place on the page, and what it is called."""

    anchor: str
    name: str


@dataclass(frozen=True)
class Cause:
    """A change: what it is, and what was answered to the contributions behind it."""

    value: record.Change
    anchor: str
    place: Link | None
    answers: tuple[tuple[Link, str], ...] = ()


@dataclass(frozen=True)
class Part:
    """A part of the product where it stands: its text, what it leans on, what nobody knows, and why it is as it is."""

    anchor: str
    depth: int
    heading: str
    kind: str
    pieces: tuple[Block, ...]
    facts: tuple[Link, ...] = ()
    gaps: tuple[tuple[Link, str], ...] = ()
    causes: tuple[Cause, ...] = ()

    @property
    def level(self) -> int:
        """Of its heading: 2 at the top."""
        return min(self.depth, 4) + 2


@dataclass(frozen=True)
class Facts:
    """A table of facts; `number` counts from 1 and names its chart, where it has one."""

    value: record.Fact
    anchor: str
    number: int
    name: str
    is_drawn: bool
    places: tuple[Link, ...]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Its rows, each as long as the headings."""
        width = max([len(self.value.columns), *map(len, self.value.rows)], default=0)
        return [row + ("",) * (width - len(row)) for row in self.value.rows]

    @property
    def columns(self) -> tuple[str, ...]:
        """Its headings, one for each cell."""
        width = max([len(self.value.columns), *map(len, self.value.rows)], default=0)
        return self.value.columns + ("",) * (width - len(self.value.columns))


@dataclass(frozen=True)
class Unknown:
    """What nobody knew, and what closed it."""

    value: record.Gap
    anchor: str
    places: tuple[Link, ...]


@dataclass(frozen=True)
class Answered:
    """What became of a contribution; `change` leads to the change that came of it."""

    value: record.Answer
    anchor: str
    outcome: str
    change: Link | None


@dataclass(frozen=True)
class Whole:
    """A version of a product as a page shows it."""

    value: record.Product
    parts: tuple[Part, ...]
    open_gaps: tuple[Unknown, ...]
    closed_gaps: tuple[Unknown, ...]
    facts: tuple[Facts, ...]
    causes: tuple[Cause, ...]
    answers: tuple[Answered, ...]
    counts: tuple[tuple[str, int], ...]


# --- pages ---


def products(request: HttpRequest, body: str) -> HttpResponse:
    """All products of a body, the one with the newest version first."""
    found = views.get_body(body)
    rows = models.Product.objects.public().of(found).latest().select_related("organization", "body")
    return views.page(request, "products.html", "organizations", found, products=views.page_of(request, rows))


def product(request: HttpRequest, body: str, product: str) -> HttpResponse:
    """A product in its newest version."""
    found = get_product(body, product)
    editions = editions_of(found)
    return _page(request, found, editions, editions[0])


def version(request: HttpRequest, body: str, product: str, version: str) -> HttpResponse:
    """One version of a product."""
    found = get_product(body, product)
    editions = editions_of(found)
    return _page(request, found, editions, _named(editions, version))


def since(request: HttpRequest, body: str, product: str, version: str, since: str) -> HttpResponse:
    """What was changed from one public version to another, word by word."""
    found = get_product(body, product)
    editions = editions_of(found)
    newer, older = _named(editions, version), _named(editions, since)
    if editions.index(newer) >= editions.index(older):
        if newer == older:
            raise Http404
        return redirect("pages:product-since", found.body.slug, found.slug, older.slug, newer.slug)
    value, before = _between(editions, newer, older)
    try:
        places = compose(value, "changes", before, _language()).places
    except UnwritableRecord:
        return _unwritten(request, found)
    changed = [one for one in compare(before.elements, value.elements) if one.is_changed]
    wanted = {one.element.id for one in changed}
    return views.page(
        request,
        "difference.html",
        "organizations",
        found.body,
        product=found,
        edition=newer,
        older=older,
        others=[one for one in _after(editions, newer) if one != older],
        editions=editions,
        places=[one for one in places if one.element.id in wanted],
        total=len(places),
        labels=words.in_language(),
    )


def fact_chart(request: HttpRequest, body: str, product: str, version: str, number: int) -> HttpResponse:
    """A table of facts of a version, drawn."""
    found = get_product(body, product)
    facts = values_of([_named(editions_of(found), version)])[0].facts
    fact = facts[number - 1] if 0 < number <= len(facts) else None
    series = _drawable(fact) if fact else []
    if fact is None or not series:
        raise Http404
    labels = [row[0] if row else "" for row in fact.rows]
    told = "; ".join(
        f"{column.name}: "
        + ", ".join(f"{label} {charts.written(value)}" for label, value in zip(labels, column.values, strict=True))
        for column in series
    )
    main = found.body.main or MAIN
    return drawn(charts.beside(fact.title, told, labels, [(column.name, column.values) for column in series], main))


def paper(request: HttpRequest, body: str, product: str, version: str, form: str, format: str) -> HttpResponse:
    """A version as a file: as it was presented, its text alone, or with the answers where they belong."""
    found = get_product(body, product)
    edition = _named(editions_of(found), version)
    if format == "json" and form != "produkt":
        raise Http404
    edition.product = found
    return _file(request, edition, values_of([edition])[0], None, form, format)


def changes_paper(request: HttpRequest, body: str, product: str, version: str, since: str, format: str) -> HttpResponse:
    """What was changed from one public version to another, as a file."""
    found = get_product(body, product)
    editions = editions_of(found)
    newer, older = _named(editions, version), _named(editions, since)
    if format == "json" or editions.index(newer) >= editions.index(older):
        raise Http404
    newer.product = found
    return _file(request, newer, *_between(editions, newer, older), f"aendringer-siden-{older.slug}", format)


def get_product(body: str, slug: str) -> models.Product:
    """The product of that address, with its committee and body, if a version of it is shown; else Http404."""
    rows = models.Product.objects.public().select_related("organization", "body")
    return get_object_or_404(rows, body__slug=body, slug=slug)


def _page(
    request: HttpRequest, found: models.Product, editions: Sequence[models.Edition], edition: models.Edition
) -> HttpResponse:
    older = _after(editions, edition)
    return views.page(
        request,
        "product.html",
        "organizations",
        found.body,
        product=found,
        edition=edition,
        editions=editions,
        is_newest=edition == editions[0],
        older=older,
        before=older[0] if older else None,
        whole=whole_of(values_of([edition])[0], _language()),
        labels=words.in_language(),
        standings=standings.of_product(found, timezone.localdate()),
        today=timezone.localdate().isoformat(),
    )


def editions_of(product: models.Product) -> list[models.Edition]:
    """The versions that are shown, the newest first, without their records. Raises Http404 where the last was
    withdrawn this moment."""
    editions = list(product.editions.current().newest_first().defer("record"))
    if not editions:
        raise Http404
    return editions


def values_of(editions: Sequence[models.Edition]) -> list[record.Product]:
    """What these versions say, in their order; one query. Raises Http404 where one was withdrawn this moment."""
    rows = models.Edition.objects.current().in_bulk([one.pk for one in editions])
    if len(rows) < len(editions):
        raise Http404
    return [public(rows[one.pk].value) for one in editions]


def _named(editions: Sequence[models.Edition], slug: str) -> models.Edition:
    for edition in editions:
        if edition.slug == slug:
            return edition
    raise Http404


def _after(editions: Sequence[models.Edition], edition: models.Edition) -> list[models.Edition]:
    """Those that came before it, the newest first."""
    return list(editions[editions.index(edition) + 1 :])


def _between(
    editions: Sequence[models.Edition], newer: models.Edition, older: models.Edition
) -> tuple[record.Product, record.Product]:
    """What two versions say; the changes of the newer are those of all public versions on the way, the first first."""
    way = editions[editions.index(newer) : editions.index(older) + 1]
    told = values_of(way)
    changes = tuple(change for value in reversed(told[:-1]) for change in value.changes)
    return replace(told[0], changes=changes), told[-1]


def _language() -> str:
    return get_language() or "da"


# --- what is shown of a version ---


def whole_of(value: record.Product, language: str) -> Whole:
    """A version as a page shows it, with what leads from one place of it to another."""
    say = words.in_language().product
    places = compose(value, "presented", None, language).places
    links = {place.element.id: Link(anchor_of(place.element, n), place.heading) for n, place in enumerate(places, 1)}
    facts = tuple(_facts(value, links))
    gaps = [Unknown(gap, f"hul-{n}", _links(gap.elements, links)) for n, gap in enumerate(value.gaps, 1)]
    changes = {change.id: f"aendring-{n}" for n, change in enumerate(value.changes, 1)}
    answers = tuple(
        Answered(
            one, f"svar-{n}", say.outcome.get(one.outcome, one.outcome),
            Link(changes[one.change], one.change) if one.change in changes else None,
        )
        for n, one in enumerate(value.answers, 1)
    )  # fmt: skip
    causes = tuple(
        Cause(
            change, changes[change.id], links.get(change.element),
            tuple((Link(one.anchor, one.value.contribution), one.outcome)
                  for one in answers if one.value.change == change.id),
        )
        for change in value.changes
    )  # fmt: skip
    return Whole(
        value=value,
        parts=tuple(_part(place, links, facts, gaps, causes) for place in places),
        open_gaps=tuple(one for one in gaps if one.value.state == "open"),
        closed_gaps=tuple(one for one in gaps if one.value.state != "open"),
        facts=facts,
        causes=causes,
        answers=answers,
        counts=tuple(Counter(one.outcome for one in answers).most_common()),
    )


def _part(
    place: Place, links: Mapping[str, Link], facts: Iterable[Facts], gaps: Iterable[Unknown], causes: Iterable[Cause]
) -> Part:
    identity = place.element.id
    return Part(
        anchor=links[identity].anchor,
        depth=min(place.depth, _DEEPEST),
        heading=place.heading,
        kind=" · ".join(place.lines),
        pieces=tuple(place.pieces),
        facts=tuple(Link(one.anchor, one.name) for one in facts if identity in one.value.elements),
        gaps=tuple(
            (Link(one.anchor, one.value.id), one.value.text)
            for one in gaps
            if identity in one.value.elements and one.value.state == "open"
        ),
        causes=tuple(one for one in causes if one.value.element == identity),
    )


def _facts(value: record.Product, links: Mapping[str, Link]) -> Iterable[Facts]:
    say = words.in_language().product
    for number, fact in enumerate(value.facts, 1):
        name = say.fact.format(id=fact.id, title=" ".join(fact.title.split()))
        yield Facts(fact, f"fakta-{number}", number, name, bool(_drawable(fact)), _links(fact.elements, links))


def _links(elements: Iterable[str], links: Mapping[str, Link]) -> tuple[Link, ...]:
    return tuple(links[one] for one in elements if one in links)


def _drawable(fact: record.Fact) -> Sequence[Series]:
    if not 0 < len(fact.rows) <= MOST_DRAWN:
        return []
    return series_of(fact.columns, fact.rows)[:MOST_SERIES]


# --- files ---


def _file(
    request: HttpRequest, edition: models.Edition, value: record.Product, before: record.Product | None, form: str,
    format: str,
) -> HttpResponse:  # fmt: skip
    """A paper of what these records say, and of nothing else: what was withdrawn since is in none of it."""
    told = record.encode(value), record.encode(before) if before else b"", form, format, _language()
    etag = hashlib.sha256(repr((*told, __version__)).encode()).hexdigest()[:32]

    def written(request: HttpRequest) -> HttpResponse:
        data = _document(*told)
        where = "attachment" if format in _SAVED else "inline"
        name = f"{edition.product.slug}-{edition.slug}-{form}.{format}"
        headers = {"Content-Disposition": f'{where}; filename="{name}"'}
        if format == "html":
            headers["Content-Security-Policy"] = policy_of(data)
        return HttpResponse(data, content_type=MEDIA_TYPES[format], headers=headers)

    try:
        return condition(etag_func=lambda *_: f'"{etag}"')(written)(request)
    except UnknownFormat:  # answers, where there are none
        raise Http404 from None
    except UnwritableRecord:
        return _unwritten(request, edition.product)


@lru_cache(maxsize=64)
def _document(value: bytes, before: bytes, form: str, format: str, language: str) -> bytes:
    said, to = msgspec.json.decode(value, type=record.Product), _WRITERS.get(format, format)
    if before:
        since = msgspec.json.decode(before, type=record.Product)
        return write_product(said, to, form="changes", since=since, language=language)
    if form == "produkt":
        return write(said, to, language=language)
    return write_product(said, to, form=FORMS[form], language=language)


def _unwritten(request: HttpRequest, product: models.Product) -> HttpResponse:
    return render(request, "pages/unwritten.html", {"body": product.body, "product": product}, status=422)
