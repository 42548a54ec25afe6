"""From what the index found to what may be shown: every row is read again, and only if it is shown today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from django.db.models import Prefetch

from raadslag.archive.models import Attachment, Body, Case, Item, Meeting, Organization
from raadslag.archive.search.documents import meeting_title, text_of
from raadslag.archive.search.passages import Wanted, marked, passage
from raadslag.archive.search.results import KINDS, Facet, Hit, Kind
from raadslag.archive.search.words import normal, words_of


def hits_of(keys: Sequence[str], asked: Wanted) -> tuple[Hit, ...]:
    """The hits of the index's keys, in their order; five queries at most. What is no longer shown is left out."""
    rows: dict[str, list[int]] = defaultdict(list)
    for kind, pk in map(str.split, keys):
        rows[kind].append(int(pk))
    items = Item.objects.current().with_meeting().in_bulk(rows["decision"] + rows["item"])
    meetings = Meeting.objects.public().with_organization().in_bulk(rows["meeting"])
    attachments = Attachment.objects.current().with_meeting().in_bulk(rows["attachment"])

    hits = [
        *(_of_item(item, asked) for item in items.values()),
        *(_hit("meeting", one.pk, asked, meeting_title(one), (one.place,), one) for one in meetings.values()),
        *(_of_attachment(file, asked) for file in attachments.values()),
        *(_of_case(case, asked) for case in _cases(rows["case"])),
    ]
    by_key = dict(hits)
    return tuple(by_key[key] for key in keys if key in by_key)


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
    bodies = dict(Body.objects.public().filter(slug__in=counts["body"]).values_list("slug", "name"))
    organizations = {
        f"{body}/{slug}": name
        for body, slug, name in Organization.objects.public()
        .filter(slug__in=[value.partition("/")[2] for value in counts["organization"]])
        .values_list("body__slug", "slug", "name")
    }
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


def _of_attachment(file: Attachment, asked: Wanted) -> tuple[str, Hit]:
    key, hit = _hit(
        "attachment",
        file.pk,
        asked,
        file.title,
        (text_of(file), file.item.title),
        file.item.meeting,
        file.item,
        file.document,
        file.reference,
    )
    return key, replace(hit, attachment=file)


def _of_case(case: Case, asked: Wanted) -> tuple[str, Hit]:
    newest = case.times[0]  # type: ignore[attr-defined]  # `_cases` puts it there
    title: str = case.title or ""  # type: ignore[attr-defined]  # `public` adds it
    key, hit = _hit("case", case.pk, asked, title, (case.number,), newest.meeting, newest)
    return key, replace(hit, case=case)


def _cases(pks: list[int]) -> Iterable[Case]:
    if not pks:
        return ()
    times = Item.objects.current().with_meeting().defer("text").latest()
    rows = Case.objects.public().select_related("body").filter(pk__in=pks)
    return rows.prefetch_related(Prefetch("items", times, to_attr="times"))


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
