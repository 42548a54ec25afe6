"""From a public address to the rows behind it, for a person who has found something there that must be changed."""

from __future__ import annotations

import re
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, resolve

from raadslag.archive.models import Body, Case, Meeting, Organization, Product, Standing
from raadslag.archive.pages.converters import KINDS_OF
from raadslag.archive.portraits import told_of
from raadslag.core.errors import RaadslagError

Found: TypeAlias = Body | Organization | Case | Meeting | Product | str
_HASH = re.compile(r"[0-9a-f]{64}")


class NoSuchAddress(RaadslagError):
    """Nothing that can be named stands at the address."""


def find(named: str) -> Found:
    """What stands at a public address, with or without its host; a record or a file is told by its hash.

    `named` may be such a hash itself. An address of a part of a meeting (an item, a decision) is that of the meeting.
    Raises NoSuchAddress where there is none.
    """
    if _HASH.fullmatch(named):
        return named
    path = unquote(urlsplit(named).path).removeprefix("/en/").strip("/")
    for form in (f"/{path}/", f"/{path}"):
        try:
            match = resolve(form)
        except Resolver404:
            continue
        if found := _found({name: str(value) for name, value in match.kwargs.items()}):
            return found
    remedy = "Copy it from the browser, or name the hash of a record or a file."
    raise NoSuchAddress(named, "an address of this archive", "none that is known", remedy)


def _found(parts: dict[str, str]) -> Found | None:
    body = Body.objects.filter(slug=parts.get("body", "")).first()
    if body is None:
        return None
    if "sha256" in parts:
        return parts["sha256"]
    if "meeting" in parts:
        meeting = Meeting.objects.filter(body=body, slug=parts["meeting"]).first()
        if meeting and "paper" in parts:
            return _record(meeting, parts)
        return meeting
    if "product" in parts:
        product = Product.objects.filter(body=body, slug=parts["product"]).first()
        if product and "version" in parts:
            editions = product.editions.filter(slug=parts["version"]).order_by("-is_current", "-frozen", "-pk")
            return editions.values_list("identity", flat=True).first()
        return product
    if "commitment" in parts:
        standings = Standing.objects.filter(commitment__body=body, commitment__slug=parts["commitment"])
        return standings.order_by("-is_current", "-as_of", "-pk").values_list("identity", flat=True).first()
    if "organization" in parts:
        organization = Organization.objects.filter(body=body, slug=parts["organization"]).first()
        if organization and "format" in parts:
            portrait = told_of(organization)
            return portrait.identity if portrait else None
        return organization
    if "case" in parts:
        return Case.objects.filter(body=body, slug=parts["case"]).first()
    return body


def _record(meeting: Meeting, parts: dict[str, str]) -> str | None:
    versions = meeting.versions.filter(kind__in=KINDS_OF[parts["paper"]]).order_by("-number")
    if "number" in parts:
        versions = versions.filter(number=parts["number"])
    return versions.values_list("identity", flat=True).first()
