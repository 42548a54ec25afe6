"""The search index against the database: exactly the documents of what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

import msgspec

from raadslag.archive import journal
from raadslag.archive.checking.findings import MENDS, Finding, place_of, place_of_portrait, place_of_standing
from raadslag.archive.models import Item, Meeting, Portrait, Product, Standing
from raadslag.archive.search.documents import case_documents, documents, product_documents
from raadslag.archive.search.index import Held

_AT_ONCE = 200
INDEX = "the search index"


def compared(held: Held | None, tick: Callable[[int], object]) -> Iterator[Finding]:
    """Meetings, organizations, commitments and products whose documents in the index are not those of the database.

    What the index has not followed yet is no fault of it and left out; it follows within a second.
    """
    if held is None:
        yield Finding(INDEX, "an index of this archive", "none that can be read", MENDS, "index")
        return
    head = journal.head().number
    late = journal.touched_meetings(held.cursor, head)
    documents_left, cases = held.total, set[str]()
    waiting: Iterator[Meeting] = iter(Meeting.objects.order_by("pk").select_related("body").iterator())
    while some := list(islice(waiting, _AT_ONCE)):
        wanted = _keys(some)
        for meeting in some:
            found = sorted(held.keys_of(meeting.pk))
            of_cases = {key for key in found if key.startswith("case ")}
            documents_left -= len(found) - len(of_cases) + len(of_cases - cases)
            cases |= of_cases
            if meeting.pk not in late and found != sorted(wanted.get(meeting.pk, ())):
                expected = f"{len(wanted.get(meeting.pk, ()))} documents, those of what is shown"
                yield Finding(f"{INDEX}, {place_of(meeting)}", expected, f"{len(found)}, or others", MENDS, "index")
            tick(1)
    late_ones = journal.touched_organizations(held.cursor, head)
    for portrait in Portrait.objects.current().select_related("organization__body").defer("record"):
        is_held = held.holds(f"organization {portrait.pk}")
        documents_left -= is_held
        if not is_held and portrait.organization_id not in late_ones:
            yield Finding(f"{INDEX}, {place_of_portrait(portrait)}", "its document", "none", MENDS, "index")
    former = Portrait.objects.filter(organization__in=late_ones, is_current=False).values_list("pk", flat=True)
    documents_left -= sum(held.holds(f"organization {pk}") for pk in former)
    late_promises = journal.touched_commitments(held.cursor, head)
    for standing in Standing.objects.current().with_commitment().defer("record"):
        is_held = held.holds(f"commitment {standing.pk}")
        documents_left -= is_held
        if not is_held and standing.commitment_id not in late_promises:
            yield Finding(f"{INDEX}, {place_of_standing(standing)}", "its document", "none", MENDS, "index")
    passed = Standing.objects.filter(commitment__in=late_promises, is_current=False).values_list("pk", flat=True)
    documents_left -= sum(held.holds(f"commitment {pk}") for pk in passed)
    late_products = journal.touched_products(held.cursor, head)
    for product in Product.objects.order_by("pk").select_related("body").iterator():
        of_it = sorted(held.keys_of_product(product.pk))
        documents_left -= len(of_it)
        try:
            wanted_keys = sorted(document["key"][0] for document in product_documents([product.pk]))
        except msgspec.MsgspecError:  # that its record cannot be read has been said of the version
            continue
        if product.pk not in late_products and of_it != wanted_keys:
            place = f"{INDEX}, /{product.body.slug}/produkt/{product.slug}/"
            expected = f"{len(wanted_keys)} documents, those of its newest version"
            yield Finding(place, expected, f"{len(of_it)}, or others", MENDS, "index")
    if documents_left:
        yield Finding(INDEX, "documents of what is here", f"{documents_left} of others", MENDS, "index")


def _keys(meetings: Iterable[Meeting]) -> dict[int, list[str]]:
    """The keys of the documents that each of these meetings must have."""
    pks = [one.pk for one in meetings]
    on_them = Item.objects.filter(meeting__in=pks).exclude(case=None).order_by("case").values_list("case", flat=True)
    keys: dict[int, list[str]] = {}
    for document in chain(documents(Meeting.objects.filter(pk__in=pks)), case_documents(on_them.distinct())):
        for meeting in document["meeting"]:
            keys.setdefault(int(meeting), []).append(document["key"][0])
    return keys
