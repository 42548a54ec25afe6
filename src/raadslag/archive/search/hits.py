"""From what the index found to what may be shown: every row is read again, and only if it is shown today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from raadslag.archive.models import Attachment, Body, Item, Meeting, Organization
from raadslag.archive.search.documents import meeting_title
from raadslag.archive.search.results import KINDS, Facet, Hit
from raadslag.archive.search.words import marked, passage


def hits_of(keys: Sequence[str], terms: Sequence[str]) -> tuple[Hit, ...]:
    """The hits of the index's keys, in their order; three queries at most. What is no longer shown is left out."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for kind, pk in map(str.split, keys):
        wanted[kind].append(int(pk))
    items = Item.objects.current().with_meeting().in_bulk(wanted["decision"] + wanted["item"])
    meetings = Meeting.objects.public().with_organization().in_bulk(wanted["meeting"])
    attachments = Attachment.objects.current().with_meeting().in_bulk(wanted["attachment"])

    hits: dict[str, Hit] = {}
    for pk, item in items.items():
        texts = (item.decision, item.text)
        title, text = marked(item.title, terms), passage(texts, terms)
        hits[f"decision {pk}" if item.decision else f"item {pk}"] = Hit(
            "decision" if item.decision else "item", item.meeting, item, None, title, text
        )
    for pk, meeting in meetings.items():
        title, text = marked(meeting_title(meeting), terms), passage([meeting.place], terms)
        hits[f"meeting {pk}"] = Hit("meeting", meeting, None, None, title, text)
    for pk, file in attachments.items():
        title, text = marked(file.title, terms), passage([file.item.title], terms)
        hits[f"attachment {pk}"] = Hit("attachment", file.item.meeting, file.item, file, title, text)
    return tuple(hits[key] for key in keys if key in hits)


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


def _named(counts: Mapping[str, int], names: Mapping[str, str]) -> tuple[Facet, ...]:
    known: Iterable[Facet] = (Facet(value, names[value], count) for value, count in counts.items() if value in names)
    return tuple(sorted(known, key=lambda facet: (-facet.count, facet.label)))
