"""From what the index found to what may be shown: every row is read again, and only if it is shown today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from django.db.models import OuterRef, QuerySet, Subquery

from raadslag.archive.models import Attachment, Case, Edition, Item, Meeting, Organization, Portrait, Standing
from raadslag.archive.prepared import Prepared
from raadslag.archive.search.documents import (
    FILTERS,
    anchor_of,
    edition_texts,
    meeting_title,
    portrait_texts,
    standing_texts,
    text_of,
)
from raadslag.archive.search.passages import Wanted, marked, passage
from raadslag.archive.search.results import KINDS, MAX_CHOICES, Facet, Hit, Kind
from raadslag.archive.search.words import normal, words_of
from raadslag.core.release import public


def hits_of(keys: Sequence[str], asked: Wanted) -> tuple[Hit, ...]:
    """The hits of the index's keys, in their order; seven queries at most. What is no longer shown is left out."""
    rows: dict[str, list[int]] = defaultdict(list)
    parts: dict[int, list[int]] = defaultdict(list)
    for kind, pk in map(str.split, keys):
        row, _, part = pk.partition(".")
        rows[kind].append(int(row))
        if part:
            parts[int(row)].append(int(part))
    meetings = _MEETINGS.by_pk(rows["meeting"])
    attachments = _ATTACHMENTS.by_pk(rows["attachment"])
    cases = _CASES.by_pk(rows["case"])
    portraits = _PORTRAITS.models(rows["organization"])
    standings = _STANDINGS.models(rows["commitment"])
    editions = _EDITIONS.by_pk(dict.fromkeys(rows["product"])).values()
    # One query for the items of all kinds: each query costs more than the rows that it brings.
    wanted = {*rows["decision"], *rows["item"], *(file.item_id for file in attachments.values())}
    wanted |= {case.newest for case in cases.values()}  # type: ignore[attr-defined]  # `_with_newest` adds it
    items = _ITEMS.by_pk(wanted)

    hits = [
        *(_of_item(items[pk], asked) for pk in rows["decision"] + rows["item"] if pk in items),
        *(_hit("meeting", one.pk, asked, meeting_title(one), (one.place,), one) for one in meetings.values()),
        *(_of_attachment(one, items[one.item_id], asked) for one in attachments.values() if one.item_id in items),
        *(_of_case(case, items[case.newest], asked) for case in cases.values() if case.newest in items),  # type: ignore[attr-defined]
        *(_of_portrait(one, asked) for one in portraits),
        *(_of_standing(one, asked) for one in standings),
        *(hit for one in editions for hit in _of_edition(one, parts[one.pk], asked)),
    ]
    by_key = dict(hits)
    return tuple(by_key[key] for key in keys if key in by_key)


def _cases(pks: Sequence[int]) -> QuerySet[Case]:
    """Cases that are shown, each with the row of its newest item."""
    items = Item.objects.current().filter(case=OuterRef("pk")).latest().values("pk")
    return Case.objects.public().filter(pk__in=pks).annotate(newest=Subquery(items[:1])).order_by()


def _organizations(slugs: Sequence[str]) -> QuerySet[Organization, tuple[str, ...]]:
    rows = Organization.objects.public().filter(slug__in=slugs).order_by()
    return rows.values_list("body__slug", "body__name", "slug", "name")


_PAGE = 20  # hits; who asks for more waits for Django
_ITEMS = Prepared(lambda pks: Item.objects.current().with_meeting().filter(pk__in=pks).order_by(), _PAGE, stand_in=-1)
_MEETINGS = Prepared(lambda pks: Meeting.objects.public().with_organization().filter(pk__in=pks), _PAGE, stand_in=-1)
_ATTACHMENTS = Prepared(
    lambda pks: Attachment.objects.select_related("file").filter(pk__in=pks).order_by(), _PAGE, stand_in=-1
)
_CASES = Prepared(_cases, _PAGE, stand_in=-1)
_PORTRAITS = Prepared(
    lambda pks: Portrait.objects.current().filter(pk__in=pks).select_related("organization__body").order_by(),
    _PAGE,
    stand_in=-1,
)
_STANDINGS = Prepared(
    lambda pks: Standing.objects.current().filter(pk__in=pks).with_commitment().order_by(), _PAGE, stand_in=-1
)
_EDITIONS = Prepared(
    lambda pks: Edition.objects.leading().filter(pk__in=pks).with_product().order_by(), _PAGE, stand_in=-1
)
_ORGANIZATIONS = Prepared(_organizations, MAX_CHOICES, stand_in="?")  # no slug has such a sign


