"""What is indexed: a document for each meeting, item, attachment, case, organization and commitment that is shown, and
for each part of a product as its newest version has it.

Words are made ready here, by `words`, and stand in the index parted by spaces: the engine only compares them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import chain, count

import tantivy
from django.db.models import Count, Prefetch, Q

from raadslag.archive.models import Attachment, Case, Edition, Item, Meeting, MeetingQuerySet, Portrait, Standing
from raadslag.archive.search.results import Kind
from raadslag.archive.search.words import folded, normal, parts, term, words_of
from raadslag.core import text
from raadslag.core.record import Element
from raadslag.core.release import public

# Part of the index's place: another layout of documents or another analysis of words gets another number.
LAYOUT = 4
FILTERS = ("kind", "body", "organization", "year", "outcome")
# A case with one meeting is that meeting's item, found already.
MEETINGS_OF_A_CASE = 2

_RANKS = 1 << 19  # documents of one meeting
_ROWS = 1 << 24
_WEIGHED_FROM = date(1970, 1, 1).toordinal()
_A_DAY = 1 / 50_000


def schema() -> tantivy.Schema:
    """The fields of a document.

    `key` says which row it is of, `meeting` or `product` to whose it belongs. `title` and `text` are terms in order,
    `parts` those inside compounds, `words` the words as written, each once. `order` is greater for what comes first
    among the newest; by `weight` the newer counts a little more among the best, up to a tenth in 20 years.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("meeting", "product"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    for name in FILTERS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("order", fast=True)
    builder.add_float_field("weight", fast=True)
    for name in ("title", "text"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("parts", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="basic")
    return builder.build()


def documents(meetings: MeetingQuerySet) -> Iterator[tantivy.Document]:
    """The documents of those of `meetings` that are shown, read with a few queries for every 200 meetings."""
    files = Attachment.objects.select_related("file").order_by("order")
    items = Item.objects.current().prefetch_related(Prefetch("attachments", files)).order_by("order")
    rows = meetings.public().with_organization().prefetch_related(Prefetch("items", items, to_attr="shown_items"))
    # In an order that the public knows: of equally good hits the first written comes first.
    for meeting in rows.order_by("start_on", "body", "slug").iterator(chunk_size=200):
        rank = count()
        yield _of_meeting(meeting, next(rank), "meeting", meeting.pk, meeting_title(meeting), meeting.place)
        for item in meeting.shown_items:  # type: ignore[attr-defined]  # the prefetch above puts it there
            kind: Kind = "decision" if item.decision else "item"
            texts = (item.decision, item.text, item.reference)
            yield _of_meeting(meeting, next(rank), kind, item.pk, item.title, *texts, outcome=item.outcome)
            for file in item.attachments.all():
                texts = (file.document, file.reference, text_of(file))
                yield _of_meeting(meeting, next(rank), "attachment", file.pk, file.title, *texts)


def case_documents(cases: Iterable[int]) -> Iterator[tantivy.Document]:
    """The documents of those cases, by their rows, that were on two shown meetings or more."""
    shown = Count("items__meeting", filter=Q(items__version__is_current=True), distinct=True)
    rows = Case.objects.public().filter(pk__in=cases).annotate(shown=shown).filter(shown__gte=MEETINGS_OF_A_CASE)
    times = Item.objects.current().select_related("meeting__organization").defer("text").latest()
    prefetched = rows.select_related("body").prefetch_related(Prefetch("items", times, to_attr="times"))
    for case in prefetched.order_by("body", "slug"):
        yield _of_case(case, [item.meeting for item in case.times])  # type: ignore[attr-defined]  # as above


def organization_documents(organizations: Iterable[int]) -> Iterator[tantivy.Document]:
    """The documents of those organizations, by their rows, of which it is shown what they are."""
    rows = Portrait.objects.current().filter(organization__in=organizations).select_related("organization__body")
    for portrait in rows.order_by("organization__body", "organization__slug"):
        organization = portrait.organization
        title, texts = portrait_texts(portrait)
        names = (organization.name, organization.body.name)
        document = _document("organization", portrait.pk, title, texts, names)
        document.add_text("body", organization.body.slug)
        document.add_text("organization", f"{organization.body.slug}/{organization.slug}")
        _place(document, date.fromisoformat(portrait.as_of[:10]), organization.slug, 0)
        yield document


def product_documents(products: Iterable[int]) -> Iterator[tantivy.Document]:
    """The documents of those products, by their rows, that are shown: of each its newest version, whole and by part."""
    editions = Edition.objects.leading().filter(product__in=products).with_product()
    for edition in editions.order_by("product__body", "product__slug"):
        product = edition.product
        organization, body = product.organization, product.body
        names = (edition.title, organization.name, body.name)
        for rank, (title, texts) in enumerate(edition_texts(edition)):
            document = _document("product", f"{edition.pk}.{rank}", title, texts, names)
            document.add_text("product", str(product.pk))
            document.add_text("body", body.slug)
            document.add_text("organization", f"{body.slug}/{organization.slug}")
            document.add_text("year", edition.day[:4])
            _place(document, date.fromisoformat(edition.day), product.slug, rank)
            yield document


def commitment_documents(commitments: Iterable[int]) -> Iterator[tantivy.Document]:
    """The documents of those commitments, by their rows, that are shown: each as it is by now."""
    rows = Standing.objects.current().filter(commitment__in=commitments).with_commitment()
    for standing in rows.order_by("commitment__body", "commitment__slug"):
        commitment = standing.commitment
        organization, body = commitment.organization, commitment.body
        title, texts = standing_texts(standing)
        document = _document("commitment", standing.pk, title, texts, (organization.name, body.name))
        document.add_text("body", body.slug)
        document.add_text("organization", f"{body.slug}/{organization.slug}")
        document.add_text("year", standing.day[:4])
        _place(document, date.fromisoformat(standing.day), commitment.slug, 0)
        yield document


def standing_texts(standing: Standing) -> tuple[str, tuple[str, ...]]:
    """What a commitment is found by: what is promised; its reports, which unit does it, and what it stems from."""
    value = public(standing.value)
    origin = value.origin
    told = [text.plain(one.text) for one in value.reports] + [one.because or "" for one in value.reports]
    told += [value.unit or "", *((origin.title, origin.part or "") if origin else ())]
    return " ".join(value.text.split()), tuple(told)


def edition_texts(edition: Edition) -> list[tuple[str, tuple[str, ...]]]:
    """What a version of a product is found by: itself, with facts, gaps and answers; then each part, in its order."""
    value = public(edition.value)
    told = [text.plain(fact.text or "") for fact in value.facts] + [fact.title for fact in value.facts]
    told += [part for gap in value.gaps for part in (gap.text, gap.answer) if part]
    told += [change.text for change in value.changes] + [text.plain(one.text or "") for one in value.answers]
    parts = ((f"{one.number or ''} {one.title or ''}".strip(), (text.plain(one.text or ""),)) for one in value.elements)
    return [(value.title, tuple(told)), *parts]


_SAFE = re.compile(r"[A-Za-z0-9_-]{1,80}")


def anchor_of(element: Element, position: int) -> str:
    """The place of a part on the page of its product: the same in every version, as long as its identity can stand in
    an address."""
    return f"del-{element.id}" if _SAFE.fullmatch(element.id) else f"del-nr-{position}"


def portrait_texts(portrait: Portrait) -> tuple[str, tuple[str, ...]]:
    """What an organization is found by: its name, and its purpose and tasks. Its members are found on its page."""
    value = public(portrait.value)
    return value.name, (text.plain(value.purpose or ""), *(text.plain(task.text) for task in value.tasks))


def meeting_title(meeting: Meeting) -> str:
    """What a meeting is found by: its own heading, or its organization's name."""
    return meeting.title or meeting.organization.name


def text_of(attachment: Attachment) -> str:
    """The text of an attachment's file, as far as the archive has it and shows it."""
    return attachment.file.text if attachment.file and not attachment.file.withdrawn_at else ""


def _of_meeting(
    meeting: Meeting, rank: int, kind: Kind, pk: int, title: str, *texts: str, outcome: str = ""
) -> tantivy.Document:
    organization = meeting.organization
    document = _document(kind, pk, title, texts, (organization.name, meeting.body.name))
    document.add_text("meeting", str(meeting.pk))
    document.add_text("body", meeting.body.slug)
    document.add_text("organization", f"{meeting.body.slug}/{organization.slug}")
    document.add_text("year", str(meeting.start_on.year))
    if outcome:
        document.add_text("outcome", outcome)
    _place(document, meeting.start_on, meeting.slug, rank)
    return document


def _of_case(case: Case, meetings: list[Meeting]) -> tantivy.Document:
    """`meetings` are those that it was on, the newest first."""
    organizations = {meeting.organization.slug: meeting.organization for meeting in meetings}
    names = (*(one.name for one in organizations.values()), case.body.name)
    document = _document("case", case.pk, case.title or "", (case.number,), names)  # type: ignore[attr-defined]  # `public` adds it
    for pk in sorted({meeting.pk for meeting in meetings}):
        document.add_text("meeting", str(pk))
    document.add_text("body", case.body.slug)
    for slug in sorted(organizations):
        document.add_text("organization", f"{case.body.slug}/{slug}")
    for year in sorted({meeting.start_on.year for meeting in meetings}):
        document.add_text("year", str(year))
    _place(document, meetings[0].start_on, meetings[0].slug, 0)
    return document


def _place(document: tantivy.Document, on: date, slug: str, rank: int) -> None:
    """Where a document stands among others: by the day, then all of one meeting, in an order that does not tell which
    came first, then by its place on the paper."""
    day = on.toordinal()
    rank = min(rank, _RANKS - 1)
    row = zlib.crc32(slug.encode()) % _ROWS
    document.add_integer("order", (day * _ROWS + row) * _RANKS + _RANKS - 1 - rank)  # 63 bits
    document.add_float("weight", max(0.1, 1 + (day - _WEIGHED_FROM - min(rank, 40) / 50) * _A_DAY))


def _document(kind: Kind, pk: int | str, title: str, texts: Iterable[str], names: tuple[str, ...]) -> tantivy.Document:
    """The words of a document. `names` are whose it is: only as whole words, or "kommune" would find everything."""
    document = tantivy.Document()
    document.add_text("key", f"{kind} {pk}")
    document.add_text("kind", kind)
    in_title, in_text, in_names = words_of(normal(title)), words_of(normal("\n".join(texts))), _words_of_names(names)
    every = {*in_title, *in_text}
    document.add_text("title", " ".join(map(term, in_title)))
    document.add_text("text", " ".join(map(term, (*in_text, *in_names))))
    document.add_text("parts", " ".join(chain.from_iterable(map(parts, every))))
    document.add_text("words", " ".join({folded(word) for word in every.union(in_names)}))
    return document


@lru_cache(1000)
def _words_of_names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(words_of(normal("\n".join(names))))
