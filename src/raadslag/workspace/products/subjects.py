"""How the access table finds products and their parts."""

from __future__ import annotations

from typing import Any

from raadslag.workspace.bodies.standing import memberships_of, roles_in
from raadslag.workspace.common.access import Subject, finds
from raadslag.workspace.products import rules
from raadslag.workspace.products.models import Element, Product, Proposal, Version


@finds("product")
def product_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The product that an address names."""
    found = Product.objects.select_related("organization__body").filter(pk=arguments["product"]).first()
    return of_product(user, found) if found else None


@finds("element")
def element_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The part that an address names."""
    found = (
        Element.objects.select_related("product__organization__body", "parent", "writers")
        .filter(pk=arguments["element"], product=arguments["product"]).first()
    )  # fmt: skip
    if found is None:
        return None
    return of_element(user, found, of_product(user, found.product))


@finds("proposal")
def proposal_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The proposal that an address names, as its part is found; "writer" is here who may decide it."""
    found = Proposal.objects.filter(pk=arguments["proposal"], element__product=arguments["product"]).first()
    if found is None:
        return None
    whole = element_subject(user, {"product": arguments["product"], "element": found.element_id})
    return whole and whole._replace(row=found)


@finds("version")
def version_subject(user: Any, arguments: dict[str, Any]) -> Subject | None:
    """The version that an address names."""
    found = (
        Version.objects.select_related("product__organization__body")
        .filter(label=arguments["label"], product=arguments["product"]).first()
    )  # fmt: skip
    return of_product(user, found.product)._replace(row=found) if found else None


def of_product(user: Any, product: Product) -> Subject:
    """A product and what `user` is towards its committee: also "grouped", who is of one of its groups."""
    roles = roles_in(user, product.organization)
    if any(one.organization.parent_id == product.organization_id for one in memberships_of(user)):
        roles |= {"grouped"}
    return Subject(product, product.state, roles)


def of_element(user: Any, element: Element, product: Subject) -> Subject:
    """A part, given its product; "writer" is whoever may change it himself."""
    roles = product.roles | ({"writer"} if product.roles and rules.may_write(user, element) else frozenset())
    return Subject(element, product.state, roles)
