"""A product as a tree in reading order, and as a record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.utils import timezone, translation
from msgspec.structs import replace

from raadslag.core import record
from raadslag.workspace.products.leaning import Ground
from raadslag.workspace.products.models import Change, Element, ElementVersion, Product, Version

Kind = Element.Kind
_LANGUAGE = "da"  # of what is frozen


class Part(Protocol):
    """What an element is as far as its place goes: a row of today's, or a saving."""

    parent_id: UUID | None
    order: int
    kind: str
    title: str
    text: str


class Node(NamedTuple):
    """An element at its place: how deep (0 at the top), and its number."""

    identity: UUID
    part: Any
    depth: int
    number: str


def in_reading_order(parts: Mapping[UUID, Part]) -> list[Node]:
    """The tree of the parts, each after its parent. One whose parent is not there stands at the top.

    Numbers are those of the place, "2.1"; principles are counted through the whole product, as one speaks of "principle
    7", and have no part in the numbers of the others.
    """
    children: dict[UUID | None, list[UUID]] = defaultdict(list)
    for identity, part in parts.items():
        children[part.parent_id if part.parent_id in parts else None].append(identity)
    told: list[Node] = []
    principles = 0

    def walk(parent: UUID | None, depth: int, above: str) -> None:
        nonlocal principles
        count = 0
        for identity in sorted(children[parent], key=lambda one: (parts[one].order, str(one))):
            part = parts[identity]
            if part.kind == Kind.PRINCIPLE:
                principles += 1
                number = str(principles)
            else:
                count += 1
                number = f"{above}{count}"
            told.append(Node(identity, part, depth, number))
            walk(identity, depth + 1, f"{number}." if part.kind != Kind.PRINCIPLE else f"{above}{count}.")

    walk(None, 0, "")
    return told


def parts_of(product: Product) -> dict[UUID, Element]:
    """What is in the product today. One query."""
    rows = product.elements.filter(is_removed=False).select_related("writers")
    return {row.pk: row for row in rows}


def tree(product: Product) -> list[Node]:
    """The product as it stands, in reading order. One query."""
    return in_reading_order(parts_of(product))


def elements_of(parts: Mapping[UUID, Part]) -> tuple[record.Element, ...]:
    """The same tree as a record tells it. The same parts give the same elements."""
    return tuple(
        record.Element(
            id=str(node.identity), kind=node.part.kind, number=node.number, title=node.part.title or None,
            text=node.part.text or None,
            parent=str(node.part.parent_id) if node.part.parent_id in parts else None,
        )
        for node in in_reading_order(parts)
    )  # fmt: skip


def told(product: Product, changes: Iterable[Change]) -> tuple[record.Change, ...]:
    """Changes as a record tells them. By whom, is told by group and not by name."""
    with translation.override(_LANGUAGE):
        return tuple(
            record.Change(
                id=one.name, element=str(one.element_id), text=str(one.get_kind_display()), cause=one.because or None,
                by=(one.group or product.organization).name,
            )
            for one in changes
        )  # fmt: skip


def compose(
    product: Product,
    parts: Mapping[UUID, Part],
    *,
    label: str,
    at: datetime | None,
    changes: Iterable[Change],
    ground: Ground,
) -> record.Product:
    """The record of a version, with the changes since the last one and what it leans on; without a moment it is a
    draft."""
    return record.Product(
        id=str(product.pk), body=product.organization.body.name, organization=product.organization.name,
        title=product.title, version=label, frozen=at and timezone.localtime(at).strftime("%Y-%m-%dT%H:%M"),
        elements=elements_of(parts), changes=told(product, changes), answers=ground.answers,
        facts=ground.facts, gaps=ground.gaps,
    )  # fmt: skip


def rebuilt(version: Version) -> bytes:
    """The bytes of a frozen version with its elements composed anew from the savings that it names: the frozen ones."""
    savings = ElementVersion.objects.filter(element__product=version.product_id)
    parts = {one.element_id: one for one in savings if version.parts.get(str(one.element_id)) == one.number}
    return record.canonical(replace(version.decoded(), elements=elements_of(parts)))
