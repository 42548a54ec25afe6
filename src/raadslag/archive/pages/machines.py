"""What programs ask a site for: where its pages are, whom to tell of a hole, and whether it is well."""

from __future__ import annotations

import os
from datetime import timedelta

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import index as sitemap_index
from django.contrib.sitemaps.views import sitemap as sitemap_part
from django.db import DatabaseError
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone

from raadslag.archive import models
from raadslag.archive.front.watching import watcher
from raadslag.archive.pages.search import MAX_LAG
from raadslag.archive.search import open_index

SECURITY_CONTACT = "RAADSLAG_SECURITY_CONTACT"
_CONTACT_HOLDS = timedelta(days=180)
MAX_UNSEEN = 5  # seconds since the public revision was looked at
_ON_A_PART = 5000


class _Part(Sitemap):
    """A part of the map: `rows` gives the parts of each address and when the paper there was taken in."""

    limit = _ON_A_PART
    view = ""

    def location(self, item: tuple[str, ...]) -> str:
        return reverse(self.view, args=item[:-1])

    def lastmod(self, item: tuple[str, ...]) -> str:
        return item[-1]


class Meetings(_Part):
    """All meetings that are shown."""

    view = "pages:meeting"

    def items(self) -> QuerySet[models.Version]:
        rows = models.Version.objects.current().order_by("-pk")
        return rows.values_list("meeting__body__slug", "meeting__slug", "added_at")


class Items(_Part):
    """All items with a title that are shown."""

    view = "pages:item"

    def items(self) -> QuerySet[models.Item]:
        rows = models.Item.objects.current().exclude(title="").order_by("-pk").annotate(at=F("version__added_at"))
        return rows.values_list("meeting__body__slug", "meeting__slug", "slug", "at")


class Decisions(Items):
    """All decisions that are shown."""

    view = "pages:decision"

    def items(self) -> QuerySet[models.Item]:
        rows = models.Item.objects.current().decided().exclude(outcome="none").order_by("-pk")
        return rows.annotate(at=F("version__added_at")).values_list(
            "meeting__body__slug", "meeting__slug", "slug", "at"
        )


class Organizations(Sitemap):
    """All committees that are shown."""

    def items(self) -> QuerySet[models.Organization]:
        return models.Organization.objects.public().order_by("pk").values_list("body__slug", "slug")

    def location(self, item: tuple[str, str]) -> str:
        return reverse("pages:organization", args=item)


class Cases(Sitemap):
    """All cases that are shown."""

    limit = _ON_A_PART

    def items(self) -> QuerySet[models.Case]:
        return models.Case.objects.public().order_by("pk").values_list("body__slug", "slug")

    def location(self, item: tuple[str, str]) -> str:
        return reverse("pages:case", args=item)


class Products(_Part):
    """All versions of products that are shown."""

    view = "pages:product-version"

    def items(self) -> QuerySet[models.Edition]:
        rows = models.Edition.objects.current().order_by("-pk")
        return rows.values_list("product__body__slug", "product__slug", "slug", "added_at")


class Commitments(_Part):
    """All commitments that are shown."""

    view = "pages:commitment"

    def items(self) -> QuerySet[models.Standing]:
        rows = models.Standing.objects.current().order_by("-pk")
        return rows.values_list("commitment__body__slug", "commitment__slug", "added_at")


SECTIONS = {
    "udvalg": Organizations, "moeder": Meetings, "punkter": Items, "beslutninger": Decisions, "sager": Cases,
    "produkter": Products, "opfoelgning": Commitments,
}  # fmt: skip


def sitemap(request: HttpRequest) -> HttpResponse:
    """The map of all pages, in parts."""
    return sitemap_index(request, SECTIONS, sitemap_url_name="sitemap-part")


def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    """One part of the map."""
    return sitemap_part(request, SECTIONS, section)


def robots(request: HttpRequest) -> HttpResponse:
    """Everything may be read by programs but searches, of which there is no end."""
    lines = ["User-agent: *"]
    lines += [f"Disallow: {place}" for place in ("/soeg/", "/*/soeg/", "/en/soeg/", "/en/*/soeg/")]
    lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole (RFC 9116), where the operator has said so by `RAADSLAG_SECURITY_CONTACT`."""
    contact = os.environ.get(SECURITY_CONTACT, "").strip()
    if not contact:
        raise Http404
    if "@" in contact and ":" not in contact:
        contact = f"mailto:{contact}"
    expires = (timezone.now() + _CONTACT_HOLDS).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires}",
        "Preferred-Languages: da, en",
        f"Canonical: {request.build_absolute_uri()}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def health(request: HttpRequest) -> HttpResponse:
    """Whether the database answers, the index is no more than a minute behind it, and the revision is looked at.

    Status 503 where one of them does not hold.
    """
    try:
        lag = open_index().lag(timezone.now())
    except DatabaseError:
        return _told({"status": "down", "database": "silent"}, is_well=False)
    seen = watcher().age() or 0
    is_well = lag <= MAX_LAG and seen <= MAX_UNSEEN
    told = {"status": "ok" if is_well else "behind", "database": "ok", "index_behind_seconds": round(lag)}
    return _told(told | {"revision_seen_seconds": round(seen)}, is_well=is_well)


def _told(told: dict[str, str | int], *, is_well: bool) -> HttpResponse:
    return JsonResponse(told, status=200 if is_well else 503, headers={"Cache-Control": "no-store"})
