"""Addresses that stand for something else now, or for nothing: they lead on, or say what happened, and never die.

Asked only where a page has found nothing. What was never public has no row here, so it is answered as what never was.
Source: invariants I2, I12 and I28.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse

from raadslag.archive import models
from raadslag.archive.pages.converters import KINDS_OF


@dataclass(frozen=True)
class Withdrawal:
    """When something was withdrawn, and on what ground. Never what it was."""

    at: datetime
    ground: str


def answer(request: HttpRequest) -> HttpResponse | None:
    """Where the address leads, or that what stood there is withdrawn or no longer in the newest edition.

    None where nothing ever stood at it.
    """
    match = request.resolver_match
    parts: dict[str, Any] = dict(match.kwargs) if match else {}
    if match is None or "body" not in parts:
        return None
    if changes := _led_on(parts):
        address = reverse(match.view_name, kwargs=parts | changes)
        return HttpResponsePermanentRedirect(address)
    if "case" in parts:  # only an open item that was shown makes a case
        case = models.Case.objects.filter(body__slug=parts["body"], slug=parts["case"]).first()
        is_shown = case is not None and models.Case.objects.public().filter(pk=case.pk).exists()
        return _gone(request, case.body_id, None, None) if case and not is_shown else None
    if "product" in parts:
        return _gone_product(request, parts)
    if "commitment" in parts:
        return _gone_commitment(request, parts)
    if "meeting" not in parts:
        return _gone_whole(request, parts)
    meeting = models.Meeting.objects.with_organization().filter(body__slug=parts["body"], slug=parts.get("meeting"))
    if (found := meeting.first()) is None:
        return None
    is_shown = found.versions.current().exists()
    if withdrawal := _withdrawal(found, parts):
        return _gone(request, found.body_id, found if is_shown else None, withdrawal)
    if "item" in parts:
        was_there = found.items.filter(slug=parts["item"])
        if match.url_name == "decision":  # an item that nothing was decided on never had that page
            was_there = was_there.filter(version__is_current=False).decided()
    elif "sha256" in parts:
        if match.url_name == "source":  # of an edition that another took the place of; bytes that are lost are no such
            papers = found.versions.filter(source__sha256=parts["sha256"])
            was_there = papers if not papers.given_out().exists() else papers.none()
        else:
            was_there = found.items.filter(attachments__file__sha256=parts["sha256"])
    else:
        return None
    return _gone(request, found.body_id, found, None) if is_shown and was_there.exists() else None


def _gone_whole(request: HttpRequest, parts: dict[str, Any]) -> HttpResponse | None:
    """That all of a committee or a body is withdrawn, or all that is told of a committee itself; None while something
    of it is shown, or where nothing ever was."""
    of_it = models.Version.objects.filter(meeting__organization__body__slug=parts["body"])
    told = models.Portrait.objects.filter(organization__body__slug=parts["body"])
    made = models.Edition.objects.filter(product__body__slug=parts["body"])
    promised = models.Standing.objects.filter(commitment__body__slug=parts["body"])
    if "organization" in parts:
        of_it = of_it.filter(meeting__organization__slug=parts["organization"])
        told = told.filter(organization__slug=parts["organization"])
        made = made.filter(product__organization__slug=parts["organization"])
        promised = promised.filter(commitment__organization__slug=parts["organization"])
    if "format" in parts:  # the committee itself, whose meetings, products and commitments may be shown
        of_it, made, promised = of_it.none(), made.none(), promised.none()
    if any(rows.current().exists() for rows in (of_it, told, made, promised)):
        return None
    withdrawn = (
        of_it.exclude(withdrawn_at=None).values_list("withdrawn_at", "ground", "meeting__body"),
        told.exclude(withdrawn_at=None).values_list("withdrawn_at", "ground", "organization__body"),
        made.exclude(withdrawn_at=None).values_list("withdrawn_at", "ground", "product__body"),
        promised.exclude(withdrawn_at=None).values_list("withdrawn_at", "ground", "commitment__body"),
    )
    newest = [rows.order_by("-withdrawn_at", "-pk").first() for rows in withdrawn]
    if not (gone := sorted(one for one in newest if one)):
        return None
    at, ground, body = gone[-1]
    return _gone(request, body, None, Withdrawal(at, ground))


def _gone_product(request: HttpRequest, parts: dict[str, Any]) -> HttpResponse | None:
    """That a version of a product is withdrawn, or all of them; None where nothing ever was, or another is shown."""
    product = models.Product.objects.filter(body__slug=parts["body"], slug=parts["product"]).first()
    if product is None:
        return None
    rows, shown = product.editions.defer("record"), product.editions.current()
    asked = [parts[name] for name in ("version", "since") if name in parts]
    known = set(rows.filter(slug__in=asked).values_list("slug", flat=True))
    if asked and not set(asked) <= known:  # a difference from what never was here tells nothing of the other
        return None
    gone = rows.exclude(withdrawn_at=None)
    if asked:
        gone = gone.filter(slug__in=set(asked) - set(shown.values_list("slug", flat=True)))
    elif shown.exists():
        return None
    newest = gone.order_by("-withdrawn_at", "-pk").first()
    if newest is None or newest.withdrawn_at is None:
        return None
    left = models.Product.objects.public().select_related("body").filter(pk=product.pk).first()
    return _gone(request, product.body_id, None, Withdrawal(newest.withdrawn_at, newest.ground), left)


def _gone_commitment(request: HttpRequest, parts: dict[str, Any]) -> HttpResponse | None:
    """That a commitment is withdrawn; None where nothing ever was, or it is shown."""
    rows = models.Standing.objects.filter(
        commitment__body__slug=parts["body"], commitment__slug=parts["commitment"]
    ).select_related("commitment")  # fmt: skip
    if rows.current().exists():
        return None
    newest = rows.exclude(withdrawn_at=None).order_by("-withdrawn_at", "-pk").first()
    if newest is None or newest.withdrawn_at is None:
        return None
    return _gone(request, newest.commitment.body_id, None, Withdrawal(newest.withdrawn_at, newest.ground))


def _led_on(parts: dict[str, Any]) -> dict[str, str]:
    """The parts of the address that stand for something that was merged, with what they stand for now."""
    for name, model in (("meeting", models.Meeting), ("organization", models.Organization), ("case", models.Case),
                        ("product", models.Product), ("commitment", models.Commitment)):  # fmt: skip
        if slug := parts.get(name):
            target = _target(model._default_manager.filter(body__slug=parts["body"], slug=slug))
            return {"body": target.body.slug, name: target.slug} if target else {}
    target = _target(models.Body.objects.filter(slug=parts["body"]))
    return {"body": target.slug} if target else {}


def _target(rows: Any) -> Any:
    """The end of the chain that a merged row leads to; None where the row is not merged."""
    row = rows.first()
    target = row.merged_into if row else None
    seen = set()
    while target is not None and target.merged_into_id and target.pk not in seen:
        seen.add(target.pk)
        target = target.merged_into
    return target


def _withdrawal(meeting: models.Meeting, parts: dict[str, Any]) -> Withdrawal | None:
    """What was withdrawn at the address: a file, an edition, a paper, or all of the meeting."""
    if sha256 := parts.get("sha256"):
        named = models.StoredFile.objects.filter(sha256=sha256).exclude(withdrawn_at=None)
        of_meeting = named.filter(versions__meeting=meeting) | named.filter(attachments__item__meeting=meeting)
        file = of_meeting.first()
        return Withdrawal(file.withdrawn_at, file.ground) if file and file.withdrawn_at else None
    versions = meeting.versions.exclude(withdrawn_at=None).defer("record")
    if "paper" in parts:
        versions = versions.filter(kind__in=KINDS_OF[parts["paper"]])
        if "number" in parts:
            versions = versions.filter(number=parts["number"])
    elif meeting.versions.current().exists():  # of the agenda, say, whose minutes were taken back
        versions = versions.filter(items__slug=parts["item"]) if "item" in parts else versions.none()
    newest = versions.order_by("-withdrawn_at", "-pk").first()
    return Withdrawal(newest.withdrawn_at, newest.ground) if newest and newest.withdrawn_at else None


def _gone(
    request: HttpRequest, body: int, meeting: models.Meeting | None, withdrawal: Withdrawal | None,
    product: models.Product | None = None,
) -> HttpResponse:  # fmt: skip
    """The page that says so; `meeting` or `product` where something else of it is shown."""
    context = {
        "body": models.Body.objects.public().filter(pk=body).first(),
        "meeting": meeting,
        "product": product,
        "withdrawal": withdrawal,
    }
    return render(request, "pages/gone.html", context, status=410)