def spellings(hits: Iterable[Hit], wanted: Iterable[str], form: Callable[[str], str]) -> dict[str, str]:
    """Of each wanted word, in the given `form` (`folded` or `term`), how it is written in what these hits show."""
    left, found = set(wanted), {}
    for hit in hits:
        for text in hit.texts:
            if not left:
                return found
            for word in words_of(normal(text)):
                if (formed := form(word)) in left:
                    left.remove(formed)
                    found[formed] = word
    return found


def facets_of(counts: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[Facet, ...]]:
    """The index's counts as facets with names: kinds in their order, years newest first, else the largest first."""
    counts = {name: counts.get(name, {}) for name in FILTERS}
    bodies, organizations = {}, {}
    slugs = {value.partition("/")[2] for value in counts["organization"]}
    for body, body_name, slug, name in _ORGANIZATIONS.tuples(slugs):
        bodies[body], organizations[f"{body}/{slug}"] = body_name, name
    return {
        "kind": tuple(Facet(kind, kind, counts["kind"][kind]) for kind in KINDS if kind in counts["kind"]),
        "body": _named(counts["body"], bodies),
        "organization": _named(counts["organization"], organizations),
        "year": tuple(Facet(year, year, count) for year, count in sorted(counts["year"].items(), reverse=True)),
        "outcome": _named(counts["outcome"], {value: value for value in counts["outcome"]}),
    }


def _of_item(item: Item, asked: Wanted) -> tuple[str, Hit]:
    kind: Kind = "decision" if item.decision else "item"
    return _hit(kind, item.pk, asked, item.title, (item.decision, item.text), item.meeting, item, item.reference)


def _of_attachment(file: Attachment, item: Item, asked: Wanted) -> tuple[str, Hit]:
    others = (file.document, file.reference)
    shown = (text_of(file), item.title)
    key, hit = _hit("attachment", file.pk, asked, file.title, shown, item.meeting, item, *others)
    return key, replace(hit, attachment=file)


def _of_case(case: Case, newest: Item, asked: Wanted) -> tuple[str, Hit]:
    title: str = case.title or ""  # type: ignore[attr-defined]  # `public` adds it
    case.body = newest.meeting.body
    key, hit = _hit("case", case.pk, asked, title, (case.number,), newest.meeting, newest)
    return key, replace(hit, case=case)


def _of_portrait(portrait: Portrait, asked: Wanted) -> tuple[str, Hit]:
    organization = portrait.organization
    title, shown = portrait_texts(portrait)
    texts = (title, *shown, organization.name, organization.body.name)
    hit = Hit("organization", None, None, None, marked(title, asked), passage(shown, asked), texts, portrait=portrait)
    return f"organization {portrait.pk}", hit


def _of_standing(standing: Standing, asked: Wanted) -> tuple[str, Hit]:
    commitment = standing.commitment
    title, shown = standing_texts(standing)
    texts = (title, *shown, commitment.organization.name, commitment.body.name)
    hit = Hit("commitment", None, None, None, marked(title, asked), passage(shown, asked), texts, standing=standing)
    return f"commitment {standing.pk}", hit


def _of_edition(edition: Edition, parts: Iterable[int], asked: Wanted) -> Iterator[tuple[str, Hit]]:
    """The hits on those parts of a version, counted from 1; 0 is the whole."""
    product, elements = edition.product, public(edition.value).elements
    told = edition_texts(edition)
    for part in parts:
        if part >= len(told):
            continue
        title, shown = told[part]
        texts = (title, *shown, edition.title, product.organization.name, product.body.name)
        anchor = anchor_of(elements[part - 1], part) if part else ""
        passages = marked(title, asked), passage(shown, asked)
        yield (
            f"product {edition.pk}.{part}",
            Hit("product", None, None, None, *passages, texts, edition=edition, anchor=anchor),
        )


def _hit(
    kind: Kind,
    pk: int,
    asked: Wanted,
    title: str,
    shown: tuple[str, ...],
    meeting: Meeting,
    item: Item | None = None,
    *others: str,
) -> tuple[str, Hit]:
    """The hit and its key. The passage is of one of the texts `shown`; `others` are indexed, too."""
    texts = (title, *shown, *others, meeting.organization.name, meeting.body.name)
    return f"{kind} {pk}", Hit(kind, meeting, item, None, marked(title, asked), passage(shown, asked), texts)


def _named(counts: Mapping[str, int], names: Mapping[str, str]) -> tuple[Facet, ...]:
    known: Iterable[Facet] = (Facet(value, names[value], count) for value, count in counts.items() if value in names)
    return tuple(sorted(known, key=lambda facet: (-facet.count, facet.label)))
