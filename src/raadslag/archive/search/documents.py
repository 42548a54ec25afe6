"""What is indexed: one document for each meeting, item and attachment that is shown."""

from __future__ import annotations

from collections.abc import Iterator

import tantivy
from django.db.models import Prefetch

from raadslag.archive.models import Item, Meeting, MeetingQuerySet
from raadslag.archive.search.results import Kind
from raadslag.archive.search.words import normal

# Part of the index's place: another layout of documents or another analysis of words gets another number.
LAYOUT = 1
FILTERS = ("kind", "body", "organization", "year", "outcome")


def schema() -> tantivy.Schema:
    """`key` says which row a document is of, `meeting` to whose it belongs; the words stand in title and text."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("meeting", tokenizer_name="raw", index_option="basic")
    for name in FILTERS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", fast=True)
    builder.add_text_field("title", tokenizer_name="danish", index_option="freq")
    builder.add_text_field("text", tokenizer_name="danish", index_option="freq")
    return builder.build()


def documents(meetings: MeetingQuerySet) -> Iterator[tantivy.Document]:
    """The documents of those of `meetings` that are shown, read with a few queries for every 200 meetings."""
    items = Item.objects.current().prefetch_related("attachments").order_by("order")
    rows = meetings.public().with_organization().prefetch_related(Prefetch("items", items, to_attr="shown_items"))
    for meeting in rows.iterator(chunk_size=200):
        yield _document(meeting, "meeting", meeting.pk, meeting_title(meeting), meeting.place)
        for item in meeting.shown_items:  # type: ignore[attr-defined]  # the prefetch above puts it there
            kind: Kind = "decision" if item.decision else "item"
            texts = (item.decision, item.text, item.reference)
            yield _document(meeting, kind, item.pk, item.title, *texts, outcome=item.outcome)
            for file in item.attachments.all():
                yield _document(meeting, "attachment", file.pk, file.title, file.document, file.reference)


def meeting_title(meeting: Meeting) -> str:
    """What a meeting is found by: its own heading, or its organization's name."""
    return meeting.title or meeting.organization.name


def _document(meeting: Meeting, kind: Kind, pk: int, title: str, *texts: str, outcome: str = "") -> tantivy.Document:
    organization = meeting.organization
    document = tantivy.Document()
    document.add_text("key", f"{kind} {pk}")
    document.add_text("meeting", str(meeting.pk))
    document.add_text("kind", kind)
    document.add_text("body", meeting.body.slug)
    document.add_text("organization", f"{meeting.body.slug}/{organization.slug}")
    document.add_text("year", str(meeting.start_on.year))
    if outcome:
        document.add_text("outcome", outcome)
    document.add_integer("day", meeting.start_on.toordinal())
    document.add_text("title", normal(title))
    document.add_text("text", normal("\n".join((*texts, organization.name, meeting.body.name))))
    return document
