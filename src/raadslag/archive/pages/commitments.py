"""What decisions promised, and how far it is: the status page of a body, a page for each commitment, and its data."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import condition

from raadslag import __version__
from raadslag.archive import models
from raadslag.archive.pages import standings, views
from raadslag.core import record
from raadslag.core.release import public


@dataclass(frozen=True)
class Told:
    """A report, and where it can be linked to; the first is 1."""

    value: record.Report
    number: int


def commitments(request: HttpRequest, body: str) -> HttpResponse:
    """What a body has promised: what is late first; of one committee where the address asks for it."""
    found, today = views.get_body(body), timezone.localdate()
    rows = models.Standing.objects.current().of(found)
    counted = rows.values("commitment__organization__slug", "commitment__organization__name").annotate(
        count=Count("pk")
    )  # fmt: skip
    committees = list(counted.order_by("commitment__organization__name"))
    chosen = request.GET.get("udvalg", "")[:100]
    if chosen not in {one["commitment__organization__slug"] for one in committees}:
        chosen = ""
    elif chosen:
        rows = rows.filter(commitment__organization__slug=chosen)
    return views.page(
        request,
        "commitments.html",
        "organizations",
        found,
        committees=[
            (one["commitment__organization__slug"], one["commitment__organization__name"], one["count"])
            for one in committees
        ],
        chosen=chosen,
        late=rows.late(today).count(),
        total=rows.count(),
        standings=views.page_of(request, standings.listed(rows, today)),
        today=today.isoformat(),
    )


def commitment(request: HttpRequest, body: str, commitment: str) -> HttpResponse:
    """One commitment: what was promised by which decision, how far it is, and its reports, the newest first."""
    standing = get_standing(body, commitment)
    value, found = public(standing.value), standing.commitment
    told = [Told(report, number) for number, report in enumerate(value.reports, 1)]
    return views.page(
        request,
        "commitment.html",
        "organizations",
        found.body,
        commitment=found,
        standing=standing,
        value=value,
        reports=told[::-1],
        today=timezone.localdate().isoformat(),
        item=standings.items_of([standing], found.body_id).get(standing.pk),
        product=_product(found.body, value.origin),
    )


def data(request: HttpRequest, body: str, commitment: str) -> HttpResponse:
    """One commitment as data."""
    standing = get_standing(body, commitment)
    etag = f'"{standing.identity[:32]}-json-{__version__}"'
    name = f"{standing.commitment.body.slug}-opfoelgning-{standing.commitment.slug}.json"

    def written(request: HttpRequest) -> HttpResponse:
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return HttpResponse(record.encode(public(standing.value)), content_type="application/json", headers=headers)

    return condition(etag_func=lambda *_: etag)(written)(request)


def get_standing(body: str, slug: str) -> models.Standing:
    """How far the commitment of that address is, with its committee and body, if it is shown; else Http404."""
    rows = models.Standing.objects.current().with_commitment()
    return get_object_or_404(rows, commitment__body__slug=body, commitment__slug=slug)


def _product(body: models.Body, origin: record.Origin | None) -> models.Product | None:
    """The product that it stems from, where a version of it is shown here."""
    if origin is None or not origin.id:
        return None
    return models.Product.objects.public().filter(body=body, given_id=origin.id).first()
