"""Products: each frozen version is a record of its own, and all that are not withdrawn stand side by side."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from raadslag.archive.filing import Filing, free_slug
from raadslag.archive.models import Edition, OrganizationName, Product, WithdrawnEdition
from raadslag.archive.shelves import Shelf, let_emptied_lead_on, moment_of
from raadslag.archive.slugs import slug_of, version_slug
from raadslag.core import record as records


def words_of(record: records.Product) -> dict[str, str]:
    """The columns of a version that say what its record says: what a withdrawal empties."""
    return {"title": record.title, "version": " ".join(record.version.split())}


def _frozen(record: records.Product) -> dict[str, str]:
    """When it was frozen, as a local time or a day; empty where it does not say so in a way that can be read."""
    return {"frozen": moment_of(record.frozen)}


SHELF: Shelf[Edition, records.Product] = Shelf(
    model=Edition, apart=WithdrawnEdition, name="edition", holds=records.Product, places=("product_id", "slug"),
    owner="product_id", owners="products", moment=lambda one: one.frozen, columns=("title", "version"),
    words=words_of, stamps=_frozen,
)  # fmt: skip


def add(filing: Filing, record: records.Product, *, at: datetime) -> Edition:
    """Take in a version of a product, and show it beside the others.

    The product is known by the identity that a workspace gave it, else by its committee and title. It is of the
    committee that its newest version names; a name that is new there is that of the committee which has it.
    """
    body = filing.body_of(record.body or "")
    given = Product.objects.filter(body=body, given_id=record.id).first() if record.id else None
    name = filing.name_of(record, called=given.organization if given else None)
    product = given or _known_by_title(record, name) or _new(record, name)
    edition = Edition.objects.create(
        product=product,
        slug=version_slug(record.version),
        **_frozen(record),
        identity=records.identity(record),
        record=records.encode(record),
        added_at=at,
        filed_as=name,
        **words_of(record),
    )
    SHELF.show([SHELF.place_of(edition)])
    _settle([product.pk])
    return Edition.objects.with_product().get(pk=edition.pk)


def file_anew(editions: Iterable[Edition]) -> set[int]:
    """Let each of these stand where its name belongs today; the products that it left and came to."""
    rows = [(one, SHELF.record_of(one)) for one in editions]
    filing = Filing([], [record for _, record in rows])
    touched: set[int] = set()
    places: set[tuple[int, str]] = set()
    homes: dict[int, int] = {}
    for one, record in rows:
        name = filing.name_of(record)
        product = one.product
        if product.body_id != name.organization.body_id:
            product = _known(record, name) or _new(record, name)
        touched |= {one.product_id, product.pk}
        places |= {(one.product_id, one.slug), (product.pk, one.slug)}
        Edition.objects.filter(pk=one.pk).update(is_current=False)  # no address shows two at any moment
        Edition.objects.filter(pk=one.pk).update(product=product, filed_as=name)
        if product.pk != one.product_id:
            homes[one.product.organization_id] = name.organization_id
            if not Edition.objects.filter(product=one.product_id).exists():
                Product.objects.filter(pk=one.product_id).update(merged_into=product)
        Product.objects.filter(pk=product.pk).update(merged_into=None)
    SHELF.show(places)
    _settle(touched)
    for here, there in homes.items():
        let_emptied_lead_on([here], there)
    return touched


def _known(record: records.Product, name: OrganizationName) -> Product | None:
    """The product that a record of that committee is of, if one is here already."""
    given = Product.objects.filter(body=name.organization.body_id, given_id=record.id).first() if record.id else None
    return given or _known_by_title(record, name)


def _known_by_title(record: records.Product, name: OrganizationName) -> Product | None:
    """The product of that committee and title, which takes the identity of a record that brings one.

    One that has another identity is another product, whatever it is called.
    """
    ids = Q(given_id="") if record.id else Q()
    rows = Product.objects.filter(ids, organization=name.organization, key=slug_of(record.title))
    product = rows.order_by("pk").first()
    if product and record.id:
        product.given_id = record.id
        product.save(update_fields=["given_id"])
    return product


def _new(record: records.Product, name: OrganizationName) -> Product:
    body = name.organization.body_id
    key = slug_of(record.title)
    slug = free_slug(key, Product.objects.filter(body=body))
    return Product.objects.create(
        body_id=body, organization=name.organization, slug=slug, key=key, given_id=record.id or ""
    )


def _settle(products: Iterable[int]) -> None:
    """Let each product be of the committee that its newest version names, withdrawn or not."""
    for product in Product.objects.filter(pk__in=set(products)):
        here = product.organization_id
        there = product.editions.newest_first().values_list("filed_as__organization", flat=True).first()
        if there and there != here:
            Product.objects.filter(pk=product.pk).update(organization=there)
            let_emptied_lead_on([here], there)
