"""What was served: how often each public address gave out which record, a day at a time. Never to whom (I12).

When something is withdrawn, the body must be able to tell when, where and how often it was shown. An answer shows the
records that its address names, or those whose meetings, cases, products and commitments it links to: whatever tells
of one leads there. So page, feed, calendar, table and search hit are all known by what they say, and nothing is added
to any of them. A committee is linked to from everywhere and told of by its own page and in feeds.
Source: GDPR 33; docs/decisions/0028-what-was-served.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from datetime import date, timedelta
from typing import Any, TypeAlias

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Min, Q, QuerySet, Sum
from django.urls import Resolver404, resolve
from django.utils import translation

from raadslag.archive.models import Body, Edition, Item, Portrait, Served, Standing, StoredFile, Version
from raadslag.archive.pages.converters import KINDS_OF

KEPT = timedelta(days=365)
_LONGEST_ADDRESS = 500
_LINK = re.compile(rb"/([a-z0-9_-]+)/(moede|beslutning|sag)/([a-z0-9_-]+)/")
_PRODUCT = re.compile(rb"/([a-z0-9_-]+)/produkt/([a-z0-9_-]+)/(?:([a-z0-9][a-z0-9.-]*)/)?")
_COMMITMENT = re.compile(rb"/([a-z0-9_-]+)/opfoelgning/([a-z0-9_-]+)/")
_COMMITTEE = re.compile(rb'/([a-z0-9_-]+)/udvalg/([a-z0-9_-]+)/"')
_FEED = ".atom"
_TELLS_OF_ALL = ("product-trace", "product-trace-data")
_TELLS_OF_A_COMMITTEE = ("organization", "organization-year", "portrait")  # names of addresses
_FOLD = re.compile(rb"\r\n[ \t]")  # RFC 5545, 3.1: a calendar breaks its lines anywhere

Place: TypeAlias = tuple[str, str]
"""An address and the identity of the record that it gave out."""


class Line(msgspec.Struct, frozen=True):
    """How often an address gave something out, from the first to the last of the days on which it did."""

    address: str
    first: date
    last: date
    count: int


def shown_by(path: str, body: bytes) -> tuple[str, ...]:
    """The records that an answer with status 200 at `path` shows, by identity; none for a map of the site, which tells
    nothing."""
    try:
        with translation.override(settings.LANGUAGE_CODE):  # the pages in English have the same addresses below /en
            match = resolve(path.removeprefix("/en") if path.startswith("/en/") else path)
    except Resolver404:
        return ()
    parts: dict[str, Any] = match.kwargs
    if "section" in parts:
        return ()
    is_paper = "paper" in parts or "sha256" in parts
    told_of = [] if is_paper else _COMMITMENT.findall(body)  # what a paper says is no link of ours
    promised = {(of_body.decode(), slug.decode()) for of_body, slug in told_of}
    if "meeting" in parts:
        own = set(_of_meeting(parts).values_list("identity", flat=True))
        return tuple(sorted(own | _standings(promised)))
    if "commitment" in parts:
        return tuple(sorted(_standings({(parts["body"], parts["commitment"])})))
    if "product" in parts:
        versions = [parts.get("version"), *([parts["since"]] if "since" in parts else [])]
        own = _editions({(parts["body"], parts["product"], version) for version in versions})
        if match.url_name in _TELLS_OF_ALL:
            whole = Edition.objects.current().filter(product__body__slug=parts["body"], product__slug=parts["product"])
            own = set(whole.values_list("identity", flat=True))
        return tuple(sorted(own | _standings(promised)))
    links = {(kind, of_body.decode(), slug.decode()) for of_body, kind, slug in _LINK.findall(_FOLD.sub(b"", body))}
    if "case" in parts:  # a picture of its course has no links
        links.add((b"sag", parts["body"], parts["case"]))
    made = {(of_body.decode(), slug.decode(), version.decode() or None)
            for of_body, slug, version in _PRODUCT.findall(body)}  # fmt: skip
    committees = set()
    if path.endswith(_FEED):
        committees = {(of_body.decode(), slug.decode()) for of_body, slug in _COMMITTEE.findall(body)}
    elif match.url_name in _TELLS_OF_A_COMMITTEE:
        committees.add((parts["body"], parts["organization"]))
    return tuple(sorted(_linked(links) | _told(committees) | _editions(made) | _standings(promised)))


def _linked(links: Set[tuple[bytes, str, str]]) -> set[str]:
    """What is shown of these meetings and cases, by the kind, body and slug in their addresses."""
    cases = {(body, slug) for kind, body, slug in links if kind == b"sag"}
    meetings = {(body, slug) for kind, body, slug in links if kind != b"sag"}
    shown = Version.objects.current()
    items = Item.objects.current()
    return _named(shown, meetings, "meeting__body__slug", "meeting__slug", "identity") | _named(
        items, cases, "case__body__slug", "case__slug", "version__identity"
    )


def _told(committees: Set[tuple[str, str]]) -> set[str]:
    """What is shown of these committees, by body and slug."""
    shown = Portrait.objects.current()
    return _named(shown, committees, "organization__body__slug", "organization__slug", "identity")


def _editions(named: Set[tuple[str, str, str | None]]) -> set[str]:
    """What is shown of these products, by body and slug: that version of it, or the newest. One query, or none."""
    if not named:
        return set()
    rows = Edition.objects.current().filter(product__body__slug__in={body for body, _, _ in named})
    rows = rows.filter(product__slug__in={slug for _, slug, _ in named}).newest_first()
    newest: dict[tuple[str, str, str | None], str] = {}
    for body, product, version, identity in rows.values_list(
        "product__body__slug", "product__slug", "slug", "identity"
    ):
        newest.setdefault((body, product, None), identity)
        newest[body, product, version] = identity
    return {newest[one] for one in named if one in newest}


def _standings(named: Set[tuple[str, str]]) -> set[str]:
    """What is shown of these commitments, by body and slug."""
    shown = Standing.objects.current()
    return _named(shown, named, "commitment__body__slug", "commitment__slug", "identity")


def _named(rows: QuerySet[Any], pairs: Set[tuple[str, str]], body: str, slug: str, identity: str) -> set[str]:
    """The identities of the rows that one of these pairs of body and slug names. One query, or none."""
    if not pairs:
        return set()
    bodies, slugs = ({pair[at] for pair in pairs} for at in range(2))
    found = rows.filter(**{f"{body}__in": bodies, f"{slug}__in": slugs}).values_list(body, slug, identity)
    return {known for of_body, of_slug, known in found if (of_body, of_slug) in pairs}


def _of_meeting(parts: Mapping[str, Any]) -> QuerySet[Version]:
    """The versions behind an address below a meeting."""
    of_it = Version.objects.filter(meeting__body__slug=parts["body"], meeting__slug=parts["meeting"])
    if sha256 := parts.get("sha256"):
        holds = Q(source__sha256=sha256) | Q(items__attachments__file__sha256=sha256)
        return of_it.given_out().filter(holds)
    if "paper" in parts:
        papers = of_it.kept().filter(kind__in=KINDS_OF[parts["paper"]])
        if "number" in parts:
            return papers.filter(number=parts["number"])
        newest = papers.newest_first().values_list("pk", flat=True).first()
        return of_it.filter(pk=newest)
    # Beside minutes a page names the attachments that were given out with the agenda.
    return of_it.given_out().filter(Q(is_current=True) | Q(items__attachments__isnull=False))


def add(counts: Mapping[Place, int], day: date) -> None:
    """Add to what each address has given out on that day. Processes may add at the same time."""
    known = {(address[:_LONGEST_ADDRESS], identity): count for (address, identity), count in sorted(counts.items())}
    with transaction.atomic():
        rows = (Served(day=day, address=address, identity=identity) for address, identity in known)
        Served.objects.bulk_create(rows, ignore_conflicts=True)
        for (address, identity), count in known.items():
            row = Served.objects.filter(day=day, address=address, identity=identity)
            row.update(count=F("count") + count)


def forget(today: date) -> int:
    """Drop what is older than `KEPT`; how many rows."""
    return Served.objects.filter(day__lt=today - KEPT).delete()[0]


def of(sha256: str, body: Body) -> list[Line] | None:
    """Where, when and how often a record of that identity, or a file with that hash, was given out, the most first.

    None where the body never had it here.
    """
    of_meetings = Version.objects.filter(meeting__body=body)
    of_committees = Portrait.objects.filter(organization__body=body)
    of_products = Edition.objects.filter(product__body=body)
    of_commitments = Standing.objects.filter(commitment__body=body)
    held = Q(versions__meeting__body=body) | Q(attachments__item__meeting__body=body)
    known = (
        of_meetings.filter(identity=sha256),
        of_committees.filter(identity=sha256),
        of_products.filter(identity=sha256),
        of_commitments.filter(identity=sha256),
        StoredFile.objects.filter(held, sha256=sha256),
    )
    if not any(rows.exists() for rows in known):
        return None
    its = Q()
    for rows in (of_meetings, of_committees, of_products, of_commitments):
        its |= Q(identity__in=rows.values("identity"))
    return lines(named(sha256).filter(its))


def named(sha256: str) -> QuerySet[Served]:
    """The counts of a record of that identity, or of the addresses of a file with that hash."""
    return Served.objects.filter(Q(identity=sha256) | Q(address__contains=f"/{sha256}"))


def lines(counted: QuerySet[Served]) -> list[Line]:
    """These counts by address, the most first."""
    told = counted.values("address").annotate(first=Min("day"), last=Max("day"), sum=Sum("count"))
    return [Line(one["address"], one["first"], one["last"], one["sum"]) for one in told.order_by("-sum", "address")]
